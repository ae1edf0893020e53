"""DuckDB, which no other module opens: connections, transactions, and what they meet.

A cursor is a connection of its own, so every read and every transaction takes a fresh one. Within
a process one transaction runs at a time; between processes the guard row decides, and the loser
tries the whole of its work again.
"""

import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import polars as pl

from kpi import lake, outage
from kpi.transaction import Transaction, frame

MEMORY = ":memory:"
#: Files this version writes open in DuckDB 2.0 too.
CONFIG = {"storage_compatibility_version": "v1.5.0", "autoinstall_known_extensions": False}
#: What a lake holds is not in its engine. When PostgreSQL goes away in the middle of a statement,
#: DuckLake may call that a fault of the program, after which the engine would answer no more.
LAKE_CONFIG: dict[str, Any] = {
    "autoinstall_known_extensions": False,
    "disable_database_invalidation": True,
}
TRIES = 8
#: What the engine may raise through no fault of the program: full disk or memory, a lost file.
OUTAGES = (
    duckdb.OperationalError,
    duckdb.FatalException,
    duckdb.InternalError,
    duckdb.InterruptException,
)
#: A race that was lost, or a file system out of reach for a moment.
LOST = (duckdb.TransactionException, duckdb.IOException)
T = TypeVar("T")


class StoreUnavailable(Exception):
    """The store cannot be opened or written: in use, read-only, of a newer version, damaged."""


class Engine:
    """DuckDB over the address of a store; ``place`` is where a statement looks for its tables.

    ``address`` is a path, a lake's or ``:memory:``. A file whose engine a full disk has ended is
    opened anew, and holds what was committed, as after a start. Raises StoreUnavailable.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self._writing = threading.Lock()
        self._opening = threading.Lock()
        self._connection: duckdb.DuckDBPyConnection | None = _connect(address)
        with self._connection.cursor() as cursor:
            named = cursor.execute("select current_database()").fetchall()[0][0]
        #: The name under which statements have the store.
        self.database = lake.NAME if lake.is_lake(address) else named

    def close(self) -> None:
        if self._connection:
            self._connection.close()

    def prepare(self, act: Callable[[], None]) -> None:
        """Do what opening needs; whatever the engine says then is why the store cannot be used."""
        try:
            _beside_others(act)
        except duckdb.Error as error:
            raise StoreUnavailable(outage.reason(self.address, error)) from error

    def attach(self, council: str) -> None:
        """Have the lake of a further council too, under its name."""
        with self._outages(), self.cursor(self.database) as cursor:
            cursor.execute(lake.attach(self.address, council)).fetchall()

    def read(self, place: str, text: str, parameters: dict[str, Any]) -> pl.DataFrame:
        """The answer to a statement; parameters that it does not name are left out."""
        with self._outages(), self.cursor(place) as cursor:
            return frame(cursor, text, parameters)

    def columns(self, place: str, text: str) -> list[str]:
        """The columns of what a statement asks for; none where its table is not there."""
        try:
            return self.read(place, text, {}).columns
        except duckdb.CatalogException:
            return []

    def transact(self, place: str, work: Callable[[Transaction], T]) -> T:
        """Run ``work`` whole or not at all; it may run again, so it must not act elsewhere."""
        with self._outages():
            for attempt in range(TRIES):
                try:
                    with self._writing, self._turn(), self.cursor(place) as cursor:
                        return _whole(cursor, work)
                except duckdb.Error as error:
                    if attempt == TRIES - 1 or not _may_pass(error):
                        raise
                time.sleep(random.uniform(0.01, 0.05) * 2**attempt)
        raise AssertionError("unreachable: the last attempt returns or raises")

    def rehearse(self, place: str, work: Callable[[Transaction], T]) -> T:
        """Run ``work``, give back its answer, and undo everything that it wrote."""
        with self._writing, self._outages(), self.cursor(place) as cursor:
            cursor.begin()
            try:
                return work(Transaction(cursor))
            finally:
                _rollback(cursor)

    def run(self, place: str, statements: Sequence[str]) -> None:
        """Run statements that are no transaction's, while nobody of this process writes."""
        with self._writing:
            self._run(place, statements)

    @contextmanager
    def at_rest(self, place: str) -> Iterator[None]:
        """Hold off writers while the file alone holds everything, as a copy of it needs."""
        with self._writing:
            self._run(place, ["checkpoint"])
            yield

    @contextmanager
    def _outages(self) -> Iterator[None]:
        """Raise what happens through no fault of the program as StoreUnavailable."""
        try:
            yield
        except duckdb.Error as error:
            if isinstance(error, OUTAGES) or lake.is_away(error):
                raise StoreUnavailable(outage.reason(self.address, error)) from error
            raise

    def cursor(self, place: str) -> duckdb.DuckDBPyConnection:
        """A fresh cursor whose statements look in ``place``."""
        for attempt in range(TRIES):
            with self._opening:
                held = self._connection = self._connection or _connect(self.address)
                cursor = held.cursor()
            try:
                cursor.execute(f"use {place}").fetchall()
                return cursor
            except duckdb.FatalException:
                cursor.close()
                if attempt == TRIES - 1 or self.address == MEMORY:
                    raise
            self._give_up(held)
            time.sleep(0.01 * 2**attempt)  # the file opens anew once others have let go of it too
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _give_up(self, broken: duckdb.DuckDBPyConnection) -> None:
        with self._opening:
            if self._connection is broken:
                broken.close()
                self._connection = None

    def _run(self, place: str, statements: Sequence[str]) -> None:
        with self._outages(), self.cursor(place) as cursor:
            for statement in statements:
                cursor.execute(statement).fetchall()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait while another server writes to the lake; the turn ends with its own cursor."""
        if not lake.is_lake(self.address):
            yield
            return
        with self.cursor(self.database) as cursor:
            cursor.begin()
            try:
                end = time.monotonic() + lake.PATIENCE
                while not cursor.execute(lake.TURN).fetchall()[0][0] and time.monotonic() < end:
                    time.sleep(random.uniform(0.005, 0.02))
                yield
            finally:
                # Were it left to the closing of its cursor, a fault of it would end the process.
                _rollback(cursor)


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


def _may_pass(error: duckdb.Error) -> bool:
    """Whether the same work may well be done at another try, a moment later."""
    return lake.is_away(error) or (isinstance(error, LOST) and not outage.is_full(error))


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


def _connect(address: str) -> duckdb.DuckDBPyConnection:
    try:
        if lake.is_lake(address):
            return _beside_others(lambda: _lake(address))
        if address != MEMORY:
            Path(address).parent.mkdir(parents=True, exist_ok=True)
        return duckdb.connect(address, config=CONFIG)
    except (duckdb.Error, lake.LakeError, OSError) as error:
        raise StoreUnavailable(outage.reason(address, error)) from error


def _lake(address: str) -> duckdb.DuckDBPyConnection:
    """A connection that has the lake attached; every cursor still has to ``use`` it."""
    connection = duckdb.connect(MEMORY, config=LAKE_CONFIG)
    for statement in lake.statements(address):
        connection.execute(statement).fetchall()
    return connection
