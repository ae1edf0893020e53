"""What a masked reader may see of one return: one step from one state of it to the next.

A state is a return as it was published at a moment. Between two states nothing that had been
published changed; at each, something did. What was shown in an earlier state stays known, so a
restated month shows only what tells nothing by its difference.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from kpi.masking import year_ends, years
from kpi.masking.cells import Cell, Cells, Tree, protect
from kpi.masking.makeup import Figure, Makeup
from kpi.masking.years import Place, span

Row = Mapping[str, Any]


#: What is read of the single months.
READ = ("kpi_id", "org_id", "period", "month_numerator", "month_denominator", "people")


@dataclass(kw_only=True)
class Known:
    """What earlier states have told: each cell's figures, newest last, and whether each was shown.

    ``yearly``: the same of the single months of measures that are shown by the year.
    """

    cells: dict[Cell, list[tuple[float, bool]]] = field(default_factory=dict)
    yearly: years.Known = field(default_factory=years.Known)

    def copy(self) -> "Known":
        """The same, to be added to without changing this."""
        cells = {cell: told.copy() for cell, told in self.cells.items()}
        return Known(cells=cells, yearly=self.yearly.copy())


@dataclass(frozen=True, kw_only=True)
class Shown:
    """The observations of which the month alone, and those of which the whole figure is shown."""

    months: frozenset[Place]
    figures: frozenset[Place]


def step(
    makeup: Makeup, raw: pl.DataFrame, trees: Mapping[date, Tree], known: Known, threshold: int
) -> Shown:
    """What is shown of one state of a return; adds to ``known`` what it tells.

    ``raw``: the raw observations of all its measures and all organisations. ``trees``: the parts
    of each organisation, for every month of it.
    """
    rows = raw.filter(pl.col("month_numerator").is_not_null()).select(READ).to_dicts()
    cells = _cells(makeup, rows, trees, threshold)
    _settle(cells, known, _primary(cells, makeup, rows))
    months = _single_months(makeup, rows, cells)
    for cell, value in cells.values.items():
        known.cells.setdefault(cell, []).append((value, cell not in cells.hidden))
    by_year = years.shown(raw, cells, known.yearly)
    ends = year_ends.shown(raw, cells, known.yearly, by_year)
    figures = _rolling(makeup, raw, months) | by_year | ends
    return Shown(months=frozenset(months), figures=frozenset(figures))


def _cells(
    makeup: Makeup, rows: Sequence[Row], trees: Mapping[date, Tree], threshold: int
) -> Cells:
    values: dict[Cell, float] = {}
    unshown: dict[Cell, float] = {}
    for row in rows:
        figure = makeup.figures[row["kpi_id"]]
        for form, name in ((figure.above, "month_numerator"), (figure.below, "month_denominator")):
            if form and row[name] is not None:
                found = values if form in makeup.monthly else unshown
                found[form, row["org_id"], row["period"]] = row[name]
    shares = [
        (one.above, one.below)
        for one in makeup.by_month.values()
        if one.is_share and one.counts_above
    ]
    return Cells(
        makeup=makeup,
        values=values,
        unshown=unshown,
        shares=list(dict.fromkeys(shares)),
        trees=trees,
        threshold=threshold,
    )


# ---- what is small itself ----


def _primary(cells: Cells, makeup: Makeup, rows: Iterable[Row]) -> set[Cell]:
    """Cells that are small, and those of which the group is: nothing is told of so few."""
    found = set()
    for row in rows:
        figure = makeup.by_month.get(row["kpi_id"])
        if figure is None:
            continue
        above, below = row["month_numerator"], row["month_denominator"]
        where = (row["org_id"], row["period"])
        if _is_small(cells, figure, above, below, row["people"]):
            found.add((figure.above, *where))
        if figure.below and figure.counts_below and cells.is_small(below):
            found.add((figure.below, *where))
    return found


def _is_small(
    cells: Cells, figure: Figure, above: float, below: float | None, people: float | None
) -> bool:
    if cells.is_small(people):
        return True
    if figure.below and below is not None:
        if figure.counts_below and cells.is_small(below):
            return True
        if figure.is_share and figure.counts_above and cells.is_small(below - above):
            return True
    return figure.counts_above and cells.is_small(above)


# ---- what was told before ----


def _settle(cells: Cells, known: Known, small: set[Cell]) -> None:
    """Decide every cell: as before where it is as before, by the rules where its month is new."""
    by_month: dict[date, list[Cell]] = {}
    for cell in cells.values:
        by_month.setdefault(cell[2], []).append(cell)
    before = {cell[2] for cell in known.cells}
    for period in sorted(by_month):
        if period in before:
            _restated(cells, known, by_month[period], small)
        else:
            cells.hidden.update(small.intersection(by_month[period]))
            protect(cells, [period])


def _restated(cells: Cells, known: Known, month: Sequence[Cell], small: set[Cell]) -> None:
    """What is as it was is shown as it was. If any change tells of few, no change is shown."""
    latest = {cell: known.cells[cell][-1] for cell in month if cell in known.cells}
    changed = [
        cell for cell in month if cell not in latest or latest[cell][0] != cells.values[cell]
    ]
    hidden = {cell for cell, (_, was_shown) in latest.items() if not was_shown}
    cells.hidden.update(hidden.difference(changed))
    tells = any(
        cell in small
        or cell in hidden
        or (cell not in latest and hidden)
        or _moved_little(cells, known, cell)
        for cell in changed
    )
    if tells or _rest_moved(cells, known, changed):
        cells.hidden.update(changed)


def _moved_little(cells: Cells, known: Known, cell: Cell) -> bool:
    return any(
        was_shown and cells.is_small(abs(value - cells.values[cell]))
        for value, was_shown in known.cells.get(cell, ())
    )


def _rest_moved(cells: Cells, known: Known, changed: Sequence[Cell]) -> bool:
    """Whether what is below a line without what is above it moves by few."""
    where = {(org, period) for _, org, period in changed}
    for above, below in cells.shares:
        for place in where:
            old = [known.cells.get((form, *place)) for form in (above, below)]
            rest = cells.rest(above, below, *place)
            if rest is None or not old[0] or not old[1]:
                continue
            if cells.is_small(abs(old[1][-1][0] - old[0][-1][0] - rest)):
                return True
    return False


# ---- what follows for the figures ----


def _single_months(makeup: Makeup, rows: Iterable[Row], cells: Cells) -> set[Place]:
    shown = set()
    for row in rows:
        figure = makeup.by_month.get(row["kpi_id"])
        if figure is None:
            continue
        where = (row["org_id"], row["period"])
        forms = [figure.above, *([figure.below] if figure.below else [])]
        if not any((form, *where) in cells.hidden for form in forms):
            shown.add((row["kpi_id"], *where))
    return shown


def _rolling(makeup: Makeup, raw: pl.DataFrame, months: set[Place]) -> set[Place]:
    """Figures of measures that are shown by the month: shown when all their months are."""
    shown = set()
    for kpi_id, org, period in raw.select("kpi_id", "org_id", "period").iter_rows():
        figure = makeup.by_month.get(kpi_id)
        if figure and all(
            (kpi_id, org, month) in months for month in span(period, figure.kpi.window)
        ):
            shown.add((kpi_id, org, period))
    return shown
