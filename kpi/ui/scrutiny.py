"""Screens of scrutiny: what was asked, what was claimed, when reports are due."""

from collections.abc import Sequence
from datetime import date

import polars as pl
import streamlit as st

from kpi import block, board, card, claims, minutes, scrutiny, spending, theme, verdicts
from kpi.catalogue import Kpi
from kpi.claims import Verdict
from kpi.ui.frame import choose, link, opening
from kpi.ui.parts import chart, download, measures_of, register_source
from kpi.ui.seen import View, comparators, observations, remembered

ALL = "all"
Pair = tuple[claims.Row, Verdict]  # a claim, and what is found of it
SHOWN = 6  # requests of a group before the rest folds


# ---- requests ----


def requests(seen: View) -> None:
    """Recommendations, actions, requests and questions: how they stand, by forum and meeting."""
    every = scrutiny.judge(seen.store.register("recommendation", seen.as_at), seen.day)
    opening(*scrutiny.summary(every))
    if not every.is_empty():
        rows = _chosen(every)
        _ages(seen, rows)
        _lists(seen, rows)
        _meetings(seen, every)
    _calendar(seen)
    _assurance(seen)


def _chosen(every: pl.DataFrame) -> pl.DataFrame:
    """Forum and meeting, each from the address."""
    forums = {ALL: "Every forum"} | {name: name for name in every["forum"].unique().sort()}
    left, right = st.columns(2)
    with left:
        forum = choose("Forum", forums, "forum", ALL)
    held = scrutiny.of(every, forum, ALL)["raised"].unique().sort(descending=True)
    days = {ALL: "Every meeting"} | {day.isoformat(): theme.day(day) for day in held}
    with right:
        meeting = choose("Meeting", days, "meeting", ALL)
    return scrutiny.of(every, forum, meeting)


def _ages(seen: View, rows: pl.DataFrame) -> None:
    counted = scrutiny.ages(rows)
    late = [name for name in counted["band"] if name.startswith("Overdue")]
    bars = [(name, float(n), str(n)) for name, n in counted.select("band", "items").iter_rows()]
    said = "; ".join(f"{name.lower()}: {n}" for name, _, n in bars)
    title = scrutiny.ages_title(rows)
    chart(
        seen,
        "requests",
        title,
        "Requests by how they stand; what is overdue, by days past the day that was set.",
        spending.ranked(bars, strong=late),
        f"{title}. {said}.",
        (counted, minutes.age_columns()),
        source=register_source(seen, "recommendation", rows),
    )


def _lists(seen: View, rows: pl.DataFrame) -> None:
    """Open first, then what was not accepted; what is closed is one tap away."""
    write = measures_of(seen, rows)
    groups = (
        ("Overdue, the longest first", ("overdue",), SHOWN),
        ("Open without a date, or not yet due", ("undated", "waiting"), SHOWN),
        ("Not accepted, and what happened later", ("not_accepted",), SHOWN),
        ("Answered, done or withdrawn", ("answered", "done", "withdrawn"), 0),
    )
    for title, states, shown in groups:
        part = rows.filter(pl.col("state").is_in(states))
        first, rest = part.head(shown), part.slice(shown)
        caption = f"{title} ({part.height})"
        html = minutes.requests(first, caption, write) if first.height else ""
        if rest.height:
            name = f"{caption}: the other {rest.height}" if first.height else caption
            html += block.folded(f"Show: {name}", minutes.requests(rest, name, write))
        if html:
            st.html(html)
    flat = rows.with_columns(pl.col("kpi_ids").list.join(";"))
    download(seen, flat, "request-list", "Download these requests as CSV")


def _meetings(seen: View, every: pl.DataFrame) -> None:
    counted = scrutiny.meetings(every)

    def address(forum: str, day: date) -> str:
        return link("scrutiny", forum=forum, meeting=day.isoformat())

    body = block.stacked(counted, minutes.meeting_columns(address), "What each meeting asked for")
    way_on = block.further(link("claims"), "What was said in meetings, beside the figures")
    st.html(block.section("By meeting", body + way_on))


def _calendar(seen: View) -> None:
    """The reporting calendar: each forum's promise, and every report that was owed."""
    owed = scrutiny.calendar(seen.store.register("meeting", seen.as_at), seen.day)
    promised = seen.catalogue.table("reporting")
    kept = scrutiny.rhythm(owed, promised, seen.day)
    table = block.stacked(kept, minutes.rhythm_columns(), "By forum")
    every = block.stacked(owed, minutes.report_columns(), "Every report, newest first")
    st.html(
        block.chart_head(scrutiny.calendar_title(kept), "Progress reports that were promised.")
        + table
        + (block.folded(f"Show every report ({owed.height})", every) if owed.height else "")
        + block.source_line(register_source(seen, "meeting", owed))
    )


