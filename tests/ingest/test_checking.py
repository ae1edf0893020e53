"""The check as a whole: limits, what a submission holds, what is told and how often."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import polars as pl
from ingest_context import (
    BOOK,
    HEADER,
    ORGS,
    PLAN,
    PROTECTION,
    SPENDING,
    TODAY,
    check,
    codes,
    context,
    found,
    protection,
    returned,
)

from kpi import ingest
from kpi.ingest import findings
from kpi.ingest.submission import schema


def test_a_good_file_is_accepted_in_silence():
    submission = check(returned(protection()))
    assert submission.accepted
    assert not submission.warnings
    assert submission.findings.is_empty()
    assert submission.periods == [date(2025, 3, 1)]
    assert submission.dataset == PROTECTION
    assert submission.file == "file.csv"
    assert len(submission.sha256) == 64


def test_rows_have_every_column_typed_and_a_state_beside_each_figure():
    row = check(returned(protection(cp_2yr="low", cp_end=""))).rows
    assert dict(row.schema) == schema(PROTECTION)
    assert row.columns[:5] == ["line", "period", "org_id", "cin_open", "cin_open_state"]
    given = row.row(0, named=True)
    assert (given["line"], given["period"], given["cin_open"]) == (2, date(2025, 3, 1), 210)
    assert (given["cp_2yr"], given["cp_2yr_state"]) == (None, "low")
    assert (given["cp_end"], given["cp_end_state"]) == (None, None)


def test_money_and_numbers_are_exact():
    row = check(f"{','.join(SPENDING.names)}\n2025-03,L1,0.10,£0.20,33.3333,\n").rows
    assert row["plan"].to_list() == [Decimal("0.10")]
    assert (row["plan"] + row["actual"]).to_list() == [Decimal("0.30")]
    assert row.schema["share"] == pl.Decimal(12, 4)


def test_the_rows_of_a_refused_file_have_the_same_columns():
    for content in (b"", b"\x00", HEADER.encode(), b"period\n"):
        assert dict(check(content, PROTECTION).rows.schema) == schema(PROTECTION)


def test_a_file_over_the_limit_is_not_even_decoded():
    submission = check(b"\x00" * 11, limit=10)
    assert codes(submission) == ["file_too_large"]
    assert submission.findings["line"].to_list() == [None]


def test_a_given_dataset_is_not_detected():
    """A file that another return fits better is held against the one that was chosen."""
    submission = check(returned(protection()), PLAN)
    assert submission.dataset == PLAN
    assert not submission.accepted
    assert "column_missing" in codes(submission)


def test_the_header_of_an_unknown_return_says_what_near_ones_lack():
    submission = check("month,team_code,attendance\n2025-03,MASH,4\n")
    assert submission.dataset is None
    assert codes(submission) == ["dataset_unknown"]
    assert "Exit interviews lacks reason, leavers" in submission.findings["message"].item()


def test_information_is_one_finding_a_kind_with_its_cells():
    rows = [protection(period="Mar-25", cp_end="*"), protection(org_id="cpc2", cp_end="<5")]
    told = check(returned(*rows)).findings
    assert told["severity"].unique().to_list() == ["information"]
    assert told["line"].null_count() == told.height == 3
    assert "'*' is kept as the marker c" in " ".join(told["message"])
    assert "(2 cells)" in told.filter(code="marker_respelled")["message"].item()


def test_a_warning_about_a_spelling_is_told_once():
    rows = [protection(period="45717", org_id=f"CIN{number}") for number in range(1, 5)]
    told = check(returned(*rows)).findings
    assert told.select("line", "code").rows() == [(2, "month_serial")]
    assert told["message"].item().endswith("was read as 1 March 2025 (4 cells).")


def test_findings_are_in_the_order_of_the_file():
    rows = [protection(cp_2yr="?", period="soon"), protection(cin_open="?", org_id="CPC2")]
    assert found(check(returned(*rows, "x"))) == [
        (2, "period", "cell_not_a_month"),
        (2, "cp_2yr", "cell_says_nothing"),
        (3, "cin_open", "cell_says_nothing"),
        (4, None, "row_too_short"),
    ]


def test_a_long_cell_is_quoted_in_part():
    finding = check(returned(protection(cp_2yr="9" + "x" * 500))).findings
    assert len(finding["value"].item()) == findings.QUOTED
    assert finding["value"].item().endswith("…")
    whole = check(returned(protection(cp_2yr="x" * findings.QUOTED))).findings
    assert whole["value"].item() == findings.cut("x" * findings.QUOTED) == "x" * findings.QUOTED
    assert len(finding["message"].item()) < 150


def test_the_gravest_findings_are_shown_first():
    rows = [protection(period="45717", org_id=f"CIN{n}", cp_end="*") for n in range(1, 9)]
    frame, total = ingest.shown(check(returned(*rows, protection(org_id="CPX"))).findings)
    assert frame["severity"].to_list() == ["error", "warning", "information"]
    assert total == 3


def test_no_more_findings_are_shown_than_can_be_read():
    rows = [protection(cp_end=f"{number}?") for number in range(300)]
    frame, total = ingest.shown(check(returned(*rows)).findings)
    assert (frame.height, total) == (ingest.SHOWN, 300)


def test_a_file_that_is_wrong_throughout_is_counted_not_listed(monkeypatch):
    monkeypatch.setattr(findings, "KEPT", 50)
    rows = [protection(cp_end="?") for _ in range(80)]
    told = check(returned(*rows)).findings
    assert told.height == 51
    assert told["message"][0] == "30 more rows have the same fault as the 50 listed."
    assert not check(returned(*rows)).accepted


def test_without_a_council_a_blank_team_is_an_error():
    teams = ORGS.filter(pl.col("level") == "team")
    assert found(check(returned(protection(org_id="")), orgs=teams)) == [
        (2, "org_id", "org_no_council")
    ]


def test_percentages_that_look_like_fractions_are_asked_about():
    header = ",".join(SPENDING.names)
    fractions = check(f"{header}\n2025-03,L1,1,1,0.85,\n2025-03,L2,1,1,1,\n")
    assert found(fractions) == [(None, "share", "column_fractions")]
    assert check(f"{header}\n2025-03,L1,1,1,0.85,\n2025-03,L2,1,1,85,\n").accepted
    assert check(f"{header}\n2025-03,L1,1,1,0,\n2025-03,L2,1,1,1,\n").accepted
    assert check(f"{header}\n2025-03,L1,1,1,0.5%,\n").accepted


def test_a_finding_made_elsewhere_fits_in():
    made = ingest.finding("file_twice", "Two files bring the same month.")
    submission = check(returned(protection()))
    together = replace(submission, findings=pl.concat([submission.findings, made]))
    assert not together.accepted


def test_empty_rows_are_as_published_ones():
    assert dict(ingest.empty(PROTECTION).schema) == {
        name: dtype for name, dtype in schema(PROTECTION).items() if name != "line"
    }


def test_a_total_of_a_team_that_exists_is_not_a_total():
    named = pl.concat([ORGS, ORGS.filter(org_id="MASH").with_columns(org_id=pl.lit("TOTALITY"))])
    assert check(returned(protection(org_id="TOTALITY")), orgs=named).accepted


def test_the_check_does_not_depend_on_the_clock():
    later = replace(context(), today=date(TODAY.year + 6, 1, 1))
    submission = ingest.check(BOOK, returned(protection()).encode(), "f.csv", later)
    assert codes(submission) == ["month_old"]
