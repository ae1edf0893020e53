"""Claims: the rule of every test by table, the months and years that are taken, and as at."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import frames
import polars as pl
import pytest
from papers import BUDGET, REVIEW, UPDATE, publish

from kpi import board, claims, observation, rules, verdicts
from kpi.catalogue import Benchmark
from kpi.rules import BORNE_OUT, NOT_BORNE_OUT, NOT_TESTABLE
from kpi.store import Store

YES, NO = True, False


@pytest.mark.parametrize(
    ("test", "amount", "before", "after", "signal", "answer"),
    [
        ("fell_by", 100, 303, 203, "", YES),
        ("fell_by", 100, 303, 213, "", YES),
        ("fell_by", 100, 303, 214, "", NO),
        ("fell_by", 100, 303, 50, "", YES),
        ("fell_by", 100, 203, 303, "", NO),
        ("rose_by", 10, 20, 29, "", YES),
        ("rose_by", 10, 20, 28, "", NO),
        ("rose_by", 10, 20, 10, "", NO),
        ("fell", None, 20, 19, "low", YES),
        ("fell", None, 20, 19, "", NO),
        ("fell", None, 20, 19, "high", NO),
        ("fell", None, 20, 21, "low", NO),
        ("fell", None, 20, 20, "low", NO),
        ("rose", None, 20, 21, "high", YES),
        ("rose", None, 20, 21, "low", NO),
        ("rose", None, 20, 19, "high", NO),
        ("at_most", 18, None, 18, "", YES),
        ("at_most", 18, None, 18.1, "", NO),
        ("at_least", 26, None, 26, "", YES),
        ("at_least", 26, None, 25, "", NO),
        ("about", 20, None, 22, "", YES),
        ("about", 20, None, 18, "", YES),
        ("about", 20, None, 22.1, "", NO),
        ("about", 0.3, None, 0.33, "", YES),
        ("times_neighbours", 2, 65, 122, "", YES),
        ("times_neighbours", 2, 65, 116, "", NO),
        ("times_neighbours", 2, 65, 144, "", NO),
        ("times_neighbours", 2, 0, 122, "", NO),
        ("at_most_share_of", 0.5, 20, 10, "", YES),
        ("at_most_share_of", 0.5, 20, 10.1, "", NO),
        ("at_most_share_of", 0.5, 16.7, 18.7, "", NO),
    ],
)
def test_the_rule_of_each_test(test, amount, before, after, signal, answer):
    assert rules.holds(test, amount, before, after, signal) is answer


def test_a_test_that_is_not_known_is_a_wrong_program():
    with pytest.raises(ValueError, match="'halved' is not a test"):
        rules.holds("halved", 1, 2, 1)


def test_every_kind_of_test_has_its_rule_in_words(book):
    assert set(rules.TESTS) == set(book.registers["claim"].column("test").codes)


# ---- which figures are taken ----

CLAIM: dict[str, Any] = {
    "claim_id": "C1",
    "said_in": "Scrutiny committee",
    "said_on": date(2022, 11, 24),
    "sentence": "It fell",
    "kpi_id": "m",
    "test": "fell_by",
    "amount": 5,
    "since": date(2021, 10, 1),
    "until": date(2022, 10, 1),
    "definition": None,
    "source": None,
}
COUNT = frames.kpi(unit="children", decimals=0, title="Children on a plan")
SEPTEMBER = Benchmark(
    series="s", title="Average caseload", unit="cases", source="DfE", year_end="30 September"
)
NOTHING = pl.DataFrame(
    schema={
        "year": pl.Int64,
        "area_type": pl.String,
        "area_code": pl.String,
        "area": pl.String,
        "value": pl.Float64,
        "state": pl.String,
    }
)


def months(figures: Mapping[date, float | None], **columns: Any) -> pl.DataFrame:
    rows = [
        frames.NOTHING | {"kpi_id": "m", "period": period, "value": value} | columns
        for period, value in figures.items()
    ]
    return pl.DataFrame(rows, observation.SCHEMA)


def years(**figures: float | None) -> pl.DataFrame:
    """``y2021=16.7`` is the council's; ``n2021=65`` the neighbours', ``o2021`` another set's."""
    kinds = {
        "y": ("authority", "884", "Herefordshire"),
        "n": ("neighbours", "neighbours", "neighbours"),
        "o": ("neighbours", "neighbours-2021", "neighbours of the 2021 model"),
    }
    rows = [
        dict(zip(NOTHING.columns, (int(name[1:]), *kinds[name[0]], value, None), strict=True))
        for name, value in figures.items()
    ]
    return pl.DataFrame(rows, NOTHING.schema)


