"""The parts that pages are made of: cards, and charts with their words, table and source."""

import re
from collections.abc import Callable, Sequence

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from kpi import (
    block,
    board,
    card,
    charts,
    mention,
    messages,
    observation,
    reading,
    recent,
    spreadsheet,
    tables,
    words,
)
from kpi import figure as layout
from kpi.catalogue import Kpi
from kpi.ui.commentary import said, so_what
from kpi.ui.frame import link, taking
from kpi.ui.seen import View, comparators, observations, remembered

EFFECTS = 10  # measures and months of a preview that are shown before the rest is one tap away

# ---- cards ----


def cards(seen: View, title: str, kpis: Sequence[Kpi]) -> None:
    """A titled grid of KPI cards, one block of HTML."""
    if kpis:
        names = tuple(kpi.kpi_id for kpi in kpis)
        st.html(_grid(seen.only(kpis), title, names, link("measure")))


@remembered(max_entries=100, show_spinner=False)
def _grid(seen: View, title: str, names: tuple[str, ...], goes_along: str) -> str:
    """Remembered of its measures; ``goes_along``: the moment and settings that the links carry."""
    kpis = [seen.catalogue.kpis[name] for name in names]
    frame, published = observations(seen, kpis), comparators(seen, kpis)
    notes = said(seen, kpis)
    parts = [_card(seen, kpi, frame, published, notes) for kpi in kpis]
    return card.grid(title, [part for part in parts if part])


def _card(
    seen: View, kpi: Kpi, frame: pl.DataFrame, published: pl.DataFrame, notes: pl.DataFrame
) -> str:
    series = frame.filter(kpi_id=kpi.kpi_id)
    if series.is_empty():
        return ""
    row = observation.newest(series)
    since = recent.withheld_since(series)
    fresh = recent.freshness(
        series["period"][-1], seen.day, seen.catalogue.datasets[kpi.dataset].due_day
    )
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
        f"{since}." if since else fresh,
        link("measure", kpi=kpi.kpi_id),
        so_what(notes, kpi, row["period"]),
    )


# ---- charts, each with its words, its table and its source ----


def drawn(seen: View, kpis: Sequence[Kpi], name: str, draw: Callable[[], go.Figure]) -> go.Figure:
    """A chart, drawn once for all who look at the same figures; nobody changes it.

    ``name`` says all that ``draw`` takes beside the figures of the measures, as ``seen``.
    """
    return _drawn(seen.only(kpis), name, draw)


@remembered(max_entries=100, show_spinner=False)
def _drawn(seen: View, name: str, _draw: Callable[[], go.Figure]) -> go.Figure:
    figure = _draw()
    figure["layout"]  # whole before it is shared
    return figure


def trend(seen: View, kpi: Kpi, org_id: str | None = None, title: str = "") -> None:
    """The long trend of one KPI with its signals, the events of its time and its table.

    ``title`` stands in for the message where the page has already said it.
    """
    series = observations(seen, [kpi], [org_id] if org_id else None)
    if series.is_empty():
        st.html(card.note(kpi.title, "No month of this measure has been published yet."))
        return
    events = _events_of(seen, series)
    key = f"trend-{kpi.kpi_id}-{org_id or ''}"
    chart(
        seen,
        key,
        title or words.headline(kpi, series),
        _subtitle(kpi),
        drawn(seen, [kpi], key, lambda: charts.trend(kpi, series, events)),
        words.alt(kpi, series),
        (series.sort("period", descending=True), tables.observation(kpi)),
        below=block.folded_events(events),
        source=source(seen, [kpi], series),
        reading_of="trend",
    )


