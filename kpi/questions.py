"""Questions for the committee: made from the figures by a stated rule, at most eight a meeting.

No guess and no chance takes part: the same data gives the same questions in the same order. Each
carries one figure of one measure, with the reasons why it is asked. Pure.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import polars as pl

from kpi import evidence, finding, movement, observation, theme, words
from kpi.catalogue import Catalogue, Kpi
from kpi.evidence import Verdict

Row = Mapping[str, Any]

DONE = ("blue", "green")


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A reason to ask, and how many such questions come before the other kinds had their turn."""

    when: str
    at_first: int = 1


#: What is asked about, in the order in which it is asked.
KINDS = {
    "contradicted": Kind(
        when="Impact is rated green or blue, and the evidence says otherwise.", at_first=3
    ),
    "not_shown": Kind(
        when="Impact is rated green or blue, and the evidence does not show it.", at_first=2
    ),
    "unattended": Kind(
        when="A measure is off target or worsening, and nobody has said why, or the action that "
        "was promised is past its day.",
        at_first=2,
    ),
    "no_impact": Kind(when="Progress is green or blue, and impact is amber or red."),
    "hidden": Kind(when="A team is off target or worsening, and the average hides it."),
    "neighbours": Kind(when="A measure is worse than the neighbours’, and is not improving."),
    "restated": Kind(when="A figure that the last meeting saw has changed since."),
    "missed": Kind(when="A return that was due has not come."),
    "so_what": Kind(when="Ratings came without an answer to “So what?”."),
}


