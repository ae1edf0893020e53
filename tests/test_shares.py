"""Figures of parts: what is drawn, in which order, and when there is nothing to draw."""

import polars as pl
import pytest
from cases import months

from kpi import messages, shares


def grade_rows(book, values):
    kpis = [book.kpis[f"audit_grade_{name}"] for name in ("inadequate", "good")]
    rows = [
        {"kpi_id": kpi.kpi_id, "period": period, "value": value}
        for kpi, series in zip(kpis, values, strict=True)
        for period, value in zip(months(len(series)), series, strict=True)
    ]
    schema = {"kpi_id": pl.String, "period": pl.Date, "value": pl.Float64}
    return kpis, pl.DataFrame(rows, schema=schema)


def test_parts_are_stacked_and_named_beside(book):
    kpis, frame = grade_rows(book, [[40.0, 30.0], [60.0, 70.0]])
    figure = shares.divided(kpis, frame, ["inadequate", "good"])
    assert [list(bar.y) for bar in figure.data] == [[40, 30], [60, 70]]
    assert figure.layout.barmode == "stack"
    told = " ".join(note.text for note in figure.layout.annotations)
    assert "<b>30%</b> inadequate" in told and "<b>70%</b> good" in told


def test_parts_of_nothing(book):
    kpis, frame = grade_rows(book, [[None], [None]])
    assert not shares.divided(kpis, frame, ["inadequate", "good"]).data


def dots(figure):
    return [(trace.x[0], trace.textposition) for trace in figure.data if trace.text]


@pytest.mark.parametrize(
    ("pair", "expected"),
    [
        ((34.0, 36.0), [(34, "middle left"), (36, "middle right")]),
        ((50.0, 30.0), [(50, "middle right"), (30, "middle left")]),
        ((None, 30.0), [(30, "middle right")]),
    ],
)
def test_figures_stand_outside_the_pair(pair, expected):
    assert dots(shares.before_after([("Children", *pair)])) == expected


def test_nobody_answered():
    assert not shares.before_after([("Children", None, None)]).data


def test_reasons_are_ranked_from_zero():
    figure = shares.ranked({"pay": 20.0, "travel": 40.0, "family": 20.0})
    assert list(figure.data[0].x) == [40, 20, 20]
    assert figure.layout.xaxis.range[0] == 0
    assert next(note.text for note in figure.layout.annotations) == "<b>40%</b> travel"


@pytest.mark.parametrize(
    ("good", "before", "words"),
    [
        (
            43.0,
            33.0,
            "43% of audited cases were good or better over the year, 10 points more than the year before",
        ),
        (
            43.0,
            44.0,
            "43% of audited cases were good or better over the year, 1 point fewer than the year before",
        ),
        (
            43.0,
            43.2,
            "43% of audited cases were good or better over the year, as in the year before",
        ),
        (43.0, None, "43% of audited cases were good or better over the year"),
        (None, None, "No audit has been graded yet"),
    ],
)
def test_how_grades_have_moved(good, before, words):
    assert messages.divided(good, before) == words


def test_voices_and_reasons_in_words():
    pairs = [("Children", 34.0, 36.0), ("Parents", None, 61.0)]
    assert messages.voices(pairs) == "Found the service good: children 36%, from 34%"
    assert messages.voices([("Parents", None, 61.0)]) == "Too few answers to compare"
    assert messages.reason({"pay": 20.0, "travel": 40.0}) == "Leavers name travel most: 40% of them"
    assert messages.reason({}) == "No leaver has been interviewed yet"
