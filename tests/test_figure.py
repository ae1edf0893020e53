"""Labels and event numbers keep clear of each other, whatever the figures are."""

from datetime import date
from itertools import pairwise
from typing import Any

import polars as pl
import pytest
from frames import month
from hypothesis import given
from hypothesis import strategies as st

from kpi import figure
from kpi.figure import Label, Pill

ROOM = 300.0
PERIODS = [month(at) for at in range(48)]

positions = st.lists(st.floats(-50, 350), max_size=10)


@given(positions)
def test_labels_never_overlap_nor_leave_the_plot(wanted):
    placed = figure.spread(wanted, [20.0] * len(wanted), ROOM)
    assert all(-1e-6 <= at <= ROOM + 1e-6 for at in placed)
    assert all(b - a >= 20 - 1e-6 for a, b in pairwise(sorted(placed)))


@given(positions)
def test_labels_keep_their_order(wanted):
    placed = figure.spread(wanted, [20.0] * len(wanted), ROOM)
    pairs = sorted(zip(wanted, placed, strict=True))
    assert all(a <= b + 1e-6 for (_, a), (_, b) in pairwise(pairs))


@pytest.mark.parametrize(
    ("wanted", "sizes", "placed"),
    [
        ([], [], []),
        ([50], [20], [50]),
        ([50, 90], [20, 20], [50, 90]),
        ([100, 100], [20, 20], [90, 110]),
        ([100, 104, 200], [20, 20, 20], [92, 112, 200]),
        ([0, 0], [20, 20], [0, 20]),
        ([300, 299], [20, 20], [300, 280]),
        ([100, 100], [40, 20], [85, 115]),
    ],
)
def test_spread(wanted, sizes, placed):
    assert figure.spread(wanted, sizes, ROOM) == pytest.approx(placed)


def test_a_heavier_label_moves_less():
    heavy, light = figure.spread([100, 100], [20, 20], ROOM, [9, 1])
    assert (heavy, light) == pytest.approx((98, 118))


def test_too_many_labels_are_pressed_together():
    placed = figure.spread([150.0] * 31, [20.0] * 31, ROOM)
    assert placed == pytest.approx([10.0 * at for at in range(31)])


def test_labels_are_written_where_they_were_placed():
    drawn: Any = figure.blank(400, 16)
    figure.write(drawn, [Label(at=5, text="a"), Label(at=5, text="target 18")], 0, 10)
    first, second = drawn.layout["annotations"]
    tall = figure.plot_height(drawn)
    assert (second["y"] - first["y"]) * tall == pytest.approx(20)
    assert drawn.layout["margin"]["r"] > figure.wide("target 18", 16)


# ---- events ----


def events(*days: date) -> pl.DataFrame:
    return pl.DataFrame({"date": list(days), "title": [f"Event {at}" for at in range(len(days))]},
                        schema={"date": pl.Date, "title": pl.String})  # fmt: skip


def shown(found: list[Pill]) -> list[tuple[str, int]]:
    return [(pill.text, pill.row) for pill in found]


@pytest.mark.parametrize(
    ("days", "pills"),
    [
        ([], []),
        ([date(2021, 5, 18)], [("1", 0)]),
        ([date(2022, 9, 21), date(2022, 9, 21)], [("1–2", 0)]),
        ([date(2021, 3, 26), date(2021, 5, 1)], [("2", 0)]),
        ([date(2021, 5, 1), date(2030, 1, 1)], [("1", 0)]),
        ([date(2021, 5, 1), date(2023, 5, 1)], [("1", 0), ("2", 0)]),
        ([date(2021, 5, 1), date(2021, 6, 1)], [("1", 0), ("2", 1)]),
        (
            [date(2021, 5, 1), date(2021, 6, 1), date(2021, 7, 1), date(2021, 8, 1)],
            [("1", 0), ("2", 1), ("3–4", 2)],
        ),
    ],
)
def test_pills(days, pills):
    assert shown(figure.pills(PERIODS, events(*days), 200)) == pills


def test_events_may_be_the_text_of_a_reference_table():
    text = pl.DataFrame({"date": ["2021-05-18"], "title": ["Notice"]})
    assert figure.pills(PERIODS, text, 200)[0].periods == (date(2021, 5, 1),)
    assert figure.pills(PERIODS, None, 200) == []


@given(st.lists(st.sampled_from(PERIODS), max_size=14), st.integers(120, 900))
def test_pills_never_cover_each_other_and_lose_no_event(days, room):
    found = figure.pills(PERIODS, events(*sorted(days)), room)
    numbers = [n for pill in found for n in range(pill.first, pill.last + 1)]
    assert numbers == list(range(1, len(days) + 1))
    for row in range(figure.PILL_ROWS):
        level = [pill for pill in found if pill.row == row]
        for a, b in pairwise(level):
            apart = (PERIODS.index(b.periods[0]) - PERIODS.index(a.periods[0])) * room / 48
            assert apart >= a.width - 1e-6


def test_pills_of_the_papers_fit_a_telephone(book):
    """The chronology in data/reference, on the months that the sample covers."""
    found = figure.pills([month(at) for at in range(-12, 48)], book.table("events"), 180)
    assert found[0].first == 1
    assert {pill.row for pill in found} <= set(range(figure.PILL_ROWS))


# ---- axes ----


def test_runs_part_where_a_column_changes():
    rows = pl.DataFrame({"period": PERIODS[:4], "target": [18.0, 18.0, None, 16.0]})
    found = figure.runs(rows, "target")
    assert [run["target"] for run in found] == [18.0, None, 16.0]
    assert found[0]["start"] == date(2021, 3, 17)
    assert found[0]["end"] == date(2021, 5, 16)


@pytest.mark.parametrize(
    ("count", "step"), [(1, "M1"), (5, "M1"), (6, "M3"), (12, "M3"), (24, "M6"), (25, None)]
)
def test_few_months_are_marked_by_the_month(count, step):
    assert figure.months(PERIODS[:count]).get("dtick") == step


def test_ticks_carry_signs():
    assert figure.ticks("%", 50)["ticksuffix"] == "%"
    assert figure.ticks("£", 50)["tickprefix"] == "£"
    assert "dtick" not in figure.ticks("children", 50)
    assert figure.ticks("children", 3)["dtick"] == 1
