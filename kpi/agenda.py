"""What a meeting has before it, read from the store as of a moment: the plan, and the brief that
questions and changes are made from.

Nothing in it was published later than the moment; comparators are those that were out by its day.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import polars as pl

from kpi import board, commentary, completeness, organisation, register
from kpi import store as stores
from kpi.access import Role
from kpi.board import Observe
from kpi.catalogue import Kpi
from kpi.movement import Look
from kpi.questions import Brief, Question
from kpi.store import Store

#: How far back to look where no meeting is known: scrutiny meets about once a quarter.
QUARTER = timedelta(days=91)
CELLS = {"dataset": pl.String, "period": pl.Date} | dict.fromkeys(
    ["cells", "withheld", "not_supplied"], pl.Int64
)


def day_of(store: Store, as_at: datetime) -> date:
    """The day that is looked at: that of the moment, or the store's today."""
    return board.standing(store).today if as_at == stores.FOREVER else board.local_day(as_at)


def plan(store: Store, as_at: datetime) -> pl.DataFrame:
    """The plan's ratings (``queries/plan.sql``) with the priority's ``name`` and who ``answers``.

    A priority that the register does not hold goes by its id.
    """
    priorities = store.read("priorities", as_at=as_at).select("priority_id", "name", "answers")
    ratings = store.read("plan", as_at=as_at)
    return ratings.join(
        priorities, on="priority_id", how="left", maintain_order="left"
    ).with_columns(pl.coalesce("name", "priority_id").alias("name"))


def last_meeting(meetings: pl.DataFrame, day: date) -> date:
    """The day of the newest meeting before a day; without one, a quarter earlier."""
    before = meetings.filter(pl.col("date") < pl.lit(day))["date"]
    return max(before.drop_nulls().to_list(), default=day - QUARTER)


def look(store: Store, as_at: datetime, role: Role, observe: Observe = board.observations) -> Look:
    """What a role may know of what was known at a moment, for holding it against another."""
    kpis, council = list(store.catalogue.kpis), store.catalogue.council.org_id
    return Look(
        day=day_of(store, as_at),
        frame=observe(store, kpis, [council], as_at, role=role),
        plan=plan(store, as_at),
        activities=store.register("activity", as_at),
        recommendations=store.register("recommendation", as_at),
    )


def brief(
    store: Store, as_at: datetime, role: Role, observe: Observe = board.observations
) -> Brief:
    """Everything that the questions of a role's meeting are made from, as known at a moment."""
    known, day = store.catalogue, day_of(store, as_at)
    since = last_meeting(store.register("meeting", as_at), day)
    kpis = list(known.kpis)
    council, before = [known.council.org_id], board.moment(since.isoformat())
    everything = observe(store, kpis, [], as_at, role=role)
    names = teams(store, as_at, day)
    return Brief(
        catalogue=known,
        day=day,
        since=since,
        frame=everything.filter(org_id=known.council.org_id),
        earlier=observe(store, kpis, council, before, role=role),
        teams=everything.filter(pl.col("org_id").is_in(list(names))),
        names=names,
        plan=plan(store, as_at),
        notes=commentary.read(store, kpis, as_at, role=role, observe=observe),
        published=comparators(store, list(known.kpis.values()), as_at, day),
        returns=returns(store, as_at, day),
    )


def teams(store: Store, as_at: datetime, day: date) -> dict[str, str]:
    """The teams by id, each with its name on a day as it was known at a moment."""
    return organisation.names_on(register.read(store, as_at).filter(level="team"), day)


def comparators(store: Store, kpis: Sequence[Kpi], as_at: datetime, day: date) -> pl.DataFrame:
    """Published figures, the neighbours by their median; of an earlier day only what was out."""
    rows = board.by_median(board.comparators(store, kpis))
    return board.known_by(store.catalogue, rows, None if as_at == stores.FOREVER else day)


def returns(store: Store, as_at: datetime, day: date) -> pl.DataFrame:
    """Month by month whether each return has come (``completeness.judge``)."""
    found = store.read("completeness", as_at=as_at)
    cells = pl.DataFrame(schema=CELLS)  # whether a month came does not hang on what is in it
    return completeness.judge(found, cells, store.catalogue.returns, day)


def entry(question: Question, rank: int, as_at: datetime) -> dict[str, Any]:
    """A question as the command line prints it; ``value`` as in the observation frame."""
    seen = {} if as_at == stores.FOREVER else {"as_at": board.local_day(as_at).isoformat()}
    return {
        "rank": rank,
        "kind": question.kind,
        "question": question.text,
        "kpi_id": question.kpi_id,
        "title": question.title,
        "period": question.period,
        "org_id": question.org_id,
        "value": question.value,
        "priority_id": question.priority_id or None,
        "reasons": list(question.reasons),
        "link": f"measure?{urlencode({'kpi': question.kpi_id} | seen)}",
    }
