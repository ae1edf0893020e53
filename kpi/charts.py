"""Plotly figures from finished frames. Nothing is computed here but where things are drawn.

A figure has no title: its message is a heading of the page. Lines are named beside them, never in a
legend; the names keep clear of each other by the figure's height, so pass ``height`` and do not
stretch a figure afterwards. ``size`` is the text in pixels: 16 on a page, more on a projector.
"""

import textwrap
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import plotly.graph_objects as go
import polars as pl

from kpi import figure as layout
from kpi import theme
from kpi.catalogue import Kpi
from kpi.figure import CONFIG, HOVER, Label
from kpi.trend import scale, trend

__all__ = ["CONFIG", "compare", "distribution", "small_multiples", "stock_flow", "trend"]

Row = Mapping[str, Any]

#: Markers of many sizes are drawn pale and ringed unless told otherwise.
PLAIN = {"opacity": 1, "line": {"width": 0}}

FEWEST_DOTS = 6  # below so many workers a team shows its range, not each of them


# ---- starts and ends ----


def stock_flow(
    starts: pl.DataFrame,
    ends: pl.DataFrame,
    names: tuple[str, str] = ("started", "ended"),
    *,
    unit: str = "children",
    months: int = 24,
    height: int = 380,
    size: int = 16,
) -> go.Figure:
    """How many came and how many left, month by month, as pairs of bars from zero.

    ``starts`` and ``ends``: rows of an observation frame, one KPI each.
    """
    pair = [frame.sort("period").tail(months) for frame in (starts, ends)]
    known = [value for frame in pair for value in frame["value"].drop_nulls()]
    if not known:
        return layout.nothing(height, size)
    figure = layout.blank(height, size, 2 * size + 8)
    high = max(known) * 1.06 or 1
    labels = []
    for at, (frame, name) in enumerate(zip(pair, names, strict=True)):
        figure.add_bar(
            x=frame["period"].to_list(),
            y=frame["value"].to_list(),
            text=[f"<b>{theme.number(v or 0)} {name}</b>" for v in frame["value"]],
            textposition="none",
            customdata=[theme.month(period) for period in frame["period"]],
            marker={"color": theme.SERIES[at]},
            hovertemplate="%{text}<br>%{customdata}<extra></extra>",
        )
        last = frame["value"].drop_nulls()
        text = f"<b>{theme.number(last[-1]) if last.len() else '–'}</b> {name}"
        labels.append(Label(at=last[-1] if last.len() else 0, text=text, ink=theme.SERIES_INK[at]))
    figure.update_layout(barmode="group", bargap=0.3, bargroupgap=0.06)
    figure.update_yaxes(range=[0, high], **layout.ticks("", high))
    figure.update_xaxes(**layout.months(pair[0]["period"].to_list()))
    layout.corner(figure, unit)
    return layout.write(figure, labels, 0, high)


# ---- teams ----


