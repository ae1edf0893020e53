"""The PDF as assistive technology meets it: tags, alt texts, headings, language, title."""

from collections import Counter
from itertools import pairwise
from typing import Any

import pikepdf
import pytest
from pypdf import PdfReader


@pytest.fixture(scope="module")
def paper(files):
    with pikepdf.open(files["pdf"]) as opened:
        yield opened


def elements(node: Any) -> list[Any]:
    """Every structure element, in reading order."""
    if not isinstance(node, pikepdf.Dictionary):
        return []
    kids = node.get("/K", [])
    below = list(kids) if isinstance(kids, pikepdf.Array) else [kids]
    own = [node] if "/S" in node else []
    return own + [one for kid in below for one in elements(kid)]


@pytest.fixture(scope="module")
def structure(paper):
    return elements(paper.Root.StructTreeRoot)


def kinds(structure) -> Counter:
    return Counter(str(one.S) for one in structure)


def test_it_says_that_it_keeps_pdf_ua_1(paper):
    with paper.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:title"] == "Herefordshire children's services: improvement measures"
    assert bool(paper.Root.MarkInfo.Marked)
    assert bool(paper.Root.ViewerPreferences.DisplayDocTitle)
    assert str(paper.Root.Lang).startswith("en")


def test_every_chart_has_its_words(structure, report):
    alts = Counter(str(one.Alt) for one in structure if str(one.S) == "/Figure")
    assert alts == Counter(chart.alt for chart in report.charts())


def test_headings_begin_with_one_and_leave_none_out(structure):
    levels = [int(str(one.S)[2:]) for one in structure if str(one.S)[:2] == "/H" and str(one.S)[2:]]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert {1, 2} <= set(levels)


def test_every_table_has_heads_and_a_caption(structure, report):
    tables = [one for one in structure if str(one.S) == "/Table"]
    assert len(tables) > len(list(report.charts()))
    for table in tables:
        inner = kinds(elements(table))
        assert inner["/TH"] >= 2 and inner["/TD"] >= 1
    assert kinds(structure)["/Caption"] >= len(tables)


def test_every_page_is_tagged_and_every_font_embedded(paper):
    for page in paper.pages:
        assert "/StructParents" in page
        assert page.get("/Tabs") == "/S"
        for font in page.Resources.get("/Font", {}).values():
            inner = font.DescendantFonts[0] if "/DescendantFonts" in font else font
            assert any(name in inner.FontDescriptor for name in ("/FontFile2", "/FontFile3"))


def test_bookmarks_lead_to_sections_and_measures(files, report):
    def titles(outline: Any) -> list[str]:
        flat = []
        for one in outline:
            flat += titles(one) if isinstance(one, list) else [str(one.title)]
        return flat

    outline = PdfReader(files["pdf"]).outline
    top = [str(one.title) for one in outline if not isinstance(one, list)]
    wanted = [section.title for section in report.sections]
    assert top[top.index(wanted[0]) :][: len(wanted)] == wanted
    assert top[-3:] == [
        "How to read this pack", "What each measure counts", "Where the figures come from"
    ]  # fmt: skip
    assert {chart.key for chart in report.charts()} <= set(titles(outline))


def test_it_is_a4_and_no_text_is_smaller_than_12_points(files):
    reader = PdfReader(files["pdf"])
    sizes: set[float] = set()

    def note(text: str, _cm: Any, matrix: Any, _font: Any, size: float) -> None:
        if text.strip():
            sizes.add(round(abs(size * matrix[3]), 1))

    for page in reader.pages[:12]:
        assert (round(page.mediabox.width), round(page.mediabox.height)) == (595, 842)
        page.extract_text(visitor_text=note)
    assert min(sizes) >= 11.9
