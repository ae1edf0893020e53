"""The frame around every page: the store, the reader's view of it, navigation, header, links."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from typing import Any
from urllib.parse import urlencode

import polars as pl
import streamlit as st

from kpi import board, card, catalogue, organisation, register, sample, settings, theme
from kpi import store as stores
from kpi.catalogue import Catalogue, Kpi
from kpi.settings import ROOT, Settings
from kpi.store import Store

NAME = "Improvement dashboard"
ILLUSTRATIVE = "Illustrative months, made up for demonstration. Comparators are published figures."
NO_SIGN_IN = "No sign-in is set up: everyone at this computer is an officer."


@dataclass(frozen=True, kw_only=True)
class View:
    """What one reader looks at: the store, and the moment whose publications count."""

    settings: Settings
    store: Store
    as_at: datetime
    as_at_day: date | None
    standing: board.Standing

    @property
    def catalogue(self) -> Catalogue:
        return self.store.catalogue

    @property
    def day(self) -> date:
        """The day that is looked at: the chosen one, or today."""
        return self.as_at_day or self.standing.today

    @property
    def council(self) -> str:
        return self.catalogue.council.org_id


# ---- the store, and what is read from it ----


@st.cache_resource(show_spinner="Building the illustrative store, about ten seconds …")
def _opened() -> tuple[Settings, Store]:
    chosen = settings.read()
    known = catalogue.read(chosen.reference)
    sample.ensure(chosen, known)
    return chosen, Store(chosen.store, known)


def view() -> View:
    """The view of this page run; the moment comes from the address (``?as_at=2024-07-11``)."""
    chosen, store = _opened()
    day = st.session_state.get("as_at")
    return View(
        settings=chosen,
        store=store,
        as_at=board.moment(day.isoformat()) if day else stores.FOREVER,
        as_at_day=day,
        standing=board.standing(store),
    )


@st.cache_resource(max_entries=200, show_spinner=False)
def _observations(
    _store: Store, kpi_ids: tuple[str, ...], org_ids: tuple[str, ...], as_at: datetime, version: int
) -> pl.DataFrame:
    """Cached by data version, never by time. Frames cannot be changed, so sessions share them."""
    return board.observations(_store, kpi_ids, org_ids, as_at)


def observations(
    seen: View, kpis: Sequence[Kpi], org_ids: Sequence[str] | None = None
) -> pl.DataFrame:
    """Finished observations; of the whole council unless organisations are named."""
    orgs = (seen.council,) if org_ids is None else tuple(org_ids)
    names = tuple(kpi.kpi_id for kpi in kpis)
    return _observations(seen.store, names, orgs, seen.as_at, seen.store.data_version())


def observe(
    store: Store, kpi_ids: Sequence[str], org_ids: Sequence[str], as_at: datetime
) -> pl.DataFrame:
    """``board.observations``, remembered until something is published."""
    return _observations(store, tuple(kpi_ids), tuple(org_ids), as_at, store.data_version())


@st.cache_resource(max_entries=50, show_spinner=False)
def _comparators(_store: Store, kpi_ids: tuple[str, ...], version: int) -> pl.DataFrame:
    return board.comparators(_store, [_store.catalogue.kpis[name] for name in kpi_ids])


def comparators(seen: View, kpis: Sequence[Kpi]) -> pl.DataFrame:
    """Published figures for KPIs, the neighbours by their median."""
    names = tuple(kpi.kpi_id for kpi in kpis)
    rows = _comparators(seen.store, names, seen.store.data_version())
    return board.known_by(seen.catalogue, board.by_median(rows), seen.as_at_day)


# ---- the frame around every page ----


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


def navigation() -> dict[str, list[Any]]:
    """The pages as ``data/reference/navigation.toml`` lists them, by section."""
    path = settings.read().reference / "navigation.toml"
    sections: dict[str, list[Any]] = {}
    for page in tomllib.loads(path.read_text(encoding="utf-8"))["page"]:
        sections.setdefault(page["section"], []).append(
            st.Page(
                ROOT / "pages" / page["file"],
                title=page["title"],
                url_path=page["address"],
                default=page.get("home", False),
            )
        )
    return sections


def header() -> None:
    """The slim header: council, newest month, as at when, and what kind of figures these are."""
    with st.container(key="bar", horizontal=True, vertical_alignment="center"):
        line = st.container(width="stretch")
        with st.popover("As published on", icon=":material/history:", width="content"):
            _settings()
    seen = view()
    months = seen.store.read("newest_month", as_at=seen.as_at)["period"]
    bands = [ILLUSTRATIVE] if seen.standing.is_illustrative else []
    brief = ["Illustrative months"] if bands else []
    if seen.as_at_day:
        bands.insert(0, f"As published on {theme.day(seen.as_at_day)}, not as known now.")
        brief = [" · ".join([f"As published on {theme.day(seen.as_at_day)}", *brief])]
    with line:
        st.html(
            card.header(
                seen.catalogue.council.service,
                months.item(),
                seen.day,
                " ".join([*bands, NO_SIGN_IN]),
                [*brief, "no sign-in"],
                patterns=st.session_state.get("patterns", False),
            )
        )


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


def opening(title: str, lead: str = "", mark: theme.Mark | None = None) -> None:
    """How a page begins: the sentence that says what is so."""
    st.html(card.opening(title, lead, mark))


def link(page: str, **selection: str | None) -> str:
    """The address of a page with a selection; the reader's moment and patterns go along."""
    day = st.session_state.get("as_at")
    wanted = selection | ({"as_at": day.isoformat()} if day else {})
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


def names_of(seen: View, level: str | None = None) -> dict[str, str]:
    """Organisations by id, each with its name on the day that is looked at, as known then."""
    orgs = register.read(seen.store, seen.as_at)
    chosen = orgs if level is None else orgs.filter(level=level)
    return organisation.names_on(chosen, seen.day)
