"""Caseloads by team for those who see no worker's own: the range of each, and its middle."""

from collections.abc import Mapping
from html import escape

import plotly.graph_objects as go
import polars as pl

from kpi import figure as layout
from kpi import theme


def of(
    spread: pl.DataFrame,
    names: Mapping[str, str],
    *,
    target: float | None = None,
    band: tuple[float, float] | None = None,
    size: int = 16,
) -> go.Figure:
    """A line a team from the lowest to the highest, to the nearest five, its median a dot.

    ``spread``: org_id, lowest, highest, median (null where the team is too small), widest first.
    """
    if spread.is_empty():
        return layout.nothing(240, size)
    figure = layout.blank(spread.height * 4 * size + 5 * size, size, 2 * size, 4 * size)
    figure.update_layout(margin_l=size // 2)
    top = max(spread["highest"].max(), target or 0, (band or (0, 0))[1]) * 1.05  # type: ignore
    unit = "cases per full-time worker"
    figure.update_xaxes(range=[0, top], title={"text": unit}, **layout.ticks("", top))
    figure.update_xaxes(showgrid=True)
    figure.update_yaxes(range=[spread.height - 0.5, -0.8], visible=False)
    if band:
        figure.add_vrect(
            x0=band[0], x1=band[1], fillcolor=theme.BAND, opacity=0.65, line_width=0, layer="below"
        )
    if target is not None:
        figure.add_vline(x=target, line={"color": theme.INK, "width": 1.5, "dash": "7px 4px"})
    for at, team in enumerate(spread.iter_rows(named=True)):
        _add_team(figure, at, names.get(team["org_id"], team["org_id"]), team)
    return figure


def _add_team(figure: go.Figure, at: int, name: str, team: Mapping[str, float | None]) -> None:
    low, high, middle = team["lowest"], team["highest"], team["median"]
    figure.add_scatter(
        x=[low, high],
        y=[at, at],
        mode="lines",
        line={"color": theme.BLUE, "width": 8},
        hoverinfo="skip",
    )
    if middle is not None:
        figure.add_scatter(
            x=[middle],
            y=[at],
            mode="markers",
            marker={"size": 15, "color": theme.WHITE, "line": {"color": theme.INK, "width": 3}},
            hoverinfo="skip",
        )
    said = "range only" if middle is None else f"median {theme.number(middle, 1)}"
    ends = f"{theme.shortest(low or 0)} to {theme.shortest(high or 0)}"
    figure.add_annotation(
        text=f"<b>{escape(name)}</b>: {ends}, {said}",
        x=0,
        y=at - 0.42,
        xref="paper",
        xanchor="left",
        showarrow=False,
    )
