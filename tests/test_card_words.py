"""What a card says of its figure: the verdict, the distance to target, the lines at its foot."""

from datetime import date

import pytest
from frames import caseload, kpi, published, row, share

from kpi import recent, words

TARGET = {"target": 18.0, "tolerance": 2.0}

# ---- verdicts ----


@pytest.mark.parametrize(
    ("value", "columns", "sentence"),
    [
        (
            20.1,
            {"rating": "red", "variation": "improvement_low", "assurance": "consistent_fail"},
            "Lower is better. Improving. Still above the target of 18, by 2.1 cases.",
        ),
        (
            19.0,
            {"rating": "amber", "variation": "improvement_low"},
            "Lower is better. Improving. Still above the target of 18, by 1 case, within tolerance.",
        ),
        (
            19.5,
            {"rating": "amber", "variation": "common_cause", "assurance": "inconsistent"},
            "Lower is better. No change beyond normal variation. 1.5 cases above the target of 18, "
            "within tolerance. Some months may meet it.",
        ),
        (
            31.0,
            {"rating": "red", "variation": "common_cause", "assurance": "consistent_fail"},
            "Lower is better. No change beyond normal variation. 13 cases above the target of 18. "
            "It will not get there without a change.",
        ),
        (
            18.04,
            {"rating": "amber", "variation": "concern_high"},
            "Lower is better. Worsening. Just above the target of 18, within tolerance.",
        ),
        (
            25.0,
            {"rating": "red", "variation": "common_cause", "assurance": "consistent_pass"},
            "Lower is better. No change beyond normal variation. 7 cases above the target of 18. "
            "It usually meets it.",
        ),
        (
            13.6,
            {"rating": "green", "variation": "common_cause", "assurance": "consistent_pass"},
            "Lower is better. No change beyond normal variation. Meets the target of 18, and will "
            "do so reliably.",
        ),
        (
            17.0,
            {"rating": "green", "variation": "common_cause", "assurance": "inconsistent"},
            "Lower is better. No change beyond normal variation. Meets the target of 18, but some "
            "months may miss it.",
        ),
        (
            17.0,
            {"rating": "green", "variation": "improvement_low", "assurance": "consistent_fail"},
            "Lower is better. Improving. Meets the target of 18.",
        ),
    ],
)
def test_verdict_against_a_target(value, columns, sentence):
    assert words.verdict(caseload(), row(value, **TARGET, **columns)) == sentence


@pytest.mark.parametrize(
    ("value", "columns", "sentence"),
    [
        (
            71.1,
            {"target": 90.0, "rating": "red", "variation": "concern_low"},
            "Higher is better. Worsening. 19 points below the target of 90%.",
        ),
        (
            87.9,
            {"target": 88.9, "rating": "amber", "variation": "common_cause"},
            "Higher is better. No change beyond normal variation. 1 point below the target of "
            "88.9%, within tolerance.",
        ),
        (
            50.0,
            {"variation": "common_cause"},
            "Higher is better. No change beyond normal variation. No target is set.",
        ),
    ],
)
def test_verdict_of_a_percentage(value, columns, sentence):
    assert words.verdict(share(polarity="high"), row(value, **columns)) == sentence


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        (
            {"variation": "neutral_low"},
            "Context, not performance. Down, more than normal variation.",
        ),
        (
            {"variation": "neutral_high"},
            "Context, not performance. Up, more than normal variation.",
        ),
        (
            {"variation": "common_cause"},
            "Context, not performance. No change beyond normal variation.",
        ),
        ({"points": 6}, "Context, not performance. Too few months to judge a change."),
        (
            {"points": None},
            "Context, not performance. Single months are withheld, so no change is judged.",
        ),
        (
            {"points": 7, "variation": "common_cause"},
            "Context, not performance. No change beyond normal variation. "
            "Early view: only 7 months of figures so far.",
        ),
        (
            {"points": 12, "variation": "neutral_low", "segment": 1},
            "Context, not performance. Down, more than normal variation. "
            "Early view: only 12 months since the limits were reset.",
        ),
        ({"points": 13, "variation": "none"}, "Context, not performance."),
    ],
)
def test_verdict_of_context_and_of_short_series(columns, sentence):
    assert words.verdict(kpi("neutral", "children", 0), row(139, **columns)) == sentence


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("c", "Withheld: confidential, small numbers."),
        ("u", "Published as unreliable, so no figure is shown."),
        ("k", "Rounds to zero, but is not zero."),
        ("low", "Rounds to zero, but is not zero."),
        ("x", "Not available."),
        ("z", "Not applicable."),
        (None, "No figure for Apr 2021."),
    ],
)
def test_verdict_without_a_figure(state, sentence):
    assert words.verdict(caseload(), row(None, state=state)) == sentence


