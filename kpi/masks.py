"""What a masked reader may see of the store at a moment, from all that was published until then."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

import polars as pl

from kpi import masking, settings
from kpi.masking import Known, Makeup, Shown
from kpi.store import Store


@dataclass(frozen=True, kw_only=True)
class State:
    """A return as published at a moment: its raw observations, and what is shown of them."""

    raw: pl.DataFrame
    trees: Mapping[date, Mapping[str, Sequence[str]]]
    shown: Shown


def shown(store: Store, kpi_ids: Sequence[str], as_at: datetime) -> Shown:
    """The observations that a masked reader may see, of all measures of the returns asked for."""
    version = store.data_version()
    datasets = dict.fromkeys(store.catalogue.kpis[name].dataset for name in kpi_ids)
    parts = [_last(store, dataset, as_at, version) for dataset in datasets]
    return Shown(
        months=frozenset().union(*(part.months for part in parts)),
        figures=frozenset().union(*(part.figures for part in parts)),
    )


@lru_cache(maxsize=400)
def _last(store: Store, dataset: str, as_at: datetime, version: int) -> Shown:
    """Kept by ``version``, that of the data, so that nothing stale is ever answered."""
    *_, last = states(store, makeup(store, dataset), dataset, as_at)
    return last.shown


def makeup(store: Store, dataset: str) -> Makeup:
    """What the figures of a return are made of."""
    kpis = [kpi for kpi in store.catalogue.kpis.values() if kpi.dataset == dataset]
    return masking.of(store.catalogue.datasets[dataset], kpis)


def states(store: Store, made: Makeup, dataset: str, as_at: datetime) -> Iterator[State]:
    """Every state of a return that a reader can still look at, and told apart from the next.

    Those before each change of what had been published, and the one at ``as_at``.
    """
    changes = store.read("restatements", dataset=dataset, as_at=as_at)["moment"]
    known = Known()
    for moment in [*(change - timedelta(microseconds=1) for change in changes), as_at]:
        raw = store.observations(list(made.figures), (), moment)
        months = raw["period"].unique().sort().to_list()
        trees = masking.trees(store.read("organisation", as_at=moment), months)
        told = masking.step(made, raw, trees, known, settings.read().small_number)
        yield State(raw=raw, trees=trees, shown=told)
