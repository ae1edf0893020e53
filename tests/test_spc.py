"""Process limits and signals against published and worked examples, rule by rule.

Signals are written one character a point, so that a table shows the picture of its chart.
"""

from datetime import date
from itertools import chain, pairwise
from statistics import fmean
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from kpi.observation import ORDER, SCHEMA
from kpi.spc import ADDED, Chart, add_limits

MARKS = {
    "common_cause": ".",
    "above_upl": "U",
    "below_lpl": "L",
    "increasing": "+",
    "decreasing": "-",
    "two_of_three_high": "h",
    "two_of_three_low": "l",
    "shift_high": "^",
    "shift_low": "v",
    "none": "_",
}
#: Mean 0, moving ranges 2: limits at 5.32 either side, two sigma at 3.5467.
BASE = [1.0, -1.0] * 6


def month(n: int) -> date:
    """The n-th month of a series, counted from 1."""
    return date(2020 + (n - 1) // 12, (n - 1) % 12 + 1, 1)


def series(x: list, target=None, kpi: str = "k", org: str = "o") -> pl.DataFrame:
    targets = target if isinstance(target, list) else [target] * len(x)
    rows = [(kpi, month(n), org, *row) for n, row in enumerate(zip(x, targets, strict=True), 1)]
    columns = ["kpi_id", "period", "org_id", "observed", "target"]
    return pl.DataFrame(rows, schema={name: SCHEMA[name] for name in columns}, orient="row")


def draw(x: list, target=None, polarity: Any = "high", **options: Any) -> pl.DataFrame:
    return add_limits(series(x, target), {"k": Chart(polarity=polarity, **options)})


def marks(frame: pl.DataFrame) -> str:
    return "".join(MARKS[signal] for signal in frame["signal"])


def limits(frame: pl.DataFrame, row: int = -1) -> tuple:
    return tuple(frame[name][row] for name in ("mean", "lpl", "upl"))


def card(frame: pl.DataFrame) -> tuple:
    return frame["variation"][-1], frame["assurance"][-1]


def after_base(probe: list, **options) -> str:
    """Marks of a few points judged by the limits of BASE, a gap away from it."""
    frame = draw([*BASE, None, *probe], fix_after=12, **options)
    assert limits(frame) == pytest.approx((0, -5.32, 5.32))
    return marks(frame)[len(BASE) + 1 :]


def close(*numbers: float):
    return pytest.approx(numbers, abs=5e-5)


# -- Published figures: NHSRplotthedots 0.2.2 -----------------------------------------------------

#: R: set.seed(123); rnorm(20)
NORMAL = [
    *[-0.56047565, -0.23017749, 1.55870831, 0.07050839, 0.12928774],
    *[1.71506499, 0.46091621, -1.26506123, -0.68685285, -0.44566197],
    *[1.22408180, 0.35981383, 0.40077145, 0.11068272, -0.55584113],
    *[1.78691314, 0.49785048, -1.96661716, 0.70135590, -0.47279141],
]
OUTLIER = [*NORMAL[:14], 10.0, *NORMAL[15:]]
VIGNETTE = [1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]


@pytest.mark.parametrize("mode", ["ptd", "mdc"])
@pytest.mark.parametrize(
    ("x", "screen", "expected", "signals"),
    [
        (NORMAL, True, (0.1416, -3.0114, 3.2946), "." * 20),
        (OUTLIER, True, (0.6694, -2.3837, 3.7225), "." * 14 + "U....."),
        (OUTLIER, False, (0.6694, -4.5966, 5.9355), "." * 14 + "U....."),
        (VIGNETTE, True, (1.9444, -0.7156, 4.6044), "....U" + "." * 13),
        (VIGNETTE, False, (1.9444, -3.0626, 6.9515), "....U" + "." * 13),
    ],
)
def test_published_limits(x, screen, expected, signals, mode):
    frame = draw(x, screen=screen, mode=mode)
    assert limits(frame) == close(*expected)
    assert marks(frame) == signals


def test_published_limits_of_two_series():
    halves = pl.concat([series(NORMAL[:10], org="a"), series(NORMAL[10:], org="b")])
    frame = add_limits(halves, {"k": Chart(polarity="high", mode="ptd")})
    assert limits(frame, 0) == pytest.approx((0.0746, -2.60, 2.75), abs=5e-3)
    assert limits(frame) == pytest.approx((0.209, -3.28, 3.70), abs=5e-3)
    assert marks(frame) == "." * 20


def test_published_symmetrical_points_near_opposite_limits():
    assert marks(draw([1, -1] * 7 + [5.5, -5.5], mode="ptd"))[-2:] == ".."


# -- Worked examples ------------------------------------------------------------------------------

CASELOAD = [
    *[22.4, 21.8, 23.1, 22.0, 22.9, 21.5, 22.6, 23.3, 22.2, 21.9, 22.7, 22.1],
    *[18.2, 17.6, 17.9, 16.8, 16.9, 16.1, 15.8, 16.3],
]
ICPC = [62.1, 58.3, 64, 60.5, 66.2, 61.7, 91, 63.4, 59.8, 65.1, 62.9, 60.2, 67, 70.4, 71.2]
REFERRAL = [21, 25, 20, 24, 22, 26, 21, 23, 24, 23.2, 22.6, 22, 21.3, 20.5, 19.9]
LOW, HIGH = {"polarity": "low"}, {"polarity": "high"}
NEW_PROCESS = {"rebase": (month(13),)}


@pytest.mark.parametrize("mode", ["ptd", "mdc"])
@pytest.mark.parametrize(
    ("x", "target", "options", "expected", "signals", "verdict"),
    [
        pytest.param(
            *(CASELOAD, 18, LOW | {"fix_after": 12}),
            (22.375, 19.981, 24.769),
            "...........vLLLLLLLL",
            ("improvement_low", "consistent_fail"),
            id="caseload, fixed: the limits describe the old process",
        ),
        pytest.param(
            *(CASELOAD, 18, LOW | {"fix_after": 12} | NEW_PROCESS),
            (16.95, 15.544, 18.356),
            "............h.h.....",
            ("common_cause", "inconsistent"),
            id="caseload, rebased",
        ),
        pytest.param(
            *(CASELOAD, 18, LOW),
            (20.205, 18.1952, 22.2148),
            {"ptd": "UhUhU^UUhhUhvLLLLLLL", "mdc": "UhUhU^UUhhUhlLLLLLLL"},
            ("improvement_low", "consistent_fail"),
            id="caseload, neither fixed nor rebased: flags everything",
        ),
        pytest.param(
            *(ICPC, 85, HIGH),
            (65.58667, 54.94667, 76.22667),
            "......U........",
            ("common_cause", "consistent_fail"),
            id="conferences in time, screened",
        ),
        pytest.param(
            *(ICPC, 85, HIGH | {"screen": False}),
            (65.58667, 45.65567, 85.51767),
            "......U........",
            ("common_cause", "inconsistent"),
            id="conferences in time, not screened",
        ),
        pytest.param(
            *(REFERRAL, 20, LOW),
            (22.36667, 16.4577, 28.2757),
            "........-------",
            ("improvement_low", "inconsistent"),
            id="re-referrals",
        ),
        pytest.param(
            *([10, 12, 11, 13, 10, 12, 11, 12, 13, 12, 13, 12, 12, 13], None, HIGH),
            (11.8571, 8.3787, 15.3356),
            ".......^^^^^^^",
            ("improvement_high", "none"),
            id="shift",
        ),
        pytest.param(
            *([100] * 14, 95, HIGH),
            (100, 100, 100),
            "..............",
            ("common_cause", "consistent_pass"),
            id="constant",
        ),
    ],
)
def test_worked_examples(x, target, options, expected, signals, verdict, mode):
    frame = draw(x, target, mode=mode, **options)
    assert limits(frame) == close(*expected)
    assert marks(frame) == (signals if isinstance(signals, str) else signals[mode])
    assert card(frame) == verdict


# -- Each rule, with the limits of BASE -----------------------------------------------------------


@pytest.mark.parametrize("mode", ["ptd", "mdc"])
@pytest.mark.parametrize(
    ("probe", "signals"),
    [
        # outside: strictly beyond a limit
        ([6], "U"),
        ([-6], "L"),
        ([5.33, -1, 5.32, -1, 1, -5.32, 1, -5.33], "U......L"),
        # shift: seven in a row on one side; a point on the mean is on neither
        ([0.5] * 6, "......"),
        ([0.5] * 7, "^^^^^^^"),
        ([-0.5] * 7, "vvvvvvv"),
        ([0.5] * 6 + [-0.5], "......."),
        ([0.5] * 8 + [-0.5], "^^^^^^^^."),
        ([-0.5] * 8 + [0.5], "vvvvvvvv."),
        ([-0.5, *[0.5] * 8, -0.5], ".^^^^^^^^."),
        ([0.5] * 4 + [0] + [0.5] * 4, "........."),
        # trend: seven in a row strictly rising or falling
        ([-0.3, -0.2, -0.1, 0.1, 0.2, 0.3], "......"),
        ([-0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.3], "+++++++"),
        ([0.3, 0.2, 0.1, 0, -0.1, -0.2, -0.3], "-------"),
        ([-0.3, -0.2, -0.1, -0.1, 0, 0.1, 0.2], "......."),
        ([-0.2, -0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.3, -0.1], ".+++++++."),
        ([0.2, 0.3, 0.2, 0.1, 0, -0.1, -0.2, -0.3, 0.1], ".-------."),
        # ... and a point of two trends goes with the slope on its right
        ([-3, -2, -1, 0, 1, 2, 3, 2, 1, 0, -1, -2, -3], "++++++-------"),
        ([3, 2, 1, 0, -1, -2, -3, -2, -1, 0, 1, 2, 3], "------+++++++"),
        ([-3, -2, -1, 0, 1, 2, 3, 3, 2, 1, 0, -1, -2, -3], "+++++++-------"),
        ([-3, -2, -1, 0, 1, 2, 3, 3, 3, 3, 3, 3, 3], "+++++++^^^^^^"),
        # two of three: both near a limit, all three on one side; only the near ones are marked
        ([4, 0.5, 4], "h.h"),
        ([0.5, 4, 4], ".hh"),
        ([4, 4, 0.5], "hh."),
        ([-4, -0.5, -4], "l.l"),
        ([4, 4], ".."),
        ([4, 0.5, 0.5, 4], "...."),
        ([4, 0.5, 0.5, 4, 4], "...hh"),
        ([0.5, 0.5, 4, 4, 0.5, 0.5], "..hh.."),
        ([4, -0.5, 4], "..."),
        ([4, 4, -0.5], "..."),
        ([4, 0, 4], "..."),
        ([4, -4, 4, -4], "...."),
        ([3.55, 3.55, 0.5], "hh."),
        ([3.54, 3.54, 0.5], "..."),
        # priority: outside, then trend, then two of three, then shift
        ([-0.3, -0.2, -0.1, 0, 0.1, 0.2, 6], "++++++U"),
        ([0.5, 0.5, 4, 0.5, 4, 0.5, 0.5], "^^h^h^^"),
        ([0.5] * 6 + [6], "^^^^^^U"),
        ([0.1, 0.2, 0.3, 0.4, 3.6, 4, 4.5], "+++++++"),
    ],
)
def test_rules(probe, signals, mode):
    assert after_base(probe, mode=mode) == signals


@pytest.mark.parametrize(
    ("probe", "ptd", "mdc"),
    [
        ([6, 4, 0.5], "U..", "Uh."),
        ([4, 0.5, 6], "..U", "h.U"),
        ([6, 6, 4], "UU.", "UUh"),
        ([-6, -0.5, -4], "L..", "L.l"),
        ([6, 4, 4], "Uhh", "Uhh"),
        ([6, 0.5, 0.5, 4], "U...", "U..."),
        ([6, 4, -0.5], "U..", "U.."),
        ([-6, 4, 0.5], "L..", "L.."),
    ],
)
def test_two_of_three_counts_points_outside_in_mdc_only(probe, ptd, mdc):
    assert after_base(probe, mode="ptd") == ptd
    assert after_base(probe, mode="mdc") == mdc


#: Rises for seven months up from below the lower limit.
RECOVERY = [-6, -3, -2, -1, 0.5, 1, 2]
#: Falls for seven months, above the mean throughout.
DECLINE = [3.4, 3.1, 2.6, 2.1, 1.6, 1.1, 0.6]


@pytest.mark.parametrize(
    ("probe", "polarity", "mode", "signals", "variation"),
    [
        (RECOVERY, "high", "ptd", "L++++++", "concern_low"),
        (RECOVERY, "high", "mdc", "+++++++", "improvement_high"),
        (RECOVERY, "low", "mdc", "L++++++", "improvement_low"),
        (RECOVERY, "neutral", "mdc", "L++++++", "neutral_low"),
        (DECLINE, "high", "ptd", "-------", "concern_low"),
        (DECLINE, "high", "mdc", "^^^^^^^", "improvement_high"),
        (DECLINE, "low", "mdc", "-------", "improvement_low"),
        (DECLINE, "neutral", "mdc", "-------", "neutral_low"),
    ],
)
def test_improvement_goes_first_in_mdc(probe, polarity, mode, signals, variation):
    frame = draw([*BASE, None, *probe], polarity=polarity, mode=mode, fix_after=12)
    assert marks(frame)[-7:] == signals
    assert frame["variation"][-7] == variation


@pytest.mark.parametrize("mode", ["ptd", "mdc"])
@pytest.mark.parametrize(
    ("probe", "level"),
    [
        ([6], "high"),
        ([-6], "low"),
        ([-0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.3], "high"),
        ([0.3, 0.2, 0.1, 0, -0.1, -0.2, -0.3], "low"),
        ([0.5, 4, 4], "high"),
        ([-0.5, -4, -4], "low"),
        ([0.5] * 7, "high"),
        ([-0.5] * 7, "low"),
    ],
)
def test_variation_is_what_the_signal_means_by_polarity(probe, level, mode):
    meaning = {
        "high": {"high": "improvement", "low": "concern"},
        "low": {"high": "concern", "low": "improvement"},
        "neutral": {"high": "neutral", "low": "neutral"},
    }
    for polarity, words in meaning.items():
        frame = draw([*BASE, None, *probe], polarity=polarity, mode=mode, fix_after=12)
        assert frame["variation"][-1] == f"{words[level]}_{level}"
        assert frame["variation"][0] == "common_cause"


# -- Assurance ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "high", "low"),
    [
        (6, "consistent_fail", "consistent_pass"),
        (5.31, "inconsistent", "inconsistent"),
        (0, "inconsistent", "inconsistent"),
        (-5.31, "inconsistent", "inconsistent"),
        (-6, "consistent_pass", "consistent_fail"),
        (None, "none", "none"),
    ],
)
@pytest.mark.parametrize("mode", ["ptd", "mdc"])
def test_assurance(target, high, low, mode):
    assert draw(BASE, target, "high", mode=mode)["assurance"][-1] == high
    assert draw(BASE, target, "low", mode=mode)["assurance"][-1] == low
    assert draw(BASE, target, "neutral", mode=mode)["assurance"][-1] == "none"


