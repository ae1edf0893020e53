"""Cards and tables as a browser and a screen reader meet them."""

import re
from datetime import date
from html.parser import HTMLParser
from urllib.parse import unquote

import polars as pl
import pytest
from frames import caseload, kpi, row, series, share

from kpi import card, theme

VOID = {"img", "br"}
SVG = re.compile(r'src="data:image/svg\+xml,([^"]+)"')
HOSTILE = "\"><script>alert('x')</script>&"


class Page(HTMLParser):
    """Elements in order with their attributes, and the text that is read out."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)
        assert not self.open, f"left open: {self.open}"

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.elements.append((tag, given))
        if tag not in VOID:
            self.open.append((tag, given.get("aria-hidden") == "true"))

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag

    def handle_data(self, data):
        if data.strip() and not any(hidden for _, hidden in self.open):
            self.words.append(" ".join(data.split()))

    def tags(self, name: str) -> list[dict[str, str | None]]:
        return [given for tag, given in self.elements if tag == name]


def picture(text: str) -> str:
    found = SVG.search(text)
    assert found, "no picture"
    return unquote(found[1])


def drawn(text: str) -> str:
    return card.card(caseload(), row(13.6, **BAND), series([20, 13.6], **BAND), text, "", "", "#")


BAND = {"target": 18.0, "band_low": 15.0, "band_high": 18.0, "rating": "green"}


# ---- cards ----


def test_card_is_read_in_order():
    frame = series([20, 16, 13.6], **BAND)
    html = card.card(
        caseload(),
        frame.row(-1, named=True),
        frame,
        "Lower is better. Improving.",
        "Neighbours 16.4",
        "Latest month: Jun 2021",
        "measure?kpi=m",
    )
    page = Page(html)
    assert page.words == [
        "Average caseload",
        "13.6",
        "cases",
        "Jun 2021",
        "On target",
        "Lower is better. Improving.",
        "Neighbours 16.4",
        "Latest month: Jun 2021",
    ]
    names = [tag for tag, _ in page.elements]
    assert names.index("h3") < names.index("a") < names.index("img")
    assert page.tags("a") == [{"href": "measure?kpi=m"}]


@pytest.mark.parametrize(
    ("measure", "value", "words"),
    [
        (share(), 32.7, ["32.7", "%", "12 months to Apr 2021"]),
        (kpi("neutral", "children", 0), 1, ["1", "child", "Apr 2021"]),
        (kpi("neutral", "£", 0), 1920, ["£1,920", "Apr 2021"]),
        (kpi("neutral", "£", 0), -5, ["−£5", "Apr 2021"]),
        (kpi("neutral", "per 10,000", 1), 40.4, ["40.4", "per 10,000, Apr 2021"]),
        (kpi("neutral", "children", 0), 12345, ["12,345", "children", "Apr 2021"]),
    ],
)
def test_card_writes_the_figure_with_its_unit(measure, value, words):
    frame = series([value])
    html = card.card(measure, frame.row(-1, named=True), frame, "", "", "", "#")
    assert Page(html).words[1 : 1 + len(words)] == words


@pytest.mark.parametrize(("state", "shown"), [("c", "– c"), (None, "–")])
def test_card_without_a_figure(state, shown):
    frame = series([None], state=state)
    html = card.card(caseload(), frame.row(-1, named=True), frame, "Withheld.", "", "", "#")
    assert Page(html).words[:4] == ["Average caseload", shown, "Apr 2021", "Not rated"]


def test_card_escapes_everything():
    frame = series([1.0])
    html = card.card(
        caseload(title=HOSTILE, unit=HOSTILE),
        frame.row(-1, named=True),
        frame,
        HOSTILE,
        HOSTILE,
        HOSTILE,
        HOSTILE,
    )
    page = Page(html)
    assert not page.tags("script")
    assert page.tags("a") == [{"href": HOSTILE}]
    assert sum(HOSTILE in text for text in page.words) == 5


def test_picture_is_silent_and_the_sentence_speaks():
    html = drawn("The sentence.")
    (image,) = Page(html).tags("img")
    assert image["alt"] == ""
    assert image["aria-hidden"] == "true"
    assert "The sentence." in html


def test_picture_survives_the_page():
    """Streamlit's st.html removes inline SVG, so the picture is an image in the page."""
    html = drawn("")
    assert "<svg" not in html
    svg = picture(html)
    assert svg.startswith("<svg xmlns='http://www.w3.org/2000/svg'")
    assert svg.count("<") == svg.count(">")


def test_picture_shows_good_range_and_target():
    svg = picture(drawn(""))
    assert f"fill='{theme.BAND}'" in svg
    assert "stroke-dasharray" in svg
    plain = picture(card.sparkline(series([20, 13.6])))
    assert theme.BAND not in plain
    assert "stroke-dasharray" not in plain


def test_picture_leaves_gaps_open():
    svg = picture(card.sparkline(series([1, 2, None, 4, None, 6, 7])))
    lines = re.findall(r"points='([^']+)'", svg)
    assert [len(line.split()) for line in lines] == [2, 2]
    assert svg.count("<circle") == 2  # the month between two gaps, and the last


