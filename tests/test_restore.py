"""A withdrawn load speaks again, and every state in between can still be seen."""

import os
from datetime import datetime, timedelta

import polars as pl
import pytest
from cases import incoming, months
from click.testing import CliRunner

from kpi import cli, intake, publication
from kpi.publication import PublicationRefused, invariants, publish, restore, withdraw
from kpi.store import FOREVER, Store, StoreUnavailable

APRIL, MAY, JUNE = months(3)
REASON = "A recount after the audit"
MISTAKE = "Withdrawn by mistake"


@pytest.fixture
def books(store: Store):
    """Publish, withdraw and read children on a plan, month by month."""
    return Books(store)


class Books:
    def __init__(self, store: Store):
        self.store = store
        self.dataset = store.catalogue.datasets["child_protection"]

    def publish(self, *figures, sha, periods=(APRIL, MAY, JUNE)):
        rows = [
            {"period": at, "org_id": "CPC1", "cp_open": figure}
            for at, figure in zip(periods, figures, strict=False)
        ]
        item = incoming(self.dataset, rows, sha * 64, REASON)
        return publish(self.store, [item], "officer")[0].load_id

    def withdraw(self, load_id):
        withdraw(self.store, load_id, "officer", "Sent for the wrong council")
        return self.sound()

    def restore(self, load_id):
        restore(self.store, load_id, "analyst", MISTAKE)
        return self.sound()

    def sound(self):
        assert invariants(self.store) == []
        return self.figures()

    def figures(self, as_at=FOREVER):
        frame = self.store.observations(["cp_open"], ["herefordshire"], as_at)
        found = dict(frame.select("period", "value").iter_rows())
        return [found.get(at) for at in (APRIL, MAY, JUNE)]

    def load(self, load_id, as_at=FOREVER):
        return self.store.read("loads", as_at=as_at).filter(load_id=load_id).row(0, named=True)


# ---- which months a restored load speaks for ----


def test_a_withdrawal_is_undone_exactly(books):
    books.publish(10, 20, 30, sha="a")
    second = books.publish(11, 21, sha="b")
    assert books.withdraw(second) == [10, 20, 30]
    assert books.restore(second) == [11, 21, 30]


def test_the_only_load_comes_back(books):
    first = books.publish(10, sha="a")
    assert books.withdraw(first) == [None, None, None]
    assert books.restore(first) == [10, None, None]


def test_a_month_that_was_replaced_before_stays_replaced(books):
    first = books.publish(10, 20, 30, sha="a")
    books.publish(21, sha="b", periods=[MAY])
    assert books.withdraw(first) == [None, 21, None]
    assert books.restore(first) == [10, 21, 30]


def test_it_goes_before_what_was_published_meanwhile(books):
    first = books.publish(10, 20, sha="a")
    books.withdraw(first)
    books.publish(99, sha="b")
    assert books.figures() == [99, None, None]
    assert books.restore(first) == [10, 20, None]


def test_what_was_published_meanwhile_comes_back_when_it_is_withdrawn_again(books):
    """The load before it is the one that spoke before, though its number is higher."""
    first = books.publish(10, sha="a")
    books.withdraw(first)
    books.publish(99, sha="b")
    books.restore(first)
    assert books.withdraw(first) == [99, None, None]


def test_a_load_that_spoke_for_nothing_is_only_no_longer_withdrawn(books):
    books.publish(10, sha="a")
    second = books.publish(11, sha="b")
    third = books.publish(12, sha="c")
    assert books.withdraw(second) == [12, None, None]
    assert books.restore(second) == [12, None, None]
    assert books.withdraw(third) == [11, None, None]


def test_again_and_again(books):
    books.publish(10, sha="a")
    second = books.publish(11, sha="b")
    for _ in range(3):
        assert books.withdraw(second) == [10, None, None]
        assert books.restore(second) == [11, None, None]
    assert books.store.read("loads", as_at=FOREVER).height == 2
    assert books.withdraw(1) == [11, None, None]


# ---- the history of it ----


def test_every_state_can_be_seen_again(books):
    books.publish(10, sha="a")
    second = books.publish(11, sha="b")
    states = [(books.load(second)["loaded_at"], [11, None, None])]
    for act, expected in ((books.withdraw, 10), (books.restore, 11), (books.withdraw, 10)):
        act(second)
        entry = books.load(second)
        states.append((entry["withdrawn_at"] or entry["restored_at"], [expected, None, None]))
    for (moment, figures), (later, _) in zip(states, [*states[1:], (FOREVER, [])], strict=True):
        assert books.figures(moment) == figures
        assert books.figures(later - timedelta(microseconds=1)) == figures


def test_the_list_of_loads_tells_both_as_they_were(books):
    first = books.publish(10, sha="a")
    books.withdraw(first)
    withdrawn = books.load(first)
    assert (withdrawn["withdrawn_by"], withdrawn["restored_by"]) == ("officer", None)
    assert withdrawn["months_speaking"] == 0
    books.restore(first)
    restored = books.load(first)
    assert (restored["withdrawn_by"], restored["restored_by"]) == (None, "analyst")
    assert (restored["restored_reason"], restored["months_speaking"]) == (MISTAKE, 1)
    between = books.load(first, restored["restored_at"] - timedelta(microseconds=1))
    assert between == withdrawn
    assert books.store.table("withdrawal").height == books.store.table("restoration").height == 1
    log = books.store.table("audit").sort("audit_id", descending=True)
    acts = log.filter(pl.col("action") != "reference")["action"].to_list()
    assert acts == ["restore", "withdraw", "publish"]


