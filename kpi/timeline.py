"""The plan's activities as a picture: a timeline with what starts after what.

A Plotly figure from the finished frame of ``kpi.schedule``; nothing is computed here but where
things are drawn. Rows stand under their priority, each with its title on the left, its bars, and
where it stands on the right, so that no words lie on a bar or on a line between two.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape
from typing import Any

import plotly.graph_objects as go
import polars as pl

from kpi import figure as layout
from kpi import theme
from kpi.figure import HOVER

Row = Mapping[str, Any]

ROW, HEAD = 26, 34  # pixels of an activity, and of a priority's name over its activities
LEFT, RIGHT = 366, 218  # pixels for titles, and for where each activity stands
TITLE = 56  # letters of a title that fit; the whole stands in the table and when pointed at
TURN = timedelta(days=6)  # how far a line runs on before it turns to the next activity
DAY = 86_400_000  # milliseconds, in which Plotly counts the length of a bar

#: Fill, edge and pattern of a bar by state: what is done is full, what has not begun is hollow.
BARS = {
    "done": (theme.BLUE, theme.BLUE, ""),
    "in_progress": (theme.PALE, theme.BLUE, ""),
    "not_started": (theme.WHITE, theme.GREY, ""),
    "overdue": (theme.LATE, theme.LATE, ""),
    "late_start": (theme.WHITE, theme.LATE, "/"),
    "merged": (theme.WHITE, theme.LINE, "x"),
    "retired": (theme.WHITE, theme.LINE, "x"),
}


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where an activity is drawn: pixels from the top to the middle of its row."""

    at: float
    row: Row


def timeline(
    plan: pl.DataFrame,
    names: Mapping[str, str],
    today: date,
    chain: Sequence[str] = (),
    *,
    size: int = 14,
) -> go.Figure:
    """Activities by priority in start order, with baseline, predecessors, chain and today.

    ``plan``: rows of ``kpi.schedule.laid_out``; ``names``: priorities by id, in their order;
    ``chain``: ids of the activities that decide the end, drawn with an edge and heavier lines.
    """
    if plan.is_empty():
        return layout.nothing(240, size, "No activity to draw")
    places, heads, tall = _placed(plan, names)
    top, bottom = 3 * size, 3 * size
    figure = layout.blank(round(tall) + top + bottom, size, top, bottom)
    figure.update_layout(margin={"l": LEFT, "r": RIGHT}, barmode="overlay")
    figure.update_yaxes(range=[tall, 0], visible=False)
    span = _span(plan, today)
    figure.update_xaxes(range=span, **_ticks(span))
    _add_dates(figure, heads, span)
    _add_links(figure, places, set(chain))
    _add_bars(figure, places, set(chain))
    # All at once: one by one, each would be checked against all that are there already.
    figure.update_layout(
        annotations=[
            *(_written(at, f"<b>{escape(name)}</b>", size + 1) for at, name in heads),
            *(
                words
                for name, place in places.items()
                for words in _words(place, name in chain, size)
            ),
            _day_name(today, span, size),
        ],
        shapes=[*(band for at, _ in heads for band in _bands(at)), _day_line(today)],
    )
    return figure


def _placed(
    plan: pl.DataFrame, names: Mapping[str, str]
) -> tuple[dict[str, Place], list[tuple[float, str]], float]:
    """Rows under the heads of their priorities, and how tall all of it is."""
    order = list(names)
    order += [name for name in plan["priority_id"].unique().sort() if name not in names]
    places, heads, at = {}, [], 0.0
    for priority in order:
        rows = plan.filter(priority_id=priority)
        if rows.is_empty():
            continue
        heads.append((at + HEAD / 2, names.get(priority, priority)))
        at += HEAD
        for row in rows.iter_rows(named=True):
            places[row["activity_id"]] = Place(at=at + ROW / 2, row=row)
            at += ROW
    return places, heads, at


def _span(plan: pl.DataFrame, today: date) -> list[date]:
    """The axis: every date that is drawn, today, and a little air."""
    columns = ("begins", "baseline_start", "ends", "baseline_due")
    days = [day for name in columns for day in plan[name].drop_nulls()]
    return [min([*days, today]) - timedelta(days=12), max([*days, today]) + timedelta(days=20)]


def _months_of(span: Sequence[date]) -> int:
    return max(1, round((span[1] - span[0]).days / 30.4))


