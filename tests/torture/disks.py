"""Disks with little room: a small file system of its own where that may be made, else a limit."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

LARGE = 64 * 1024 * 1024


@dataclass
class Disk:
    """A folder that has only so much room beyond what lies there."""

    folder: Path
    is_own: bool

    @contextmanager
    def with_room(self, room: int) -> Iterator[dict[str, str]]:
        """While it lasts the folder takes ``room`` bytes more; gives what an act has to know."""
        if not self.is_own:
            largest = max(path.stat().st_size for path in self.folder.rglob("*"))
            yield {"KPI_TORTURE_LARGEST": str(largest + room)}
            return
        held = sum(path.stat().st_blocks * 512 for path in self.folder.rglob("*"))
        self._resize(held + room)
        yield {}
        self._resize(LARGE)

    def _resize(self, size: int) -> None:
        _run("mount", "-o", f"remount,size={size // 1024}k", str(self.folder))


@contextmanager
def disk(folder: Path) -> Iterator[Disk]:
    """An empty disk at ``folder``."""
    folder.mkdir(parents=True)
    try:
        _run("mount", "-t", "tmpfs", "-o", f"size={LARGE}", "tmpfs", str(folder))
    except (OSError, subprocess.CalledProcessError):
        pytest.importorskip("resource")
        yield Disk(folder, is_own=False)
        return
    try:
        yield Disk(folder, is_own=True)
    finally:
        _run("umount", str(folder))


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
