"""Which returns are in, late, missing or restated, as the sentence and the table tell it."""

import re
from dataclasses import replace
from datetime import date

import pytest
from arrived import came, judged, month, returns

from kpi import arrivals, completeness, theme

# ---- in a sentence ----

ON_TIME, LATE = "2025-04-10T09:00", "2025-04-22T09:00"
FOUR = ("caseloads", "plans", "care", "ratings")


def said(*found, today="2025-04-24", datasets=None):
    known = datasets or returns(*FOUR)
    rows = judged(*found, today=today, datasets=known)
    titles = {name: dataset.title for name, dataset in known.items()}
    return completeness.summary(rows, completeness.upcoming(rows, known), titles)


@pytest.mark.parametrize(
    ("found", "title"),
    [
        (
            [came(name, "2025-03", ON_TIME) for name in FOUR],
            "All four returns for March 2025 are in",
        ),
        (
            [came(name, "2025-03", ON_TIME) for name in FOUR[:3]]
            + [came("ratings", "2025-03", LATE)],
            "All four returns for March 2025 are in, one late",
        ),
        (
            [came(name, "2025-03", LATE) for name in FOUR],
            "All four returns for March 2025 are in, all late",
        ),
        (
            [came(name, "2025-03", ON_TIME) for name in FOUR[:2]],
            "Both returns for March 2025 are in",
        ),
        ([came("plans", "2025-03", LATE)], "The return for March 2025 is in, late"),
        (
            [came(name, "2025-02", ON_TIME) for name in FOUR]
            + [came(name, "2025-03", ON_TIME) for name in FOUR[2:]],
            "Two of four returns for March 2025 are in. Missing: Caseloads, plans",
        ),
        ([came(name, "2025-02", ON_TIME) for name in FOUR], "No return for March 2025 is in"),
        (
            [came(name, "2025-03", ON_TIME) for name in FOUR[:3]]
            + [came("ratings", "2025-03", ON_TIME, "2025-04-23T09:00", "A recount")],
            "All four returns for March 2025 are in; one month was restated",
        ),
        (
            [came(name, "2025-03", ON_TIME, "2025-04-23T09:00", "A recount") for name in FOUR[:3]]
            + [came("ratings", "2025-03", ON_TIME)],
            "All four returns for March 2025 are in; three months were restated",
        ),
    ],
)
def test_the_title(found, title):
    assert said(*found)[0] == title


def test_a_month_that_is_not_due_is_not_the_news():
    found = [came(name, "2025-02", "2025-03-10T09:00") for name in FOUR]
    title, lead = said(*found, came("plans", "2025-03", "2025-04-02T09:00"), today="2025-04-10")
    assert title == "All four returns for February 2025 are in"
    assert lead == (
        "In that month 4 of 4 returns came on time, none came late and none is missing. "
        "Next: March 2025, due by 20 April 2025."
    )


def test_the_lead_counts():
    found = [came("caseloads", f"2025-{number:02}", LATE) for number in (1, 3)]
    _, lead = said(*found, datasets=returns("caseloads"))
    assert lead == (
        "In the last 3 months 0 of 3 returns came on time, two came late and one is missing. "
        "Next: April 2025, due by 20 May 2025."
    )


def test_an_empty_store_and_one_that_has_just_begun():
    assert said()[0] == "No return has been published yet"
    title, lead = said(came("plans", "2025-04", ON_TIME), today="2025-04-10")
    assert title == "The return for April 2025 is in"
    assert lead.endswith("Next: May 2025, due by 20 June 2025.")


# ---- drawn ----

GAPS = [("caseloads", month("2025-02"), 40, 3, 1)]


@pytest.fixture
def drawn():
    datasets = returns("caseloads", "plans")
    datasets["plans"] = replace(datasets["plans"], title="Plans & <more>")
    rows = judged(
        came("caseloads", "2025-01", "2025-02-10T09:00", "2025-03-01T09:00", "A <recount>"),
        came("caseloads", "2025-02", "2025-03-23T09:00"),
        came("plans", "2025-02", "2025-03-10T09:00"),
        today="2025-04-10",
        datasets=datasets,
        cells=GAPS,
    )
    return rows, datasets


def test_the_matrix_reads_aloud(drawn):
    html = arrivals.matrix(*drawn)
    assert '<caption class="kpi-hidden">Returns by month, the newest first</caption>' in html
    assert re.findall(r'<th scope="col"><span class="kpi-hidden">(\w+ \d+)', html) == [
        "March 2025",
        "February 2025",
        "January 2025",
    ]
    cells = re.findall(r'<span class="kpi-hidden">([^<]+)</span></td>', html)
    assert cells == [
        "Not yet due, due 20 April 2025",
        "Late by 3 days, 23 March 2025; 3 cells withheld; 1 cell not supplied",
        "On time, 10 February 2025; restated 1 March 2025",
        "Not yet due, due 20 April 2025",
        "On time, 10 March 2025",
        "Nothing expected",
    ]
    assert ">+3</span>" in html
    assert '<span class="kpi-gaps" aria-hidden="true">4</span>' in html
    assert '<th scope="row">Plans &amp; &lt;more&gt;' in html


def test_every_sign_is_explained():
    told = arrivals.key()
    for mark in theme.ARRIVAL.values():
        assert mark.symbol in told
        assert mark.word in told


def test_signs_differ_in_more_than_colour_and_can_be_read():
    marks = list(theme.ARRIVAL.values())
    assert len({mark.symbol for mark in marks}) == len({mark.word for mark in marks}) == len(marks)


def test_what_was_not_as_it_should_be(drawn):
    rows, datasets = drawn
    odd = arrivals.exceptions(rows)
    assert odd.select("dataset", "period").rows() == [
        ("caseloads", month("2025-02")),
        ("caseloads", month("2025-01")),
    ]
    html = arrivals.history(odd, datasets, "Late")
    assert "1 Mar 2025</span>: A &lt;recount&gt;" in html
    assert "23 Mar 2025, 3 days late" in html
    assert "3 cells withheld, 1 cell not supplied, of 40" in html


def test_the_calendar(drawn):
    rows, datasets = drawn
    coming = completeness.upcoming(rows, datasets)
    html = arrivals.calendar(coming, datasets, date(2025, 4, 10), "Due")
    assert "By the 20th of the next month" in html
    assert "March 2025, by 20 April 2025, in 10 days" in html
    assert "tomorrow" in arrivals.calendar(coming, datasets, date(2025, 4, 19), "Due")
    late = judged(
        came("caseloads", "2024-10", "2024-11-10T09:00"), today="2025-04-24", datasets=datasets
    )
    html = arrivals.calendar(
        completeness.upcoming(late, datasets), datasets, date(2025, 4, 24), "Due"
    )
    assert "Mar 2025, Feb 2025, Jan 2025 and 2 more" in html
    assert "Nothing yet" in html