def _ticks(span: Sequence[date]) -> dict[str, Any]:
    """Quarters of a plan of up to three years, half-years of a longer one."""
    step = next((step for most, step in ((8, "M1"), (36, "M3"), (72, "M6"))
                 if _months_of(span) <= most), "M12")  # fmt: skip
    return {"dtick": step, "tick0": "2020-01-01", "tickformat": "%b %Y", "showgrid": True,
            "side": "bottom"}  # fmt: skip


def _tick_days(span: Sequence[date]) -> list[date]:
    """The days of the ticks, to be written again over each priority."""
    step = int(_ticks(span)["dtick"][1:])
    months = [date(year, month, 1) for year in range(span[0].year, span[1].year + 1)
              for month in range(1, 13, step)]  # fmt: skip
    return [day for day in months if span[0] <= day <= span[1]]


def _add_dates(figure: go.Figure, heads: Sequence[tuple[float, str]], span: Sequence[date]) -> None:
    """The dates again over each priority, so that they are never far."""
    days = _tick_days(span)
    figure.add_scatter(
        x=[day for _ in heads for day in days],
        y=[at for at, _ in heads for _ in days],
        text=[theme.month(day) for _ in heads for day in days],
        mode="text",
        textfont={"size": layout.size_of(figure) - 2, "color": theme.GREY},
        hoverinfo="skip",
        cliponaxis=False,
    )


def _bands(at: float) -> list[dict[str, Any]]:
    """A pale ground under the name of a priority: in the plot, to its left and to its right."""
    plain = {
        "type": "rect", "xref": "paper", "y0": at - HEAD / 2 + 4, "y1": at + HEAD / 2 - 3,
        "fillcolor": theme.WASH, "line": {"width": 0}, "layer": "below",
    }  # fmt: skip
    beside = plain | {"xsizemode": "pixel"}
    return [
        plain | {"x0": 0, "x1": 1},
        beside | {"xanchor": 0, "x0": -LEFT, "x1": 0},
        beside | {"xanchor": 1, "x0": 0, "x1": RIGHT},
    ]


def _written(
    at: float, text: str, size: int, right: bool = False, ink: str = theme.INK
) -> dict[str, Any]:
    """A line of text beside the bars: titles left of them, states right of them."""
    return {
        "text": text,
        "x": 1 if right else 0,
        "xref": "paper",
        "y": at,
        "xanchor": "left",
        "yanchor": "middle",
        "xshift": 10 if right else 6 - LEFT,
        "align": "left",
        "showarrow": False,
        "font": {"size": size, "color": ink},
    }


def _words(place: Place, decides: bool, size: int) -> list[dict[str, Any]]:
    """The title of an activity, and where it stands."""
    title, late = escape(shortened(place.row["title"])), place.row["is_late"]
    mark = theme.ACTIVITY[place.row["state"]]
    state = f"{'!' if late else mark.symbol} {standing(place.row)}"
    return [
        _written(place.at, f"<b>{title}</b>" if decides else title, size),
        _written(
            place.at,
            f"<b>{state}</b>" if late else state,
            size - 1,
            True,
            theme.LATE if late else theme.INK,
        ),
    ]


def shortened(title: str, most: int = TITLE) -> str:
    """A title as far as there is room, cut between two words."""
    if len(title) <= most:
        return title
    return f"{title[:most].rsplit(' ', 1)[0].rstrip(' ,;:')} …"


def standing(row: Row) -> str:
    """Where it stands in a few words: ``Done, 12 days late``, ``Overdue, 74 days behind``."""
    word, slip = theme.ACTIVITY[row["state"]].word, row["slip"]
    short = {"late_start": "Not begun"}.get(row["state"], word)
    if not slip:
        return short
    days = theme.in_unit(theme.number(abs(slip)), "days")
    if slip < 0:
        return f"{short}, {days} early"
    return f"{short}, {days} {'late' if row['state'] == 'done' else 'behind'}"


# ---- bars, lines, today ----


def _add_bars(figure: go.Figure, places: Mapping[str, Place], chain: set[str]) -> None:
    """What counts now as a bar, and what was first planned as a thin one under it."""
    was = [
        place for place in places.values() if _dates(place.row, "baseline_start", "baseline_due")
    ]
    now = [(name, place) for name, place in places.items() if _dates(place.row, "begins", "ends")]
    _bar(figure, was, "baseline_start", "baseline_due", 0.3 * ROW, 0.15 * ROW,
         {"color": theme.MID}, "first planned")  # fmt: skip
    styles = [BARS[place.row["state"]] for _, place in now]
    marker = {
        "color": [fill for fill, _, _ in styles],
        "line": {
            "color": [theme.INK if name in chain else style[1]
                      for (name, _), style in zip(now, styles, strict=True)],
            "width": [2.5 if name in chain else 1 for name, _ in now],
        },
        "pattern": {"shape": [shape for _, _, shape in styles], "fgcolor": theme.LATE,
                    "size": 5, "solidity": 0.3},
    }  # fmt: skip
    _bar(figure, [place for _, place in now], "begins", "ends", -0.07 * ROW, 0.44 * ROW, marker, "")


