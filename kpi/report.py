"""The neutral report: what a pack says, before anyone knows whether it is paper, slides or a page.

Plain frozen records, made by ``kpi.compose`` and drawn by ``kpi.export``. All words are written and
all figures are settled here; whoever draws a report reads no data and computes nothing. A report is
kept as JSON, so that a pack that was frozen once can be made in any format at any later time.
"""

import json
import re
import types
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from kpi.theme import Mark

#: What a cell of a table or of the data holds; a month is its first day.
Value = str | float | int | bool | date | None


@dataclass(frozen=True, kw_only=True)
class Cover:
    """Whose pack it is, for which meeting, as at when; ``bands`` say what kind of figures."""

    council: str
    forum: str
    meeting: str
    date: date
    as_at: datetime
    pack_id: str
    layout: Literal["paper", "briefing"]
    title: str
    when: str
    bands: tuple[str, ...] = ()
    purpose: str = ""
    asks: tuple[str, ...] = ()
    subject: str = ""
    foot: str = ""  # at the foot of every page and slide
    facts: tuple[tuple[str, str], ...] = ()  # forum, meeting, date, as at, id: in words


@dataclass(frozen=True, kw_only=True)
class Heading:
    """A heading inside a section; 3 is the level under the section's own."""

    text: str
    level: int = 3


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    text: str


@dataclass(frozen=True, kw_only=True)
class Note:
    """One thing to remember: its name and its sentence."""

    title: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One cell: as it is read, as it sorts and is typed, and the mark of a state."""

    text: str
    value: Value = None
    mark: Mark | None = None


@dataclass(frozen=True, kw_only=True)
class Column:
    title: str
    kind: Literal["text", "number", "date", "month", "mark"] = "text"
    share: float = 1  # of the table's width, beside the other columns


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table to be read. The first cell of a row names it."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Field:
    """A column of the data: its name, and how a spreadsheet holds it."""

    title: str
    kind: Literal["text", "number", "month", "count", "date"]
    help: str = ""


@dataclass(frozen=True, kw_only=True)
class Data:
    """The figures of a section to be taken further: one row a measure and month, unrounded."""

    caption: str
    fields: tuple[Field, ...]
    rows: tuple[tuple[Value, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Series:
    """One line of a chart. ``role`` settles how it is drawn and which field of the data it is."""

    role: Literal["value", "months", "target", "average", "lower", "upper", "band_low", "band_high"]
    name: str
    values: tuple[float | None, ...]
    label: str = ""  # as it is written beside the end of the line; blank: no name there


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened; its number stands over its month in every chart."""

    number: int
    period: date
    when: str
    title: str


@dataclass(frozen=True, kw_only=True)
class Break:
    """From this month on the limits were made anew, because of ``reason``."""

    period: date
    reason: str


@dataclass(frozen=True, kw_only=True)
class Chart:
    """One measure over time. ``told`` is what each month says when it is pointed at.

    ``marks``: the variation of each month where it is a signal, else null; ``states``: the letter
    of the reason where there is no figure. ``twin`` has the figures of ``value`` as a table.
    """

    kpi_id: str
    title: str
    subtitle: str
    alt: str
    source: str
    unit: str
    corner: str
    decimals: int
    low: float
    high: float
    periods: tuple[date, ...]
    series: tuple[Series, ...]
    marks: tuple[str | None, ...]
    states: tuple[str | None, ...]
    told: tuple[str, ...]
    twin: Table
    events: tuple[Event, ...] = ()
    breaks: tuple[Break, ...] = ()
    key: str = ""

    def line(self, role: str) -> tuple[float | None, ...]:
        """The values of a role; empty where the chart has no such line."""
        return next((series.values for series in self.series if series.role == role), ())


