"""Comparators from reference data, and from Department for Education files once they are read."""

import os
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from cases import ROOT
from click.testing import CliRunner

from kpi import benchmark, board, cli
from kpi.store import Store

DFE = Path(os.environ.get("KPI_DFE", ROOT.parent / "shared" / "dfe"))
FILES = [
    "csww_indicators_2017_to_2025.csv",
    "cla_number_and_rate_per_10k_children.csv",
    "d3_cpps_subsequent_plan_2013_to_2025.csv",
]
SERIES = ["caseload_mean", "workforce_agency_rate", "cla_rate", "cp_repeat"]
#: A published median of ten neighbours is printed to a tenth; the true one may lie half way.
PRINTED = 0.0501

SMALL = (
    "time_period,time_identifier,geographic_level,country_code,country_name,region_code,region_name,"
    "old_la_code,new_la_code,la_name,caseload_fte\n"
    "2025,Reporting year,National,E92000001,England,,,,,,15.2\n"
    "2025,Reporting year,Regional,E92000001,England,E12000005,West Midlands,,,,15.3\n"
    '2025,Reporting year,Local authority,E92000001,England,E12000005,West Midlands,884,E06000019,"Herefordshire, County of",13.5\n'
    "2025,Reporting year,Local authority,E92000001,England,E12000009,South West,933,E10000027,Somerset,16.0\n"
    "2025,Reporting year,Local authority,E92000001,England,E12000006,East,935,E10000029,Suffolk,18.0\n"
    "2025,Reporting year,Local authority,E92000001,England,E12000005,West Midlands,893,E06000051,Shropshire,c\n"
    "2025,Reporting year,Local authority,E92000001,England,E12000007,London,301,E09000002,Barking and Dagenham,99\n"
)


def figures(store, series):
    """(area type, year, statistic) -> value, as the screens read them."""
    kpi = next(kpi for kpi in store.catalogue.kpis.values() if kpi.benchmark == series)
    rows = board.comparators(store, [kpi]).select("area_type", "year", "statistic", "value")
    return {row[:3]: row[3] for row in rows.iter_rows()}


def test_real_comparators_are_there_from_the_first_start(store: Store):
    found = figures(store, "caseload_mean")
    assert found["authority", 2025, None] == 13.6
    assert found["neighbours", 2025, "median"] == 16.4
    assert found["country", 2025, None] == 15.2
    assert found["region", 2025, None] == 15.3


def test_a_file_takes_the_place_of_the_reference_for_its_years(store: Store):
    series = [store.catalogue.benchmarks["caseload_mean"]]
    read = benchmark.read(SMALL.encode(), series, "csww_indicators_small.csv")
    board.keep_benchmarks(store, [("csww_indicators_small.csv", read)], "officer")
    found = figures(store, "caseload_mean")
    assert found["authority", 2025, None] == 13.5
    assert found["neighbours", 2025, "median"] == 17.0  # Somerset and Suffolk; Shropshire withheld
    assert found["authority", 2024, None] == 14.5  # the reference still speaks for other years
    kpi = store.catalogue.kpis["caseload_mean"]
    named = board.comparators(store, [kpi]).filter(area_type="authority")["area"].unique()
    assert named.to_list() == ["Herefordshire"]  # not "Herefordshire, County of"


@pytest.mark.parametrize(
    ("day", "newest", "newest_cost"),
    [(date(2024, 11, 30), 2023, 2022), (date(2024, 12, 1), 2024, 2023), (None, 2025, 2024)],
)
def test_what_was_not_out_by_a_day_is_left_out(book, day, newest, newest_cost):
    """A financial year is named by its start: its figures come a year after its name."""
    by_start = next(
        name for name, one in book.benchmarks.items() if one.year_end == "financial year"
    )
    rows = pl.DataFrame(
        [("caseload_mean", year) for year in range(2020, 2026)]
        + [(by_start, year) for year in range(2020, 2025)],
        schema=["series", "year"],
        orient="row",
    )
    left = board.known_by(book, rows, day)
    assert left.filter(series="caseload_mean")["year"].max() == newest
    assert left.filter(series=by_start)["year"].max() == newest_cost


def test_a_file_read_again_replaces_itself(store: Store):
    series = [store.catalogue.benchmarks["caseload_mean"]]
    for _ in range(2):
        read = benchmark.read(SMALL.encode(), series, "csww_indicators_small.csv")
        board.keep_benchmarks(store, [("csww_indicators_small.csv", read)], "officer")
    rows = store.table("benchmark").filter(pl.col("origin") != "")
    assert rows.height == 7


@pytest.mark.skipif(not DFE.exists(), reason="the Department's own files are not here (KPI_DFE)")
def test_the_departments_files_give_the_published_figures(tmp_path, monkeypatch, book):
    monkeypatch.setenv("KPI_STORE", str(tmp_path / "kpi.duckdb"))
    answer = CliRunner().invoke(cli.main, ["benchmarks", *(str(DFE / name) for name in FILES)])
    assert answer.exit_code == 0, answer.output
    store = Store(str(tmp_path / "kpi.duckdb"), book)
    imported = store.read("benchmarks", series=SERIES)
    members = store.read("neighbours", authority="884")["neighbour"].to_list()
    medians = benchmark.neighbours(imported, members).filter(statistic="median")
    published = benchmark.reference(book.folder / "benchmarks.csv")
    compared = 0
    for row in published.filter(pl.col("series").is_in(SERIES)).iter_rows(named=True):
        if row["area_type"] == "neighbours":
            found = medians.filter(series=row["series"], year=row["year"])["value"].item()
            assert found == pytest.approx(row["value"], abs=PRINTED), row
        else:
            code = {"authority": "884", "country": "E92000001", "region": "E12000005"}[
                row["area_type"]
            ]
            own = imported.filter(series=row["series"], year=row["year"], area_code=code)
            assert own["value"].item() == row["value"], row
        compared += 1
    assert compared == 4 * (9 + 9 + 5 + 9)
    store.close()
