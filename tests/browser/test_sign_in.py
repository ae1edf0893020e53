"""Sign-in against a real OpenID provider: who sees which page, and that nobody sees one unasked."""

import re
import shutil
import time
import tomllib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import apart
import pytest
from bench.readers import reader
from browser.access import checked
from browser.serving import free_port, serving, settled
from browser.signing import Door, heading, providing, settings_of, shows_no_figure
from cases import ROOT
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

PAGES = tomllib.loads((ROOT / "data" / "reference" / "navigation.toml").read_text("utf-8"))["page"]
ADDRESSES = [page["address"] for page in PAGES]
ROLES = """
[claims]
"KPI.Committee" = "committee"
"KPI.Officers" = "officer"
"KPI.Admins" = "admin"

[people]
"director@council.example" = "director"
"""


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    with providing() as address:
        yield address


@pytest.fixture(scope="module")
def roles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("roles") / "roles.toml"
    path.write_text(ROLES, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def signed(
    provider: str, roles: Path, sample_copy: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A cold server with sign-in: the first that it is asked for is what a test asks."""
    store = tmp_path_factory.mktemp("signed") / "kpi.duckdb"
    shutil.copyfile(sample_copy, store)
    port = free_port()
    with serving(
        store, PORT=str(port), **settings_of(provider, f"http://127.0.0.1:{port}", roles)
    ) as address:
        yield address


@pytest.fixture(scope="module")
def door(signed: str) -> Door:
    return Door(signed)


@pytest.fixture
def sign_in(stranger: Page, door: Door) -> Callable[..., Page]:
    """Be somebody, on the page of an address."""
    return partial(door.sign_in, stranger)


@pytest.mark.parametrize("address", [ADDRESSES[1], ADDRESSES[0]])
def test_a_cold_server_shows_nothing_to_who_is_not_signed_in(stranger, signed, address):
    stranger.goto(f"{signed}/{address}")
    heading(stranger, "Sign in")
    shows_no_figure(stranger)
    assert stranger.get_by_text("Page not found").count() == 0


@pytest.mark.parametrize("address", ADDRESSES)
def test_whoever_is_not_signed_in_is_sent_nothing_else(signed, address):
    async def sent() -> tuple[str, frozenset[str]]:
        async with reader(signed, address) as one:
            return one.text(), one.kinds()

    words, kinds = apart.run(sent())
    seen = re.sub(r"<(style|script)>.*?</\1>", "", words, flags=re.DOTALL)
    assert re.findall(r"<h1[^>]*>[^<]*", seen) == ["<h1>Sign in"]
    assert re.search(r"\d", seen.replace("h1", "")) is None
    assert kinds == {"html", "button"}


def test_a_committee_member_sees_masked_figures_and_no_upload(sign_in, signed):
    page = sign_in("councillor@council.example")
    expect(page.locator(".kpi-card").first).to_be_visible(timeout=90_000)
    page.get_by_test_id("stHeader").get_by_text("Data", exact=True).click()
    expect(page.get_by_text("Definitions", exact=True).first).to_be_visible(timeout=20_000)
    assert page.get_by_text("Upload", exact=True).count() == 0
    expect(page.locator("body")).to_contain_text("Small numbers are withheld")


def test_pages_of_officers_are_not_for_a_committee_member(sign_in):
    shut = [one for one in PAGES if "committee" not in one.get("roles", ["committee"])]
    assert len(shut) >= 4
    for one in shut:
        page = sign_in("councillor@council.example", one["address"])
        heading(page, f"{one['title']} is not for your role")
        shows_no_figure(page)


def test_tokens_are_for_who_keeps_the_dashboard(sign_in, signed):
    page = sign_in("performance@council.example", "access")
    heading(page, "Access is not for your role")
    assert page.get_by_text("Make a token").count() == 0
    page = sign_in("keeper@council.example", "access")
    expect(page.get_by_text("Make a token", exact=True)).to_be_visible(timeout=45_000)
    page.get_by_text("Make a token", exact=True).click()
    expect(page.get_by_label("Signed in as").first).to_have_value("keeper@council.example")


def test_an_officer_reaches_the_upload(sign_in, signed):
    page = sign_in("performance@council.example", "upload")
    heading(page, "Upload a month of returns")
    expect(page.locator("body")).to_contain_text("Not for publication")


def test_an_address_on_the_list_is_a_role_however_it_is_spelt(sign_in, signed):
    page = sign_in("director")
    expect(page.locator(".kpi-card").first).to_be_visible(timeout=90_000)


@pytest.mark.parametrize("name", ["passer-by@elsewhere.example", "impostor"])
def test_without_a_role_there_is_no_data(sign_in, signed, name):
    page = sign_in(name)
    heading(page, "You have no role here")
    shows_no_figure(page)
    page.goto(f"{signed}/loads")
    heading(page, "You have no role here")
    shows_no_figure(page)
    assert page.get_by_text("Page not found").count() == 0


def test_what_roles_choose_with_is_for_everybody(sign_in):
    for address, opens, control in (
        ("packs", "Freeze a pack", "Signed in as"),
        ("present", "", "Small numbers"),
        ("loads", "Withdraw a load", "Load to withdraw"),
    ):
        page = sign_in("performance@council.example", address)
        if opens:
            page.get_by_text(opens, exact=True).first.click(timeout=45_000)
        expect(page.get_by_label(control).first).to_be_visible(timeout=45_000)
        if address == "packs":
            expect(page.get_by_text("Directors and officers: not for publication")).to_be_visible()
        settled(page)
        assert checked(page, address, "of an officer") == []


def test_a_refusal_is_for_everybody_and_says_who_is_refused(sign_in, signed):
    page = sign_in("councillor@council.example", "upload")
    heading(page, "Upload is not for your role")
    expect(page.get_by_text("councillor@council.example, with the role committee")).to_be_visible()
    assert checked(page, "upload", "refused") == []
    band = page.locator(".kpi-band summary").bounding_box()
    assert band
    assert band["height"] < 44, "the band is one line on a telephone"


def test_a_committee_reads_withheld_and_never_that_nothing_is_known(sign_in, signed):
    page = sign_in("councillor@council.example", "plan?priority=P09")
    expect(page.locator("h1")).to_contain_text("Quality assurance", timeout=90_000)
    expect(page.locator("h1")).to_contain_text("is withheld: small numbers")
    audits = page.locator(".kpi-strand").filter(has_text="Audits")
    expect(audits.first).to_contain_text("Withheld")
    expect(audits.first).to_contain_text("small numbers are withheld")
    page.goto(f"{signed}/measure?kpi=cp_repeat")
    expect(page.locator("h1")).to_have_text(
        "Repeat child protection plans stand at 32.7%, above target", timeout=90_000
    )
    page.goto(f"{signed}/measure?kpi=cla_started")
    expect(page.locator("h1")).to_contain_text("Nov 2024", timeout=90_000)
    expect(page.locator(".kpi-opening")).to_contain_text("Mar 2025 are withheld: small numbers")


def test_signing_out_ends_it(sign_in, signed):
    page = sign_in("performance@council.example")
    expect(page.locator(".kpi-card").first).to_be_visible(timeout=90_000)
    with page.expect_navigation():
        page.get_by_role("button", name="Sign out").click()
    page.wait_for_load_state("networkidle")
    page.goto(f"{signed}/loads")
    heading(page, "Sign in")
    shows_no_figure(page)


def test_a_role_removed_in_mid_session_is_gone_at_the_next_click(sign_in, signed, roles):
    page = sign_in("performance@council.example", "loads")
    expect(page.locator("h1")).not_to_have_text("Sign in", timeout=45_000)
    try:
        roles.write_text(ROLES.replace('"KPI.Officers" = "officer"', ""), encoding="utf-8")
        page.get_by_text("Withdraw a load", exact=True).first.click()
        page.goto(f"{signed}/measure")
        heading(page, "You have no role here")
        shows_no_figure(page)
        roles.write_text("not [toml", encoding="utf-8")
        page.goto(f"{signed}/measure")
        expect(page.get_by_text("The list of roles cannot be read")).to_be_visible(timeout=45_000)
        shows_no_figure(page)
    finally:
        roles.write_text(ROLES, encoding="utf-8")


def test_a_forged_session_is_none(stranger, signed):
    stranger.context.add_cookies(
        [{"name": "_streamlit_user", "value": "2|1:0|forged", "url": signed}]
    )
    stranger.goto(f"{signed}/loads")
    heading(stranger, "Sign in")
    shows_no_figure(stranger)


@pytest.mark.parametrize("query", ["state=forged&code=stolen", "error=access_denied", "code=x"])
def test_a_forged_answer_of_the_provider_signs_nobody_in(stranger, signed, query):
    stranger.goto(f"{signed}/oauth2callback?{query}")
    heading(stranger, "Sign in")
    shows_no_figure(stranger)


@pytest.fixture
def elsewhere(sample_copy: Path, tmp_path: Path, roles: Path) -> Callable[..., object]:
    def with_settings(provider: str, **more: str) -> object:
        store = tmp_path / "kpi.duckdb"
        shutil.copyfile(sample_copy, store)
        port = free_port()
        return serving(
            store,
            PORT=str(port),
            **settings_of(provider, f"http://127.0.0.1:{port}", roles),
            **more,
        )

    return with_settings


def test_a_session_ends(stranger, provider, elsewhere):
    with elsewhere(provider, KPI_SESSION_HOURS="0.0008") as address:
        Door(address).at_the_provider(stranger, "performance@council.example")
        time.sleep(4)
        stranger.goto(f"{address}/loads")
        heading(stranger, "Your session has ended")
        shows_no_figure(stranger)


def test_an_expired_token_signs_nobody_in(stranger, elsewhere):
    with providing("--token-max-age", "-3600") as late, elsewhere(late) as address:
        Door(address).at_the_provider(stranger, "director")
        heading(stranger, "Sign in")
        shows_no_figure(stranger)


def test_an_unreachable_provider_is_said_in_a_sentence(stranger, elsewhere):
    with elsewhere(f"http://localhost:{free_port()}") as address:
        stranger.goto(address)
        stranger.get_by_role("button", name="Sign in").click()
        expect(stranger.get_by_text("cannot be reached")).to_be_visible(timeout=45_000)
        shows_no_figure(stranger)


def test_whoever_is_let_in_without_sign_in_sees_masked_figures(stranger, provider, elsewhere):
    """And who has a role signs in there."""
    with elsewhere(provider, KPI_PUBLIC="yes") as address:
        stranger.goto(f"{address}/loads")
        heading(stranger, "Loads is not for your role")
        shows_no_figure(stranger)
        expect(stranger.get_by_text("You are not signed in")).to_be_visible()
        stranger.goto(address)
        expect(stranger.locator(".kpi-card").first).to_be_visible(timeout=90_000)
        expect(stranger.locator(".kpi-band")).to_contain_text("small numbers withheld")
        stranger.get_by_role("button", name="Sign in").click()
        stranger.locator('button[name="sub"][value="performance@council.example"]').click()
        expect(stranger.get_by_role("button", name="Sign out")).to_be_visible(timeout=45_000)
        expect(stranger.locator(".kpi-band")).not_to_contain_text("small numbers withheld")


def test_who_came_and_who_was_turned_away_is_on_record(sign_in):
    page = sign_in("councillor@council.example", "loads")
    heading(page, "Loads is not for your role")
    page = sign_in("keeper@council.example", "audit")
    expect(page.locator("h1")).to_contain_text("none has been altered", timeout=45_000)
    rows = page.locator("tbody tr")
    for who, what in (("councillor", "turned away"), ("keeper", "sign in")):
        lines = rows.filter(has_text=f"{who}@council.example").filter(has_text=what)
        expect(lines.first).to_be_attached()
    with page.expect_download() as taken:
        page.get_by_role("button", name="Download the whole log as CSV").click()
    assert "councillor@council.example" in taken.value.path().read_text("utf-8-sig")
    page.reload()
    rows = page.locator("tbody tr")
    expect(rows.filter(has_text="small numbers shown").first).to_be_visible(timeout=45_000)


def test_no_script_reads_the_cookie_of_a_session(stranger, door):
    door.at_the_provider(stranger, "councillor@council.example")
    expect(stranger.get_by_role("heading", level=1)).to_be_visible(timeout=45_000)
    held = {cookie.get("name", ""): cookie for cookie in stranger.context.cookies()}
    session = [one for name, one in held.items() if name.startswith("_streamlit_user")]
    assert session
    for one in session:
        assert one.get("httpOnly") is True
        assert one.get("sameSite") in ("Lax", "Strict")
    assert held["_streamlit_xsrf"].get("sameSite") in ("Lax", "Strict")