def judged(series: pl.DataFrame, published: pl.DataFrame = NOTHING, **changes: Any):
    benchmark = changes.pop("benchmark", SEPTEMBER)
    return claims.judge(CLAIM | changes, COUNT, series, published, benchmark)


OCTOBERS: dict[date, float | None] = {date(2021, 10, 1): 20.0, date(2022, 10, 1): 12.0}


@pytest.mark.parametrize(
    ("figures", "changes", "verdict"),
    [
        (OCTOBERS, {}, BORNE_OUT),
        (OCTOBERS, {"amount": 9}, NOT_BORNE_OUT),
        (OCTOBERS, {"since": None}, BORNE_OUT),
        (OCTOBERS, {"since": None, "until": None}, BORNE_OUT),
        ({date(2021, 9, 1): 20.0, date(2022, 10, 1): 12.0}, {}, NOT_TESTABLE),
        ({date(2021, 10, 1): 20.0, date(2022, 9, 1): 12.0}, {}, NOT_TESTABLE),
        ({date(2021, 10, 1): 20.0, date(2022, 10, 1): None}, {}, NOT_TESTABLE),
        ({date(2021, 10, 1): 20.0, date(2022, 11, 1): 12.0}, {}, NOT_TESTABLE),
        ({}, {}, NOT_TESTABLE),
        (OCTOBERS, {"since": date(2022, 10, 1), "until": date(2022, 10, 1)}, NOT_TESTABLE),
        (OCTOBERS, {"test": "at_least", "amount": 12, "since": None}, BORNE_OUT),
        (OCTOBERS, {"test": "at_least", "amount": 13, "since": None}, NOT_BORNE_OUT),
        (OCTOBERS, {"test": "fell", "amount": None}, NOT_TESTABLE),
    ],
)
def test_the_months_that_are_taken(figures, changes, verdict):
    assert judged(months(figures), **changes).verdict == verdict


def test_what_is_not_known_yet_is_not_judged_by_an_older_month():
    early = {date(2021, 10, 1): 20.0, date(2022, 9, 1): 12.0}
    assert judged(months(early)).strands[0].says == (
        "No figure for Oct 2022 was published on the day that is looked at. The newest then: "
        "12 children in Sep 2022."
    )


@pytest.mark.parametrize(
    ("variation", "verdict", "says"),
    [
        ("improvement_low", BORNE_OUT, ""),
        ("neutral_low", BORNE_OUT, ""),
        ("concern_high", NOT_BORNE_OUT, "no more than normal variation"),
        ("common_cause", NOT_BORNE_OUT, "no more than normal variation"),
        ("none", NOT_TESTABLE, "too few months to tell this from chance"),
    ],
)
def test_a_fall_counts_only_beyond_normal_variation(variation, verdict, says):
    found = judged(months(OCTOBERS, variation=variation), test="fell", amount=None)
    assert found.verdict == verdict
    assert says in found.strands[0].says


@pytest.mark.parametrize(
    ("published", "changes", "verdict"),
    [
        (years(y2021=20.0, y2022=12.0), {}, BORNE_OUT),
        (years(y2021=20.0, y2022=19.0), {}, NOT_BORNE_OUT),
        (years(y2021=20.0), {}, NOT_TESTABLE),
        (years(y2021=20.0, y2022=None), {}, NOT_TESTABLE),
        (years(y2021=20.0, y2022=19.0), {"test": "fell", "amount": None}, BORNE_OUT),
        (years(y2021=19.0, y2022=20.0), {"test": "fell", "amount": None}, NOT_BORNE_OUT),
        (years(n2021=20.0), {}, NOT_TESTABLE),
        # Figures a year apart say nothing of the four months from June to October.
        (years(y2021=20.0, y2022=12.0), {"since": date(2022, 6, 1)}, NOT_TESTABLE),
    ],
)
def test_the_published_years_that_are_taken(published, changes, verdict):
    assert judged(months({}), published, **changes).verdict == verdict


def test_one_strand_against_is_enough():
    against = judged(months(OCTOBERS), years(y2021=20.0, y2022=19.0))
    assert [one.verdict for one in against.strands] == [BORNE_OUT, NOT_BORNE_OUT]
    assert against.verdict == NOT_BORNE_OUT
    alone = judged(months(OCTOBERS), years(y2021=20.0))
    assert [one.verdict for one in alone.strands] == [BORNE_OUT, NOT_TESTABLE]
    assert alone.verdict == BORNE_OUT
    assert "Published: 20 at 30 September 2021" in alone.strands[1].says


