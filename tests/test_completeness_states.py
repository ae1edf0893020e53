"""Which returns are in, late, missing or restated, and what the store knew of them on a day."""

from datetime import date, datetime

import polars as pl
import pytest
from arrived import came, judged, month, returns
from cases import incoming

from kpi import completeness
from kpi import store as stores
from kpi.publication import publish, withdraw

# ---- due days ----


@pytest.mark.parametrize(
    ("period", "due_day", "due"),
    [
        ("2025-03", 20, "2025-04-20"),
        ("2024-12", 5, "2025-01-05"),
        ("2025-01", 31, "2025-02-28"),
        ("2024-01", 30, "2024-02-29"),
        ("2025-03", 31, "2025-04-30"),
        ("2025-04", 31, "2025-05-31"),
        ("2025-03", 1, "2025-04-01"),
    ],
)
def test_the_due_day_of_a_month(period, due_day, due):
    assert completeness.due(month(period), due_day) == date.fromisoformat(due)


# ---- states ----


@pytest.mark.parametrize(
    ("first", "today", "state", "days_late"),
    [
        ("2025-04-02T09:00", "2025-04-24", "on_time", 0),
        ("2025-04-20T22:59", "2025-04-24", "on_time", 0),  # 23:59 in London
        ("2025-04-20T23:01", "2025-04-24", "late", 1),  # 00:01 on the 21st in London
        ("2025-04-23T09:00", "2025-04-24", "late", 3),
        ("2025-03-30T09:00", "2025-04-24", "on_time", 0),  # before the month is over
        (None, "2025-04-19", "not_due", 0),
        (None, "2025-04-20", "not_due", 0),  # on the due day itself it may still come
        (None, "2025-04-21", "missing", 0),
    ],
)
def test_the_state_of_a_month(first, today, state, days_late):
    found = [came("caseloads", "2025-02", "2025-03-10T09:00")]
    if first:
        found.append(came("caseloads", "2025-03", first))
    rows = judged(*found, today=today).filter(period=month("2025-03"))
    assert rows.select("state", "days_late", "due").row(0) == (state, days_late, date(2025, 4, 20))


def test_nothing_is_expected_before_the_first_month():
    rows = judged(
        came("caseloads", "2025-01", "2025-02-10T09:00"),
        came("plans", "2025-03", "2025-04-10T09:00"),
        today="2025-04-24",
    )
    assert rows.select("dataset", "period", "state").rows() == [
        ("caseloads", month("2025-03"), "missing"),
        ("caseloads", month("2025-02"), "missing"),
        ("caseloads", month("2025-01"), "on_time"),
        ("plans", month("2025-03"), "on_time"),
    ]


def test_a_return_that_never_came_is_not_expected():
    datasets = returns("caseloads", "plans")
    rows = judged(
        came("caseloads", "2025-03", "2025-04-10T09:00"), today="2025-04-24", datasets=datasets
    )
    assert rows["dataset"].to_list() == ["caseloads"]
    coming = completeness.upcoming(rows, datasets).filter(dataset="plans")
    assert coming.row(0) == ("plans", None, [], None, None)


def test_a_second_load_restates_and_the_first_is_still_on_time():
    rows = judged(
        came("caseloads", "2025-02", "2025-03-10T09:00", "2025-05-02T09:00", "A recount"),
        today="2025-05-10",
    )
    row = rows.row(by_predicate=pl.col("period") == month("2025-02"), named=True)
    assert (row["state"], row["is_restated"]) == ("on_time", True)
    assert (row["first_day"], row["last_day"]) == (date(2025, 3, 10), date(2025, 5, 2))
    assert completeness.told(row) == "On time, 10 March 2025; restated 2 May 2025"


def test_two_years_are_shown_and_a_month_ahead_of_its_time():
    found = [
        came("caseloads", f"{year}-{number:02}", "2022-01-01T09:00")
        for year in (2022, 2023, 2024)
        for number in range(1, 13)
    ]
    rows = judged(*found, today="2025-01-10")
    assert (rows["period"].min(), rows["period"].max()) == (month("2023-01"), month("2024-12"))
    early = judged(*found, came("caseloads", "2025-01", "2025-01-09T09:00"), today="2025-01-10")
    assert (early["period"].min(), early["period"].max()) == (month("2023-02"), month("2025-01"))


# ---- what is due next ----


