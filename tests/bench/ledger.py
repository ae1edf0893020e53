"""How the benchmarks measure side by side, and what they write down."""

import os
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

import click
from cases import ROOT

TIMES = int(os.environ.get("BENCH_TIMES", "7"))
FOLDER = ROOT / "test-results" / "bench"
Row = Callable[..., None]
T = TypeVar("T")


@contextmanager
def table(name: str, title: str, *columns: str) -> Iterator[Row]:
    """A Markdown table, printed as its rows come and kept in ``test-results/bench/NAME.md``.

    The load of the computer stands over it and under it: what else ran makes everything slower, so
    that only the ratios of what was measured turn by turn hold on another day.
    """
    lines: list[str] = []

    def say(line: str) -> None:
        lines.append(line)
        click.echo(line)

    def row(*cells: object) -> None:
        say(f"| {' | '.join(map(str, cells))} |")

    say(f"\n## {title}\n\n{load('before')}\n")
    row(*columns)
    row(*("---" for _ in columns))
    try:
        yield row
    finally:
        say(f"\n{load('after')}\n")
        FOLDER.mkdir(parents=True, exist_ok=True)
        (FOLDER / f"{name}.md").write_text("\n".join(lines).lstrip() + "\n", encoding="utf-8")


def load(when: str) -> str:
    """What the computer was doing: processes that wanted to run in the last minute, per core."""
    if not hasattr(os, "getloadavg"):
        return f"Load {when}: not known on this system."
    cores = os.cpu_count() or 1
    return f"Load {when}: {os.getloadavg()[0]:.1f} on {cores} cores."


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def in_turns(*works: Callable[[], T], times: int = TIMES) -> list[list[T]]:
    """What each measured, turn by turn, so that whatever else the computer does meets all alike."""
    found: list[list[T]] = [[] for _ in works]
    for _ in range(times):
        for kept, work in zip(found, works, strict=True):
            kept.append(work())
    return found


def median(measured: Sequence[float]) -> float:
    return statistics.median(measured)


def p95(measured: Sequence[float]) -> float:
    """The 95th percentile: one of the measured values, the smallest that 95 of 100 do not exceed."""
    return sorted(measured)[max(0, -(-95 * len(measured) // 100) - 1)]


def met(ratio: float, limit: float) -> str:
    """A ratio beside its target; a target that is missed is written down, not failed."""
    return f"{ratio:.2f} ({'met' if ratio <= limit else 'not met'}: {limit:g})"


def ms(value: float) -> str:
    return f"{1000 * value:,.0f}"
