"""Visits: one row a month, team and kind of visit, due for the children whom other returns count.

Nothing of it is published. Cabinet heard in November 2022 that visits to children who are being
assessed had become more timely; the rest is made up.
"""

from collections.abc import Mapping

import assessments
import child_protection
import children_looked_after
from chance import PERIODS, Returns, Row, generator, path, some

IN_TIME = {
    "assessment": {
        "2020-04": 0.74,
        "2021-09": 0.60,
        "2022-03": 0.57,
        "2022-11": 0.80,
        "2023-12": 0.91,
        "2024-06": 0.86,
        "2025-03": 0.77,
    },
    "cin": {"2020-04": 0.70, "2022-02": 0.58, "2023-06": 0.79, "2025-03": 0.86},
    "cp": {
        "2020-04": 0.82,
        "2021-12": 0.63,
        "2022-09": 0.70,
        "2023-09": 0.87,
        "2024-06": 0.91,
        "2025-03": 0.87,
    },
    "cla": {"2020-04": 0.87, "2022-03": 0.77, "2023-06": 0.88, "2025-03": 0.93},
}
VISITS_A_CHILD = {"cin": 0.85, "cp": 2.05, "cla": 0.72}  # in a month
ODDS = {"ASSESS2": -0.05, "CIN2": -0.04, "CPC4": -0.06, "CPC1": 0.03, "CIC2": -0.02, "FOSTER": 0.03}


def rows(opened: dict[str, int]) -> Returns:
    """The return by month, for the teams whose children are due a visit of the kind."""
    rng = generator("visits")
    shares = {kind: path(rng, course, 0.015) for kind, course in IN_TIME.items()}
    sources = [
        source.rows(opened) for source in (assessments, child_protection, children_looked_after)
    ]
    returns = {}
    for month, period in enumerate(PERIODS):
        returns[period] = []
        for kind, team, expected in _due(*(source[period] for source in sources)):
            due = max(0, round(rng.gauss(expected, 0.04 * expected)))
            chance = min(0.99, shares[kind][month] + ODDS.get(team, 0) + rng.gauss(0, 0.015))
            returns[period].append(_row(period, team, kind, due, some(rng, due, chance)))
    return returns


def _due(
    assessed: list[Row], protected: list[Row], looked_after: list[Row]
) -> list[tuple[str, str, float]]:
    """Kind of visit, team, and about how many visits are due in the month."""
    found = [("assessment", str(row["org_id"]), float(row["completed"])) for row in assessed]
    for row in protected:
        team, on_plan = str(row["org_id"]), float(row["cp_open"])
        if not team.startswith("ASSESS"):
            others = float(row["cin_open"]) - on_plan
            found.append(("cin", team, VISITS_A_CHILD["cin"] * others))
        found.append(("cp", team, VISITS_A_CHILD["cp"] * on_plan))
    for row in looked_after:
        children = float(row["cla_open"])
        found.append(("cla", str(row["org_id"]), VISITS_A_CHILD["cla"] * children))
    return found


def _row(period: str, team: str, kind: str, due: int, in_time: int) -> Mapping[str, str | int]:
    return {"period": period, "org_id": team, "visit_type": kind, "due": due, "in_time": in_time}
