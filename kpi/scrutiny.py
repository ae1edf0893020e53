"""What was asked in meetings and what became of it: judged on a day, counted, said in words.

An item of the register ``recommendation`` is a recommendation, an action, a request for
information, a question or a task and finish group. Open items are judged against the day that was
set for them; an item without a day can never be late, which is said rather than hidden.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from kpi import theme

Row = Mapping[str, Any]

TYPES = {
    "recommendation": "Recommendation",
    "action": "Action",
    "information_request": "Request for information",
    "question": "Question",
    "task_and_finish": "Task and finish group",
}
#: Days past the day that was set, up to and including, by what the band is called.
BANDS = (
    (30, "Overdue, up to 30 days"),
    (90, "Overdue, 31 to 90 days"),
    (180, "Overdue, 91 to 180 days"),
    (None, "Overdue, more than 180 days"),
)
#: States in the order in which a reader wants them, by what they are called in a table.
STATES = {
    "overdue": "Overdue",
    "undated": "Open, no date was set",
    "waiting": "Open, not yet due",
    "not_accepted": "Not accepted",
    "answered": "Answered",
    "done": "Done",
    "withdrawn": "Withdrawn",
}
OPEN = ("overdue", "undated", "waiting")


# ---- items ----


def judge(items: pl.DataFrame, today: date) -> pl.DataFrame:
    """Items with ``state``, ``waited`` and ``late`` (days), ``band``; the most pressing first.

    ``waited``: from the day it was raised to the answer or, without one, to today. ``late``: days
    past the day that was set, for open items only. What was answered after today is still open.
    """
    day = pl.lit(today)
    is_open = (pl.col("status") == "open") | (pl.col("responded") > day).fill_null(False)
    is_late = is_open & (pl.col("due") < day).fill_null(False)
    state = (
        pl.when(is_late)
        .then(pl.lit("overdue"))
        .when(is_open & pl.col("due").is_null())
        .then(pl.lit("undated"))
        .when(is_open)
        .then(pl.lit("waiting"))
        .otherwise(pl.col("status"))
    )
    until = pl.when(is_open).then(day).otherwise(pl.col("responded"))
    judged = items.with_columns(
        state=state,
        waited=(until - pl.col("raised")).dt.total_days(),
        late=pl.when(is_late).then((day - pl.col("due")).dt.total_days()),
    ).with_columns(band=_band())
    rank = pl.col("state").replace_strict(
        {name: at for at, name in enumerate(STATES)}, return_dtype=pl.Int8
    )
    return judged.sort(rank, pl.col("late").fill_null(0) * -1, "raised", "item_id", nulls_last=True)


def _band() -> pl.Expr:
    """The name of an item's row in the chart: the age of what is overdue, else its state."""
    named: Any = pl.col("state").replace_strict(STATES, return_dtype=pl.String)
    for most, name in reversed(BANDS):
        inside = pl.col("state") == "overdue"
        inside = inside if most is None else inside & (pl.col("late") <= most)
        named = pl.when(inside).then(pl.lit(name)).otherwise(named)
    return named


def ages(judged: pl.DataFrame) -> pl.DataFrame:
    """How many items are how old or in which state, oldest first: band, items, oldest (days)."""
    order = [name for _, name in reversed(BANDS)] + list(STATES.values())[1:]
    counted = judged.group_by("band").agg(items=pl.len(), oldest=pl.col("waited").max())
    known = set(counted["band"])
    names = pl.DataFrame({"band": [name for name in order if name in known]}, {"band": pl.String})
    return names.join(counted, on="band", how="left", maintain_order="left")


def meetings(judged: pl.DataFrame) -> pl.DataFrame:
    """One row a forum and meeting, newest first, with how many items stand how."""
    state = pl.col("state")
    return (
        judged.group_by("forum", "raised")
        .agg(
            asked=pl.len(),
            answered=state.is_in(["answered", "done"]).sum(),
            not_accepted=(state == "not_accepted").sum(),
            still_open=state.is_in(OPEN).sum(),
            overdue=(state == "overdue").sum(),
        )
        .sort("raised", "forum", descending=[True, False])
    )


