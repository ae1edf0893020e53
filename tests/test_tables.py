"""What the tables of comparisons show of much, and say of the rest."""

from datetime import date

import polars as pl
import pytest

from kpi import tables

CELLS = {"period": pl.String, "org_id": pl.String, "kind": pl.String}


@pytest.mark.parametrize(("number", "words"), [(3, "Rows (3)"), (51, "Rows (the first 50 of 51)")])
def test_a_long_comparison_says_how_long(book, number, words):
    rows = pl.DataFrame(
        [("2025-03", f"T{n}", "added") for n in range(number)], schema=CELLS, orient="row"
    )
    html = tables.keys(book.datasets["child_protection"], rows, "Rows")
    assert f"<caption>{words}</caption>" in html
    assert html.count("<tr>") == min(number, tables.LISTED) + 1


def test_a_new_month_stands_beside_the_one_before_it(book):
    """A month that was there stands beside itself, and is not named twice."""
    march, april = date(2025, 3, 1), date(2025, 4, 1)
    figures = {"old_value": 64.0, "new_value": 66.0} | dict.fromkeys(
        ("old_rating", "new_rating", "old_state", "new_state")
    )
    rows = pl.DataFrame(
        [
            {"kpi_id": "cp_open", "period": april, "old_period": before, **figures}
            for before in (march, april, None)
        ]
    )
    before = tables.effects(rows, book.kpis)[2]
    assert before.show
    shown = [before.show(row) for row in rows.iter_rows(named=True)]
    assert shown == ["Mar 2025: 64", "64", "64"]
