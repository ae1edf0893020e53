"""Signals and assurance, rule by rule and in both modes, with the limits of one base."""

import pytest
from signals import BASE, after_base, draw, marks, month

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
