"""The store: the only module that opens DuckDB. One method reads, one transacts.

A cursor is a connection of its own, so every read and every transaction takes a fresh one. Within
a process one transaction runs at a time; between processes the guard row decides, and the loser
tries the whole of its work again.
"""

import copy
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import polars as pl

from kpi import copies, lake, measures, outage, starting, statements
from kpi.catalogue import ALWAYS, Catalogue, Dataset
from kpi.statements import QUERIES, observations_sql, sql
from kpi.transaction import Transaction, frame

#: Files this version writes open in DuckDB 2.0 too.
CONFIG = {"storage_compatibility_version": "v1.5.0", "autoinstall_known_extensions": False}
#: What a lake holds is not in its engine. When PostgreSQL goes away in the middle of a statement,
#: DuckLake may call that a fault of the program, after which the engine would answer no more.
LAKE_CONFIG = {"autoinstall_known_extensions": False, "disable_database_invalidation": True}
#: Which migrations were applied; it is there before the first of them.
MIGRATIONS = (
    "create table if not exists migration (name varchar not null, applied_at timestamp not null)"
)
TRIES = 8
#: What the engine may raise through no fault of the program: full disk or memory, a lost file.
ENGINE_ERRORS = (
    duckdb.OperationalError,
    duckdb.FatalException,
    duckdb.InternalError,
    duckdb.InterruptException,
)
#: A race that was lost, or a file system or PostgreSQL out of reach for a moment.
LOST = (duckdb.TransactionException, duckdb.IOException)
FOREVER = datetime(9999, 1, 1)
T = TypeVar("T")


class StoreUnavailable(Exception):
    """The store cannot be opened or written: in use, read-only, of a newer version, damaged."""


