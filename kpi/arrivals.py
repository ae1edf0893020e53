"""Which returns have come, as HTML: months by return, the calendar, and what was not as it should.

Pure: what ``kpi.completeness`` judged comes in, HTML goes out.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from typing import Any

import polars as pl

from kpi import block, card, returns, theme
from kpi.catalogue import Dataset
from kpi.completeness import told

Row = Mapping[str, Any]

FAULTLESS = "<p>Nothing: every return came on time, once and whole.</p>"


def matrix(rows: pl.DataFrame, datasets: Mapping[str, Dataset]) -> str:
    """Returns by month, the newest month first, beside the name of the return."""
    months = rows["period"].unique().sort(descending=True).to_list()
    cells = {(row["dataset"], row["period"]): row for row in rows.iter_rows(named=True)}
    body = "".join(
        f'<tr><th scope="row">{escape(dataset.title)}<span>{returns.due(dataset.due_day)}</span>'
        f"</th>{''.join(_cell(cells.get((name, month)), dataset) for month in months)}</tr>"
        for name, dataset in datasets.items()
    )
    caption = "Returns by month, the newest first"
    return key() + block.region(
        caption,
        f'<table class="kpi-table kpi-arrivals"><caption class="kpi-hidden">{caption}</caption>'
        f"<thead>{_heads(months)}</thead><tbody>{body}</tbody></table>",
    )


def _heads(months: Sequence[date]) -> str:
    years: dict[int, int] = {}
    for month in months:
        years[month.year] = years.get(month.year, 0) + 1
    over = "".join(
        f'<th scope="colgroup" colspan="{count}" class="kpi-year">{year}</th>'
        for year, count in years.items()
    )
    names = "".join(
        f'<th scope="col"><span class="kpi-hidden">{theme.long_month(month)}</span>'
        f'<span aria-hidden="true">{theme.month(month)[:3]}</span></th>'
        for month in months
    )
    return f'<tr><th rowspan="2" scope="col">Return</th>{over}</tr><tr>{names}</tr>'


def _cell(row: Row | None, dataset: Dataset) -> str:
    if row is None:
        return '<td><span class="kpi-hidden">Nothing expected</span></td>'
    words = told(row) + "".join(f"; {text}" for text in _gaps(row))
    title = f"{dataset.title}, {theme.long_month(row['period'])}: {words}"
    symbol = f"+{row['days_late']}" if row["state"] == "late" else ""
    marks = _square(row["state"], symbol)
    if row["is_restated"]:
        marks += _square("restated")
    count = (row["withheld"] or 0) + (row["not_supplied"] or 0)
    gaps = f'<span class="kpi-gaps" aria-hidden="true">{count}</span>' if count else ""
    return (
        f'<td title="{escape(title)}">{marks}{gaps}'
        f'<span class="kpi-hidden">{escape(words)}</span></td>'
    )


def _square(state: str, symbol: str = "") -> str:
    mark = theme.ARRIVAL[state]
    paint = f"background:{mark.fill};color:{mark.ink};border-color:{mark.edge}"
    return (
        f'<span class="kpi-square kpi-{state.replace("_", "-")}" style="{paint}" '
        f'aria-hidden="true">{escape(symbol or mark.symbol)}</span>'
    )


def _gaps(row: Row) -> list[str]:
    """How many cells of figures hold none, and why."""
    named = {"withheld": "withheld", "not_supplied": "not supplied"}
    return [
        f"{row[name]} {'cell' if row[name] == 1 else 'cells'} {word}"
        for name, word in named.items()
        if row[name]
    ]


def ahead(rows: pl.DataFrame, datasets: Mapping[str, Dataset]) -> str:
    """Which returns of the month that is being gathered are in, and by when the others are due.

    ``rows``: what ``kpi.completeness.ahead`` found.
    """
    come = rows.drop_nulls("first_day").height
    many = f"{come} of {rows.height}" if come else f"none of {rows.height}"
    verb = "is" if come < 2 else "are"
    title = (
        f"{theme.long_month(rows['period'][0])}: {many} returns {verb} in{'' if come else ' yet'}"
    )
    in_order = rows.sort(pl.col("first_day").is_not_null(), "due", maintain_order=True)
    items = "".join(
        f"<li>{_square(row['state'])}<span>{escape(datasets[row['dataset']].title)}"
        f"<small>{escape(_ahead(row))}</small></span></li>"
        for row in in_order.iter_rows(named=True)
    )
    return part(title, f'<ul class="kpi-ahead">{items}</ul>')


def _ahead(row: Row) -> str:
    if row["first_day"]:
        return f"In since {theme.day(row['first_day'])}"
    return f"{'Was due' if row['state'] == 'missing' else 'Due'} by {theme.day(row['due'])}"


def part(title: str, body: str) -> str:
    """A titled part of the page, whose tables speak under their title and not beside it."""
    return f'<section class="kpi-section kpi-quiet"><h2>{escape(title)}</h2>{body}</section>'


def key() -> str:
    """What the signs stand for."""
    words = {"late": "Late, by so many days"}
    items = "".join(
        f"<li>{_square(state)}{escape(words.get(state, mark.word))}</li>"
        for state, mark in theme.ARRIVAL.items()
    )
    gaps = '<li><span class="kpi-gaps">3</span>Cells withheld or not supplied</li>'
    return f'<ul class="kpi-key">{items}{gaps}</ul>'


def _chips(row: Row) -> str:
    """The state of a month as chips, restatement beside it."""
    states = [row["state"], *(["restated"] if row["is_restated"] else [])]
    return " ".join(card.chip(theme.ARRIVAL[state]) for state in states)


HISTORY = (
    "Month",
    "Return",
    "State",
    "Due",
    "First published",
    "Restated, and why",
    "Cells without a figure",
)


def history(rows: pl.DataFrame, datasets: Mapping[str, Dataset], caption: str) -> str:
    """One row a month and return: what was due, what came, what changed, what it lacks."""
    cells = (_history_row(row, datasets) for row in rows.iter_rows(named=True))
    return block.stacked_table(caption, HISTORY, cells)


def _history_row(row: Row, datasets: Mapping[str, Dataset]) -> list[str]:
    return [
        _unbroken(theme.month(row["period"])),
        escape(datasets[row["dataset"]].title),
        _chips(row),
        _day(row["due"]),
        _came(row),
        _restated(row),
        _without(row),
    ]


def _day(day: date) -> str:
    """``24 Apr 2025`` on one line."""
    return _unbroken(_short(day))


def _short(day: date) -> str:
    return f"{day.day} {theme.month(day)}"


def _unbroken(text: str) -> str:
    return f'<span class="kpi-unbroken">{text}</span>'


def _came(row: Row) -> str:
    if row["first_day"] is None:
        return "–"
    days = row["days_late"]
    late = f", {days} {'day' if days == 1 else 'days'} late" if days else ""
    return _unbroken(f"{_short(row['first_day'])}{late}")


def _restated(row: Row) -> str:
    if not row["is_restated"]:
        return "–"
    why = f": {escape(row['reason'])}" if row["reason"] else ""
    return _day(row["last_day"]) + why


def _without(row: Row) -> str:
    gaps = _gaps(row)
    return f"{', '.join(gaps)}, of {row['cells']:,}" if gaps else "–"


def exceptions(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows that did not come as they should, or not whole."""
    gaps = pl.col("withheld").fill_null(0) + pl.col("not_supplied").fill_null(0)
    odd = pl.col("state").is_in(["late", "missing"]) | pl.col("is_restated") | (gaps > 0)
    return rows.filter(odd)


