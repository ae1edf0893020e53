"""Whether evidence bears out a reported impact: from strands and the catalogue to the verdict."""

import pytest
from frames import kpi
from weighing import BETTER, GREEN, MARCH, RED, WORSE, row, weighed

from kpi import evidence, finding, glossary, questions, theme, words
from kpi.catalogue import Kpi

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