def distribution(
    workers: pl.DataFrame,
    *,
    target: float | None = None,
    band: tuple[float, float] | None = None,
    unit: str = "cases per full-time worker",
    size: int = 16,
) -> go.Figure:
    """Every worker's figure as a dot, a strip a team, the team with the highest median on top.

    ``workers``: org_id, name (of the team), value (of one worker); one row a worker. A team of
    fewer than six shows its range only.
    """
    teams = (
        workers.drop_nulls("value")
        .group_by("org_id", "name")
        .agg("value", middle=pl.col("value").median())
        .sort(["middle", "name"], descending=[True, False])
    )
    if teams.is_empty():
        return layout.nothing(240, size)
    figure = layout.blank(round(5.6 * size) * teams.height + 6 * size, size, 2 * size, 4 * size)
    furthest = max(value for values in teams["value"] for value in values)
    top = max(furthest, target or 0, (band or (0, 0))[1]) * 1.05
    figure.update_layout(margin_l=size // 2)
    figure.update_xaxes(range=[0, top], title={"text": unit}, **layout.ticks("", top))
    figure.update_xaxes(showgrid=True)
    figure.update_yaxes(range=[teams.height - 0.6, -0.75], visible=False)
    _add_yardsticks(figure, target, band)
    for at, team in enumerate(teams.iter_rows(named=True)):
        _add_team(figure, at, team, target)
    return figure


def _add_yardsticks(
    figure: go.Figure, target: float | None, band: tuple[float, float] | None
) -> None:
    """Good range and target, named over the strips on either side of the target's line."""
    over = {"y": 1, "yref": "paper", "yanchor": "bottom", "showarrow": False}
    size = layout.size_of(figure) - 1
    if band:
        figure.add_vrect(x0=band[0], x1=band[1], fillcolor=theme.BAND, opacity=0.65, line_width=0,
                         layer="below")  # fmt: skip
        text = f"good range {theme.shortest(band[0])} to {theme.shortest(band[1])}"
        ink = {"size": size, "color": theme.BAND_INK}
        figure.add_annotation(x=band[1], xanchor="right", xshift=-4, text=text, font=ink, **over)
    if target is not None:
        figure.add_vline(x=target, line={"color": theme.INK, "width": 1.5, "dash": "7px 4px"})
        text, ink = f"target {theme.shortest(target)}", {"size": size, "color": theme.INK}
        figure.add_annotation(x=target, xanchor="left", xshift=2, text=text, font=ink, **over)


def _add_team(figure: go.Figure, at: int, team: Row, target: float | None) -> None:
    values = sorted(team["value"])
    few = len(values) < FEWEST_DOTS
    if few:
        x, y = [values[0], values[-1]], [at, at]
        marks = {"mode": "lines", "line": {"color": theme.BLUE, "width": 6}}
    else:
        x, y = values, [at + offset for offset in _offsets(values)]
        marks = {"mode": "markers", "marker": {"size": 11, "color": theme.BLUE, "opacity": 0.75}}
    hover = [f"<b>{theme.number(value, 1)}</b><br>{escape(team['name'])}" for value in x]
    figure.add_scatter(x=x, y=y, text=hover, hovertemplate=HOVER, cliponaxis=False, **marks)
    if not few:
        across = {"x0": team["middle"], "x1": team["middle"], "y0": at - 0.3, "y1": at + 0.3}
        figure.add_shape(type="line", line={"color": theme.INK, "width": 4}, **across)
    figure.add_shape(type="line", x0=0, x1=1, xref="x domain", y0=at + 0.33, y1=at + 0.33,
                     line={"color": theme.LINE, "width": 1})  # fmt: skip
    figure.add_annotation(
        text=_team_words(escape(team["name"]), values, team["middle"], target, few),
        x=0,
        y=at - 0.43,
        xref="paper",
        xanchor="left",
        yanchor="middle",
        align="left",
        showarrow=False,
        bgcolor="rgba(255, 255, 255, 0.75)",
    )


def _team_words(
    name: str, values: Sequence[float], middle: float, target: float | None, few: bool
) -> str:
    people = theme.in_unit(str(len(values)), "workers")
    if few:
        return f"<b>{name}</b><br>{people}: range only"
    above = sum(value > target for value in values) if target is not None else 0
    over = f", {above} above {theme.shortest(target)}" if target is not None and above else ""
    return f"<b>{name}</b><br>median {theme.number(middle, 1)}, {people}{over}"


def _offsets(values: Sequence[float]) -> list[float]:
    """Dots that would cover each other step aside, by turns up and down."""
    seen: dict[int, int] = {}
    offsets = []
    for value in values:
        turn = seen[round(2 * value)] = seen.get(round(2 * value), -1) + 1
        offsets.append((turn + 1) // 2 * 0.13 * (-1 if turn % 2 else 1))
    return offsets


def small_multiples(
    kpi: Kpi,
    series: pl.DataFrame,
    names: Mapping[str, str],
    *,
    columns: int = 2,
    size: int = 16,
) -> go.Figure:
    """The same KPI team by team on one scale. ``series``: several organisations' rows.

    ``names``: org_id to the team's name, in the order in which to draw them.
    """
    rows = series.filter(pl.col("org_id").is_in(list(names))).sort("period")
    teams = [org for org in names if rows.filter(org_id=org)["value"].drop_nulls().len()]
    if not teams:
        return layout.nothing(240, size)
    titles = {org: [escape(line) for line in textwrap.wrap(names[org], 18)] for org in teams}
    over = round(1.3 * size) * (1 + max(len(lines) for lines in titles.values()))
    deep = -(-len(teams) // columns)
    height = (120 + over) * deep + 3 * size
    figure = layout.blank(height, size, over)
    low, high = scale(kpi, rows.with_columns(lpl=None, upl=None, mean=None), [], True, 0)
    layout.y_axis(figure, kpi.unit, low, high, 4)
    periods = rows["period"].unique().sort().to_list()
    figure.update_xaxes(
        range=layout.ends(periods), tickformat="%Y", dtick="M24" if len(periods) > 36 else "M12"
    )
    _share_axes(figure, len(teams), columns, (over + 8) / (height - over - 3 * size))
    for at, org in enumerate(teams):
        cell = _nth(at % columns), _nth(at // columns)
        _add_panel(figure, kpi, rows.filter(org_id=org), titles[org], cell, size - 1)
    return figure


def _add_panel(
    figure: go.Figure,
    kpi: Kpi,
    rows: pl.DataFrame,
    title: Sequence[str],
    cell: tuple[str, str],
    size: int,
) -> None:
    where = {"xaxis": f"x{cell[0]}", "yaxis": f"y{cell[1]}"}
    periods, values = rows["period"].to_list(), rows["value"].to_list()
    figure.add_scatter(
        x=periods,
        y=rows["target"].to_list(),
        mode="lines",
        line={"color": theme.INK, "width": 1.5, "dash": "7px 4px", "shape": "hv"},
        hoverinfo="skip",
        **where,
    )
    newest = max(at for at, value in enumerate(values) if value is not None)
    figure.add_scatter(
        x=periods,
        y=values,
        text=[
            f"<b>{theme.with_unit(value, kpi)}</b><br>{theme.span(kpi, period)}"
            for value, period in zip(values, periods, strict=True)
        ],
        mode="lines+markers",
        line={"color": theme.BLUE, "width": 2.5},
        marker={"size": [8 if at == newest else 3 for at in range(len(values))], **PLAIN},
        hovertemplate=HOVER,
        cliponaxis=False,
        **where,
    )
    last = theme.with_unit(values[-1], kpi, rows["state"][-1])
    figure.add_annotation(
        text=f"<b>{'<br>'.join(title)}</b><br>{last}",
        x=0,
        y=1,
        xref=f"{where['xaxis']} domain",
        yref=f"{where['yaxis']} domain",
        xanchor="left",
        yanchor="bottom",
        yshift=2,
        align="left",
        showarrow=False,
        font={"size": size},
    )


def _share_axes(figure: go.Figure, panels: int, columns: int, gap: float) -> None:
    """An axis for each column and each row, which all of its panels share.

    To have two for each panel takes the browser longer. The last panel of a column has the years
    under it.
    """
    across, up = (laid := layout.laid(figure)).xaxis, laid.yaxis
    for at, span in enumerate(_spans(columns, 0.06)[:panels]):
        last = (panels - 1 - at) // columns
        laid[f"xaxis{_nth(at)}"] = {
            **across.to_plotly_json(),
            "domain": span,
            "anchor": f"y{_nth(last)}",
        }
    deep = -(-panels // columns)
    for at, span in enumerate(reversed(_spans(deep, gap))):
        laid[f"yaxis{_nth(at)}"] = {**up.to_plotly_json(), "domain": span}


def _nth(at: int) -> str:
    """How Plotly counts axes: the first has no number."""
    return str(at + 1) if at else ""


def _spans(many: int, gap: float) -> list[list[float]]:
    """Where as many panels begin and end between 0 and 1, with a gap between them."""
    wide = (1 - gap * (many - 1)) / many
    return [[at * (wide + gap), at * (wide + gap) + wide] for at in range(many)]


# ---- other councils ----


def compare(
    kpi: Kpi, rows: pl.DataFrame, own: str, *, zero: bool = True, height: int = 420, size: int = 16
) -> go.Figure:
    """The council ``own`` beside neighbours, region and England, year by year.

    ``rows``: published figures (year, area, area_type, value, state). A year without a figure shows
    the letter of its reason, for the council's own line.
    """
    others = [rows.filter(area_type=kind) for kind in ("neighbours", "country", "region")]
    found = [_known(line) for line in (rows.filter(area=own), *others)]
    # Each keeps its own colour, whoever else has no figure.
    lines = {at: line for at, line in enumerate(found) if line.height}
    if not lines:
        return layout.nothing(height, size)
    values = [value for line in lines.values() for value in line["value"].drop_nulls()]
    low, high = 0 if zero else min(values) * 0.9, max(values) * 1.06 or 1
    years = sorted({year for line in lines.values() for year in line["year"]})
    figure = layout.blank(height, size, 2 * size + 8)
    layout.y_axis(figure, kpi.unit, low, high)
    figure.update_xaxes(range=[years[0] - 0.3, years[-1] + 0.3], tickformat="d", nticks=6)
    layout.corner(figure, "" if kpi.unit in ("%", "£") else kpi.unit)
    labels = [_add_area(figure, kpi, at, line) for at, line in reversed(lines.items())]
    _add_letters(figure, rows.filter(area=own), low)
    return layout.write(figure, labels, low, high)


def _known(line: pl.DataFrame) -> pl.DataFrame:
    """The years of an area, or none of them where no year has a figure."""
    return line.sort("year") if line["value"].drop_nulls().len() else line.clear()


def _add_area(figure: go.Figure, kpi: Kpi, at: int, line: pl.DataFrame) -> Label:
    """One line, thick for the council itself; a single year is a dot."""
    area = escape(line["area"][0])
    figure.add_scatter(
        x=line["year"].to_list(),
        y=line["value"].to_list(),
        text=[
            f"<b>{_printed(kpi, value)}</b><br>{area}, {year}"
            for value, year in line.select("value", "year").iter_rows()
        ],
        mode="lines+markers",
        line={
            "color": theme.SERIES[at],
            "width": 2 if at else 3.5,
            "dash": ("solid", "solid", "6px 3px", "2px 3px")[at],
        },
        marker={"size": 6 if at else 8},
        hovertemplate=HOVER,
        cliponaxis=False,
    )
    last = line["value"].drop_nulls()[-1]
    text = f"{area}<br>{_printed(kpi, last)}"
    return Label(
        at=last,
        text=text if at else f"<b>{text}</b>",
        ink=theme.SERIES_INK[at],
        weight=1 if at else 4,
    )


def _printed(kpi: Kpi, value: float | None) -> str:
    """A published figure with the decimals that it was printed with."""
    text = "–" if value is None else theme.shortest(value, max(kpi.decimals, 1))
    return theme.in_unit(text, kpi.unit if kpi.unit in ("%", "£") else "")


def _add_letters(figure: go.Figure, line: pl.DataFrame, low: float) -> None:
    gaps = line.filter(pl.col("value").is_null() & pl.col("state").is_not_null())
    when = [str(year) for year in gaps["year"]]
    layout.add_letters(figure, gaps["year"].to_list(), gaps["state"].to_list(), when, low)