def test_a_target_on_a_limit_is_decided_in_mdc_only():
    for target, high, low in [(5.32, "fail", "pass"), (-5.32, "pass", "fail")]:
        assert draw(BASE, target, "high")["assurance"][-1] == f"consistent_{high}"
        assert draw(BASE, target, "low")["assurance"][-1] == f"consistent_{low}"
        assert draw(BASE, target, "high", mode="ptd")["assurance"][-1] == "inconsistent"
        assert draw(BASE, target, "low", mode="ptd")["assurance"][-1] == "inconsistent"


def test_assurance_takes_each_row_by_its_own_target_and_segment():
    x = [*BASE, *[v + 100 for v in BASE]]
    targets = [6, -6, 0, None, *[6] * 20]
    frame = draw(x, targets, rebase=(month(13),))
    words = ["consistent_fail", "consistent_pass", "inconsistent", "none"]
    assert frame["assurance"].to_list() == [
        *words,
        *["consistent_fail"] * 8,
        *["consistent_pass"] * 12,
    ]


# -- Constant, short and broken series ------------------------------------------------------------


@pytest.mark.parametrize("mode", ["ptd", "mdc"])
@pytest.mark.parametrize(
    ("target", "high", "low"),
    [
        (95, "consistent_pass", "consistent_fail"),
        (100, "consistent_pass", "consistent_pass"),
        (100.5, "consistent_fail", "consistent_pass"),
        (None, "none", "none"),
    ],
)
def test_constant_series_is_compared_with_its_target(target, high, low, mode):
    for polarity, expected in [("high", high), ("low", low), ("neutral", "none")]:
        frame = draw([100] * 14, target, polarity, mode=mode)
        assert card(frame) == ("common_cause", expected)
        assert limits(frame) == (100, 100, 100)


