"""When a page is painted, in a real browser: the last chart, card or table that came onto it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from browser.serving import SIZES
from playwright.sync_api import Browser, Page

QUIET = 0.25  # seconds without a change after which a page counts as whole
PATIENCE = 180_000

#: Notes when what was last put onto the page was painted: the frame after the change, once it is
#: on screen. Charts tell by their ``main-svg`` that they are drawn.
WATCH = """(() => {
  const bench = (window.bench = { painted: 0, waiting: false, script: "" });
  const inPage = (node) => (node.nodeType === 1 ? node : node.parentElement)
    ?.closest('[data-testid="stMain"]');
  new MutationObserver((changes) => {
    if (bench.waiting || !changes.some((change) => inPage(change.target))) return;
    bench.waiting = true;
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => { bench.waiting = false; bench.painted = performance.now(); };
      channel.port2.postMessage(0);
    });
  }).observe(document, { childList: true, characterData: true, subtree: true });
  bench.whole = (quiet, address) => location.pathname === address && bench.painted
    && !bench.waiting && performance.now() - bench.painted > quiet
    && document.querySelector('[data-test-script-state="notRunning"]')
    && !document.querySelector('[data-stale="true"], [data-testid="stSkeleton"]')
    && document.querySelector("h1")
    && [...document.querySelectorAll(".js-plotly-plot")].every((p) => p.querySelector(".main-svg"));
  bench.go = (address) => {
    Object.assign(bench, { painted: 0, start: performance.now() });
    history.pushState({}, "", address);
    dispatchEvent(new PopStateEvent("popstate"));
  };
})()"""

#: What a page shows that a bare page can show too; tables that are folded away count as well.
SHOWN = """() => ({
  charts: [...document.querySelectorAll(".js-plotly-plot")].map((plot) => ({
    points: plot.data.map((trace) => (trace.x || trace.y || []).length),
    height: Math.round(plot.getBoundingClientRect().height),
  })),
  cards: document.querySelectorAll(".kpi-card").length,
  tables: [...document.querySelectorAll('[data-testid="stMain"] table')].map((table) =>
    [table.tBodies[0]?.rows.length || 0, table.rows[0]?.cells.length || 0]),
})"""


@contextmanager
def opened(browser: Browser) -> Iterator[Page]:
    """A browser that has never been here before."""
    width, height = SIZES["laptop"]
    context = browser.new_context(viewport={"width": width, "height": height}, locale="en-GB")
    context.add_init_script(WATCH)
    try:
        yield context.new_page()
    finally:
        context.close()


def first_visit(browser: Browser, server: str, address: str) -> float:
    """Seconds from typing an address in a browser that knows nothing until all is painted."""
    with opened(browser) as page:
        return arrive(page, server, address)


def arrive(page: Page, server: str, address: str) -> float:
    """Seconds from typing an address until all is painted."""
    page.goto(f"{server}/{address}", wait_until="commit")
    return _whole(page, address)


def page_change(page: Page, address: str) -> float:
    """Seconds from leaving for another page of an open session until all of it is painted.

    The way is that of the Back button: the browser's history changes, and Streamlit follows it.
    """
    page.evaluate("address => bench.go(address)", f"/{address}")
    return _whole(page, address) - page.evaluate("() => bench.start") / 1000


def shown(page: Page) -> dict[str, Any]:
    return page.evaluate(SHOWN)


def _whole(page: Page, address: str) -> float:
    asked = json.dumps([1000 * QUIET, f"/{address}"])
    page.wait_for_function(f"() => window.bench?.whole(...{asked})", timeout=PATIENCE, polling=50)
    return page.evaluate("() => bench.painted") / 1000
