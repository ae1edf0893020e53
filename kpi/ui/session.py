"""Who is being served, asked anew at every run of a page: one place decides, for every page."""

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from kpi import access, card, settings, sign_in
from kpi.access import AccessError, Person

#: What somebody reads who is not let in, by why.
SAYS = {
    "out": ("Sign in", "This dashboard is for people whom the council has given a role."),
    "ended": ("Your session has ended", "Sign in again to go on."),
    "no role": (
        "You have no role here",
        "You are signed in, but nobody has given you a role, so there is nothing to show. Ask the "
        "council's performance team for one.",
    ),
}

NO_PROVIDER = (
    "The council's sign-in service cannot be reached, so nobody can sign in just now. Try again in "
    "a few minutes; if it goes on, tell whoever looks after the dashboard."
)


def signs_in() -> bool:
    return bool(sign_in.secrets(os.environ))


def is_signed_in() -> bool:
    return signs_in() and bool(st.user.is_logged_in)


def person() -> Person | None:
    """Who is served; None, with a screen that says why, for those who are not let in."""
    if not signs_in():
        return Person(role="officer", is_alone=True)
    chosen = settings.read()
    user: Mapping[str, Any] = st.user.to_dict() if is_signed_in() else {}
    if not user:
        return Person(role=access.PUBLIC) if chosen.is_public else _turned_away("out")
    if access.has_ended(user, chosen.session_hours, datetime.now(UTC)):
        return _turned_away("ended")
    try:
        role = access.role_of(access.permissions(chosen.roles), user)
    except AccessError as error:
        st.error(str(error), icon=":material/block:")
        return None
    return Person(role=role, name=access.name_of(user)) if role else _turned_away("no role")


def _turned_away(why: str) -> None:
    title, says = SAYS[why]
    st.html(card.opening(title, says))
    if why == "no role":
        sign_out()
    else:
        st.button("Sign in", type="primary", icon=":material/login:", on_click=_sign_in)
        if st.session_state.pop("no provider", False):
            st.error(NO_PROVIDER, icon=":material/cloud_off:")


def _sign_in() -> None:
    """Go to the provider, if it answers: else Streamlit would leave people on an empty page."""
    if sign_in.answers(os.environ):
        st.login()
    else:
        st.session_state["no provider"] = True


def nobody() -> str:
    """Who is signed in and has no role; empty when that is not so."""
    if not is_signed_in():
        return ""
    user, chosen = st.user.to_dict(), settings.read()
    if access.has_ended(user, chosen.session_hours, datetime.now(UTC)):
        return ""
    try:
        known = access.permissions(chosen.roles)
    except AccessError:
        return ""
    return "" if access.role_of(known, user) else access.name_of(user)


def sign_out() -> None:
    st.button("Sign out", icon=":material/logout:", on_click=st.logout, width="content")
