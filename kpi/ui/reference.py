"""What words mean, and which returns have come: the pages Definitions and Completeness."""

from datetime import date, datetime

import polars as pl
import streamlit as st

from kpi import arrivals, block, dictionary, entries, spreadsheet, theme
from kpi import completeness as returned
from kpi.store import Store
from kpi.ui.frame import link, opening
from kpi.ui.seen import View, remembered
from kpi.ui.upload import templates


def definitions(seen: View) -> None:
    """Every measure, return and word; the search lives in the address (``?term=``)."""
    targets = seen.store.table("target").filter(pl.col("recorded_at") <= seen.as_at)
    listed = seen.store.read("priorities", as_at=seen.as_at)
    priorities = dict(listed.select("priority_id", "name").iter_rows())
    defined = entries.entries(seen.catalogue, targets, priorities)
    opening(
        "What every measure, return and word means",
        f"{len(seen.catalogue.kpis)} measures from {theme.spelt(len(seen.catalogue.returns))} "
        f"returns, and {theme.spelt(len(seen.catalogue.registers))} registers. "
        "Each is defined once, and every page and file uses that definition.",
    )
    _searched(seen, defined)


@st.fragment
def _searched(seen: View, defined: list[entries.Entry]) -> None:
    """The field and what it finds: a fragment, so that typing runs nothing else again."""
    with st.container(key="controls"):
        sought = st.text_input(
            "Find a measure, a column or a word",
            key="term",
            bind="query-params",
            type="search",
            live=True,
            max_chars=80,
            placeholder="caseload, cp_open, amber …",
        )
        templates(seen)
    addresses = dictionary.Addresses(
        entry=lambda name: link("definitions", term=name),
        measure=lambda name: link("measure", kpi=name),
    )
    st.html(dictionary.page(defined, sought or "", addresses))


@remembered(max_entries=50, show_spinner=False)
def _cells(store: Store, since: date, as_at: datetime, mark: object) -> pl.DataFrame:
    return store.cells(since, as_at)


def completeness(seen: View) -> None:
    """Returns by month, what is due next, and what came late, again or not at all."""
    datasets, store = seen.catalogue.returns, seen.store
    found = store.read("completeness", as_at=seen.as_at)
    cells = _cells(store, returned.since(seen.day), seen.as_at, seen.mark)
    rows = returned.judge(found, cells, datasets, seen.day)
    coming = returned.upcoming(rows, datasets)
    titles = {name: dataset.title for name, dataset in datasets.items()}
    opening(*returned.summary(rows, coming, titles))
    if not rows.is_empty():
        st.html(arrivals.matrix(rows, datasets))
    caption = f"What is in and what comes next, as at {theme.day(seen.day)}"
    table = arrivals.calendar(coming, datasets, seen.day, caption)
    st.html(arrivals.part("When each return is due", table))
    _registers(seen, found)
    if not rows.is_empty():
        _history(seen, rows)


def _registers(seen: View, found: pl.DataFrame) -> None:
    registers = seen.catalogue.registers
    rows = returned.registers(found, registers)
    caption = f"When each register was last published, as at {theme.day(seen.day)}"
    st.html(arrivals.part("Registers", arrivals.registers(rows, registers, caption)))


def _history(seen: View, rows: pl.DataFrame) -> None:
    """What was not as it should be; every return and month one tap away, and as a file."""
    datasets = seen.catalogue.datasets
    newest = rows.sort("period", "dataset", descending=[True, False])
    odd = arrivals.exceptions(newest)
    caption = f"Late, missing, restated, or with cells missing: {odd.height} of {newest.height}"
    said = arrivals.history(odd, datasets, caption) if odd.height else arrivals.FAULTLESS
    every = arrivals.history(newest, datasets, "Every return and month, newest first")
    whole = block.folded("Show every return and month", every)
    source = f"Source: loads as published, as at {theme.day(seen.day)}. Days are those in London."
    st.html(arrivals.part("What was not as it should be", said) + whole + block.source_line(source))
    st.download_button(
        "Download as CSV",
        spreadsheet.csv(newest),
        "completeness.csv",
        "text/csv",
        key="csv-completeness",
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
    )