@pytest.mark.parametrize(
    ("unit", "value", "target", "text"),
    [
        ("%", 32.7, 20, "13 points"),
        ("%", 21, 20, "1 point"),
        ("%", 20.5, 20, "0.5 points"),
        ("children", 21.04, 20, "1 child"),
        ("per 10,000", 62.5, 60, "2.5 per 10,000"),
        ("£", 1920, 2075, "£155"),
        ("cases", 20.01, 20, ""),
    ],
)
def test_distance(unit, value, target, text):
    assert words.distance(kpi(unit=unit), value, target) == text


# ---- the lines at the foot of a card ----


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        (
            [("neighbours", 2025, 16.4, None), ("country", 2025, 15.2, None),
             ("region", 2025, 15.3, None), ("authority", 2025, 13.6, None)],
            "Neighbours 16.4 · England 15.2 (DfE 2025)",
        ),
        (
            [("neighbours", 2024, 16.9, None), ("neighbours", 2025, 16.4, None),
             ("country", 2025, 15.0, None)],
            "Neighbours 16.4 · England 15.0 (DfE 2025)",
        ),
        (
            [("neighbours", 2024, 16.9, None), ("country", 2025, 15.2, None)],
            "Neighbours 16.9 (DfE 2024) · England 15.2 (DfE 2025)",
        ),
        (
            [("neighbours", 2025, 16.4, None), ("country", 2025, None, "u")],
            "Neighbours 16.4 · England unreliable (DfE 2025)",
        ),
        ([("country", 2025, None, "c")], "England withheld (DfE 2025)"),
        ([("country", 2025, None, "low")], "England rounds to zero (DfE 2025)"),
        ([("country", 2025, None, None)], "England not available (DfE 2025)"),
        ([("region", 2025, 15.3, None)], ""),
        ([], ""),
    ],
)  # fmt: skip
def test_comparators(rows, line):
    assert words.comparators(caseload(), published(*rows)) == line


def test_comparators_in_the_unit_and_decimals_of_print():
    rows = published(("neighbours", 2025, 62.5, None), ("country", 2025, 67.0, None))
    rate = kpi("neutral", "per 10,000", 0, denominator="population")
    assert words.comparators(rate, rows) == "Neighbours 62.5 · England 67 (DfE 2025)"
    assert words.comparators(share(), rows) == "Neighbours 62.5% · England 67.0% (DfE 2025)"


def test_a_count_is_compared_with_nobody_of_another_size():
    rows = published(("country", 2025, 49420, None), ("authority", 2025, 139, None))
    children = kpi("neutral", "children", 0, title="Children on a plan")
    assert words.comparators(children, rows) == "Published 139 (DfE 2025)"


@pytest.mark.parametrize(
    ("whole", "of", "line"),
    [
        (25, "audits", "25 audits · 1 case is 4 points"),
        (1, "audits", "1 audit · 1 case is 100 points"),
        (60, "plans", "60 plans · 1 case is 1.7 points"),
        (100, "plans", "100 plans · 1 case is 1 point"),
        (79.3, "FTE", "79.3 FTE · 1 FTE is 1.3 points"),
        (101, "plans", ""),
        (0, "plans", ""),
        (None, "plans", ""),
    ],
)
def test_cold_number(whole, of, line):
    assert words.cold_number(share(), row(30, denominator=whole), of) == line


def test_only_percentages_are_cold():
    assert words.cold_number(caseload(), row(30, denominator=25.0)) == ""


@pytest.mark.parametrize(
    ("period", "today", "line"),
    [
        (date(2025, 3, 1), date(2025, 4, 24), "Latest month: Mar 2025"),
        (date(2025, 2, 1), date(2025, 4, 19), "Latest month: Feb 2025"),
        (date(2025, 2, 1), date(2025, 4, 20), "Latest month: Feb 2025, one month behind"),
        (date(2024, 11, 1), date(2025, 1, 5), "Latest month: Nov 2024"),
        (date(2024, 12, 1), date(2025, 4, 24), "Latest month: Dec 2024, three months behind"),
        (date(2025, 4, 1), date(2025, 4, 24), "Latest month: Apr 2025"),
        (None, date(2025, 4, 24), "No month published yet"),
    ],
)
def test_freshness(period, today, line):
    assert recent.freshness(period, today) == line
