"""Which returns have come, when, and what is due next: judged, and said in words.

A month of a return is due on a day of the next month (``Dataset.due_day``). Nothing is expected
before the first month that a return was ever sent for.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import polars as pl

from kpi import theme
from kpi.catalogue import Dataset

Row = Mapping[str, Any]

MONTHS = 24  # that are shown
KNOWN = ("loads", "load_id", "reason", "cells", "withheld", "not_supplied")
SCHEMA: dict[str, type[pl.DataType]] = {
    "dataset": pl.String,
    "period": pl.Date,
    "due": pl.Date,
    "state": pl.String,
    "days_late": pl.Int64,
    "is_restated": pl.Boolean,
    "first_day": pl.Date,
    "last_day": pl.Date,
    "loads": pl.Int64,
    "load_id": pl.Int64,
    "reason": pl.String,
    "cells": pl.Int64,
    "withheld": pl.Int64,
    "not_supplied": pl.Int64,
}
COMING = {
    "dataset": pl.String,
    "newest": pl.Date,
    "overdue": pl.List(pl.Date),
    "period": pl.Date,
    "due": pl.Date,
}


# ---- what is so ----


def due(period: date, due_day: int) -> date:
    """The day on which a month is due: ``due_day`` of the next month, or its last day."""
    following = after(period)
    return min(following + timedelta(days=due_day - 1), after(following) - timedelta(days=1))


def after(period: date) -> date:
    """The month after a month."""
    return (period + timedelta(days=31)).replace(day=1)


def before(period: date, months: int = 1) -> date:
    """The month so many months before a month."""
    count = period.year * 12 + period.month - 1 - months
    return date(count // 12, count % 12 + 1, 1)


def judge(
    found: pl.DataFrame, cells: pl.DataFrame, datasets: Mapping[str, Dataset], today: date
) -> pl.DataFrame:
    """One row a return and month that is expected, the newest ``MONTHS`` months (``SCHEMA``).

    ``found``: ``queries/completeness.sql``, moments in UTC. ``cells``: dataset, period, cells,
    withheld, not_supplied. ``state``: on_time, late (the first load came after the due day),
    missing (the due day has passed and nothing speaks) or not_due.
    """
    days = found.with_columns(
        first_day=_day("first_loaded_at"), last_day=_day("last_loaded_at")
    ).join(cells, on=["dataset", "period"], how="left")
    there = {(row["dataset"], row["period"]): row for row in days.iter_rows(named=True)}
    begun = dict(found.group_by("dataset").agg(pl.col("period").min()).iter_rows())
    newest = max([before(today.replace(day=1)), *found["period"]])
    rows = [
        _judged(dataset, period, there.get((dataset.dataset_id, period)), today)
        for dataset in datasets.values()
        if dataset.dataset_id in begun
        for period in _months(newest)
        if period >= begun[dataset.dataset_id]
    ]
    return pl.DataFrame(rows, schema=SCHEMA)


def ahead(found: pl.DataFrame, datasets: Mapping[str, Dataset], today: date) -> pl.DataFrame:
    """The month that is being gathered, one row a return (``SCHEMA``): last month, or this one
    when all of the last is in. A return that was never sent is not missed.

    ``found``: as for :func:`judge`.
    """
    days = found.with_columns(first_day=_day("first_loaded_at"), last_day=_day("last_loaded_at"))
    days = days.with_columns(pl.lit(None, pl.Int64).alias(name) for name in KNOWN[3:])
    there = {(row["dataset"], row["period"]): row for row in days.iter_rows(named=True)}
    begun = set(found["dataset"]) & set(datasets)
    month = before(today.replace(day=1))
    if begun and all((name, month) in there for name in begun):
        month = after(month)
    rows = [
        _judged(dataset, month, there.get((name, month)), today)
        for name, dataset in datasets.items()
    ]
    unknown = ~pl.col("dataset").is_in(begun)
    state = pl.when(unknown).then(pl.lit("not_due")).otherwise("state")
    return pl.DataFrame(rows, schema=SCHEMA).with_columns(state=state)


def _day(moment: str) -> pl.Expr:
    """The day in London of a moment in UTC."""
    zoned = pl.col(moment).dt.replace_time_zone("UTC").dt.convert_time_zone("Europe/London")
    return zoned.dt.date()


def _months(newest: date) -> list[date]:
    return [before(newest, n) for n in range(MONTHS)]


def since(today: date) -> date:
    """The first month that can be shown on a day."""
    return before(today.replace(day=1), MONTHS)


def _judged(dataset: Dataset, period: date, row: Row | None, today: date) -> dict[str, Any]:
    by = due(period, dataset.due_day)
    first = row["first_day"] if row else None
    known = {name: row[name] for name in KNOWN} if row else {}
    late = (first - by).days if first else 0
    return known | {
        "dataset": dataset.dataset_id,
        "period": period,
        "due": by,
        "state": _state(first, by, today),
        "days_late": max(late, 0),
        "is_restated": bool(row and row["loads"] > 1),
        "first_day": first,
        "last_day": row["last_day"] if row else None,
    }


def _state(first: date | None, by: date, today: date) -> str:
    if first is None:
        return "missing" if today > by else "not_due"
    return "on_time" if first <= by else "late"


def upcoming(rows: pl.DataFrame, datasets: Mapping[str, Dataset]) -> pl.DataFrame:
    """What each return owes (``COMING``): newest month that is in, overdue months, what is next.

    ``period`` is the first month that is not in and whose due day is still to come. A return that
    was never sent has none.
    """
    owed = [_owed(dataset, rows.filter(dataset=name)) for name, dataset in datasets.items()]
    return pl.DataFrame(owed, schema=COMING)


def _owed(dataset: Dataset, own: pl.DataFrame) -> dict[str, Any]:
    if own.is_empty():
        return {"dataset": dataset.dataset_id, "overdue": []}
    waiting = own.filter(state="not_due")["period"].to_list()
    period = min(waiting) if waiting else after(max(own["period"].to_list()))
    return {
        "dataset": dataset.dataset_id,
        "newest": own.drop_nulls("first_day")["period"].max(),
        "overdue": own.filter(state="missing")["period"].to_list(),
        "period": period,
        "due": due(period, dataset.due_day),
    }


# ---- in a sentence ----


def summary(rows: pl.DataFrame, coming: pl.DataFrame, titles: Mapping[str, str]) -> tuple[str, str]:
    """Title and lead of the page: whether the newest month that is due has come."""
    if rows.is_empty():
        return "No return has been published yet", "Here you will see what is due, late or missing."
    settled = rows.filter((pl.col("state") != "not_due").all().over("period"))
    if settled.is_empty():
        return "No return is due yet", _next(coming)
    month = settled.filter(period=settled["period"].max())
    title = _arrived(month, titles)
    restated = settled.filter("is_restated").height
    if restated and "missing" not in month["state"]:
        title += f"; {theme.spelt(restated)} {_was(restated)} restated"
    return title, f"{_record(settled)} {_next(coming)}"


def _arrived(month: pl.DataFrame, titles: Mapping[str, str]) -> str:
    """``All four returns for March 2025 are in, one late``, or which are missing."""
    whole, name = month.height, theme.long_month(month["period"][0])
    missing = [titles[dataset] for dataset in month.filter(state="missing")["dataset"]]
    late = month.filter(state="late").height
    if len(missing) == whole:
        return f"No return for {name} is in"
    if missing:
        come = whole - len(missing)
        listed = ", ".join([missing[0], *map(theme.lower_first, missing[1:])])
        of = f"{theme.spelt(come).capitalize()} of {theme.spelt(whole)}"
        return f"{of} returns for {name} {_is(come)} in. Missing: {listed}"
    if whole == 1:
        return f"The return for {name} is in{', late' if late else ''}"
    all_of = "Both" if whole == 2 else f"All {theme.spelt(whole)}"
    how = f", {'all' if late == whole else theme.spelt(late)} late" if late else ""
    return f"{all_of} returns for {name} are in{how}"


def _was(count: int) -> str:
    return "month was" if count == 1 else "months were"


def _is(count: int) -> str:
    return "is" if count == 1 else "are"


def _record(settled: pl.DataFrame) -> str:
    """``In the last 24 months 85 of 96 returns came on time, 11 late; none is missing.``"""
    count = {state: settled.filter(state=state).height for state in ("on_time", "late", "missing")}
    months = settled["period"].n_unique()
    span = "In that month" if months == 1 else f"In the last {months} months"
    missing = f"{theme.spelt(count['missing'])} {_is(max(count['missing'], 1))} missing"
    return (
        f"{span} {count['on_time']} of {settled.height} returns came on time, "
        f"{theme.spelt(count['late'])} came late and {missing}."
    )


def _next(coming: pl.DataFrame) -> str:
    """``Next: April 2025, due by 23 May 2025.``"""
    first = coming.drop_nulls("due").sort("due").row(0, named=True)
    return f"Next: {theme.long_month(first['period'])}, due by {theme.day(first['due'])}."


def told(row: Row) -> str:
    """What happened to one month of a return: ``Late by 3 days, 23 April 2025``."""
    state = row["state"]
    if state in ("missing", "not_due"):
        return f"{theme.ARRIVAL[state].word}, due {theme.day(row['due'])}"
    days = row["days_late"]
    by = f" by {days} {'day' if days == 1 else 'days'}" if days else ""
    text = f"{theme.ARRIVAL[state].word}{by}, {theme.day(row['first_day'])}"
    return f"{text}; restated {theme.day(row['last_day'])}" if row["is_restated"] else text


# ---- registers ----


def registers(found: pl.DataFrame, datasets: Mapping[str, Dataset]) -> pl.DataFrame:
    """When each register was last published: dataset, last_day, loads, load_id, reason.

    ``found``: ``queries/completeness.sql``. A register is due when it changes, so it is never late
    or missing; one that was never published has no day.
    """
    days = found.with_columns(last_day=_day("last_loaded_at"))
    names = pl.DataFrame({"dataset": list(datasets)}, schema={"dataset": pl.String})
    told = names.join(days, on="dataset", how="left", maintain_order="left")
    return told.select("dataset", "last_day", "loads", "load_id", "reason")
