"""A report as one HTML file: opens from an e-mail, asks nothing of any server, prints well.

Charts are inline SVG with a read-out by month, tables can be sorted and filtered by a small script
in the file; without the script everything is still there to be read. A policy in the file's own
head forbids every request. Every string of the report is escaped.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from kpi import theme
from kpi.export import picture
from kpi.report import (
    Cell,
    Chart,
    Column,
    Heading,
    Note,
    Paragraph,
    Questions,
    Report,
    Section,
    Summary,
    Table,
)
from kpi.theme import Mark

WIDE, HIGH, SIZE = 760, 320, 15
POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"


def render(report: Report) -> bytes:
    """The pack as one .html file, in UTF-8."""
    cover = report.cover
    body = "".join(
        (
            '<a class="skip" href="#main">Skip to the figures</a>',
            _header(report),
            '<main id="main">',
            _register(report),
            *(_section(section) for section in report.sections),
            _ends(report),
            "</main>",
            f"<footer><p>{escape(cover.council)} · {escape(cover.foot)}</p></footer>",
        )
    )
    return (
        '<!doctype html><html lang="en-GB"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f"<title>{escape(cover.title)}, {escape(cover.when)}</title>"
        f"<style>{_beside('page.css')}</style></head><body>{body}"
        f"<script>{_beside('page.js')}</script></body></html>"
    ).encode()


@cache
def _beside(name: str) -> str:
    """The style sheet or the script of the page; colours are the theme's."""
    text = Path(__file__).with_name(name).read_text(encoding="utf-8")
    colours = {"ink": theme.INK, "blue": theme.BLUE, "grey": theme.GREY, "line": theme.LINE,
               "wash": theme.WASH, "focus": theme.FOCUS, "font": theme.FONT}  # fmt: skip
    for key, value in colours.items():
        text = text.replace(f"var(--{key})", value)
    return text


# ---- the front ----


def _header(report: Report) -> str:
    cover = report.cover
    bands = "".join(f'<p class="band">{escape(text)}</p>' for text in cover.bands)
    facts = "".join(f"<dt>{escape(a)}</dt><dd>{escape(b)}</dd>" for a, b in cover.facts)
    asks = "".join(f"<li>{escape(ask)}</li>" for ask in cover.asks)
    asked = f"<p>The meeting is asked to:</p><ul>{asks}</ul>" if asks else ""
    purpose = f"<p>{escape(cover.purpose)}</p>" if cover.purpose else ""
    links = "".join(f'<li><a href="#{escape(a)}">{escape(b)}</a></li>' for a, b in _parts(report))
    return (
        f'<header><p class="council">{escape(cover.council)}</p><h1>{escape(cover.title)}</h1>'
        f"{bands}<dl>{facts}</dl>{purpose}{asked}</header>"
        f'<nav aria-label="Contents"><h2>Contents</h2><ul>{links}</ul></nav>'
    )


def _parts(report: Report) -> list[tuple[str, str]]:
    """Ids and titles of everything that the contents lead to."""
    found = [("all", "All measures")] if _summaries(report) else []
    found += [(section.section_id, section.title) for section in report.sections]
    ends = {"events": report.events, "notes": report.notes, "dictionary": report.dictionary,
            "provenance": report.provenance}  # fmt: skip
    return found + [(name, ENDS[name]) for name, there in ends.items() if there]


ENDS = {
    "events": "What happened when",
    "notes": "How to read this pack",
    "dictionary": "What each measure counts",
    "provenance": "Where the figures come from",
}


def _summaries(report: Report) -> list[tuple[Section, Summary]]:
    """Every measure with a chart, each once."""
    found = {
        block.kpi_id: (section, block)
        for section in report.sections
        for block in section.blocks
        if isinstance(block, Summary) and block.chart
    }
    return list(found.values())


def _register(report: Report) -> str:
    """Every measure in one table, to be sorted and filtered; each leads to its chart."""
    found = _summaries(report)
    if not found:
        return ""
    states = dict.fromkeys(block.status.word for _, block in found)
    options = "".join(f"<option>{escape(word)}</option>" for word in states)
    rows = "".join(
        f'<tr><th scope="row"><a href="#m-{escape(one.kpi_id)}">{escape(one.name)}</a></th>'
        f"<td>{escape(section.title)}</td><td>{escape(one.figure)}</td>"
        f"<td>{escape(one.period)}</td><td>{_chip(one.status)}</td>"
        f"<td>{escape(one.variation.word)}</td></tr>"
        for section, one in found
    )
    heads = ("Measure", "Part", "Figure", "For", "Status", "Variation")
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    return (
        '<section aria-labelledby="all"><h2 id="all">All measures</h2>'
        '<div class="filter" hidden><label>Find a measure <input type="search"></label>'
        f'<label>Status <select><option value="">All</option>{options}</select></label>'
        '<p role="status"></p></div>'
        '<div class="region" role="region" tabindex="0" aria-label="Table: all measures">'
        '<table class="sorts filters"><caption>Every measure that has a figure, with its newest'
        f"</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div></section>"
    )


# ---- sections ----


def _section(section: Section) -> str:
    ident = escape(section.section_id)
    blocks = "".join(BLOCKS[type(block)](block) for block in section.blocks)
    return (
        f'<section aria-labelledby="{ident}"><h2 id="{ident}">{escape(section.title)}</h2>'
        f"{blocks}</section>"
    )


