"""The guard against children's identities: what it finds, what it lets pass, what it never says."""

from dataclasses import replace

import polars as pl
import pytest
from cases import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from ingest_context import BOOK, DIRTY, PLAN, check, context, protection, returned

from kpi import ingest, returns
from kpi.ingest import decoding, header, identity, table

RETURNS = sorted((ROOT / "data" / "sample" / "returns").rglob("*.csv"))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("9990000018", "an NHS number"),
        ("see 999 000 0018.", "an NHS number"),
        ("999-000-0018", "an NHS number"),
        ("9990000019", ""),
        ("0000000000", ""),
        ("£9990000018", ""),
        ("A801200001001", ""),
        ("someone@council.example", "an e-mail address"),
        ("HR1 2AB", "a postcode"),
        ("lives near HR12AB now", "a postcode"),
        ("SW1A 1AA", "a postcode"),
        ("CPC1 2025", ""),
        ("P05 3AM", ""),
        ("01432 000000", "a telephone number"),
        ("+44 (0)7700 900123", "a telephone number"),
        ("12 Example Road", "an address"),
        ("12 Family Court hearings", ""),
        ("3 Close calls", ""),
        ("born 01/02/2014", "a date of birth"),
        ("DOB: 1 February 2014", "a date of birth"),
        ("Example Person, 01/02/2014", "a name beside a date"),
        ("Ofsted Focused Visit 2021", ""),
        ("Cabinet Report, 24 November 2022", ""),
        ("Scrutiny Committee 28/02/2023", ""),
        ("1,204", ""),
        ("2025-03", ""),
        ("W0071", ""),
        ("Section 47 enquiries 2023-24", ""),
    ],
)
def test_what_a_text_looks_like(text, kind):
    assert identity.looks_like(text) == kind


PATTERNS = (
    identity.NHS,
    identity.UPN,
    identity.EMAIL,
    identity.POSTCODE,
    identity.PHONE,
    identity.ADDRESS,
    identity.BORN,
    identity.NAME_AND_DAY,
)


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda one: one.pattern[:12])
@settings(max_examples=50)
@given(st.data())
def test_what_any_look_finds_is_looked_at(pattern, data):
    text = data.draw(st.from_regex(pattern, alphabet=st.characters(codec="latin-1")))
    assert pl.Series([text]).str.contains(identity.SUSPECT).all(), text


def letter_of(rest: str) -> str:
    """The check letter of a unique pupil number, worked out the long way round."""
    total = sum(int(digit) * weight for weight, digit in enumerate(rest, 2))
    return "ABCDEFGHJKLMNPQRTUVWXYZ"[total % 23]


def test_a_unique_pupil_number_is_known_by_its_letter():
    rest = "884200100012"
    good = letter_of(rest)
    assert identity.looks_like(f"{good}{rest}") == "a unique pupil number"
    others = set("ABCDEFGHJKLMNPQRTUVWXYZ") - {good}
    assert not any(identity.looks_like(f"{letter}{rest}") for letter in others)


def test_one_in_eleven_numbers_passes_for_an_nhs_number():
    found = sum(
        identity.is_nhs_number(f"{number:010d}") for number in range(4_000_000_000, 4_000_011_000)
    )
    assert 950 <= found <= 1050


def screened(content: bytes) -> list[str]:
    text, _ = decoding.decode(content)
    assert text
    heading = header.find(text, list(BOOK.datasets.values()))
    assert heading
    near = header.best_fits(heading, list(BOOK.datasets.values()), "")[0]
    guard = identity.Guard(header=heading, near=near, prose_checked=False)
    lines = table.read(text, heading, has_prose=True)
    found = [*identity.headings(heading, BOOK), *identity.screen(lines.cells, guard)]
    return [message for frame in found for message in frame["message"]]


def test_no_file_of_the_sample_is_taken_for_a_list_of_children():
    assert len(RETURNS) > 200
    assert {path.name: said for path in RETURNS if (said := screened(path.read_bytes()))} == {}


@pytest.mark.parametrize("dataset", BOOK.datasets.values(), ids=lambda one: one.dataset_id)
def test_no_template_is_taken_for_a_list_of_children(dataset):
    if dataset.dataset_id == "spending":
        return
    text = returns.template(dataset)
    heading = header.find(text.decode("utf-8-sig"), [dataset])
    assert heading
    assert identity.headings(heading, BOOK) == []


@pytest.mark.parametrize("path", sorted(DIRTY.glob("identity_*.csv")), ids=lambda path: path.stem)
def test_what_is_found_is_never_said(path):
    content = path.read_bytes()
    submission = ingest.check(BOOK, content, path.name, context())
    assert not submission.accepted
    assert submission.rows.is_empty()
    assert submission.unread.is_empty()
    assert submission.findings["value"].null_count() == submission.findings.height
    said = " ".join(submission.findings["message"])
    for secret in ("Example", "01/02/2014", "999", "someone", "01432", "HR1", "Road"):
        assert secret not in said


def test_a_file_of_numbers_alone_stays_welcome():
    assert check(returned(protection(cin_open=1204))).accepted


TOLD = (
    "period,priority_id,progress,impact,sro,lead,commentary,so_what\n"
    "2025-03,P01,green,amber,Director,Head of service,Call 01432 000000,Families wait less\n"
)


def test_a_person_may_vouch_for_free_text():
    refused = ingest.check(BOOK, TOLD.encode(), "plan.csv", context(), PLAN)
    vouched = replace(context(), prose_checked=True)
    accepted = ingest.check(BOOK, TOLD.encode(), "plan.csv", vouched, PLAN)
    assert refused.findings["code"].to_list() == ["identity_text"]
    assert accepted.accepted
    assert accepted.warnings
    assert accepted.rows["commentary"].to_list() == ["Call 01432 000000"]


def test_nobody_may_vouch_for_a_column_of_figures():
    vouched = replace(context(), prose_checked=True)
    content = (DIRTY / "identity_in_a_surplus_column.csv").read_bytes()
    assert not ingest.check(BOOK, content, "x.csv", vouched).accepted
