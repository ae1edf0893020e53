"""Progress against impact as a Plotly figure: every priority in its place, and where it came from.

Ratings have four steps, so priorities share places: in each place they stand one under the other,
numbered and named, and none covers another.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import plotly.graph_objects as go
import polars as pl

from kpi import figure as layout
from kpi import theme

STEPS = ("red", "amber", "green", "blue")
TRAIL = 12  # months back that a trail begins
PITCH = 30  # pixels from one priority to the next under it
EDGE = 0.7  # room above and below the priorities of a place, in priorities
DOT, WAS = 0.12, 0.92  # where in a place a priority stands, and where it stood before


@dataclass(frozen=True, kw_only=True)
class Place:
    """One priority in one month: ratings, and which in the order of its place."""

    priority_id: str
    period: date
    progress: str
    impact: str


def trails(rows: pl.DataFrame, month: date) -> dict[str, list[Place]]:
    """The places of each priority over a year, the newest last; a month like the last is left out.

    ``rows``: period, priority_id, progress, impact. Whoever is not rated on both has no place.
    """
    since = pl.lit(month).dt.offset_by(f"-{TRAIL - 1}mo")
    known = rows.filter(
        pl.col("period").is_between(since, pl.lit(month)),
        pl.col("progress").is_in(STEPS) & pl.col("impact").is_in(STEPS),
    ).sort("priority_id", "period")
    found: dict[str, list[Place]] = {}
    for row in known.iter_rows(named=True):
        names = ("priority_id", "period", "progress", "impact")
        place = Place(**{name: row[name] for name in names})
        before = found.setdefault(place.priority_id, [])
        if before and (before[-1].progress, before[-1].impact) == (place.progress, place.impact):
            before[-1] = place
        else:
            before.append(place)
    return {name: places for name, places in found.items() if places[-1].period == month}


def alt(rows: pl.DataFrame, month: date, names: Mapping[str, str]) -> str:
    """What the figure shows, place by place."""
    groups: dict[tuple[str, str], list[str]] = {}
    for name, places in trails(rows, month).items():
        last = places[-1]
        groups.setdefault((last.progress, last.impact), []).append(names.get(name, name))
    told = [
        f"progress {progress} and impact {impact}: {', '.join(listed)}"
        for (progress, impact), listed in sorted(groups.items())
    ]
    return f"Priorities by progress and impact in {theme.long_month(month)}; {'; '.join(told)}."


def table(rows: pl.DataFrame, month: date, names: Mapping[str, str]) -> pl.DataFrame:
    """The figure's table: name, progress, impact, before (what it was, and until when)."""
    found = trails(rows, month)
    return pl.DataFrame(
        [
            {
                "name": names.get(name, name),
                "progress": places[-1].progress,
                "impact": places[-1].impact,
                "before": "; ".join(map(_until, places[:-1])) or None,
            }
            for name, places in found.items()
        ],
        schema=dict.fromkeys(["name", "progress", "impact", "before"], pl.String),
    )


def _until(place: Place) -> str:
    when = theme.month(place.period)
    return f"progress {place.progress} and impact {place.impact} until {when}"


def quadrant(
    rows: pl.DataFrame, month: date, names: Mapping[str, str], *, size: int = 15
) -> go.Figure:
    """Progress to the right, impact upwards; thin lines lead from where a priority stood before.

    ``names``: the priorities by id in their order, which gives each its number.
    """
    found = trails(rows, month)
    if not found:
        return layout.nothing(200, size, "No priority is rated for this month")
    grid = _Grid(found, list(names))
    drawn = layout.blank(round(grid.height * PITCH) + 5 * size, size, size, 4 * size)
    drawn.update_layout(margin_l=round(5.4 * size))
    _ground(drawn, grid)
    for name, places in found.items():
        _trail(drawn, grid, places, names.get(name, name))
    _dots(drawn, grid, found, names)
    _axes(drawn, grid)
    return drawn


class _Grid:
    """Where each step of impact begins, and where each priority stands in its place."""

    def __init__(self, found: Mapping[str, Sequence[Place]], order: Sequence[str]) -> None:
        self.order = order
        self.shared: dict[tuple[str, str], list[str]] = {}
        for name in sorted(found, key=self.number):
            last = found[name][-1]
            self.shared.setdefault((last.progress, last.impact), []).append(name)
        self.base, at = {}, 0.0
        for step in STEPS:
            most = max(len(self.shared.get((progress, step), [])) for progress in STEPS)
            self.base[step] = (at, at + max(most, 1) + 2 * EDGE)
            at = self.base[step][1]
        self.height = at

    def number(self, name: str) -> int:
        return self.order.index(name) + 1 if name in self.order else len(self.order) + 1

    def stands(self, place: Place) -> tuple[float, float]:
        listed = self.shared[place.progress, place.impact]
        top = self.base[place.impact][1]
        return STEPS.index(place.progress) + DOT, top - EDGE - 0.5 - listed.index(place.priority_id)

    def stood(self, place: Place) -> tuple[float, float]:
        """At the far edge of an earlier place, each priority at a height of its own."""
        low, high = self.base[place.impact]
        share = (self.number(place.priority_id) - 0.5) / max(len(self.order), 1)
        return STEPS.index(place.progress) + WAS, high - EDGE / 2 - share * (high - low - EDGE)


