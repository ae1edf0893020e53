"""The parts that pages are made of: cards, and charts with their words, table and source."""

from collections.abc import Sequence

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from kpi import block, card, charts, figure, tables, theme, words
from kpi.catalogue import Kpi
from kpi.ui.commentary import said, so_what
from kpi.ui.frame import View, comparators, link, observations

EFFECTS = 60  # measures and months of a preview that are shown

# ---- cards ----


def cards(seen: View, title: str, kpis: Sequence[Kpi]) -> None:
    """A titled grid of KPI cards, one block of HTML."""
    if not kpis:
        return
    frame = observations(seen, kpis)
    published = comparators(seen, kpis)
    notes = said(seen, kpis)
    parts = [_card(seen, kpi, frame, published, notes) for kpi in kpis]
    st.html(card.grid(title, [part for part in parts if part]))


def _card(
    seen: View, kpi: Kpi, frame: pl.DataFrame, published: pl.DataFrame, notes: pl.DataFrame
) -> str:
    series = frame.filter(kpi_id=kpi.kpi_id)
    if series.is_empty():
        return ""
    row = series.row(-1, named=True)
    dataset = seen.catalogue.datasets[kpi.dataset]
    below = next((name for name in kpi.columns if name == kpi.denominator), "")
    small = words.cold_number(kpi, row, dataset.column(below).unit) if below else ""
    lines = [words.comparators(kpi, published.filter(kpi_id=kpi.kpi_id)), small]
    return card.card(
        kpi,
        row,
        series,
        words.verdict(kpi, row),
        " · ".join(line for line in lines if line),
        words.freshness(row["period"], seen.day, dataset.due_day),
        link("measure", kpi=kpi.kpi_id),
        so_what(notes, kpi, row["period"]),
    )


# ---- charts, each with its words, its table and its source ----


def trend(seen: View, kpi: Kpi, org_id: str | None = None, title: str = "") -> None:
    """The long trend of one KPI with its signals, the events of its time and its table.

    ``title`` stands in for the message where the page has already said it.
    """
    series = observations(seen, [kpi], [org_id] if org_id else None)
    if series.is_empty():
        st.html(card.note(kpi.title, "No month of this measure has been published yet."))
        return
    events = _events_of(seen, series)
    drawn = charts.trend(kpi, series, events)
    chart(
        seen,
        f"trend-{kpi.kpi_id}-{org_id or ''}",
        title or words.headline(kpi, series),
        _subtitle(kpi),
        drawn,
        words.alt(kpi, series),
        (series.sort("period", descending=True), tables.observation(kpi)),
        below=block.folded_events(events),
        source=source(seen, [kpi], series),
    )


def _events_of(seen: View, series: pl.DataFrame) -> pl.DataFrame:
    first, last = series["period"].min(), series["period"].max()
    return seen.store.read("events").filter(
        pl.col("date").dt.truncate("1mo").is_between(pl.lit(first), pl.lit(last)),
        pl.col("date") <= pl.lit(seen.day),
    )


def _subtitle(kpi: Kpi) -> str:
    unit = {"%": "Percentage"}.get(kpi.unit, kpi.unit.capitalize())
    span = f"{kpi.window} months to each month" if kpi.window > 1 else "by month"
    return f"{kpi.title}. {unit}, {span}. {words.POLARITY[kpi.polarity]}"


def source(seen: View, kpis: Sequence[Kpi], rows: pl.DataFrame) -> str:
    """Where a chart's figures come from: returns, newest load, as at when."""
    titles = dict.fromkeys(seen.catalogue.datasets[kpi.dataset].title.lower() for kpi in kpis)
    newest = rows["load_id"].max()
    parts = [f"Source: {' and '.join(titles)} return"]
    if newest is not None:
        parts.append(f"load {newest}")
    parts.append(f"as at {theme.day(seen.day)}")
    if seen.standing.is_illustrative:
        parts.append("illustrative months")
    return ", ".join(parts) + "."


def chart(
    seen: View,
    key: str,
    title: str,
    subtitle: str,
    drawn: go.Figure,
    alt: str,
    twin: tuple[pl.DataFrame, Sequence[card.Column]],
    source: str,
    below: str = "",
) -> None:
    """A chart under its message, with what it says in words, its source, its table and its CSV."""
    st.html(block.chart_head(title, subtitle))
    st.plotly_chart(drawn, theme=None, key=key, config=figure.CONFIG, alt=alt)
    rows, columns = twin
    st.html(below + block.source_line(source) + block.folded_table(rows, columns, title))
    st.download_button(
        "Download as CSV",
        rows.write_csv().encode("utf-8-sig"),
        f"{key}.csv",
        "text/csv",
        key=f"csv-{key}",
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
    )


def effects(seen: View, rows: pl.DataFrame) -> None:
    """Which measures of the council would change, before and after, as intake.rehearsed."""
    if rows.is_empty():
        st.html(card.note("No measure changes.", "Every value and every status stays as it is."))
        return
    more = rows.height - EFFECTS
    title = f"the first {EFFECTS} of {rows.height}" if more > 0 else f"{rows.height}"
    caption = f"Measures that change, before and after ({title})"
    table(rows.head(EFFECTS), tables.effects(rows, seen.catalogue.kpis), caption)


def table(rows: pl.DataFrame, columns: Sequence[card.Column], caption: str) -> None:
    """A real HTML table."""
    st.html(card.table(rows, columns, caption))
