"""Figures that stand for the council alone: returns without teams, medians, rates over a year."""

import shutil
from datetime import date

import pytest
from cases import incoming, months

from kpi import board, catalogue
from kpi.catalogue import CatalogueError
from kpi.publication import publish
from kpi.store import Store

[APRIL] = months(1)


def put(store: Store, dataset: str, rows: list[dict[str, object]], sha: str = "a") -> None:
    publish(store, [incoming(store.catalogue.datasets[dataset], rows, sha * 64)], "officer")


def last(store: Store, kpi: str, org: str = "herefordshire") -> dict[str, object]:
    return board.observations(store, [kpi], [org], role="officer").row(-1, named=True)


def band(period: date, age: str, cohort: int, eet: int) -> dict[str, object]:
    return {"period": period, "age_band": age, "cohort": cohort, "eet": eet}


# ---- Returns without an organisation ----


def test_rows_without_a_team_are_the_councils(store):
    put(store, "care_leavers", [band(APRIL, "19-21", 100, 55), band(APRIL, "17-18", 40, 30)])
    row = last(store, "care_leavers_eet_19_21")
    assert (row["org_id"], row["numerator"], row["denominator"]) == ("herefordshire", 55, 100)
    assert row["value"] == pytest.approx(55)
    everyone = board.observations(store, ["care_leavers_eet_19_21"], role="officer")
    assert everyone["org_id"].to_list() == ["herefordshire"]
    assert board.observations(
        store, ["care_leavers_eet_19_21"], ["LEAVE"], role="officer"
    ).is_empty()


def test_money_of_many_lines_adds_up_to_the_council(store):
    def line(name: str, stream: str, budget: int, forecast: int) -> dict[str, object]:
        return {
            "period": APRIL,
            "line_id": name,
            "stream": stream,
            "budget": budget,
            "forecast": forecast,
        }

    rows = [line("1", "transformation", 500, 450), line("2", "transformation", 100, 130)]
    put(store, "finance", [*rows, line("3", "base", 10_000, 90_000)])
    assert last(store, "transformation_forecast")["value"] == -20


def test_a_withheld_figure_of_the_council_withholds_its_own_age_alone(store):
    withheld = band(APRIL, "17-18", 40, 0) | {"eet": None, "eet_state": "c"}
    put(store, "care_leavers", [withheld, band(APRIL, "19-21", 100, 55)])
    assert last(store, "care_leavers_eet_17_18")["state"] == "c"
    assert last(store, "care_leavers_eet_19_21")["value"] == pytest.approx(55)


def test_a_correction_replaces_the_councils_month(store):
    put(store, "care_leavers", [band(APRIL, "19-21", 100, 55)])
    again = incoming(
        store.catalogue.datasets["care_leavers"],
        [band(APRIL, "19-21", 100, 60)],
        "b" * 64,
        "Five more were found to be in work",
    )
    publish(store, [again], "officer")
    assert last(store, "care_leavers_eet_19_21")["value"] == pytest.approx(60)


# ---- Medians, which do not add up ----


def assessed(org: str, median: float | None, **more: object) -> dict[str, object]:
    return {"period": APRIL, "org_id": org, "median_days": median} | more


def test_a_median_stands_for_the_team_that_reported_it_and_for_no_other(store):
    put(store, "assessments", [assessed("ASSESS1", 30), assessed("ASSESS2", 41)])
    assert last(store, "assessment_median_days", "ASSESS1")["value"] == 30
    assert last(store, "assessment_median_days", "ASSESS2")["value"] == 41
    for org in ("front_door", "herefordshire"):
        row = last(store, "assessment_median_days", org)
        assert (row["value"], row["state"], row["rating"]) == (None, "z", "none")


def test_one_team_alone_does_not_make_the_council_either(store):
    put(store, "assessments", [assessed("ASSESS1", 30)])
    assert last(store, "assessment_median_days")["state"] == "z"


def test_a_median_of_the_whole_council_stands(store):
    put(store, "assessments", [assessed("herefordshire", 33)])
    row = last(store, "assessment_median_days")
    assert (row["value"], row["state"], row["rating"]) == (33, None, "green")


@pytest.mark.parametrize("state", [None, "c"])
def test_a_median_that_is_not_given_has_no_figure(store, state):
    put(store, "assessments", [assessed("ASSESS1", None, median_days_state=state)])
    row = last(store, "assessment_median_days", "ASSESS1")
    assert (row["value"], row["state"]) == (None, state or "x")


def test_only_a_statistic_is_taken_as_reported(tmp_path, book):
    folder = tmp_path / "reference"
    shutil.copytree(book.folder, folder)
    path = folder / "catalogue" / "visits.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("per = 100", "per = 100\nas_reported = true", 1), encoding="utf-8")
    with pytest.raises(CatalogueError, match="as_reported is for a statistic"):
        catalogue.read(folder)


# ---- Rates over a year ----


def test_a_rate_of_a_year_divides_by_the_residents_once(store):
    rows = [
        {"period": month, "org_id": "CPC1", "s47_started": 60 + n}
        for n, month in enumerate(months(12))
    ]
    put(store, "child_protection", rows)
    row = last(store, "s47_rate")
    year = sum(60 + n for n in range(12))
    assert (row["numerator"], row["denominator"]) == (year, 34_439)
    assert row["value"] == pytest.approx(10_000 * year / 34_439)


def test_a_month_of_it_is_at_a_yearly_rate(store):
    put(store, "child_protection", [{"period": APRIL, "org_id": "CPC1", "s47_started": 60}])
    row = last(store, "s47_rate")
    assert (row["value"], row["state"]) == (None, "x")
    assert row["observed"] == pytest.approx(10_000 * 12 * 60 / 34_439)


def test_residents_of_two_years_are_averaged_by_month(store):
    rows = [
        {"period": month, "org_id": "CPC1", "s47_started": 50}
        for month in months(12, date(2023, 10, 1))
    ]
    put(store, "child_protection", rows)
    row = last(store, "s47_rate")
    assert row["denominator"] == pytest.approx((6 * 34_260 + 6 * 34_439) / 12)


# ---- Counts over a year ----


def test_the_target_of_a_year_is_not_held_against_a_month(store):
    """Twelve a year is one a month: a process that brings one does not usually miss it."""
    rows = [
        {"period": month, "org_id": "CIN1", "role": "social worker", "nqsw": n % 3}
        for n, month in enumerate(months(24))
    ]
    put(store, "workforce", rows)
    row = last(store, "nqsw_intake")
    assert (row["value"], row["target"], row["rating"]) == (12, 12, "green")
    assert row["observed"] == 2
    assert row["assurance"] == "inconsistent"


def test_a_team_is_not_held_against_the_councils_count(store):
    rows: list[dict[str, object]] = [
        {
            "period": month,
            "org_id": org,
            "role": "social worker",
            "nqsw": 1,
            "inpost_fte": 9,
            "agency_fte": 1,
        }
        for month in months(12)
        for org in ("CIN1", "CIN2")
    ]
    put(store, "workforce", rows)
    assert last(store, "nqsw_intake")["target"] == 12
    for org, started in (("CIN1", 12), ("safeguarding", 24)):
        row = last(store, "nqsw_intake", org)
        assert (row["value"], row["target"], row["rating"]) == (started, None, "none")
    assert last(store, "workforce_agency_rate", "CIN1")["target"] == 20