def _events_of(seen: View, series: pl.DataFrame) -> pl.DataFrame:
    first, last = series["period"].min(), series["period"].max()
    return seen.store.read("events", as_at=seen.as_at).filter(
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
    what = f"{' and '.join(titles)} return"
    return messages.source(what, rows, seen.day, seen.standing.kind)


def chart(
    seen: View,
    key: str,
    title: str,
    subtitle: str,
    figure: go.Figure,
    alt: str,
    twin: tuple[pl.DataFrame, Sequence[card.Column]],
    source: str,
    below: str = "",
    reading_of: str = "",
) -> None:
    """A chart under its message, with all that belongs to it.

    What it says in words, its source, its table (sortable), its CSV, pictures of it and a link to
    it. ``reading_of``: the kind of chart, one of ``reading.CHARTS``, to say how it is read.
    """
    name = re.sub(r"[^a-z0-9]+", "-", key.lower()).strip("-")
    st.html(block.chart_head(title, subtitle, name))
    st.plotly_chart(figure, theme=None, key=key, config=layout.CONFIG, alt=alt)
    rows, columns = twin
    how = reading.how(reading_of, name) if reading_of else ""
    st.html(
        reading.letters(rows["state"] if "state" in rows.columns else ())
        + below
        + block.source_line(source)
        + block.folded_table(rows, columns, title, name)
        + (block.folded("How to read this chart", how) if how else "")
    )
    with st.container(horizontal=True, key=f"acts-{key}"):
        download(seen, rows, key)
        st.html(block.chart_acts(name, source), width="content")


def download(seen: View, rows: pl.DataFrame, name: str, label: str = "Download as CSV") -> None:
    """Rows as a CSV file that a spreadsheet opens with the right letters."""
    st.download_button(
        label,
        spreadsheet.csv(rows),
        f"{name}.csv",
        "text/csv",
        key=f"csv-{name}",
        icon=":material/download:",
        type="tertiary",
        on_click=taking(seen, f"{name}.csv"),
    )


def register_source(seen: View, name: str, rows: pl.DataFrame) -> str:
    """Where the rows of a register come from: its title, newest load, as at when."""
    what = f"register “{seen.catalogue.datasets[name].title}”"
    kind = "illustrative where it says so" if seen.standing.is_illustrative else ""
    return messages.source(what, rows, seen.day, kind)


def newest_named(seen: View, rows: pl.DataFrame) -> pl.DataFrame:
    """The last observation of every measure that the rows of a register name (``kpi_ids``)."""
    named = sorted(set(rows["kpi_ids"].explode().drop_nulls()))
    kpis = [seen.catalogue.kpis[name] for name in named if name in seen.catalogue.kpis]
    return board.latest(observations(seen, kpis))


def measures_of(
    seen: View, rows: pl.DataFrame, write: Callable[..., str] = mention.figured
) -> Callable[[Sequence[str]], str]:
    """Writer of the measures that rows name in ``kpi_ids``, as a function of ``mention`` has it."""
    newest = mention.rows_of(newest_named(seen, rows))
    return lambda ids: write(
        ids, seen.catalogue.kpis, newest, lambda name: link("measure", kpi=name)
    )


def effects(seen: View, rows: pl.DataFrame) -> None:
    """Which measures of the council would change, before and after, as intake.rehearsed."""
    if rows.is_empty():
        st.html(card.note("No measure changes.", "Every value and every status stays as it is."))
        return
    turns = rows.filter(pl.col("old_rating").ne_missing(pl.col("new_rating"))).height
    shown = rows.height if rows.height <= 2 * EFFECTS else max(EFFECTS, min(turns, 2 * EFFECTS))
    more = rows.height - shown
    title = f"the first {shown} of {rows.height}" if more else f"{rows.height}"
    caption = f"Measures that change, before and after ({title})"
    columns = tables.effects(rows, seen.catalogue.kpis)
    table(rows.head(shown), columns, caption)
    if more:
        rest = card.table(rows.slice(shown), columns, "The other measures that change")
        st.html(block.folded(f"Show the other {more}", rest))


def table(rows: pl.DataFrame, columns: Sequence[card.Column], caption: str) -> None:
    """A real HTML table, sortable by its headings."""
    name = re.sub(r"[^a-z]+", "-", caption.lower()).strip("-")
    st.html(card.table(rows, columns, caption, name))


def scorecard_key() -> None:
    """What the signs of a card mean, for a first visit."""
    st.html(reading.scorecard_key())
