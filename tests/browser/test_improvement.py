"""Activities, risks and comparisons, as a reader meets them in a real browser."""

import re
import shutil
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import activities
import polars as pl
import pytest
from browser.serving import SIZES, serving, settled
from playwright.sync_api import Page, expect

from kpi import benchmark, board, catalogue, ingest, publication, settings
from kpi.store import Store

pytestmark = pytest.mark.browser

PAGES = ("activities", "risks", "benchmarks")
DAY = "as_at=2025-04-24"
AREAS = ("England", "West Midlands", "Herefordshire, County of", "Somerset", "Suffolk", "Elsewhere", "Far away")  # fmt: skip
CODES = (None, None, 884, 933, 935, 301, 302)
CASELOADS = (15.2, 15.3, 13.6, 16.0, 12.1, 9.9, 25.0)


def csv_of(rows: pl.DataFrame) -> bytes:
    """A register as an officer would send it."""
    lists = [name for name, kind in rows.schema.items() if isinstance(kind, pl.List)]
    listed = rows.drop("line", "load_id").with_columns(pl.col(lists).list.join(";"))
    return listed.write_csv().encode()


def downloaded() -> bytes:
    """A workforce file of the Department's, as far as its layout goes."""
    lines = ["time_period,time_identifier,geographic_level,country_code,country_name,region_code,"
             "region_name,old_la_code,new_la_code,la_name,caseload_fte"]  # fmt: skip
    for year, (area, code, value) in (
        (year, row) for year in (2020, 2025) for row in zip(AREAS, CODES, CASELOADS, strict=True)
    ):
        level = "National" if area == "England" else "Local authority" if code else "Regional"
        region = ",,," if area == "England" else "E12000005,West Midlands,"
        region = "," if area == "England" else "E12000005,West Midlands"
        name = f'"{area}"' if code else ""
        lines.append(f"{year},Reporting year,{level},E92000001,England,{region},{code or ''},,{name},{value}")  # fmt: skip
    return "\n".join(lines).encode()


