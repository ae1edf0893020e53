"""From published rows to the observation frame: sums, ratios, windows, gaps, states."""

from datetime import date, datetime

import polars as pl
import pytest
from cases import incoming, months

from kpi import board, observation
from kpi.publication import publish
from kpi.store import Store


def put(store: Store, dataset: str, rows, sha="a"):
    publish(store, [incoming(store.catalogue.datasets[dataset], rows, sha * 64)], "officer")


def one(store, kpi, org="herefordshire", period=None):
    frame = board.observations(store, [kpi], [org], role="officer")
    if period:
        frame = frame.filter(period=period)
    return frame.row(-1, named=True)


APRIL, MAY, JUNE = months(3)


def test_areas_are_summed_and_then_divided(store):
    put(
        store,
        "child_protection",
        [
            {"period": APRIL, "org_id": "CPC1", "cp_open": 90, "cp_2yr": 9},
            {"period": APRIL, "org_id": "CIN1", "cp_open": 10, "cp_2yr": 5},
            {"period": APRIL, "org_id": "ASSESS1", "cp_open": 100, "cp_2yr": 0},
        ],
    )
    council = one(store, "cp_two_years")
    assert (council["numerator"], council["denominator"], council["value"]) == (14, 200, 7.0)
    assert one(store, "cp_two_years", "safeguarding")["value"] == 14.0
    assert one(store, "cp_two_years", "CIN1")["value"] == 50.0


def test_a_month_for_the_whole_council_stands(store):
    put(store, "child_protection", [{"period": APRIL, "org_id": "herefordshire", "cp_open": 139}])
    assert one(store, "cp_open")["value"] == 139
    assert board.observations(store, ["cp_open"], role="officer")["org_id"].to_list() == [
        "herefordshire"
    ]


def test_a_statistic_is_taken_from_the_workers_at_every_level(store):
    def worker(ref, org, cases, fte=1.0):
        return {"period": APRIL, "org_id": org, "worker_ref": ref, "cases": cases, "fte": fte}

    put(
        store,
        "caseloads",
        [
            worker("W1", "CPC1", 10),
            worker("W2", "CPC1", 12),
            worker("W3", "CIN1", 12, 0.5),
            worker("W4", "CIN1", 30),
            worker("W5", "CIN1", 0),
        ],
    )
    assert one(store, "caseload_median")["value"] == 18.0  # of 10, 12, 24, 30
    assert one(store, "caseload_median", "CIN1")["value"] == 27.0
    assert one(store, "caseload_max")["value"] == 30.0
    assert one(store, "caseload_mean")["value"] == pytest.approx(64 / 3.5)
    assert one(store, "caseload_above_18")["value"] == pytest.approx(100 * 1.5 / 3.5)
    assert one(store, "caseload_median")["denominator"] == 4


def test_a_rate_takes_the_population_of_its_reporting_year(store):
    put(
        store,
        "child_protection",
        [
            {"period": date(2024, 3, 1), "org_id": "CPC1", "cp_open": 203},
            {"period": date(2024, 4, 1), "org_id": "CPC1", "cp_open": 203},
        ],
    )
    frame = board.observations(store, ["cp_rate"], ["herefordshire"], role="officer")
    assert frame["denominator"].to_list() == [34_260, 34_439]
    assert frame["value"].to_list() == pytest.approx([203e4 / 34_260, 203e4 / 34_439])
    team = one(store, "cp_rate", "CPC1")
    assert (team["value"], team["state"]) == (None, "z")


def test_a_rolling_year_waits_for_twelve_months(store):
    rows = [
        {"period": month, "org_id": "CPC1", "cp_start": 10, "cp_repeat_start": count}
        for count, month in enumerate(months(13))
        if count < 11
    ] + [
        {"period": months(13)[n], "org_id": "CPC1", "cp_start": 10, "cp_repeat_start": 10}
        for n in (11, 12)
    ]
    put(store, "child_protection", rows)
    frame = board.observations(store, ["cp_repeat"], ["herefordshire"], role="officer")
    assert frame["value"].head(11).null_count() == 11
    assert frame["state"].head(11).unique().to_list() == ["x"]
    assert frame["value"].tail(2).to_list() == pytest.approx([100 * 65 / 120, 100 * 75 / 120])
    assert frame["observed"].head(3).to_list() == [0, 10, 20]


