"""Who is being served, asked anew at every run of a page: one place decides, for every page."""

import os
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from html import escape
from typing import Any, Literal

import streamlit as st

from kpi import access, card, running, settings, sign_in
from kpi.access import AccessError, Person, Role
from kpi.settings import Settings
from kpi.store import Store

#: What somebody reads who is not let in, by why.
SAYS = {
    "out": ("Sign in", "This dashboard is for people whom the council has given a role."),
    "ended": ("Your session has ended", "Sign in again to go on."),
    "no role": (
        "You have no role here",
        "You are signed in, but nobody has given you a role, so there is nothing to show. Ask the "
        "council's performance team for one.",
    ),
    "council": (
        "This council is not open to you",
        "You have no role in a council of this name. Ask its performance team for one.",
    ),
}
#: What a session keeps when it goes over to another council; all else was begun for the last one.
STAYS = ("as_at", "patterns", "page", "recorded")

NOT_THEIRS = "not a council of theirs"
NO_PROVIDER = (
    "The council's sign-in service cannot be reached, so nobody can sign in just now. Try again in "
    "a few minutes; if it goes on, tell whoever looks after the dashboard."
)


def signs_in() -> bool:
    return bool(sign_in.secrets(os.environ))


def is_signed_in() -> bool:
    return signs_in() and bool(st.user.is_logged_in)


@st.cache_resource(show_spinner="Building the illustrative store, about ten seconds …")
def opened() -> tuple[Settings, Store]:
    """The settings of the server and its whole store, of every council."""
    chosen, store = running.opened()
    if signs_in():
        # Beside what is served: the first masked reader need not wait for all that is worked out.
        threading.Thread(target=running.warm, args=(store,), daemon=True).start()
    return chosen, store


def person() -> Person | None:
    """Who is served; None, with a screen that says why, for those who are not let in."""
    if not signs_in():
        return _in_council(dict.fromkeys(_councils(), "officer"), is_alone=True)
    chosen = settings.read()
    user: Mapping[str, Any] = st.user.to_dict() if is_signed_in() else {}
    if not user:
        if not chosen.is_public:
            return _turned_away("out")
        return _in_council(dict.fromkeys(_councils(), access.PUBLIC))
    if access.has_ended(user, chosen.session_hours, datetime.now(UTC)):
        return _turned_away("ended")
    try:
        roles = access.roles_in(access.permissions(chosen.roles), user, _councils())
    except AccessError as error:
        st.error(str(error), icon=":material/block:")
        return None
    return _in_council(roles, access.name_of(user)) if roles else _turned_away("no role")


def _councils() -> list[str]:
    return list(opened()[1].catalogue.councils)


def _in_council(roles: Mapping[str, Role], name: str = "", is_alone: bool = False) -> Person | None:
    """Somebody in the council that is asked for, of those open to them; else in the first."""
    council = _asked() or next(iter(roles))
    if council not in roles:
        return _turned_away("council", next(iter(roles)))
    return Person(
        role=roles[council], name=name, is_alone=is_alone, council=council, councils=tuple(roles)
    )


def _asked() -> str:
    """The council that the address names, or else the page before; blank where there is one."""
    if len(_councils()) < 2:
        return ""
    return st.query_params.get("council") or st.session_state.get("council", "")


def settle(person: Person) -> None:
    """Keep the council from page to page, in the address too, where the store holds several."""
    if len(_councils()) < 2:
        return
    if st.session_state.get("council", person.council) != person.council:
        _leave()
    st.session_state["council"] = person.council
    if st.query_params.get("council") != person.council:
        st.query_params["council"] = person.council


def _leave() -> None:
    """Let go what was begun for another council: files on the page, drafts, previews."""
    files = st.session_state.get("uploads", 0) + 1
    for name in [name for name in st.session_state if not str(name).startswith(STAYS)]:
        del st.session_state[name]
    st.session_state["uploads"] = files


def _turned_away(why: str, own: str = "") -> None:
    """Say why somebody is not let in; ``own``: a council that is open to them."""
    title, says = SAYS[why]
    st.html(card.opening(title, says))
    if own:
        name = opened()[1].catalogue.councils[own].name
        st.html(f'<p><a href="?council={escape(own)}" target="_self">Go to {escape(name)}</a></p>')
    elif why == "no role":
        sign_out()
    else:
        _sign_in_button("primary")
        no_provider()


def no_provider() -> None:
    """Say why nothing came of a press on "Sign in", where nothing did."""
    if st.session_state.pop("no provider", False):
        st.error(NO_PROVIDER, icon=":material/cloud_off:")


def _sign_in() -> None:
    """Go to the provider, if it answers: else Streamlit would leave people on an empty page."""
    if sign_in.answers(os.environ):
        st.login()
    else:
        st.session_state["no provider"] = True


def refused() -> tuple[Person, str, str] | None:
    """Who is signed in and was not let in, to what and why; None when that is not so.

    The person's council is that whose log tells of it: the one that they asked for, if there is.
    """
    if not is_signed_in():
        return None
    user, chosen, councils = st.user.to_dict(), settings.read(), _councils()
    if access.has_ended(user, chosen.session_hours, datetime.now(UTC)):
        return None
    try:
        roles = access.roles_in(access.permissions(chosen.roles), user, councils)
    except AccessError:
        return None
    name, asked = access.name_of(user), _asked()
    if not roles:
        return Person(role=access.PUBLIC, name=name, council=councils[0]), "dashboard", "no role"
    if not asked or asked in roles:
        return None
    log = asked if asked in councils else next(iter(roles))
    return Person(role=access.PUBLIC, name=name, council=log), f"council {asked[:40]}", NOT_THEIRS


def sign_out() -> None:
    st.button(
        "Sign out", icon=":material/logout:", on_click=st.logout, width="content", key="sign-out"
    )


def in_or_out() -> None:
    """Sign out; or in, for those who are let in without and have a role that sees more."""
    if is_signed_in():
        sign_out()
    elif signs_in():
        _sign_in_button("secondary")


def _sign_in_button(kind: Literal["primary", "secondary"]) -> None:
    st.button(
        "Sign in", type=kind, icon=":material/login:", on_click=_sign_in, width="content",
        key="sign-in",
    )  # fmt: skip
