"""No session shows a figure of before a publication: ten look on while an officer publishes."""

import asyncio
import re
from contextlib import AsyncExitStack

import apart
import pytest
from bench.readers import Reader, publish, reader
from march import more_plans

pytestmark = pytest.mark.browser

#: Pages that ten sessions have open, each with what it says of plans before and after.
OPEN = [("", ""), ("child-protection", ""), ("measure", "kpi=cp_open")]
BEFORE, AFTER = 139, 142


async def look_on(server: str) -> None:
    async with AsyncExitStack() as stack:
        found: list[Reader] = [
            await stack.enter_async_context(reader(server, *OPEN[at % len(OPEN)]))
            for at in range(10)
        ]
        assert all(said(one, BEFORE) and not said(one, AFTER) for one in found)
        officer = await stack.enter_async_context(reader(server))
        await publish(
            officer, "child_protection.csv", more_plans(AFTER - BEFORE), "Plans came late"
        )
        # The next run of each, whatever it is: the same page again, or another.
        await asyncio.gather(*(one.again() for one in found[:5]))
        await asyncio.gather(*(one.visit("child-protection") for one in found[5:]))
        assert all(said(one, AFTER) and not said(one, BEFORE) for one in found)


def said(one: Reader, plans: int) -> bool:
    """Whether a page says how many children are on a plan: on a card or in its first sentence."""
    figure = rf'kpi-figure">{plans}<|<h1[^>]*>[^<]*\b{plans}\b[^<]*</h1>'
    return re.search(figure, one.text()) is not None


def test_ten_sessions_show_a_publication_at_their_next_run(own_address):
    apart.run(look_on(own_address))
