"""Every page, as a reader meets it: whole, without a fault, at every size and by axe-core.

One visit a page: what it shows at each size is looked at in turn.
"""

import pytest
from browser.access import PAGES, found_at, opened
from browser.serving import SIZES
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

#: The screens that the dashboard is made for, the narrowest that WCAG asks for, and a laptop on
#: which everything is twice as large.
SCREENS = SIZES | {"narrow": (320, 640), "at 200 per cent": (683, 384)}
#: Where axe-core looks, too.
LOOKED_INTO = ("laptop", "telephone")
OVER = "() => document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
#: Cells and cards whose words run out over what stands beside them.
RUN_OUT = """() => [...document.querySelectorAll('td, .kpi-card')]
    .filter(one => one.offsetParent && one.clientWidth && one.scrollWidth > one.clientWidth + 1)
    .map(one => one.textContent.trim())"""
#: What is cut off: text wider than the box that hides what is over its edge.
CUT = """() => [...document.querySelectorAll('main p, main h1, main h2, main h3, main summary, main li')]
    .filter(one => one.offsetParent && !one.closest('.kpi-hidden')
        && one.getBoundingClientRect().right > innerWidth + 1
        && !one.closest('.kpi-region, .js-plotly-plot')).map(one => one.outerHTML.slice(0, 120))"""
#: Links in a cell that have its own ground for a colour.
UNSEEN = """() => [...document.querySelectorAll('td a')]
    .filter(link => getComputedStyle(link).color ==
        getComputedStyle(link.closest('td')).backgroundColor)
    .map(link => link.textContent)"""


@pytest.fixture(scope="module")
def titles() -> dict[str, str]:
    """Which page has which title."""
    return {}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole(visit, address, name, titles):
    page = visit(f"{address}/{name}")
    named(page)
    assert titles.setdefault(page.title(), name) == name, "two pages have one title"
    for size, (width, height) in SCREENS.items():
        if size != "laptop":  # which it was opened at
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_timeout(300)  # what is drawn anew for the size
        opened(page)
        assert page.evaluate(OVER) <= 0, f"{name}, {size}, scrolls sideways"
        assert page.evaluate(RUN_OUT) == [], f"{name}, {size}"
        assert page.evaluate(CUT) == [], f"{name}, {size}"
        assert page.evaluate(UNSEEN) == []
        if size in LOOKED_INTO:
            assert not found_at(page, name, "illustrative", size)


def named(page: Page) -> None:
    """One heading, the language, the landmarks, and what the figures are."""
    assert page.locator("h1").count() == 1
    assert page.locator("h1").inner_text().strip()
    assert page.get_by_test_id("stException").count() == 0
    assert page.locator("html").get_attribute("lang") == "en"
    for landmark in ("main", "navigation"):
        assert page.get_by_role(landmark).count() >= 1, landmark
    assert "Illustrative months" in page.locator(".kpi-band").inner_text()
    expect(page.get_by_role("link", name="Accessibility statement")).to_be_visible()
