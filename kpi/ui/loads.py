"""Loads taken back and brought back, each after a look at what it would change."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import polars as pl
import streamlit as st

from kpi import intake, publication, theme
from kpi.publication import Act, PublicationRefused
from kpi.store import StoreUnavailable
from kpi.ui.drafts import signed
from kpi.ui.intake import refuse
from kpi.ui.parts import effects
from kpi.ui.seen import View


@dataclass(frozen=True, kw_only=True)
class Way:
    """One thing that may be done to a load: its words, and the act."""

    verb: str
    title: str
    icon: str
    done: str
    act: Callable[[int, str, str], Act]


WITHDRAW = Way(
    verb="Withdraw",
    title="Withdraw a load",
    icon=":material/undo:",
    done="is withdrawn. The load that spoke before it, where there is one, is published again.",
    act=publication.withdrawing,
)
RESTORE = Way(
    verb="Restore",
    title="Restore a withdrawn load",
    icon=":material/redo:",
    done="is restored. It is published again for the months that it lost.",
    act=publication.restoring,
)


def load_acts(seen: View, rows: pl.DataFrame) -> None:
    """Withdraw what is published now, restore what was withdrawn; ``rows`` as queries/loads.sql."""
    # Always there, so that what follows keeps its place, and stays open, when a message goes.
    with st.container():
        if done := st.session_state.pop("load_act", None):
            st.success(done, icon=":material/check_circle:")
    _offer(seen, WITHDRAW, rows.filter(pl.col("months_speaking") > 0))
    _offer(seen, RESTORE, rows.filter(pl.col("withdrawn_at").is_not_null()))


def _offer(seen: View, way: Way, rows: pl.DataFrame) -> None:
    if rows.is_empty():
        return
    titles = {row["load_id"]: _title(seen, row) for row in rows.iter_rows(named=True)}
    key = f"{way.verb}-load"
    is_chosen = st.session_state.get(key) is not None
    with st.expander(way.title, expanded=is_chosen, icon=way.icon, key=f"{way.verb}-open"):
        load_id = st.selectbox(
            f"Load to {way.verb.lower()}",
            list(titles),
            index=None,
            format_func=titles.__getitem__,
            placeholder="Choose a load to see what would change",
            key=key,
        )
        if load_id is not None:
            dataset = rows.filter(load_id=load_id)["dataset"].item()
            tried = way.act(load_id, "preview", "a look at what would change")
            st.space("xsmall")
            effects(seen, intake.rehearsed(seen.store, tried, [dataset]))
            _form(seen, way, load_id)


def _title(seen: View, row: dict[str, Any]) -> str:
    known = seen.catalogue.datasets.get(row["dataset"])
    months = theme.months(row["first_period"], row["last_period"])
    parts = [known.title if known else row["dataset"], months, row["file"]]
    return f"{row['load_id']}: {', '.join(parts)}"


def _form(seen: View, way: Way, load_id: int) -> None:
    with st.form(way.verb, border=False):
        by = signed(seen)
        reason = st.text_input(f"Reason, at least {publication.REASON_LENGTH} characters")
        pressed = st.form_submit_button(f"{way.verb} load {load_id}", type="primary", icon=way.icon)
    if not pressed:
        return
    if not by:
        refuse("Give your role, so that the history says who did it.")
        return
    try:
        seen.store.transact(way.act(load_id, by, reason.strip()))
    except (PublicationRefused, StoreUnavailable) as error:
        refuse(f"Nothing was changed. {error}")
    else:
        st.session_state["load_act"] = f"Load {load_id} {way.done}"
        st.rerun()
