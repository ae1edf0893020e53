"""Figures of money and requests, the room that amounts need, and the tables beside them."""

from datetime import date

import polars as pl
import pytest
from cases import months

from kpi import figure, ledger, mention, spending
from kpi.catalogue import Catalogue


def burnt(**left: list[float]) -> pl.DataFrame:
    rows = [
        {"tranche": name, "period": period, "left": value, "planned": value, "load_id": 1}
        for name, values in left.items()
        for period, value in zip(months(len(values), date(2022, 4, 1)), values, strict=True)
    ]
    return pl.DataFrame(rows)


@pytest.mark.parametrize(
    ("unit", "high", "wider"),
    [("£", 200, False), ("£", 2_000, True), ("£", 850_000, True), ("£", 20_000_000, True), ("%", 100, False), ("", 9_000_000, False)],
)  # fmt: skip
def test_long_amounts_have_room_beside_the_axis(unit, high, wider):
    drawn = figure.blank(400, 16)
    plain = figure.laid(drawn)["margin"]["l"]
    figure.y_axis(drawn, unit, 0, high)
    assert (figure.laid(drawn)["margin"]["l"] > plain) is wider
    ticks = figure.laid(drawn)["margin"]["l"]
    assert ticks >= figure.wide(f"£{high:,}", 15) if wider else ticks == plain


def test_each_part_has_its_line_its_plan_and_its_name():
    drawn = spending.left(burnt(one=[4e6, 2e6, 0], two=[1e6, 5e6, 1e6]))
    assert len(drawn.data) == 4
    assert [list(line.y) for line in drawn.data][1::2] == [[4000, 2000, 0], [1000, 5000, 1000]]
    names = {one.text for one in drawn.layout.annotations}
    assert {"<b>Tranche one</b>", "<b>Tranche two</b>", "£ thousand left"} <= names
    assert drawn.layout.yaxis.range[0] == 0


def test_without_figures_a_chart_says_so():
    empty = burnt(one=[1.0]).clear()
    for drawn in (spending.left(empty), spending.ranked([])):
        assert drawn.layout.annotations[0].text == "No figures yet"
    assert spending.pairs([], {}).layout.annotations[0].text == "No line differs"


def test_bars_start_at_nought_and_only_the_message_is_blue():
    drawn = spending.ranked([("Overdue", 3, "3"), ("Done <b>", 9, "9")], strong=["Overdue"])
    blue, grey = drawn.data[0].marker.color
    assert blue != grey
    assert drawn.layout.xaxis.range[0] == 0
    assert "Done &lt;b&gt;" in drawn.layout.annotations[1].text


def test_a_line_of_one_version_only_has_one_dot():
    drawn = spending.pairs([("Team", 100, None), ("Audit", 50, 60)], {"old": "A", "new": "B"})
    assert [len(line.x) for line in drawn.data] == [1, 2, 1, 1]


def test_measures_are_links_with_figure_and_status(book: Catalogue):
    newest = pl.DataFrame(
        {
            "kpi_id": ["cp_repeat", "cla_open"],
            "period": [date(2025, 3, 1)] * 2,
            "value": [32.7, None],
            "state": [None, "c"],
            "rating": ["red", "none"],
        }
    )
    html = mention.figured(
        ["cp_repeat", "cla_open", "cp_open", "unknown"], book.kpis, mention.rows_of(newest), lambda name: f"m?kpi={name}"
    )  # fmt: skip
    assert html.count("<li>") == 3
    assert "32.7%, 12 months to Mar 2025" in html
    assert "Off target" in html
    assert "withheld, Mar 2025" in html
    assert "no figure yet" in html
    assert mention.figured([], book.kpis, {}, str) == (
        '<span class="kpi-quietly">No measure is linked.</span>'
    )


def test_a_column_without_a_cell_is_not_shown_and_names_are_escaped():
    rows = pl.DataFrame(
        {"name": ["<Team>"], "line_id": ["T1"], "category": ["teams"], "recurrent": [True],
         "plan": [5000.0], "actual": [None], "forecast": [None], "variance": [None],
         "reason": [None], "priority_id": ["P01"], "kpi_ids": [[]]}
    )  # fmt: skip
    columns = ledger.lines(rows, lambda ids: "–", {"P01": "Leadership"})
    assert [one.name for one in columns] == ["name", "plan", "kpi_ids"]
    assert columns[0].show is not None
    assert columns[0].show(rows.row(0, named=True)).startswith("&lt;Team&gt;<span")
    assert "every year" in columns[0].show(rows.row(0, named=True))


def test_a_year_that_is_not_over_says_up_to_when(book: Catalogue):
    column = ledger.care(book.kpis["cla_cost_per_week"])[0]
    assert column.show is not None
    assert column.show({"year": 2022, "period": date(2022, 10, 1)}) == "2022/23, to Oct 2022"
    assert column.show({"year": 2022, "period": date(2023, 3, 1)}) == "2022/23"
