"""Files that were cut or altered, of a newer version, half copied; and clocks that were wrong."""

import os
import random
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from cases import incoming, months
from places import of_a_file
from torture import proof
from torture.ledger import Ledger, many

from kpi import backup, copies, publication
from kpi import store as stores
from kpi.backup import BackupError
from kpi.store import FOREVER, Store, StoreUnavailable

pytestmark = of_a_file
REASON = "A recount after the audit"


@pytest.fixture
def ground(tmp_path: Path, book) -> proof.Ground:
    return proof.made(tmp_path / "store", book)


def content(ground: proof.Ground) -> dict[str, list[tuple]]:
    """Every row of every table."""
    store = ground.open()
    names = store.read("columns")["table_name"].unique().sort()
    held = {name: sorted(store.table(name).rows(), key=repr) for name in names}
    store.close()
    return held


def outcome(victim: proof.Ground, before: dict[str, list[tuple]]) -> str:
    """Whether a damaged store is refused by ``check``, or all in it is what it was."""
    done = victim.victim("verify")
    done.begin(is_writing=False)
    answer = done.end()
    if answer.status:
        proof.told_plainly(answer)
        return "refused"
    assert answer.status == 0, f"check died: {answer}"
    assert content(victim) == before
    return "the same"


def tried(ground, folder, harm, times) -> dict[str, int]:
    before = content(ground)
    counts = {"refused": 0, "the same": 0}
    for number in range(times):
        victim = proof.copied(ground, folder / str(number))
        victim.path.write_bytes(harm(victim.path.read_bytes()))
        counts[outcome(victim, before)] += 1
    return counts


def test_a_file_that_was_cut(ground, tmp_path, ledger: Ledger):
    chance, times = random.Random(5), many(few=4, all=60)
    counts = tried(
        ground, tmp_path / "cut", lambda data: data[: chance.randrange(len(data))], times
    )
    ledger.note(
        "Store cut short", times, f"{counts['refused']} refused in a sentence, none misread"
    )
    assert counts["refused"]


def test_a_byte_that_was_altered(ground, tmp_path, ledger: Ledger):
    chance, times = random.Random(6), many(few=6, all=120)

    def flip(data: bytes) -> bytes:
        at = chance.randrange(len(data))
        return data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :]

    counts = tried(ground, tmp_path / "flip", flip, times)
    ledger.note(
        "One bit of a store altered",
        times,
        f"{counts['refused']} refused in a sentence, {counts['the same']} read as it was written",
    )
    assert sum(counts.values()) == times


def test_a_damaged_store_gives_way_to_a_backup(ground, tmp_path, book):
    store = ground.open()
    copy = backup.backup(store, tmp_path / "copy.duckdb")
    store.close()
    ground.path.write_bytes(ground.path.read_bytes()[:5000])
    journal = ground.path.with_name(f"{ground.path.name}.wal")
    journal.write_bytes(b"the journal of the damaged store")
    kept = backup.restore(copy, str(ground.path), book)
    assert kept and kept.stat().st_size == 5000
    assert not journal.exists()
    proof.proven(ground)


def test_half_a_backup(ground, tmp_path, book, ledger: Ledger):
    store = ground.open()
    copy = backup.backup(store, tmp_path / "copy.duckdb")
    store.close()
    chance, times, whole = random.Random(7), many(few=4, all=40), copy.read_bytes()
    for _ in range(times):
        copy.write_bytes(whole[: chance.randrange(len(whole) - 1)])
        with pytest.raises(BackupError, match=r"\.$"):
            backup.restore(copy, str(ground.path), book)
        proof.proven(ground)
    assert not list(ground.path.parent.glob(".kpi-*"))
    ledger.note("Half a back-up restored", times, "each refused, the store stayed as it was")


def newer(ground: proof.Ground) -> bytes:
    store = ground.open()
    row = pl.DataFrame({"name": ["9999_of_the_future"], "applied_at": [datetime(2099, 1, 1)]})
    store.transact(lambda work: work.append("migration", row))
    store.close()
    return ground.path.read_bytes()