def test_a_fall_after_a_constant_baseline_is_a_signal():
    assert marks(draw([100] * 12 + [90, 100], fix_after=12)) == "............L."


@pytest.mark.parametrize(
    ("mode", "expected", "signals"),
    [
        ("mdc", (0.025, -0.1114, 0.1614), "vvvvvvvvvvU" + "v" * 29),
        ("ptd", (0.025, 0.025, 0.025), "LLLLLLLLLLU" + "L" * 29),
    ],
)
def test_screening_does_not_remove_the_only_variation_in_mdc(mode, expected, signals):
    frame = draw([0] * 10 + [1] + [0] * 29, mode=mode)
    assert limits(frame) == close(*expected)
    assert marks(frame) == signals


@pytest.mark.parametrize(("step", "screened"), [(39.204, True), (39.203, False)])
def test_screening_is_strict(step, screened):
    """Twelve ranges of 9.733 and one of 39.204: that one is 3.267 times their mean exactly."""
    x = [0, 9.733] * 3 + [0, step, step - 9.733, step, step - 9.733, step, step - 9.733, step]
    _, lpl, upl = limits(draw(x))
    average = 9.733 if screened else (12 * 9.733 + step) / 13
    assert upl - lpl == pytest.approx(2 * 2.66 * average)


def test_limits_need_seven_observed_points():
    short = draw([1, 2, 1, None, 2, 1, 2, None], 5)
    assert limits(short) == (None, None, None)
    assert marks(short) == "________"
    assert set(short["variation"]) | set(short["assurance"]) == {"none"}
    assert short["points"].to_list() == [6] * 8

    enough = draw([1, 2, 1, None, 2, 1, 2, None, 1], 5)
    assert limits(enough) == close(1.4286, -1.2314, 4.0886)
    assert marks(enough) == "..._..._."
    assert enough["points"].to_list() == [7] * 9


