"""A change that is looked at before it is kept: typed in a form, tried, then saved or dropped."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from kpi import titles
from kpi.ui.seen import View

LOOK = "See what changes"


class RoleMissing(Exception):
    """Nobody says who makes the change."""


def signed(seen: View, placeholder: str = "Performance officer", key: str | None = None) -> str:
    """Who acts, as the history will say: who is signed in, or else the role that they give."""
    if name := seen.person.name:
        st.text_input("Signed in as", name, disabled=True)
        return name
    return st.text_input("Your role", placeholder=placeholder, key=key).strip()


def who_and_why(seen: View) -> tuple[str, str]:
    """The last fields of a form of a change: who makes it, and the reason."""
    left, right = st.columns([1, 2])
    with left:
        by = signed(seen)
    with right:
        reason = st.text_input("Reason, at least 10 characters")
    return by, reason


def announce(name: str) -> None:
    """Say what was saved in the run before."""
    if done := st.session_state.pop(f"saved-{name}", None):
        st.success(done, icon=":material/check_circle:")


def keep(name: str, draft: tuple[Any, ...]) -> None:
    """Hold what was typed until it is saved, dropped or replaced by the next draft."""
    st.session_state[f"draft-{name}"] = draft


def held(name: str) -> tuple[Any, ...] | None:
    """What was typed and is looked at now, if anything is."""
    return st.session_state.get(f"draft-{name}")


def drop(name: str) -> None:
    """Let a draft go."""
    st.session_state.pop(f"draft-{name}", None)


def refuse(name: str, error: Exception) -> None:
    """Say in one sentence why a draft cannot be, and let it go."""
    drop(name)
    st.error(titles.literal(str(error)), icon=":material/error:")


def prove_role(by: str) -> None:
    """Raise RoleMissing where nobody says who they are."""
    if not by:
        raise RoleMissing("Give your role, so that the history says who did it.")


def decide(name: str, save: Callable[[], str], refused: type[Exception]) -> None:
    """Two buttons under a preview; what ``save`` says is announced after the next run."""
    left, right, _ = st.columns([1, 1, 4])
    with left:
        wanted = st.button("Save", type="primary", icon=":material/check:", width="stretch")
    with right:
        dropped = st.button("Do not save", icon=":material/close:", width="stretch")
    if dropped:
        drop(name)
        st.rerun()
    if not wanted:
        return
    try:
        done = save()
    except refused as error:
        refuse(name, error)
        return
    drop(name)
    st.session_state[f"saved-{name}"] = f"Saved. {done}"
    st.rerun()
