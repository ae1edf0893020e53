"""Definitions: one of everything, in plain words, found as it is typed, never at odds."""

import re
from dataclasses import replace
from datetime import date, datetime

import polars as pl
import pytest
from frames import caseload, share
from ingest.ingest_context import SPENDING, with_spending

from kpi import dictionary, entries, formula, glossary, theme
from kpi.observation import STATES
from kpi.records import Flow, Rule, Spc

PRIORITIES = {"P02": "Manageable caseloads", "P05": "Child protection practice"}
TARGETS = {
    "kpi_id": pl.String,
    "valid_from": pl.Date,
    "target": pl.Float64,
    "tolerance": pl.Float64,
    "band_low": pl.Float64,
    "band_high": pl.Float64,
    "source": pl.String,
    "set_by": pl.String,
    "recorded_at": pl.Datetime,
}
ADDRESSES = dictionary.Addresses(
    entry=lambda name: f"definitions?term={name}", measure=lambda name: f"measure?kpi={name}"
)


def targets(*rows):
    return pl.DataFrame([dict.fromkeys(TARGETS) | row for row in rows], schema=TARGETS)


@pytest.fixture(scope="module")
def wider(book):
    return with_spending(book)


@pytest.fixture(scope="module")
def defined(book):
    return entries.entries(book, targets(), PRIORITIES)


# ---- expressions in words ----


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("cp_open", "cp_open"),
        ("cp_repeat_start <= cp_start", "cp_repeat_start is no more than cp_start"),
        ("fte > 0 or cases = 0", "fte is more than 0 or cases is 0"),
        ("a >= 1 and b < 2", "a is at least 1 and b is less than 2"),
        ("a <> 'red' or b is not null", "a is not red or b is given"),
        ("a is null", "a is blank"),
        ("residential + foster - 1", "residential plus foster less 1"),
        ("median(cases / nullif(fte, 0))", "the median of cases ÷ fte"),
        ("quantile_cont(cases / nullif(fte, 0), 0.25)", "the lower quartile of cases ÷ fte"),
        ("quantile_cont(cases / nullif(fte, 0), 0.75)", "the upper quartile of cases ÷ fte"),
        ("max(cases)", "the highest cases"),
        (
            "case when cases > 18 * fte then fte else 0 end",
            "(fte where cases is more than 18 × fte, otherwise 0)",
        ),
        ("round(a, 2)", "round(a, 2)"),
    ],
)
def test_an_expression_in_words(expression, words):
    assert formula.said(expression) == words


@pytest.mark.parametrize(
    ("kpi_id", "fraction", "method"),
    [
        ("cp_open", "cp_open", "Summed over all teams."),
        (
            "cp_repeat",
            "100 × cp_repeat_start ÷ cp_start",
            "Both are summed over all teams and over 12 months and only then divided: never an "
            "average of the teams’ figures.",
        ),
        (
            "cla_rate",
            "10,000 × cla_open ÷ residents aged 0 to 17",
            "Summed over all teams, and divided by the residents of the year. For the whole "
            "council only: a team has no population.",
        ),
        (
            "caseload_median",
            "The median of cases ÷ fte",
            "Only rows in which cases is more than 0 count. Taken over the rows themselves, for "
            "each team and for the whole council: never an average of the teams’ figures.",
        ),
    ],
)
def test_how_a_measure_is_computed(book, kpi_id, fraction, method):
    assert formula.fraction(book.kpis[kpi_id]) == fraction
    assert formula.method(book.kpis[kpi_id]) == method


def test_a_rule_is_its_message_or_its_condition():
    subset = Rule(code="A", expect="a <= b", message="Of those ({a}) cannot exceed all ({b}).")
    asked = Rule(code="B", expect="a <= b", message="{a} of {b}?", severity="warning")
    assert formula.rule(subset) == "Of those cannot exceed all."
    assert formula.rule(asked) == "a is no more than b."
    stock = Flow(code="C", stock="cp_open", starts="cp_start", ends="cp_end", within=2)
    assert formula.flow(stock) == (
        "cp_open is last month’s cp_open plus cp_start less cp_end, to within 2."
    )


# ---- words and signs ----