@dataclass(frozen=True, kw_only=True)
class Questions:
    """Questions for the committee, each with why it is asked.

    ``charts``: the months behind each, in the same order; None where a figure of the whole
    council is not what is asked about. Empty in packs of before there were any.
    """

    lead: str
    items: tuple[tuple[str, str], ...]
    charts: tuple[Chart | None, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Summary:
    """One measure as its card says it; ``chart`` is what it looks like over time."""

    kpi_id: str
    name: str
    headline: str
    figure: str
    unit: str
    period: str
    status: Mark
    variation: Mark
    verdict: str
    so_what: str = ""
    comparator: str = ""
    further: str = ""
    chart: Chart | None = None


Block = Heading | Paragraph | Note | Questions | Table | Summary


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of a pack; ``data`` are its figures for the workbook."""

    section_id: str
    title: str
    blocks: tuple[Block, ...]
    data: Data | None = None

    def charts(self) -> Iterator[Chart]:
        for block in self.blocks:
            if isinstance(block, Summary) and block.chart:
                yield block.chart


@dataclass(frozen=True, kw_only=True)
class Report:
    cover: Cover
    sections: tuple[Section, ...]
    events: tuple[Event, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()  # term and meaning, for whoever reads the pack alone
    dictionary: Table | None = None
    provenance: Table | None = None

    def charts(self) -> Iterator[Chart]:
        for section in self.sections:
            yield from section.charts()


# ---- characters ----

#: Controls that no file holds, and marks that would show a text in another order than it has.
UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)


def printable(value: Any) -> Any:
    """A record without the characters that cannot be printed; a text of nothing else is a box."""
    if isinstance(value, str):
        return UNPRINTABLE.sub("", value) or (value and "□")
    if isinstance(value, tuple):
        return tuple(map(printable, value))
    if is_dataclass(value) and not isinstance(value, type):
        return type(value)(
            **{one.name: printable(getattr(value, one.name)) for one in fields(value)}
        )
    return value


# ---- as JSON and back ----

KINDS: dict[str, type] = {
    kind.__name__: kind for kind in (Heading, Paragraph, Note, Questions, Table, Summary)
}


def plain(value: Any) -> Any:
    """A record as JSON takes it: blocks carry their kind, dates are ISO text, defaults are left."""
    if is_dataclass(value):
        given = {item.name: getattr(value, item.name) for item in fields(value)}
        left = {item.name: item.default for item in fields(value)}
        named = {name: plain(one) for name, one in given.items() if one is not left[name]}
        return named | ({"block": type(value).__name__} if type(value) in KINDS.values() else {})
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, datetime):
        return {"moment": value.isoformat()}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    return value


def to_json(report: Report) -> str:
    """The report as one line of JSON, the same for the same report."""
    return json.dumps(plain(report), ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def from_json(text: str) -> Report:
    """The report that :func:`to_json` wrote; raises ValueError for anything else."""
    try:
        return _record(Report, json.loads(text))
    except (KeyError, TypeError, StopIteration) as error:
        raise ValueError("This is not a report of this dashboard.") from error


def _value(kind: Any, value: Any) -> Any:
    """``value`` as the annotation ``kind`` wants it."""
    if isinstance(value, dict):
        if "date" in value and len(value) == 1:
            return date.fromisoformat(value["date"])
        if "moment" in value and len(value) == 1:
            return datetime.fromisoformat(value["moment"])
        named = KINDS.get(value.get("block", ""))
        return _record(named or _only_record(kind), value)
    if isinstance(value, list):
        return _items(kind, value)
    return value


def _items(kind: Any, items: list[Any]) -> tuple[Any, ...]:
    wanted = get_args(kind)
    if len(wanted) == 2 and wanted[1] is Ellipsis:
        return tuple(_value(wanted[0], item) for item in items)
    return tuple(_value(one, item) for one, item in zip(wanted, items, strict=True))


def _only_record(kind: Any) -> type:
    """The record in an annotation such as ``Mark | None``."""
    if get_origin(kind) in (Union, types.UnionType):
        return next(one for one in get_args(kind) if isinstance(one, type) and is_dataclass(one))
    return kind


def _record(kind: type, value: dict[str, Any]) -> Any:
    wanted = _annotations(kind)
    return kind(
        **{name: _value(wanted[name], item) for name, item in value.items() if name != "block"}
    )


@cache
def _annotations(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)
