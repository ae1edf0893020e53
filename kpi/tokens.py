"""Tokens by which other programs read figures: 32 random bytes, shown once, kept as a digest.

A token carries a role, as a person does. It is no password that somebody chose, so one SHA-256 is
enough: there is nothing to guess from a list.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from kpi import store as stores
from kpi.access import Role
from kpi.store import Store, Transaction

#: Whose figures a token may give.
ROLES: tuple[Role, ...] = ("committee", "director", "officer")
#: How a token begins, so that one that lies about in a file or a message can be searched for.
MARK = "kpi_"
LONGEST = 80  # characters of a name


class TokenRefused(Exception):
    """A token cannot be made or revoked; the message says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class Token:
    """What the store knows of a token; the token itself it does not know."""

    token_id: int
    name: str
    role: str
    last_used: date | None
    is_revoked: bool

    @property
    def holder(self) -> str:
        """Who reads with it, as the audit log names it."""
        return f"token {self.token_id} ({self.name})"


def issue(store: Store, name: str, role: Role, by: str) -> tuple[int, str]:
    """Make a token: its number, and the token itself, which nobody can show again."""
    wanted = name.strip()
    if not wanted or len(wanted) > LONGEST or not wanted.isprintable():
        raise TokenRefused(
            f"Name the token by what reads with it, in up to {LONGEST} characters on one line, as "
            "'Power BI, performance team'."
        )
    if role not in ROLES:
        raise TokenRefused(f"A token reads as one of {', '.join(ROLES)}, not as {role}.")
    secret = MARK + secrets.token_urlsafe(32)
    return store.transact(lambda work: _kept(work, wanted, role, _digest(secret), by)), secret


def _kept(work: Transaction, name: str, role: str, digest: str, by: str) -> int:
    work.write("guard")
    at = stores.now()
    number = max(work.read("tokens")["token_id"], default=0) + 1
    row = {"token_id": number, "name": name, "role": role, "digest": digest}
    work.append("token", pl.DataFrame([row | {"made_by": by, "made_at": at}]))
    work.audit(at, by, "token", f"token {number}", f"made for {name}, reads as {role}")
    return number


def revoke(store: Store, token_id: int, by: str) -> str:
    """End a token, and give its name; a request that comes after it is refused."""

    def act(work: Transaction) -> str:
        work.write("guard")
        found = work.read("tokens").filter(pl.col("token_id") == token_id)
        if found.is_empty():
            raise TokenRefused(f"There is no token {token_id}. `token list` shows those there are.")
        row = found.row(0, named=True)
        if row["revoked_at"] is not None:
            raise TokenRefused(f"Token {token_id} was revoked on {row['revoked_at']:%d %B %Y}.")
        at = stores.now()
        work.write("revoke_token", token_id=token_id, who=by, at=at)
        work.audit(at, by, "token", f"token {token_id}", f"revoked, was for {row['name']}")
        return row["name"]

    return store.transact(act)


def find(store: Store, given: str) -> Token | None:
    """The token that somebody presents, revoked or not; None when it was never made here.

    Every digest is compared in full, so that no answer comes sooner than another.
    """
    digest = _digest(given)
    rows = store.read("tokens").to_dicts()
    found = [row for row in rows if hmac.compare_digest(row["digest"], digest)]
    return _token(found[0]) if found else None


def use(store: Store, token: Token, day: date) -> None:
    """Record the day's first use of a token.

    Not every request: a report that is refreshed asks dozens of times, and a log of that hides
    what it is kept for.
    """
    if token.last_used == day:
        return

    def act(work: Transaction) -> None:
        work.write("guard")
        used = pl.col("token_id") == token.token_id, pl.col("last_used") == day
        if work.read("tokens").filter(*used).is_empty():
            work.write("token_used", token_id=token.token_id, day=day)
            detail = f"first use of {day:%d %B %Y}, as {token.role}"
            work.audit(stores.now(), token.holder, "token used", "interface", detail)

    store.transact(act)


def listed(store: Store) -> pl.DataFrame:
    """Every token without its digest (``queries/tokens.sql``)."""
    return store.read("tokens").drop("digest")


def _token(row: Mapping[str, Any]) -> Token:
    return Token(
        token_id=row["token_id"],
        name=row["name"],
        role=row["role"],
        last_used=row["last_used"],
        is_revoked=row["revoked_at"] is not None,
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
