"""Copies of a store's file: named by their moments, the newest of each kind kept."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

BEFORE_UPGRADES = 5  # how many copies from before an upgrade are kept
NAMED = "%Y%m%dT%H%M%S%f"
UNFINISHED = ".kpi-"  # of the names of folders in which a copy is being made
LEFT = 24 * 3600  # seconds after which such a folder was left by a program that was killed


def before_upgrade(file: Path, at: datetime) -> Path:
    """Copy a store's file, which is at rest, to stand beside it as it was before an upgrade."""
    stem = f"{file.stem}-before-upgrade"
    copy = dated(file.parent, stem, at)
    with unfinished(copy) as part:
        shutil.copyfile(file, part)
    keep(file.parent, stem, BEFORE_UPGRADES, at)
    return copy


@contextmanager
def unfinished(path: Path) -> Iterator[Path]:
    """Where to make a file that gets its name, ``path``, only when it is whole and on the disk."""
    _clear(path.parent)
    with tempfile.TemporaryDirectory(prefix=UNFINISHED, dir=path.parent) as folder:
        part = Path(folder) / path.name
        yield part
        with part.open("rb+") as made:
            os.fsync(made.fileno())
        os.replace(part, path)


def _clear(folder: Path) -> None:
    """Take away what killed programs left: each would keep the room of a whole store."""
    for left in folder.glob(f"{UNFINISHED}*"):
        if left.is_dir() and time.time() - left.stat().st_mtime > LEFT:
            shutil.rmtree(left, ignore_errors=True)


def dated(folder: Path, stem: str, at: datetime) -> Path:
    """Where a copy of a moment goes."""
    return folder / f"{stem}-{at:{NAMED}}.duckdb"


def of(folder: Path, stem: str) -> list[tuple[datetime, Path]]:
    """The copies of one stem with their moments, the oldest first; no other file is one."""
    digits = "[0-9]" * 8 + "T" + "[0-9]" * 12
    found = folder.glob(f"{stem}-{digits}.duckdb")
    moments = ((path.stem.rpartition("-")[2], path) for path in found)
    return sorted((datetime.strptime(text, NAMED), path) for text, path in moments)


def keep(folder: Path, stem: str, most: int, at: datetime) -> None:
    """Delete all but the newest copies of one stem.

    Those of after ``at``, of a clock that was wrong, go first: else they would push out the real.
    """
    made = sorted(of(folder, stem), key=lambda one: (one[0] <= at, one))
    for _, path in made[:-most]:
        path.unlink()
