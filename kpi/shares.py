"""Plotly figures of parts: how grades divide, before beside after, reasons side by side."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go
import polars as pl

from kpi import figure as layout
from kpi import theme
from kpi.catalogue import Kpi
from kpi.figure import HOVER, Label

YEARLY = 6  # bars of which each is named under it


def divided(
    kpis: Sequence[Kpi],
    frame: pl.DataFrame,
    names: Sequence[str],
    *,
    months: int = 36,
    height: int = 400,
    size: int = 16,
) -> go.Figure:
    """How a whole divides, month by month: stacked bars from zero to a hundred, at most four parts.

    ``frame``: rows of an observation frame, percentages of one whole; ``names``: what each KPI's
    part is called beside the chart, from the bottom up.
    """
    known = frame.drop_nulls("value")
    if known.is_empty():
        return layout.nothing(height, size)
    periods = known["period"].unique().sort().to_list()[-months:]
    figure = layout.blank(height, size, 2 * size)
    labels, below = [], 0.0
    for at, (kpi, name) in enumerate(zip(kpis, names, strict=True)):
        rows = known.filter(pl.col("period").is_in(periods), kpi_id=kpi.kpi_id).sort("period")
        figure.add_bar(
            x=rows["period"].to_list(),
            y=rows["value"].to_list(),
            text=[
                f"<b>{theme.with_unit(value, kpi)}</b> {name}<br>{theme.month(period)}"
                for value, period in rows.select("value", "period").iter_rows()
            ],
            textposition="none",
            marker={"color": theme.SERIES[at], "line": {"color": theme.WHITE, "width": 1}},
            hovertemplate=HOVER,
        )
        last = rows["value"][-1] if rows.height else 0.0
        text = f"<b>{theme.figure(last, kpi)}%</b> {name}"
        labels.append(Label(at=below + last / 2, text=text, ink=theme.SERIES_INK[at]))
        below += last
    is_yearly = len(periods) <= YEARLY
    figure.update_layout(barmode="stack", bargap=0.5 if is_yearly else 0.12)
    figure.update_yaxes(range=[0, 100], **layout.ticks("%", 100))
    figure.update_xaxes(tickformat="%b<br>%Y")
    if is_yearly:
        figure.update_xaxes(tickvals=periods)
    return layout.write(figure, labels, 0, 100)


def before_after(
    pairs: Sequence[tuple[str, float | None, float | None]], *, size: int = 16
) -> go.Figure:
    """Percentages before and since, a row for each group of people: (who, before, since)."""
    known = [pair for pair in pairs if pair[1] is not None or pair[2] is not None]
    if not known:
        return layout.nothing(200, size)
    figure = layout.blank(len(known) * 6 * size + 4 * size, size, size, 3 * size)
    figure.update_layout(margin_l=size // 2)
    for at, (who, before, since) in enumerate(known):
        figure.add_annotation(
            text=f"<b>{who}</b>", x=0, y=at - 0.36, xanchor="left", showarrow=False,
        )  # fmt: skip
        layout.join(figure, at, before, since)
        fell = before is not None and since is not None and since < before
        _add_dot(figure, at, before, "before the plan", "right" if fell else "left")
        _add_dot(figure, at, since, "since the plan", "left" if fell else "right")
    figure.update_xaxes(range=[0, 104], showgrid=True, **layout.ticks("%", 100))
    figure.update_yaxes(range=[len(known) - 0.4, -0.7], visible=False)
    return figure


def _add_dot(figure: go.Figure, at: int, value: float | None, when: str, side: str) -> None:
    """A dot with its figure outside the pair; what was before is hollow, not only grey."""
    if value is None:
        return
    hollow = when.startswith("before")
    colour = theme.MID if hollow else theme.BLUE
    figure.add_scatter(
        x=[value],
        y=[at],
        mode="markers+text",
        text=[f"  {theme.number(value)}% {when.split()[0]}  "],
        textposition=f"middle {side}",
        textfont={"color": colour},
        marker={
            "size": 15,
            "color": theme.WHITE if hollow else colour,
            "line": {"color": colour, "width": 3},
        },
        hovertemplate=f"<b>{theme.number(value)}%</b> {when}<extra></extra>",
        cliponaxis=False,
    )


def ranked(shares: Mapping[str, float], *, size: int = 16) -> go.Figure:
    """Percentages as bars from zero, the largest on top, each with its name and figure."""
    if not shares:
        return layout.nothing(200, size)
    ordered = sorted(shares.items(), key=lambda item: (-item[1], item[0]))
    figure = layout.blank(round(len(ordered) * 3.4 * size) + 2 * size, size, size // 2, size)
    figure.update_layout(margin_l=size // 2, bargap=0.55)
    figure.add_bar(
        x=[value for _, value in ordered],
        y=list(range(len(ordered))),
        orientation="h",
        marker={"color": theme.BLUE},
        hoverinfo="skip",
    )
    for at, (name, value) in enumerate(ordered):
        figure.add_annotation(
            text=f"<b>{theme.number(value)}%</b> {name}", x=0, y=at - 0.46,
            xanchor="left", yanchor="middle", showarrow=False,
        )  # fmt: skip
    figure.update_xaxes(range=[0, max(10.0, *shares.values()) * 1.05], visible=False)
    figure.update_yaxes(range=[len(ordered) - 0.5, -0.75], visible=False)
    return figure
