"""What charts are laid out with: a blank figure, labels and event numbers that never collide."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from html import escape
from itertools import accumulate, pairwise
from typing import Any

import plotly.graph_objects as go
import polars as pl

from kpi import theme
from kpi.drawing import Drawing
from kpi.observation import STATES

#: How a figure is shown: nothing to drag or click, so that a finger scrolls the page.
CONFIG = {"displayModeBar": False, "responsive": True, "scrollZoom": False}

#: What a point says when it is pointed at is the text that it carries.
HOVER = "%{text}<extra></extra>"

HALF_MONTH = timedelta(days=15)
TELEPHONE = 358  # pixels that a figure has on the narrowest screen
PILL_ROWS = 3
LEAD = 16  # pixels from the end of a line to its name
STEPS = {5: "M1", 12: "M3", 24: "M6"}  # months between ticks, by months on the axis
LETTER = 0.54  # width of an average letter, as a share of the text size


@dataclass(frozen=True, kw_only=True)
class Label:
    """The name of a line, to be written at its right end; a heavier one is moved less."""

    at: float
    text: str
    ink: str = theme.GREY
    weight: float = 1


@dataclass(frozen=True, kw_only=True)
class Pill:
    """The numbers of one or more events over the month of the first, in a row above the chart."""

    first: int
    last: int
    row: int
    periods: tuple[date, ...]
    titles: tuple[str, ...]

    @property
    def text(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}–{self.last}"

    @property
    def width(self) -> float:
        """Pixels, at the text size of a page."""
        return wide(self.text, 14) + 12


def blank(height: int, size: int, top: int = 16, bottom: int = 0) -> go.Figure:
    """An empty figure of a height, with text of a size in pixels; its width is the page's."""
    axis = {"tickfont": {"size": size - 1}, "title": {"font": {"size": size - 1}}}
    return Drawing(
        layout={
            "template": "kpi",
            "height": height,
            "font": {"size": size},
            "margin": {"l": round(3 * size), "r": size, "t": top, "b": bottom or 3 * size},
            "xaxis": axis,
            "yaxis": axis,
        }
    )


def laid(figure: go.Figure) -> Any:
    """A figure's layout: its height, margins and text size are settled when it is made."""
    return figure["layout"]


def plot_height(figure: go.Figure) -> int:
    """Pixels from the bottom of the axis to its top."""
    layout = laid(figure)
    return layout["height"] - layout["margin"]["t"] - layout["margin"]["b"]


def size_of(figure: go.Figure) -> int:
    """The size of a figure's text, in pixels."""
    return laid(figure)["font"]["size"]


def nothing(height: int, size: int, text: str = "No figures yet") -> go.Figure:
    """A figure that says why it is empty."""
    figure = blank(height, size)
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    figure.add_annotation(
        text=text, x=0.5, y=0.5, xref="paper", yref="paper", showarrow=False, font_color=theme.GREY
    )
    return figure


def corner(figure: go.Figure, text: str) -> None:
    """Write what the axis counts over its upper end, level, at the figure's left edge."""
    figure.add_annotation(
        text=text,
        x=0,
        y=1,
        xref="paper",
        yref="paper",
        xanchor="left",
        yanchor="bottom",
        xshift=4 - laid(figure)["margin"]["l"],
        yshift=4,
        showarrow=False,
        bgcolor=theme.WHITE,
        font={"size": size_of(figure) - 1, "color": theme.GREY},
    )


def ticks(unit: str, span: float, most: int = 7) -> dict[str, Any]:
    """How an axis of figures writes its ticks: signs on them, thousands parted."""
    signs = {"%": {"ticksuffix": "%"}, "£": {"tickprefix": "£"}}.get(unit, {})
    return {"tickformat": ",", "nticks": most, **signs, **({"dtick": 1} if span < 5 else {})}


def y_axis(figure: go.Figure, unit: str, low: float, high: float, most: int = 7) -> None:
    """The axis of figures from ``low`` to ``high``, with room for its widest tick to its left.

    Amounts of money are long: ``£1,250,000`` would be cut off by a margin made for percentages.
    """
    figure.update_yaxes(range=[low, high], **ticks(unit, high - low, most))
    size = size_of(figure)
    widest = max((theme.in_unit(theme.number(end), unit) for end in (low, high)), key=len)
    needed = round(wide(widest, size - 1)) + 12 if unit in ("%", "£") else 0
    figure.update_layout(margin_l=max(laid(figure)["margin"]["l"], needed))


