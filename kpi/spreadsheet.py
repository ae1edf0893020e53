"""A table as the CSV file that people open: right letters in Excel, and no cell that runs."""

import polars as pl
import polars.selectors as cs

from kpi.ingest.characters import defused


def csv(rows: pl.DataFrame) -> bytes:
    """UTF-8 with a mark at the start; text that begins as a formula gets an apostrophe before it.

    Figures stay figures, and what is typed or uploaded stays text, whoever opens it.
    """
    return harmless(rows).write_csv().encode("utf-8-sig")


def harmless(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with every text made such that no spreadsheet runs it."""
    return rows.with_columns(defused(pl.col(name)).alias(name) for name in _texts(rows))


def _texts(rows: pl.DataFrame) -> list[str]:
    return rows.select(cs.string()).columns
