"""What tests of packs share: reports of a store, and reading figures back out of files."""

import io
import re
from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from pptx import Presentation
from pypdf import PdfReader

from kpi import board, compose
from kpi.access import Role
from kpi.compose import Meeting
from kpi.report import Report
from kpi.store import Store

DAY = "2023-07-11"
FIGURE = re.compile(r"– [a-z]+|[−\d][\d,.]*")
ROW = re.compile(r"(?P<name>\d{4}-\d{2}|[A-Z][a-z]{2})(?P<cells>( (– [a-z]+|[−\d][\d,.]*))+)")


def meeting_of(
    store: Store, forum: str, day: date, title: str = "", role: Role = "officer"
) -> Meeting:
    """A meeting with the sections that its forum has."""
    kind = compose.forums(store.catalogue.folder)[forum]
    return Meeting(
        forum=kind,
        title=title,
        date=day,
        as_at=board.moment(day.isoformat()),
        sections=compose.expanded(store.catalogue, kind.sections),
        role=role,
    )


def report_of(
    store: Store, forum: str, day: date, title: str = "", role: Role = "officer"
) -> Report:
    meeting = meeting_of(store, forum, day, title, role)
    return compose.compose(compose.gather(store, meeting), "A11-B22-C33")


def presented(file: Path | bytes) -> Any:
    """A presentation, opened."""
    return Presentation(io.BytesIO(file) if isinstance(file, bytes) else str(file))


def charts_of(file: Path | bytes) -> list[Any]:
    """The shapes of a presentation that are native charts."""
    return [shape for slide in presented(file).slides for shape in slide.shapes if shape.has_chart]


def pdf_text(path: Path) -> list[str]:
    """The lines of a PDF, page after page."""
    pages = (page.extract_text() for page in PdfReader(path).pages)
    return [line.strip() for page in pages for line in page.splitlines()]


def pdf_tables(lines: list[str], captions: list[str]) -> dict[str, dict[str, list[str]]]:
    """The figures under each caption: row name to its figures, in their order."""
    found: dict[str, dict[str, list[str]]] = {}
    for at, line in enumerate(lines):
        if line not in captions:
            continue
        rows: dict[str, list[str]] = {}
        for below in lines[at + 2 :]:
            match = ROW.fullmatch(below)
            if match is None:
                break
            rows[match["name"]] = FIGURE.findall(match["cells"])
        found[line] = rows
    return found


class Tables(HTMLParser):
    """Every table of a page: caption, heads, rows of (text, unrounded value)."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tables: list[dict] = []
        self._in: str | None = None
        self._value: str | None = None
        self._text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append({"caption": "", "heads": [], "rows": []})
        elif tag == "tbody":
            self.tables[-1]["body"] = True
        elif tag == "tr" and "body" in self.tables[-1]:
            self.tables[-1]["rows"].append([])
        elif tag in ("caption", "th", "td"):
            self._in, self._text, self._value = tag, "", dict(attrs).get("data-value")

    def handle_data(self, data: str) -> None:
        if self._in:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag != self._in:
            return
        table, self._in = self.tables[-1], None
        if tag == "caption":
            table["caption"] = self._text
        elif "body" in table:
            table["rows"][-1].append((self._text, self._value))
        else:
            table["heads"].append(self._text)


def months_of(table: dict) -> Iterator[tuple[date, str, str | None]]:
    """Month, text and value of every filled cell of a table by year and month."""
    names = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
    for row in table["rows"]:
        name = row[0][0]
        for head, (text, value) in zip(table["heads"][1:], row[1:], strict=True):
            year, month = (name, head) if head in names else (head, name)
            at = names.index(month) + 1
            if text:
                yield date(int(year[:4]) + (at < 4), at, 1), text, value
