"""Text to cells: rows numbered as a spreadsheet shows them, each as wide as the header.

A file without quotation marks whose every line has its cells is read at once, as most are. Where
a line has more cells or fewer, the lines are split one by one, and where there is a quotation mark
the csv module reads them, which takes longest. All three ways give the same table.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

import polars as pl

from kpi.ingest.characters import defused, trimmed
from kpi.ingest.findings import Frames, about_cells, about_file, count
from kpi.ingest.header import Header

BATCH_CHARACTERS = 4 * 1024 * 1024
BATCH_ROWS = 10_000
# The csv module's own limit is 131,072, which a quotation mark left open soon exceeds.
LONGEST_CELL = 2**31 - 1
# Decoding has replaced every control character, so no file holds these. END stands after the last
# row: inside a cell it proves that a quotation mark was never closed. BETWEEN joins cells.
END, BETWEEN = "\x02", "\x1f"
BROKEN = {"line": pl.Int64, "text": pl.String}
# A number such as 1,204 that became two cells.
SPLIT_NUMBER = r"(^|,) *-?\d{1,3},\d{3} *(\.\d+)?(,|$)"


@dataclass(frozen=True, kw_only=True)
class Table:
    """The rows under a header.

    ``cells``: line, and a text column ``"0"``, ``"1"``, … for each heading: trimmed, blank as null.
    ``broken``: line, text: the rows that have not as many cells as the header, as CSV.
    """

    cells: pl.DataFrame
    broken: pl.DataFrame
    findings: Frames


def read(text: str, header: Header, *, has_prose: bool) -> Table:
    """The rows of a file below its header; blank rows are skipped, no row is ever shifted.

    ``has_prose``: whether a column holds free text, in which a separator may hide.
    """
    if (whole := even(text, header)) is not None:
        return whole
    split = quoted if '"' in text else plain
    batches = (_below(header, batch) for batch in split(text, header.separator))
    parts = [_shape(batch, header, has_prose) for batch in batches]
    return Table(
        cells=pl.concat([part.cells for part in parts]),
        broken=pl.concat([part.broken for part in parts]),
        findings=_findings(parts),
    )


def even(text: str, header: Header) -> Table | None:
    """The table of a text without quotation marks in which every row is as wide as the header.

    The reader refuses longer rows, and fills shorter ones with blanks; where the last column has a
    blank, the number of separators tells whether there was any.
    """
    width = len(header.cells)
    start = _start(text, header.line)
    rows = text.count("\n", start) + (not text.endswith("\n"))
    if '"' in text or width < 2 or not rows:
        return None
    names = [str(place) for place in range(width)]
    try:
        cells = pl.read_csv(
            text.encode(),
            has_header=False,
            skip_lines=header.line,
            schema=dict.fromkeys(names, pl.String),
            separator=header.separator,
            quote_char=None,
        )
    except pl.exceptions.PolarsError:
        return None
    may_be_short = cells.height != rows or cells[names[-1]].null_count() > 0
    if may_be_short and text.count(header.separator, start) != (width - 1) * rows:
        return None
    lines = pl.int_range(header.line + 1, header.line + 1 + rows, dtype=pl.Int64, eager=True)
    cells = _trim(cells, text).insert_column(0, lines.alias("line"))
    kept = cells.filter(~_is_nothing(names)) if cells["0"].null_count() else cells
    return Table(
        cells=kept,
        broken=pl.DataFrame(schema=BROKEN),
        findings=_blank_rows(cells.height - kept.height),
    )


def _trim(cells: pl.DataFrame, text: str) -> pl.DataFrame:
    """The cells trimmed, as :func:`trimmed`; most columns have none that is not, which is seen."""
    if text.isascii() and "\t" not in text:
        spaced = pl.all().str.starts_with(" ") | pl.all().str.ends_with(" ")
        padded = [column.name for column in cells.select(spaced.any()) if column.item()]
    else:
        padded = cells.columns
    return cells.with_columns(trimmed(pl.col(name)) for name in padded)


def _start(text: str, line: int) -> int:
    """Where the line after ``line`` begins; the end of the text when there is none."""
    start = 0
    for _ in range(line):
        start = text.find("\n", start) + 1 or len(text)
    return start


def _is_nothing(names: Sequence[str]) -> pl.Expr:
    return pl.all_horizontal(pl.col(name).is_null() for name in names)


def _below(header: Header, records: pl.DataFrame) -> pl.DataFrame:
    if records.is_empty() or records["line"][0] > header.line:
        return records
    return records.filter(pl.col("line") > header.line)


def plain(text: str, separator: str) -> Iterator[pl.DataFrame]:
    """Batches of records (line, cells) of a text without quotation marks."""
    text = text.removesuffix("\n")
    start, line = 0, 1
    while start <= len(text):
        end = text.find("\n", start + BATCH_CHARACTERS)
        end = len(text) if end < 0 else end
        lines = pl.Series([text[start:end]]).str.split("\n").explode()
        yield _records(line, lines, separator)
        start, line = end + 1, line + len(lines)


def _records(first: int, rows: pl.Series, separator: str) -> pl.DataFrame:
    numbers = pl.int_range(first, first + len(rows), dtype=pl.Int64, eager=True)
    return pl.DataFrame({"line": numbers, "cells": rows.str.split(separator)})


def quoted(text: str, separator: str) -> Iterator[pl.DataFrame]:
    """Batches of records (line, cells) of any text."""
    csv.field_size_limit(LONGEST_CELL)
    rows = csv.reader(chain(_lines(text), [END]), delimiter=separator)
    line = 1
    while batch := list(islice(rows, BATCH_ROWS)):
        if batch[-1] == [END]:
            batch.pop()
        yield _records(
            line, pl.Series([BETWEEN.join(row) for row in batch], dtype=pl.String), BETWEEN
        )
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
    """What one batch holds; ``misfits``: line, text, width, columns; ``unclosed``: line, text."""

    cells: pl.DataFrame
    broken: pl.DataFrame
    misfits: pl.DataFrame
    unclosed: pl.DataFrame
    blank: int
    longer: int


def _shape(records: pl.DataFrame, header: Header, has_prose: bool) -> _Part:
    """Sort records into rows that fit, rows that do not, and blank ones."""
    width = len(header.cells)
    blank = _blank(records)
    rows = records.filter(~blank) if blank.any() else records
    unclosed, rows = _parted(rows, pl.col("cells").list.last().str.ends_with(END))
    fits, others = _parted(rows, pl.col("cells").list.len() == width)
    longer, misfits = _parted(others, _only_ends_empty(header, has_prose))
    if longer.height:
        fits = pl.concat([fits, longer]).sort("line")
    return _Part(
        cells=fits.select("line", *(_place(place) for place in range(width))),
        broken=pl.concat(
            [
                misfits.select("line", text=_as_line(pl.col("cells"))),
                unclosed.select("line", text=_as_open_line()),
            ]
        ),
        misfits=misfits.select(
            "line",
            text=pl.col("cells").list.join(" "),
            width=pl.col("cells").list.len(),
            columns=pl.lit(width),
        ),
        unclosed=unclosed.select("line", text=pl.lit(None, pl.String)),
        blank=int(blank.sum()),
        longer=longer.height,
    )


def _only_ends_empty(header: Header, has_prose: bool) -> pl.Expr:
    """Whether a longer row is the header's columns and empty cells after them, beyond doubt.

    It is, when the header has as many empty cells. Otherwise a separator inside a cell (1,204 or
    a sentence) may have moved the others to the right, into what was a blank last column.
    """
    cells, width = pl.col("cells"), len(header.cells)
    empty = (cells.list.len() > width) & _is_blank(cells.list.slice(width))
    if has_prose:
        return empty & (cells.list.len() == header.width)
    within = cells.list.head(width)
    moved = within.list.join(header.separator).str.contains(SPLIT_NUMBER)
    is_sure = ~moved & trimmed(within.list.last()).is_not_null()
    return empty & ((cells.list.len() == header.width) | is_sure)


def _parted(rows: pl.DataFrame, condition: pl.Expr) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows that meet a condition, and those that do not; a whole batch is not copied."""
    meets = rows.select(condition.fill_null(False)).to_series()
    if meets.all():
        return rows, rows.clear()
    if not meets.any():
        return rows.clear(), rows
    return rows.filter(meets), rows.filter(~meets)


