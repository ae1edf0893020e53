"""The register of teams and services: a change counts from a month on, and no history is lost.

A team opens, closes, opens again, is renamed, or moves to another service. Each is a step: a pure
function from the register (``kpi.register.read``) to the rows that it adds. What was before keeps
its name and its service.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

from kpi import ingest, theme
from kpi.ingest.characters import squeezed
from kpi.ingest.lists import WHOLE_COUNCIL

ID = re.compile(r"[A-Za-z][A-Za-z0-9_]{1,19}")
LONGEST_NAME = 80
SPELL = {
    "org_id": pl.String,
    "name": pl.String,
    "level": pl.String,
    "parent_id": pl.String,
    "valid_from": pl.Date,
    "valid_to": pl.Date,
}

Spell = dict[str, Any]


class OrganisationRefused(Exception):
    """The register cannot be changed so; the message says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """A change of one organisation from a month on.

    ``spells``: the rows that it adds; one with the first month of an earlier row stands in its
    place. ``says``: what changes. ``before`` and ``after``: what becomes of the months that are
    published, where there are any on that side; ``{months}`` is replaced by which they are. Of
    those before, only the ones from ``since`` on had the name and service that change.
    """

    org_id: str
    month: date
    spells: list[Spell]
    says: str
    before: str = ""
    after: str = ""
    since: date = date.min


def month(text: str) -> date:
    """The month that somebody typed, as its first day; raises OrganisationRefused."""
    found = ingest.month_of(text)
    if found is None:
        raise OrganisationRefused(f"{text.strip()[:40]!r} is not a month. Write it as 2025-04.")
    return found


# ---- steps: the register in, what to add out ----


def open_team(register: pl.DataFrame, org_id: str, name: str, parent_id: str, first: date) -> Step:
    """A new team, part of a service from its ``first`` month on."""
    org_id, name = org_id.strip(), name.strip()
    _prove_id(register, org_id)
    _prove_name(register, org_id, name, first)
    parent = _parent(register, parent_id, first)
    spell = {
        "org_id": org_id, "name": name, "level": "team", "parent_id": parent_id,
        "valid_from": first, "valid_to": None,
    }  # fmt: skip
    says = f"{name} ({org_id}) opens in {theme.long_month(first)} as part of {parent['name']}."
    return Step(org_id=org_id, month=first, spells=[spell], says=says)


def close(register: pl.DataFrame, org_id: str, first: date) -> Step:
    """``first`` is the first month in which it is closed."""
    own = _spells(register, org_id)
    last = _last(own, first)
    if last["level"] == "council":
        raise OrganisationRefused("The whole council cannot close.")
    if first <= own[0]["valid_from"]:
        opened = theme.long_month(own[0]["valid_from"])
        raise OrganisationRefused(f"{last['name']} opened in {opened}; it can close after that.")
    if parts := _parts(register, org_id, first):
        raise OrganisationRefused(
            f"{', '.join(parts)} would be left without a service: move or close them first."
        )
    return Step(
        org_id=org_id,
        month=first,
        spells=[last | {"valid_to": first}],
        says=f"{last['name']} closes: {theme.long_month(_before(first))} is its last month.",
        before="What is published stays: {months}.",
    )


def reopen(register: pl.DataFrame, org_id: str, first: date) -> Step:
    """A team that closed is open again from ``first`` on; from its closing on, it never closed."""
    last = _spells(register, org_id)[-1]
    closed = last["valid_to"]
    if closed is None:
        raise OrganisationRefused(f"{last['name']} is open; it cannot open again.")
    if first < closed:
        raise OrganisationRefused(
            f"{last['name']} was open until {theme.long_month(_before(closed))}; "
            f"it can open again from {theme.long_month(closed)}."
        )
    _prove_name(register, org_id, last["name"], first)
    _parent(register, last["parent_id"], first)
    since = {} if first == closed else {"valid_from": first}
    says = f"{last['name']} is open again from {theme.long_month(first)}."
    return Step(org_id=org_id, month=first, spells=[last | since | {"valid_to": None}], says=says)


