"""What the three users do, from the first click to the last, in a real browser."""

import pytest
from browser.serving import LOADS, serving, settled
from march import content, rows
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def written(folder, changed, name="child_protection.csv"):
    path = folder / name
    path.write_bytes(content(changed))
    return path


def card_of(page, title):
    return page.locator(".kpi-card", has=page.get_by_role("link", name=title, exact=True))


def upload(page, *files):
    page.locator("input[type=file]").set_input_files([str(file) for file in files])


# ---- a committee member browses ----


def test_from_the_scorecard_to_a_measure_and_back(visit, address):
    page = visit(address)
    expect(card_of(page, "Average caseload")).to_contain_text("13.9")
    card_of(page, "Average caseload").get_by_role("link").click()
    page.wait_for_url("**/measure?kpi=caseload_mean")
    settled(page)
    expect(page.locator("h1")).to_contain_text("Average caseload has fallen to 13.9")
    page.get_by_text("Show as a table").first.click()
    expect(page.get_by_role("cell", name="14.5", exact=True).first).to_be_visible()


def test_a_measure_can_be_sent_as_a_link(visit, address):
    page = visit(f"{address}/measure?kpi=cp_open&as_at=2024-05-01")
    expect(page.locator("h1")).to_contain_text("203")
    expect(page.locator(".kpi-band")).to_contain_text("As published on 1 May 2024")


def test_a_link_with_nonsense_still_opens(visit, address):
    page = visit(f"{address}/measure?kpi=%3Cscript%3E&as_at=yesterday")
    expect(page.locator("h1")).to_contain_text("Average caseload")


def test_the_moment_goes_along_from_page_to_page(visit, address):
    page = visit(f"{address}/?as_at=2022-06-01")
    expect(card_of(page, "Children in care")).to_contain_text("381")
    card_of(page, "Children in care").get_by_role("link").click()
    page.wait_for_url("**as_at=2022-06-01**")
    settled(page)
    expect(page.locator(".kpi-band")).to_contain_text("As published on 1 June 2022")


# ---- an officer uploads ----


def test_a_month_with_faults_is_mended_and_published(visit, own_address, tmp_path):
    page = visit(f"{own_address}/upload")
    faulty = rows()
    faulty[0]["cp_open"] = "twelve"
    faulty[1]["org_id"] = "CPC11"
    upload(page, written(tmp_path, faulty))
    expect(page.get_by_text("'twelve'").first).to_be_visible()
    expect(page.get_by_text("Nearest: CPC1").first).to_be_visible()
    expect(page.get_by_text("1 of 1 files cannot be published yet")).to_be_visible()
    expect(page.get_by_role("button", name="Publish", exact=True)).to_have_count(0)

    page = visit(f"{own_address}/upload")
    mended = rows()
    mended[0]["cp_open"] = str(int(mended[0]["cp_open"]) + 1)
    upload(page, written(tmp_path, mended))
    expect(page.get_by_text("Ready: 1 changed")).to_be_visible()
    effects = page.get_by_role("table").filter(has_text="Measures that change")
    expect(effects).to_contain_text("139")
    expect(effects).to_contain_text("140")
    page.get_by_label("Your role").fill("Performance officer")
    page.get_by_text("I have looked at the warnings.").click()
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text("Give a reason of at least 10 characters")).to_be_visible()
    page.get_by_role("textbox", name="Reason for the change").fill("One plan was entered late")
    page.get_by_role("button", name="Publish", exact=True).click()
    done = page.get_by_text(f"is published as load {LOADS + 1}")
    expect(done).to_be_visible()
    expect(done).to_be_in_viewport()  # whoever publishes has scrolled down to the button
    after = visit(own_address)
    expect(card_of(after, "Children on a child protection plan")).to_contain_text("140")


def test_an_open_page_shows_a_publication_at_its_next_step(visit, own_address, tmp_path):
    reader, officer = visit(own_address), visit(f"{own_address}/upload")
    expect(card_of(reader, "Children on a child protection plan")).to_contain_text("139")
    changed = rows()
    changed[0]["cp_open"] = str(int(changed[0]["cp_open"]) + 2)
    upload(officer, written(tmp_path, changed))
    officer.get_by_label("Your role").fill("Performance officer")
    officer.get_by_role("textbox", name="Reason for the change").fill("Two plans were entered late")
    officer.get_by_text("I have looked at the warnings.").click()
    officer.get_by_role("button", name="Publish", exact=True).click()
    expect(officer.get_by_text(f"is published as load {LOADS + 1}")).to_be_visible()
    reader.get_by_text("Services", exact=True).click()
    reader.locator("a[href$='/child-protection']").click()
    reader.wait_for_url("**/child-protection")
    settled(reader)
    expect(card_of(reader, "Children on a child protection plan")).to_contain_text("141")


def test_the_wrong_kind_of_file_is_named(visit, own_address, tmp_path):
    page = visit(f"{own_address}/upload")
    workbook = tmp_path / "return.csv"
    workbook.write_bytes(b"PK\x03\x04" + bytes(200))
    upload(page, workbook)
    expect(page.get_by_text("Excel workbook").first).to_be_visible()


# ---- the server ----


def test_a_cold_server_runs_the_router_first(visit, sample_copy, tmp_path):
    """The very first request to a page must not get past the router (header and band)."""
    store = tmp_path / "kpi.duckdb"
    store.write_bytes(sample_copy.read_bytes())
    with serving(store) as cold:
        page = visit(f"{cold}/loads")
        page.wait_for_timeout(1000)
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(page.locator("h1")).to_contain_text(f"{LOADS} loads")
        expect(page.locator(".kpi-band")).to_contain_text("Illustrative months")


def test_a_store_that_cannot_be_opened_is_one_sentence(browser, tmp_path):
    store = tmp_path / "kpi.duckdb"
    store.write_text("this is no store", encoding="utf-8")
    with serving(store) as broken:
        page = browser.new_page()
        page.goto(broken)
        expect(page.get_by_text("Name another in KPI_STORE")).to_be_visible(timeout=45_000)
        expect(page.get_by_test_id("stException")).to_have_count(0)
        page.close()
