"""What the tables of findings and comparisons show of much, and say of the rest."""

import polars as pl
import pytest

from kpi import tables
from kpi.ingest import finding
from kpi.ingest.findings import SCHEMA

CELLS = {"period": pl.String, "org_id": pl.String, "kind": pl.String}


def found(code, number, severity="error"):
    rows = [(line, "cp_open", "x", code, severity, f"Row {line}, cp_open: {code}") for line in range(2, number + 2)]  # fmt: skip
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def test_findings_are_one_table_for_each_gravity():
    rows = pl.concat([found("a", 2, "warning"), found("b", 1), found("c", 3, "warning")])
    html = tables.findings(rows)
    assert [
        html.count(words) for words in ("<table", "Must be mended (1)</", "Please look at (5)</")
    ] == [2, 1, 1]
    assert html.index("Must be mended") < html.index("Please look at")


def test_row_and_column_are_told_once():
    html = tables.findings(found("not a number", 1))
    assert ">not a number<" in html
    assert "Row 2" not in html


def test_a_sentence_about_the_file_stays_whole():
    html = tables.findings(finding("x", "Row of errors: <b>none</b>"))
    assert "Row of errors: &lt;b&gt;none&lt;/b&gt;" in html


def test_many_of_a_kind_are_counted_and_hide_no_other_kind():
    html = tables.findings(pl.concat([found("many", 1500), found("other", 1)]))
    assert html.count(">many<") == tables.FIRST
    assert "1,480 more like these" in html
    assert ">other<" in html


@pytest.mark.parametrize(("number", "words"), [(3, "Rows (3)"), (51, "Rows (the first 50 of 51)")])
def test_a_long_comparison_says_how_long(book, number, words):
    rows = pl.DataFrame(
        [("2025-03", f"T{n}", "added") for n in range(number)], schema=CELLS, orient="row"
    )
    html = tables.keys(book.datasets["child_protection"], rows, "Rows")
    assert f"<caption>{words}</caption>" in html
    assert html.count("<tr>") == min(number, tables.LISTED) + 1
