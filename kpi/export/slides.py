"""A report as slides: native tables and charts that can be edited, alt texts, notes filled in.

The council's own template gives the slides their size, master and colours; without one they are
16:9 on white. One measure a slide, its message as the title.
"""

import io
from collections.abc import Iterator, Sequence
from datetime import UTC
from textwrap import wrap
from typing import Any

from pptx.enum.text import PP_ALIGN
from pptx.slide import Slide
from pptx.util import Emu, Inches

from kpi import theme
from kpi.export import slide_chart
from kpi.export.slide_frame import Deck, Run, chip, describe, rgb, write
from kpi.report import (
    Cell,
    Column,
    Event,
    Heading,
    Note,
    Paragraph,
    Questions,
    Report,
    Section,
    Summary,
    Table,
)

ROWS = 9  # rows of a table that a slide shows at a size that can be read from the back
LEAD = 0.055  # of the height that a line over a table takes
ACROSS = 105  # characters of such a line
LINES = 1050  # characters of running text on a slide
NAMED = 32  # characters of a line of a measure's name beside its chart
NOTHING = "No figures to draw."


def render(report: Report, template: bytes | None = None) -> bytes:
    """The pack as a .pptx file, on ``template`` (the bytes of a .pptx or .potx) where given.

    Raises TemplateRefused for a file that is no template.
    """
    deck = Deck(report.cover, template)
    _front(deck, report)
    for section in report.sections:
        _section(deck, section)
    if report.events:
        _words(deck, "What the numbers in the notes stand for", [_listed(report.events)])
    _properties(deck, report)
    made = io.BytesIO()
    deck.made.save(made)
    return made.getvalue()


def _front(deck: Deck, report: Report) -> None:
    cover = report.cover
    slide = deck.slide(cover.title, [cover.subject, cover.purpose])
    lines = [[(text, 24, theme.INK, True)] for text in cover.bands]
    lines += [
        [(f"{name}: ", 20, theme.GREY, False), (text, 20, theme.INK, False)]
        for name, text in cover.facts
    ]
    if cover.asks:
        lines.append([("The meeting is asked to:", 20, theme.INK, True)])
        lines += [[(f"• {ask}", 18, theme.INK, False)] for ask in cover.asks]
    write(deck.box(slide, deck.top, deck.bottom - deck.top), lines, 8)


# ---- sections ----


def _section(deck: Deck, section: Section) -> None:
    """The slides of a section. Text before a table stands over it; other text has slides itself."""
    title, waiting, cards = section.title, list[Any](), list[Summary]()
    measures = [block for block in section.blocks if isinstance(block, Summary) and block.chart]
    for block in section.blocks:
        if isinstance(block, Heading):
            title = block.text
        elif isinstance(block, Summary):
            cards.append(block)
        elif isinstance(block, Table):
            for table in [_cards(cards), block] if cards else [block]:
                _table(deck, title, table, _leads(waiting))
                waiting = []
            cards = []
        else:
            waiting.append(block)
    if cards:
        _table(deck, title, _cards(cards), _leads(waiting))
        waiting = []
    if waiting:
        _words(deck, title, waiting)
    for block in measures:
        _measure(deck, block)


def _leads(blocks: Sequence[Any]) -> str:
    return " ".join(block.text for block in blocks if isinstance(block, Paragraph))


def _words(deck: Deck, title: str, blocks: Sequence[Any]) -> None:
    """Paragraphs, notes and questions, as many as a slide takes."""
    lines = [line for block in blocks for line in _lines(block)]
    for few in _fitting(lines):
        slide = deck.slide(title)
        write(deck.box(slide, deck.top, deck.bottom - deck.top), few, 10)


def _lines(block: Paragraph | Note | Questions) -> list[list[Run]]:
    if isinstance(block, Paragraph):
        return [[(block.text, 20, theme.INK, False)]]
    if isinstance(block, Note):
        head: Run = (f"{block.title}. ", 20, theme.BLUE, True)
        return [[head, (block.text, 20, theme.INK, False)]]
    asked: list[list[Run]] = [
        [(f"{at}. {what} ", 20, theme.INK, True), (why, 20, theme.GREY, False)]
        for at, (what, why) in enumerate(block.items, start=1)
    ]
    return [[(block.lead, 20, theme.INK, False)], *asked]


def _listed(events: Sequence[Event]) -> Questions:
    return Questions(lead="", items=tuple((one.when, one.title) for one in events))


def _fitting(lines: Sequence[Sequence[Run]]) -> Iterator[list[Sequence[Run]]]:
    """Paragraphs by slide, so many that their characters fit."""
    few: list[Sequence[Run]] = []
    room = LINES
    for line in lines:
        length = sum(len(text) for text, *_ in line) + 60
        if few and length > room:
            yield few
            few, room = [], LINES
        few.append(line)
        room -= length
    if few:
        yield few


# ---- one measure ----


def _measure(deck: Deck, block: Summary) -> None:
    """One measure: what it says on the left, what it looks like on the right."""
    chart = block.chart
    if chart is None:
        return
    so_what = f"So what? {block.so_what}" if block.so_what else ""
    notes = [block.verdict, so_what, block.comparator, chart.alt, chart.subtitle, chart.source]
    slide = deck.slide(block.headline, [*notes, _events(chart.events)])
    side = int(deck.inner * 0.31)
    _figure(deck, slide, block, side)
    left = deck.edge + side + int(deck.inner * 0.02)
    place = (left, deck.top, deck.wide - left - deck.edge, deck.bottom - deck.top)
    if any(value is not None for line in chart.series for value in line.values):
        slide_chart.add(slide, chart, place)
    else:
        frame = deck.box(slide, place[1], int(deck.high * 0.2), left, place[2])
        write(frame, [[(NOTHING, 24, theme.GREY, False)]])


