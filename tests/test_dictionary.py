"""Definitions, templates and the data dictionary: complete, in plain words, and never at odds."""

import csv
import io
import re
from dataclasses import replace
from datetime import date, datetime

import polars as pl
import pytest
from click.testing import CliRunner
from frames import caseload, share
from ingest.ingest_context import SPENDING

from kpi import board, cli, command, dictionary, entries, formula, glossary, ingest, returns, theme
from kpi.observation import STATES
from kpi.records import Column, Flow, Rule, Spc

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
    """The real catalogue and a return about money that nobody wrote a line of code for."""
    return replace(book, datasets={**book.datasets, "spending": SPENDING})


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


# ---- columns in words ----


@pytest.mark.parametrize(
    ("settings", "written", "bounds", "required"),
    [
        ({"type": "month"}, "Month, written 2025-03", "", "Yes"),
        ({"type": "org"}, "Team, by its code or its name", "", "No: blank is the whole council"),
        ({"type": "count"}, "Whole number", "0 or more", "No: blank is not supplied"),
        (
            {"type": "count", "max": 80, "warn_above": 40},
            "Whole number",
            "0 to 80; above 40 the check asks",
            "No: blank is not supplied",
        ),
        (
            {"type": "number", "min": 0, "max": 1},
            "Number, with up to four decimals",
            "0 to 1",
            "No: blank is not supplied",
        ),
        ({"type": "money"}, "Pounds and pence", "", "No: blank is not supplied"),
        (
            {"type": "money", "max": 5},
            "Pounds and pence",
            "no more than 5",
            "No: blank is not supplied",
        ),
        ({"type": "code", "codes": ("perm", "agency")}, "One of perm, agency", "", "Yes"),
        (
            {"type": "code", "codes_of": "priority"},
            "Code from the council’s list (priority)",
            "",
            "Yes",
        ),
        ({"type": "flag"}, "Y or N", "", "Yes"),
        ({"type": "text", "required": False}, "Text", "", "No"),
    ],
)
def test_a_column_in_words(settings, written, bounds, required):
    column = Column(name="x", help="X", **settings)
    assert returns.type_of(column) == written
    assert returns.bounds(column) == bounds
    assert returns.required(column, SPENDING) == required


def test_what_is_required_is_what_the_check_requires(wider, store):
    """A blank cell is refused exactly where the dictionary says that it must be given."""
    known = known_on(store)
    for dataset in wider.datasets.values():
        for column in dataset.columns:
            blanked = filled(dataset) | {column.name: ""}
            found = checked(wider, known, dataset, blanked).findings
            refused = found.filter(severity="error", column=column.name).height > 0
            assert refused == returns.must_be_given(column, dataset), column.name


@pytest.mark.parametrize(
    ("day", "words"),
    [(1, "1st"), (2, "2nd"), (11, "11th"), (13, "13th"), (20, "20th"), (23, "23rd")],
)
def test_a_due_day_in_words(day, words):
    assert returns.due(day) == f"by the {words} of the next month"


# ---- templates and the data dictionary ----

SENSIBLE = {
    "month": "2025-03",
    "org": "CPC1",
    "ref": "W017",
    "date": "2025-04-30",
    "text": "Nothing out of the ordinary",
    "flag": "Y",
    "brag": "amber",
    "count": "0",
    "number": "0.8",
    "money": "1250.50",
    "list": "cp_open; cp_repeat",
}
# A share of 0.8 would be taken for a fraction; noughts keep every rule on parts and wholes. What
# has not begun is not finished, and nothing comes before itself.
OTHERWISE = {"share": "80", "finished": "", "predecessors": "", "likelihood": "3"}


