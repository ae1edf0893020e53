"""The look: colours with symbols and words, how figures and dates are written, one style sheet.

Status against target, variation, assurance and the plan's BRAG are four signals. Each has marks of
its own here, and none is told by colour alone: a mark is a fill, a symbol and a word.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import plotly.io as pio

from kpi.catalogue import ALWAYS, Kpi

INK, WHITE = "#0B0C0C", "#FFFFFF"
BLUE = "#12436D"  # the one accent: links, the line of a chart, focus
GREY = "#505A5F"  # second voice: units, dates, notes
MID = "#6B7276"  # lines that must be read but not noticed first
FAINT = "#84898D"  # dots behind a line
LINE = "#D8DCDE"  # edges that only separate
GRID = "#E6E9EA"
WASH = "#F5F7F9"
BAND, BAND_INK = "#CCE2D8", "#1E6B3C"  # the good range, and what is written beside it
FOCUS = "#FFDD00"
QUIET = "#B4BABE"  # bars of others, beside the one that matters
PALE, PALER, PALEST = "#9DB9D6", "#D5E0EC", "#EEF2F6"  # the accent thinned: what is not full yet
LATE = "#A8450F"  # burnt orange: late is not off target

#: Lines of a chart, in order (Government Analysis Function). The inks name the same line in text:
#: turquoise and orange are too pale on white for letters.
SERIES = (BLUE, "#F46A25", "#801650", "#28A197")
SERIES_INK = (BLUE, LATE, "#801650", "#17695F")

FONT = "'Source Sans 3', -apple-system, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif"
MONTHS = (
    "January February March April May June July August September October November December".split()
)


@dataclass(frozen=True, kw_only=True)
class Mark:
    """One state of one signal: colours, a symbol that most fonts hold, and the word for it.

    ``pattern`` names one of ``PATTERNS``, for readers who ask for patterns beside the colours.
    """

    fill: str
    ink: str
    edge: str
    symbol: str
    word: str
    pattern: str = ""


#: How the fills of the four lights are told apart without colour, as Plotly draws them in a bar
#: (``marker.pattern.shape``); the style sheet draws the same on chips and squares.
PATTERNS = {"blue": "x", "green": "", "amber": ".", "red": "/"}


def _solid(fill: str, symbol: str, word: str, pattern: str = "") -> Mark:
    return Mark(fill=fill, ink=WHITE, edge=fill, symbol=symbol, word=word, pattern=pattern)


def _amber(word: str) -> Mark:
    """Amber is too pale to be seen by its fill alone: ink on it, and an edge of ink around it."""
    return Mark(fill="#FFBF00", ink=INK, edge=INK, symbol="▲", word=word, pattern="amber")


def _outline(colour: str, symbol: str, word: str) -> Mark:
    """What a process does is drawn as an outline, so that it is never taken for a status."""
    return Mark(fill=WHITE, ink=colour, edge=colour, symbol=symbol, word=word)


RATING = {
    "green": _solid("#1E8449", "●", "On target", "green"),
    "amber": _amber("Near target"),
    "red": _solid("#B10E1E", "■", "Off target", "red"),
    "neutral": _solid(GREY, "–", "Context"),
    "none": _solid(GREY, "–", "Not rated"),
}

BRAG = {
    "blue": _solid(BLUE, "✓", "Blue: done and embedded", "blue"),
    "green": _solid("#1E8449", "●", "Green: on track", "green"),
    "amber": _amber("Amber: at risk"),
    "red": _solid("#B10E1E", "■", "Red: off track", "red"),
    "none": _solid(GREY, "–", "Not rated"),
}


IMPROVEMENT, CONCERN, NEUTRAL, COMMON = "#0072C6", "#C2410C", "#490092", MID

VARIATION = {
    "improvement_high": _outline(IMPROVEMENT, "▲", "Improving: higher"),
    "improvement_low": _outline(IMPROVEMENT, "▼", "Improving: lower"),
    "concern_high": _outline(CONCERN, "▲", "Worsening: higher"),
    "concern_low": _outline(CONCERN, "▼", "Worsening: lower"),
    "neutral_high": _outline(NEUTRAL, "▲", "Up, more than normal variation"),
    "neutral_low": _outline(NEUTRAL, "▼", "Down, more than normal variation"),
    "common_cause": _outline(COMMON, "●", "No change beyond normal variation"),
    "none": _outline(COMMON, "–", "Too few months to judge"),
}

ASSURANCE = {
    "consistent_pass": _outline(IMPROVEMENT, "◎", "Will reliably meet the target"),
    "consistent_fail": _outline(CONCERN, "✕", "Will not meet the target without a change"),
    "inconsistent": _outline(COMMON, "?", "May meet or miss the target by chance"),
    "none": _outline(COMMON, "–", "Not judged against a target"),
}

#: Whether a month of a return came when it was due. Of these no colour is a traffic light's.
ARRIVAL = {
    "on_time": _outline(BLUE, "✓", "On time"),
    "late": _outline(SERIES_INK[1], "+", "Late"),
    "missing": _solid(INK, "✕", "Missing"),
    "not_due": _outline(GREY, "…", "Not yet due"),
    "restated": _outline(SERIES_INK[2], "R", "Restated"),
}

#: Where an activity of the plan stands. Late is burnt orange, as of a return: no traffic light.
ACTIVITY = {
    "done": _solid(BLUE, "✓", "Done"),
    "in_progress": _outline(BLUE, "●", "In progress"),
    "not_started": _outline(GREY, "○", "Not started"),
    "overdue": _solid(LATE, "!", "Overdue"),
    "late_start": _outline(LATE, "!", "Not started in time"),
    "merged": _outline(GREY, "+", "Merged"),
    "retired": _outline(GREY, "–", "Retired"),
}

#: What became of a request, and whether a report came. Of these no colour is a traffic light's.
REQUEST = {
    "overdue": _solid(INK, "✕", "Overdue"),
    "undated": _outline(SERIES_INK[1], "?", "Open, no date was set"),
    "waiting": _outline(GREY, "…", "Open, not yet due"),
    "not_accepted": _outline(SERIES_INK[2], "–", "Not accepted"),
    "answered": _outline(BLUE, "✓", "Answered"),
    "done": _outline(BLUE, "✓", "Done"),
    "withdrawn": _outline(GREY, "–", "Withdrawn"),
    "late": _outline(SERIES_INK[1], "+", "Reported late"),
    "on_time": _outline(BLUE, "✓", "Reported on time"),
    "due": _outline(GREY, "…", "Not yet due"),
}

#: What the figures say of a sentence.
CLAIM = {
    "borne_out": _outline(BLUE, "✓", "Borne out"),
    "not_borne_out": _solid(INK, "✕", "Not borne out"),
    "not_testable": _outline(GREY, "?", "Cannot be tested"),
}

#: Whether the evidence bears out a reported impact, and what one figure or strand says of it. Ink
#: alone: a verdict is neither a status nor a rating.
VERDICT = {
    "supported": _outline(INK, "◆", "Supported"),
    "not_yet_shown": _outline(INK, "◇", "Not yet shown"),
    "contradicted": _solid(INK, "✕", "Contradicted"),
    "no_evidence": _outline(GREY, "–", "No evidence"),
    "withheld": _outline(GREY, "c", "Withheld"),
}
SAYS = {
    "for": _outline(INK, "◆", "Shows impact"),
    "against": _solid(INK, "✕", "Speaks against"),
    "neither": _outline(INK, "◇", "Decides nothing"),
    "silent": _outline(GREY, "–", "Silent"),
    "withheld": _outline(GREY, "c", "Withheld"),
}

#: Something that was promised for a day that has passed; no traffic light.
OVERDUE = _solid(INK, "!", "Overdue")

#: What made a month stand out, in words for the chart and the table.
SIGNAL = {
    "above_upl": "Above the upper limit",
    "below_lpl": "Below the lower limit",
    "increasing": "Seven months rising",
    "decreasing": "Seven months falling",
    "two_of_three_high": "Two of three months near the upper limit",
    "two_of_three_low": "Two of three months near the lower limit",
    "shift_high": "Seven months above average",
    "shift_low": "Seven months below average",
    "common_cause": "Normal variation",
    "none": "",
}

SINGULAR = {"children": "child", "people": "person"}
NUMBERS = "none one two three four five six seven eight nine".split()

#: Words that end the name of a thing that is one, whatever nouns stand before it.
SINGLE = set("rate share caseload quartile cost number proportion time length spend".split())
#: Words after which a title only says more about what it has named.
FURTHER = set("above across at below by for from good in of on open per to up who within".split())


def rating(kpi: Kpi, row: Mapping[str, Any]) -> Mark:
    """The status mark of an observation; a neutral KPI is context, whatever it shows."""
    if kpi.polarity == "neutral":
        return RATING["neutral"]
    return RATING[row["rating"] or "none"]


def number(value: float, decimals: int = 0) -> str:
    """``1234.5`` as ``1,235``: halves away from zero, as people and spreadsheets round."""
    step = Decimal(1).scaleb(-decimals)
    rounded = Decimal(str(value)).quantize(step, rounding=ROUND_HALF_UP)
    return f"{abs(rounded):,.{decimals}f}" if rounded >= 0 else f"−{abs(rounded):,.{decimals}f}"


def shortest(value: float, decimals: int = 1) -> str:
    """A figure without idle noughts: a target of 18.0 is written 18."""
    text = number(value, decimals)
    return text.rstrip("0").rstrip(".") if "." in text else text


def figure(value: float | None, kpi: Kpi, state: str | None = None) -> str:
    """The figure in the KPI's decimals; a dash, and the reason's letter, where it has none."""
    if value is None:
        return f"– {state}" if state else "–"
    return number(value, kpi.decimals)


def with_unit(value: float | None, kpi: Kpi, state: str | None = None) -> str:
    """The figure as it is spoken: ``13.6 cases``, ``32.7%``, ``1 child``, ``£1,920``."""
    text = figure(value, kpi, state)
    return text if value is None else in_unit(text, kpi.unit)


def in_unit(text: str, unit: str) -> str:
    """A written figure with its unit, in the singular after exactly 1."""
    if unit == "%":
        return f"{text}%"
    if unit == "£":
        return f"−£{text[1:]}" if text.startswith("−") else f"£{text}"
    return f"{text} {one(unit) if text == '1' else unit}".rstrip()


def one(unit: str) -> str:
    """The singular of a unit: ``child`` of ``children``, ``enquiry`` of ``enquiries``."""
    if unit in SINGULAR:
        return SINGULAR[unit]
    if unit.endswith("ies"):
        return f"{unit[:-3]}y"
    return unit.removesuffix("s")


def spelt(count: int) -> str:
    """A count in a sentence: in words below ten."""
    return NUMBERS[count] if count < len(NUMBERS) else f"{count:,}"


def is_plural(title: str) -> bool:
    """Whether a title names many things (``Repeat protection plans``) or one (``Plan rate``)."""
    words = title.lower().replace(",", " ,").split()
    if words[-1] in SINGLE or SINGLE & set(words[words.index(",") :] if "," in words else ()):
        return False
    ends = [at for at, word in enumerate(words) if at and (word in FURTHER or word.endswith("ed"))]
    noun = words[(ends[0] if ends else len(words)) - 1]
    return noun in SINGULAR or (noun.endswith("s") and not noun.endswith(("ss", "us", "is")))


def lower_first(title: str) -> str:
    """``UASC in care`` keeps its capitals, ``Children in care`` does not."""
    return title if title[:2].isupper() else f"{title[0].lower()}{title[1:]}"


def change(before: float, after: float, kpi: Kpi) -> str:
    """``up 3 children``, ``down 2.1 points`` or ``no change``, as the written figures differ."""
    figures = [
        Decimal(number(value, kpi.decimals).replace(",", "").replace("−", "-"))
        for value in (before, after)
    ]
    if figures[0] == figures[1]:
        return "no change"
    unit = "points" if kpi.is_percentage else kpi.unit
    size = shortest(float(abs(figures[1] - figures[0])), kpi.decimals)
    return f"{'up' if figures[1] > figures[0] else 'down'} {in_unit(size, unit)}"


def month(period: date) -> str:
    """``Mar 2025``."""
    return f"{MONTHS[period.month - 1][:3]} {period.year}"


def months(first: date, last: date) -> str:
    """``Jan 2025 to Mar 2025``, or that a load is for no month, as a register's is."""
    if first == ALWAYS:
        return "The whole register"
    return month(first) if first == last else f"{month(first)} to {month(last)}"


