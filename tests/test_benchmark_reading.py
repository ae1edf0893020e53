"""Department for Education files: what is read, what is refused, and medians of neighbours.

The files in tests/benchmark/ are invented: true names of areas, figures chosen for the test.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi import benchmark
from kpi.benchmark import BenchmarkError

SMALL = Path(__file__).parent / "benchmark"
PLANS = SMALL / "plans_2024_to_2025.csv"
SPENDING = SMALL / "spending_2000_to_2025.csv"


@dataclass(frozen=True, kw_only=True)
class Series:
    series: str = "repeat"
    file: str = "plans"
    column: str = "repeat_percent"
    where: Mapping[str, str] = field(default_factory=lambda: {"category": "All plans"})
    source: str = "Department for Education"
    year_end: str = "31 March"


COST = Series(series="cost", file="spending", column="weekly_cost", where={})


def refused(content: bytes, series: Series | None = None, name: str = PLANS.name) -> str:
    with pytest.raises(BenchmarkError) as caught:
        benchmark.read(content, [series or Series()], name)
    message = str(caught.value)
    assert name in message
    assert message.count("\n") == 0
    return message


def edited(old: str, new: str, path: Path = PLANS) -> bytes:
    text = path.read_text(encoding="utf-8")
    assert old in text
    return text.replace(old, new).encode()


# ---- READING ----


@pytest.fixture(scope="module")
def plans() -> pl.DataFrame:
    return benchmark.read(PLANS, [Series(), Series(series="open", column="plans")], PLANS.name)


def figure(frame: pl.DataFrame, series: str, area_code: str, year: int = 2025) -> tuple:
    found = frame.filter(series=series, area_code=area_code, year=year)
    return found.select("value", "state").row(0)


def test_the_frame_has_its_columns_and_each_area_once(plans):
    assert dict(plans.schema) == {name: dtype() for name, dtype in benchmark.SCHEMA.items()}
    assert plans.filter(series="repeat", year=2025).height == 14
    assert plans.filter(pl.struct("series", "year", "area_code").is_duplicated()).is_empty()
    assert set(plans["source"]) == {"Department for Education"}


@pytest.mark.parametrize(
    ("area_type", "area_code", "area", "value"),
    [
        ("country", "E92000001", "England", 24.5),
        ("region", "E12000005", "West Midlands", 26.7),
        ("authority", "884", "Herefordshire, County of", 32.7),
        ("authority", "314 / 318", "Kingston upon Thames / Richmond upon Thames", 14.0),
        ("authority", "815", "North Yorkshire", 0.0),
    ],
)
def test_every_level_keeps_its_code_and_name(plans, area_type, area_code, area, value):
    row = plans.filter(series="repeat", year=2025, area_code=area_code)
    assert row.select("area_type", "area", "value").rows() == [(area_type, area, value)]


@pytest.mark.parametrize(
    ("series", "area_code", "state"),
    [
        ("repeat", "935", "c"),
        ("repeat", "943", "u"),
        ("open", "943", "low"),
        ("open", "909", "z"),
        ("repeat", "909", "z"),
        ("open", "201", "k"),
        ("repeat", "201", "z"),
        ("open", "420", "x"),
        ("repeat", "420", "x"),
        ("open", "830", "x"),
        ("repeat", "830", "x"),
    ],
)
def test_a_withheld_figure_is_a_state_and_never_a_number(plans, series, area_code, state):
    assert figure(plans, series, area_code) == (None, state)


def test_a_figure_has_no_state_and_large_ones_may_come_in_powers_of_ten(plans):
    assert figure(plans, "repeat", "884") == (32.7, None)
    assert figure(plans, "open", "888") == (100_000.0, None)


def test_sums_of_authorities_and_levels_below_them_are_left_out(plans):
    assert "975" not in set(plans["area_code"])
    assert "Ledbury" not in set(plans["area"])


def test_the_filter_chooses_its_rows():
    long = Series(where={"category": "Long plans"})
    frame = benchmark.read(PLANS, [long], PLANS.name)
    assert frame["value"].to_list() == [0.0, 2.3, 2.1]


@pytest.mark.parametrize(
    ("year_end", "years"),
    [
        ("financial year", [1999, 2023, 2024]),
        ("30 September", [1999, 2023, 2024]),
        ("31 March", [2000, 2024, 2025]),
    ],
)
def test_a_span_of_two_years_takes_the_name_that_the_tables_print(year_end, years):
    cost = Series(series="cost", file="spending", column="weekly_cost", where={}, year_end=year_end)
    assert benchmark.read(SPENDING, [cost], SPENDING.name)["year"].to_list() == years


def test_bytes_and_a_renamed_download_read_the_same(plans):
    again = benchmark.read(PLANS.read_bytes(), [Series()], "Plans_2024 (1).CSV")
    assert again.equals(plans.filter(series="repeat"))


# ---- REFUSING ----


def test_a_file_that_no_series_names():
    message = refused(PLANS.read_bytes(), name="model.csv")
    assert "begins with one of these (plans)" in message


def test_a_series_without_a_file_names_none():
    assert "(nothing yet)" in refused(b"", Series(file=""))


@pytest.mark.parametrize("column", benchmark.LAYOUT)
def test_a_file_of_another_layout(column):
    assert f"no column {column}" in refused(edited(f"{column},", f"other_{column},"))


@pytest.mark.parametrize(
    "content",
    [b"", b"\n", b"PK\x03\x04\xff\xfe", b"a,b\n1,2,3\n"],
    ids=["empty", "blank", "zip", "ragged"],
)
def test_a_file_that_is_no_table(content):
    assert "download it again" in refused(content)


def test_a_download_that_broke_off_is_named_with_its_line():
    whole = PLANS.read_bytes()
    assert "line 24: 3 cells under 13 headings" in refused(whole[: whole.rindex(b",E9")])


@pytest.mark.parametrize("column", ["repeat_percent", "category"])
def test_a_file_that_lacks_a_column_of_the_series(column):
    assert f"no column {column}" in refused(edited(column, "something"))


def test_a_filter_that_matches_nothing():
    message = refused(PLANS.read_bytes(), Series(where={"category": "None such"}))
    assert "where category is 'None such'" in message


@pytest.mark.parametrize("value", ["about 20", "NaN", "inf", "1e999", "-", "1,204", "=1+1"])
def test_an_unknown_marker_is_named_with_its_line(value):
    message = refused(edited("202,32.7", f'202,"{value}"'))
    assert f"line 6: repeat_percent is {value!r}" in message


@pytest.mark.parametrize("period", ["25", "202426", "2024Q1", ""])
def test_a_period_that_is_no_year_is_named_with_its_line(period):
    message = refused(edited("202425,", f"{period},", SPENDING), COST, SPENDING.name)
    assert "line 3: time_period is" in message


def test_a_second_row_for_an_area_asks_for_a_filter():
    assert "name the filter" in refused(PLANS.read_bytes(), Series(where={}))


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_refused_in_a_sentence(content):
    refused(content)


# ---- NEIGHBOURS ----


def test_neighbours_give_median_and_mean_over_those_with_a_value(plans):
    found = benchmark.neighbours(plans, ["893", "933", "935", "943", "888"])
    assert found.columns == ["series", "year", "statistic", "value", "n", "members"]
    assert found.filter(series="repeat", year=2025).drop("series", "year").rows() == [
        ("median", 21.3, 3, 5),
        ("mean", pytest.approx((21.3 + 19.5 + 25.1) / 3), 3, 5),
    ]


def test_the_median_of_an_even_number_is_not_rounded(plans):
    found = benchmark.neighbours(plans, ["893", "933"]).filter(series="repeat", year=2024)
    assert found["value"].to_list() == pytest.approx([18.45, 18.45])


def test_neighbours_who_all_withhold_leave_no_value(plans):
    found = benchmark.neighbours(plans, ["935"]).filter(series="repeat")
    assert found.select("value", "n", "members").rows() == [(None, 0, 1)] * 2


def test_a_joint_return_stands_for_each_council_that_it_names(plans):
    found = benchmark.neighbours(plans, ["318", "815"]).filter(series="repeat", statistic="median")
    assert found.select("value", "n").rows() == [(7.0, 2)]
