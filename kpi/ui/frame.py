"""The frame around every page: the store, the reader's view of it, navigation, header, links."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

import polars as pl
import streamlit as st

from kpi import board, card, catalogue, organisation, register, sample, settings, theme
from kpi import store as stores
from kpi.catalogue import Catalogue, Kpi
from kpi.settings import ROOT, Settings
from kpi.store import Store

ILLUSTRATIVE = "Illustrative months, made up for demonstration. Comparators are published figures."
#: The month by which the Department has published most statistics of a year; a look at an earlier
#: day leaves out what was not known then.
PUBLISHED_BY = 12
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


@st.cache_resource(max_entries=50, show_spinner=False)
def _comparators(_store: Store, kpi_ids: tuple[str, ...], version: int) -> pl.DataFrame:
    return board.comparators(_store, [_store.catalogue.kpis[name] for name in kpi_ids])


def comparators(seen: View, kpis: Sequence[Kpi]) -> pl.DataFrame:
    """Published figures for KPIs, the neighbours by their median."""
    names = tuple(kpi.kpi_id for kpi in kpis)
    rows = _comparators(seen.store, names, seen.store.data_version())
    chosen = rows.filter(pl.col("statistic").is_null() | (pl.col("statistic") == "median"))
    if seen.as_at_day is None:
        return chosen
    return chosen.filter(pl.col("year") <= seen.day.year - (seen.day.month < PUBLISHED_BY))


# ---- the frame around every page ----


def configure() -> None:
    """Page settings and the one style sheet; the first thing that the router does."""
    # An icon of our own: for a symbol's name Streamlit would ask a server outside.
    st.set_page_config(
        page_title="Improvement dashboard",
        page_icon=str(ROOT / "data" / "reference" / "icon.png"),
        layout="wide",
    )
    st.html(f"<style>{theme.css()}</style>")


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
    bar, moment = st.columns([6, 1], vertical_alignment="center")
    with moment, st.popover("As published on", icon=":material/history:", width="stretch"):
        st.date_input(
            "Show what was published by the end of",
            value=None,
            key="as_at",
            bind="query-params",
            format="DD/MM/YYYY",
            min_value=date(2015, 1, 1),
            max_value=date(2100, 1, 1),
            help="Clear the date to see what is published now.",
        )
    seen = view()
    months = seen.store.read("newest_month", as_at=seen.as_at)["period"]
    bands = [ILLUSTRATIVE] if seen.standing.is_illustrative else []
    if seen.as_at_day:
        bands.insert(0, f"As published on {theme.day(seen.as_at_day)}, not as known now.")
    with bar:
        st.html(
            card.header(
                seen.catalogue.council.service,
                months.item(),
                seen.day,
                " ".join([*bands, NO_SIGN_IN]),
            )
        )


def opening(title: str, lead: str = "", mark: theme.Mark | None = None) -> None:
    """How a page begins: the sentence that says what is so."""
    st.html(card.opening(title, lead, mark))


def link(page: str, **selection: str | None) -> str:
    """The address of a page with a selection; the moment that is looked at goes along."""
    day = st.session_state.get("as_at")
    wanted = selection | ({"as_at": day.isoformat()} if day else {})
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
