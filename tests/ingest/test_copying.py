"""The corrected copy."""

import csv
import io

import pytest
from ingest_context import PLAN, SPENDING, check, codes, found, protection, returned

from kpi import ingest

PLAN_HEADER = ",".join(PLAN.names)
SPENDING_HEADER = ",".join(SPENDING.names)


def cells(submission: ingest.Submission) -> list[list[str]]:
    text = ingest.corrected(submission).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def test_it_is_what_excel_reads_as_utf_8():
    content = ingest.corrected(check(returned(protection())))
    assert content.startswith(b"\xef\xbb\xbfperiod,org_id,")
    assert content.endswith(b"\r\n")
    assert content.count(b"\r\n") == content.count(b"\n") == 2


def test_what_was_mended_is_mended_and_markers_are_kept():
    row = protection(period="Mar-25", org_id="", cin_open='"1,204"', cp_2yr="*", cp_end="")
    assert cells(check(returned(row)))[1] == (
        "2025-03,council,1204,21,12,10,11,2,,64,c,20,18".split(",")
    )


def test_money_and_shares_are_plain():
    row = '2025-03,L1,"£1,200",(30),85.50%,'
    assert cells(check(f"{SPENDING_HEADER}\n{row}\n"))[1] == [
        "2025-03", "L1", "1200.00", "-30.00", "85.5", "",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3", "-cmd"])
def test_formula_text_is_harmless_and_comes_back_as_it_was(text: str):
    submission = check(f'{PLAN_HEADER}\n2025-03,P01,g,g,,,"{text}",\n')
    assert submission.accepted
    assert cells(submission)[1][6] == f"'{text}"
    again = check(ingest.corrected(submission))
    assert again.rows["commentary"].to_list() == [text]


def test_a_negative_figure_is_no_formula():
    assert cells(check(f"{SPENDING_HEADER}\n2025-03,L1,-40,0,5,-40\n"))[1] == [
        "2025-03", "L1", "-40.00", "0.00", "5", "-40",
    ]  # fmt: skip


def test_what_could_not_be_read_stands_where_it_was():
    rows = [
        protection(cp_open="12k", period="2025-02"),
        protection(cin_open="1,204"),
        protection(org_id="CPC9", cp_2yr="=A1"),
    ]
    copy = cells(check(returned(*rows)))
    assert copy[1][9] == "12k"
    assert copy[2] == rows[1].split(",")
    assert (copy[3][1], copy[3][10]) == ("CPC9", "'=A1")
    again = check(ingest.corrected(check(returned(*rows))))
    assert found(again) == found(check(returned(*rows)))


def test_rows_without_meaning_are_gone():
    rows = ["", protection(), protection(), "," * 12, protection(org_id="Total")]
    assert len(cells(check(returned(*rows)))) == 2


def test_texts_with_marks_and_breaks_come_back():
    text = 'Said ""yes"", then:\n- left; or|not\n'
    submission = check(f'{PLAN_HEADER}\n2025-03,P01,g,g,,,"{text}", edge \n')
    again = check(ingest.corrected(submission))
    assert again.rows.drop("line").equals(submission.rows.drop("line"))
    assert again.rows["commentary"].to_list() == ['Said "yes", then:\n- left; or|not']


@pytest.mark.parametrize("figure", ["1,204", "-12,204", "120,400"])
def test_a_figure_that_commas_would_make_readable_stays_in_question(figure: str):
    """1,204 was refused beside semicolons; the copy has commas, and must not settle it."""
    text = f"{SPENDING_HEADER}\n2025-03,L1,1,5,2,\n".replace(",", ";").replace("1;5", f"{figure};5")
    before = check(text)
    assert "cell_ambiguous_number" in codes(before)
    assert not check(ingest.corrected(before), SPENDING).accepted


def test_an_open_quotation_mark_stays_open():
    header = ",".join(PLAN.names)
    before = check(f'{header}\n2025-03,P01,g,g,,,"fine, so",\n2025-03,P02,g,g,,,,"open\nmonth, x\n')
    assert found(before) == [(3, None, "quote_not_closed")]
    assert found(check(ingest.corrected(before))) == found(before)


@pytest.mark.parametrize(
    "content",
    [
        "period,org_id,cin_open,surplus\n2025-03,CPC1,5,6\n",
        returned(protection()).replace("cp_2yr", "cp_two_years"),
    ],
)
def test_a_wrong_header_has_no_copy_for_it_would_lose_columns(content: str):
    submission = check(content, check(returned(protection())).dataset)
    assert len(cells(submission)) == 1


def test_an_unknown_file_has_no_copy():
    assert ingest.corrected(check(b"\x00")) == b""


def test_the_copy_is_in_the_order_of_the_file():
    rows = [protection(period=f"2024-{month:02d}") for month in (9, 3, 12, 1)]
    submission = check(returned(*rows))
    assert submission.rows.equals(submission.rows.sort("line"))
    assert [row[0] for row in cells(submission)[1:]] == ["2024-09", "2024-03", "2024-12", "2024-01"]
