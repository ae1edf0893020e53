"""Typed values as text, one way everywhere: corrected copies, findings, lists of changes."""

import polars as pl

from kpi.catalogue import Column


def as_text(column: Column, name: str | None = None) -> pl.Expr:
    """A column's values as an officer would write them; null stays null.

    Months are 2025-03, lists A1;A2, flags Y or N, numbers without idle zeros, money with pence.
    ``name`` is where the values are, when not under the column's own name.
    """
    value = pl.col(name or column.name)
    match column.type:
        case "month":
            return value.dt.strftime("%Y-%m")
        case "list":
            return value.list.join(";")
        case "flag":
            return pl.when(value).then(pl.lit("Y")).when(~value).then(pl.lit("N"))
        case "number":
            return value.cast(pl.String).str.strip_chars_end("0").str.strip_chars_end(".")
        case _:
            return value.cast(pl.String)


def with_state(column: Column, suffix: str = "") -> pl.Expr:
    """``as_text``, with the marker where a figure was withheld."""
    text = as_text(column, column.name + suffix)
    if not column.is_measure:
        return text
    return pl.coalesce(pl.col(f"{column.name}_state{suffix}"), text)
