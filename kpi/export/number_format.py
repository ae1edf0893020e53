"""How spreadsheets and native charts write a measure's figures."""

from kpi.report import Chart

SIGNS = {"%": '0{d}"%"', "£": '"£"#,##0{d}'}


def of_figures(chart: Chart) -> str:
    """The number format of the figures, with the measure's decimals."""
    return _format(chart, chart.decimals)


def of_axis(chart: Chart) -> str:
    """The number format of an axis: no decimals where its levels are whole."""
    return _format(chart, chart.decimals if chart.high - chart.low < 5 else 0)


def _format(chart: Chart, decimals: int) -> str:
    places = f".{'0' * decimals}" if decimals else ""
    return SIGNS.get(chart.unit, "#,##0{d}").replace("{d}", places)
