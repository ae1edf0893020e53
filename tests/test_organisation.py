"""The register: what may change from a month on, what stays, and what was known at a moment."""

import shutil
from datetime import date, timedelta
from functools import partial

import polars as pl
import pytest
from cases import incoming, months

from kpi import board, listings, organisation, register
from kpi import store as stores
from kpi.organisation import OrganisationRefused
from kpi.publication import invariants, publish
from kpi.store import FOREVER, Store

START, APRIL, MAY, JUNE = date(2019, 4, 1), *months(3)
REASON = "Services were reorganised"
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


# ---- in the store ----


@pytest.fixture
def loaded(store: Store):
    """Three months of one team in safeguarding."""
    rows = [{"period": month, "org_id": "CPC1", "cp_open": 5} for month in (APRIL, MAY, JUNE)]
    publish(store, [incoming(store.catalogue.datasets["child_protection"], rows)], "officer")
    return store


def keep(store, step, **given):
    return register.record(store, partial(step, **given), "Officer", REASON)


def given_months(store, org, as_at=FOREVER):
    return board.observations(store, ["cp_open"], [org], as_at, role="officer")["period"].to_list()


def test_a_team_that_moves_takes_its_later_months_along(loaded: Store):
    says = keep(loaded, organisation.move, org_id="CPC1", parent_id="front_door", first=MAY)
    assert says == (
        "From May 2024 Child protection and court team 1 is part of Assessment and front door, "
        "no longer of Safeguarding and family support. "
        "Months that stay with Safeguarding and family support: April 2024. "
        "Months that move to Assessment and front door, and change the figures of both services: "
        "2 months, May 2024 to June 2024."
    )
    assert given_months(loaded, "safeguarding") == [APRIL]
    assert given_months(loaded, "front_door") == [MAY, JUNE]
    assert given_months(loaded, "herefordshire") == [APRIL, MAY, JUNE]
    assert invariants(loaded) == []


def test_figures_and_register_are_shown_as_they_were_known(loaded: Store):
    keep(loaded, organisation.move, org_id="CPC1", parent_id="front_door", first=MAY)
    before = max(register.read(loaded)["recorded_at"].drop_nulls()) - timedelta(microseconds=1)
    assert given_months(loaded, "safeguarding", before) == [APRIL, MAY, JUNE]
    assert given_months(loaded, "front_door", before) == []
    assert register.read(loaded, before).filter(org_id="CPC1").height == 1
    assert register.read(loaded).filter(org_id="CPC1").height == 2
    assert loaded.table("org").filter(org_id="CPC1").height == 3


def test_a_move_and_back_leaves_every_state_to_be_seen(loaded: Store):
    moments = []
    for parent in ("front_door", "corporate_parenting", "safeguarding"):
        keep(loaded, organisation.move, org_id="CPC1", parent_id=parent, first=MAY)
        moments.append(loaded.table("org")["recorded_at"].drop_nulls().max())
    parents = [
        register.read(loaded, at).filter(org_id="CPC1", valid_from=MAY)["parent_id"].item()
        for at in moments
    ]
    assert parents == ["front_door", "corporate_parenting", "safeguarding"]
    assert given_months(loaded, "safeguarding") == [APRIL, MAY, JUNE]
    assert given_months(loaded, "herefordshire", moments[0]) == [APRIL, MAY, JUNE]
    assert (
        board.observations(loaded, ["cp_open"], ["herefordshire"], role="officer")[
            "value"
        ].to_list()
        == [5] * 3
    )
    assert invariants(loaded) == []


def test_only_the_months_of_the_name_and_service_that_change_are_told(loaded: Store):
    keep(loaded, organisation.move, org_id="CPC1", parent_id="front_door", first=MAY)
    says = keep(loaded, organisation.move, org_id="CPC1", parent_id="safeguarding", first=JUNE)
    assert "Months that stay with Assessment and front door: May 2024." in says
    assert "figures of both services: June 2024." in says


def test_a_spell_that_ends_keeps_its_source(loaded: Store):
    before = register.read(loaded).filter(org_id="CPC1")["source"].item()
    keep(loaded, organisation.rename, org_id="CPC1", name="Court one", first=MAY)
    rows = register.read(loaded).filter(org_id="CPC1")
    assert rows["source"].to_list() == [f"{before}; later: {REASON}", REASON]
    keep(loaded, organisation.rename, org_id="CPC1", name="Court 1", first=MAY)
    assert register.read(loaded).filter(org_id="CPC1")["source"].to_list()[1] == REASON


def test_a_new_name_is_told_with_the_months_before(loaded: Store):
    says = keep(loaded, organisation.rename, org_id="CPC1", name="Court {months} team", first=JUNE)
    assert "Months before stay under Child protection and court team 1: 2 months" in says
    assert organisation.names_on(register.read(loaded), MAY)["CPC1"].endswith("court team 1")
    assert organisation.names_on(register.read(loaded), JUNE)["CPC1"] == "Court {months} team"


@pytest.mark.parametrize(("first", "named"), [(JUNE, "June 2024"), (MAY, "2 months, May 2024 to")])
def test_a_team_with_published_months_cannot_close_before_them(loaded: Store, first, named):
    with pytest.raises(OrganisationRefused, match=f"Figures of CPC1 are published for {named}"):
        keep(loaded, organisation.close, org_id="CPC1", first=first)
    assert register.read(loaded).filter(org_id="CPC1")["valid_to"].item() is None


