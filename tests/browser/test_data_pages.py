"""Definitions and completeness, as a reader finds, follows, prints and downloads them."""

import pytest
from browser.serving import serving, settled
from playwright.sync_api import expect

from kpi import returns

pytestmark = pytest.mark.browser


def entries(page):
    return page.locator(".kpi-entry")


def field(page):
    return page.get_by_label("Find a measure, a column or a word")


def overflow(page):
    return page.evaluate(
        "() => document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
    )


# ---- definitions ----


def test_definitions_are_found_while_one_types(visit, address):
    page = visit(f"{address}/definitions")
    assert entries(page).count() > 30
    field(page).press_sequentially("supervision", delay=20)
    expect(page.get_by_role("status").filter(has_text="mention")).to_contain_text("supervision")
    expect(entries(page).locator("mark").first).to_have_text("Supervision", ignore_case=True)
    assert entries(page).count() < 20
    page.wait_for_url("**term=supervision**")
    field(page).fill("")
    field(page).press("Enter")
    expect(entries(page).nth(30)).to_be_attached()


def test_a_definition_can_be_sent_as_a_link(visit, address):
    page = visit(f"{address}/definitions?term=caseload_mean")
    expect(entries(page)).to_have_count(1)
    expect(page.locator("#caseload_mean")).to_contain_text("On target at 18 or less")
    expect(field(page)).to_have_value("caseload_mean")


def test_an_anchor_brings_its_entry_into_view(visit, address):
    page = visit(f"{address}/definitions#assurance")
    expect(page.locator("#assurance")).to_be_in_viewport()
    page.locator(".kpi-contents").get_by_role("link", name="Variation").click()
    expect(page.locator("#variation h3")).to_be_in_viewport()


def test_a_measure_leads_to_its_definition_and_back(visit, address):
    page = visit(f"{address}/measure?kpi=cp_repeat&as_at=2024-07-11")
    page.get_by_role("link", name="The full definition").click()
    page.wait_for_url("**/definitions?term=cp_repeat&as_at=2024-07-11")
    settled(page)
    expect(page.locator(".kpi-band")).to_contain_text("As published on 11 July 2024")
    page.get_by_role("link", name="Figures of Repeat child protection plans").click()
    page.wait_for_url("**/measure?kpi=cp_repeat&as_at=2024-07-11")
    settled(page)


def test_nonsense_is_only_not_found(visit, address):
    page = visit(f"{address}/definitions?term=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E")
    expect(page.get_by_role("status").filter(has_text="Nothing here mentions")).to_be_visible()
    expect(page.locator("img[src='x']")).to_have_count(0)


@pytest.mark.parametrize("place", ["definitions", "upload"])
def test_templates_are_downloaded_as_they_should_be(visit, address, book, place):
    page = visit(f"{address}/{place}")
    page.locator("summary", has_text="Templates and data dictionary").click()
    for label, name, content in (
        ("Caseloads: template", "caseloads.csv", returns.template(book.datasets["caseloads"])),
        (
            "All returns: dictionary",
            "data-dictionary.csv",
            returns.dictionary_csv(book, book.datasets.values()),
        ),
    ):
        with page.expect_download() as download:
            page.get_by_role("button", name=label).click()
        assert download.value.suggested_filename == name
        assert download.value.path().read_bytes() == content


def test_on_paper_there_is_nothing_to_press(visit, address):
    page = visit(f"{address}/definitions")
    page.emulate_media(media="print")
    expect(field(page)).not_to_be_visible()
    expect(page.locator(".kpi-contents")).not_to_be_visible()
    expect(page.locator("#cp_repeat")).to_be_visible()


# ---- completeness ----


def test_completeness_says_what_is_in(visit, address):
    page = visit(f"{address}/completeness")
    expect(page.locator("h1")).to_contain_text("All 17 returns for March 2025 are in")
    matrix = page.locator(".kpi-arrivals")
    expect(matrix.get_by_role("columnheader", name="April 2023")).to_be_attached()
    expect(matrix.locator("tbody tr")).to_have_count(17)
    restated = page.get_by_role("row").filter(has_text="Recount after the placement audit")
    expect(restated.first).to_contain_text("13 Nov 2024")


def test_completeness_of_a_day_in_the_past(visit, address):
    page = visit(f"{address}/completeness?as_at=2024-11-01")
    expect(page.locator("h1")).to_have_text(
        "All 16 returns for September 2024 are in, five late; one month was restated"
    )
    expect(page.get_by_text("October 2024, by 23 November 2024, in 22 days").first).to_be_visible()
    page = visit(f"{address}/completeness?as_at=2025-04-23")
    expect(page.locator("h1")).to_contain_text("All 17 returns for February 2025 are in")


def test_before_anything_is_published(visit, tmp_path):
    with serving(tmp_path / "new.duckdb") as fresh:
        page = visit(f"{fresh}/completeness")
        expect(page.locator("h1")).to_have_text("No return has been published yet")
        expect(page.get_by_text("Nothing yet").first).to_be_visible()
        page = visit(f"{fresh}/definitions?term=cp_open")
        expect(page.locator("#cp_open")).to_be_visible()


# ---- both ----


@pytest.mark.parametrize("place", ["definitions", "completeness"])
def test_only_the_matrix_scrolls_sideways_on_a_telephone(visit, address, place):
    page = visit(f"{address}/{place}", "telephone")
    wide = page.evaluate(
        "() => [...document.querySelectorAll('.kpi-region')].filter(region => "
        "region.clientWidth && region.scrollWidth > region.clientWidth)"
        ".map(region => region.getAttribute('aria-label'))"
    )
    assert set(wide) <= {"Returns by month, the newest first"}
