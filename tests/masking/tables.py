"""Returns made up at random, as raw observations: small counts, zeros, ties, restatements."""

import random
from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl
from attacker import State
from cases import months

from kpi import masking
from kpi.masking import Known, Makeup

COUNCIL = "council"


def tree(chance: random.Random) -> dict[str, list[str]]:
    """A council of one to three services with one to four teams each; some have no teams."""
    found: dict[str, list[str]] = {COUNCIL: []}
    for service in range(chance.randint(1, 3)):
        name = f"service{service}"
        found[COUNCIL].append(name)
        found[name] = [f"team{service}{at}" for at in range(chance.choice([0, 1, 2, 2, 3, 4]))]
        found |= {team: [] for team in found[name]}
    return found


def count(chance: random.Random, most: int) -> int:
    """Zero, a few, or many: what a small county's return looks like."""
    kind = chance.random()
    return 0 if kind < 0.2 else chance.randint(1, 6) if kind < 0.6 else chance.randint(1, most)


class Return:
    """One made-up return: a figure for each column, group, leaf and month, within its rules."""

    def __init__(self, makeup: Makeup, chance: random.Random, length: int, most: int) -> None:
        self.makeup, self.chance = makeup, chance
        self.tree = tree(chance)
        self.leaves = [org for org, parts in self.tree.items() if not parts]
        self.months = months(length)
        self.basis = self._basis()
        self.values: dict[tuple[str, str, date], int] = {}
        for leaf in self.leaves:
            for at, month in enumerate(self.months):
                self._fill(leaf, month, self.months[at - 1] if at else None, most)

    def _basis(self) -> list[str]:
        """Forms that the others follow from; what is above a line comes before what is below it."""
        basis: list[str] = []
        for form in sorted(self.makeup.vectors, key=self._rank):
            if self.makeup.made_of(form, frozenset(basis)) is None:
                basis.append(form)
        return basis

    def _rank(self, form: str) -> tuple[int, bool, str]:
        """Parts before wholes, which follow from them."""
        wholes = {one.below for one in self.makeup.figures.values()}
        return sum(map(bool, self.makeup.vectors[form])), form in wholes, form

    def _fill(self, leaf: str, month: date, before: date | None, most: int) -> None:
        for form in self.basis:
            self.values[form, leaf, month] = count(self.chance, most)
        self._flow(leaf, month, before)
        self._divide(leaf, month)

    def _divide(self, leaf: str, month: date) -> None:
        """No part is more than its whole."""
        for one in self.makeup.figures.values():
            above = (one.above, leaf, month)
            if one.below and above in self.values:
                whole = int(self.value(one.below, leaf, month))
                self.values[above] = max(min(self.values[above], whole), 0)

    def _flow(self, leaf: str, month: date, before: date | None) -> None:
        for stock, starts, ends in self.makeup.flows:
            place = (leaf, month)
            if before is not None:
                held = self.values[stock, leaf, before] + self.values[starts, *place]
                self.values[ends, *place] = min(self.values[ends, *place], held)
                self.values[stock, *place] = held - self.values[ends, *place]

    def value(self, form: str, leaf: str, month: date) -> float:
        if (form, leaf, month) in self.values:
            return self.values[form, leaf, month]
        made = self.makeup.made_of(form, frozenset(self.basis)) or {}
        return sum(float(share) * self.values[name, leaf, month] for name, share in made.items())

    def under(self, org: str) -> list[str]:
        parts = self.tree[org]
        return [leaf for part in parts for leaf in self.under(part)] if parts else [org]

    def restate(self) -> None:
        """Change one figure of one leaf and month, most often by little."""
        form = self.chance.choice(self.basis)
        place = (self.chance.choice(self.leaves), self.chance.choice(self.months))
        move = self.chance.choice([-7, -3, -2, -1, 1, 1, 2, 3, 5, 6, 9])
        self.values[form, *place] = max(self.values[form, *place] + move, 0)
        self._divide(*place)

    def raw(self) -> pl.DataFrame:
        rows = [
            self._row(name, org, at)
            for name, one in self.makeup.figures.items()
            if one.adds_up and one.above in self.makeup.vectors
            for org in self.tree
            for at in range(len(self.months))
        ]
        return pl.DataFrame(rows, schema=SCHEMA, orient="row")

    def _row(self, name: str, org: str, at: int) -> dict[str, Any]:
        one = self.makeup.figures[name]
        span = self.months[max(at + 1 - one.kpi.window, 0) : at + 1]
        sums = {
            form: [sum(self.value(form, leaf, month) for leaf in self.under(org)) for month in span]
            for form in (one.above, one.below)
            if form
        }
        above, below = sums[one.above], sums.get(one.below, [1.0] * len(span))
        whole = len(span) == one.kpi.window
        return {
            "kpi_id": name,
            "org_id": org,
            "period": self.months[at],
            "month_numerator": above[-1],
            "month_denominator": below[-1],
            "numerator": sum(above) if whole else None,
            "denominator": sum(below) if whole else None,
            "people": None,
        }


class Divided(Return):
    """One of units that nothing overlaps, so that whatever is made of them is within the rules."""

    def _fill(self, leaf: str, month: date, before: date | None, most: int) -> None:
        for unit in range(self._units):
            # What a rule leaves nothing of: all of the audits have a grade.
            none = any(vector[unit] for vector in self.makeup.equal)
            self.values[f"unit {unit}", leaf, month] = 0 if none else count(self.chance, most)
        self._divide(leaf, month)

    def _divide(self, leaf: str, month: date) -> None:
        """No part is more than its whole, also where it overlaps others."""
        for one in self.makeup.figures.values():
            if not one.is_share:
                continue
            over = self.value(one.above, leaf, month) - self.value(one.below, leaf, month)
            above, below = (self.makeup.vectors[form] for form in (one.above, one.below))
            for at in range(self._units):
                place = (f"unit {at}", leaf, month)
                if over > 0 and above[at] and not below[at]:
                    less = min(over, self.values[place])
                    self.values[place] -= int(less)
                    over -= less

    @property
    def _units(self) -> int:
        return len(next(iter(self.makeup.vectors.values())))

    def value(self, form: str, leaf: str, month: date) -> float:
        vector = self.makeup.vectors[form]
        return sum(float(n) * self.values[f"unit {at}", leaf, month] for at, n in enumerate(vector))

    def restate(self) -> None:
        place = (self.chance.choice(self.leaves), self.chance.choice(self.months))
        units = [u for u in range(self._units) if not any(v[u] for v in self.makeup.equal)]
        form = f"unit {self.chance.choice(units)}"
        move = self.chance.choice([-7, -3, -2, -1, 1, 1, 2, 3, 5, 6, 9])
        self.values[form, *place] = max(self.values[form, *place] + move, 0)
        self._divide(*place)


SCHEMA: Mapping[str, Any] = {
    "kpi_id": pl.String,
    "org_id": pl.String,
    "period": pl.Date,
    "month_numerator": pl.Float64,
    "month_denominator": pl.Float64,
    "numerator": pl.Float64,
    "denominator": pl.Float64,
    "people": pl.Float64,
}


def states(made_up: Return, restatements: int, threshold: int) -> list[State]:
    """The states of a made-up return, each with what a masked reader sees of it."""
    known, found = Known(), []
    trees = dict.fromkeys(made_up.months, made_up.tree)
    for number in range(restatements + 1):
        if number:
            made_up.restate()
        raw = made_up.raw()
        shown = masking.step(made_up.makeup, raw, trees, known, threshold)
        found.append(State(raw=raw, trees=trees, shown=shown))
    return found
