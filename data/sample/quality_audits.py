"""Quality audits: one row a month, team and theme in which a case was audited.

Cabinet heard in November 2022 that an independent project had audited more than 1,000 cases by
December 2021, the majority inadequate or requiring improvement; it is in here. How many each month
audited after it, and every grade, is made up.
"""

from collections import Counter, defaultdict
from random import Random

from chance import PERIODS, Returns, Row, generator, one_of, path, some

TEAMS = {"MASH": 2, "ASSESS1": 4, "ASSESS2": 4, "CIN1": 4, "CIN2": 4} | dict.fromkeys(
    ["CPC1", "CPC2", "CPC3", "CPC4", "CPC5", "CPC6"], 3
)
TEAMS |= {"CIC1": 5, "CIC2": 3, "LEAVE": 2, "FOSTER": 3, "EHELP": 2, "ECHO": 1}
THEMES = {"assessment": 5, "planning": 5, "supervision": 4, "permanence": 2, "neglect": 3}
PROJECT = {"2021-09": 198, "2021-10": 287, "2021-11": 331, "2021-12": 212}
AUDITS = {"2020-04": 14, "2021-08": 16, "2022-04": 24, "2023-03": 36, "2024-03": 42, "2025-03": 44}
GOOD = {  # or better
    "2020-04": 0.27,
    "2021-08": 0.20,
    "2021-12": 0.14,
    "2022-07": 0.17,
    "2023-06": 0.29,
    "2024-03": 0.40,
    "2025-03": 0.50,
}
INADEQUATE = {"2020-04": 0.26, "2021-12": 0.39, "2022-07": 0.33, "2023-06": 0.19, "2025-03": 0.07}
VOICE = {"2020-04": 0.44, "2021-12": 0.36, "2022-09": 0.45, "2023-12": 0.66, "2025-03": 0.75}
MODERATED = {"2020-04": 0.05, "2022-03": 0.1, "2022-10": 0.3, "2025-03": 0.35}
KEPT = {"2020-04": 0.66, "2022-10": 0.62, "2023-12": 0.80, "2025-03": 0.89}
OUTSTANDING = 0.05  # of those good or better
TILT = {"ASSESS2": -0.12, "CPC4": -0.08, "CIC2": 0.05, "FOSTER": 0.08}
GRADES = ["outstanding", "good", "requires_improvement", "inadequate"]


def rows(opened: dict[str, int]) -> Returns:
    """The return by month, for the teams that are open in it."""
    rng = generator("quality_audits")
    audits = path(rng, AUDITS, 3)
    courses = {
        name: path(rng, course, 0.015)
        for name, course in {
            "good": GOOD,
            "inadequate": INADEQUATE,
            "voice": VOICE,
            "moderated": MODERATED,
            "kept": KEPT,
        }.items()
    }
    returns = {}
    for month, period in enumerate(PERIODS):
        teams = {team: weight for team, weight in TEAMS.items() if opened[team] <= month}
        count = max(8, round(audits[month])) + PROJECT.get(period, 0)
        chances = {name: course[month] for name, course in courses.items()}
        returns[period] = _audited(rng, period, count, teams, chances)
    return returns


def _audited(
    rng: Random, period: str, count: int, teams: dict[str, int], chances: dict[str, float]
) -> list[Row]:
    """So many audits, counted by team and theme."""
    tallies: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for _ in range(count):
        team, theme = one_of(rng, teams), one_of(rng, THEMES)
        tilt = TILT.get(team, 0) - (0.06 if theme == "supervision" else 0)
        tallies[team, theme].update(_audit(rng, chances, tilt))
    names = ["audited", *GRADES, "voice_yes", "moderated", "grade_kept"]
    order = [*teams]
    return [
        {"period": period, "org_id": team, "theme": theme} | {name: tally[name] for name in names}
        for (team, theme), tally in sorted(
            tallies.items(), key=lambda item: (order.index(item[0][0]), item[0][1])
        )
    ]


def _audit(rng: Random, chances: dict[str, float], tilt: float) -> list[str]:
    """What one audit adds to: its grade, and whatever else it found."""
    luck = rng.random()
    if luck < max(0.03, chances["good"] + tilt):
        grade = "outstanding" if rng.random() < OUTSTANDING else "good"
    elif luck > 1 - max(0.02, chances["inadequate"] - tilt):
        grade = "inadequate"
    else:
        grade = "requires_improvement"
    found = ["audited", grade]
    found += ["voice_yes"] * some(rng, 1, chances["voice"] + tilt)
    if rng.random() < chances["moderated"]:
        found += ["moderated", *["grade_kept"] * some(rng, 1, chances["kept"])]
    return found