def test_no_two_neighbours_give_no_limits():
    frame = draw([5, None] * 10, 4)
    assert limits(frame) == (None, None, None)
    assert marks(frame) == "_" * 20
    assert card(frame) == ("none", "none")


def test_a_gap_carries_limits_and_assurance_but_no_signal():
    frame = draw([*BASE, None], 6)
    assert limits(frame) == close(0, -5.32, 5.32)
    assert (frame["signal"][-1], *card(frame)) == ("none", "none", "consistent_fail")


def test_a_gap_breaks_the_moving_range():
    assert limits(draw([1, 2] * 4 + [None] + [12, 11] * 4)) == close(6.5, 3.84, 9.16)


@pytest.mark.parametrize(
    ("probe", "signals"),
    [
        ([0.5] * 4 + [None] + [0.5] * 3, "...._..."),
        ([0.5] * 4 + [None] + [0.5] * 7, "...._^^^^^^^"),
        ([-0.3, -0.2, -0.1, None, 0, 0.1, 0.2, 0.3], "..._...."),
        ([-3, -2, -1, 0, 1, 2, None, 3], "......_."),
        ([4, None, 4, 0.5], "._.."),
        ([4, None, 0.5, 4, 4], "._.hh"),
        ([4, 4, None, 0.5], ".._."),
        ([float("nan"), 6, float("inf")], "_U_"),
    ],
)
def test_a_gap_breaks_every_run(probe, signals):
    assert after_base(probe) == signals


