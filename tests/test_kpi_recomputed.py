"""Every figure of the council, worked out a second time from the sample files in plain Python.

Nothing of ``kpi.measures`` or the queries takes part: the catalogue's plain columns are read by
name, and whatever says more than a column is said again here in words of its own.
"""

import csv
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from statistics import median, quantiles

import polars as pl
import pytest
from cases import ROOT

from kpi import board, catalogue
from kpi.catalogue import Kpi
from kpi.store import Store

Row = dict[str, str]
Figure = Callable[[Row], float]
RETURNS = ROOT / "data" / "sample" / "returns"
REFERENCE = ROOT / "data" / "reference"
BOOK = catalogue.read(REFERENCE)
MANAGERS = ("director", "head of service", "service manager")

#: Which rows a measure is about, where not all.
ABOUT: dict[str, Callable[[Row], bool]] = {
    "assessment_visits_in_time": lambda row: row["visit_type"] == "assessment",
    "cp_visits_in_time": lambda row: row["visit_type"] == "cp",
    "cla_visits_in_time": lambda row: row["visit_type"] == "cla",
    "nqsw_above_protected_load": lambda row: row["nqsw"] == "Y" and int(row["cases"]) > 0,
    "nqsw_supervision_held": lambda row: row["nqsw"] == "Y",
    "management_permanent": lambda row: row["role"] in MANAGERS,
    "transformation_spend": lambda row: row["tranche"] != "none",
    "transformation_forecast": lambda row: row["tranche"] != "none",
    "cla_cost_per_week": lambda row: row["line_id"] == "CLA-01",
}
for name in ("mean", "median", "p25", "p75", "max", "above_18"):
    ABOUT[f"caseload_{name}"] = lambda row: int(row["cases"]) > 0
for name in ("eet", "suitable"):
    ABOUT[f"care_leavers_{name}_19_21"] = lambda row: row["age_band"] == "19-21"
for name in ("eet", "suitable", "unknown"):
    ABOUT[f"care_leavers_{name}_17_18"] = lambda row: row["age_band"] == "17-18"
for many, who in (("children", "child"), ("parents", "parent"), ("carers", "carer")):
    ABOUT[f"feedback_{many}_responses"] = lambda row, who=who: row["respondent"] == who
    for stage in ("before", "after"):
        ABOUT[f"feedback_{many}_{stage}"] = lambda row, who=who, stage=stage: (
            (row["respondent"], row["stage"]) == (who, stage)
        )
for name in ("assessment", "planning", "supervision", "permanence", "neglect"):
    ABOUT[f"audits_theme_{name}"] = lambda row, name=name: row["theme"] == name
for place, priority, many, who in (
    ("front_door", "P04", "parents", "parent"),
    ("protection", "P05", "parents", "parent"),
    ("care", "P06", "children", "child"),
    ("care", "P06", "carers", "carer"),
    ("leavers", "P07", "children", "child"),
):
    for stage in ("before", "after"):
        said = (priority, who, stage)
        ABOUT[f"voice_{place}_{many}_{stage}"] = lambda row, said=said: (
            (row["priority_id"], row["respondent"], row["stage"]) == said
        )


def sum_of(*names: str) -> Figure:
    return lambda row: sum(float(row[name]) for name in names)


def reasons(*names: str) -> Figure:
    return lambda row: float(row["leavers"]) if row["reason"] in names else 0.0


def per_fte(row: Row) -> float:
    return int(row["cases"]) / float(row["fte"])


#: What a row adds above and below the line, where it is more than a column.
ABOVE: dict[str, Figure] = {
    "caseload_above_18": lambda row: float(row["fte"]) if per_fte(row) > 18 else 0.0,
    "nqsw_above_protected_load": lambda row: 1.0 if per_fte(row) > 16.2 else 0.0,
    "audits_good_or_better": sum_of("good", "outstanding"),
    "audits_good_year": sum_of("good", "outstanding"),
    "exit_caseload_or_supervision": reasons("caseload", "supervision"),
    "exit_travel": reasons("travel"),
    "exit_discrimination": reasons("discrimination"),
    "exit_pay": reasons("pay"),
    "exit_family": reasons("family"),
    "exit_other": reasons("other"),
    "transformation_forecast": lambda row: float(row["forecast"]) - float(row["budget"]),
}
for name in ("assessment", "planning", "supervision", "permanence", "neglect"):
    ABOVE[f"audits_theme_{name}"] = sum_of("good", "outstanding")
BELOW: dict[str, Figure] = {
    "nqsw_above_protected_load": lambda row: 1.0,
    "workforce_vacancy_rate": sum_of("vacant_fte", "inpost_fte"),
    "workforce_agency_rate": sum_of("agency_fte", "inpost_fte"),
}
STATISTICS: dict[str, Callable[[list[float]], float]] = {
    "caseload_median": median,
    "caseload_p25": lambda loads: quantiles(loads, n=4, method="inclusive")[0],
    "caseload_p75": lambda loads: quantiles(loads, n=4, method="inclusive")[2],
    "caseload_max": max,
}


@cache
def months_of(dataset: str) -> dict[str, list[Row]]:
    """The rows that stand for each month: the last file that the list of loads names for it."""
    with (RETURNS.parent / "loads.csv").open(encoding="utf-8", newline="") as file:
        loads = [row for row in csv.DictReader(file) if row["dataset"] == dataset]
    return {Path(load["file"]).stem[:7]: _rows(RETURNS / load["file"]) for load in loads}


