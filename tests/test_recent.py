"""The figure that stands for a measure now, and what is said of later months."""

from datetime import date

import polars as pl
import pytest

from kpi import observation, recent

MONTHS = [date(2024, at, 1) for at in range(1, 13)]


def series(*values: float | None, state: str = "c", kpi_id: str = "cp_open") -> pl.DataFrame:
    months = MONTHS[: len(values)]
    states = [None if value is not None else state for value in values]
    return pl.DataFrame(
        {"kpi_id": [kpi_id] * len(values), "org_id": ["council"] * len(values), "period": months,
         "value": values, "state": states},
        schema_overrides={"value": pl.Float64, "state": pl.String},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("values", "state", "month"),
    [
        ((1.0, 2.0), "c", 2),
        ((1.0, 2.0, None), "c", 2),
        ((1.0, 2.0, None, None), "c", 2),
        ((1.0, None), "x", 2),  # not yet there is not withheld
        ((None, None), "c", 2),
    ],
)
def test_the_last_figure_that_is_shown_stands_for_a_measure(values, state, month):
    row = observation.newest(series(*values, state=state))
    assert row["period"] == MONTHS[month - 1]


def test_a_figure_of_more_than_a_year_ago_stands_for_nothing():
    old = series(*[7.0] + [None] * 11).with_columns(
        period=pl.when(pl.col("value").is_null()).then("period").otherwise(date(2023, 11, 1))
    )
    assert observation.newest(old)["value"] is None


def test_each_measure_has_its_own():
    both = pl.concat([series(1.0, 2.0, None), series(3.0, None, 5.0, kpi_id="cin_open")])
    found = observation.latest(both).select("kpi_id", "value").rows()
    assert sorted(found) == [("cin_open", 5.0), ("cp_open", 2.0)]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ((1.0, 2.0), ""),
        ((1.0, None), "Feb 2024 is withheld: small numbers"),
        ((1.0, None, None), "Feb 2024 to Mar 2024 are withheld: small numbers"),
        ((None, None), ""),
    ],
)
def test_later_months_that_are_withheld_are_named(values, said):
    assert recent.withheld_since(series(*values)) == said


def test_why_there_is_nothing_to_draw():
    assert recent.nothing(series(None)) == "withheld, small numbers"
    assert recent.nothing(series(None, state="x")) == "no figures to draw"
    assert recent.none_of(series(None))[0] == "The figures are withheld"
    assert recent.none_of(series(None, state="x"))[0] == "No figures yet"
