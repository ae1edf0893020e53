"""Months in every spelling that people send, seen from 22 April 2025."""

from datetime import date

import pytest
from ingest_context import TODAY

from kpi.ingest.months import month, named

MARCH = date(2025, 3, 1)


def codes(text: str) -> list[str]:
    return [code for code, _ in month(text, TODAY).remarks]


@pytest.mark.parametrize(
    "text", ["2025-03", "2025-03-01", "2025-03-31", "2025-03-31T00:00:00", "2025-03-31 00:00"]
)
def test_a_plain_month_needs_no_remark(text: str):
    assert month(text, TODAY) == (MARCH, ())


@pytest.mark.parametrize(
    "text",
    [
        "01/03/2025", "31/03/2025", "1/3/2025", "31-03-2025", "31.03.2025", "13/03/2025",
        "03/03/2025", "31/03/2025 00:00", "2025/03", "2025/3/31", "2025.03.31", "2025-3",
        "202503", "20250331", "03/2025", "3/2025", "03-2025", "Mar-25", "mar 25", "Mar 2025",
        "MARCH 2025", "March, 2025", "31 March 2025", "31st March 2025", "31-Mar-2025",
        "31-Mar-25", "March 31, 2025", "2025 March", "2025-Mar", "Mar. 2025", "Mar'25",
    ],
)  # fmt: skip
def test_a_clear_month_is_read_and_told(text: str):
    answer = month(text, TODAY)
    assert answer.value == MARCH
    assert answer.remarks == (("month_respelled", "March 2025"),)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("13/2025", "cell_not_a_month"),
        ("2025-13", "cell_not_a_month"),
        ("2025-00", "cell_not_a_month"),
        ("2025-02-29", "cell_not_a_month"),
        ("31/06/2024", "cell_not_a_month"),
        ("32/03/2025", "cell_not_a_month"),
        ("2025", "cell_not_a_month"),
        ("Q4 2024", "cell_not_a_month"),
        ("1825-03", "cell_not_a_month"),
        ("9999-12", "cell_not_a_month"),
        ("Marchtober 2025", "cell_not_a_month"),
        ("36525", "cell_not_a_month"),
        ("55154", "cell_not_a_month"),
        ("03/31/2025", "month_us_order"),
        ("02/01/2025", "month_ambiguous"),
        ("12/01/2025", "month_ambiguous"),
        ("31-Mar", "month_without_year"),
        ("March", "month_without_year"),
        ("31/03/25", "month_two_digit_year"),
        ("=TODAY()", "cell_formula"),
        ("2025-06", "month_in_future"),
        ("2032-06", "month_in_future"),
        ("01/06/2025", "month_in_future"),
    ],
)
def test_what_is_no_month_or_not_clear_is_refused(text: str, code: str):
    assert month(text, TODAY).value is None
    assert codes(text) == [code]


def test_an_ambiguous_date_names_both_readings():
    assert dict(month("02/01/2025", TODAY).remarks) == {
        "month_ambiguous": "January 2025 or February 2025"
    }


@pytest.mark.parametrize(
    ("text", "value", "hint"),
    [
        ("45717", MARCH, "1 March 2025"),
        ("45747", MARCH, "31 March 2025"),
        ("45078", date(2023, 6, 1), "1 June 2023"),
        ("45078.0", date(2023, 6, 1), "1 June 2023"),
        ("43921", date(2020, 3, 1), "31 March 2020"),
    ],
)
def test_a_serial_number_is_read_with_a_warning(text: str, value: date, hint: str):
    answer = month(text, TODAY)
    assert answer.value == value
    assert answer.remarks[0] == ("month_serial", hint)


def test_a_day_that_could_be_a_month_is_read_day_first_with_a_warning():
    assert month("04/03/2025", TODAY) == (MARCH, (("month_day_first", "4 March 2025"),))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-03", []),
        ("2025-04", ["month_not_over"]),
        ("2025-05", ["month_not_over"]),
        ("2020-04", []),
        ("2020-03", ["month_old"]),
        ("Mar-20", ["month_respelled", "month_old"]),
    ],
)
def test_the_distance_of_a_month_from_today(text: str, expected: list[str]):
    assert codes(text) == expected


def test_december_is_a_month_and_a_thirteenth_is_not():
    december = date(2024, 12, 1)
    assert month("05/12/2024", TODAY) == (december, (("month_day_first", "5 December 2024"),))
    assert month("12/12/2024", TODAY).value == december
    assert codes("12/13/2024") == ["month_us_order"]


def test_months_are_named_in_english():
    assert [named(date(2025, number, 1))[:3] for number in (1, 6, 12)] == ["Jan", "Jun", "Dec"]
