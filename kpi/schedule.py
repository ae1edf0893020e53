"""Activities of the plan against the calendar: what is late, what slipped, what waits for what.

Pure: the register of activities and a day in, a finished frame out. Nothing here trusts that the
register is whole: an activity without a date is not late, a predecessor that nobody knows is left
out, and a circle of predecessors is cut at the link that would close it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

import polars as pl

LIVE = ("not_started", "in_progress", "done")
OPEN = ("not_started", "in_progress")

#: Days that may lie between two activities of the chain: plans are made by the month.
SPARE = 31

CHAIN_RULE = (
    "Start from the activity that ends last. Of what it starts after, take what ends last, and so "
    f"on, for as long as no more than {SPARE} days lie between the two: a longer wait has room for "
    "a delay, so what came before it does not decide the end. An activity that is done ends on the "
    "day it was finished; an open one on the day it is due, or today if that day has passed. Those "
    "merged or retired do not count."
)


def laid_out(activities: pl.DataFrame, today: date) -> pl.DataFrame:
    """Activities in start order, with what the calendar makes of them on the day ``today``.

    ``activities``: the register ``activity``. Added are: ``begins`` and ``ends`` (the dates that
    count now, see CHAIN_RULE), ``slip`` (days from the first planned end to ``ends``; null for what
    was merged or retired), ``state`` (the reported status, but overdue for an open activity whose
    day has passed and late_start for one that should have begun), ``is_live``, ``is_late`` (open
    after the day of its first plan or of its plan now, or not begun in time: a plan that is dated
    anew is late all the same), ``after`` (predecessors, as :func:`links` keeps them), ``waits``
    (those that are still open), ``then`` (what starts after it), ``early`` (days by which an open
    activity begins before the last of what it starts after ends; null when it does not).
    """
    dated = _dated(activities, today).sort("begins", "activity_id", nulls_last=True)
    after = links(dated)
    still_open = set(dated.filter(pl.col("status").is_in(OPEN))["activity_id"])
    then = {name: [other for other, names in after.items() if name in names] for name in after}
    ends = dict(dated.filter("is_live").select("activity_id", "ends").iter_rows())
    names = dated["activity_id"].to_list()
    return dated.with_columns(
        _lists("after", [after[name] for name in names]),
        _lists("waits", [[one for one in after[name] if one in still_open] for name in names]),
        _lists("then", [then[name] for name in names]),
        pl.Series(
            "early",
            [
                _early(row["begins"], [ends.get(one) for one in after[row["activity_id"]]])
                if row["activity_id"] in still_open
                else None
                for row in dated.iter_rows(named=True)
            ],
            dtype=pl.Int64,
        ),
    )


def _lists(name: str, values: Sequence[Sequence[str]]) -> pl.Series:
    return pl.Series(name, [list(value) for value in values], dtype=pl.List(pl.String))


def _dated(activities: pl.DataFrame, today: date) -> pl.DataFrame:
    """The dates that count, and the state that they and the reported status make."""
    now = pl.lit(today)
    is_open, is_live = pl.col("status").is_in(OPEN), pl.col("status").is_in(LIVE)
    due = pl.coalesce("due", "baseline_due")
    ends = (
        pl.when(status="done")
        .then(pl.coalesce("finished", due))
        .when(is_open)
        .then(pl.max_horizontal(due, pl.when(due.is_not_null()).then(now)))
        .otherwise(due)
    )
    return (
        activities.with_columns(begins=pl.coalesce("start", "baseline_start"), is_live=is_live)
        .with_columns(ends=ends)
        .with_columns(
            slip=pl.when("is_live").then((pl.col("ends") - pl.col("baseline_due")).dt.total_days()),
            state=pl.when(is_open & (due < now))
            .then(pl.lit("overdue"))
            .when(pl.col("begins") < now, status="not_started")
            .then(pl.lit("late_start"))
            .otherwise("status"),
        )
        .with_columns(
            is_late=pl.col("state").is_in(["overdue", "late_start"])
            | is_open & (pl.col("baseline_due") < now).fill_null(False)
        )
    )


def _early(begins: date | None, ends: Iterable[date | None]) -> int | None:
    """Days from the beginning to the last end before it, where that end comes no earlier."""
    known = [end for end in ends if end is not None]
    if begins is None or not known or max(known) < begins:
        return None
    return (max(known) - begins).days


def links(activities: pl.DataFrame) -> dict[str, tuple[str, ...]]:
    """What each activity starts after, by id: known activities only, and never in a circle.

    Links are taken in the order of the rows; the one that would close a circle is left out.
    """
    known = set(activities["activity_id"])
    after: dict[str, tuple[str, ...]] = dict.fromkeys(activities["activity_id"], ())
    for name, predecessors in activities.select("activity_id", "predecessors").iter_rows():
        for other in dict.fromkeys(predecessors or []):
            if other in known and not _leads_back(after, other, name):
                after[name] = (*after[name], other)
    return after


def _leads_back(after: Mapping[str, Sequence[str]], start: str, goal: str) -> bool:
    """Whether one comes from ``start`` to ``goal`` by going back from each to what it follows."""
    waiting, seen = [start], set[str]()
    while waiting:
        name = waiting.pop()
        if name == goal:
            return True
        if name not in seen:
            seen.add(name)
            waiting.extend(after[name])
    return False


def chain(plan: pl.DataFrame) -> list[str]:
    """The activities that decide when the plan ends, first to last, by CHAIN_RULE.

    ``plan``: as :func:`laid_out` gives it. Of two that end together the one whose id comes first
    is taken, so that the same register always gives the same chain.
    """
    rows = {row["activity_id"]: row for row in plan.filter("is_live").iter_rows(named=True)}
    last = _last(rows, rows)
    found = [last] if last else []
    while last := _last(rows, rows[last]["after"] if last else ()):
        spare = days_between(rows[last]["ends"], rows[found[0]]["begins"])
        if spare is None or spare > SPARE:
            break
        found.insert(0, last)
    return found


def _last(rows: Mapping[str, Mapping[str, date]], names: Iterable[str]) -> str | None:
    """Which of ``names`` ends last, among those that have an end."""
    dated = [name for name in sorted(names) if name in rows and rows[name]["ends"]]
    return max(dated, key=lambda name: rows[name]["ends"], default=None)


def days_between(end: date | None, begins: date | None) -> int | None:
    """Whole days free between an end and the next beginning; negative where they overlap."""
    return None if end is None or begins is None else (begins - end).days - 1


def pace(plan: pl.DataFrame, today: date) -> pl.DataFrame:
    """One row a month: what was due and what was done, in the month and together so far.

    Columns period, planned (first planned end), due (end that counts now), done, and the same with
    ``_total``; nothing is known of what is done after ``today``, so ``done`` is null from then on.
    Activities that were merged or retired are left out, as are those without a date.
    """
    live = plan.filter("is_live")
    done = live.filter(status="done")
    counts = {
        "planned": live["baseline_due"],
        "due": live.select(pl.coalesce("due", "baseline_due")).to_series(),
        "done": done["ends"],
    }
    months = _months([day for days in counts.values() for day in days.drop_nulls()])
    frame = pl.DataFrame({"period": months}, schema={"period": pl.Date})
    for name, days in counts.items():
        found = pl.DataFrame({"period": days.drop_nulls().dt.month_start()})
        frame = frame.join(found.group_by("period").agg(pl.len().alias(name)), "period", how="left")
    known = pl.col("period") <= pl.lit(today)
    return (
        frame.sort("period")
        .with_columns(pl.col(list(counts)).fill_null(0).cast(pl.Int64))
        .with_columns(pl.col(list(counts)).cum_sum().name.suffix("_total"))
        .with_columns(pl.when(known).then(pl.col("done", "done_total")))
    )


def _months(days: Sequence[date]) -> list[date]:
    """The first days of all months from the earliest to the latest of ``days``."""
    if not days:
        return []
    months, last = [min(days).replace(day=1)], max(days).replace(day=1)
    while months[-1] < last:
        months.append((months[-1] + timedelta(days=32)).replace(day=1))
    return months


def effect(plan: pl.DataFrame, newest: pl.DataFrame) -> dict[str, int]:
    """Whether what is done can be seen in figures: done, linked and moving, counted.

    ``newest``: the last observation of each measure. ``linked`` counts the activities done that
    name a measure, ``moving`` those of them with a measure that is on target or improving.
    """
    good = newest.filter(
        (pl.col("rating") == "green") | pl.col("variation").str.starts_with("improvement")
    )["kpi_id"]
    done = plan.filter(status="done").with_columns(pl.col("kpi_ids").fill_null([]))
    linked = done.filter(pl.col("kpi_ids").list.len() > 0)
    moving = linked.filter(pl.col("kpi_ids").list.set_intersection(good.to_list()).list.len() > 0)
    return {"done": done.height, "linked": linked.height, "moving": moving.height}


def unlinked(plan: pl.DataFrame) -> pl.DataFrame:
    """Live activities that name no measure, so that nobody can say what they change."""
    return plan.filter("is_live", pl.col("kpi_ids").list.len().fill_null(0) == 0)


def chosen(
    plan: pl.DataFrame, priority: str = "", owner: str = "", state: str = "", late: bool = False
) -> pl.DataFrame:
    """The rows that a reader asks for; without ``state`` those that were not merged or retired."""
    wanted = plan.filter("is_live") if not state else plan.filter(state=state)
    if priority:
        wanted = wanted.filter(priority_id=priority)
    if owner:
        wanted = wanted.filter(owner_role=owner)
    return wanted.filter("is_late") if late else wanted


def next_starts(plan: pl.DataFrame) -> pl.DataFrame:
    """Open activities that others wait for, by when they end: what can start once each is done."""
    ready = set(plan.filter(pl.col("status") == "not_started")["activity_id"])
    rows = plan.filter(pl.col("status").is_in(OPEN)).with_columns(
        pl.col("then").list.filter(pl.element().is_in(list(ready)))
    )
    return rows.filter(pl.col("then").list.len() > 0).sort("ends", "activity_id", nulls_last=True)
