"""What work inside a transaction may do. Only ``kpi.store`` opens one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import polars as pl

from kpi import statements
from kpi.catalogue import Catalogue
from kpi.statements import observations_sql, sql
from kpi.stream import Stream


class Transaction:
    """What work inside a transaction may do: read, write by a named query, append rows."""

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor

    def read(self, query: str, **parameters: Any) -> pl.DataFrame:
        return frame(self._cursor, sql(query), parameters)

    def table(
        self, name: str, columns: Sequence[str] = (), loads: tuple[int, int] | None = None
    ) -> pl.DataFrame:
        """All rows of a table, or those of a range of loads; of some columns or of all."""
        if loads is None:
            return frame(self._cursor, statements.table(name, columns), {})
        text = f"{statements.table(name, columns)} where load_id between $first and $last"
        return frame(self._cursor, text, {"first": loads[0], "last": loads[1]})

    def read_through(self, name: str) -> None:
        """Read every value of a table, for damage is found only where it is read."""
        self.run([statements.reading_through(name)])

    def observations(
        self, catalogue: Catalogue, kpi_ids: Sequence[str], org_ids: Sequence[str], as_at: datetime
    ) -> pl.DataFrame:
        """The raw observation frame as this transaction would leave it."""
        text = observations_sql(catalogue, kpi_ids)
        return frame(self._cursor, text, {"org_ids": list(org_ids), "as_at": as_at})

    def write(self, query: str, **parameters: Any) -> None:
        self._cursor.execute(sql(f"write/{query}"), parameters or None).fetchall()

    def run(self, texts: Sequence[str]) -> None:
        """Run statements of the schema, one after the other."""
        for text in texts:
            self._cursor.execute(text).fetchall()

    def append(self, table: str, rows: pl.DataFrame) -> None:
        """Append ``rows`` to ``table`` by column name."""
        if rows.is_empty():
            return
        self._cursor.register("incoming", Stream(rows))
        self.run([statements.insertion(table, rows.columns, "incoming")])
        self._cursor.unregister("incoming")

    def empty(self, table: str) -> None:
        """Take every row of ``table`` away, to fill it anew."""
        self.run([statements.emptying(table)])

    def audit(self, at: datetime, who: str, action: str, subject: str, detail: str) -> None:
        """Record an act; its number is the data version that every cache is keyed by."""
        self.write("audit", at=at, who=who, action=action, subject=subject, detail=detail)


def frame(cursor: Any, text: str, parameters: dict[str, Any]) -> pl.DataFrame:
    """The answer to a statement; parameters that it does not name are left out."""
    used = {name: value for name, value in parameters.items() if f"${name}" in text}
    return cursor.sql(text, params=used or None).pl()
