"""The observation frame: the one table that every page, chart, export and command takes."""

from typing import Any

import polars as pl

#: One row per KPI, period and organisation, in this order of columns.
SCHEMA: dict[str, type[pl.DataType]] = {
    "kpi_id": pl.String,
    "period": pl.Date,
    "org_id": pl.String,
    "numerator": pl.Float64,
    "denominator": pl.Float64,
    "value": pl.Float64,
    "observed": pl.Float64,
    "target": pl.Float64,
    "tolerance": pl.Float64,
    "band_low": pl.Float64,
    "band_high": pl.Float64,
    "state": pl.String,
    "rating": pl.String,
    "direction": pl.String,
    "segment": pl.Int32,
    "points": pl.Int32,
    "mean": pl.Float64,
    "lpl": pl.Float64,
    "upl": pl.Float64,
    "signal": pl.String,
    "variation": pl.String,
    "assurance": pl.String,
    "load_id": pl.Int64,
}

SERIES = ["kpi_id", "org_id"]
ORDER = ["kpi_id", "org_id", "period"]

#: How much older than the newest month a figure may be that is shown in its place.
OLDEST = "12mo"

#: Why a figure is not shown, as the Department for Education's statistics mark it.
STATES = {
    "c": "confidential: small numbers",
    "k": "rounds to zero, but is not zero",
    "low": "rounds to zero, but is not zero",
    "u": "published as unreliable",
    "x": "not available",
    "z": "not applicable",
}


def conform(frame: pl.DataFrame) -> pl.DataFrame:
    """Give a finished frame its columns, types and order; a missing column is a wrong program."""
    return frame.select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items()).sort(ORDER)


def told(frame: pl.DataFrame) -> pl.DataFrame:
    """Each series up to the row that stands for it now, in order.

    That is the last one or, where its figure is withheld, the last that is shown, if it is no more
    than a year older: it is then said with its own month.
    """
    rows = frame.sort(ORDER)
    shown = pl.col("period").filter(pl.col("value").is_not_null()).max().over(SERIES)
    last = pl.col("period").max().over(SERIES)
    stands = (pl.col("state").last().over(SERIES) == "c") & (shown.dt.offset_by(OLDEST) >= last)
    return rows.filter(~stands.fill_null(False) | (pl.col("period") <= shown))


def latest(frame: pl.DataFrame) -> pl.DataFrame:
    """The row of each series that stands for it now: what a card shows."""
    return told(frame).group_by(SERIES, maintain_order=True).last()


def newest(series: pl.DataFrame) -> dict[str, Any]:
    """The same of one series."""
    return told(series).row(-1, named=True)
