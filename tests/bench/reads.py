"""What each page reads from a store, and how long that takes: for a store of any size.

``python -m tests.bench.reads STORE`` prints it as a table; ``of_pages`` gives the figures. The pages
run as they are, in Streamlit's own test harness, with nothing remembered.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import Any
from unittest import mock

import streamlit as st
from streamlit.testing.v1 import AppTest

from kpi import board, running
from kpi.store import Store

ROOT = Path(__file__).parents[2]
ROUTER = ROOT / "kpi" / "ui" / "router.py"
PATIENCE = 600


@dataclass
class Reads:
    """Each question that a page asked the store, and each finished frame of observations.

    Each as seconds that went by, and seconds of processor time over all cores, which a busy
    computer changes less.
    """

    questions: list[tuple[float, float]] = field(default_factory=list)
    frames: list[tuple[float, float]] = field(default_factory=list)
    whole: float = 0.0

    @property
    def asked(self) -> float:
        """Seconds of all questions together."""
        return sum(seconds for seconds, _ in self.questions)

    @property
    def frame(self) -> tuple[float, float]:
        """The slowest frame: rows read, rated, with limits and signals."""
        return max(self.frames, default=(0.0, 0.0))


def of_pages(store: str, pages: Sequence[str], times: int = 1) -> dict[str, list[Reads]]:
    """What each page (its file below ``pages/``) reads of the store at an address, each time anew."""
    with mock.patch.dict(os.environ, {"KPI_STORE": store}):
        opened = running.opened()[1]
        app = AppTest.from_file(str(ROUTER), default_timeout=PATIENCE).run()
        try:
            return {page: [once(app, page) for _ in range(times)] for page in pages}
        finally:
            opened.close()
            running._open.cache_clear()
            st.cache_resource.clear()


def once(app: AppTest, page: str) -> Reads:
    st.cache_resource.clear()
    with noted() as reads:
        start = time.perf_counter()
        app.switch_page(str(ROOT / "pages" / page)).run()
        reads.whole = time.perf_counter() - start
    if app.exception:
        raise RuntimeError(f"{page}: {app.exception[0].message}")
    return reads


@contextmanager
def noted() -> Iterator[Reads]:
    """Every question to a store and every finished frame is timed meanwhile."""
    reads = Reads()
    with (
        mock.patch.object(Store, "_read", timed(Store._read, reads.questions)),
        mock.patch.object(board, "observations", timed(board.observations, reads.frames)),
    ):
        yield reads


def timed(work: Callable[..., Any], kept: list[tuple[float, float]]) -> Callable[..., Any]:
    @wraps(work)
    def run(*given: Any, **named: Any) -> Any:
        start, used = time.perf_counter(), time.process_time()
        try:
            return work(*given, **named)
        finally:
            kept.append((time.perf_counter() - start, time.process_time() - used))

    return run


if __name__ == "__main__":
    sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
    from bench.test_reads import told

    told(sys.argv[1], "reads", f"What pages read of {sys.argv[1]}")
