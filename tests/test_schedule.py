"""Activities against the calendar: what is late, how far it slipped, what decides the end."""

import random
from datetime import date

import frames
import polars as pl
import pytest
from activities import TODAY, activity, register, sixty
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi import schedule


def plan(*rows, today=TODAY):
    return schedule.laid_out(register(*rows), today)


# ---- one activity and the day ----

STATES = [
    # what, settings, state, slip in days, late
    ("in time", {"due": "2025-06-30"}, "in_progress", 0, False),
    ("due today is not late", {"baseline_due": "2025-04-24", "due": "2025-04-24"}, "in_progress", 0, False),
    ("due yesterday", {"baseline_due": "2025-04-23", "due": "2025-04-23"}, "overdue", 1, True),
    ("moved, and not due yet", {"due": "2025-07-30"}, "in_progress", 30, False),
    ("brought forward", {"due": "2025-06-20"}, "in_progress", -10, False),
    ("slips on while it is open", {"baseline_due": "2025-02-01", "due": "2025-03-01"}, "overdue", 82, True),
    ("done in time", {"status": "done", "finished": "2025-06-30"}, "done", 0, False),
    ("done early", {"status": "done", "finished": "2025-06-20"}, "done", -10, False),
    ("done late is done", {"status": "done", "finished": "2025-07-10"}, "done", 10, False),
    ("done without a day", {"status": "done", "due": "2025-07-05"}, "done", 5, False),
    ("not begun in time", {"status": "not_started", "start": "2025-04-01"}, "late_start", 0, True),
    ("begins today", {"status": "not_started", "start": "2025-04-24"}, "not_started", 0, False),
    ("not begun and overdue", {"status": "not_started", "due": "2025-04-01",
                               "baseline_due": "2025-04-01"}, "overdue", 23, True),
    ("merged", {"status": "merged", "due": "2025-01-01"}, "merged", None, False),
    ("retired", {"status": "retired", "due": "2025-01-01"}, "retired", None, False),
    ("never planned", {"baseline_due": None, "due": "2025-07-30"}, "in_progress", None, False),
    ("only planned", {"due": None, "baseline_due": "2025-04-20"}, "overdue", 4, True),
    ("no date at all", {"due": None, "baseline_due": None}, "in_progress", None, False),
    ("late, though dated anew", {"baseline_due": "2025-04-23", "due": "2025-09-30"}, "in_progress", 160, True),
    ("done late, and late no more", {"status": "done", "baseline_due": "2025-02-01",
                                     "finished": "2025-04-01"}, "done", 59, False),
]  # fmt: skip


@pytest.mark.parametrize(
    ("what", "given", "state", "slip", "late"), STATES, ids=[row[0] for row in STATES]
)
def test_state_and_slip(what, given, state, slip, late):
    found = plan(activity("A", "2024-01-01", "2025-06-30", **given))
    assert found.select("state", "slip", "is_late").row(0) == (state, slip, late)


def test_start_order_is_by_date_then_id_and_undated_last():
    found = plan(activity("B", "2025-02-01"), activity("C"), activity("A", "2025-02-01"),
                 activity("D", "2025-01-01"))  # fmt: skip
    assert found["activity_id"].to_list() == ["D", "A", "B", "C"]


def test_an_empty_register_is_an_empty_plan():
    found = plan()
    assert found.is_empty()
    assert schedule.chain(found) == []
    assert schedule.pace(found, TODAY).is_empty()
    assert schedule.next_starts(found).is_empty()


# ---- what starts after what ----

LINKS = [
    ("one after the other", {"A": [], "B": ["A"]}, {"A": (), "B": ("A",)}),
    ("nobody knows it", {"A": ["X"]}, {"A": ()}),
    ("itself", {"A": ["A"]}, {"A": ()}),
    ("named twice", {"A": [], "B": ["A", "A"]}, {"A": (), "B": ("A",)}),
    ("a circle of two", {"A": ["B"], "B": ["A"]}, {"A": ("B",), "B": ()}),
    ("a circle of three", {"A": ["C"], "B": ["A"], "C": ["B"]}, {"A": ("C",), "B": ("A",), "C": ()}),
    ("a diamond is no circle", {"A": [], "B": ["A"], "C": ["A"], "D": ["B", "C"]},
     {"A": (), "B": ("A",), "C": ("A",), "D": ("B", "C")}),
    ("no list", {"A": None}, {"A": ()}),
]  # fmt: skip


