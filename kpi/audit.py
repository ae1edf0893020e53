"""Who came, who was turned away, who took what: acts that change no figure, sealed with the rest.

Publications, targets and the register of teams are recorded by those who make them.
"""

from typing import Literal

import polars as pl

from kpi import store as stores
from kpi.access import Person
from kpi.store import Store, Transaction

#: Acts that leave every figure as it is; ``queries/data_version.sql`` leaves them out.
Action = Literal[
    "sign in", "turned away", "download", "pack", "token", "token used", "token refused"
]
UNKNOWN = "somebody who is not signed in"


def record(store: Store, person: Person | None, action: Action, subject: str, detail: str) -> None:
    """Add one act; ``person`` is who did it, None for somebody unknown."""

    def act(work: Transaction) -> None:
        work.write("guard")
        who = (person.name or person.role) if person else UNKNOWN
        work.audit(stores.now(), who, action, subject, detail)

    store.transact(act)


def taken(store: Store, person: Person, what: str) -> None:
    """Record that somebody took a copy of figures, and whether small numbers were in it."""
    kind = "small numbers masked" if person.is_masked else "small numbers shown"
    record(store, person, "download", what, f"as {person.role}, {kind}")


def read(store: Store) -> pl.DataFrame:
    """Every act, newest first (``queries/audit.sql``)."""
    return store.read("audit")


def seal(store: Store) -> str:
    """What proves the whole log, to be kept elsewhere: its acts, and the last one's digest."""
    acts = read(store)
    return (
        f"{acts.height} acts, the last sealed {acts['digest'][0][:16]}" if acts.height else "no act"
    )
