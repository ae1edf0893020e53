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


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_whole(visit, address, page, size):
    shown = visit(f"{address}/{page}", size)
    assert shown.locator("h1").count() == 1
    assert shown.locator("h1").inner_text().strip()
    assert shown.get_by_test_id("stException").count() == 0
    assert "Illustrative months" in shown.locator(".kpi-band").inner_text()
    overflow = shown.evaluate(
        "() => document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
    )
    assert overflow <= 0
