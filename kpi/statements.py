"""The text of what a store runs: the queries by name, tables, and where a council's tables are."""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from kpi import measures
from kpi.catalogue import Catalogue

QUERIES = Path(__file__).parents[1] / "queries"
WORD = re.compile(r"[a-z0-9_]+")


@cache
def sql(query: str) -> str:
    """The text of ``queries/<query>.sql``."""
    return (QUERIES / f"{query}.sql").read_text(encoding="utf-8")


def observations_sql(catalogue: Catalogue, kpi_ids: Sequence[str]) -> str:
    """``queries/observations.sql`` over the catalogue's compiled ``kpi`` and ``measure``."""
    compiled = measures.compiled(catalogue, kpi_ids)
    return f"with {compiled}\nselect * from ({sql('observations')}) as observation"


def table(name: str, columns: Sequence[str] = (), place: str = "") -> str:
    """All rows of a table, some columns or every one; of a certain place, or of that in use."""
    _refuse_other([name, *columns])
    return f"select {', '.join(columns) or '*'} from {f'{place}.' if place else ''}{name}"


def insertion(name: str, columns: Sequence[str], source: str) -> str:
    """Append the rows of what is registered as ``source`` to a table, by name of column."""
    _refuse_other([name, source, *columns])
    names = ", ".join(columns)
    return f"insert into {name} ({names}) select {names} from {source}"


def emptying(name: str) -> str:
    _refuse_other([name])
    return f"delete from {name}"


def reading_through(name: str) -> str:
    """Read every value of a table, to one figure."""
    return f"select bit_xor(hash(every)) as digest from ({table(name)}) as every"


def _refuse_other(names: Sequence[str]) -> None:
    if unknown := [word for word in names if not WORD.fullmatch(word)]:
        raise ValueError(f"{unknown[0]!r} is not a table or column")


def place(database: str, schema: str = "main") -> str:
    """How a statement names where tables are."""
    return f'"{database}"."{schema}"'
