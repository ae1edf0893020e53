"""Every query says what it takes and returns, and does exactly that."""

import re
from datetime import date, datetime

import duckdb
import pytest

from kpi import store as stores

READS = sorted(path.stem for path in stores.QUERIES.glob("*.sql"))
WRITES = sorted(path.stem for path in (stores.QUERIES / "write").glob("*.sql"))
EXAMPLES = {
    "as_at": datetime(2030, 1, 1),
    "at": datetime(2030, 1, 1),
    "authority": "884",
    "dataset": "child_protection",
    "load_id": 1,
    "name": "org",
    "origin": "file.csv",
    "pack_id": "7KQ-M2X-94T",
    "period": date(2024, 4, 1),
    "periods": [date(2024, 4, 1)],
    "series": ["cp_open"],
    "sha256": "a" * 64,
    "since": date(2024, 4, 1),
    "until": date(2024, 5, 1),
    "token_id": 1,
    "day": date(2030, 1, 1),
    "who": "officer",
    "action": "load",
    "subject": "x",
    "detail": "x",
}


def declared(text, label):
    """The ``-- params:`` or ``-- returns:`` part of a query's header, as name to type."""
    header = " ".join(line[2:] for line in text.splitlines() if line.startswith("--"))
    found = re.search(rf"{label}:(.*?)(?=params:|returns:|$)", header)
    assert found, f"no {label} in the header"
    return {
        name: kind for name, kind in (pair.split() for pair in found[1].split(",") if pair.strip())
    }


def asked(text):
    return set(re.findall(r"\$(\w+)", text))


@pytest.mark.parametrize("query", READS)
def test_a_question_returns_what_its_header_says(store, book, query):
    text = stores.sql(query)
    assert set(declared(text, "params")) == asked(text)
    if query == "observations":
        text = stores.observations_sql(book, list(book.kpis))
    parameters = {name: EXAMPLES.get(name, []) for name in asked(text)}
    relation = store._engine.cursor(store._place).sql(text, params=parameters or None)
    found = dict(zip(relation.columns, map(str, relation.types), strict=True))
    assert found == declared(stores.sql(query), "returns")


@pytest.mark.parametrize("query", WRITES)
def test_a_statement_takes_what_its_header_says(store, query):
    text = stores.sql(f"write/{query}")
    assert set(declared(text, "params")) == asked(text)
    assert declared(text, "returns") == {}
    store.transact(lambda work: work.write(query, **{name: EXAMPLES[name] for name in asked(text)}))


@pytest.mark.parametrize("path", sorted((stores.QUERIES / "schema").glob("*.sql")), ids=str)
def test_the_schema_stays_within_what_the_lake_takes(path):
    text = re.sub(r"--.*", "", path.read_text(encoding="utf-8")).lower()
    for word in (
        "primary key",
        "unique",
        "check",
        "enum",
        "sequence",
        "index",
        "macro",
        "references",
        "returning",
        "on conflict",
    ):
        assert not re.search(rf"\b{word}\b", text), word


def test_a_wrong_query_is_a_wrong_program(store):
    with pytest.raises(FileNotFoundError):
        store.read("no_such_question")
    with pytest.raises(duckdb.BinderException):
        store._read("select nothing_of_the_kind", {})
