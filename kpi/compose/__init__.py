"""Composing: the one place where the figures and what was said of them become a report."""

from collections.abc import Callable

from kpi import access, formula, glossary, theme
from kpi.catalogue import Catalogue
from kpi.compose.facts import Facts, Forum, Meeting, expanded, forums, gather
from kpi.compose.sections import SECTIONS, section, titles
from kpi.report import Cell, Column, Cover, Report, Section, Table

__all__ = [
    "SECTIONS",
    "Facts",
    "Forum",
    "Meeting",
    "compose",
    "expanded",
    "forums",
    "gather",
    "section",
    "titles",
]

ILLUSTRATIVE = "Illustrative months, made up for demonstration. Comparators are published figures."
#: Groups of the glossary that a reader of a pack needs.
NOTES = ("status", "variation", "assurance", "brag", "letters", "limits", "words")


def compose(
    facts: Facts, pack_id: str, section: Callable[[Facts, str], Section] = section
) -> Report:
    """The whole pack of a meeting; ``section`` makes one of its parts by id."""
    return Report(
        cover=_cover(facts, pack_id),
        sections=tuple(section(facts, name) for name in facts.meeting.sections),
        events=facts.events,
        notes=_notes(),
        dictionary=_dictionary(facts),
        provenance=_provenance(facts),
    )


def _cover(facts: Facts, pack_id: str) -> Cover:
    meeting, council = facts.meeting, facts.catalogue.council
    when = theme.day(facts.day)
    named = meeting.title or meeting.forum.title
    return Cover(
        council=council.name,
        forum=meeting.forum.title,
        meeting=meeting.title,
        date=meeting.date,
        as_at=meeting.as_at,
        pack_id=pack_id,
        layout=meeting.forum.layout,
        title=f"{council.service}: improvement measures",
        when=when,
        bands=(
            *((ILLUSTRATIVE,) if facts.standing.is_illustrative else ()),
            access.band(facts.role),
        ),
        purpose=meeting.forum.purpose,
        asks=meeting.forum.asks,
        subject=f"Measures for {named}, {theme.day(meeting.date)}, as published on {when}",
        foot=f"Pack {pack_id} · as at {when}",
        facts=_facts(facts, pack_id),
    )


def _facts(facts: Facts, pack_id: str) -> tuple[tuple[str, str], ...]:
    """The lines of the front page."""
    meeting, newest = facts.meeting, facts.newest_month
    found = [
        ("Forum", meeting.forum.title),
        ("Meeting", meeting.title),
        ("Date", theme.day(meeting.date)),
        ("Figures", f"as published by the end of {theme.day(facts.day)}"),
        ("Newest month", theme.long_month(newest) if newest else ""),
        ("Pack", f"{pack_id}. Type it on the page Packs to see whether it is genuine."),
    ]
    return tuple((name, text) for name, text in found if text)


def _notes() -> tuple[tuple[str, str], ...]:
    groups = (group for group in glossary.GROUPS if group.group_id in NOTES)
    return tuple((term.word, term.meaning) for group in groups for term in group.terms)


def _dictionary(facts: Facts) -> Table:
    """What each measure of the pack counts, how, and from which return."""
    return Table(
        caption="What each measure counts",
        columns=(
            Column(title="Measure", share=2.2),
            Column(title="What it counts", share=3.4),
            Column(title="How it is computed", share=3.9),
            Column(title="Return", share=1.6),
        ),
        rows=tuple(
            (
                Cell(text=kpi.title),
                Cell(text=kpi.definition),
                Cell(text=f"{formula.fraction(kpi)}. {formula.method(kpi)}"),
                Cell(text=facts.catalogue.datasets[kpi.dataset].title),
            )
            for kpi in facts.kpis
        ),
    )


def _provenance(facts: Facts) -> Table:
    """Which load of each return the figures come from."""
    used = dict.fromkeys(kpi.dataset for kpi in facts.kpis)
    newest = facts.loads.filter(facts.loads["months_speaking"] > 0)
    first = newest.sort("last_period", "load_id").group_by("dataset", maintain_order=True).last()
    rows = {row["dataset"]: row for row in first.iter_rows(named=True)}
    return Table(
        caption="Where the figures come from: the load of the newest month of each return",
        columns=(
            Column(title="Return", share=2.4),
            Column(title="Newest month", kind="month", share=1.4),
            Column(title="Load", kind="number"),
            Column(title="File", share=2.4),
            Column(title="Published", kind="date", share=1.6),
            Column(title="By", share=1.8),
        ),
        rows=tuple(_loaded(facts.catalogue, name, rows[name]) for name in used if name in rows),
    )


def _loaded(catalogue: Catalogue, name: str, row: dict) -> tuple[Cell, ...]:
    return (
        Cell(text=catalogue.datasets[name].title),
        Cell(text=theme.month(row["last_period"]), value=row["last_period"]),
        Cell(text=str(row["load_id"]), value=row["load_id"]),
        Cell(text=row["file"]),
        Cell(text=theme.day(row["loaded_at"]), value=row["loaded_at"].date()),
        Cell(text=row["loaded_by"]),
    )
