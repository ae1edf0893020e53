"""The sample store grown to a number of rows: every return's rows again and again, as more workers.

A figure that is a sum grows with it. What a page reads, groups and rolls up grows as it would with
more rows a team and month; organisations, months and measures stay as many as they are.
"""

from pathlib import Path

import duckdb

from kpi.catalogue import Catalogue


def grow(store: Path, book: Catalogue, rows: int) -> int:
    """Rows of returns that the store then holds: ``rows`` or a little more."""
    names = [name for name, one in book.returns.items() if one.org_column]
    with duckdb.connect(str(store)) as connection:

        def held() -> int:
            return sum(len(connection.table(name)) for name in names)

        times = -(-rows // held())
        for name in names:
            sort = f"{book.datasets[name].org_column}, period, line"
            connection.execute(
                f"create or replace table {name} as select data.* from {name} as data, "
                f"range({times}) order by {sort}"
            ).fetchall()
        connection.execute("checkpoint").fetchall()
        return held()
