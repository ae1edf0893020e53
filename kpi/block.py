"""Blocks of HTML around charts: their message, their source, their folded table, definitions.

Every string that comes from data is escaped.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from html import escape
from typing import Any

import polars as pl

from kpi import card, theme
from kpi.columns import cell
from kpi.columns import region as region

Row = Mapping[str, Any]


def chart_head(title: str, subtitle: str, anchor: str = "") -> str:
    """The message over a chart, and under it what is measured; ``anchor`` is its place's name."""
    place = f' id="{escape(anchor)}"' if anchor else ""
    return f'<div class="kpi-head"{place}><h2>{escape(title)}</h2><p>{escape(subtitle)}</p></div>'


def chart_acts(name: str, source: str) -> str:
    """What a reader can take away from a chart: two kinds of picture and the address of the view.

    ``name``: the chart's anchor and the name of its files; ``source`` is written under a picture.
    """
    name = escape(name)
    pictures = "".join(
        f'<button type="button" data-kpi-picture="{kind}" data-kpi-name="{name}">'
        f"Picture ({kind.upper()})</button>"
        for kind in ("png", "svg")
    )
    link = f'<button type="button" data-kpi-anchor="{name}">Copy link to this view</button>'
    return f'<div class="kpi-acts" data-kpi-source="{escape(source)}">{pictures}{link}</div>'


def folded_events(events: pl.DataFrame) -> str:
    """What the numbers over a trend stand for, one tap away."""
    if events.is_empty():
        return ""
    return (
        '<details class="kpi-fold"><summary>What the numbers over the chart stand for</summary>'
        f"{card.events_list(events)}</details>"
    )


def source_line(text: str) -> str:
    """Where the figures of a chart come from."""
    return f'<p class="kpi-source">{escape(text)}</p>'


def folded_table(
    rows: pl.DataFrame, columns: Sequence[card.Column], caption: str, name: str = ""
) -> str:
    """The table twin of a chart, one tap away; sortable where it has a ``name``."""
    return folded("Show as a table", card.table(rows, columns, caption, name))


def folded(summary: str, body: str) -> str:
    """Something one tap away; ``body`` is HTML already."""
    return f'<details class="kpi-fold"><summary>{escape(summary)}</summary>{body}</details>'


def section(title: str, body: str) -> str:
    """A titled part of a page; ``body`` is HTML already."""
    return f'<section class="kpi-section"><h2>{escape(title)}</h2>{body}</section>'


def steps(listed: Sequence[tuple[str, str]]) -> str:
    """What happens, one thing after the other: a word for it, and a sentence."""
    items = "".join(
        f"<li><strong>{escape(word)}</strong> {escape(sentence)}</li>" for word, sentence in listed
    )
    return f'<ol class="kpi-steps">{items}</ol>'


def links(listed: Sequence[tuple[str, str]]) -> str:
    """Where to go from here: words and address."""
    items = (
        f'<a href="{escape(address)}" target="_self">{escape(words)}</a>'
        for words, address in listed
    )
    return f'<p class="kpi-links">{"".join(items)}</p>'


def stacked_table(
    caption: str,
    heads: Sequence[str],
    rows: Iterable[Sequence[str]],
    numeric: Collection[str] = (),
) -> str:
    """A table whose rows stand one cell under the other on a telephone. Cells are HTML already.

    The first cell of a row names it; ``numeric`` are the heads over figures. A browser that lays a
    table out as blocks forgets that it is one, so each part says what it is.
    """
    head = "".join(
        f'<th scope="col" role="columnheader"{_number(name, numeric)}>{escape(name)}</th>'
        for name in heads
    )
    body = "".join(_stacked_row(heads, row, numeric) for row in rows)
    return region(
        caption,
        f'<table class="kpi-table kpi-stack" role="table"><caption>{escape(caption)}</caption>'
        f'<thead role="rowgroup"><tr role="row">{head}</tr></thead>'
        f'<tbody role="rowgroup">{body}</tbody></table>',
    )


def stacked(rows: pl.DataFrame, columns: Sequence[card.Column], caption: str) -> str:
    """``card.table`` as a table that stands one cell under the other on a telephone."""
    heads = [column.title for column in columns]
    cells = [[cell(row, one) for one in columns] for row in rows.iter_rows(named=True)]
    return stacked_table(caption, heads, cells, {one.title for one in columns if one.numeric})


def _number(head: str, numeric: Collection[str]) -> str:
    return ' class="kpi-number"' if head in numeric else ""


def _stacked_row(heads: Sequence[str], row: Sequence[str], numeric: Collection[str]) -> str:
    first, *others = row
    cells = "".join(
        f'<td role="cell" data-head="{escape(head)}"'
        f"{_empty(cell) or _number(head, numeric)}><div>{cell}</div></td>"
        for head, cell in zip(heads[1:], others, strict=True)
    )
    name = f'<th scope="row" role="rowheader"><div>{first}</div></th>'
    return f'<tr role="row">{name}{cells}</tr>'


def _empty(cell: str) -> str:
    """A cell with nothing in it takes no line on a telephone."""
    return ' class="kpi-empty"' if cell in ("", "–") else ""


def numbered(names: Iterable[str]) -> str:
    """What the numbers in a figure stand for, where a screen is too narrow to write it beside."""
    items = "".join(f"<li>{escape(name)}</li>" for name in names)
    return f'<ol class="kpi-numbered">{items}</ol>'


def further(href: str, text: str) -> str:
    """A way on, in a line of its own; ``href`` is an address of this dashboard."""
    return f'<p class="kpi-further"><a href="{escape(href)}">{escape(text)}</a></p>'


def definition(title: str, lines: Mapping[str, str]) -> str:
    """Terms and what they mean."""
    items = "".join(
        f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in lines.items()
    )
    return section(title, f'<dl class="kpi-terms">{items}</dl>')


def plan_notes(newest: pl.DataFrame) -> str:
    """What the owners say of each priority, with the so-what beside it; one month."""
    items = "".join(_plan_note(row) for row in newest.iter_rows(named=True))
    month = theme.long_month(newest["period"][0]) if newest.height else ""
    return section(f"What was said for {month}", f'<div class="kpi-grid">{items}</div>')


def _plan_note(row: Row) -> str:
    chips = "".join(
        f'<p class="kpi-said">{name} {card.chip(theme.BRAG[row[name] or "none"])}</p>'
        for name in ("progress", "impact")
    )
    said = row["commentary"] or "No commentary was given."
    so_what = row["so_what"] or "Not answered."
    return (
        f'<article class="kpi-said-card"><h3>{escape(row["name"])}</h3>{chips}'
        f"<p>{escape(said)}</p><p><strong>So what?</strong> {escape(so_what)}</p></article>"
    )
