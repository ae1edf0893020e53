"""What a pack is made from: the figures, and what was said, as of one moment."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import polars as pl

from kpi import access, board, commentary, messages, theme
from kpi.access import Role
from kpi.board import Observe
from kpi.catalogue import Catalogue, CatalogueError, Kpi
from kpi.report import Event
from kpi.store import Store

THEMES = "themes"  # in a list of sections: all of them
APRIL = 4  # a financial year begins in it
YEARS = 5  # financial years that a chart and its table show


@dataclass(frozen=True, kw_only=True)
class Forum:
    """A kind of meeting, as ``data/reference/packs.toml`` has it.

    ``role``: for whom its packs are, unless another is chosen. ``register``: what the register of
    meetings calls it, where that is not its title.
    """

    forum_id: str
    title: str
    layout: Literal["paper", "briefing"]
    purpose: str
    sections: tuple[str, ...]
    role: Role = "committee"
    asks: tuple[str, ...] = ()
    register: str = ""


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """What is frozen: a meeting of a forum, the moment whose figures count, the parts chosen.

    ``role``: for whom; those who may see less never get it.
    """

    forum: Forum
    title: str
    date: date
    as_at: datetime
    sections: tuple[str, ...]
    role: Role
    meeting_id: str = ""


def forums(reference: Path) -> dict[str, Forum]:
    """The forums of ``packs.toml``, by id; raises CatalogueError where the file cannot be used."""
    path = reference / "packs.toml"
    try:
        found = _forums(path)
    except OSError as error:
        raise CatalogueError(f"packs.toml: there is none in {reference.name}. Add one.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError) as error:
        raise CatalogueError(f"packs.toml: not a list of forums: {error}") from error
    for forum in found.values():
        if forum.role not in access.ROLES:
            known = ", ".join(access.ROLES)
            raise CatalogueError(
                f"packs.toml, {forum.forum_id}: there is no role {forum.role!r}. Known: {known}."
            )
    return found


def _forums(path: Path) -> dict[str, Forum]:
    entries = tomllib.loads(path.read_text(encoding="utf-8"))["forum"]
    return {
        name: Forum(forum_id=name, **{key: _frozen(value) for key, value in entry.items()})
        for name, entry in entries.items()
    }


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def expanded(catalogue: Catalogue, sections: Sequence[str]) -> tuple[str, ...]:
    """Sections with ``themes`` written out, each once, in order."""
    themes = [name for name in catalogue.themes if catalogue.of_theme(name)]
    listed = [part for name in sections for part in (themes if name == THEMES else [name])]
    return tuple(dict.fromkeys(listed))


@dataclass(frozen=True)
class Facts:
    """What the sections of a pack are made from. Everything is as of ``meeting.as_at``.

    ``observe`` reads the figures that ``frame`` has not.
    """

    store: Store
    meeting: Meeting
    kpis: tuple[Kpi, ...]
    frame: pl.DataFrame = field(repr=False)
    observe: Observe = board.observations

    @property
    def catalogue(self) -> Catalogue:
        return self.store.catalogue

    @property
    def role(self) -> Role:
        """For whom it is made: everything below is what they may see."""
        return self.meeting.role

    @cached_property
    def day(self) -> date:
        """The day, in London, whose end the figures are of."""
        return board.local_day(self.meeting.as_at)

    @cached_property
    def newest(self) -> pl.DataFrame:
        """The last observation of each measure."""
        return board.latest(self.frame)

    @cached_property
    def standing(self) -> board.Standing:
        return board.standing(self.store)

    @cached_property
    def comparators(self) -> pl.DataFrame:
        """Published figures that were known on the day, neighbours by their median."""
        rows = board.by_median(board.comparators(self.store, self.kpis))
        return board.known_by(self.catalogue, rows, self.day)

    @cached_property
    def said(self) -> pl.DataFrame:
        """What was said of the measures (``kpi.commentary.read``)."""
        names = [kpi.kpi_id for kpi in self.kpis]
        at, role = self.meeting.as_at, self.role
        return commentary.read(self.store, names, at, role=role, observe=self.observe)

    @cached_property
    def events(self) -> tuple[Event, ...]:
        """What happened in the years that the charts show, up to the day, numbered in order.

        A briefing has no room for the list, so its charts have no numbers.
        """
        if self.meeting.forum.layout == "briefing":
            return ()
        rows = self.read("events", as_at=self.meeting.as_at).filter(
            pl.col("date").is_between(self.since, self.day)
        )
        return tuple(
            Event(
                number=at,
                period=row["date"].replace(day=1),
                when=theme.month(row["date"]),
                title=row["title"],
            )
            for at, row in enumerate(rows.iter_rows(named=True), start=1)
        )

    @cached_property
    def everything(self) -> pl.DataFrame:
        """Every measure of the whole council: evidence is weighed on all of them."""
        kpis, council = list(self.catalogue.kpis), self.catalogue.council.org_id
        return self.observe(self.store, kpis, [council], self.meeting.as_at, role=self.role)

    @cached_property
    def newest_month(self) -> date | None:
        """The newest month that any measure has."""
        return max(self.frame["period"].to_list(), default=None)

    @cached_property
    def since(self) -> date:
        """The first month that charts show, of the financial years up to the newest month."""
        earliest = min(self.frame["period"].to_list(), default=self.day)
        return max(earliest, _years_before(self.newest_month or self.day))

    @cached_property
    def loads(self) -> pl.DataFrame:
        return self.read("loads", as_at=self.meeting.as_at)

    def read(self, query: str, **parameters: Any) -> pl.DataFrame:
        return self.store.read(query, **parameters)

    def register(self, name: str) -> pl.DataFrame:
        """A register as it was published at the moment (``Store.register``)."""
        return self.store.register(name, self.meeting.as_at)

    def series(self, kpi: Kpi) -> pl.DataFrame:
        """One measure of the whole council, by month."""
        return self.frame.filter(kpi_id=kpi.kpi_id).sort("period")

    def source(self, kpi: Kpi, rows: pl.DataFrame) -> str:
        """Where a chart's figures come from: return, newest load, as at when."""
        what = f"{theme.lower_first(self.catalogue.datasets[kpi.dataset].title)} return"
        return messages.source(what, rows, self.day, self.standing.kind)


def _years_before(newest: date) -> date:
    """The first month of the fifth financial year up to a month."""
    return date(newest.year - (newest.month < APRIL) - YEARS + 1, APRIL, 1)


def gather(store: Store, meeting: Meeting, observe: Observe = board.observations) -> Facts:
    """Read the figures of every measure that the meeting's sections speak of."""
    catalogue = store.catalogue
    themes = [name for name in meeting.sections if name in catalogue.themes]
    # A pack without themes speaks of all of them in brief.
    kpis = [kpi for kpi in catalogue.kpis.values() if not themes or kpi.theme in themes]
    names = [kpi.kpi_id for kpi in kpis]
    council = [catalogue.council.org_id]
    frame = observe(store, names, council, meeting.as_at, role=meeting.role)
    return Facts(store, meeting, tuple(kpis), frame, observe)
