"""What was said of a measure, and the form in which officers say it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import polars as pl
import streamlit as st

from kpi import commentary as comments
from kpi import notes, theme, titles
from kpi.access import Role
from kpi.catalogue import Kpi
from kpi.commentary import LABELS, CommentaryRefused, Note
from kpi.publication import PublicationRefused
from kpi.store import Store
from kpi.ui.drafts import signed
from kpi.ui.seen import View, observe, remembered

MONTHS = 12  # months back that a note can be typed for; older ones come as a file


@remembered(max_entries=100, show_spinner=False)
def _said(
    store: Store, kpi_ids: tuple[str, ...], as_at: datetime, role: Role, mark: object
) -> pl.DataFrame:
    return comments.read(store, kpi_ids, as_at, role=role, observe=observe)


def said(seen: View, kpis: Sequence[Kpi]) -> pl.DataFrame:
    """What was said of measures as of the moment that is looked at."""
    names = tuple(kpi.kpi_id for kpi in kpis)
    return _said(seen.store, names, seen.as_at, seen.person.role, seen.only(kpis).mark)


def so_what(rows: pl.DataFrame, kpi: Kpi, period: date) -> str:
    """The so-what of a card: only of the month that it shows."""
    row = comments.by_month(rows, kpi).get(period)
    return notes.short(row["so_what"]) if row else ""


def commentary(seen: View, kpi: Kpi, months: Sequence[date]) -> None:
    """What was said of one measure, newest first, and the form. ``months``: those of its series."""
    rows = comments.by_month(said(seen, [kpi]), kpi)
    if done := st.session_state.pop("commentary", None):
        st.success(done, icon=":material/check:")
    if rows:
        st.html(notes.commentary(rows, months[-1]))
    may_write = seen.person.may_edit and seen.as_at_day is None
    if may_write and comments.DATASET in seen.catalogue.datasets:
        with st.expander("Write commentary", icon=":material/edit_note:"):
            _write(seen, kpi, rows, list(reversed(months))[:MONTHS])


def _write(
    seen: View, kpi: Kpi, rows: Mapping[date, Mapping[str, Any]], months: Sequence[date]
) -> None:
    period = st.selectbox("Month", months, format_func=theme.long_month, key=f"of-{kpi.kpi_id}")
    before = rows.get(period)
    with st.form(f"commentary-{kpi.kpi_id}-{period}", border=False):
        note = _fields(kpi, period, before or {})
        by, reason = _who(seen, before is not None)
        pressed = st.form_submit_button("Publish", type="primary", icon=":material/publish:")
    if not pressed:
        return
    if not by:
        st.error("Give your role, so that the history says who wrote it.", icon=":material/error:")
        return
    try:
        answer = comments.publish(seen.store, note, by, reason, seen.settings.upload_limit)
    except (CommentaryRefused, PublicationRefused) as error:
        st.error(titles.literal(str(error)), icon=":material/error:")
        return
    st.session_state["commentary"] = (
        f"The commentary on {theme.long_month(period)} is published as load {answer.load_id}."
    )
    st.rerun()


def _fields(kpi: Kpi, period: date, before: Mapping[str, Any]) -> Note:
    """The note as it is typed; it begins as what is published."""

    def key(name: str) -> str:
        return f"{name}-{kpi.kpi_id}-{period}"

    left, right = st.columns(2)
    with left:
        happened = st.text_area(
            LABELS["happened"], before.get("happened") or "", key=key("happened")
        )
    with right:
        so_what = st.text_area(
            LABELS["so_what"],
            before.get("so_what") or "",
            key=key("so_what"),
            help="What children notice of it. Never blank; no names, and no child told apart.",
        )
    first, second, third = st.columns([3, 2, 1])
    with first:
        action = st.text_input(LABELS["action"], before.get("action") or "", key=key("action"))
    with second:
        owner = st.text_input(LABELS["owner"], before.get("owner") or "", key=key("owner"))
    with third:
        due = st.date_input(LABELS["due"], before.get("due"), key=key("due"), format="DD/MM/YYYY")
    return Note(
        kpi_id=kpi.kpi_id, period=period, happened=happened, so_what=so_what, action=action,
        owner=owner, due=due,
    )  # fmt: skip


def _who(seen: View, replaces: bool) -> tuple[str, str]:
    """Who writes, and why when a published note is replaced."""
    left, right = st.columns(2)
    with left:
        by = signed(seen, key="commentary-by")
    if not replaces:
        return by, ""
    with right:
        return by, st.text_input("Reason for the change, at least 10 characters")
