"""A report as PDF: tagged, bookmarked paper that keeps PDF/UA-1, set by typst."""

import json
import warnings
from datetime import UTC
from pathlib import Path
from typing import Any

import typst

from kpi import theme
from kpi.export import coverage, picture
from kpi.report import Report, plain

TEMPLATE = Path(__file__).with_name("paper.typ")
#: Points that a picture has on a page and in a briefing, and the size of its text.
WIDE, HIGH, LOW, SIZE = 493, 146, 104, 12
COLOURS = {
    "ink": theme.INK, "grey": theme.GREY, "blue": theme.BLUE, "line": theme.LINE,
    "wash": theme.WASH,
}  # fmt: skip


def render(report: Report) -> bytes:
    """The pack as one PDF file. Whatever typst warns of is a fault of the template."""
    moment = report.cover.as_at.replace(microsecond=0, tzinfo=UTC)
    with warnings.catch_warnings():
        warnings.simplefilter("error", typst.TypstWarning)
        compiler = typst.Compiler(
            str(TEMPLATE),
            font_paths=[str(coverage.FONTS)],
            ignore_system_fonts=True,
            sys_inputs={"pack": json.dumps(coverage.shown(_input(report)), ensure_ascii=False)},
        )
        made = compiler.compile(format="pdf", pdf_standards=["ua-1"], timestamp=moment)
    if not isinstance(made, bytes):
        raise TypeError("typst gave pages, not one file")
    return made


def _input(report: Report) -> dict[str, Any]:
    """What the template is given: the report, its pictures, and the lines of the frame."""
    cover = report.cover
    return {
        "report": plain(report),
        "pictures": _pictures(report),
        "colours": COLOURS,
        "title": cover.title,
        "description": cover.subject,
        "made": [cover.as_at.year, cover.as_at.month, cover.as_at.day],
        "footer": cover.foot,
        "facts": [list(fact) for fact in cover.facts],
    }


def _pictures(report: Report) -> dict[str, str]:
    high = LOW if report.cover.layout == "briefing" else HIGH
    return {
        f"{section.section_id} {chart.kpi_id}": picture.draw(chart, WIDE, high, SIZE)
        for section in report.sections
        for chart in section.charts()
    }
