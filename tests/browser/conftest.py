"""The sample store, servers over it, and a real browser."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from browser.serving import SIZES, server, settled
from places import Places
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    Request,
    expect,
    sync_playwright,
)

CHROMIUM: dict[str, Any] = {
    "executable_path": os.environ.get("CHROMIUM") or shutil.which("chromium"),
    "args": ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
}
#: Where a page may ask for anything.
OWN = ("http://127.0.0.1:", "data:", "blob:")
#: A busy machine may draw a page slowly; what never comes is still found out.
expect.set_options(timeout=15_000)


@pytest.fixture(scope="session")
def address(places: Places, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server for tests that only read."""
    with server(places.sample(), tmp_path_factory.mktemp("reading")) as (answer, _):
        yield answer


@pytest.fixture
def own_address(places: Places, tmp_path: Path) -> Iterator[str]:
    """A server of a test's own, whose store it may change."""
    with server(places.sample(), tmp_path) as (answer, _):
        yield answer


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """A browser whose contexts know nothing of each other, for tests that sign in."""
    launched = playwright.chromium.launch(**CHROMIUM)
    yield launched
    launched.close()


@pytest.fixture(scope="session")
def profile(
    playwright: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BrowserContext]:
    """A browser as a reader has one: it keeps the page's scripts, compiled, from visit to visit."""
    opened = playwright.chromium.launch_persistent_context(
        tmp_path_factory.mktemp("profile"), locale="en-GB", accept_downloads=True, **CHROMIUM
    )
    yield opened
    opened.close()


@pytest.fixture
def stranger(profile: BrowserContext) -> Iterator[Page]:
    """A page of somebody who is not signed in, nor will be afterwards."""
    page = profile.new_page()
    page.set_viewport_size({"width": 1366, "height": 768})
    # The provider's page asks for a style sheet from outside.
    page.route("https://**", lambda route: route.abort())
    yield page
    page.close()
    profile.clear_cookies()


@pytest.fixture
def refused() -> list[str]:
    """What the content security policy refused on the pages of a test, and what was asked of any
    other machine; nothing may be left.
    """
    return []


@pytest.fixture
def visit(
    profile: BrowserContext, refused: list[str], request: pytest.FixtureRequest
) -> Iterator[Callable[..., Page]]:
    """Open an address at a size and wait until the page is whole.

    Beside a page that is open already another is somebody else's, in a window of their own: a page
    behind another would stand still.
    """

    def note(line: ConsoleMessage) -> None:
        if "Content Security Policy" in line.text:
            refused.append(line.text)

    def ask(request: Request) -> None:
        if not request.url.startswith(OWN):
            refused.append(request.url)

    opened = []

    def open_page(address: str, size: str = "laptop") -> Page:
        width, height = SIZES[size]
        if all(one.is_closed() for one in opened):
            page = profile.new_page()
        else:
            page = request.getfixturevalue("browser").new_page(locale="en-GB")
        opened.append(page)
        page.set_viewport_size({"width": width, "height": height})
        page.on("console", note)
        page.on("request", ask)
        page.goto(address)
        settled(page)
        return page

    yield open_page
    for page in opened:
        page.close()
    profile.clear_cookies()
    profile.clear_permissions()
    assert refused == []
