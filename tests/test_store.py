"""Opening, keeping and reopening a store, and what stands in the way of it."""

import os
import re
import subprocess
import sys
import textwrap
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import duckdb
import polars as pl
import pytest
from cases import ROOT, incoming, months
from places import of_a_file

from kpi import backup, catalogue, copies, publication
from kpi.backup import BackupError
from kpi.store import FOREVER, Store, StoreUnavailable, now


@pytest.fixture
def path(places):
    return places.empty()


def filled(path, book):
    store = Store(path, book)
    dataset = book.datasets["child_protection"]
    rows = [{"period": months(1)[0], "org_id": "CPC1", "cp_open": 7}]
    publication.publish(store, [incoming(dataset, rows)], "officer")
    return store


def test_a_store_is_made_with_its_folder_and_opens_again(path, book):
    filled(path, book).close()
    again = Store(path, book)
    assert again.observations(["cp_open"], ["CPC1"])["value"].to_list() == [7.0]
    again.close()


def test_opening_again_changes_nothing(path, book):
    first = filled(path, book)
    version = first.data_version()
    first.close()
    again = Store(path, book)
    assert again.data_version() == version
    again.close()


def test_a_new_column_of_a_return_is_added_to_an_old_store(path, book):
    filled(path, book).close()
    dataset = book.datasets["child_protection"]
    new = catalogue.Column(name="cp_extra", type="count", help="A figure that came later")
    wider = replace(dataset, columns=(*dataset.columns, new))
    store = Store(path, replace(book, datasets={**book.datasets, "child_protection": wider}))
    row = store.published(wider, date(2024, 4, 1), date(2024, 4, 1)).row(0, named=True)
    assert (row["cp_open"], row["cp_extra"], row["cp_extra_state"]) == (7, None, None)
    store.close()


def test_reference_files_are_followed_but_targets_belong_to_the_council(path, tmp_path, book):
    reference = tmp_path / "reference"
    reference.mkdir()
    for source in book.folder.glob("*.csv"):
        (reference / source.name).write_bytes(source.read_bytes())
    here = replace(book, folder=reference)
    Store(path, here).close()
    (reference / "priorities.csv").write_text(
        "priority_id,name,answers,source\nP01,Renamed,Director,council\n", encoding="utf-8"
    )
    (reference / "targets.csv").write_text(
        "kpi_id,valid_from,target,tolerance,band_low,band_high,source\n", encoding="utf-8"
    )
    store = Store(path, here)
    assert store.read("priorities", as_at=FOREVER)["name"].to_list() == ["Renamed"]
    assert store.table("target").height == book.table("targets").height
    store.close()


def test_a_store_of_a_newer_version_is_left_alone(path, book):
    store = filled(path, book)
    entry = pl.DataFrame({"name": ["9999_later"], "applied_at": ["2030-01-01"]})
    store.transact(lambda work: work.append("migration", entry))
    store.close()
    with pytest.raises(StoreUnavailable, match="newer version"):
        Store(path, book)


@of_a_file
def test_a_file_that_is_no_store(path, book):
    Path(path).parent.mkdir()
    Path(path).write_bytes(b"month,team\n2024-04,CPC1\n" * 1000)
    with pytest.raises(StoreUnavailable, match=r"kpi\.duckdb"):
        Store(path, book)


