"""Which sums over twelve months may be shown without giving their single months away.

Two sums that are a month apart differ by two months a year apart: whoever sees all sums knows how
each month compares with the same month of other years, and, since no count is below zero, soon
knows the months themselves. So a sum is shown only while there are other months that would give
the same sums.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from kpi.masking.cells import Cells, month_before
from kpi.masking.makeup import Figure

YEAR = 12
YEAR_END = 3  # March, as of all of the Department's statistics of a year
#: Months from one end of a year that is shown to the next: every month, quarter or half-year.
STRETCHES = (1, 3, 6)
#: How many times a count that may be told each stretch holds, above the line and beside it.
ROOM = 2

#: A KPI, an organisation and a month.
Place = tuple[str, str, date]
Row = Mapping[str, Any]


@dataclass(kw_only=True)
class Known:
    """What earlier states have told of single months: their counts, and which moved by little.

    ``withheld``: forms of which a year to March was not told, with the organisation and March.
    """

    singles: dict[Place, list[tuple[float, float | None]]] = field(default_factory=dict)
    moved: set[Place] = field(default_factory=set)
    withheld: set[Place] = field(default_factory=set)

    def copy(self) -> "Known":
        """The same, to be added to without changing this."""
        singles = {place: told.copy() for place, told in self.singles.items()}
        return Known(singles=singles, moved=self.moved.copy(), withheld=self.withheld.copy())


@dataclass(frozen=True, kw_only=True)
class Month:
    """What is above and below the line in one month; ``below`` is 0 where there is no line."""

    period: date
    above: float
    below: float

    @property
    def rest(self) -> float:
        return self.below - self.above


@dataclass(frozen=True, kw_only=True)
class Rule:
    """How the months of a measure may differ from what they are without anyone seeing it.

    ``is_share``: what is above the line is part of what is below it. ``below_is_hidden``: no
    measure shows the single months of what is below it, so both can be moved together.
    """

    is_share: bool
    below_is_hidden: bool
    threshold: int


class _Ways:
    """How far each month could be from what it is, while every sum that is shown stays as it is.

    Sums over months are differences of running totals, and so are the months themselves: what is
    known of them is a set of distances between running totals, and the shortest way between two
    says by how much they can differ at most.
    """

    def __init__(self, counts: Sequence[float], most: Sequence[float]) -> None:
        self._totals = np.concatenate([[0.0], np.cumsum(counts)])
        self._far = np.full((len(counts) + 1,) * 2, np.inf)
        np.fill_diagonal(self._far, 0)
        for at, limit in enumerate(most):
            self._far = self._with(at, at + 1, limit)
            self._far = self._with(at + 1, at, 0)

    def _with(self, start: int, end: int, limit: float) -> np.ndarray:
        return np.minimum(self._far, self._far[:, [start]] + limit + self._far[[end], :])

    def told(self, end: int) -> np.ndarray:
        """The distances if the sum of the year that ends with a month were shown."""
        start = end + 1 - YEAR
        year = self._totals[end + 1] - self._totals[start]
        before, self._far = self._far, self._with(start, end + 1, year)
        answer = self._with(end + 1, start, -year)
        self._far = before
        return answer

    def keep(self, far: np.ndarray) -> None:
        self._far = far

    @staticmethod
    def counts(far: np.ndarray) -> np.ndarray:
        """How many counts each month could be."""
        return np.diagonal(far, 1) + np.diagonal(far, -1) + 1


def safe(months: Sequence[Month], rule: Rule) -> set[date]:
    """The months up to which a sum over twelve may be shown; the others would give months away.

    ``months``: without a gap, in order.
    """
    small = {name: _small(months, name, rule) for name in ("above", "rest", "below")}
    ways = _ways(months, rule)
    shown: set[date] = set()
    in_a_sum = np.zeros(len(months), bool)
    for end in _order(months, rule):
        told = {name: one.told(end) for name, one in ways.items()}
        counts = {name: _Ways.counts(far) for name, far in told.items()}
        summed = in_a_sum.copy()
        summed[end + 1 - YEAR : end + 1] = True
        if all(_many(counts, name, few & summed, rule.threshold) for name, few in small.items()):
            shown.add(months[end].period)
            in_a_sum = summed
            for name, far in told.items():
                ways[name].keep(far)
    return shown


def _order(months: Sequence[Month], rule: Rule) -> Iterator[int]:
    """The ends of years in the order in which they are told, each once.

    During a financial year those with room, its March, and then the others that March leaves safe:
    no later March has a month in common with any of them.
    """
    waiting: list[int] = []
    for end in range(YEAR - 1, len(months)):
        if may_end(months[end + 1 - YEAR : end + 1], rule):
            yield end
        else:
            waiting.append(end)
        if months[end].period.month == YEAR_END:
            yield from waiting
            waiting = []


def may_end(year: Sequence[Month], rule: Rule) -> bool:
    """Whether a year may be told with its last month: in March always, else where it has room.

    Years to March have no month in common, so that one tells nothing of another. Whoever sees
    others too may in the end know each stretch between two ends: so, while March is to come, the
    stretches are as long as it takes for each of them to hold enough, and March need not be
    withheld for a thin one that comes later.
    """
    month = year[-1].period.month
    return month == YEAR_END or any(
        (month - YEAR_END) % length == 0 and _has_room(year, rule, length) for length in STRETCHES
    )


def _has_room(year: Sequence[Month], rule: Rule, length: int) -> bool:
    enough = ROOM * (rule.threshold + 1)
    for start in range(0, YEAR, length):
        part = year[start : start + length]
        rest = sum(one.rest for one in part)
        if sum(one.above for one in part) < enough or (rule.is_share and rest < enough):
            return False
    return True


#: What moves while what stays, so that a month of each kind is another: see :func:`_ways`.
MOVES = {"above": ("between", "above"), "rest": ("between", "rest"), "below": ("above", "rest")}


def _ways(months: Sequence[Month], rule: Rule) -> dict[str, _Ways]:
    """``between``: the same below the line, divided otherwise; else one side of it moves alone."""
    above = [month.above for month in months]
    free = [np.inf] * len(months)
    found = {}
    if rule.is_share:
        found["between"] = _Ways(above, [month.below for month in months])
    if rule.below_is_hidden or not rule.is_share:
        found["above"] = _Ways(above, free)
    if rule.below_is_hidden:
        found["rest"] = _Ways([month.rest for month in months], free)
    return found


def _many(counts: dict[str, np.ndarray], name: str, few: np.ndarray, threshold: int) -> bool:
    """Whether each of the small months could be as many counts as the threshold."""
    if not few.any():
        return True
    known = [counts[way] for way in MOVES[name] if way in counts]
    return bool(np.max(known, axis=0)[few].min() >= threshold)


def _small(months: Sequence[Month], name: str, rule: Rule) -> np.ndarray:
    """Which months are small. Below a line of which months are shown none is, or no year is."""
    if (name == "below" and not rule.below_is_hidden) or (name != "above" and not rule.is_share):
        return np.zeros(len(months), bool)
    counts = np.array([getattr(month, name) for month in months])
    return (counts > 0) & (counts < rule.threshold + 1)


# ---- every measure that is shown by the year ----


def shown(raw: pl.DataFrame, cells: Cells, known: Known) -> set[Place]:
    """The figures that are shown of these measures: only of the whole, of which no one is part.

    ``raw``: the raw observations of a return. Adds to ``known`` what its single months are.
    """
    parts = {part for tree in cells.trees.values() for some in tree.values() for part in some}
    names = list(cells.makeup.by_year)
    top = raw.filter(pl.col("kpi_id").is_in(names), ~pl.col("org_id").is_in(list(parts)))
    kept: set[Place] = set()
    for (kpi_id, org), series in top.sort("period").group_by("kpi_id", "org_id"):
        figure, rows = cells.makeup.figures[str(kpi_id)], series.to_dicts()
        place = (str(kpi_id), str(org))
        remember(figure, rows, known, cells.threshold)
        kept.update((*place, period) for period in _kept(figure, rows, cells, known))
    return kept


def span(period: date, window: int) -> list[date]:
    """The months that a figure covers, the newest first."""
    found = [period]
    while len(found) < window:
        found.append(month_before(found[-1]))
    return found


def remember(figure: Figure, rows: Sequence[Row], known: Known, threshold: int) -> None:
    """Add to ``known`` what the single months of a measure are in this state."""
    for row in rows:
        if row["month_numerator"] is None:
            continue
        place = (row["kpi_id"], row["org_id"], row["period"])
        below = row["month_denominator"] if figure.below else None
        single = (row["month_numerator"], below)
        told = known.singles.setdefault(place, [])
        if any(_moved_little(single, before, threshold) for before in told):
            known.moved.add(place)
        if single not in told:
            told.append(single)


def _moved_little(
    now: tuple[float, float | None], before: tuple[float, float | None], threshold: int
) -> bool:
    moves = [now[0] - before[0]]
    if now[1] is not None and before[1] is not None:
        moves += [now[1] - before[1], now[1] - before[1] - moves[0]]
    return any(0 < abs(move) < threshold + 1 for move in moves)


def _kept(figure: Figure, rows: Sequence[Row], cells: Cells, known: Known) -> Iterator[date]:
    """The months up to which a year may be shown."""
    rule = Rule(
        is_share=figure.is_share,
        below_is_hidden=figure.is_share and figure.below not in cells.makeup.monthly,
        threshold=cells.threshold,
    )
    counted = {row["period"] for row in rows}
    if figure.counts_above:
        counted = {month for run in _runs(figure, rows) for month in safe(run, rule)}
    forms = [form for form in (figure.above, figure.below) if form in cells.makeup.monthly]
    for row in rows:
        where = row["org_id"], row["period"]
        months = span(row["period"], YEAR)
        if (
            row["period"] in counted
            and row["numerator"] is not None
            and not is_small_year(figure, row, cells)
            and not any((row["kpi_id"], row["org_id"], month) in known.moved for month in months)
            and not any(
                (form, where[0], month) in cells.hidden for form in forms for month in months
            )
        ):
            yield row["period"]


def _runs(figure: Figure, rows: Sequence[Row]) -> Iterator[list[Month]]:
    """The months of a series in stretches without a gap."""
    run: list[Month] = []
    for row in rows:
        if row["month_numerator"] is None:
            yield run
            run = []
            continue
        below = row["month_denominator"] if figure.below else 0
        run.append(Month(period=row["period"], above=row["month_numerator"], below=below))
    yield run


def is_small_year(figure: Figure, row: Row, cells: Cells) -> bool:
    """Whether a year itself is of few: above the line, below it, or between the two."""
    above, below = row["numerator"], row["denominator"]
    if cells.is_small(row["people"]) or (figure.counts_above and cells.is_small(above)):
        return True
    if not figure.below or below is None:
        return False
    return (figure.counts_below and cells.is_small(below)) or (
        figure.is_share and figure.counts_above and cells.is_small(below - above)
    )