@pytest.mark.parametrize(
    ("meanings", "states"),
    [
        (glossary.STATUS, theme.RATING),
        (glossary.VARIATION, theme.VARIATION),
        (glossary.ASSURANCE, theme.ASSURANCE),
        (glossary.BRAG, theme.BRAG),
        (glossary.ARRIVAL, theme.ARRIVAL),
        (glossary.REQUEST, theme.REQUEST),
        (glossary.CLAIM, theme.CLAIM),
        (glossary.RULES, {name for name in theme.SIGNAL if name != "none"}),
        ({name for name in glossary.LETTERS if len(name) < 4 and name != "–"}, STATES),
    ],
)
def test_every_state_has_its_meaning(meanings, states):
    assert set(meanings) == set(states)


def test_meanings_are_sentences():
    for group in glossary.GROUPS:
        for term in group.terms:
            assert re.fullmatch(r"[A-Z].*\.", term.meaning), term


# ---- entries ----


def test_everything_has_one_entry(book, defined):
    ids = [entry.entry_id for entry in defined]
    assert len(ids) == len(set(ids))
    named = {entries.entry_id(dataset) for dataset in book.datasets.values()}
    assert {*book.kpis, *named, "status", "limits", "letters", "checks"} <= set(ids)


def fact(entry, term):
    return next(fact for fact in entry.facts if fact.term == term)


def test_what_an_entry_says_of_a_measure(defined):
    entry = next(entry for entry in defined if entry.entry_id == "cp_repeat")
    assert entry.group == "Child protection"
    assert entry.lead == "Do children come back onto a plan?"
    assert fact(entry, "Which way is better").text == "Lower is better."
    assert fact(entry, "Unit").text == "Per cent, shown with one decimal."
    assert fact(entry, "Evidence for").text == "Child protection practice (P05)"
    assert fact(entry, "Made from").refs == ("child_protection",)
    made = fact(entry, "Made from").text.splitlines()
    assert [line.split(":")[0] for line in made] == [
        "cp_start",
        "cp_repeat_start",
        "From the return",
    ]
    assert "Department for Education" in fact(entry, "Compared with").text


def test_a_rebase_comes_with_its_reason(defined):
    entry = next(entry for entry in defined if entry.entry_id == "caseload_mean")
    reset = fact(entry, "Limits reset, Feb 2023").text
    assert reset == "Tranche two funding in place: a new level of staffing."


def test_a_new_return_has_an_entry_without_code(wider):
    entry = next(
        entry for entry in entries.entries(wider, targets(), {}) if entry.entry_id == "spending"
    )
    columns, checks = entry.tables
    assert [row[0][0] for row in columns.rows] == SPENDING.names
    assert columns.rows[-1][3] == ("No", "The column may be left out")
    assert [row[0] for row in checks.rows] == [("Key",)]


@pytest.mark.parametrize(
    ("kpi", "row", "words"),
    [
        (
            caseload(),
            {"target": 18.0, "tolerance": 2.0, "band_low": 15.0, "band_high": 18.0},
            "On target at 18 or less, near target to 20, off target above that\n"
            "Good range 15 to 18",
        ),
        (
            share(polarity="high"),
            {"target": 88.9, "tolerance": 5.0},
            "On target at 88.9% or more, near target to 83.9%, off target below that",
        ),
        (caseload(), {"target": 18.0}, "On target at 18 or less, off target above that"),
        (caseload(), {}, "No target from this month on"),
    ],
)
def test_a_target_in_words(kpi, row, words):
    given = dict.fromkeys(TARGETS) | row | {"source": "Cabinet minutes.", "set_by": "starter set"}
    told = entries.target(kpi, given)
    assert told == f"{words}\nSource: Cabinet minutes\nSet by: starter set"