def _assurance(seen: View) -> None:
    rows = seen.store.register("assurance", seen.as_at).sort("date", descending=True)
    named = dict(seen.store.register("priority", seen.as_at).select("priority_id", "name").rows())
    body = minutes.assurance(rows, named) if rows.height else ""
    st.html(
        block.chart_head(scrutiny.assurance_title(rows), "What reviewers from outside found.")
        + body
        + block.source_line(register_source(seen, "assurance", rows))
    )


# ---- claims ----


@remembered(max_entries=20, show_spinner=False)
def _judged(seen: View, _register: pl.DataFrame) -> list[Verdict]:
    """The verdict on each row of the register ``claim`` as the view has it."""
    kpis = [seen.catalogue.kpis[name] for name in _register["kpi_id"].drop_nulls().unique().sort()]
    frame = observations(seen, kpis)
    published = _published(seen, kpis)
    return [_judge(seen, row, frame, published) for row in _register.iter_rows(named=True)]


def _published(seen: View, kpis: Sequence[Kpi]) -> pl.DataFrame:
    """What was published and known: England, region, council, and every set of neighbours."""
    rows = comparators(seen, kpis)
    series = [kpi.benchmark for kpi in kpis if kpi.benchmark]
    sets = seen.catalogue.table("neighbour_sets").filter(pl.col("series").is_in(series))
    typed = sets.with_columns(
        pl.col("year").cast(rows.schema["year"]),
        pl.col("value").cast(pl.Float64),
        area_type=pl.lit("neighbours"),
    )
    return pl.concat([rows, board.known_by(seen.catalogue, typed, seen.as_at_day)], how="diagonal")


def _judge(seen: View, row: claims.Row, frame: pl.DataFrame, published: pl.DataFrame) -> Verdict:
    kpi = seen.catalogue.kpis.get(row["kpi_id"] or "")
    if kpi is None:
        return claims.judge(row, None, frame, published)
    benchmark = seen.catalogue.benchmarks.get(kpi.benchmark)
    rows = published.filter(series=kpi.benchmark)
    return claims.judge(row, kpi, frame.filter(kpi_id=kpi.kpi_id), rows, benchmark)


def claimed(seen: View) -> None:
    """Each sentence beside the figure that tests it, of one meeting or of all."""
    register = seen.store.register("claim", seen.as_at)
    found = _judged(seen, register)
    opening(*claims.summary(found))
    if register.is_empty():
        return
    days = register["said_on"].unique().sort(descending=True)
    options = {ALL: "Every meeting"} | {day.isoformat(): theme.day(day) for day in days}
    day = choose("Meeting", options, "meeting", ALL)
    pairs = [
        (row, verdict)
        for row, verdict in zip(register.iter_rows(named=True), found, strict=True)
        if day in (ALL, row["said_on"].isoformat())
    ]
    twin = verdicts.rows_of(pairs)
    source = register_source(seen, "claim", register)
    st.html(
        _told(seen, day, link("measure"), pairs)
        + block.source_line(f"{source} {_figures_from(seen)}")
        + block.folded_table(twin, verdicts.columns(), "Claims and the figures that test them")
        + verdicts.every_rule()
    )
    download(seen, twin, "claims")


@remembered(max_entries=20, show_spinner=False)
def _told(seen: View, day: str, goes_along: str, _pairs: Sequence[Pair]) -> str:
    """``_pairs``: those of the day; ``goes_along``: moment and settings that the links carry."""
    return "".join(_claim(seen, row, verdict) for row, verdict in _pairs)


def _claim(seen: View, row: claims.Row, verdict: Verdict) -> str:
    kpi = seen.catalogue.kpis.get(row["kpi_id"] or "")
    href = link("measure", kpi=row["kpi_id"])
    return verdicts.claim(row, verdict, kpi, _picture(seen, row, kpi), href)


def _figures_from(seen: View) -> str:
    made_up = " (illustrative)" if seen.standing.is_illustrative else ""
    return (
        f"Figures: the council's own months{made_up}, and statistics of the Department for "
        f"Education, as known on {theme.day(seen.day)}."
    )


def _picture(seen: View, row: claims.Row, kpi: Kpi | None) -> str:
    """The months around the sentence, small and without words."""
    if kpi is None:
        return ""
    series = observations(seen, [kpi])
    last = row["until"] or row["said_on"]
    return card.sparkline(series.filter(pl.col("period") <= pl.lit(last)))
