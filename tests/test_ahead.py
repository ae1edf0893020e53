"""The month that is being gathered, as the upload page shows it before anything is dropped."""

from datetime import date

import polars as pl
import pytest
from arrived import FOUND, came, month, returns

from kpi import arrivals, completeness

FEBRUARY = [came(name, "2025-02", "2025-03-10T09:00") for name in ("plans", "visits")]
MARCH = [
    came("plans", "2025-03", "2025-04-10T09:00"),
    came("visits", "2025-03", "2025-04-22T09:00"),
]


def ahead(*found, today="2025-04-22", names=("plans", "visits")):
    frame = pl.DataFrame(found, schema=FOUND, orient="row")
    return completeness.ahead(frame, returns(*names), date.fromisoformat(today))


@pytest.mark.parametrize(
    ("found", "today", "period", "states"),
    [
        (FEBRUARY, "2025-04-02", "2025-03", ["not_due", "not_due"]),
        ([*FEBRUARY, MARCH[0]], "2025-04-12", "2025-03", ["on_time", "not_due"]),
        ([*FEBRUARY, MARCH[0]], "2025-04-22", "2025-03", ["on_time", "missing"]),
        ([*FEBRUARY, *MARCH], "2025-04-22", "2025-04", ["not_due", "not_due"]),
        ([], "2025-04-22", "2025-03", ["not_due", "not_due"]),
    ],
)
def test_the_month_is_the_last_one_until_all_of_it_is_in(found, today, period, states):
    rows = ahead(*found, today=today)
    assert set(rows["period"]) == {month(period)}
    assert rows["state"].to_list() == states


def test_a_return_that_was_never_sent_is_neither_missed_nor_waited_for():
    rows = ahead(*FEBRUARY, *MARCH, names=("plans", "visits", "new <one>"))
    assert set(rows["period"]) == {month("2025-04")}
    rows = ahead(*FEBRUARY, MARCH[0], names=("plans", "visits", "new"))
    assert rows["state"].to_list() == ["on_time", "missing", "not_due"]


def test_what_is_missing_is_named_before_what_is_in():
    rows = ahead(*FEBRUARY, MARCH[0])
    html = arrivals.ahead(rows, returns("plans", "visits"))
    assert "March 2025: 1 of 2 returns is in" in html
    assert html.index("Visits") < html.index("Plans")
    assert "Was due by 20 April 2025" in html
    assert "In since 10 April 2025" in html
    assert "none of 2 returns is in yet" in arrivals.ahead(
        ahead(*FEBRUARY, today="2025-04-02"), returns("plans", "visits")
    )