def runs(rows: pl.DataFrame, *names: str) -> list[dict[str, Any]]:
    """Stretches of months over which columns do not change, from mid-month to mid-month."""
    stretches = (
        rows.group_by(pl.struct(names).rle_id().alias("run"), maintain_order=True)
        .agg(pl.col("period").min().alias("start"), pl.col("period").max().alias("end"),
             *(pl.col(name).first() for name in names))
        .drop("run")
    )  # fmt: skip
    return [
        row | {"start": row["start"] - HALF_MONTH, "end": row["end"] + HALF_MONTH}
        for row in stretches.iter_rows(named=True)
    ]


def join(figure: go.Figure, row: int, start: float | None, end: float | None) -> None:
    """The line between two dots of a row, where there are both."""
    if start is not None and end is not None:
        figure.add_scatter(
            x=[start, end], y=[row, row], mode="lines", hoverinfo="skip",
            line={"color": theme.MID, "width": 3},
        )  # fmt: skip


def rule(
    figure: go.Figure, run: Mapping[str, Any], at: float, colour: str, dash: str, width: float
) -> None:
    """A level line over a stretch of months."""
    figure.add_shape(
        type="line",
        x0=run["start"],
        x1=run["end"],
        y0=at,
        y1=at,
        line={"color": colour, "dash": dash, "width": width},
        layer="between",
    )


def add_letters(
    figure: go.Figure, at: Sequence[Any], states: Sequence[str], when: Sequence[str], low: float
) -> None:
    """Where there is no figure, the letter of the reason, on the axis at ``low``."""
    figure.add_scatter(
        x=list(at),
        y=[low] * len(at),
        text=list(states),
        customdata=[
            f"{text}<br>{STATES.get(state, 'no figure')}"
            for text, state in zip(when, states, strict=True)
        ],
        mode="text",
        textposition="top center",
        textfont={"size": size_of(figure) - 1, "color": theme.GREY},
        hovertemplate="%{customdata}<extra></extra>",
        cliponaxis=False,
    )


# ---- names beside the lines ----


def spread(
    wanted: Sequence[float],
    sizes: Sequence[float],
    room: float,
    weights: Sequence[float] | None = None,
) -> list[float]:
    """Middles as near to ``wanted`` as can be, so that labels of ``sizes`` do not overlap.

    All lie from 0 to ``room``. Labels that would collide move as one block to their weighted middle
    (pool adjacent violators); where they cannot all fit they are pressed together evenly.
    """
    if not wanted:
        return []
    order = sorted(range(len(wanted)), key=lambda at: (wanted[at], at))
    steps = [0.0, *((sizes[a] + sizes[b]) / 2 for a, b in pairwise(order))]
    press = min(1, room / (sum(steps) or 1))
    offsets = [press * step for step in accumulate(steps)]
    blocks: list[tuple[float, float, int]] = []  # middle, weight, labels
    for offset, at in zip(offsets, order, strict=True):
        middle, weight, count = wanted[at] - offset, (weights or [1] * len(wanted))[at], 1
        while blocks and blocks[-1][0] >= middle:
            other, load, others = blocks.pop()
            middle = (middle * weight + other * load) / (weight + load)
            weight, count = weight + load, count + others
        blocks.append((middle, weight, count))
    level = [middle for middle, _, count in blocks for _ in range(count)]
    left = room - offsets[-1]
    placed = {
        at: min(max(middle, 0), left) + offset
        for at, middle, offset in zip(order, level, offsets, strict=True)
    }
    return [placed[at] for at in range(len(wanted))]


def write(figure: go.Figure, labels: Sequence[Label], low: float, high: float) -> go.Figure:
    """Write labels to the right of the plot, whose axis runs from ``low`` to ``high``."""
    size, tall = size_of(figure), plot_height(figure)
    pixels = [(label.at - low) / (high - low) * tall for label in labels]
    sizes = [1.25 * size * (1 + label.text.count("<br>")) for label in labels]
    placed = spread(pixels, sizes, tall, [label.weight for label in labels])
    for label, own, pixel in zip(labels, pixels, placed, strict=True):
        _lead(figure, label, own / tall, pixel / tall)
        figure.add_annotation(
            text=label.text,
            x=1,
            y=pixel / tall,
            xref="paper",
            yref="paper",
            xanchor="left",
            yanchor="middle",
            align="left",
            xshift=LEAD + 5,
            showarrow=False,
            font={"size": size - (0 if "<b>" in label.text else 1), "color": label.ink},
        )
    figure.update_layout(margin_r=margin(labels, size))
    return figure


def margin(labels: Sequence[Label], size: int) -> int:
    """Pixels to the right of the plot that labels need."""
    return round(max((wide(label.text, size) for label in labels), default=0)) + LEAD + 10