def rename(register: pl.DataFrame, org_id: str, name: str, first: date) -> Step:
    """Another name from ``first`` on; the months before keep the old one."""
    name = name.strip()
    last = _last(_spells(register, org_id), first)
    if name == last["name"]:
        raise OrganisationRefused(f"{name} is already its name.")
    _prove_name(register, org_id, name, first)
    return Step(
        org_id=org_id,
        month=first,
        spells=_split(last, first, name=name),
        says=f"From {theme.long_month(first)} {last['name']} is called {name}.",
        before=f"Months before stay under {last['name']}: {{months}}.",
        after="Months under the new name: {months}.",
        since=last["valid_from"],
    )


def move(register: pl.DataFrame, org_id: str, parent_id: str, first: date) -> Step:
    """Part of another service from ``first`` on; the months before stay with the old one."""
    last = _last(_spells(register, org_id), first)
    if last["level"] != "team":
        raise OrganisationRefused(f"{last['name']} is not a team; only a team moves.")
    if parent_id == last["parent_id"]:
        raise OrganisationRefused(f"{last['name']} is already part of it.")
    parent = _parent(register, parent_id, first, last["valid_to"])
    old = _spells(register, last["parent_id"])[-1]["name"]
    return Step(
        org_id=org_id,
        month=first,
        spells=_split(last, first, parent_id=parent_id),
        says=f"From {theme.long_month(first)} {last['name']} is part of {parent['name']}, "
        f"no longer of {old}.",
        before=f"Months that stay with {old}: {{months}}.",
        after=f"Months that move to {parent['name']}, and change the figures of both services: "
        "{months}.",
        since=last["valid_from"],
    )


def _split(last: Spell, first: date, **new: str) -> list[Spell]:
    """The last spell up to ``first``, and from then on as it is new."""
    if first == last["valid_from"]:
        return [last | new]
    return [last | {"valid_to": first}, last | new | {"valid_from": first}]


def _spells(register: pl.DataFrame, org_id: str) -> list[Spell]:
    rows = register.filter(org_id=org_id).select(list(SPELL)).sort("valid_from").to_dicts()
    if not rows:
        raise OrganisationRefused(f"There is no team or service {org_id!r}.")
    return rows


def _last(own: list[Spell], first: date) -> Spell:
    """The spell that changes; nothing changes before the opening or an earlier change."""
    last = own[-1]
    if first < own[0]["valid_from"]:
        opened = theme.long_month(own[0]["valid_from"])
        raise OrganisationRefused(
            f"{last['name']} opens in {opened}; nothing can change before that."
        )
    if first < last["valid_from"]:
        changed = theme.long_month(last["valid_from"])
        raise OrganisationRefused(
            f"{last['name']} changes in {changed} already; choose that month or a later one."
        )
    if last["valid_to"] is not None:
        closed = theme.long_month(last["valid_to"])
        raise OrganisationRefused(
            f"{last['name']} is closed from {closed} on; open it again first."
        )
    return last


def _parent(
    register: pl.DataFrame, parent_id: str, first: date, until: date | None = None
) -> Spell:
    """The service in that month, proven to stay open as long as the team."""
    try:
        spells = _spells(register, parent_id)
    except OrganisationRefused as error:
        raise OrganisationRefused(f"There is no service {parent_id!r}.") from error
    last = spells[-1]
    if last["level"] == "team":
        raise OrganisationRefused(f"{last['name']} is a team; a team is part of a service.")
    if first < spells[0]["valid_from"]:
        opened = theme.long_month(spells[0]["valid_from"])
        raise OrganisationRefused(f"{last['name']} opens only in {opened}.")
    end = last["valid_to"]
    if end is not None and (until is None or until > end):
        closed = theme.long_month(end)
        raise OrganisationRefused(f"{last['name']} is closed from {closed} on.")
    return next(spell for spell in reversed(spells) if spell["valid_from"] <= first)


