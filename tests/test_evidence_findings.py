"""What one measure says of a reported impact, and what voices say before and since."""

from datetime import date

import polars as pl
import pytest
from frames import kpi
from weighing import AMBER, BETTER, GREEN, MARCH, NO_TARGET, RED, STEADY, WORSE, row

from kpi import finding

# ---- one measure ----


@pytest.mark.parametrize(
    ("columns", "says", "embedded"),
    [
        (GREEN | STEADY, "for", "neither"),
        (GREEN | STEADY | {"assurance": "consistent_pass"}, "for", "for"),
        (GREEN | STEADY | {"assurance": "consistent_fail"}, "neither", "neither"),
        (GREEN | BETTER, "for", "for"),
        (GREEN | WORSE, "neither", "neither"),
        (AMBER | STEADY, "neither", "neither"),
        (AMBER | BETTER, "for", "neither"),
        (AMBER | WORSE, "against", "against"),
        (RED | STEADY | {"assurance": "consistent_fail"}, "against", "against"),
        (RED | STEADY | {"assurance": "inconsistent"}, "neither", "neither"),
        (RED | STEADY | {"assurance": "consistent_pass"}, "neither", "neither"),
        (RED | BETTER, "for", "neither"),
        (RED | WORSE, "against", "against"),
        (NO_TARGET | STEADY | {"assurance": "none"}, "neither", "neither"),
        (NO_TARGET | BETTER, "for", "for"),
        (NO_TARGET | WORSE, "against", "against"),
        ({"value": None, "state": "c"}, "silent", "silent"),
        ({"value": None, "state": None}, "silent", "silent"),
        (GREEN | BETTER | {"points": 6}, "silent", "silent"),
        (GREEN | BETTER | {"points": 7}, "for", "for"),
        (GREEN | {"variation": "none"}, "silent", "silent"),
    ],
)
def test_a_measure_says_what_its_three_signals_say(columns, says, embedded):
    measure = kpi(denominator="fte")
    assert finding.of(measure, row(**columns), MARCH, embedded=False).says == says
    assert finding.of(measure, row(**columns), MARCH, embedded=True).says == embedded


@pytest.mark.parametrize(("cases", "says"), [(9.0, "silent"), (10.0, "for"), (None, "for")])
def test_a_share_of_few_cases_is_silent(cases, says):
    share = kpi(unit="%", denominator="n", per=100)
    found = finding.of(share, row(**GREEN, **BETTER, denominator=cases), MARCH, False, "audits")
    assert found.says == says
    assert ("but of 9 audits only" in found.sentence) == (says == "silent")


def test_an_average_over_few_is_no_share():
    found = finding.of(
        kpi(denominator="fte"), row(**GREEN, **BETTER, denominator=4.0), MARCH, False
    )
    assert found.says == "for"


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        (GREEN | BETTER, "Average caseload: 9.0 cases, meeting the target of 10 and improving."),
        (GREEN | WORSE, "Average caseload: 9.0 cases, meeting the target of 10 but worsening."),
        (
            RED | WORSE,
            "Average caseload: 30.0 cases, 20 cases above the target of 10 and worsening.",
        ),
        (
            RED | BETTER,
            "Average caseload: 30.0 cases, 20 cases above the target of 10 but improving.",
        ),
        (NO_TARGET | BETTER, "Average caseload: 9.0 cases, improving."),
        (
            AMBER | STEADY | {"steady_since": date(2025, 1, 1)},
            "Average caseload: 11.0 cases, 1 case above the target of 10, "
            "unchanged beyond normal variation since January 2025.",
        ),
        (
            AMBER | STEADY | {"steady_since": date(2025, 2, 1)},
            "Average caseload: 11.0 cases, 1 case above the target of 10, "
            "unchanged beyond normal variation.",
        ),
        (
            {"value": None, "state": "c"},
            "Average caseload: withheld, small numbers.",
        ),
        (
            NO_TARGET | BETTER | {"points": 6},
            "Average caseload: 9.0 cases, but only 6 months of figures, too few.",
        ),
    ],
)
def test_a_finding_carries_its_figure(columns, sentence):
    assert finding.of(kpi(denominator="fte"), row(**columns), MARCH, False).sentence == sentence


