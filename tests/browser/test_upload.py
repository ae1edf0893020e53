"""An officer's month, from six faults to a published file, in a real browser."""

import csv
import io
import re

import pytest
from browser.serving import LOADS, PLANS, settled, still
from browser.test_journeys import card_of, rows, upload, written
from cases import ROOT
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

RETURNS = ROOT / "data" / "sample" / "returns"


@pytest.fixture
def officer(visit, own_address):
    return visit(f"{own_address}/upload")


def raised(changed, column="cp_open", by=1, row=0):
    changed[row][column] = str(int(changed[row][column]) + by)
    return changed


def publish(page: Page, note: str, label: str = "Reason for the change"):
    page.get_by_label("Your role").fill("Performance officer")
    page.get_by_role("textbox", name=label).fill(note)
    page.get_by_text("I have looked at the warnings.").click()
    page.get_by_role("button", name="Publish", exact=True).click()


def announced(page: Page, words: str):
    """A message that a screen reader speaks by itself: an alert at once, a status when it may."""
    return page.locator("[role=alert], [role=status]").filter(has_text=words)


def downloaded(page: Page, name: str) -> str:
    with page.expect_download() as answer:
        page.get_by_role("button", name=name).click()
    return answer.value.path().read_text(encoding="utf-8-sig")


# ---- what is wrong, and the copy to mend it in ----


def test_six_faults_are_mended_in_the_corrected_copy_and_published(
    officer, own_address, tmp_path, visit
):
    faulty = rows()
    faulty[0]["cp_open"] = "twelve"
    faulty[1]["org_id"] = "CPC11"
    faulty[2]["icpc_15wd"] = str(int(faulty[2]["icpc_held"]) + 1)
    faulty[3]["period"] = "2025-13"
    faulty[4]["cin_open"] = "=SUM(C2:C5)"
    faulty.append({**faulty[5], "org_id": "Total"})
    upload(officer, written(tmp_path, faulty))
    expect(announced(officer, "1 of 1 files cannot be published yet")).to_be_visible()
    faults = officer.get_by_role("table").filter(has_text="Must be mended (6)")
    for words in (
        "'twelve' is not a number",
        "'CPC11' is not in the list of teams. Nearest: CPC1.",
        "cannot exceed conferences held",
        "'2025-13' is not a month",
        "is a formula",
        "'Total' looks like a total",
    ):
        expect(faults).to_contain_text(words)
    expect(officer.get_by_role("button", name="Publish", exact=True)).to_have_count(0)

    copy = list(csv.DictReader(io.StringIO(downloaded(officer, "Download a corrected copy"))))
    assert (copy[0]["cp_open"], copy[1]["org_id"], copy[3]["period"]) == (
        "twelve",
        "CPC11",
        "2025-13",
    )
    assert copy[4]["cin_open"] == "'=SUM(C2:C5)", "harmless in a spreadsheet"
    good = rows()
    copy[0]["cp_open"] = str(int(good[0]["cp_open"]) + 1)
    copy[1]["org_id"] = good[1]["org_id"]
    copy[2]["icpc_15wd"] = good[2]["icpc_15wd"]
    copy[3]["period"] = "2025-03"
    copy[4]["cin_open"] = good[4]["cin_open"]
    mended = [row for row in copy if row["org_id"] != "Total"]
    page = visit(f"{own_address}/upload")
    upload(page, written(tmp_path, mended, "mended.csv"))
    expect(page.get_by_role("cell", name="Ready: 1 changed")).to_be_visible()
    publish(page, "One plan was entered late")
    expect(announced(page, f"is published as load {LOADS + 1}")).to_be_visible()
    after = visit(own_address)
    expect(card_of(after, "Children on a child protection plan")).to_contain_text("140")


def test_a_wrong_header_is_answered_with_the_right_one(officer, tmp_path):
    renamed = [{("kept" if name == "cp_open" else name): value for name, value in row.items()} for row in rows()]  # fmt: skip
    upload(officer, written(tmp_path, renamed))
    expect(officer.get_by_text("The column 'cp_open' is missing.")).to_be_visible()
    expect(officer.get_by_role("button", name="Download a corrected copy")).to_have_count(0)
    header = downloaded(officer, "Download the right header")
    assert header.strip() == ",".join(rows()[0])


