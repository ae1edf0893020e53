"""Tables of the money: which columns they have and how an amount is written."""

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

import polars as pl

from kpi import money, theme
from kpi.card import Column
from kpi.catalogue import Kpi

Row = Mapping[str, Any]
#: From a row's ``kpi_ids`` to HTML.
Linked = Callable[[Sequence[str]], str]

MARCH = 3  # the last month of a financial year
KINDS = {"new": "New", "gone": "Gone", "changed": "Changed", "same": "The same"}


def _amount(name: str, title: str) -> Column:
    return Column(name=name, title=title, numeric=True, show=lambda row: money.thousands(row[name]))


def _change(name: str, title: str) -> Column:
    """An amount with its sign, so that more and less are told apart."""

    def show(row: Row) -> str:
        value = row[name]
        return f"+{money.thousands(value)}" if value and value > 0 else money.thousands(value)

    return Column(name=name, title=title, numeric=True, show=show)


def _text(name: str, title: str) -> Column:
    return Column(
        name=name,
        title=title,
        markup=True,
        show=lambda row: f'<span class="kpi-prose">{escape(row[name] or "–")}</span>',
    )


def tranches() -> list[Column]:
    """Planned and actual release of each tranche."""

    def slip(row: Row) -> str:
        if row["slip"] is None:
            return "not released" if row["released"] is None else "–"
        return f"{row['slip']:,} days later" if row["slip"] > 0 else "as planned"

    return [
        Column(name="name", title="Release"),
        _amount("amount", "£ thousand"),
        Column(name="planned", title="Planned", show=lambda row: theme.short_day(row["planned"])),
        Column(
            name="released", title="Released", show=lambda row: theme.short_day(row["released"])
        ),
        Column(name="slip", title="Against the plan", show=slip),
        _text("reason", "Why"),
        _text("source", "Source"),
    ]


def totals() -> list[Column]:
    """Declared totals beside the sums of their lines."""

    def meets(row: Row) -> str:
        if row["gap"] is None:
            return "no parts given"
        return "yes" if row["gap"] == 0 else f"no, by {money.thousands(row['gap'])}"

    return [
        Column(name="version", title="Version"),
        Column(name="tranche", title="Part", show=lambda row: money.part(row["tranche"])),
        Column(name="kind", title="Made of", show=lambda row: f"{row['kind'] or 'nothing'}s"),
        Column(name="parts", title="How many", numeric=True),
        _amount("summed", "Their sum (£ thousand)"),
        _amount("total", "Total in the paper (£ thousand)"),
        Column(name="gap", title="Do they agree?", show=meets),
        _text("source", "Source"),
    ]


def lines(rows: pl.DataFrame, linked: Linked, priorities: Mapping[str, str]) -> list[Column]:
    """Each line of a version: amounts, why they differ, what it is for; no column without cells."""

    def aim(row: Row) -> str:
        name = priorities.get(row["priority_id"] or "", row["priority_id"] or "No priority named")
        return f'<div class="kpi-aim"><p>{escape(name)}</p>{linked(row["kpi_ids"] or ())}</div>'

    amounts = [
        _amount("plan", "Plan (£ thousand)"),
        _amount("actual", "Actual"),
        _amount("forecast", "Forecast"),
        _change("variance", "Forecast less plan"),
        _text("reason", "Why"),
    ]
    title = "Priority, and measures that should move"
    return [
        Column(name="name", title="Line", markup=True, show=_named),
        *(column for column in amounts if rows[column.name].count()),
        Column(name="kpi_ids", title=title, markup=True, show=aim),
    ]


def _named(row: Row) -> str:
    """The line's name and number: two lines of a paper may share a name."""
    year_on_year = ", every year" if row["recurrent"] else ""
    under = f"{row['line_id']} · {row['category'] or 'not grouped'}{year_on_year}"
    return f'{escape(row["name"])}<span class="kpi-quietly">{escape(under)}</span>'


def categories() -> list[Column]:
    """Spending by what it buys."""
    return [
        Column(name="category", title="What it buys", show=lambda row: _category(row["category"])),
        Column(name="rank", title="Rank", numeric=True),
        Column(name="lines", title="Lines", numeric=True),
        _amount("plan", "Plan (£ thousand)"),
        Column(
            name="share",
            title="Share of the plan",
            numeric=True,
            show=lambda row: f"{theme.number(row['share'], 1)}%",
        ),
        _amount("actual", "Actual"),
        _amount("forecast", "Forecast"),
    ]


def _category(name: str | None) -> str:
    return (name or "not grouped").capitalize()


def compared(old: str, new: str) -> list[Column]:
    """Two versions line by line."""
    return [
        Column(name="name", title="Line"),
        _amount("before", f"{old} (£ thousand)"),
        _amount("after", f"{new} (£ thousand)"),
        _change("change", "Change"),
        Column(name="state", title="What happened", show=_what_happened),
        _text("why", "Why"),
    ]


def _what_happened(row: Row) -> str:
    return f"{KINDS[row['state']]}{', counted elsewhere' if row['scope'] else ''}"


def burnt() -> list[Column]:
    """The table twin of what is left: one row a tranche and month."""
    return [
        Column(name="period", title="Month", show=lambda row: theme.month(row["period"])),
        Column(name="tranche", title="Part", show=lambda row: money.part(row["tranche"])),
        _amount("budget", "Released (£ thousand)"),
        _amount("spent", "Spent"),
        _amount("left", "Left"),
        _amount("planned", "Left by the plan"),
    ]


def care(kpi: Kpi) -> list[Column]:
    """What a week in care cost, year by year, beside others, and how many children there were."""

    def cost(name: str) -> Callable[[Row], str]:
        return lambda row: (
            "–" if row[name] is None else theme.in_unit(theme.number(row[name]), kpi.unit)
        )

    return [
        Column(name="year", title="Financial year", show=_year),
        Column(name="cost", title="A week in care, this return", numeric=True, show=cost("cost")),
        Column(name="own", title="As published", numeric=True, show=cost("own")),
        Column(name="neighbours", title="Neighbours", numeric=True, show=cost("neighbours")),
        Column(name="england", title="England", numeric=True, show=cost("england")),
        Column(
            name="weeks",
            title="Weeks of care paid for",
            numeric=True,
            show=lambda row: "–" if row["weeks"] is None else theme.number(row["weeks"]),
        ),
        Column(
            name="actual",
            title="Spent on placements (£ thousand)",
            numeric=True,
            show=lambda row: theme.number(row["actual"] / 1000),
        ),
    ]


def _year(row: Row) -> str:
    """``2022/23``; a year that is not over says up to when."""
    start, period = row["year"], row["period"]
    until = "" if period.month == MARCH else f", to {theme.month(period)}"
    return f"{start}/{(start + 1) % 100:02}{until}"
