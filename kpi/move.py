"""Moving a store: all of it from one engine to another, with proof that nothing changed."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from functools import partial

import polars as pl

from kpi import store as stores
from kpi.publication import faults_in, invariants
from kpi.store import Store, Transaction

CHUNK = 500_000  # rows that are in memory at once


class MoveRefused(Exception):
    """The store cannot be moved; the message says why and what to do."""


def move(source: Store, target: Store) -> dict[str, int]:
    """Copy every table of ``source`` into ``target``, prove it, and say how many rows each has.

    What is copied and proven is one moment of the source, whoever publishes meanwhile. ``target``
    holds no load yet; what a new store knows from its reference files is replaced. Of each council
    either all is there afterwards or nothing. Raises MoveRefused.
    """
    _refuse_unnamed(source)
    pairs = list(zip(source.councils(), target.councils(), strict=True))
    if any(to.read("last_moment")["load_id"].item() for _, to in pairs):
        raise MoveRefused(
            f"The store {target.name} holds loads already. Name an empty one; nothing was changed."
        )
    rows: Counter[str] = Counter()
    for each, to in pairs:
        rows.update(each.rehearse(partial(_moved, source=each, target=to)))
    return dict(rows)


def _refuse_unnamed(source: Store) -> None:
    """A council that is no longer in the catalogue would be left behind without a word."""
    if unnamed := set(source.read("councils")["council_id"]) - set(source.catalogue.councils):
        raise MoveRefused(
            f"The store {source.name} has a council {min(unnamed)} that the catalogue does not "
            "name. Put it back into the catalogue; nothing was changed."
        )


def _moved(seen: Transaction, source: Store, target: Store) -> dict[str, int]:
    if faults := faults_in(seen, source.catalogue):
        raise MoveRefused(f"The store {source.name} is not sound: {faults[0]}.")
    names = _tables(seen)
    if unknown := set(names) - set(target.rehearse(_tables)):
        raise MoveRefused(
            f"The store {source.name} has a table {min(unknown)} that the catalogue does not name. "
            "Put its return back into the catalogue; nothing was changed."
        )
    returns = set(source.catalogue.datasets)
    target.transact(lambda work: _copy(work, seen, names, returns))
    held = target.rehearse(lambda copy: {name: _digest(copy, name, returns) for name in names})
    counted = {name: _digest(seen, name, returns) for name in names}
    if different := _different(seen, target, counted, held):
        raise MoveRefused(f"After moving, {different} differs. Do not use {target.name}.")
    return {name: rows for name, (rows, _) in counted.items()}


def _tables(seen: Transaction) -> list[str]:
    return seen.read("columns")["table_name"].unique().sort().to_list()


def _copy(work: Transaction, seen: Transaction, names: list[str], returns: set[str]) -> None:
    for name in names:
        work.empty(name)
        for rows in _parts(seen, name, returns):
            work.append(name, rows)


def _parts(seen: Transaction, name: str, returns: set[str]) -> Iterator[pl.DataFrame]:
    """A table in parts that fit into memory: the rows of a return by ranges of its loads."""
    if name not in returns:
        yield seen.table(name)
        return
    loads = seen.read("loads", as_at=stores.FOREVER).filter(dataset=name).sort("load_id")
    ranges = loads.with_columns(part=(pl.col("row_count").cum_sum() - 1) // CHUNK)
    for _, part in ranges.group_by("part", maintain_order=True):
        yield seen.table(name, loads=(part["load_id"][0], part["load_id"][-1]))


def _digest(seen: Transaction, name: str, returns: set[str]) -> tuple[int, int]:
    """How many rows a table has, and a sum over them that any other value would change."""
    rows = total = 0
    for part in _parts(seen, name, returns):
        hashes = part.select(sorted(part.columns)).hash_rows(seed=1)
        rows, total = rows + part.height, total + int(hashes.cast(pl.Int128).sum())
    return rows, total


def _different(
    seen: Transaction,
    target: Store,
    counted: dict[str, tuple[int, int]],
    held: dict[str, tuple[int, int]],
) -> str:
    """What is not the same in both: a table, the figures of now or of a moment; or nothing."""
    for name, digest in counted.items():
        if held[name] != digest:
            return f"table {name}"
    known = target.catalogue
    for moment in (stores.FOREVER, _middle(seen)):
        before = seen.observations(known, list(known.kpis), (), moment)
        if not before.equals(target.observations(list(known.kpis), (), moment)):
            return f"a figure as at {moment:%d %B %Y}"
    return "what must always hold" if invariants(target) else ""


def _middle(seen: Transaction) -> datetime:
    """A moment in the middle of the history."""
    loads = seen.read("loads", as_at=stores.FOREVER)["loaded_at"].sort()
    return loads[loads.len() // 2] if loads.len() else stores.FOREVER
