"""Text to cells: the fast way and the exact way give the same."""

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from ingest_context import check, found, protection, returned

from kpi.ingest import table
from kpi.ingest.header import Header

pytestmark = pytest.mark.filterwarnings("error")
Record = tuple[int, list[str]]


def records(batches) -> list[Record]:
    return pl.concat(batches).rows()


def fast_and_exact(text: str, separator: str) -> tuple[list[Record], list[Record]]:
    fast = records(table.plain(text, separator))
    exact = records(table.quoted(text, separator))
    return fast, exact


@given(st.text(alphabet='a1 ,;\t|\n£–\u00a0\u2028\x85"'.replace('"', "")), st.sampled_from(",;\t|"))
@example("a,b\n\n\n", ",")
@example("\n", ",")
@example(" ", ";")
def test_without_quotation_marks_both_ways_agree(text: str, separator: str):
    fast, exact = fast_and_exact(text or "x", separator)
    assert fast == exact


EVEN = st.lists(
    st.sampled_from(["a", " a", "b ", "", " ", "\t", "é", "\u00a0"]), min_size=3, max_size=3
)


def sliced(text: str, header: Header) -> table.Table:
    """The table as the lines one by one give it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table, "even", lambda text, header: None)
        return table.read(text, header, has_prose=False)


@given(st.lists(EVEN, max_size=6), st.sampled_from([",", ";", "|"]), st.booleans(), st.booleans())
def test_a_whole_file_is_read_at_once_as_line_by_line(rows, separator, titled, ends):
    lines = [*(["title"] if titled else []), "x y z", *(separator.join(row) for row in rows)]
    text = "\n".join(lines) + "\n" * ends
    header = Header(line=1 + titled, separator=separator, cells=("x", "y", "z"), width=3)
    whole = table.even(text, header)
    assert (whole is None) == (not rows)
    if whole:
        each = sliced(text, header)
        assert whole.cells.equals(each.cells)
        assert whole.broken.equals(each.broken)
        assert (
            pl.concat(whole.findings).equals(pl.concat(each.findings)) if whole.findings else True
        )
        assert sum(map(len, whole.findings)) == sum(map(len, each.findings))


@pytest.mark.parametrize(
    "text",
    [
        "x,y,z\na,b,c,d\na,b\n",
        "x,y,z\na,b\na,b,c,d\n",
        "x,y,z\na,b,c\n\na,b,c\n",
        "x,y,z\na,b,c\n\na,b,c,d,e\n",
        "x,y,z\n\na,b,c,d,e",
        'x,y,z\n"a,b",c\n',
        "x,y,z",
        "x,y,z\n",
    ],
)
def test_what_is_not_even_is_left_to_the_lines(text):
    """Rows too long and too short, though together they have as many separators as they should."""
    assert table.even(text, Header(line=1, separator=",", cells=("x", "y", "z"), width=3)) is None


@given(st.lists(st.text(alphabet="ab,\n", max_size=4), max_size=30), st.integers(1, 9))
def test_where_a_batch_ends_does_not_matter(lines: list[str], size: int):
    text = "\n".join(["x", *lines])
    whole = fast_and_exact(text, ",")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table, "BATCH_CHARACTERS", size)
        patch.setattr(table, "BATCH_ROWS", size)
        assert fast_and_exact(text, ",") == whole


@given(st.lists(st.lists(st.text(alphabet='a,"\n '), min_size=2, max_size=3), min_size=1))
def test_what_is_quoted_comes_back(rows: list[list[str]]):
    quoted = "\n".join(
        ",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows
    )
    assert records(table.quoted(quoted, ",")) == list(enumerate(rows, 1))


GOOD = protection()
OTHER = protection(org_id="CPC2")


@pytest.mark.parametrize("quote", ["", '"'])
@pytest.mark.parametrize(
    ("rows", "lines", "faults"),
    [
        ([GOOD, OTHER], [2, 3], []),
        (["", GOOD, " ", OTHER, ""], [3, 5], []),
        ([GOOD, "," * 12, OTHER], [2, 4], []),
        ([GOOD, "," * 40, OTHER], [2, 4], []),
        ([GOOD + ",", OTHER + ", ,"], [2, 3], []),
        ([GOOD + ",late", OTHER], [3], [(2, None, "row_too_long")]),
        ([protection(cin_open="1,204"), OTHER], [3], [(2, None, "row_too_long")]),
        # The last figure is blank and another has a comma: as many cells as with an empty end.
        (
            [protection(cin_open="1,204", reviews_in_time=""), OTHER],
            [3],
            [(2, None, "row_too_long")],
        ),
        ([GOOD, "Source: case system"], [2], [(3, None, "row_too_short")]),
        ([GOOD.rpartition(",")[0], OTHER], [3], [(2, None, "row_too_short")]),
    ],
)
def test_rows_are_as_wide_as_the_header_and_keep_their_number(
    quote: str, rows: list[str], lines: list[int], faults: list[tuple[int, None, str]]
):
    """With a quotation mark in the header the exact way is taken."""
    text = returned(*rows)
    submission = check(text.replace("period", f"{quote}period{quote}", 1))
    assert submission.rows["line"].to_list() == lines
    assert found(submission) == faults


def test_a_line_break_in_a_cell_is_no_new_row():
    header = "period,priority_id,progress,impact,sro,lead,commentary,so_what"
    text = f'{header}\n2025-03,P01,g,g,,,"one\r\ntwo",\n2025-03,P02,x,g,,,,\n'
    submission = check(text)
    assert submission.rows["commentary"].to_list() == ["one\ntwo", None]
    assert found(submission) == [(3, "progress", "brag_unknown")]


def test_prose_that_names_a_month_is_no_swallowed_row():
    header = "period,priority_id,progress,impact,sro,lead,commentary,so_what"
    text = f'{header}\n2025-03,P01,g,g,,,"Held:\nMarch 2025, with partners, twice",\n'
    assert check(text).accepted


def test_a_cell_longer_than_the_csv_module_allows():
    header = "period,priority_id,progress,impact,sro,lead,commentary,so_what"
    text = f'{header}\n2025-03,P01,g,g,,,"{"a" * 200_000}",\n2025-03,P02,g,g,,,,\n'
    assert found(check(text)) == [(2, "commentary", "text_too_long")]


def test_a_quotation_mark_that_never_closes_is_named_by_its_row():
    text = returned(GOOD, OTHER.replace("2025-03", '"2025-03'), protection(org_id="CIN1"))
    assert found(check(text)) == [(3, None, "quote_not_closed")]


def test_inside_a_word_a_quotation_mark_is_a_character():
    header = "period,priority_id,progress,impact,sro,lead,commentary,so_what"
    submission = check(f'{header}\n2025-03,P01,g,g,,,a 12" rule,\n')
    assert submission.rows["commentary"].to_list() == ['a 12" rule']