def test_a_store_of_a_newer_version(ground, book, ledger: Ledger):
    before = newer(ground)
    with pytest.raises(StoreUnavailable, match=r"newer version .*9999_of_the_future.*KPI_STORE\.$"):
        ground.open()
    assert ground.path.read_bytes() == before
    ledger.note("Store of a newer version", 1, "refused in a sentence, left as it was")


def test_the_way_back_from_a_newer_version(ground, tmp_path, book):
    """An older version cannot open the store, and still puts its own copy in its place."""
    store = ground.open()
    copy = backup.backup(store, tmp_path / "copy.duckdb")
    store.close()
    newer(ground)
    assert backup.restore(copy, str(ground.path), book)
    proof.proven(ground)


# ---- clocks ----


def test_a_clock_set_back(ground, monkeypatch, ledger: Ledger):
    """Publications, withdrawals and what was seen between them stay in their order."""
    chance, times, dataset = random.Random(8), many(few=6, all=60), "child_protection"
    store = ground.open()
    seen: list[tuple[datetime, float]] = []
    for number in range(times):
        wrong = datetime(2030, 1, 1) + timedelta(days=chance.uniform(-4000, 4000))
        monkeypatch.setattr(stores, "now", lambda wrong=wrong: wrong)
        rows = [{"period": months(1)[0], "org_id": "CPC1", "cp_open": number}]
        item = incoming(ground.book.datasets[dataset], rows, f"{9000 + number:064x}", REASON)
        [done] = publication.publish(store, [item], "officer")
        ground.acknowledged.add(done.load_id)
        seen.append((done.loaded_at, number))
        if number % 3 == 2:
            publication.withdraw(store, done.load_id, "officer", REASON)
            ground.withdrawn.add(done.load_id)
    assert [at for at, _ in seen] == sorted(at for at, _ in seen)
    for moment, figure in seen:
        told = store.observations(["cp_open"], ["CPC1"], moment).filter(period=months(1)[0])
        assert told["value"].item() == figure
    assert store.read("loads", as_at=FOREVER).height == ground.months + times
    store.close()
    proof.proven(ground)
    ledger.note("Clock set to another year", times, "every earlier state is shown as it was")


def test_backups_after_a_clock_was_wrong(ground, tmp_path, monkeypatch):
    """The back-ups of a wrong year neither stop those of today nor push them out."""
    store, folder = ground.open(), tmp_path / "days"
    today = backup.now()
    for number in range(3):
        monkeypatch.setattr(backup, "now", lambda ahead=number: datetime(2099, 1, 1 + ahead))
        assert backup.daily(store, folder)
    monkeypatch.setattr(backup, "DAYS", 2)
    for number in range(2):
        monkeypatch.setattr(backup, "now", lambda ahead=number: today + timedelta(days=ahead))
        assert backup.daily(store, folder)
        assert backup.daily(store, folder) is None
    held = [moment for moment, _ in copies.of(folder, backup.STEM)]
    assert held == [today, today + timedelta(days=1)]
    store.close()


def test_a_copy_that_breaks_off_has_no_name(ground, tmp_path, book, monkeypatch):
    proof.made_older(ground)
    take = copies.shutil.copyfile

    def break_off(source, target):
        Path(target).write_bytes(Path(source).read_bytes()[:4000])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(copies.shutil, "copyfile", break_off)
    with pytest.raises(StoreUnavailable, match=r"no copy could be put beside .* Make room"):
        Store(str(ground.path), book)
    assert sorted(path.name for path in ground.path.parent.iterdir()) == ["kpi.duckdb"]
    monkeypatch.setattr(copies.shutil, "copyfile", take)
    proof.proven(ground)


def test_what_killed_backups_left_is_cleared(ground, tmp_path):
    old, new = tmp_path / ".kpi-old", tmp_path / ".kpi-new"
    for folder in (old, new):
        folder.mkdir()
        (folder / "part.duckdb").write_bytes(b"half a store")
    os.utime(old, (0, 0))
    store = ground.open()
    backup.backup(store, tmp_path / "copy.duckdb")
    store.close()
    assert (old.exists(), new.exists()) == (False, True)
