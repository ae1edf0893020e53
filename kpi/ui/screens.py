"""What one page needs, built from the parts that all share."""

from collections.abc import Sequence
from typing import Any

import polars as pl
import streamlit as st

from kpi import (
    block,
    board,
    charts,
    messages,
    observation,
    spans,
    tables,
    targets,
    theme,
    words,
)
from kpi.catalogue import Kpi
from kpi.ui.commentary import commentary
from kpi.ui.frame import link, opening, titled
from kpi.ui.parts import chart, drawn, source, trend
from kpi.ui.seen import View, comparators, names_of, observations

ROW = 4  # cards side by side on a laptop


def row_of(seen: View, theme_id: str, shown: Sequence[Kpi]) -> list[Kpi]:
    """The measures of a theme that the scorecard shows beside those ``shown`` already.

    Its headline measures, and others until a row is full, so that no card stands alone; none of
    which this reader never sees a figure.
    """
    never = ("never",) if seen.person.is_masked else ()
    every = [kpi for kpi in seen.catalogue.of_theme(theme_id) if kpi.masked_by not in never]
    rest = [kpi for kpi in every if kpi not in shown]
    rest.sort(key=lambda kpi: not kpi.headline)
    headlines = sum(kpi.headline for kpi in rest)
    return rest[: max(headlines, ROW)]


def theme_opening(seen: View, theme_id: str) -> None:
    """How a theme page begins: the sentence over its measures."""
    kpis = {kpi.kpi_id: kpi for kpi in seen.catalogue.of_theme(theme_id)}
    frame = observations(seen, list(kpis.values()))
    newest = board.latest(frame)
    title, lead = words.summary(newest, kpis)
    first = next(iter(kpis.values()))
    if (newest["rating"] == "none").all() and newest["value"].is_not_null().any():
        title = words.headline(first, frame.filter(kpi_id=first.kpi_id))
    opening(title, lead)


def measure(seen: View, kpi: Kpi) -> None:
    """Everything about one KPI."""
    titled(kpi.title)
    series = observations(seen, [kpi])
    if series.is_empty():
        opening(kpi.title, "No month of this measure has been published yet.")
    else:
        mark = theme.rating(kpi, observation.newest(series))
        opening(words.headline(kpi, series), words.stands(kpi, series), mark)
        commentary(seen, kpi, series["period"].to_list())
        trend(seen, kpi, title=f"Since {theme.long_month(series['period'][0])}, month by month")
        teams(seen, kpi)
        comparison(seen, kpi)
    definition(seen, kpi)


def stock_flow(seen: View, starts: Kpi, ends: Kpi) -> None:
    """What came in and what went out, month by month."""
    frame = observations(seen, [starts, ends])
    if frame.is_empty():
        return
    rows = frame.pivot("kpi_id", index="period", values="value").sort("period", descending=True)
    named = {starts.kpi_id: starts.title, ends.kpi_id: ends.title}
    chart(
        seen,
        f"flow-{starts.kpi_id}",
        messages.balance(starts, ends, frame, brief=True),
        f"{starts.title} and {ends.title.lower()}, by month.",
        drawn(
            seen,
            [starts, ends],
            f"flow-{starts.kpi_id}",
            lambda: charts.stock_flow(
                *(frame.filter(kpi_id=kpi.kpi_id) for kpi in (starts, ends)),
                names=messages.verbs(starts),
                unit=starts.unit,
            ),
        ),
        messages.balance(starts, ends, frame),
        (rows, tables.flows(named)),
        source=source(seen, [starts], frame),
        reading_of="flow",
    )


def comparison(seen: View, kpi: Kpi) -> None:
    """The council beside England, region and neighbours, as published."""
    rows = comparators(seen, [kpi])
    if rows.is_empty():
        return
    published = seen.catalogue.benchmarks[kpi.benchmark]
    key, own = f"compare-{kpi.kpi_id}", seen.catalogue.council.authority_name
    chart(
        seen,
        key,
        messages.compared(kpi, rows, brief=True),
        f"{published.title}, at {published.year_end}. Neighbours: median of the ten statistical "
        "neighbours of the 2025 model.",
        drawn(seen, [kpi], key, lambda: charts.compare(kpi, rows, own)),
        messages.compared(kpi, rows),
        (rows.sort("year", "area", descending=[True, False]), tables.published(kpi)),
        source=f"Source: {rows['source'][0]}. Published figures.",
        reading_of="compare",
    )


def teams(seen: View, kpi: Kpi) -> None:
    """The same measure team by team, on one scale, and the team that the total hides."""
    names = names_of(seen, "team")
    frame = observations(seen, [kpi], tuple(names))
    frame = frame.filter(pl.col("value").is_not_null().any().over("org_id"))
    if frame["org_id"].n_unique() < 2:
        return
    newest = board.latest(frame)
    council = observations(seen, [kpi])
    key = f"teams-{kpi.kpi_id}"
    chart(
        seen,
        key,
        messages.hidden(kpi, council, newest, names, brief=True),
        f"{kpi.title}, team by team, all on the same scale.",
        drawn(seen, [kpi], key, lambda: charts.small_multiples(kpi, frame, names)),
        messages.hidden(kpi, council, newest, names),
        (newest.sort("value", descending=True, nulls_last=True), tables.teams(kpi, names)),
        source=source(seen, [kpi], frame),
        reading_of="teams",
    )


def caseload_distribution(seen: View) -> None:
    """Every worker's caseload, by team, for the newest month; masked, the range of each team."""
    kpi = seen.catalogue.kpis["caseload_median"]
    series = observations(seen, [kpi])
    if series.is_empty():
        return
    last = series.row(-1, named=True)
    names = names_of(seen, "team")
    rows, spread = board.caseloads(
        seen.store, last["period"], seen.as_at, seen.person.role, messages.ABOVE
    )
    is_masked = seen.person.is_masked
    yardsticks: dict[str, Any] = {
        "target": last["target"],
        "band": (last["band_low"], last["band_high"]) if last["band_low"] is not None else None,
    }
    chart(
        seen,
        "distribution",
        messages.ranges(spread, names) if is_masked else messages.spread(spread, names, brief=True),
        f"Cases per full-time worker, {'a team a line' if is_masked else 'one dot a worker'}, "
        f"{theme.long_month(last['period'])}.",
        spans.of(spread, names, **yardsticks)
        if is_masked
        else charts.distribution(board.per_worker(rows, names), **yardsticks),
        messages.ranges(spread, names) if is_masked else messages.spread(spread, names),
        (spread, tables.workers(names)),
        source=source(seen, [kpi], series.tail(1)),
        reading_of="distribution",
    )


def definition(seen: View, kpi: Kpi) -> None:
    """What a measure means, where it comes from, and why its target is what it is."""
    dataset = seen.catalogue.datasets[kpi.dataset]
    held = targets.in_force(targets.read(seen.store, seen.as_at), seen.day).filter(
        kpi_id=kpi.kpi_id
    )
    lines = {
        "Question": kpi.question,
        "Definition": kpi.definition,
        "Return": f"{dataset.title}: {', '.join(kpi.columns)}",
        "Target": " ".join(
            f"{targets.told(kpi, row)}. {row['source']}" for row in held.iter_rows(named=True)
        )
        or "No target.",
    }
    lines |= {f"Judged anew from {theme.month(at.period)}": at.reason for at in kpi.spc.rebase}
    whole = block.further(link("definitions", term=kpi.kpi_id), "The full definition")
    st.html(block.definition("How this measure is made", lines) + whole)
