"""The reference tables that come with the product, beside the Department's files they are from."""

import csv
import os
from datetime import date
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest

from kpi import benchmark, catalogue
from kpi.benchmark import BenchmarkError

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "data" / "reference"
DFE = Path(os.environ.get("KPI_DFE", ROOT.parent / "shared" / "dfe"))

published = pytest.mark.skipif(
    not DFE.is_dir(),
    reason=f"No Department for Education files in {DFE}: set KPI_DFE to a folder of downloads.",
)


# ---- THE DEPARTMENT'S OWN FILES ----

AREAS = {"Herefordshire": "884", "West Midlands": "E12000005", "England": "E92000001"}
FILES = {
    "caseload_mean": "csww_indicators_2017_to_2025.csv",
    "workforce_agency_rate": "csww_indicators_2017_to_2025.csv",
    "workforce_vacancy_rate": "csww_indicators_2017_to_2025.csv",
    "workforce_turnover_rate": "csww_indicators_2017_to_2025.csv",
    "workforce_sickness_rate": "csww_indicators_2017_to_2025.csv",
    "cla_rate": "cla_number_and_rate_per_10k_children.csv",
    "cla_open": "cla_number_and_rate_per_10k_children.csv",
    "cp_repeat": "d3_cpps_subsequent_plan_2013_to_2025.csv",
}


@pytest.fixture(scope="module")
def book() -> catalogue.Catalogue:
    return catalogue.read(REFERENCE)


@pytest.fixture(scope="module")
def printed() -> pl.DataFrame:
    return benchmark.reference(REFERENCE / "benchmarks.csv")


def members() -> list[str]:
    return [row["neighbour"] for row in rows("neighbours")]


def rows(name: str) -> list[dict[str, str]]:
    with (REFERENCE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@published
@pytest.mark.parametrize("series", FILES)
def test_published_files_give_the_printed_figure_of_every_year(book, printed, series):
    frame = benchmark.read(DFE / FILES[series], [book.benchmarks[series]], FILES[series])
    expected = printed.filter(series=series)
    assert expected.height in (20, 36)
    for area, code in AREAS.items():
        of_area = expected.filter(area=area)
        found = dict(frame.filter(area_code=code).select("year", "value").rows())
        assert {year: found[year] for year in of_area["year"]} == dict(
            of_area.select("year", "value").rows()
        )


@published
@pytest.mark.parametrize("series", FILES)
def test_published_files_give_the_printed_median_of_every_year(book, printed, series):
    """The printed medians are rounded to a tenth, so one of ten councils may lie 0.05 off."""
    frame = benchmark.read(DFE / FILES[series], [book.benchmarks[series]], FILES[series])
    medians = benchmark.neighbours(frame, members()).filter(statistic="median")
    expected = printed.filter(series=series, area="neighbours")
    joined = expected.join(medians, on="year", how="left")
    gap = (joined["value"] - joined["value_right"]).abs()
    assert gap.null_count() == 0
    assert gap.max() <= 0.05 + 1e-9


@published
@pytest.mark.parametrize(
    ("series", "year", "median", "mean", "n"),
    [
        ("cp_repeat", 2025, 23.65, 23.22, 10),
        ("workforce_agency_rate", 2023, 10.35, 10.94, 10),
        ("cla_rate", 2025, 62.5, 66.7, 10),
        ("caseload_mean", 2022, 17.2, 155.3 / 9, 9),
    ],
)
def test_medians_and_means_worked_out_by_hand(book, series, year, median, mean, n):
    frame = benchmark.read(DFE / FILES[series], [book.benchmarks[series]], FILES[series])
    found = benchmark.neighbours(frame, members()).filter(series=series, year=year)
    assert found["value"].to_list() == pytest.approx([median, mean])
    assert found.select("n", "members").rows() == [(n, 10)] * 2


@published
def test_one_file_gives_every_series_that_names_it(book):
    name = FILES["caseload_mean"]
    frame = benchmark.read(DFE / name, book.benchmarks.values(), name)
    assert set(frame["series"]) == {one for one, file in FILES.items() if file == name}
    assert frame.filter(series="caseload_mean", year=2025, area_type="authority").height == 151


@published
def test_the_neighbours_are_those_of_the_model():
    with (DFE / "sn_model_2025_wide.csv").open(encoding="utf-8-sig", newline="") as file:
        model = {row["old_la_code"]: row for row in csv.DictReader(file)}
    for row in rows("neighbours"):
        assert row["neighbour"] == model[row["authority"]][f"SN_{row['rank']}"]
        assert row["neighbour_name"] == model[row["neighbour"]]["la_name"]


# ---- REFERENCE TABLES ----

SHORT = {"cla_rate": 5, "cla_open": 5}


def test_the_printed_figures_are_all_there(printed):
    years = dict(printed.group_by("series").agg(pl.col("year").n_unique()).rows())
    assert len(years) == 19
    assert years == {series: SHORT.get(series, 9) for series in years}
    assert printed.height == 652
    assert not printed.select(pl.struct("series", "year", "area").is_duplicated().any()).item()


def test_the_printed_figures_cover_unbroken_years(printed):
    for (series,), group in printed.group_by("series"):
        years = group["year"].unique().sort().to_list()
        last = 2024 if series == "cla_cost_per_week" else 2025
        assert years == list(range(last + 1 - len(years), last + 1))


def test_each_year_has_four_areas_and_only_neighbours_a_statistic(printed):
    areas = printed.group_by("area", "area_type", "statistic").len().sort("area").rows()
    assert areas == [
        ("England", "country", None, 163),
        ("Herefordshire", "authority", None, 163),
        ("West Midlands", "region", None, 163),
        ("neighbours", "neighbours", "median", 163),
    ]


def test_a_printed_cell_is_a_figure_or_a_state(printed):
    withheld = printed.filter(pl.col("value").is_null()).select("series", "year", "area", "state")
    assert sorted(withheld.rows()) == [
        ("cla_uasc", 2021, "Herefordshire", "x"),
        ("rereferrals", 2023, "Herefordshire", "u"),
        ("rereferrals", 2024, "Herefordshire", "u"),
    ]
    assert printed.filter(pl.col("value").is_not_null())["state"].null_count() == 649


@pytest.mark.parametrize(
    ("series", "year", "area", "value"),
    [
        ("caseload_mean", 2022, "Herefordshire", 18.7),
        ("workforce_agency_rate", 2023, "Herefordshire", 55.2),
        ("cla_uasc", 2024, "neighbours", 56.5),
        ("cp_repeat", 2025, "neighbours", 23.6),
        ("icpc_in_15_days", 2023, "West Midlands", 80.9),
        ("cla_cost_per_week", 2024, "England", 2100.0),
    ],
)
def test_printed_figures_by_hand(printed, series, year, area, value):
    assert printed.filter(series=series, year=year, area=area)["value"].to_list() == [value]


def test_every_printed_series_is_in_the_catalogue_under_the_same_source(book, printed):
    sources = dict(printed.select("series", "source").unique().rows())
    assert sources == {name: one.source for name, one in book.benchmarks.items()}
    assert {one.year_end for one in book.benchmarks.values()} == {
        "31 March",
        "30 September",
        "financial year",
    }


def test_a_catalogue_series_names_both_file_and_column_or_neither(book):
    assert all(bool(one.file) == bool(one.column) for one in book.benchmarks.values())


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("series,year\n", "no column area"),
        (f"{','.join(benchmark.REFERENCE)}\na,soon,b,c,1,,,d\n", "not a number"),
        (f"{','.join(benchmark.REFERENCE)}\na,2025,b,c,many,,,d\n", "not a number"),
    ],
)
def test_a_spoilt_reference_table_is_refused(tmp_path, content, reason):
    path = tmp_path / "benchmarks.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(BenchmarkError, match=reason):
        benchmark.reference(path)