def test_a_team_closes_after_its_last_month_and_takes_no_file_then(loaded: Store):
    says = keep(loaded, organisation.close, org_id="CPC1", first=date(2024, 7, 1))
    assert "June 2024 is its last month. What is published stays: 3 months" in says
    assert given_months(loaded, "safeguarding") == [APRIL, MAY, JUNE]
    orgs = board.context(loaded, 1).orgs.filter(org_id="CPC1")
    assert orgs["valid_to"].to_list() == [date(2024, 7, 1)]


def test_a_team_opens_and_its_files_are_taken(loaded: Store):
    facts = {"org_id": "CIN3", "name": "Children in need team 3", "parent_id": "safeguarding"}
    says = keep(loaded, organisation.open_team, **facts, first=JUNE)
    assert says == (
        "Children in need team 3 (CIN3) opens in June 2024 as part of Safeguarding and family "
        "support."
    )
    row = {"period": date(2024, 7, 1), "org_id": "CIN3", "cp_open": 2}
    dataset = loaded.catalogue.datasets["child_protection"]
    publish(loaded, [incoming(dataset, [row], "b" * 64)], "officer")
    assert given_months(loaded, "safeguarding")[-1] == date(2024, 7, 1)


def test_a_preview_keeps_nothing_and_says_what_will_be_said(loaded: Store):
    step = partial(organisation.move, org_id="CPC1", parent_id="front_door", first=MAY)
    version, rows = loaded.data_version(), loaded.table("org").height
    says = register.preview(loaded, step, REASON)
    assert (loaded.data_version(), loaded.table("org").height) == (version, rows)
    assert register.record(loaded, step, "Officer", REASON) == says
    act = loaded.read("audit").row(0, named=True)
    assert (act["action"], act["subject"], act["who"]) == ("organisation", "CPC1", "Officer")
    assert act["detail"] == f"{says} {REASON}"


def test_a_change_needs_a_reason(loaded: Store):
    step = partial(organisation.close, org_id="LEAVE", first=JUNE)
    with pytest.raises(OrganisationRefused, match="at least 10 characters"):
        register.record(loaded, step, "Officer", "  short  ")
    with pytest.raises(OrganisationRefused, match="at least 10 characters"):
        register.preview(loaded, step, "")


def test_a_closing_in_the_month_of_a_change_undoes_the_change(loaded: Store):
    keep(loaded, organisation.rename, org_id="LEAVE", name="Leavers", first=MAY)
    keep(loaded, organisation.close, org_id="LEAVE", first=MAY)
    rows = register.read(loaded).filter(org_id="LEAVE")
    assert rows.select("name", "valid_to").rows() == [("Care leavers team", MAY)]
    assert invariants(loaded) == []


def test_two_rows_for_one_month_are_found_out(store: Store):
    again = pl.DataFrame(
        [("CPC1", "Twice", "team", "safeguarding", MAY, None)],
        schema=organisation.SPELL,
        orient="row",
    )
    store.transact(lambda work: work.append("org", again))
    assert any("CPC1 stands twice" in fault for fault in invariants(store))


# ---- a store from before ----


def test_a_store_from_before_the_register_had_a_history(tmp_path, book, monkeypatch):
    older = tmp_path / "queries"
    shutil.copytree(stores.QUERIES, older)
    (older / "schema" / "0003_org_history.sql").unlink()
    path = str(tmp_path / "kpi.duckdb")
    with monkeypatch.context() as patched:
        patched.setattr(stores, "QUERIES", older)
        old = Store(path, book)
        row = {"period": APRIL, "org_id": "CPC1", "cp_open": 7}
        publish(old, [incoming(book.datasets["child_protection"], [row])], "officer")
        old.close()
    store = Store(path, book)
    assert board.observations(store, ["cp_open"], ["safeguarding"], role="officer")[
        "value"
    ].to_list() == [7]
    assert register.read(store).height == book.table("organisation").height
    assert register.read(store)["recorded_at"].null_count() == register.read(store).height
    keep(store, organisation.move, org_id="CPC1", parent_id="front_door", first=APRIL)
    assert given_months(store, "front_door") == [APRIL]
    store.close()
    again = Store(path, book)
    assert given_months(again, "front_door") == [APRIL]
    again.close()


def test_the_closure_is_the_tree_as_known_now(loaded: Store):
    keep(loaded, organisation.move, org_id="CPC1", parent_id="front_door", first=MAY)
    rows = loaded.table("org_closure").filter(org_id="CPC1").sort("ancestor_id", "valid_from")
    assert rows.columns == ["org_id", "ancestor_id", "valid_from", "valid_to"]
    assert rows.filter(ancestor_id="safeguarding").select("valid_from", "valid_to").rows() == [
        (START, MAY)
    ]
    whole = rows.filter(ancestor_id="herefordshire").sort("valid_from")
    assert whole.select("valid_from", "valid_to").rows() == [
        (START, MAY),
        (MAY, date(9999, 12, 31)),
    ]
