"""Starts and ends, workers, teams and other councils: drawn as the frames say."""

from collections.abc import Sequence
from typing import Any

import polars as pl
import pytest
from frames import caseload, kpi, month, published, series, share
from test_trend import shapes, texts

from kpi import charts as module
from kpi import theme

#: Plotly's types do not say what a figure holds.
charts: Any = module

NAMES = {"b": "Safeguarding south", "a": "Assessment team 1", "gone": "Old team"}


# ---- starts and ends ----


def test_starts_and_ends_are_pairs_of_bars_from_zero():
    drawn = charts.stock_flow(series([9.0, 6.0]), series([5.0, 8.0]), ("came in", "left"))
    came, left = drawn.data
    assert (list(came.y), list(left.y)) == ([9, 6], [5, 8])
    assert drawn.layout["barmode"] == "group"
    assert drawn.layout["yaxis"]["range"][0] == 0
    assert {"<b>6</b> came in", "<b>8</b> left", "children"} <= set(texts(drawn))
    assert came.marker.color != left.marker.color
    assert came.text[0] == "<b>9 came in</b>"


def test_starts_and_ends_show_the_newest_months():
    frame = series([float(at) for at in range(30)])
    came, _ = charts.stock_flow(frame, frame, months=12).data
    assert list(came.x) == [month(at) for at in range(18, 30)]


def test_a_missing_month_has_no_bar():
    came, _ = charts.stock_flow(series([9.0, None]), series([5.0, 8.0])).data
    assert list(came.y) == [9, None]


def test_no_starts_nor_ends():
    assert texts(charts.stock_flow(series([None]), series([]))) == ["No figures yet"]


def test_all_zeros_still_have_an_axis():
    drawn = charts.stock_flow(series([0.0]), series([0.0]))
    low, high = drawn.layout["yaxis"]["range"]
    assert low < high


# ---- workers ----


def workers(**teams: list[float]) -> pl.DataFrame:
    rows = [(name, f"Team {name}", value) for name, values in teams.items() for value in values]
    return pl.DataFrame(rows, schema=["org_id", "name", "value"], orient="row")


SIX = [10.0, 12.0, 14.0, 16.0, 18.0, 20.0]


def test_each_worker_is_a_dot_and_the_median_a_tick():
    drawn = charts.distribution(workers(a=SIX), target=18.0, band=(15.0, 18.0))
    (dots,) = drawn.data
    assert (dots.mode, sorted(dots.x)) == ("markers", SIX)
    (tick,) = shapes(drawn, x0=15.0, x1=15.0, type="line")
    assert tick["y0"] < 0 < tick["y1"]
    assert "<b>Team a</b><br>median 15.0, 6 workers, 1 above 18" in texts(drawn)
    assert {"target 18", "good range 15 to 18"} <= set(texts(drawn))


def test_teams_are_sorted_by_median():
    low, high = [v - 5 for v in SIX], [v + 5 for v in SIX]
    drawn = charts.distribution(workers(low=low, high=high, same=low))
    names = [text.split("</b>")[0][3:] for text in texts(drawn)]
    assert names == ["Team high", "Team low", "Team same"]
    heights = [note["y"] for note in drawn.layout["annotations"]]
    assert heights == sorted(heights)
    assert drawn.layout["yaxis"]["range"][0] > drawn.layout["yaxis"]["range"][1]


def test_few_workers_show_their_range_only():
    """A dot among few would tell everybody whose it is."""
    drawn = charts.distribution(workers(a=SIX[:5]), target=18.0)
    (line,) = drawn.data
    assert (line.mode, list(line.x)) == ("lines", [10.0, 18.0])
    assert "<b>Team a</b><br>5 workers: range only" in texts(drawn)
    assert not shapes(drawn, x0=14.0)


def test_one_worker():
    drawn = charts.distribution(workers(a=[25.0]))
    assert "<b>Team a</b><br>1 worker: range only" in texts(drawn)


def test_dots_of_one_figure_step_aside():
    (dots,) = charts.distribution(workers(a=[12.0] * 6)).data
    assert len(set(dots.y)) == 6
    assert max(abs(y) for y in dots.y) < 0.5


def test_no_workers():
    assert texts(charts.distribution(workers(a=SIX).clear())) == ["No figures yet"]


# ---- teams ----


def teams(**values: Sequence[float | None]) -> pl.DataFrame:
    frames = [
        series(of, target=18.0).with_columns(org_id=pl.lit(org)) for org, of in values.items()
    ]
    return pl.concat(frames)


def test_teams_share_one_scale_and_keep_their_order():
    frame = teams(a=[20.0, 12.0], b=[40.0, 22.0])
    drawn = charts.small_multiples(caseload(), frame, NAMES, columns=1)
    titles = [text.replace("<br>", " ") for text in texts(drawn)]
    assert titles == ["<b>Safeguarding south</b> 22.0 cases", "<b>Assessment team 1</b> 12.0 cases"]
    for axis in ("yaxis", "yaxis2"):
        assert drawn.layout[axis]["range"] == pytest.approx((0, 42.4))


def test_a_team_without_figures_is_left_out():
    drawn = charts.small_multiples(caseload(), teams(a=[20.0], gone=[None]), NAMES)
    assert len(texts(drawn)) == 1


def test_a_team_that_has_stopped_says_so():
    drawn = charts.small_multiples(caseload(), teams(a=[20.0, None]), NAMES)
    assert texts(drawn) == ["<b>Assessment team 1</b><br>–"]
    line = drawn.data[1]
    assert list(line.y) == [20.0, None]
    assert line.marker.size[0] > line.marker.size[1]