def long_month(period: date) -> str:
    """``March 2025``."""
    return f"{MONTHS[period.month - 1]} {period.year}"


def day(moment: date) -> str:
    """``24 April 2025``, of a date or a moment."""
    return f"{moment.day} {long_month(moment)}"


def short_day(moment: date | None) -> str:
    """``24 Nov 2022``, on one line; a dash without a day."""
    return f"{moment.day}\u00a0{month(moment)}".replace(" ", "\u00a0") if moment else "–"


def span(kpi: Kpi, period: date) -> str:
    """The months that a figure covers: ``Mar 2025``, or ``12 months to Mar 2025``."""
    return month(period) if kpi.window == 1 else f"{kpi.window} months to {month(period)}"


@cache
def css() -> str:
    """The one style sheet, to be put in a style element; its colours are the ones above."""
    colours = {
        "ink": INK, "white": WHITE, "blue": BLUE, "grey": GREY, "mid": MID, "line": LINE,
        "wash": WASH, "band": BAND, "focus": FOCUS, "font": FONT, "pale": PALE, "paler": PALER,
        "palest": PALEST, "late": LATE,
    }  # fmt: skip
    names = "".join(f"--kpi-{name}:{value};" for name, value in colours.items())
    sheet = Path(__file__).with_name("theme.css").read_text(encoding="utf-8")
    return f":root{{{names}}}\n{sheet}"