CALENDAR = ("Return", "Due", "Newest month in", "Overdue", "Due next")


def calendar(
    coming: pl.DataFrame, datasets: Mapping[str, Dataset], today: date, caption: str
) -> str:
    """One row a return: when it is due, what is in, what is owed, what comes next.

    ``coming``: what ``kpi.completeness.upcoming`` found.
    """
    cells = (_calendar_row(row, datasets, today) for row in coming.iter_rows(named=True))
    return block.stacked_table(caption, CALENDAR, cells)


def _calendar_row(row: Row, datasets: Mapping[str, Dataset], today: date) -> list[str]:
    dataset = datasets[row["dataset"]]
    return [
        escape(dataset.title),
        returns.due(dataset.due_day).capitalize(),
        theme.long_month(row["newest"]) if row["newest"] else "Nothing yet",
        _overdue(row),
        _coming(row, today),
    ]


def _overdue(row: Row) -> str:
    months = row["overdue"]
    if not months:
        return "–"
    listed = ", ".join(theme.month(month) for month in months[:3])
    more = f" and {len(months) - 3} more" if len(months) > 3 else ""
    return f"{card.chip(theme.ARRIVAL['missing'])} {listed}{more}"


def _coming(row: Row, today: date) -> str:
    if row["due"] is None:
        return "–"
    days = (row["due"] - today).days
    when = {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")
    return f"{theme.long_month(row['period'])}, by {theme.day(row['due'])}, {when}"


REGISTERS = ("Register", "Last published", "Times published", "Why it changed")


def registers(rows: pl.DataFrame, datasets: Mapping[str, Dataset], caption: str) -> str:
    """One row a register: when it was last published. ``rows``: ``completeness.registers``."""
    cells = (_register_row(row, datasets) for row in rows.iter_rows(named=True))
    return block.stacked_table(caption, REGISTERS, cells)


def _register_row(row: Row, datasets: Mapping[str, Dataset]) -> list[str]:
    day = row["last_day"]
    return [
        escape(datasets[row["dataset"]].title),
        f"{theme.day(day)}, load {row['load_id']}" if day else "Nothing yet",
        str(row["loads"] or 0),
        escape(row["reason"] or "–"),
    ]
