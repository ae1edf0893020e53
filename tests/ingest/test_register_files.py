"""Registers as files: no month, lists of ids, links between rows, totals that must be met."""

import time
from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from ingest_context import BOOK, check, codes

from kpi import ingest
from kpi.catalogue import ALWAYS
from kpi.ingest import links, sums

ACTIVITY, FUNDING, CLAIM = (BOOK.datasets[name] for name in ("activity", "funding", "claim"))


def activity(*rows):
    """A file of activities; each row is changes to a good one."""
    good = {
        "activity_id": "A1",
        "priority_id": "P01",
        "title": "Set up the board",
        "baseline_start": "2023-01-03",
        "baseline_due": "2023-02-28",
        "start": "2023-01-03",
        "due": "2023-02-28",
        "owner_role": "Service director",
        "status": "in_progress",
    }
    return written(ACTIVITY, [good | row for row in rows])


def funding(*rows):
    good = {"version": "November 2022", "kind": "line", "tranche": "two", "stream": "reserve"}
    return written(FUNDING, [good | {"name": row["line_id"]} | row for row in rows])


def written(dataset, rows):
    lines = [dataset.names, *([row.get(name, "") for name in dataset.names] for row in rows)]
    return "".join(",".join(f'"{cell}"' for cell in line) + "\n" for line in lines)


def messages(submission, *severities):
    grave = pl.col("severity").is_in(severities or ("error", "warning"))
    return submission.findings.filter(grave)["message"].to_list()


# ---- a file without a month ----


def test_a_register_is_kept_under_one_month_and_says_nothing_of_it():
    submission = check(activity({}))
    assert submission.accepted
    assert submission.dataset == ACTIVITY
    assert submission.periods == [ALWAYS]
    assert "period" not in ACTIVITY.names
    assert dict(submission.rows.schema) == ingest.schema(ACTIVITY)
    assert ingest.corrected(submission).decode("utf-8-sig").startswith("activity_id,priority_id,")


def test_every_register_is_known_by_its_header():
    for name, dataset in BOOK.registers.items():
        assert ingest.detect(BOOK, written(dataset, []).encode(), "file.csv") == [dataset], name


def test_months_in_a_register_may_be_long_ago_or_ahead():
    row = {"claim_id": "C1", "said_in": "Cabinet", "said_on": "2023-07-11", "sentence": "It fell"}
    row |= {"kpi_id": "cp_open", "test": "fell", "since": "2012-03", "until": "2031-03"}
    submission = check(written(CLAIM, [row]))
    assert submission.accepted
    assert submission.rows.select("since", "until").row(0) == (date(2012, 3, 1), date(2031, 3, 1))
    assert messages(submission) == []


# ---- lists ----


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("", None),
        ("cp_open", ["cp_open"]),
        ("cp_open;cp_repeat", ["cp_open", "cp_repeat"]),
        (" cp_open ; cp_repeat; ", ["cp_open", "cp_repeat"]),
        ("cp_open, cp_repeat", ["cp_open", "cp_repeat"]),
        ("cp_open\ncp_repeat", ["cp_open", "cp_repeat"]),
        ("cp_repeat;cp_repeat", ["cp_repeat"]),
        ("CP Open;cp-repeat", ["cp_open", "cp_repeat"]),
    ],
)
def test_a_list_in_one_cell(cell, read):
    submission = check(activity({"kpi_ids": cell}))
    assert submission.accepted
    assert submission.rows["kpi_ids"].to_list() == [read]


def test_every_unknown_id_of_a_list_is_told_with_the_nearest():
    [said] = messages(check(activity({"kpi_ids": "cp_opn;cla_open;rereferals"})))
    assert said == (
        "Row 2, kpi_ids: 'cp_opn;cla_open;rereferals' holds cp_opn, which is not known here. "
        "Nearest: cp_open.; rereferals, which is not known here. Nearest: rereferrals."
    )


def test_a_list_goes_out_as_it_came_in():
    submission = check(activity({}, {"activity_id": "A2", "predecessors": "A1", "title": "Next"}))
    copy = ingest.corrected(submission)
    again = check(copy)
    assert again.rows.equals(submission.rows)
    assert '"' not in copy.decode()


def test_an_unknown_priority_is_told():
    [said] = messages(check(activity({"priority_id": "P21"})))
    assert said.startswith("Row 2, priority_id: 'P21' is not one of the codes of this column.")
    assert "P10" in said


# ---- links ----


def sequence(**after):
    return activity(
        *(
            {"activity_id": name, "title": name, "predecessors": ";".join(before)}
            for name, before in after.items()
        )
    )


def test_a_predecessor_that_is_not_there_is_told_with_what_is():
    [said] = messages(check(sequence(A1=["A9"], A2=["A1"])))
    assert said == (
        "Row 2, predecessors: 'A9' leads to A9, which no row of this file is. Known: A1, A2."
    )


@pytest.mark.parametrize(
    ("after", "circles"),
    [
        ({"A": [], "B": ["A"], "C": ["A", "B"]}, []),
        ({"A": ["A"]}, [["A"]]),
        ({"A": ["B"], "B": ["A"]}, [["A", "B"]]),
        ({"A": ["C"], "B": ["A"], "C": ["B"], "D": ["C"]}, [["A", "C", "B"]]),
        ({"A": ["B"], "B": ["B", "A"]}, [["B"]]),
        ({"D": ["A"], "A": ["B"], "B": ["A"], "C": ["D"]}, [["A", "B"]]),
        ({"A": ["B"], "B": ["A"], "C": ["D"], "D": ["C"]}, [["A", "B"], ["C", "D"]]),
        ({"A": ["not there"]}, []),
    ],
)
def test_circles(after, circles):
    assert list(links.circles(after)) == circles


