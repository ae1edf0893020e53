"""What the tests share: small returns, and months to put them in."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl

from kpi.catalogue import Dataset
from kpi.publication import Incoming

ROOT = Path(__file__).parents[1]


def months(count: int, start: date = date(2024, 4, 1)) -> list[date]:
    """``count`` first days of month from ``start`` on."""
    return [
        date(start.year + (start.month - 1 + n) // 12, (start.month - 1 + n) % 12 + 1, 1)
        for n in range(count)
    ]


def rows_of(dataset: Dataset, rows: Sequence[dict[str, object]]) -> pl.DataFrame:
    """Rows as ingest hands them on: ``line``, every column, a state beside each figure."""
    types = {
        "month": pl.Date,
        "count": pl.Int64,
        "number": pl.Decimal(12, 4),
        "money": pl.Decimal(14, 2),
        "flag": pl.Boolean,
    }
    schema: dict[str, pl.DataType | type[pl.DataType]] = {"line": pl.Int64}
    for column in dataset.columns:
        schema[column.name] = types.get(column.type, pl.String)
        if column.is_measure:
            schema[f"{column.name}_state"] = pl.String
    decimals = {column.name for column in dataset.columns if column.type in ("number", "money")}
    filled = [
        {"line": number}
        | {
            name: Decimal(str(value)) if name in decimals and value is not None else value
            for name, value in row.items()
        }
        for number, row in enumerate(rows, 2)
    ]
    return pl.DataFrame(filled, schema=schema)


def incoming(
    dataset: Dataset, rows: Sequence[dict[str, object]], sha256: str = "a" * 64, reason: str = ""
) -> Incoming:
    return Incoming(
        dataset=dataset,
        file=f"{dataset.dataset_id}.csv",
        sha256=sha256,
        rows=rows_of(dataset, rows),
        findings=0,
        reason=reason,
    )
