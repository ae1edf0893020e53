"""How soon a server answers after its start, and how much memory it holds for its readers."""

import asyncio
import shutil
import time
import urllib.request
from collections.abc import Callable
from contextlib import AsyncExitStack, ExitStack
from functools import partial
from pathlib import Path

import apart
import pytest
from bench import servers
from bench.ledger import in_turns, median, table
from bench.readers import reader

MANY = 50
BARE = {"": {"charts": [], "cards": 40, "tables": []}}
needs_proc = pytest.mark.skipif(not servers.has_memory(), reason="/proc tells the memory")


@pytest.fixture(scope="module")
def kinds(sample_copy, tmp_path_factory) -> dict[str, Callable]:
    """The servers that are measured, by name: each opens one over files of its own."""
    folder = tmp_path_factory.mktemp("start")
    store = Path(shutil.copy(sample_copy, folder / "kpi.duckdb"))
    return {
        "dashboard": partial(servers.dashboard, store),
        "bare page": partial(servers.bare, folder, BARE),
        "pandas and CSV files": partial(servers.peer, folder),
    }


def test_start(kinds):
    def until_first_page(kind: Callable) -> tuple[float, float]:
        begun = time.perf_counter()
        with kind() as (address, _):
            with urllib.request.urlopen(f"{address}/"):
                answered = time.perf_counter() - begun
            apart.run(_once(address))
            return answered, time.perf_counter() - begun

    found = in_turns(*(partial(until_first_page, kind) for kind in kinds.values()))
    with table(
        "start", "Start of the server (s, median)", "server", "answers", "first page"
    ) as row:
        for name, pairs in zip(kinds, found, strict=True):
            answered, paged = (median(one) for one in zip(*pairs, strict=True))
            row(name, f"{answered:.2f}", f"{paged:.2f}")


async def _once(address: str) -> None:
    async with reader(address):
        pass


@needs_proc
def test_memory(kinds):
    with (
        table(
            "memory", "Memory (MB)", "server", "1 session", f"{MANY} sessions", "a session"
        ) as row,
        ExitStack() as stack,
    ):
        for name, kind in kinds.items():
            address, process = stack.enter_context(kind())
            one, many = apart.run(_held(address, process))
            row(name, f"{one:,.0f}", f"{many:,.0f}", f"{(many - one) / (MANY - 1):.2f}")


async def _held(address: str, process: int) -> tuple[float, float]:
    """Memory with one session and with many, all open and each a page further."""
    async with AsyncExitStack() as stack:
        found = []
        for count in range(MANY):
            one = await stack.enter_async_context(reader(address))
            await one.again()
            if count in (0, MANY - 1):
                await asyncio.sleep(2)
                found.append(servers.memory(process))
        return found[0], found[-1]
