"""Measures that something is linked to, each with its figure and its status word, as HTML."""

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

import polars as pl

from kpi import card, theme, words
from kpi.catalogue import Kpi

Row = Mapping[str, Any]
#: The address of a measure's page.
Address = Callable[[str], str]


def measures(
    kpi_ids: Sequence[str] | None,
    newest: pl.DataFrame,
    kpis: Mapping[str, Kpi],
    address: Address,
    nothing: str = "No measure is linked.",
) -> str:
    """A list of measures: title, newest figure, status; ``newest``: the last row of each."""
    known = [kpis[name] for name in kpi_ids or () if name in kpis]
    if not known:
        return f'<span class="kpi-quietly">{escape(nothing)}</span>'
    rows = {row["kpi_id"]: row for row in newest.iter_rows(named=True)}
    items = "".join(_item(kpi, rows.get(kpi.kpi_id), address) for kpi in known)
    return f'<ul class="kpi-linked">{items}</ul>'


def _item(kpi: Kpi, row: Row | None, address: Address) -> str:
    name = f'<a href="{escape(address(kpi.kpi_id))}">{escape(kpi.title)}</a>'
    if row is None:
        return f"<li>{name} <span>no figure yet</span></li>"
    none = words.BRIEFLY.get(row["state"] or "", "no figure")
    figure = none if row["value"] is None else theme.with_unit(row["value"], kpi)
    said = f"{escape(figure)}, {escape(theme.span(kpi, row['period']))}"
    return f"<li>{name} <span>{said}</span> {card.chip(theme.rating(kpi, row))}</li>"
