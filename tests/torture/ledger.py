"""What was tried and how it went, and the document that tells it."""

import os
import time
from collections.abc import Callable
from pathlib import Path

#: ``make torture`` tries all of it; ``make test`` a slice.
IS_ALL = os.environ.get("KPI_TORTURE") == "all"
DOCUMENT = Path(__file__).parents[2] / "docs" / "reliability.md"
HEAD = """# What the store withstood

Written by `make torture`, which does all of this anew; a slice of it runs in `make test`. After
every blow the store is opened and proven: `check` finds nothing, every publication that was
acknowledged is there, none is there twice, and the audit log is a whole chain. Where a file itself
was damaged, it is refused in one sentence, or what is read is what was written.

| what was done | times | what came of it | seconds |
| --- | ---: | --- | ---: |
"""
FOOT = """
Not tried here: a disk that says it has written and has not, and a computer that loses power with
such a disk. Of a journal (`.wal`) that was cut by such a disk, the publications after the cut are
gone; the seal that `check` prints, kept elsewhere, tells.
"""


def many(few: int, all: int) -> int:
    """How often: few times in the slice."""
    return all if IS_ALL else few


class Ledger:
    """Lines of the document, in the order of the tests."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock, self._begun = clock, clock()
        self.lines: list[str] = []

    def start(self) -> None:
        self._begun = self._clock()

    def note(self, what: str, times: int, outcome: str) -> None:
        seconds = self._clock() - self._begun
        self.lines.append(f"| {what} | {times:,} | {outcome} | {seconds:.0f} |")

    def write(self) -> None:
        DOCUMENT.write_text(HEAD + "\n".join(self.lines) + "\n" + FOOT, encoding="utf-8")