def of(judged: pl.DataFrame, forum: str, meeting: str) -> pl.DataFrame:
    """The items of a forum and of one of its meetings (a date as text); ``all`` for any."""
    if forum != "all":
        judged = judged.filter(forum=forum)
    if meeting != "all":
        judged = judged.filter(pl.col("raised").cast(pl.String) == meeting)
    return judged


def summary(judged: pl.DataFrame) -> tuple[str, str]:
    """Title and lead: how many are overdue, how long the oldest has waited, what became of all."""
    if judged.is_empty():
        return "Nothing has been asked yet", "What a meeting asks for appears here once published."
    return _title(judged), _lead(judged)


def _title(judged: pl.DataFrame) -> str:
    late = judged.filter(state="overdue")
    still = judged.filter(pl.col("state").is_in(OPEN)).height
    if late.height:
        waited = _days(int(str(late["waited"].max())))
        which = "it" if late.height == 1 else "the oldest"
        return f"{_of(late.height, judged.height)} overdue; {which} has waited {waited}"
    if still:
        return f"{_of(0, judged.height)} overdue; {_are(still)} still open"
    return "The one request is closed" if judged.height == 1 else f"All {_all(judged)} are closed"


def ages_title(judged: pl.DataFrame) -> str:
    """What the chart of ages says of the items chosen: how many wait, and how many are overdue."""
    if judged.is_empty():
        return "Nothing was asked there"
    still = judged.filter(pl.col("state").is_in(OPEN)).height
    late = judged.filter(state="overdue").height
    if not still:
        return _title(judged)
    overdue = f"{theme.spelt(late)} of them overdue" if late else "none of them overdue"
    return f"{_of(still, judged.height)} still open, {overdue}"


def _all(judged: pl.DataFrame) -> str:
    return f"{theme.spelt(judged.height)} requests"


def _of(count: int, whole: int) -> str:
    """``Seven of 31 requests are``, ``None of 9 requests is``, ``The one request is``."""
    if whole == 1:
        return "The one request is" if count else "The one request is not"
    verb = "are" if count > 1 else "is"
    return f"{theme.spelt(count).capitalize()} of {theme.spelt(whole)} requests {verb}"


def _are(count: int) -> str:
    return f"{theme.spelt(count)} {'are' if count > 1 else 'is'}"


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count:,} days"


def _lead(judged: pl.DataFrame) -> str:
    count = dict(judged["state"].value_counts().iter_rows())
    answered = count.get("answered", 0) + count.get("done", 0)
    said = {
        f"{_are(answered)} answered or done": answered,
        f"{_are(count.get('not_accepted', 0))} not accepted": count.get("not_accepted", 0),
    }
    parts = [f"{', '.join(text for text, n in said.items() if n).capitalize()}."]
    if undated := count.get("undated", 0):
        was, it = ("request was", "it") if undated == 1 else ("requests were", "they")
        parts.append(
            f"{theme.spelt(undated).capitalize()} open {was} given no date, so {it} can never "
            "be late."
        )
    return " ".join(part for part in parts if part != ".")


def told(row: Row) -> str:
    """How an item stands, in a few words for its chip: ``Overdue by 34 days``."""
    if row["state"] == "overdue":
        return f"Overdue by {_days(row['late'])}"
    return STATES[row["state"]]


def waiting(row: Row) -> str:
    """How long an item waited, or waits: ``asked 214 days ago``, ``answered after 12 days``."""
    if row["waited"] is None:
        return ""
    if row["state"] in OPEN:
        return f"asked {_days(row['waited'])} ago"
    return f"answered after {_days(row['waited'])}" if row["waited"] else "answered the same day"


# ---- the reporting calendar ----


