"""Tables as HTML: columns that say how a cell is written, and the region in which they scroll.

Whatever comes from data is escaped.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any

import polars as pl

Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a table. ``show`` writes a cell from its row; with ``markup`` it writes HTML.

    Without ``show`` the cell is the row's ``name`` as text, and a dash where that is null.
    """

    name: str
    title: str
    show: Callable[[Row], str] | None = None
    numeric: bool = False
    markup: bool = False


def table(rows: pl.DataFrame, columns: Sequence[Column], caption: str, name: str = "") -> str:
    """A table for reading and for screen readers; the first column names the row.

    With a ``name`` of its own on the page a table can be sorted by its headings, and the address
    says how (``?sort=name.column.down``).
    """
    heads = "".join(_head(column, sortable=bool(name)) for column in columns)
    body = "".join(_table_row(row, columns, bool(name)) for row in rows.iter_rows(named=True))
    known = f' data-kpi-table="{escape(name)}"' if name else ""
    return region(
        caption,
        f'<table class="kpi-table"{known}><caption>{escape(caption)}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>",
    )


def _head(column: Column, sortable: bool) -> str:
    title = escape(column.title)
    if not sortable:
        return f'<th scope="col"{_aligned(column)}>{title}</th>'
    button = f'<button type="button" class="kpi-sort">{title}</button>'
    return f'<th scope="col"{_aligned(column)} aria-sort="none">{button}</th>'


def _table_row(row: Row, columns: Sequence[Column], sortable: bool) -> str:
    first, *others = columns
    head = f'<th scope="row"{_aligned(first)}{_rank(row, first, sortable)}>{cell(row, first)}</th>'
    cells = (
        f"<td{_aligned(column)}{_rank(row, column, sortable)}>{cell(row, column)}</td>"
        for column in others
    )
    return f"<tr>{head}{''.join(cells)}</tr>"


def _rank(row: Row, column: Column, sortable: bool) -> str:
    """What a cell is sorted by where its words would be in another order: a date's days."""
    value = row.get(column.name)
    return f' data-sort="{value.isoformat()}"' if sortable and isinstance(value, date) else ""


def _aligned(column: Column) -> str:
    return ' class="kpi-number"' if column.numeric else ""


def cell(row: Row, column: Column) -> str:
    """A cell as HTML: what the column writes, or its text, or a dash."""
    if column.show is None:
        value = row[column.name]
        return "–" if value is None else escape(str(value))
    text = column.show(row)
    return text if column.markup else escape(text)


def region(name: str, body: str) -> str:
    """Whatever is wider than the screen scrolls in a region that has a name and takes the keys."""
    attributes = f'class="kpi-region" role="region" tabindex="0" aria-label="{escape(name)}"'
    return f"<div {attributes}>{body}</div>"
