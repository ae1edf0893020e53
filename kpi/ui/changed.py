"""What changed since the last meeting or any day, and which teams the average hides, on screen."""

from datetime import date, datetime, timedelta

import polars as pl
import streamlit as st

from kpi import agenda, block, board, digest, movement, theme
from kpi.access import Role
from kpi.movement import Change, Look
from kpi.store import Store
from kpi.ui.frame import link, opening
from kpi.ui.parts import table
from kpi.ui.seen import View, marked, names_of, observations, observe, remembered

#: Where a register is read.
PAGES = {"activity": "activities", "recommendation": "scrutiny"}
MEETINGS = 4  # that are offered to look back to
LISTED = 60  # restated months that are shown


@remembered(max_entries=8, show_spinner=False)
def _looked(store: Store, as_at: datetime, role: Role, mark: object) -> Look:
    return agenda.look(store, as_at, role, observe)


def changed(seen: View) -> None:
    """What differs between a past day and the day that is looked at."""
    role = seen.person.role
    meetings = seen.store.register("meeting", seen.as_at)
    since = _since(agenda.last_meeting(meetings, seen.day), seen.day)
    before = board.moment(since.isoformat())
    now = _looked(seen.store, seen.as_at, role, seen.mark)
    then = _looked(seen.store, before, role, marked(seen.store, before))
    found = movement.changes(seen.catalogue.kpis, then, now)
    opening(*movement.summary(found, then, now))
    _offer(meetings, seen.day)
    _show(digest.changed(found, _address))
    hidden(seen)
    _restated(seen, then, now)
    made_up = ", illustrative months" if seen.standing.is_illustrative else ""
    days = f"Published by {theme.day(since)} and by {theme.day(seen.day)}"
    st.html(block.source_line(f"Source: all returns and registers. {days}{made_up}."))


def _since(last: date, today: date) -> date:
    """The day to look back to, from the address (``?since=2023-07-11``); else the last meeting."""
    day, _ = st.columns([2, 6])
    with day:
        chosen = st.date_input(
            "Since the end of",
            value=None,
            key="since",
            bind="query-params",
            format="DD/MM/YYYY",
            min_value=date(2015, 1, 1),
            max_value=max(today - timedelta(days=1), date(2015, 1, 2)),
            help=f"Clear the date to look back to the last meeting, {theme.day(last)}.",
        )
    return chosen or last


def _offer(meetings: pl.DataFrame, today: date) -> None:
    """The newest meetings before today, one a day."""
    before = meetings.filter(pl.col("date") < pl.lit(today)).sort("date", "meeting_id")
    newest = before.unique("date", keep="first", maintain_order=True).tail(MEETINGS)
    rows = newest.sort("date", descending=True)
    _show(digest.meetings(rows, lambda day: link("changed", since=day)))


def _show(markup: str) -> None:
    """What there is to show; Streamlit takes an empty text for a mistake."""
    if markup:
        st.html(markup)


def _address(change: Change) -> str:
    """The page that has more of a change."""
    if change.kpi_id:
        return link("measure", kpi=change.kpi_id)
    if change.priority_id:
        return link("plan", priority=change.priority_id)
    return link(PAGES[change.subject.split()[0]]) if change.kind == "overdue" else ""


def hidden(seen: View, headlines_only: bool = False) -> None:
    """Teams that are off target or worsening while the whole council is on target."""
    kpis = [kpi for kpi in seen.catalogue.kpis.values() if kpi.headline or not headlines_only]
    rows = movement.hidden(
        seen.catalogue.kpis, observations(seen, kpis), observations(seen, kpis, ()),
        names_of(seen, "team"),
    )  # fmt: skip
    most = digest.SHORT if headlines_only else movement.MOST
    address = {kpi.kpi_id: link("measure", kpi=kpi.kpi_id) for kpi in kpis}
    _show(digest.hidden(rows, seen.catalogue.kpis, address.__getitem__, most))


def _restated(seen: View, then: Look, now: Look) -> None:
    """The same months as they were known then and are known now."""
    kpis = seen.catalogue.kpis
    rows = movement.restated(kpis, then.frame, now.frame)
    if rows.is_empty():
        return
    more = f"the first {LISTED} of {rows.height}" if rows.height > LISTED else f"{rows.height}"
    st.html(block.section("Restated figures", ""))
    table(rows.head(LISTED), digest.restated(kpis), f"Months that show another figure now ({more})")