def calendar(meetings: pl.DataFrame, today: date) -> pl.DataFrame:
    """Reports that were owed, newest first, each with ``state`` and ``late`` (days).

    A row of the register ``meeting`` owes a report when it has a due day. What was reported after
    today is not known yet.
    """
    day = pl.lit(today)
    reported = pl.when(pl.col("reported") <= day).then(pl.col("reported"))
    owed = meetings.filter(pl.col("due").is_not_null()).with_columns(reported=reported)
    late = (pl.coalesce("reported", day) - pl.col("due")).dt.total_days().clip(0)
    state = (
        pl.when(pl.col("reported").is_not_null())
        .then(pl.when(late > 0).then(pl.lit("late")).otherwise(pl.lit("on_time")))
        .when(late > 0)
        .then(pl.lit("overdue"))
        .otherwise(pl.lit("due"))
    )
    return owed.with_columns(state=state, late=late).sort(
        "due", "forum", "meeting_id", descending=[True, False, False]
    )


def rhythm(owed: pl.DataFrame, promised: pl.DataFrame, today: date) -> pl.DataFrame:
    """How each forum's promise is kept: forum, every, last, next, reported, overdue, behind.

    ``owed``: as ``calendar`` gives it. ``promised``: forum, every_months, source (reference table
    ``reporting``). ``next`` is the oldest report that is owed still or, where none is, ``every``
    months after the last one; ``behind``: days that it is overdue today.
    """
    rows = [_kept(owed.filter(forum=row["forum"]), row, today) for row in promised.rows(named=True)]
    return pl.DataFrame(
        rows,
        {
            "forum": pl.String,
            "every": pl.Int64,
            "last": pl.Date,
            "next": pl.Date,
            "reported": pl.Int64,
            "late": pl.Int64,
            "overdue": pl.Int64,
            "behind": pl.Int64,
            "source": pl.String,
        },
    )


def _kept(owed: pl.DataFrame, promise: Row, today: date) -> dict[str, object]:
    every = int(promise["every_months"])
    last: Any = owed["reported"].max()
    still: Any = owed.filter(pl.col("reported").is_null())["due"].min()
    expected = still or (later(last, every) if last else None)
    return {
        "forum": promise["forum"],
        "every": every,
        "last": last,
        "next": expected,
        "reported": owed["reported"].count(),
        "late": owed.filter(state="late").height,
        "overdue": owed.filter(state="overdue").height,
        "behind": max((today - expected).days, 0) if expected else None,
        "source": promise["source"],
    }


def later(day: date, months: int) -> date:
    """The same day some months on, or the last day of a month that has no such day."""
    count = day.year * 12 + day.month - 1 + months
    first = pl.Series([date(count // 12, count % 12 + 1, 1)])
    last = first.dt.month_end()[0]
    return last.replace(day=min(day.day, last.day))


def calendar_title(kept: pl.DataFrame) -> str:
    """What the calendar says: whose report is overdue, or that none is."""
    behind = kept.filter(pl.col("behind") > 0).sort("behind", descending=True)
    if kept["next"].is_null().all():
        return "No report has been written down yet"
    if behind.is_empty():
        return "No report is overdue"
    first = behind.row(0, named=True)
    others = behind.height - 1
    more = (
        f", and {theme.spelt(others)} more {'is' if others == 1 else 'are'} late" if others else ""
    )
    return f"The report to {_named(first['forum'])} is {_days(first['behind'])} overdue{more}"


def _named(forum: str) -> str:
    """``the improvement board``, but ``Cabinet`` and ``all councillors``."""
    small = theme.lower_first(forum)
    if small.startswith("all "):
        return small
    return forum if forum == "Cabinet" else f"the {small}"


# ---- assurance ----


def assurance_title(log: pl.DataFrame) -> str:
    """How many external findings wait for a response; one that is done needs none."""
    if log.is_empty():
        return "No external review has been written down yet"
    is_open = pl.col("status") != "done"
    lacks = log.filter(pl.col("response").is_null() & is_open).height
    reviews = f"{theme.spelt(log.height)} findings" if log.height > 1 else "one finding"
    if lacks:
        verb = "have" if lacks > 1 else "has"
        return f"{theme.spelt(lacks).capitalize()} of {reviews} from outside {verb} no response"
    still = log.filter(is_open).height
    tail = f"; {_are(still)} still open" if still else ""
    return f"No response is missing to {reviews} from outside{tail}"
