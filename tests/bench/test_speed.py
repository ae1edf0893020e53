"""Every page beside a bare Streamlit page that shows as many charts, cards and tables.

``BENCH_PAGES`` names some of the pages (their addresses, with commas); else it is all of them.
"""

import os
import shutil
from contextlib import ExitStack
from pathlib import Path

import pytest
from bench import painted, servers
from bench.ledger import in_turns, median, met, ms, table
from browser.access import NAVIGATION

FIRST, CHANGE = 1.2, 1.3  # targets: times the bare page
OFFICER = [page for page in NAVIGATION if "officer" in page.get("roles", ["officer"])]
ASKED = os.environ.get("BENCH_PAGES")
PAGES = ASKED.split(",") if ASKED is not None else [page["address"] for page in OFFICER]
#: Where each page change begins, so that all leave the same behind: a page of words (the change to
#: that one begins at the scorecard).
START = "accessibility"


@pytest.fixture(scope="module")
def pair(sample_copy, browser, tmp_path_factory):
    """Addresses of the dashboard and of the bare pages, and what each page shows."""
    folder = tmp_path_factory.mktemp("pages")
    store = Path(shutil.copy(sample_copy, folder / "kpi.duckdb"))
    with ExitStack() as stack:
        ours, _ = stack.enter_context(servers.dashboard(store))
        contents = {}
        for address in dict.fromkeys(["", *PAGES, START]):
            with painted.opened(browser) as page:
                painted.arrive(page, ours, address)
                contents[address] = painted.shown(page)
        bare, _ = stack.enter_context(servers.bare(folder, contents))
        yield ours, bare, contents


@pytest.fixture(scope="module")
def told():
    with table(
        "pages",
        "Pages beside a bare Streamlit page (ms until all is painted)",
        *("page", "charts, cards, tables", "first visit", "bare", "ratio"),
        *("page change", "bare", "ratio"),
    ) as row:
        ratios: list[tuple[float, float]] = []
        yield row, ratios
        first, change = (median(one) for one in zip(*ratios, strict=True))
        row("**median of the pages**", "", "", "", met(first, FIRST), "", "", met(change, CHANGE))


@pytest.mark.parametrize("address", PAGES)
def test_page(browser, pair, told, address):
    ours, bare, contents = pair
    row, ratios = told
    firsts = in_turns(
        *(lambda at=at: painted.first_visit(browser, at, address) for at in (ours, bare))
    )
    start = START if address != START else ""
    with painted.opened(browser) as page, painted.opened(browser) as other:
        for one, at in ((page, ours), (other, bare)):
            painted.arrive(one, at, start)

        def change(one) -> float:
            took = painted.page_change(one, address)
            painted.page_change(one, start)
            return took

        changes = in_turns(lambda: change(page), lambda: change(other))
    first, first_bare, again, again_bare = map(median, firsts + changes)
    ratios.append((first / first_bare, again / again_bare))
    what = contents[address]
    row(
        address or "scorecard",
        f"{len(what['charts'])}, {what['cards']}, {len(what['tables'])}",
        *(ms(first), ms(first_bare), met(first / first_bare, FIRST)),
        *(ms(again), ms(again_bare), met(again / again_bare, CHANGE)),
    )
