"""The pace of the plan as a picture: what was to be done by each month, and what is done."""

from datetime import date, timedelta

import plotly.graph_objects as go
import polars as pl

from kpi import figure as layout
from kpi import theme
from kpi.figure import HOVER, Label

PACE = (("planned_total", "first planned"), ("due_total", "due as revised"), ("done_total", "done"))


def totals(rows: pl.DataFrame, today: date, *, height: int = 380, size: int = 16) -> go.Figure:
    """How many activities were to be done by each month, and how many are, added up.

    ``rows``: as ``kpi.schedule.pace`` gives them.
    """
    if rows.is_empty():
        return layout.nothing(height, size, "No activity has a date")
    figure = layout.blank(height, size, 2 * size + 8)
    top = max(*rows["planned_total"], *rows["due_total"]) * 1.06 or 1
    periods = rows["period"].to_list()
    figure.update_yaxes(range=[0, top], **layout.ticks("", top))
    figure.update_xaxes(**layout.months(periods))
    figure.update_xaxes(range=[periods[0], _month_end(periods[-1]) + timedelta(days=9)])
    layout.corner(figure, "activities, added up")
    labels = [_add_total(figure, rows, today, *named) for named in PACE]
    figure.add_vline(x=today, line={"color": theme.INK, "width": 1.5, "dash": "7px 4px"})
    return layout.write(figure, [label for label in labels if label], 0, top)


def _month_end(period: date) -> date:
    return (period + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def _add_total(
    figure: go.Figure, rows: pl.DataFrame, today: date, name: str, title: str
) -> Label | None:
    """One line, thick for what is done; its name stands at the height of its last figure.

    A total is that of the month's end, so it is drawn there; what is done, on today at the latest.
    """
    known = rows.drop_nulls(name)
    if known.is_empty():
        return None
    at = [column for column, _ in PACE].index(name)
    style = ({"color": theme.SERIES[1], "width": 2},
             {"color": theme.SERIES[2], "width": 2, "dash": "6px 3px"},
             {"color": theme.BLUE, "width": 4})[at]  # fmt: skip
    days = [_month_end(period) for period in known["period"]]
    figure.add_scatter(
        x=[min(day, today) for day in days] if at == 2 else days,
        y=known[name].to_list(),
        text=[
            f"<b>{theme.in_unit(str(count), 'activities')}</b> {title}<br>{theme.month(period)}"
            for count, period in known.select(name, "period").iter_rows()
        ],
        mode="lines",
        line=style,
        hovertemplate=HOVER,
        cliponaxis=False,
    )
    last = known[name][-1]
    ink = (theme.SERIES_INK[1], theme.SERIES_INK[2], theme.BLUE)[at]
    text = f"<b>{last}</b> {title}"
    return Label(at=last, text=text, ink=ink, weight=2 if at == 2 else 1)