@pytest.fixture(scope="module")
def full(sample_copy: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server over sixty activities, five risks and a file of every authority."""
    path = tmp_path_factory.mktemp("improvement") / "kpi.duckdb"
    shutil.copyfile(sample_copy, path)
    store = Store(str(path), catalogue.read(settings.read().reference))
    risks = activities.risks(
        activities.risk("R1", title="Costs rise beyond the reserve", likelihood=4, contingency=None),
        activities.risk("R2", title="Posts stay empty", likelihood=5, impact=5, kpi_ids=["workforce_vacancy_rate"]),
        activities.risk("R3", title="The pace is too slow", review_due=activities.day("2025-03-01")),
    )  # fmt: skip
    files = {"activity.csv": csv_of(activities.sixty()), "risk.csv": csv_of(risks)}
    for name, content in files.items():
        found = ingest.check(store.catalogue, content, name, board.context(store, 10**7))
        assert found.accepted, found.findings
        ready = board.incoming(found, "A plan of sixty activities")
        publication.publish(store, [ready], "Officer", datetime(2025, 4, 24, 9))
    name = "csww_indicators_small.csv"
    series = [store.catalogue.benchmarks["caseload_mean"]]
    board.keep_benchmarks(store, [(name, benchmark.read(downloaded(), series, name))], "officer")
    store.close()
    with serving(path) as address:
        yield address


def whole(page: Page) -> None:
    expect(page.locator("h1")).to_have_count(1)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    beyond = page.evaluate(
        "() => document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
    )
    assert beyond <= 0


@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens_and_never_scrolls_sideways(visit, full, page):
    shown = visit(f"{full}/{page}")
    expect(shown.locator(".kpi-worklist").first).to_be_visible(timeout=30_000)
    for width, height in SIZES.values():
        shown.set_viewport_size({"width": width, "height": height})
        shown.wait_for_timeout(300)  # what is drawn anew for the size
        whole(shown)


# ---- activities ----


def timeline(page: Page):
    return page.locator(".st-key-timeline-plot .js-plotly-plot")


def test_sixty_activities_are_legible(visit, full):
    page = visit(f"{full}/activities")
    expect(page.locator("h1")).to_contain_text(
        "of 60 activities are late; the longest chain ends in"
    )
    expect(timeline(page)).to_be_visible(timeout=30_000)
    titles = timeline(page).locator(".annotation-text", has_text="Review the supervision policy")
    expect(titles).to_have_count(45)
    sizes = titles.evaluate_all("all => all.map(one => parseFloat(getComputedStyle(one).fontSize))")
    assert min(sizes) >= 14
    boxes = titles.evaluate_all("all => all.map(one => one.getBoundingClientRect()).map(b => [b.top, b.bottom, b.left, b.right])")  # fmt: skip
    boxes.sort()
    assert all(one[1] <= other[0] + 1 for one, other in pairwise(boxes))
    assert min(box[2] for box in boxes) >= 0
    assert max(box[3] for box in boxes) <= 1366 * 0.35
    beyond = timeline(page).evaluate(
        "plot => Math.max(...[...plot.querySelectorAll('.annotation-text')]"
        ".map(one => one.getBoundingClientRect().right)) - plot.getBoundingClientRect().right"
    )
    assert beyond <= 0


def test_the_list_has_every_activity_and_leads_to_its_measures(visit, full):
    page = visit(f"{full}/activities")
    rows = page.locator(".st-key-activity-list tbody tr")
    expect(rows).to_have_count(60, timeout=30_000)
    expect(rows.nth(4)).to_contain_text("Recruit, induct")
    rows.nth(4).get_by_role("link", name="Average caseload").click()
    page.wait_for_url("**/measure?kpi=caseload_mean")


def test_the_choice_lives_in_the_address(visit, full):
    page = visit(f"{full}/activities?priority=P03&late=true")
    title = page.locator(".kpi-head h2").first
    expect(title).to_have_text(
        "Supervision and oversight: one late; furthest: Review the supervision policy 18, "
        "94 days behind",
        timeout=30_000,
    )
    page = visit(f"{full}/activities?priority=P04")
    rows = page.locator(".st-key-activity-list tbody tr")
    expect(rows).to_have_count(6, timeout=30_000)
    box = page.get_by_role("combobox", name="Owner")
    box.click()
    page.get_by_role("option", name="Head of service", exact=True).click()
    expect(rows).to_have_count(3, timeout=30_000)
    expect(page).to_have_url(re.compile("owner=Head"))
    expect(page).to_have_url(re.compile("priority=P04"))
    page.reload()
    settled(page)
    expect(page.locator(".st-key-activity-list tbody tr")).to_have_count(3, timeout=30_000)
    page.get_by_text("Late only").click()
    page.wait_for_url("**late=true**")


def test_nothing_fits_says_a_sentence(visit, full):
    page = visit(f"{full}/activities?priority=P01&late=true")
    expect(page.get_by_text("No activity fits.")).to_be_visible(timeout=30_000)


def test_nonsense_in_the_address_still_opens(visit, full):
    page = visit(f"{full}/activities?priority=%3Cscript%3E&owner=x&state=y&late=maybe")
    expect(page.locator(".st-key-activity-list tbody tr")).to_have_count(60, timeout=30_000)
    whole(page)


def test_on_a_telephone_the_list_leads_and_the_timeline_scrolls_alone(visit, full):
    page = visit(f"{full}/activities?priority=P03", "telephone")
    expect(timeline(page)).to_be_visible(timeout=30_000)
    tops = page.evaluate(
        "() => ['activity-list', 'timeline'].map(name => "
        "document.querySelector('.st-key-' + name).getBoundingClientRect().top)"
    )
    assert tops[0] < tops[1]
    wide, seen = page.evaluate(
        "() => { const box = document.querySelector('.st-key-timeline-plot');"
        " return [box.scrollWidth, box.clientWidth]; }"
    )
    assert wide > 900 > seen
    whole(page)


@pytest.mark.parametrize(
    ("page", "sentence"),
    [("activities", "No activities are published yet"), ("risks", "No risks are published yet")],
)
def test_an_empty_register_says_a_sentence(visit, full, page, sentence):
    shown = visit(f"{full}/{page}?as_at=2019-01-01")
    expect(shown.locator("h1")).to_have_text(sentence)
    whole(shown)


# ---- risks ----


def test_the_matrix_leads_to_the_register_and_on_to_the_measure(visit, full):
    page = visit(f"{full}/risks")
    expect(page.locator("h1")).to_have_text(
        "Three risks: two very high; one has a mitigation and no contingency"
    )
    cell = page.locator("td.kpi-grade-very_high", has_text="25")
    expect(cell.get_by_role("link")).to_have_attribute("href", "#risk-R2")
    cell.get_by_role("link").click()
    expect(page.locator("#risk-R2")).to_be_in_viewport()
    row = page.locator(".kpi-risks tbody tr").filter(has_text="Posts stay empty")
    expect(row).to_contain_text("Almost certain (5), grave (5)")
    expect(row).to_contain_text("Off target")
    row.get_by_role("link", name="Social worker vacancy rate").click()
    page.wait_for_url("**/measure?kpi=workforce_vacancy_rate")


def test_what_is_missing_can_be_asked_for_in_the_address(visit, full):
    page = visit(f"{full}/risks?show=no_contingency")
    expect(page.locator(".kpi-risks tbody tr")).to_have_count(1, timeout=30_000)
    page.get_by_role("combobox", name="Show").click()
    page.get_by_role("option", name="Review overdue").click()
    expect(page.locator(".kpi-risks tbody tr")).to_contain_text("Overdue by 54 days")
    expect(page).to_have_url(re.compile("show=review_overdue"))


# ---- comparisons ----


def test_a_rank_where_every_authority_is_known(visit, full):
    page = visit(f"{full}/benchmarks")
    expect(page.locator("h1")).to_contain_text("In 2025 Herefordshire stood at 13.6, below")
    expect(page.locator(".kpi-opening")).to_contain_text("Rank 3 of 5, in the second quarter")
    expect(
        page.get_by_role("heading", name="One of two neighbours did better in 2025")
    ).to_be_visible()
    expect(
        page.get_by_text("the 10 statistical neighbours of the 2025 model").first
    ).to_be_visible()
    row = page.locator(".kpi-overview tbody tr").filter(has_text="Average caseload")
    expect(row).to_contain_text("Better by")


def test_without_a_file_there_is_no_rank_and_a_sentence_says_why(visit, full):
    page = visit(f"{full}/benchmarks?kpi=cp_repeat")
    expect(page.locator("h1")).to_contain_text("In 2025 Herefordshire stood at 32.7%")
    expect(page.get_by_text("No rank yet.")).to_be_visible(timeout=30_000)
    link = page.locator(".kpi-overview").get_by_role("link", name="Agency worker rate")
    link.click()
    page.wait_for_url("**kpi=workforce_agency_rate**")
    settled(page)
    expect(page.locator("h1")).to_contain_text("18.3%")


def test_a_look_back_knows_no_later_figure(visit, full):
    page = visit(f"{full}/benchmarks?kpi=cp_repeat&as_at=2023-06-01")
    expect(page.locator("h1")).to_contain_text("In 2022 Herefordshire stood at 22.7%")
