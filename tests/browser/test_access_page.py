"""Tokens on the page Access: made and shown once, read with, ended, and each act on record."""

import re
import urllib.error
import urllib.request

import pytest
from browser.access import checked
from browser.serving import still
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def answered(address: str, token: str) -> int:
    """The status that the interface answers a token with."""
    asked = urllib.request.Request(
        f"{address}/api/v1/observations?kpi=cp_open", headers={"Authorization": f"Bearer {token}"}
    )
    try:
        with urllib.request.urlopen(asked, timeout=60) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def made(page: Page, name: str) -> str:
    """Make a token on the page, and give what is shown of it."""
    page.get_by_text("Make a token", exact=True).click()
    still(page)
    page.get_by_label("What reads with it").fill(name)
    page.get_by_label("Your role").first.fill("Data manager")
    page.get_by_role("button", name="Make the token").click()
    shown = page.get_by_text(re.compile(r"^kpi_\S{43}$")).first
    expect(shown).to_be_visible(timeout=30_000)
    return shown.inner_text().strip()


def test_a_token_is_made_shown_once_and_ended(visit, own_address):
    page = visit(f"{own_address}/access")
    expect(page.get_by_role("heading", level=1)).to_have_text("No other program may read figures")
    secret = made(page, "Power BI <b>team</b>")
    assert checked(page, "access", "a token is shown") == []
    assert answered(own_address, secret) == 200
    page.set_viewport_size({"width": 1366, "height": 768})
    page.reload()
    row = page.locator("tbody tr").filter(has_text="Power BI <b>team</b>")
    expect(row).to_contain_text("In use")
    expect(row).to_contain_text("Data manager")
    assert secret not in page.content()
    assert secret.removeprefix("kpi_") not in page.url
    page.get_by_text("End a token", exact=True).click()
    assert checked(page, "access", "a token to end") == []
    page.set_viewport_size({"width": 1366, "height": 768})
    page.get_by_label("Token to end").click()
    page.get_by_role("option", name=re.compile("^1: Power BI")).click()
    page.get_by_label("Your role").last.fill("Data manager")
    page.get_by_role("button", name="End it").click()
    expect(page.get_by_text("It reads nothing more")).to_be_visible(timeout=30_000)
    assert answered(own_address, secret) == 401
    page.goto(f"{own_address}/audit")
    acts = page.locator("tbody tr").filter(has_text="token 1")
    expect(acts.filter(has_text="made for Power BI")).to_have_count(1, timeout=30_000)
    expect(acts.filter(has_text="revoked, was for Power BI")).to_have_count(1)
    assert secret not in page.content()


def test_a_token_needs_a_name_and_somebody_who_makes_it(visit, own_address):
    page = visit(f"{own_address}/access")
    page.get_by_text("Make a token", exact=True).click()
    expect(page.get_by_role("button", name="Make the token")).to_be_visible()
    still(page)
    page.get_by_role("button", name="Make the token").click()
    expect(page.get_by_text("Give your role, so that the log says")).to_be_visible(timeout=30_000)
    page.get_by_label("Your role").first.fill("Data manager")
    page.get_by_role("button", name="Make the token").click()
    expect(page.get_by_text("No token was made. Name the token")).to_be_visible(timeout=30_000)
    assert page.get_by_text(re.compile(r"^kpi_")).count() == 0
