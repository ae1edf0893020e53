"""Whether evidence bears out a reported impact: the rule by table, from figures to verdict."""

from datetime import date
from typing import Any

import polars as pl
import pytest
from frames import NOTHING, kpi

from kpi import evidence, finding, glossary, questions, theme, words
from kpi.catalogue import Catalogue, Kpi

MARCH = date(2025, 3, 1)
STEADY = {"variation": "common_cause", "assurance": "inconsistent"}
BETTER = {"variation": "improvement_low"}
WORSE = {"variation": "concern_high"}
GREEN = {"value": 9.0, "target": 10.0, "rating": "green"}
AMBER = {"value": 11.0, "target": 10.0, "rating": "amber"}
RED = {"value": 30.0, "target": 10.0, "rating": "red"}
NO_TARGET = {"value": 9.0, "rating": "none"}


def row(**columns: Any) -> dict[str, Any]:
    return NOTHING | {"kpi_id": "m", "period": MARCH, "points": 48, "observed": 9.0} | columns


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


# ---- a strand, and the verdict ----


@pytest.mark.parametrize(
    ("speaks_for", "against", "neither", "leading_against", "says"),
    [
        (0, 0, 0, False, "silent"),
        (1, 0, 0, False, "for"),
        (1, 0, 1, False, "for"),
        (1, 0, 2, False, "neither"),
        (3, 1, 0, False, "for"),
        (2, 1, 0, False, "neither"),
        (3, 1, 0, True, "neither"),
        (2, 2, 0, False, "neither"),
        (1, 2, 5, False, "against"),
        (0, 1, 9, False, "against"),
        (0, 0, 4, False, "neither"),
    ],
)
def test_findings_together_make_a_strand(speaks_for, against, neither, leading_against, says):
    assert evidence.balance(speaks_for, against, neither, leading_against) == says


F, A, N, S = "for", "against", "neither", "silent"
SUPPORTED, NOT_YET = "supported", "not_yet_shown"
CONTRADICTED, NONE = "contradicted", "no_evidence"
VERDICTS = [
    # strands (numbers, audits, voices): blue, green, amber, red
    ((S, S, S), NONE, NONE, NONE, NONE),
    ((F, S, S), NOT_YET, SUPPORTED, SUPPORTED, CONTRADICTED),
    ((S, F, S), NOT_YET, SUPPORTED, SUPPORTED, CONTRADICTED),
    ((S, S, F), NOT_YET, SUPPORTED, SUPPORTED, CONTRADICTED),
    ((F, F, S), SUPPORTED, SUPPORTED, SUPPORTED, CONTRADICTED),
    ((F, N, S), NOT_YET, SUPPORTED, SUPPORTED, CONTRADICTED),
    ((F, N, F), SUPPORTED, SUPPORTED, SUPPORTED, CONTRADICTED),
    ((F, F, F), SUPPORTED, SUPPORTED, SUPPORTED, CONTRADICTED),
    ((N, S, S), NOT_YET, NOT_YET, SUPPORTED, SUPPORTED),
    ((N, N, N), NOT_YET, NOT_YET, SUPPORTED, SUPPORTED),
    ((F, A, S), NOT_YET, NOT_YET, SUPPORTED, SUPPORTED),
    ((F, F, A), NOT_YET, NOT_YET, SUPPORTED, SUPPORTED),
    ((A, F, A), CONTRADICTED, CONTRADICTED, CONTRADICTED, SUPPORTED),
    ((A, S, S), CONTRADICTED, CONTRADICTED, CONTRADICTED, SUPPORTED),
    ((A, N, S), CONTRADICTED, CONTRADICTED, CONTRADICTED, SUPPORTED),
    ((A, A, A), CONTRADICTED, CONTRADICTED, CONTRADICTED, SUPPORTED),
]  # fmt: skip


