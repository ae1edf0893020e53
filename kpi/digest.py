"""HTML of what changed, and of what a total hides: short lists, the rest one tap away.

Pure: changes in, HTML out. Every string that comes from data is escaped.
"""

from collections.abc import Callable, Mapping, Sequence
from html import escape
from itertools import groupby
from typing import Any

import polars as pl

from kpi import block, card, movement, theme
from kpi.card import Column
from kpi.catalogue import Kpi
from kpi.movement import KINDS, MOST, OF_A_KIND, Change

Row = Mapping[str, Any]
#: From a change to the page that has more of it, or nothing.
Address = Callable[[Change], str]

HIDDEN = "The whole council is on target; these teams are off target, or worsening."
SHORT = 4  # hidden teams on a page that is about something else


def changed(found: Sequence[Change], address: Address) -> str:
    """The eight changes that matter most, in their order; the others by kind, folded."""
    if not found:
        return ""
    first = movement.few(found, dict.fromkeys(KINDS, OF_A_KIND))
    rest = [one for one in found if one not in first]
    title = "What matters most" if rest else "What changed"
    shown = block.section(title, _listed(first, address))
    if not rest:
        return shown
    groups = "".join(
        f"<h3>{escape(KINDS[kind])}</h3>{_listed(list(several), address)}"
        for kind, several in groupby(rest, key=lambda one: one.kind)
    )
    return shown + block.folded(f"Everything else that changed ({len(rest)})", groups)


def _listed(found: Sequence[Change], address: Address) -> str:
    return f'<ul class="kpi-changes">{"".join(_item(one, address(one)) for one in found)}</ul>'


def _item(one: Change, href: str) -> str:
    title = f'<a href="{escape(href)}">{escape(one.title)}</a>' if href else escape(one.title)
    kind = f'<span class="kpi-hidden">{escape(KINDS[one.kind])}: </span>'
    return (
        f"<li><div>{kind}{card.chip(one.mark)}</div>"
        f"<p><strong>{title}</strong> {escape(one.sentence)}</p></li>"
    )


def hidden(
    rows: Sequence[Row], kpis: Mapping[str, Kpi], address: Callable[[str], str], most: int = MOST
) -> str:
    """Teams that the average hides, the worst first; ``address`` leads to a measure."""
    if not rows:
        return ""
    listed = [_hidden(row, kpis[row["kpi_id"]], address(row["kpi_id"])) for row in rows]
    body = f'<ul class="kpi-changes">{"".join(listed[:most])}</ul>'
    if more := listed[most:]:
        body += block.folded(f"{len(more)} more", f'<ul class="kpi-changes">{"".join(more)}</ul>')
    return block.section("Hidden by the average", f'<p class="kpi-lead">{HIDDEN}</p>{body}')


def _hidden(row: Row, kpi: Kpi, href: str) -> str:
    off = row["rating"] == "red"
    mark = theme.rating(kpi, row) if off else theme.VARIATION[row["variation"]]
    said = movement.hidden_sentence(kpi, row)
    return (
        f"<li><div>{card.chip(mark)}</div>"
        f'<p><strong><a href="{escape(href)}">{escape(kpi.title)}</a></strong> '
        f"{escape(said)}</p></li>"
    )


def restated(kpis: Mapping[str, Kpi]) -> list[Column]:
    """Months that show another figure than they did: one row a measure and month."""

    def figure(age: str) -> Callable[[Row], str]:
        def show(row: Row) -> str:
            return theme.figure(row[age], kpis[row["kpi_id"]], row[f"{age}_state"])

        return show

    return [
        Column(name="kpi_id", title="Measure", show=lambda row: kpis[row["kpi_id"]].title),
        Column(name="period", title="Month", show=lambda row: theme.month(row["period"])),
        Column(name="then", title="As known then", numeric=True, show=figure("then")),
        Column(name="now", title="As known now", numeric=True, show=figure("now")),
        Column(name="rated_now", title="Status", markup=True, show=lambda row: _lights(kpis, row)),
    ]


def _lights(kpis: Mapping[str, Kpi], row: Row) -> str:
    before, after = (
        card.chip(theme.rating(kpis[row["kpi_id"]], {"rating": row[f"rated_{age}"]}))
        for age in ("then", "now")
    )
    return after if before == after else f"{before} then {after}"


def meetings(rows: pl.DataFrame, address: Callable[[str], str]) -> str:
    """The newest meetings, each a link that looks back to its day."""
    links = " · ".join(
        f'<a href="{escape(address(row["date"].isoformat()))}">{escape(row["forum"])}, '
        f"{theme.day(row['date'])}</a>"
        for row in rows.iter_rows(named=True)
    )
    return f'<p class="kpi-further">Since a meeting: {links}</p>' if links else ""
