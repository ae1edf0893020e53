"""A report as a workbook, laid out as the guidance for accessible official statistics asks.

A cover, contents and notes come first; then one table a sheet, marked as a table and named, from
the first column on, below its title and a line that says what the sheet holds. No cell is merged,
no row or column is blank or hidden. Charts are native, on a sheet of their own beside the theme's.
"""

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_range_abs

from kpi import theme
from kpi.export import sheet_chart
from kpi.report import Cell, Column, Data, Field, Note, Questions, Report, Summary, Table, Value

HEAD = 3  # rows over a table: its title, what the sheet holds, how blanks are meant
MAXIMUM = 31  # characters of a sheet's name
WIDTHS = {"text": 34, "number": 16, "count": 10, "month": 12, "date": 18, "mark": 26}
WIDEST = 60  # characters of a column
FITS = 1.2  # letters of the text that fit where one digit is wide
LINE = 17  # points of a line of text
#: Nothing that is written as text may become a formula, a link or a number.
SAFE = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "d mmm yyyy",
}
#: What Excel does not take in the name of a sheet.
FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
#: A figure as people read it: ``£1,920``, ``46.0 weeks``, ``−3%``.
WRITTEN = re.compile(
    r'−?(?P<before>[^\d"−]*)−?\d[\d,]*(\.(?P<decimals>\d+))?(?P<after>%?( [^"]*)?)'
)
BLANKS = (
    "A figure that is blank has the letter of its reason beside it; the sheet Notes explains it."
)


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A sheet that holds one table: its name, title, columns and rows."""

    name: str
    title: str
    fields: tuple[Field, ...]
    rows: Sequence[Sequence[Value | Cell]]
    about: str = "This sheet holds one table."


class Book:
    """A workbook that is being made, with its formats."""

    def __init__(self, made: Any) -> None:
        self.made = made
        self.names: list[str] = []
        base = {"font_name": "Arial", "font_size": 12, "valign": "top"}
        self.title = made.add_format(
            base | {"bold": True, "font_size": 16, "font_color": theme.BLUE}
        )
        self.head = made.add_format(
            base | {"bold": True, "text_wrap": True, "bg_color": theme.WASH, "bottom": 1}
        )
        self.text = made.add_format(base | {"text_wrap": True})
        self.line = made.add_format(base)
        self.bold = made.add_format(base | {"bold": True})
        self.base, self.written = base, {}
        self.link = made.add_format(base | {"font_color": theme.BLUE, "underline": 1})
        self.kinds = {
            "number": made.add_format(base),
            "count": made.add_format(base | {"num_format": "0"}),
            "month": made.add_format(base | {"num_format": "mmm yyyy"}),
            "date": made.add_format(base | {"num_format": "d mmmm yyyy"}),
        }

    def like(self, text: str) -> Any:
        """The format in which a number looks as ``text`` does: its decimals, sign and unit."""
        match = WRITTEN.fullmatch(text)
        if match is None:
            return self.kinds["number"]
        before, decimals, after = (match[name] or "" for name in ("before", "decimals", "after"))
        places = f".{'0' * len(decimals)}" if decimals else ""
        shape = f'"{before}"#,##0{places}"{after}"'.replace('""', "")
        if shape not in self.written:
            self.written[shape] = self.made.add_format(self.base | {"num_format": shape})
        return self.written[shape]

    def sheet(self, name: str) -> Any:
        """A new sheet under a name of its own that Excel takes."""
        clean = FORBIDDEN.sub(" ", name).strip() or "Sheet"
        short, at = clean[:MAXIMUM].strip(), 2
        while short.casefold() in (one.casefold() for one in self.names):
            short, at = f"{clean[: MAXIMUM - 3].strip()} {at}", at + 1
        self.names.append(short)
        sheet = self.made.add_worksheet(short)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_default_row(LINE)
        return sheet


def render(report: Report) -> bytes:
    """The pack as an .xlsx file."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, SAFE) as file:
        cover = report.cover
        moment = cover.as_at.replace(microsecond=0)
        file.set_properties(
            {"title": cover.title, "subject": cover.subject, "author": cover.council,
             "keywords": f"Pack {cover.pack_id}", "created": moment}
        )  # fmt: skip
        book = Book(file)
        _cover(book, report)
        contents = book.sheet("Contents")
        listed = [*_write(book, _sheets(report)), *_themes(book, report)]
        listed += _write(book, _last(report))
        _contents(book, contents, listed)
    return made.getvalue()


# ---- what the sheets hold ----


