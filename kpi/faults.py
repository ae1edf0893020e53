"""What was found in files, as HTML: a table of the files, then what is wrong, gravest first.

Pure: findings come in, HTML goes out.
"""

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import polars as pl

from kpi import block, card
from kpi.card import Column

Row = Mapping[str, Any]

FIRST = 20  # findings of one kind that are shown before the rest is only counted
SHARED = 3  # files that have to share a finding before it is told once for all of them
PLACE = re.compile(r"^Row \d+(, \w+)?: ")
CELLS = r" \([\d,]+ cells?\)"
SEVERITY = {
    "error": ("Must be mended", "■"),
    "warning": ("Please look at", "▲"),
    "information": ("Put right or noted", "●"),
}


def files(entries: Sequence[Row]) -> str:
    """One row a file: what it is, its months, and its state in a word."""
    heads = ("File", "State", "Return", "Months", "Rows")
    names = ("file", "state", "dataset", "months", "rows")
    cells = ([escape(str(entry[name])) for name in names] for entry in entries)
    return block.stacked_table("The files you chose", heads, cells)


def findings(rows: pl.DataFrame) -> str:
    """Findings, the gravest first and those of one kind together, as far as they can be read."""
    parts = []
    for title, found in _by_severity(rows.with_columns(many=pl.lit(1))):
        kinds = [kind for _, kind in found.group_by("code", maintain_order=True)]
        parts.append(card.table(pl.concat([_first_of(kind) for kind in kinds]), FINDING, title))
    return f'<div class="kpi-findings">{"".join(parts)}</div>'


def together(rows: pl.DataFrame) -> str:
    """The same of several files (named in ``file``); what many of them share is told once."""
    parts = []
    for title, found in _by_severity(_shared(rows)):
        kinds = [kind for _, kind in found.group_by("file", "code", maintain_order=True)]
        listed = pl.concat([_first_of(kind) for kind in kinds])
        heads = ("File", *(column.title for column in FINDING))
        cells = (
            [escape(row["file"]), _line(row), escape(row["column"] or "–"), escape(_message(row))]
            for row in listed.iter_rows(named=True)
        )
        parts.append(block.stacked_table(title, heads, cells))
    return f'<div class="kpi-together">{"".join(parts)}</div>'


def _by_severity(rows: pl.DataFrame) -> list[tuple[str, pl.DataFrame]]:
    """Title and findings of each severity that there is; ``many`` is how many a row stands for."""
    parts = []
    for severity, (title, symbol) in SEVERITY.items():
        found = rows.filter(severity=severity)
        if not found.is_empty():
            parts.append((f"{symbol} {title} ({found['many'].sum():,})", found))
    return parts


def _shared(rows: pl.DataFrame) -> pl.DataFrame:
    """Findings with those that SHARED files have in the same words as one, which counts them."""
    bare = pl.col("message").str.replace(PLACE.pattern, "").str.replace(CELLS, "")
    told = rows.with_columns(bare=bare)
    alike = ["severity", "code", "bare"]
    groups = told.group_by(alike).agg(files=pl.col("file").n_unique(), many=pl.len())
    both = told.join(groups, on=alike, maintain_order="left")
    once = both.filter(pl.col("files") >= SHARED).unique(alike, keep="first", maintain_order=True)
    once = once.with_columns(
        file=pl.format("{} files", "files"), line=pl.lit(None, pl.Int64), message="bare"
    )
    alone = both.filter(pl.col("files") < SHARED).with_columns(many=pl.lit(1, both.schema["many"]))
    return pl.concat([once, alone])


def _first_of(kind: pl.DataFrame) -> pl.DataFrame:
    """The first findings of a kind, and a row that counts the others."""
    others = kind.height - FIRST
    if others <= 0:
        return kind
    rest = kind.head(1).with_columns(
        line=pl.lit(None, pl.Int64),
        message=pl.lit(f"{others:,} more like these; the download has them all."),
    )
    return pl.concat([kind.head(FIRST), rest])


def _line(row: Row) -> str:
    return "–" if row["line"] is None else str(row["line"])


def _message(row: Row) -> str:
    """The sentence without its row and column, which stand beside it."""
    return PLACE.sub("", row["message"])


FINDING = [
    Column(name="line", title="Line", numeric=True, show=_line),
    Column(name="column", title="Column", show=lambda row: row["column"] or "–"),
    Column(name="message", title="What is found, and what to do", show=_message),
]