@dataclass(frozen=True, kw_only=True)
class Brief:
    """Everything that questions are made from, as it was known on a day.

    ``frame``, ``earlier``: observations of the council, now and at the last meeting (``since``);
    ``teams``: of the teams in ``names``. ``plan``: ``queries/plan.sql``. ``notes``: commentary.
    ``published``: comparators known on the day, the neighbours by their median. ``returns``: month
    by month whether each has come (``completeness.judge``).
    """

    catalogue: Catalogue
    day: date
    since: date
    frame: pl.DataFrame
    earlier: pl.DataFrame
    teams: pl.DataFrame
    names: Mapping[str, str]
    plan: pl.DataFrame
    notes: pl.DataFrame
    published: pl.DataFrame
    returns: pl.DataFrame

    @property
    def month(self) -> date | None:
        """The newest month that the plan is rated for."""
        return self.plan["period"].max()  # type: ignore[return-value]

    @cached_property
    def newest(self) -> dict[str, Row]:
        """The newest row of each measure, with since when it has been steady."""
        rows = observation.latest(self.frame)
        by_month = {at: finding.standing(self.frame, at) for at in rows["period"].unique()}
        return {
            row["kpi_id"]: by_month[row["period"]][row["kpi_id"]]
            for row in rows.iter_rows(named=True)
        }


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question, and the figure that it rests on; ``value`` as in the observation frame."""

    kind: str
    kpi_id: str
    title: str
    org_id: str
    period: date
    value: float | None
    text: str
    reasons: tuple[str, ...]
    weight: tuple[Any, ...]
    subject: str
    priority_id: str = ""

    @property
    def order(self) -> tuple[Any, ...]:
        return (list(KINDS).index(self.kind), *self.weight, self.subject, self.kpi_id)


def ask(brief: Brief) -> list[Question]:
    """The questions of a meeting, in order; no two of the same measure."""
    verdicts = weighed(brief)
    found = [question for source in SOURCES for question in source(brief, verdicts)]
    ranked = sorted(found, key=lambda one: one.order)
    return movement.few(ranked, {name: kind.at_first for name, kind in KINDS.items()}, _clash)


def _clash(one: Question, other: Question) -> bool:
    """Whether two questions are about the same measure, or the same subject in the same way."""
    same = (one.kind, one.subject) == (other.kind, other.subject)
    return same or one.kpi_id == other.kpi_id


def weighed(brief: Brief) -> dict[str, Verdict]:
    """What the evidence says of each priority in the newest month that is rated."""
    if brief.month is None:
        return {}
    return evidence.weigh_all(brief.catalogue, brief.frame, brief.plan, brief.month)


def _question(
    kind: str,
    kpi: Kpi,
    row: Row,
    text: str,
    reasons: Sequence[str],
    weight: tuple[Any, ...],
    subject: str = "",
    priority_id: str = "",
) -> Question:
    return Question(
        kind=kind,
        kpi_id=kpi.kpi_id,
        title=kpi.title,
        org_id=row["org_id"],
        period=row["period"],
        value=row["value"],
        text=text,
        reasons=tuple(reasons),
        priority_id=priority_id,
        subject=subject or kpi.kpi_id,
        weight=weight,
    )


# ---- of priorities ----


def _of_priority(
    brief: Brief, kind: str, verdict: Verdict, says: str, asked: str, weight: tuple[Any, ...]
) -> Iterator[Question]:
    """One question for each figure that could carry it, the most telling first."""
    for one in verdict.open_to_question:
        if one.row is not None:
            yield _question(
                kind,
                one.kpi,
                one.row,
                f"{says} {one.sentence} {asked}",
                priority_id=verdict.priority_id,
                subject=verdict.priority_id,
                weight=(*weight, *one.order),
                reasons=(verdict.lead, *verdict.reasons),
            )


def _claimed(brief: Brief, verdicts: Mapping[str, Verdict]) -> Iterator[Question]:
    """Impact that is reported, and that the evidence does not show."""
    kinds = {evidence.CONTRADICTED: "contradicted", evidence.NOT_YET_SHOWN: "not_shown"}
    names = dict(brief.plan.select("priority_id", "name").iter_rows())
    for name, verdict in verdicts.items():
        when = theme.long_month(verdict.period)
        if verdict.impact in evidence.CLAIMS and verdict.verdict in kinds:
            yield from _of_priority(
                brief,
                kinds[verdict.verdict],
                verdict,
                f"{names[name]}: impact is rated {verdict.impact} for {when}.",
                "What tells you that children notice a difference?",
                (verdict.impact != "blue",),
            )


def _no_impact(brief: Brief, verdicts: Mapping[str, Verdict]) -> Iterator[Question]:
    for row in without_impact(brief.plan, brief.month):
        verdict = verdicts[row["priority_id"]]
        months = row["months"]
        span = f" for {theme.long_month(row['period'])}"
        span += "" if months == 1 else f", the {ordinal(months)} month running"
        yield from _of_priority(
            brief,
            "no_impact",
            verdict,
            f"{row['name']}: progress is rated {row['progress']}, impact {row['impact']}{span}.",
            "What has to happen before children notice a difference?",
            (row["impact"] != "red", -months),
        )


def without_impact(plan: pl.DataFrame, month: date | None) -> list[dict[str, Any]]:
    """Priorities whose progress is green or blue in a month while impact is not, longest first.

    Rows of the plan with ``months``: for how many months running that has been so.
    """
    is_so = pl.col("progress").is_in(DONE) & pl.col("impact").is_in(["amber", "red"])
    until = plan.filter(pl.col("period") <= pl.lit(month)).sort("priority_id", "period")
    counted = until.with_columns(
        months=pl.len().over("priority_id")
        - (pl.int_range(1, pl.len() + 1).over("priority_id") * ~is_so.fill_null(False))
        .max()
        .over("priority_id")
    )
    rows = counted.filter(pl.col("period") == pl.lit(month), is_so)
    return rows.sort(["months", "priority_id"], descending=[True, False]).to_dicts()


def _so_what(brief: Brief, verdicts: Mapping[str, Verdict]) -> Iterator[Question]:
    rows = brief.plan.filter(pl.col("period") == pl.lit(brief.month), pl.col("so_what").is_null())
    for row in rows.iter_rows(named=True):
        yield from _of_priority(
            brief,
            "so_what",
            verdicts[row["priority_id"]],
            f"{row['name']}: rated for {theme.long_month(row['period'])}, “So what?” left open.",
            "So what for children?",
            (),
        )


# ---- of measures ----


def _unattended(brief: Brief, verdicts: Mapping[str, Verdict]) -> Iterator[Question]:
    """Off target or worsening, while nothing is said of the month or an action is past due."""
    said = {row["kpi_id"]: row for row in reversed(brief.notes.to_dicts())}  # the newest month last
    for kpi, row in _rated(brief):
        if row["rating"] != "red" and not row["variation"].startswith("concern"):
            continue
        text = _neglect(row, said.get(kpi.kpi_id), brief.day)
        if text:
            yield _question(
                "unattended",
                kpi,
                row,
                f"{finding.sentence(kpi, row, dated=True)} {text}",
                reasons=(words.verdict(kpi, row), text.partition("?")[0].rpartition(". ")[0] + "."),
                weight=_gravity(kpi, row),
            )


def _neglect(row: Row, note: Row | None, day: date) -> str:
    if note is None or note["period"] < row["period"]:
        when = theme.long_month(row["period"])
        return f"No commentary was given for {when}. What is behind it, and what is being done?"
    if note["action"] and note["due"] is not None and note["due"] < day:
        due = f"“{note['action'].rstrip('.')}” was due by {theme.day(note['due'])}."
        return f"{due} Was it done, and did it help?"
    return ""


def _hidden(brief: Brief, verdicts: Mapping[str, Verdict]) -> Iterator[Question]:
    kpis = brief.catalogue.kpis
    rows = movement.hidden(kpis, brief.frame, brief.teams, brief.names)
    for at, (name, teams) in enumerate(movement.by_kpi(rows).items()):
        kpi, worst = kpis[name], teams[0]
        yield _question(
            "hidden",
            kpi,
            worst,
            f"{kpi.title} in {theme.long_month(worst['period'])}: the council is on target. "
            f"{movement.hidden_sentence(kpi, worst)} What is being done for the children there?",
            reasons=tuple(movement.hidden_sentence(kpi, team) for team in teams),
            weight=(at,),
        )


def _neighbours(brief: Brief, verdicts: Mapping[str, Verdict]) -> Iterator[Question]:
    """Worse than the newest published median of the neighbours, and not improving."""
    known = brief.published.filter(area_type="neighbours").drop_nulls("value").sort("year")
    newest = known.unique("kpi_id", keep="last", maintain_order=True)
    others = {row["kpi_id"]: row for row in newest.iter_rows(named=True)}
    for kpi, row in _rated(brief):
        other = others.get(kpi.kpi_id)
        if other is None or finding.is_count(kpi) or row["variation"].startswith("improvement"):
            continue
        worse = (row["value"] - other["value"]) * (1 if kpi.polarity == "low" else -1)
        if worse > 0:
            rows = brief.published.filter(kpi_id=kpi.kpi_id)
            yield _question(
                "neighbours",
                kpi,
                row,
                f"{finding.sentence(kpi, row, dated=True)} {words.comparators(kpi, rows)}. "
                "What do the neighbours do that we do not?",
                reasons=(words.verdict(kpi, row), f"{words.comparators(kpi, rows)}."),
                weight=(not kpi.headline, -worse / abs(other["value"] or 1)),
            )


def _restated(brief: Brief, verdicts: Mapping[str, Verdict]) -> Iterator[Question]:
    kpis = brief.catalogue.kpis
    rows = movement.restated(kpis, brief.earlier, brief.frame)
    for row in rows.iter_rows(named=True):
        kpi = kpis[row["kpi_id"]]
        told = movement.restatement(kpi, row)
        yield _question(
            "restated",
            kpi,
            {"org_id": brief.catalogue.council.org_id, "value": row["now"]} | row,
            f"{kpi.title}, {told} (then: {theme.day(brief.since)}). "
            "What was wrong, and what was decided by the earlier figure?",
            reasons=(f"{told}.",),
            weight=(row["rated_then"] == row["rated_now"], not kpi.headline, -row["share"]),
        )


def _missed(brief: Brief, verdicts: Mapping[str, Verdict]) -> Iterator[Question]:
    """A return that is missing, by the leading measure that rests on it."""
    missing = brief.returns.filter(state="missing").sort("period", descending=True)
    newest = brief.newest
    for row in missing.iter_rows(named=True):
        dataset = brief.catalogue.datasets[row["dataset"]]
        resting = [kpi for kpi in brief.catalogue.kpis.values() if kpi.dataset == row["dataset"]]
        for kpi in sorted(resting, key=lambda one: (not one.headline, one.polarity == "neutral")):
            last = newest.get(kpi.kpi_id)
            if last is None:
                continue
            late = f"{dataset.title}: the return for {theme.long_month(row['period'])} was due "
            late += f"by {theme.day(row['due'])} and has not come."
            known = f"{kpi.title}: {theme.with_unit(last['value'], kpi, last['state'])} in "
            known += f"{theme.long_month(last['period'])} is the newest figure."
            yield _question(
                "missed",
                kpi,
                last,
                f"{late} {known} When will it come, and what is decided without it?",
                reasons=(late, known),
                subject=row["dataset"],
                weight=(row["due"],),
            )


def _rated(brief: Brief) -> Iterator[tuple[Kpi, Row]]:
    """Measures of which one way is better and that have a figure, with their newest row."""
    for name, row in brief.newest.items():
        kpi = brief.catalogue.kpis[name]
        if kpi.polarity != "neutral" and row["value"] is not None:
            yield kpi, row


def _gravity(kpi: Kpi, row: Row) -> tuple[Any, ...]:
    """Headline measures first, then worsening before steady before improving, then how far off."""
    ways = ("concern", "common_cause", "improvement")
    way = next((at for at, name in enumerate(ways) if row["variation"].startswith(name)), 1)
    return (not kpi.headline, way, -finding.shortfall(row))


def ordinal(number: int) -> str:
    """``1st``, ``12th``, ``23rd``."""
    ends = {1: "st", 2: "nd", 3: "rd"}
    tens = number // 10 % 10 == 1
    return f"{number}{'th' if tens else ends.get(number % 10, 'th')}"


Source = Callable[[Brief, Mapping[str, Verdict]], Iterator[Question]]
SOURCES: tuple[Source, ...] = (
    _claimed,
    _unattended,
    _no_impact,
    _hidden,
    _neighbours,
    _restated,
    _missed,
    _so_what,
)
