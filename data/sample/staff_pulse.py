"""The staff pulse: one row a month and team, from October 2022; all of it is made up."""

from collections import defaultdict
from collections.abc import Sequence

import workforce
from chance import PERIODS, Returns, Row, generator, path, some

SINCE = "2022-10"
ANSWERING = 0.46
RECOMMEND = {"2022-10": 0.34, "2023-07": 0.48, "2024-03": 0.60, "2025-03": 0.66}
SUPPORTED = {"2022-10": 0.49, "2023-07": 0.61, "2024-03": 0.73, "2025-03": 0.78}
PRESSED = {"ASSESS2": {"2022-10": 0, "2024-03": -0.02, "2025-03": -0.28}}


def rows(opened: dict[str, int]) -> Returns:
    """The return by month, for the teams that are open in it, but not for the leaders."""
    rng = generator("staff_pulse")
    recommend, supported = path(rng, RECOMMEND, 0.02), path(rng, SUPPORTED, 0.02)
    mood = {team: path(rng, course) for team, course in PRESSED.items()}
    own = {team: rng.gauss(0, 0.05) for team in workforce.TEAMS}
    staff, returns = workforce.rows(opened), {}
    for month, period in enumerate(PERIODS):
        if period < SINCE:
            continue
        returns[period] = []
        for team, size in _sizes(staff[period]).items():
            answers = some(rng, size, ANSWERING)
            tilt = own[team] + (mood[team][month] if team in mood else 0)
            returns[period].append(
                {
                    "period": period,
                    "org_id": team,
                    "responses": answers,
                    "would_recommend": some(rng, answers, recommend[month] + tilt),
                    "feels_supported": some(rng, answers, supported[month] + tilt),
                }
            )
    return returns


def _sizes(staff: Sequence[Row]) -> dict[str, int]:
    """Own staff and agency workers of each team, in whole people."""
    found: defaultdict[str, float] = defaultdict(float)
    for row in staff:
        if row["org_id"] != workforce.TOP:
            found[str(row["org_id"])] += float(row["inpost_fte"]) + float(row["agency_fte"])
    return {team: round(people) for team, people in found.items()}
