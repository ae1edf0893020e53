"""Teams, codes, yes and no, the colours of a plan."""

import polars as pl
import pytest
from ingest_context import ORGS, PRIORITIES

from kpi.ingest import lists
from kpi.ingest.spelling import MOST, Spellings


def one(spelt: Spellings) -> tuple[object, list[tuple[str, str]]]:
    return spelt.values["value"][0], spelt.remarks.select("code", "hint").rows()


@pytest.mark.parametrize(
    ("text", "org"),
    [
        ("MASH", "MASH"), ("cin1", "CIN1"), ("CIN 1", "CIN1"), ("cin-1", "CIN1"),
        ("Multi-agency safeguarding hub", "MASH"), ("closed  TEAM", "OLD1"),
        ("ALL", "council"), ("all", "council"), ("Whole service", "council"),
        ("whole council", "council"), ("council", "council"),
    ],
)  # fmt: skip
def test_a_team_is_known_by_id_or_name_in_any_dress(text: str, org: str):
    value, remarks = one(lists.orgs(pl.Series([text]), ORGS))
    assert value == org
    assert {code for code, _ in remarks} <= {"org_respelled"}


@pytest.mark.parametrize(
    ("text", "code", "hint"),
    [
        ("CIN9", "org_unknown", " Nearest: CIN8."),
        ("zzzzzz", "org_unknown", ""),
        ("=A2", "cell_formula", ""),
        ("@MASH", "cell_formula", ""),
        ("***", "org_unknown", ""),
    ],
)
def test_an_unknown_team_is_refused_with_the_nearest(text: str, code: str, hint: str):
    value, remarks = one(lists.orgs(pl.Series([text]), ORGS))
    assert (value, remarks) == (None, [(code, hint)])


def test_a_name_that_two_teams_share_is_not_guessed():
    twins = ORGS.with_columns(
        name=pl.when(pl.col("org_id").is_in(["CIN1", "CIN2"]))
        .then(pl.lit("Children in need"))
        .otherwise("name")
    )
    value, remarks = one(lists.orgs(pl.Series(["Children in need"]), twins))
    assert value is None
    assert [code for code, _ in remarks] == ["org_unknown"]


def test_without_a_council_the_whole_has_no_id():
    value, remarks = one(lists.orgs(pl.Series(["ALL"]), ORGS.filter(pl.col("level") == "team")))
    assert (value, remarks) == (None, [("org_no_council", "")])


@pytest.mark.parametrize("text", ["P03", "p03", "P 03", "p-03"])
def test_a_code_takes_the_spelling_of_its_list(text: str):
    assert lists.codes(pl.Series([text]), PRIORITIES).values["value"].to_list() == ["P03"]


def test_an_unknown_code_is_refused_with_the_list():
    value, remarks = one(lists.codes(pl.Series(["temp"]), ("perm", "agency")))
    assert (value, remarks) == (None, [("code_unknown", " Known: perm, agency.")])


def test_an_empty_list_says_who_can_help():
    _, remarks = one(lists.codes(pl.Series(["P01"]), ()))
    assert remarks == [
        ("code_unknown", " The list is empty: an administrator has to fill it first.")
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *((text, True) for text in ("Y", "yes", "TRUE", "t", "1")),
        *((text, False) for text in ("n", "No", "false", "F", "0")),
        *((text, None) for text in ("2", "maybe", "ja")),
    ],
)
def test_flags(text: str, value: bool | None):
    given, remarks = one(lists.flags(pl.Series([text])))
    assert given is value
    assert remarks == ([("flag_unknown", "")] if value is None else [])


@pytest.mark.parametrize(
    ("text", "value"),
    [("B", "blue"), ("r", "red"), ("Amber", "amber"), ("GREEN", "green"), ("yellow", None)],
)
def test_colours(text: str, value: str | None):
    given, remarks = one(lists.brags(pl.Series([text])))
    assert given == value
    assert remarks == ([("brag_unknown", "")] if value is None else [])


def test_spellings_beyond_any_list_are_errors_unread():
    texts = pl.Series([f"T{number}" for number in range(MOST + 5)])
    spelt = lists.orgs(texts, ORGS)
    assert spelt.remarks.height == MOST + 5
    assert set(spelt.remarks["code"]) == {"org_unknown"}
    assert spelt.wrong.height == MOST + 5
