"""Packs in a browser: the page that freezes and proves them, and the file that needs no server."""

from datetime import date
from pathlib import Path

import pytest
from browser.access import EVERYTHING, checked
from browser.serving import SIZES, settled, still
from packs.made import report_of
from playwright.sync_api import Browser, Page, expect

from kpi import catalogue, export, settings
from kpi.store import Store

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def made(sample_copy: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The one-file page of a pack."""
    path = tmp_path_factory.mktemp("page") / "pack.html"
    store = Store(str(sample_copy), catalogue.read(settings.read().reference))
    path.write_bytes(export.render(report_of(store, "scrutiny", date(2023, 7, 11)), "html"))
    store.close()
    return path


@pytest.fixture
def opened(browser: Browser, made: Path):
    """Open the file with the network off; gives the page and what it asked for."""
    contexts = []

    def open_at(size: str) -> tuple[Page, list[str], list[str]]:
        width, height = SIZES[size]
        context = browser.new_context(viewport={"width": width, "height": height}, offline=True)
        contexts.append(context)
        page = context.new_page()
        asked: list[str] = []
        said: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(made.as_uri())
        return page, asked, said

    yield open_at
    for context in contexts:
        context.close()


@pytest.mark.parametrize("size", SIZES)
def test_the_file_asks_for_nothing_and_shows_every_chart(opened, made, size):
    page, asked, said = opened(size)
    page.wait_for_load_state("networkidle")
    assert asked == [made.as_uri()] and said == []
    charts = page.locator("figure.chart svg")
    assert charts.count() > 90
    boxes = charts.evaluate_all("all => all.map(one => one.getBoundingClientRect().height)")
    assert min(boxes) > 150
    drawn = charts.evaluate_all(
        "all => all.every(one => one.querySelector('polyline, circle, text') && one.ariaLabel)"
    )
    assert drawn
    expect(page.locator("h1")).to_have_count(1)
    wide = page.evaluate("document.scrollingElement.scrollWidth - window.innerWidth")
    assert wide <= 0


def test_axe_core_finds_nothing_in_the_file(opened):
    """`make accessibility` looks at every measure; `make test` at the first of each section."""
    page, *_ = opened("laptop")
    if not EVERYTHING:
        page.evaluate(
            "() => document.querySelectorAll('.measure + .measure').forEach(o => o.remove())"
        )
    assert checked(page, "pack", "one file", ("telephone",)) == []


def test_a_month_is_read_by_keyboard(opened):
    page, *_ = opened("laptop")
    article = page.locator("#m-caseload_mean")
    slider = article.get_by_role("slider")
    slider.focus()
    slider.press("Home")
    expect(article.locator("output")).to_have_text(
        "Apr 2020: 13.7 cases; target 18; Improving: lower; Below the lower limit"
    )
    slider.press("End")
    expect(article.locator("output")).to_contain_text("May 2023: 15.9 cases")


def test_measures_are_filtered_and_sorted(opened):
    page, *_ = opened("laptop")
    whole = page.locator("table.filters tbody tr").count()
    page.get_by_label("Status").select_option("Near target")
    rows = page.locator("table.filters tbody tr:visible")
    near = rows.count()
    assert 0 < near < 20
    expect(page.locator(".filter [role=status]")).to_have_text(f"{near} of {whole} measures")
    page.get_by_label("Status").select_option("")
    page.get_by_role("button", name="Measure", exact=True).first.click()
    names = page.locator("table.filters tbody th").all_inner_texts()
    assert names == sorted(names, key=str.casefold)


def test_paper_opens_what_is_folded(opened):
    page, *_ = opened("laptop")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(page.locator("details:not([open])")).to_have_count(0)
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(page.locator("details[open]")).to_have_count(0)


def test_a_pack_is_frozen_fetched_and_proven(visit, own_address, tmp_path):
    page = visit(f"{own_address}/packs")
    expect(page.locator("h1")).to_have_text("No pack has been frozen yet")
    page.get_by_text("Freeze a pack").click()
    still(page)
    page.get_by_label("Title").fill("Special meeting on caseloads")
    page.get_by_role("button", name="Freeze and make the files").click()
    expect(page.get_by_text("Give your role")).to_be_visible()
    page.get_by_label("Your role").fill("Clerk to the committee")
    page.get_by_role("button", name="Freeze and make the files").click()
    expect(page.get_by_text("is frozen. Its files are below.")).to_be_visible(timeout=90_000)
    settled(page)
    expect(page.get_by_text("Its figures, computed again today, are the same.")).to_be_visible()
    for name, start in (
        ("PDF", b"%PDF"),
        ("Slides", b"PK"),
        ("Workbook", b"PK"),
        ("Web page", b"<!do"),
    ):
        with page.expect_download(timeout=60_000) as download:
            page.get_by_role("button", name=name, exact=True).click()
        assert download.value.path().read_bytes().startswith(start)
    link = page.locator("table a").first
    pack_id = link.inner_text()
    again = visit(f"{own_address}/packs?pack={pack_id.lower().replace('-', '')}")
    expect(again.get_by_role("heading", name=f"Pack {pack_id}")).to_be_visible()
    wrong = visit(f"{own_address}/packs?pack={pack_id[:-1]}{'A' if pack_id[-1] != 'A' else 'B'}")
    expect(wrong.get_by_text("has a slip in it")).to_be_visible()
