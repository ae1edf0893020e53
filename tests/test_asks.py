"""docs/asks.md: each ask has a row, and every page, measure, column and check it names exists."""

import re
import tomllib
from collections import Counter

import pytest
from cases import ROOT

ROW = re.compile(r"^\| (\d+) \| (.+?) \| (.+?) \| (.+?) \| (.+) \|$", re.MULTILINE)
NAMED = re.compile(r"`(page|kpi|column|check):([\w.-]+)`")
ANSWERS = ("Yes", "Partly", "Not yet", "Out of scope")

TEXT = (ROOT / "docs" / "asks.md").read_text(encoding="utf-8")
ROWS = ROW.findall(TEXT)


def test_every_ask_has_one_row():
    assert [int(number) for number, *_ in ROWS] == list(range(1, 160))
    assert {answer for *_, answer, _ in ROWS} == set(ANSWERS)


def test_the_counts_at_the_top_are_those_of_the_rows():
    counted = Counter(answer for *_, answer, _ in ROWS)
    told = dict(re.findall(r"\*\*([A-Z][a-z ]+)\*\* (\d+)", TEXT))
    assert {name: int(count) for name, count in told.items()} == counted


@pytest.mark.parametrize(
    ("number", "where"),
    [(number, where) for number, *_, answer, where in ROWS if answer in ("Yes", "Partly")],
)
def test_an_answer_names_where_it_is(number, where):
    assert NAMED.search(where), f"row {number} names nothing"


def named(kind: str) -> set[str]:
    return {name for found, name in NAMED.findall(TEXT) if found == kind}


def test_every_page_exists():
    path = ROOT / "data" / "reference" / "navigation.toml"
    pages = tomllib.loads(path.read_text(encoding="utf-8"))["page"]
    addresses = {page["address"] or "scorecard" for page in pages}
    assert named("page") - addresses == set()


def test_every_measure_exists(book):
    assert named("kpi") <= set(book.kpis)


def test_every_column_exists(book):
    columns = {
        f"{name}.{column}" for name, dataset in book.datasets.items() for column in dataset.names
    }
    assert named("column") <= columns


def test_every_check_exists(book):
    rules = {rule.code for dataset in book.datasets.values() for rule in dataset.rules}
    sums = {total.code for dataset in book.datasets.values() for total in dataset.totals}
    assert named("check") <= rules | sums


def test_nothing_else_stands_in_code_letters():
    kinds = {"page:", "kpi:", "column:", "check:"}
    spans = set(re.findall(r"`([^`]+)`", TEXT)) - kinds
    assert all(NAMED.fullmatch(f"`{span}`") for span in spans)
