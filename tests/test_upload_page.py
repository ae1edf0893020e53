"""The upload page when the engine fails under it: nothing is stored, and the page says so."""

import re

import duckdb
import pytest
import streamlit as st
from cases import ROOT
from streamlit.testing.v1 import AppTest

from kpi import engine, intake, settings
from kpi.publication import invariants
from kpi.store import FOREVER, Store, Transaction

MARCH = (ROOT / "data" / "sample" / "returns" / "child_protection" / "2025-03.csv").read_bytes()
TABLES = ("load", "child_protection", "publication")


def failing(monkeypatch, table, error):
    """Let the engine raise ``error`` when ``table`` is to be written for good, not in a preview."""
    whole = engine._whole

    def broken(cursor, work):
        def through(transaction):
            append = transaction.append

            def write(name, rows):
                if name == table:
                    raise error
                append(name, rows)

            transaction.append = write
            return work(transaction)

        return whole(cursor, through)

    monkeypatch.setattr(engine, "_whole", broken)
    monkeypatch.setattr(engine.random, "uniform", lambda *_bounds: 0)


def is_untouched(store):
    return invariants(store) == [] and all(store.table(name).is_empty() for name in TABLES)


@pytest.fixture
def page(tmp_path, monkeypatch):
    """The page over an empty store, with one file that may be published."""
    monkeypatch.setenv("KPI_STORE", str(tmp_path / "kpi.duckdb"))
    st.cache_resource.clear()
    shown = AppTest.from_file(str(ROOT / "kpi" / "ui" / "router.py"), default_timeout=120).run()
    shown.switch_page(str(ROOT / "pages" / "data" / "upload.py")).run()
    shown.file_uploader[0].upload("child_protection.csv", MARCH, "text/csv").run()
    shown.text_input(key="by").input("Performance officer")
    yield shown
    st.cache_resource.clear()


def publish(page):
    next(button for button in page.button if button.label == "Publish").click().run()
    assert not page.exception
    return [shown(alert) for alert in page.error], [shown(alert) for alert in page.success]


def shown(alert) -> str:
    """A message as it is read: Markdown takes a backslash before a sign away."""
    return re.sub(r"\\(.)", r"\1", alert.value)


@pytest.mark.parametrize(
    ("table", "error", "words"),
    [
        ("publication", duckdb.IOException("IO Error: No space left on device"), "is full. Free some space"),
        ("load", duckdb.OutOfMemoryException("Out of Memory Error: 1 GiB"), "Out of Memory Error"),
        ("publication", duckdb.FatalException("FATAL Error: database has been invalidated"), "invalidated"),
        ("child_protection", duckdb.InterruptException("INTERRUPT Error: Interrupted!"), "Interrupted"),
    ],
)  # fmt: skip
def test_a_failed_publish_leaves_nothing_and_says_so(page, monkeypatch, book, table, error, words):
    with monkeypatch.context() as patched:
        failing(patched, table, error)
        errors, _ = publish(page)
    assert len(errors) == 1
    assert errors[0].startswith("Nothing was published. The ")
    assert words in errors[0] and "\n" not in errors[0]
    st.cache_resource.clear()
    store = Store(settings.read().store, book)
    assert is_untouched(store)
    store.close()


def test_what_failed_once_can_be_published_after(page, monkeypatch):
    with monkeypatch.context() as patched:
        failing(patched, "publication", duckdb.IOException("IO Error: could not write"))
        assert publish(page)[0]
    assert publish(page) == ([], ["child_protection.csv is published as load 1."])


@pytest.mark.parametrize("table", TABLES)
def test_an_interruption_leaves_nothing(store: Store, monkeypatch, table):
    """Streamlit ends a page's run with an exception of its own when its reader goes away."""
    checked = intake.check(store, [("child_protection.csv", MARCH)], len(MARCH))
    failing(monkeypatch, table, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        intake.publish(store, checked, "officer", "")
    monkeypatch.undo()
    assert is_untouched(store)
    assert store.read("loads", as_at=FOREVER).is_empty()


def test_a_preview_that_fails_is_one_sentence(page, monkeypatch):
    def write(*_):
        raise duckdb.OutOfMemoryException("Out of Memory Error: 1 GiB")

    monkeypatch.setattr(Transaction, "append", write)
    del page.session_state["effects"]
    page.run()
    assert not page.exception
    assert shown(page.error[0]).endswith("Out of Memory Error: 1 GiB.")
