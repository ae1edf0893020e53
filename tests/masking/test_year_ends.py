"""Which years are shown: to March always, between where there is room, and not with one hidden."""

import random
from datetime import date
from itertools import pairwise

import pytest
import tables
from cases import months

from kpi import masking
from kpi.catalogue import Catalogue
from kpi.masking import Known, Makeup, Shown
from kpi.masking.years import Month, Rule, safe

MARCH = date(2025, 3, 1)
FREE = Rule(is_share=True, below_is_hidden=True, threshold=5)


def series(above: int, below: int, length: int) -> list[Month]:
    return [Month(period=at, above=above, below=below) for at in months(length)]


def ends(above: int, below: int, length: int) -> set[date]:
    return safe(series(above, below, length), FREE)


def test_a_year_to_march_is_shown_however_thin_its_months():
    assert ends(1, 2, 12) == {MARCH}


@pytest.mark.parametrize(
    ("each", "shown"),
    [
        (1, []),
        (2, [date(2025, 9, 1)]),  # twelve in each half-year
        (4, [date(2025, 6, 1), date(2025, 9, 1)]),  # twelve in each quarter
        (12, [date(2025, at, 1) for at in range(4, 10)]),
    ],
)
def test_before_march_a_year_is_told_as_often_as_its_stretches_hold_enough(each, shown):
    assert ends(each, 2 * each, 18) == {MARCH, *shown}


def test_what_is_not_above_the_line_counts_too():
    assert ends(12, 13, 18) == {MARCH}


def test_the_others_follow_when_march_has_come():
    early, late = ends(4, 8, 18), ends(4, 8, 24)
    assert early < late
    assert {date(2025, 5, 1), date(2026, 3, 1)} <= late - early


def test_what_is_told_stays_told_when_months_come_in(book: Catalogue):
    """Or what was shown in summer would be known in spring, and nobody would reckon with it."""
    chance = random.Random(7)
    for _ in range(40):
        counts = [chance.randint(0, 14) for _ in range(40)]
        whole = [count + chance.randint(0, 9) for count in counts]
        row = [
            Month(period=at, above=above, below=below)
            for at, above, below in zip(months(40), counts, whole, strict=True)
        ]
        told = [safe(row[:length], FREE) for length in range(12, 41)]
        assert all(before <= after for before, after in pairwise(told))


# ---- measures that follow from each other ----


@pytest.fixture(scope="module")
def makeup(book: Catalogue) -> Makeup:
    kpis = [kpi for kpi in book.kpis.values() if kpi.dataset == "quality_audits"]
    return masking.of(book.datasets["quality_audits"], kpis)


def audits(makeup: Makeup, **each: int) -> tables.Divided:
    """A year of audits of one team: so many of each grade of one theme in each month."""
    one = tables.Divided(makeup, random.Random(0), 12, 5)
    one.tree, one.leaves, one.values = {"council": []}, ["council"], {}
    for unit in range(one._units):
        form = next(
            (
                name
                for name in ("outstanding", "good", "requires_improvement", "inadequate")
                if makeup.vectors[name][unit] and is_theme(makeup, unit, "assessment")
            ),
            "",
        )
        for month in one.months:
            one.values[f"unit {unit}", "council", month] = each.get(form, 0)
    return one


def is_theme(makeup: Makeup, unit: int, theme: str) -> bool:
    return bool(makeup.vectors[f"audited where theme = '{theme}'"][unit])


def shown(one: tables.Divided, known: Known | None = None) -> Shown:
    trees = dict.fromkeys(one.months, one.tree)
    return masking.step(one.makeup, one.raw(), trees, known or Known(), 5)


def grades(one: tables.Divided, known: Known | None = None) -> set[str]:
    return {kpi for kpi, _, month in shown(one, known).figures
            if kpi.startswith("audit_grade") and month == MARCH}  # fmt: skip


ENOUGH = {"outstanding": 6, "good": 7, "requires_improvement": 8, "inadequate": 9}


def test_the_grades_of_a_year_are_shown(makeup):
    assert len(grades(audits(makeup, **ENOUGH))) == 4


def test_one_grade_of_a_year_does_not_go_alone(makeup):
    one = audits(makeup, **ENOUGH)
    for month in one.months[1:]:
        for unit in range(one._units):
            if makeup.vectors["outstanding"][unit]:
                one.values[f"unit {unit}", "council", month] = 0
    for unit in range(one._units):
        place = f"unit {unit}", "council", one.months[0]
        if makeup.vectors["outstanding"][unit]:
            one.values[place] = min(one.values[place], 3)
    left = grades(one)
    assert "audit_grade_outstanding" not in left
    assert len(left) <= 2


def test_a_year_that_was_restated_is_not_told_anew(makeup):
    one, known = audits(makeup, **ENOUGH), Known()
    assert len(grades(one, known)) == 4
    unit = next(at for at in range(one._units) if makeup.vectors["good"][at])
    one.values[f"unit {unit}", "council", one.months[0]] += 2
    assert grades(one, known) == set()


def test_no_month_of_a_grade_is_ever_shown(makeup):
    found = shown(audits(makeup, **ENOUGH))
    named = {"audits_inadequate", *(name for name in makeup.figures if "grade_" in name)}
    assert not [place for place in found.months if place[0] in named]


def test_figures_of_which_another_is_a_part_are_of_the_same_units(makeup):
    """What a theme holds is part of all: the limits that follow from it are reckoned with."""
    around = makeup.around({"audited where theme = 'assessment'": 1})
    assert {"audited": 1} in around
    assert {"moderated": 1} not in around
