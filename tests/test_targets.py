"""Targets: refused in a sentence, tried before they are set, and every earlier one on record."""

import json
import os
from datetime import date, datetime, timedelta

import polars as pl
import pytest
from cases import incoming, months
from click.testing import CliRunner

from kpi import board, cli, targets
from kpi.publication import invariants, publish
from kpi.store import FOREVER, Store
from kpi.targets import Target, TargetRefused

APRIL, MAY, JUNE = months(3)
COUNCIL = "herefordshire"
REASON = "The board asks for more"


def wanted(**given):
    facts = {"kpi_id": "caseload_mean", "valid_from": MAY, "target": 16.0, "reason": REASON}
    return Target(**facts | given)


@pytest.fixture
def loaded(store: Store):
    """Three months with a mean of 17, in two teams of 16 and 18."""
    rows = [
        {"period": month, "org_id": team, "worker_ref": team, "cases": cases, "fte": 1}
        for month in (APRIL, MAY, JUNE)
        for team, cases in (("CPC1", 16), ("CIC1", 18))
    ]
    publish(store, [incoming(store.catalogue.datasets["caseloads"], rows)], "officer")
    return store


def lights(store, org=COUNCIL, as_at=FOREVER):
    frame = board.observations(store, ["caseload_mean"], [org], as_at, role="officer")
    return dict(frame.select("period", "rating").iter_rows())


# ---- setting ----


def test_a_target_counts_from_its_month_on(loaded: Store):
    assert lights(loaded) == {APRIL: "green", MAY: "green", JUNE: "green"}
    says = targets.set_target(loaded, wanted(tolerance=2.0), "officer")
    assert says == "Average caseload: 16 cases from May 2024, tolerance 2 cases"
    assert lights(loaded) == {APRIL: "green", MAY: "amber", JUNE: "amber"}


def test_what_was_said_before_can_be_shown_again(loaded: Store):
    targets.set_target(loaded, wanted(target=10.0), "officer")
    first = targets.read(loaded)["recorded_at"][0]
    targets.set_target(loaded, wanted(target=17.5), "director")
    assert lights(loaded)[JUNE] == "green"
    second = targets.read(loaded)["recorded_at"][0]
    assert lights(loaded, as_at=second - timedelta(microseconds=1))[JUNE] == "red"
    assert lights(loaded, as_at=first - timedelta(microseconds=1))[JUNE] == "green"


def test_every_cache_sees_it_and_the_log_says_who_and_why(store: Store):
    version = store.data_version()
    targets.set_target(store, wanted(), "Performance officer")
    assert store.data_version() > version
    act = store.read("audit").row(0, named=True)
    assert (act["who"], act["action"], act["subject"]) == (
        "Performance officer",
        "target",
        "caseload_mean",
    )
    assert act["detail"] == f"Average caseload: 16 cases from May 2024. {REASON}"
    row = targets.read(store).row(0, named=True)
    assert (row["source"], row["set_by"], row["is_current"]) == (
        REASON,
        "Performance officer",
        True,
    )
    assert invariants(store) == []


def test_history_is_newest_first_and_nothing_goes(store: Store):
    before = targets.read(store)
    targets.set_target(store, wanted(target=16.0), "officer")
    targets.set_target(store, wanted(target=15.0), "officer")
    rows = targets.read(store).filter(kpi_id="caseload_mean")
    assert rows["target"].to_list() == [15, 16, 18]
    assert rows["is_current"].to_list() == [True, False, True]
    assert targets.read(store).height == before.height + 2


def test_the_target_of_a_month(store: Store):
    targets.set_target(store, wanted(valid_from=date(2090, 1, 1)), "officer")
    held = {
        period: targets.in_force(targets.read(store), period).filter(kpi_id="caseload_mean")
        for period in (date(2019, 1, 1), MAY, date(2091, 1, 1))
    }
    assert [rows["target"].to_list() for rows in held.values()] == [[], [18], [16]]


def test_a_target_can_end(loaded: Store):
    says = targets.set_target(loaded, wanted(target=None), "officer")
    assert says == "Average caseload: No target from May 2024"
    assert lights(loaded) == {APRIL: "green", MAY: "none", JUNE: "none"}


def test_a_clock_set_back_does_not_reorder_targets(loaded: Store):
    targets.set_target(loaded, wanted(target=10.0), "officer", at=datetime(2090, 1, 1))
    targets.set_target(loaded, wanted(target=20.0), "officer", at=datetime(2020, 1, 1))
    assert lights(loaded)[JUNE] == "green"
    assert targets.read(loaded)["recorded_at"][0] > datetime(2090, 1, 1)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"kpi_id": "cp_opne"}, "There is no measure 'cp_opne'."),
        ({"kpi_id": "cla_open"}, "takes no target"),
        ({"tolerance": -1.0}, "The tolerance cannot be negative"),
        ({"band_low": 18.0, "band_high": 15.0}, "upside down: 18.0 is not below 15.0"),
        ({"band_low": 15.0}, "needs both its ends"),
        ({"target": None, "tolerance": 1.0}, "leave all of them blank to end the target"),
        ({"target": float("nan")}, "A target is a number."),
        ({"target": float("inf")}, "A target is a number."),
        ({"kpi_id": "cp_repeat", "target": 120.0}, "between 0 and 100"),
        ({"valid_from": date(2025, 4, 2)}, "on its first day"),
        ({"reason": "  because "}, "at least 10 characters"),
    ],
)
def test_what_no_target_can_be(store: Store, given, sentence):
    version = store.data_version()
    for act in (
        lambda: targets.set_target(store, wanted(**given), "officer"),
        lambda: targets.effects(store, wanted(**given)),
    ):
        with pytest.raises(TargetRefused) as refused:
            act()
        assert sentence in str(refused.value)
        assert str(refused.value).count(". ") == 0
    assert store.data_version() == version


