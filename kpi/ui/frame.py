"""The frame around every page: navigation, header, links."""

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from html import escape
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from kpi import access, audit, card, settings, theme
from kpi.access import Person
from kpi.settings import ROOT
from kpi.ui import session
from kpi.ui.seen import View, admitted, newest_month, view

NAME = "Improvement dashboard"
ILLUSTRATIVE = "Illustrative months, made up for demonstration. Comparators are published figures."
NO_SIGN_IN = "No sign-in is set up: everyone at this computer is an officer."


def configure() -> None:
    """Page settings, the one style sheet and the one script; the first thing the router does."""
    # An icon of our own: for a symbol's name Streamlit would ask a server outside.
    st.set_page_config(
        page_title=NAME,
        page_icon=str(ROOT / "data" / "reference" / "icon.png"),
        layout="wide",
    )
    st.html(f"<style>{theme.css()}</style>")
    # A script that stands alone is taken away again, so that something must stand before it.
    st.html(f"<i hidden></i><script>{theme.script()}</script>", unsafe_allow_javascript=True)


def titled(title: str) -> None:
    """Name the page in the browser: what it is first, so that tabs and histories tell it apart."""
    st.set_page_config(page_title=f"{title} – {NAME}")


def pages() -> list[dict[str, Any]]:
    """The pages as ``data/reference/navigation.toml`` lists them."""
    path = settings.read().reference / "navigation.toml"
    return _listed(path.read_text(encoding="utf-8"))


@cache
def _listed(text: str) -> list[dict[str, Any]]:
    return tomllib.loads(text)["page"]


def navigation(person: Person) -> dict[str, list[Any]]:
    """The pages of somebody by section; an address that is not for them says so instead."""
    sections: dict[str, list[Any]] = {}
    for page in pages():
        is_for = access.may(person, page.get("roles", ()))
        sections.setdefault(page["section"], []).append(
            st.Page(
                ROOT / "pages" / page["file"] if is_for else _not_for_you,
                title=page["title"],
                url_path=page["address"],
                default=page.get("home", False),
                visibility="visible" if is_for else "hidden",
            )
        )
    return sections


def shut() -> list[Any]:
    """Nothing in the place of each page: one that is missing Streamlit would announce over all."""
    return [
        st.Page(st.stop, title="Sign in", url_path=page["address"], default=page.get("home", False))
        for page in pages()
    ]


def _not_for_you() -> None:
    title, person = st.session_state["page"]["title"], admitted()
    _record(person, "turned away", title, f"not a page of the role {person.role}")
    who = f"You are signed in as {person.name}" if person.name else "You are not signed in"
    opening(
        f"{title} is not for your role",
        f"{who}, with the role {person.role}. What that role may see is in the menu.",
    )


def enter(person: Person, address: str) -> None:
    """Remember which page runs, so that it can ask for itself whom it is for."""
    page = next(page for page in pages() if page["address"] == address)
    if not access.may(person, page.get("roles", ())):
        page = {"title": page["title"]}  # what runs in its place is for all
    st.session_state["page"] = page
    session.settle(person)
    _record(person, "sign in", person.role, "")


def turned_away() -> None:
    """Record somebody who is signed in and has no role, or none in the council asked for."""
    if told := session.refused():
        person, subject, why = told
        _record(person, "turned away", subject, why)


def taking(seen: View, what: str) -> Any:
    """What a download button does when it is pressed: record who took what, masked or not."""
    if not seen.person.name:
        return "ignore"
    return lambda: audit.taken(seen.store, seen.person, what)


def _record(person: Person, action: audit.Action, subject: str, detail: str) -> None:
    """Record an act once a session; without sign-in nobody is known who could be recorded."""
    key = f"recorded {action} {subject} {person.council}"
    if person.name and not st.session_state.get(key):
        audit.record(session.opened()[1].of(person.council), person, action, subject, detail)
        st.session_state[key] = True


