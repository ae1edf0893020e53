"""Registers in the store: published whole, replaced with a reason, read as of any moment."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime

import polars as pl
import pytest

from kpi import arrivals, board, completeness, ingest, intake, publication, tables, theme
from kpi.catalogue import ALWAYS, Catalogue, CatalogueError
from kpi.catalogue import read as read_catalogue
from kpi.publication import PublicationRefused
from kpi.store import FOREVER, Store

LIMIT = 10**7
MARCH, MAY, JULY = (datetime(2023, month, 14, 9) for month in (3, 5, 7))
WHY = "the board decided it"


def risks(*rows: Sequence[object]) -> bytes:
    """A register of risks: id, title, likelihood and KPIs of each."""
    head = "risk_id,title,cause,mitigation,contingency,likelihood,impact,owner_role,reviewed,"
    head += "review_due,escalation,kpi_ids,source\n"
    lines = [
        f"{name},{title},,,Stop,{chance},3,,,,,{kpis},\n" for name, title, chance, kpis in rows
    ]
    return (head + "".join(lines)).encode()


FIRST = risks(("R1", "Too slow", 3, "cp_open;cp_repeat"), ("R2", "Too dear", 2, ""))
SECOND = risks(("R1", "Too slow", 5, "cp_open"), ("R3", "Too few", 4, ""))


def publish(store: Store, content: bytes, at: datetime, reason: str = "") -> int:
    [checked] = intake.check(store, [("risk.csv", content)], LIMIT)
    assert checked.submission.accepted, checked.submission.findings
    one = board.incoming(checked.submission, reason)
    return publication.publish(store, [one], "Officer", at)[0].load_id


@pytest.fixture
def twice(store: Store) -> Store:
    """A register as it was published in March, and replaced in May."""
    publish(store, FIRST, MARCH)
    publish(store, SECOND, MAY, WHY)
    return store


def ids(store: Store, at: datetime = FOREVER) -> list[str]:
    return store.register("risk", at)["risk_id"].to_list()


# ---- read ----


def test_every_register_is_there_and_empty_before_anything_is_published(store, book):
    for name, dataset in book.registers.items():
        rows = store.register(name)
        assert rows.is_empty()
        assert rows.columns == [*dataset.names, "line", "load_id"]
        for column in dataset.columns:
            assert rows.schema[column.name] == ingest.schema(dataset)[column.name], column.name


def test_what_is_read_is_what_was_written(store):
    load = publish(store, FIRST, MARCH)
    rows = store.register("risk")
    assert rows["kpi_ids"].to_list() == [["cp_open", "cp_repeat"], []]
    assert rows.select("risk_id", "likelihood", "contingency", "line", "load_id").rows() == [
        ("R1", 3, "Stop", 2, load),
        ("R2", 2, "Stop", 3, load),
    ]


def test_a_monthly_return_is_no_register(store):
    with pytest.raises(KeyError):
        store.register("caseloads")


# ---- replaced, and as of a moment ----


def test_a_load_replaces_the_whole_and_keeps_what_was(twice):
    assert ids(twice) == ["R1", "R3"]
    assert ids(twice, MARCH) == ["R1", "R2"]
    assert ids(twice, datetime(2023, 3, 13)) == []
    assert twice.register("risk", MARCH)["likelihood"].to_list() == [3, 2]
    assert publication.invariants(twice) == []


def test_a_register_that_changes_needs_a_reason(store):
    publish(store, FIRST, MARCH)
    with pytest.raises(PublicationRefused, match="Risks: the register is already published"):
        publish(store, SECOND, MAY)
    assert ids(store) == ["R1", "R2"]


def test_what_a_new_file_would_change_is_shown_row_by_row(store):
    publish(store, FIRST, MARCH)
    [checked] = intake.check(store, [("risk.csv", SECOND)], LIMIT)
    assert checked.restates
    found = checked.changes
    assert found is not None
    assert (found.added, found.changed, found.removed, found.unchanged) == (1, 1, 1, 0)
    assert found.cells.rows() == [
        ("R1", "likelihood", "3", "5", "changed"),
        ("R1", "kpi_ids", "cp_open;cp_repeat", "cp_open", "changed"),
        ("R2", None, None, None, "removed"),
        ("R3", None, None, None, "added"),
    ]
    said = checked.submission.findings.filter(code="register_replaced")["message"].to_list()
    assert said == [
        "2 published values change and 1 published row goes and 1 row comes in the register. "
        "A reason is needed."
    ]
    assert intake.effects(store, [checked]).is_empty()
    assert ids(store) == ["R1", "R2"]


def test_the_same_file_again_is_already_published(store):
    load = publish(store, FIRST, MARCH)
    [checked] = intake.check(store, [("risk.csv", FIRST)], LIMIT)
    assert checked.already is not None
    assert checked.already.load_id == load
    assert not checked.is_new
    assert checked.submission.findings.filter(code="register_replaced").is_empty()


def test_two_files_of_one_register_are_refused_together(store):
    found = intake.check(store, [("a.csv", FIRST), ("b.csv", SECOND)], LIMIT)
    [said] = found[1].submission.findings.filter(code="file_twice")["message"]
    assert said == "a.csv brings the same register. Leave one of the two out."


def test_a_register_is_withdrawn_and_brought_back(twice):
    last = twice.register("risk")["load_id"][0]
    publication.withdraw(twice, last, "Officer", "the wrong file was sent", JULY)
    assert ids(twice) == ["R1", "R2"]
    assert ids(twice, MAY) == ["R1", "R3"]
    publication.restore(twice, last, "Officer", "it was right after all")
    assert ids(twice) == ["R1", "R3"]
    assert publication.invariants(twice) == []


def test_the_history_of_loads_says_that_a_load_is_a_whole_register(twice, book):
    newest = twice.read("loads", as_at=FOREVER).row(0, named=True)
    shown = {column.name: column.show for column in tables.loads(book)}
    months = shown["first_period"]
    assert months is not None
    assert months(newest) == "The whole register"
    acts = twice.read("audit").filter(action="publish")["detail"].to_list()
    assert acts[0] == f"risk the whole register, risk.csv: {WHY}"
    assert theme.months(date(2025, 1, 1), date(2025, 3, 1)) == "Jan 2025 to Mar 2025"
    assert theme.months(date(2025, 1, 1), date(2025, 1, 1)) == "Jan 2025"


# ---- beside months ----


def test_a_register_is_no_month(twice):
    assert twice.read("newest_month", as_at=FOREVER)["period"].to_list() == [None]


def test_a_register_is_never_due_late_or_missing(twice, book):
    found = twice.read("completeness", as_at=FOREVER)
    cells = twice.cells(date(1800, 1, 1))
    assert cells.is_empty()
    assert completeness.judge(found, cells, book.returns, date(2025, 4, 24)).is_empty()
    rows = completeness.registers(found, book.registers)
    assert rows["dataset"].to_list() == [*book.registers]
    assert rows.filter(dataset="risk").rows() == [("risk", MAY.date(), 2, 2, WHY)]
    assert rows.filter(dataset="event")["last_day"].to_list() == [None]
    html = arrivals.registers(rows, book.registers, "Registers")
    assert "14 May 2023, load 2" in html
    assert html.count("Nothing yet") == len(book.registers) - 1
    assert "1900" not in html


def test_a_reason_of_a_register_is_escaped(store, book):
    publish(store, FIRST, MARCH)
    publish(store, SECOND, MAY, "<b>the board decided it</b>")
    rows = completeness.registers(store.read("completeness", as_at=FOREVER), book.registers)
    assert "<b>" not in arrivals.registers(rows, book.registers, "Registers")


# ---- chronology and priorities ----


def test_the_chronology_is_the_reference_file_until_a_register_is_published(store):
    starter = store.read("events", as_at=MARCH)
    assert starter.height == 19
    content = b"event_id,date,title,source\nE1,2023-04-01,Conferences begin,minutes\n"
    [checked] = intake.check(store, [("event.csv", content)], LIMIT)
    one = board.incoming(checked.submission, "")
    publication.publish(store, [one], "Officer", MAY)
    assert store.read("events", as_at=JULY).rows() == [
        (date(2023, 4, 1), "Conferences begin", "minutes")
    ]
    assert store.read("events", as_at=MARCH).is_empty(), "nothing was known then"


def test_priorities_follow_their_register(store):
    assert store.read("priorities", as_at=FOREVER).height == 10
    content = b"priority_id,name,answers,source\nQ1,Caseloads,Director,plan\n"
    [checked] = intake.check(store, [("priority.csv", content)], LIMIT)
    publication.publish(store, [board.incoming(checked.submission, "")], "Officer", MAY)
    assert store.read("priorities", as_at=FOREVER)["name"].to_list() == ["Caseloads"]
    assert board.context(store, LIMIT).codes["priority"] == ("Q1",)


# ---- what the catalogue admits ----


@pytest.fixture
def reference(tmp_path, book: Catalogue) -> Iterator[object]:
    folder = tmp_path / "reference"
    (folder / "catalogue").mkdir(parents=True)
    council = (book.folder / "catalogue" / "council.toml").read_text(encoding="utf-8")
    (folder / "catalogue" / "council.toml").write_text(council, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("settings", "columns", "said"),
    [
        ("register = true", 'period = { type = "month", help = "M" }', "a register has no column"),
        ("register = true", 'team = { type = "org", help = "T" }', "a register has no column"),
        ("", "", "a return needs a column period"),
        ("register = true", 'after = { type = "list", help = "L" }', "a list needs what its ids"),
        (
            "register = true",
            'after = { type = "list", refers_to = "idd", help = "L" }',
            "Did you mean 'id'",
        ),
        ('register = true\nalike = ["nam"]', "", "'nam' is not known"),
    ],
)
def test_a_register_that_cannot_be_true_is_told(reference, settings, columns, said):
    text = f'[dataset.own]\ntitle = "Own"\nhelp = "Own"\nkey = ["id"]\n{settings}\n'
    text += f'[dataset.own.column]\nid = {{ type = "ref", help = "I" }}\n{columns}\n'
    (reference / "catalogue" / "own.toml").write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError, match=said):
        read_catalogue(reference)


def test_a_total_names_columns_of_its_register(reference):
    text = '[dataset.own]\ntitle = "Own"\nhelp = "Own"\nkey = ["id"]\nregister = true\n'
    text += '[dataset.own.column]\nid = { type = "ref", help = "I" }\n'
    text += '[[dataset.own.total]]\ncode = "T1"\nparts = "id = \'a\'"\nwhole = "kind = \'b\'"\n'
    text += 'by = ["id"]\ncolumns = ["id"]\n'
    (reference / "catalogue" / "own.toml").write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"total T1: column 'kind' is not known"):
        read_catalogue(reference)


def test_no_measure_is_made_from_a_register(book):
    assert {kpi.dataset for kpi in book.kpis.values()} <= set(book.returns)
    assert set(book.returns) | set(book.registers) == set(book.datasets)
    assert all(ALWAYS not in rows for rows in (book.returns, book.registers))


def test_a_register_that_gains_a_column_keeps_its_rows(tmp_path, book):
    path = str(tmp_path / "store.duckdb")
    risk = book.datasets["risk"]
    narrow = replace(risk, columns=tuple(c for c in risk.columns if c.name != "escalation"))
    first = Store(path, replace(book, datasets={**book.datasets, "risk": narrow}))
    content = FIRST.replace(b"escalation,", b"").replace(b",,,,,cp", b",,,,cp")
    content = content.replace(b"2,3,,,,,,", b"2,3,,,,,")
    publish(first, content, MARCH)
    first.close()
    again = Store(path, book)
    assert again.register("risk").select("risk_id", "escalation").rows() == [
        ("R1", None),
        ("R2", None),
    ]
    assert again.register("risk").schema["kpi_ids"] == pl.List(pl.String)
    again.close()