def test_a_month_without_a_row_is_silent_and_says_so():
    found = finding.of(kpi(), None, MARCH, False)
    assert (found.says, found.sentence) == (
        "silent",
        "Average caseload: no figure for March 2025 yet.",
    )


def test_every_combination_of_signals_has_its_meaning():
    for rating in ("green", "amber", "red", "none"):
        for variation in ("improvement_low", "common_cause", "concern_high"):
            assert finding.judged(rating, variation, "inconsistent") in (
                "for",
                "against",
                "neither",
            )


def series(signals: list[str], segments: list[int] | None = None) -> pl.DataFrame:
    months = [date(2024 + n // 12, n % 12 + 1, 1) for n in range(len(signals))]
    return pl.DataFrame(
        {
            "kpi_id": "m",
            "period": months,
            "observed": 1.0,
            "value": 1.0,
            "segment": segments or [0] * len(signals),
            "signal": signals,
        }
    )


@pytest.mark.parametrize(
    ("signals", "segments", "since"),
    [
        (["common_cause"] * 4, None, date(2024, 1, 1)),
        (["above_upl", "common_cause", "common_cause"], None, date(2024, 2, 1)),
        (["above_upl", "common_cause", "common_cause"], [0, 0, 1], date(2024, 3, 1)),
        (["common_cause", "common_cause", "shift_low"], None, date(2024, 4, 1)),
    ],
)
def test_steady_since_the_last_signal_or_the_last_reset(signals, segments, since):
    frame = series(signals, segments)
    assert finding.standing(frame, frame["period"][-1])["m"]["steady_since"] == since


def test_a_later_month_does_not_speak_of_an_earlier():
    frame = series(["common_cause", "common_cause", "above_upl"])
    assert finding.standing(frame, date(2024, 2, 1))["m"]["steady_since"] == date(2024, 1, 1)


# ---- before and since ----


def voice(since: tuple[int, int] | None, before: tuple[int, int] | None) -> finding.Finding:
    measure = kpi("high", "%", 0, title="Found good", voice="children", before="b", per=100)
    rows = {
        name: row(value=100 * pair[0] / pair[1], numerator=pair[0], denominator=pair[1])
        for name, pair in (("m", since), ("b", before))
        if pair
    }
    return finding.voiced(measure, rows, MARCH)


@pytest.mark.parametrize(
    ("since", "before", "says", "sentence"),
    [
        ((37, 60), (6, 20), "for", "Found good: 62% of 60 answers, beside 30% of 20 answers before: a real rise."),
        ((6, 20), (37, 60), "against", "Found good: 30% of 20 answers, beside 62% of 60 answers before: a real fall."),
        ((9, 20), (6, 20), "neither", "Found good: 45% of 20 answers, beside 30% of 20 answers before: no more apart than chance may bring."),
        ((9, 9), (0, 20), "silent", "Found good: 100% of 9 answers, beside 0% of 20 answers before: too few to compare."),
        ((10, 10), (0, 10), "for", "Found good: 100% of 10 answers, beside 0% of 10 answers before: a real rise."),
        ((9, 20), None, "silent", "Found good: 45% of 20 answers; nobody spoke of the time before."),
        (None, (6, 20), "silent", "Found good: no figure for March 2025 yet."),
    ],
)  # fmt: skip
def test_voices_are_held_against_what_was_said_before(since, before, says, sentence):
    found = voice(since, before)
    assert (found.says, found.sentence) == (says, sentence)
    assert found.leading


def test_the_margin_is_that_of_agresti_and_caffo():
    """50% of 100 and 38% of 100 are 12 points apart; nine times in ten chance brings 11.5."""
    assert voice((50, 100), (38, 100)).says == "for"
    assert voice((50, 100), (39, 100)).says == "neither"
