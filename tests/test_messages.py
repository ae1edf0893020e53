"""The titles over charts, read aloud: right in number, in direction, and when little is known."""

from datetime import date

import polars as pl
import pytest
from cases import months

from kpi import messages

NAMES = {"A": "Team A", "B": "Team B", "C": "Team C"}


def flows(kpi_ids, values, state=None):
    """A frame of flows; ``state`` is why there is no figure where there is none."""
    rows = [
        {
            "kpi_id": kpi_id,
            "period": period,
            "value": value,
            "state": state if value is None else None,
        }
        for kpi_id, series in zip(kpi_ids, values, strict=True)
        for period, value in zip(months(len(series)), series, strict=True)
    ]
    kinds = {"kpi_id": pl.String, "period": pl.Date, "value": pl.Float64, "state": pl.String}
    return pl.DataFrame(rows, schema=kinds)


@pytest.mark.parametrize(
    ("came", "went", "words"),
    [
        ([9] * 14, [10] * 14, "In the last 12 months 108 plans started and 120 ended: 12 fewer"),
        ([5], [5], "In the last month 5 plans started and 5 ended: as many"),
        ([5, None], [2, 1], "In the last 2 months 5 plans started and 3 ended: 2 more"),
    ],
)
def test_balance_of_plans(book, came, went, words):
    ids = ["cp_started", "cp_ended"]
    starts, ends = (book.kpis[name] for name in ids)
    assert messages.balance(starts, ends, flows(ids, [came, went])) == words


@pytest.mark.parametrize(
    ("came", "went", "words"),
    [
        ([5, None], [2, 1], "1 of the last 2 months withheld, small numbers"),
        ([None], [None], "the last month withheld, small numbers"),
    ],
)
def test_no_balance_over_months_that_are_withheld(book, came, went, words):
    ids = ["cp_started", "cp_ended"]
    starts, ends = (book.kpis[name] for name in ids)
    told = messages.balance(starts, ends, flows(ids, [came, went], "c"))
    assert told == f"{starts.title} and child protection plans ended: {words}"


def test_balance_of_children(book):
    ids = ["cla_started", "cla_ended"]
    starts, ends = (book.kpis[name] for name in ids)
    told = messages.balance(starts, ends, flows(ids, [[68], [111]]))
    assert told == "In the last month 68 children came into care and 111 left care: 43 fewer"


def published(own, neighbours, england):
    rows = [
        ("authority", "Herefordshire", own),
        ("neighbours", "neighbours", neighbours),
        ("country", "England", england),
        ("region", "West Midlands", 99.0),
    ]
    return pl.DataFrame(
        [
            {"area_type": kind, "area": area, "value": value, "year": 2025}
            for kind, area, value in rows
        ],
        schema={"area_type": pl.String, "area": pl.String, "value": pl.Float64, "year": pl.Int32},
    )


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        (
            (13.6, 16.4, 15.2),
            "In 2025 Herefordshire stood at 13.6, below its neighbours (16.4) and England (15.2)",
        ),
        (
            (16.0, 16.4, 15.2),
            "In 2025 Herefordshire stood at 16, below its neighbours (16.4) and above England (15.2)",
        ),
        ((15.2, None, 15.2), "In 2025 Herefordshire stood at 15.2, level with England (15.2)"),
        ((13.6, None, None), "In 2025 Herefordshire stood at 13.6"),
        ((None, 16.4, 15.2), "Average caseload: no published figure for this council"),
    ],
)
def test_compared(book, figures, words):
    assert messages.compared(book.kpis["caseload_mean"], published(*figures)) == words


def team_rows(rows):
    schema = {"org_id": pl.String, "value": pl.Float64, "rating": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


@pytest.mark.parametrize(
    ("total", "rows", "words"),
    [
        ("green", [("A", 13, "green"), ("B", 22, "red")], "The total hides Team B: 22.0 cases"),
        (
            "green",
            [("A", 25, "red"), ("B", 22, "red")],
            "The total hides Team A: 25.0 cases (2 teams are off target)",
        ),
        (
            "red",
            [("A", 13, "green"), ("B", 22, "red")],
            "Teams range from 13.0 (Team A) to 22.0 cases (Team B)",
        ),
        (
            "green",
            [("A", 13, "green"), ("B", 19, "amber")],
            "Teams range from 13.0 (Team A) to 19.0 cases (Team B)",
        ),
        ("green", [("A", None, "none")], "Average caseload: no team has a figure"),
    ],
)
def test_what_the_total_hides(book, total, rows, words):
    council = team_rows([("herefordshire", 14, total)])
    assert messages.hidden(book.kpis["caseload_mean"], council, team_rows(rows), NAMES) == words


def test_the_total_of_a_measure_where_more_is_better_hides_the_lowest(book):
    rows = team_rows([("A", 95, "green"), ("B", 40, "red"), ("C", 60, "red")])
    told = messages.hidden(
        book.kpis["icpc_in_15_days"], team_rows([("x", 90, "green")]), rows, NAMES
    )
    assert told == "The total hides Team B: 40.0% (2 teams are off target)"


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (
            [("A", 5, 3, 19.0), ("B", 4, 1, 15.0)],
            "4 of 9 workers hold more than 18 cases, 3 of them in Team A",
        ),
        ([("A", 5, 1, 15.0)], "1 of 5 workers holds more than 18 cases, 1 of them in Team A"),
        ([("A", 5, 0, 15.0)], "None of 5 workers holds more than 18 cases"),
        ([], "No worker holds a case"),
    ],
)
def test_spread(rows, words):
    schema = {"org_id": pl.String, "workers": pl.Int64, "above": pl.Int64, "median": pl.Float64}
    assert messages.spread(pl.DataFrame(rows, schema=schema, orient="row"), NAMES) == words


@pytest.mark.parametrize(
    ("impacts", "supported", "title"),
    [
        ("red green red", ["P1"], "in one, and the evidence bears it out"),
        ("red green red", [], "in one, but the evidence does not bear it out"),
        ("red red red", [], "in none"),
        ("blue green red", [], "in two, and the evidence bears out neither of them"),
        ("blue green red", ["P0"], "in two, and the evidence bears out one of them"),
        ("blue green red", ["P0", "P1"], "in two, and the evidence bears out both"),
        ("blue green green", [], "in three, and the evidence bears out none of them"),
        (
            "blue green green",
            ["P0", "P1", "P2"],
            "in three, and the evidence bears out all of them",
        ),
    ],
)
def test_plan_says_what_is_done_what_is_felt_and_what_is_borne_out(impacts, supported, title):
    rows = pl.DataFrame(
        {
            "priority_id": ["P0", "P1", "P2"],
            "progress": ["green", "blue", "red"],
            "impact": impacts.split(),
            "period": [date(2025, 3, 1)] * 3,
        }
    )
    said, lead = messages.plan(rows, dict.fromkeys(supported, "supported"))
    start = "Two of three priorities are progressing as planned; impact is rated green or blue "
    assert said == start + title
    assert lead.startswith("Ratings of March 2025, as their owners report them.")


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "No priority progresses as planned without impact"),
        (1, "One of ten priorities progresses as planned, and children do not notice it yet"),
        (6, "Six of ten priorities progress as planned, and children do not notice it yet"),
    ],
)
def test_progress_without_impact_is_counted(count, words):
    assert messages.without_impact(count, 10) == words
