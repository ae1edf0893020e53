"""The accessibility statement, in the form that public bodies in the United Kingdom publish.

The form follows the model statement of the Public Sector Bodies (Websites and Mobile Applications)
(No. 2) Accessibility Regulations 2018. Whom to tell is the council's, in the catalogue.
"""

from collections.abc import Iterable
from datetime import date
from html import escape

from kpi import theme
from kpi.records import Council

#: What is known not to work, each with the success criterion of WCAG 2.2 that it fails. The same
#: list, with its causes, is in docs/accessibility.md; a test holds the two together.
GAPS = {
    "2.1.1 Keyboard": "What a chart says when it is pointed at needs a mouse or a finger. The "
    "table under every chart holds the same figures, and can be sorted with the keyboard.",
    "1.4.13 Content on hover or focus": "What a chart says when it is pointed at goes when the "
    "pointer moves on, not with the Escape key.",
}

TESTED = (
    "axe-core, with its rules for WCAG 2.0, 2.1 and 2.2 at levels A and AA, on every page, at the "
    "widths of a laptop and of a telephone, with figures, without any, with faults in an upload, "
    "and with withheld figures",
    "journeys of a committee member, a director and an officer with the keyboard alone",
    "a zoom of 200% and a width of 320 pixels, reduced motion, and colours set by the reader",
    "the contrast of every pair of colours, computed",
)


def lead(council: Council) -> str:
    """What the statement is of, and who makes it."""
    return (
        f"This dashboard is run by {council.name} for {council.service}. It should be of use to "
        "everybody; this page says how far it is, and whom to tell where it is not."
    )


def body(council: Council) -> str:
    """The statement, under its headings."""
    return "".join(
        [
            _part("What you should be able to do", _list(
                (
                    "change colours, contrast and fonts with your browser or device, and ask for "
                    "patterns beside the colours (under “As published on” at the top)",
                    "zoom in to 400% with the text staying on the screen",
                    "use every page with a keyboard alone",
                    "listen to every page with a screen reader: each chart has a description, and "
                    "a table with the same figures",
                    "read every measure, sign and letter explained, on the page Definitions",
                ))),
            _part("How accessible it is", _text(
                "It is partially compliant with the Web Content Accessibility Guidelines version "
                "2.2, level AA, because of what is listed under “What does not work yet”.")),
            _part("What does not work yet", _terms()),
            _part("Tell us", "".join(map(_text, _contact(council)))),
            _part("If you are not content with the answer", _text(
                "The Equality and Human Rights Commission (EHRC) is responsible for enforcing the "
                "Public Sector Bodies (Websites and Mobile Applications) (No. 2) Accessibility "
                "Regulations 2018. If you are not content with how we answer, contact the "
                "Equality Advisory and Support Service (EASS).")),
            _part("How it was tested", _text(
                "By its makers, with every version, in Chromium, by automatic tests of:")
                + _list(TESTED)
                + _text(
                    "It has not yet been tested with people who use a screen reader, a "
                    "magnifier or speech input every day. Automatic tests find a part of what "
                    "there is to find.")),
            _part("About this statement", _text(_reviewed(council))),
        ]
    )  # fmt: skip


def _contact(council: Council) -> list[str]:
    wanted = (
        "If a page does not work for you, or you need its figures in another form (large print, "
        "easy read, a recording, braille)"
    )
    ways = [
        f"{name} {value}"
        for name, value in (
            ("write to", council.accessibility_email),
            ("telephone", council.accessibility_phone),
        )
        if value
    ]
    if not ways:
        return [
            f"{wanted}, contact {council.name}.",
            "No mailbox or telephone number has been set for this yet: it is set in the catalogue, "
            "in council.toml.",
        ]
    return [
        f"{wanted}, {' or '.join(ways)}. Say which page it is and what you tried. You will have an "
        f"answer within {theme.in_unit(str(council.accessibility_days), 'working days')}."
    ]


def _reviewed(council: Council) -> str:
    if not council.accessibility_reviewed:
        return (
            "It was prepared by the makers of the dashboard with this version of it, and has not "
            f"been reviewed by {council.name} yet."
        )
    day = theme.day(date.fromisoformat(council.accessibility_reviewed))
    return f"It was prepared with this version of the dashboard, and last reviewed on {day}."


def _part(title: str, text: str) -> str:
    return f'<section class="kpi-section kpi-statement"><h2>{escape(title)}</h2>{text}</section>'


def _text(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def _list(items: Iterable[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(item)}</li>' for item in items)}</ul>"


def _terms() -> str:
    items = "".join(
        f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in GAPS.items()
    )
    return f'<dl class="kpi-terms">{items}</dl>'
