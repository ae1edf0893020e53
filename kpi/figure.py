"""What charts are laid out with: a blank figure, labels and event numbers that never collide."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import plotly.graph_objects as go
import polars as pl

from kpi import theme
from kpi.observation import STATES

#: How a figure is shown: nothing to drag or click, so that a finger scrolls the page.
CONFIG = {"displayModeBar": False, "responsive": True, "scrollZoom": False}

#: What a point says when it is pointed at is the text that it carries.
HOVER = "%{text}<extra></extra>"

HALF_MONTH = timedelta(days=15)
TELEPHONE = 210  # pixels that the narrowest screen leaves for the months
PILL_ROWS = 3
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
    period: date
    row: int
    titles: tuple[str, ...]


def blank(height: int, size: int, top: int = 16, bottom: int = 0) -> go.Figure:
    """An empty figure of a height, with text of a size in pixels; its width is the page's."""
    axis = {"tickfont": {"size": size - 1}, "title": {"font": {"size": size - 1}}}
    return go.Figure(
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
    margin = laid(figure)["margin"]
    figure.add_annotation(
        text=text,
        x=0,
        y=1,
        xref="paper",
        yref="paper",
        xanchor="left",
        yanchor="top",
        xshift=4 - margin["l"],
        yshift=margin["t"] - 2,
        showarrow=False,
        font={"size": size_of(figure) - 1, "color": theme.GREY},
    )


def ticks(unit: str, span: float, most: int = 7) -> dict[str, Any]:
    """How an axis of figures writes its ticks: signs on them, thousands parted."""
    signs = {"%": {"ticksuffix": "%"}, "£": {"tickprefix": "£"}}.get(unit, {})
    return {"tickformat": ",", "nticks": most, **signs, **({"dtick": 1} if span < 5 else {})}


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
    gap: float,
    low: float,
    high: float,
    weights: Sequence[float] | None = None,
) -> list[float]:
    """Positions as near to ``wanted`` as can be, at least ``gap`` apart, from ``low`` to ``high``.

    Labels that would collide move as one block to their weighted middle (pool adjacent violators).
    Where they cannot all fit they are spaced evenly.
    """
    if not wanted:
        return []
    gap = min(gap, (high - low) / max(len(wanted) - 1, 1))
    order = sorted(range(len(wanted)), key=lambda at: (wanted[at], at))
    blocks: list[tuple[float, float, int]] = []  # middle, weight, labels
    for place, at in enumerate(order):
        middle, weight, count = wanted[at] - place * gap, (weights or [1] * len(wanted))[at], 1
        while blocks and blocks[-1][0] >= middle:
            other, load, others = blocks.pop()
            middle = (middle * weight + other * load) / (weight + load)
            weight, count = weight + load, count + others
        blocks.append((middle, weight, count))
    level = [middle for middle, _, count in blocks for _ in range(count)]
    room = high - (len(order) - 1) * gap
    placed = {at: min(max(level[i], low), room) + i * gap for i, at in enumerate(order)}
    return [placed[at] for at in range(len(wanted))]


def write(figure: go.Figure, labels: Sequence[Label], low: float, high: float) -> go.Figure:
    """Write labels to the right of the plot, whose axis runs from ``low`` to ``high``."""
    layout, size = laid(figure), size_of(figure)
    tall = layout["height"] - layout["margin"]["t"] - layout["margin"]["b"]
    pixels = [(label.at - low) / (high - low) * tall for label in labels]
    placed = spread(pixels, 1.25 * size, 0, tall, [label.weight for label in labels])
    for label, pixel in zip(labels, placed, strict=True):
        figure.add_annotation(
            text=label.text,
            x=1,
            y=pixel / tall,
            xref="paper",
            yref="paper",
            xanchor="left",
            yanchor="middle",
            xshift=9,
            showarrow=False,
            font={"size": size - (0 if "<b>" in label.text else 1), "color": label.ink},
        )
    widest = max((wide(label.text, size) for label in labels), default=0)
    figure.update_layout(margin_r=round(widest) + 16)
    return figure


def wide(text: str, size: int) -> float:
    """About how many pixels the longest line of a text takes."""
    lines = re.sub(r"<(?!br)[^>]*>", "", text).split("<br>")
    return max(len(line) for line in lines) * LETTER * size


# ---- events ----


def pills(periods: Sequence[date], events: pl.DataFrame | None) -> list[Pill]:
    """Place events (date, title), numbered in their order, over their months.

    Events of one month share a pill. Neighbours go to another row, and share a pill where no row
    is free. Reckoned for a telephone, so that pills do not cover each other even there.
    """
    place = {period: at for at, period in enumerate(periods)}
    apart = 34 / TELEPHONE * len(periods)  # months that a pill is wide
    found: list[Pill] = []
    for number, (when, title) in enumerate(_dated(events), start=1):
        if when not in place:
            continue
        taken = {pill.row: place[pill.period] for pill in found}  # the last of each row
        free = [
            row for row in range(PILL_ROWS) if row not in taken or place[when] - taken[row] >= apart
        ]
        if found and (found[-1].period == when or not free):
            found.append(_joined(found.pop(), number, title))
        else:
            found.append(Pill(first=number, last=number, period=when, row=free[0], titles=(title,)))
    return found


def _joined(pill: Pill, number: int, title: str) -> Pill:
    titles = (*pill.titles, title)
    return Pill(first=pill.first, last=number, period=pill.period, row=pill.row, titles=titles)


def _dated(events: pl.DataFrame | None) -> list[tuple[date, str]]:
    """First day of the month and title; dates may be the text of a reference table."""
    if events is None:
        return []
    pairs = events.select(pl.col("date").cast(pl.String).str.slice(0, 10), "title").iter_rows()
    return [(date.fromisoformat(when).replace(day=1), title) for when, title in pairs]


def add_pills(figure: go.Figure, found: Sequence[Pill]) -> None:
    """Numbers above the plot, each with a dotted line down its month."""
    size = size_of(figure)
    for pill in found:
        figure.add_vline(x=pill.period, line={"color": theme.MID, "width": 1, "dash": "1px 4px"},
                         layer="below")  # fmt: skip
        figure.add_annotation(
            x=pill.period,
            y=1,
            yref="paper",
            yanchor="bottom",
            yshift=4 + pill.row * (size + 10),
            text=str(pill.first) if pill.first == pill.last else f"{pill.first}–{pill.last}",
            hovertext="<br>".join(pill.titles),
            showarrow=False,
            bgcolor=theme.WHITE,
            bordercolor=theme.GREY,
            borderwidth=1,
            borderpad=2,
            font={"size": size - 2, "color": theme.INK},
        )


def ends(periods: Sequence[date]) -> list[date]:
    """The axis of months: half a month more at each end, half a year around a single one."""
    margin = HALF_MONTH if len(periods) > 1 else 12 * HALF_MONTH
    return [periods[0] - margin, periods[-1] + margin]