def test_no_teams():
    assert texts(charts.small_multiples(caseload(), series([]), NAMES)) == ["No figures yet"]


def test_months_are_written_under_the_last_of_each_column():
    frame = teams(**{name: [20.0, 21.0] for name in "abc"})
    drawn = charts.small_multiples(caseload(), frame, dict.fromkeys("abc", "Team"), columns=2)
    assert [drawn.layout[axis]["anchor"] for axis in ("xaxis", "xaxis2")] == ["y2", "y"]
    places = [(line.xaxis, line.yaxis) for line in drawn.data[::2]]
    assert places == [("x", "y"), ("x2", "y"), ("x", "y2")]


def test_one_team_is_one_panel():
    drawn = charts.small_multiples(caseload(), teams(a=[20.0, 21.0]), NAMES)
    assert "xaxis2" not in drawn.layout.to_plotly_json()


def test_names_are_text_not_markup():
    hostile = "<i>A</i> & B"
    drawn = charts.distribution(workers(a=SIX).with_columns(name=pl.lit(hostile)))
    assert texts(drawn)[0].startswith("<b>&lt;i&gt;A&lt;/i&gt; &amp; B</b>")
    panels = charts.small_multiples(caseload(), teams(a=[20.0]), {"a": hostile})
    assert "&lt;i&gt;A&lt;/i&gt; &amp; B" in texts(panels)[0]


# ---- other councils ----

FOUR = [
    ("authority", 2024, 14.5, None),
    ("authority", 2025, 13.6, None),
    ("neighbours", 2024, 16.9, None),
    ("neighbours", 2025, 16.4, None),
    ("region", 2025, 15.3, None),
    ("country", 2024, 15.4, None),
    ("country", 2025, 15.2, None),
]


def lines(drawn):
    return [trace for trace in drawn.data if trace.mode == "lines+markers"]


def test_the_council_is_thickest_and_drawn_last():
    drawn = charts.compare(caseload(), published(*FOUR), "Herefordshire")
    widths = [trace.line.width for trace in lines(drawn)]
    assert len(widths) == 4
    assert widths[-1] == max(widths)
    assert list(lines(drawn)[-1].y) == [14.5, 13.6]
    assert len({trace.line.color for trace in lines(drawn)}) == 4


def test_lines_are_named_beside_them():
    drawn = charts.compare(caseload(), published(*FOUR), "Herefordshire")
    assert {"<b>Herefordshire<br>13.6</b>", "neighbours<br>16.4", "England<br>15.2",
            "West Midlands<br>15.3", "cases"} <= set(texts(drawn))  # fmt: skip


def test_a_single_year_is_a_dot():
    drawn = charts.compare(share(), published(("authority", 2024, 44.0, None)), "Herefordshire")
    assert lines(drawn)[0].mode == "lines+markers"
    assert "<b>Herefordshire<br>44%</b>" in texts(drawn)


def test_an_unreliable_year_is_a_gap_with_its_letter():
    rows = published(
        ("authority", 2022, 2.7, None),
        ("authority", 2023, None, "u"),
        ("authority", 2025, 14.8, None),
        ("country", 2025, 22.6, None),
    )
    drawn = charts.compare(share(), rows, "Herefordshire")
    letters = next(trace for trace in drawn.data if trace.mode == "text")
    assert (list(letters.x), list(letters.text)) == ([2023], ["u"])
    assert letters.customdata[0] == "2023<br>published as unreliable"
    assert list(lines(drawn)[-1].y) == [2.7, None, 14.8]


@pytest.mark.parametrize("rows", [[], [("authority", 2025, None, "c")]])
def test_nothing_published(rows):
    assert texts(charts.compare(caseload(), published(*rows), "Herefordshire")) == [
        "No figures yet"
    ]


def test_each_keeps_its_colour_whoever_else_has_no_figure():
    rows = published(("country", 2025, 15.2, None), ("neighbours", 2025, 16.4, None))
    drawn = charts.compare(caseload(), rows, "Herefordshire")
    colours = {line.text[0].split("<br>")[1]: line.line.color for line in lines(drawn)}
    assert colours == {"England, 2025": theme.SERIES[2], "neighbours, 2025": theme.SERIES[1]}


def test_axis_of_years_starts_at_zero_unless_told():
    rows = published(*FOUR)
    low = [charts.compare(caseload(), rows, "Herefordshire", zero=zero).layout["yaxis"]["range"][0]
           for zero in (True, False)]  # fmt: skip
    assert low[0] == 0
    assert 10 < low[1] < 13.6


def test_published_figures_when_pointed_at():
    rate = kpi("neutral", "per 10,000", 0, denominator="population")
    rows = published(("neighbours", 2025, 62.5, None))
    (line,) = lines(charts.compare(rate, rows, "Herefordshire"))
    assert line.text[0] == "<b>62.5</b><br>neighbours, 2025"


@pytest.mark.parametrize("name", charts.__all__)
def test_every_chart_uses_the_one_template(name):
    made = {
        "trend": lambda: charts.trend(caseload(), series([1.0, 2.0])),
        "stock_flow": lambda: charts.stock_flow(series([1.0]), series([2.0])),
        "distribution": lambda: charts.distribution(workers(a=SIX)),
        "small_multiples": lambda: charts.small_multiples(caseload(), teams(a=[1.0]), NAMES),
        "compare": lambda: charts.compare(caseload(), published(*FOUR), "Herefordshire"),
    }
    if name == "CONFIG":
        assert charts.CONFIG["displayModeBar"] is False
        return
    drawn = made[name]()
    assert drawn.layout["template"]["layout"]["paper_bgcolor"] == theme.WHITE
    assert drawn.layout["width"] is None
    assert drawn.layout["height"] > 100
