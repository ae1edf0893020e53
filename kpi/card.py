"""HTML of the dashboard's own parts: cards, chips, tables, the plan, header, notes.

Every function returns a string that is safe to show: whatever comes from data is escaped. Classes
are those of ``theme.css``. Pictures are images in the page, since Streamlit's ``st.html`` removes
inline SVG; symbols are text for the same reason.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from itertools import pairwise
from typing import Any
from urllib.parse import quote

import polars as pl

from kpi import theme
from kpi.catalogue import Kpi
from kpi.theme import Mark

Row = Mapping[str, Any]

SPARK_MONTHS = 24
SPARK_WIDTH, SPARK_HEIGHT, SPARK_EDGE = 260, 56, 5

#: From worst to best, so that a month can be compared with the one before.
LADDER = ("red", "amber", "green", "blue")


# ---- cards ----


def card(
    kpi: Kpi,
    row: Row,
    series: pl.DataFrame,
    sentence: str,
    comparator: str,
    fresh: str,
    href: str,
    so_what: str = "",
) -> str:
    """One KPI, read from top to bottom: name, figure, status, verdict, picture, comparison, age.

    ``row`` is the last row of ``series`` (an observation frame of one KPI and organisation);
    ``sentence`` says in words what the picture shows; ``href`` leads to the measure's own page;
    ``so_what`` is what the month means for children, where somebody has said it.
    """
    return (
        '<article class="kpi-card">'
        f'<h3 class="kpi-name"><a href="{escape(href)}">{escape(kpi.title)}</a></h3>'
        f'<div class="kpi-top">{_value(kpi, row)}'
        f'<p class="kpi-status">{chip(theme.rating(kpi, row))}</p></div>'
        f"{_verdict(sentence, so_what)}"
        f"{sparkline(series)}"
        f'<p class="kpi-foot">{escape(comparator)}</p>'
        f'<p class="kpi-foot">{escape(fresh)}</p>'
        "</article>"
    )


def _verdict(sentence: str, so_what: str) -> str:
    """One cell of the card either way, so that the lines of neighbours still meet."""
    verdict = f'<p class="kpi-verdict">{escape(sentence)}</p>'
    if not so_what:
        return verdict
    note = f'<p class="kpi-so-what"><strong>So what?</strong> {escape(so_what)}</p>'
    return f"<div>{verdict}{note}</div>"


def _value(kpi: Kpi, row: Row) -> str:
    """The figure, large; its unit and months, small."""
    spoken = theme.with_unit(row["value"], kpi, row["state"])
    figure = spoken if kpi.unit == "£" else theme.figure(row["value"], kpi, row["state"])
    unit, months = spoken.removeprefix(figure).strip(), theme.span(kpi, row["period"])
    if " " in unit:  # too long to stand beside the figure and the chip
        unit, months = "", f"{unit}, {months}"
    named = f' <span class="kpi-unit">{escape(unit)}</span>' if unit else ""
    return (
        f'<p class="kpi-value"><span class="kpi-figure">{escape(figure)}</span>{named}</p>'
        f'<p class="kpi-period">{escape(months)}</p>'
    )


def grid(title: str, cards: Iterable[str]) -> str:
    """Cards of one group under their heading, as one block."""
    return (
        f'<section class="kpi-section"><h2>{escape(title)}</h2>'
        f'<div class="kpi-grid">{"".join(cards)}</div></section>'
    )


def chip(mark: Mark) -> str:
    """A state as fill, symbol and word; only the word is read out."""
    return (
        f'<span class="kpi-chip" style="{_paint(mark)}">'
        f'<span class="kpi-symbol" aria-hidden="true">{escape(mark.symbol)}</span>'
        f"{escape(mark.word)}</span>"
    )


def _paint(mark: Mark) -> str:
    return f"background:{mark.fill};color:{mark.ink};border-color:{mark.edge}"


def sparkline(series: pl.DataFrame) -> str:
    """The last 24 months as an image without words: good range, target, line, last figure."""
    rows = series.sort("period").tail(SPARK_MONTHS)
    known = rows["value"].drop_nulls()
    if known.is_empty():
        return '<span class="kpi-spark"></span>'
    last = rows.row(-1, named=True)
    marks = [last[name] for name in ("target", "band_low", "band_high") if last[name] is not None]
    low, high = min([*known, *marks]), max([*known, *marks])
    pitch = (SPARK_WIDTH - 2 * SPARK_EDGE) / max(rows.height - 1, 1)

    def x(at: int) -> float:
        return SPARK_EDGE + at * pitch

    def y(value: float) -> float:
        share = (value - low) / (high - low) if high > low else 0.5
        return SPARK_HEIGHT - SPARK_EDGE - share * (SPARK_HEIGHT - 2 * SPARK_EDGE)

    points = [(x(at), y(v)) for at, v in enumerate(rows["value"]) if v is not None]
    at = [at for at, v in enumerate(rows["value"]) if v is not None]
    body = _ground(last, y) + "".join(_strokes(points, at)) + _dot(points[-1], 4)
    return _image(body)


def _ground(last: Row, y: Callable[[float], float]) -> str:
    """Behind the line: the good range and the target."""
    parts = []
    if last["band_low"] is not None and last["band_high"] is not None:
        top, bottom = y(last["band_high"]), y(last["band_low"])
        parts.append(
            f"<rect width='{SPARK_WIDTH}' y='{top:.1f}' height='{bottom - top:.1f}'"
            f" fill='{theme.BAND}'/>"
        )
    if last["target"] is not None:
        parts.append(
            f"<path d='M0 {y(last['target']):.1f}H{SPARK_WIDTH}' stroke='{theme.MID}'"
            " stroke-width='1.5' stroke-dasharray='5 4'/>"
        )
    return "".join(parts)


def _strokes(points: Sequence[tuple[float, float]], at: Sequence[int]) -> list[str]:
    """One line for each run of months without a gap; a month between two gaps is a dot."""
    breaks = [0, *(i + 1 for i, (a, b) in enumerate(pairwise(at)) if b != a + 1), len(at)]
    runs = [points[start:end] for start, end in pairwise(breaks)]
    return [_line(run) if len(run) > 1 else _dot(run[0], 2.5) for run in runs]


def _line(points: Sequence[tuple[float, float]]) -> str:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    stroke = f"stroke='{theme.BLUE}' stroke-width='2.25' stroke-linejoin='round'"
    return f"<polyline points='{path}' fill='none' {stroke}/>"


def _dot(point: tuple[float, float], radius: float) -> str:
    return f"<circle cx='{point[0]:.1f}' cy='{point[1]:.1f}' r='{radius}' fill='{theme.BLUE}'/>"


def _image(body: str) -> str:
    box = f"viewBox='0 0 {SPARK_WIDTH} {SPARK_HEIGHT}'"
    svg = f"<svg xmlns='http://www.w3.org/2000/svg' {box}>{body}</svg>"
    source = "data:image/svg+xml," + quote(svg, safe="=:/,.()-' ")
    size = f'width="{SPARK_WIDTH}" height="{SPARK_HEIGHT}"'
    return f'<img class="kpi-spark" alt="" aria-hidden="true" {size} src="{source}">'


# ---- tables ----


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


def table(rows: pl.DataFrame, columns: Sequence[Column], caption: str) -> str:
    """A table for reading and for screen readers; the first column names the row."""
    heads = "".join(
        f'<th scope="col"{_aligned(column)}>{escape(column.title)}</th>' for column in columns
    )
    body = "".join(_table_row(row, columns) for row in rows.iter_rows(named=True))
    return _region(
        caption,
        f'<table class="kpi-table"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>",
    )


def _table_row(row: Row, columns: Sequence[Column]) -> str:
    first, *others = columns
    head = f'<th scope="row"{_aligned(first)}>{_cell(row, first)}</th>'
    cells = (f"<td{_aligned(column)}>{_cell(row, column)}</td>" for column in others)
    return f"<tr>{head}{''.join(cells)}</tr>"


def _aligned(column: Column) -> str:
    return ' class="kpi-number"' if column.numeric else ""


def _cell(row: Row, column: Column) -> str:
    if column.show is None:
        value = row[column.name]
        return "–" if value is None else escape(str(value))
    text = column.show(row)
    return text if column.markup else escape(text)


def _region(name: str, body: str) -> str:
    """Whatever is wider than the screen scrolls in a region that has a name and takes the keys."""
    attributes = f'class="kpi-region" role="region" tabindex="0" aria-label="{escape(name)}"'
    return f"<div {attributes}>{body}</div>"


# ---- the plan ----


def brag_matrix(
    rows: pl.DataFrame,
    priorities: pl.DataFrame,
    months: Sequence[date],
    evidence: Mapping[str, str] | None = None,
) -> str:
    """The plan: by priority and month progress (what was done) beside impact (what changed).

    ``rows``: period, priority_id, progress, impact (blue, green, amber, red or null).
    ``priorities``: priority_id, name, answers. ``evidence``: by priority_id, what the figures say.
    """
    rated = {(row["priority_id"], row["period"]): row for row in rows.iter_rows(named=True)}
    heads = "".join(_month_head(at, at == months[0] or at.month == 1) for at in months)
    parts = "".join(
        f'<th scope="col" class="kpi-part"><abbr title="{word}">{word[0]}</abbr></th>'
        for _ in months
        for word in ("Progress", "Impact")
    )
    further = "" if evidence is None else '<th rowspan="2" scope="col">Do the figures agree?</th>'
    body = "".join(
        f"<tr>{_priority(row)}{_ratings(rated, row['priority_id'], months)}"
        f"{'' if evidence is None else _evidence(evidence, row)}</tr>"
        for row in priorities.iter_rows(named=True)
    )
    caption = "Progress and impact of each priority, by month"
    return brag_key() + _region(
        caption,
        f'<table class="kpi-table kpi-plan"><caption class="kpi-hidden">{caption}</caption>'
        f'<thead><tr><th rowspan="2" scope="col" class="kpi-priority">Priority</th>{heads}'
        f'<th rowspan="2" scope="col">Since last month</th>{further}</tr>'
        f"<tr>{parts}</tr></thead><tbody>{body}</tbody></table>",
    )


def _priority(row: Row) -> str:
    who = f"<span>{escape(row['answers'])}</span>" if row["answers"] else ""
    return f'<th scope="row" class="kpi-priority">{escape(row["name"])}{who}</th>'


def _evidence(evidence: Mapping[str, str], row: Row) -> str:
    return f"<td>{escape(evidence.get(row['priority_id'], '–'))}</td>"


def brag_key() -> str:
    """What the colours, symbols and letters of the plan mean."""
    marks = [theme.BRAG[name] for name in (*reversed(LADDER), "none")]
    items = "".join(f"<li>{_square(mark, hidden=False)}{escape(mark.word)}</li>" for mark in marks)
    return (
        f'<ul class="kpi-key">{items}<li><span><b>P</b> progress: what was done</span></li>'
        "<li><span><b>I</b> impact: what changed for children</span></li></ul>"
    )


def _month_head(period: date, with_year: bool) -> str:
    """The year is shown over the month in which it begins, and read out with every month."""
    name, year = theme.month(period).split()
    style = "" if with_year else ' class="kpi-hidden"'
    head = '<th scope="colgroup" colspan="2" class="kpi-month">'
    return f"{head}<span{style}>{year} </span>{name}</th>"


def _ratings(rated: Mapping[tuple[str, date], Row], priority: str, months: Sequence[date]) -> str:
    found = [rated.get((priority, month), {}) for month in months]
    cells = "".join(
        f'<td class="{style}">{_square(theme.BRAG[row.get(part) or "none"])}</td>'
        for row in found
        for part, style in (("progress", "kpi-done"), ("impact", "kpi-felt"))
    )
    return f'{cells}<td class="kpi-moved">{_movement(found[-2:])}</td>'


def _square(mark: Mark, hidden: bool = True) -> str:
    word = f'<span class="kpi-hidden">{escape(mark.word)}</span>' if hidden else ""
    return (
        f'<span class="kpi-square" style="{_paint(mark)}">'
        f'<span class="kpi-symbol" aria-hidden="true">{escape(mark.symbol)}</span>{word}</span>'
    )


def _movement(last_two: Sequence[Row]) -> str:
    """``Progress up``, ``Impact down``: how the newest month differs from the one before."""
    if len(last_two) < 2:
        return "–"
    before, now = last_two
    moves = [
        _move(name.capitalize(), before.get(name), now.get(name)) for name in ("progress", "impact")
    ]
    return "".join(f"<span>{move}</span>" for move in moves if move) or "No change"


def _move(name: str, before: str | None, now: str | None) -> str:
    if before not in LADDER or now not in LADDER or before == now:
        return ""
    better = LADDER.index(now) > LADDER.index(before)
    symbol, word = ("▲", "better") if better else ("▼", "worse")
    return f'<span class="kpi-symbol" aria-hidden="true">{symbol}</span> {name} {word}'


# ---- around the page ----


def header(council: str, period: date | None, as_at: date | None, band: str = "") -> str:
    """The slim line on every page: whose figures, of which month, as at when unless now.

    ``band`` says what kind of figures they are (illustrative, not for publication).
    """
    month = f"<strong>{theme.long_month(period)}</strong>" if period else "No month published yet"
    moment = f" · as at {theme.day(as_at)}" if as_at else ""
    ribbon = f'<p class="kpi-band">{escape(band)}</p>' if band else ""
    return (
        '<header class="kpi-header"><div class="kpi-header-line">'
        f'<p class="kpi-council">{escape(council)}</p>'
        f'<p class="kpi-moment">{month}{moment}</p></div>{ribbon}</header>'
    )


def opening(title: str, lead: str = "", mark: Mark | None = None) -> str:
    """How a page begins: one sentence that says what is so, one that adds to it, its status."""
    status = chip(mark) if mark else ""
    text = f"<p>{escape(lead)}</p>" if lead else ""
    return f'<div class="kpi-opening"><h1>{escape(title)}</h1>{text}{status}</div>'


def events_list(events: pl.DataFrame) -> str:
    """Events (date, title, source) under the numbers that a chart gives them: their order."""
    items = "".join(
        f'<li><span class="kpi-count">{at}</span><span>'
        f"<time>{theme.month(_day(row['date']))}</time> {escape(row['title'])}</span></li>"
        for at, row in enumerate(events.iter_rows(named=True), start=1)
    )
    return f'<ol class="kpi-events">{items}</ol>' if items else ""


def _day(moment: date | str) -> date:
    """A date, also from the text of a reference table."""
    return date.fromisoformat(moment) if isinstance(moment, str) else moment


def note(title: str, text: str) -> str:
    """One thing to remember, or a question for the committee."""
    return f'<aside class="kpi-note"><p><strong>{escape(title)}</strong> {escape(text)}</p></aside>'
