"""Text to cells: rows numbered as a spreadsheet shows them, each as wide as the header.

Without a quotation mark a row is a line, and polars splits the whole file at once. With one, the
csv module reads it exactly, which takes longer. Both give the same table.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice

import polars as pl

from kpi.ingest.characters import defused, trimmed
from kpi.ingest.findings import Frames, about_cells, about_file, count
from kpi.ingest.header import Header

BATCH_CHARACTERS = 8 * 1024 * 1024
BATCH_ROWS = 50_000
# Stands after the last row; inside a cell it proves that a quotation mark was never closed.
# Decoding has replaced every control character, so no file holds it.
END = "\x02"
RECORDS = {"line": pl.Int64, "cells": pl.List(pl.String)}
BROKEN = {"line": pl.Int64, "text": pl.String}


@dataclass(frozen=True, kw_only=True)
class Table:
    """The rows under a header.

    ``cells``: line, and a text column ``"0"``, ``"1"``, … for each heading: trimmed, blank as null.
    ``broken``: line, text: the rows that have not as many cells as the header, as CSV.
    """

    cells: pl.DataFrame
    broken: pl.DataFrame
    findings: Frames


def read(text: str, header: Header) -> Table:
    """The rows of a file below its header; blank rows are skipped, no row is ever shifted."""
    split = quoted if '"' in text else plain
    parts = [
        _shape(batch.filter(pl.col("line") > header.line), len(header.cells))
        for batch in split(text, header.separator)
    ]
    return Table(
        cells=pl.concat([part.cells for part in parts]),
        broken=pl.concat([part.broken for part in parts]),
        findings=_findings(parts, header),
    )


def plain(text: str, separator: str) -> Iterator[pl.DataFrame]:
    """Batches of records (line, cells) of a text without quotation marks."""
    text = text.removesuffix("\n")
    start, line = 0, 1
    while start <= len(text):
        end = text.find("\n", start + BATCH_CHARACTERS)
        end = len(text) if end < 0 else end
        lines = pl.Series("cells", [text[start:end]]).str.split("\n").explode()
        numbers = pl.int_range(line, line + len(lines), eager=True, dtype=pl.Int64).alias("line")
        yield pl.DataFrame([numbers, lines.str.split(separator)])
        start, line = end + 1, line + len(lines)


def quoted(text: str, separator: str) -> Iterator[pl.DataFrame]:
    """Batches of records (line, cells) of any text."""
    csv.field_size_limit(len(text) + len(END))
    rows = csv.reader(chain(_lines(text), [END]), delimiter=separator)
    line = 1
    while batch := list(islice(rows, BATCH_ROWS)):
        if batch[-1] == [END]:
            batch.pop()
        numbers = range(line, line + len(batch))
        yield pl.DataFrame({"line": numbers, "cells": batch}, schema=RECORDS)
        line += len(batch)


def _lines(text: str) -> Iterator[str]:
    start = 0
    while (end := text.find("\n", start)) >= 0:
        yield text[start : end + 1]
        start = end + 1
    if start < len(text):
        yield text[start:]


@dataclass(frozen=True, kw_only=True)
class _Part:
    cells: pl.DataFrame
    broken: pl.DataFrame
    misfits: pl.DataFrame
    unclosed: pl.DataFrame
    blank: int
    longer: int


def _shape(records: pl.DataFrame, width: int) -> _Part:
    """Sort records into rows that fit, rows that do not, and blank ones."""
    is_open = pl.col("cells").list.last().str.ends_with(END).fill_null(False)
    blank = _blank(records)
    records = records.filter(~blank).with_columns(width=pl.col("cells").list.len())
    unclosed = records.filter(is_open)
    rest = records.filter(~is_open) if unclosed.height else records
    longer = rest.filter(pl.col("width") > width).filter(
        _is_blank(pl.col("cells").list.slice(width))
    )
    fits = pl.col("width") == width
    if longer.height:
        fits |= pl.col("line").is_in(longer["line"].implode())
    misfits = rest.filter(~fits)
    return _Part(
        cells=rest.filter(fits).select(
            "line",
            *(trimmed(pl.col("cells").list.get(n)).alias(str(n)) for n in range(width)),
        ),
        broken=pl.concat([misfits, unclosed]).select("line", text=_as_line()),
        misfits=misfits.select(
            "line",
            "width",
            columns=pl.lit(width),
            text=pl.col("cells").list.join(" "),
        ),
        unclosed=unclosed.select("line", text=pl.lit(None, pl.String)),
        blank=blank.sum(),
        longer=longer.height,
    )


def _blank(records: pl.DataFrame) -> pl.Series:
    """Which records hold nothing but spaces; few have a blank first cell, so few are joined."""
    first = trimmed(pl.col("cells").list.first())
    hollow = records.filter(first.is_null()).filter(_is_blank(pl.col("cells")))
    return records["line"].is_in(hollow["line"].implode())


def _is_blank(cells: pl.Expr) -> pl.Expr:
    return trimmed(cells.list.join("")).is_null()


def _as_line() -> pl.Expr:
    """A row that does not fit, as a line of CSV, for the corrected copy."""
    cell = defused(pl.element().str.replace_all(END, "", literal=True))
    return pl.col("cells").list.eval(as_cell(cell)).list.join(",")


def as_cell(text: pl.Expr) -> pl.Expr:
    """Text as a cell of CSV: in quotation marks where it must be."""
    marked = '"' + text.str.replace_all('"', '""', literal=True) + '"'
    return pl.when(text.str.contains(r'[",;|\t\n\r]|^\s|\s$')).then(marked).otherwise(text)


def _findings(parts: list[_Part], header: Header) -> Frames:
    misfits = pl.concat([part.misfits for part in parts])
    unclosed = pl.concat([part.unclosed for part in parts])
    wide = pl.col("width") > pl.col("columns")
    found = [
        about_cells("row_too_long", misfits.filter(wide)),
        about_cells("row_too_short", misfits.filter(~wide)),
        about_cells("quote_not_closed", unclosed),
    ]
    if blank := sum(part.blank for part in parts):
        found.append(about_file("blank_rows", hint=count(blank, "blank row")))
    if longer := sum(part.longer for part in parts):
        found.append(about_file("trailing_cells", hint=count(longer, "row")))
    return found