def _place(place: int) -> pl.Expr:
    return trimmed(pl.col("cells").list.get(place)).alias(str(place))


def _blank(records: pl.DataFrame) -> pl.Series:
    """Which records hold nothing but spaces; few have a blank first cell, so few are joined."""
    first = trimmed(pl.col("cells").list.first())
    hollow = records.filter(first.is_null()).filter(_is_blank(pl.col("cells")))
    return records["line"].is_in(hollow["line"].implode())


def _is_blank(cells: pl.Expr) -> pl.Expr:
    return trimmed(cells.list.join("")).is_null()


def _as_line(cells: pl.Expr) -> pl.Expr:
    """A row that does not fit, as a line of CSV, for the corrected copy."""
    return cells.list.eval(as_cell(defused(pl.element()))).list.join(",")


def _as_open_line() -> pl.Expr:
    """A row whose last quotation mark is open, as it was: closing it would hide the fault."""
    cells = pl.col("cells")
    rest = cells.list.last().str.strip_suffix(END).str.replace_all('"', '""', literal=True)
    return pl.concat_str(
        [_as_line(cells.list.slice(0, cells.list.len() - 1)), '"' + rest], separator=","
    )


def as_cell(text: pl.Expr) -> pl.Expr:
    """Text as a cell of CSV: in quotation marks where it must be."""
    marked = '"' + text.str.replace_all('"', '""', literal=True) + '"'
    return pl.when(text.str.contains(r'[",;|\t\n\r]|^\s|\s$')).then(marked).otherwise(text)


def _blank_rows(number: int) -> Frames:
    return [about_file("blank_rows", hint=count(number, "blank row"))] if number else []


def _findings(parts: list[_Part]) -> Frames:
    misfits = pl.concat([part.misfits for part in parts])
    unclosed = pl.concat([part.unclosed for part in parts])
    wide = pl.col("width") > pl.col("columns")
    found = [
        about_cells("row_too_long", misfits.filter(wide)),
        about_cells("row_too_short", misfits.filter(~wide)),
        about_cells("quote_not_closed", unclosed),
    ]
    found += _blank_rows(sum(part.blank for part in parts))
    if longer := sum(part.longer for part in parts):
        found.append(about_file("trailing_cells", hint=count(longer, "row")))
    return found
