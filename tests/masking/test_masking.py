"""The rules of masking one by one, on returns small enough to check by hand."""

import random
from datetime import date, datetime

import polars as pl
import pytest
import tables
from cases import incoming, months

from kpi import audit, board, masking, masks, publication
from kpi.access import Person
from kpi.catalogue import Catalogue
from kpi.masking import Known, Makeup, Shown
from kpi.store import FOREVER, Store

MARCH = months(1)[0]
TREE = {"council": ["a", "b", "c"], "a": [], "b": [], "c": []}


@pytest.fixture(scope="module")
def makeups(book: Catalogue) -> dict[str, Makeup]:
    return {
        name: masking.of(book.datasets[name], [k for k in book.kpis.values() if k.dataset == name])
        for name in book.datasets
    }


def made_up(makeup: Makeup, tree: dict[str, list[str]] = TREE, length: int = 1) -> tables.Return:
    """A return in which every figure of every leaf is 40, and every part of one 20."""
    one = tables.Return(makeup, random.Random(0), length, 5)
    one.tree, one.leaves = tree, [org for org, parts in tree.items() if not parts]
    one.values = {}
    below = {figure.below for figure in makeup.figures.values()}
    for form in one.basis:
        for leaf in one.leaves:
            for month in one.months:
                is_part = any(f.above == form and f.is_share for f in makeup.figures.values())
                one.values[form, leaf, month] = 20 if is_part and form not in below else 40
    return one


def shown(one: tables.Return, known: Known | None = None) -> Shown:
    trees = dict.fromkeys(one.months, one.tree)
    return masking.step(one.makeup, one.raw(), trees, known or Known(), 5)


def hidden(one: tables.Return, kpi_id: str, known: Known | None = None) -> set[str]:
    """Organisations of which the first month of a measure is hidden."""
    seen = {org for kpi, org, month in shown(one, known).months if (kpi, month) == (kpi_id, MARCH)}
    return set(one.tree) - seen


@pytest.mark.parametrize(("count", "is_hidden"), [(0, 0), (1, 1), (5, 1), (6, 0)])
def test_a_count_of_one_to_five_is_hidden_and_zero_is_not(makeups, count, is_hidden):
    one = made_up(makeups["front_door"])
    one.values["contacts", "a", MARCH] = count
    one.values["contacts_1wd", "a", MARCH] = 0
    one.values["referrals", "a", MARCH] = 0
    assert ("a" in hidden(one, "contacts")) == bool(is_hidden)


def test_with_one_team_another_goes_that_the_total_would_give_away(makeups):
    one = made_up(makeups["front_door"])
    one.values["contacts", "a", MARCH] = one.values["contacts_1wd", "a", MARCH] = 3
    one.values["contacts", "b", MARCH] = 30
    assert hidden(one, "contacts") == {"a", "b"}


def test_two_that_are_too_small_together_take_a_third(makeups):
    one = made_up(makeups["front_door"])
    for team in "ab":
        one.values["contacts", team, MARCH] = one.values["contacts_1wd", team, MARCH] = 1
    assert hidden(one, "contacts") == {"a", "b", "c"}


def test_of_a_single_team_the_whole_council_goes(makeups):
    one = made_up(makeups["front_door"], {"council": ["a"], "a": []})
    one.values["contacts", "a", MARCH] = 3
    assert hidden(one, "contacts") == {"a", "council"}


@pytest.mark.parametrize("part", [1, 5, 35, 39])
def test_a_share_goes_when_its_part_or_its_rest_is_small(makeups, part):
    one = made_up(makeups["front_door"])
    one.values["contacts_1wd", "a", MARCH] = part
    assert "a" in hidden(one, "contacts_in_1_day")
    assert "a" not in hidden(one, "contacts")


@pytest.mark.parametrize("part", [0, 6, 34, 40])
def test_none_all_and_enough_are_shown(makeups, part):
    one = made_up(makeups["front_door"])
    one.values["contacts_1wd", "a", MARCH] = part
    assert hidden(one, "contacts_in_1_day") == set()


