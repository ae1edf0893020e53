"""What was asked in meetings, when reports are due, what others found: as HTML.

Every string that comes from data is escaped; long texts fold.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from html import escape
from typing import Any

import polars as pl

from kpi import block, card, scrutiny, theme
from kpi.card import Column

Row = Mapping[str, Any]
#: From a row's ``kpi_ids`` to HTML.
Linked = Callable[[Sequence[str]], str]

SHORT = 170  # characters that are read at a glance; longer texts fold behind their beginning


def folded(text: str | None, short: int = SHORT) -> str:
    """A text that folds behind its first words when it is long; empty for no text."""
    said = (text or "").strip()
    if len(said) <= short:
        return escape(said)
    start = said[:short].rsplit(" ", 1)[0].rstrip(",;:.")
    return (
        f'<details class="kpi-long"><summary>{escape(start)} …</summary>'
        f"<p>… {escape(said[len(start) :].strip())}</p></details>"
    )


def requests(rows: pl.DataFrame, caption: str, linked: Linked) -> str:
    """Items of ``scrutiny.judge`` as a table: what was asked, of whom, how it stands, measures."""
    heads = ("What was asked", "How it stands", "Who answers", "Measures that bear on it")
    return block.stacked_table(
        caption, heads, [_request(row, linked) for row in rows.iter_rows(named=True)]
    )


def _request(row: Row, linked: Linked) -> list[str]:
    kind = scrutiny.TYPES.get(row["type"], row["type"])
    where = f"{kind} · {row['forum']}, {theme.short_day(row['raised'])}"
    asked = (
        f'<div class="kpi-asked-text">{folded(row["text"])}</div>'
        f'<p class="kpi-quietly">{escape(where)}</p>{_since(row)}'
    )
    mark = theme.REQUEST[row["state"]]
    told = _chip(mark, scrutiny.told(row))
    waited = f'<p class="kpi-quietly">{escape(scrutiny.waiting(row))}</p>'
    due = (
        f'<p class="kpi-quietly">due {escape(theme.short_day(row["due"]))}</p>'
        if row["due"]
        else ""
    )
    return [
        asked,
        told + due + waited,
        escape(row["owner_role"] or "–"),
        linked(row["kpi_ids"] or ()),
    ]


def _chip(mark: theme.Mark, word: str) -> str:
    """A mark with another word than its own: ``Overdue by 34 days``."""
    return card.chip(
        theme.Mark(fill=mark.fill, ink=mark.ink, edge=mark.edge, symbol=mark.symbol, word=word)
    )


def _since(row: Row) -> str:
    """Why it was not accepted, what was answered, and what came of it."""
    said = {
        "Why": row["reason"],
        "Answer": row["response"],
        "Since then": row["outcome"],
    }
    items = "".join(
        f"<dt>{name}</dt><dd>{folded(text)}</dd>" for name, text in said.items() if text
    )
    return f'<dl class="kpi-since">{items}</dl>' if items else ""


def _day_column(name: str, title: str) -> Column:
    return Column(name=name, title=title, show=lambda row: theme.short_day(row[name]))


def _count(name: str, title: str) -> Column:
    return Column(name=name, title=title, numeric=True)


# ---- tables ----


def age_columns() -> list[Column]:
    """The table twin of the chart of ages."""
    return [
        Column(name="band", title="How it stands"),
        _count("items", "Requests"),
        Column(
            name="oldest",
            title="Longest wait (days)",
            numeric=True,
            show=lambda row: "–" if row["oldest"] is None else f"{row['oldest']:,}",
        ),
    ]


def meeting_columns(address: Callable[[str, date], str]) -> list[Column]:
    """One row a meeting, its date leading to its requests."""

    def link(row: Row) -> str:
        href = escape(address(row["forum"], row["raised"]))
        return f'<a href="{href}">{escape(theme.short_day(row["raised"]))}</a>'

    return [
        Column(name="raised", title="Meeting", markup=True, show=link),
        Column(name="forum", title="Forum"),
        _count("asked", "Asked"),
        _count("answered", "Answered"),
        _count("not_accepted", "Not accepted"),
        _count("still_open", "Open"),
        _count("overdue", "Overdue"),
    ]


def rhythm_columns() -> list[Column]:
    """How each forum's promise of reports is kept."""

    def next_report(row: Row) -> str:
        if row["next"] is None:
            return "–"
        late = f", {row['behind']:,} days overdue" if row["behind"] else ""
        return f"{theme.short_day(row['next'])}{late}"

    return [
        Column(name="forum", title="Report to"),
        Column(name="every", title="Promised", show=lambda row: f"every {_months(row['every'])}"),
        _count("reported", "Reports"),
        _count("late", "Of them late"),
        _day_column("last", "Last report"),
        Column(name="next", title="Next one due", show=next_report),
        Column(name="source", title="Where it was promised"),
    ]


def _months(count: int) -> str:
    return "month" if count == 1 else f"{theme.spelt(count)} months"


def report_columns() -> list[Column]:
    """One row a report that was owed."""

    def state(row: Row) -> str:
        mark = theme.REQUEST[row["state"]]
        days = f" by {row['late']:,} days" if row["late"] else ""
        return _chip(mark, f"{mark.word}{days}")

    return [
        _day_column("due", "Due"),
        Column(name="forum", title="Report to"),
        Column(name="title", title="What"),
        _day_column("reported", "Reported"),
        Column(name="state", title="How it stands", markup=True, show=state),
        Column(name="source", title="Source"),
    ]


def assurance(rows: pl.DataFrame, priorities: Mapping[str, str]) -> str:
    """What reviewers from outside found, and what was answered, newest first."""
    heads = ("Finding", "Grade", "Response", "Priority")
    caption = "Findings of external reviews, newest first"
    return block.stacked_table(
        caption, heads, [_finding(row, priorities) for row in rows.iter_rows(named=True)]
    )


def _finding(row: Row, priorities: Mapping[str, str]) -> list[str]:
    who = " · ".join(
        text
        for text in (row["body"], row["kind"].replace("_", " "), theme.short_day(row["date"]))
        if text
    )
    found = (
        f'<div class="kpi-asked-text">{folded(row["finding"])}</div>'
        f'<p class="kpi-quietly">{escape(who)}</p>'
    )
    lacks = "" if row["status"] == "done" else "No response is written down."
    answered = folded(row["response"]) or lacks
    status = (row["status"] or "").replace("_", " ")
    said = f'{answered}<p class="kpi-quietly">{escape(status)}</p>'
    name = priorities.get(row["priority_id"] or "", row["priority_id"] or "–")
    return [found, escape(row["grade"] or "–"), said, escape(name)]
