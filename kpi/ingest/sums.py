"""Declared totals and the rows that must meet them, such as the lines of a budget."""

from collections.abc import Iterator
from decimal import Decimal

import polars as pl

from kpi.catalogue import Column, Dataset, Total
from kpi.ingest.findings import Frames, about_cells, count
from kpi.ingest.kinds import KINDS
from kpi.ingest.rendering import as_text


def judge(rows: pl.DataFrame, dataset: Dataset) -> Frames:
    """Totals that their parts do not meet, and parts without a total."""
    return [frame for total in dataset.totals for frame in _judge(rows, total, dataset)]


def _judge(rows: pl.DataFrame, total: Total, dataset: Dataset) -> Iterator[pl.DataFrame]:
    names = [_named(dataset.column(name)) for name in total.by]
    told = rows.with_columns(whose=pl.concat_str(names, separator=", "))
    parts = told.filter(pl.sql_expr(total.parts))
    wholes = told.filter(pl.sql_expr(total.whole))
    sums = parts.group_by("whose").agg(
        pl.col(total.columns).sum(), *_given(total), parts=pl.len(), line=pl.col("line").min()
    )
    yield _undeclared(total, sums.join(wholes, on="whose", how="anti"))
    for name in total.columns:
        both = wholes.join(sums, on="whose", suffix="_sum").filter(pl.col(f"{name}_given") > 0)
        yield _unmet(total, dataset.column(name), both)


def _named(column: Column) -> pl.Expr:
    """What parts have in common: ``November 2022``, but ``tranche two``."""
    text = as_text(column).fill_null("blank")
    return pl.format("{} {}", pl.lit(column.name), text) if column.codes else text


def _given(total: Total) -> list[pl.Expr]:
    """How many parts give each figure: a column that none gives is not added up."""
    return [pl.col(name).count().alias(f"{name}_given") for name in total.columns]


def _undeclared(total: Total, sums: pl.DataFrame) -> pl.DataFrame:
    cells = sums.sort("line").select("line", text="whose", parts=_parts(total))
    return about_cells(total.code, cells, None, KINDS["total_missing"])


def _parts(total: Total) -> pl.Expr:
    return pl.col("parts").map_elements(
        lambda many: count(many, total.noun), return_dtype=pl.String
    )


def _unmet(total: Total, column: Column, both: pl.DataFrame) -> pl.DataFrame:
    declared, found = pl.col(column.name), pl.col(f"{column.name}_sum")
    cells = both.filter(declared != found).select(
        "line",
        "whose",
        text=as_text(column),
        name=pl.lit(column.name),
        declared=_amount(column.name, column),
        found=_amount(f"{column.name}_sum", column),
        parts=_parts(total),
        gap=(found - declared).map_elements(lambda gap: _gap(gap, column), return_dtype=pl.String),
    )
    return about_cells(total.code, cells, column.name, KINDS["total_differs"])


def _amount(name: str, column: Column) -> pl.Expr:
    return pl.col(name).map_elements(lambda figure: amount(figure, column), return_dtype=pl.String)


def _gap(gap: Decimal | int, column: Column) -> str:
    return f"{amount(abs(gap), column)} too {'much' if gap > 0 else 'little'}"


def amount(figure: Decimal | int, column: Column) -> str:
    """A figure as an officer reads it: ``£6,489,000``, pence only where there are any."""
    text = f"{figure:,.2f}".removesuffix(".00")
    return f"£{text}" if column.type == "money" else text