def test_a_part_is_not_hidden_beside_one_that_has_nothing_to_give(makeups):
    """Six of eleven, and none of none: no child could be of the other team instead."""
    one = made_up(makeups["children_looked_after"])
    for team, whole, part in (("a", 0, 0), ("b", 40, 0), ("c", 11, 6)):
        for form in one.basis:
            one.values[form, team, MARCH] = 0
        one.values["cla_open", team, MARCH] = whole
        one.values["moves3", team, MARCH] = part
    assert {"b", "c"} <= hidden(one, "cla_three_placements")


def test_of_a_group_of_five_nothing_else_is_told(makeups):
    one = made_up(makeups["children_looked_after"])
    for form in one.basis:
        one.values[form, "a", MARCH] = 0
    one.values["cla_open", "a", MARCH] = 5
    for kpi_id in ("cla_open", "cla_dental_checks", "cla_three_placements"):
        assert "a" in hidden(one, kpi_id)


def test_starts_and_ends_are_hidden_together(makeups):
    one = made_up(makeups["child_protection"])
    one.values["cp_start", "a", MARCH] = 3
    assert "a" in hidden(one, "cp_started")
    assert "a" in hidden(one, "cp_ended")
    assert hidden(one, "cp_open") == set()


def test_a_correction_by_two_children_is_not_shown(makeups):
    one, known = made_up(makeups["front_door"]), Known()
    assert hidden(one, "contacts", known) == set()
    one.values["contacts", "a", MARCH] += 2
    assert hidden(one, "contacts", known) == {"a", "council"}


def test_a_correction_by_many_is_shown(makeups):
    one, known = made_up(makeups["front_door"]), Known()
    shown(one, known)
    one.values["contacts", "a", MARCH] += 12
    assert hidden(one, "contacts", known) == set()


def test_what_was_hidden_stays_hidden_when_it_grows(makeups):
    one, known = made_up(makeups["front_door"]), Known()
    one.values["contacts", "a", MARCH] = one.values["contacts_1wd", "a", MARCH] = 3
    before = hidden(one, "contacts", known)
    one.values["contacts", "a", MARCH] = 90
    assert before <= hidden(one, "contacts", known)


def test_what_was_put_back_is_shown_as_before(makeups):
    one, known = made_up(makeups["front_door"]), Known()
    shown(one, known)
    one.values["contacts", "a", MARCH] += 12
    shown(one, known)
    one.values["contacts", "a", MARCH] -= 12
    assert hidden(one, "contacts", known) == set()


def test_a_year_is_hidden_with_one_of_its_months(makeups):
    """The referral rate is shown by the month: eleven months and the year give the twelfth."""
    one = made_up(makeups["front_door"], {"council": []}, 13)
    one.values["referrals", "council", one.months[0]] = 3
    kept = {month for kpi, _, month in shown(one).figures if kpi == "referral_rate"}
    assert kept == {one.months[12]}


def test_of_what_is_shown_by_the_year_no_month_is_ever_shown(makeups):
    one = made_up(makeups["front_door"], {"council": []}, 14)
    found = shown(one)
    assert not [place for place in found.months if place[0] == "rereferrals"]
    assert len([place for place in found.figures if place[0] == "rereferrals"]) == 3


def test_years_that_would_give_their_months_away_are_not_shown(makeups):
    """With a zero in each calendar month the sums of all years leave one way only."""
    one = made_up(makeups["front_door"], {"council": []}, 26)
    for at, month in enumerate(one.months):
        one.values["rereferrals_12m", "council", month] = 3 if at % 24 < 12 else 0
    found = shown(one)
    assert len([place for place in found.figures if place[0] == "rereferrals"]) < 15


def test_every_measure_by_the_year_stands_alone(makeups):
    for makeup in makeups.values():
        asked = {name for name, one in makeup.figures.items() if one.kpi.masked_by == "year"}
        assert set(makeup.by_year) == asked