def room(labels: Sequence[Label], size: int) -> int:
    """Pixels that the plot has at least: on a telephone or, where the text is larger, a screen."""
    return (TELEPHONE if size <= 16 else 60 * size) - 3 * size - margin(labels, size)


def _lead(figure: go.Figure, label: Label, start: float, end: float) -> None:
    """A short stroke from the end of a line to its name, which may have had to move."""
    figure.add_shape(
        type="line",
        xref="paper",
        yref="paper",
        xsizemode="pixel",
        xanchor=1,
        x0=3,
        x1=LEAD,
        y0=start,
        y1=end,
        line={"color": label.ink, "width": 1},
    )


def wide(text: str, size: int) -> float:
    """About how many pixels the longest line of a text takes."""
    lines = re.sub(r"<(?!br)[^>]*>", "", text).split("<br>")
    return max(len(line) for line in lines) * LETTER * size


# ---- events ----


def pills(periods: Sequence[date], events: pl.DataFrame | None, room: float) -> list[Pill]:
    """Place events (date, title), numbered in their order, over their months.

    Events of one month share a pill. Neighbours go to another row, and share a pill where no row
    is free. ``room``: the pixels that the months have, at least.
    """
    place = {period: at * room / len(periods) for at, period in enumerate(periods)}
    found: list[Pill] = []
    for number, (when, title) in enumerate(_dated(events), start=1):
        if when not in place:
            continue
        new = Pill(first=number, last=number, row=0, periods=(when,), titles=(title,))
        row = _free_row(new, found, place)
        if found and (found[-1].periods[-1] == when or row is None):
            found.append(_joined(found.pop(), new))
        else:
            found.append(replace(new, row=row or 0))
    return found


def _free_row(new: Pill, found: Sequence[Pill], place: Mapping[date, float]) -> int | None:
    """The lowest row whose last pill leaves room for a new one."""
    last = {pill.row: pill for pill in found}
    for row in range(PILL_ROWS):
        before = last.get(row)
        if before is None:
            return row
        apart = place[new.periods[0]] - place[before.periods[0]]
        if apart >= before.width:
            return row
    return None


def _joined(pill: Pill, new: Pill) -> Pill:
    together = {"periods": pill.periods + new.periods, "titles": pill.titles + new.titles}
    return replace(pill, last=new.last, **together)


def _dated(events: pl.DataFrame | None) -> list[tuple[date, str]]:
    """First day of the month and title; dates may be the text of a reference table."""
    if events is None:
        return []
    pairs = events.select(pl.col("date").cast(pl.String).str.slice(0, 10), "title").iter_rows()
    return [(date.fromisoformat(when).replace(day=1), title) for when, title in pairs]


def add_pills(figure: go.Figure, found: Sequence[Pill], base: int) -> None:
    """Numbers from ``base`` pixels above the plot, with dotted lines down the months they are of.

    The axis must have its range. A line in the plot and its end above it are two shapes: one that
    leaves the plot would lie under the good range.
    """
    size = size_of(figure)
    low, high = laid(figure)["yaxis"]["range"]
    tall = plot_height(figure)
    dotted = {"type": "line", "line": {"color": theme.MID, "width": 1, "dash": "1px 4px"}}
    for pill in found:
        lift = base + pill.row * (size + 10)
        for period in dict.fromkeys(pill.periods):
            figure.add_shape(x0=period, x1=period, y0=low, y1=high, layer="below", **dotted)
        end = {"yref": "paper", "y0": 1, "y1": 1 + lift / tall}
        figure.add_shape(x0=pill.periods[0], x1=pill.periods[0], layer="below", **end, **dotted)
        figure.add_annotation(
            x=pill.periods[0],
            y=1,
            yref="paper",
            xanchor="left",
            yanchor="bottom",
            xshift=-size / 2,
            yshift=lift,
            text=pill.text,
            hovertext="<br>".join(escape(title) for title in pill.titles),
            showarrow=False,
            bgcolor=theme.WHITE,
            bordercolor=theme.GREY,
            borderwidth=1,
            borderpad=2,
            font={"size": size - 2, "color": theme.INK},
        )


def ends(periods: Sequence[date]) -> list[date]:
    """The axis of months: half a month more at each end, a little more around a single one."""
    margin = HALF_MONTH if len(periods) > 1 else 3 * HALF_MONTH
    return [periods[0] - margin, periods[-1] + margin]


def months(periods: Sequence[date]) -> dict[str, Any]:
    """How an axis of months is marked: every month of a few, else as many as there is room for."""
    step = next((step for most, step in STEPS.items() if len(periods) <= most), None)
    return {
        "range": ends(periods),
        "tickformat": "%b<br>%Y",
        **({"dtick": step} if step else {}),
    }
