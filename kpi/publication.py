"""Publishing: which load speaks for which month, and since when. Nothing is ever deleted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from operator import itemgetter
from typing import Any, TypeVar

import polars as pl

from kpi import store as stores
from kpi.catalogue import Catalogue, Dataset
from kpi.store import Store, Transaction

REASON_LENGTH = 10

T = TypeVar("T")
#: What is done to the store in one transaction.
Act = Callable[[Transaction], object]


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
    return store.transact(publishing(incoming, by, at))


def publishing(
    incoming: Sequence[Incoming], by: str, at: datetime | None = None
) -> Callable[[Transaction], list[Published]]:
    """The act of :func:`publish`, to be done or rehearsed."""
    return lambda work: _publish(work, incoming, by, at)


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


def rehearse(store: Store, act: Act, look: Callable[[Transaction], T]) -> T:
    """What ``look`` would see once ``act`` is done; nothing is."""

    def work_through(work: Transaction) -> T:
        act(work)
        return look(work)

    return store.rehearse(work_through)


def speaking(store: Store, dataset: Dataset, sha256: str) -> Published | None:
    """The load that holds the same bytes and speaks for all its months now."""
    same = store.read("same_file", dataset=dataset.dataset_id, sha256=sha256)
    return None if same.is_empty() else Published(is_new=False, **same.row(0, named=True))


def _publish(
    work: Transaction, incoming: Sequence[Incoming], by: str, at: datetime | None
) -> list[Published]:
    moment = _begin(work, at)
    return [_publish_one(work, item, by, moment) for item in incoming]


def _begin(work: Transaction, at: datetime | None) -> datetime:
    """Take the guard, and give the moment of the act: later than every one before it."""
    work.write("guard")
    last = work.read("last_moment")["moment"].item()
    return max(at or stores.now(), last + timedelta(microseconds=1))


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
    """The rows of a load in the order of the store: organisation, period, line."""
    rows = item.rows.with_columns(load_id=pl.lit(load_id, pl.Int64))
    if not (org := item.dataset.org_column):
        return rows.sort("period", "line")
    # A part for each, their lines as they are: to sort a million names takes three times as long.
    parts = rows.partition_by(org, "period", maintain_order=True, as_dict=True)
    return pl.concat(part for _, part in sorted(parts.items(), key=itemgetter(0)))


def _record(work: Transaction, item: Incoming, load_id: int, by: str, at: datetime) -> None:
    months = f"{item.periods[0]:%Y-%m} to {item.periods[-1]:%Y-%m}"
    months = "the whole register" if item.dataset.register else months
    why = f": {item.reason}" if item.reason else ""
    what = f"{item.dataset.dataset_id} {months}, {item.file}{why}"
    work.audit(at, by, "publish", f"load {load_id}", what)


def _demand_reason(item: Incoming, changed: Sequence[date]) -> None:
    """Refuse to change months that are published without saying why."""
    if changed and len(item.reason.strip()) < REASON_LENGTH:
        months = ", ".join(f"{period:%b %Y}" for period in changed[:6])
        months = "the register" if item.dataset.register else months
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


# ---- taking back, and bringing back ----


def withdraw(store: Store, load_id: int, by: str, reason: str, at: datetime | None = None) -> None:
    """Take a load back: the load that spoke before it speaks again, or nothing does.

    Raises PublicationRefused for an unknown or withdrawn load, or without a reason.
    """
    store.transact(withdrawing(load_id, by, reason, at))


def withdrawing(load_id: int, by: str, reason: str, at: datetime | None = None) -> Act:
    """The act of :func:`withdraw`, to be done or rehearsed."""

    def act(work: Transaction) -> None:
        moment = _begin(work, at)
        load = _known(work, load_id)
        if load["withdrawn_at"] is not None:
            raise PublicationRefused(
                f"Load {load_id} was already withdrawn by {load['withdrawn_by']}."
            )
        _demand(reason, "withdrawal")
        before = work.read("before_load", load_id=load_id)
        again = before.drop_nulls("previous_id").select("period", "previous_id")
        dataset = load["dataset"]
        work.write("close_months", dataset=dataset, periods=before["period"].to_list(), at=moment)
        _speak(work, dataset, dict(again.iter_rows()), moment)
        _note(work, "withdrawal", "withdrawn", load_id, by, moment, reason)
        work.audit(moment, by, "withdraw", f"load {load_id}", reason)

    return act


def restore(store: Store, load_id: int, by: str, reason: str, at: datetime | None = None) -> None:
    """Bring a withdrawn load back: it speaks again for the months that it lost by it.

    A month that another load had replaced before the withdrawal stays with that load. Raises
    PublicationRefused for an unknown load, one that is not withdrawn, or without a reason.
    """
    store.transact(restoring(load_id, by, reason, at))


def restoring(load_id: int, by: str, reason: str, at: datetime | None = None) -> Act:
    """The act of :func:`restore`, to be done or rehearsed."""

    def act(work: Transaction) -> None:
        moment = _begin(work, at)
        load = _known(work, load_id)
        if load["withdrawn_at"] is None:
            raise PublicationRefused(
                f"Load {load_id} is not withdrawn, so there is nothing to restore."
            )
        _demand(reason, "restoration")
        lost = work.read("withdrawn_months", load_id=load_id)["period"]
        _speak(work, load["dataset"], dict.fromkeys(lost, load_id), moment)
        _note(work, "restoration", "restored", load_id, by, moment, reason)
        work.audit(moment, by, "restore", f"load {load_id}", reason)

    return act


def _known(work: Transaction, load_id: int) -> dict[str, Any]:
    loads = work.read("loads", as_at=stores.FOREVER).filter(load_id=load_id)
    if loads.is_empty():
        raise PublicationRefused(f"There is no load {load_id}. See the list of loads.")
    return loads.row(0, named=True)


def _demand(reason: str, act: str) -> None:
    if len(reason.strip()) < REASON_LENGTH:
        raise PublicationRefused(
            f"Give a reason of at least {REASON_LENGTH} characters for the {act}."
        )


def _note(
    work: Transaction, table: str, verb: str, load_id: int, by: str, at: datetime, reason: str
) -> None:
    entry = {"load_id": load_id, f"{verb}_by": by, f"{verb}_at": at, "reason": reason}
    work.append(table, pl.DataFrame([entry]))


def invariants(store: Store) -> list[str]:
    """Prove what must always hold of the store; every sentence returned is a fault."""
    return store.rehearse(lambda seen: faults_in(seen, store.catalogue))


def invariants_of_all(store: Store) -> list[str]:
    """:func:`invariants` of the part of every council, with its name where there are several."""
    faults = invariants(store)
    for part in store.councils()[1:]:
        faults += [f"{part.catalogue.council.name}: {fault}" for fault in invariants(part)]
    return faults


def faults_in(seen: Transaction, catalogue: Catalogue) -> list[str]:
    """:func:`invariants` at one moment, whoever publishes meanwhile."""
    faults = [row["fault"] for row in seen.read("invariants").iter_rows(named=True)]
    for name in seen.read("columns")["table_name"].unique().sort():
        seen.read_through(name)
    known = seen.read("loads", as_at=stores.FOREVER)
    for name, dataset in catalogue.datasets.items():
        key = ["load_id", *dataset.key]
        rows = seen.table(name, key)
        loads = known.filter(dataset=name).select("load_id", "row_count")
        counted = rows.group_by("load_id").agg(found=pl.len())
        uneven = loads.join(counted, on="load_id", how="full", coalesce=True).filter(
            pl.col("row_count").ne_missing(pl.col("found"))
        )
        faults += [
            f"{name}: load {row['load_id']} holds {row['found']} rows, not {row['row_count']}"
            for row in uneven.iter_rows(named=True)
        ]
        twice = rows.group_by(key).len().filter(pl.col("len") > 1)
        faults += [f"{name}: load {row[0]} holds a key twice" for row in twice.iter_rows()]
    return faults