def _parts(register: pl.DataFrame, org_id: str, first: date) -> list[str]:
    """The names of those that are part of it in ``first`` or later."""
    rows = register.filter(
        pl.col("parent_id") == org_id,
        pl.col("valid_to").is_null() | (pl.col("valid_to") > first),
    )
    return rows["name"].unique().sort().to_list()


def _prove_id(register: pl.DataFrame, org_id: str) -> None:
    if not ID.fullmatch(org_id):
        raise OrganisationRefused(
            "An id is 2 to 20 letters, figures and underscores, beginning with a letter: CIN3."
        )
    if squeezed(org_id) in WHOLE_COUNCIL:
        raise OrganisationRefused(f"In a file {org_id} means the whole council. Choose another id.")
    for taken, name in register.select("org_id", "name").iter_rows():
        if squeezed(taken) == squeezed(org_id):
            raise OrganisationRefused(f"The id {taken} is already taken, by {name}.")


def _prove_name(register: pl.DataFrame, org_id: str, name: str, first: date) -> None:
    """A file may name a team instead of its id, so no two that are open share a name."""
    if not squeezed(name) or len(name) > LONGEST_NAME:
        raise OrganisationRefused(f"Give a name, of {LONGEST_NAME} characters at most.")
    others = register.filter(
        pl.col("org_id") != org_id, pl.col("valid_to").is_null() | (pl.col("valid_to") > first)
    )
    for taken, other in others.select("org_id", "name").iter_rows():
        if squeezed(name) in (squeezed(other), squeezed(taken)):
            raise OrganisationRefused(f"The name {name} is already taken, by {other} ({taken}).")


def _before(first: date) -> date:
    return (first - timedelta(days=1)).replace(day=1)


# ---- reading the register ----


def tree(register: pl.DataFrame) -> pl.DataFrame:
    """The register in the order of the tree: the council, each service, its teams.

    Adds ``depth`` (0 for the council) and ``part_of``: the parent's name in the first month of the
    row. An organisation stands under the parent that it came to last, with its rows in time order.
    """
    spells: dict[str, list[Spell]] = {}
    for row in register.sort("valid_from").iter_rows(named=True):
        spells.setdefault(row["org_id"], []).append(row)
    rows: list[Spell] = []

    def walk(parent_id: str | None, depth: int) -> None:
        own = [rows for rows in spells.values() if rows[-1]["parent_id"] == parent_id]
        for each in sorted(own, key=lambda rows: rows[-1]["name"]):
            rows.extend(
                row | {"depth": depth, "part_of": _name_in(spells, row["parent_id"], row)}
                for row in each
            )
            walk(each[0]["org_id"], depth + 1)

    walk(None, 0)
    return pl.DataFrame(rows, schema=register.schema | {"depth": pl.Int64, "part_of": pl.String})


def _name_in(spells: dict[str, list[Spell]], org_id: str | None, row: Spell) -> str | None:
    own = spells.get(org_id or "", [])
    begun = [spell for spell in own if spell["valid_from"] <= row["valid_from"]] or own[:1]
    return begun[-1]["name"] if begun else None


def headline(register: pl.DataFrame, day: date) -> str:
    """``15 teams in 3 services are open``."""
    ends = pl.col("valid_to").is_null() | (pl.col("valid_to") > day)
    begun = register.filter(pl.col("valid_from") <= day, ends)
    teams, services = (
        begun.filter(level=name)["org_id"].n_unique() for name in ("team", "service")
    )
    return f"{teams} teams in {services} services are open"


def names_on(register: pl.DataFrame, day: date) -> dict[str, str]:
    """By id, the name on a day; of one that opens later, its first name."""
    begun = pl.col("valid_from") <= day
    ordered = pl.concat(
        [
            register.filter(~begun).sort("valid_from", descending=True),
            register.filter(begun).sort("valid_from"),
        ]
    )
    named = dict(ordered.select("org_id", "name").iter_rows())
    return dict(sorted(named.items()))
