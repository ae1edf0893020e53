"""The chart of one measure: what is drawn is what the frame says, and no more."""

import json
from datetime import date
from itertools import pairwise
from typing import Any

import polars as pl
import pytest
from frames import caseload, kpi, month, series, share

from kpi import charts as module
from kpi import theme
from kpi.catalogue import Rebase, Spc
from kpi.figure import HALF_MONTH

#: Plotly's types do not say what a figure holds.
charts: Any = module

LIMITS = {"mean": 14.0, "lpl": 12.0, "upl": 16.0}
BAND = {"target": 18.0, "band_low": 15.0, "band_high": 18.0}
CHILDREN = kpi("neutral", "children", 0, title="Children in care")


def texts(drawn: Any) -> list[str]:
    return [note["text"] for note in drawn.layout["annotations"]]


def shapes(drawn: Any, **wanted: Any) -> list[Any]:
    return [
        shape
        for shape in drawn.layout["shapes"]
        if all(shape[name] == value for name, value in wanted.items())
    ]


def levels(drawn: Any) -> list[float]:
    """Heights of the level lines, in the order in which they are drawn."""
    return [s["y0"] for s in shapes(drawn, type="line", yref=None) if s["y0"] == s["y1"]]


def sizes_of_text(node: Any) -> list[float]:
    """Every font size anywhere in a figure."""
    if isinstance(node, dict):
        own = [node["size"]] if "size" in node and ("family" in node or "color" in node) else []
        skip = ("marker",)
        return own + [s for name, of in node.items() if name not in skip for s in sizes_of_text(of)]
    return [s for of in node for s in sizes_of_text(of)] if isinstance(node, list) else []


def months_of(drawn: Any) -> Any:
    return drawn.data[0]


def test_line_is_the_figure_month_by_month():
    line = months_of(charts.trend(caseload(), series([20.0, 16.0, 13.6])))
    assert list(line.x) == [month(0), month(1), month(2)]
    assert list(line.y) == [20.0, 16.0, 13.6]
    assert line.mode == "lines+markers"


def test_gaps_stay_gaps():
    line = months_of(charts.trend(caseload(), series([20.0, None, 13.6, 13.0])))
    assert list(line.y) == [20.0, None, 13.6, 13.0]
    assert not line.connectgaps


def test_a_month_between_gaps_is_a_dot_that_can_be_seen():
    line = months_of(charts.trend(caseload(), series([20.0, None, 13.6, 13.0])))
    assert list(line.marker.size) == [10, 7, 7, 7]
    assert line.marker.color[0] == theme.BLUE
    assert line.marker.opacity == 1


@pytest.mark.parametrize(
    ("variation", "symbol", "colour"),
    [
        ("common_cause", "circle", theme.COMMON),
        ("none", "circle", theme.COMMON),
        ("improvement_low", "triangle-down", theme.IMPROVEMENT),
        ("improvement_high", "triangle-up", theme.IMPROVEMENT),
        ("concern_high", "triangle-up", theme.CONCERN),
        ("neutral_low", "triangle-down", theme.NEUTRAL),
    ],
)
def test_signals_have_shape_and_colour(variation, symbol, colour):
    frame = series([13.0, 13.6], variation=[variation, "common_cause"], signal="shift_low")
    marker = months_of(charts.trend(caseload(), frame)).marker
    assert (marker.symbol[0], marker.color[0]) == (symbol, colour)


def test_what_a_month_says_when_pointed_at():
    frame = series([13.6, 13.6], variation=["improvement_low", "common_cause"],
                   signal=["shift_low", "common_cause"])  # fmt: skip
    line = months_of(charts.trend(caseload(), frame))
    assert line.text[0] == (
        "<b>13.6 cases</b><br>Apr 2021<br>Improving: lower<br>Seven months below average"
    )
    assert line.text[1] == "<b>13.6 cases</b><br>May 2021"
    assert line.hovertemplate == "%{text}<extra></extra>"


# ---- axes ----


@pytest.mark.parametrize(
    ("frame", "zero", "low"),
    [
        (series([400.0, 420.0]), True, 0),
        (series([400.0, 420.0]), False, pytest.approx(398.4)),
        (series([-5.0, 20.0]), True, pytest.approx(-7)),
        (series([5.0, 5.0]), False, pytest.approx(4.92)),
    ],
)
def test_axis_starts_at_zero_unless_told(frame, zero, low):
    drawn = charts.trend(CHILDREN, frame, zero=zero)
    assert drawn.layout["yaxis"]["range"][0] == low