def test_what_is_no_return_has_no_copy(officer, tmp_path):
    file = tmp_path / "letter.csv"
    file.write_text("Dear all,\nplease find enclosed\n", encoding="utf-8")
    upload(officer, file)
    expect(officer.get_by_text("None of the first 10 lines holds column names")).to_be_visible()
    expect(officer.get_by_role("button", name="Download the finding")).to_be_visible()
    expect(officer.get_by_role("button", name="Download the right header")).to_have_count(0)


# ---- warnings ----


def test_warnings_need_a_tick_and_a_note_that_is_kept(officer, own_address, tmp_path, visit):
    """The next month, with a figure that leaps and a team that falls silent."""
    april = [
        row | {"period": "2025-04", "cin_open": "200"} for row in rows() if row["org_id"] != "CPC6"
    ]
    april[0]["cin_open"] = "2070"
    upload(officer, written(tmp_path, april))
    warned = officer.get_by_role("table").filter(has_text="Please look at")
    expect(warned).to_contain_text("No row for team CPC6; it reported last month.")
    expect(warned).to_contain_text("cin_open 2,070 for ASSESS1; the last 12 months were")
    expect(warned).to_contain_text("Extra digit?")
    expect(announced(officer, "1 file can be published")).to_be_visible()
    expect(officer.get_by_role("button", name="Download a corrected copy")).to_be_visible()

    note = officer.get_by_role("textbox", name="Note on the warnings")
    button = officer.get_by_role("button", name="Publish", exact=True)
    button.click()
    expect(officer.get_by_text("Give your role")).to_be_visible()
    officer.get_by_label("Your role").fill("Performance officer")
    button.click()
    expect(officer.get_by_text("Look at the warnings, and tick the box")).to_be_visible()
    officer.get_by_text("I have looked at the warnings.").click()
    note.fill("checked")
    button.click()
    expect(officer.get_by_text("Say in at least 10 characters why")).to_be_visible()
    note.fill("A team was merged, its files were counted anew")
    button.click()
    expect(officer.get_by_text(f"is published as load {LOADS + 1}")).to_be_visible()
    loads = visit(f"{own_address}/loads")
    expect(loads.get_by_role("row").filter(has_text=str(LOADS + 1))).to_contain_text(
        "A team was merged, its"
    )


# ---- what will change ----


def test_rows_that_come_and_go_are_listed(officer, tmp_path):
    changed = raised([row for row in rows() if row["org_id"] != "CPC6"])
    changed.append({**changed[0], "org_id": "MASH"})
    upload(officer, written(tmp_path, changed))
    expect(officer.get_by_role("cell", name="Ready: 1 changed, 1 removed, 1 new")).to_be_visible()
    cells = officer.get_by_role("table").filter(has_text="published figures that change (1)")
    expect(cells.get_by_role("row").last).to_contain_text("cp_open")
    gone = officer.get_by_role("table").filter(has_text="published rows that go (1)")
    expect(gone).to_contain_text("CPC6")
    officer.get_by_text("Show the 1 new row of child_protection.csv").click()
    new = officer.get_by_role("table").filter(has_text="rows that are new (1)")
    expect(new).to_contain_text("MASH")


def test_what_is_published_already_is_said_and_left_out(officer, tmp_path, own_address, visit):
    same = RETURNS / "caseloads" / "2025-03.csv"
    upload(officer, same, written(tmp_path, raised(rows())))
    expect(
        officer.get_by_role("cell", name="Already published on 22 April 2025 by Data analyst")
    ).to_be_visible()
    publish(officer, "One plan was entered late")
    expect(
        announced(officer, f"child_protection.csv is published as load {LOADS + 1}")
    ).to_be_visible()
    expect(officer.get_by_test_id("stFileUploaderFile")).to_have_count(0)
    expect(officer.get_by_role("button", name="Publish", exact=True)).to_have_count(0)
    officer.get_by_role("link", name="See the loads").click()
    officer.wait_for_url("**/loads")
    expect(visit(f"{own_address}/loads").locator("h1")).to_contain_text(f"{LOADS + 1} loads")


def test_a_file_that_is_published_already_asks_for_nothing(officer):
    upload(officer, RETURNS / "child_protection" / "2025-03.csv")
    expect(announced(officer, "All of this is already published")).to_be_visible()
    expect(officer.get_by_text("Already published on 23 April 2025 by Perf")).to_be_visible()
    expect(officer.get_by_role("button", name="Publish", exact=True)).to_have_count(0)


