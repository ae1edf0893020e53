"""Which cells of a month are hidden: small ones, and those that would give them away.

Cells of one form lie in a tree (teams, services, council), and the forms of one organisation hang
together by sums and flows. A hidden cell is safe when in every such line another is hidden with
it, and when together they are enough that any count from one to the threshold could be theirs.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cached_property
from math import inf

from kpi.masking.makeup import Makeup

#: A form, an organisation and a month.
Cell = tuple[str, str, date]
#: The parts of each organisation in one month.
Tree = Mapping[str, Sequence[str]]


class Marked(set[Cell]):
    """Cells that are marked, at hand by month too; nothing is ever taken out."""

    def __init__(self) -> None:
        super().__init__()
        self.of_month: dict[date, set[tuple[str, str]]] = defaultdict(set)

    def add(self, cell: Cell) -> None:
        super().add(cell)
        self.of_month[cell[2]].add(cell[:2])

    def update(self, *cells: Iterable[Cell]) -> None:
        for some in cells:
            for cell in some:
                self.add(cell)


@dataclass(kw_only=True)
class Cells:
    """The figures of single months, and which of them are hidden; the steps only ever hide more.

    ``shares``: (above, below) forms of which the difference is a count too. ``trees`` by month.
    ``unshown``: figures of forms that no measure shows by the month, which may follow from others;
    ``held`` are those of them that must not.
    """

    makeup: Makeup
    values: Mapping[Cell, float]
    unshown: Mapping[Cell, float]
    shares: Sequence[tuple[str, str]]
    trees: Mapping[date, Tree]
    threshold: int
    hidden: Marked = field(default_factory=Marked)
    held: set[Cell] = field(default_factory=set)

    @cached_property
    def orgs(self) -> dict[date, list[str]]:
        """The organisations that each month has a figure of."""
        found: dict[date, set[str]] = defaultdict(set)
        for _, org, period in self.values:
            found[period].add(org)
        return {period: sorted(orgs) for period, orgs in found.items()}

    def is_small(self, value: float | None) -> bool:
        """A count from one to the threshold; zero says that there is nobody to know."""
        return value is not None and 0 < value < self.threshold + 1

    def rest(self, form: str, below: str, org: str, period: date) -> float | None:
        """What is below the line without what is above it."""
        whole = self.values.get((below, org, period))
        part = self.values.get((form, org, period))
        return None if whole is None or part is None else whole - part


def protect(cells: Cells, months: Iterable[date]) -> None:
    """Hide what gives hidden cells of ``months`` away, until nothing does."""
    for period in sorted(months):
        before = (-1, -1)
        while before != (len(cells.hidden), len(cells.held)):
            before = len(cells.hidden), len(cells.held)
            _flows(cells, period)
            _groups(cells, period)
            hidden = {form for form, _ in cells.hidden.of_month[period]}
            for form in sorted(hidden & cells.makeup.additive):
                _tree(cells, form, period)
            if cells.makeup.dependent:
                for org in cells.orgs.get(period, ()):
                    _sums(cells, org, period)
                for form in sorted(cells.makeup.dependent - cells.makeup.monthly):
                    _unshown(cells, form, period)


def _groups(cells: Cells, period: date) -> None:
    """Where the size of a group is hidden, so is each part of it: the group is no smaller."""
    for above, below in cells.shares:
        for org in {org for form, org in cells.hidden.of_month[period] if form == below}:
            if cells.values.get((above, org, period)):
                cells.hidden.add((above, org, period))


def month_before(period: date) -> date:
    return date(period.year - (period.month == 1), (period.month - 2) % 12 + 1, 1)


# ---- across the organisation ----


def _tree(cells: Cells, form: str, period: date) -> None:
    values = {
        org: value
        for org in cells.trees[period].keys() | _parts(cells.trees[period])
        if (value := cells.values.get((form, org, period))) is not None
    }
    hidden = {org for org in values if (form, org, period) in cells.hidden}
    # What is tied to the counts themselves needs room even where they are zero.
    measures = [(values, True)] if form in cells.makeup.counted else []
    rises: list[Mapping[str, float]] = []
    for _, *tied in cells.makeup.flows:
        if form in tied:
            measures.append((_room(cells, tied, values, period), True))
    for above, below in cells.shares:
        if above == form:
            rests = {org: cells.rest(form, below, org, period) for org in values}
            known = {org: rest for org, rest in rests.items() if rest is not None}
            # Where the whole is shown and the part is small, the rest says how far it could rise.
            presses = any(
                cells.is_small(values[org]) and (below, org, period) not in cells.hidden
                for org in known
            )
            measures.append((known, presses))
            is_open = {org: (below, org, period) in cells.hidden for org in known}
            rises.append({org: inf if is_open[org] else rest for org, rest in known.items()})
    branch = _Branch(
        tree={org: [c for c in parts if c in values] for org, parts in cells.trees[period].items()},
        values=values,
        measures=measures,
        rises=rises,
        hidden=hidden,
        cells=cells,
    )
    branch.settle()
    cells.hidden.update((form, org, period) for org in hidden)


def _room(cells: Cells, tied: Sequence[str], orgs: Iterable[str], period: date) -> dict[str, float]:
    """How far starts and ends can fall together: the stock beside them tells their difference."""
    return {org: min(cells.values.get((form, org, period), 0) for form in tied) for org in orgs}


def _parts(tree: Tree) -> set[str]:
    return {part for parts in tree.values() for part in parts}


@dataclass(kw_only=True)
class _Branch:
    """One form in one month over the organisation.

    ``measures``: what may be small in a cell, and whether room is needed where none of it is.
    ``rises``: how far each part could rise before it is its whole, where it has one.
    """

    tree: Tree
    values: Mapping[str, float]
    measures: Sequence[tuple[Mapping[str, float], bool]]
    hidden: set[str]
    cells: Cells
    rises: Sequence[Mapping[str, float]] = ()

    def settle(self) -> None:
        before = -1
        while before != len(self.hidden):
            before = len(self.hidden)
            for org, parts in self.tree.items():
                if parts and org in self.values:
                    self._line(org, parts)

    def _line(self, org: str, parts: Sequence[str]) -> None:
        if org in self.hidden:
            if not self.hidden.intersection(parts):
                self._hide(min(parts, key=self._rank))
            return
        while self.hidden.intersection(parts) and self._gives_away(parts):
            others = [part for part in parts if part not in self.hidden]
            if not others:
                self.hidden.add(org)
                return
            self._hide(min(others, key=self._rank))

    def _rank(self, org: str) -> tuple[bool, float, str]:
        """The smallest that is not zero first: least is lost with it."""
        value = self.values[org]
        return value == 0, value, org

    def _hide(self, org: str) -> None:
        self.hidden.add(org)
        parts = self.tree.get(org, ())
        if parts and not self.hidden.intersection(parts):
            self._hide(min(parts, key=self._rank))

    def _gives_away(self, parts: Sequence[str]) -> bool:
        """Whether the parts that a visible sum leaves hidden are too few, or too small together."""
        among = [part for part in parts if part in self.hidden]
        free = [leaf for part in among for leaf in self._leaves(part)]
        if len(among) < 2 or any(self._is_held(rest, free) for rest in self.rises):
            return True
        return any(
            (always or any(self.cells.is_small(measure.get(leaf)) for leaf in free))
            and sum(measure.get(leaf, 0) for leaf in free) < self.cells.threshold
            for measure, always in self.measures
        )

    def _is_held(self, rest: Mapping[str, float], free: Sequence[str]) -> bool:
        """Whether a small part has too little to give to the others, and they to it."""
        leaves = [leaf for leaf in free if leaf in rest]
        up, down = sum(rest[leaf] for leaf in leaves), sum(self.values[leaf] for leaf in leaves)
        return any(
            min(self.values[leaf], up - rest[leaf]) + min(rest[leaf], down - self.values[leaf]) + 1
            < self.cells.threshold
            for leaf in leaves
            if rest[leaf] < inf
            and (self.cells.is_small(self.values[leaf]) or self.cells.is_small(rest[leaf]))
        )

    def _leaves(self, org: str) -> Iterator[str]:
        parts = self.tree.get(org, ())
        if not parts:
            yield org
        for part in parts:
            if part in self.hidden:
                yield from self._leaves(part)


# ---- across the columns of one organisation ----


def _sums(cells: Cells, org: str, period: date) -> None:
    """Hide further forms while a hidden one is the sum or difference of visible ones."""
    values, hidden = {}, set()
    for form in cells.makeup.dependent:
        cell = (form, org, period)
        value = cells.values.get(cell, cells.unshown.get(cell))
        is_kept = cell in cells.values or cell in cells.held or cells.is_small(value)
        if value is not None and is_kept:
            values[form] = value
            if cell in cells.hidden or cell not in cells.values:
                hidden.add(form)
    found = hide_sums(cells.makeup, values, hidden, cells.threshold)
    # Below the council all go together: what two teams hide must be the same for both.
    if found and org in _parts(cells.trees[period]):
        found = values.keys()
    cells.hidden.update(
        (form, org, period) for form in found if (form, org, period) in cells.values
    )


def _unshown(cells: Cells, form: str, period: date) -> None:
    """Hold back a form that nobody shows, but that follows where all its parts are shown."""
    tree = cells.trees[period]
    orgs = tree.keys() | _parts(tree)
    values = {
        org: cells.unshown[form, org, period]
        for org in orgs
        if (form, org, period) in cells.unshown
    }
    if not any(cells.is_small(value) for value in values.values()):
        return
    hidden = {org for org in values if not _follows(cells, form, org, period)}
    branch = _Branch(
        tree={org: [part for part in parts if part in values] for org, parts in tree.items()},
        values=values,
        measures=[(values, True)],
        hidden=set(hidden),
        cells=cells,
    )
    branch.settle()
    cells.held.update((form, org, period) for org in branch.hidden - hidden)


def _follows(cells: Cells, form: str, org: str, period: date) -> bool:
    shown = frozenset(
        name
        for name in cells.makeup.dependent & cells.makeup.monthly
        if (name, org, period) in cells.values and (name, org, period) not in cells.hidden
    )
    return cells.makeup.made_of(form, shown) is not None


def hide_sums(
    makeup: Makeup,
    values: Mapping[str, float],
    hidden: set[str],
    threshold: int,
    open_to: frozenset[str] | None = None,
) -> set[str]:
    """``hidden`` and the forms that must be hidden with them, of those that have ``values``.

    ``open_to``: those that can be hidden at all; where none of them is to blame, all of them go.
    """
    found = set(hidden)
    while giving := _giving(makeup, values, found, threshold):
        able = [form for form in giving if open_to is None or form in open_to]
        if not able:
            return found | (open_to or frozenset())
        found.add(min(able, key=lambda form: (values[form] == 0, values[form], form)))
    return found


def _giving(
    makeup: Makeup, values: Mapping[str, float], hidden: set[str], threshold: int
) -> list[str]:
    """The visible forms that give a hidden one away, exactly or nearly; none when none do."""
    visible = frozenset(values.keys() - hidden)
    left = {form: makeup.left(form, visible) for form in sorted(hidden)}
    for form in left:
        if made := makeup.made_of(form, visible):
            return list(made)
        for other in left:
            if other == form or left[other] != left[form]:
                continue
            made = makeup.made_of(form, visible | {other})
            if made and len(made) > 1 and _is_tight(values, form, other, made[other], threshold):
                return [name for name in made if name != other]
    return []


def _is_tight(
    values: Mapping[str, float], form: str, other: str, share: Fraction, threshold: int
) -> bool:
    """Whether a small form and another add up to a visible sum that leaves them too few counts."""
    if share >= 0 or not 0 < values[form] < threshold + 1:
        return False
    return values[form] - float(share) * values[other] < threshold


# ---- across time ----


def _flows(cells: Cells, period: date) -> None:
    """A stock is the last one plus starts less ends: starts and ends are hidden together.

    Both also where the stock before or after them is: it could be worked out from them.
    """
    for stock, starts, ends in cells.makeup.flows:
        for org in cells.orgs.get(period, ()):
            line = [
                (starts, org, period),
                (ends, org, period),
                (stock, org, period),
                (stock, org, month_before(period)),
            ]
            if cells.hidden.intersection(line):
                cells.hidden.update(cell for cell in line[:2] if cell in cells.values)
