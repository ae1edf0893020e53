"""The plan as a browser and a screen reader meet it: ratings, movement, verdicts, questions."""

import re
from datetime import date
from itertools import pairwise

import polars as pl
import pytest
from test_card import HOSTILE, Page
from weighing import BETTER, GREEN, RED, STEADY, WORSE, weighed

from kpi import impact, quadrant, theme

MONTHS = [date(2024, 12, 1), date(2025, 1, 1), date(2025, 2, 1)]
PRIORITIES = pl.DataFrame(
    {
        "priority_id": ["P01", "P02"],
        "name": ["Caseloads <18", "Care leavers"],
        "answers": ["Service director", None],
    }
)


def address(name: str) -> str:
    return f"plan?priority={name}"


def plan(*ratings: tuple[str, int, str | None, str | None]) -> pl.DataFrame:
    rows = [(MONTHS[at], name, progress, impact) for name, at, progress, impact in ratings]
    schema = {
        "period": pl.Date,
        "priority_id": pl.String,
        "progress": pl.String,
        "impact": pl.String,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def matrix(rows: pl.DataFrame, verdicts=None, months=MONTHS) -> str:
    return impact.matrix(rows, PRIORITIES, months, verdicts or {}, address)


def cells(html: str) -> list[list[str]]:
    """The words of each body row of the plan, cell by cell."""
    body = html[html.index("<tbody") :]
    return [
        [" ".join(Page(cell).words) for cell in re.findall(r"<t[hd].*?</t[hd]>", line)]
        for line in re.findall(r"<tr .*?</tr>", body)
    ]


def test_plan_reads_progress_and_impact_of_each_month():
    rows = plan(
        ("P01", 0, "red", "red"),
        ("P01", 1, "amber", "red"),
        ("P01", 2, "blue", "red"),
        ("P02", 2, "green", None),
    )
    first, second = cells(matrix(rows))
    assert first == [
        "Caseloads <18 Service director",
        "Progress: Red. Impact: Red.",
        "Progress: Amber. Impact: Red.",
        "Progress: Blue Impact: Red",
        "Progress better",
        "–",
    ]
    assert second == [
        "Care leavers",
        *["Progress: Not rated. Impact: Not rated."] * 2,
        "Progress: Green Impact: Not rated",
        "No change",
        "–",
    ]


@pytest.mark.parametrize(
    ("before", "now", "words"),
    [
        (("red", "red"), ("amber", "amber"), "Progress better Impact better"),
        (("blue", "green"), ("blue", "red"), "Impact worse"),
        (("green", "red"), ("amber", "red"), "Progress worse"),
        (("green", "green"), ("blue", "green"), "Progress better"),
        (("green", "red"), ("green", "red"), "No change"),
        ((None, "red"), ("green", "red"), "No change"),
    ],
)
def test_plan_says_what_moved(before, now, words):
    rows = plan(("P01", 1, *before), ("P01", 2, *now))
    assert cells(matrix(rows))[0][-2] == words


def test_plan_of_one_month_has_moved_nowhere():
    assert cells(matrix(plan(("P01", 0, "red", "red")), months=MONTHS[:1]))[0][-2] == "–"


def test_plan_heads_name_month_and_year():
    html = matrix(plan())
    head = Page(html[html.index("<thead") : html.index("</thead>") + 8])
    assert head.words == ["Priority", "2024", "Dec", "2025", "Jan", "February 2025",
                          "Progress, impact", "Since last month",
                          "Does the evidence agree?"]  # fmt: skip


def test_months_that_a_laptop_leaves_out_are_marked():
    months = [date(2024, n, 1) for n in range(1, 10)]
    heads = Page(matrix(plan(), months=months)).tags("th")
    styles = [given["class"] for given in heads if "kpi-month" in (given.get("class") or "")]
    assert styles == ["kpi-month kpi-early"] * 3 + ["kpi-month kpi-recent"] * 5


def test_a_verdict_stands_beside_its_rating_with_its_reasons(book):
    verdict = weighed(book, "P05", "green", cp_repeat=RED | WORSE | {"denominator": 90.0})
    rows = plan(("P01", 2, "green", "green"))
    html = matrix(rows, {"P01": verdict})
    said = cells(html)[0][-1]
    assert said.startswith(
        "Contradicted Repeat child protection plans: 30.0% over 12 months, worsening "
        "Impact is rated green. The evidence says otherwise."
    )
    assert "20 points above the target of 10% and worsening." in said
    assert html.count("<details>") == 1


def test_the_telling_figure_of_what_is_borne_out_is_one_that_stands_well(book):
    verdict = weighed(
        book,
        "P02",
        "amber",
        workforce_agency_rate=RED | BETTER | {"denominator": 90.0},
        caseload_mean=GREEN | STEADY | {"assurance": "consistent_pass"},
    )
    assert verdict.verdict == "supported"
    assert verdict.brief == "Average caseload: 9.0 cases, on target"


def test_the_key_explains_every_colour_in_words():
    words = Page(impact.key()).words
    assert {mark.word for mark in theme.BRAG.values()} <= set(words)


def test_strands_list_what_each_measure_says_and_fold_what_cannot_be_judged(book):
    verdict = weighed(book, "P05", "green", cp_repeat=RED | WORSE | {"denominator": 90.0})
    page = Page(impact.strands(verdict, lambda name: f"measure?kpi={name}"))
    assert [word for word in page.words if word in impact.NAMES.values()] == [
        "Numbers", "Audits", "Voices",
    ]  # fmt: skip
    links = [given["href"] for given in page.tags("a")]
    assert links[0] == "measure?kpi=cp_repeat"
    assert len(links) == len(set(links))
    assert page.words.count("What cannot be judged") == 3


def test_what_the_owner_leaves_out_is_said():
    row = {"progress": "green", "impact": None, "commentary": None, "so_what": None}
    words = " ".join(Page(impact.owner(row)).words)
    assert (
        words == "Progress Green Impact Not rated No commentary was given. So what? Not answered."
    )


def test_progress_without_impact_says_for_how_long():
    row = {"priority_id": "P01", "name": "Caseloads <18", "progress": "blue", "impact": "red"}
    words = Page(impact.without_impact([row | {"months": 12}], {}, address)).words
    assert words == [
        "Progress without impact",
        "Caseloads <18",
        "Blue",
        "Red",
        "12 months running.",
    ]
    words = Page(impact.without_impact([row | {"months": 1}], {}, address)).words
    assert words[-1] == "One month."
    assert "No priority" in " ".join(Page(impact.without_impact([], {}, address)).words)


def test_three_questions_stand_open_and_keep_their_numbers():
    items = [(f"Question {n}?", "#", "Chart") for n in range(1, 6)]
    html = impact.asked(items, "Questions", "Lead.")
    assert html.index("Two more") < html.index("Question 4?")
    assert re.findall(r'<li value="(\d)">', html) == list("12345")
    assert "<details" not in impact.asked(items[:3], "Questions", "Lead.")


def test_nothing_from_data_is_read_as_markup(book):
    rows = plan(("P01", 2, "green", "green"))
    hostile = PRIORITIES.with_columns(name=pl.lit(HOSTILE), answers=pl.lit(HOSTILE))
    html = impact.matrix(rows, hostile, MONTHS, {}, lambda name: HOSTILE)
    html += impact.asked([(HOSTILE, HOSTILE, HOSTILE)], HOSTILE, HOSTILE)
    row = {"priority_id": "P01", "name": HOSTILE, "progress": "blue", "impact": "red", "months": 2}
    html += impact.without_impact([row], {}, lambda name: HOSTILE)
    html += impact.owner(row | {"commentary": HOSTILE, "so_what": HOSTILE})
    assert not Page(html).tags("script")


# ---- progress against impact ----

NAMES = {"P01": "Caseloads", "P02": "Care leavers"}


def test_priorities_of_one_place_stand_under_each_other():
    rows = plan(("P01", 2, "green", "amber"), ("P02", 2, "green", "amber"))
    figure = quadrant.quadrant(rows, MONTHS[2], NAMES)
    [dots] = [trace for trace in figure.data if trace["mode"] == "markers+text"]
    assert list(dots["text"]) == ["1", "2"]
    (first, second) = zip(dots["x"], dots["y"], strict=True)
    assert first[0] == second[0]
    assert first[1] - second[1] == pytest.approx(1)
    named = [one["text"] for one in figure.layout.annotations]
    assert {"Caseloads", "Care leavers", "Progress without impact"} <= set(named)


def test_ten_priorities_in_one_place_never_share_a_point():
    names = {f"P{n:02}": f"Priority {n}" for n in range(1, 11)}
    rows = plan(*((name, 2, "blue", "red") for name in names))
    figure = quadrant.quadrant(rows, MONTHS[2], names)
    [dots] = [trace for trace in figure.data if trace["mode"] == "markers+text"]
    heights = sorted(dots["y"])
    pixels = quadrant.PITCH
    assert min(b - a for a, b in pairwise(heights)) * pixels >= 24


def test_a_trail_leads_from_each_earlier_place():
    rows = plan(
        ("P01", 0, "red", "red"),
        ("P01", 1, "red", "red"),
        ("P01", 2, "green", "red"),
        ("P02", 1, "green", "red"),
        ("P02", 2, "green", "red"),
    )
    found = quadrant.trails(rows, MONTHS[2])
    assert [(place.progress, place.period.month) for place in found["P01"]] == [
        ("red", 1),
        ("green", 2),
    ]
    assert len(found["P02"]) == 1
    table = quadrant.table(rows, MONTHS[2], NAMES).to_dicts()
    assert table[0]["before"] == "progress red and impact red until Jan 2025"
    assert table[1]["before"] is None
    trail = [trace for trace in quadrant.quadrant(rows, MONTHS[2], NAMES).data
             if trace["mode"] == "lines+markers+text"]  # fmt: skip
    assert len(trail) == 1


def test_who_is_not_rated_in_the_month_has_no_place():
    rows = plan(("P01", 1, "red", "red"), ("P02", 2, "green", None))
    assert quadrant.trails(rows, MONTHS[2]) == {}
    assert not quadrant.quadrant(rows, MONTHS[2], NAMES).data
    assert quadrant.table(rows, MONTHS[2], NAMES).is_empty()


def test_the_alternative_text_says_who_is_where():
    rows = plan(("P01", 2, "green", "amber"), ("P02", 2, "green", "amber"))
    assert quadrant.alt(rows, MONTHS[2], NAMES) == (
        "Priorities by progress and impact in February 2025; "
        "progress green and impact amber: Caseloads, Care leavers."
    )
