"""Which columns each table shows, and how a cell is written. Pure: rows in, HTML out."""

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from kpi import card, theme
from kpi.card import Column
from kpi.catalogue import Catalogue, Dataset, Kpi

Row = Mapping[str, Any]

LISTED = 50  # cells and rows of a comparison that are shown
#: What becomes of a row, as kpi.changes counts them, in a word.
KINDS = {"changed": "changed", "removed": "removed", "added": "new"}


def observation(kpi: Kpi) -> list[Column]:
    """The table twin of a trend: one row a month."""
    columns = [
        Column(name="period", title="Month", show=lambda row: theme.month(row["period"])),
        Column(
            name="value",
            title=f"Figure ({kpi.unit})",
            numeric=True,
            show=lambda row: theme.figure(row["value"], kpi, row["state"]),
        ),
    ]
    if kpi.window > 1:
        columns.append(_number("observed", "Month alone", kpi.decimals))
    if kpi.denominator:
        columns += [_number("numerator", "Numerator"), _number("denominator", "Denominator")]
    if kpi.polarity != "neutral":
        columns += [
            _number("target", "Target"),
            Column(name="rating", title="Status", show=lambda row: theme.rating(kpi, row).word),
        ]
    columns.append(
        Column(name="signal", title="Variation", show=lambda row: theme.SIGNAL[row["signal"]])
    )
    return columns


def _number(name: str, title: str, decimals: int = 2) -> Column:
    def show(row: Row) -> str:
        return "–" if row[name] is None else theme.shortest(row[name], decimals)

    return Column(name=name, title=title, numeric=True, show=show)


def teams(kpi: Kpi, names: Mapping[str, str]) -> list[Column]:
    """One row a team: where it stands now and whether it is changing."""
    return [
        Column(
            name="org_id", title="Team", show=lambda row: names.get(row["org_id"], row["org_id"])
        ),
        Column(
            name="value",
            title=f"{kpi.title} ({kpi.unit})",
            numeric=True,
            show=lambda row: theme.figure(row["value"], kpi, row["state"]),
        ),
        Column(name="period", title="Month", show=lambda row: theme.month(row["period"])),
        Column(
            name="rating",
            title="Status",
            markup=True,
            show=lambda row: card.chip(theme.rating(kpi, row)),
        ),
        Column(
            name="variation",
            title="Variation",
            show=lambda row: theme.VARIATION[row["variation"]].word,
        ),
    ]


def published(kpi: Kpi) -> list[Column]:
    """The table twin of a comparison: one row a year and area."""
    return [
        Column(name="year", title="Year"),
        Column(name="area", title="Area"),
        Column(
            name="value",
            title=f"{kpi.title} ({kpi.unit})",
            numeric=True,
            show=lambda row: (
                theme.figure(row["value"], kpi, row["state"])
                if row["value"] is None
                else theme.shortest(row["value"])
            ),
        ),
        Column(name="source", title="Source"),
    ]


def flows(names: Mapping[str, str]) -> list[Column]:
    """The table twin of starts and ends: one row a month."""
    return [
        Column(name="period", title="Month", show=lambda row: theme.month(row["period"])),
        *(_number(name, title) for name, title in names.items()),
    ]


def workers(names: Mapping[str, str]) -> list[Column]:
    """The table twin of the distribution of caseloads: one row a team."""
    return [
        Column(
            name="org_id", title="Team", show=lambda row: names.get(row["org_id"], row["org_id"])
        ),
        _number("workers", "Workers", 0),
        _number("lowest", "Lowest", 1),
        _number("median", "Median", 1),
        _number("highest", "Highest", 1),
        _number("above", "Workers above 18", 0),
    ]


def answers() -> list[Column]:
    """The table twin of before and after: one row a group of people."""
    return [
        Column(name="who", title="Who"),
        _number("before", "Before the plan (%)", 0),
        _number("since", "Since the plan (%)", 0),
        _number("answers", "Answers in 12 months", 0),
    ]


