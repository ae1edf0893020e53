"""A chart of a report as a native chart of a slide, with our colours and its alt text."""

import math
from collections.abc import Mapping
from typing import Any

from pptx.chart.data import CategoryChartData
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LEGEND_POSITION,
    XL_MARKER_STYLE,
    XL_TICK_LABEL_POSITION,
)
from pptx.enum.dml import MSO_LINE
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls
from pptx.slide import Slide
from pptx.util import Emu, Pt

from kpi import theme
from kpi.export import number_format
from kpi.export.slide_frame import describe, rgb
from kpi.report import Chart

C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
STEPS = ((6, 1), (14, 2), (26, 4), (40, 6))  # months on the axis, months between their names
#: How the line of a role is drawn: colour, points, dash. Four lines at most tell the story; the
#: average lies between the limits and is left to the paper.
LINES = {
    "value": (theme.BLUE, 2.75, None),
    "months": (theme.FAINT, 0, None),
    "target": (theme.INK, 1.5, MSO_LINE.DASH),
    "band_low": (theme.BAND_INK, 1, MSO_LINE.SQUARE_DOT),
    "band_high": (theme.BAND_INK, 1, MSO_LINE.SQUARE_DOT),
    "lower": (theme.MID, 1.25, MSO_LINE.ROUND_DOT),
    "upper": (theme.MID, 1.25, MSO_LINE.ROUND_DOT),
}
#: Markers of signals: slides know no triangle that points down.
SIGNS = {"▲": "triangle", "▼": "diamond"}
#: A point that is drawn apart, as XML: written whole, since hundreds of them take long one by one.
POINT = (
    "<c:dPt {names}><c:idx val='{{at}}'/><c:marker><c:symbol val='{{sign}}'/><c:size val='8'/>"
    "<c:spPr><a:solidFill><a:srgbClr val='{{ink}}'/></a:solidFill><a:ln><a:solidFill>"
    "<a:srgbClr val='{{ink}}'/></a:solidFill></a:ln></c:spPr></c:marker><c:bubble3D val='0'/>"
    "</c:dPt>"
).format(names=nsdecls("c", "a"))
TEXT = 14  # points, 18 pixels and more on a projector


def add(slide: Slide, chart: Chart, at: tuple[int, int, int, int]) -> None:
    """Put the chart on a slide; ``at``: left, top, width, height."""
    data: Any = CategoryChartData(number_format=number_format.of_figures(chart))
    data.categories = list(chart.periods)
    drawn = [line for line in chart.series if line.role in LINES]
    for line in drawn:
        data.add_series(line.name, line.values)
    left, top, wide, high = (Emu(int(one)) for one in at)
    frame: Any = slide.shapes.add_chart(XL_CHART_TYPE.LINE_MARKERS, left, top, wide, high, data)
    frame.name = chart.key
    describe(frame, chart.alt)
    native = frame.chart
    native.font.size, native.font.name = Pt(TEXT), "Arial"
    native.font.color.rgb = rgb(theme.INK)
    native.has_title = False
    native.has_legend = True
    native.legend.position = XL_LEGEND_POSITION.BOTTOM
    native.legend.include_in_layout = False
    _axes(native, chart)
    for line, series in zip(drawn, native.plots[0].series, strict=True):
        _line(series, line.role)
    _marks(native.plots[0].series, chart, [line.role for line in drawn])


def _axes(native: Any, chart: Chart) -> None:
    values, months = native.value_axis, native.category_axis
    values.minimum_scale = chart.low
    values.maximum_scale = chart.high
    if chart.low < 0:
        _round(values, chart.low, chart.high)
    values.has_major_gridlines = True
    values.major_gridlines.format.line.color.rgb = rgb(theme.GRID)
    values.format.line.fill.background()
    values.tick_labels.number_format = number_format.of_axis(chart)
    values.tick_labels.number_format_is_linked = False
    months.tick_labels.number_format = "mmm yyyy"
    months.tick_labels.number_format_is_linked = False
    months.tick_label_position = XL_TICK_LABEL_POSITION.LOW  # below figures under nought too
    months.format.line.color.rgb = rgb(theme.MID)
    months.has_major_gridlines = False
    _every(months, _step(len(chart.periods)))


def _round(values: Any, low: float, high: float) -> None:
    """Let an axis under nought begin and mark at round figures; from nought it does by itself."""
    step = 10.0 ** math.floor(math.log10((high - low) / 2))
    values.minimum_scale = step * math.floor(low / step)
    values.maximum_scale = step * math.ceil(high / step)
    values.major_unit = step


def _step(months: int) -> int:
    """Months between the names on the axis."""
    return next((by for most, by in STEPS if months <= most), 12)


def _every(axis: Any, months: int) -> None:
    """Have the axis of months marked every so many months; python-pptx has no word for it."""
    element = axis._element
    tail = [element.find(f"{C}{name}") for name in ("majorUnit", "majorTimeUnit")]
    for one in tail:
        if one is not None:
            element.remove(one)
    unit = element.find(f"{C}baseTimeUnit")
    if unit is None:
        unit = element.makeelement(f"{C}baseTimeUnit", {"val": "months"})
        element.append(unit)
    unit.set("val", "months")
    after = unit
    for name, value in (("majorUnit", str(months)), ("majorTimeUnit", "months")):
        made = element.makeelement(f"{C}{name}", {"val": value})
        after.addnext(made)
        after = made


def _line(series: Any, role: str) -> None:
    ink, points, dash = LINES[role]
    series.smooth = False
    series.marker.style = XL_MARKER_STYLE.NONE
    if points:
        series.format.line.color.rgb = rgb(ink)
        series.format.line.width = Pt(points)
        if dash:
            series.format.line.dash_style = dash
        return
    series.format.line.fill.background()
    _paint(series.marker, XL_MARKER_STYLE.CIRCLE, 5, ink)


def _paint(marker: Any, style: Any, size: int, ink: str) -> None:
    marker.style, marker.size = style, size
    marker.format.fill.solid()
    marker.format.fill.fore_color.rgb = rgb(ink)
    marker.format.line.color.rgb = rgb(ink)


def _marks(series: Any, chart: Chart, roles: list[str]) -> None:
    """Months that differ by more than normal variation, in the colour of what that means.

    And months of the line to which no line leads.
    """
    judged = "months" if "months" in roles else "value"
    values = chart.line(judged)
    signals = {
        at: theme.VARIATION[mark]
        for at, mark in enumerate(chart.marks)
        if mark and values[at] is not None
    }
    _points(
        series[roles.index(judged)],
        {at: (SIGNS[drawn.symbol], drawn.ink) for at, drawn in signals.items()},
    )
    lone = [at for at, is_lone in enumerate(theme.alone(chart.line("value"))) if is_lone]
    rest = [at for at in lone if judged != "value" or at not in signals]
    _points(series[roles.index("value")], dict.fromkeys(rest, ("circle", theme.BLUE)))


def _points(series: Any, drawn: Mapping[int, tuple[str, str]]) -> None:
    """Points of a line that are drawn apart: at which place, with which sign, in which colour."""
    before = series._element.find(f"{C}cat")
    for at, (sign, ink) in drawn.items():
        before.addprevious(parse_xml(POINT.format(at=at, sign=sign, ink=ink[1:])))
