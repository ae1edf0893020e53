"""The audit log on screen: found by person, act or word, proven, and taken along as a file."""

import polars as pl
import streamlit as st

from kpi import audit, card, listings, publication, spreadsheet
from kpi.ui.frame import opening, taking
from kpi.ui.seen import View

SHOWN = 200  # acts on one page; the file has all
EVERY = "Every act"


def audit_trail(seen: View) -> None:
    """Every act, newest first, with what proves that none was altered."""
    acts = audit.read(seen.store)
    faults = [fault for fault in publication.invariants(seen.store) if fault.startswith("audit")]
    if faults:
        opening("The audit log has been altered", " ".join(faults[:3]))
    else:
        opening(
            f"{acts.height:,} acts are recorded, and none has been altered",
            f"Each is sealed with the one before it: {audit.seal(seen.store)}. Keep that "
            "elsewhere, and nobody can shorten the log unseen.",
        )
    _table(acts)
    st.download_button(
        "Download the whole log as CSV",
        spreadsheet.csv(acts),
        "audit.csv",
        "text/csv",
        icon=":material/download:",
        on_click=taking(seen, "audit.csv"),
    )


def _table(acts: pl.DataFrame) -> None:
    kinds = [EVERY, *acts["action"].unique().sort()]
    left, right = st.columns(2)
    kind = left.selectbox("Act", kinds)
    word = right.text_input("Who, what or why", placeholder="Part of a word").strip().casefold()
    found = acts if kind == EVERY else acts.filter(action=kind)
    if word:
        text = pl.concat_str("who", "subject", "detail", separator=" ").str.to_lowercase()
        found = found.filter(text.str.contains(word, literal=True))
    caption = f"{min(found.height, SHOWN)} of {found.height:,} acts, newest first"
    if found.is_empty():
        st.html(card.note("No act is like that.", "Choose another, or a shorter word."))
    else:
        st.html(card.table(found.head(SHOWN), listings.trail(), caption))