def places() -> list[Column]:
    """The table twin of progress against impact: one row a priority."""

    def word(part: str) -> Callable[[Row], str]:
        return lambda row: theme.BRAG[row[part] or "none"].word

    return [
        Column(name="name", title="Priority"),
        Column(name="progress", title="Progress", show=word("progress")),
        Column(name="impact", title="Impact", show=word("impact")),
        Column(name="before", title="Before, in the last year"),
    ]


def reasons() -> list[Column]:
    """The table twin of the reasons for leaving: one row a reason."""
    return [Column(name="reason", title="Reason"), _number("share", "Share (%)", 0)]


def loads(catalogue: Catalogue) -> list[Column]:
    """The history of loads: one row a load."""
    return [
        Column(name="load_id", title="Load", numeric=True),
        Column(
            name="dataset",
            title="Return",
            show=lambda row: (
                catalogue.datasets[row["dataset"]].title
                if row["dataset"] in catalogue.datasets
                else row["dataset"]
            ),
        ),
        Column(name="first_period", title="Months", show=_months),
        Column(name="loaded_at", title="When", show=lambda row: theme.day(row["loaded_at"])),
        Column(name="loaded_by", title="Who"),
        Column(name="row_count", title="Rows", numeric=True),
        Column(name="reason", title="Why", show=lambda row: row["reason"] or "–"),
        Column(name="months_speaking", title="Now", show=_speaks),
    ]


def _months(row: Row) -> str:
    return theme.months(row["first_period"], row["last_period"])


def _speaks(row: Row) -> str:
    if row["withdrawn_at"] is not None:
        return f"Withdrawn: {row['withdrawn_reason']}"
    state = "Partly replaced" if row["months_speaking"] else "Replaced"
    if row["months_speaking"] == row["months"]:
        state = "Published"
    return f"{state}. Restored: {row['restored_reason']}" if row["restored_at"] else state


def changed_cells(dataset: Dataset, cells: pl.DataFrame, caption: str) -> str:
    """Old beside new for the cells that change, the first of them; a register holds sentences."""
    figures = not dataset.register
    columns = [
        *(Column(name=name, title=name) for name in dataset.key),
        Column(name="column", title="Column"),
        Column(name="old", title="Published", numeric=figures),
        Column(name="new", title="In this file", numeric=figures),
    ]
    return card.table(cells.head(LISTED), columns, _first(caption, cells))


def keys(dataset: Dataset, cells: pl.DataFrame, caption: str) -> str:
    """Which rows come or go, the first of them, by what tells them apart."""
    columns = [Column(name=name, title=name) for name in dataset.key]
    return card.table(cells.head(LISTED), columns, _first(caption, cells))


def _first(caption: str, rows: pl.DataFrame) -> str:
    listed = f"the first {LISTED} of {rows.height:,}" if rows.height > LISTED else f"{rows.height}"
    return f"{caption} ({listed})"


def effects(rows: pl.DataFrame, kpis: Mapping[str, Kpi]) -> list[Column]:
    """Which KPIs change value or traffic light: one row a KPI and month.

    A month that is new stands beside the one before it, which is named.
    """

    def figure(age: str) -> Any:
        def show(row: Row) -> str:
            kpi = kpis[row["kpi_id"]]
            said = theme.figure(row[f"{age}_value"], kpi, row[f"{age}_state"])
            before = row["old_period"] if age == "old" else None
            if before and before != row["period"]:
                return f"{theme.month(before)}: {said}"
            return said

        return show

    def light(row: Row) -> str:
        before, after = (
            card.chip(theme.rating(kpis[row["kpi_id"]], {"rating": row[f"{age}_rating"]}))
            for age in ("old", "new")
        )
        return after if before == after else f"{before} then {after}"

    return [
        Column(name="kpi_id", title="Measure", show=lambda row: kpis[row["kpi_id"]].title),
        Column(name="period", title="Month", show=lambda row: theme.month(row["period"])),
        Column(name="old_value", title="Before", numeric=True, show=figure("old")),
        Column(name="new_value", title="After", numeric=True, show=figure("new")),
        Column(name="new_rating", title="Status", markup=True, show=light),
    ]
