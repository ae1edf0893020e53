"""Returns for tests of completeness: when their months came, and how they stand on a day."""

from datetime import date, datetime

import polars as pl

from kpi import completeness
from kpi.catalogue import Column, Dataset

FOUND = {
    "dataset": pl.String,
    "period": pl.Date,
    "first_loaded_at": pl.Datetime,
    "last_loaded_at": pl.Datetime,
    "loads": pl.Int64,
    "load_id": pl.Int64,
    "reason": pl.String,
}
CELLS = {
    "dataset": pl.String,
    "period": pl.Date,
    "cells": pl.Int64,
    "withheld": pl.Int64,
    "not_supplied": pl.Int64,
}
COLUMNS = (Column(name="period", type="month", help="Month"),)
DUE = 20


def returns(*names, due_day=DUE):
    return {
        name: Dataset(
            dataset_id=name,
            title=name.capitalize(),
            help="",
            key=("period",),
            columns=COLUMNS,
            due_day=due_day,
        )
        for name in names
    }


def month(text):
    return date.fromisoformat(f"{text}-01")


def came(name, period, first, last=None, reason=""):
    """A month of a return as the query tells it; loaded twice where ``last`` is given."""
    at = datetime.fromisoformat(first)
    again = datetime.fromisoformat(last) if last else at
    return (name, month(period), at, again, 2 if last else 1, 7, reason)


def judged(*found, today, datasets=None, cells=()):
    frame = pl.DataFrame(found, schema=FOUND, orient="row")
    known = pl.DataFrame(cells, schema=CELLS, orient="row")
    chosen = datasets or returns(*dict.fromkeys(row[0] for row in found))
    return completeness.judge(frame, known, chosen, date.fromisoformat(today))