def _figure(deck: Deck, slide: Slide, block: Summary, side: int) -> None:
    """The figure, large; its name, its status, and what it means."""
    step, top = deck.high // 100, deck.top
    frame = deck.box(slide, top, 14 * step, deck.edge, side)
    write(frame, [[(block.figure, _points(block.figure), theme.BLUE, True)]])
    name = f"{block.name}, {block.period}"
    under = top + (13 + 4 * max(2, len(wrap(name, NAMED)))) * step
    frame = deck.box(slide, top + 13 * step, under - top - 13 * step, deck.edge, side)
    write(frame, [[(name, 16, theme.GREY, False)]])
    chip(slide, block.status, (deck.edge, under + 2 * step, int(side * 0.72), 6 * step))
    lines: list[list[Run]] = [[(block.verdict, 18, theme.INK, False)]]
    if block.so_what:
        lines.append([("So what? ", 18, theme.INK, True), (block.so_what, 18, theme.INK, False)])
    if block.comparator:
        lines.append([(block.comparator, 16, theme.GREY, False)])
    start = under + 11 * step
    write(deck.box(slide, start, deck.bottom - start, deck.edge, side), lines, 8)


def _points(figure: str) -> float:
    """Points at which a figure fits its column: 48 (64 pixels) for all but the long ones."""
    return 48 if len(figure) <= 9 else 34 if len(figure) <= 14 else 24


def _events(events: Sequence[Event]) -> str:
    told = "; ".join(f"{event.number}: {event.when}, {event.title}" for event in events)
    return f"What happened: {told}." if told else ""


# ---- tables ----


def _cards(blocks: Sequence[Summary]) -> Table:
    """Measures side by side: where each stands and what it means."""
    return Table(
        caption="Measures with their newest figure, status and meaning",
        columns=(
            Column(title="Measure", share=2.4),
            Column(title="Figure", share=1.5),
            Column(title="Status", kind="mark", share=1.3),
            Column(title="What it means", share=4),
        ),
        rows=tuple(
            (
                Cell(text=one.name),
                Cell(text=f"{one.figure}, {one.period}"),
                Cell(text=one.status.word, mark=one.status),
                Cell(text=f"{one.verdict} {one.so_what}".strip()),
            )
            for one in blocks
        ),
    )


def _table(deck: Deck, title: str, table: Table, lead: str) -> None:
    """A table over as many slides as it takes, its head on each; ``lead`` over the first."""
    room = _room(table)
    rows = list(table.rows)
    first = True
    while rows:
        many = max(room - (2 if first and lead else 0), 1)
        # A last slide of one row is taken along.
        many = len(rows) if len(rows) == many + 1 else many
        slide = deck.slide(title, [table.caption, lead if first else ""])
        top = deck.top
        if first and lead:
            high = int(deck.high * LEAD * (1 + len(lead) // ACROSS))
            write(deck.box(slide, top, high), [[(lead, 18, theme.INK, False)]])
            top += high
        _grid(deck, slide, table, rows[:many], top)
        rows, first = rows[many:], False


def _room(table: Table) -> int:
    """Rows that a slide shows: fewer where their text is long."""
    long = max((len(cell.text) for row in table.rows for cell in row), default=0)
    return ROWS if long < 60 else 6 if long < 140 else 5 if long < 260 else 3


def _grid(deck: Deck, slide: Slide, table: Table, rows: Sequence[Any], top: int) -> None:
    many, high = len(table.columns), deck.high // 17
    place = map(Emu, (deck.edge, top, deck.inner, high * (len(rows) + 1)))
    shape: Any = slide.shapes.add_table(len(rows) + 1, many, *place)
    shape.name = "Table"
    describe(shape, table.caption)
    grid = shape.table
    grid.first_row, grid.first_col, grid.horz_banding = True, True, False
    total = sum(column.share for column in table.columns)
    for at, column in enumerate(table.columns):
        grid.columns[at].width = Emu(int(deck.inner * column.share / total))
        _fill(grid.cell(0, at), column.title, theme.WHITE, theme.BLUE, column, bold=True)
    for down, row in enumerate(rows, start=1):
        for at, (cell, column) in enumerate(zip(row, table.columns, strict=True)):
            mark = cell.mark
            text = f"{mark.symbol} {mark.word}" if mark else cell.text
            ink, ground = (mark.ink, mark.fill) if mark else (theme.INK, theme.WHITE)
            _fill(grid.cell(down, at), text, ink, ground, column, bold=bool(mark) or at == 0)


def _fill(cell: Any, text: str, ink: str, ground: str, column: Column, *, bold: bool) -> None:
    cell.fill.solid()
    cell.fill.fore_color.rgb = rgb(ground)
    cell.margin_left = cell.margin_right = Inches(0.08)
    cell.margin_top = cell.margin_bottom = Inches(0.04)
    frame = cell.text_frame
    frame.word_wrap = True
    if column.kind == "number":
        frame.paragraphs[0].alignment = PP_ALIGN.RIGHT
    write(frame, [[(text, 16, ink, bold)]])


def _properties(deck: Deck, report: Report) -> None:
    cover, core = report.cover, deck.made.core_properties
    core.title, core.subject, core.author = cover.title, cover.subject, cover.council
    core.language, core.keywords = "en-GB", f"Pack {cover.pack_id}"
    core.created = core.modified = cover.as_at.replace(microsecond=0, tzinfo=UTC)
    core.last_modified_by = cover.council
