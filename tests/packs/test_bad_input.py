"""What no template foresees: attacks, other scripts, nothing to draw, crowds, long names."""

import io
import zipfile
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pptx import Presentation
from pptx.enum.chart import XL_MARKER_STYLE
from pptx.util import Inches
from pypdf import PdfReader

from kpi import export, theme
from kpi.export import TemplateRefused
from kpi.report import (
    Cell,
    Chart,
    Column,
    Cover,
    Data,
    Event,
    Field,
    Heading,
    Note,
    Paragraph,
    Questions,
    Report,
    Section,
    Series,
    Summary,
    Table,
)
from packs.made import Tables, charts_of, presented

ATTACKS = [
    '#panic("x") $x^2$ *bold* _it_ `raw` @ref <label> \\ // -- = heading',
    "</script><script>document.title='broken'</script><img src=x onerror=alert(1)>",
    '=HYPERLINK("https://example.org")',
    "@SUM(A1:A9)",
    "+44 1432",
    "{{7*7}} {% raw %} %s \x07 \x0b tail",
]
WORLD = "Grŵp Tŷ’r Ysgol Ŵyr · Zażółć gęślą jaźń · £1,234 · שלום עולם · مرحبا"
DAY = datetime(2025, 3, 1, 23, 59)
LONG = "Assessment and intervention team for the north of the county " * 4


def table(caption: str, *texts: str) -> Table:
    columns = (Column(title="Name"), Column(title="Figure", kind="number"))
    rows = tuple((Cell(text=text), Cell(text="1", value=1.0)) for text in texts)
    return Table(caption=caption, columns=columns, rows=rows)


