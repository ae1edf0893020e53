"""Who may see what: roles, which of them see small numbers masked, and who has which.

A person's role follows from a claim of the sign-in, or from a list of people, both in one TOML file
that only the server reads (``KPI_ROLES``)::

    claim = "roles"

    [claims]
    "KPI.Committee" = "committee"

    [people]
    "performance.officer@council.example" = "officer"
    "analyst@region.example" = { role = "director", councils = ["herefordshire", "otherton"] }

Where a store holds several councils, a role is for those that are named with it, or for ``"all"``;
without any an admin has all, and everybody else the first, which was there before the others.
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
ALL = "all"
PUBLIC: Role = "public"

WITHHELD = "Small numbers are withheld: counts of one to five, and what would give them away."
NOT_FOR_PUBLICATION = "Not for publication: small numbers are shown."


_NO_ROLE = (
    f"The list of roles names a role that there is not. Known: {', '.join(ROLES)}. "
    "Mend the file that KPI_ROLES names."
)
_NO_COUNCILS = (
    'The list of roles names councils otherwise than as ["herefordshire"] or "all". '
    "Mend the file that KPI_ROLES names."
)


class AccessError(Exception):
    """The list of roles cannot be read, or says something that cannot be."""


@dataclass(frozen=True, kw_only=True)
class Permissions:
    """Who has which role: by the values of a claim, and by address.

    ``councils``: of which councils, by the same values and addresses; those that are not in it have
    the first council, an admin every one.
    """

    claim: str = "roles"
    claims: Mapping[str, Role] = field(default_factory=dict)
    people: Mapping[str, Role] = field(default_factory=dict)
    councils: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Person:
    """One who is served: what they may see, and who they are.

    ``is_alone``: there is no sign-in, so it is whoever is at this computer, for whom all is open.
    ``council``: whose figures they look at, one of ``councils``, which are those open to them; the
    role is theirs in it.
    """

    role: Role
    name: str = ""
    is_alone: bool = False
    council: str = ""
    councils: tuple[str, ...] = ()

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
    claims, of_claims = _roles(document.get("claims", {}))
    people, of_people = _roles(document.get("people", {}))
    return Permissions(
        claim=str(document.get("claim", "roles")),
        claims=claims,
        people={_address(name): role for name, role in people.items()},
        councils=of_claims | {_address(name): whose for name, whose in of_people.items()},
    )


def _address(text: str) -> str:
    return text.strip().casefold()


def _roles(part: Any) -> tuple[dict[str, Role], dict[str, tuple[str, ...]]]:
    """A part of the list: the role of each, and the councils of those with whom any are named."""
    if not isinstance(part, dict):
        raise AccessError(_NO_ROLE)
    given = {
        name: said if isinstance(said, dict) else {"role": said} for name, said in part.items()
    }
    for said in given.values():
        if said.get("role") not in ROLES or not set(said) <= {"role", "councils"}:
            raise AccessError(_NO_ROLE)
        whose = said.get("councils", ALL)
        if whose != ALL and not (isinstance(whose, list) and whose and _are_words(whose)):
            raise AccessError(_NO_COUNCILS)
    roles = {name: said["role"] for name, said in given.items()}
    return roles, {
        name: (ALL,) if said["councils"] == ALL else tuple(said["councils"])
        for name, said in given.items()
        if "councils" in said
    }


def _are_words(values: list[Any]) -> bool:
    return all(isinstance(value, str) for value in values)


def name_of(user: Mapping[str, Any]) -> str:
    """Who somebody is, as the provider says."""
    return next((str(user[name]) for name in NAMES if user.get(name)), "")


def roles_in(
    known: Permissions, user: Mapping[str, Any], councils: Sequence[str]
) -> dict[str, Role]:
    """The highest role of somebody who is signed in, by council of a store, in its order.

    An address that the provider has not verified counts for nothing.
    """
    grants = _grants(known, user)
    found: dict[str, Role] = {}
    for at, council in enumerate(councils):
        held = {role for role, whose in grants if _covers(role, whose, council, at == 0)}
        if held:
            found[council] = next(role for role in reversed(ROLES) if role in held)
    return found


def _covers(role: Role, whose: tuple[str, ...], council: str, is_first: bool) -> bool:
    """Whether a role is for a council; ``whose``: those that were named with it."""
    if not whose:
        return is_first or role == "admin"
    return ALL in whose or council in whose


def _grants(known: Permissions, user: Mapping[str, Any]) -> list[tuple[Role, tuple[str, ...]]]:
    """Every role that somebody was given, each with the councils that were named with it."""
    said = user.get(known.claim)
    values = [str(value) for value in (said if isinstance(said, list) else [said])]
    given: list[tuple[str, Role]] = [
        (value, known.claims[value]) for value in values if value in known.claims
    ]
    address = _address(name_of(user))
    if user.get("email_verified", True) is not False and address in known.people:
        given.append((address, known.people[address]))
    return [(role, known.councils.get(name, ())) for name, role in given]


def has_ended(user: Mapping[str, Any], hours: float, now: datetime) -> bool:
    """Whether a sign-in is older than a session may be, from the future, or of no time at all."""
    issued = user.get("auth_time", user.get("iat"))
    if not isinstance(issued, (int, float)):
        return True
    age = now - datetime.fromtimestamp(issued, UTC)
    return not timedelta(minutes=-5) <= age <= timedelta(hours=hours)