def test_organisations_have_parents_that_are_open_as_long_as_they_are():
    tree = {row["org_id"]: row for row in rows("organisation")}
    assert len(tree) == len(rows("organisation")) == 23
    levels = ["council", "service", "team"]
    for row in tree.values():
        above = levels.index(row["level"]) - 1
        if above < 0:
            assert row["parent_id"] == ""
            continue
        parent = tree[row["parent_id"]]
        assert parent["level"] == levels[above]
        assert parent["valid_from"] <= row["valid_from"]
        assert (row["valid_to"] or "9999") <= (parent["valid_to"] or "9999")


def test_organisation_dates_are_first_days_of_months_in_order():
    for row in rows("organisation"):
        dates = [date.fromisoformat(row[name]) for name in ("valid_from", "valid_to") if row[name]]
        assert all(day.day == 1 for day in dates)
        assert all(earlier < later for earlier, later in pairwise(dates))


def test_five_teams_were_added_during_2021_22():
    teams = [row for row in rows("organisation") if row["level"] == "team"]
    added = [row for row in teams if "2021-04-01" <= row["valid_from"] <= "2022-03-31"]
    assert sorted(row["parent_id"] for row in added) == [
        "corporate_parenting",
        *["safeguarding"] * 4,
    ]
    assert len({row["valid_from"] for row in added}) == 5
    assert all(row["valid_from"] <= "2019-04-01" for row in teams if row not in added)


def test_events_are_in_order_and_short_enough_to_draw():
    events = rows("events")
    assert len(events) == 19
    assert [row["date"] for row in events] == sorted(row["date"] for row in events)
    assert all(date.fromisoformat(row["date"]) for row in events)
    assert all(0 < len(row["title"]) <= 50 for row in events)
    papers = ("Cabinet report 24 November 2022, ", "Scrutiny minutes ")
    assert all(row["source"].startswith(papers) for row in events)


def test_there_are_ten_priorities_and_someone_answers_for_each():
    assert [row["priority_id"] for row in rows("priorities")] == [f"P{n:02}" for n in range(1, 11)]
    assert all(row["name"] and row["answers"] for row in rows("priorities"))


def test_population_is_that_of_the_rates():
    found = {int(row["year"]): int(row["population"]) for row in rows("population")}
    assert found == {2021: 33909, 2022: 33784, 2023: 33977, 2024: 34260, 2025: 34439}


def test_ten_neighbours_in_the_order_of_the_model():
    assert [row["rank"] for row in rows("neighbours")] == [str(n) for n in range(1, 11)]
    assert members() == ["943", "860", "925", "893", "933", "888", "935", "811", "815", "830"]
    assert {(row["model_year"], row["authority"]) for row in rows("neighbours")} == {
        ("2025", "884")
    }


def test_targets_name_their_source_and_keep_target_within_band():
    for row in rows("targets"):
        assert "starting assumption" in row["source"]
        assert float(row["tolerance"]) > 0
        if row["band_low"]:
            assert float(row["band_low"]) < float(row["band_high"])
            assert float(row["band_low"]) <= float(row["target"]) <= float(row["band_high"])


@pytest.mark.parametrize(
    "name", ["organisation", "targets", "priorities", "population", "events", "benchmarks"]
)
def test_every_row_of_reference_data_says_where_it_is_from(name):
    assert all(row["source"] for row in rows(name))