def _dates(row: Row, first: str, last: str) -> bool:
    return row[first] is not None and row[last] is not None


def _bar(
    figure: go.Figure, places: Sequence[Place], first: str, last: str, shift: float, tall: float,
    marker: Mapping[str, Any], what: str,
) -> None:  # fmt: skip
    # A bar ends with its last day, so an activity of one day has a length too.
    days = [max(1, (place.row[last] - place.row[first]).days + 1) for place in places]
    figure.add_bar(
        base=[place.row[first] for place in places],
        x=[count * DAY for count in days],
        y=[place.at + shift for place in places],
        width=tall,
        orientation="h",
        marker=marker,
        text=[_hover(place.row, first, last, what) for place in places],
        textposition="none",
        hovertemplate=HOVER,
    )


def _hover(row: Row, first: str, last: str, what: str) -> str:
    dates = f"{theme.day(row[first])} to {theme.day(row[last])}"
    who = escape(row["owner_role"] or "No owner named")
    told = f", {what}" if what else f"<br>{standing(row)}"
    return f"<b>{escape(row['title'])}</b><br>{who}<br>{dates}{told}"


def _add_links(figure: go.Figure, places: Mapping[str, Place], chain: set[str]) -> None:
    """Lines from the end of an activity to the beginning of what starts after it."""
    pairs = [
        (other, name)
        for name, place in places.items()
        for other in place.row["after"]
        if other in places
        and _dates(place.row, "begins", "ends")
        and _dates(places[other].row, "begins", "ends")
    ]
    heavy = [pair for pair in pairs if set(pair) <= chain]
    _lines(figure, places, [pair for pair in pairs if pair not in heavy], theme.FAINT, 1)
    _lines(figure, places, heavy, theme.INK, 2.5)


def _lines(
    figure: go.Figure,
    places: Mapping[str, Place],
    pairs: Iterable[tuple[str, str]],
    colour: str,
    width: float,
) -> None:
    x: list[date | None] = []
    y: list[float | None] = []
    tips: list[tuple[date, float]] = []
    for first, then in pairs:
        path = _path(places[first], places[then])
        x += [*(day for day, _ in path), None]
        y += [*(at for _, at in path), None]
        tips.append(path[-1])
    line = {"color": colour, "width": width}
    figure.add_scatter(x=x, y=y, mode="lines", line=line, hoverinfo="skip")
    figure.add_scatter(
        x=[day for day, _ in tips],
        y=[at for _, at in tips],
        mode="markers",
        marker={"symbol": "arrow-right", "size": 5 + 2 * width, "color": colour},
        hoverinfo="skip",
    )


def _path(first: Place, then: Place) -> list[tuple[date, float]]:
    """Out of the end, down or up between the two, and in at the beginning: level or upright only.

    Where the second begins before the first has ended, the line goes back between the rows.
    """
    end, begins = first.row["ends"] + timedelta(days=1), then.row["begins"]
    middle = first.at + (ROW / 2 if then.at > first.at else -ROW / 2)
    if begins - end >= TURN:
        bend = begins - TURN / 2
        return [(end, first.at), (bend, first.at), (bend, then.at), (begins, then.at)]
    out, back = end + TURN / 2, begins - TURN
    return [(end, first.at), (out, first.at), (out, middle), (back, middle), (back, then.at),
            (begins, then.at)]  # fmt: skip


def _day_line(today: date) -> dict[str, Any]:
    """The day that is looked at, from top to bottom."""
    line = {"color": theme.INK, "width": 1.5, "dash": "7px 4px"}
    return {
        "type": "line",
        "x0": today,
        "x1": today,
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "line": line,
    }


def _day_name(today: date, span: Sequence[date], size: int) -> dict[str, Any]:
    late = (today - span[0]) > (span[1] - span[0]) * 0.85
    return {
        "text": f"<b>{theme.day(today)}</b>", "x": today, "y": 1, "yref": "paper",
        "yanchor": "bottom", "xanchor": "right" if late else "center", "yshift": 4,
        "showarrow": False, "font": {"size": size, "color": theme.INK},
    }  # fmt: skip