@pytest.mark.parametrize(
    ("columns", "top"),
    [
        ({}, 21.2),
        ({"target": 30.0}, 31.8),
        ({"band_low": 15.0, "band_high": 25.0}, 26.5),
        ({"mean": 20.0, "lpl": 10.0, "upl": 40.0}, 42.4),
        ({"observed": 50.0}, 53.0),
    ],
)
def test_axis_holds_everything_that_is_drawn(columns, top):
    drawn = charts.trend(caseload(), series([20.0, 10.0], **columns))
    assert drawn.layout["yaxis"]["range"][1] == pytest.approx(top)


def test_charts_can_share_a_ceiling():
    drawn = charts.trend(caseload(), series([20.0]), ceiling=60)
    assert drawn.layout["yaxis"]["range"][1] == 60
    lower = charts.trend(caseload(), series([20.0]), ceiling=5)
    assert lower.layout["yaxis"]["range"][1] == pytest.approx(21.2)


def test_axis_says_its_unit():
    assert "children" in texts(charts.trend(CHILDREN, series([5.0])))
    percent = charts.trend(share(), series([50.0]))
    assert percent.layout["yaxis"]["ticksuffix"] == "%"
    assert "Line: 12 months. Dots: single months." in texts(percent)


def test_a_single_month_is_a_dot_in_the_middle():
    drawn = charts.trend(CHILDREN, series([139.0]))
    assert months_of(drawn).marker.size == (10,)
    start, end = drawn.layout["xaxis"]["range"]
    assert start < month(0) < end


@pytest.mark.parametrize("frame", [series([]), series([None, None], state="c")])
def test_nothing_to_draw_is_said(frame):
    drawn = charts.trend(caseload(), frame)
    assert texts(drawn) == ["No figures yet"]
    assert not drawn.data


# ---- limits, target, good range ----


def test_names_of_the_lines():
    drawn = charts.trend(caseload(), series([20.0, 13.6], **LIMITS, **BAND))
    assert set(texts(drawn)) == {
        "cases", "<b>13.6 cases</b>", "target 18", "good range", "average", "upper limit",
        "lower limit",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("measure", "limits", "heights", "names"),
    [
        (CHILDREN, {"lpl": -2.0, "upl": 88.0}, [80, 88], {"average", "upper limit"}),
        (share(), {"lpl": 60.0, "upl": 104.0}, [80, 60], {"average", "lower limit"}),
        (
            CHILDREN,
            {"lpl": 60.0, "upl": 104.0},
            [80, 60, 104],
            {"average", "lower limit", "upper limit"},
        ),
        (CHILDREN, {"mean": None}, [], set()),
    ],
)
def test_a_limit_that_could_not_be_is_not_drawn(measure, limits, heights, names):
    columns = {"mean": 80.0, "lpl": None, "upl": None} | limits
    drawn = charts.trend(measure, series([80.0, 81.0], **columns))
    assert {text for text in texts(drawn) if "limit" in text or text == "average"} == names
    assert levels(drawn) == heights


def test_good_range_lies_behind_and_target_is_dashed():
    drawn = charts.trend(caseload(), series([20.0, 13.6], **BAND))
    (band,) = shapes(drawn, type="rect")
    assert (band["y0"], band["y1"], band["layer"]) == (15, 18, "below")
    (target,) = shapes(drawn, y0=18.0, y1=18.0, type="line")
    assert target["line"]["dash"] == "7px 4px"


def test_a_target_holds_for_its_own_months():
    drawn = charts.trend(caseload(), series([20.0] * 4, target=[18.0, 18.0, 16.0, 16.0]))
    first, second = (shapes(drawn, y0=at, y1=at, type="line")[0] for at in (18.0, 16.0))
    assert (first["x0"], first["x1"]) == (month(0) - HALF_MONTH, month(1) + HALF_MONTH)
    assert second["x0"] == month(2) - HALF_MONTH
    assert "target 16" in texts(drawn)
    assert "target 18" not in texts(drawn)


def reset(first: float, then: float, reason: str = "New teams") -> Any:
    measure = caseload(spc=Spc(rebase=(Rebase(period=month(7), reason=reason),)))
    columns = {
        name: [first + add] * 7 + [then + add] * 7
        for name, add in (("mean", 0.0), ("lpl", -2.0), ("upl", 2.0))
    }
    frame = series([first] * 7 + [then] * 7, segment=[0] * 7 + [1] * 7, **columns)
    return charts.trend(measure, frame)


def test_a_reset_is_a_break_with_its_reason():
    drawn = reset(20, 14)
    (note,) = [n for n in drawn.layout["annotations"] if "limits reset" in n["text"]]
    assert note["text"] == "limits reset<br>Nov 2021"
    assert note["hovertext"] == "New teams"
    assert note["x"] == month(7) - HALF_MONTH
    assert len(shapes(drawn, x0=note["x"], x1=note["x"])) == 1
    assert levels(drawn) == [20, 18, 22, 14, 12, 16]


