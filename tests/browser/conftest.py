"""The sample store, servers over it, and a real browser."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browser.serving import SIZES, server, settled
from places import Places
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from kpi import catalogue, sample, settings

#: A busy machine may draw a page slowly; what never comes is still found out.
expect.set_options(timeout=15_000)


@pytest.fixture(scope="session")
def sample_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample store, built once and copied for every server."""
    path = tmp_path_factory.mktemp("sample") / "kpi.duckdb"
    chosen = settings.read()
    sample.build(path, chosen, catalogue.read(chosen.reference))
    return path


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
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield launched
        launched.close()


@pytest.fixture
def refused() -> list[str]:
    """What the content security policy refused on the pages of a test; nothing may be left."""
    return []


@pytest.fixture
def visit(browser: Browser, refused: list[str]) -> Iterator[Callable[..., Page]]:
    """Open an address at a size and wait until the page is whole."""

    def note(line: ConsoleMessage) -> None:
        if "Content Security Policy" in line.text:
            refused.append(line.text)

    contexts = []

    def open_page(address: str, size: str = "laptop") -> Page:
        width, height = SIZES[size]
        context = browser.new_context(
            viewport={"width": width, "height": height}, locale="en-GB", accept_downloads=True
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", note)
        page.goto(address)
        settled(page)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert refused == []