@pytest.mark.parametrize(("what", "given", "expected"), LINKS, ids=[row[0] for row in LINKS])
def test_links(what, given, expected):
    rows = [activity(name, predecessors=names) for name, names in given.items()]
    assert schedule.links(register(*rows)) == expected


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 9)), max_size=40))
@settings(max_examples=60, deadline=None)
def test_links_never_close_a_circle(pairs):
    names = [f"A{at}" for at in range(8)]
    rows = [
        activity(name, "2025-01-01", "2025-02-01", predecessors=[f"A{b}" for a, b in pairs if a == at])
        for at, name in enumerate(names)
    ]  # fmt: skip
    found = plan(*rows)
    waiting = {row["activity_id"]: set(row["after"]) for row in found.iter_rows(named=True)}
    while ready := [name for name, after in waiting.items() if not after & set(waiting)]:
        for name in ready:
            del waiting[name]
    assert not waiting
    assert schedule.chain(found)


def test_what_waits_and_what_comes_then():
    found = plan(
        activity("A", "2025-01-01", "2025-02-01", status="done", finished="2025-02-01"),
        activity("B", "2025-02-02", "2025-06-01"),
        activity("C", "2025-06-02", "2025-08-01", status="not_started", predecessors=["A", "B"]),
    )
    rows = {row["activity_id"]: row for row in found.iter_rows(named=True)}
    assert rows["C"]["after"] == ["A", "B"]
    assert rows["C"]["waits"] == ["B"]
    assert (rows["A"]["then"], rows["B"]["then"]) == (["C"], ["C"])
    assert schedule.next_starts(found).select("activity_id", "then").rows() == [("B", ["C"])]


EARLY = [
    ("the day after", "2025-06-02", None),
    ("the same day", "2025-06-01", 0),
    ("a month before", "2025-05-02", 30),
]


@pytest.mark.parametrize(("what", "start", "early"), EARLY, ids=[row[0] for row in EARLY])
def test_beginning_before_what_it_waits_for_has_ended(what, start, early):
    found = plan(
        activity("A", "2025-01-01", "2025-06-01"),
        activity("B", start, "2025-09-01", status="not_started", predecessors=["A"]),
    )
    assert found.filter(activity_id="B")["early"][0] == early


def test_what_was_retired_holds_nobody_up():
    found = plan(
        activity("A", "2025-01-01", "2025-12-01", status="retired"),
        activity("B", "2025-06-02", "2025-09-01", status="not_started", predecessors=["A"]),
    )
    row = found.filter(activity_id="B").row(0, named=True)
    assert (row["after"], row["waits"], row["early"]) == (["A"], [], None)


# ---- the chain that decides the end ----

CHAINS = [
    ("one alone", [activity("A", "2025-01-01", "2025-09-01")], ["A"]),
    ("what ends last", [activity("A", "2025-01-01", "2025-09-01"), activity("B", "2025-01-01", "2025-08-01")], ["A"]),
    ("together: the first id", [activity("B", "2025-01-01", "2025-09-01"), activity("A", "2025-01-01", "2025-09-01")], ["A"]),
    ("back through what ends last",
     [activity("A", "2025-01-01", "2025-05-20"), activity("B", "2025-01-01", "2025-05-01"),
      activity("C", "2025-06-01", "2025-09-01", predecessors=["A", "B"])], ["A", "C"]),
    ("a month to spare still decides",
     [activity("A", "2025-01-01", "2025-04-30"), activity("C", "2025-06-01", "2025-09-01", predecessors=["A"])],
     ["A", "C"]),
    ("a longer wait does not",
     [activity("A", "2025-01-01", "2025-04-29", status="done", finished="2025-04-29"),
      activity("C", "2025-06-01", "2025-09-01", predecessors=["A"])], ["C"]),
    ("an overlap does",
     [activity("A", "2025-01-01", "2025-07-01"), activity("C", "2025-06-01", "2025-09-01", predecessors=["A"])],
     ["A", "C"]),
    ("what is overdue ends today at the earliest",
     [activity("A", "2025-01-01", "2025-02-01"), activity("C", "2025-05-20", "2025-09-01", predecessors=["A"])],
     ["A", "C"]),
    ("merged or retired do not count",
     [activity("A", "2025-01-01", "2026-09-01", status="merged"), activity("B", "2025-01-01", "2025-09-01")],
     ["B"]),
    ("without a date it cannot", [activity("A"), activity("B", "2025-01-01", "2025-09-01", predecessors=["A"])], ["B"]),
    ("nothing has a date", [activity("A"), activity("B")], []),
    ("a circle is cut",
     [activity("A", "2025-01-01", "2025-05-01", predecessors=["B"]),
      activity("B", "2025-05-02", "2025-09-01", predecessors=["A"])], ["B"]),
]  # fmt: skip


