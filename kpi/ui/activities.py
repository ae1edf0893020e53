"""The page of activities: the timeline, what decides the end, what can start next, the pace."""

from collections.abc import Sequence

import polars as pl
import streamlit as st

from kpi import block, card, charts, figure, mention, pace, schedule, timeline, worklist
from kpi.ui.frame import choose, opening
from kpi.ui.parts import chart, download, measures_of, newest_named, register_source
from kpi.ui.seen import View

ALL = "all"
REGISTER = "activity"


def activities(seen: View) -> None:
    """Who does what by when, and after what."""
    register = seen.store.register("activity", seen.as_at)
    plan = schedule.laid_out(register, seen.day)
    chain = schedule.chain(plan)
    opening(*worklist.opening(plan, chain))
    if plan.is_empty():
        return
    names = dict(
        seen.store.read("priorities", as_at=seen.as_at).select("priority_id", "name").rows()
    )
    shown, priority = _chosen(plan, names)
    if shown.is_empty():
        st.html(card.note("No activity fits.", "Choose fewer things at once."))
        return
    # The list comes first on a telephone, where a timeline has no room: see the style sheet.
    with st.container(key="activities"):
        _timeline(seen, shown, names, chain, priority)
        _table(seen, shown, plan, names, chain)
    _order(seen, shown, plan, names, chain)
    _pace(seen, plan)


def _chosen(plan: pl.DataFrame, names: dict[str, str]) -> tuple[pl.DataFrame, str]:
    """The rows that the address asks for, and the name of the priority, if one."""
    owners = sorted(set(plan["owner_role"].drop_nulls()))
    known = set(plan["priority_id"])
    options = (
        ("Priority", "priority", {name: title for name, title in names.items() if name in known}),
        ("Owner", "owner", dict(zip(owners, owners, strict=True))),
        ("State", "state", worklist.choices(plan)),
    )
    columns = st.columns([3, 3, 2, 2], vertical_alignment="bottom")
    picked = []
    for column, (label, parameter, named) in zip(columns[:3], options, strict=True):
        with column:
            asked = choose(label, {ALL: "All"} | named, parameter, ALL)
            picked.append("" if asked == ALL else asked)
    with columns[3]:
        late = st.toggle("Late only", key="late", bind="query-params")
    priority, owner, state = picked
    return schedule.chosen(plan, priority, owner, state, late), names.get(priority, "")


def _timeline(
    seen: View, shown: pl.DataFrame, names: dict[str, str], chain: Sequence[str], priority: str
) -> None:
    with st.container(key="timeline"):
        st.html(
            block.chart_head(
                worklist.drawn(shown, priority),
                "Each bar runs from start to end as they stand now.",
            )
            + worklist.key()
        )
        drawn = timeline.timeline(shown, names, seen.day, chain)
        with st.container(key="timeline-plot"):
            st.html(worklist.sideways())
            st.plotly_chart(
                drawn,
                theme=None,
                key="plot",
                config=figure.CONFIG,
                alt=worklist.alt(shown, seen.day, chain),
            )
        st.html(block.source_line(register_source(seen, REGISTER, shown)))


def _table(
    seen: View,
    shown: pl.DataFrame,
    plan: pl.DataFrame,
    names: dict[str, str],
    chain: Sequence[str],
) -> None:
    """The timeline's table twin, in start order."""
    measures = measures_of(seen, shown, mention.briefly)
    with st.container(key="activity-list"):
        st.html(worklist.table(shown, plan, names, measures, chain))
        download(seen, worklist.flat(shown), "activities")


def _order(
    seen: View,
    shown: pl.DataFrame,
    plan: pl.DataFrame,
    names: dict[str, str],
    chain: Sequence[str],
) -> None:
    """What decides the end, by which rule, and what can start next."""
    if chain:
        st.html(
            block.section(
                worklist.chain_title(plan, chain), worklist.chain_table(plan, chain, names)
            )
            + block.folded("How this chain is found", f"<p>{schedule.CHAIN_RULE}</p>")
        )
    coming = schedule.next_starts(plan)
    coming = coming.filter(pl.col("activity_id").is_in(shown["activity_id"].to_list()))
    if not coming.is_empty():
        st.html(
            block.section("What can start once this is done", worklist.next_table(coming, plan))
        )


def _pace(seen: View, plan: pl.DataFrame) -> None:
    """Whether the work keeps up with the plan, and whether it can be seen in figures."""
    rows = schedule.pace(plan, seen.day)
    message = worklist.pace(rows, seen.day)
    chart(
        seen,
        "pace",
        message,
        "Activities to be done by the end of each month, and done, added up; the table has each "
        "month. Without those that were merged or retired.",
        pace.totals(rows, seen.day),
        message,
        (rows.sort("period", descending=True), worklist.pace_columns()),
        source=register_source(seen, REGISTER, plan),
    )
    past = rows.drop_nulls("done")
    chart(
        seen,
        "pace-by-month",
        worklist.busiest(past),
        "Activities that were first planned to be done in each month, and that were done in it. "
        "The newest month is not over yet.",
        charts.stock_flow(
            *(past.select("period", value=name) for name in ("done", "planned")),
            names=("done", "planned"),
            unit="activities",
        ),
        worklist.busiest(past),
        (past.sort("period", descending=True), worklist.pace_columns()),
        source=register_source(seen, REGISTER, plan),
    )
    st.html(card.note(*worklist.effect(schedule.effect(plan, newest_named(seen, plan)))))
