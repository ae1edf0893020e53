"""The three users with the keyboard alone, and pages as readers set them: larger, calmer, plainer."""

import re

import pytest
from browser.serving import LOADS, settled
from browser.test_journeys import rows, written
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

#: What has the keyboard: its words, whether it is seen, and where it lies.
FOCUS = r"""() => {
  const one = document.activeElement;
  const style = getComputedStyle(one), after = getComputedStyle(one, '::after');
  const box = one.getBoundingClientRect();
  const ring = (of) => (of.outlineStyle !== 'none' && parseFloat(of.outlineWidth) >= 1)
    || of.boxShadow !== 'none';
  const field = one.closest('[data-testid="stDateInputField"], [data-baseweb], label,'
    + '[data-testid="stTextInputRootElement"], [data-testid="stTextAreaRootElement"]');
  const words = (of) => [...of.childNodes].map(part => part.nodeType === 3 ? part.textContent
    : part.nodeType === 1 && part.ariaHidden !== 'true' ? words(part) : '').join(' ');
  return {
    name: (one.getAttribute('aria-label') || words(one).replace(/\s+/g, ' ').trim().slice(0, 80) || one.labels?.[0]?.innerText || '').trim(),
    tag: one.tagName,
    seen: ring(style) || ring(after) || (field ? ring(getComputedStyle(field)) : false)
      || style.caretColor !== 'rgba(0, 0, 0, 0)' && ['INPUT', 'TEXTAREA'].includes(one.tagName),
    top: box.top, bottom: box.bottom, left: box.left, right: box.right,
  };
}"""


def tab_to(page: Page, name: str, most: int = 90, exact: bool = False) -> None:
    """Press Tab until something of this name has the keyboard; every stop must be seen."""
    for _ in range(most):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUS)
        if at["tag"] == "BODY":
            continue
        assert at["seen"], f"no ring around {at}"
        if at["name"] == name if exact else at["name"].startswith(name):
            return
    pytest.fail(f"{most} presses of Tab do not reach {name!r}")


def said(page: Page, words: str) -> None:
    """The words came into the live region, which a screen reader speaks."""
    expect(page.locator("#kpi-live")).to_have_attribute("data-said", re.compile(re.escape(words)))


# ---- three journeys ----


def test_a_committee_member_reads_from_the_scorecard_to_a_table(visit, address):
    page = visit(address)
    page.context.grant_permissions(["clipboard-write"])  # a browser without windows asks nobody
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUS)["name"] == "Skip to main content"
    page.keyboard.press("Enter")
    tab_to(page, "tolerance")
    page.keyboard.press("Enter")
    expect(page.locator(".kpi-meaning:popover-open")).to_contain_text("miss its target")
    page.keyboard.press("Escape")
    expect(page.locator(".kpi-meaning:popover-open")).to_have_count(0)
    tab_to(page, "Repeat child protection plans")
    page.keyboard.press("Enter")
    page.wait_for_url("**/measure?kpi=cp_repeat")
    expect(page.locator("h1")).to_contain_text("epeat child protection plans")
    settled(page)
    tab_to(page, "Show as a table")
    page.keyboard.press("Enter")
    tab_to(page, "Month", exact=True)
    page.keyboard.press("Enter")
    said(page, "Sorted by Month, ascending.")
    table = page.locator("table[data-kpi-table]").first
    expect(table.locator("tbody th").first).to_have_text("Apr 2020")
    expect(table.locator("th[aria-sort=ascending]")).to_have_text("Month")
    page.keyboard.press("Enter")
    expect(table.locator("tbody th").first).to_have_text("Mar 2025")
    expect(page).to_have_url(re.compile("sort=trend-cp-repeat.0.down"))
    tab_to(page, "Copy link to this view")
    page.keyboard.press("Enter")
    said(page, "Link copied.")


def test_a_director_looks_at_a_day_in_the_past(visit, address):
    page = visit(f"{address}/plan")
    tab_to(page, "As published on")
    page.keyboard.press("Enter")
    page.get_by_text("Patterns beside the colours").wait_for()
    tab_to(page, "day, Show what was published", most=3)
    page.keyboard.type("11072024", delay=40)
    tab_to(page, "Patterns beside the colours", most=3)
    page.wait_for_url("**as_at=2024-07-11**")
    expect(page.locator(".kpi-band")).to_contain_text("As published on 11 July 2024")
    page.keyboard.press("Space")
    page.wait_for_url("**patterns=true**")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="As published on")).to_be_focused()


def test_an_officer_uploads_ticks_and_publishes(visit, own_address, tmp_path):
    page = visit(f"{own_address}/upload")
    changed = rows()
    changed[0]["cp_open"] = str(int(changed[0]["cp_open"]) + 1)
    file = written(tmp_path, changed)
    with page.expect_file_chooser() as chooser:
        tab_to(page, "Upload")
        page.keyboard.press("Enter")
    chooser.value.set_files(str(file))
    expect(page.get_by_text("Ready: 1 changed")).to_be_visible()
    expect(page.get_by_role("alert").filter(has_text="can be published")).to_be_visible()
    settled(page)  # what is drawn anew would take the keyboard back to the top
    tab_to(page, "Your role", most=150)
    page.keyboard.type("Performance officer")
    tab_to(page, "Reason for the change")
    page.keyboard.type("One plan was entered late")
    tab_to(page, "I have looked at the warnings.")
    page.keyboard.press("Space")
    tab_to(page, "Publish", exact=False)
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"is published as load {LOADS + 1}")).to_be_visible()
    said(page, f"is published as load {LOADS + 1}")


def test_the_pages_are_reached_from_the_top(visit, address):
    page = visit(address)
    tab_to(page, "Improvement")
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem", name="Plan")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/plan")
    settled(page)
    said(page, "Plan – Improvement dashboard")