# -- Fixed limits and segments --------------------------------------------------------------------


def test_fixed_limits_count_observed_points():
    """With two gaps, the twelfth observed point is the fourteenth month."""
    x = [1, -1, None, 1, -1, 1, -1, 1, None, -1, 1, -1, 1, -1, 50, 60, 70]
    assert limits(draw(x, fix_after=12)) == close(0, -5.32, 5.32)


def test_fixed_limits_of_a_young_segment_rest_on_all_its_points():
    assert limits(draw([1, -1] * 4, fix_after=12)) == close(0, -5.32, 5.32)


@pytest.mark.parametrize("n", [11, 7, 0, -1])
def test_limits_cannot_be_fixed_on_few_points(n):
    with pytest.raises(ValueError, match=f"fixed after 12 points or more, not {n}"):
        Chart(polarity="high", fix_after=n)
    assert Chart(polarity="high", fix_after=12).fix_after == 12


@pytest.mark.parametrize(
    ("rebase", "segments"),
    [
        ((), "0000000000"),
        ((month(4),), "0001111111"),
        ((month(8), month(4)), "0001111222"),
        ((month(1),), "0000000000"),
        ((date(2019, 6, 1), month(4)), "0001111111"),
        ((month(6),), "0000011111"),  # a gap
        ((date(2020, 4, 15),), "0000111111"),
        ((month(11),), "0000000000"),
    ],
)
def test_segments(rebase, segments):
    frame = draw([1, 2, 3, 4, 5, None, 7, 8, 9, 10], rebase=rebase)
    assert "".join(map(str, frame["segment"])) == segments
    points = [segments.count(s) - (segments[5] == s) for s in segments]
    assert frame["points"].to_list() == points


