"""What was said of a measure, as HTML: the so-what first, then the rest, earlier months folded.

Every string that comes from data is escaped.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from html import escape
from typing import Any

from kpi import theme

Row = Mapping[str, Any]

SHORT = 150  # characters of a so-what that a card takes without growing past its neighbours


def commentary(rows: Mapping[date, Row], shown: date) -> str:
    """What was said of one measure. ``rows``: by month, the newest first; ``shown``: its month."""
    if not rows:
        return ""
    newest, *earlier = rows.items()
    period, row = newest
    late = f" Nothing has been written of {theme.long_month(shown)} yet." if period < shown else ""
    return (
        '<section class="kpi-section kpi-commentary"><div class="kpi-note">'
        f"<h2>So what for children, {theme.long_month(period)}</h2>"
        f"<p>{escape(row['so_what'])}</p></div>{_rest(row)}"
        f'<div class="kpi-commentary-foot">{_source(row, late)}{_folded(earlier)}</div></section>'
    )


def _rest(row: Row) -> str:
    due = theme.day(row["due"]) if row["due"] else ""
    lines = {
        "What happened": row["happened"],
        "Next action": row["action"],
        "Owner": row["owner"],
        "Due": due,
    }
    items = "".join(
        f"<dt>{name}</dt><dd>{escape(text)}</dd>" for name, text in lines.items() if text
    )
    return f'<dl class="kpi-terms">{items}</dl>' if items else ""


def _source(row: Row, late: str = "") -> str:
    written = f"{row['loaded_by']}, {theme.day(row['loaded_at'])}, load {row['load_id']}"
    return f'<p class="kpi-source">Written by: {escape(written)}.{late}</p>'


def _folded(earlier: Iterable[tuple[date, Row]]) -> str:
    items = [
        f'<article class="kpi-said-card"><h3>{theme.long_month(period)}</h3>'
        f"<p><strong>So what?</strong> {escape(row['so_what'])}</p>{_rest(row)}{_source(row)}"
        "</article>"
        for period, row in earlier
    ]
    if not items:
        return ""
    name = f"What was said in earlier months ({len(items)})"
    return f'<details class="kpi-fold"><summary>{name}</summary>{"".join(items)}</details>'


def short(text: str) -> str:
    """As much of a so-what as a card takes, cut between words."""
    line = " ".join(text.split())
    if len(line) <= SHORT:
        return line
    return f"{line[:SHORT].rsplit(' ', 1)[0].rstrip(' ,;:.')} …"