@pytest.mark.parametrize(
    ("in_by", "today", "newest", "overdue", "period", "due"),
    [
        (["2025-02", "2025-03"], "2025-04-24", "2025-03", [], "2025-04", "2025-05-20"),
        (["2025-02"], "2025-04-10", "2025-02", [], "2025-03", "2025-04-20"),
        (["2025-02"], "2025-04-20", "2025-02", [], "2025-03", "2025-04-20"),
        (["2025-02"], "2025-04-24", "2025-02", ["2025-03"], "2025-04", "2025-05-20"),
        (["2025-01", "2025-03"], "2025-04-24", "2025-03", ["2025-02"], "2025-04", "2025-05-20"),
        (["2025-02", "2025-04"], "2025-04-10", "2025-04", [], "2025-03", "2025-04-20"),
    ],
)
def test_what_a_return_owes(in_by, today, newest, overdue, period, due):
    rows = judged(*(came("caseloads", at, f"{at}-28T09:00") for at in in_by), today=today)
    coming = completeness.upcoming(rows, returns("caseloads")).row(0, named=True)
    assert coming == {
        "dataset": "caseloads",
        "newest": month(newest),
        "overdue": [month(at) for at in overdue],
        "period": month(period),
        "due": date.fromisoformat(due),
    }


# ---- as the store knows it ----


def protection(period="2025-03", **figures):
    row = {
        "period": month(period),
        "org_id": "CPC1",
        **dict.fromkeys(
            "cin_open s47_started icpc_held icpc_15wd cp_start cp_repeat_start cp_end cp_open cp_2yr "
            "reviews_due reviews_in_time".split(),
            1,
        ),
    }
    return row | figures


@pytest.fixture
def month_of_march(store, book):
    """A first load on 10 April, a correction on 2 May, which is withdrawn on 9 May."""
    dataset = book.datasets["child_protection"]

    def send(row, at, sha, reason=""):
        given = incoming(dataset, [row], sha * 64, reason)
        return publish(store, [given], "officer", datetime.fromisoformat(at))[0].load_id

    send(protection(), "2025-04-10T09:00", "a")
    second = send(protection(cp_open=2), "2025-05-02T09:00", "b", "A recount after the audit")
    withdraw(store, second, "officer", "Sent for the wrong month", datetime(2025, 5, 9, 9))
    return store


@pytest.mark.parametrize(
    ("as_at", "known"),
    [
        ("2025-04-01T00:00", None),
        ("2025-04-30T00:00", (1, 1, "2025-04-10T09:00", "")),
        ("2025-05-05T00:00", (2, 2, "2025-05-02T09:00", "A recount after the audit")),
        ("2025-05-10T00:00", (1, 1, "2025-04-10T09:00", "")),
    ],
)
def test_what_had_come_by_a_day(month_of_march, as_at, known):
    rows = month_of_march.read("completeness", as_at=datetime.fromisoformat(as_at))
    if known is None:
        assert rows.is_empty()
        return
    loads, load_id, last, reason = known
    row = rows.row(0, named=True)
    assert row["first_loaded_at"] == datetime(2025, 4, 10, 9)
    assert row["last_loaded_at"] == datetime.fromisoformat(last)
    assert (row["loads"], row["load_id"], row["reason"]) == (loads, load_id, reason)


def test_a_first_load_taken_back_leaves_the_month_missing(store, book):
    given = incoming(book.datasets["child_protection"], [protection()])
    load = publish(store, [given], "officer", datetime(2025, 4, 10, 9))[0]
    withdraw(store, load.load_id, "officer", "Sent for the wrong month", datetime(2025, 4, 11, 9))
    assert store.read("completeness", as_at=stores.FOREVER).is_empty()
    assert store.cells(date(2025, 1, 1)).is_empty()
    assert store.read("completeness", as_at=datetime(2025, 4, 10, 12)).height == 1


def test_cells_without_a_figure_are_counted_of_the_load_that_speaks(store, book):
    dataset = book.datasets["child_protection"]
    first = protection(cp_2yr=None, cp_2yr_state="c", cp_end=None, s47_started=None)
    other = protection("2025-02", cp_2yr=None, cp_2yr_state="low")
    publish(store, [incoming(dataset, [first, other])], "officer", datetime(2025, 4, 10, 9))
    rows = store.cells(date(2025, 3, 1))
    assert rows.rows() == [("child_protection", month("2025-03"), 11, 1, 2)]
    again = incoming(dataset, [protection()], "b" * 64, "All figures are known now")
    publish(store, [again], "officer", datetime(2025, 5, 10, 9))
    assert store.cells(date(2025, 3, 1)).rows() == [
        ("child_protection", month("2025-03"), 11, 0, 0)
    ]
    before = store.cells(date(2025, 2, 1), datetime(2025, 4, 30))
    assert before.sort("period").rows() == [
        ("child_protection", month("2025-02"), 11, 1, 0),
        ("child_protection", month("2025-03"), 11, 1, 2),
    ]


def test_a_return_without_figures_has_no_cells_to_miss(store, book):
    rating = {"period": month("2025-03"), "priority_id": "P01", "progress": "red", "impact": "red"}
    publish(store, [incoming(book.datasets["plan_brag"], [rating])], "officer")
    assert store.cells(date(2025, 3, 1)).rows() == [("plan_brag", month("2025-03"), 0, 0, 0)]
