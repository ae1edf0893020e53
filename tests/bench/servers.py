"""The servers that are measured beside each other: the dashboard, a bare page, the usual way."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from browser.serving import server
from cases import ROOT

HERE = ROOT / "tests" / "bench"


@contextmanager
def dashboard(store: Path) -> Iterator[tuple[str, int]]:
    """The address of a server of the dashboard, and its process."""
    with server(str(store), store.parent) as (address, process):
        yield address, process.pid


@contextmanager
def bare(folder: Path, pages: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """A bare page for each address, with what it is to show (see bare.py)."""
    spec = folder / "bare.json"
    spec.write_text(json.dumps(pages), encoding="utf-8")
    with server("", folder, script=str(HERE / "bare.py"), BARE_PAGES=str(spec)) as (at, process):
        yield at, process.pid


@contextmanager
def peer(folder: Path, cached: bool = False) -> Iterator[tuple[str, int]]:
    """The scorecard written by hand (see peer.py)."""
    kept = {"PEER_CACHED": "yes"} if cached else {}
    with server("", folder, script=str(HERE / "peer.py"), **kept) as (address, process):
        yield address, process.pid


def memory(process: int) -> float:
    """Megabytes that a process holds now; Linux says so."""
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def has_memory() -> bool:
    return os.path.exists("/proc/self/status")
