"""The accessibility statement says what is known, to whom to turn, and nothing that is not so."""

from dataclasses import replace

import pytest
from browser.access import rows

from kpi import statement


def words(council):
    return statement.lead(council) + statement.body(council)


def test_the_statement_and_the_document_name_the_same_gaps():
    assert {row[0] for row in rows("What does not work yet")} == set(statement.GAPS)


def test_every_finding_that_is_let_pass_names_its_rule_and_its_issue():
    for rule, selector, why, upstream in rows("What axe-core may report"):
        assert rule and selector and why and upstream.startswith("[")


def test_what_the_model_statement_asks_for_is_there(book):
    told = words(book.council)
    for asked in (
        "partially compliant",
        "version 2.2, level AA",
        "Equality and Human Rights Commission",
        "Equality Advisory and Support Service",
        "Accessibility Regulations 2018",
        "What does not work yet",
        book.council.name,
    ):
        assert asked in told


def test_without_a_mailbox_the_statement_says_so(book):
    bare = replace(book.council, accessibility_email="", accessibility_phone="")
    assert "No mailbox or telephone number has been set" in words(bare)


@pytest.mark.parametrize(
    ("email", "phone", "said"),
    [
        ("access@council.example", "", "write to access@council.example."),
        ("", "01234 567890", "telephone 01234 567890."),
        ("a@b.example", "0123", "write to a@b.example or telephone 0123."),
        ("<script>@b.example", "", "write to &lt;script&gt;@b.example."),
    ],
)
def test_whom_to_tell_is_the_council_s(book, email, phone, said):
    council = replace(book.council, accessibility_email=email, accessibility_phone=phone)
    assert said in words(council)
    assert "within 10 working days" in words(council)


def test_a_review_has_its_day(book):
    assert "has not been reviewed" in words(book.council)
    told = words(replace(book.council, accessibility_reviewed="2026-03-02"))
    assert "last reviewed on 2 March 2026" in told
