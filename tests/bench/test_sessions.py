"""Fifty readers at once, while an officer publishes each minute.

``BENCH_MINUTES`` (10): how long; ``BENCH_READERS`` (50): how many. Streamlit runs every page of
every session in one process, under one lock of Python: the same readers at a bare page with as many
cards and charts show how much of it is Streamlit's own.
"""

import asyncio
import os
import random
import shutil
import time
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

import apart
import pytest
from bench import painted, servers
from bench.ledger import TIMES, median, met, ms, p95, table
from bench.readers import Faulty, publish, reader
from march import FILE, more_plans
from websockets.exceptions import WebSocketException

MINUTES = float(os.environ.get("BENCH_MINUTES", "10"))
READERS = int(os.environ.get("BENCH_READERS", "50"))
LIMIT = 3.0  # target: the 95th percentile, times what the same step takes a single session
THINKING = (5.0, 25.0)  # seconds that somebody looks at a page
#: What readers do, each step as likely as it stands here often: pages, measures and filters.
STEPS = [
    ("", ""),
    ("", ""),
    ("measure", "kpi=cp_open"),
    ("measure", "kpi=caseload_mean"),
    ("measure", "kpi=rereferrals"),
    ("child-protection", ""),
    ("workforce", ""),
    ("changed", ""),
    ("plan", ""),
    ("", "as_at=2024-07-11"),
    ("measure", "kpi=cp_open&as_at=2024-07-11"),
    ("present", ""),
]


@dataclass
class Seen:
    """What happened: seconds of each step by page, errors, publications, and memory as it went."""

    took: dict[str, list[float]] = field(default_factory=dict)
    errors: Counter[str] = field(default_factory=Counter)
    published: list[float] = field(default_factory=list)
    memory: list[tuple[float, float]] = field(default_factory=list)
    bytes: int = 0

    def add(self, page: str, seconds: float) -> None:
        self.took.setdefault(page, []).append(seconds)

    @property
    def all(self) -> list[float]:
        return [one for some in self.took.values() for one in some]


async def alone(
    server: str, steps: Collection[tuple[str, str]] = tuple(dict.fromkeys(STEPS))
) -> dict[str, float]:
    """What each page takes one reader who has the server to themselves."""
    seen = Seen()
    async with reader(server) as one:
        for _ in range(TIMES):
            for page, query in steps:
                seen.add(page, await one.visit(page, query))
    return {page: median(some) for page, some in seen.took.items()}


async def together(server: str, process: int, officer: bool) -> Seen:
    """Readers who come one after the other, and look at pages until the time is over."""
    seen = Seen()
    end = time.monotonic() + 60 * MINUTES
    work = [_read(server, seen, end, seed) for seed in range(READERS)]
    if officer:
        work.append(_publish(server, seen, end))
    await asyncio.gather(*work, _weigh(process, seen, end))
    return seen


async def _read(server: str, seen: Seen, end: float, seed: int) -> None:
    chance = random.Random(seed)
    await asyncio.sleep(chance.uniform(0, THINKING[1]))
    try:
        async with reader(server) as one:
            while time.monotonic() < end:
                await asyncio.sleep(chance.uniform(*THINKING))
                page, query = chance.choice(STEPS)
                seen.add(page, await one.visit(page, query))
            seen.bytes += one.received
    except (Faulty, TimeoutError, OSError, WebSocketException) as error:
        seen.errors[f"{type(error).__name__}: {error}"[:200]] += 1


async def _publish(server: str, seen: Seen, end: float) -> None:
    """Another figure each minute, looked for on a page of the officer's own at once."""
    plans = 0
    while time.monotonic() + 30 < end:
        await asyncio.sleep(min(60, 30 * MINUTES))
        plans += 1
        begun = time.monotonic()
        try:
            async with reader(server) as officer:
                await publish(officer, FILE.name, more_plans(plans), "Plans were entered late")
                await officer.visit("child-protection")
                if str(139 + plans) not in officer.text():
                    seen.errors["a figure was stale"] += 1
        except (Faulty, TimeoutError, OSError, WebSocketException) as error:
            seen.errors[f"officer, {type(error).__name__}: {error}"[:300]] += 1
        seen.published.append(time.monotonic() - begun)


async def _weigh(process: int, seen: Seen, end: float) -> None:
    begun = time.monotonic()
    while time.monotonic() < end:
        if servers.has_memory():
            seen.memory.append((time.monotonic() - begun, servers.memory(process)))
        await asyncio.sleep(5)


@pytest.fixture(scope="module")
def pair(sample_copy, browser, tmp_path_factory):
    """Address and process of the dashboard and of the bare pages with as much on them."""
    folder = tmp_path_factory.mktemp("sessions")
    store = Path(shutil.copy(sample_copy, folder / "kpi.duckdb"))
    with servers.dashboard(store) as ours:
        contents = {}
        for address in dict.fromkeys(page for page, _ in STEPS):
            with painted.opened(browser) as page:
                painted.arrive(page, ours[0], address)
                contents[address] = painted.shown(page)
        with servers.bare(folder, contents) as bare:
            yield ours, bare


def test_sessions(pair):
    with table(
        "sessions",
        f"{READERS} readers for {MINUTES:g} minutes (ms until the server has sent a page)",
        *("server", "pages", "errors", "alone", "together", "95th percentile", "of alone"),
        *("published", "MB, middle", "MB, end"),
    ) as row:
        for name, (server, process), officer in zip(
            ("dashboard", "bare page"), pair, (True, False), strict=True
        ):
            single = apart.run(alone(server))
            seen = apart.run(together(server, process, officer))
            told(row, name, single, seen)


def told(row, name: str, single: dict[str, float], seen: Seen) -> None:
    """A row for all pages, and one for each; the ratio is that of each step to its own page."""
    ratios = [one / single[page] for page, some in seen.took.items() for one in some]
    held = [weight for _, weight in seen.memory] or [0]
    row(
        f"**{name}**",
        len(seen.all),
        dict(seen.errors) or "none",
        *(ms(median(list(single.values()))), ms(median(seen.all)), ms(p95(seen.all))),
        met(p95(ratios), LIMIT),
        *(len(seen.published), f"{held[len(held) // 2]:,.0f}", f"{held[-1]:,.0f}"),
    )
    for page, some in sorted(seen.took.items()):
        cells = (ms(single[page]), ms(median(some)), ms(p95(some)))
        row(
            page or "scorecard",
            len(some),
            "",
            *cells,
            met(p95(some) / single[page], LIMIT),
            "",
            "",
            "",
        )