def filled(dataset):
    """One sensible cell for each column, by its type."""
    row = {column.name: SENSIBLE.get(column.type, "P02") for column in dataset.columns}
    row |= {column.name: "2025-04-24" for column in dataset.columns if column.past}
    row |= {column.name: str(int(column.min)) for column in dataset.columns if column.min}
    codes = {column.name: column.codes[0] for column in dataset.columns if column.codes}
    known = {"kpi_id": "cp_open"} if "kpi_id" in row else {}
    return row | codes | known | {name: value for name, value in OTHERWISE.items() if name in row}


def known_on(store):
    """What a file of the end of April 2025 is checked against."""
    return replace(board.context(store, 10**6), today=date(2025, 4, 24))


def checked(book, known, dataset, row):
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(row.values())
    content = returns.template(dataset) + text.getvalue().encode()
    return ingest.check(book, content, f"{dataset.dataset_id}.csv", known)


def test_a_template_filled_in_is_accepted(wider, store):
    known = known_on(store)
    for name, dataset in wider.datasets.items():
        submission = checked(wider, known, dataset, filled(dataset))
        assert submission.accepted, submission.findings.to_dicts()
        assert submission.dataset == dataset, name
        assert submission.rows.height == 1
        assert "header_respelled" not in submission.findings["code"]


def test_a_template_is_what_a_spreadsheet_on_windows_opens_best(book):
    assert returns.template(book.datasets["plan_brag"]) == (
        b"\xef\xbb\xbfperiod,priority_id,progress,impact,sro,lead,commentary,so_what\r\n"
    )


def rows_of(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_the_dictionary_has_every_column_check_and_measure(book):
    content = returns.dictionary_csv(book, book.datasets.values())
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\r\n") == content.count(b"\n")
    rows = rows_of(content)
    listed = {(row["return"], row["kind"], row["name"]) for row in rows}
    assert len(listed) == len(rows)
    for name, dataset in book.datasets.items():
        assert {(name, "column", column) for column in dataset.names} <= listed
        assert {(name, "check", rule.code) for rule in dataset.rules} <= listed
        assert {(name, "check", flow.code) for flow in dataset.flows} <= listed
    assert {(kpi.dataset, "measure", kpi.kpi_id) for kpi in book.kpis.values()} <= listed
    assert all(row["meaning"] for row in rows)


def test_a_row_of_the_dictionary(book):
    rows = {
        row["name"]: row
        for row in rows_of(returns.dictionary_csv(book, [book.datasets["caseloads"]]))
    }
    assert rows["cases"] == {
        "return": "caseloads",
        "return_title": "Caseloads",
        "kind": "column",
        "name": "cases",
        "other_headings": "",
        "type": "Whole number",
        "unit": "cases",
        "required": "No: blank is not supplied",
        "lowest": "0",
        "highest": "80",
        "ask_above": "40",
        "allowed": "c; k; low; u; x; z",
        "meaning": "Cases (children) held on the last day of the month",
    }
    assert rows["org_id"]["other_headings"] == "team_code; team"
    assert rows["employment"]["allowed"] == "perm; agency"
    assert rows["CA02"]["type"] == "The officer is asked"


def test_the_command_line_prints_the_same_files(book, monkeypatch, tmp_path):
    monkeypatch.setenv("KPI_STORE", str(tmp_path / "there is no such store" / "kpi.duckdb"))
    run = CliRunner().invoke
    caseloads = book.datasets["caseloads"]
    assert run(cli.main, ["template", "caseloads"]).stdout_bytes == returns.template(caseloads)
    one = run(cli.main, ["dictionary", "caseloads", "--csv"])
    assert one.stdout_bytes == returns.dictionary_csv(book, [caseloads])
    every = run(cli.main, ["dictionary", "--csv"])
    assert every.stdout_bytes == returns.dictionary_csv(book, book.datasets.values())
    assert "cases: Cases (children) held" in run(cli.main, ["dictionary"]).output
    assert run(cli.main, ["template", "caseload"]).exit_code == command.WRONG_USE
    assert not (tmp_path / "there is no such store").exists()


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
