"""Scrutiny, claims and money in a real browser: what they say, what they link, what was known."""

import re

import pytest
from browser.serving import settled
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

# Long pages arrive block by block; on a busy machine the last may take a while.
expect.set_options(timeout=20_000)

CABINET, COMMITTEE = "as_at=2022-11-24", "as_at=2023-07-11"


def heading(page: Page, words: str) -> None:
    expect(page.locator("h1")).to_contain_text(words, ignore_case=True)


def fits(page: Page) -> bool:
    """Nothing makes the page wider than the screen."""
    return page.evaluate(
        "() => document.scrollingElement.scrollWidth <= document.scrollingElement.clientWidth"
    )


def test_scrutiny_says_what_is_overdue_and_links_its_measures(visit, address):
    page = visit(f"{address}/scrutiny")
    heading(page, "requests are overdue; the oldest has waited")
    row = page.get_by_role("row").filter(has_text="Introduce family group conferences")
    expect(row).to_contain_text("Not accepted")
    expect(row).to_contain_text("Cabinet feared that the deadline of April was too tight")
    expect(row).to_contain_text("Available from 1 April 2023 by spot purchase")
    row.get_by_role("link", name="Family group conferences in place").click()
    heading(page, "family group conferences in place")


def test_forum_and_meeting_live_in_the_address(visit, address):
    page = visit(f"{address}/scrutiny?forum=Cabinet&meeting=2022-11-24")
    table = page.get_by_role("table").filter(has_text="Overdue, the longest first")
    expect(table).to_contain_text("Report precisely how tranche two is allocated")
    expect(page.get_by_text("Encourage feedback from children")).to_have_count(0)
    box = page.get_by_role("combobox", name="Forum")
    box.click()
    page.get_by_role("option", name="Scrutiny committee").click()
    expect(page.get_by_text("Encourage feedback from children").first).to_be_visible()
    expect(page).to_have_url(re.compile("forum=Scrutiny"))


def test_a_meeting_leads_to_its_requests(visit, address):
    page = visit(f"{address}/scrutiny")
    table = page.get_by_role("table").filter(has_text="What each meeting asked for")
    table.get_by_role("link", name="28").click()
    settled(page)
    expect(page.get_by_text("Why is £688,337 forecast to be left").first).to_be_visible()
    expect(page.get_by_text("Encourage feedback from children")).to_have_count(0)


def test_reports_that_are_late_and_findings_from_outside(visit, address):
    page = visit(f"{address}/scrutiny")
    expect(page.get_by_role("heading", name="The report to Cabinet is")).to_contain_text("overdue")
    promises = page.get_by_role("table").filter(has_text="By forum")
    expect(promises.get_by_role("row").filter(has_text="All councillors")).to_contain_text(
        "every two months"
    )
    findings = page.get_by_role("table").filter(has_text="Findings of external reviews")
    expect(findings.get_by_role("row").filter(has_text="nine areas")).to_contain_text("Inadequate")


def test_a_claim_stands_beside_both_its_figures(visit, address):
    page = visit(f"{address}/claims?meeting=2022-11-24")
    claim = page.locator("article").filter(has_text="less than a half of what they were")
    expect(claim.locator(".kpi-chip")).to_have_text("✕Not borne out")
    expect(claim).to_contain_text(
        "16.7 cases at 30 September 2021, 18.7 cases at 30 September 2022: 112% of the earlier"
    )
    expect(claim).to_contain_text("in Oct 2022")
    claim.get_by_text("How each is counted").click()
    expect(claim.get_by_text("The paper does not say whose caseloads")).to_be_visible()
    expect(page.locator("article").filter(has_text="Almost double")).to_have_count(0)
    twin = page.locator("details").filter(has_text="Show as a table")
    twin.locator("summary").click()
    expect(twin.get_by_role("row").filter(has_text="18.7")).to_have_count(1)


def test_twice_the_neighbours_by_both_models(visit, address):
    page = visit(f"{address}/claims?meeting=2023-02-28")
    claim = page.locator("article").filter(has_text="Almost double that of statistical neighbours")
    expect(claim).to_contain_text("1.88 times")
    expect(claim).to_contain_text("65.5 for neighbours of the 2021 model: 1.86 times")
    expect(claim).to_contain_text("Borne out")


