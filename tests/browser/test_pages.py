"""Every page, as a reader meets it: whole, without a fault, at every size."""

import tomllib

import pytest
from browser.serving import SIZES
from cases import ROOT

pytestmark = pytest.mark.browser

PAGES = [
    page["address"]
    for page in tomllib.loads(
        (ROOT / "data" / "reference" / "navigation.toml").read_text(encoding="utf-8")
    )["page"]
]


#: Cells and cards whose words run out over what stands beside them.
RUN_OUT = """() => [...document.querySelectorAll('td, .kpi-card')]
    .filter(one => one.offsetParent && one.clientWidth && one.scrollWidth > one.clientWidth + 1)
    .map(one => one.textContent.trim())"""
#: Links in a cell that have its own ground for a colour.
UNSEEN = """() => [...document.querySelectorAll('td a')]
    .filter(link => getComputedStyle(link).color ==
        getComputedStyle(link.closest('td')).backgroundColor)
    .map(link => link.textContent)"""


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_whole(visit, address, page):
    shown = visit(f"{address}/{page}")
    assert shown.locator("h1").count() == 1
    assert shown.locator("h1").inner_text().strip()
    assert shown.get_by_test_id("stException").count() == 0
    assert "Illustrative months" in shown.locator(".kpi-band").inner_text()
    for width, height in SIZES.values():
        shown.set_viewport_size({"width": width, "height": height})
        shown.wait_for_timeout(300)  # what is drawn anew for the size
        overflow = shown.evaluate(
            "() => document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
        )
        assert overflow <= 0, f"{page} at {width} pixels"
        assert shown.evaluate(RUN_OUT) == [], f"{page} at {width} pixels"
        assert shown.evaluate(UNSEEN) == []
