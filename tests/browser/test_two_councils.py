"""Two councils in one store, and three people: of the first, of the second, and of both."""

import re
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
import shared
from browser.serving import free_port, serving
from browser.signing import Door, heading, providing, settings_of, shows_no_figure
from cases import incoming, months
from playwright.sync_api import Page, expect

from kpi import catalogue, publication
from kpi.store import Store

pytestmark = pytest.mark.browser

#: Of the first council, of the second alone, of every one.
OFFICER, MEMBER, KEEPER = (
    f"{name}@council.example" for name in ("performance", "councillor", "keeper")
)
ROLES = """
[claims]
"KPI.Officers" = "officer"
"KPI.Committee" = { role = "committee", councils = ["otherton"] }
"KPI.Admins" = "admin"
"""
FILE = "period,org_id,cp_open\n2024-04,CPC1,3\n"


@pytest.fixture(scope="module")
def address(sample_copy: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of the sample's council and of a second, of which three months are published."""
    folder = tmp_path_factory.mktemp("both")
    store, roles = folder / "kpi.duckdb", folder / "roles.toml"
    shutil.copyfile(sample_copy, store)
    reference = shared.reference(folder / "reference")
    roles.write_text(ROLES, encoding="utf-8")
    opened = Store(str(store), catalogue.read(reference))
    plans = opened.catalogue.datasets["child_protection"]
    rows = [{"period": month, "org_id": "CPC1", "cp_open": 7} for month in months(3)]
    publication.publish(opened.of(shared.OTHER), [incoming(plans, rows)], "officer")
    opened.close()
    port = free_port()
    with providing() as provider:
        signed = settings_of(provider, f"http://127.0.0.1:{port}", roles) | {
            "KPI_REFERENCE": str(reference)
        }
        with serving(store, PORT=str(port), **signed) as answer:
            yield answer


@pytest.fixture(scope="module")
def door(address: str) -> Door:
    return Door(address)


@pytest.fixture
def come(stranger: Page, door: Door) -> Callable[..., Page]:
    """Be somebody, on the page of an address."""
    return partial(door.sign_in, stranger)


def is_of(page: Page, council: str) -> None:
    expect(page.locator(".kpi-council")).to_have_text(council, timeout=45_000)


FIRST, OTHER = "Herefordshire children's services", "Otherton children's services"
SHUT = "This council is not open to you"


@pytest.mark.parametrize(
    ("name", "own", "closed", "home"),
    [(OFFICER, FIRST, "otherton", "Herefordshire"), (MEMBER, OTHER, "herefordshire", "Otherton")],
)
def test_another_council_is_shut(come, name, own, closed, home):
    page = come(name)
    is_of(page, own)
    assert page.get_by_label("Council", exact=True).count() == 0
    for link in ("", "measure", "upload", "audit"):
        page.goto(f"{page.url.split('?')[0].rstrip('/')}/../{link}?council={closed}")
        heading(page, SHUT)
        shows_no_figure(page)
    page.get_by_role("link", name=f"Go to {home} Council").click()
    is_of(page, own)


def test_a_council_that_there_is_not_is_shut_alike(come):
    page = come(OFFICER, "?council=nowhere")
    heading(page, SHUT)
    shows_no_figure(page)


def test_who_was_turned_away_is_in_the_log_of_that_council(come):
    heading(come(OFFICER, "?council=otherton"), SHUT)
    page = come(KEEPER, "audit?council=otherton")
    is_of(page, OTHER)
    row = page.get_by_role("row").filter(has_text="turned away").first
    expect(row).to_contain_text("performance@council.example")
    expect(row).to_contain_text("not a council of theirs")


def choose(page: Page, name: str) -> None:
    page.get_by_label("Council", exact=True).click()
    page.get_by_role("option", name=name).click()


def test_who_has_both_chooses_and_it_goes_along(come):
    page = come(KEEPER, "measure?kpi=cp_open")
    is_of(page, FIRST)
    choose(page, "Otherton Council")
    is_of(page, OTHER)
    for part in ("council=otherton", "kpi=cp_open"):
        expect(page).to_have_url(re.compile(part))
    expect(page.locator(".kpi-moment")).to_contain_text("June 2024")
    expect(page.locator(".js-plotly-plot").first).to_contain_text("7 children")
    page.get_by_role("link", name="Accessibility statement").click()
    is_of(page, OTHER)
    expect(page).to_have_url(re.compile("council=otherton"))
    page.reload()
    is_of(page, OTHER)
    choose(page, "Herefordshire Council")
    is_of(page, FIRST)


def test_what_was_begun_for_one_council_is_not_published_for_another(come):
    page = come(KEEPER, "upload?council=herefordshire")
    is_of(page, FIRST)
    page.locator('input[type="file"]').set_input_files(
        {"name": "plans.csv", "mimeType": "text/csv", "buffer": FILE.encode()}
    )
    expect(page.get_by_text("plans.csv").first).to_be_visible()
    choose(page, "Otherton Council")
    is_of(page, OTHER)
    expect(page.get_by_text("plans.csv")).to_have_count(0)


def test_a_member_of_the_second_sees_its_figures(come):
    page = come(MEMBER, "measure?kpi=cp_open")
    is_of(page, OTHER)
    expect(page.get_by_text("Children on a child protection plan").first).to_be_visible()
    expect(page.locator("body")).not_to_contain_text("Herefordshire children")
