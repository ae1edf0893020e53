"""Present: a director takes a meeting through its screens by keyboard, and nothing moves."""

import re

import pytest
from browser.serving import LOADS
from browser.test_journeys import rows, upload, written
from browser.test_upload import publish
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

FIRST = "Children and young people scrutiny committee"


def opened(visit, address: str, size: str = "laptop", query: str = "") -> Page:
    page = visit(f"{address}/present{query}", size)
    page.get_by_role("button", name="Start presenting").click()
    expect(stage(page)).to_be_visible()
    return page


def stage(page: Page):
    return page.get_by_role("region", name="Presentation")


def said(page: Page):
    return page.locator("#kpi-stage .said")


def test_a_whole_meeting_by_keyboard(visit, address):
    page = visit(f"{address}/present")
    page.get_by_role("button", name="Start presenting").focus()
    page.keyboard.press("Enter")
    expect(stage(page).get_by_role("heading", level=1)).to_have_text(FIRST)
    many = int(said(page).inner_text().split(" of ")[1].split(":")[0])
    assert many > 10
    seen = set()
    for _ in range(4 * many):
        seen.add(stage(page).get_by_role("heading", level=1).inner_text())
        if said(page).inner_text().startswith(f"Screen {many} of"):
            break
        page.keyboard.press("Space")
    assert len(seen) == many
    page.keyboard.press("Home")
    expect(stage(page).get_by_role("heading", level=1)).to_have_text(FIRST)
    page.keyboard.press("Escape")
    expect(stage(page)).to_have_count(0)
    expect(page.get_by_role("button", name="Start presenting")).to_be_focused()


@pytest.mark.parametrize("size", ["laptop", "projector"])
def test_a_wall_can_be_read_from_the_back(visit, address, size):
    page = opened(visit, address, size)
    page.keyboard.press("l")
    page.get_by_role("region", name="Screens").locator(
        ".jump", has_text=re.compile("^Assessments within 45 working days (have|stand)")
    ).click()
    sizes = page.evaluate(
        """() => {
          const root = document.getElementById("kpi-stage").shadowRoot;
          const size = (item) => parseFloat(getComputedStyle(item).fontSize);
          const image = root.querySelector(".screen img");
          const drawn = decodeURIComponent(image.src).match(/font-size="([\\d.]+)"/g)
            .map((text) => parseFloat(text.match(/[\\d.]+/)[0]));
          const shown = Math.min(image.clientWidth / image.width, 1e9);
          const box = image.getBoundingClientRect();
          const scale = Math.min(box.width / 1000, box.height / 560);
          return {
            value: size(root.querySelector(".value")),
            text: Math.min(...[...root.querySelectorAll(".screen p")].map(size)),
            footer: size(root.querySelector(".footer")),
            chart: Math.min(...drawn) * scale,
          };
        }"""
    )
    assert sizes["value"] >= 64
    assert sizes["text"] >= 24
    assert sizes["footer"] >= 24
    assert sizes["chart"] >= 18


def test_nothing_on_the_wall_changes_while_a_month_is_published(visit, own_address, tmp_path):
    wall = opened(visit, own_address)
    wall.keyboard.press("ArrowRight")
    before = stage(wall).inner_text()
    address = wall.url
    officer = visit(f"{own_address}/upload")
    changed = rows()
    changed[0]["cp_open"] = "99"
    upload(officer, written(tmp_path, changed))
    publish(officer, "Recount after an audit of open plans")
    expect(officer.get_by_text("is published").first).to_be_visible(timeout=30_000)
    assert stage(wall).inner_text() == before
    wall.reload()
    expect(stage(wall)).to_be_visible(timeout=30_000)
    assert wall.url == address
    expect(stage(wall)).to_have_text(before, use_inner_text=True)
    newest = visit(f"{own_address}/loads")
    expect(newest.get_by_text(f"{LOADS + 1} loads")).to_be_visible()


def test_the_presenter_chooses_orders_and_jumps(visit, address):
    page = opened(visit, address)
    page.keyboard.press("l")
    listed = page.get_by_role("region", name="Screens").get_by_role("listitem")
    second = listed.nth(1).locator(".jump").inner_text()
    listed.nth(1).locator(".later").click()
    expect(listed.nth(2).locator(".jump")).to_have_text(second)
    left_out = listed.nth(1).locator(".jump").inner_text()
    listed.filter(has_text=left_out).locator("input").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    expect(stage(page).get_by_role("heading", level=1)).to_have_text(second)
    page.reload()
    expect(stage(page).get_by_role("heading", level=1)).to_have_text(second, timeout=30_000)


def test_notes_and_time(visit, address):
    page = opened(visit, address)
    page.keyboard.press("n")
    notes = page.get_by_role("region", name="Speaker's notes")
    expect(notes).to_contain_text("Next:")
    page.keyboard.press("n")
    expect(notes).to_be_hidden()
    page.keyboard.press("t")
    expect(stage(page).get_by_role("button", name="Moves on every 15 s")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page).not_to_have_url("screen=")


def test_an_address_that_names_no_moment(visit, address):
    page = visit(f"{address}/present?moment=yesterday")
    expect(page.get_by_text("The address names no moment.")).to_be_visible()
    expect(page.get_by_role("button", name="Start presenting")).to_be_visible()
