"""Renderers: a report as paper, slides, workbook or page. None reads data or computes a figure.

Each is imported when it is first asked for, so that a page that makes no pack loads none of them.
"""

from dataclasses import dataclass
from importlib import import_module

from kpi.report import Report, printable

__all__ = ["FORMATS", "Format", "TemplateRefused", "render"]


class TemplateRefused(Exception):
    """The slides template cannot be used; the message says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class Format:
    """A format: what people call it, what it is for, its type, and the module that makes it."""

    title: str
    use: str
    mime: str
    module: str


FORMATS = {
    "pdf": Format(
        title="PDF",
        use="the agenda: accessible, to be printed",
        mime="application/pdf",
        module="pdf",
    ),
    "pptx": Format(
        title="Slides",
        use="the screen: charts that can be edited",
        mime="application/vnd.openxmlformats-officedocument.presentationml.presentation",
        module="slides",
    ),
    "xlsx": Format(
        title="Workbook",
        use="further work: every figure, typed",
        mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        module="workbook",
    ),
    "html": Format(
        title="Web page",
        use="e-mail: one file that opens anywhere, without a network",
        mime="text/html",
        module="page",
    ),
}


def render(report: Report, name: str, template: bytes | None = None) -> bytes:
    """The report in a format of ``FORMATS``; ``template`` is for slides alone.

    Raises TemplateRefused for a template that is none.
    """
    module = import_module(f"kpi.export.{FORMATS[name].module}")
    report = printable(report)
    return module.render(report, template) if name == "pptx" else module.render(report)