def test_the_same_target_again_is_refused(store: Store):
    targets.set_target(store, wanted(), "officer")
    with pytest.raises(TargetRefused, match="already the target from May 2024"):
        targets.set_target(store, wanted(reason="Another reason for it"), "officer")


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("2025-04", date(2025, 4, 1)),
        ("April 2025", date(2025, 4, 1)),
        (" 04/2027 ", date(2027, 4, 1)),
    ],
)
def test_a_month_as_people_write_it(text, month):
    assert targets.month(text) == month


@pytest.mark.parametrize("text", ["", "soon", "13/2025", "2025", "2025-00"])
def test_a_month_that_is_none(text):
    with pytest.raises(TargetRefused, match="is not a month"):
        targets.month(text)


# ---- looking before setting ----


def test_the_preview_is_what_then_happens(loaded: Store):
    version = loaded.data_version()
    changed = targets.effects(loaded, wanted(tolerance=1.5))
    assert loaded.data_version() == version
    assert lights(loaded)[JUNE] == "green"
    foreseen = {
        (row["org_id"], row["period"]): row["new_rating"] for row in changed.iter_rows(named=True)
    }
    targets.set_target(loaded, wanted(tolerance=1.5), "officer")
    assert {foreseen[COUNCIL, MAY], foreseen[COUNCIL, JUNE]} == {"amber"}
    assert foreseen["CIC1", JUNE] == "red" == lights(loaded, "CIC1")[JUNE]
    assert ("CPC1", JUNE) not in foreseen
    assert lights(loaded, "CPC1")[JUNE] == "green"


def test_the_preview_in_words(loaded: Store, book):
    kpi = book.kpis["caseload_mean"]
    changed = targets.effects(loaded, wanted(tolerance=1.5))
    assert targets.sentence(changed, kpi, COUNCIL) == (
        "The light of the whole council changes in two months, the newest June 2024: "
        "“On target” before, “Near target” after. Lights of two teams and services change too."
    )
    teams = targets.effects(loaded, wanted(target=17.0))
    assert targets.sentence(teams, kpi, COUNCIL) == (
        "The light of the whole council stays as it is; two teams and services change in some month."
    )
    nothing = targets.effects(loaded, wanted(target=30.0))
    assert targets.sentence(nothing, kpi, COUNCIL) == "No traffic light changes."


def test_the_preview_lists_the_newest_month_first(loaded: Store):
    periods = targets.effects(loaded, wanted(target=10.0))["period"]
    assert periods.to_list() == sorted(periods, reverse=True)


def test_a_target_in_words(book):
    row = {
        "valid_from": APRIL,
        "target": 88.9,
        "tolerance": 5.0,
        "band_low": None,
        "band_high": None,
    }
    conferences, caseload = book.kpis["icpc_in_15_days"], book.kpis["caseload_mean"]
    assert targets.told(conferences, row) == "88.9% from April 2024, tolerance 5 points"
    band = row | {"target": 1.0, "tolerance": None, "band_low": 15.0, "band_high": 18.0}
    assert targets.told(caseload, band) == "1 case from April 2024, good range 15 to 18"


# ---- the command line ----


@pytest.fixture
def run(places, monkeypatch):
    monkeypatch.setenv("KPI_STORE", places.empty())
    return lambda *arguments: CliRunner().invoke(cli.main, [str(each) for each in arguments])


SET = ("target", "cp_repeat", "18", "--from", "2025-04", "--reason", REASON)


def test_from_the_command_line(run, book):
    done = run(*SET, "--tolerance", "2", "--band", "0", "18", "--by", "Performance officer")
    assert done.exit_code == 0
    assert "Repeat child protection plans: 18% from April 2025, tolerance 2 points" in done.output
    assert "No traffic light changes." in done.output
    store = Store(os.environ["KPI_STORE"], book)
    row = targets.read(store).row(0, named=True)
    assert (row["target"], row["band_high"], row["set_by"]) == (18, 18, "Performance officer")
    store.close()
    assert (
        run("target", "cp_repeat", "none", "--from", "2026-04", "--reason", REASON).exit_code == 0
    )
    assert json.loads(run("loads", "--json").stdout) == {"loads": []}


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("target", "cp_opne", *SET[2:]), 2, "There is no KPI 'cp_opne'"),
        (("target", "cp_repeat", "much", *SET[3:]), 2, "neither a number nor 'none'"),
        (SET[:3], 2, "--from"),
        ((*SET[:3], "--from", "soon", "--reason", REASON), 1, "is not a month"),
        ((*SET, "--tolerance", "-1"), 1, "cannot be negative"),
        ((*SET[:5], "--reason", "short"), 1, "at least 10 characters"),
        (("target", "cla_open", *SET[2:]), 1, "takes no target"),
    ],
)
def test_from_the_command_line_in_vain(run, arguments, status, words):
    answer = run(*arguments)
    assert (answer.exit_code, words in answer.output) == (status, True), answer.output


def test_a_damaged_target_is_found_out(store: Store):
    twice = store.table("target").head(1)
    store.transact(lambda work: work.append("target", twice))
    assert any("was set twice at once" in fault for fault in invariants(store))
    assert isinstance(twice, pl.DataFrame)
