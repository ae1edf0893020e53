"""Steps of the register, by table: what may change from a month on, and what stays."""

from datetime import date
from functools import partial

import polars as pl
import pytest
from cases import months

from kpi import listings, organisation
from kpi.organisation import OrganisationRefused

START, APRIL, MAY, JUNE = date(2019, 4, 1), *months(3)
ROWS = [
    ("council", "The council", "council", None, START, None),
    ("north", "North", "service", "council", START, None),
    ("south", "South", "service", "council", APRIL, None),
    ("gone", "Gone", "service", "council", START, MAY),
    ("A1", "Team A", "team", "north", START, None),
    ("B1", "Team B", "team", "north", START, APRIL),
    ("B1", "Team Bee", "team", "north", APRIL, None),
    ("C1", "Team C", "team", "south", MAY, None),
    ("D1", "Team D", "team", "north", START, APRIL),
]
REGISTER = pl.DataFrame(ROWS, schema=organisation.SPELL, orient="row")


def spells(step):
    return [
        (row["org_id"], row["name"], row["parent_id"], row["valid_from"], row["valid_to"])
        for row in step.spells
    ]


# ---- steps, by table ----


@pytest.mark.parametrize(
    ("step", "rows"),
    [
        (
            partial(
                organisation.open_team, org_id="E1", name="Team E", parent_id="south", first=MAY
            ),
            [("E1", "Team E", "south", MAY, None)],
        ),
        (
            partial(organisation.rename, org_id="A1", name="Alpha", first=MAY),
            [("A1", "Team A", "north", START, MAY), ("A1", "Alpha", "north", MAY, None)],
        ),
        (
            partial(organisation.rename, org_id="B1", name="Beta", first=APRIL),
            [("B1", "Beta", "north", APRIL, None)],
        ),
        (
            partial(organisation.rename, org_id="north", name="Northern", first=MAY),
            [
                ("north", "North", "council", START, MAY),
                ("north", "Northern", "council", MAY, None),
            ],
        ),
        (
            partial(organisation.move, org_id="A1", parent_id="south", first=MAY),
            [("A1", "Team A", "north", START, MAY), ("A1", "Team A", "south", MAY, None)],
        ),
        (
            partial(organisation.close, org_id="A1", first=MAY),
            [("A1", "Team A", "north", START, MAY)],
        ),
        (
            partial(organisation.close, org_id="B1", first=APRIL),
            [("B1", "Team Bee", "north", APRIL, APRIL)],
        ),
        (
            partial(organisation.reopen, org_id="D1", first=APRIL),
            [("D1", "Team D", "north", START, None)],
        ),
        (
            partial(organisation.reopen, org_id="D1", first=JUNE),
            [("D1", "Team D", "north", JUNE, None)],
        ),
    ],
)
def test_a_step_adds_rows(step, rows):
    assert spells(step(REGISTER)) == rows


