"""Commentary on six measures: what happened, so what for children, what is done next, by whom.

The notes are in ``commentary_notes.toml``, by measure and month.
"""

import tomllib
from pathlib import Path

from chance import PERIODS, Returns

NOTES = Path(__file__).with_name("commentary_notes.toml")
SAID = ("happened", "so_what", "action", "owner", "due")


def rows(opened: dict[str, int]) -> Returns:
    """The return by month, a row a measure; ``opened`` does not matter to it."""
    notes = tomllib.loads(NOTES.read_text(encoding="utf-8"))
    months = [period for period in PERIODS if any(period in said for said in notes.values())]
    return {
        period: [
            {"period": period, "kpi_id": kpi} | {name: said[period].get(name, "") for name in SAID}
            for kpi, said in notes.items()
            if period in said
        ]
        for period in months
    }