@pytest.mark.parametrize("rating", [0, 1, 2, 3], ids=["blue", "green", "amber", "red"])
@pytest.mark.parametrize("case", VERDICTS, ids=lambda case: " ".join(case[0]))
def test_strands_are_held_against_the_rating(case, rating):
    impact = ("blue", "green", "amber", "red")[rating]
    assert evidence.held_against(impact, case[0]) == case[1 + rating]


@pytest.mark.parametrize(
    ("impact", "verdict"),
    [("blue", CONTRADICTED), ("green", NOT_YET), ("amber", SUPPORTED), ("red", CONTRADICTED)],
)
def test_a_leading_measure_that_is_off_holds_the_verdict_back(impact, verdict):
    """Blue with a headline measure off target is said otherwise; green is not shown yet."""
    assert evidence.held_against(impact, (F, F, S), leading_against=True) == verdict


@pytest.mark.parametrize("impact", [None, "none"])
def test_without_a_rating_there_is_nothing_to_hold_against(impact):
    assert evidence.held_against(impact, (F, F, F)) == NONE


# ---- from the catalogue to the reasons ----


def rows_of(book: Catalogue, **columns: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {name: row(kpi_id=name, **told) for name, told in columns.items()}


def weighed(book: Catalogue, priority: str, impact: str | None, **columns: Any) -> evidence.Verdict:
    return evidence.weigh(book, rows_of(book, **columns), priority, MARCH, impact)


def test_a_priority_without_measures_has_no_evidence(book):
    verdict = weighed(book, "P10", "red")
    assert verdict.verdict == NONE
    assert verdict.lead == "Impact is rated red. There is no evidence to hold it against."
    assert all(strand.says == S for strand in verdict.strands)
    assert verdict.reasons[2].startswith("Voices are silent: nobody is asked")


def test_neutral_measures_never_count(book):
    """Fewer plans are neither better nor worse, however far the number falls."""
    falling = {"value": 139.0, "variation": "neutral_low"}
    assert weighed(book, "P05", "green", cp_open=falling, cin_open=falling).verdict == NONE
    for priority in book.table("priorities")["priority_id"]:
        for strand in evidence.STRANDS:
            linked = evidence.linked(book, priority, strand)
            assert all(one.polarity != "neutral" for one in linked)


def test_a_red_headline_measure_holds_back_what_audits_show(book):
    improving = {"value": 49.0, "denominator": 75.0, "variation": "improvement_high"}
    verdict = weighed(
        book,
        "P05",
        "green",
        cp_repeat=RED | WORSE | {"denominator": 202.0},
        cp_reviews_in_time=GREEN | BETTER,
        cp_two_years=GREEN | BETTER,
        audits_theme_neglect=improving,
    )
    assert [strand.says for strand in verdict.strands] == [N, F, S]
    assert verdict.verdict == NOT_YET
    assert verdict.reasons[:2] == [
        "Numbers decide nothing: of three measures two show it and one speaks against it; "
        "six measures cannot be judged; a headline measure holds it back.",
        "Repeat child protection plans: 30.0% over 12 months, 20 points above the target of 10% "
        "and worsening.",
    ]
    first = verdict.open_to_question[0]
    assert first.kpi.kpi_id == "cp_repeat"
    assert first.row is not None
    assert first.row["value"] == 30.0


def test_children_weigh_more_than_parents_and_carers(book):
    def said(since: int, before: int) -> list[dict[str, float]]:
        return [{"value": n, "numerator": n, "denominator": 100.0} for n in (since, before)]

    up, down = said(80, 40), said(40, 80)

    def voices(children, parents, carers):
        pairs = {"children": children, "parents": parents, "carers": carers}
        columns = {f"feedback_{who}_after": pair[0] for who, pair in pairs.items()}
        columns |= {f"feedback_{who}_before": pair[1] for who, pair in pairs.items()}
        return weighed(book, "P08", "green", **columns).strands[2].says

    assert voices(up, up, up) == F
    assert voices(down, up, up) == N
    assert voices(down, down, up) == A


def test_figures_of_audits_and_voices_count_in_their_own_strand(book):
    for priority in book.table("priorities")["priority_id"]:
        listed: list[Kpi] = [
            one for name in evidence.STRANDS for one in evidence.linked(book, priority, name)
        ]
        assert len({one.kpi_id for one in listed}) == len(listed)
    assert not evidence.linked(book, "P09", "numbers")
    assert {one.kpi_id for one in evidence.linked(book, "P06", "voices")} == {
        "voice_care_children_after",
        "voice_care_carers_after",
    }


def test_every_verdict_gives_reasons_that_carry_figures(book):
    verdict = weighed(book, "P02", "green", caseload_mean=GREEN | BETTER)
    assert verdict.verdict == SUPPORTED
    assert verdict.lead == "Impact is rated green. The evidence bears the rating out."
    assert "9.0 cases" in " ".join(verdict.reasons)


def test_a_red_rating_that_the_evidence_belies_is_told_as_better(book):
    verdict = weighed(book, "P02", "red", caseload_mean=GREEN | BETTER)
    assert verdict.verdict == CONTRADICTED
    assert verdict.lead == "Impact is rated red. The evidence is better than that."


# ---- withheld ----


def test_what_is_withheld_is_not_said_to_be_missing(book):
    few = {"value": None, "state": "c", "rating": "none", "variation": "none"}
    names = [kpi.kpi_id for kpi in evidence.linked(book, "P05", "numbers")]
    verdict = weighed(book, "P05", "green", **dict.fromkeys(names, few))
    assert verdict.verdict == evidence.WITHHELD
    assert "withheld: small numbers" in verdict.lead
    numbers = next(one for one in verdict.strands if one.name == "numbers")
    assert numbers.mark == evidence.WITHHELD
    assert numbers.sentence.endswith("cannot be judged, since small numbers are withheld.")
    assert all(one.sentence.endswith(": withheld, small numbers.") for one in numbers.findings)


def test_without_figures_there_is_still_no_evidence(book):
    names = [kpi.kpi_id for kpi in evidence.linked(book, "P05", "numbers")]
    none = {"value": None, "state": "x", "rating": "none", "variation": "none"}
    verdict = weighed(book, "P05", "green", **dict.fromkeys(names, none))
    assert verdict.verdict == evidence.NO_EVIDENCE
    assert {one.mark for one in verdict.strands} == {"silent"}


def test_what_was_said_before_and_is_withheld_was_said():
    measure = kpi("high", "%", 0, title="Found good", voice="children", before="b", per=100)
    rows = {"m": row(value=60.0, denominator=40.0), "b": row(value=None, state="c")}
    found = finding.voiced(measure, rows, MARCH)
    assert found.is_withheld
    assert "what was said before is withheld" in found.sentence


# ---- as the definitions page tells it ----


def test_the_definitions_tell_the_rule_as_it_is():
    groups = {group.group_id: group for group in glossary.GROUPS}
    told = {term.word: term.meaning for term in groups["evidence"].terms}
    assert set(glossary.VERDICTS) == {*theme.VERDICT} == {
        verdict for row in evidence.VERDICTS.values() for verdict in row.values()
    } | {evidence.NO_EVIDENCE, evidence.WITHHELD}  # fmt: skip
    assert told["A measure shows impact"] == (
        "On target and improving or unchanged; near target and improving; off target and "
        "improving; without a target and improving."
    )
    assert f"fewer than {finding.FEWEST_CASES} cases" in told["Silent"]
    assert f"fewer than {words.FEWEST} months" in told["Silent"]
    assert str(finding.CHANCE) in told["Voices before and since"]
    assert [term.meaning.partition(". ")[0] + "." for term in groups["questions"].terms] == [
        kind.when for kind in questions.KINDS.values()
    ]
