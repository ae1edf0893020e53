"""A measure named beside something else, with its signals: HTML, everything from data escaped.

Status against target and variation stay two signals here too; neither is told by colour alone.
"""

from collections.abc import Callable, Iterable, Mapping
from html import escape
from typing import Any

import polars as pl

from kpi import card, theme, words
from kpi.catalogue import Kpi

Row = Mapping[str, Any]
Link = Callable[[str], str]

NONE = "–"


def rows_of(newest: pl.DataFrame) -> dict[str, Row]:
    """The last observation of each measure, by its id."""
    return {row["kpi_id"]: row for row in newest.iter_rows(named=True)}


def briefly(
    names: Iterable[str] | None, kpis: Mapping[str, Kpi], newest: Mapping[str, Row], link: Link
) -> str:
    """Each measure with its status, a line each; a dash for none."""
    return _listed(names, kpis, newest, link, _status)


def wholly(
    names: Iterable[str] | None, kpis: Mapping[str, Kpi], newest: Mapping[str, Row], link: Link
) -> str:
    """Each measure with its last figure, its status and whether it is changing."""
    return _listed(names, kpis, newest, link, _signals)


def figured(
    names: Iterable[str] | None,
    kpis: Mapping[str, Kpi],
    newest: Mapping[str, Row],
    link: Link,
    nothing: str = "No measure is linked.",
) -> str:
    """Each measure that is known with its last figure and its status; ``nothing`` for none."""
    known = [name for name in names or () if name in kpis]
    if not known:
        return f'<span class="kpi-quietly">{escape(nothing)}</span>'
    return _listed(known, kpis, newest, link, _figure, "kpi-linked")


def _listed(
    names: Iterable[str] | None,
    kpis: Mapping[str, Kpi],
    newest: Mapping[str, Row],
    link: Link,
    told: Callable[[Kpi, Row], str],
    style: str = "kpi-mentions",
) -> str:
    items = "".join(
        f"<li>{_one(name, kpis, newest, link, told)}</li>" for name in dict.fromkeys(names or [])
    )
    return f'<ul class="{style}">{items}</ul>' if items else NONE


def _one(
    name: str,
    kpis: Mapping[str, Kpi],
    newest: Mapping[str, Row],
    link: Link,
    told: Callable[[Kpi, Row], str],
) -> str:
    if name not in kpis:
        return escape(name)
    kpi, row = kpis[name], newest.get(name)
    title = f'<a href="{escape(link(name))}">{escape(kpi.title)}</a>'
    return f"{title} {told(kpi, row) if row else 'no figure yet'}"


def _status(kpi: Kpi, row: Row) -> str:
    mark = theme.rating(kpi, row)
    return (
        f'<span class="kpi-mention-status"><span class="kpi-symbol" aria-hidden="true" '
        f'style="color:{mark.edge}">{escape(mark.symbol)}</span> {escape(mark.word)}</span>'
    )


def _figure(kpi: Kpi, row: Row) -> str:
    none = words.BRIEFLY.get(row["state"] or "", "no figure")
    figure = none if row["value"] is None else theme.with_unit(row["value"], kpi)
    said = f"{escape(figure)}, {escape(theme.span(kpi, row['period']))}"
    return f"<span>{said}</span> {card.chip(theme.rating(kpi, row))}"


def _signals(kpi: Kpi, row: Row) -> str:
    figure = theme.with_unit(row["value"], kpi, row["state"])
    moving = theme.VARIATION[row["variation"]]
    return (
        f'<span class="kpi-mention-figure">{escape(figure)}, '
        f"{escape(theme.span(kpi, row['period']))}</span>"
        f"{card.chip(theme.rating(kpi, row))}"
        f'<span class="kpi-mention-status"><span class="kpi-symbol" aria-hidden="true" '
        f'style="color:{moving.edge}">{escape(moving.symbol)}</span> {escape(moving.word)}</span>'
    )