def test_a_missing_month_is_a_gap_and_not_a_guess(store):
    put(
        store,
        "child_protection",
        [{"period": month, "org_id": "CPC1", "cp_open": 5} for month in (APRIL, JUNE)],
    )
    frame = board.observations(store, ["cp_open"], ["herefordshire"], role="officer")
    assert frame["period"].to_list() == [APRIL, MAY, JUNE]
    assert frame["value"].to_list() == [5, None, 5]
    assert frame["state"].to_list() == [None, "x", None]


@pytest.mark.parametrize(
    ("cell", "state"), [({"cp_open": None}, "x"), ({"cp_open": None, "cp_open_state": "c"}, "c")]
)
def test_a_total_over_a_withheld_figure_is_withheld(store, cell, state):
    put(
        store,
        "child_protection",
        [
            {"period": APRIL, "org_id": "CPC1", "cp_open": 100},
            {"period": APRIL, "org_id": "CIN1"} | cell,
        ],
    )
    council = one(store, "cp_open")
    assert (council["value"], council["state"], council["rating"]) == (None, state, "none")
    assert one(store, "cp_open", "CPC1")["value"] == 100


def test_nothing_divided_by_nothing_does_not_apply(store):
    put(store, "child_protection", [{"period": APRIL, "org_id": "CPC1", "cp_open": 0, "cp_2yr": 0}])
    row = one(store, "cp_two_years")
    assert (row["value"], row["state"]) == (None, "z")


def test_a_team_that_moves_takes_only_its_later_months_along(store, book):
    tree = pl.DataFrame(
        {
            "org_id": ["MOVED", "MOVED"],
            "name": ["Old", "New"],
            "level": ["team", "team"],
            "parent_id": ["front_door", "safeguarding"],
            "valid_from": [date(2019, 1, 1), MAY],
            "valid_to": [MAY, None],
        }
    )
    store.transact(lambda work: work.append("org", tree))
    put(
        store,
        "child_protection",
        [{"period": month, "org_id": "MOVED", "cp_open": 5} for month in (APRIL, MAY)],
    )
    periods = {
        org: board.observations(store, ["cp_open"], [org], role="officer")["period"].to_list()
        for org in ("front_door", "safeguarding", "herefordshire")
    }
    assert periods == {"front_door": [APRIL], "safeguarding": [MAY], "herefordshire": [APRIL, MAY]}


def test_the_target_of_the_month_as_known_at_the_moment(store):
    put(
        store,
        "caseloads",
        [
            {"period": month, "org_id": "CPC1", "worker_ref": "W1", "cases": 17, "fte": 1}
            for month in (APRIL, MAY)
        ],
    )
    change = pl.DataFrame(
        {
            "kpi_id": ["caseload_mean"],
            "valid_from": [MAY],
            "target": [16.0],
            "tolerance": [2.0],
            "source": ["board"],
            "set_by": ["officer"],
            "recorded_at": [datetime(2090, 1, 1)],
        }
    )
    store.transact(lambda work: work.append("target", change))
    now = board.observations(store, ["caseload_mean"], ["herefordshire"], role="officer")
    assert now["target"].to_list() == [18, 16]
    assert now["rating"].to_list() == ["green", "amber"]
    before = board.observations(
        store, ["caseload_mean"], ["herefordshire"], datetime(2089, 1, 1), role="officer"
    )
    assert before["target"].to_list() == [18, 18]


def test_the_frame_is_what_the_contract_says(store):
    put(store, "child_protection", [{"period": APRIL, "org_id": "CPC1", "cp_open": 5}])
    frame = board.observations(store, list(store.catalogue.kpis), role="officer")
    assert dict(frame.schema) == observation.SCHEMA
    assert not frame.select(observation.ORDER).is_duplicated().any()
    assert board.observations(store, [], role="officer").schema == frame.schema


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2025-01-15", datetime(2025, 1, 15, 23, 59, 59, 999999)),
        ("2025-06-15", datetime(2025, 6, 15, 22, 59, 59, 999999)),
        ("2025-03-30", datetime(2025, 3, 30, 22, 59, 59, 999999)),
        ("2025-06-15T12:00", datetime(2025, 6, 15, 11)),
        ("2025-06-15T12:00:00Z", datetime(2025, 6, 15, 12)),
    ],
)
def test_a_date_means_the_end_of_that_day_in_london(text, moment):
    assert board.moment(text) == moment


@pytest.mark.parametrize("text", ["yesterday", "2025-13-01", "24/04/2025", "9999-12-31T99"])
def test_a_moment_that_is_none(text):
    with pytest.raises(ValueError, match="is not a date"):
        board.moment(text)
