"""Charts of a report as native charts of a workbook, over the cells of the theme's sheet."""

from collections.abc import Callable, Sequence
from typing import Any

from kpi import theme
from kpi.export import number_format
from kpi.report import Chart

#: A measure's cells of a field, its last so many months, as the formula of a range.
Places = Callable[[str, str, int], str]

SIZE = {"width": 960, "height": 420}
HIGH = 20  # rows that a chart takes
FIRST = 4
PRINTED = 61  # per cent at which two charts and the title fill a page of A4, landscape
#: Which field of the data a role is, its colour, the width of its line and its dash.
LINES = {
    "value": ("Figure", theme.BLUE, 2.5, "solid"),
    "months": ("Month alone", theme.FAINT, 0, "solid"),
    "target": ("Target", theme.INK, 1.5, "dash"),
    "band_low": ("Good range from", theme.BAND_INK, 1, "square_dot"),
    "band_high": ("Good range to", theme.BAND_INK, 1, "square_dot"),
    "lower": ("Lower limit", theme.MID, 1.25, "round_dot"),
    "upper": ("Upper limit", theme.MID, 1.25, "round_dot"),
}


def add_all(made: Any, sheet: Any, charts: Sequence[Chart], places: Places) -> None:
    """The charts one below the other."""
    for at, chart in enumerate(charts):
        sheet.insert_chart(
            FIRST + at * HIGH, 0, _chart(made, chart, places), {"description": chart.alt}
        )
    # Two charts a page, none of them cut: fitted to a width, a sheet forgets its breaks.
    sheet.set_print_scale(PRINTED)
    sheet.set_h_pagebreaks([FIRST + at * HIGH for at in range(2, len(charts), 2)])


def _chart(made: Any, chart: Chart, places: Places) -> Any:
    native = made.add_chart({"type": "line"})
    months = len(chart.periods)
    for line in chart.series:
        if line.role in LINES:
            native.add_series(_series(chart, line.role, line.name, places, months))
    native.set_size(SIZE)
    native.set_title({"name": chart.title, "overlay": False,
                      "name_font": {"name": "Arial", "size": 14, "color": theme.BLUE}})  # fmt: skip
    native.set_legend({"position": "bottom", "font": {"name": "Arial", "size": 12}})
    native.set_x_axis(
        {"date_axis": True, "num_format": "mmm yyyy", "major_unit": 6, "major_unit_type": "months",
         "num_font": {"name": "Arial", "size": 12}}
    )  # fmt: skip
    native.set_y_axis(
        {"min": chart.low, "num_format": number_format.of_axis(chart),
         "num_font": {"name": "Arial", "size": 12},
         "major_gridlines": {"visible": True, "line": {"color": theme.GRID}}}
    )  # fmt: skip
    native.show_blanks_as("gap")
    return native


def _series(chart: Chart, role: str, name: str, places: Places, months: int) -> dict[str, Any]:
    field, ink, width, dash = LINES[role]
    line = {"color": ink, "width": width, "dash_type": dash} if width else {"none": True}
    dot = {"type": "circle", "size": 5, "fill": {"color": ink}, "border": {"color": ink}}
    judged = role == ("months" if chart.line("months") else "value")
    return {
        "name": name,
        "categories": places(chart.kpi_id, "Month", months),
        "values": places(chart.kpi_id, field, months),
        "line": line,
        "marker": {"type": "none"} if width and not judged else dot,
        "points": [_point(mark) for mark in chart.marks] if judged and any(chart.marks) else None,
    }


def _point(mark: str | None) -> dict[str, Any] | None:
    """A month that differs by more than normal variation, in the colour of what that means."""
    if mark is None:
        return None
    ink = theme.VARIATION[mark].ink
    return {"fill": {"color": ink}, "border": {"color": ink}}