@of_a_file
def test_a_store_in_use_by_another_process_names_it(path, book):
    filled(path, book).close()
    script = textwrap.dedent(f"""
        import sys
        from kpi import catalogue, settings
        from kpi.store import Store
        store = Store({path!r}, catalogue.read(settings.read().reference))
        print("open", flush=True)
        sys.stdin.read()
    """)
    with subprocess.Popen(
        [sys.executable, "-c", script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=os.environ,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        with pytest.raises(StoreUnavailable, match=rf"in use by another program.*{holder.pid}"):
            Store(path, book)
        holder.communicate("")


def test_a_read_only_folder(tmp_path, book):
    """As root no folder is read-only, so a path under a file stands in where we are root."""
    if os.geteuid() == 0:
        blocker = tmp_path / "file"
        blocker.write_text("not a folder", encoding="utf-8")
        target = blocker / "kpi.duckdb"
    else:
        tmp_path.chmod(0o500)
        target = tmp_path / "kpi.duckdb"
    with pytest.raises(StoreUnavailable, match=r"cannot be (used|written)"):
        Store(str(target), book)


@of_a_file
def test_a_full_disk_holds_up_writers_only_until_there_is_room(path, book, full_disk):
    dataset = book.datasets["child_protection"]
    store, over, faults = Store(path, book), threading.Event(), []

    def publish(number):
        rows = [{"period": month, "org_id": "CPC1", "cp_open": number} for month in months(200)]
        item = incoming(dataset, rows, f"{number:064x}", "Published on a disk that fills")
        return publication.publish(store, [item], "officer")[0].is_new

    def read():
        while not over.is_set():
            try:
                store.read("loads", as_at=FOREVER)
            except StoreUnavailable as error:
                faults.append(str(error))

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    held = 0
    try:
        for _ in range(3):
            grown = max(file.stat().st_size for file in Path(path).parent.iterdir())
            with full_disk(grown + 100_000), pytest.raises(StoreUnavailable, match="is full"):
                while publish(held + 1):
                    held += 1
                pytest.fail("the disk never filled")
            assert store.read("loads", as_at=FOREVER).height == held
            assert publish(held + 1)
            held += 1
    finally:
        over.set()
        for reader in readers:
            reader.join()
    # A reader whose statement was torn hears of it once; nobody is cut off.
    assert all("is full. Free some space" in fault for fault in faults)
    assert publication.invariants(store) == []
    store.close()


@of_a_file
def test_a_backup_holds_everything_and_restores(path, tmp_path, book):
    store = filled(path, book)
    copy = backup.backup(store, tmp_path / "copy.duckdb")
    dataset = book.datasets["child_protection"]
    rows = [{"period": months(2)[1], "org_id": "CPC1", "cp_open": 8}]
    publication.publish(store, [incoming(dataset, rows, "b" * 64)], "officer")
    store.close()
    kept = backup.restore(copy, path, book)
    assert kept is not None and kept.exists()
    again = Store(path, book)
    assert again.observations(["cp_open"], ["CPC1"])["value"].to_list() == [7.0]
    again.close()


def test_a_backup_never_overwrites(path, tmp_path, book):
    store = filled(path, book)
    (tmp_path / "copy.duckdb").write_text("precious", encoding="utf-8")
    with pytest.raises(BackupError, match="exists already"):
        backup.backup(store, tmp_path / "copy.duckdb")
    store.close()


def test_a_folder_keeps_the_newest_backups(path, tmp_path, book):
    store = filled(path, book)
    (tmp_path / "backup-of-our-own.duckdb").write_text("precious", encoding="utf-8")
    made = [backup.backup(store, tmp_path, keep=2) for _ in range(4)]
    assert sorted(tmp_path.glob("backup-2*")) == made[2:]
    assert (tmp_path / "backup-of-our-own.duckdb").exists()
    assert not list(tmp_path.glob(".kpi-*"))
    store.close()


def test_a_backup_a_day_while_readers_and_writers_go_on(path, tmp_path, book):
    store = filled(path, book)
    dataset, folder = book.datasets["child_protection"], tmp_path / "days"
    stop = threading.Event()

    def write():
        for number, month in enumerate(months(200)[1:]):
            rows = [{"period": month, "org_id": "CPC1", "cp_open": number}]
            publication.publish(store, [incoming(dataset, rows, f"{number:064x}")], "officer")
            if stop.is_set():
                return

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        made = backup.daily(store, folder)
        assert backup.daily(store, folder) is None
        stop.set()
        writing.result()
    assert made
    copy = Store(str(made), book)
    assert publication.invariants(copy) == []
    assert copy.read("loads", as_at=FOREVER).height >= 1
    copy.close()
    made.rename(copies.dated(folder, backup.STEM, now() - timedelta(hours=25)))
    assert backup.daily(store, folder)
    assert len(list(folder.iterdir())) == 2
    store.close()


@of_a_file
def test_a_store_is_copied_before_it_is_upgraded(path, book):
    store = filled(path, book)
    known = set(store.table("migration")["name"])
    for text in ("drop table pack", "delete from migration where name = '0005_packs'"):
        store.transact(lambda work, text=text: work._cursor.execute(text).fetchall())
    store.close()
    upgraded = Store(path, book)
    assert set(upgraded.table("migration")["name"]) == known
    upgraded.close()
    (copy,) = set(Path(path).parent.glob("*.duckdb")) - {Path(path)}
    assert re.fullmatch(r"kpi-before-upgrade-\d{8}T\d{12}\.duckdb", copy.name)
    with duckdb.connect(str(copy), read_only=True) as older:
        names = older.execute("select name from migration").fetchall()
        assert {name for (name,) in names} == known - {"0005_packs"}
        assert older.execute("select count(*) from load").fetchall() == [(1,)]


@of_a_file
def test_half_a_backup_is_refused_and_the_store_stays(path, tmp_path, book):
    store = filled(path, book)
    copy = backup.backup(store, tmp_path / "copy.duckdb")
    store.close()
    copy.write_bytes(copy.read_bytes()[:9000])
    with pytest.raises(BackupError, match=r"cannot be restored|not sound"):
        backup.restore(copy, path, book)
    again = Store(path, book)
    assert again.observations(["cp_open"], ["CPC1"])["value"].to_list() == [7.0]
    again.close()