def test_what_is_hidden_is_null_and_says_why(makeups):
    one = made_up(makeups["front_door"])
    one.values["contacts", "a", MARCH] = one.values["contacts_1wd", "a", MARCH] = 3
    raw = one.raw().with_columns(
        value=pl.col("numerator"),
        observed=pl.col("numerator"),
        state=pl.lit(None, pl.String),
    )
    row = masking.apply(raw, shown(one)).filter(kpi_id="contacts", org_id="a").row(0, named=True)
    assert row["state"] == "c"
    told = ("numerator", "denominator", "value", "observed", "month_numerator", "people")
    assert not [name for name in told if row[name] is not None]


# ---- from the store ----


def caseload(team: str, count: int, cases: int) -> list[dict[str, object]]:
    return [
        {
            "period": date(2025, 3, 1), "org_id": team, "worker_ref": f"{team}{n}",
            "role": "social worker", "employment": "perm", "fte": 1, "nqsw": False,
            "cases": cases + n, "supervision_due": 1, "supervision_held": 1,
        }
        for n in range(count)
    ]  # fmt: skip


@pytest.fixture
def manned(store: Store) -> Store:
    rows = [*caseload("CIN1", 5, 11), *caseload("CIN2", 8, 11)]
    publication.publish(store, [incoming(store.catalogue.datasets["caseloads"], rows)], "officer")
    return store


def test_no_worker_s_own_caseload_leaves_for_a_committee(manned):
    workers, spread = board.caseloads(manned, date(2025, 3, 1), FOREVER, "committee", 18)
    rows = {row["org_id"]: row for row in spread.iter_rows(named=True)}
    assert workers.is_empty()
    assert rows["CIN1"] | {"org_id": ""} == {
        "org_id": "", "workers": None, "lowest": 10, "median": None, "highest": 15, "above": None,
    }  # fmt: skip
    assert (rows["CIN2"]["lowest"], rows["CIN2"]["highest"], rows["CIN2"]["median"]) == (
        10,
        20,
        14.5,
    )
    officers, _ = board.caseloads(manned, date(2025, 3, 1), FOREVER, "officer", 18)
    assert officers.height == 13


@pytest.mark.parametrize("role", ["public", "committee", "unheard of"])
def test_the_highest_caseload_is_one_worker_s(manned, role):
    frame = board.observations(manned, ["caseload_max", "caseload_median"], role=role)
    assert frame.filter(kpi_id="caseload_max")["value"].null_count() == frame.height // 2
    small = frame.filter(kpi_id="caseload_median", org_id="CIN1")
    assert small["value"].to_list() == [None]
    assert small["state"].to_list() == ["c"]


@pytest.mark.parametrize("role", ["director", "officer", "admin"])
def test_others_see_what_is_there(manned, role):
    frame = board.observations(manned, ["caseload_max"], role=role)
    assert frame["value"].null_count() == 0


def test_a_state_of_a_return_is_worked_out_once(manned):
    """Whatever moment is looked at; only what changes the return itself asks for more."""
    masks._last.cache_clear()
    asked = ["caseload_median", "cp_open"]
    for moment in (FOREVER, datetime(9000, 1, 1), datetime(9500, 1, 1)):
        masks.shown(manned, asked, moment)
    assert masks._last.cache_info().misses == 1
    audit.record(manned, Person(role="officer", name="officer"), "sign in", "officer", "")
    masks.shown(manned, asked, FOREVER)
    assert masks._last.cache_info().misses == 1
    more = [row | {"period": date(2025, 4, 1)} for row in caseload("CIN2", 8, 11)]
    april = incoming(manned.catalogue.datasets["caseloads"], more, sha256="b" * 64)
    publication.publish(manned, [april], "officer")
    shown = masks.shown(manned, asked, FOREVER)
    assert masks._last.cache_info().misses == 2
    assert ("caseload_median", "CIN2", date(2025, 4, 1)) in shown.figures
