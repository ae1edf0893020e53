"""A store that does not answer: one sentence, and the page comes back by itself."""

import time

import streamlit as st

from kpi.store import StoreUnavailable
from kpi.ui.intake import refuse
from kpi.ui.seen import view

AGAIN = 5  # seconds between two looks whether the store answers


def away(sentence: str) -> None:
    """Say why the store cannot be used; when it can be, the whole page runs again."""
    refuse(sentence)
    _look(time.monotonic())


@st.fragment(run_every=AGAIN)
def _look(since: float) -> None:
    # The run that found the store away has just looked.
    if time.monotonic() - since < AGAIN / 2:
        return
    try:
        view()
    except StoreUnavailable:
        return
    st.rerun()