def _ground(drawn: go.Figure, grid: _Grid) -> None:
    """The places in which much was done and little changed, and the lines between places."""
    low, high = grid.base["red"][0], grid.base["amber"][1]
    drawn.add_shape(
        type="rect", x0=2, x1=4, y0=low, y1=high, fillcolor=theme.WASH, line_width=0, layer="below"
    )
    for at in range(5):
        _line(drawn, (at, at), (0, grid.height))
    for level in (0.0, *(end for _, end in grid.base.values())):
        _line(drawn, (0, 4), (level, level))
    drawn.add_annotation(
        text="Progress without impact", x=4, y=low, xanchor="right", yanchor="bottom",
        showarrow=False, font={"size": layout.size_of(drawn) - 1, "color": theme.GREY},
    )  # fmt: skip


def _line(drawn: go.Figure, x: tuple[float, float], y: tuple[float, float]) -> None:
    drawn.add_shape(
        type="line", x0=x[0], x1=x[1], y0=y[0], y1=y[1], layer="below",
        line={"color": theme.LINE, "width": 1},
    )  # fmt: skip


def _trail(drawn: go.Figure, grid: _Grid, places: Sequence[Place], name: str) -> None:
    if len(places) < 2:
        return
    points = [*map(grid.stood, places[:-1]), grid.stands(places[-1])]
    number = str(grid.number(places[0].priority_id))
    drawn.add_scatter(
        x=[x for x, _ in points],
        y=[y for _, y in points],
        mode="lines+markers+text",
        line={"color": theme.FAINT, "width": 1.5, "dash": "dot"},
        marker={"size": 18, "color": theme.WHITE, "line": {"color": theme.MID, "width": 1.5}},
        text=[*[number] * (len(points) - 1), ""],
        textfont={"size": layout.size_of(drawn) - 4, "color": theme.GREY},
        hovertext=[f"<b>{name}</b><br>until {theme.long_month(at.period)}" for at in places],
        hovertemplate="%{hovertext}<extra></extra>",
    )


def _dots(
    drawn: go.Figure, grid: _Grid, found: Mapping[str, Sequence[Place]], names: Mapping[str, str]
) -> None:
    size = layout.size_of(drawn)
    listed = sorted(found, key=grid.number)
    points = [grid.stands(found[name][-1]) for name in listed]
    drawn.add_scatter(
        x=[x for x, _ in points],
        y=[y for _, y in points],
        mode="markers+text",
        marker={"size": 24, "color": theme.BLUE, "line": {"color": theme.WHITE, "width": 2}},
        text=[str(grid.number(name)) for name in listed],
        textfont={"color": theme.WHITE, "size": size - 2},
        hovertext=[f"<b>{names.get(name, name)}</b>" for name in listed],
        hovertemplate="%{hovertext}<extra></extra>",
        cliponaxis=False,
    )
    for name, (x, y) in zip(listed, points, strict=True):
        drawn.add_annotation(
            text=names.get(name, name), x=x, y=y, xanchor="left", yanchor="middle", xshift=14,
            showarrow=False, font={"size": size - 1}, bgcolor="rgba(255,255,255,0.75)",
        )  # fmt: skip


def _axes(drawn: go.Figure, grid: _Grid) -> None:
    marks: dict[str, Any] = {name: theme.BRAG[name] for name in STEPS}
    words = [f"{mark.symbol} {mark.word.partition(':')[0]}" for mark in marks.values()]
    drawn.update_xaxes(
        range=[0, 4], tickvals=[0.5, 1.5, 2.5, 3.5], ticktext=words, showgrid=False,
        title={"text": "Progress: what was done", "standoff": 8},
    )  # fmt: skip
    middles = [(low + high) / 2 for low, high in grid.base.values()]
    drawn.update_yaxes(
        range=[0, grid.height], tickvals=middles, ticktext=words, showgrid=False, zeroline=False
    )
    layout.corner(drawn, "Impact: what changed for children")
    drawn.update_layout(margin_t=2 * layout.size_of(drawn))
