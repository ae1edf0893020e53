"""Rules across cells: keys, organisations, a row's own figures, the month before."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from ingest_context import CASELOADS, ORGS, PROTECTION, check, codes, found, protection, returned

from kpi import ingest
from kpi.catalogue import Dataset, Rule

LATER = ["2025-03", "CPC1"]


def published(**figures: object):
    """A store that has published one row of the child protection return."""
    rows = check(returned(protection(**figures))).rows.drop("line")

    def between(dataset: Dataset, since: date, until: date) -> pl.DataFrame:
        return rows.filter(pl.col("period").is_between(since, until))

    return between


# ---- KEYS ----


def test_a_row_that_says_the_same_is_left_out():
    submission = check(returned(protection(), protection(org_id="CPC2"), protection()))
    assert submission.accepted
    assert submission.warnings
    assert found(submission) == [(4, None, "row_repeated")]
    assert submission.rows["line"].to_list() == [2, 3]


def test_two_rows_that_differ_are_named_with_what_differs():
    submission = check(returned(protection(), protection(cp_2yr="c", cin_open=214)))
    assert found(submission) == [(3, None, "key_given_twice")]
    message = submission.findings.filter(code="key_given_twice")["message"].item()
    assert message == (
        "Row 3: Rows 2 and 3 both give 2025-03 CPC1 but differ: cin_open 210 / 214, cp_2yr 3 / c."
    )


def test_a_blank_and_a_nought_differ():
    submission = check(returned(protection(cp_2yr=""), protection(cp_2yr=0)))
    assert "cp_2yr blank / 0" in submission.findings.filter(severity="error")["message"].item()


def test_three_rows_of_one_key_are_each_held_against_the_first():
    submission = check(returned(protection(), protection(), protection(cp_2yr=4)))
    assert found(submission) == [(3, None, "row_repeated"), (4, None, "key_given_twice")]


def test_a_failed_cell_is_not_a_second_fault():
    """Whether the rows are the same is not known, so neither is said, and both are kept."""
    submission = check(returned(protection(), protection(cp_2yr="3?")))
    assert found(submission) == [(3, "cp_2yr", "cell_not_a_number")]
    assert submission.rows.height == 2


def test_rows_with_a_failed_key_are_not_compared():
    rows = [protection(org_id="CPC9"), protection(org_id="CPC9"), protection(period="soon")]
    assert [code for _, _, code in found(check(returned(*rows)))] == [
        "org_unknown",
        "org_unknown",
        "cell_not_a_month",
    ]


def worker(month: str, team: str, name: str = "W1", cases: int = 9) -> str:
    return f"{month},{team},{name},Social worker,perm,1,N,{cases},2,2"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([worker("2025-03", "CIN1"), worker("2025-02", "CIN2")], []),
        ([worker("2025-03", "CIN1"), worker("2025-03", "CIN2", "W2")], []),
        (
            [worker("2025-03", "CIN1"), worker("2025-03", "CIN2")],
            [(3, "worker_ref", "held_twice")],
        ),
        ([worker("2025-03", "CIN1"), worker("2025-03", "CIN1")], [(3, None, "row_repeated")]),
        (
            [worker("2025-03", "CIN1"), worker("2025-03", "CIN1", cases=10)],
            [(3, None, "key_given_twice")],
        ),
    ],
)
def test_a_worker_is_in_one_team_a_month(rows: list[str], expected: list[tuple[int, str, str]]):
    assert found(check(returned(*rows, header=",".join(CASELOADS.names)))) == expected


# ---- ORGANISATIONS ----


@pytest.mark.parametrize(
    ("team", "month", "is_open"),
    [
        ("CPC2", "2021-05", False),
        ("CPC2", "2021-06", True),
        ("OLD1", "2024-03", True),
        ("OLD1", "2024-04", False),
        ("CPC1", "2020-05", True),
    ],
)
def test_a_team_reports_while_it_is_open(team: str, month: str, is_open: bool):
    submission = check(returned(protection(org_id=team, period=month)))
    assert ("org_not_open" in codes(submission)) is not is_open


def test_a_team_that_reopened_has_two_spells():
    spell = ORGS.filter(org_id="OLD1").with_columns(
        valid_from=pl.lit(date(2025, 1, 1)), valid_to=pl.lit(None, pl.Date)
    )
    orgs = pl.concat([ORGS, spell])
    rows = [protection(org_id="OLD1", period=month) for month in ("2024-03", "2024-12", "2025-01")]
    submission = check(returned(*rows), orgs=orgs)
    shut = submission.findings.filter(code="org_not_open")
    assert shut["line"].to_list() == [3]
    assert (
        shut["message"]
        .item()
        .endswith("It is open from April 2019 until before April 2024 and from January 2025.")
    )


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("", "CPC1", [(2, "org_id", "org_and_its_teams")]),
        ("CPC1", "ALL", [(3, "org_id", "org_and_its_teams")]),
        ("safeguarding", "CPC1", [(2, "org_id", "org_and_its_teams")]),
        ("council", "safeguarding", [(2, "org_id", "org_and_its_teams")]),
        ("safeguarding", "MASH", []),
        ("CPC1", "CPC2", []),
    ],
)
def test_a_whole_and_its_part_are_not_given_together(
    first: str, second: str, expected: list[tuple[int, str, str]]
):
    assert found(check(returned(protection(org_id=first), protection(org_id=second)))) == expected


def test_a_whole_and_a_part_in_different_months_are_fine():
    rows = [protection(org_id="", period="2024-12"), protection()]
    assert found(check(returned(*rows))) == []


def test_a_tree_that_bites_its_tail_ends():
    loop = ORGS.with_columns(
        parent_id=pl.when(pl.col("org_id") == "council").then(pl.lit("CPC1")).otherwise("parent_id")
    )
    assert check(returned(protection()), orgs=loop).accepted


# ---- FIGURES ----


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        ({"cp_repeat_start": 11}, []),
        ({"cp_repeat_start": 12}, [(2, "cp_repeat_start", "CP01")]),
        ({"icpc_15wd": 13}, [(2, "icpc_15wd", "CP02")]),
        ({"cp_2yr": 65}, [(2, "cp_2yr", "CP03")]),
        ({"reviews_in_time": 21}, [(2, "reviews_in_time", "CP04")]),
        ({"cin_open": 63}, [(2, "cp_open", "CP05")]),
        ({"cp_start": "", "cp_repeat_start": 12}, []),
        ({"cp_start": "c", "cp_repeat_start": 12}, []),
        ({"cp_start": "many", "cp_repeat_start": 12}, [(2, "cp_start", "cell_not_a_number")]),
        ({"cp_start": -1, "cp_repeat_start": 12}, [(2, "cp_start", "number_too_small")]),
    ],
)
def test_a_part_does_not_exceed_its_whole(
    figures: dict[str, object], expected: list[tuple[int, str, str]]
):
    assert found(check(returned(protection(**figures)))) == expected


def test_a_rule_quotes_its_figures_as_an_officer_writes_them():
    header = ",".join(CASELOADS.names)
    row = "2025-03,CIN1,W1,Social worker,perm,0,N,9,2,2"
    finding = check(returned(row, header=header)).findings.filter(code="CA02")
    assert finding["message"].item().startswith("Row 2, fte: A worker of 0 FTE holds 9 cases.")
    assert finding["severity"].item() == "warning"


def test_a_rule_of_the_catalogue_needs_no_code():
    rule = Rule(code="NEW1", expect="cp_end = 9", message="Ended {cp_end}.", severity="information")
    dataset = replace(PROTECTION, rules=(rule,))
    submission = check(returned(protection(cp_end=8)), dataset)
    assert submission.findings.row(0) == (
        2, "cp_end", "8", "NEW1", "information", "Row 2, cp_end: Ended 8."
    )  # fmt: skip


@pytest.mark.parametrize(
    ("stock", "is_told"), [(62, False), (64, False), (60, False), (65, True), (59, True)]
)
def test_a_stock_follows_from_last_months(stock: int, is_told: bool):
    """Last month 60, and 11 less 9 makes 62; two either way are transfers."""
    rows = [protection(period="2025-02", cp_open=60), protection(cp_open=stock)]
    told = [(3, "cp_open", "CP10")] if is_told else []
    assert found(check(returned(*rows))) == told
    alone = check(returned(rows[1]), published=published(period="2025-02", cp_open=60))
    assert found(alone) == [(2, *rest[1:]) for rest in told]
    assert alone.accepted


def test_a_flow_names_its_figures():
    rows = [protection(period="2025-02", cp_open=60), protection(cp_open=70)]
    assert check(returned(*rows)).findings["message"].to_list() == [
        "Row 3, cp_open: '70' does not follow from last month's 60 plus 11 started less 9 ended, "
        "which makes 62."
    ]


@pytest.mark.parametrize(
    "before",
    [
        {"period": "2025-01", "cp_open": 10},
        {"period": "2025-02", "cp_open": 10, "org_id": "CPC2"},
        {"period": "2025-02", "cp_open": "c"},
        {"period": "2025-02", "cp_open": ""},
    ],
)
def test_without_last_months_stock_nothing_is_said(before: dict[str, object]):
    assert found(check(returned(protection()), published=published(**before))) == []


def test_the_file_speaks_before_what_is_published():
    """The file replaces the published month, so its own figure is the one to follow from."""
    rows = [protection(period="2025-02", cp_open=62), protection(cp_open=64)]
    assert found(check(returned(*rows), published=published(period="2025-02", cp_open=10))) == []


def test_only_the_months_before_are_asked_for():
    asked = []

    def between(dataset: Dataset, since: date, until: date) -> pl.DataFrame:
        asked.append((dataset.dataset_id, since, until))
        return ingest.empty(dataset)

    check(returned(protection(period="2024-01"), protection(period="2024-03")), published=between)
    assert asked == [("child_protection", date(2023, 12, 1), date(2024, 2, 1))]
