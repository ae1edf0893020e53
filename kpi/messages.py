"""What charts other than a trend say: the titles over comparisons, flows, teams and the plan."""

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from kpi import theme, titles
from kpi.catalogue import Kpi

ABOVE = 18  # cases per FTE beyond which the Cabinet minutes no longer call a caseload typical
RANK = {"green": 0, "amber": 1, "red": 2}


def balance(starts: Kpi, ends: Kpi, frame: pl.DataFrame, *, brief: bool = False) -> str:
    """``In the last 12 months 202 plans started and 266 ended, 64 fewer``.

    Here and below: ``brief`` for a title, which keeps to ten words if it can.
    """
    months = frame["period"].unique().sort(descending=True).head(12)
    recent = frame.filter(pl.col("period").is_in(months.to_list()))
    withheld = recent.filter(pl.col("value").is_null(), state="c")["period"].n_unique()
    if withheld:
        of = (
            "the last month" if len(months) == 1 else f"{withheld} of the last {len(months)} months"
        )
        both = f"{starts.title} and {theme.lower_first(ends.title)}"
        return f"{both}: {of} withheld, small numbers"
    came, went = (
        float(sum(recent.filter(kpi_id=kpi.kpi_id)["value"].drop_nulls().to_list()))
        for kpi in (starts, ends)
    )
    span = "month" if len(months) == 1 else f"{len(months)} months"
    came_by, went_by = verbs(starts)
    net = came - went
    told = "as many" if not net else f"{theme.number(abs(net))} {'more' if net > 0 else 'fewer'}"
    first = f"{theme.number(came)} {starts.unit} {came_by}"
    full = f"In the last {span} {first} and {theme.number(went)} {went_by}: {told}"
    return titles.fit(full, f"{first}, {theme.number(went)} {went_by}: {told}") if brief else full


def verbs(starts: Kpi) -> tuple[str, str]:
    """What those who start and those who end do: plans start, children come into care."""
    return ("started", "ended") if starts.unit == "plans" else ("came into care", "left care")


def compared(kpi: Kpi, rows: pl.DataFrame, *, brief: bool = False) -> str:
    """``In 2025 Herefordshire stood at 13.6, below its neighbours (16.4) and England (15.2)``."""
    own = rows.filter(area_type="authority").drop_nulls("value").sort("year")
    if own.is_empty():
        return f"{kpi.title}: no published figure for this council"
    last = own.row(-1, named=True)
    others = rows.filter(pl.col("area_type").is_in(["neighbours", "country"]), year=last["year"])
    sides = [
        (_side(last["value"], row["value"]), _area(row), f" ({_figure(kpi, row['value'])})")
        for row in others.sort("area_type", descending=True).iter_rows(named=True)
        if row["value"] is not None
    ]
    stood = f"{last['area']} stood at {_figure(kpi, last['value'])}"
    full = f"In {last['year']} {stood}{_beside(sides)}"
    return titles.fit(full, stood + _beside([(*side[:2], "") for side in sides])) if brief else full


def _beside(sides: Sequence[tuple[str, str, str]]) -> str:
    """``, below its neighbours and England``; an area on the same side shares the word."""
    told = [f"{side} {area}{figure}" for side, area, figure in sides]
    if len(sides) == 2 and sides[0][0] == sides[1][0]:
        told[1] = f"{sides[1][1]}{sides[1][2]}"
    return f", {' and '.join(told)}" if told else ""


def _area(row: Mapping[str, object]) -> str:
    return "its neighbours" if row["area_type"] == "neighbours" else str(row["area"])


def _side(own: float, other: float) -> str:
    return "above" if own > other else "below" if own < other else "level with"


def _figure(kpi: Kpi, value: float) -> str:
    return theme.in_unit(theme.shortest(value), kpi.unit if kpi.unit in ("%", "£") else "")


def hidden(
    kpi: Kpi,
    council: pl.DataFrame,
    newest: pl.DataFrame,
    names: Mapping[str, str],
    *,
    brief: bool = False,
) -> str:
    """Whether the total hides a team: red under a total that is not; else who is furthest out.

    ``council``: the series of the whole council; ``newest``: the last row of each team.
    """
    known = newest.drop_nulls("value").sort("value")
    total = council.row(-1, named=True)
    worse = known.filter(
        pl.col("rating").replace_strict(RANK, default=-1) > RANK.get(total["rating"], 9)
    )
    red = worse.filter(rating="red")
    if red.height:
        team = red.row(-1 if kpi.polarity == "low" else 0, named=True)
        name = names.get(team["org_id"], team["org_id"])
        others = f" ({red.height} teams are off target)" if red.height > 1 else ""
        figure = theme.with_unit(team["value"], kpi)
        told = f"The total hides {name}: {figure}"
        return titles.fit(told + others, told) if brief else told + others
    if known.is_empty():
        return f"{kpi.title}: no team has a figure"
    low, high = known.row(0, named=True), known.row(-1, named=True)
    least, most = theme.figure(low["value"], kpi), theme.with_unit(high["value"], kpi)
    full = (
        f"Teams range from {least} ({names.get(low['org_id'])}) "
        f"to {most} ({names.get(high['org_id'])})"
    )
    far, side = (low, "lowest") if kpi.polarity == "high" else (high, "highest")
    who = f"{names.get(far['org_id'])} {{}}{side}"
    shorter = f"Teams range from {least} to {most}, {who.format('')}"
    shortest = f"{who.format('is ')}: {theme.with_unit(far['value'], kpi)}"
    return titles.fit(full, shorter, shortest) if brief else full