def _rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def residents() -> dict[int, int]:
    return {int(row["year"]): int(row["population"]) for row in _rows(REFERENCE / "population.csv")}


def rows_about(kpi: Kpi, month: str) -> list[Row]:
    about = ABOUT.get(kpi.kpi_id, lambda row: True)
    return [row for row in months_of(kpi.dataset)[month] if about(row)]


def sum_in(kpi: Kpi, month: str, figure: Figure) -> float | None:
    """The month's sum; nothing where a figure is withheld or there is nothing to add up."""
    rows = rows_about(kpi, month)
    try:
        return sum(map(figure, rows)) if rows else None
    except ValueError:
        return None


def reporting_year(month: str) -> int:
    year, number = int(month[:4]), int(month[5:])
    return year if number < 4 else year + 1


def below(kpi: Kpi, month: str) -> float | None:
    if kpi.denominator == "population":
        return residents()[reporting_year(month)]
    return sum_in(kpi, month, BELOW.get(kpi.kpi_id) or sum_of(kpi.denominator))


def worked_out(kpi: Kpi, month: str) -> float | None:
    """The figure of one month, over as many months as the measure covers."""
    months = sorted(months_of(kpi.dataset))
    span = months[: months.index(month) + 1][-kpi.window :]
    if len(span) < kpi.window:
        return None
    top = [sum_in(kpi, one, ABOVE.get(kpi.kpi_id) or sum_of(kpi.numerator)) for one in span]
    if any(value is None for value in top):
        return None
    above = sum(value for value in top if value is not None)
    if not kpi.denominator:
        return kpi.per * above
    bottom = [value for one in span if (value := below(kpi, one)) is not None]
    whole = sum(bottom) / (len(span) if kpi.denominator == "population" else 1)
    return kpi.per * above / whole if whole else None


@pytest.fixture(scope="module")
def frame(sample_copy: Path) -> Iterator[pl.DataFrame]:
    store = Store(str(sample_copy), BOOK)
    yield board.observations(store, list(BOOK.kpis), [BOOK.council.org_id], role="officer")
    store.close()


def shown(frame: pl.DataFrame, kpi: Kpi) -> dict[str, float | None]:
    rows = frame.filter(kpi_id=kpi.kpi_id)
    return {
        f"{period:%Y-%m}": value for period, value in rows.select("period", "value").iter_rows()
    }


SUMS = [kpi for kpi in BOOK.kpis.values() if not kpi.statistic]


def test_whatever_is_more_than_a_column_is_said_again_here():
    for kpi in SUMS:
        names = BOOK.datasets[kpi.dataset].names
        assert kpi.numerator in names or kpi.kpi_id in ABOVE, kpi.kpi_id
        plain = ("", "population", *names)
        assert kpi.denominator in plain or kpi.kpi_id in BELOW, kpi.kpi_id
        assert not kpi.filter or kpi.kpi_id in ABOUT, kpi.kpi_id
    assert {*ABOUT, *ABOVE, *BELOW, *STATISTICS} <= set(BOOK.kpis)


@pytest.mark.parametrize("kpi", SUMS, ids=lambda kpi: kpi.kpi_id)
def test_sums_and_shares(frame, kpi):
    """Every month of every count, share and rate: the same figure, or none in both."""
    found = shown(frame, kpi)
    assert sorted(found) == sorted(months_of(kpi.dataset))
    for month, value in found.items():
        expected = worked_out(kpi, month)
        assert value == (expected if expected is None else pytest.approx(expected, rel=1e-9))
    assert any(value is not None for value in found.values())


@pytest.mark.parametrize("name", STATISTICS)
def test_statistics_of_workers(frame, name):
    kpi = BOOK.kpis[name]
    for month, value in shown(frame, kpi).items():
        expected = STATISTICS[name]([per_fte(row) for row in rows_about(kpi, month)])
        assert value == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("name", [kpi.kpi_id for kpi in BOOK.kpis.values() if kpi.as_reported])
def test_a_median_is_the_councils_own_or_nothing(frame, name):
    kpi = BOOK.kpis[name]
    column = kpi.columns[0]
    for month, value in shown(frame, kpi).items():
        own = [row for row in months_of(kpi.dataset)[month] if row["org_id"] == BOOK.council.org_id]
        assert value == (float(own[0][column]) if own else None)


def test_every_statistic_is_proven():
    proven = {*STATISTICS, *(kpi.kpi_id for kpi in BOOK.kpis.values() if kpi.as_reported)}
    assert proven == {kpi.kpi_id for kpi in BOOK.kpis.values() if kpi.statistic}


def test_what_has_no_figure_for_march_2025(frame):
    """Each has its reason in the list of measures; every other one has a figure."""
    listed = tomllib.loads((ROOT / "docs" / "measures.toml").read_text(encoding="utf-8"))
    last = board.latest(frame)
    assert {f"{period:%Y-%m}" for period in last["period"]} == {"2025-03"}
    assert set(last.filter(pl.col("value").is_null())["kpi_id"]) == set(listed["no_figure"])
    assert set(last["kpi_id"]) == set(BOOK.kpis)


def test_what_is_withheld_says_so(frame):
    """The two years that were published as unreliable, and every twelve months that touch them."""
    rows = frame.filter(kpi_id="rereferrals")
    states: dict[str | None, list[str]] = defaultdict(list)
    for period, state in rows.select("period", "state").iter_rows():
        states[state].append(f"{period:%Y-%m}")
    assert (states["u"][0], states["u"][-1], len(states["u"])) == ("2022-04", "2025-02", 35)