def opened(**given):
    facts = {"org_id": "E1", "name": "Team E", "parent_id": "south", "first": MAY}
    return partial(organisation.open_team, **facts | given)


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        (opened(org_id="A1"), "The id A1 is already taken, by Team A."),
        (opened(org_id="a_1"), "The id A1 is already taken"),
        (opened(org_id="D1"), "The id D1 is already taken, by Team D."),
        (opened(org_id="E 1"), "letters, figures and underscores"),
        (opened(org_id=""), "letters, figures and underscores"),
        (opened(org_id="ALL"), "means the whole council"),
        (opened(name=" "), "Give a name"),
        (opened(name="x" * 81), "80 characters at most"),
        (opened(name="team-a"), "already taken, by Team A (A1)"),
        (opened(parent_id="west"), "There is no service 'west'."),
        (opened(parent_id="A1"), "a team is part of a service"),
        (opened(parent_id="south", first=START), "South opens only in April 2024."),
        (opened(parent_id="gone"), "Gone is closed from May 2024 on."),
        (partial(organisation.rename, org_id="X", name="Y", first=MAY), "no team or service 'X'"),
        (partial(organisation.rename, org_id="A1", name="Team A", first=MAY), "already its name"),
        (
            partial(organisation.rename, org_id="A1", name="Team C", first=MAY),
            "already taken, by Team C",
        ),
        (
            partial(organisation.rename, org_id="C1", name="Sea", first=APRIL),
            "opens in May 2024; nothing can change before",
        ),
        (
            partial(organisation.rename, org_id="B1", name="Beta", first=date(2024, 3, 1)),
            "changes in April 2024 already",
        ),
        (
            partial(organisation.rename, org_id="D1", name="Dee", first=MAY),
            "Team D is closed from April 2024 on; open it again first.",
        ),
        (partial(organisation.move, org_id="A1", parent_id="north", first=MAY), "already part of"),
        (partial(organisation.move, org_id="A1", parent_id="west", first=MAY), "no service 'west'"),
        (partial(organisation.move, org_id="A1", parent_id="C1", first=MAY), "is a team"),
        (
            partial(organisation.move, org_id="A1", parent_id="south", first=date(2023, 1, 1)),
            "South opens only in April 2024.",
        ),
        (
            partial(organisation.move, org_id="north", parent_id="south", first=MAY),
            "only a team moves",
        ),
        (partial(organisation.close, org_id="council", first=MAY), "whole council cannot close"),
        (partial(organisation.close, org_id="C1", first=MAY), "opened in May 2024; it can close"),
        (partial(organisation.close, org_id="C1", first=APRIL), "opens in May 2024"),
        (partial(organisation.close, org_id="D1", first=MAY), "is closed from April 2024"),
        (
            partial(organisation.close, org_id="north", first=MAY),
            "Team A, Team Bee would be left without a service",
        ),
        (partial(organisation.reopen, org_id="A1", first=MAY), "is open; it cannot open again"),
        (
            partial(organisation.reopen, org_id="D1", first=START),
            "was open until March 2024; it can open again from April 2024.",
        ),
    ],
)
def test_a_step_that_cannot_be(step, sentence):
    with pytest.raises(OrganisationRefused) as refused:
        step(REGISTER)
    assert sentence in str(refused.value)


def test_a_month_that_is_none():
    assert organisation.month("Apr 2024") == APRIL
    with pytest.raises(OrganisationRefused, match="'soon' is not a month"):
        organisation.month("soon")


def test_a_name_is_that_of_its_day():
    assert organisation.names_on(REGISTER, date(2024, 3, 31))["B1"] == "Team B"
    assert organisation.names_on(REGISTER, date(2024, 4, 1))["B1"] == "Team Bee"
    assert organisation.names_on(REGISTER, START)["C1"] == "Team C"
    assert list(organisation.names_on(REGISTER, START)) == sorted({row[0] for row in ROWS})


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2024, 3, 31), "3 teams in 2 services are open"),
        (date(2024, 4, 30), "2 teams in 3 services are open"),
        (MAY, "3 teams in 2 services are open"),
    ],
)
def test_what_is_open_on_a_day(day, words):
    assert organisation.headline(REGISTER, day) == words


def test_the_tree_keeps_its_order_and_the_names_of_the_day():
    moved = organisation.move(REGISTER, "A1", "south", MAY).spells
    after = pl.concat(
        [REGISTER.filter(pl.col("org_id") != "A1"), pl.DataFrame(moved, schema=organisation.SPELL)]
    )
    rows = organisation.tree(after)
    assert rows.select("name", "depth").rows() == [
        ("The council", 0),
        ("Gone", 1),
        ("North", 1),
        ("Team B", 2),
        ("Team Bee", 2),
        ("Team D", 2),
        ("South", 1),
        ("Team A", 2),
        ("Team A", 2),
        ("Team C", 2),
    ]
    assert rows.filter(org_id="A1")["part_of"].to_list() == ["North", "South"]


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "words"),
    [
        (START, None, "since Apr 2019"),
        (START, MAY, "Apr 2019 to Apr 2024"),
        (JUNE, None, "from Jun 2024"),
    ],
)
def test_months_in_words(valid_from, valid_to, words):
    row = {"valid_from": valid_from, "valid_to": valid_to}
    assert listings.months(row, MAY).replace("\u00a0", " ") == words