@cache
def script() -> str:
    """The one script: sorting, pictures, links and announcements, all without the server."""
    return Path(__file__).with_name("page.js").read_text(encoding="utf-8")


def _template() -> go.layout.Template:
    """Charts: white ground, thin grid, no legend or title (both are page text), nothing to drag."""
    axis = {
        "automargin": False,
        "fixedrange": True,
        "tickfont": {"size": 15, "color": GREY},
        "tickangle": 0,
        "linecolor": MID,
        "gridcolor": GRID,
        "gridwidth": 1,
        "title": {"font": {"size": 15, "color": GREY}},
    }
    return go.layout.Template(
        layout={
            "font": {"family": FONT, "size": 16, "color": INK},
            "colorway": SERIES,
            "paper_bgcolor": WHITE,
            "plot_bgcolor": WHITE,
            "separators": ".,",
            "showlegend": False,
            "dragmode": False,
            "hovermode": "closest",
            "hoverlabel": {
                "bgcolor": WHITE,
                "bordercolor": GREY,
                "align": "left",
                "font": {"family": FONT, "size": 16, "color": INK},
            },
            "margin": {"l": 48, "r": 16, "t": 16, "b": 48},
            "xaxis": axis | {"showgrid": False, "zeroline": False, "showline": True},
            "yaxis": axis | {"showgrid": True, "zeroline": True, "zerolinecolor": MID},
        }
    )


pio.templates["kpi"] = _template()


def alone(values: Sequence[float | None]) -> list[bool]:
    """Which values stand between two gaps: no line leads to them, so they must be seen as dots."""
    around = [None, *values, None]
    return [
        value is not None and around[at] is None and around[at + 2] is None
        for at, value in enumerate(values)
    ]
