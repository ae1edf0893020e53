"""The page of comparisons: one measure beside others' figures, and a row for every measure."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import streamlit as st

from kpi import block, board, card, charts, messages, peers, ranks, standings, tables, words
from kpi.catalogue import Kpi
from kpi.store import Store
from kpi.ui.frame import choose, link, opening
from kpi.ui.parts import chart, download
from kpi.ui.seen import View, comparators, remembered

FIRST = "caseload_mean"  # what opens when the address names no measure


def benchmarks(seen: View) -> None:
    """How the council does beside others, as published: one measure, then all of them."""
    known = seen.catalogue.kpis.values()
    kpis = {kpi.kpi_id: kpi for kpi in known if kpi.benchmark and not words.is_count(kpi)}
    published = comparators(seen, list(kpis.values()))
    every = _authorities(seen, list(kpis.values()))
    council = seen.catalogue.council
    rows = peers.overview(list(kpis.values()), published, every, council.authority)
    if rows.is_empty():
        opening(*standings.NOTHING)
        return
    titles = {name: kpis[name].title for name in rows["kpi_id"]}
    with st.container(key="controls"):
        name = choose("Measure", titles, "kpi", FIRST if FIRST in titles else next(iter(titles)))
    kpi = kpis[name]
    _one(seen, kpi, published.filter(kpi_id=name), every.filter(kpi_id=name),
         rows.filter(kpi_id=name).row(0, named=True))  # fmt: skip
    _all(seen, rows, kpis)


@remembered(max_entries=8, show_spinner=False)
def _read(store: Store, series: tuple[str, ...], mark: object) -> pl.DataFrame:
    return store.read("benchmarks", series=list(series)).filter(area_type="authority")


def _authorities(seen: View, kpis: Sequence[Kpi]) -> pl.DataFrame:
    """Every authority's published figures, for each measure that takes the series."""
    series = tuple(sorted({kpi.benchmark for kpi in kpis}))
    everything = _read(seen.store, series, seen.only().mark)
    rows = board.known_by(seen.catalogue, everything, seen.as_at_day)
    taken = pl.DataFrame(
        [(kpi.kpi_id, kpi.benchmark) for kpi in kpis],
        schema={"kpi_id": pl.String, "series": pl.String},
        orient="row",
    )
    council = seen.catalogue.council
    own = pl.when(area_code=council.authority).then(pl.lit(council.authority_name))
    return rows.join(taken, on="series").with_columns(area=own.otherwise("area"))


def _one(
    seen: View, kpi: Kpi, published: pl.DataFrame, every: pl.DataFrame, row: Mapping[str, Any]
) -> None:
    """One measure: where it stands, each neighbour, every authority, the years."""
    council = seen.catalogue.council
    opening(messages.compared(kpi, published), standings.lead(kpi, row))
    held = seen.store.read("neighbours", authority=council.authority)
    source = standings.source(published["source"][0], held, seen.day)
    year = row["year"]
    if row["rank"] is None:
        st.html(card.note("No rank yet.", standings.ALONE))
    else:
        _others(seen, kpi, published.filter(year=year), every.filter(year=year), row, source)
    series = seen.catalogue.benchmarks[kpi.benchmark]
    message = standings.moving(kpi, row, council.authority_name)
    chart(
        seen,
        f"years-{kpi.kpi_id}",
        message,
        f"{series.title} ({series.unit}), at {series.year_end}.",
        charts.compare(kpi, published, council.authority_name),
        f"{message}. {messages.compared(kpi, published)}.",
        (published.sort("year", "area", descending=[True, False]), tables.published(kpi)),
        source=source,
    )


def _others(
    seen: View,
    kpi: Kpi,
    middles: pl.DataFrame,
    every: pl.DataFrame,
    row: Mapping[str, Any],
    source: str,
) -> None:
    """Each neighbour by name, and every authority by rank where more than those are held."""
    council = seen.catalogue.council
    held = seen.store.read("neighbours", authority=council.authority)
    names = dict(held.select("neighbour", "neighbour_name").rows())
    found = peers.group(every, council.authority, names)
    middles = middles.filter(pl.col("area_type") != "authority").with_columns(
        pl.col("area").replace("neighbours", "Neighbours’ median")
    )
    rows = peers.beside(found, middles, kpi.polarity)
    message = standings.group(kpi, found, row["year"])
    chart(
        seen,
        f"neighbours-{kpi.kpi_id}",
        message,
        f"{kpi.title} ({kpi.unit}), {row['year']}, {standings.ORDER[kpi.polarity]}.",
        ranks.side_by_side(kpi, rows),
        message,
        (rows.drop("kind"), standings.others(kpi)),
        source=source,
    )
    if row["ranked"] <= found["value"].drop_nulls().len():
        return
    placed = peers.placed(every, kpi.polarity).with_columns(
        kind=peers.kind(council.authority, list(names))
    )
    message = standings.among(kpi, row, council.authority_name)
    chart(
        seen,
        f"every-{kpi.kpi_id}",
        message,
        f"{kpi.title} ({kpi.unit}), {row['year']}, a bar for each authority with a figure: dark "
        "blue the council, orange its neighbours.",
        ranks.among(kpi, placed),
        message,
        (placed.select("rank", "area", "value", "state", "quarter"), standings.every(kpi)),
        source=source,
    )


def _all(seen: View, rows: pl.DataFrame, kpis: Mapping[str, Kpi]) -> None:
    """A row for every measure that has comparators."""
    council = seen.catalogue.council.authority_name
    links = {name: link("benchmarks", kpi=name) for name in rows["kpi_id"]}
    st.html(
        block.section(standings.overall(rows, council), standings.table(rows, kpis, links, council))
        + block.source_line(standings.SOURCES)
    )
    download(seen, rows, "comparisons")
