"""The definitions page as HTML: entries searched, listed, and written for screen and paper.

Pure: entries in, HTML out. Every string is escaped, and what a search sought is marked in it.
"""

import difflib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

from kpi import block, card
from kpi.entries import Entry, Fact, Table

NEAR = 3  # suggestions for a search that finds nothing


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """Where a definition, and where the figures of a measure are found, by id."""

    entry: Callable[[str], str]
    measure: Callable[[str], str]


# ---- search ----


def find(entries: Sequence[Entry], sought: str) -> list[Entry]:
    """The entries that say every word of ``sought``; the one of that very name or id first."""
    whole = sought.strip().casefold()
    parts = whole.split()
    found = [entry for entry in entries if all(part in entry.words for part in parts)]
    return sorted(found, key=lambda entry: _rank(entry, whole, parts)) if parts else found


def _rank(entry: Entry, whole: str, parts: Sequence[str]) -> int:
    if whole in (entry.entry_id, entry.title.casefold()):
        return 0
    return 1 if all(part in entry.title.casefold() for part in parts) else 2


def nearest(entries: Sequence[Entry], sought: str) -> list[Entry]:
    """Entries whose name is spelt nearly like ``sought``."""
    names = {entry.title.casefold(): entry for entry in entries}
    names |= {entry.entry_id: entry for entry in entries}
    close = difflib.get_close_matches(sought.strip().casefold(), names, NEAR)
    return list({names[name].entry_id: names[name] for name in close}.values())


# ---- the page ----


def page(entries: Sequence[Entry], sought: str, addresses: Addresses) -> str:
    """All entries under their groups, beside their contents; or what a search found of them."""
    if not sought.strip():
        return (
            f'<div class="kpi-dictionary">{contents(entries)}'
            f"<div>{_groups(_Writer(entries, [], addresses))}</div></div>"
        )
    found = find(entries, sought)
    writer = _Writer(entries, sought.split(), addresses)
    listed = "".join(writer.entry(one) for one in found)
    return f"{_count(found, entries, sought, addresses)}<h2 class='kpi-hidden'>Found</h2>{listed}"


def contents(entries: Sequence[Entry]) -> str:
    """Every entry by group, each leading to its place on the page."""
    parts = []
    for group, listed in groupby(entries, key=lambda entry: entry.group):
        links = "".join(
            f'<li><a href="#{escape(entry.entry_id)}">{escape(entry.title)}</a></li>'
            for entry in listed
        )
        parts.append(f'<li><a href="#{_group_id(group)}">{escape(group)}</a><ul>{links}</ul></li>')
    return f'<nav class="kpi-contents" aria-label="Contents"><ul>{"".join(parts)}</ul></nav>'


def _group_id(group: str) -> str:
    return "group-" + re.sub(r"[^a-z0-9]+", "-", group.casefold()).strip("-")


def _groups(writer: "_Writer") -> str:
    return "".join(
        f'<section class="kpi-section" id="{_group_id(group)}"><h2>{escape(group)}</h2>'
        f"{''.join(writer.entry(entry) for entry in listed)}</section>"
        for group, listed in groupby(writer.entries, key=lambda entry: entry.group)
    )


def _count(
    found: Sequence[Entry], entries: Sequence[Entry], sought: str, addresses: Addresses
) -> str:
    """How many were found, read out as it changes; near names where there is none."""
    if found:
        noun = "definition mentions" if len(found) == 1 else "definitions mention"
        return _told(f"{len(found)} {noun} “{escape(sought.strip())}”.")
    near = ", ".join(
        f'<a href="{escape(addresses.entry(one.entry_id))}">{escape(one.title)}</a>'
        for one in nearest(entries, sought)
    )
    hint = f"Did you mean {near}?" if near else "Try fewer letters, or clear the field."
    return _told(f"Nothing here mentions “{escape(sought.strip())}”. {hint}")


def _told(markup: str) -> str:
    return f'<p class="kpi-found" role="status">{markup}</p>'


class _Writer:
    """Writes entries, with what was sought marked wherever it stands."""

    def __init__(self, entries: Sequence[Entry], sought: Iterable[str], at: Addresses) -> None:
        self.entries = entries
        self.titles = {entry.entry_id: entry.title for entry in entries}
        self.at = at
        words = sorted(map(re.escape, sought), key=len, reverse=True)
        self.sought = re.compile(f"({'|'.join(words)})", re.I) if words else None

    def text(self, text: str) -> str:
        """``text`` as HTML."""
        if self.sought is None:
            return escape(text)
        parts = self.sought.split(text)  # every second part is what was sought
        return "".join(
            f"<mark>{escape(part)}</mark>" if at % 2 else escape(part)
            for at, part in enumerate(parts)
        )

    def entry(self, entry: Entry) -> str:
        name, title = escape(entry.entry_id), escape(entry.title)
        more = f"<p>{self.text(entry.text)}</p>" if entry.text else ""
        return (
            f'<article class="kpi-entry" id="{name}"><h3>{self.text(entry.title)}'
            f'<a class="kpi-anchor" href="#{name}" aria-label="Link to {title}">#</a></h3>'
            f'<p class="kpi-asked">{self.text(entry.lead)}</p>{more}'
            f"{self._names(entry)}{self._facts(entry.facts)}"
            f"{''.join(self._table(entry, table) for table in entry.tables)}</article>"
        )

    def _names(self, entry: Entry) -> str:
        """What files call it, and the way to its figures."""
        parts = [f"<code>{self.text(entry.code)}</code>"] if entry.code else []
        if entry.page:
            href, of = escape(self.at.measure(entry.entry_id)), escape(entry.title)
            parts.append(f'<a href="{href}" aria-label="Figures of {of}">Figures</a>')
        return f'<p class="kpi-names">{" ".join(parts)}</p>' if parts else ""

    def _facts(self, facts: Sequence[Fact]) -> str:
        if not facts:
            return ""
        style = "kpi-terms kpi-signs" if any(fact.mark for fact in facts) else "kpi-terms"
        items = "".join(
            f"<dt>{card.chip(fact.mark) if fact.mark else self.text(fact.term)}</dt>"
            f"<dd>{'<br>'.join(map(self.text, fact.text.splitlines()))} {self._refs(fact)}</dd>"
            for fact in facts
        )
        return f'<dl class="{style}">{items}</dl>'

    def _refs(self, fact: Fact) -> str:
        links = [
            f'<a href="{escape(self._address(name))}">{escape(self.titles.get(name, name))}</a>'
            for name in fact.refs
        ]
        return ", ".join(links) + "." if links else ""

    def _address(self, entry_id: str) -> str:
        """On the whole page a place on it; among what was found, a search for it."""
        return f"#{entry_id}" if self.sought is None else self.at.entry(entry_id)

    def _table(self, entry: Entry, table: Table) -> str:
        rows = ([self._lines(cell) for cell in row] for row in table.rows)
        return block.stacked_table(f"{table.title} of {entry.title}", table.heads, rows)

    def _lines(self, cell: Sequence[str]) -> str:
        first, *others = cell
        return self.text(first) + "".join(
            f"<span>{self.text(line)}</span>" for line in others if line
        )