def _sheets(report: Report) -> list[Sheet]:
    """Notes, every measure in one table, then the tables of the sections in their order."""
    notes = [(term, meaning) for term, meaning in report.notes]
    notes += [(f"{one.number} over a chart", f"{one.when}: {one.title}") for one in report.events]
    sheets = [
        _pairs("Notes", "Notes: what words, signs and letters mean", ("Term", "Meaning"), notes)
    ]
    sheets.append(_measures(report))
    for section in report.sections:
        for block in section.blocks:
            if isinstance(block, Table):
                sheets.append(_table(section.title, block))
            elif isinstance(block, Questions):
                sheets.append(_pairs(section.title, block.lead, ("Question", "Why"), block.items))
        notes = [(one.title, one.text) for one in section.blocks if isinstance(one, Note)]
        if notes:
            title = f"{section.title}: what was said"
            sheets.append(_pairs(title, title, ("About", "What was said"), notes))
    return [sheet for sheet in sheets if sheet.rows]


def _last(report: Report) -> list[Sheet]:
    """What each measure counts, and where the figures come from."""
    found = {"Dictionary": report.dictionary, "Provenance": report.provenance}
    return [_table(name, table) for name, table in found.items() if table and table.rows]


def _pairs(name: str, title: str, heads: tuple[str, str], rows: Iterable[tuple[str, str]]) -> Sheet:
    fields = tuple(Field(title=head, kind="text") for head in heads)
    return Sheet(name=name, title=title, fields=fields, rows=[tuple(row) for row in rows])


def _table(name: str, table: Table) -> Sheet:
    """A table of the report, typed; a state is its word."""
    return Sheet(
        name=name,
        title=table.caption,
        fields=tuple(_field(column) for column in table.columns),
        rows=[
            tuple(_typed(cell, column) for cell, column in zip(row, table.columns, strict=True))
            for row in table.rows
        ],
    )


def _field(column: Column) -> Field:
    kinds: Any = {"number": "number", "month": "month", "date": "date"}
    return Field(title=column.title, kind=kinds.get(column.kind, "text"))


def _typed(cell: Cell, column: Column) -> Value | Cell:
    """A figure keeps its value and how it is written; a word is a word."""
    if column.kind in ("text", "mark") or cell.value is None:
        return cell.text
    return cell if isinstance(cell.value, float) else cell.value


MEASURES = ("Part", "Measure", "Figure", "For", "Status", "Variation", "Verdict", "So what",
            "Compared with")  # fmt: skip


def _measures(report: Report) -> Sheet:
    """Every measure that the pack tells of, as its card says it."""
    rows = [
        (section.title, one.name, one.figure, one.period, one.status.word, one.variation.word,
         one.verdict, one.so_what, one.comparator)
        for section in report.sections
        for one in section.blocks
        if isinstance(one, Summary)
    ]  # fmt: skip
    fields = tuple(Field(title=name, kind="text") for name in MEASURES)
    return Sheet(name="Measures", title="Measures in brief", fields=fields, rows=rows)


# ---- writing ----


def _cover(book: Book, report: Report) -> None:
    cover, sheet = report.cover, book.sheet("Cover")
    sheet.set_column(0, 0, 100)
    lines = [cover.title, *cover.bands, cover.council]
    lines += [f"{name}: {text}" for name, text in cover.facts]
    lines += [cover.purpose, "The sheet Contents lists every sheet. Each holds one table.", BLANKS]
    for row, text in enumerate(line for line in lines if line):
        sheet.write_string(row, 0, text, book.title if row == 0 else book.text)
        sheet.set_row(row, (22 if row == 0 else LINE) * ceil(len(text) / 85))


def _contents(book: Book, sheet: Any, listed: Sequence[tuple[str, str]]) -> None:
    """Every sheet with a link to it, as a table."""
    _top(
        book, sheet, "Contents", "This sheet holds one table, of the other sheets of this workbook."
    )
    sheet.set_column(0, 0, 36)
    sheet.set_column(1, 1, 90)
    end = HEAD + len(listed)
    heads = [{"header": "Sheet", "header_format": book.head},
             {"header": "What it holds", "header_format": book.head}]  # fmt: skip
    _mark(sheet, (HEAD, 0, end, 1), "Contents", heads)
    for at, (name, title) in enumerate(listed, start=HEAD + 1):
        sheet.write_url(at, 0, f"internal:'{name}'!A1", book.link, name)
        sheet.write_string(at, 1, title, book.text)


def _write(book: Book, sheets: Iterable[Sheet]) -> list[tuple[str, str]]:
    """Write sheets; their names and titles come back for the contents."""
    listed = []
    for one in sheets:
        sheet = book.sheet(one.name)
        _fill(book, sheet, one)
        listed.append((book.names[-1], one.title))
    return listed