def chart(values: list[float | None], title: str = "A measure", states: str = "c") -> Chart:
    periods = tuple(date(2023 + at // 12, at % 12 + 1, 1) for at in range(len(values)))
    known = [value for value in values if value is not None]
    return Chart(
        kpi_id="m1", key=title, title=title, subtitle="By month.", alt=f"{title}, by month.",
        source="Source: a return.", unit="%", corner="", decimals=1, low=0.0,
        high=max(known, default=1.0), periods=periods,
        series=(Series(role="value", name=title, values=tuple(values), label="last"),),
        marks=(None,) * len(values),
        states=tuple(states if value is None else None for value in values),
        told=tuple(f"{theme.month(at)}: told" for at in periods),
        twin=table(f"{title}, by month", *(theme.month(at) for at in periods)),
    )  # fmt: skip


def summary(drawn: Chart, text: str) -> Summary:
    return Summary(
        kpi_id="m1", name=text, headline=text, figure="12.5%", unit="%", period="Mar 2025",
        status=theme.RATING["green"], variation=theme.VARIATION["common_cause"], verdict=text,
        so_what=text, comparator=text, chart=drawn,
    )  # fmt: skip


def report(text: str, drawn: Chart | None = None, events: int = 0) -> Report:
    """A pack whose every text is the same one."""
    drawn = drawn or chart([1.0, 2.0, 3.0], text)
    months = tuple(
        Event(number=at, period=drawn.periods[0], when="Jan 2023", title=f"{text} {at}")
        for at in range(1, events + 1)
    )
    blocks = (
        Heading(text=text), Paragraph(text=text), Note(title=text, text=text),
        Questions(lead=text, items=((text, text),)), table(text, text),
        summary(replace(drawn, events=months), text),
    )  # fmt: skip
    fields = (Field(title="Measure id", kind="text"), Field(title="Month", kind="month"),
              Field(title="Figure", kind="number"), Field(title="Say", kind="text"))  # fmt: skip
    values = drawn.series[0].values
    rows = tuple(("m1", at, v, text) for at, v in zip(drawn.periods, values, strict=True))
    section = Section(section_id="one", title=text, blocks=blocks,
                      data=Data(caption=text, fields=fields, rows=rows))  # fmt: skip
    cover = Cover(
        council=text, forum=text, meeting=text, date=date(2025, 3, 1), as_at=DAY, pack_id="A",
        layout="paper", title=text, when="1 March 2025", bands=(text,), purpose=text, asks=(text,),
        subject=text, foot=text, facts=((text, text),),
    )  # fmt: skip
    terms = ((text, text),)
    return Report(cover=cover, sections=(section,), events=months, notes=terms,
                  dictionary=table(text, text), provenance=table(text, text))  # fmt: skip


#: Letters that draw nothing: controls, spaces, marks of layout, code points of nobody.
UNSEEN = st.characters(categories=["Cc", "Cf", "Cn", "Co", "Mn", "Zl", "Zp", "Zs"])


@settings(max_examples=15, deadline=None)
@given(st.text(min_size=1, max_size=80) | st.text(UNSEEN, min_size=1, max_size=3))
@example("\x1f")
@example(" \u2028\u00ad")
def test_any_text_keeps_pdf_ua(text):
    """A letter that no font of ours holds is printed as a box, and stops nothing."""
    assert export.render(report(text), "pdf").startswith(b"%PDF")


def pdf_of(made: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages)


@pytest.mark.parametrize("text", [*ATTACKS, WORLD, LONG, "x" * 200], ids=range(9))
@pytest.mark.parametrize("name", export.FORMATS)
def test_whatever_a_text_holds_every_format_is_made(text, name):
    assert len(export.render(report(text), name)) > 5000


@pytest.mark.parametrize("layout", ["paper", "briefing"])
def test_markup_is_printed_and_never_obeyed(layout):
    made = report(ATTACKS[0])
    made = replace(made, cover=replace(made.cover, layout=layout))
    text = pdf_of(export.render(made, "pdf")).replace("\n", " ")
    assert '#panic("x") $x^2$ *bold* _it_ `raw` @ref <label>' in text


def test_a_page_runs_no_script_but_its_own():
    text = export.render(report(ATTACKS[1]), "html").decode()
    assert text.count("<script>") == text.count("</script>") == 1
    assert "<img" not in text


@pytest.mark.parametrize("text", ATTACKS[2:5])
def test_what_looks_like_a_formula_stays_text(text):
    book = openpyxl.load_workbook(io.BytesIO(export.render(report(text), "xlsx")))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    same = [cell for cell in cells if cell.value == text]
    assert len(same) > 5 and all(cell.data_type == "s" for cell in same)


def test_letters_of_other_languages_are_all_there():
    made = report(WORLD)
    text = pdf_of(export.render(made, "pdf"))
    for word in ("Grŵp", "Tŷ", "Zażółć", "gęślą", "jaźń", "£1,234"):
        assert word in text
    # A reader of PDF text may give right-to-left letters in either order.
    assert "שלום" in text or "םולש" in text
    assert WORLD in export.render(made, "html").decode()
    titles = [slide.shapes.title.text for slide in presented(export.render(made, "pptx")).slides]
    assert WORLD in titles


def test_a_single_point_is_a_dot():
    made = report("One", chart([4.5]))
    page = export.render(made, "html").decode()
    assert page.count("<circle") >= 1
    [drawn] = charts_of(export.render(made, "pptx"))
    line = drawn.chart.plots[0].series[0]
    assert list(line.values) == [4.5]
    assert line.points[0].marker.style == XL_MARKER_STYLE.CIRCLE


def test_a_month_between_two_gaps_is_a_dot_on_a_slide():
    [drawn] = charts_of(
        export.render(report("Years", chart([None, 4.5, None, 3.0, 2.0, None])), "pptx")
    )
    line = drawn.chart.plots[0].series[0]
    styles = [line.points[at].marker.style for at in range(6)]
    assert styles == [None, XL_MARKER_STYLE.CIRCLE, None, None, None, None]


def test_a_single_point_is_on_paper_and_in_the_workbook():
    made = report("One", chart([4.5]))
    for name in ("pdf", "xlsx"):
        assert export.render(made, name)


def test_where_all_is_withheld_the_letter_says_why():
    made = report("Withheld", chart([None] * 6))
    page = export.render(made, "html").decode()
    assert "No figures to draw" in page and ">c</text>" in page
    assert not charts_of(export.render(made, "pptx"))
    assert "No figures to draw" in pdf_of(export.render(made, "pdf"))
    assert export.render(made, "xlsx")


def test_forty_events_in_one_month_share_a_number_and_are_all_listed():
    made = report("Event", events=40)
    page = export.render(made, "html").decode()
    assert ">1–40</text>" in page
    assert all(f"Event {at}</li>" in page for at in range(1, 41))
    text = pdf_of(export.render(made, "pdf"))
    assert "1–40" in text and "Event 40" in text


def test_a_section_without_a_word_is_still_a_section():
    made = replace(report("x"), sections=(Section(section_id="e", title="Empty", blocks=()),))
    for name in export.FORMATS:
        assert export.render(made, name)


# ---- templates ----


def a_template(wide: float = 10, high: float = 7.5) -> bytes:
    made: Any = Presentation()
    made.slide_width, made.slide_height = Inches(wide), Inches(high)
    made.slides.add_slide(made.slide_layouts[0]).shapes.title.text = "How to use this template"
    written = io.BytesIO()
    made.save(written)
    return written.getvalue()


def as_potx(pptx: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(pptx)) as old, zipfile.ZipFile(written, "w") as new:
        for item in old.infolist():
            content = old.read(item).replace(
                b"presentationml.presentation.main+xml", b"presentationml.template.main+xml"
            )
            new.writestr(item, content)
    return written.getvalue()


@pytest.mark.parametrize(
    "template", [a_template(), as_potx(a_template(16, 9))], ids=["pptx", "potx"]
)
def test_the_councils_own_template(template):
    made = presented(export.render(report("Own"), "pptx", template))
    assert made.slide_width in (Inches(10), Inches(16))
    titles = [slide.shapes.title.text for slide in made.slides]
    assert "How to use this template" not in titles and "Own" in titles


def no_layouts() -> bytes:
    made: Any = Presentation()
    for layout in list(made.slide_layouts):
        for shape in list(layout.placeholders):
            shape._element.getparent().remove(shape._element)
    written = io.BytesIO()
    made.save(written)
    return written.getvalue()


def broken() -> bytes:
    return a_template()[:2000]


def a_zip() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as file:
        file.writestr("letter.txt", "Dear all")
    return written.getvalue()


@pytest.mark.parametrize(
    "template", [b"", b"Dear all", a_zip(), broken(), no_layouts()], ids=range(5)
)
def test_a_template_that_is_none_is_refused_in_a_sentence(template):
    with pytest.raises(TemplateRefused, match=r"^The slides template .*\.$"):
        export.render(report("x"), "pptx", template)


def test_tables_of_a_page_can_be_read():
    found = Tables(export.render(report("Table"), "html").decode()).tables
    assert [row[0][0] for row in found[1]["rows"]] == ["Table"]