def header() -> None:
    """The slim header: council, newest month, as at when, and what kind of figures these are."""
    with st.container(key="bar", horizontal=True, vertical_alignment="center"):
        line = st.container(width="stretch")
        _chooser(admitted())
        with st.popover("As published on", icon=":material/history:", width="content"):
            _settings()
        session.in_or_out()
    session.no_provider()
    seen = view()
    bands = [ILLUSTRATIVE] if seen.standing.is_illustrative else []
    brief = ["Illustrative months"] if bands else []
    if seen.as_at_day:
        bands.insert(0, f"As published on {theme.day(seen.as_at_day)}, not as known now.")
        brief = [" · ".join([f"As published on {theme.day(seen.as_at_day)}", *brief])]
    with line:
        st.html(
            card.header(
                seen.catalogue.council.service,
                newest_month(seen),
                seen.day,
                " ".join([*bands, standing_of(seen.person)]),
                [*brief, brief_of(seen.person)],
                patterns=st.session_state.get("patterns", False),
            )
        )


def _chooser(person: Person) -> None:
    """The councils that are open to somebody, where there are several, by name."""
    if len(person.councils) < 2:
        return
    known = session.opened()[1].catalogue.councils
    options = sorted(person.councils, key=lambda council: known[council].name)
    with st.container(key="whose", width=240):
        chosen = st.selectbox(
            "Council",
            options,
            options.index(person.council),
            format_func=lambda council: known[council].name,
            key=f"whose-{person.council}",
            label_visibility="collapsed",
        )
    if chosen != person.council:
        st.query_params["council"] = chosen
        st.rerun()


def _settings() -> None:
    """What a reader sets for every page: it lives in the address and goes along."""
    st.date_input(
        "Show what was published by the end of",
        value=None,
        key="as_at",
        bind="query-params",
        format="DD/MM/YYYY",
        min_value=date(2015, 1, 1),
        max_value=date(2100, 1, 1),
        help="A typed date counts when you go on with Tab. Clear it to see what is published now.",
    )
    st.checkbox("Patterns beside the colours", key="patterns", bind="query-params")


def footer() -> None:
    """What stands at the foot of every page, in the same place."""
    st.html(
        '<footer class="kpi-footer"><a href="'
        f'{escape(link("accessibility"))}">Accessibility statement</a>'
        f'<a href="{escape(link("definitions"))}">What the words mean</a></footer>'
    )


def standing_of(person: Person) -> str:
    """Who is served, and what that means for the figures on screen."""
    if not session.signs_in():
        return NO_SIGN_IN
    return access.band(person.role)


def brief_of(person: Person) -> str:
    """The same in two or three words, for the band while it is folded."""
    if not session.signs_in():
        return "no sign-in"
    return "small numbers withheld" if person.is_masked else "not for publication"


def opening(title: str, lead: str = "", mark: theme.Mark | None = None) -> None:
    """How a page begins: the sentence that says what is so."""
    st.html(card.opening(title, lead, mark))


def link(page: str, **selection: str | None) -> str:
    """The address of a page with a selection; the reader's council and moment go along."""
    day = st.session_state.get("as_at")
    wanted = selection | ({"as_at": day.isoformat()} if day else {})
    wanted["council"] = st.session_state.get("council")
    if st.session_state.get("patterns"):
        wanted["patterns"] = "true"
    query = urlencode({name: value for name, value in wanted.items() if value})
    return f"{page}?{query}" if query else page


def choose(label: str, options: Mapping[str, str], parameter: str, default: str) -> str:
    """A choice that lives in the address as an id, so that a new title breaks no link."""
    asked = st.query_params.get(parameter, default)
    names = list(options)
    start = names.index(asked) if asked in options else names.index(default)
    chosen = st.selectbox(label, names, start, format_func=lambda name: options[name])
    if chosen != st.query_params.get(parameter, default):
        st.query_params[parameter] = chosen
    return chosen