@pytest.mark.parametrize("values", [[5.0], [5.0, 5.0], [0.0, 0.0, None]])
def test_picture_of_little(values):
    svg = picture(card.sparkline(series(values)))
    assert "nan" not in svg
    assert "<circle" in svg


def test_picture_of_nothing():
    assert "<img" not in card.sparkline(series([None, None]))
    assert "<img" not in card.sparkline(series([]))


def test_picture_shows_two_years():
    svg = picture(card.sparkline(series([float(at) for at in range(60)])))
    (line,) = re.findall(r"points='([^']+)'", svg)
    assert len(line.split()) == card.SPARK_MONTHS


def test_picture_stays_in_its_frame():
    svg = picture(card.sparkline(series([3.0, 40.0, 22.0], **BAND)))
    heights = [float(y) for y in re.findall(r"[\d.]+,([\d.]+)", svg)]
    assert min(heights) >= 0
    assert max(heights) <= card.SPARK_HEIGHT


def test_grid_is_one_titled_block():
    page = Page(card.grid("Care & protection", [drawn(""), drawn("")]))
    assert page.words[0] == "Care & protection"
    assert page.elements[0] == ("section", {"class": "kpi-section"})
    assert len(page.tags("article")) == 2


@pytest.mark.parametrize("mark", [*theme.RATING.values(), *theme.VARIATION.values()])
def test_chip_is_a_word_with_a_silent_symbol(mark):
    html = card.chip(mark)
    assert Page(html).words == [mark.word]
    assert f"background:{mark.fill};color:{mark.ink};border-color:{mark.edge}" in html
    assert mark.symbol in html


# ---- tables ----

COLUMNS = [
    card.Column(name="name", title="Team"),
    card.Column(name="value", title="Cases", numeric=True, show=lambda r: f"{r['value']:.1f}"),
    card.Column(
        name="rating",
        title="Status",
        markup=True,
        show=lambda r: card.chip(theme.RATING[r["rating"]]),
    ),
]


def teams(*names: str | None) -> pl.DataFrame:
    rows = [(name, 13.25, "green") for name in names]
    return pl.DataFrame(rows, schema=["name", "value", "rating"], orient="row")


def test_table_has_what_a_screen_reader_needs():
    page = Page(card.table(teams("North", "South"), COLUMNS, "Caseload & team"))
    (region,) = page.tags("div")
    assert region == {
        "class": "kpi-region",
        "role": "region",
        "tabindex": "0",
        "aria-label": "Caseload & team",
    }
    assert [head["scope"] for head in page.tags("th")] == ["col"] * 3 + ["row"] * 2
    assert page.words[:4] == ["Caseload & team", "Team", "Cases", "Status"]
    assert page.words[4:7] == ["North", "13.2", "On target"]


def test_table_aligns_figures():
    page = Page(card.table(teams("North"), COLUMNS, "c"))
    assert [given.get("class") for given in page.tags("th")[:3]] == [None, "kpi-number", None]
    assert [given.get("class") for given in page.tags("td")] == ["kpi-number", None]


def test_table_escapes_cells_and_titles():
    columns = [card.Column(name="name", title=HOSTILE)]
    page = Page(card.table(teams(HOSTILE), columns, HOSTILE))
    assert not page.tags("script")
    assert page.words == [HOSTILE] * 3


def test_table_escapes_what_a_column_shows():
    columns = [card.Column(name="name", title="t", show=lambda r: r["name"])]
    page = Page(card.table(teams(HOSTILE), columns, "c"))
    assert not page.tags("script")
    assert page.words[-1] == HOSTILE


def test_table_says_where_nothing_is():
    assert Page(card.table(teams(None), COLUMNS[:1], "c")).words[-1] == "–"


# ---- around the page ----


@pytest.mark.parametrize(
    ("period", "as_at", "band", "words"),
    [
        (
            date(2025, 3, 1),
            date(2025, 4, 24),
            "Illustrative months.",
            ["A & B", "March 2025", "· as at 24 April 2025", "Illustrative months."],
        ),
        (date(2025, 3, 1), None, "", ["A & B", "March 2025"]),
        (None, None, "", ["A & B", "No month published yet"]),
    ],
)
def test_header(period, as_at, band, words):
    assert Page(card.header("A & B", period, as_at, band)).words == words


def test_opening_note_and_events_escape():
    events = pl.DataFrame({"date": ["2021-07-01"], "title": [HOSTILE], "source": ["s"]})
    html = card.opening(HOSTILE, HOSTILE) + card.note(HOSTILE, HOSTILE) + card.events_list(events)
    page = Page(html)
    assert not page.tags("script")
    assert page.words.count(HOSTILE) == 5


def test_opening_has_one_heading_and_its_status():
    page = Page(card.opening("It is so.", "And so.", theme.RATING["amber"]))
    assert page.words == ["It is so.", "And so.", "Near target"]
    assert len(page.tags("h1")) == 1


def test_events_carry_the_numbers_of_the_chart():
    events = pl.DataFrame(
        {"date": [date(2021, 3, 26), date(2021, 4, 27)], "title": ["First", "Second"]}
    )
    words = Page(card.events_list(events)).words
    assert words == ["1", "Mar 2021", "First", "2", "Apr 2021", "Second"]
    assert card.events_list(events.clear()) == ""
