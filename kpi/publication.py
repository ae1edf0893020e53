"""Publishing: which load speaks for which month, and since when. Nothing is ever deleted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

import polars as pl

from kpi import store as stores
from kpi.catalogue import Dataset
from kpi.store import Store, Transaction

REASON_LENGTH = 10

T = TypeVar("T")


class PublicationRefused(Exception):
    """What was asked cannot be published or withdrawn; the message says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """A checked file on its way in. ``rows``: ``line``, the dataset's columns and their states."""

    dataset: Dataset
    file: str
    sha256: str
    rows: pl.DataFrame
    findings: int
    reason: str = ""

    @property
    def periods(self) -> list[date]:
        return self.rows["period"].unique().sort().to_list()


@dataclass(frozen=True, kw_only=True)
class Published:
    """The load that now speaks for a file; ``is_new`` is false when the same bytes already did."""

    load_id: int
    is_new: bool
    loaded_by: str
    loaded_at: datetime


def publish(
    store: Store, incoming: Sequence[Incoming], by: str, at: datetime | None = None
) -> list[Published]:
    """Publish files together, or none of them.

    ``at`` is the moment of publication, now unless history is being rebuilt. Raises
    PublicationRefused when a month that is already published would change without a reason.
    """
    return store.transact(lambda work: _publish(work, incoming, by, at))


def publish_history(store: Store, history: Sequence[tuple[Incoming, str, datetime]]) -> int:
    """Publish files as they were over time, each with who and when; returns how many.

    Only into a store that holds no load yet, where all of it can be written at once: file by file,
    sixty months of every return take five times as long. Raises PublicationRefused.
    """
    return store.transact(lambda work: _publish_history(work, history))


def _publish_history(work: Transaction, history: Sequence[tuple[Incoming, str, datetime]]) -> int:
    work.write("guard")
    if work.read("last_moment")["load_id"].item():
        raise PublicationRefused("History can only be rebuilt in a store that holds no load yet.")
    loads: list[dict[str, object]] = []
    months: list[dict[str, object]] = []
    rows: dict[str, list[pl.DataFrame]] = {}
    speaking: dict[tuple[str, date], dict[str, object]] = {}
    at = datetime.min
    for load_id, (item, by, when) in enumerate(history, 1):
        at, name = max(when, at + timedelta(microseconds=1)), item.dataset.dataset_id
        _demand_reason(item, [month for month in item.periods if (name, month) in speaking])
        loads.append(_facts(item, load_id, by, at))
        rows.setdefault(name, []).append(_rows(item, load_id))
        for month in item.periods:
            if before := speaking.get((name, month)):
                before["valid_to"] = at
            months.append({"dataset": name, "period": month, "load_id": load_id})
            months[-1] |= {"valid_from": at, "valid_to": None}
            speaking[name, month] = months[-1]
        _record(work, item, load_id, by, at)
    for name, parts in rows.items():
        work.append(name, pl.concat(parts))
    work.append("load", pl.DataFrame(loads))
    work.append("publication", pl.DataFrame(months, infer_schema_length=None))
    return len(loads)


def rehearse(store: Store, incoming: Sequence[Incoming], look: Callable[[Transaction], T]) -> T:
    """What ``look`` would see if the files were published; nothing is."""

    def work_through(work: Transaction) -> T:
        _publish(work, incoming, "preview", None)
        return look(work)

    return store.rehearse(work_through)


def _publish(
    work: Transaction, incoming: Sequence[Incoming], by: str, at: datetime | None
) -> list[Published]:
    work.write("guard")
    last = work.read("last_moment").row(0, named=True)
    moment = max(at or stores.now(), last["moment"] + timedelta(microseconds=1))
    return [_publish_one(work, item, by, moment) for item in incoming]


def _publish_one(work: Transaction, item: Incoming, by: str, at: datetime) -> Published:
    name = item.dataset.dataset_id
    same = work.read("same_file", dataset=name, sha256=item.sha256)
    if not same.is_empty():
        return Published(is_new=False, **same.row(0, named=True))
    spoken = work.read(
        "published_months",
        dataset=name,
        since=item.periods[0],
        until=item.periods[-1],
        as_at=stores.FOREVER,
    )
    _demand_reason(item, [month for month in spoken["period"] if month in item.periods])
    load_id = work.read("last_moment")["load_id"].item() + 1
    work.append("load", pl.DataFrame([_facts(item, load_id, by, at)]))
    work.append(name, _rows(item, load_id))
    _speak(work, name, {period: load_id for period in item.periods}, at)
    _record(work, item, load_id, by, at)
    return Published(load_id=load_id, is_new=True, loaded_by=by, loaded_at=at)


