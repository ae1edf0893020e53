"""What is published stays: corrections, withdrawals, and every moment in between."""

import threading
from datetime import datetime, timedelta

import polars as pl
import pytest
from cases import incoming, months

from kpi import publication
from kpi.publication import PublicationRefused, invariants, publish, withdraw
from kpi.store import FOREVER, Store

APRIL, MAY = months(2)
REASON = "A recount after the audit"


def plans(store, cp_open, period=APRIL, sha="a", reason="", org="CPC1"):
    dataset = store.catalogue.datasets["child_protection"]
    row = {"period": period, "org_id": org, "cp_open": cp_open}
    return incoming(dataset, [row], sha * 64, reason)


def value(store, as_at=FOREVER, period=APRIL):
    frame = store.observations(["cp_open"], ["herefordshire"], as_at).filter(period=period)
    return frame["value"].item() if frame.height else None


def just_after(moment):
    return moment + timedelta(microseconds=1)


def test_each_state_is_given_back_exactly(store: Store):
    first = publish(store, [plans(store, 100)], "officer")[0]
    assert value(store) == 100
    second = publish(store, [plans(store, 90, sha="b", reason=REASON)], "analyst")[0]
    assert value(store) == 90
    withdraw(store, second.load_id, "officer", "The correction was wrong")
    assert value(store) == 100
    withdrawn_at = (
        store.read("loads", as_at=FOREVER).filter(load_id=second.load_id)["withdrawn_at"].item()
    )
    assert value(store, first.loaded_at - timedelta(seconds=1)) is None
    assert value(store, first.loaded_at) == 100
    assert value(store, second.loaded_at - timedelta(microseconds=1)) == 100
    assert value(store, second.loaded_at) == 90
    assert value(store, withdrawn_at - timedelta(microseconds=1)) == 90
    assert value(store, withdrawn_at) == 100
    assert invariants(store) == []


def test_withdrawing_the_only_load_leaves_the_month_empty(store: Store):
    done = publish(store, [plans(store, 100)], "officer")[0]
    withdraw(store, done.load_id, "officer", "Sent for the wrong council")
    assert value(store) is None
    assert value(store, done.loaded_at) == 100
    assert invariants(store) == []


def test_withdrawing_twice_reaches_the_first_load(store: Store):
    loads = [publish(store, [plans(store, 100)], "officer")[0].load_id]
    loads += [
        publish(store, [plans(store, count, sha=sha, reason=REASON)], "officer")[0].load_id
        for count, sha in ((90, "b"), (80, "c"))
    ]
    withdraw(store, loads[1], "officer", "The middle one was wrong")
    assert value(store) == 80
    withdraw(store, loads[2], "officer", "The last one was wrong too")
    assert value(store) == 100
    assert invariants(store) == []


def test_same_bytes_twice_does_nothing(store: Store):
    first = publish(store, [plans(store, 100)], "officer")[0]
    version = store.data_version()
    again = publish(store, [plans(store, 100)], "analyst")[0]
    assert (again.load_id, again.is_new, again.loaded_by) == (first.load_id, False, "officer")
    assert store.data_version() == version


def test_bytes_that_no_longer_speak_may_come_again(store: Store):
    publish(store, [plans(store, 100)], "officer")
    publish(store, [plans(store, 90, sha="b", reason=REASON)], "officer")
    third = publish(store, [plans(store, 100, reason="Back to the first file")], "officer")[0]
    assert third.is_new
    assert value(store) == 100


def test_changing_a_published_month_needs_a_reason(store: Store):
    publish(store, [plans(store, 100)], "officer")
    with pytest.raises(PublicationRefused, match=r"Apr 2024 is already published.*10 characters"):
        publish(store, [plans(store, 90, sha="b", reason="typo")], "officer")
    assert value(store) == 100