def test_targets_by_start_the_newest_first_and_the_last_record_of_each(book):
    row = {"kpi_id": "caseload_mean", "source": "Cabinet", "tolerance": 2.0}
    start, later = date(2020, 4, 1), date(2025, 4, 1)
    known = targets(
        row | {"valid_from": start, "target": 18.0, "recorded_at": datetime(2020, 4, 1)},
        row | {"valid_from": later, "target": 17.0, "recorded_at": datetime(2025, 3, 1)},
        row | {"valid_from": later, "target": 16.0, "recorded_at": datetime(2025, 3, 9)},
    )
    defined = entries.entries(book, known, PRIORITIES)
    entry = next(entry for entry in defined if entry.entry_id == "caseload_mean")
    told = [(fact.term, fact.text.split(",")[0]) for fact in entry.facts if "Target" in fact.term]
    assert told == [
        ("Target since Apr 2025", "On target at 16 or less"),
        ("Target since Apr 2020", "On target at 18 or less"),
    ]
    neutral = next(entry for entry in defined if entry.entry_id == "cp_open")
    assert fact(neutral, "Target").text.startswith("None:")


@pytest.mark.parametrize(
    ("spc", "words"),
    [
        (
            Spc(),
            "They rest on all months since the first. Odd steps are left out. Rules of Making Data Count.",
        ),
        (
            Spc(fix_after=12, screen=False, mode="ptd"),
            "They rest on the first 12 months since the first. Odd steps are not left out. Rules "
            "of the package NHSRplotthedots.",
        ),
    ],
)
def test_the_limits_of_a_measure(spc, words):
    assert entries.limits(spc) == words


# ---- search ----


@pytest.mark.parametrize(
    ("sought", "first", "others"),
    [
        ("caseload_mean", "caseload_mean", set()),
        ("  Average   CASELOAD ", "caseload_mean", set()),
        ("cp_open", "cp_open", {"cp_rate", "cp_two_years", "child_protection"}),
        ("nqsw", "caseloads", set()),
        ("median ratings", None, set()),
        ("amber", "status", {"brag", "plan_brag"}),
        ("supervision held", "caseloads", set()),
        ("zebra", None, set()),
    ],
)
def test_search(defined, sought, first, others):
    found = [entry.entry_id for entry in dictionary.find(defined, sought)]
    if first is None:
        assert not found
    else:
        assert first in found
        assert others <= set(found)


def test_an_id_comes_before_whatever_mentions_it(defined):
    assert dictionary.find(defined, "cp_open")[0].entry_id == "cp_open"
    assert dictionary.find(defined, "variation")[0].entry_id == "variation"
    assert dictionary.find(defined, "") == defined


def test_a_slip_of_the_keyboard_finds_what_was_meant(defined):
    assert dictionary.nearest(defined, "cp_opne")[0].entry_id == "cp_open"
    assert dictionary.nearest(defined, "qqqqqq") == []


# ---- the page ----


def test_every_link_on_the_page_leads_somewhere(defined):
    page = dictionary.page(defined, "", ADDRESSES)
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)
    assert {entry.entry_id for entry in defined} <= set(ids)
    assert 'href="measure?kpi=cp_open"' in page


def test_what_was_sought_is_marked_and_all_is_escaped(defined):
    page = dictionary.page(defined, "supervision HELD", ADDRESSES)
    assert "<mark>Supervision</mark> <mark>held</mark>" in page
    assert re.search(r">\d+ definitions mention “supervision HELD”\.<", page)
    evil = replace(defined[0], title="<b>bold</b> & so", lead="a < b")
    page = dictionary.page([evil], "<b>", ADDRESSES)
    assert "<b>" not in page
    assert "<mark>&lt;b&gt;</mark>bold&lt;/b&gt; &amp; so" in page
    assert "&lt;script&gt;" in dictionary.page(defined, "<script>", ADDRESSES)


def test_nothing_found_says_what_to_try(defined):
    page = dictionary.page(defined, "cp_opne", ADDRESSES)
    assert "Nothing here mentions “cp_opne”. Did you mean" in page
    assert 'href="definitions?term=cp_open"' in page
    assert "clear the field" in dictionary.page(defined, "qqqqqq", ADDRESSES)


def test_tables_keep_their_meaning_when_they_are_laid_out_in_blocks(defined):
    page = dictionary.page(defined, "caseloads", ADDRESSES)
    assert "<caption>Columns of Caseloads</caption>" in page
    assert '<th scope="col" role="columnheader">Column</th>' in page
    assert '<th scope="row" role="rowheader">' in page
    assert 'role="region" tabindex="0" aria-label="Columns of Caseloads"' in page
