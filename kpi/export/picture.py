"""A chart of a report as SVG: the same picture on paper and on the one-file page.

Plain shapes and text, without a style sheet or a script, in a font that every reader has a likeness
of. What it shows is settled in the report; here is only where each stroke lies.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

from kpi import figure, theme
from kpi.report import Chart, Series

FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
LETTER = 0.56  # width of an average letter, as a share of the text size
WIDER = {"%": 0.89, "m": 0.83, "w": 0.74, "M": 0.83, "W": 0.94}
LINES = 5  # levels of the grid, at most
STEPS = (1, 2, 3, 6, 12, 24)  # months between the names on the axis
ROOM = 16  # lines of text that a picture holds before a second row of event numbers has room
MARKERS = {"▲": "0,-5 5,4 -5,4", "▼": "0,5 5,-4 -5,-4"}
LEAD = 10  # from the end of a line to its name


@dataclass(frozen=True, kw_only=True)
class Plot:
    """Where the plot lies in its picture, and what its axes run over."""

    width: float
    height: float
    size: float
    left: float
    right: float
    top: float
    bottom: float
    low: float
    high: float
    months: int
    pills: tuple[tuple[str, int, int], ...]  # text, place of the month, row

    def x(self, at: float) -> float:
        """The middle of a month, by its place."""
        return self.left + (at + 0.5) * (self.right - self.left) / self.months

    def y(self, value: float) -> float:
        span = (self.high - self.low) or 1
        return self.bottom - (value - self.low) / span * (self.bottom - self.top)


def draw(chart: Chart, width: float, height: float, size: float) -> str:
    """The picture of a chart. ``size`` is that of its text, in the unit of ``width``."""
    plot = _plot(chart, width, height, size)
    parts = [
        *_ground(chart, plot),
        *_grid(chart, plot),
        *_months(chart, plot),
        *_events(chart, plot),
        *_breaks(chart, plot),
        *_levels(chart, plot),
        *_values(chart, plot),
        *_letters(chart, plot),
        *_names(chart, plot),
    ]
    if not any(value is not None for line in chart.series for value in line.values):
        middle = (plot.left + plot.right) / 2
        parts.append(
            _text(middle, (plot.top + plot.bottom) / 2, "No figures to draw", plot, "middle")
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
        f'font-family="{FONT}" font-size="{size:g}" fill="{theme.INK}">{"".join(parts)}</svg>'
    )


def _plot(chart: Chart, width: float, height: float, size: float) -> Plot:
    ticks = [_tick(chart, level) for level in _nice(chart.low, chart.high)]
    left = max(_wide(text, size) for text in ticks) + 8
    names = [line.label for line in chart.series if line.label]
    right = max((_wide(name, size) for name in names), default=0) + LEAD + 6
    pills = _pills(chart, width - left - right, size, 2 if height > ROOM * size else 1)
    rows = max((row for *_, row in pills), default=-1) + 1
    top = size * (1.8 if rows and chart.corner else 1.2) + rows * size * 1.5
    return Plot(
        width=width,
        height=height,
        size=size,
        left=left,
        right=width - right,
        top=top,
        bottom=height - 1.7 * size,
        low=chart.low,
        high=chart.high,
        months=max(len(chart.periods), 1),
        pills=tuple(pills),
    )


# ---- axes ----


def _nice(low: float, high: float) -> list[float]:
    """Round levels from the bottom of an axis to its top."""
    raw = (high - low) / LINES or 1
    power = 10 ** math.floor(math.log10(raw))
    step = next(power * by for by in (1, 2, 2.5, 5, 10) if power * by >= raw * 0.999)
    first = math.ceil(low / step - 1e-9)
    return [at * step for at in range(first, math.floor(high / step + 1e-9) + 1)] or [low]


def _tick(chart: Chart, level: float) -> str:
    decimals = 0 if float(level).is_integer() else 1 if float(level * 10).is_integer() else 2
    text = theme.number(level, decimals)
    return theme.in_unit(text, chart.unit if chart.unit in ("%", "£") else "")


def _grid(chart: Chart, plot: Plot) -> Iterator[str]:
    levels = _nice(chart.low, chart.high)
    step = levels[1] - levels[0] if len(levels) > 1 else 1
    for level in levels:
        y = plot.y(level)
        ink = theme.MID if level == 0 else theme.GRID
        yield _line(plot.left, y, plot.right, y, ink, 1)
        text = _tick(chart, level if step >= 1 else round(level, 4))
        yield _text(plot.left - 5, y + plot.size * 0.35, text, plot, "end", theme.GREY)
    if chart.corner:
        yield _text(0, plot.size, chart.corner, plot, "start", theme.GREY)


def _months(chart: Chart, plot: Plot) -> Iterator[str]:
    yield _line(plot.left, plot.bottom, plot.right, plot.bottom, theme.MID, 1)
    room = (plot.right - plot.left) / (_wide("Apr 2025", plot.size) + plot.size)
    step = next((by for by in STEPS if plot.months / by <= room), 36)
    for at, period in enumerate(chart.periods):
        if (period.year * 12 + period.month - 4) % step and plot.months > 1:
            continue
        x = plot.x(at)
        name = theme.month(period)
        half = _wide(name, plot.size) / 2
        yield _line(x, plot.bottom, x, plot.bottom + 4, theme.MID, 1)
        x = min(max(x, half), plot.width - half)
        yield _text(x, plot.bottom + plot.size * 1.3, name, plot, "middle", theme.GREY)


# ---- what lies behind the figures ----


def _runs(values: Sequence[object]) -> Iterator[tuple[int, int, object]]:
    """Stretches of months over which a value does not change: first, last, value."""
    at = 0
    for value, same in groupby(values):
        count = len(list(same))
        yield at, at + count - 1, value
        at += count


def _ground(chart: Chart, plot: Plot) -> Iterator[str]:
    """The good range, for the months in which it holds."""
    bands = list(zip(chart.line("band_low"), chart.line("band_high"), strict=False))
    for first, last, band in _runs(bands):
        if not isinstance(band, tuple) or None in band:
            continue
        top, bottom = plot.y(min(band[1], plot.high)), plot.y(max(band[0], plot.low))
        x = plot.x(first - 0.5)
        wide = plot.x(last + 0.5) - x
        yield (
            f'<rect x="{x:.1f}" y="{top:.1f}" width="{wide:.1f}" height="{bottom - top:.1f}" '
            f'fill="{theme.BAND}" fill-opacity="0.65"/>'
        )


LEVELS = {
    "average": (theme.MID, 1, ""),
    "lower": (theme.MID, 1.4, "1.5 3"),
    "upper": (theme.MID, 1.4, "1.5 3"),
    "target": (theme.INK, 1.5, "6 4"),
}


def _levels(chart: Chart, plot: Plot) -> Iterator[str]:
    """Average, limits and target: level lines, each over the months in which it holds."""
    for line in chart.series:
        if line.role not in LEVELS:
            continue
        ink, width, dash = LEVELS[line.role]
        for first, last, value in _runs(line.values):
            if isinstance(value, float | int):
                y = plot.y(value)
                yield _line(plot.x(first - 0.5), y, plot.x(last + 0.5), y, ink, width, dash)


def _breaks(chart: Chart, plot: Plot) -> Iterator[str]:
    """Where the limits begin anew; its name keeps to the half that the figures leave free."""
    for one in chart.breaks:
        at = chart.periods.index(one.period)
        x = plot.x(at - 0.5)
        yield _line(x, plot.top, x, plot.bottom, theme.GREY, 1.5, "7 4")
        after = [v for v in chart.line("value")[at:] if v is not None] or [plot.low]
        low = sum(after) / len(after) < (plot.low + plot.high) / 2
        y = plot.top + plot.size if low else plot.bottom - plot.size * 0.5
        end = x + _wide("limits reset", plot.size) + 4 > plot.right
        anchor, shift = ("end", -4) if end else ("start", 4)
        yield _text(x + shift, y, "limits reset", plot, anchor, theme.GREY)


# ---- events ----


def _pills(chart: Chart, room: float, size: float, rows: int) -> list[tuple[str, int, int]]:
    """Numbers of events over their months: text, place of the month, row; crowds share a pill."""
    places = {period: at for at, period in enumerate(chart.periods)}
    pitch = room / max(len(chart.periods), 1)
    found: list[tuple[int, int, int, int]] = []  # first, last, place, row
    for event in chart.events:
        place = places.get(event.period)
        if place is None:
            continue
        taken = {row: _end(first, last, at, pitch, size) for first, last, at, row in found}
        free = [row for row in range(rows) if taken.get(row, -size) < place * pitch]
        if found and (found[-1][2] == place or not free):
            first, _, at, row = found.pop()
            found.append((first, event.number, at, row))
        else:
            found.append((event.number, event.number, place, free[0] if free else 0))
    return [(_numbers(first, last), at, row) for first, last, at, row in found]


def _numbers(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}–{last}"


def _end(first: int, last: int, at: int, pitch: float, size: float) -> float:
    """Where a pill ends, from the left of the plot."""
    return at * pitch + _wide(_numbers(first, last), size) + 12


def _events(chart: Chart, plot: Plot) -> Iterator[str]:
    tall = plot.size * 1.3
    for text, at, row in plot.pills:
        x, y = plot.x(at), plot.top - 6 - row * plot.size * 1.5
        wide = _wide(text, plot.size) + 6
        yield _line(x, y, x, plot.bottom, theme.MID, 0.8, "1 4")
        yield (
            f'<rect x="{x - plot.size / 2:.1f}" y="{y - tall:.1f}" width="{wide:.1f}" '
            f'height="{tall:.1f}" rx="2" fill="{theme.WHITE}" stroke="{theme.GREY}"/>'
        )
        yield _text(x - plot.size / 2 + wide / 2, y - tall * 0.27, text, plot, "middle")


# ---- the figures ----


def _values(chart: Chart, plot: Plot) -> Iterator[str]:
    """The line of the figure, broken at gaps, and a marker a month where the month is judged."""
    values = chart.line("value")
    single = chart.line("months")
    for stretch in _stretches(values):
        points = " ".join(f"{plot.x(at):.1f},{plot.y(values[at] or 0):.1f}" for at in stretch)
        yield (
            f'<polyline points="{points}" fill="none" stroke="{theme.BLUE}" stroke-width="2.2" '
            'stroke-linejoin="round"/>'
        )
        if len(stretch) == 1:
            yield _marker(plot.x(stretch[0]), plot.y(values[stretch[0]] or 0), None, theme.BLUE, 4)
    usual = theme.FAINT if single else theme.BLUE
    for at, value in enumerate(single or values):
        if value is not None:
            yield _marker(plot.x(at), plot.y(value), chart.marks[at], usual, 2.2)


def _stretches(values: Sequence[float | None]) -> Iterator[list[int]]:
    """Places of neighbouring figures, without the gaps between them."""
    for known, group in groupby(range(len(values)), key=lambda at: values[at] is not None):
        if known:
            yield list(group)


def _marker(x: float, y: float, mark: str | None, usual: str, size: float) -> str:
    if mark is None:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size:g}" fill="{usual}"/>'
    drawn = theme.VARIATION[mark]
    return (
        f'<polygon points="{MARKERS[drawn.symbol]}" transform="translate({x:.1f},{y:.1f})" '
        f'fill="{drawn.ink}" stroke="{theme.WHITE}" stroke-width="0.7"/>'
    )


def _letters(chart: Chart, plot: Plot) -> Iterator[str]:
    """Where there is no figure, the letter of its reason, on the axis; a run of one reason once."""
    drawn = chart.line("months") or chart.line("value")
    letters = [s if v is None else None for v, s in zip(drawn, chart.states, strict=True)]
    for first, last, letter in _runs(letters):
        if isinstance(letter, str):
            x = plot.x((first + last) / 2)
            yield _text(x, plot.bottom - 4, letter, plot, "middle", theme.GREY)


INKS = {"value": theme.BLUE, "target": theme.INK, "band_low": theme.BAND_INK}
WEIGHTS = {"value": 9, "target": 3}


def _names(chart: Chart, plot: Plot) -> Iterator[str]:
    """The name of each line at its right end, kept clear of the others."""
    named = [line for line in chart.series if line.label]
    ends = [_ending(chart, line) for line in named]
    room = plot.bottom - plot.top
    wanted = [plot.bottom - plot.y(end) for end in ends]
    placed = figure.spread(
        wanted,
        [plot.size * 1.15] * len(named),
        room,
        [WEIGHTS.get(line.role, 1) for line in named],
    )
    for line, own, place in zip(named, wanted, placed, strict=True):
        ink = INKS.get(line.role, theme.GREY)
        x, y = plot.right, plot.bottom - place
        yield _line(x + 2, plot.bottom - own, x + LEAD, y, ink, 0.8)
        heavy = ' font-weight="bold"' if line.role == "value" else ""
        yield _text(x + LEAD + 3, y + plot.size * 0.35, line.label, plot, "start", ink, heavy)


def _ending(chart: Chart, line: Series) -> float:
    """Where a line ends; the good range is named in its middle."""
    known = [value for value in line.values if value is not None]
    if line.role == "band_low" and known:
        tops = [value for value in chart.line("band_high") if value is not None]
        return (known[-1] + tops[-1]) / 2
    return known[-1] if known else chart.low


# ---- strokes ----


def _wide(text: str, size: float) -> float:
    return sum(WIDER.get(letter, LETTER) for letter in text) * size


def _text(
    x: float, y: float, text: str, plot: Plot, anchor: str, ink: str = theme.INK, more: str = ""
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{ink}"{more}>'
        f"{escape(text)}</text>"
    )


def _line(
    x1: float, y1: float, x2: float, y2: float, ink: str, width: float, dash: str = ""
) -> str:
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{ink}" '
        f'stroke-width="{width:g}"{dashed}/>'
    )


def place(chart: Chart, width: float, height: float, size: float) -> tuple[float, float]:
    """Where the first month lies, and how far the months are apart: for a read-out."""
    plot = _plot(chart, width, height, size)
    return plot.x(0), plot.x(1) - plot.x(0)
