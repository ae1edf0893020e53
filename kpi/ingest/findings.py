"""Findings: what is wrong with a file, where, and how to mend it, as one frame."""

import re
from collections.abc import Sequence

import polars as pl

from kpi.ingest.kinds import KINDS, Kind
from kpi.records import Severity

SCHEMA = {
    "line": pl.Int64,
    "column": pl.String,
    "value": pl.String,
    "code": pl.String,
    "severity": pl.String,
    "message": pl.String,
}
SHOWN = 200
# A file that is wrong throughout would make more findings than cells fit in memory.
KEPT = 10_000
QUOTED = 60
GRAVITY = ["error", "warning", "information"]
FIELD = re.compile(r"{(\w+)}")
LINE_BREAKS = re.compile(r"\s*\n\s*")

Frames = list[pl.DataFrame]


def empty() -> pl.DataFrame:
    return pl.DataFrame(schema=SCHEMA)


def cut(text: str) -> str:
    """As much of a cell as a finding may quote."""
    text = LINE_BREAKS.sub(" ", text)
    return text if len(text) <= QUOTED else f"{text[: QUOTED - 1]}…"


def cut_column(name: str) -> pl.Expr:
    """``cut`` for a whole column; null stays null."""
    text = pl.col(name).str.slice(0, 4 * QUOTED).str.replace_all(LINE_BREAKS.pattern, " ")
    short = text.str.len_chars() <= QUOTED
    return pl.when(short).then(text).otherwise(text.str.slice(0, QUOTED - 1) + "…")


def about_file(
    code: str, *, line: int | None = None, column: str | None = None, value: str | None = None,
    hint: str = "", cells: str = "", where: str = "",
) -> pl.DataFrame:  # fmt: skip
    """One finding, about the file as a whole (``line`` null) or about one of its rows.

    ``where`` is what the message begins with, such as 'Row 4: '.
    """
    kind = KINDS[code]
    shown = None if value is None else cut(value)
    message = kind.message.format(value=f"'{shown}'", hint=hint, cells=cells)
    return _one(line, column, shown, code, kind.severity, where + message)


def finding(code: str, message: str, severity: Severity = "error") -> pl.DataFrame:
    """A finding about a whole file that is made outside ingest, such as two files of one month."""
    return _one(None, None, None, code, severity, message)


def _one(*cells: object) -> pl.DataFrame:
    return pl.DataFrame([cells], schema=SCHEMA, orient="row")


def about_cells(
    code: str, cells: pl.DataFrame, column: str | None = None, kind: Kind | None = None
) -> pl.DataFrame:
    """A finding for each row of ``cells``, up to KEPT, and then one that counts the others.

    ``cells`` has line, text (the cell, or null) and whatever else the message of the kind quotes.
    """
    if cells.is_empty():
        return empty()
    kind = kind or KINDS[code]
    listed = cells.head(KEPT).with_columns(shown=cut_column("text"))
    where = f", {column}: " if column else ": "
    found = listed.select(
        line=pl.col("line").cast(pl.Int64),
        column=pl.lit(column, pl.String),
        value=pl.col("shown"),
        code=pl.lit(code),
        severity=pl.lit(kind.severity),
        message=pl.format("Row {}{}{}", pl.col("line"), pl.lit(where), say(kind.message)),
    )
    return _with_the_rest(found, cells.height - listed.height)


def _with_the_rest(found: pl.DataFrame, others: int) -> pl.DataFrame:
    if not others:
        return found
    first = found.row(0, named=True)
    message = f"{others:,} more rows have the same fault as the {KEPT:,} listed."
    rest = _one(None, first["column"], None, first["code"], first["severity"], message)
    return pl.concat([found, rest])


def say(template: str) -> pl.Expr:
    """A message for each row: ``{value}`` is the quoted cell, other names are columns."""
    names = FIELD.findall(template)
    if not names:
        return pl.lit(template)
    return pl.format(FIELD.sub("{}", template), *[_field(name) for name in names])


def _field(name: str) -> pl.Expr:
    if name == "value":
        return pl.format("'{}'", pl.col("shown").fill_null("blank"))
    return pl.col(name).cast(pl.String).fill_null("blank")


def count(number: int, one: str, many: str = "") -> str:
    """``count(3, "cell")`` is '3 cells'."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def in_order(frames: Frames, names: Sequence[str]) -> pl.DataFrame:
    """All findings: those about the file first, then row by row, in the order of the columns.

    ``names`` are the columns; findings of one cell, or of the file, keep the order of the check.
    """
    found = pl.concat([empty(), *frames])
    place = {name: position for position, name in enumerate(names)}
    position = pl.col("column").replace_strict(place, default=-1, return_dtype=pl.Int32)
    return found.sort("line", position, nulls_last=False, maintain_order=True)


def shown(findings: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """The findings to show, gravest first and SHOWN at most, and how many there are in all."""
    gravity = pl.col("severity").replace_strict(GRAVITY, range(3), return_dtype=pl.Int8)
    return findings.sort(gravity, maintain_order=True).head(SHOWN), findings.height
