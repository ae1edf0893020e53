"""Small numbers masked, before anything leaves the store's side of the house.

One to five children of a small county can be known children. For readers who are not bound to
secrecy a count of one to five is hidden, with every figure that would give it away: the shares
made of it, others of its row or column, sums over months, starts and ends beside a stock, the
difference between two publications. What is hidden is null, with the state ``c``; what is shown is
the figure itself, never altered or rounded. Zero stays zero: there is nobody to know.
"""

from collections.abc import Sequence
from datetime import date

import polars as pl

from kpi.masking.makeup import Makeup, of
from kpi.masking.shown import Known, Shown, step

__all__ = [
    "FIGURES",
    "Known",
    "Makeup",
    "Shown",
    "apply",
    "coarse",
    "of",
    "step",
    "trees",
    "without_limits",
]

#: What a hidden observation no longer holds.
FIGURES = ("numerator", "denominator", "value")
#: What is judged from single months, and is withheld where one of them is.
LIMITS = ("mean", "lpl", "upl")
JUDGED = ("signal", "variation", "assurance", "direction")
HIDDEN = "c"
STEP = 5  # cases to which a team's range is widened
FEW = 12  # one month in so many may be hidden before limits say something else


def trees(spells: pl.DataFrame, months: Sequence[date]) -> dict[date, dict[str, list[str]]]:
    """The parts of each organisation in each month; ``spells`` as ``queries/organisation.sql``."""
    rows = spells.select("org_id", "parent_id", "valid_from", "valid_to").rows()
    found: dict[date, dict[str, list[str]]] = {month: {} for month in months}
    for org, parent, start, end in sorted(rows):
        for month in months:
            if start <= month and (end is None or month < end):
                found[month].setdefault(org, [])
                if parent is not None:
                    found[month].setdefault(parent, []).append(org)
    return found


def apply(raw: pl.DataFrame, shown: Shown) -> pl.DataFrame:
    """The raw observation frame with only what is ``shown``; ``was_masked`` marks hidden months."""
    marked = raw.join(_frame(shown.figures, "_figure"), on=PLACE, how="left").join(
        _frame(shown.months, "_month"), on=PLACE, how="left"
    )
    is_shown, month = pl.col("_figure").is_not_null(), pl.col("_month").is_not_null()
    told = pl.col("numerator").is_not_null() | pl.col("value").is_not_null()
    return (
        marked.with_columns(
            state=pl.when(is_shown | ~told).then("state").otherwise(pl.lit(HIDDEN)),
            was_masked=pl.col("observed").is_not_null() & ~month,
        )
        .with_columns(
            *(pl.when(is_shown).then(name).alias(name) for name in FIGURES),
            *(pl.when(month).then(name).alias(name) for name in ("observed", *SINGLE)),
            people=pl.lit(None, pl.Float64),
        )
        .drop("_figure", "_month")
    )


PLACE = ["kpi_id", "org_id", "period"]
SINGLE = ("month_numerator", "month_denominator")


def _frame(places: frozenset[tuple[str, str, date]], mark: str) -> pl.DataFrame:
    schema = {"kpi_id": pl.String, "org_id": pl.String, "period": pl.Date}
    return pl.DataFrame(sorted(places), schema=schema, orient="row").with_columns(
        pl.lit(True).alias(mark)
    )


def without_limits(finished: pl.DataFrame, masked: pl.DataFrame) -> pl.DataFrame:
    """The finished frame without limits and signals where too many of their months are hidden.

    They rest on the shown months alone, or they would tell of the hidden ones. While one month in
    twelve or fewer is hidden the limits are near those that officers see; beyond, they are
    withheld. ``masked``: as :func:`apply` gives it.
    """
    marks = masked.select(*PLACE, "was_masked")
    hidden = pl.col("was_masked").fill_null(False).sum().over("kpi_id", "org_id", "segment")
    months = pl.len().over("kpi_id", "org_id", "segment")
    rests = finished.join(marks, on=PLACE, how="left").select(too_many=hidden * FEW > months)
    kept = ~rests["too_many"]
    return finished.with_columns(
        *(pl.when(kept).then(name).alias(name) for name in LIMITS),
        *(pl.when(kept).then(name).otherwise(pl.lit("none")).alias(name) for name in JUDGED),
        points=pl.when(kept).then("points"),
    )


def coarse(spread: pl.DataFrame, threshold: int) -> pl.DataFrame:
    """Caseloads by team (``board.spread``) so that no worker's own can be told from them.

    The lowest and the highest are workers' own, so both go outward to the next multiple of five;
    a team of ``threshold`` workers or fewer keeps that range alone. How many workers are above a
    limit is hidden where they, or the others, are few.
    """
    few = pl.col("workers") <= threshold
    above = pl.col("above")
    told = (above == 0) | (above > threshold)
    told &= (above == pl.col("workers")) | (pl.col("workers") - above > threshold)
    return spread.with_columns(
        lowest=(pl.col("lowest") / STEP).floor() * STEP,
        highest=(pl.col("highest") / STEP).ceil() * STEP,
        median=pl.when(~few).then("median"),
        above=pl.when(~few & told).then("above"),
        workers=pl.when(~few).then("workers"),
    )