def test_the_list_of_pages_of_a_telephone_takes_no_key_while_it_is_away(visit, address):
    page = visit(address, "telephone")
    names = []
    for _ in range(4):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUS)
        names.append(at["name"])
        assert at["right"] > 0, f"{at} is out of sight"
    assert names[0] == "Skip to main content"
    page.locator("[data-testid=stExpandSidebarButton]").press("Enter")
    tab_to(page, "Measure")
    page.keyboard.press("Enter")
    page.wait_for_url("**/measure**")


@pytest.mark.parametrize("name", ["", "measure?kpi=cp_repeat", "upload", "definitions"])
def test_what_has_the_keyboard_is_never_hidden_under_the_bar(visit, address, name):
    page = visit(f"{address}/{name}")
    for _ in range(45):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUS)
        if at["tag"] == "BODY":
            break
        inside = page.evaluate("() => !!document.activeElement.closest('main')")
        assert at["seen"], at
        assert at["top"] < 768 and (not inside or at["bottom"] > 60), at


# ---- as readers set their pages ----

OVER = "() => document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"


def test_with_wider_spacing_no_text_is_lost(visit, address):
    """The spacing of WCAG 1.4.12."""
    page = visit(address, "telephone")
    page.add_style_tag(
        content="* { line-height: 1.5 !important; letter-spacing: .12em !important;"
        " word-spacing: .16em !important } p { margin-bottom: 2em !important }"
    )
    assert page.evaluate(OVER) <= 0
    lost = "() => [...document.querySelectorAll('.kpi-card p, .kpi-opening h1')].filter(" \
           "one => one.scrollWidth > one.clientWidth + 1).length"  # fmt: skip
    assert page.evaluate(lost) == 0


def test_two_measures_have_two_titles(visit, address):
    titles = {visit(f"{address}/measure?kpi={name}").title() for name in ("cp_open", "cp_repeat")}
    assert len(titles) == 2


def test_nothing_moves_for_those_who_ask_for_calm(visit, address):
    page = visit(address)
    page.emulate_media(reduced_motion="reduce")
    longest = page.evaluate(
        "() => Math.max(...[...document.querySelectorAll('*')].flatMap(one => {"
        " const style = getComputedStyle(one);"
        " return [style.transitionDuration, style.animationDuration]"
        ".flatMap(text => text.split(',').map(parseFloat)); }))"
    )
    assert longest <= 0.001


def test_with_forced_colours_marks_and_lines_are_still_told_apart(visit, address):
    page = visit(f"{address}/measure?kpi=caseload_mean")
    page.emulate_media(forced_colors="active")
    chip = page.locator(".kpi-chip").first
    assert chip.evaluate("one => parseFloat(getComputedStyle(one).borderTopWidth)") >= 2
    expect(chip).to_contain_text("On target")
    expect(chip.locator(".kpi-symbol")).to_have_text("●")
    page.locator(".js-plotly-plot .js-line").first.wait_for(state="attached")
    strokes = page.evaluate(
        "() => [...document.querySelectorAll('.js-plotly-plot .js-line')]"
        ".map(line => getComputedStyle(line).stroke)"
    )
    assert "rgb(18, 67, 109)" in strokes and len(set(strokes)) > 1
    ground = page.locator(".js-plotly-plot").first
    assert ground.evaluate("one => getComputedStyle(one).backgroundColor") == "rgb(255, 255, 255)"


def test_patterns_go_along_from_page_to_page(visit, address):
    page = visit(f"{address}/?patterns=true")
    chip = page.locator(".kpi-pattern-red").first
    drawn = "one => getComputedStyle(one, '::before').backgroundImage"
    assert "gradient" in chip.evaluate(drawn)
    page.locator(".kpi-name a").first.click()
    page.wait_for_url("**patterns=true**")
    settled(page)
    expect(page.locator(".kpi-patterns")).to_have_count(1)


# ---- what can be taken away from a chart ----


def test_a_chart_is_taken_away_as_a_picture_of_two_kinds(visit, address):
    page = visit(f"{address}/measure?kpi=caseload_mean")
    page.locator(".js-plotly-plot .main-svg").first.wait_for(state="attached")
    with page.expect_download() as answer:
        page.get_by_role("button", name="Picture (SVG)").first.click()
    drawn = answer.value.path().read_text(encoding="utf-8")
    assert drawn.startswith("<svg") and "Since April 2020" in drawn
    assert "illustrative months" in drawn and "target 18" in drawn
    with page.expect_download() as answer:
        page.get_by_role("button", name="Picture (PNG)").first.click()
    assert answer.value.path().read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert answer.value.suggested_filename == "trend-caseload-mean.png"


def test_a_link_opens_the_table_as_it_was_sorted(visit, address):
    page = visit(f"{address}/measure?kpi=cp_repeat&sort=trend-cp-repeat.1.down#trend-cp-repeat")
    table = page.locator('table[data-kpi-table="trend-cp-repeat"]')
    expect(table.locator("th[aria-sort=descending]")).to_contain_text("Figure")
    expect(table).to_be_visible()
    shown = [cell.split()[0] for cell in table.locator("tbody td:nth-child(2)").all_inner_texts()]
    known = [float(text) for text in shown if text != "–"]
    assert known == sorted(known, reverse=True) and len(known) > 40
    assert shown[: len(known)] == [f"{value:.1f}" for value in known], "gaps come last"


def test_nonsense_in_the_address_sorts_nothing(visit, address):
    page = visit(f"{address}/measure?kpi=cp_repeat&sort=%3Cb%3E.99.up")
    expect(page.locator("th[aria-sort=ascending], th[aria-sort=descending]")).to_have_count(0)
