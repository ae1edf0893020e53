"""Process limits against published and worked examples, fixed and rebased, and of broken series."""

from datetime import date

import polars as pl
import pytest
from signals import BASE, CASELOAD, after_base, card, close, draw, limits, marks, month, series

from kpi.spc import Chart, add_limits

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
