"""The improvement plan: what its owners report of each priority, a row a month and priority.

The reports are in ``plan_updates.toml``; a month without one repeats the last, and says so.
"""

import csv
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from chance import PERIODS, REFERENCE, Returns, Row

LAUNCHED = "2023-01"
UPDATES = Path(__file__).with_name("plan_updates.toml")


def rows(opened: dict[str, int]) -> Returns:
    """The return by month, from the launch of the plan; ``opened`` does not matter to it."""
    reports = tomllib.loads(UPDATES.read_text(encoding="utf-8"))
    with (REFERENCE / "priorities.csv").open(encoding="utf-8", newline="") as file:
        owners = {row["priority_id"]: row["answers"] for row in csv.DictReader(file)}
    return {
        period: [_row(period, name, owner, reports[name]) for name, owner in owners.items()]
        for period in PERIODS
        if period >= LAUNCHED
    }


def _row(period: str, priority: str, owner: str, report: Mapping) -> Row:
    month = max(month for month in report["update"] if month <= period)
    latest = report["update"][month]
    return {
        "period": period,
        "priority_id": priority,
        "progress": latest["progress"],
        "impact": latest["impact"],
        "sro": owner,
        "lead": report["lead"],
        "commentary": ("" if month == period else _repeated(month)) + latest["commentary"],
        "so_what": latest["so_what"],
    }


def _repeated(period: str) -> str:
    return f"No change since {date.fromisoformat(f'{period}-01'):%B %Y}: "
