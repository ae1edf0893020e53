"""What was said in a meeting beside the figures that test it. Pure: figures in, a verdict out.

Two strands are tested apart, for they count differently and can disagree: the council's own months,
and the figures that the Department for Education publishes once a year. A sentence is borne out
when a strand bears it out and none speaks against it; it is not borne out as soon as one does not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

from kpi import rules, theme
from kpi.catalogue import Benchmark, Kpi
from kpi.rules import BORNE_OUT, NOT_BORNE_OUT, NOT_TESTABLE

Row = Mapping[str, Any]

OLDEST = 610  # days: a yearly figure comes eight months after its day, and lasts for twelve
NEXT = 183  # days between a month named and a yearly figure: half a year


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One figure that a test uses: what it is of, when, and where it comes from."""

    strand: str
    what: str
    when: str
    value: float | None


@dataclass(frozen=True, kw_only=True)
class Strand:
    """What one set of figures says of a sentence, and how that set is counted."""

    name: str
    verdict: str
    says: str
    definition: str
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The verdict on a sentence, the rule that gave it, and its strands."""

    claim_id: str
    verdict: str
    rule: str
    strands: tuple[Strand, ...]


def judge(
    claim: Row,
    kpi: Kpi | None,
    series: pl.DataFrame,
    published: pl.DataFrame,
    benchmark: Benchmark | None = None,
) -> Verdict:
    """The verdict on one row of the register ``claim``, from what is known on the day looked at.

    ``series``: the council's months (an observation frame of the KPI). ``published``: year,
    area_type, area_code, area, value, state of the KPI's series. Both as known on that day.
    """
    strands: list[Strand] = []
    if claim["amount"] is not None:
        claim = {**claim, "amount": float(claim["amount"])}
    if kpi is not None:
        own = None if claim["test"] == "times_neighbours" else _months(claim, kpi, series)
        yearly = _years(claim, kpi, published, benchmark) if benchmark else None
        strands = [strand for strand in (own, yearly) if strand is not None]
    return Verdict(
        claim_id=claim["claim_id"],
        verdict=_together([strand.verdict for strand in strands]),
        rule=rules.TESTS.get(claim["test"] or "", ""),
        strands=tuple(strands),
    )


def _together(verdicts: Sequence[str]) -> str:
    """One word against is enough; without any word for it nothing is borne out."""
    for verdict in (NOT_BORNE_OUT, BORNE_OUT):
        if verdict in verdicts:
            return verdict
    return NOT_TESTABLE


# ---- the council's own months ----


def _months(claim: Row, kpi: Kpi, series: pl.DataFrame) -> Strand:
    known = series.drop_nulls("value").sort("period")
    after = _at(known, claim["until"])
    since = claim["since"] or (_earlier(after["period"]) if after else None)
    before = _at(known, since) if claim["test"] in rules.OF_TWO else None
    if after is None:
        verdict, says = NOT_TESTABLE, _lacking(kpi, series, claim["until"])
    elif claim["test"] in rules.OF_TWO and before is None:
        verdict, says = NOT_TESTABLE, _lacking(kpi, series, since)
    elif before and before["period"] == after["period"]:
        verdict, says = NOT_TESTABLE, "No later month was known on the day that is looked at."
    else:
        signal = _signal(known, before, after) if before else ""
        verdict, says = _tested(claim, kpi, before, after, signal)
    return Strand(
        name="The council's own months",
        verdict=verdict,
        says=says,
        definition=kpi.definition,
        figures=tuple(_month(kpi, row) for row in (before, after) if row),
    )


def _month(kpi: Kpi, row: Row) -> Figure:
    return Figure(
        strand="own months",
        what=kpi.title,
        when=theme.span(kpi, row["period"]),
        value=float(row["value"]),
    )


def _at(known: pl.DataFrame, month: date | None) -> dict[str, Any] | None:
    """The month that is named, if it has a figure; the newest where none is named."""
    rows = known if month is None else known.filter(period=month)
    return rows.row(-1, named=True) if rows.height else None


def _earlier(month: date, months: int = 12) -> date:
    count = month.year * 12 + month.month - 1 - months
    return date(count // 12, count % 12 + 1, 1)


def _signal(known: pl.DataFrame, before: Row, after: Row) -> str:
    """``low`` or ``high``: the newest change beyond normal variation between two months."""
    between = known.filter(
        (pl.col("period") > pl.lit(before["period"]))
        & (pl.col("period") <= pl.lit(after["period"]))
    )
    if between.is_empty() or (between["variation"] == "none").all():
        return "unknown"
    found = between["variation"].str.extract(r"_(low|high)$").drop_nulls()
    return found[-1] if found.len() else ""


def _lacking(kpi: Kpi, series: pl.DataFrame, month: date | None) -> str:
    """Why a month has no figure, and what the newest one was."""
    known = series.drop_nulls("value").sort("period")
    if known.is_empty() and (series["state"] == "c").any():
        return "The months of this measure are withheld: small numbers."
    if known.is_empty() or month is None:
        return "No month of this measure was published on the day that is looked at."
    states = series.filter(pl.col("state").is_not_null(), period=month)["state"]
    if states.len():
        why = "withheld: small numbers" if states[0] == "c" else "withheld or not reliable"
        return f"The figure for {theme.month(month)} is {why}."
    last = known.row(-1, named=True)
    newest = f"{_value(kpi, last['value'])} {_in(kpi, last)}"
    return (
        f"No figure for {theme.month(month)} was published on the day that is looked at. The "
        f"newest then: {newest}."
    )


def _tested(claim: Row, kpi: Kpi, before: Row | None, after: Row, signal: str) -> tuple[str, str]:
    test, amount = claim["test"], claim["amount"]
    earlier = float(before["value"]) if before else None
    later = float(after["value"])
    says = _said(
        kpi, claim, (earlier, _in(kpi, before) if before else ""), (later, _in(kpi, after))
    )
    if test in ("fell", "rose"):
        if signal == "unknown" and after["points"] is None:
            return NOT_TESTABLE, f"{says} Single months are withheld, so chance cannot be told."
        if signal == "unknown":
            return NOT_TESTABLE, f"{says} There are too few months to tell this from chance."
        wanted = "low" if test == "fell" else "high"
        moved = (later < (earlier or 0)) == (test == "fell") and later != earlier
        if moved and signal != wanted:
            says += " That is no more than normal variation."
    good = rules.holds(test, amount, earlier, later, signal)
    return BORNE_OUT if good else NOT_BORNE_OUT, says


def _in(kpi: Kpi, row: Row) -> str:
    """``in Mar 2025``, ``in the 12 months to Mar 2025``."""
    return f"in {'the ' if kpi.window > 1 else ''}{theme.span(kpi, row['period'])}"


# ---- published figures ----


def _years(claim: Row, kpi: Kpi, published: pl.DataFrame, benchmark: Benchmark) -> Strand | None:
    own = published.filter(area_type="authority").sort("year")
    if own.is_empty():
        return None
    until = _month_end(claim["until"]) or (
        claim["said_on"] if claim["test"] == "times_neighbours" else _newest(own, benchmark)
    )
    since = _month_end(claim["since"]) or until - timedelta(days=365)
    after = _nearest(own, until, benchmark)
    if after is None and claim["test"] == "times_neighbours":
        after = _before(own, until, benchmark)
    before = _nearest(own, since, benchmark) if claim["test"] in rules.OF_TWO else None
    if before and (until - since).days < NEXT:
        before = after  # a year apart at least: they say nothing of a few months
    if claim["test"] == "times_neighbours":
        verdict, says, figures = _times(claim, kpi, published, after, benchmark)
    else:
        verdict, says = _yearly(claim, kpi, before, after, benchmark)
        rows = [before, after] if verdict != NOT_TESTABLE else _around(own, since, until, benchmark)
        figures = [_figure(row, benchmark) for row in rows if row]
        if verdict == NOT_TESTABLE and figures:
            says += f" Published: {_listed(figures, kpi)}."
    return Strand(
        name="Published figures",
        verdict=verdict,
        says=says,
        definition=f"{benchmark.title}, at {benchmark.year_end} of each year. {benchmark.source}.",
        figures=tuple(figures),
    )


def _month_end(month: date | None) -> date | None:
    return pl.Series([month]).dt.month_end()[0] if month else None


def moment(year: int, benchmark: Benchmark) -> date:
    """The day that the figure of a year stands for; of a financial year, its last."""
    if benchmark.year_end == "30 September":
        return date(year, 9, 30)
    return date(year + (benchmark.year_end != "31 March"), 3, 31)


def _newest(own: pl.DataFrame, benchmark: Benchmark) -> date:
    return moment(int(own["year"][-1]), benchmark)


def _nearest(rows: pl.DataFrame, day: date, benchmark: Benchmark) -> dict[str, Any] | None:
    """The figure whose day is nearest to ``day``, within half a year; of two the earlier."""
    apart = [
        (abs((moment(row["year"], benchmark) - day).days), row) for row in rows.rows(named=True)
    ]
    near = [pair for pair in apart if pair[0] <= NEXT]
    return min(near, key=lambda pair: pair[0])[1] if near else None


def _before(rows: pl.DataFrame, day: date, benchmark: Benchmark) -> dict[str, Any] | None:
    """The newest figure before a day, as a speaker had it: at most twenty months old."""
    known = [
        row
        for row in rows.sort("year").rows(named=True)
        if 0 <= (day - moment(row["year"], benchmark)).days <= OLDEST
    ]
    return known[-1] if known else None


def _around(
    own: pl.DataFrame, since: date, until: date, benchmark: Benchmark
) -> list[dict[str, Any]]:
    """Figures from a year before the first month to half a year after the last."""
    first, last = since - timedelta(days=366), until + timedelta(days=NEXT)
    rows = own.drop_nulls("value").rows(named=True)
    return [row for row in rows if first <= moment(row["year"], benchmark) <= last]


def _yearly(
    claim: Row, kpi: Kpi, before: Row | None, after: Row | None, benchmark: Benchmark
) -> tuple[str, str]:
    pair = claim["test"] in rules.OF_TWO
    if after is None or (pair and before is None):
        return NOT_TESTABLE, "No published figure known on that day is near the months named."
    if pair and before and before["year"] == after["year"]:
        return NOT_TESTABLE, "Figures are published once a year, too far apart for these months."
    if after["value"] is None or (pair and before and before["value"] is None):
        return NOT_TESTABLE, "A published figure is withheld or unreliable."
    earlier = (before["value"], f"at {_day(before, benchmark)}") if before else (None, "")
    later = (after["value"], f"at {_day(after, benchmark)}")
    # A year has one figure and no limits: what is lower has fallen.
    way = "low" if before and after["value"] < before["value"] else "high"
    good = rules.holds(claim["test"], claim["amount"], earlier[0], later[0], way)
    return BORNE_OUT if good else NOT_BORNE_OUT, _said(kpi, claim, earlier, later)


def _times(
    claim: Row, kpi: Kpi, published: pl.DataFrame, after: Row | None, benchmark: Benchmark
) -> tuple[str, str, list[Figure]]:
    """The council's figure divided by the neighbours' of the same year, set by set."""
    others = published.filter(area_type="neighbours", year=after["year"]) if after else published
    rows = others.drop_nulls("value").sort("area_code", descending=False).rows(named=True)
    if after is None or after["value"] is None or not rows:
        return NOT_TESTABLE, "No published figures of council and neighbours are near that day.", []
    rows.sort(key=lambda row: row["area_code"] != "neighbours")
    shares = [rules.share(after["value"], row["value"]) for row in rows]
    good = rules.holds("times_neighbours", claim["amount"], rows[0]["value"], after["value"])
    told = [
        f"{_number(row['value'])} for {_area(row)}: {theme.number(share, 2)} times"
        for row, share in zip(rows, shares, strict=True)
    ]
    says = (
        f"{_value(kpi, after['value'])} at {_day(after, benchmark)}, against {'; '.join(told)}. "
        f"Said: about {theme.shortest(claim['amount'], 2)} times."
    )
    figures = [_figure(row, benchmark) for row in (after, *rows)]
    return BORNE_OUT if good else NOT_BORNE_OUT, says, figures


def _area(row: Row) -> str:
    return "the neighbours of the 2025 model" if row["area_code"] == "neighbours" else row["area"]


def _figure(row: Row, benchmark: Benchmark) -> Figure:
    return Figure(
        strand="published",
        what=f"{benchmark.title}, {row['area']}",
        when=_day(row, benchmark),
        value=row["value"],
    )


def _day(row: Row, benchmark: Benchmark) -> str:
    return theme.day(moment(row["year"], benchmark))


def _listed(figures: Sequence[Figure], kpi: Kpi) -> str:
    return " and ".join(f"{_number(one.value or 0)} at {one.when}" for one in figures)


# ---- sentences ----


def _said(kpi: Kpi, claim: Row, before: tuple[float | None, str], after: tuple[float, str]) -> str:
    """The figures, how far apart they are, and what was said of them.

    Each figure comes with its moment: ``in Mar 2025``, ``at 31 March 2025``.
    """
    amount, test = claim["amount"], claim["test"]
    now = f"{_value(kpi, after[0])} {after[1]}"
    if before[0] is None:
        word = {"at_most": "at most", "at_least": "at least", "about": "about"}[test]
        return f"{now}. Said: {word} {_value(kpi, amount)}."
    path = f"{_value(kpi, before[0])} {before[1]}, {now}"
    if test == "at_most_share_of":
        share, most = 100 * rules.share(after[0], before[0]), 100 * amount
        return (
            f"{path}: {theme.number(share)}% of the earlier figure. Said: {theme.number(most)}% "
            "or less."
        )
    moved = _moved(kpi, before[0], after[0])
    if test in ("fell", "rose"):
        return f"{path}: {moved}. Said: it {test}."
    verb = "down" if test == "fell_by" else "up"
    return f"{path}: {moved}. Said: {verb} by about {_value(kpi, amount)}."


def _moved(kpi: Kpi, before: float, after: float) -> str:
    gap = _number(abs(after - before))
    if after == before:
        return "no change"
    unit = "points" if kpi.is_percentage else kpi.unit
    return f"{'down' if after < before else 'up'} {theme.in_unit(gap, unit)}"


def _value(kpi: Kpi, value: float) -> str:
    return theme.in_unit(_number(value), kpi.unit)


def _number(value: float) -> str:
    return theme.shortest(value, 1)


def summary(verdicts: Sequence[Verdict]) -> tuple[str, str]:
    """Title and lead of a page of claims."""
    if not verdicts:
        return "No claim has been written down yet", "Sentences said in meetings appear here."
    count = {
        kind: sum(one.verdict == kind for one in verdicts) for kind in (BORNE_OUT, NOT_BORNE_OUT)
    }
    tested = sum(count.values())
    lead = (
        "Each sentence stands beside the figure that tests it, with how each is counted. Where the "
        "speaker and the statistics count differently, both are shown."
    )
    if not tested:
        return "None of these claims can be tested yet", lead
    good, bad, rest = count[BORNE_OUT], count[NOT_BORNE_OUT], len(verdicts) - tested
    if len(verdicts) == 1:
        return f"The one claim is {'' if good else 'not '}borne out", lead
    verb = "are" if good > 1 else "is"
    first = (
        f"{theme.spelt(good).capitalize()} of {theme.spelt(len(verdicts))} claims {verb} borne out"
    )
    tail = [f"{theme.spelt(bad)} {'is' if bad == 1 else 'are'} not"] if bad else []
    tail += [f"{theme.spelt(rest)} cannot be tested"] if rest else []
    return "; ".join([first, ", ".join(tail)]) if tail else first, lead