def test_the_name_of_a_reset_keeps_clear_of_the_figures():
    notes = [
        next(n for n in drawn.layout["annotations"] if "limits reset" in n["text"])
        for drawn in (reset(20, 14), reset(20, 4))
    ]
    assert [note["y"] for note in notes] == [0, 1]


# ---- rolling figures, withheld months, comparators, events ----


def test_a_rolling_figure_is_the_line_and_months_are_dots():
    frame = series([None, 31.0, 32.7], observed=[40.0, 20.0, 33.0])
    dots, line = charts.trend(share(), frame).data[:2]
    assert (dots.mode, list(dots.y)) == ("markers", [40.0, 20.0, 33.0])
    assert list(line.y) == [None, 31.0, 32.7]
    assert line.line.width >= 3
    assert line.text[-1] == "<b>32.7%</b><br>12 months to Jun 2021"
    assert dots.text[-1] == "<b>33.0%</b><br>Jun 2021"


def test_a_withheld_month_shows_its_letter():
    drawn = charts.trend(caseload(), series([13.0, None, None], state=[None, "c", None]))
    letters = next(trace for trace in drawn.data if trace.mode == "text")
    assert (list(letters.x), list(letters.text)) == ([month(1)], ["c"])
    assert letters.customdata[0] == "May 2021<br>confidential: small numbers"


def test_months_before_the_first_rolling_figure_are_not_gaps():
    frame = series([None, 31.0], observed=[40.0, 33.0], state=["x", None])
    letters = next(trace for trace in charts.trend(share(), frame).data if trace.mode == "text")
    assert not letters.text


def test_lines_lie_under_the_figures():
    frame = series([13.0, 14.0], **LIMITS, **BAND)
    drawn = charts.trend(caseload(), frame)
    level = [s for s in shapes(drawn, type="line", yref=None) if s["y0"] == s["y1"]]
    assert {shape["layer"] for shape in level} == {"between"}


def test_comparators_are_named_diamonds_at_the_edge():
    drawn = charts.trend(caseload(), series([13.0, 14.0]), None, [("England", 15.2)])
    edge = drawn.data[-1]
    assert (list(edge.y), edge.marker.symbol) == ([15.2], "diamond")
    assert edge.x[0] == drawn.layout["xaxis"]["range"][1]
    assert "England 15.2" in texts(drawn)


def test_events_are_numbered_above_their_months():
    events = pl.DataFrame(
        {
            "date": [date(2021, 5, 18), date(2022, 9, 21), date(2022, 9, 21)],
            "title": ["Notice", "Report", "Direction"],
        }
    )
    drawn = charts.trend(caseload(), series([13.0] * 24), events)
    notes = {n["text"]: n for n in drawn.layout["annotations"]}
    assert notes["1"]["x"] == date(2021, 5, 1)
    assert notes["2–3"]["hovertext"] == "Report<br>Direction"
    assert len(shapes(drawn, x0=date(2022, 9, 1), y0=0)) == 1
    plain = charts.trend(caseload(), series([13.0] * 24))
    assert drawn.layout["margin"]["t"] > plain.layout["margin"]["t"]


# ---- every chart ----


@pytest.mark.parametrize("size", [16, 22])
def test_text_is_large_enough_and_grows(size):
    frame = series([13.0, None, 14.0], state=[None, "c", None], **LIMITS, **BAND)
    events = pl.DataFrame({"date": [date(2021, 5, 18)], "title": ["Notice"]})
    drawn = charts.trend(caseload(), frame, events, [("England", 15.2)], size=size)
    found = sizes_of_text(json.loads(str(drawn.to_json())))
    own = [s for s in found if s > 10]
    assert min(own) >= 14
    assert max(own) == size
    annotations = [n["font"]["size"] or size for n in drawn.layout["annotations"]]
    assert min(annotations) >= size - 2


def test_labels_are_at_least_a_line_apart():
    frame = series([13.6, 13.6], mean=13.7, lpl=13.5, upl=13.9, **BAND)
    drawn = charts.trend(caseload(), frame, None, [("England", 13.6), ("neighbours", 13.8)])
    beside = [n["y"] for n in drawn.layout["annotations"] if n["xref"] == "paper" and n["x"] == 1]
    tall = drawn.layout["height"] - drawn.layout["margin"]["t"] - drawn.layout["margin"]["b"]
    assert len(beside) == 8
    ordered = sorted(y * tall for y in beside)
    assert min(b - a for a, b in pairwise(ordered)) >= 19.9


def test_no_title_no_legend_no_fixed_width():
    drawn = charts.trend(caseload(), series([13.0, 14.0]))
    assert drawn.layout["title"]["text"] is None
    assert drawn.layout["width"] is None
    assert drawn.layout["template"]["layout"]["showlegend"] is False
