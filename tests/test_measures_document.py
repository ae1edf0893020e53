"""The list of measures in docs names all that was asked for, and is up to date."""

import runpy
from collections import Counter

import pytest
from cases import ROOT

DOCUMENT = ROOT / "docs" / "measures.md"
ASKED = (
    "FD1 FD2 FD3 FD4 FD5 FD6 FD7 AS1 AS2 AS3 AS4 CN1 CN2 CN3 CN4 CN5 "
    "CP1 CP2 CP3 CP4 CP5 CP6 CP7 CP8 CP9 "
    "CL1 CL2 CL3 CL4 CL5 CL6 CL7 CL8 CL9 CL10 CL11 CL12 "
    "LV1 LV2 LV3 LV4 PL1 PL2 PL3 CA1 CA2 CA3 CA4 SV1 SV2 WF1 WF2 WF3 WF4 WF5 WF6 "
    "AU1 AU2 AU3 FG1 FG2 EH1 EH2 FI1 FI2 FI3 VO1"
).split()


@pytest.fixture(scope="module")
def rows() -> list[list[str]]:
    text = DOCUMENT.read_text(encoding="utf-8")
    table = [line for line in text.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]


def test_the_document_is_as_the_catalogue_is():
    """After a change of the catalogue: python docs/measures.py."""
    made = runpy.run_path(str(ROOT / "docs" / "measures.py"))["text"]()
    assert DOCUMENT.read_text(encoding="utf-8") == made


def test_every_measure_that_was_asked_for_has_its_row(rows):
    assert [row[0] for row in rows if row[0]] == ASKED
    assert all(row[2] != "not yet" or row[6] for row in rows)


def test_every_kpi_answers_a_measure_that_was_asked_for(book, rows):
    assert {kpi.ref for kpi in book.kpis.values()} == set(ASKED)
    named = Counter(row[2].split("`")[1] for row in rows)
    assert named == Counter([*book.kpis])


def test_no_two_kpis_share_a_title(book):
    titles = [kpi.title for kpi in book.kpis.values()]
    assert len(set(titles)) == len(titles)


def test_a_theme_leads_with_a_few(book):
    for theme in book.themes:
        leading = [kpi.kpi_id for kpi in book.of_theme(theme) if kpi.headline]
        assert 1 <= len(leading) <= 5, theme
    assert next(iter(book.themes)) == "front_door"
