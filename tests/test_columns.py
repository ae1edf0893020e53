"""Tables: headings with a scope, sortable where they have a name, nothing of the data as mark-up."""

from datetime import date, datetime

import polars as pl
import pytest

from kpi.columns import Column, table

COLUMNS = [
    Column(name="when", title="Month", show=lambda row: f"{row['when']:%b %Y}"),
    Column(name="many", title="How many", numeric=True),
]
ROWS = pl.DataFrame({"when": [date(2025, 3, 1), date(2025, 2, 1)], "many": [3, None]})


def test_a_table_says_what_each_cell_belongs_to():
    told = table(ROWS, COLUMNS, "Plans & <more>")
    assert told.count('scope="col"') == 2 and told.count('scope="row"') == 2
    assert "<caption>Plans &amp; &lt;more&gt;</caption>" in told
    assert 'role="region" tabindex="0" aria-label="Plans &amp; &lt;more&gt;"' in told
    assert "<td" in told and "–" in told, "no figure is a dash, not a nought"


def test_without_a_name_there_is_nothing_to_press():
    assert "button" not in table(ROWS, COLUMNS, "Plans")
    assert "aria-sort" not in table(ROWS, COLUMNS, "Plans")


def test_with_a_name_every_heading_sorts():
    told = table(ROWS, COLUMNS, "Plans", "plans")
    assert 'data-kpi-table="plans"' in told
    assert told.count('aria-sort="none"') == told.count('class="kpi-sort"') == 2


@pytest.mark.parametrize(
    ("value", "rank"),
    [(date(2025, 3, 1), "2025-03-01"), (datetime(2025, 3, 1, 9, 30), "2025-03-01T09:30:00")],
)
def test_months_are_sorted_by_time_not_by_their_letters(value, rank):
    rows = pl.DataFrame({"when": [value], "many": [1]})
    assert f'data-sort="{rank}">Mar 2025' in table(rows, COLUMNS, "Plans", "plans")


def test_a_column_that_is_written_from_others_is_sorted_by_its_words():
    columns = [Column(name="nowhere", title="Both", show=lambda row: f"{row['many']} plans")]
    told = table(ROWS, columns, "Plans", "plans")
    assert "data-sort" not in told and "3 plans" in told
