"""What a store holds and answers: the tables of one council, over the engine of all of them."""

import copy
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

import polars as pl

from kpi import copies, lake, measures, starting, statements
from kpi.catalogue import ALWAYS, Catalogue, Dataset
from kpi.engine import Engine, StoreUnavailable
from kpi.statements import QUERIES, observations_sql, sql
from kpi.transaction import Transaction

#: Which migrations were applied; it is there before the first of them.
MIGRATIONS = (
    "create table if not exists migration (name varchar not null, applied_at timestamp not null)"
)
FOREVER = datetime(9999, 1, 1)
T = TypeVar("T")


class Store:
    """An open store. ``address`` is a path or ``:memory:``; raises StoreUnavailable."""

    def __init__(self, address: str, catalogue: Catalogue) -> None:
        self.address = address
        #: The address as it may be printed.
        self.name = lake.shown(address)
        self.catalogue = catalogue = catalogue.first
        self._engine = Engine(address)
        self._parts: dict[str, Store] = {}
        self._making = threading.Lock()
        try:
            self._place = statements.place(self._engine.database)
            self._engine.prepare(self._prepare)
            if len(catalogue.councils) > 1:
                self._engine.prepare(self._check_order)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self._engine.close()

    def of(self, council: str) -> "Store":
        """The part that is one council's: tables of its own, made when they are first asked for.

        To be asked of the whole store. Raises KeyError for a council that the catalogue does not
        name.
        """
        if council == self.catalogue.council.org_id:
            return self
        with self._making:
            if council not in self._parts:
                self._parts[council] = self._part(self.catalogue.of(council))
            return self._parts[council]

    def councils(self) -> "list[Store]":
        """The part of every council that the catalogue names, the first council's first."""
        return [self.of(council) for council in self.catalogue.councils]

    def _part(self, catalogue: Catalogue) -> "Store":
        """It shares the engine; its tables are its own.

        In a file they are in a schema, in a lake in a catalogue, of the council's name: what is
        asked for one council touches no row of another.
        """
        council = catalogue.council.org_id
        part = copy.copy(self)
        part.catalogue, part._place = catalogue, self._make_place(council)
        part._parts = {}  # a ring of stores would keep a file open that nobody uses any more
        edition = starting.edition(catalogue, list(_migrations()))
        if self.read("councils").filter(council_id=council, prepared=edition).is_empty():
            self._engine.prepare(part._prepare)
            row = {"council_id": council, "prepared": edition, "prepared_at": now()}
            self.transact(lambda work: work.append("council", pl.DataFrame([row])))
        return part

    def _make_place(self, council: str) -> str:
        """Make the place of a council's tables if there is none; how a statement names it."""
        if not lake.is_lake(self.address):
            self.transact(lambda work: work.run([f'create schema if not exists "{council}"']))
            return statements.place(self._engine.database, council)
        self._engine.attach(council)
        return statements.place(council)

    def read(self, query: str, **parameters: Any) -> pl.DataFrame:
        """The answer of ``queries/<query>.sql``."""
        return self._read(sql(query), parameters)

    def _read(self, text: str, parameters: dict[str, Any]) -> pl.DataFrame:
        return self._engine.read(self._place, text, parameters)

    def transact(self, work: Callable[[Transaction], T]) -> T:
        """Run ``work`` whole or not at all; it may run again, so it must not act elsewhere."""
        return self._engine.transact(self._place, work)

    def rehearse(self, work: Callable[[Transaction], T]) -> T:
        """Run ``work``, give back its answer, and undo everything that it wrote."""
        return self._engine.rehearse(self._place, work)

    def at_rest(self) -> AbstractContextManager[None]:
        """Hold off writers while the file alone holds everything, as a copy of it needs."""
        return self._engine.at_rest(self._place)

    def tidy(self, days: int) -> None:
        """Keep the store small and quick: see ``kpi.lake.upkeep``; a file is checkpointed."""
        name = lake.NAME if self.catalogue.is_first else self.catalogue.council.org_id
        is_alone = self.read("councils").is_empty()
        wanted = lake.upkeep(days, name, is_alone) if lake.is_lake(self.address) else ["checkpoint"]
        self._engine.run(self._place, wanted)

    def observations(
        self, kpi_ids: Sequence[str], org_ids: Sequence[str] = (), as_at: datetime = FOREVER
    ) -> pl.DataFrame:
        """The raw observation frame (``queries/observations.sql``); no ``org_ids`` means all."""
        return self._read(
            observations_sql(self.catalogue, kpi_ids), {"org_ids": list(org_ids), "as_at": as_at}
        )

    def cells(self, since: date, as_at: datetime = FOREVER) -> pl.DataFrame:
        """Cells without a figure by return and month (``kpi.measures.cells``) from ``since`` on."""
        return self._read(measures.cells(self.catalogue), {"since": since, "as_at": as_at})

    def published(
        self,
        dataset: Dataset,
        since: date = date.min,
        until: date = date.max,
        as_at: datetime = FOREVER,
    ) -> pl.DataFrame:
        """The rows that speak for a dataset's months, with ``load_id`` and ``line``."""
        months = sql("published_months")
        text = (
            f"select data.* from {dataset.dataset_id} as data inner join ({months}) as month "
            "on data.period = month.period and data.load_id = month.load_id "
            # Said of the data too, so that other months need not be read.
            "where data.period between $since and $until "
            "order by data.load_id, data.line"
        )
        return self._read(
            text,
            {"dataset": dataset.dataset_id, "since": since, "until": until, "as_at": as_at},
        )

    def register(self, dataset_id: str, as_at: datetime = FOREVER) -> pl.DataFrame:
        """A register as it was published at a moment: its columns, ``line`` and ``load_id``.

        Rows in the order of the file; none, under the same columns, where nothing was published. A
        list that was left blank is empty. Raises KeyError for what is no register.
        """
        dataset = self.catalogue.registers[dataset_id]
        rows = self.published(dataset, ALWAYS, ALWAYS, as_at)
        lists = [column.name for column in dataset.columns if column.type == "list"]
        return rows.select(*dataset.names, "line", "load_id").with_columns(
            pl.col(lists).fill_null([])
        )

    def totals(self, dataset: Dataset, since: date, until: date) -> pl.DataFrame:
        """What is published now of each figure, summed by period and org_id (null without one)."""
        asked = {"dataset": dataset.dataset_id, "since": since, "until": until, "as_at": FOREVER}
        return self._read(measures.totals(dataset, sql("published_months")), asked)

    def data_version(self) -> int:
        return self.read("data_version").item()

    def table(self, name: str) -> pl.DataFrame:
        """All rows of a dataset's or the store's own table, for checks and exports."""
        return self._read(statements.table(name), {})

    def _prepare(self) -> None:
        schema = _migrations()
        done = self._migrated()
        if newer := done - set(schema):
            raise StoreUnavailable(
                f"The store {self.address} was written by a newer version of the dashboard "
                f"({max(newer)}). Start that version, or name another store in KPI_STORE."
            )
        waiting = [name for name in schema if name not in done]
        if waiting:
            if done and self.catalogue.is_first and not lake.is_lake(self.address):
                self._copy_before_upgrade()
            self.transact(lambda work: _migrate(work, {name: schema[name] for name in waiting}))
        held = [pair for name in self.catalogue.datasets for pair in self._columns(name)]
        if missing := starting.missing_columns(self.catalogue, held):
            self.transact(lambda work: work.run(missing))
        held = dict(self._read("select name, sha256 from reference", {}).iter_rows())
        if stale := starting.stale(self.catalogue, held):
            self.transact(lambda work: self._follow(work, stale))

    def _check_order(self) -> None:
        if fault := starting.out_of_order(self.catalogue, self.read("orgs")):
            raise StoreUnavailable(f"The store {self.name} {fault}")

    def _copy_before_upgrade(self) -> None:
        try:
            with self.at_rest():
                copies.before_upgrade(Path(self.address), now())
        except OSError as error:
            raise StoreUnavailable(
                f"The store {self.address} is of an older version, and no copy could be put beside "
                f"it before the upgrade: {error.strerror or error}. Make room there and try again."
            ) from error

    def _migrated(self) -> set[str]:
        return set(self.table("migration")["name"]) if self._columns("migration") else set()

    def _columns(self, table: str) -> list[tuple[str, str]]:
        """The table with each of its columns; nothing when there is none.

        It is named with its place: without that, the engine takes a table of the first council for
        one that a part does not have. Its lists of columns go through every council for seconds.
        """
        text = f"{statements.table(table, place=self._place)} limit 0"
        return [(table, column) for column in self._engine.columns(self._place, text)]

    def _follow(self, work: Transaction, stale: dict[str, tuple[str, str]]) -> None:
        for table, (file, digest) in stale.items():
            given = " where origin = ''" if table == "benchmark" else ""
            work.run([f"{statements.emptying(table)}{given}"])
            work.append(table, starting.rows(table, self.catalogue.table(file)))
            work.write("forget_reference", name=table)
            work.append("reference", pl.DataFrame({"name": [table], "sha256": [digest]}))
        work.audit(now(), "dashboard", "reference", ", ".join(stale), "reference files read")


def now() -> datetime:
    """The moment, in UTC without a zone, as the store keeps it."""
    return datetime.now(UTC).replace(tzinfo=None)


def _migrations() -> dict[str, Path]:
    return {path.stem: path for path in sorted((QUERIES / "schema").glob("*.sql"))}


def _migrate(work: Transaction, waiting: dict[str, Path]) -> None:
    work.run([MIGRATIONS])
    for name, path in waiting.items():
        work.run([path.read_text(encoding="utf-8")])
        work.append("migration", pl.DataFrame({"name": [name], "applied_at": [now()]}))