@pytest.mark.parametrize(
    ("x", "at"),
    [
        ([*BASE, 0.5, 4, 4, *BASE], 15),
        ([*BASE, -3, -2, -1, 0, 1, 2, 3, *BASE], 16),
        ([*BASE, 0.5, 0.6, 0.5, 0.6, 0.5, 0.6, 0.5, *BASE], 16),
    ],
)
def test_runs_end_with_their_segment(x, at):
    split = draw(x, rebase=(month(at),))
    parts = [draw(x[: at - 1]), draw(x[at - 1 :])]
    assert marks(split) == "".join(map(marks, parts)) == "." * len(x)
    assert (limits(split, 0), limits(split)) == (limits(parts[0]), limits(parts[1]))
    assert set(marks(draw(x))) != {"."}


# -- Binary fractions -----------------------------------------------------------------------------


@pytest.mark.parametrize("x", [[0.1 + 0.2, 0.3] * 7, [100 / 3] * 13, [0.1] * 10, [1e9 / 7] * 20])
def test_rounding_noise_is_no_variation(x):
    frame = draw(x, x[0])
    assert marks(frame) == "." * len(x)
    assert card(frame) == ("common_cause", "consistent_pass")
    assert limits(frame) == pytest.approx((x[0], x[0], x[0]))


def test_a_point_on_a_limit_is_inside_it():
    base = [0.3, 0.6] * 6  # limits -0.348 and 1.248, computed as 1.2479999999999998
    assert marks(draw([*base, None, 1.248, -0.348], fix_after=12))[-2:] == ".."
    base = [0.1, 0.7] * 6  # limits -1.196 and 1.996, computed short of both
    assert marks(draw([*base, None, 1.996, -1.196], fix_after=12))[-2:] == ".."
    two_sigma = [0.1, 0.7] * 6 + [None, 1.464, 1.464, 0.5, None, -0.664, -0.664, 0]
    assert marks(draw(two_sigma, fix_after=12))[-7:] == "..._..."
    assert draw(base, 1.996, mode="ptd")["assurance"][-1] == "inconsistent"
    assert draw(base, -1.196, mode="ptd")["assurance"][-1] == "inconsistent"


def test_rounding_noise_is_no_step_of_a_trend_and_no_side_of_the_mean():
    third = 0.1 + 0.2
    assert after_base([-0.2, -0.1, 0, 0.1, 0.3, third, 0.4]) == "......."
    assert after_base([1e-10] * 7) == "......."


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