def _heading(block: Heading) -> str:
    return f"<h{block.level}>{escape(block.text)}</h{block.level}>"


def _paragraph(block: Paragraph) -> str:
    return f"<p>{escape(block.text)}</p>"


def _note(block: Note) -> str:
    return f'<p class="note"><strong>{escape(block.title)}.</strong> {escape(block.text)}</p>'


def _questions(block: Questions) -> str:
    items = "".join(
        f"<li><strong>{escape(what)}</strong> {escape(why)}</li>" for what, why in block.items
    )
    return f"<p>{escape(block.lead)}</p><ol>{items}</ol>"


def _measure(block: Summary) -> str:
    """One measure: its figure, what it means, its chart and table."""
    so_what = block.so_what and f" <strong>So what?</strong> {escape(block.so_what)}"
    foot = " · ".join(escape(text) for text in (block.comparator, block.further) if text)
    ident = f' id="m-{escape(block.kpi_id)}"' if block.chart else ""
    return (
        f'<article class="measure"{ident}><h3>{escape(block.name)}</h3>'
        f'<p class="figure"><b>{escape(block.figure)}</b> <span>{escape(block.period)}</span> '
        f"{_chip(block.status)}</p><p>{escape(block.verdict)}{so_what}</p>"
        + (f'<p class="foot">{foot}</p>' if foot else "")
        + (_chart(block.chart) if block.chart else "")
        + "</article>"
    )


def _chart(chart: Chart) -> str:
    """The picture under its message, a read-out by month, the table, the source."""
    first, pitch = picture.place(chart, WIDE, HIGH, SIZE)
    drawn = picture.draw(chart, WIDE, HIGH, SIZE).replace(
        "<svg ", f'<svg role="img" aria-label="{escape(chart.alt)}" ', 1
    )
    last = len(chart.periods) - 1
    told = escape("\n".join(chart.told))
    return (
        f'<figure class="chart" data-first="{first:.1f}" data-pitch="{pitch:.2f}" '
        f'data-told="{told}"><figcaption><strong>{escape(chart.title)}</strong>'
        f"<span>{escape(chart.subtitle)}</span></figcaption>"
        f'<div class="region" role="region" tabindex="0" aria-label="Chart: {escape(chart.key)}">'
        f'{drawn}</div><p class="read" hidden><label>Read a month '
        f'<input type="range" min="0" max="{last}" value="{last}"></label> '
        f'<output aria-live="off"></output></p></figure>'
        f"<details><summary>Show as a table</summary>{_table(chart.twin, 'twin')}</details>"
        f'<p class="foot">{escape(chart.source)}</p>'
    )


def _table(table: Table, kind: str = "sorts") -> str:
    head = "".join(
        f'<th scope="col"{_side(column)}>{escape(column.title)}</th>' for column in table.columns
    )
    body = "".join(_row(row, table.columns) for row in table.rows)
    name = escape(table.caption)
    return (
        f'<div class="region" role="region" tabindex="0" aria-label="Table: {name}">'
        f'<table class="{kind}"><caption>{name}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _row(row: Sequence[Cell], columns: Sequence[Column]) -> str:
    first, *others = row
    cells = "".join(
        f"<td{_side(column)}{_sorts(cell)}>"
        f"{_chip(cell.mark) if cell.mark else escape(cell.text)}</td>"
        for cell, column in zip(others, columns[1:], strict=True)
    )
    return f'<tr><th scope="row">{escape(first.text)}</th>{cells}</tr>'


def _side(column: Column) -> str:
    return ' class="number"' if column.kind == "number" else ""


def _sorts(cell: Cell) -> str:
    """The figure behind a cell, unrounded: the table sorts by it."""
    return "" if cell.value is None else f' data-value="{escape(str(cell.value))}"'


def _chip(mark: Mark) -> str:
    look = f"background:{mark.fill};color:{mark.ink};border-color:{mark.edge}"
    return (
        f'<span class="chip" style="{look}"><span aria-hidden="true">{escape(mark.symbol)}</span> '
        f"{escape(mark.word)}</span>"
    )


BLOCKS: dict[type, Callable[[Any], str]] = {
    Heading: _heading,
    Paragraph: _paragraph,
    Note: _note,
    Questions: _questions,
    Table: _table,
    Summary: _measure,
}

# ---- the end ----


def _ends(report: Report) -> str:
    events = "".join(
        f"<li><time>{escape(one.when)}</time>: {escape(one.title)}</li>" for one in report.events
    )
    terms = "".join(f"<dt>{escape(a)}</dt><dd>{escape(b)}</dd>" for a, b in report.notes)
    parts: Iterable[tuple[str, str]] = (
        ("events", f"<p>The numbers over the charts.</p><ol>{events}</ol>" if events else ""),
        ("notes", f"<dl>{terms}</dl>" if terms else ""),
        ("dictionary", _table(report.dictionary) if report.dictionary else ""),
        ("provenance", _table(report.provenance) if report.provenance else ""),
    )
    return "".join(
        f'<section aria-labelledby="{name}"><h2 id="{name}">{ENDS[name]}</h2>{body}</section>'
        for name, body in parts
        if body
    )
