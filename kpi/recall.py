"""Finished observations, kept measure by measure for as long as they hold.

A publication changes the figures of one return. What was read of the others still holds, and so
does all that was read of a moment in the past.
"""

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from datetime import datetime

import polars as pl

from kpi import access, board, observation
from kpi.access import Role
from kpi.catalogue import Catalogue, Kpi
from kpi.store import Store

#: Of a council's marks, those that every measure hangs on: of what is no return of a measure.
SHARED = ("known", "others")
#: Bytes of the frames that one council keeps; what was asked for longest ago goes first.
LIMIT = 150_000_000

#: What was done by a moment to each return and to all else, sorted by name.
Marks = Mapping[str, str]
Key = tuple[object, ...]


def marks(store: Store, as_at: datetime) -> Marks:
    """What has to be the same for a figure of a moment to be the same (``queries/marks.sql``)."""
    returns = sorted({kpi.dataset for kpi in store.catalogue.kpis.values()})
    rows = store.read("marks", as_at=as_at, returns=returns)
    return dict(rows.sort("dataset").iter_rows())


def only(known: Marks, kpis: Sequence[Kpi]) -> Marks:
    """The marks that measures hang on: those of their returns, and of what is no return."""
    wanted = {*SHARED, *(kpi.dataset for kpi in kpis)}
    return {name: mark for name, mark in known.items() if name in wanted}


class Recall:
    """What was read of one council's store, by measure."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit, self._bytes = limit, 0
        self._frames: OrderedDict[Key, pl.DataFrame] = OrderedDict()
        self._turn = threading.Lock()

    def observations(
        self,
        store: Store,
        kpi_ids: Sequence[str],
        org_ids: Sequence[str],
        as_at: datetime,
        *,
        role: Role,
        known: Marks,
    ) -> pl.DataFrame:
        """As ``board.observations``; reads the measures that are not kept, all in one question.

        ``known``: the marks of the moment (``marks``), read before this is asked. Two moments of
        the same marks have the same figures.
        """
        of = (tuple(org_ids), access.is_masked(role), *(known.get(name) for name in SHARED))
        keys = {name: _key(store.catalogue, name, known, of) for name in sorted(set(kpi_ids))}
        found = {name: kept for name, key in keys.items() if (kept := self._kept(key)) is not None}
        if missing := [name for name in keys if name not in found]:
            read = board.observations(store, missing, org_ids, as_at, role=role)
            parts = read.partition_by("kpi_id", as_dict=True)
            found |= {name: parts.get((name,), read.clear()) for name in missing}
            # What was published while it was read is not kept for the moment before.
            if known.items() <= marks(store, as_at).items():
                for name in missing:
                    self._keep(keys[name], found[name])
        return pl.concat([found[name] for name in keys], rechunk=True) if keys else _nothing()

    def _kept(self, key: Key) -> pl.DataFrame | None:
        with self._turn:
            if key in self._frames:
                self._frames.move_to_end(key)
            return self._frames.get(key)

    def _keep(self, key: Key, frame: pl.DataFrame) -> None:
        with self._turn:
            if key not in self._frames:
                self._frames[key] = frame
                self._bytes += frame.estimated_size()
            while self._bytes > self._limit:
                self._bytes -= self._frames.popitem(last=False)[1].estimated_size()


def _key(catalogue: Catalogue, kpi_id: str, known: Marks, of: Key) -> Key:
    return (kpi_id, known.get(catalogue.kpis[kpi_id].dataset), *of)


def _nothing() -> pl.DataFrame:
    return pl.DataFrame(schema=observation.SCHEMA)
