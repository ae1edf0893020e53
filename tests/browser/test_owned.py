"""What the council itself decides: commentary, targets, teams. Typed, looked at, saved, shown."""

import pytest
from browser.serving import LOADS, settled, still
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

BEFORE = "as_at=2025-04-24"  # the illustrative store's own day: what a test saves is later
OFFICER = "Performance officer"


def card_of(page: Page, title: str):
    return page.locator(".kpi-card", has=page.get_by_role("link", name=title, exact=True))


def typed(page: Page, label: str, text: str) -> None:
    page.get_by_role("textbox", name=label).fill(text)


def chosen(page: Page, label: str, start: str) -> None:
    """Choose the first option of a list that begins so."""
    box = page.get_by_role("combobox", name=label)
    expect(box).to_be_visible()
    still(page)
    box.click()
    box.fill(start)
    page.get_by_role("option").filter(has_text=start).first.click()


def looked_at(page: Page, reason: str) -> None:
    typed(page, "Your role", OFFICER)
    typed(page, "Reason, at least 10 characters", reason)
    page.get_by_role("button", name="See what changes").click()


def test_commentary_is_typed_and_stands_on_the_card(visit, own_address):
    page = visit(f"{own_address}/measure?kpi=cp_open")
    expect(page.get_by_text("So what for children, ")).to_have_count(0)
    page.locator("summary", has_text="Write commentary").click()
    typed(page, "Your role", OFFICER)
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text("“So what” may not be blank")).to_be_visible()
    typed(page, "So what for children", "Fewer children are at risk <b>today</b>")
    typed(page, "Next action", "Ask ten families what changed")
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text("Next action: An action needs an owner")).to_be_visible()
    typed(page, "Owner's role", "Head of service, safeguarding")
    page.get_by_test_id("stDateInput").get_by_role("spinbutton").first.click()
    page.keyboard.type("30052025")
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(
        page.get_by_text(f"The commentary on March 2025 is published as load {LOADS + 1}")
    ).to_be_visible()
    note = page.locator(".kpi-commentary")
    expect(note).to_contain_text("So what for children, March 2025")
    expect(note).to_contain_text("Fewer children are at risk <b>today</b>")
    expect(note).to_contain_text("30 May 2025")

    expect(card_of(visit(own_address), "Children on a child protection plan")).to_contain_text(
        "So what? Fewer children are at risk"
    )
    earlier = card_of(visit(f"{own_address}/?{BEFORE}"), "Children on a child protection plan")
    expect(earlier).to_contain_text("139")
    expect(earlier).not_to_contain_text("So what?")


def test_commentary_of_earlier_months_is_folded(visit, address):
    page = visit(f"{address}/measure?kpi=cp_repeat")
    note = page.locator(".kpi-commentary")
    expect(note.locator("h2")).to_have_text("So what for children, March 2025")
    expect(note.get_by_text("The audit has begun")).to_be_hidden()
    note.get_by_text("What was said in earlier months (3)").click()
    expect(note.get_by_text("The audit has begun")).to_be_visible()
    then = visit(f"{address}/measure?kpi=cp_repeat&as_at=2025-02-28")
    expect(then.locator(".kpi-commentary h2")).to_have_text("So what for children, January 2025")
    expect(then.get_by_text("Write commentary")).to_have_count(0)


def test_a_target_shows_which_lights_it_changes_before_it_is_saved(visit, own_address):
    expect(card_of(visit(own_address), "Average caseload")).to_contain_text("On target")
    page = visit(f"{own_address}/targets?kpi=caseload_mean")
    page.get_by_label("Target (cases)").fill("13.5")
    typed(page, "From month", "April 2024")
    looked_at(page, "short")
    expect(page.get_by_text("Give a reason of at least 10 characters")).to_be_visible()
    page.get_by_label("Tolerance").fill("-1")
    looked_at(page, "The board asks for more")
    expect(page.get_by_text("The tolerance cannot be negative")).to_be_visible()
    expect(page.get_by_role("button", name="Save", exact=True)).to_have_count(0)
    page.get_by_label("Tolerance").fill("2")
    looked_at(page, "The board asks for more")
    expect(page.get_by_text("The light of the whole council changes in")).to_be_visible()
    row = page.get_by_role("row").filter(has_text="Mar 2025").first
    expect(row).to_contain_text("On target")
    expect(row).to_contain_text("Near target")
    expect(card_of(visit(own_address), "Average caseload")).to_contain_text("On target")

    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved. Average caseload: 13.5 cases from April 2024")).to_be_visible()
    history = page.get_by_role("table").filter(has_text="Every target that was set")
    expect(history.get_by_role("row").nth(1)).to_contain_text(OFFICER)
    expect(card_of(visit(own_address), "Average caseload")).to_contain_text("Near target")
    expect(card_of(visit(f"{own_address}/?{BEFORE}"), "Average caseload")).to_contain_text(
        "On target"
    )
    then = visit(f"{own_address}/targets?{BEFORE}")
    expect(then.get_by_role("table")).not_to_contain_text("13.5")
    expect(then.get_by_role("button", name="See what changes")).to_have_count(0)


def test_a_team_is_renamed_and_keeps_its_history(visit, own_address):
    page = visit(f"{own_address}/organisation")
    page.get_by_role("radio", name="It is renamed").click()
    expect(page.get_by_role("textbox", name="New name")).to_be_visible()
    chosen(page, "Team or service", "Child protection and court team 2")
    looked_at(page, "The teams chose their own names")
    expect(page.get_by_text("Give a name, of 80 characters at most.")).to_be_visible()
    typed(page, "New name", "Wye court team")
    typed(page, "From month", "2025-03")
    looked_at(page, "The teams chose their own names")
    expect(page.get_by_text("Months under the new name: March 2025.")).to_be_visible()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(
        page.get_by_text("Saved. From March 2025 Child protection and court team 2")
    ).to_be_visible()
    rows = page.get_by_role("row").filter(has_text="CPC2")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("Apr\u00a02019 to Feb\u00a02025")
    expect(rows.last).to_contain_text("Wye court team")

    measure = visit(f"{own_address}/measure?kpi=cp_repeat")
    expect(measure.get_by_role("figure", name="Wye court team")).to_be_visible()
    then = visit(f"{own_address}/organisation?{BEFORE}")
    expect(then.get_by_role("row").filter(has_text="CPC2")).to_have_count(1)


def test_a_team_moves_and_the_preview_names_the_months(visit, own_address):
    page = visit(f"{own_address}/organisation")
    page.get_by_role("radio", name="It moves to another service").click()
    expect(page.get_by_role("combobox", name="New service")).to_be_visible()
    chosen(page, "Team or service", "Children in need team 2")
    chosen(page, "New service", "Assessment")
    typed(page, "From month", "2024-10")
    looked_at(page, "One front door for all families")
    expect(page.get_by_text("6 months, October 2024 to March 2025")).to_be_visible()
    page.get_by_role("button", name="Do not save").click()
    expect(page.get_by_text("6 months, October 2024 to March 2025")).to_be_hidden()
    settled(page)
    expect(page.get_by_role("row").filter(has_text="CIN2")).to_have_count(1)
