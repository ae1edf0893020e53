"""A month of every return: dropped in one go, mended where it is wrong, on the scorecard at once."""

import time
from pathlib import Path

import click
import pytest
from browser.serving import LOADS, settled
from browser.test_journeys import card_of, upload
from cases import ROOT
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

RETURNS = ROOT / "data" / "sample" / "returns"
MINUTE = 60_000


@pytest.fixture
def april(tmp_path: Path) -> Path:
    """Every return of the sample's last month, sent again as the month after."""
    folder = tmp_path / "april"
    folder.mkdir()
    for march in sorted(RETURNS.glob("*/2025-03.csv")):
        text = march.read_text(encoding="utf-8").replace("2025-03,", "2025-04,")
        (folder / f"{march.parent.name}.csv").write_text(text, encoding="utf-8")
    return folder


def agreed(page, note: str):
    """Fill in what the page asks before it publishes."""
    page.get_by_label("Your role").fill("Performance officer")
    page.get_by_role("textbox", name="Note on the warnings").fill(note)
    page.get_by_text("I have looked at the warnings.").click()
    page.get_by_role("button", name="Publish", exact=True).click()


def test_a_month_of_every_return_is_published_within_a_minute(visit, own_address, april):
    files = sorted(april.iterdir())
    assert len(files) >= 14
    page = visit(f"{own_address}/upload")
    page.set_default_timeout(MINUTE)
    start = time.perf_counter()
    upload(page, *files)
    expect(page.get_by_text(f"{len(files)} files can be published")).to_be_visible(timeout=MINUTE)
    checked = time.perf_counter() - start
    settled(page)
    previewed = time.perf_counter() - start
    agreed(page, "The whole of April, as agreed with the teams")
    expect(
        page.get_by_text(
            f"{len(files)} files are published, as loads {LOADS + 1} to {LOADS + len(files)}"
        )
    ).to_be_visible(timeout=MINUTE)
    published = time.perf_counter() - start
    page.goto(own_address)
    settled(page)
    expect(card_of(page, "Children on a child protection plan")).to_contain_text("Apr 2025")
    shown = time.perf_counter() - start
    click.echo(
        f"\n{len(files)} files: checked after {checked:.1f} s, what would change shown after "
        f"{previewed:.1f} s, published after {published:.1f} s, scorecard after {shown:.1f} s"
    )


def put(file: Path, line: int, old: str, new: str) -> None:
    """Change one row of a file, as a slip of the hand does."""
    rows = file.read_text(encoding="utf-8").split("\n")
    assert old in rows[line - 1], rows[line - 1]
    rows[line - 1] = rows[line - 1].replace(old, new, 1)
    file.write_text("\n".join(rows), encoding="utf-8")


def test_six_faults_in_a_folder_are_read_mended_and_published(visit, own_address, april):
    good = {file.name: file.read_text(encoding="utf-8") for file in april.iterdir()}
    put(april / "child_protection.csv", 3, "ASSESS2,176", "ASSESS2,a hundred")
    put(april / "visits.csv", 2, "ASSESS1", "ASSES1")
    put(april / "assessments.csv", 2, "63,43", "63,64")
    put(april / "front_door.csv", 1, "contacts_1wd", "contacts_in_time")
    put(april / "care_leavers.csv", 4, "2025-04", "2025-13")
    (april / "workforce.csv").write_bytes(b"PK\x03\x04 a workbook")
    page = visit(f"{own_address}/upload")
    page.set_default_timeout(MINUTE)
    upload(page, *sorted(april.iterdir()))
    expect(page.get_by_text(f"6 of {len(good)} files cannot be published yet")).to_be_visible(
        timeout=MINUTE
    )
    faults = page.get_by_role("table").filter(has_text="Must be mended")
    for words in (
        "'a hundred' is not a number",
        "'ASSES1' is not in the list of teams. Nearest: ASSESS1.",
        "Assessments within 45 working days (64) cannot exceed assessments finished (63)",
        "The column 'contacts_1wd' is missing. Is it 'contacts_in_time'?",
        "'2025-13' is not a month",
        "an Excel workbook or a zip file, renamed",
    ):
        expect(faults.filter(has_text=words).first).to_be_visible()
    expect(page.get_by_role("button", name="Publish", exact=True)).to_have_count(0)

    faulty = [file for file in april.iterdir() if good[file.name].encode() != file.read_bytes()]
    for file in faulty:
        file.write_text(good[file.name], encoding="utf-8")
    assert len(faulty) == 6
    upload(page, *faulty)
    expect(page.get_by_text("6 files came again. The later one counts.")).to_be_visible()
    expect(page.get_by_text(f"{len(good)} files can be published")).to_be_visible(timeout=MINUTE)
    agreed(page, "The whole of April, six files mended")
    expect(page.get_by_text(f"{len(good)} files are published, as loads")).to_be_visible(
        timeout=MINUTE
    )
    page.goto(own_address)
    settled(page)
    for title in ("Children on a child protection plan", "Assessments within 45 working days"):
        expect(card_of(page, title)).to_contain_text("Apr 2025")
