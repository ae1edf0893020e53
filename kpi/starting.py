"""What a store knows before anybody publishes: the reference files, and which of them are new."""

import hashlib
from collections.abc import Mapping, Sequence

import polars as pl

from kpi import measures
from kpi.catalogue import Catalogue

#: Reference tables that follow their file; targets and organisation belong to the council instead
#: and are taken from their file only once.
FOLLOWED = {
    "benchmark": "benchmarks",
    "neighbour": "neighbours",
    "population": "population",
    "starter_event": "events",
    "starter_priority": "priorities",
}
SEEDED = {"target": "targets", "org": "organisation"}


def missing_columns(catalogue: Catalogue, held: Sequence[tuple[str, str]]) -> list[str]:
    """What makes every return's table and column that is not ``held``, by table and column."""
    tables = {table for table, _ in held}
    statements = []
    for name, dataset in catalogue.datasets.items():
        columns = measures.columns_of(dataset)
        if name not in tables:
            listed = ", ".join(f"{column} {kind}" for column, kind in columns)
            statements.append(f"create table {name} ({listed})")
            continue
        statements += [
            f"alter table {name} add column {column} {kind}"
            for column, kind in columns
            if (name, column) not in held
        ]
    return statements


def stale(catalogue: Catalogue, held: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Tables whose file is not the one that the store holds: table -> (file, digest).

    ``held``: the digest of the file that each table was read from.
    """
    found = {}
    for table, file in (FOLLOWED | SEEDED).items():
        path = catalogue.path(file)
        if not path.exists() or (table in SEEDED and table in held):
            continue
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        if held.get(table) != digest:
            found[table] = (file, digest)
    return found


def edition(catalogue: Catalogue, migrations: Sequence[str]) -> str:
    """A digest of all that a council's tables are prepared with; with another they are not yet."""
    parts = [*migrations, *missing_columns(catalogue, []), *sorted(stale(catalogue, {}).items())]
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def out_of_order(catalogue: Catalogue, orgs: pl.DataFrame) -> str:
    """What is wrong when the first of several councils is not the one that was there before them.

    ``orgs``: the organisations in the tables of the first (``queries/orgs.sql``).
    """
    tops = orgs.filter(level="council")["org_id"].to_list()
    if not tops or catalogue.council.org_id in tops:
        return ""
    return f"is of {tops[0]}. Put [council.{tops[0]}] before the other councils in the catalogue."


def rows(table: str, file: pl.DataFrame) -> pl.DataFrame:
    """The rows of a reference file with what the store keeps beside them."""
    if table == "benchmark":
        return file.with_columns(origin=pl.lit(""))
    if table == "target":
        return file.with_columns(
            set_by=pl.lit("starter set"), recorded_at=pl.col("valid_from") + " 00:00:00"
        )
    return file
