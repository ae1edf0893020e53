"""Back-up and recovery: a copy of the whole store in one file, proven when made and when used."""

import logging
import os
import shutil
import tempfile
import threading
import time
from datetime import timedelta
from pathlib import Path

import polars as pl

from kpi import copies, lake, outage
from kpi import store as stores
from kpi.catalogue import Catalogue
from kpi.move import MoveRefused, move
from kpi.publication import invariants_of_all
from kpi.store import Store, StoreUnavailable, now

STEM = "backup"  # of the names of back-ups that are put into a folder
DAYS, DAY = 30, timedelta(days=1)
LOOK = 600  # seconds between two looks whether a back-up is due
LOG = logging.getLogger(__name__)


class BackupError(Exception):
    """The back-up cannot be written or read; the message says why."""


def backup(store: Store, path: Path, keep: int | None = None) -> Path:
    """Copy the store to ``path`` while it is in use, and prove the copy; returns where it is.

    In a folder the copy is named by its moment, and with ``keep`` only the newest so many of them
    stay. The copy of a lake is a file too. Raises BackupError.
    """
    if store.address == ":memory:":
        raise BackupError("A store in memory has no file to back up.")
    at = now()
    path = copies.dated(path, STEM, at) if path.is_dir() else path
    if path.exists():
        raise BackupError(f"{path} exists already. Choose another name; nothing was overwritten.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with copies.unfinished(path) as part:
            _copy(store, part)
            _prove(part, store.catalogue)
    except OSError as error:
        raise BackupError(
            f"{path} cannot be written: {error.strerror or error}. "
            "Make room there, or name another place."
        ) from error
    if keep:
        copies.keep(path.parent, STEM, keep, at)
    return path


def daily(store: Store, folder: Path) -> Path | None:
    """Back up into ``folder`` unless that was done in the last day; returns the back-up, if one.

    The newest thirty are kept. Raises BackupError, OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    # A copy of a moment that is still to come was named by a clock that was wrong.
    if any(timedelta() <= now() - at < DAY for at, _ in copies.of(folder, STEM)):
        return None
    return backup(store, folder, DAYS)


def keep_daily(store: Store, folder: Path) -> None:
    """While this process runs, keep back-ups of the last days; what hinders it is logged."""

    def work() -> None:
        while True:
            try:
                daily(store, folder)
            except (BackupError, StoreUnavailable, OSError) as error:
                LOG.error("No back-up was made: %s", error)
            time.sleep(LOOK)

    threading.Thread(target=work, name="backups", daemon=True).start()


def restore(source: Path, target: str, catalogue: Catalogue) -> Path | None:
    """Prove a back-up and put it in the place of ``target``; returns where the old one is kept.

    A lake must be an empty one, and keeps its own. Raises BackupError.
    """
    beside = None if lake.is_lake(target) else Path(target).parent
    if beside:
        beside.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".kpi-", dir=beside) as folder:
        trial = Path(folder) / "trial.duckdb"
        shutil.copyfile(source, trial)
        _prove(trial, catalogue, source)
        return _swap(trial, Path(target), catalogue) if beside else _fill(trial, target, catalogue)


def held(store: Store) -> str:
    """What a store holds, in words: its loads and their rows, which ``invariants`` counts."""
    loads = pl.concat([part.read("loads", as_at=stores.FOREVER) for part in store.councils()])
    return f"{loads.height:,} loads, {loads['row_count'].sum():,} rows"


def _copy(store: Store, path: Path) -> None:
    if not lake.is_lake(store.address):
        with store.at_rest():
            shutil.copyfile(store.address, path)
        return
    copy = Store(str(path), store.catalogue)
    try:
        move(store, copy)
    except MoveRefused as error:
        raise BackupError(str(error)) from error
    finally:
        copy.close()


def _prove(copy: Path, catalogue: Catalogue, named: Path | None = None) -> None:
    """Raise BackupError unless the copy, called ``named``, is a whole and sound store."""
    try:
        opened = Store(str(copy), catalogue)
        faults = invariants_of_all(opened)
        opened.close()
    except StoreUnavailable as error:
        raise BackupError(f"{named or copy} cannot be restored. {error}") from error
    if faults:
        raise BackupError(f"{named or copy} is not sound ({faults[0]}). Choose an older back-up.")


def _swap(trial: Path, target: Path, catalogue: Catalogue) -> Path | None:
    kept = None
    if target.exists():
        _refuse_in_use(target, catalogue)
        kept = target.with_name(f"{target.stem}-before-{now():{copies.NAMED}}{target.suffix}")
        _stand_aside(target, kept)
    os.replace(trial, target)
    return kept


def _refuse_in_use(target: Path, catalogue: Catalogue) -> None:
    """A store that another program holds open must not be swapped under it.

    One that cannot be opened for another reason is what a back-up is for.
    """
    try:
        Store(str(target), catalogue).close()
    except StoreUnavailable as error:
        if outage.is_in_use(error.__cause__):
            raise


def _stand_aside(target: Path, kept: Path) -> None:
    """Keep what is at ``target`` under another name; until it is replaced it has both.

    Its journal goes with it: beside another store it would be taken for that one's.
    """
    journal = target.with_name(f"{target.name}.wal")
    if journal.exists():
        os.replace(journal, kept.with_name(f"{kept.name}.wal"))
    try:
        os.link(target, kept)
    except OSError:
        shutil.copyfile(target, kept)


def _fill(trial: Path, target: str, catalogue: Catalogue) -> None:
    copy, whole = Store(str(trial), catalogue), Store(target, catalogue)
    try:
        move(copy, whole)
    except MoveRefused as error:
        raise BackupError(str(error)) from error
    finally:
        copy.close()
        whole.close()
