"""What a masked reader may see of the store at a moment, from all that was published until then."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from weakref import WeakKeyDictionary

import polars as pl

from kpi import masking, settings
from kpi.catalogue import Dataset, Kpi
from kpi.masking import Known, Makeup, Shown
from kpi.store import FOREVER, Store


@dataclass(frozen=True, kw_only=True)
class State:
    """A return as published at a moment: its raw observations, and what is shown of them."""

    raw: pl.DataFrame
    trees: Mapping[date, Mapping[str, Sequence[str]]]
    shown: Shown


def shown(store: Store, kpi_ids: Sequence[str], as_at: datetime) -> Shown:
    """The observations that a masked reader may see, of all measures of the returns asked for."""
    changes = store.read("changes_of_returns", as_at=as_at)
    marks = {row["dataset"]: (row["moment"], row["publications"]) for row in changes.to_dicts()}
    datasets = dict.fromkeys(store.catalogue.kpis[name].dataset for name in kpi_ids)
    parts = [_last(store, name, *marks[name]) for name in datasets if name in marks]
    return Shown(
        months=frozenset().union(*(part.months for part in parts)),
        figures=frozenset().union(*(part.figures for part in parts)),
    )


def warm(store: Store) -> None:
    """Work out what masked readers see now of every return, before the first of them asks."""
    shown(store, list(store.catalogue.kpis), FOREVER)


@lru_cache(maxsize=400)
def _last(store: Store, dataset: str, as_at: datetime, publications: int) -> Shown:
    """Kept by when the return last changed, so that one state is worked out once.

    Whatever moment is looked at, and whatever other returns did; ``publications`` tells two changes
    of one moment apart.
    """
    made = makeup(store, dataset)
    return _state(store, made, as_at, _told_before(store, made, dataset, as_at)).shown


def _told_before(store: Store, made: Makeup, dataset: str, as_at: datetime) -> Known:
    """What every state before the one at a moment has told; goes on from what is kept of that.

    A correction adds one state to those before, however many there were.
    """
    ends = _ends(store, dataset, as_at)
    kept = _told.setdefault(store, {})
    done, known = kept.get(dataset, ((), Known()))
    is_on = ends[: len(done)] == done
    if not is_on:
        done, known = (), Known()
    if ends != done:
        known = known.copy()
        for moment in ends[len(done) :]:
            _state(store, made, moment, known)
    if is_on:
        kept[dataset] = (ends, known)
    return known.copy()


#: Of each return the ends of the states that were gone through, and what those told.
_told: WeakKeyDictionary[Store, dict[str, tuple[tuple[datetime, ...], Known]]]
_told = WeakKeyDictionary()


def makeup(store: Store, dataset: str) -> Makeup:
    """What the figures of a return are made of; worked out once, with all that follows from it."""
    kpis = tuple(kpi for kpi in store.catalogue.kpis.values() if kpi.dataset == dataset)
    return _makeup(store.catalogue.datasets[dataset], kpis)


@lru_cache(maxsize=100)
def _makeup(dataset: Dataset, kpis: tuple[Kpi, ...]) -> Makeup:
    return masking.of(dataset, kpis)


def states(store: Store, made: Makeup, dataset: str, as_at: datetime) -> Iterator[State]:
    """Every state of a return that a reader can still look at, and told apart from the next.

    Those before each change of what had been published, and the one at ``as_at``.
    """
    known = Known()
    for moment in (*_ends(store, dataset, as_at), as_at):
        yield _state(store, made, moment, known)


def _ends(store: Store, dataset: str, as_at: datetime) -> tuple[datetime, ...]:
    """The last moment of every state but the one at ``as_at``."""
    changes = store.read("restatements", dataset=dataset, as_at=as_at)["moment"]
    return tuple(change - timedelta(microseconds=1) for change in changes)


def _state(store: Store, made: Makeup, moment: datetime, known: Known) -> State:
    """The state at a moment; adds to ``known`` what it tells."""
    raw = store.observations(list(made.figures), (), moment)
    months = raw["period"].unique().sort().to_list()
    trees = masking.trees(store.read("organisation", as_at=moment), months)
    told = masking.step(made, raw, trees, known, settings.read().small_number)
    return State(raw=raw, trees=trees, shown=told)