def test_times_the_neighbours_says_both_sets():
    march = Benchmark(series="s", title="Rate", unit="", source="DfE", year_end="31 March")
    found = claims.judge(
        CLAIM | {"test": "times_neighbours", "amount": 2, "since": None, "until": date(2023, 2, 1)},
        frames.kpi(unit="per 10,000", denominator="population", decimals=0),
        months({date(2023, 2, 1): 121.0}),
        years(y2022=112, n2022=60, y2023=122, n2023=65, o2023=65.5),
        march,
    )
    assert found.verdict == BORNE_OUT
    assert [one.name for one in found.strands] == ["Published figures"]
    assert found.strands[0].says == (
        "122 per 10,000 at 31 March 2023, against 65 for the neighbours of the 2025 model: 1.88 "
        "times; 65.5 for neighbours of the 2021 model: 1.86 times. Said: about 2 times."
    )


def test_a_speaker_had_the_figures_of_the_year_before():
    march = Benchmark(series="s", title="Rate", unit="", source="DfE", year_end="31 March")
    claim = CLAIM | {"test": "times_neighbours", "amount": 2, "until": date(2023, 1, 1)}
    known = years(y2022=112, n2022=60)
    found = claims.judge(claim, COUNT, months({}), known, march)
    assert found.verdict == BORNE_OUT
    assert "112 children at 31 March 2022, against 60" in found.strands[0].says
    late = claims.judge(claim | {"until": date(2024, 1, 1)}, COUNT, months({}), known, march)
    assert late.verdict == NOT_TESTABLE


def test_what_no_measure_tests_cannot_be_tested():
    found = claims.judge(CLAIM | {"kpi_id": None, "test": None}, None, months({}), NOTHING)
    assert (found.verdict, found.strands) == (NOT_TESTABLE, ())


@pytest.mark.parametrize(
    ("year_end", "year", "day"),
    [
        ("30 September", 2022, date(2022, 9, 30)),
        ("31 March", 2022, date(2022, 3, 31)),
        ("financial year", 2022, date(2023, 3, 31)),
    ],
)
def test_the_day_that_a_published_year_stands_for(year_end, year, day):
    benchmark = Benchmark(series="s", title="", unit="", source="", year_end=year_end)
    assert claims.moment(year, benchmark) == day


@pytest.mark.parametrize(
    ("found", "title"),
    [
        ([], "No claim has been written down yet"),
        ([NOT_TESTABLE] * 2, "None of these claims can be tested yet"),
        ([BORNE_OUT], "The one claim is borne out"),
        ([NOT_BORNE_OUT], "The one claim is not borne out"),
        ([BORNE_OUT, NOT_BORNE_OUT, NOT_TESTABLE], "One of three claims is borne out; one is not, one cannot be tested"),
        ([BORNE_OUT] * 2 + [NOT_BORNE_OUT] * 2, "Two of four claims are borne out; two are not"),
        ([NOT_BORNE_OUT] * 2, "None of two claims is borne out; two are not"),
    ],
)  # fmt: skip
def test_the_title_counts_the_verdicts(found, title):
    made = [
        claims.Verdict(claim_id=str(at), verdict=verdict, rule="", strands=())
        for at, verdict in enumerate(found)
    ]
    assert claims.summary(made)[0] == title


def test_the_sentence_is_escaped_and_its_figures_are_in_the_file():
    row = CLAIM | {"sentence": "It <fell> & stayed"}
    found = judged(months(OCTOBERS), years(y2021=20.0, y2022=19.0))
    html = verdicts.claim(row, found, COUNT, "", "measure?kpi=m")
    assert "It &lt;fell&gt; &amp; stayed" in html
    assert "<fell>" not in html
    twin = verdicts.rows_of([(row, found)])
    assert twin["value"].to_list() == [20.0, 12.0, 20.0, 19.0]
    assert set(twin["verdict"]) == {"Not borne out"}


# ---- as at ----


@pytest.mark.parametrize(
    ("day", "known"),
    [
        (date(2022, 11, 23), []),
        (BUDGET, ["C1"]),
        (REVIEW, ["C1", "C2"]),
        (UPDATE, ["C1", "C2", "C3", "C4"]),
    ],
)
def test_only_claims_that_were_written_down_by_then(store: Store, day, known):
    publish(store)
    rows = store.register("claim", board.moment(day.isoformat()))
    assert rows["claim_id"].to_list() == known
