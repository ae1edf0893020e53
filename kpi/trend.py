"""The chart of one measure over time: its line, signals, limits, target, good range and events."""

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from typing import Any

import plotly.graph_objects as go
import polars as pl

from kpi import figure as layout
from kpi import theme
from kpi.catalogue import Kpi
from kpi.figure import HALF_MONTH, HOVER, Label

Row = Mapping[str, Any]

CALM = ("common_cause", "none")
SHAPES = {"▲": "triangle-up", "▼": "triangle-down"}


def trend(
    kpi: Kpi,
    series: pl.DataFrame,
    events: pl.DataFrame | None = None,
    comparators: Sequence[tuple[str, float]] = (),
    *,
    zero: bool = True,
    ceiling: float = 0,
    height: int = 440,
    size: int = 16,
) -> go.Figure:
    """One KPI of one organisation by month, with its limits, target, good range and events.

    ``series``: rows of an observation frame. ``events``: date, title; numbered in their order.
    ``comparators``: published figures as (name, value). ``zero``: the axis starts there.
    ``ceiling``: the top of the axis where charts share one.
    """
    rows = series.sort("period")
    if rows.select("value", "observed").null_count().sum_horizontal().item() == 2 * rows.height:
        return layout.nothing(height, size)
    periods = rows["period"].to_list()
    names = _names(kpi, rows) + [_compared(kpi, *other) for other in comparators]
    pills = layout.pills(periods, events, layout.room(names, size))
    note = note_of(kpi, rows)
    above = size + 8 if note else 0
    top = size + above + (size + 10) * max((pill.row + 1 for pill in pills), default=0)
    figure = layout.blank(height, size, top)
    low, high = scale(kpi, rows, [value for _, value in comparators], zero, ceiling)
    layout.y_axis(figure, kpi.unit, low, high)
    figure.update_xaxes(**layout.months(periods))
    layout.corner(figure, note)
    _add_ground(figure, rows)
    layout.add_pills(figure, pills, above + 6)
    _add_limits(figure, kpi, rows, (low + high) / 2)
    _add_values(figure, kpi, rows)
    _add_reasons(figure, rows, low)
    _add_comparators(figure, [value for _, value in comparators])
    return layout.write(figure, names, low, high)


def note_of(kpi: Kpi, rows: pl.DataFrame) -> str:
    """What the axis counts, and which mark is which where a line and dots differ."""
    unit = "" if kpi.unit in ("%", "£") else kpi.unit
    if kpi.window == 1 or rows["observed"].null_count() == rows.height:
        return unit
    return f"{unit} Line: {kpi.window} months. Dots: single months.".strip()


def scale(
    kpi: Kpi, rows: pl.DataFrame, others: Sequence[float], zero: bool, ceiling: float
) -> tuple[float, float]:
    """Bottom and top of the axis: everything that is drawn, from zero unless told otherwise."""
    names = ("value", "observed", "target", "band_low", "band_high", "mean")
    values = [v for name in names for v in rows[name].drop_nulls()] + list(others)
    values += [v for name in ("lpl", "upl") for v in rows[name].drop_nulls() if fits(kpi, v)]
    bottom, top = min(values), max(values)
    low = 0 if zero and bottom >= 0 else bottom - 0.08 * (top - bottom or 1)
    return low, max(ceiling, top + (0.06 * (top - low) or 1))


def fits(kpi: Kpi, limit: float) -> bool:
    """A limit below zero or above 100% is no figure that could be: it is left undrawn."""
    return limit > 0 and not (kpi.is_percentage and limit >= 100)


def _add_ground(figure: go.Figure, rows: pl.DataFrame) -> None:
    """Good range and target, each for the months in which it holds."""
    for run in layout.runs(rows, "band_low", "band_high"):
        if run["band_low"] is not None and run["band_high"] is not None:
            figure.add_shape(
                type="rect", x0=run["start"], y0=run["band_low"], x1=run["end"],
                y1=run["band_high"], fillcolor=theme.BAND, opacity=0.65, line_width=0,
                layer="below",
            )  # fmt: skip
    for run in layout.runs(rows, "target"):
        if run["target"] is not None:
            layout.rule(figure, run, run["target"], theme.INK, "7px 4px", 1.5)


def _add_limits(figure: go.Figure, kpi: Kpi, rows: pl.DataFrame, middle: float) -> None:
    """Average and process limits of each segment, and a break where a new one begins."""
    reasons = {rebase.period: rebase.reason for rebase in kpi.spc.rebase}
    for run in layout.runs(rows, "segment", "mean", "lpl", "upl"):
        if run["segment"]:
            low = run["mean"] is not None and run["mean"] < middle
            _add_break(figure, run["start"], reasons.get(run["start"] + HALF_MONTH, ""), low)
        if run["mean"] is not None:
            layout.rule(figure, run, run["mean"], theme.MID, "solid", 1)
            for name in ("lpl", "upl"):
                if fits(kpi, run[name]):
                    layout.rule(figure, run, run[name], theme.MID, "2px 4px", 1.5)