class Store:
    """An open store. ``address`` is a path or ``:memory:``; raises StoreUnavailable."""

    def __init__(self, address: str, catalogue: Catalogue) -> None:
        self.address = address
        #: The address as it may be printed.
        self.name = lake.shown(address)
        self.catalogue = catalogue = catalogue.first
        self._writing = threading.Lock()
        self._connection = _connect(address)
        self._parts: dict[str, Store] = {}
        self._making = threading.Lock()
        try:
            self._place = statements.place(_database(self._connection, address))
            _beside_others(self._prepare)
            several = len(catalogue.councils) > 1
            if several and (fault := starting.out_of_order(catalogue, self.read("orgs"))):
                raise StoreUnavailable(f"The store {self.name} {fault}")
        except duckdb.Error as error:
            self.close()
            raise StoreUnavailable(outage.reason(address, error)) from error
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self._connection.close()

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
        """It shares the connection and the turn of writers; its tables are its own.

        In a file they are in a schema, in a lake in a catalogue, of the council's name: what is
        asked for one council touches no row of another.
        """
        council = catalogue.council.org_id
        part = copy.copy(self)
        part.catalogue, part._place = catalogue, self._make_place(council)
        part._parts = {}  # a ring of stores would keep a file open that nobody uses any more
        edition = starting.edition(catalogue, list(_migrations()))
        if self.read("councils").filter(council_id=council, prepared=edition).is_empty():
            _beside_others(part._prepare)
            row = {"council_id": council, "prepared": edition, "prepared_at": now()}
            self.transact(lambda work: work.append("council", pl.DataFrame([row])))
        return part

    def _make_place(self, council: str) -> str:
        """Make the place of a council's tables if there is none; how a statement names it."""
        database = _database(self._connection, self.address)
        if not lake.is_lake(self.address):
            self.transact(lambda work: work.run([f'create schema if not exists "{council}"']))
            return statements.place(database, council)
        with self._connection.cursor() as cursor:
            cursor.execute(lake.attach(self.address, council)).fetchall()
        return statements.place(council)

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        cursor = self._connection.cursor()
        cursor.execute(f"use {self._place}").fetchall()
        return cursor

    def read(self, query: str, **parameters: Any) -> pl.DataFrame:
        """The answer of ``queries/<query>.sql``."""
        return self._read(sql(query), parameters)

    def _read(self, text: str, parameters: dict[str, Any]) -> pl.DataFrame:
        with self._outages(), self._cursor() as cursor:
            return frame(cursor, text, parameters)

    @contextmanager
    def _outages(self) -> Iterator[None]:
        """Raise what happens through no fault of the program as StoreUnavailable."""
        try:
            yield
        except duckdb.Error as error:
            if isinstance(error, ENGINE_ERRORS) or lake.is_away(error):
                raise StoreUnavailable(outage.reason(self.address, error)) from error
            raise

    def transact(self, work: Callable[[Transaction], T]) -> T:
        """Run ``work`` whole or not at all; it may run again, so it must not act elsewhere."""
        with self._outages():
            for attempt in range(TRIES):
                try:
                    with self._writing, self._turn(), self._cursor() as cursor:
                        return _whole(cursor, work)
                except duckdb.Error as error:
                    lost = isinstance(error, LOST) or lake.is_away(error)
                    if attempt == TRIES - 1 or not lost:
                        raise
                time.sleep(random.uniform(0.01, 0.05) * 2**attempt)
        raise AssertionError("unreachable: the last attempt returns or raises")

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait while another server writes to the lake; the turn ends with its own cursor."""
        if not lake.is_lake(self.address):
            yield
            return
        with self._connection.cursor() as cursor:
            cursor.begin()
            try:
                end = time.monotonic() + lake.PATIENCE
                while not cursor.execute(lake.TURN).fetchall()[0][0] and time.monotonic() < end:
                    time.sleep(random.uniform(0.005, 0.02))
                yield
            finally:
                # Were it left to the closing of its cursor, a fault of it would end the process.
                _rollback(cursor)

    @contextmanager
    def at_rest(self) -> Iterator[None]:
        """Hold off writers while the file alone holds everything, as a copy of it needs."""
        with self._writing:
            with self._outages(), self._cursor() as cursor:
                cursor.execute("checkpoint").fetchall()
            yield

    def tidy(self, days: int) -> None:
        """Keep the store small and quick: see ``kpi.lake.upkeep``; a file is checkpointed."""
        name = lake.NAME if self.catalogue.is_first else self.catalogue.council.org_id
        is_alone = self.read("councils").is_empty()
        wanted = lake.upkeep(days, name, is_alone) if lake.is_lake(self.address) else ["checkpoint"]
        with self._writing, self._outages(), self._cursor() as cursor:
            for statement in wanted:
                cursor.execute(statement).fetchall()

    def rehearse(self, work: Callable[[Transaction], T]) -> T:
        """Run ``work``, give back its answer, and undo everything that it wrote."""
        with self._writing, self._outages(), self._cursor() as cursor:
            cursor.begin()
            try:
                return work(Transaction(cursor))
            finally:
                _rollback(cursor)

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
        try:
            rows = self._read(f"{statements.table(table, place=self._place)} limit 0", {})
        except duckdb.CatalogException:
            return []
        return [(table, column) for column in rows.columns]

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


def _whole(cursor: duckdb.DuckDBPyConnection, work: Callable[[Transaction], T]) -> T:
    cursor.begin()
    try:
        answer = work(Transaction(cursor))
        cursor.commit()
    except BaseException:
        _rollback(cursor)
        raise
    return answer


def _rollback(cursor: duckdb.DuckDBPyConnection) -> None:
    """Roll back. What a conflict at commit or a PostgreSQL that is away has ended is as good."""
    try:
        cursor.rollback()
    except duckdb.Error as error:
        if "no transaction is active" not in str(error) and not lake.is_away(error):
            raise


def _migrations() -> dict[str, Path]:
    return {path.stem: path for path in sorted((QUERIES / "schema").glob("*.sql"))}


def _migrate(work: Transaction, waiting: dict[str, Path]) -> None:
    work.run([MIGRATIONS])
    for name, path in waiting.items():
        work.run([path.read_text(encoding="utf-8")])
        work.append("migration", pl.DataFrame({"name": [name], "applied_at": [now()]}))


def _connect(address: str) -> duckdb.DuckDBPyConnection:
    try:
        if lake.is_lake(address):
            return _beside_others(lambda: _lake(address))
        if address != ":memory:":
            Path(address).parent.mkdir(parents=True, exist_ok=True)
        return duckdb.connect(address, config=CONFIG)
    except (duckdb.Error, lake.LakeError, OSError) as error:
        raise StoreUnavailable(outage.reason(address, error)) from error


def _beside_others(act: Callable[[], T]) -> T:
    """Servers may start at once on a new lake: who finds a table made looks what is left to do."""
    for _ in range(TRIES):
        try:
            return act()
        except duckdb.Error as error:
            if "already exists" not in str(error):
                raise
            time.sleep(random.uniform(0.05, 0.5))
    return act()


def _database(connection: duckdb.DuckDBPyConnection, address: str) -> str:
    """The name under which the connection has the store."""
    asked = connection.sql("select current_database()").fetchall()
    return lake.NAME if lake.is_lake(address) else asked[0][0]


def _lake(address: str) -> duckdb.DuckDBPyConnection:
    """A connection that has the lake attached; every cursor still has to ``use`` it."""
    connection = duckdb.connect(":memory:", config=LAKE_CONFIG)
    for statement in lake.statements(address):
        connection.execute(statement).fetchall()
    return connection