def test_restored_bytes_speak_and_need_not_come_again(books):
    first = books.publish(10, sha="a")
    books.withdraw(first)
    assert publication.speaking(books.store, books.dataset, "a" * 64) is None
    books.restore(first)
    assert books.publish(10, sha="a") == first
    books.withdraw(first)
    assert books.publish(10, sha="a") == 2


def test_a_clock_set_back_changes_nothing(books):
    books.publish(10, sha="a")
    second = books.publish(11, sha="b")
    third = books.publish(12, sha="c")
    withdraw(books.store, second, "officer", REASON, at=datetime(2035, 1, 1))
    restore(books.store, second, "officer", REASON, at=datetime(2030, 1, 1))
    assert books.load(second)["withdrawn_at"] is None
    assert books.withdraw(third) == [11, None, None]


# ---- what is refused, and what is only tried ----


@pytest.mark.parametrize(
    ("load_id", "reason", "words"),
    [
        (99, MISTAKE, "There is no load 99"),
        (1, MISTAKE, "Load 1 is not withdrawn"),
        (2, "oops", "at least 10 characters"),
        (2, "   oops    ", "at least 10 characters"),
    ],
)
def test_a_restoration_that_cannot_be(books, load_id, reason, words):
    books.publish(10, sha="a")
    second = books.publish(11, sha="b")
    books.withdraw(second)
    version = books.store.data_version()
    with pytest.raises(PublicationRefused, match=words):
        restore(books.store, load_id, "officer", reason)
    assert books.store.data_version() == version


def test_a_load_is_restored_once(books):
    first = books.publish(10, sha="a")
    books.withdraw(first)
    books.restore(first)
    with pytest.raises(PublicationRefused, match="not withdrawn"):
        restore(books.store, first, "officer", MISTAKE)


def test_a_failure_inside_leaves_nothing(books, monkeypatch):
    first = books.publish(10, sha="a")
    books.withdraw(first)
    monkeypatch.setattr(publication, "_note", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        restore(books.store, first, "officer", MISTAKE)
    assert books.sound() == [None, None, None]


@pytest.mark.parametrize(
    ("act", "old", "new"),
    [(publication.withdrawing, 11, 10), (publication.restoring, 10, 11)],
)
def test_what_it_would_change_is_tried_and_undone(books, act, old, new):
    books.publish(10, sha="a")
    second = books.publish(11, sha="b")
    if act is publication.restoring:
        books.withdraw(second)
    version = books.store.data_version()
    tried = act(second, "preview", "a look at what would change")
    rows = intake.rehearsed(books.store, tried, ["child_protection"]).filter(kpi_id="cp_open")
    assert rows.select("period", "old_value", "new_value").rows() == [(APRIL, old, new)]
    assert books.store.data_version() == version
    assert books.sound() == [old, None, None]


# ---- the store ----


def test_a_store_from_before_learns_it(places, book):
    path = places.empty()
    store = Store(path, book)
    Books(store).publish(10, sha="a")
    Books(store).withdraw(1)

    def forget(work):
        for text in (
            "drop view withdrawn",
            "drop table restoration",
            "delete from migration where name like '0002%'",
        ):
            work._cursor.execute(text).fetchall()

    store.transact(forget)
    store.close()
    again = Store(path, book)
    assert Books(again).restore(1) == [10, None, None]
    again.close()


@pytest.mark.parametrize(
    ("table", "row", "fault"),
    [
        (
            "restoration",
            {"load_id": 1, "restored_by": "x", "restored_at": datetime(2030, 1, 1), "reason": "x"},
            "restoration: load 1 was not withdrawn before",
        ),
        (
            "withdrawal",
            {"load_id": 1, "withdrawn_by": "x", "withdrawn_at": datetime(2030, 1, 1), "reason": "x"},
            "withdrawal: load 1 is withdrawn, and still speaks",
        ),
    ],
)  # fmt: skip
def test_a_damaged_history_is_found_out(books, table, row, fault):
    books.publish(10, sha="a")
    books.store.transact(lambda work: work.append(table, pl.DataFrame([row])))
    assert invariants(books.store) == [fault]


# ---- the command line ----


def test_on_the_command_line(places, monkeypatch, book):
    monkeypatch.setenv("KPI_STORE", places.empty())
    store = Store(os.environ["KPI_STORE"], book)
    Books(store).publish(10, sha="a")
    store.close()

    def run(*arguments):
        return CliRunner().invoke(cli.main, list(arguments))

    early = run("restore-load", "1", "--reason", MISTAKE)
    assert (early.exit_code, "not withdrawn" in early.output) == (1, True)
    assert run("withdraw", "1", "--reason", REASON).exit_code == 0
    assert run("restore-load", "1").exit_code == 2
    assert run("restore-load", "1", "--reason", "no").exit_code == 1
    done = run("restore-load", "1", "--reason", MISTAKE, "--by", "analyst")
    assert (done.exit_code, done.output) == (
        0,
        "Load 1 is restored. It speaks again for the months that it lost.\n",
    )
    assert f"restored by analyst: {MISTAKE}" in run("loads").output
    assert run("check").output.startswith("The store is sound. Audit: ")


def test_a_newer_store_is_not_opened_by_an_older_dashboard(places, tmp_path, book, monkeypatch):
    path = places.empty()
    Store(path, book).close()
    (tmp_path / "schema").mkdir()
    core = (publication.stores.QUERIES / "schema" / "0001_core.sql").read_text(encoding="utf-8")
    (tmp_path / "schema" / "0001_core.sql").write_text(core, encoding="utf-8")
    monkeypatch.setattr(publication.stores, "QUERIES", tmp_path)
    with pytest.raises(StoreUnavailable, match=r"newer version of the dashboard \(000"):
        Store(path, book)
