"""Which years to March may be shown of measures that follow from each other.

Grades add up to the audits, themes to all of them, so that one hidden year could be worked out
from the others, or a hidden month from a year. Years to March have no month in common: each is
settled by itself, as the cells of one month are. What is hidden once stays hidden, and a year that
was restated is not told anew.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from kpi.masking.cells import Cells, hide_sums
from kpi.masking.makeup import Figure, Side, forms_of
from kpi.masking.years import YEAR_END, Known, Place, is_small_year, remember, span

Row = Mapping[str, Any]


def shown(raw: pl.DataFrame, cells: Cells, known: Known, by_year: set[Place]) -> set[Place]:
    """The figures that are shown of these measures: of the whole council, of years to March.

    ``raw``: the raw observations of a return; ``by_year``: what is shown of those by the year.
    """
    figures = cells.makeup.by_year_end
    parts = {part for tree in cells.trees.values() for some in tree.values() for part in some}
    top = raw.filter(pl.col("kpi_id").is_in(list(figures)), ~pl.col("org_id").is_in(list(parts)))
    for (kpi_id,), series in top.group_by("kpi_id"):
        remember(figures[str(kpi_id)], series.to_dicts(), known, cells.threshold)
    ends = top.filter(pl.col("period").dt.month() == YEAR_END, pl.col("numerator").is_not_null())
    found: set[Place] = set()
    for (org, period), rows in ends.sort("kpi_id").group_by("org_id", "period"):
        year = _Year(str(org), _date(period), {r["kpi_id"]: r for r in rows.to_dicts()}, cells)
        found.update(year.shown(known, by_year))
    return found


def _date(period: object) -> date:
    assert isinstance(period, date)
    return period


class _Year:
    """One year to March of the whole council: the sums of its forms, and which are hidden."""

    def __init__(self, org: str, period: date, rows: Mapping[str, Row], cells: Cells) -> None:
        self.org, self.period, self.rows, self.cells = org, period, rows, cells
        self.months = span(period, 12)
        self.sums = {form: sum(counts) for form, counts in self._series()}

    def _series(self) -> Iterator[tuple[str, list[float]]]:
        for form in sorted(self.cells.makeup.vectors):
            counts = [self._month(form, month) for month in self.months]
            if None not in counts:
                yield form, [count for count in counts if count is not None]

    def _month(self, form: str, month: date) -> float | None:
        cell = (form, self.org, month)
        return self.cells.values.get(cell, self.cells.unshown.get(cell))

    def shown(self, known: Known, by_year: set[Place]) -> Iterator[Place]:
        makeup = self.cells.makeup
        rows = {name: one for name, one in makeup.by_year_end.items() if name in self.rows}
        free = frozenset(forms_of(rows.values()) & self.sums.keys() - makeup.monthly)
        hidden = self._hidden_already(by_year) | {
            form for form in free if (form, self.org, self.period) in known.withheld
        }
        for one in rows.values():
            hidden.update(self._withheld(one, known))
        known_of = {form: self.sums[form] for form in self.sums if self._counts(form, free, hidden)}
        found = hide_sums(makeup, known_of, hidden & known_of.keys(), self.cells.threshold, free)
        known.withheld.update((form, self.org, self.period) for form in found & free)
        for name, one in rows.items():
            if one.forms <= self.sums.keys() and not one.forms & (found | hidden):
                yield name, self.org, self.period

    def _hidden_already(self, by_year: set[Place]) -> set[str]:
        """Forms of other measures that this year does not show whole."""
        makeup = self.cells.makeup
        told = forms_of(
            one for name, one in makeup.by_year.items() if (name, self.org, self.period) in by_year
        )
        hidden = {
            form
            for form in makeup.monthly & self.sums.keys()
            if any((form, self.org, month) in self.cells.hidden for month in self.months)
        }
        asked = forms_of(one for one in makeup.figures.values() if one.kpi.masked_by == "year")
        return (hidden | (asked - told - makeup.monthly)) & self.sums.keys()

    def _counts(self, form: str, free: frozenset[str], hidden: set[str]) -> bool:
        """Whether a form is shown, or must not be worked out: hidden, or of few."""
        makeup = self.cells.makeup
        is_told = form in free or form in makeup.monthly | forms_of(makeup.by_year.values())
        return is_told or form in hidden or self.cells.is_small(self.sums[form])

    def _withheld(self, one: Figure, known: Known) -> frozenset[str]:
        """The forms of a measure that its own year does not bear."""
        row = self.rows[one.kpi.kpi_id]
        places = [(one.kpi.kpi_id, self.org, month) for month in self.months]
        if any(len(known.singles.get(place, ())) > 1 for place in places):
            return one.forms
        if one.counts_below and self.cells.is_small(row["denominator"]) and one.below:
            return one.forms
        if is_small_year(one, row, self.cells) or not self._hides_months(one):
            return frozenset({one.above})
        return frozenset()

    # ---- what a year tells of its months ----

    def _hides_months(self, one: Figure) -> bool:
        """Whether each small month could be as many counts as the threshold."""
        if not one.forms <= self.sums.keys():
            return False
        if not one.counts_above or one.above in self.cells.makeup.monthly:
            return True
        sides: list[Side] = [{one.above: 1}]
        if one.is_share:
            sides.append({one.below: 1, one.above: -1})
        if one.below and one.counts_below and one.below not in self.cells.makeup.monthly:
            sides.append({one.below: 1})
        ranges = [self._ranges(side) for side in sides]
        if len(sides) == 2 and one.is_share:  # the whole is shown by the month
            whole = [self._month(one.below, month) or 0 for month in self.months]
            ranges = _joined(ranges[0], ranges[1], whole)
        return all(
            self._is_open(side, low, high, at)
            for side, pairs in zip(sides, ranges, strict=True)
            for at, (low, high) in enumerate(pairs)
        )

    def _of(self, side: Side, month: date) -> float:
        return sum(often * (self._month(form, month) or 0) for form, often in side.items())

    def _is_open(self, side: Side, low: float, high: float, at: int) -> bool:
        is_few = self.cells.is_small(self._of(side, self.months[at]))
        return not is_few or high - low + 1 >= self.cells.threshold

    def _ranges(self, side: Side) -> list[tuple[float, float]]:
        """What each month could be: the year's sum stays, and no month exceeds what is shown."""
        whole = sum(self._of(side, month) for month in self.months)
        around = self.cells.makeup.around(side)
        most = [self._most(around, month, whole) for month in self.months]
        every = sum(most)
        return [(max(0.0, whole - (every - limit)), limit) for limit in most]

    def _most(self, around: Sequence[Side], month: date, whole: float) -> float:
        """The least of what is shown and holds all of it."""
        shown = [side for side in around if not self._is_hidden(side, month)]
        return min([whole, *(self._of(side, month) for side in shown)])

    def _is_hidden(self, side: Side, month: date) -> bool:
        return any((form, self.org, month) in self.cells.hidden for form in side)


def _joined(
    above: list[tuple[float, float]], rest: list[tuple[float, float]], whole: list[float]
) -> list[list[tuple[float, float]]]:
    """The ranges of two that add up to what is shown: each also says what the other can be."""
    pairs = list(zip(above, rest, whole, strict=True))
    return [
        [(max(a[0], w - r[1]), min(a[1], w - r[0])) for a, r, w in pairs],
        [(max(r[0], w - a[1]), min(r[1], w - a[0])) for a, r, w in pairs],
    ]
