"""A real server on a port of its own, and when a page is whole."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cases import ROOT
from playwright.sync_api import Page

SIZES = {"laptop": (1366, 768), "projector": (1920, 1080), "telephone": (390, 844)}
MANIFEST = (ROOT / "data" / "sample" / "loads.csv").read_text(encoding="utf-8").splitlines()
LOADS = len(MANIFEST) - 1  # loads of the sample store
PLANS = next(at for at, line in enumerate(MANIFEST) if line.startswith("child_protection/2025-03"))
START = 60  # seconds that a server may take to answer on a busy machine
STOP = 10


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serving(store: Path, **environment: str) -> Iterator[str]:
    """The address of a server on a port of its own (or PORT), stopped at the end."""
    with server(str(store), store.parent, **environment) as (address, _):
        yield address


@contextmanager
def server(
    store: str, logs: Path, script: str = "dashboard.py", **environment: str
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A server's address and its process; fails with what it said if it dies."""
    port = environment.get("PORT") or free_port()
    log = logs / f"server.{port}.log"
    command = [sys.executable, "-m", "streamlit", "run", script, f"--server.port={port}"]
    with (
        log.open("w", encoding="utf-8") as output,
        subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | {"KPI_STORE": store} | environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            _await(f"http://127.0.0.1:{port}/_stcore/health", process, log)
            yield f"http://127.0.0.1:{port}", process
        finally:
            _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End a server; by force where it waits for a browser that has connected and asks nothing."""
    process.terminate()
    try:
        process.wait(STOP)
    except subprocess.TimeoutExpired:
        process.kill()


def _await(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + START
    while time.monotonic() < end:
        if process.poll() is not None:
            pytest.fail(f"the server died:\n{log.read_text(encoding='utf-8')}")
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"the server did not answer:\n{log.read_text(encoding='utf-8')}")


def settled(page: Page) -> None:
    """Wait until the script has run, every chart is drawn, and one heading says what the page is."""
    page.wait_for_selector("h1", timeout=90_000)
    page.wait_for_function(
        "() => document.querySelector('[data-test-script-state=\"notRunning\"]')"
        " && !document.querySelector('[data-stale=\"true\"]')"
        " && [...document.querySelectorAll('.js-plotly-plot')]"
        ".every(plot => plot.querySelector('.main-svg'))",
        timeout=90_000,
    )


def still(page: Page) -> None:
    """Wait until nothing moves: what opens around a list shuts it, and a press on it is none; a
    button that moves between press and release is not pressed.
    """
    page.wait_for_function(
        "() => document.getAnimations().every(one => one.playState !== 'running'"
        " || one.effect.getComputedTiming().endTime === Infinity)"
    )
