"""Counts, numbers and money: one cell at a time."""

from decimal import Decimal

import polars as pl
import pytest

from kpi.catalogue import Column
from kpi.ingest import figures

COUNT = Column(name="cases", type="count", help="", max=20_000, warn_above=10_000)
NUMBER = Column(name="weeks", type="number", help="")
SHARE = Column(name="share", type="number", help="", unit="%")
MONEY = Column(name="plan", type="money", help="", unit="£")


def read(text: str, column: Column, separator: str = ",") -> tuple[object, str | None, list[str]]:
    """What one cell gives: value, state, the codes of what is said of it."""
    spelt = figures.read(pl.Series([text]), column, separator)
    said = spelt.remarks["code"].to_list()
    rows = spelt.values.rows()
    return (rows[0][1], rows[0][2], said) if rows else (None, None, said)


@pytest.mark.parametrize(
    ("column", "text", "value"),
    [
        (COUNT, "0", 0),
        (COUNT, "007", 7),
        (COUNT, "9999", 9999),
        (NUMBER, "0.75", Decimal("0.75")),
        (NUMBER, ".5", Decimal("0.5")),
        (NUMBER, "-3", Decimal(-3)),
        (NUMBER, "12.0000", Decimal(12)),
        (MONEY, "1204.5", Decimal("1204.5")),
        (MONEY, "-300", Decimal(-300)),
        (MONEY, "999999999999.99", Decimal("999999999999.99")),
    ],
)
def test_a_plain_figure_needs_no_remark(column: Column, text: str, value: object):
    assert read(text, column) == (value, None, [])


@pytest.mark.parametrize(
    ("column", "separator", "text", "value", "codes"),
    [
        (COUNT, ",", "1,204", 1204, ["thousands_separator"]),
        (COUNT, ",", "1 204", 1204, ["thousands_separator"]),
        (COUNT, ";", "1,204", 1204, ["thousands_separator"]),
        (COUNT, ",", "5.0", 5, ["whole_number"]),
        (COUNT, ",", "5.", 5, ["whole_number"]),
        (COUNT, ";", "5,0", 5, ["decimal_comma", "whole_number"]),
        (NUMBER, ",", "1,204.5", Decimal("1204.5"), ["thousands_separator"]),
        (NUMBER, ",", "1,204,000", Decimal(1204000), ["thousands_separator"]),
        (NUMBER, ";", "1,204,000", Decimal(1204000), ["thousands_separator"]),
        (NUMBER, ";", "0,5", Decimal("0.5"), ["decimal_comma"]),
        (NUMBER, "\t", "-12,25", Decimal("-12.25"), ["decimal_comma"]),
        (NUMBER, ";", "0,125", Decimal("0.125"), ["decimal_comma"]),
        (NUMBER, ";", "1.204,5", Decimal("1204.5"), ["thousands_separator", "decimal_comma"]),
        (NUMBER, ",", "0.33333", Decimal("0.3333"), ["rounded"]),
        (NUMBER, ",", "0.33330", Decimal("0.3333"), []),
        (NUMBER, ",", "(4)", Decimal(-4), ["brackets"]),
        (SHARE, ",", "85%", Decimal(85), ["percent_sign"]),
        (SHARE, ",", "91.5 %", Decimal("91.5"), ["percent_sign"]),
        (MONEY, ",", "£1,200", Decimal(1200), ["pound_sign", "thousands_separator"]),
        (MONEY, ",", "£ 12.50", Decimal("12.5"), ["pound_sign"]),
        (MONEY, ",", "-£40", Decimal(-40), ["pound_sign"]),
        (MONEY, ",", "£-40", Decimal(-40), ["pound_sign"]),
        (MONEY, ",", "(1,200)", Decimal(-1200), ["brackets", "thousands_separator"]),
        (MONEY, ",", "(£12)", Decimal(-12), ["pound_sign", "brackets"]),
        (MONEY, ",", "1.005", Decimal("1.00"), ["rounded"]),
    ],
)
def test_a_clear_figure_is_mended_and_told(
    column: Column, separator: str, text: str, value: object, codes: list[str]
):
    given, state, said = read(text, column, separator)
    assert (given, state) == (value, None)
    assert sorted(said) == sorted(codes)


