"""One who knows all that a masked reader can see, and the rules of the returns.

Every count is an unknown: zero or more, whole. Whatever is shown is an equation over them, now and
in every earlier state; teams add up to the council, months to years, a part is no more than its
whole, a stock is the last one plus starts less ends. What follows from that, ``solver`` works out.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np
import polars as pl

from kpi.masking import Makeup, Shown
from kpi.masking.cells import month_before
from kpi.masking.years import YEAR, span

BY_YEAR = ("year", "year_end")
Key = Any
Sum = dict[Key, float]


@dataclass(kw_only=True)
class State:
    """A return as it was published at a moment, and what a masked reader saw of it."""

    raw: pl.DataFrame
    trees: Mapping[date, Mapping[str, Sequence[str]]]
    shown: Shown


@dataclass
class Hidden:
    """A count that was not shown: what it is, and which unknowns add up to it."""

    name: tuple[Any, ...]
    value: float
    parts: Sum
    least: float = np.inf
    most: float = -np.inf

    @property
    def counts(self) -> float:
        return self.most - self.least + 1


@dataclass
class Attack:
    """All that is known, as sums of unknowns between two bounds."""

    lines: list[tuple[Sum, float, float]] = field(default_factory=list)
    truth: dict[Key, float] = field(default_factory=dict)

    def know(self, parts: Sum, least: float, most: float) -> None:
        true = sum(share * self.truth[key] for key, share in parts.items())
        assert least - 1e-6 <= true <= most + 1e-6, (parts, true, least, most)
        if parts:
            self.lines.append((parts, least, most))

    def equal(self, parts: Sum) -> None:
        value = sum(share * self.truth[key] for key, share in parts.items())
        self.know(parts, value, value)


def of(makeup: Makeup, states: Sequence[State]) -> tuple[Attack, list[Hidden]]:
    """What an attacker knows from all states, and the counts that were never shown."""
    attack, latest = Attack(), {}
    hidden: dict[tuple[Any, ...], Hidden] = {}
    shown: set[Key] = set()
    for number, state in enumerate(states):
        table = _Table(makeup, state, attack, latest, number)
        shown |= table.tell()
        hidden |= {one.name: one for one in table.hidden()}
    return attack, [one for name, one in hidden.items() if tuple(sorted(one.parts)) not in shown]


class _Table:
    """The unknowns of one state. A cell that is as it was in the state before is the same unknown."""

    def __init__(
        self, makeup: Makeup, state: State, attack: Attack, latest: dict[Key, Key], number: int
    ) -> None:
        self.makeup, self.state, self.attack, self.latest = makeup, state, attack, latest
        self.number = number
        self.cells: dict[tuple[str, str, date], float] = {}
        for row in state.raw.iter_rows(named=True):
            figure = makeup.figures[row["kpi_id"]]
            if row["month_numerator"] is None or not figure.adds_up:
                continue
            self.cells[figure.above, row["org_id"], row["period"]] = row["month_numerator"]
            if figure.below:
                self.cells[figure.below, row["org_id"], row["period"]] = row["month_denominator"]
        parts = {p for tree in state.trees.values() for some in tree.values() for p in some}
        self.roots = {org for _, org, _ in self.cells} - parts
        self.of_year = {
            form
            for one in makeup.figures.values()
            if one.kpi.masked_by in BY_YEAR
            for form in (one.above, one.below)
            if form and form not in makeup.monthly
        }
        self.sums: dict[tuple[str, str, date], Sum] = {}
        # Of what is shown by the year only the whole council's is shown at all.
        for cell in self.cells:
            if cell[0] not in self.of_year or cell[1] in self.roots:
                self._parts(cell)
        self._relations()

    def _parts(self, cell: tuple[str, str, date]) -> Sum:
        """The unknowns that a cell is the sum of; of what is shown by the year, the whole itself."""
        if cell in self.sums:
            return self.sums[cell]
        form, org, month = cell
        below = [] if form in self.of_year else self.state.trees[month].get(org, ())
        members = [(form, part, month) for part in below if (form, part, month) in self.cells]
        if not members:
            before = self.latest.get(cell)
            same = before is not None and self.attack.truth[before] == self.cells[cell]
            key = before if same else (*cell, self.number)
            self.latest[cell] = key
            self.attack.truth[key] = self.cells[cell]
            self.sums[cell] = {key: 1.0}
        else:
            total: Sum = defaultdict(float)
            for member in members:
                for key, share in self._parts(member).items():
                    total[key] += share
            self.sums[cell] = dict(total)
        return self.sums[cell]

    def _relations(self) -> None:
        leaves = {cell for cell, parts in self.sums.items() if len(parts) == 1}
        for form, org, month in sorted(leaves):
            if form in self.makeup.dependent:
                self._dependence(form, org, month)
        if self.makeup.by_year_end:
            self._inside()
        for figure in self.makeup.figures.values():
            if not (figure.is_share and figure.counts_above):
                continue
            for form, org, month in leaves:
                below = (figure.below, org, month)
                if form == figure.above and below in self.sums:
                    self._no_more((form, org, month), below)
        for stock, starts, ends in self.makeup.flows:
            for form, org, month in leaves:
                if form == stock:
                    self._flow(stock, starts, ends, org, month)

    def _inside(self) -> None:
        """What counts no unit that another does not count too is no more than the other."""
        sides = self._sides()
        whole = self.makeup.for_the_whole
        told = [(one, other) for one, units in sides.items() for other, most in sides.items()
                if one != other and whole.intersection(form for form, _ in one)
                and units != most and all(map(Fraction.__le__, units, most))]  # fmt: skip
        for org, month in {(org, month) for _, org, month in self.cells if org in self.roots}:
            for one, other in told:
                parts: Sum = defaultdict(float)
                for sign, side in ((-1, one), (1, other)):
                    for form, often in side:
                        for key, times in self.sums.get((form, org, month), {None: 1}).items():
                            parts[key] += sign * often * times
                if None not in parts:
                    self.attack.know({key: n for key, n in parts.items() if n}, 0, np.inf)

    def _sides(self) -> dict[tuple[tuple[str, int], ...], list[Fraction]]:
        """Every form, and what is left between the two of a share, by the units that count."""
        vectors = self.makeup.vectors
        sides = [{form: 1} for form in vectors]
        sides += [
            {one.below: 1, one.above: -1}
            for one in self.makeup.figures.values()
            if one.is_share and {one.below, one.above} <= vectors.keys()
        ]
        return {tuple(side.items()): self.makeup.counted_in(side) for side in sides}

    def _dependence(self, form: str, org: str, month: date) -> None:
        made = self.makeup.made_of(form, self.makeup.dependent - {form}) or {}
        cells = {(name, org, month): float(share) for name, share in made.items()}
        if all(cell in self.sums for cell in cells):
            parts: Sum = defaultdict(float, self.sums[form, org, month])
            for cell, share in cells.items():
                for key, times in self.sums[cell].items():
                    parts[key] -= share * times
            self.attack.know(dict(parts), 0, 0)

    def _no_more(self, above: Key, below: Key) -> None:
        parts: Sum = defaultdict(float, self.sums[below])
        for key, times in self.sums[above].items():
            parts[key] -= times
        self.attack.know(dict(parts), 0, np.inf)

    def _flow(self, stock: str, starts: str, ends: str, org: str, month: date) -> None:
        before = (stock, org, month_before(month))
        cells = [(stock, org, month), before, (starts, org, month), (ends, org, month)]
        if not all(cell in self.sums for cell in cells):
            return
        parts: Sum = defaultdict(float)
        for cell, share in zip(cells, (1, -1, -1, 1), strict=True):
            for key, times in self.sums[cell].items():
                parts[key] += share * times
        off = sum(share * self.attack.truth[key] for key, share in parts.items())
        # A month that was restated need not meet the next one any more.
        if off == 0 and len({key[3] for key in parts}) == 1:
            self.attack.know(dict(parts), 0, 0)

    def tell(self) -> set[Key]:
        """Add what is shown; gives the sums that were."""
        told = set()
        for row in self.state.raw.iter_rows(named=True):
            place = (row["kpi_id"], row["org_id"], row["period"])
            figure = self.makeup.figures[row["kpi_id"]]
            if not figure.adds_up:
                continue
            windows = [1] if place in self.state.shown.months else []
            windows += [figure.kpi.window] if place in self.state.shown.figures else []
            for window in windows:
                for form in filter(None, (figure.above, figure.below)):
                    parts = self._over(form, row["org_id"], row["period"], window)
                    if parts:
                        self.attack.equal(parts)
                        told.add(tuple(sorted(parts)))
        return told

    def _over(self, form: str, org: str, period: date, window: int) -> Sum | None:
        cells = [(form, org, month) for month in span(period, window)]
        if not all(cell in self.sums for cell in cells):
            return None
        parts: Sum = defaultdict(float)
        for cell in cells:
            for key, share in self.sums[cell].items():
                parts[key] += share
        return dict(parts)

    def hidden(self) -> Iterable[Hidden]:
        for (form, org, month), parts in self.sums.items():
            if self.cells[form, org, month]:
                yield Hidden(
                    ("month", form, org, month, self.number), self.cells[form, org, month], parts
                )
        for figure in self.makeup.figures.values():
            if figure.kpi.masked_by == "never" or not (figure.is_share and figure.counts_above):
                continue
            for (form, org, month), parts in self.sums.items():
                whole = self.sums.get((figure.below, org, month))
                if form == figure.above and whole is not None:
                    rest: Sum = defaultdict(float, whole)
                    for key, share in parts.items():
                        rest[key] -= share
                    value = self.cells[figure.below, org, month] - self.cells[form, org, month]
                    if value:
                        yield Hidden(
                            ("rest", figure.kpi.kpi_id, org, month, self.number), value, dict(rest)
                        )
        for row in self.state.raw.iter_rows(named=True):
            figure = self.makeup.figures[row["kpi_id"]]
            is_root = row["org_id"] in self.roots
            if figure.kpi.masked_by in BY_YEAR and is_root and row["numerator"]:
                parts = self._over(figure.above, row["org_id"], row["period"], YEAR)
                if parts:
                    name = ("year", figure.above, row["org_id"], row["period"], self.number)
                    yield Hidden(name, row["numerator"], parts)
