"""The sections of a pack, each a small function from the facts to what is said.

A section is named in ``data/reference/packs.toml`` and registered in ``SECTIONS`` below; a theme of
the catalogue is a section by its own id. One that has nothing to say yet says so in a sentence.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from kpi import agenda, board, evidence, messages, observation, theme, words
from kpi.catalogue import Kpi
from kpi.compose import measure, meeting
from kpi.compose.facts import Facts
from kpi.evidence import Verdict
from kpi.report import Block, Cell, Column, Heading, Note, Paragraph, Section, Summary, Table

Row = Mapping[str, Any]

ATTENTION = 8  # measures that a meeting can take in
TRENDS = 3  # measures that half of a briefing holds
ROWS = 20  # measures that the other half holds

#: Whether a measure is really changing, in a word or two.
CHANGE = {
    "improving": "Improving",
    "worsening": "Worsening",
    "higher": "Higher",
    "lower": "Lower",
    "steady": "No real change",
    "none": "Too few months",
}


@dataclass(frozen=True, kw_only=True)
class Part:
    """A section that can be chosen: its title, and how it is made."""

    title: str
    make: Callable[[Facts], tuple[Block, ...]]


def section(facts: Facts, section_id: str) -> Section:
    """One section by its id, which is a registered part or a theme."""
    if section_id in facts.catalogue.themes:
        return _theme(facts, section_id)
    part = SECTIONS[section_id]
    return Section(section_id=section_id, title=part.title, blocks=part.make(facts))


def titles(facts_of: Mapping[str, Any]) -> dict[str, str]:
    """Every section that can be chosen, by id: the parts, then the themes (id to record)."""
    parts = {name: part.title for name, part in SECTIONS.items()}
    return parts | {name: theme.title for name, theme in facts_of.items()}


# ---- measures ----


def _brief(facts: Facts) -> tuple[Block, ...]:
    """How things stand in two sentences, and the headline measures in a table."""
    return (*_standing(facts), _scorecard(facts, _headlines(facts), "Headline measures"))


def _standing(facts: Facts) -> tuple[Block, ...]:
    kpis = {kpi.kpi_id: kpi for kpi in _headlines(facts)}
    title, lead = words.summary(facts.newest.filter(pl.col("kpi_id").is_in(list(kpis))), kpis)
    return (Heading(text=title), Paragraph(text=lead))


def _headlines(facts: Facts) -> list[Kpi]:
    return [kpi for kpi in facts.kpis if kpi.headline] or list(facts.kpis)


def _scorecard(facts: Facts, kpis: Iterable[Kpi], caption: str) -> Table:
    """One row a measure: where it stands and whether it is really changing."""
    newest = {row["kpi_id"]: row for row in facts.newest.iter_rows(named=True)}
    return Table(
        caption=f"{caption}, {_months(facts)}",
        columns=(
            Column(title="Measure", share=3.9),
            Column(title="Figure", kind="number", share=2.4),
            Column(title="Target", kind="number", share=1.2),
            Column(title="Status", kind="mark", share=2.5),
            Column(title="Change", share=2.5),
        ),
        rows=tuple(_scored(kpi, newest[kpi.kpi_id]) for kpi in kpis if kpi.kpi_id in newest),
    )


def _months(facts: Facts) -> str:
    newest = facts.newest_month
    return f"newest month up to {theme.long_month(newest)}" if newest else "no month yet"


def _scored(kpi: Kpi, row: Row) -> tuple[Cell, ...]:
    goal, mark = row["target"], theme.rating(kpi, row)
    return (
        Cell(text=kpi.title),
        Cell(text=theme.with_unit(row["value"], kpi, row["state"]), value=row["value"]),
        Cell(text="–" if goal is None else theme.shortest(goal), value=goal),
        Cell(text=mark.word, mark=mark),
        Cell(text=_change(row)),
    )


def _change(row: Row) -> str:
    is_withheld = row["points"] is None and row["value"] is not None
    return "Months withheld" if is_withheld else CHANGE[row["direction"]]


def _attention(facts: Facts) -> tuple[Block, ...]:
    """What is off or near its target, or worsening, the worst first, with what it means."""
    found = [_summary(facts, name, charted=False) for name in _first(facts, ATTENTION)]
    if not found:
        return (Paragraph(text="No measure is off target, near it or worsening."),)
    lead = "Measures that are off target, near it or worsening, the furthest from its target first."
    return (Paragraph(text=lead), *(one for one in found if one))


def _first(facts: Facts, many: int) -> list[str]:
    return board.attention(facts.newest)[:many]


def _summary(facts: Facts, kpi_id: str, *, charted: bool = True) -> Summary | None:
    return measure.summary(facts, facts.catalogue.kpis[kpi_id], charted=charted)


def _theme(facts: Facts, theme_id: str) -> Section:
    """All measures of a theme: a sentence, then each with its chart and table.

    Those that have no figure to draw, withheld ones above all, stand in one table at the end.
    """
    kpis = [kpi for kpi in facts.kpis if kpi.theme == theme_id]
    found = [one for one in (measure.summary(facts, kpi) for kpi in kpis) if one]
    title = facts.catalogue.themes[theme_id].title
    if not found:
        blocks: tuple[Block, ...] = (Paragraph(text="No month of this theme was published yet."),)
        return Section(section_id=theme_id, title=title, blocks=blocks)
    named = {kpi.kpi_id: kpi for kpi in kpis}
    newest = facts.newest.filter(pl.col("kpi_id").is_in(list(named)))
    lead = " ".join(_stops(words.summary(newest, named)))
    return Section(
        section_id=theme_id,
        title=title,
        blocks=(Paragraph(text=lead), *filter(_speaks, found), *_silent(facts, found)),
        data=measure.data(kpis, facts.frame, f"{title}: every month of every measure"),
    )


def _speaks(summary: Summary) -> bool:
    """Whether the years of the chart hold a figure."""
    return bool(summary.chart) and any(one is not None for one in summary.chart.line("value"))


def _silent(facts: Facts, found: Iterable[Summary]) -> tuple[Block, ...]:
    """The measures that no chart is drawn of, and the reason that their newest month gives."""
    rows = tuple(
        (Cell(text=one.name), Cell(text=one.period), Cell(text=_why(one)))
        for one in found
        if not _speaks(one)
    )
    if not rows:
        return ()
    since = theme.long_month(facts.since)
    table = Table(
        caption=f"Measures without a figure since {since}, so without a chart",
        columns=(
            Column(title="Measure", share=4.6),
            Column(title="Newest month", share=2.8),
            Column(title="Why it has no figure", share=3.2),
        ),
        rows=rows,
    )
    return (table,)


def _why(summary: Summary) -> str:
    """What the letter of the newest month means."""
    letter = summary.chart.states[-1] if summary.chart else None
    return observation.STATES[letter or "x"].capitalize()


def _stops(sentences: Iterable[str]) -> list[str]:
    """Sentences that end as sentences do."""
    return [text if text.endswith((".", "?")) else f"{text}." for text in sentences if text]


# ---- the two-page briefing ----


def _short_scorecard(facts: Facts) -> tuple[Block, ...]:
    kpis = [kpi for kpi in _headlines(facts) if kpi.polarity != "neutral"][:ROWS]
    return (*_standing(facts), _scorecard(facts, kpis, "Headline measures with a target"))


def _trends(facts: Facts) -> tuple[Block, ...]:
    """The first few in charts, and one table of their newest months."""
    names = _first(facts, TRENDS)
    found = [one for one in (_summary(facts, name) for name in names) if one]
    return (*found, _newest_months(facts, names)) if found else _attention(facts)


def _newest_months(facts: Facts, names: Sequence[str]) -> Table:
    """The figures of the last year beside each other, of half a year where they are long."""
    kpis = [facts.catalogue.kpis[name] for name in names]
    frame = facts.frame.filter(pl.col("kpi_id").is_in(list(names)))
    written = {
        (row["kpi_id"], row["period"]): Cell(
            text=theme.figure(row["value"], facts.catalogue.kpis[row["kpi_id"]], row["state"]),
            value=row["value"],
        )
        for row in frame.iter_rows(named=True)
    }
    periods = frame["period"].unique().sort().to_list()
    longest = max(len(cell.text) for cell in written.values())
    shown = periods[-12 if longest <= measure.SHORT else -6 :]
    return Table(
        caption="The figures of these charts, newest months",
        columns=(
            Column(title="Measure", share=3.4),
            *(Column(title=theme.month(one)[:3], kind="number") for one in shown),
        ),
        rows=tuple(
            (Cell(text=kpi.title), *(written.get((kpi.kpi_id, at), Cell(text="")) for at in shown))
            for kpi in kpis
        ),
    )


# ---- the plan, and what is to be done ----


def _plan(facts: Facts) -> tuple[Block, ...]:
    """Progress beside impact, by priority, with what the owners say and the so-what."""
    rows = agenda.plan(facts.store, facts.meeting.as_at)
    if rows.is_empty():
        return (Paragraph(text="The plan had not been rated yet."),)
    months = rows["period"].unique().sort().to_list()[-2:]
    newest = rows.filter(period=months[-1])
    verdicts = evidence.weigh_all(facts.catalogue, facts.everything, rows, months[-1])
    title, lead = messages.plan(newest, {name: one.verdict for name, one in verdicts.items()})
    before = rows.filter(period=months[0]).rows_by_key("priority_id", named=True, unique=True)
    table = Table(
        caption=f"Ratings of {theme.long_month(months[-1])}, as the owners report them",
        columns=(
            Column(title="Priority", share=2.05),
            Column(title="Progress: what was done", kind="mark", share=2.55),
            Column(title="Impact: what changed for children", kind="mark", share=2.55),
            Column(title="Since the month before", share=1.6),
            Column(title="What the evidence says", kind="mark", share=2.5),
        ),
        rows=tuple(
            (*_rated(row, before), _evidence(verdicts.get(row["priority_id"])))
            for row in newest.iter_rows(named=True)
        ),
    )
    notes = (_told(row) for row in newest.iter_rows(named=True))
    source = messages.source("improvement plan ratings", newest, facts.day, facts.standing.kind)
    return (Heading(text=title), Paragraph(text=lead), table, Paragraph(text=source), *notes)


def _rated(row: Row, before: Mapping[str, Row]) -> tuple[Cell, ...]:
    marks = [theme.BRAG[row[name] or "none"] for name in ("progress", "impact")]
    earlier = before.get(row["priority_id"], row)
    moved = [
        f"{name.capitalize()} was {theme.BRAG[earlier[name] or 'none'].word.split(':')[0].lower()}"
        for name in ("progress", "impact")
        if earlier[name] != row[name]
    ]
    return (
        Cell(text=row["name"]),
        *(Cell(text=mark.word, mark=mark) for mark in marks),
        Cell(text=". ".join(moved) or "No change"),
    )


def _evidence(verdict: Verdict | None) -> Cell:
    mark = theme.VERDICT[verdict.verdict if verdict else evidence.NO_EVIDENCE]
    return Cell(text=mark.word, mark=mark)


def _told(row: Row) -> Note:
    said = row["commentary"] or "No commentary was given."
    so_what = row["so_what"] or "not answered."
    return Note(title=row["name"], text=f"{said} So what? {so_what}")


def _actions(facts: Facts) -> tuple[Block, ...]:
    """The next action on each measure, from the newest commentary, the first due first."""
    newest = facts.said.group_by("kpi_id", maintain_order=True).first()
    rows = newest.drop_nulls("action").sort("due", "kpi_id", nulls_last=True)
    if rows.is_empty():
        return (Paragraph(text="No action was reported with the figures."),)
    kpis = facts.catalogue.kpis
    table = Table(
        caption="Next actions that the commentary names, the first due first",
        columns=(
            Column(title="Measure", share=2.6),
            Column(title="Next action", share=4),
            Column(title="Owner", share=2),
            Column(title="Due", kind="date", share=1.6),
        ),
        rows=tuple(
            (
                Cell(text=kpis[row["kpi_id"]].title),
                Cell(text=row["action"]),
                Cell(text=row["owner"] or "–"),
                Cell(text=theme.day(row["due"]) if row["due"] else "–", value=row["due"]),
            )
            for row in rows.iter_rows(named=True)
        ),
    )
    return (table,)


SECTIONS: dict[str, Part] = {
    "brief": Part(title="In brief", make=_brief),
    "attention": Part(title="What wants attention first", make=_attention),
    "changed": Part(title="What changed since the last meeting", make=meeting.changed),
    "plan": Part(title="The improvement plan", make=_plan),
    "questions": Part(title="Questions for the committee", make=meeting.asked),
    "funding": Part(title="The money", make=meeting.funds),
    "actions": Part(title="What will be done", make=_actions),
    "headlines": Part(title="How services stand", make=_short_scorecard),
    "trends": Part(title="What wants attention first, in charts", make=_trends),
}
