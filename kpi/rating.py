"""Traffic lights (status against target) and direction of travel; the two are never merged."""

from collections.abc import Mapping

import polars as pl

#: Which way is better; a neutral KPI is not in it and is never given a traffic light.
BETTER = {"high": 1, "low": -1}

DIRECTIONS = {
    "improvement_high": "improving",
    "improvement_low": "improving",
    "concern_high": "worsening",
    "concern_low": "worsening",
    "neutral_high": "higher",
    "neutral_low": "lower",
    "common_cause": "steady",
    "none": "none",
}

#: Figures closer than this share of the larger one are the same figure: 30.1 - 25 is not quite
#: 5.1 in binary, and a KPI that misses by exactly its tolerance is amber.
NOISE = 1e-9


def add_rating(frame: pl.DataFrame, polarities: Mapping[str, str]) -> pl.DataFrame:
    """Add ``rating`` to an observation frame; ``polarities`` gives each KPI's high, low or neutral.

    Reads ``kpi_id``, ``value``, ``target`` and ``tolerance``. Raises ValueError for a KPI without
    a polarity.
    """
    without = sorted(set(frame["kpi_id"].unique()) - set(polarities))
    if without:
        raise ValueError(f"No polarity for {', '.join(without)}.")
    polarity = pl.col("kpi_id").replace_strict(polarities, return_dtype=pl.String)
    return frame.with_columns(
        rating=rate(pl.col("value"), pl.col("target"), pl.col("tolerance"), polarity)
    )


def add_direction(frame: pl.DataFrame) -> pl.DataFrame:
    """Add ``direction`` to a frame with ``variation``, so that noise is never called a change."""
    return frame.with_columns(direction=direction(pl.col("variation")))


def rate(value: pl.Expr, target: pl.Expr, tolerance: pl.Expr, polarity: pl.Expr) -> pl.Expr:
    """Green meets the target, amber misses by no more than the tolerance, red by more.

    ``none`` for neutral polarity, no target or no figure. ``tolerance`` is in the KPI's unit, zero
    or more; null counts as 0.
    """
    value, target = value.cast(pl.Float64), target.cast(pl.Float64)
    allowed = tolerance.cast(pl.Float64).fill_null(0)
    noise = NOISE * pl.max_horizontal(value.abs(), target.abs())
    better = polarity.replace_strict(BETTER, default=None, return_dtype=pl.Int8)
    ahead = (value - target) * better
    light = (
        pl.when(ahead >= -noise)
        .then(pl.lit("green"))
        .when(ahead >= -allowed - noise)
        .then(pl.lit("amber"))
        .otherwise(pl.lit("red"))
    )
    return pl.when(ahead.is_finite()).then(light).otherwise(pl.lit("none"))


def direction(variation: pl.Expr) -> pl.Expr:
    """The card's word for a variation: improving, worsening, higher, lower, steady or none."""
    return variation.replace_strict(DIRECTIONS, return_dtype=pl.String)
