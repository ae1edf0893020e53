"""A store in a lake is the store that was a file: every figure, to the last digit."""

import pytest
from cases import incoming, months
from click.testing import CliRunner

from kpi import backup, board, cli
from kpi import move as moves
from kpi.backup import BackupError
from kpi.move import MoveRefused, move
from kpi.publication import invariants, publish
from kpi.store import FOREVER, Store

MOMENTS = ("2023-07-11", "2024-09-30", None)


@pytest.fixture(scope="module")
def file(in_files, book):
    """The sample store as a file."""
    opened = Store(in_files.sample(), book)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def lake(places, book):
    """The sample store, filled as a lake from the same files."""
    opened = Store(places.sample(), book)
    yield opened
    opened.close()


@pytest.mark.parametrize("as_at", MOMENTS)
def test_every_figure_is_the_same_to_the_last_digit(file, lake, as_at):
    moment = board.moment(as_at)
    kpis, orgs = list(file.catalogue.kpis), file.read("orgs")["org_id"].unique().to_list()
    expected = board.observations(file, kpis, orgs, moment, role="officer")
    assert expected.height > 20_000
    assert board.observations(lake, kpis, orgs, moment, role="officer").equals(expected)


def test_registers_and_loads_are_the_same(file, lake):
    for name in file.catalogue.registers:
        assert lake.register(name).equals(file.register(name)), name
    assert lake.read("loads", as_at=FOREVER).equals(file.read("loads", as_at=FOREVER))


def test_a_move_is_proven_and_said(file, places, book):
    target = places.empty()
    answer = CliRunner().invoke(cli.main, ["move", file.address, target])
    assert answer.exit_code == 0, answer.output
    assert "the same in both" in answer.output
    moved = Store(target, book)
    assert moved.table("audit").sort("audit_id").equals(file.table("audit").sort("audit_id"))
    assert invariants(moved) == []
    again = CliRunner().invoke(cli.main, ["move", file.address, target])
    assert (again.exit_code, "holds loads already" in again.output) == (1, True)
    moved.close()


def test_a_move_that_differs_is_refused(store, in_files, book, monkeypatch):
    source = Store(in_files.empty(), book)
    dataset = book.datasets["child_protection"]
    rows = [{"period": months(1)[0], "org_id": "CPC1", "cp_open": 7}]
    publish(source, [incoming(dataset, rows)], "officer")
    append = type(store).transact

    def damaged(self, work):
        done = append(self, work)
        append(self, lambda act: act._cursor.execute("update child_protection set cp_open = 8"))
        return done

    monkeypatch.setattr(Store, "transact", damaged)
    with pytest.raises(MoveRefused, match="table child_protection differs"):
        move(source, store)
    source.close()


def test_a_backup_while_others_publish_is_one_moment_and_comes_back(
    places, book, tmp_path, monkeypatch
):
    """The copy of a lake is a file; it comes back into an empty lake."""
    lake = Store(places.empty(), book)
    dataset = book.datasets["child_protection"]
    first, second = ([{"period": month, "org_id": "CPC1", "cp_open": 7}] for month in months(2))
    publish(lake, [incoming(dataset, first)], "officer")
    other = Store(lake.address, book)
    digest = moves._digest
    acts = iter([lambda: publish(other, [incoming(dataset, second, "b" * 64)], "analyst")])

    def digested(*arguments):
        next(acts, lambda: None)()
        return digest(*arguments)

    monkeypatch.setattr(moves, "_digest", digested)
    copy = backup.backup(lake, tmp_path / "copy.duckdb")
    assert lake.read("loads", as_at=FOREVER).height == 2
    with pytest.raises(BackupError, match="holds loads already"):
        backup.restore(copy, lake.address, book)
    target = places.empty()
    answer = CliRunner(env={"KPI_STORE": target}).invoke(cli.main, ["restore", str(copy)])
    assert answer.output == "Restored and proven: 1 loads, 1 rows.\n"
    again = Store(target, book)
    assert again.observations(["cp_open"], ["CPC1"])["value"].to_list() == [7.0]
    assert invariants(again) == []
    for opened in (again, other, lake):
        opened.close()


def test_tidying_keeps_every_moment(lakes, book, tmp_path, monkeypatch):
    """Small files are put together; what was published at any moment stays readable."""
    monkeypatch.setenv("KPI_DATA_PATH", str(tmp_path / "own"))
    address = lakes.new()
    lake = Store(address, book)
    dataset = book.datasets["child_protection"]
    orgs = [f"CPC{number}" for number in range(1, 5)]
    for number, month in enumerate(months(12)):
        rows = [{"period": month, "org_id": org, "cp_open": number} for org in orgs]
        publish(lake, [incoming(dataset, rows, f"{number:064x}")], "officer")
    moments = lake.read("loads", as_at=FOREVER)["loaded_at"].to_list()
    before = [lake.observations(["cp_open"], orgs, at) for at in moments]
    answer = CliRunner(env={"KPI_STORE": address}).invoke(cli.main, ["tidy", "--days", "0"])
    assert answer.exit_code == 0, answer.output
    after = [lake.observations(["cp_open"], orgs, at) for at in moments]
    assert all(one.equals(other) for one, other in zip(before, after, strict=True))
    assert invariants(lake) == []
    lake.close()
