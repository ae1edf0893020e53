"""A return and a measure that the code has never heard of, from the template to the card."""

import shutil
from pathlib import Path

import pytest
from browser.serving import LOADS, serving, settled
from browser.test_journeys import card_of, upload
from cases import ROOT, months
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

MISSING = """
[theme.missing_from_care]
title = "Missing from care"
order = 90

[dataset.missing_episodes]
title = "Missing episodes"
help = "Children who went missing from care, and who asked them why, month by month."
due_day = 12
key = ["period", "org_id"]

[dataset.missing_episodes.column]
period = { type = "month", help = "Month that the figures are for, as 2025-03" }
org_id = { type = "org", alias = ["team"], help = "Team; blank or ALL for the whole council" }
episodes = { type = "count", unit = "episodes", help = "Times that a child went missing" }
talked_72h = { type = "count", unit = "talks", help = "Of those, talked to within 72 hours of coming back" }

[[dataset.missing_episodes.rule]]
code = "ME01"
expect = "talked_72h <= episodes"
message = "Talks within 72 hours ({talked_72h}) cannot exceed episodes ({episodes})."

[kpi.missing_talks]
ref = "ME1"
title = "Return interviews within 72 hours"
question = "Does somebody ask a child in time why they ran?"
definition = "Episodes after which the child was talked to within 72 hours, as a share of all."
theme = "missing_from_care"
dataset = "missing_episodes"
numerator = "talked_72h"
denominator = "episodes"
per = 100
unit = "%"
decimals = 1
polarity = "high"
headline = true
"""


@pytest.fixture
def wider(sample_copy: Path, tmp_path: Path):
    """A server whose reference folder holds one file more, over a store that never had it."""
    store, reference = tmp_path / "kpi.duckdb", tmp_path / "reference"
    shutil.copyfile(sample_copy, store)
    shutil.copytree(ROOT / "data" / "reference", reference)
    (reference / "catalogue" / "missing.toml").write_text(MISSING, encoding="utf-8")
    with serving(store, KPI_REFERENCE=str(reference)) as answer:
        yield answer


def test_a_return_and_its_measure_need_nothing_but_toml(visit, wider, tmp_path):
    page = visit(f"{wider}/upload")
    page.locator("summary", has_text="Templates and data dictionary").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Missing episodes: template").click()
    header = download.value.path().read_text(encoding="utf-8-sig").strip()
    assert header == "period,org_id,episodes,talked_72h"

    rows = [
        f"{month:%Y-%m},CIC1,{20 + at % 3},{15 + at % 4}" for at, month in enumerate(months(12))
    ]
    file = tmp_path / "missing_episodes.csv"
    file.write_text("\n".join([header, *rows, "2025-03,CIC2,10,11"]), encoding="utf-8")
    upload(page, file)
    expect(
        page.get_by_text("Talks within 72 hours (11) cannot exceed episodes (10)")
    ).to_be_visible()
    mended = tmp_path / "corrected-missing_episodes.csv"
    mended.write_text("\n".join([header, *rows, "2025-03,CIC2,10,7"]), encoding="utf-8")
    upload(page, mended)
    expect(page.get_by_role("cell", name="Ready: 13 new")).to_be_visible()
    effects = page.get_by_role("table").filter(has_text="Measures that change")
    expect(effects).to_contain_text("Return interviews within 72 hours")
    page.get_by_label("Your role").fill("Performance officer")
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text(f"is published as load {LOADS + 1}")).to_be_visible()

    scorecard = visit(wider)
    expect(scorecard.locator("h2").filter(has_text="Missing from care")).to_be_visible()
    card = card_of(scorecard, "Return interviews within 72 hours")
    share = "78.1"  # (18 + 7) of (22 + 10)
    expect(card).to_contain_text(share)
    card.get_by_role("link", name="Return interviews within 72 hours").click()
    scorecard.wait_for_url("**/measure?kpi=missing_talks")
    settled(scorecard)
    expect(scorecard.locator(".js-plotly-plot .main-svg").first).to_be_visible()
    scorecard.get_by_text("Show as a table").first.click()
    expect(scorecard.get_by_role("cell", name=share, exact=True).first).to_be_visible()

    entry = visit(f"{wider}/definitions?term=missing_talks").locator("#missing_talks")
    expect(entry).to_contain_text("talked to within 72 hours, as a share of all")
    columns = visit(f"{wider}/definitions?term=talked_72h")
    expect(columns.get_by_text("talked to within 72 hours of coming back").first).to_be_visible()
    completeness = visit(f"{wider}/completeness")
    expect(completeness.get_by_role("rowheader", name="Missing episodes").first).to_be_visible()