def test_a_circle_is_told_once_and_names_its_members():
    [said] = messages(check(sequence(A1=["A3"], A2=["A1"], A3=["A2"], A4=["A3"])))
    assert said == (
        "Row 2, predecessors: These wait for one another, so none can begin: "
        "A1 after A3 after A2 after A1. Cut one link."
    )


def test_a_chain_of_thousands_is_followed_at_once():
    chain = {f"A{n}": [f"A{n - 1}"] for n in range(1, 20_000)}
    began = time.perf_counter()
    assert list(links.circles(chain)) == []
    assert [len(circle) for circle in links.circles(chain | {"A0": ["A19999"]})] == [20_000]
    assert time.perf_counter() - began < 2


# ---- days ----


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"start": "2023-03-01"},
            "Row 2, due: It is due (2023-02-28) before it starts (2023-03-01).",
        ),
        (
            {"finished": "2031-01-01", "status": "done"},
            "Row 2, finished: '2031-01-01' is in the future, and this day is one that has been.",
        ),
        (
            {"status": "Done"},
            "Row 2, status: It is done, and the day is missing. "
            "Give the day on which it was finished.",
        ),
        (
            {"finished": "2023-02-02"},
            "Row 2, finished: It was finished (2023-02-02), and its status is in_progress. "
            "Make it done, or take the day out.",
        ),
    ],
)
def test_days_of_an_activity(changes, said):
    assert messages(check(activity(changes))) == [said]


# ---- totals ----

TOTAL = {"line_id": "T", "kind": "total", "plan": "300"}


def test_lines_that_meet_their_total_are_in_order():
    whole = check(funding({"line_id": "A", "plan": "100"}, {"line_id": "B", "plan": "200"}, TOTAL))
    assert messages(whole) == []


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        ("250", "adds up to £350 in 2 lines. Its declared total is £300: £50 too much."),
        ("199.50", "adds up to £299.50 in 2 lines. Its declared total is £300: £0.50 too little."),
        ("-200", "adds up to £-100 in 2 lines. Its declared total is £300: £400 too little."),
    ],
)
def test_lines_that_miss_their_total_say_which_and_by_how_much(plan, said):
    file = funding({"line_id": "A", "plan": "100"}, {"line_id": "B", "plan": plan}, TOTAL)
    assert messages(check(file)) == [f"Row 4, plan: The plan of November 2022, tranche two {said}"]


def test_each_version_tranche_and_figure_is_added_up_alone():
    file = funding(
        {"line_id": "A", "plan": "300", "actual": "10"},
        TOTAL | {"actual": "20"},
        {"line_id": "A1", "plan": "7", "tranche": "one"},
        TOTAL | {"line_id": "T1", "plan": "7", "tranche": "one"},
        {"line_id": "A", "plan": "9", "version": "March 2022"},
        TOTAL | {"plan": "9", "version": "March 2022"},
    )
    [said] = messages(check(file))
    assert said == (
        "Row 3, actual: The actual of November 2022, tranche two adds up to £10 in 1 line. "
        "Its declared total is £20: £10 too little."
    )


def test_a_figure_that_no_line_gives_is_not_added_up():
    assert messages(check(funding({"line_id": "A", "plan": "300"}, TOTAL | {"actual": "5"}))) == []


def test_lines_without_a_total_are_asked_about():
    [said] = messages(check(funding({"line_id": "A", "plan": "300"})))
    assert said == (
        "Row 2: No row declares the total of 'November 2022, tranche two' (1 line), "
        "so nothing proves that none is missing."
    )


def test_money_of_no_tranche_needs_no_total():
    assert messages(check(funding({"line_id": "G", "plan": "300", "tranche": "none"}))) == []


def test_a_row_called_total_is_a_row_of_a_register():
    file = funding({"line_id": "A", "plan": "300"}, TOTAL | {"line_id": "TOTAL", "name": "Total"})
    assert check(file).rows["line_id"].to_list() == ["A", "TOTAL"]


@pytest.mark.parametrize(
    ("figure", "column", "text"),
    [
        (Decimal("6489000.00"), "plan", "£6,489,000"),
        (Decimal("215337.50"), "plan", "£215,337.50"),
    ],
)
def test_amounts(figure, column, text):
    assert sums.amount(figure, FUNDING.column(column)) == text


# ---- names and figures ----


def test_a_name_may_stand_twice_and_is_said():
    both = {"name": "Children in need team"}
    submission = check(
        funding(
            {"line_id": "A", "plan": "0"} | both,
            {"line_id": "B", "plan": "300"} | both,
            TOTAL,
            {"line_id": "B", "plan": "300", "version": "March 2022", "tranche": "none"} | both,
        )
    )
    assert submission.accepted
    assert messages(submission) == []
    [said] = submission.findings.filter(code="name_repeated")["message"]
    assert said == (
        "Row 3, name: 'Children in need team' also stands in row 2. "
        "Both are kept, as their line_id differs: A, B."
    )


def test_the_same_id_twice_is_still_an_error():
    submission = check(activity({}, {"title": "Another board"}))
    assert codes(submission) == ["key_given_twice"]


def test_a_claim_of_a_measure_without_figures_is_asked_about():
    row = {"claim_id": "C1", "said_in": "Cabinet", "said_on": "2023-07-11", "sentence": "26"}
    row |= {"kpi_id": "fgc_in_place", "test": "about", "amount": "26", "until": "2023-07"}
    submission = check(written(CLAIM, [row]))
    assert submission.accepted
    assert messages(submission, "warning") == [
        "Row 2, kpi_id: No figure of 'fgc_in_place' is published yet, so it cannot be tested."
    ]
