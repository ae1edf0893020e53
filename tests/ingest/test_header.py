"""Where the header is, what separates its columns, which return it belongs to."""

from dataclasses import replace

import pytest
from ingest_context import (
    BOOK,
    CASELOADS,
    HEADER,
    PROTECTION,
    check,
    codes,
    context,
    protection,
    returned,
)

from kpi import ingest
from kpi.ingest import header

ROW = protection()


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_judged_by_the_header(separator: str):
    text = f"A title, with commas\n{HEADER}\n{ROW}\n".replace(",", separator)
    found = header.find(text, [PROTECTION])
    assert found
    assert (found.separator, found.line, list(found.cells)) == (separator, 2, PROTECTION.names)


def test_commas_in_figures_do_not_hide_a_semicolon():
    names = ";".join(CASELOADS.names)
    text = f"{names}\n2025-03;CPC1;W1;a, b, c, d, e, f, g;perm;0,5;N;1,0;2,0;2,0\n"
    submission = check(text)
    assert submission.accepted
    assert submission.rows["role"].to_list() == ["a, b, c, d, e, f, g"]


@pytest.mark.parametrize("above", [0, 1, 9])
def test_the_header_is_found_within_ten_lines(above: int):
    submission = check("Title\n" * above + returned(ROW))
    assert submission.accepted
    assert submission.rows["line"].to_list() == [above + 2]


def test_beyond_ten_lines_there_is_no_header():
    assert codes(check("Monthly figures\n" * 10 + returned(ROW))) == ["header_missing"]


def test_a_quoted_title_of_two_lines_is_one_row():
    submission = check('"Two\nlines"\n' + returned(ROW))
    assert submission.rows["line"].to_list() == [3]


@pytest.mark.parametrize("name", sorted(BOOK.datasets))
def test_each_dataset_is_detected_by_its_own_header(name: str):
    content = ",".join(BOOK.datasets[name].names).encode()
    assert [found.dataset_id for found in ingest.detect(BOOK, content, "file.csv")] == [name]


@pytest.mark.parametrize("content", [b"", b"\x00", b"PK\x03\x04", b"a,b\n1,2", b"month,team\n"])
def test_nothing_is_detected_in_something_else(content: bytes):
    assert ingest.detect(BOOK, content, "child_protection.csv") == []


def test_a_tie_is_broken_by_the_name_of_the_file_or_asked_about():
    twin = replace(PROTECTION, dataset_id="twin", title="The twin")
    book = replace(BOOK, datasets={**BOOK.datasets, "twin": twin})
    content = returned(ROW).encode()
    tied = ingest.detect(book, content, "march.csv")
    assert [found.dataset_id for found in tied] == ["child_protection", "twin"]
    assert ingest.detect(book, content, "Twin 2025-03.csv") == [twin]
    asked = ingest.check(book, content, "march.csv", context())
    assert asked.dataset is None
    assert codes(asked) == ["dataset_ambiguous"]
    assert "Child protection, The twin" in asked.findings["message"].item()
    assert ingest.check(book, content, "march.csv", context(), twin).accepted


def test_optional_columns_may_be_absent():
    optional = tuple(
        replace(column, optional=column.name == "cp_2yr") for column in PROTECTION.columns
    )
    dataset = replace(PROTECTION, columns=optional)
    names = [name for name in PROTECTION.names if name != "cp_2yr"]
    row = [
        cell for cell, name in zip(ROW.split(","), PROTECTION.names, strict=True) if name in names
    ]
    submission = check(f"{','.join(names)}\n{','.join(row)}\n", dataset)
    assert submission.accepted
    assert submission.rows["cp_2yr"].to_list() == [None]
    assert submission.rows["cp_2yr_state"].to_list() == [None]


def test_missing_columns_do_not_hide_faults_in_the_others():
    submission = check("period,org_id,cin_open\n2025-03,CPC1,12k\n", PROTECTION)
    missing = len(PROTECTION.names) - 3
    assert codes(submission) == ["column_missing"] * missing + ["cell_abbreviated"]


@pytest.mark.parametrize(("given", "is_enough"), [(5, True), (4, False)])
def test_half_of_the_columns_tell_a_return(given: int, is_enough: bool):
    """Of the ten columns of caseloads."""
    content = ",".join(CASELOADS.names[-given:]).encode()
    assert ingest.detect(BOOK, content, "f.csv") == ([CASELOADS] if is_enough else [])


def test_headings_in_any_order_and_dress():
    names = [" Reviews-In  Time ", *reversed(PROTECTION.names[1:-1]), "MONTH"]
    cells = [18, *reversed(ROW.split(",")[1:-1]), "2025-03"]
    submission = check(f"{','.join(names)}\n{','.join(map(str, cells))}\n")
    assert submission.rows.drop("line").equals(check(returned(ROW)).rows.drop("line"))
