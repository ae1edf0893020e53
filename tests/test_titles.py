"""Messages keep to what a reader takes in at one look, over every figure of the sample."""

import polars as pl
import pytest
from frames import series

from kpi import messages, titles, words

TEN = "one two three four five six seven eight nine ten"


@pytest.mark.parametrize(
    ("ways", "said"),
    [
        ((TEN, "short"), TEN),
        ((f"{TEN} eleven", "short"), "short"),
        ((f"{TEN} eleven", TEN, "short"), TEN),
        ((f"{TEN} eleven", f"{TEN} eleven twelve"), f"{TEN} eleven twelve"),
        (("",), ""),
    ],
)
def test_the_fullest_way_of_ten_words_is_taken(ways, said):
    assert titles.fit(*ways) == said


def test_a_page_may_say_a_little_more():
    assert titles.fit(f"{TEN} eleven twelve", "short", most=12).endswith("twelve")


def test_a_comparison_without_its_figures_still_says_which_side(book):
    rows = pl.DataFrame(
        {
            "area_type": ["authority", "neighbours", "country"],
            "area": ["Herefordshire", "neighbours", "England"],
            "value": [13.6, 16.4, 15.2],
            "year": [2025, 2025, 2025],
        }
    )
    told = messages.compared(book.kpis["caseload_mean"], rows, brief=True)
    assert told == "Herefordshire stood at 13.6, below its neighbours and England"


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("A", "B"), "Teams range from 13.0 (A) to 19.0 cases (B)"),
        (
            ("Team A", "Wye team"),
            "Teams range from 13.0 to 19.0 cases, Wye team highest",
        ),
        (
            ("North", "Child protection and court team 5"),
            "Child protection and court team 5 is highest: 19.0 cases",
        ),
    ],
)
def test_a_title_over_teams_always_names_the_one_furthest_out(book, names, said):
    schema = {"org_id": pl.String, "value": pl.Float64, "rating": pl.String}
    rows = pl.DataFrame([("a", 13.0, "red"), ("b", 19.0, "red")], schema=schema, orient="row")
    known = dict(zip("ab", names, strict=True))
    kpi = book.kpis["caseload_mean"]
    assert messages.hidden(kpi, rows.tail(1), rows, known, brief=True) == said


@pytest.mark.parametrize("value", [0.04, 13.6, 1234.5])
@pytest.mark.parametrize("variation", ["improvement_low", "concern_high", "common_cause", "none"])
def test_a_headline_adds_no_more_to_a_name_than_it_must(book, value, variation):
    """Ten words; a name that is long by itself gets its verb, its figure and one short clause."""
    target = {"target": 20.0, "rating": "amber"}
    for kpi in book.kpis.values():
        name = len(kpi.title.split())
        frame = series([value, value], variation=variation, **target)
        told = words.headline(kpi, frame)
        assert len(told.split()) <= (titles.MOST if name <= 2 else name + 12), told
