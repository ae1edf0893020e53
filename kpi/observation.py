"""The observation frame: the one table that every page, chart, export and command takes."""

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


def latest(frame: pl.DataFrame) -> pl.DataFrame:
    """The last row of each series: what a card shows."""
    return frame.sort(ORDER).group_by(SERIES, maintain_order=True).last()
