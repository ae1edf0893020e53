"""Process limits and signals of many series, and a second reading of the method to agree with."""

from itertools import chain, pairwise
from statistics import fmean

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from signals import BASE, CASELOAD, close, draw, limits, marks, month, series

from kpi.observation import ORDER
from kpi.spc import ADDED, Chart, add_limits

# -- Frames of many series ------------------------------------------------------------------------


def test_types_and_columns():
    frame = series(BASE).with_columns(pl.lit(1).alias("load_id"), pl.lit("green").alias("rating"))
    result = add_limits(frame, {"k": Chart(polarity="high")})
    assert dict(result.schema) == dict(frame.schema) | ADDED
    assert_frame_equal(result.select(frame.columns), frame.sort(ORDER))


def test_whole_numbers_and_empty_frames():
    whole = series([1, 2] * 6).with_columns(pl.col("observed").cast(pl.Int64))
    assert limits(add_limits(whole, {"k": Chart(polarity="high")})) == close(1.5, -1.16, 4.16)
    empty = add_limits(series([]), {})
    assert empty.is_empty() and empty.schema["assurance"] == pl.String
    unseen = draw([None] * 9, 5)
    assert marks(unseen) == "_" * 9
    assert unseen["points"].to_list() == [0] * 9


def test_a_month_given_twice_is_refused():
    frame = pl.concat([series(BASE), series(BASE[:3]).tail(1)])
    with pytest.raises(ValueError, match="More than one row for k of o in 2020-03-01"):
        add_limits(frame, {"k": Chart(polarity="high")})


def test_a_kpi_without_a_chart_is_refused():
    with pytest.raises(ValueError, match="No chart settings for other"):
        add_limits(series(BASE, kpi="other"), {"k": Chart(polarity="high")})


def test_each_kpi_follows_its_own_chart():
    charts = {
        "fixed": Chart(polarity="low", fix_after=12),
        "rebased": Chart(polarity="neutral", rebase=(month(13),)),
        "rough": Chart(polarity="high", screen=False),
        "strict": Chart(polarity="high", mode="ptd"),
    }
    frame = pl.concat([series(CASELOAD, 18, kpi) for kpi in charts])
    together = add_limits(frame, charts)
    for kpi, chart in charts.items():
        alone = add_limits(series(CASELOAD, 18, kpi), {kpi: chart})
        assert_frame_equal(together.filter(kpi_id=kpi), alone)


def test_a_run_does_not_leak_into_the_next_series():
    """Each ends or begins with part of a run that the two together would complete."""
    first, second = [-1, 1] * 6 + [0.5] * 4, [0.5] * 4 + [-1, 1] * 6
    frame = pl.concat([series(first, org="a"), series(second, org="b")])
    assert marks(add_limits(frame, {"k": Chart(polarity="high")})) == "." * 32
    first, second = [1, -1] * 6 + [0, 1, 2, 3], [4, 5, 6, 7, 4] + [6.5, 4.5] * 6
    frame = pl.concat([series(first, org="a"), series(second, org="b")])
    assert "+" not in marks(add_limits(frame, {"k": Chart(polarity="high")}))


# -- A second reading of the method, window by window ---------------------------------------------


def windows(x: list, size: int):
    return ((range(i, i + size), x[i : i + size]) for i in range(len(x) - size + 1))


def read_limits(x: list, chart: Chart) -> tuple | None:
    seen = [i for i, v in enumerate(x) if v is not None]
    base = x[: seen[: chart.fix_after][-1] + 1] if seen else []
    moves = [abs(b - a) for a, b in pairwise(base) if a is not None and b is not None]
    if len(seen) < 7 or not moves:
        return None
    average = fmean(moves)
    kept = [m for m in moves if m < 3.267 * average] if chart.screen else moves
    if not kept or (chart.mode == "mdc" and not any(kept)):
        kept = moves
    mean = fmean(v for v in base if v is not None)
    return mean, mean - 2.66 * fmean(kept), mean + 2.66 * fmean(kept)