def spread(rows: pl.DataFrame, names: Mapping[str, str], *, brief: bool = False) -> str:
    """What the distribution of caseloads shows. ``rows``: org_id, workers, median, above."""
    total, above = rows["workers"].sum(), rows["above"].sum()
    if not total:
        return "No worker holds a case"
    if not above:
        return f"None of {total} workers holds more than {ABOVE} cases"
    top = rows.sort("above", "median").row(-1, named=True)
    verb = "holds" if above == 1 else "hold"
    where = f"{top['above']} of them in {names.get(top['org_id'], top['org_id'])}"
    told = f"{above} of {total} workers {verb} more than {ABOVE} cases"
    return titles.fit(f"{told}, {where}", told) if brief else f"{told}, {where}"


def ranges(rows: pl.DataFrame, names: Mapping[str, str]) -> str:
    """The same for those who see no worker's own caseload. ``rows``: org_id, median, masked."""
    known = rows.drop_nulls("median").sort("median", "org_id")
    if known.is_empty():
        return "Each team is too small to say what its workers hold"
    low, high = known.row(0, named=True), known.row(-1, named=True)
    ends = [
        f"{theme.number(row['median'], 1)} cases in {names.get(row['org_id'], row['org_id'])}"
        for row in (low, high)
    ]
    return f"The typical worker holds from {ends[0]} to {ends[1]}"


def divided(good: float | None, before: float | None, *, brief: bool = False) -> str:
    """How audit grades have moved. Shares of good or better, now and a year ago, in per cent."""
    if good is None:
        return "No audit has been graded yet"
    now = f"{theme.number(good)}% of audited cases were good or better over the year"
    if brief:
        return titles.fit(now, now.removesuffix(" over the year"))
    if before is None:
        return now
    size = theme.number(abs(good - before))
    if size == "0":
        return f"{now}, as in the year before"
    points = "point" if size == "1" else "points"
    return f"{now}, {size} {points} {'more' if good > before else 'fewer'} than the year before"


def voices(pairs: Sequence[tuple[str, float | None, float | None]], *, brief: bool = False) -> str:
    """What people say now beside what they said before the plan."""
    told = [
        f"{who.lower()} {theme.number(since)}%, from {theme.number(before)}%"
        for who, before, since in pairs
        if before is not None and since is not None
    ]
    if not told:
        return "Too few answers to compare"
    full = f"Found the service good: {'; '.join(told)}"
    now = [one.split(",")[0] for one in told]
    return titles.fit(full, f"Found the service good: {', '.join(now)}") if brief else full


def reason(shares: Mapping[str, float]) -> str:
    """What leavers name most."""
    if not shares:
        return "No leaver has been interviewed yet"
    name, value = max(shares.items(), key=lambda item: (item[1], item[0]))
    return f"Leavers name {name} most: {theme.number(value)}% of them"


def plan(newest: pl.DataFrame, verdicts: Mapping[str, str]) -> tuple[str, str]:
    """Title and lead of the plan. ``newest``: progress and impact of each priority, one month.

    ``verdicts``: what the evidence says of each (``kpi.evidence``), by priority.
    """
    good = ["blue", "green"]
    done = newest.filter(pl.col("progress").is_in(good)).height
    felt = newest.filter(pl.col("impact").is_in(good))["priority_id"].to_list()
    title = (
        f"{_of(done, newest.height)} progressing as planned; "
        f"impact is rated green or blue in {_count(len(felt))}{_borne_out(felt, verdicts)}"
    )
    lead = (
        f"Ratings of {theme.long_month(newest['period'][0])}, as their owners report them. The "
        "last column holds impact against figures, audits, and what families say."
    )
    return title, lead


def _borne_out(felt: Sequence[str], verdicts: Mapping[str, str]) -> str:
    """``, and the evidence bears out one of them``."""
    if not felt:
        return ""
    out = sum(verdicts.get(name) == "supported" for name in felt)
    if len(felt) == 1:
        bears = "and the evidence bears" if out else "but the evidence does not bear"
        return f", {bears} it out"
    if not out:
        return f", and the evidence bears out {'neither' if len(felt) == 2 else 'none'} of them"
    if out == len(felt):
        return f", and the evidence bears out {'both' if out == 2 else 'all of them'}"
    return f", and the evidence bears out {_count(out)} of them"


def without_impact(count: int, whole: int) -> str:
    """The message over progress against impact: for how many only one of the two is as planned."""
    if not count:
        return "No priority progresses as planned without impact"
    verb = "progresses" if count == 1 else "progress"
    of = f"{_count(count).capitalize()} of {_count(whole)} priorities"
    return f"{of} {verb} as planned, and children do not notice it yet"


NUMBERS = "none one two three four five six seven eight nine ten".split()


def _count(number: int) -> str:
    return NUMBERS[number] if number < len(NUMBERS) else str(number)


def _of(number: int, whole: int) -> str:
    verb = "is" if number == 1 else "are"
    return f"{_count(number).capitalize()} of {_count(whole)} priorities {verb}"


def source(what: str, rows: pl.DataFrame, day: date, kind: str = "") -> str:
    """Where figures come from: what holds them, its newest load, as at when, and what ``kind``.

    ``rows``: whatever is shown, with its ``load_id``.
    """
    load = rows["load_id"].max() if rows.height else None
    named = "" if load is None else f"load {load}"
    parts = (f"Source: {what}", named, f"as at {theme.day(day)}", kind)
    return ", ".join(part for part in parts if part) + "."
