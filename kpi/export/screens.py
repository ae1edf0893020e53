"""A report as the screens of a presentation: one message each, large enough for a wall.

Nothing here reads data or computes. ``shown`` screens are the course of the meeting; the others
wait in the presenter's list, for the question that somebody may ask.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from html import escape
from itertools import groupby
from math import ceil
from typing import Any
from urllib.parse import quote

from kpi import theme
from kpi.export import picture
from kpi.report import (
    Block,
    Cell,
    Chart,
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

#: The size that a chart is drawn for, and of its text: on a projector no smaller than that.
WIDE, HIGH, SIZE = 1000, 560, 22
BESIDE = (640, 340)  # the same, of a chart beside a question
#: Of the smallest wall, 1366 x 768, in pixels: room for rows, a line of text, the least of a row.
ROOM, LINE, ROW = 500, 33, 55
ACROSS = 80  # characters of a row's line
LONG = 5  # characters of a figure that is set smaller
#: Which status makes a measure the one that its theme shows.
ORDER = tuple(theme.RATING[name].symbol for name in ("red", "amber", "green"))


Rows = tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Screen:
    """One screen: an id for the address, its title for the list, its HTML and speaker's notes."""

    id: str
    title: str
    html: str
    notes: str = ""
    shown: bool = True


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a section says in words before it shows something."""

    title: str
    html: str = ""


def render(report: Report) -> list[dict[str, Any]]:
    """Every screen of a report, in the order of the meeting, as the page takes them."""
    made = [_cover(report), *_parts(report), _closing(report)]
    return [asdict(screen) for screen in made]


def _parts(report: Report) -> Iterator[Screen]:
    for section in report.sections:
        lead = _headline(section)
        for at, screen in enumerate(_of_section(section, lead)):
            yield Screen(**{**asdict(screen), "id": f"{section.section_id}-{at}"})


def _headline(section: Section) -> Summary | None:
    """The measure that a theme shows: the one that stands worst, the first among equals."""
    charted = [block for block in section.blocks if isinstance(block, Summary) and block.chart]
    return min(charted, key=_standing, default=None)


def _standing(summary: Summary) -> tuple[bool, int]:
    symbol = summary.status.symbol
    missing = summary.chart is None or summary.chart.states[-1] is not None
    return missing, ORDER.index(symbol) if symbol in ORDER else len(ORDER)


def _of_section(section: Section, lead: Summary | None) -> Iterator[Screen]:
    """The screens of a section. Its words are the title and the notes of what follows them."""
    told = Told(title=section.title)
    alone = all(_kind(block) == "words" for block in section.blocks)
    for kind, group in groupby(section.blocks, key=_kind):
        blocks = list(group)
        if kind == "words":
            told = _told(section, blocks)
            if alone:
                yield Screen(id="", title=told.title, html=_title(told.title) + told.html)
        elif kind == "listed":
            yield _listed(told, [block for block in blocks if isinstance(block, Summary)])
        else:
            for block in blocks:
                yield from _screens(told, block, lead)


def _kind(block: Block) -> str:
    """Blocks that share a screen have one kind: running words, or measures without a chart."""
    if isinstance(block, Heading | Paragraph):
        return "words"
    return "listed" if isinstance(block, Summary) and not block.chart else type(block).__name__


def _told(section: Section, blocks: list[Block]) -> Told:
    headings = [block.text for block in blocks if isinstance(block, Heading)]
    body = [_paragraph(block.text) for block in blocks if isinstance(block, Paragraph)]
    return Told(title=headings[0] if headings else section.title, html="".join(body))


def _screens(told: Told, block: Block, lead: Summary | None) -> Iterator[Screen]:
    if isinstance(block, Summary):
        yield _measure(block, shown=block is lead)
    elif isinstance(block, Table):
        yield from _table(told, block, shown=lead is None)
    elif isinstance(block, Questions):
        drawn = block.charts or (None,) * len(block.items)
        for item, chart in zip(block.items, drawn, strict=True):
            yield _question(told, *item, chart)
    elif isinstance(block, Note):
        html = _title(block.title) + _paragraph(block.text)
        yield Screen(id="", title=block.title, html=html, shown=False)


# ---- first and last ----


def _cover(report: Report) -> Screen:
    cover = report.cover
    lines = [f"{theme.day(cover.date)} · figures as published by {cover.when}", *cover.bands]
    named = cover.meeting or cover.forum
    body = "".join(f'<p class="grey">{escape(line)}</p>' for line in lines)
    html = f'<div class="cover"><p>{escape(cover.council)}</p>{_title(named)}{body}</div>'
    return Screen(id="opening", title=named, html=html, notes=_paragraph(cover.purpose))


def _closing(report: Report) -> Screen:
    """What the meeting is asked to do, and how the figures are found again."""
    cover = report.cover
    asks = _points(cover.asks) if cover.asks else ""
    lead = "The committee is asked to" if cover.asks else "Thank you"
    named = f"Pack {cover.pack_id}, figures" if cover.pack_id else "Figures"
    found = f"{named} as published by {cover.when}."
    html = f'{_title(lead)}{asks}<p class="grey">{escape(found)}</p>'
    return Screen(id="closing", title=lead, html=html)


def _points(lines: Iterable[str]) -> str:
    items = "".join(
        f'<li><span class="count">{at}</span><span>{escape(line)}</span></li>'
        for at, line in enumerate(lines, start=1)
    )
    return f'<ol class="points">{items}</ol>'


# ---- words, measures, tables, questions ----


def _measure(summary: Summary, *, shown: bool) -> Screen:
    """One figure, its status in a word, its comparison, and its picture."""
    figure = summary.figure.removesuffix(f" {summary.unit}")
    unit = "" if figure.endswith(summary.unit) else summary.unit
    long = " long" if len(figure) > LONG else ""
    facts = [_chip(summary.status), escape(summary.comparator)]
    html = (
        f'{_title(summary.headline)}<div class="pair"><div>'
        f'<p class="value{long}">{escape(figure)}</p>'
        f'<p class="unit">{escape(f"{unit}, {summary.period}".strip(", "))}</p>'
        f'<div class="facts">{"".join(f"<p>{fact}</p>" for fact in facts if fact)}</div></div>'
        f"<figure>{_picture(summary.chart)}</figure></div>"
    )
    notes = [summary.so_what and f"So what? {summary.so_what}", summary.verdict, summary.further]
    told = "".join(_paragraph(note) for note in notes if note)
    return Screen(id="", title=summary.headline, html=html, notes=told, shown=shown)


def _picture(chart: Chart | None, wide: int = WIDE, high: int = HIGH) -> str:
    if not chart:
        return ""
    # The list that explains the numbers of events has no room on a wall.
    drawn = picture.draw(replace(chart, events=()), wide, high, SIZE)
    return (
        f'<img src="data:image/svg+xml,{quote(drawn)}" alt="{escape(chart.alt)}" '
        f'width="{wide}" height="{high}">'
    )


def _listed(told: Told, summaries: list[Summary]) -> Screen:
    """Measures that want a look, a line each: its figure, what it is, its status."""
    rows = "".join(
        f"<tr><th scope='row'>{escape(one.name)}</th>"
        f'<td class="number">{escape(one.figure)}</td>'
        f"<td>{_chip(one.status)}</td><td>{escape(one.variation.word)}</td></tr>"
        for one in summaries
    )
    heads = "".join(f"<th scope='col'>{head}</th>" for head in ("Measure", "Figure", "Status"))
    table = f"<table><thead><tr>{heads}<th scope='col'>Change</th></tr></thead>{rows}</table>"
    said = "".join(_paragraph(f"{one.name}: {one.so_what}") for one in summaries if one.so_what)
    return Screen(id="", title=told.title, html=_title(told.title) + table, notes=told.html + said)


def _table(told: Told, table: Table, *, shown: bool) -> Iterator[Screen]:
    """A table, as many rows a screen as a wall holds; of a long one the meeting sees the first.

    Beside the measure that a part shows, its tables wait in the list.
    """
    heads = "".join(f"<th scope='col'>{escape(column.title)}</th>" for column in table.columns)
    parts = list(_walls(table.rows))
    for at, part in enumerate(parts):
        rows = "".join(map(_row, part))
        title = f"{told.title} ({at + 1} of {len(parts)})" if len(parts) > 1 else told.title
        html = (
            f"{_title(title)}<table><caption>{escape(table.caption)}</caption>"
            f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        )
        seen = shown and (at == 0 or len(parts) == 2)
        yield Screen(id="", title=title, html=html, notes=told.html, shown=seen)


def _walls(rows: Rows) -> Iterator[Rows]:
    """Rows in parts of a like number, so few that each fits a wall."""
    if rows:
        parts = ceil(sum(map(_height, rows)) / ROOM)
        each = ceil(len(rows) / parts)
        yield from (rows[start : start + each] for start in range(0, len(rows), each))


def _height(row: tuple[Cell, ...]) -> int:
    """Pixels that a row takes on the smallest wall, its texts side by side."""
    lines = ceil(sum(len(cell.text) for cell in row) / ACROSS)
    return max(ROW, LINE * lines + ROW - LINE)


def _row(row: tuple[Cell, ...]) -> str:
    first, *rest = row
    cells = "".join(
        f"<td>{_chip(_brief(cell.mark)) if cell.mark else escape(cell.text)}</td>" for cell in rest
    )
    return f"<tr><th scope='row'>{escape(first.text)}</th>{cells}</tr>"


def _brief(mark: Mark) -> Mark:
    """A mark under a heading that says the rest: ``Green``, not ``Green: on track``."""
    return replace(mark, word=mark.word.partition(":")[0])


def _question(told: Told, question: str, reason: str, chart: Chart | None) -> Screen:
    """A question, what it rests on, and the months of its measure beside that."""
    asked = f'<p class="grey">{escape(told.title)}</p>{_title(question)}'
    rests = _paragraph(reason)
    if chart:
        drawn = f"<p><b>{escape(chart.key)}</b></p>{_picture(chart, *BESIDE)}"
        rests = f'<div class="pair asked">{rests}<figure>{drawn}</figure></div>'
    return Screen(id="", title=question, html=asked + rests, notes=_paragraph(reason))


# ---- pieces ----


def _title(text: str) -> str:
    return f"<h1>{escape(text)}</h1>"


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def _chip(mark: Mark) -> str:
    paint = f"background:{mark.fill};color:{mark.ink};border-color:{mark.edge}"
    symbol = f'<i aria-hidden="true">{escape(mark.symbol)}</i>'
    return f'<span class="chip" style="{paint}">{symbol}{escape(mark.word)}</span>'
