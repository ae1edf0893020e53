"""Registers of activities and risks for tests: a row is what differs from a plain one."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import polars as pl

TODAY = date(2025, 4, 24)

ACTIVITY: dict[str, Any] = {
    "activity_id": pl.String,
    "priority_id": pl.String,
    "title": pl.String,
    "baseline_start": pl.Date,
    "baseline_due": pl.Date,
    "start": pl.Date,
    "due": pl.Date,
    "finished": pl.Date,
    "owner_role": pl.String,
    "status": pl.String,
    "predecessors": pl.List(pl.String),
    "kpi_ids": pl.List(pl.String),
    "note": pl.String,
    "source": pl.String,
    "line": pl.Int64,
    "load_id": pl.Int64,
}

RISK: dict[str, Any] = {
    "risk_id": pl.String,
    "title": pl.String,
    "cause": pl.String,
    "mitigation": pl.String,
    "contingency": pl.String,
    "likelihood": pl.Int64,
    "impact": pl.Int64,
    "owner_role": pl.String,
    "reviewed": pl.Date,
    "review_due": pl.Date,
    "escalation": pl.String,
    "kpi_ids": pl.List(pl.String),
    "source": pl.String,
    "line": pl.Int64,
    "load_id": pl.Int64,
}


def day(text: str) -> date:
    return date.fromisoformat(text)


def activity(name: str, first: str = "", last: str = "", **settings: Any) -> dict[str, Any]:
    """An activity in progress, planned from ``first`` to ``last`` and not moved since."""
    begins, ends = (day(text) if text else None for text in (first, last))
    plain = {
        "activity_id": name,
        "priority_id": "P01",
        "title": f"Activity {name}",
        "baseline_start": begins,
        "baseline_due": ends,
        "start": begins,
        "due": ends,
        "finished": None,
        "owner_role": "Service director",
        "status": "in_progress",
        "predecessors": [],
        "kpi_ids": ["caseload_mean"],
        "note": None,
        "source": "A paper",
        "line": 2,
        "load_id": 7,
    }
    return plain | {
        key: day(value) if key in DATES and isinstance(value, str) else value
        for key, value in settings.items()
    }


DATES = {"baseline_start", "baseline_due", "start", "due", "finished", "reviewed", "review_due"}


def register(*rows: Mapping[str, Any]) -> pl.DataFrame:
    return pl.DataFrame([dict(row) for row in rows], schema=ACTIVITY, orient="row")


def risk(name: str, **settings: Any) -> dict[str, Any]:
    """A risk that is looked after in every way, and reviewed in time."""
    plain = {
        "risk_id": name,
        "title": f"Risk {name}",
        "cause": "A cause",
        "mitigation": "A mitigation",
        "contingency": "A contingency",
        "likelihood": 3,
        "impact": 4,
        "owner_role": "Service director",
        "reviewed": day("2025-03-01"),
        "review_due": day("2025-06-01"),
        "escalation": "Resources Board",
        "kpi_ids": ["caseload_mean"],
        "source": "A paper",
        "line": 2,
        "load_id": 7,
    }
    return plain | settings


def risks(*rows: Mapping[str, Any]) -> pl.DataFrame:
    return pl.DataFrame([dict(row) for row in rows], schema=RISK, orient="row")


def sixty() -> pl.DataFrame:
    """A plan of sixty activities over ten priorities, each six a chain with one link across."""
    rows = []
    for at in range(60):
        group, place = divmod(at, 6)
        start = date(2023, 1, 1) + timedelta(days=25 * group + 120 * place)
        due = start + timedelta(days=100)
        slip = timedelta(days=(at * 37) % 90)
        done = due + slip < TODAY - timedelta(days=40)
        late = not done and due + slip < TODAY
        predecessors = [f"A{at:02}"] if place else []
        if group and place == 3:
            predecessors.append(f"A{at - 5:02}")
        rows.append(
            activity(
                f"A{at + 1:02}",
                priority_id=f"P{group + 1:02}",
                title=("Recruit, induct and keep newly qualified social workers in team "
                       if at % 4 == 0 else "Review the supervision policy ") + str(at + 1),
                baseline_start=start,
                baseline_due=due,
                start=start + slip / 2,
                due=due + slip,
                finished=due + slip if done else None,
                status="done" if done else "in_progress" if late or start + slip / 2 < TODAY
                else "not_started",
                owner_role=("Service director, safeguarding", "Head of service")[at % 2],
                predecessors=predecessors,
                kpi_ids=[] if at % 9 == 0 else ["caseload_mean", "cp_repeat"][: 1 + at % 2],
            )
        )  # fmt: skip
    return register(*rows)
