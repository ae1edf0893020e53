"""HTML of the plan: progress beside impact month by month, and what the evidence says of it.

Pure: ratings and verdicts in, HTML out. Every string that comes from data is escaped.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from html import escape
from typing import Any

import polars as pl

from kpi import block, card, theme
from kpi.evidence import NAMES, Strand, Verdict
from kpi.finding import SILENT, Finding

Row = Mapping[str, Any]
Address = Callable[[str], str]

#: From worst to best, so that a month can be compared with the one before.
LADDER = ("red", "amber", "green", "blue")
PARTS = ("progress", "impact")
OPEN = 3  # questions that stand open
MOVED, AGREES = "Since last month", "Does the evidence agree?"
NARROW, WIDE = 6, 9  # months that a laptop and a projector show


# ---- the matrix ----


def matrix(
    rows: pl.DataFrame,
    priorities: pl.DataFrame,
    months: Sequence[date],
    verdicts: Mapping[str, Verdict],
    address: Address,
) -> str:
    """Priorities by month: what was done beside what changed, and whether the evidence agrees.

    ``rows``: period, priority_id, progress, impact (blue, green, amber, red or null).
    ``priorities``: priority_id, name, answers. The last of ``months`` is written out in words.
    ``address`` leads from a priority's id to its evidence.
    """
    rated = {(row["priority_id"], row["period"]): row for row in rows.iter_rows(named=True)}
    body = "".join(
        _line(row, [rated.get((row["priority_id"], at), {}) for at in months], verdicts, address)
        for row in priorities.iter_rows(named=True)
    )
    caption = "Progress and impact of each priority, by month"
    return key() + block.region(
        caption,
        # On a telephone the cells of a row stand under each other; a browser that lays a table out
        # as blocks forgets that it is one, so each part says what it is.
        '<table class="kpi-table kpi-stack kpi-plan" role="table">'
        f'<caption class="kpi-hidden">{caption}</caption><thead role="rowgroup"><tr role="row">'
        f"{_head('kpi-priority', 'Priority')}{_heads(months)}"
        f"{_head('kpi-moved', MOVED)}{_head('kpi-agrees', AGREES)}</tr></thead>"
        f'<tbody role="rowgroup">{body}</tbody></table>',
    )


def _head(style: str, content: str) -> str:
    """The head of a column; ``content`` is HTML already."""
    return f'<th scope="col" role="columnheader" class="{style}">{content}</th>'


def _cell(style: str, head: str, content: str) -> str:
    """A cell; ``head`` goes before it on a telephone. ``content`` is HTML already."""
    named = f' data-head="{escape(head)}"' if head else ""
    return f'<td role="cell" class="{style}"{named}>{content}</td>'


def key() -> str:
    """What the colours, symbols and places of the plan mean."""
    marks = [theme.BRAG[name] for name in (*reversed(LADDER), "none")]
    items = "".join(f"<li>{card.square(mark)}{escape(mark.word)}</li>" for mark in marks)
    return (
        f'<ul class="kpi-key">{items}<li>Left: progress, what was done. '
        "Right: impact, what changed for children.</li></ul>"
    )


def _heads(months: Sequence[date]) -> str:
    """The year is shown over the month in which it begins, and read out with every month."""
    *earlier, newest = months
    heads = "".join(_month_head(at, n, len(months)) for n, at in enumerate(earlier))
    name = theme.long_month(newest)
    return heads + _head("kpi-now", f"{name}<span>Progress, impact</span>")


def _month_head(period: date, at: int, months: int) -> str:
    name, year = theme.month(period).split()
    style = ' class="kpi-hidden"'
    if at == months - NARROW:
        style = ' class="kpi-again"'  # a narrow screen begins here
    if at == 0 or period.month == 1:
        style = ""
    return _head(f"kpi-month {_age(at, months)}", f"<span{style}>{year} </span>{name}")


def _age(at: int, months: int) -> str:
    """How far back a month lies: narrow screens leave the earlier ones out."""
    return "kpi-early" if months - at > NARROW else "kpi-recent"


def _line(row: Row, found: Sequence[Row], verdicts: Mapping[str, Verdict], address: Address) -> str:
    name, who = row["priority_id"], row["answers"]
    *earlier, newest = found
    pairs = "".join(
        _cell(f"kpi-month {_age(n, len(found))}", "", _pair(one)) for n, one in enumerate(earlier)
    )
    answers = f"<span>{escape(who)}</span>" if who else ""
    return (
        '<tr role="row"><th scope="row" role="rowheader" class="kpi-priority">'
        f'<a href="{escape(address(name))}">{escape(row["name"])}</a>{answers}</th>{pairs}'
        f"{_cell('kpi-now', '', _chips(newest))}"
        f"{_cell('kpi-moved', MOVED, movement(found[-2:]))}"
        f"{_cell('kpi-agrees', '', _agrees(verdicts.get(name)))}</tr>"
    )


def _pair(row: Row) -> str:
    """Two squares, told apart by their place and, aloud, by their name."""
    squares = "".join(
        f'<span class="kpi-hidden">{part.capitalize()}: </span>'
        f"{card.square(theme.BRAG[row.get(part) or 'none'])}"
        f'<span class="kpi-hidden">{_word(row.get(part))}. </span>'
        for part in PARTS
    )
    return f'<div class="kpi-pair">{squares}</div>'


def _chips(row: Row) -> str:
    chips = "".join(
        f'<span class="kpi-hidden">{part.capitalize()}: </span>{brag(row.get(part))}'
        for part in PARTS
    )
    return f'<div class="kpi-pair">{chips}</div>'


def brag(rating: str | None) -> str:
    """A rating as a chip with the name of its colour."""
    mark = theme.BRAG[rating or "none"]
    return card.chip(replace(mark, word=_word(rating)))


def _word(rating: str | None) -> str:
    return theme.BRAG[rating or "none"].word.partition(":")[0]


def movement(last_two: Sequence[Row]) -> str:
    """``Progress better``, ``Impact worse``: how the newest month differs from the one before."""
    if len(last_two) < 2:
        return "–"
    before, now = last_two
    moves = [_move(name.capitalize(), before.get(name), now.get(name)) for name in PARTS]
    return "".join(f"<span>{move}</span>" for move in moves if move) or "No change"


def _move(name: str, before: str | None, now: str | None) -> str:
    if before not in LADDER or now not in LADDER or before == now:
        return ""
    better = LADDER.index(now) > LADDER.index(before)
    symbol, word = ("▲", "better") if better else ("▼", "worse")
    return f'<span class="kpi-symbol" aria-hidden="true">{symbol}</span> {name} {word}'


def _agrees(verdict: Verdict | None) -> str:
    """The verdict and its most telling figure; the reasons one tap away."""
    if verdict is None:
        return "–"
    reasons = "".join(f"<li>{escape(reason)}</li>" for reason in verdict.reasons)
    return (
        f"<details><summary>{card.chip(theme.VERDICT[verdict.verdict])}"
        f"<span>{escape(verdict.brief)}</span></summary>"
        f"<p>{escape(verdict.lead)}</p><ul>{reasons}</ul></details>"
    )


# ---- one priority ----


def strands(verdict: Verdict, address: Address) -> str:
    """The three strands of one priority side by side. ``address``: from a measure to its page."""
    parts = "".join(_strand(strand, address) for strand in verdict.strands)
    return f'<div class="kpi-strands">{parts}</div>'


def _strand(strand: Strand, address: Address) -> str:
    known = [one for one in strand.findings if one.says != SILENT]
    silent = [one for one in strand.findings if one.says == SILENT]
    return (
        f'<section class="kpi-strand"><h3>{NAMES[strand.name]} '
        f"{card.chip(theme.SAYS[strand.mark])}</h3><p>{escape(strand.sentence)}</p>"
        f"{_listed(known, address)}"
        f"{block.folded('What cannot be judged', _listed(silent, address)) if silent else ''}"
        "</section>"
    )


def _listed(findings: Iterable[Finding], address: Address) -> str:
    items = "".join(_found(one, address) for one in findings)
    return f'<ul class="kpi-findings-of">{items}</ul>' if items else ""


def _found(one: Finding, address: Address) -> str:
    mark = theme.SAYS["withheld" if one.says == SILENT and one.is_withheld else one.says]
    said = escape(one.sentence.removeprefix(one.kpi.title))
    return (
        f'<li><span class="kpi-symbol" aria-hidden="true">{mark.symbol}</span>'
        f'<span><span class="kpi-hidden">{mark.word}. </span>'
        f'<a href="{escape(address(one.kpi.kpi_id))}">{escape(one.kpi.title)}</a>{said}</span></li>'
    )


def owner(row: Row) -> str:
    """What the owner of one priority says of a month."""
    said = row["commentary"] or "No commentary was given."
    so_what = row["so_what"] or "Not answered."
    chips = "".join(f"<p>{part.capitalize()} {brag(row[part])}</p>" for part in PARTS)
    return (
        f'<div class="kpi-owner"><div>{chips}</div><div><p>{escape(said)}</p>'
        f"<p><strong>So what?</strong> {escape(so_what)}</p></div></div>"
    )


# ---- lists ----


def without_impact(rows: Sequence[Row], verdicts: Mapping[str, Verdict], address: Address) -> str:
    """Priorities whose progress is as planned while children do not notice it, longest first."""
    items = "".join(_without(row, verdicts.get(row["priority_id"]), address) for row in rows)
    title = "Progress without impact"
    if not items:
        return block.section(title, "<p>No priority progresses as planned without impact.</p>")
    return block.section(title, f'<ul class="kpi-list">{items}</ul>')


def _without(row: Row, verdict: Verdict | None, address: Address) -> str:
    months = row["months"]
    span = f"{theme.spelt(months)} {'month' if months == 1 else 'months running'}".capitalize()
    doubt = verdict.open_to_question if verdict else []
    told = escape(doubt[0].sentence) if doubt else ""
    return (
        f'<li><p class="kpi-list-head"><a href="{escape(address(row["priority_id"]))}">'
        f"{escape(row['name'])}</a> {brag(row['progress'])} {brag(row['impact'])}</p>"
        f"<p>{span}. {told}</p></li>"
    )


def asked(items: Sequence[tuple[str, str, str]], title: str, lead: str) -> str:
    """Questions in their order: (text, address of the chart, what the link says).

    The first few stand open, the others one tap away.
    """
    listed = [
        f'<li value="{at}"><p>{escape(text)}</p>'
        f'<p><a href="{escape(href)}">{escape(link)}</a></p></li>'
        for at, (text, href, link) in enumerate(items, 1)
    ]
    first, rest = listed[:OPEN], listed[OPEN:]
    body = f'<p class="kpi-lead">{escape(lead)}</p>{_questions(first)}'
    more = f"{theme.spelt(len(rest)).capitalize()} more"
    return block.section(title, body + (block.folded(more, _questions(rest)) if rest else ""))


def _questions(items: Iterable[str]) -> str:
    return f'<ol class="kpi-questions">{"".join(items)}</ol>'
