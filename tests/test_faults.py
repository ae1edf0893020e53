"""What is told of many files and many findings, and what of the rest."""

import polars as pl

from kpi import faults
from kpi.ingest import finding
from kpi.ingest.findings import SCHEMA


def found(code, number, severity="error"):
    rows = [(line, "cp_open", "x", code, severity, f"Row {line}, cp_open: {code}") for line in range(2, number + 2)]  # fmt: skip
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def test_findings_are_one_table_for_each_gravity():
    rows = pl.concat([found("a", 2, "warning"), found("b", 1), found("c", 3, "warning")])
    html = faults.findings(rows)
    assert [
        html.count(words) for words in ("<table", "Must be mended (1)</", "Please look at (5)</")
    ] == [2, 1, 1]
    assert html.index("Must be mended") < html.index("Please look at")


def test_row_and_column_are_told_once():
    html = faults.findings(found("not a number", 1))
    assert ">not a number<" in html
    assert "Row 2" not in html


def test_a_sentence_about_the_file_stays_whole():
    html = faults.findings(finding("x", "Row of errors: <b>none</b>"))
    assert "Row of errors: &lt;b&gt;none&lt;/b&gt;" in html


def test_many_of_a_kind_are_counted_and_hide_no_other_kind():
    html = faults.findings(pl.concat([found("many", 1500), found("other", 1)]))
    assert html.count(">many<") == faults.FIRST
    assert "1,480 more like these" in html
    assert ">other<" in html


def of(file, *frames):
    return pl.concat(frames).select(pl.lit(file).alias("file"), pl.all())


def test_what_many_files_share_is_told_once_and_counted_as_many():
    names = ["visits.csv", "finance.csv", "workforce.csv"]
    shared = [
        of(name, finding("month_not_over", f"April 2025 is not over yet ({n} cells).", "warning"))
        for n, name in enumerate(names, 1)
    ]
    html = faults.together(pl.concat([*shared, of("visits.csv", found("alone", 1, "warning"))]))
    assert "Please look at (4)</" in html
    assert html.count("April 2025 is not over yet.") == 1
    assert "3 files" in html
    assert html.count("visits.csv") == 1


def test_what_two_files_share_is_told_of_each():
    html = faults.together(pl.concat([of(name, found("a", 1)) for name in ("1.csv", "<b>.csv")]))
    assert "Must be mended (2)</" in html
    assert "1.csv" in html
    assert "&lt;b&gt;.csv" in html


def test_each_file_shows_the_first_of_its_faults():
    html = faults.together(
        pl.concat([of("1.csv", found("many", 50)), of("2.csv", found("few", 1))])
    )
    assert html.count(">many<") == faults.FIRST
    assert "30 more like these" in html
    assert ">few<" in html