# ---- while it works ----


def test_a_large_file_is_named_while_it_is_checked(officer, tmp_path):
    workers = (RETURNS / "caseloads" / "2025-03.csv").read_text(encoding="utf-8").splitlines()
    many = [f"2025-03,CIN1,X{n},Social worker,perm,1.0,N,13,1,1" for n in range(60_000)]
    large = tmp_path / "caseloads.csv"
    large.write_text("\n".join([*workers, *many, ""]), encoding="utf-8")
    officer.evaluate(
        """() => {
            window.seen = new Set();
            const note = () => document.querySelectorAll('[data-testid="stProgress"]').forEach(
                bar => window.seen.add(bar.innerText.trim()));
            new MutationObserver(note).observe(
                document.body, {childList: true, subtree: true, characterData: true});
        }"""
    )
    upload(officer, large, written(tmp_path, raised(rows())))
    expect(announced(officer, "can be published")).to_be_visible(timeout=60_000)
    settled(officer)
    seen = officer.evaluate("() => [...window.seen]")
    # One message may overtake the one before it; tests/test_intake.py has every step in its order.
    assert any("caseloads.csv" in step for step in seen), seen
    expect(officer.get_by_test_id("stProgress")).to_have_count(0)


def test_before_anything_is_dropped_the_page_says_what_is_due(visit, address):
    page = visit(f"{address}/upload")
    for word in ("Drop", "Read", "Look", "Publish"):
        expect(page.get_by_role("listitem").filter(has_text=word).first).to_be_visible()
    expect(page.get_by_role("heading", name="April 2025: none of 17 returns is in")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="Caseloads")).to_contain_text(
        "Due by 23 May 2025"
    )


# ---- taking back and bringing back ----


def choose(page: Page, which: str, load: str):
    box = page.get_by_role("combobox", name=which)
    expect(box).to_be_visible()
    still(page)
    box.fill(load)
    page.get_by_role("option", name=load).click()
    settled(page)


def test_a_load_is_withdrawn_and_restored_each_after_a_look(visit, own_address):
    page = visit(f"{own_address}/loads")
    page.locator("summary", has_text="Withdraw a load").click()
    expect(page.get_by_role("button", name="Withdraw load")).to_have_count(0)
    choose(page, "Load to withdraw", f"{PLANS}: Child protection, Mar 2025")
    change = page.get_by_role("table").filter(has_text="Measures that change, before and after")
    row = change.get_by_role("row").filter(has_text="Children on a child protection plan")
    expect(row.get_by_role("cell").nth(1)).to_have_text("139")
    expect(row.get_by_role("cell").nth(2)).to_have_text("–")
    page.get_by_label("Your role").fill("Performance officer")
    page.get_by_label("Reason, at least 10 characters").fill("Sent for the wrong month")
    page.get_by_role("button", name=f"Withdraw load {PLANS}").click()
    expect(announced(page, f"Load {PLANS} is withdrawn")).to_be_visible()
    expect(card_of(visit(own_address), "Children on a child protection plan")).to_contain_text(
        "Feb 2025"
    )

    page.locator("summary", has_text="Restore a withdrawn load").click()
    choose(page, "Load to restore", f"{PLANS}: Child protection, Mar 2025")
    expect(row.get_by_role("cell").nth(1)).to_have_text(re.compile(r"^Feb 2025: \d+$"))
    expect(row.get_by_role("cell").nth(2)).to_have_text("139")
    page.get_by_label("Your role").fill("Performance officer")
    page.get_by_label("Reason, at least 10 characters").fill("oops")
    page.get_by_role("button", name=f"Restore load {PLANS}").click()
    expect(page.get_by_text("Give a reason of at least 10 characters")).to_be_visible()
    page.get_by_label("Reason, at least 10 characters").fill("It was the right month")
    page.get_by_role("button", name=f"Restore load {PLANS}").click()
    expect(announced(page, f"Load {PLANS} is restored")).to_be_visible()
    expect(page.get_by_text("Published. Restored: It was the right month")).to_be_visible()
    expect(page.locator("summary", has_text="Restore a withdrawn load")).to_have_count(0)
    expect(card_of(visit(own_address), "Children on a child protection plan")).to_contain_text(
        "139"
    )
