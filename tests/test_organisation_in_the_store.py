"""The register in the store: published months follow it, and what was known stays to be seen."""

import shutil
from datetime import date, timedelta
from functools import partial

import polars as pl
import pytest
from cases import incoming, months

from kpi import board, organisation, register
from kpi import store as stores
from kpi.organisation import OrganisationRefused
from kpi.publication import invariants, publish
from kpi.store import FOREVER, Store

START, APRIL, MAY, JUNE = date(2019, 4, 1), *months(3)
REASON = "Services were reorganised"


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