def test_money_says_what_is_left_and_does_not_net_off(visit, address):
    page = visit(f"{address}/money")
    heading(page, "£11.27m of the £11.489m is spent; £215,337 is not")
    note = page.locator(".kpi-note")
    expect(note).to_contain_text("They differ by £215,337. What becomes of the difference?")
    expect(page.get_by_role("heading", name="Rest of tranche two came")).to_contain_text(
        "four months later than planned"
    )
    totals = page.get_by_role("table").filter(has_text="Do the parts meet the totals")
    row = totals.get_by_role("row", name="November 2022 Tranche two")
    expect(row).to_contain_text("6,489")
    expect(row).to_contain_text("yes")
    cost = page.get_by_role("row", name="2022/23 £1,600")
    expect(cost).to_contain_text("£1,540")
    expect(cost).to_contain_text("£1,610")


def test_like_for_like_is_a_switch_and_lives_in_the_address(visit, address):
    page = visit(f"{address}/money?version=Outturn+2022%2F23&against=November+2022")
    title = page.get_by_role("heading", name="Outturn 2022/23 expects")
    expect(title).to_contain_text("£688,337 less than November 2022, like for like")
    page.get_by_text("Like for like", exact=True).click()
    expect(page.get_by_role("heading", name="Outturn 2022/23 expects")).to_contain_text(
        "£5,688,337 less"
    )
    expect(page).to_have_url(re.compile("alike="))


def test_a_line_leads_to_its_priority_and_measure(visit, address):
    page = visit(f"{address}/money?version=November+2022")
    row = page.get_by_role("row").filter(has_text="Service managers").first
    expect(row).to_contain_text("Supervision and oversight")
    row.get_by_role("link", name="Case supervision held").click()
    heading(page, "supervision")


def test_as_at_the_cabinet_of_november_2022_nothing_later_is_known(visit, address):
    asked = visit(f"{address}/scrutiny?{CABINET}")
    expect(asked.get_by_text("Findings of external reviews").first).to_be_visible()
    expect(asked.get_by_text("Introduce family group conferences")).to_have_count(0)
    said = visit(f"{address}/claims?{CABINET}")
    expect(said.get_by_text("less than a half of what they were").first).to_be_visible()
    expect(said.get_by_text("Almost double")).to_have_count(0)
    expect(said.get_by_text("18.7 cases")).to_have_count(0)  # published in 2023
    money = visit(f"{address}/money?{CABINET}")
    heading(money, "what is released of tranche two lasts to")
    expect(money.get_by_text("What the same money is meant to change").first).to_be_visible()
    expect(
        money.get_by_text("Tranche one was spent by the end of October 2022").first
    ).to_be_visible()
    expect(money.get_by_role("row", name="2022/23, to Oct 2022")).to_be_visible()
    for later in ("688,337", "Outturn 2022/23", "473", "Money carried forward"):
        expect(money.get_by_text(later, exact=False)).to_have_count(0)


def test_as_at_the_committee_of_july_2023_nothing_later_is_known(visit, address):
    asked = visit(f"{address}/scrutiny?{COMMITTEE}")
    row = asked.get_by_role("row").filter(has_text="Introduce family group conferences")
    expect(row).to_contain_text("26 conferences in place in July 2023")
    expect(asked.get_by_text("Trends and a timeline of activities")).to_have_count(0)  # of 2025
    said = visit(f"{address}/claims?{COMMITTEE}")
    doubled = said.locator("article").filter(has_text="Almost double")
    expect(doubled).to_contain_text("112 per 10,000 at 31 March 2022")
    expect(said.get_by_text("122 per 10,000")).to_have_count(0)
    held = said.locator("article").filter(has_text="There were now 26 conferences")
    expect(held).to_contain_text("No figure for Jul 2023 was published on the day")
    money = visit(f"{address}/money?{COMMITTEE}")
    expect(money.locator(".kpi-note")).to_contain_text("£215,337")
    expect(money.get_by_text("was spent by the end of March 2024")).to_have_count(0)
