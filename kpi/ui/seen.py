"""What a reader looks at, and the figures of it: read once for everybody, as long as they hold."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import polars as pl
import streamlit as st

from kpi import access, board, organisation, recall, register
from kpi import store as stores
from kpi.access import Person, Role
from kpi.catalogue import Catalogue, Kpi
from kpi.recall import Marks, Recall
from kpi.settings import Settings
from kpi.store import Store
from kpi.ui import session

#: The marks of some returns as what is remembered is known by.
Mark = tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class View:
    """What one reader looks at: the store, and the moment whose publications count.

    ``version``: that of the data when the page began to run. ``marks``: the newest act on each
    return by then. What is remembered is remembered of them, so that all figures of a page are of
    one moment, and none is older.
    """

    settings: Settings
    store: Store
    version: int
    marks: Marks
    as_at: datetime
    as_at_day: date | None
    standing: board.Standing
    person: Person

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

    @property
    def mark(self) -> Mark:
        """The marks as what is remembered is known by."""
        return tuple(self.marks.items())

    def only(self, kpis: Sequence[Kpi] = ()) -> "View":
        """The view as far as some measures go: what happens to other returns leaves it as it is."""
        return replace(self, marks=recall.only(self.marks, kpis))


# ---- the store, and what is read from it ----


def remembered(**chosen: Any) -> Any:
    """``st.cache_resource`` for what is read of a store, or made of what somebody looks at.

    Kept for each council by itself; of a view, for each moment, role and state of its returns.
    """
    return st.cache_resource(hash_funcs={Store: _whose, View: _what}, **chosen)


def _whose(store: Store) -> tuple[str, str]:
    return store.address, store.catalogue.council.org_id


def _what(seen: View) -> tuple[object, ...]:
    return *_whose(seen.store), seen.mark, seen.as_at, seen.day, seen.person.role


def view() -> View:
    """The view of this page run; the moment comes from the address (``?as_at=2024-07-11``)."""
    person = admitted()
    chosen, whole = session.opened()
    store, day = whole.of(person.council), st.session_state.get("as_at")
    as_at = board.moment(day.isoformat()) if day else stores.FOREVER
    version = store.data_version()
    return View(
        settings=chosen,
        store=store,
        version=version,
        marks=_marks(store, as_at, version),
        as_at=as_at,
        as_at_day=day,
        standing=_standing(store, version, board.local_day(stores.now())),
        person=person,
    )


def admitted() -> Person:
    """Who is served, if the page that runs is for them; else nothing of it is run.

    The router has asked the same before; a page asks for itself, so that none depends on it.
    """
    person = session.person()
    page = st.session_state.get("page", {})
    if person is None or not access.may(person, page.get("roles", ())):
        st.stop()
    return person


@remembered(max_entries=50, show_spinner=False)
def _marks(store: Store, as_at: datetime, version: int) -> Marks:
    return recall.marks(store, as_at)


@remembered(max_entries=50, show_spinner=False)
def _standing(store: Store, version: int, today: date) -> board.Standing:
    """``today``: a store of a council's own figures is another one tomorrow."""
    return board.standing(store)


def newest_month(seen: View) -> date | None:
    """The newest month that any return speaks for at the moment that is looked at."""
    return _newest_month(seen.store, seen.as_at, seen.version)


@remembered(max_entries=50, show_spinner=False)
def _newest_month(store: Store, as_at: datetime, version: int) -> date | None:
    return store.read("newest_month", as_at=as_at).item()


def marked(store: Store, as_at: datetime, kpis: Sequence[Kpi] | None = None) -> Mark:
    """By what something is remembered that is of a moment and no view; of some measures, or all."""
    known = _marks(store, as_at, store.data_version())
    return tuple((known if kpis is None else recall.only(known, kpis)).items())


@remembered(show_spinner=False)
def _recall(store: Store) -> Recall:
    return Recall()


@remembered(max_entries=60, show_spinner=False)
def _observations(
    store: Store,
    kpi_ids: tuple[str, ...],
    org_ids: tuple[str, ...],
    as_at: datetime,
    role: Role,
    mark: Mark,
) -> pl.DataFrame:
    """Cached by what was published, never by time. Frames cannot be changed, so sessions share."""
    recalled = _recall(store)
    return recalled.observations(store, kpi_ids, org_ids, as_at, role=role, known=dict(mark))


def observations(
    seen: View, kpis: Sequence[Kpi], org_ids: Sequence[str] | None = None
) -> pl.DataFrame:
    """Finished observations; of the whole council unless organisations are named."""
    orgs = (seen.council,) if org_ids is None else tuple(org_ids)
    names = tuple(kpi.kpi_id for kpi in kpis)
    mark = seen.only(kpis).mark
    return _observations(seen.store, names, orgs, seen.as_at, seen.person.role, mark)


def observe(
    store: Store,
    kpi_ids: Sequence[str],
    org_ids: Sequence[str],
    as_at: datetime,
    *,
    role: Role,
) -> pl.DataFrame:
    """``board.observations``, remembered until something is published."""
    mark = marked(store, as_at, [store.catalogue.kpis[name] for name in kpi_ids])
    return _observations(store, tuple(kpi_ids), tuple(org_ids), as_at, role, mark)


@remembered(max_entries=50, show_spinner=False)
def _comparators(store: Store, kpi_ids: tuple[str, ...], mark: object) -> pl.DataFrame:
    return board.comparators(store, [store.catalogue.kpis[name] for name in kpi_ids])


def comparators(seen: View, kpis: Sequence[Kpi]) -> pl.DataFrame:
    """Published figures for KPIs, the neighbours by their median."""
    names = tuple(kpi.kpi_id for kpi in kpis)
    rows = _comparators(seen.store, names, seen.only().mark)
    return board.known_by(seen.catalogue, board.by_median(rows), seen.as_at_day)


def names_of(seen: View, level: str | None = None) -> dict[str, str]:
    """Organisations by id, each with its name on the day that is looked at, as known then."""
    orgs = register.read(seen.store, seen.as_at)
    chosen = orgs if level is None else orgs.filter(level=level)
    return organisation.names_on(chosen, seen.day)
