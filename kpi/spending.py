"""Plotly figures of money and of requests: what is left by month, sums side by side, counts."""

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape

import plotly.graph_objects as go
import polars as pl

from kpi import figure as layout
from kpi import money, theme
from kpi.figure import HOVER

LINES = 4  # of one chart, at most


def left(burnt: pl.DataFrame, *, height: int = 420, size: int = 16) -> go.Figure:
    """What was left of each tranche at the end of each month, in £ thousand, from zero.

    ``burnt``: ``money.burn_down``. A dotted line shows what the plan would have left.
    """
    if burnt.is_empty():
        return layout.nothing(height, size)
    figure = layout.blank(height, size, 2 * size + 8)
    tranches = burnt.sort("period")["tranche"].unique(maintain_order=True).to_list()[:LINES]
    high = float(burnt.select(pl.max_horizontal("left", "planned").max()).item()) / 1000 * 1.06
    layout.y_axis(figure, "", 0, high or 1)
    layout.corner(figure, "£ thousand left")
    periods = burnt["period"].unique().sort().to_list()
    figure.update_xaxes(**layout.months(periods))
    for at, tranche in enumerate(tranches):
        rows = burnt.filter(tranche=tranche).sort("period")
        _add_tranche(figure, at, rows, periods[len(periods) // 2 - 1])
    return figure


def _add_tranche(figure: go.Figure, at: int, rows: pl.DataFrame, middle: date) -> None:
    """One tranche: a thick line, dotted where the plan would have been; its name at its top."""
    name = money.part(rows["tranche"][0])
    periods = rows["period"].to_list()
    for column, dash, width in (("planned", "2px 4px", 1.5), ("left", "solid", 3.5)):
        values = [value / 1000 for value in rows[column]]
        kind = "left" if column == "left" else "left by the plan"
        figure.add_scatter(
            x=periods,
            y=values,
            text=[
                f"<b>£{theme.number(value)} thousand</b> {kind}<br>{name}, {theme.month(period)}"
                for value, period in zip(values, periods, strict=True)
            ],
            mode="lines+markers" if len(values) > 1 or column == "left" else "markers",
            line={"color": theme.SERIES[at], "width": width, "dash": dash},
            marker={"size": 6 if column == "left" else 1, "color": theme.SERIES[at]},
            hovertemplate=HOVER,
            cliponaxis=False,
        )
    top = rows["left"].arg_max() or 0
    # A part that is spent late is named from its end, so that a telephone does not cut its name.
    late = periods[0] > middle
    figure.add_annotation(
        text=f"<b>{escape(name)}</b>",
        x=periods[-1] if late else periods[top],
        y=rows["left"][top] / 1000,
        xanchor="right" if late else "left",
        yanchor="bottom",
        xshift=0 if late else 8,
        yshift=2,
        showarrow=False,
        font={"color": theme.SERIES_INK[at]},
        bgcolor="rgba(255, 255, 255, 0.75)",
    )


def ranked(
    amounts: Sequence[tuple[str, float, str]], *, strong: Sequence[str] = (), size: int = 16
) -> go.Figure:
    """Bars from zero in the order given: (name, size, what is written before the name).

    ``strong`` names the bars that are the message, the others are grey; without it all are blue.
    """
    if not amounts:
        return layout.nothing(200, size)
    figure = layout.blank(round(len(amounts) * 3.2 * size) + 2 * size, size, size // 2, size)
    figure.update_layout(margin_l=size // 2, bargap=0.6)
    figure.add_bar(
        x=[value for _, value, _ in amounts],
        y=list(range(len(amounts))),
        orientation="h",
        marker={
            "color": [
                theme.BLUE if not strong or name in strong else theme.MID for name, _, _ in amounts
            ]
        },
        hoverinfo="skip",
    )
    for at, (name, _, written) in enumerate(amounts):
        figure.add_annotation(
            text=f"<b>{escape(written)}</b> {escape(name)}", x=0, y=at - 0.46,
            xanchor="left", yanchor="middle", showarrow=False,
        )  # fmt: skip
    furthest = max(value for _, value, _ in amounts) or 1
    figure.update_xaxes(range=[0, furthest * 1.05], visible=False)
    figure.update_yaxes(range=[len(amounts) - 0.5, -0.75], visible=False)
    return figure


def pairs(
    rows: Sequence[tuple[str, float | None, float | None]],
    names: Mapping[str, str],
    *,
    size: int = 16,
) -> go.Figure:
    """Two amounts of each line, a hollow dot for the older and a full one for the newer.

    ``rows``: (line, older, newer) in £ thousand; ``names``: older and newer, as they are called.
    """
    if not rows:
        return layout.nothing(120, size, "No line differs")
    figure = layout.blank(round(len(rows) * 2.9 * size) + 4 * size, size, size, 3 * size)
    figure.update_layout(margin_l=size // 2)
    known = [value for _, *two in rows for value in two if value is not None]
    high = max(known, default=1) * 1.12 or 1
    for at, (line, older, newer) in enumerate(rows):
        figure.add_annotation(
            text=escape(line), x=0, y=at - 0.42, xanchor="left", showarrow=False,
            font={"size": size - 1},
        )  # fmt: skip
        layout.join(figure, at, older, newer)
        for value, name, hollow in ((older, names["old"], True), (newer, names["new"], False)):
            _add_amount(figure, at, value, name, hollow)
    figure.update_xaxes(range=[0, high], showgrid=True, title={"text": "£ thousand"})
    figure.update_xaxes(**layout.ticks("", high))
    figure.update_yaxes(range=[len(rows) - 0.5, -0.8], visible=False)
    return figure


def _add_amount(figure: go.Figure, at: int, value: float | None, name: str, hollow: bool) -> None:
    if value is None:
        return
    colour = theme.MID if hollow else theme.BLUE
    figure.add_scatter(
        x=[value],
        y=[at],
        mode="markers",
        text=[f"<b>£{theme.shortest(value, 3)} thousand</b><br>{escape(name)}"],
        marker={
            "size": 14 if hollow else 12,
            "color": theme.WHITE if hollow else colour,
            "line": {"color": colour, "width": 3},
        },
        hovertemplate=HOVER,
        cliponaxis=False,
    )