@pytest.mark.parametrize("column", [COUNT, NUMBER, SHARE, MONEY], ids=lambda column: column.name)
@pytest.mark.parametrize(
    ("text", "state", "code"),
    [
        ("c", "c", "marker_kept"),
        ("K", "k", "marker_kept"),
        ("low", "low", "marker_kept"),
        ("LOW", "low", "marker_kept"),
        ("u", "u", "marker_kept"),
        ("x", "x", "marker_kept"),
        ("z", "z", "marker_kept"),
        ("[c]", "c", "marker_respelled"),
        ("*", "c", "marker_respelled"),
        ("**", "c", "marker_respelled"),
        ("<5", "c", "marker_respelled"),
        ("< 6", "c", "marker_respelled"),
        ("<=5", "c", "marker_respelled"),
        ("fewer than 5", "c", "marker_respelled"),
        (":", "x", "marker_respelled"),
        ("..", "x", "marker_respelled"),
    ],
)
def test_a_withheld_figure_is_a_state_and_never_a_number(
    column: Column, text: str, state: str, code: str
):
    assert read(text, column) == (None, state, [code])


@pytest.mark.parametrize(
    ("column", "separator", "text", "code"),
    [
        (COUNT, ",", "many", "cell_not_a_number"),
        (COUNT, ",", "1,20", "cell_not_a_number"),
        (COUNT, ",", "12 34", "cell_not_a_number"),
        (COUNT, ",", "1_000", "cell_not_a_number"),
        (COUNT, ",", "0x10", "cell_not_a_number"),
        (COUNT, ",", "٣", "cell_not_a_number"),
        (COUNT, ",", "£5", "cell_not_a_number"),
        (COUNT, ",", "-", "cell_says_nothing"),
        (COUNT, ",", "n/a", "cell_says_nothing"),
        (COUNT, ",", "None", "cell_says_nothing"),
        (COUNT, ",", "NULL", "cell_says_nothing"),
        (NUMBER, ",", "nan", "cell_says_nothing"),
        (COUNT, ",", "12k", "cell_abbreviated"),
        (MONEY, ",", "£1.5m", "cell_abbreviated"),
        (COUNT, ",", "85%", "cell_percentage"),
        (MONEY, ",", "85%", "cell_percentage"),
        (COUNT, ",", "12.5", "cell_not_whole"),
        (COUNT, ";", "12,5", "cell_not_whole"),
        (COUNT, ",", "1E+05", "cell_scientific"),
        (NUMBER, ",", "1.2e5", "cell_scientific"),
        (COUNT, ",", "05-Jan", "cell_became_date"),
        (COUNT, ",", "Jan-05", "cell_became_date"),
        (COUNT, ",", "1/5", "cell_became_date"),
        (COUNT, ",", "#REF!", "cell_spreadsheet_error"),
        (COUNT, ",", "#N/A", "cell_spreadsheet_error"),
        (COUNT, ",", "#####", "cell_spreadsheet_error"),
        (COUNT, ",", "=SUM(A1:A3)", "cell_formula"),
        (COUNT, ",", "+5", "cell_formula"),
        (COUNT, ",", "@A1", "cell_formula"),
        (COUNT, ",", "'=A1", "cell_formula"),
        (COUNT, ",", "-1", "number_too_small"),
        (COUNT, ",", "(1,200)", "number_too_small"),
        (COUNT, ",", "20001", "number_too_large"),
        (COUNT, ",", "99999999999999999999", "cell_too_long_number"),
        (NUMBER, ",", "100000000", "cell_too_long_number"),
        (MONEY, ",", "1000000000000", "cell_too_long_number"),
        (NUMBER, ";", "1,204", "cell_ambiguous_number"),
        (MONEY, "\t", "12,500", "cell_ambiguous_number"),
        (NUMBER, ",", "0,5", "cell_not_a_number"),
    ],
)
def test_what_is_no_figure_is_refused_with_its_reason(
    column: Column, separator: str, text: str, code: str
):
    assert read(text, column, separator) == (None, None, [code])


def test_a_high_figure_is_only_asked_about():
    assert read("10001", COUNT) == (10001, None, ["number_high"])


def test_an_abbreviation_is_written_out():
    spelt = figures.read(pl.Series(["12k", "£1.5m", "2bn"]), MONEY, ",")
    assert spelt.remarks["hint"].to_list() == ["12000", "1500000", "2000000000"]


def test_beside_decimal_commas_a_point_is_not_trusted():
    """In such a file 1.204 may be one thousand two hundred and four."""
    texts = pl.Series(["0,5", "1.204", "1.2045"])
    said = figures.read(texts, NUMBER, ";").remarks
    assert said.filter(code="cell_ambiguous_number")["text"].to_list() == ["1.204"]
    assert figures.read(texts[1:], NUMBER, ";").remarks.is_empty()


def test_a_bound_below_nought_lets_a_count_be_negative():
    change = Column(name="change", type="count", help="", min=-10)
    assert read("-10", change) == (-10, None, [])
    assert read("-11", change) == (None, None, ["number_too_small"])