def _fill(book: Book, sheet: Any, one: Sheet) -> None:
    _top(book, sheet, one.title, one.about)
    end = HEAD + len(one.rows)
    heads = [{"header": field.title, "header_format": book.head} for field in one.fields]
    name = f"T{len(book.names)}_{re.sub(r'[^A-Za-z0-9]', '_', book.names[-1])}"
    _mark(sheet, (HEAD, 0, end, len(one.fields) - 1), name, heads)
    widths = [_width(field, at, one.rows) for at, field in enumerate(one.fields)]
    for at, width in enumerate(widths):
        sheet.set_column(at, at, width)
    for down, row in enumerate(one.rows, start=HEAD + 1):
        if (lines := _lines(row, widths)) > 1:
            sheet.set_row(down, lines * LINE)
        for at, (value, field) in enumerate(zip(row, one.fields, strict=True)):
            _cell(book, sheet, down, at, value, field)
    sheet.freeze_panes(HEAD + 1, 1)


def _top(book: Book, sheet: Any, title: str, about: str) -> None:
    sheet.set_row(0, 22)
    for row, (text, look) in enumerate(
        (
            (title, book.title),
            (about, book.line),
            ("The sheet Notes explains words and signs.", book.line),
        )
    ):
        sheet.write_string(row, 0, text, look)


def _mark(sheet: Any, place: tuple[int, int, int, int], name: str, heads: list[Any]) -> None:
    options = {"name": name, "columns": heads, "style": "Table Style Light 1", "banded_rows": False}
    sheet.add_table(*place, options)


def _width(field: Field, at: int, rows: Sequence[Sequence[Value | Cell]]) -> float:
    if field.kind != "text":
        return WIDTHS[field.kind]
    longest = max((len(str(row[at] or "")) for row in rows), default=0)
    return min(max(0.9 * longest + 2, 1.2 * len(field.title) + 2, 10), WIDEST)


def _lines(row: Sequence[Value | Cell], widths: Sequence[float]) -> int:
    """Lines that the longest text of a row takes."""
    pairs = zip(row, widths, strict=True)
    return max(
        ceil(len(value) / (FITS * width)) for value, width in pairs if isinstance(value, str)
    )


def _cell(book: Book, sheet: Any, row: int, column: int, value: Value | Cell, field: Field) -> None:
    """One cell by its own type: text stays text, whatever it begins with."""
    if isinstance(value, Cell):
        sheet.write_number(row, column, value.value, book.like(value.text))
    elif value is None or value == "":
        sheet.write_blank(row, column, None, book.text)
    elif isinstance(value, datetime | date):
        sheet.write_datetime(
            row, column, value, book.kinds["month" if field.kind == "month" else "date"]
        )
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value, book.kinds.get(field.kind, book.line))
    else:
        sheet.write_string(row, column, value, book.text)


# ---- the themes ----


def _themes(book: Book, report: Report) -> list[tuple[str, str]]:
    """Of each theme the sheet of its figures, and beside it that of its charts."""
    listed = []
    for section in report.sections:
        if section.data is None or not section.data.rows:
            continue
        sheet = book.sheet(section.title)
        name, data = book.names[-1], section.data
        about = f"This sheet holds one table. {BLANKS}"
        _fill(book, sheet, Sheet(name=name, title=data.caption, fields=data.fields, rows=data.rows,
                                 about=about))  # fmt: skip
        drawn = book.sheet(f"{name[: MAXIMUM - 8]} charts")
        title = f"{section.title}: charts of the figures on the sheet {name}"
        _top(book, drawn, title, "Each chart has its description as alternative text.")
        sheet_chart.add_all(book.made, drawn, list(section.charts()), _places(name, data))
        listed += [(name, data.caption), (book.names[-1], title)]
    return listed


def _places(name: str, data: Data) -> sheet_chart.Places:
    """Where each measure's rows lie, and each field's column, as formulas of ranges."""
    columns = {field.title: at for at, field in enumerate(data.fields)}
    rows: dict[str, list[int]] = {}
    for at, row in enumerate(data.rows, start=HEAD + 1):
        rows.setdefault(str(row[0]), []).append(at)

    def place(kpi_id: str, field: str, months: int) -> str:
        first, last = rows[kpi_id][0], rows[kpi_id][-1]
        column = columns[field]
        return f"='{name}'!{xl_range_abs(max(first, last - months + 1), column, last, column)}"

    return place
