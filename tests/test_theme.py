"""Colours that can be read, and figures and dates as people write them."""

import re
import tomllib
from datetime import date
from itertools import combinations
from typing import Any

import plotly.io as pio
import pytest
from cases import ROOT
from frames import kpi, row

from kpi import theme

TABLES = {
    "rating": theme.RATING,
    "brag": theme.BRAG,
    "variation": theme.VARIATION,
    "assurance": theme.ASSURANCE,
    "arrival": theme.ARRIVAL,
    "verdict": theme.VERDICT,
    "says": theme.SAYS,
    "overdue": {"overdue": theme.OVERDUE},
}
MARKS = [(f"{name} {key}", mark) for name, marks in TABLES.items() for key, mark in marks.items()]


def luminance(colour: str) -> float:
    """Relative luminance, as WCAG 2.2 defines it."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_the_formula_of_wcag():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#12436D", "#FFFFFF") == pytest.approx(10.25, abs=0.01)
    assert contrast("#1E8449", "#FFFFFF") == pytest.approx(4.72, abs=0.01)


@pytest.mark.parametrize(("name", "mark"), MARKS, ids=[name for name, _ in MARKS])
def test_a_mark_can_be_read_and_seen(name, mark):
    assert contrast(mark.ink, mark.fill) >= 4.5
    assert contrast(mark.edge, theme.WHITE) >= 3


TEXT_ON_WHITE = [theme.INK, theme.BLUE, theme.GREY, theme.MID, theme.BAND_INK, *theme.SERIES_INK]


@pytest.mark.parametrize("colour", TEXT_ON_WHITE)
def test_text_on_white(colour):
    assert contrast(colour, theme.WHITE) >= 4.5


@pytest.mark.parametrize("colour", [*theme.SERIES, theme.FAINT, theme.COMMON])
def test_lines_and_dots_on_white(colour):
    assert contrast(colour, theme.WHITE) >= 3


@pytest.mark.parametrize("ground", [theme.WASH, theme.BAND])
def test_ink_on_tints(ground):
    assert contrast(theme.INK, ground) >= 7


def test_second_voice_on_the_wash_and_lines_on_the_good_range():
    assert contrast(theme.GREY, theme.WASH) >= 4.5
    for colour in (theme.BLUE, theme.IMPROVEMENT, theme.CONCERN, theme.NEUTRAL, theme.MID):
        assert contrast(colour, theme.BAND) >= 3


@pytest.mark.parametrize("marks", [theme.RATING, theme.BRAG])
def test_status_is_never_colour_alone(marks):
    """Two states may share a symbol (context and not rated are both grey) but not word as well."""
    rated = [mark for name, mark in marks.items() if name not in ("none", "neutral")]
    for one, other in combinations(rated, 2):
        assert one.symbol != other.symbol
        assert one.word != other.word
    assert len({mark.word for mark in marks.values()}) == len(marks)


def test_signals_stay_apart():
    """A signal of variation looks like no status: other colours, an outline instead of a fill."""
    status = {mark.fill for mark in [*theme.RATING.values(), *theme.BRAG.values()]}
    for mark in [*theme.VARIATION.values(), *theme.ASSURANCE.values()]:
        assert mark.fill == theme.WHITE
        assert mark.ink not in status


def test_improvement_and_concern_point_the_way_the_figure_went():
    for name, mark in theme.VARIATION.items():
        if name.endswith(("high", "low")):
            assert mark.symbol == ("▲" if name.endswith("high") else "▼")


@pytest.mark.parametrize(
    ("polarity", "rating", "word"),
    [
        ("low", "green", "On target"),
        ("low", "amber", "Near target"),
        ("high", "red", "Off target"),
        ("high", "none", "Not rated"),
        ("high", None, "Not rated"),
        ("neutral", "none", "Context"),
        ("neutral", "green", "Context"),
    ],
)
def test_rating(polarity, rating, word):
    assert theme.rating(kpi(polarity), row() | {"rating": rating}).word == word


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (13.6, 1, "13.6"),
        (13.0, 1, "13.0"),
        (1234567, 0, "1,234,567"),
        (0.5, 0, "1"),
        (2.5, 0, "3"),
        (2.675, 2, "2.68"),
        (-0.04, 1, "0.0"),
        (-688337, 0, "−688,337"),
        (99.95, 1, "100.0"),
    ],
)
def test_number(value, decimals, text):
    assert theme.number(value, decimals) == text


@pytest.mark.parametrize(
    ("value", "text"), [(18.0, "18"), (88.9, "88.9"), (1200, "1,200"), (0, "0"), (10.04, "10")]
)
def test_shortest(value, text):
    assert theme.shortest(value) == text


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "state", "text"),
    [
        (13.6, "cases", 1, None, "13.6 cases"),
        (1, "children", 0, None, "1 child"),
        (1.0, "cases", 1, None, "1.0 cases"),
        (1, "enquiries", 0, None, "1 enquiry"),
        (1, "plans", 0, None, "1 plan"),
        (0, "children", 0, None, "0 children"),
        (32.72, "%", 1, None, "32.7%"),
        (1920, "£", 0, None, "£1,920"),
        (-688337, "£", 0, None, "−£688,337"),
        (100, "per 10,000", 0, None, "100 per 10,000"),
        (7, "", 0, None, "7"),
        (None, "cases", 1, None, "–"),
        (None, "%", 1, "c", "– c"),
    ],
)
def test_with_unit(value, unit, decimals, state, text):
    assert theme.with_unit(value, kpi(unit=unit, decimals=decimals), state) == text


@pytest.mark.parametrize(
    ("before", "after", "unit", "decimals", "text"),
    [
        (10, 13, "children", 0, "up 3 children"),
        (11, 10, "children", 0, "down 1 child"),
        (32.7, 30.6, "%", 1, "down 2.1 points"),
        (32.74, 32.65, "%", 1, "no change"),
        (30, 31, "%", 0, "up 1 point"),
        (-3, 2, "£", 0, "up £5"),
        (1200, 2400, "£", 0, "up £1,200"),
    ],
)
def test_change(before, after, unit, decimals, text):
    assert theme.change(before, after, kpi(unit=unit, decimals=decimals)) == text


def test_change_agrees_with_the_written_figures():
    """10.04 and 10.06 are written 10.0 and 10.1: readers see a tenth, so a tenth is said."""
    assert theme.change(10.04, 10.06, kpi()) == "up 0.1 cases"


def test_dates():
    at = date(2025, 3, 1)
    assert theme.month(at) == "Mar 2025"
    assert theme.long_month(at) == "March 2025"
    assert theme.day(date(2025, 4, 24)) == "24 April 2025"
    assert theme.span(kpi(), at) == "Mar 2025"
    assert theme.span(kpi(window=12), at) == "12 months to Mar 2025"


@pytest.mark.parametrize(("count", "text"), [(0, "none"), (1, "one"), (9, "nine"), (1200, "1,200")])
def test_spelt(count, text):
    assert theme.spelt(count) == text


@pytest.mark.parametrize(
    ("title", "plural"),
    [
        ("Average caseload", False),
        ("Caseload, lower quartile", False),
        ("Workers above 18 cases", True),
        ("Children on a child protection plan", True),
        ("Child protection plan rate", False),
        ("Children in care rate", False),
        ("Child protection plans started", True),
        ("Plans open for two years or more", True),
        ("First conferences within 15 working days", True),
        ("Children who came into care", True),
        ("Unaccompanied children, share of children in care", False),
        ("Agency social workers", True),
        ("Audits good or better", True),
        ("Health and dental checks up to date", True),
        ("Sickness", False),
        ("Vacancy rate", False),
        ("Re-referrals in 12 months", True),
    ],
)
def test_is_plural(title, plural):
    assert theme.is_plural(title) is plural


def test_lower_first_keeps_acronyms():
    assert theme.lower_first("Children in care") == "children in care"
    assert theme.lower_first("UASC in care") == "UASC in care"


def test_template_has_readable_text_and_nothing_to_drag():
    layout: Any = pio.templates["kpi"]["layout"]
    sizes = [layout["font"]["size"], layout["xaxis"]["tickfont"]["size"]]
    assert min(sizes) >= 14
    assert layout["paper_bgcolor"] == theme.WHITE
    assert layout["showlegend"] is False
    assert layout["dragmode"] is False


def test_style_sheet_uses_only_colours_that_theme_declares():
    sheet = theme.css()
    used = set(re.findall(r"var\((--kpi-[a-z]+)\)", sheet))
    declared = set(re.findall(r"(--kpi-[a-z]+):", sheet.splitlines()[0]))
    assert used <= declared
    assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b", "".join(sheet.splitlines()[1:]))) <= {"#fff"}


def test_style_sheet_minds_every_reader():
    sheet = theme.css()
    for rule in ("prefers-reduced-motion", "forced-colors", "@media print", ":focus-visible"):
        assert rule in sheet
    assert "minmax(min(290px, 100%), 1fr)" in sheet


def test_style_sheet_is_well_formed():
    sheet = re.sub(r"/\*.*?\*/", "", theme.css(), flags=re.S)
    assert sheet.count("{") == sheet.count("}")
    sizes = [float(size) for size in re.findall(r"font-size: ([\d.]+)rem", sheet)]
    assert min(sizes) >= 0.875  # 14 pixels


def test_streamlit_leaves_the_script_in_place():
    """Its sanitiser takes a script away in which a sign of mark-up is followed by a name."""
    assert not re.findall(r"<[/\w!]", theme.script())


def test_streamlit_is_told_colours_that_can_be_read():
    """Its own green, red and greys fail: what the pages use of it is set in config.toml."""
    told = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
    for ground in (told["backgroundColor"], told["secondaryBackgroundColor"]):
        for words in (told["textColor"], told["linkColor"], told["primaryColor"]):
            assert contrast(words, ground) >= 4.5
    assert contrast(told["borderColor"], told["backgroundColor"]) >= 3
    assert contrast(theme.WHITE, told["primaryColor"]) >= 4.5


def test_patterns_tell_the_four_lights_apart():
    lights = ("blue", "green", "amber", "red")
    assert len({theme.PATTERNS[name] for name in lights}) == 4
    assert all(theme.BRAG[name].pattern == name for name in lights)
    sheet = theme.css()
    drawn = {name: f".kpi-pattern-{name} {{ --hatch:" in sheet for name in lights}
    assert drawn == {"blue": True, "green": False, "amber": True, "red": True}, "green is plain"
