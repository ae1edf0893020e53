"""Back-up and recovery of a store that is one file."""

import os
import shutil
from pathlib import Path

from kpi.catalogue import Catalogue
from kpi.publication import invariants
from kpi.store import Store, StoreUnavailable, now


class BackupError(Exception):
    """The back-up cannot be written or read; the message says why."""


def backup(store: Store, path: Path) -> Path:
    """Copy the store to ``path`` while it is in use; no writer comes between."""
    if path.exists():
        raise BackupError(f"{path} exists already. Choose another name; nothing was overwritten.")
    if store.address == ":memory:":
        raise BackupError("A store in memory has no file to back up.")
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.unfinished")
    try:
        with store.at_rest():
            shutil.copyfile(store.address, unfinished)
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)
    return path


def restore(source: Path, target: Path, catalogue: Catalogue) -> Path | None:
    """Prove a back-up and put it in the place of ``target``; returns where the old one is kept."""
    trial = target.with_name(f"{target.stem}-restoring{target.suffix}")
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, trial)
    try:
        store = Store(str(trial), catalogue)
        faults = invariants(store)
        store.close()
        if faults:
            raise BackupError(f"{source} is not sound ({faults[0]}). Choose an older back-up.")
        kept = None
        if target.exists():
            _prove_free(target, catalogue)
            kept = target.with_name(f"{target.stem}-before-{now():%Y%m%dT%H%M%S}{target.suffix}")
            os.replace(target, kept)
        os.replace(trial, target)
    except StoreUnavailable as error:
        raise BackupError(f"{source} cannot be restored. {error}") from error
    finally:
        trial.unlink(missing_ok=True)
    return kept


def _prove_free(target: Path, catalogue: Catalogue) -> None:
    """A store that another program holds open must not be swapped under it."""
    Store(str(target), catalogue).close()