def _add_break(figure: go.Figure, at: date, reason: str, low: bool) -> None:
    """Where the limits begin anew; its name keeps to the side that the figures leave free."""
    line = {"color": theme.GREY, "width": 2, "dash": "8px 4px"}
    figure.add_shape(type="line", x0=at, x1=at, y0=0, y1=1, yref="y domain", line=line)
    side = {"y": 1, "yanchor": "top"} if low else {"y": 0, "yanchor": "bottom", "yshift": 4}
    figure.add_annotation(
        text=f"limits reset<br>{theme.month(at + HALF_MONTH)}",
        x=at,
        yref="paper",
        xanchor="left",
        xshift=5,
        hovertext=escape(reason),
        align="left",
        showarrow=False,
        bgcolor="rgba(255, 255, 255, 0.75)",
        font={"size": layout.size_of(figure) - 1, "color": theme.GREY},
        **side,
    )


def _add_values(figure: go.Figure, kpi: Kpi, rows: pl.DataFrame) -> None:
    """Line and months; where the figure covers many months it is the line, and months are faint."""
    months = _months(kpi, rows)
    line = {"color": theme.BLUE, "width": 3}
    if kpi.window == 1:
        figure.add_trace(months.update(mode="lines+markers", line=line))
        return
    figure.add_trace(months.update(mode="markers"))
    figure.add_scatter(
        x=rows["period"].to_list(),
        y=rows["value"].to_list(),
        text=[
            f"<b>{theme.with_unit(row['value'], kpi)}</b><br>{theme.span(kpi, row['period'])}"
            for row in rows.iter_rows(named=True)
        ],
        mode="lines+markers",
        line=line,
        marker={
            "size": [10 if dot else 3 for dot in theme.alone(rows["value"].to_list())],
            "color": theme.BLUE,
        },
        hovertemplate=HOVER,
        cliponaxis=False,
    )


def _months(kpi: Kpi, rows: pl.DataFrame) -> go.Scatter:
    """One marker a month: a circle, or a triangle in the colour of what its signal means."""
    marks = [theme.VARIATION[name] for name in rows["variation"]]
    odd = [name not in CALM for name in rows["variation"]]
    alone = theme.alone(rows["observed"].to_list())
    usual = theme.FAINT if kpi.window > 1 else theme.COMMON
    return go.Scatter(
        x=rows["period"].to_list(),
        y=rows["observed"].to_list(),
        text=[_told(kpi, row) for row in rows.iter_rows(named=True)],
        marker={
            "symbol": [SHAPES.get(mark.symbol, "circle") for mark in marks],
            "color": [
                theme.BLUE if dot else mark.ink if special else usual
                for mark, special, dot in zip(marks, odd, alone, strict=True)
            ],
            "size": [10 if special or dot else 7 for special, dot in zip(odd, alone, strict=True)],
            "opacity": 1,
            "line": {"color": theme.WHITE, "width": 1},
        },
        hovertemplate=HOVER,
        cliponaxis=False,
    )


def _told(kpi: Kpi, row: Row) -> str:
    """What a month says when it is pointed at."""
    parts = [f"<b>{theme.with_unit(row['observed'], kpi)}</b>", theme.month(row["period"])]
    if row["variation"] not in CALM:
        parts += [theme.VARIATION[row["variation"]].word, theme.SIGNAL[row["signal"]]]
    return "<br>".join(parts)


def _add_reasons(figure: go.Figure, rows: pl.DataFrame, low: float) -> None:
    """A month without a figure shows the letter of its reason on the axis."""
    gaps = rows.filter(pl.col("observed").is_null() & pl.col("state").is_not_null())
    when = [theme.month(period) for period in gaps["period"]]
    layout.add_letters(figure, gaps["period"].to_list(), gaps["state"].to_list(), when, low)


def _names(kpi: Kpi, rows: pl.DataFrame) -> list[Label]:
    """The names of the lines, as they stand in the last month."""
    last = rows.row(-1, named=True)
    known = rows.drop_nulls("value")
    found = []
    if known.height:
        value, period = known.select("value", "period").row(-1)
        text = f"<b>{theme.with_unit(value, kpi)}</b>"
        late = "" if period == last["period"] else f"<br>in {theme.month(period)}"
        found.append(Label(at=value, text=text + late, ink=theme.BLUE, weight=9))
    if last["target"] is not None:
        text = theme.in_unit(theme.shortest(last["target"]), "%" if kpi.is_percentage else "")
        found.append(Label(at=last["target"], text=f"target {text}", ink=theme.INK, weight=3))
    if last["band_low"] is not None and last["band_high"] is not None:
        middle = (last["band_low"] + last["band_high"]) / 2
        found.append(Label(at=middle, text="good range", ink=theme.BAND_INK))
    if last["mean"] is not None:
        lines = {"mean": "average", "upl": "upper limit", "lpl": "lower limit"}
        found += [
            Label(at=last[name], text=text)
            for name, text in lines.items()
            if name == "mean" or fits(kpi, last[name])
        ]
    return found


def _compared(kpi: Kpi, name: str, value: float) -> Label:
    text = theme.in_unit(theme.shortest(value), "%" if kpi.is_percentage else "")
    return Label(at=value, text=f"{escape(name)} {text}", ink=theme.SERIES_INK[2])


def _add_comparators(figure: go.Figure, values: Sequence[float]) -> None:
    """A published figure is a diamond at the edge, not a line: it is of one year."""
    figure.add_scatter(
        x=[layout.laid(figure)["xaxis"]["range"][1]] * len(values),
        y=list(values),
        mode="markers",
        marker={"symbol": "diamond", "size": 9, "color": theme.SERIES[2]},
        hoverinfo="skip",
        cliponaxis=False,
    )
