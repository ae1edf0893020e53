"""A council among others, drawn: beside its neighbours by name, and among every authority."""

from collections.abc import Mapping
from html import escape
from typing import Any

import plotly.graph_objects as go
import polars as pl

from kpi import figure as layout
from kpi import theme
from kpi.catalogue import Kpi
from kpi.figure import HOVER

Row = Mapping[str, Any]

NAMES = 196  # pixels for the names of councils
ROW = 32  # pixels of a council

#: Fill and edge of a bar by kind: the council itself, other councils, and what is a middle of many.
FILL = {
    "own": (theme.BLUE, theme.BLUE),
    "neighbour": (theme.QUIET, theme.QUIET),
    "middle": (theme.WHITE, theme.INK),
}


def side_by_side(kpi: Kpi, rows: pl.DataFrame, *, size: int = 16) -> go.Figure:
    """Councils and the middles of many as bars from zero, the best (or highest) on top.

    ``rows``: area, kind (own, neighbour or middle), value, state, already in order. Who has no
    figure has the letter of the reason.
    """
    if rows["value"].drop_nulls().is_empty():
        return layout.nothing(240, size)
    figure = layout.blank(ROW * rows.height + 2 * size, size, size // 2, size)
    figure.update_layout(margin={"l": NAMES, "r": 5 * size}, bargap=0.34)
    found = rows.rows(named=True)
    figure.add_bar(
        x=[row["value"] for row in found],
        y=list(range(len(found))),
        orientation="h",
        marker={
            "color": [FILL[row["kind"]][0] for row in found],
            "line": {"color": [FILL[row["kind"]][1] for row in found], "width": 1.5},
        },
        hoverinfo="skip",
    )
    figure.update_layout(
        annotations=[
            words
            for at, row in enumerate(found)
            for words in (_name(at, row, size - 1), _value(kpi, at, row, size - 1))
        ]
    )
    known = rows["value"].drop_nulls().to_list()
    figure.update_xaxes(range=[min(0.0, *known), max(known) or 1], visible=False)
    figure.update_yaxes(range=[rows.height - 0.4, -0.6], visible=False)
    return figure


def _name(at: int, row: Row, size: int) -> dict[str, Any]:
    text = escape(row["area"])
    return {
        "text": text if row["kind"] == "neighbour" else f"<b>{text}</b>",
        "x": 0, "xref": "paper", "y": at, "xanchor": "left", "yanchor": "middle",
        "xshift": -NAMES, "showarrow": False, "font": {"size": size},
    }  # fmt: skip


def _value(kpi: Kpi, at: int, row: Row, size: int) -> dict[str, Any]:
    text = printed(kpi, row["value"], row["state"])
    return {
        "text": f"<b>{text}</b>" if row["kind"] == "own" else text,
        "x": row["value"] or 0, "y": at, "xanchor": "left", "yanchor": "middle",
        "xshift": 4, "showarrow": False, "font": {"size": size},
    }  # fmt: skip


def printed(kpi: Kpi, value: float | None, state: str | None = None) -> str:
    """A published figure with the decimals that it was printed with, or its letter."""
    if value is None:
        return f"– {state}" if state else "–"
    text = theme.shortest(value, max(kpi.decimals, 1))
    return theme.in_unit(text, kpi.unit if kpi.unit in ("%", "£") else "")


def among(kpi: Kpi, rows: pl.DataFrame, *, size: int = 16) -> go.Figure:
    """Every authority as a thin bar by rank, the council's own and its neighbours' told apart.

    ``rows``: as ``kpi.peers.placed`` gives them, with ``kind``; dotted lines part the quarters.
    """
    known = rows.drop_nulls("rank")
    if known.is_empty():
        return layout.nothing(240, size)
    figure = layout.blank(340, size, 4 * size, 2 * size)
    figure.update_layout(bargap=0.12)
    top = max(known["value"].to_list()) * 1.05 or 1
    colours = {"own": theme.BLUE, "neighbour": theme.SERIES[1], "other": theme.QUIET}
    figure.add_bar(
        x=list(range(known.height)),
        y=known["value"].to_list(),
        text=[_hover(kpi, row) for row in known.iter_rows(named=True)],
        textposition="none",
        marker={"color": [colours[kind] for kind in known["kind"]]},
        hovertemplate=HOVER,
    )  # fmt: skip
    figure.update_yaxes(range=[0, top], **layout.ticks(kpi.unit, top))
    figure.update_xaxes(range=[-0.8, known.height - 0.2], visible=False)
    _add_quarters(figure, kpi, known)
    _add_own(figure, known)
    return figure


def _hover(kpi: Kpi, row: Row) -> str:
    place = f"rank {row['rank']} of {row['ranked']}"
    return f"<b>{escape(row['area'])}</b>: {printed(kpi, row['value'])}<br>{place}"


def quarters(kpi: Kpi) -> tuple[str, str]:
    """What the first and the last quarter are called."""
    return ("highest quarter", "lowest quarter") if kpi.polarity == "neutral" else (
        "best quarter", "worst quarter")  # fmt: skip


def _add_quarters(figure: go.Figure, kpi: Kpi, known: pl.DataFrame) -> None:
    """Lines between the quarters; the outer two are named under the axis."""
    counts = known.group_by("quarter").len().sort("quarter")["len"].to_list()
    if len(counts) < 4:
        return
    edge = -0.5
    for count in counts[:-1]:
        edge += count
        figure.add_shape(
            type="line", x0=edge, x1=edge, y0=0, y1=1, yref="paper",
            line={"color": theme.MID, "width": 1, "dash": "2px 4px"},
        )  # fmt: skip
    size = layout.size_of(figure)
    for text, side, at in zip(quarters(kpi), ("left", "right"), (0, 1), strict=True):
        figure.add_annotation(
            text=text, x=at, xref="paper", y=0, yref="paper", xanchor=side, yanchor="top",
            yshift=-4, showarrow=False, font={"size": size - 1, "color": theme.GREY},
        )  # fmt: skip


def _add_own(figure: go.Figure, known: pl.DataFrame) -> None:
    """The council's name and rank over its bar, as far to the middle as the edge asks."""
    kinds = known["kind"].to_list()
    if "own" not in kinds:
        return
    at = kinds.index("own")
    row = known.row(at, named=True)
    share = at / max(1, known.height - 1)
    figure.add_annotation(
        text=f"<b>{escape(row['area'])}</b><br>rank {row['rank']} of {row['ranked']}",
        x=at,
        y=row["value"],
        ax=0,
        ay=-34,
        xanchor="left" if share < 0.3 else "right" if share > 0.7 else "center",
        yanchor="bottom",
        align="left" if share < 0.3 else "right" if share > 0.7 else "center",
        showarrow=True,
        arrowhead=0,
        arrowwidth=1.5,
        arrowcolor=theme.INK,
        bgcolor="rgba(255, 255, 255, 0.85)",
        font={"size": layout.size_of(figure), "color": theme.INK},
    )
