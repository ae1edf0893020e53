"""Who may see what: roles, which of them see small numbers masked, and who has which.

A person's role follows from a claim of the sign-in, or from a list of people, both in one TOML file
that only the server reads (``KPI_ROLES``)::

    claim = "roles"

    [claims]
    "KPI.Committee" = "committee"

    [people]
    "performance.officer@council.example" = "officer"
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, get_args

Role = Literal["public", "committee", "director", "officer", "admin"]

#: From the one who may see least to the one who may do most.
ROLES: tuple[Role, ...] = get_args(Role)
MASKED: frozenset[Role] = frozenset({"public", "committee"})
#: Who may change anything.
EDITORS: frozenset[Role] = frozenset({"officer", "admin"})
#: Where a provider tells who somebody is, in the order in which we ask.
NAMES = ("email", "preferred_username", "upn", "sub")
PUBLIC: Role = "public"

WITHHELD = "Small numbers are withheld: counts of one to five, and what would give them away."
NOT_FOR_PUBLICATION = "Not for publication: small numbers are shown."


class AccessError(Exception):
    """The list of roles cannot be read, or says something that cannot be."""


@dataclass(frozen=True, kw_only=True)
class Permissions:
    """Who has which role: by the values of a claim, and by address."""

    claim: str = "roles"
    claims: Mapping[str, Role] = field(default_factory=dict)
    people: Mapping[str, Role] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Person:
    """One who is served: what they may see, and who they are.

    ``is_alone``: there is no sign-in, so it is whoever is at this computer, for whom all is open.
    """

    role: Role
    name: str = ""
    is_alone: bool = False

    @property
    def is_masked(self) -> bool:
        return is_masked(self.role)

    @property
    def may_edit(self) -> bool:
        return self.role in EDITORS


def is_masked(role: str) -> bool:
    """Whether small numbers are masked for a role; for one that is not known they are."""
    return role in MASKED or role not in ROLES


def band(role: str) -> str:
    """What stands over figures that are made for a role."""
    return WITHHELD if is_masked(role) else NOT_FOR_PUBLICATION


def may_open(role: str, made_for: str) -> bool:
    """Whether a role may have what was made for another: nothing in it is withheld from them."""
    return not is_masked(role) or is_masked(made_for)


def may(person: Person, roles: Sequence[str]) -> bool:
    """Whether somebody's role is among those of a page; one that names none is for all roles."""
    return person.is_alone or person.role in (roles or ROLES)


def permissions(path: Path | None) -> Permissions:
    """The list of roles, read anew each time, so that a removed role is gone at the next click.

    Raises AccessError, which never shows what the file holds.
    """
    if path is None:
        return Permissions()
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise AccessError(
            "The list of roles cannot be read, so nobody can be let in. Mend the file that "
            "KPI_ROLES names."
        ) from error
    claims, people = (_roles(document.get(part, {})) for part in ("claims", "people"))
    addresses: dict[str, Role] = {name.strip().casefold(): role for name, role in people.items()}
    return Permissions(claim=str(document.get("claim", "roles")), claims=claims, people=addresses)


def _roles(part: Any) -> dict[str, Role]:
    if not isinstance(part, dict) or any(role not in ROLES for role in part.values()):
        raise AccessError(
            f"The list of roles names a role that there is not. Known: {', '.join(ROLES)}. "
            "Mend the file that KPI_ROLES names."
        )
    return part


def name_of(user: Mapping[str, Any]) -> str:
    """Who somebody is, as the provider says."""
    return next((str(user[name]) for name in NAMES if user.get(name)), "")


def role_of(known: Permissions, user: Mapping[str, Any]) -> Role | None:
    """The highest role of somebody who is signed in; None when they have none.

    An address that the provider has not verified counts for nothing.
    """
    said = user.get(known.claim)
    values = said if isinstance(said, list) else [said]
    found = {known.claims.get(str(value)) for value in values}
    if user.get("email_verified", True) is not False:
        found.add(known.people.get(name_of(user).strip().casefold()))
    return next((role for role in reversed(ROLES) if role in found), None)


def has_ended(user: Mapping[str, Any], hours: float, now: datetime) -> bool:
    """Whether a sign-in is older than a session may be, from the future, or of no time at all."""
    issued = user.get("auth_time", user.get("iat"))
    if not isinstance(issued, (int, float)):
        return True
    age = now - datetime.fromtimestamp(issued, UTC)
    return not timedelta(minutes=-5) <= age <= timedelta(hours=hours)
