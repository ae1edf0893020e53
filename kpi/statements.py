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
    if unknown := [word for word in (name, *columns) if not WORD.fullmatch(word)]:
        raise ValueError(f"{unknown[0]!r} is not a table or column")
    return f"select {', '.join(columns) or '*'} from {f'{place}.' if place else ''}{name}"


def place(database: str, schema: str = "main") -> str:
    """How a statement names where tables are."""
    return f'"{database}"."{schema}"'