def test_several_files_are_published_together_or_not_at_all(store: Store):
    publish(store, [plans(store, 100)], "officer")
    version = store.data_version()
    with pytest.raises(PublicationRefused):
        publish(
            store,
            [plans(store, 50, MAY, sha="b"), plans(store, 90, sha="c")],
            "officer",
        )
    assert store.data_version() == version
    assert value(store, period=MAY) is None


def test_a_load_speaks_for_its_months_alone(store: Store):
    publish(store, [plans(store, 100)], "officer")
    publish(store, [plans(store, 120, MAY, sha="b")], "officer")
    assert (value(store), value(store, period=MAY)) == (100, 120)


@pytest.mark.parametrize(
    ("load_id", "reason", "words"),
    [(99, REASON, "no load 99"), (1, "no", "10 characters")],
)
def test_a_withdrawal_that_cannot_be(store: Store, load_id, reason, words):
    publish(store, [plans(store, 100)], "officer")
    with pytest.raises(PublicationRefused, match=words):
        withdraw(store, load_id, "officer", reason)


def test_withdrawing_what_was_withdrawn_names_who_did_it(store: Store):
    done = publish(store, [plans(store, 100)], "officer")[0]
    withdraw(store, done.load_id, "analyst", "Sent by mistake")
    with pytest.raises(PublicationRefused, match="already withdrawn by analyst"):
        withdraw(store, done.load_id, "officer", "Sent by mistake")


def test_moments_never_run_backwards(store: Store):
    """A clock set back must not let a later load speak earlier than the one it replaces."""
    late = datetime(2030, 1, 1)
    publish(store, [plans(store, 100)], "officer", at=late)
    done = publish(
        store, [plans(store, 90, sha="b", reason=REASON)], "officer", at=datetime(2020, 1, 1)
    )[0]
    assert done.loaded_at > late
    assert invariants(store) == []


def test_publishers_at_once_are_served_one_after_the_other(store: Store):
    def work(number):
        publish(store, [plans(store, number, sha=f"{number:064d}"[-1], reason=REASON)], "officer")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    loads = store.read("loads", as_at=FOREVER)
    assert sorted(loads["load_id"]) == list(range(1, 9))
    assert loads.filter(pl.col("months_speaking") > 0).height == 1
    assert invariants(store) == []


@pytest.mark.parametrize(
    ("table", "rows", "words"),
    [
        (
            "publication",
            {"dataset": "child_protection", "period": APRIL, "load_id": 1},
            "two loads",
        ),
        (
            "publication",
            {"dataset": "child_protection", "period": MAY, "load_id": 7},
            "without its load",
        ),
        ("write_guard", {"n": 1}, "instead of one"),
        (
            "child_protection",
            {"period": APRIL, "org_id": "CPC1", "load_id": 1},
            "holds 2 rows, not 1",
        ),
        ("child_protection", {"period": APRIL, "org_id": "CPC1", "load_id": 1}, "a key twice"),
        (
            "audit",
            {"audit_id": 9, "who": "x", "action": "x", "subject": "x", "detail": "x"},
            "acts",
        ),
    ],
)
def test_a_damaged_store_is_found_out(store: Store, table, rows, words):
    publish(store, [plans(store, 100)], "officer")
    moment = datetime(2024, 5, 1)
    rows = rows | {"publication": {"valid_from": moment}, "audit": {"done_at": moment}}.get(
        table, {}
    )
    store.transact(lambda work: work.append(table, pl.DataFrame([rows])))
    assert any(words in fault for fault in invariants(store)), invariants(store)


def test_a_failure_inside_leaves_nothing(store: Store, monkeypatch):
    publish(store, [plans(store, 100)], "officer")
    version, rows = store.data_version(), store.table("child_protection").height

    def fail(*_args):
        raise RuntimeError("interrupted")

    monkeypatch.setattr(publication, "_speak", fail)
    with pytest.raises(RuntimeError, match="interrupted"):
        publish(store, [plans(store, 90, sha="b", reason=REASON)], "officer")
    assert (store.data_version(), store.table("child_protection").height) == (version, rows)
    assert invariants(store) == []