def read_rules(x: list, limits: tuple, chart: Chart) -> list[dict[str, int]]:
    mean, lpl, upl = limits
    near_upl = mean + (upl - mean) * 2 / 3
    near_lpl = mean - (mean - lpl) * 2 / 3
    rules = [{} for _ in x]
    side = [None if v is None else 0 if abs(v - mean) < 1e-6 else 1 if v > mean else -1 for v in x]
    out = [v is not None and (v > upl + 1e-6 or v < lpl - 1e-6) for v in x]
    near = [v is not None and (v > near_upl + 1e-6 or v < near_lpl - 1e-6) for v in x]
    if chart.mode == "ptd":
        near = [n and not o for n, o in zip(near, out, strict=True)]
    for i, is_out in enumerate(out):
        if is_out:
            rules[i]["outside"] = side[i]
    for where, seven in windows(x, 7):
        if None in seven:
            continue
        steps = [b - a for a, b in pairwise(seven)]
        for way in (1, -1):
            if all(way * s > 0 for s in steps):  # windows go right, so the last one decides
                for i in where:
                    rules[i]["trend"] = way
    for where, three in windows(side, 3):
        if set(three) in ({1}, {-1}) and sum(near[i] for i in where) >= 2:
            for i in where:
                if near[i]:
                    rules[i]["two_of_three"] = three[0]
    for where, seven in windows(side, 7):
        if set(seven) in ({1}, {-1}):
            for i in where:
                rules[i]["shift"] = seven[0]
    return rules


def read_signals(x: list, limits: tuple | None, chart: Chart) -> str:
    if limits is None:
        return "_" * len(x)
    shown = {"outside": "LU", "trend": "-+", "two_of_three": "lh", "shift": "v^"}
    good = {"high": 1, "low": -1, "neutral": 0}[chart.polarity]
    text = ""
    for v, marked in zip(x, read_rules(x, limits, chart), strict=True):
        hits = [(rule, marked[rule]) for rule in shown if rule in marked]
        if chart.mode == "mdc" and good:
            hits.sort(key=lambda hit: hit[1] != good)
        text += "_" if v is None else shown[hits[0][0]][hits[0][1] > 0] if hits else "."
    return text


def stretch(start: int, step: int, length: int) -> list:
    return [start + step * n for n in range(length)]


STRETCHES = st.builds(stretch, st.integers(-9, 9), st.integers(-2, 2), st.integers(1, 9))
NOISY = st.lists(st.integers(-20, 20), min_size=1, max_size=8)
FIGURES = st.lists(STRETCHES | NOISY | st.just([None]), max_size=8).map(
    lambda parts: [*chain.from_iterable(parts)]
)
CHARTS = st.builds(
    Chart,
    polarity=st.sampled_from(["high", "low", "neutral"]),
    fix_after=st.none() | st.integers(12, 20),
    rebase=st.lists(st.integers(1, 50).map(month), max_size=2).map(tuple),
    screen=st.booleans(),
    mode=st.sampled_from(["mdc", "ptd"]),
)


@settings(max_examples=300, deadline=None)
@given(x=FIGURES, chart=CHARTS)
def test_agrees_with_a_reading_window_by_window(x, chart):
    frame = add_limits(series(x), {"k": chart})
    for (_,), part in frame.group_by("segment", maintain_order=True):
        figures = part["observed"].to_list()
        expected = read_limits(figures, chart)
        assert limits(part) == (pytest.approx(expected) if expected else (None, None, None))
        assert marks(part) == read_signals(figures, expected, chart)


@settings(max_examples=60, deadline=None)
@given(
    many=st.lists(st.tuples(FIGURES, CHARTS), min_size=1, max_size=5),
    orgs=st.sampled_from(["o", "op"]),
    seed=st.randoms(use_true_random=False),
)
def test_series_do_not_see_each_other_and_row_order_does_not_matter(many, orgs, seed):
    charts = {f"k{n}": chart for n, (_, chart) in enumerate(many)}
    alone = [series(x, 1, f"k{n}", org) for n, (x, _) in enumerate(many) for org in orgs]
    together = pl.concat(alone)
    rows = list(range(together.height))
    seed.shuffle(rows)
    expected = pl.concat([add_limits(frame, charts) for frame in alone])
    assert_frame_equal(add_limits(together[rows], charts), expected)
