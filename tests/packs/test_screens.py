"""The screens of a presentation: what a wall shows of a report, and what its presenter has."""

from dataclasses import replace
from datetime import date

import pytest

from kpi.export import screens
from kpi.report import Cell, Column, Questions, Section, Summary, Table
from kpi.store import Store
from packs.made import report_of


@pytest.fixture(scope="module")
def whole(sample_path, book):
    store = Store(sample_path, book)
    yield report_of(store, "scrutiny", date(2023, 7, 11))
    store.close()


@pytest.fixture(scope="module")
def shown(whole):
    return screens.render(whole)


def test_every_screen_has_an_address_of_its_own(shown):
    names = [screen["id"] for screen in shown]
    assert len(names) == len(set(names))
    assert (names[0], names[-1]) == ("opening", "closing")
    assert all(screen["title"] and "<h1>" in screen["html"] for screen in shown)


def test_a_theme_shows_one_measure_and_keeps_the_others(whole, shown):
    for section in (one for one in whole.sections if one.section_id != "questions"):
        charted = [b for b in section.blocks if isinstance(b, Summary) and b.chart]
        own = [
            s for s in shown if s["id"].startswith(f"{section.section_id}-") and "<img" in s["html"]
        ]
        assert len(own) == len(charted)
        assert sum(screen["shown"] for screen in own) == bool(charted)


def test_tables_of_a_part_that_shows_a_measure_wait(whole, shown):
    silent = "Measures without a figure"
    listed = [screen for screen in shown if silent in screen["html"]]
    assert listed and not any(screen["shown"] for screen in listed)
    one = next(one for one in whole.sections if any(silent in b.caption for b in one.blocks
               if isinstance(b, Table)))  # fmt: skip
    without = replace(one, blocks=tuple(b for b in one.blocks if isinstance(b, Table)))
    alone = screens.render(replace(whole, sections=(without,)))
    assert next(screen for screen in alone if silent in screen["html"])["shown"]


def test_a_figure_stands_without_its_unit_beside_it(whole, shown):
    summary = next(
        b for s in whole.sections for b in s.blocks
        if isinstance(b, Summary) and b.chart and b.kpi_id == "caseload_mean"
    )  # fmt: skip
    html = next(s["html"] for s in shown if s["title"] == summary.headline)
    assert f">{summary.figure.removesuffix(' cases')}</p>" in html
    assert f"cases, {summary.period}" in html


def test_a_question_has_the_months_that_it_asks_about_beside_it(whole, shown):
    """A question about one team has none: the council's months are not what it asks about."""
    block = next(b for s in whole.sections for b in s.blocks if isinstance(b, Questions))
    asked = [screen for screen in shown if screen["id"].startswith("questions-")]
    assert [screen["title"] for screen in asked] == [question for question, _ in block.items]
    assert sum("<img" in screen["html"] for screen in asked) == sum(map(bool, block.charts))
    assert any(block.charts)
    for screen, chart in zip(asked, block.charts, strict=True):
        assert chart is None or f"<b>{chart.key}</b>" in screen["html"]
    unillustrated = replace(block, charts=())
    section = Section(section_id="questions", title="Questions", blocks=(unillustrated,))
    older = screens.render(replace(whole, sections=(section,)))[1:-1]
    assert len(older) == len(asked) and not any("<img" in screen["html"] for screen in older)


def test_the_last_screen_names_the_pack_where_there_is_one(whole):
    assert (
        "Pack A11-B22-C33, figures as published by 11 July 2023."
        in screens.render(whole)[-1]["html"]
    )
    alone = replace(whole, cover=replace(whole.cover, pack_id=""))
    assert ">Figures as published by 11 July 2023.</p>" in screens.render(alone)[-1]["html"]


@pytest.mark.parametrize(
    ("rows", "letters", "screens_of"),
    [(8, 20, [8]), (10, 20, [5, 5]), (8, 170, [4, 4]), (1, 9, [1])],
)
def test_a_table_is_cut_where_the_wall_ends(whole, rows, letters, screens_of):
    """Rows of one line, or of three, on a wall of 1366 x 768."""
    made = Table(
        caption="Things",
        columns=(Column(title="What"), Column(title="Why")),
        rows=((Cell(text="one"), Cell(text="x" * letters)),) * rows,
    )
    section = Section(section_id="things", title="Things", blocks=(made,))
    drawn = screens.render(replace(whole, sections=(section,)))[1:-1]
    assert [screen["html"].count("<tr>") - 1 for screen in drawn] == screens_of
    assert all(screen["shown"] for screen in drawn)


def test_words_from_data_are_text(whole):
    report = replace(whole, cover=replace(whole.cover, meeting="<img src=x onerror=alert(1)>"))
    opening = screens.render(report)[0]["html"]
    assert "<img" not in opening
    assert "&lt;img src=x" in opening
