"""No hidden count can be worked out, nor told to fewer than five: every one is attacked.

``KPI_ATTACK=all`` attacks 2,000 made-up returns and every return of the sample store (``make
attack``); without it a part of both, so that the tests stay quick.
"""

import os
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path

import attacker
import pytest
import solver
import tables
from attacker import Hidden, State

from kpi import catalogue, masking, masks, settings
from kpi.catalogue import Catalogue
from kpi.masking import Makeup
from kpi.masking.years import YEAR_END
from kpi.settings import SMALL_NUMBER
from kpi.store import FOREVER, Store

WHOLE = os.environ.get("KPI_ATTACK") == "all"
#: Returns with what can give a count away, and months that show it.
KINDS = {
    "child_protection": 2,  # stock and flow, shared lines
    "children_looked_after": 2,  # one group, many parts of it
    "care_leavers": 1,  # age bands
    "quality_audits": 1,  # grades that add up to the audits
    "front_door": 1,
    "assessments": 14,  # shown by the year
    "feedback": 15,
    "early_help_fgc": 14,
}
#: Returns of which only years to March are shown of some measures.
YEAR_ENDS = ("quality_audits", "feedback", "exit_interviews")
#: Returns of which some measures are shown by rolling years.
ROLLING = ("child_protection", "assessments", "early_help_fgc")
EACH = 250 if WHOLE else 9
QUICK = ["care_leavers", "court_plo", "early_help_fgc", "front_door", "assessments", "visits"]


def attacked(makeup: Makeup, states: Sequence[State]) -> tuple[list[Hidden], int]:
    """The small counts that were not shown, attacked; and how many problems were solved."""
    attack, hidden = attacker.of(makeup, states)
    small = [one for one in hidden if one.value <= SMALL_NUMBER and is_counted(makeup, one)]
    return small, solver.solve(attack, small, SMALL_NUMBER)


def told(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def is_counted(makeup: Makeup, one: Hidden) -> bool:
    """Whether it is of children or people; full-time equivalents are no counts."""
    return one.name[0] != "month" or one.name[1] in makeup.whole


@pytest.fixture(scope="module")
def tally() -> Iterator[Counter[str]]:
    """What was tried in all; printed when the last return is attacked."""
    found: Counter[str] = Counter()
    yield found
    told(
        f"In all {found['hidden']} small counts hidden, {found['attempts']} attempts, "
        f"{found['recovered']} recovered"
    )


def narrow(small: Sequence[Hidden]) -> list[tuple[object, ...]]:
    return [
        (one.name, one.value, one.least, one.most) for one in small if one.counts < SMALL_NUMBER
    ]


def made_of(book: Catalogue, name: str) -> Makeup:
    kpis = [kpi for kpi in book.kpis.values() if kpi.dataset == name]
    return masking.of(book.datasets[name], kpis)


def withstand(
    tally: Counter[str],
    makeup: Makeup,
    what: str,
    many: int,
    made_up: Callable[[random.Random], tables.Return],
    corrections: Sequence[int],
    counts: Callable[[str, date], bool],
) -> None:
    """Attack ``many`` made-up returns; ``counts`` says which figures must be shown for it to tell.

    ``corrections``: of how many later corrections one is chosen.
    """
    hidden = solved = shown = 0
    for seed in range(many):
        chance = random.Random(f"{what} {seed}")
        states = tables.states(made_up(chance), chance.choice(corrections), SMALL_NUMBER)
        small, problems = attacked(makeup, states)
        hidden, solved = hidden + len(small), solved + problems
        tally.update(hidden=len(small), attempts=problems, recovered=len(narrow(small)))
        assert not narrow(small), (what, seed)
        ends = {place for state in states for place in state.shown.figures}
        shown += sum(counts(kpi_id, period) for kpi_id, _, period in ends)
    told(f"{what}: {many} returns, {hidden} small counts hidden, {solved} attempts, {shown} shown")
    assert hidden
    assert solved
    assert shown


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", KINDS)
def test_no_made_up_return_gives_a_count_away(book: Catalogue, tally: Counter[str], name: str):
    makeup = made_of(book, name)
    kind = tables.Divided if makeup.by_year_end else tables.Return
    withstand(
        tally, makeup, name, EACH,
        lambda chance: kind(makeup, chance, KINDS[name], 12),
        (0, 0, 1, 2),
        lambda kpi_id, period: True,
    )  # fmt: skip


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", YEAR_ENDS)
def test_no_year_to_march_gives_a_count_away(book: Catalogue, tally: Counter[str], name: str):
    makeup = made_of(book, name)
    withstand(
        tally, makeup, f"year {name}", EACH // 3,
        lambda chance: tables.Divided(
            makeup, chance, chance.choice([12, 13, 24]), chance.choice([3, 12])
        ),
        (0, 0, 1, 2),
        lambda kpi_id, period: kpi_id in makeup.by_year_end,
    )  # fmt: skip


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", ROLLING)
def test_no_rolling_year_gives_a_count_away(book: Catalogue, tally: Counter[str], name: str):
    """Over two to three financial years, with stretches of every size between two Marches."""
    makeup = made_of(book, name)
    withstand(
        tally, makeup, f"rolling {name}", max(EACH // 10, 2),
        lambda chance: tables.Return(
            makeup, chance, chance.randint(18, 30), chance.choice([9, 30, 90])
        ),
        (0, 0, 1),
        lambda kpi_id, period: kpi_id in makeup.by_year and period.month != YEAR_END,
    )  # fmt: skip


@pytest.fixture(scope="module")
def sampled(sample_copy: Path, book: Catalogue) -> Iterator[Store]:
    store = Store(str(sample_copy), book)
    yield store
    store.close()


def returns(book: Catalogue) -> list[str]:
    return list(dict.fromkeys(kpi.dataset for kpi in book.kpis.values()))


@pytest.mark.timeout(3600)
@pytest.mark.parametrize(
    "name", returns(catalogue.read(settings.read().reference)) if WHOLE else QUICK
)
def test_nothing_in_the_sample_gives_a_count_away(sampled: Store, tally: Counter[str], name: str):
    makeup = masks.makeup(sampled, name)
    states = [
        State(raw=state.raw, trees=state.trees, shown=state.shown)
        for state in masks.states(sampled, makeup, name, FOREVER)
    ]
    small, solved = attacked(makeup, states)
    tally.update(hidden=len(small), attempts=solved, recovered=len(narrow(small)))
    told(f"{name} of the sample: {len(small)} small counts hidden, {solved} attempts")
    assert not narrow(small)


def test_the_attacker_finds_what_is_there_to_find(book: Catalogue):
    """The proof is worth no more than the attacker: shown everything else, a team is worked out."""
    makeup = made_of(book, "front_door")
    made_up = tables.Return(makeup, random.Random(4), 1, 12)
    raw, tree = made_up.raw(), made_up.tree
    leaf = next(
        leaf for leaf in made_up.leaves if made_up.value("contacts", leaf, made_up.months[0])
    )
    every = frozenset(raw.select("kpi_id", "org_id", "period").rows())
    kept = frozenset(place for place in every if place[1] != leaf)
    shown = masking.Shown(months=kept, figures=kept)
    trees = dict.fromkeys(made_up.months, tree)
    attack, hidden = attacker.of(makeup, [State(raw=raw, trees=trees, shown=shown)])
    solver.solve(attack, hidden, SMALL_NUMBER)
    found = [one for one in hidden if one.name[:3] == ("month", "contacts", leaf)]
    assert [(one.least, one.most) for one in found] == [(found[0].value, found[0].value)]