@pytest.mark.parametrize(("what", "rows", "expected"), CHAINS, ids=[row[0] for row in CHAINS])
def test_chain(what, rows, expected):
    assert schedule.chain(plan(*rows)) == expected


def test_the_chain_does_not_depend_on_the_order_of_the_rows():
    rows = sixty().rows(named=True)
    expected = schedule.chain(schedule.laid_out(register(*rows), TODAY))
    assert len(expected) > 3
    random.Random(7).shuffle(rows)
    assert schedule.chain(schedule.laid_out(register(*rows), TODAY)) == expected


# ---- pace ----


def test_pace_counts_each_month_and_together():
    found = schedule.pace(
        plan(
            activity("A", "2025-01-01", "2025-02-10", status="done", finished="2025-03-03"),
            activity("B", "2025-01-01", "2025-02-28", due="2025-05-10"),
            activity("C", "2025-01-01", "2025-05-01", status="retired"),
            activity("D", "2025-01-01", "2025-04-30", status="done", finished="2025-02-02"),
        ),
        TODAY,
    )
    assert found.rows() == [
        (date(2025, 2, 1), 2, 1, 1, 2, 1, 1),
        (date(2025, 3, 1), 0, 0, 1, 2, 1, 2),
        (date(2025, 4, 1), 1, 1, 0, 3, 2, 2),
        (date(2025, 5, 1), 0, 1, None, 3, 3, None),
    ]


def test_pace_adds_up_to_the_plan():
    whole = schedule.laid_out(sixty(), TODAY)
    found = schedule.pace(whole, TODAY)
    assert (found["planned"].sum(), found["due"].sum()) == (60, 60)
    assert found["done"].sum() == whole.filter(status="done").height
    months = found["period"].to_list()
    assert (
        len(months)
        == len(set(months))
        == (months[-1].year - months[0].year) * 12 + (months[-1].month - months[0].month + 1)
    )


# ---- does it make a difference? ----


def newest(**settings):
    return frames.series([10.0], kpi_id="caseload_mean", **settings)


EFFECT = [
    ("on target", newest(rating="green"), 1),
    ("improving, though off target", newest(rating="red", variation="improvement_low"), 1),
    ("neither", newest(rating="amber", variation="common_cause"), 0),
    ("worsening", newest(rating="red", variation="concern_high"), 0),
    ("no figure", newest().clear(), 0),
]


@pytest.mark.parametrize(("what", "rows", "moving"), EFFECT, ids=[row[0] for row in EFFECT])
def test_done_and_seen_in_figures(what, rows, moving):
    found = plan(
        activity("A", status="done"),
        activity("B", status="done", kpi_ids=[]),
        activity("C", status="done", kpi_ids=None),
        activity("D", kpi_ids=["caseload_mean"]),
        activity("E", kpi_ids=[]),
        activity("F", kpi_ids=[], status="retired"),
    )
    assert schedule.effect(found, rows) == {"done": 3, "linked": 1, "moving": moving}
    assert schedule.unlinked(found)["activity_id"].to_list() == ["B", "C", "E"]


CHOICES = [
    ({}, ["A", "B", "C"]),
    ({"priority": "P02"}, ["B"]),
    ({"owner": "Head of service"}, ["C"]),
    ({"late": True}, ["B"]),
    ({"state": "done"}, ["C"]),
    ({"state": "retired"}, ["D"]),
    ({"state": "overdue", "priority": "P01"}, []),
]


@pytest.mark.parametrize(("asked", "expected"), CHOICES)
def test_choices(asked, expected):
    found = plan(
        activity("A", "2025-01-01", "2025-09-01"),
        activity("B", "2025-01-01", "2025-02-01", priority_id="P02"),
        activity("C", "2025-01-01", "2025-02-01", status="done", owner_role="Head of service"),
        activity("D", "2025-01-01", "2025-02-01", status="retired"),
    )
    assert schedule.chosen(found, **asked)["activity_id"].to_list() == expected


def test_the_frame_keeps_the_columns_of_the_register():
    found = plan(activity("A", "2025-01-01", "2025-09-01"))
    assert set(register().columns) <= set(found.columns)
    assert found.schema["after"] == pl.List(pl.String)
