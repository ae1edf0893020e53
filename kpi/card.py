"""HTML of the dashboard's own parts: cards, chips, the plan, header, notes.

Every function returns a string that is safe to show: whatever comes from data is escaped. Classes
are those of ``theme.css``. Pictures are images in the page, since Streamlit's ``st.html`` removes
inline SVG; symbols are text for the same reason.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from html import escape
from itertools import pairwise
from typing import Any
from urllib.parse import quote

import polars as pl

from kpi import theme
from kpi.catalogue import Kpi
from kpi.columns import Column as Column
from kpi.columns import table as table
from kpi.theme import Mark

Row = Mapping[str, Any]

SPARK_MONTHS = 24
SPARK_WIDTH, SPARK_HEIGHT, SPARK_EDGE = 260, 56, 5


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
    """One KPI, read from top to bottom: name, figure, status, picture, verdict, comparison, age.

    ``row`` is the last row of ``series`` (an observation frame of one KPI and organisation);
    ``sentence`` says in words what the picture shows; ``href`` leads to the measure's own page;
    ``so_what`` is what the month means for children, where somebody has said it.
    """
    return (
        '<article class="kpi-card">'
        f'<h3 class="kpi-name"><a href="{escape(href)}">{escape(kpi.title)}</a></h3>'
        f'<div class="kpi-top">{_value(kpi, row)}'
        f'<p class="kpi-status">{chip(theme.rating(kpi, row))}</p></div>'
        f"{sparkline(series)}"
        f"{_verdict(sentence, so_what)}"
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
        f'<span class="kpi-chip{_pattern(mark)}" style="{_paint(mark)}">'
        f'<span class="kpi-symbol" aria-hidden="true">{escape(mark.symbol)}</span>'
        f"{escape(mark.word)}</span>"
    )


def square(mark: Mark) -> str:
    """A state as fill and symbol, for whoever says its word beside it."""
    return (
        f'<span class="kpi-square{_pattern(mark)}" style="{_paint(mark)}">'
        f'<span class="kpi-symbol" aria-hidden="true">{escape(mark.symbol)}</span></span>'
    )


def _pattern(mark: Mark) -> str:
    """The class that draws a light's pattern, where a reader asked for patterns."""
    return f" kpi-pattern-{mark.pattern}" if mark.pattern else ""


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


# ---- around the page ----


def header(
    council: str,
    period: date | None,
    as_at: date | None,
    band: str = "",
    brief: Sequence[str] = (),
    patterns: bool = False,
) -> str:
    """The slim line on every page: whose figures, of which month, as at when unless now.

    ``band`` says what kind of figures they are (illustrative, not for publication); with ``brief``
    it folds behind these words, of which a telephone shows the first. ``patterns``: the lights of
    this page are told apart by them too.
    """
    month = f"<strong>{theme.long_month(period)}</strong>" if period else "No month published yet"
    moment = f'<span class="kpi-as-at"> · as at {theme.day(as_at)}</span>' if as_at else ""
    return (
        f'<header class="kpi-header{" kpi-patterns" if patterns else ""}">'
        f'<div class="kpi-header-line"><p class="kpi-council">{escape(council)}</p>'
        f'<p class="kpi-moment">{month}{moment}</p></div>{_band(band, brief)}</header>'
    )


def _band(band: str, brief: Sequence[str]) -> str:
    if brief:
        first, *others = brief
        rest = "".join(f'<span class="kpi-wider"> · {escape(text)}</span>' for text in others)
        summary = f"<summary>{escape(first)}{rest}</summary>"
        return f'<details class="kpi-band">{summary}<p>{escape(band)}</p></details>'
    return f'<p class="kpi-band">{escape(band)}</p>' if band else ""


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