def _facts(item: Incoming, load_id: int, by: str, at: datetime) -> dict[str, object]:
    return {
        "load_id": load_id,
        "dataset": item.dataset.dataset_id,
        "file": item.file,
        "sha256": item.sha256,
        "row_count": item.rows.height,
        "finding_count": item.findings,
        "loaded_by": by,
        "loaded_at": at,
        "reason": item.reason,
    }


def _rows(item: Incoming, load_id: int) -> pl.DataFrame:
    order = [column for column in (item.dataset.org_column, "period", "line") if column]
    return item.rows.sort(order).with_columns(load_id=pl.lit(load_id, pl.Int64))


def _record(work: Transaction, item: Incoming, load_id: int, by: str, at: datetime) -> None:
    months = f"{item.periods[0]:%Y-%m} to {item.periods[-1]:%Y-%m}"
    what = f"{item.dataset.dataset_id} {months}, {item.file}: {item.reason}"
    work.audit(at, by, "publish", f"load {load_id}", what)


def _demand_reason(item: Incoming, changed: Sequence[date]) -> None:
    """Refuse to change months that are published without saying why."""
    if changed and len(item.reason.strip()) < REASON_LENGTH:
        months = ", ".join(f"{period:%b %Y}" for period in changed[:6])
        raise PublicationRefused(
            f"{item.dataset.title}: {months} is already published. "
            f"Give a reason of at least {REASON_LENGTH} characters for changing it."
        )


def _speak(work: Transaction, dataset: str, loads: dict[date, int], at: datetime) -> None:
    """From ``at`` on, let each load speak for its month, and whatever did before no longer."""
    work.write("close_months", dataset=dataset, periods=list(loads), at=at)
    work.append(
        "publication",
        pl.DataFrame(
            {
                "dataset": [dataset] * len(loads),
                "period": list(loads),
                "load_id": list(loads.values()),
                "valid_from": [at] * len(loads),
            }
        ),
    )


def withdraw(store: Store, load_id: int, by: str, reason: str, at: datetime | None = None) -> None:
    """Take a load back: the load before it speaks again, or nothing does.

    Raises PublicationRefused for an unknown or withdrawn load, or without a reason.
    """
    if len(reason.strip()) < REASON_LENGTH:
        raise PublicationRefused(
            f"Give a reason of at least {REASON_LENGTH} characters for the withdrawal."
        )

    def work_on(work: Transaction) -> None:
        work.write("guard")
        loads = work.read("loads", as_at=stores.FOREVER).filter(load_id=load_id)
        if loads.is_empty():
            raise PublicationRefused(f"There is no load {load_id}. See the list of loads.")
        load = loads.row(0, named=True)
        if load["withdrawn_at"] is not None:
            raise PublicationRefused(
                f"Load {load_id} was already withdrawn by {load['withdrawn_by']}."
            )
        last = work.read("last_moment").row(0, named=True)
        moment = max(at or stores.now(), last["moment"] + timedelta(microseconds=1))
        before = work.read("before_load", load_id=load_id)
        work.write(
            "close_months", dataset=load["dataset"], periods=before["period"].to_list(), at=moment
        )
        again = before.drop_nulls("previous_id")
        _speak(
            work, load["dataset"], dict(again.select("period", "previous_id").iter_rows()), moment
        )
        entry = {
            "load_id": load_id,
            "withdrawn_by": by,
            "withdrawn_at": moment,
            "reason": reason,
        }
        work.append("withdrawal", pl.DataFrame([entry]))
        work.audit(moment, by, "withdraw", f"load {load_id}", reason)

    store.transact(work_on)


def invariants(store: Store) -> list[str]:
    """Prove what must always hold of the store; every sentence returned is a fault."""
    faults = [row["fault"] for row in store.read("invariants").iter_rows(named=True)]
    known = store.read("loads", as_at=stores.FOREVER)
    for name, dataset in store.catalogue.datasets.items():
        rows = store.table(name)
        loads = known.filter(dataset=name).select("load_id", "row_count")
        counted = rows.group_by("load_id").agg(found=pl.len())
        uneven = loads.join(counted, on="load_id", how="full", coalesce=True).filter(
            pl.col("row_count").ne_missing(pl.col("found"))
        )
        faults += [
            f"{name}: load {row['load_id']} holds {row['found']} rows, not {row['row_count']}"
            for row in uneven.iter_rows(named=True)
        ]
        key = ["load_id", *dataset.key]
        twice = rows.group_by(key).len().filter(pl.col("len") > 1)
        faults += [f"{name}: load {row[0]} holds a key twice" for row in twice.iter_rows()]
    return faults
