"""Columns in words, templates and the data dictionary: complete, and as the check has them."""

import csv
import io
from dataclasses import replace
from datetime import date

import pytest
from click.testing import CliRunner
from ingest.ingest_context import SPENDING, with_spending

from kpi import board, cli, command, ingest, returns
from kpi.records import Column


@pytest.fixture(scope="module")
def wider(book):
    return with_spending(book)


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
