"""The risk register on a day: how grave each risk is, and what is missing in how it is kept.

Pure: the register ``risk`` and a day in, a finished frame out. Grades and words are common practice
for a matrix of five by five; a council's own scheme may differ, and the page says where the lines
between the grades are.
"""

from datetime import date

import polars as pl

LIKELIHOOD = ("Rare", "Unlikely", "Possible", "Likely", "Almost certain")
IMPACT = ("Slight", "Minor", "Moderate", "Major", "Grave")

#: Likelihood times impact from which a risk has the grade, gravest first.
GRADES = {"very_high": 15, "high": 10, "moderate": 5, "low": 1}
WORDS = {"very_high": "Very high", "high": "High", "moderate": "Moderate", "low": "Low"}

#: What may be missing, in the order in which a reader should hear of it.
GAPS = ("no_mitigation", "no_contingency", "review_overdue", "never_reviewed", "no_measure")


def graded(risks: pl.DataFrame, today: date) -> pl.DataFrame:
    """Risks, the gravest first, with what the day ``today`` makes of them.

    Added are: ``score`` (likelihood x impact; null unless both are given), ``grade`` (very_high,
    high, moderate, low), ``overdue`` (days since the review was due; null when it is not overdue),
    and a flag for each of GAPS: no_mitigation, no_contingency (a mitigation, but nothing for the
    day on which it fails), review_overdue, never_reviewed (and no date set for it), no_measure.
    """
    day = pl.lit(today)
    late = pl.col("review_due") < day
    return (
        risks.with_columns(
            score=pl.col("likelihood") * pl.col("impact"),
            overdue=pl.when(late).then((day - pl.col("review_due")).dt.total_days()),
            no_mitigation=_blank("mitigation"),
            no_contingency=_blank("contingency") & ~_blank("mitigation"),
            review_overdue=late.fill_null(False),
            never_reviewed=pl.col("reviewed").is_null() & pl.col("review_due").is_null(),
            no_measure=pl.col("kpi_ids").list.len().fill_null(0) == 0,
        )
        .with_columns(grade=_grade())
        .sort("score", "impact", "risk_id", descending=[True, True, False], nulls_last=True)
    )


def _blank(name: str) -> pl.Expr:
    return pl.col(name).fill_null("").str.strip_chars() == ""


def _grade() -> pl.Expr:
    grade = pl.lit(None, pl.String)
    for name, least in reversed(GRADES.items()):
        grade = pl.when(pl.col("score") >= least).then(pl.lit(name)).otherwise(grade)
    return grade


def grade_of(score: int) -> str:
    """The grade of a score from 1 to 25."""
    return next(name for name, least in GRADES.items() if score >= least)


def chosen(risks: pl.DataFrame, show: str) -> pl.DataFrame:
    """The risks that a reader asks for: one of GAPS, one of GRADES, or all of them."""
    if show in GAPS:
        return risks.filter(show)
    return risks.filter(grade=show) if show in GRADES else risks
