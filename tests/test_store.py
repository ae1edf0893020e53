"""Opening, keeping and reopening a store, and what stands in the way of it."""

import os
import subprocess
import sys
import textwrap
from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from cases import ROOT, incoming, months

from kpi import backup, catalogue, publication
from kpi.backup import BackupError
from kpi.store import FOREVER, Store, StoreUnavailable


@pytest.fixture
def path(tmp_path):
    return tmp_path / "folder" / "kpi.duckdb"


def filled(path, book):
    store = Store(str(path), book)
    dataset = book.datasets["child_protection"]
    rows = [{"period": months(1)[0], "org_id": "CPC1", "cp_open": 7}]
    publication.publish(store, [incoming(dataset, rows)], "officer")
    return store


def test_a_store_is_made_with_its_folder_and_opens_again(path, book):
    filled(path, book).close()
    again = Store(str(path), book)
    assert again.observations(["cp_open"], ["CPC1"])["value"].to_list() == [7.0]
    again.close()


def test_opening_again_changes_nothing(path, book):
    first = filled(path, book)
    version = first.data_version()
    first.close()
    again = Store(str(path), book)
    assert again.data_version() == version
    again.close()


def test_a_new_column_of_a_return_is_added_to_an_old_store(path, book):
    filled(path, book).close()
    dataset = book.datasets["child_protection"]
    new = catalogue.Column(name="cp_extra", type="count", help="A figure that came later")
    wider = replace(dataset, columns=(*dataset.columns, new))
    store = Store(str(path), replace(book, datasets={**book.datasets, "child_protection": wider}))
    row = store.published(wider, date(2024, 4, 1), date(2024, 4, 1)).row(0, named=True)
    assert (row["cp_open"], row["cp_extra"], row["cp_extra_state"]) == (7, None, None)
    store.close()


def test_reference_files_are_followed_but_targets_belong_to_the_council(tmp_path, book):
    reference = tmp_path / "reference"
    reference.mkdir()
    for source in book.folder.glob("*.csv"):
        (reference / source.name).write_bytes(source.read_bytes())
    path = tmp_path / "kpi.duckdb"
    here = replace(book, folder=reference)
    Store(str(path), here).close()
    (reference / "priorities.csv").write_text(
        "priority_id,name,answers,source\nP01,Renamed,Director,council\n", encoding="utf-8"
    )
    (reference / "targets.csv").write_text(
        "kpi_id,valid_from,target,tolerance,band_low,band_high,source\n", encoding="utf-8"
    )
    store = Store(str(path), here)
    assert store.read("priorities", as_at=FOREVER)["name"].to_list() == ["Renamed"]
    assert store.table("target").height == book.table("targets").height
    store.close()


def test_a_store_of_a_newer_version_is_left_alone(path, book):
    store = filled(path, book)
    entry = pl.DataFrame({"name": ["9999_later"], "applied_at": ["2030-01-01"]})
    store.transact(lambda work: work.append("migration", entry))
    store.close()
    with pytest.raises(StoreUnavailable, match="newer version"):
        Store(str(path), book)


def test_a_file_that_is_no_store(path, book):
    path.parent.mkdir()
    path.write_bytes(b"month,team\n2024-04,CPC1\n" * 1000)
    with pytest.raises(StoreUnavailable, match=r"kpi\.duckdb"):
        Store(str(path), book)


def test_a_store_in_use_by_another_process_names_it(path, book):
    filled(path, book).close()
    script = textwrap.dedent(f"""
        import sys
        from kpi import catalogue, settings
        from kpi.store import Store
        store = Store({str(path)!r}, catalogue.read(settings.read().reference))
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
            Store(str(path), book)
        holder.communicate("")


def test_a_read_only_folder(tmp_path, book, monkeypatch):
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


def test_a_backup_holds_everything_and_restores(path, tmp_path, book):
    store = filled(path, book)
    copy = backup.backup(store, tmp_path / "copy.duckdb")
    dataset = book.datasets["child_protection"]
    rows = [{"period": months(2)[1], "org_id": "CPC1", "cp_open": 8}]
    publication.publish(store, [incoming(dataset, rows, "b" * 64)], "officer")
    store.close()
    kept = backup.restore(copy, path, book)
    assert kept is not None and kept.exists()
    again = Store(str(path), book)
    assert again.observations(["cp_open"], ["CPC1"])["value"].to_list() == [7.0]
    again.close()


def test_a_backup_never_overwrites(path, tmp_path, book):
    store = filled(path, book)
    (tmp_path / "copy.duckdb").write_text("precious", encoding="utf-8")
    with pytest.raises(BackupError, match="exists already"):
        backup.backup(store, tmp_path / "copy.duckdb")
    store.close()


def test_half_a_backup_is_refused_and_the_store_stays(path, tmp_path, book):
    store = filled(path, book)
    copy = backup.backup(store, tmp_path / "copy.duckdb")
    store.close()
    copy.write_bytes(copy.read_bytes()[:9000])
    with pytest.raises(BackupError, match=r"cannot be restored|not sound"):
        backup.restore(copy, path, book)
    again = Store(str(path), book)
    assert again.observations(["cp_open"], ["CPC1"])["value"].to_list() == [7.0]
    again.close()
