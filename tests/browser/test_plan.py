"""The plan and what changed, as a councillor goes through them."""

import re

import pytest
from browser.serving import settled
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

ASKED = "What tells you that children notice a difference?"
PATIENCE = 45_000  # milliseconds: a first reading of every team, on a busy machine


def test_the_plan_shows_ratings_evidence_and_questions(visit, address):
    page = visit(f"{address}/plan")
    expect(page.locator("h1")).to_contain_text("priorities are progressing as planned")
    rows = page.get_by_role("table", name="Progress and impact of each priority").get_by_role("row")
    expect(rows).to_have_count(11)
    row = rows.filter(has_text="Child protection practice")
    expect(row).to_contain_text("Not yet shown")
    reasons = row.locator("details li")
    expect(reasons.first).to_be_hidden()
    row.locator("summary").click()
    expect(reasons.first).to_contain_text("Numbers decide nothing: of nine measures")
    questions = page.locator(".kpi-questions li")
    expect(questions.first).to_contain_text(ASKED, timeout=PATIENCE)
    assert 5 <= questions.count() <= 8
    expect(page.get_by_role("heading", name="Progress without impact")).to_be_visible()
    page.get_by_text("Show as a table").first.click()
    twin = page.get_by_role("table", name=re.compile("progress as planned, and children"))
    expect(twin.get_by_role("row")).to_have_count(11)


def test_the_month_lives_in_the_address(visit, address):
    page = visit(f"{address}/plan?month=2024-05")
    expect(page.get_by_role("columnheader", name="May 2024")).to_be_visible()
    expect(page.get_by_role("columnheader", name="Mar 2025")).to_have_count(0)
    expect(page.get_by_role("heading", name="Questions for the committee")).to_have_count(0)
    link = page.get_by_role("row").get_by_role("link", name="Care leavers")
    assert link.get_attribute("href") == "plan?priority=P07&month=2024-05"


def test_one_priority_shows_its_three_strands(visit, address):
    page = visit(f"{address}/plan?priority=P06")
    expect(page.locator("h1")).to_contain_text("Children in care and permanence: impact is rated")
    strands = page.locator(".kpi-strand")
    expect(strands).to_have_count(3)
    expect(strands.nth(2)).to_contain_text("beside")
    assert page.locator(".kpi-card").count() >= 8
    page.locator(".kpi-strand a").first.click()
    expect(page).to_have_url(re.compile(r"measure\?kpi="))


def test_as_published_on_a_day_knows_nothing_later(visit, address):
    page = visit(f"{address}/plan?as_at=2023-07-11")
    expect(page.get_by_role("columnheader", name="May 2023")).to_be_visible()
    expect(page.get_by_text("2024")).to_have_count(0)
    early = visit(f"{address}/plan?as_at=2022-11-24")
    expect(early.locator("h1")).to_have_text("The plan has not been rated yet")


def test_what_changed_since_a_meeting(visit, address):
    page = visit(f"{address}/changed")
    expect(page.locator("h1")).to_contain_text("Since 31 March 2025")
    expect(page.locator(".kpi-changes").first.locator("li")).to_have_count(8)
    hidden = page.locator(".kpi-section", has_text="Hidden by the average")
    expect(hidden).to_contain_text("Assessment team 2: 22.8 cases", timeout=PATIENCE)
    page.get_by_role("link", name="Cabinet, 31 December 2024").click()
    settled(page)
    expect(page.locator("h1")).to_contain_text("Since 31 December 2024")
    expect(page).to_have_url(re.compile("since=2024-12-31"))


def test_the_scorecard_names_the_teams_that_it_hides(visit, address):
    page = visit(address)
    hidden = page.locator(".kpi-section", has_text="Hidden by the average")
    expect(hidden.locator("li").first).to_contain_text("Assessment team 2", timeout=PATIENCE)
