"""WCAG 2.2 AA by axe-core, in the states that a reader may meet; test_pages has every page."""

import csv
import subprocess
import sys
from os import environ

import pytest
from browser.access import EVERYTHING, PAGES, checked
from browser.serving import serving, settled
from browser.test_journeys import rows, upload, written
from cases import ROOT
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


#: What pages of an empty store say.
NOTHING_YET = {
    "": "No figures yet",
    "measure": "No month of this measure has been published yet",
    "caseloads": "No figures yet",
    "plan": "The plan has not been rated yet",
    "changed": "Nothing has changed since",
    "loads": "Nothing has been published yet",
}


@pytest.fixture(scope="module")
def empty_address(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("empty") / "kpi.duckdb") as answer:
        yield answer


@pytest.mark.parametrize("name", PAGES if EVERYTHING else NOTHING_YET)
def test_an_empty_store_says_what_to_do(visit, empty_address, name):
    page = visit(f"{empty_address}/{name}")
    expect(page.get_by_text(NOTHING_YET.get(name, "")).first).to_be_attached()
    expect(page.get_by_test_id("stException")).to_have_count(0)
    assert not checked(page, name, "empty")


@pytest.mark.parametrize("name", ["", "plan", "measure?kpi=cp_repeat"])
def test_with_patterns_as_published_and_the_settings_open(visit, address, name):
    mark = "&" if "?" in name else "?"
    page = visit(f"{address}/{name}{mark}patterns=true&as_at=2024-07-11")
    page.get_by_role("button", name="As published on").click()
    page.get_by_text("Patterns beside the colours").wait_for()
    assert not checked(page, name, "patterns, as published, open")


def test_the_meaning_of_a_word(visit, address):
    page = visit(address)
    page.get_by_role("button", name="tolerance").click()
    page.locator(".kpi-meaning:popover-open").wait_for()
    assert not checked(page, "", "a word explained")


def test_faults_found_in_an_upload(visit, own_address, tmp_path):
    page = visit(f"{own_address}/upload")
    faulty = rows()
    faulty[0]["cp_open"] = "twelve"
    faulty[1]["org_id"] = "CPC11"
    upload(page, written(tmp_path, faulty))
    page.get_by_text("'twelve'").first.wait_for()
    assert not checked(page, "upload", "faults found")


def test_what_an_upload_would_change(visit, own_address, tmp_path):
    page = visit(f"{own_address}/upload")
    changed = rows()
    changed[0]["cp_open"] = str(int(changed[0]["cp_open"]) + 1)
    upload(page, written(tmp_path, changed))
    page.get_by_text("Ready: 1 changed").wait_for()
    assert not checked(page, "upload", "before publishing")
    page.get_by_role("button", name="Publish", exact=True).click()
    page.get_by_role("alert").filter(has_text="Give your role").wait_for()
    assert not checked(page, "upload", "refused")


# ---- withheld figures ----


@pytest.fixture(scope="module")
def withheld_address(sample_copy, tmp_path_factory):
    """A store whose newest month of plans is withheld as too small."""
    folder = tmp_path_factory.mktemp("withheld")
    store = folder / "kpi.duckdb"
    store.write_bytes(sample_copy.read_bytes())
    hidden = [row | {"cp_open": "c", "cp_repeat_start": "c"} for row in rows()]
    path = written(folder, hidden)
    with path.open(encoding="utf-8", newline="") as file:
        assert next(csv.DictReader(file))["cp_open"] == "c"
    subprocess.run(
        [sys.executable, "-m", "kpi", "load", path, "--by", "Performance officer",
         "--reason", "Withheld as too small"],
        cwd=ROOT, env=environ | {"KPI_STORE": str(store)}, check=True, capture_output=True,
    )  # fmt: skip
    with serving(store) as answer:
        yield answer


@pytest.mark.parametrize("name", ["", "child-protection", "measure?kpi=cp_open"])
def test_withheld_figures(visit, withheld_address, name):
    page = visit(f"{withheld_address}/{name}")
    settled(page)
    assert not checked(page, name, "withheld")


def test_a_withheld_month_is_a_letter_with_a_key(visit, withheld_address):
    page = visit(f"{withheld_address}/measure?kpi=cp_open")
    expect(page.locator(".kpi-opening")).to_contain_text("Mar 2025 is withheld")
    letter = page.locator(".js-plotly-plot").first.locator(".textpoint text")
    expect(letter).to_have_text("c")
    expect(page.locator(".kpi-letters").first).to_contain_text("confidential: small numbers")
