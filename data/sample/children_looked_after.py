"""Children looked after: one row a month and team, met with the published figures each March.

Published (Department for Education, Children looked after in England): children looked after,
starts and ends, unaccompanied children, distance; for 2025 placements, stability, homes, health and
dental checks; for 2024 changes of social worker. The months between, and the teams, are made up.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from chance import (
    PERIODS,
    Returns,
    Spell,
    flow,
    generator,
    live,
    one_of,
    path,
    share,
    team_count,
)

# Stock at the end of September and March, from March 2020 on, and starts of the half-years. With
# the unaccompanied children, March and the year's starts are published; so are the ends, but for
# 2021/22, where stock and flow as published differ by one (95, here 94).
OTHERS = [346, 325, 303, 331, 365, 367, 371, 361, 349, 340, 331]
OTHERS_STARTS = [36, 42, 74, 77, 58, 39, 40, 42, 35, 29]
ALONE = [6, 7, 9, 11, 14, 25, 42, 43, 38, 25, 13]
ALONE_STARTS = [2, 4, 4, 6, 16, 24, 9, 5, 2, 2]

COURT = dict.fromkeys(["CPC1", "CPC2", "CPC3", "CPC4", "CPC5", "CPC6"], 0.55)
CARE = {"CIC1": 1.8, "CIC2": 4, "LEAVE": 0.9, "FOSTER": 1}
TEAMS = [*COURT, *CARE]
OTHERS_WEIGHT = COURT | CARE
ALONE_WEIGHT = {"CIC1": 1, "CIC2": 1.2, "LEAVE": 3}
OPENING = {"CPC1": 32, "CPC2": 29, "CIC1": 178, "LEAVE": 47, "FOSTER": 60}


@dataclass(frozen=True)
class Share:
    """Part of a count: percentages by month, and how far teams differ from one another."""

    of: str
    percent: Mapping[str, float]
    noise: float = 0.5
    teams: Mapping[str, float] = field(default_factory=dict)


SHARES = {
    "moves3": Share(
        "cla_open",
        {"2020-04": 9.5, "2021-03": 9, "2022-03": 11, "2023-03": 12, "2024-03": 11, "2025-03": 10},
        teams={"LEAVE": 1.5, "FOSTER": 0.4},
    ),
    "stable_den": Share(
        "cla_open",
        {"2020-04": 35, "2022-03": 32, "2023-03": 31, "2025-03": 36},
        teams={"LEAVE": 0.15, "FOSTER": 1.5} | dict.fromkeys(COURT, 0.15),
    ),
    "stable_num": Share(
        "stable_den",
        {"2020-04": 71, "2021-03": 70, "2022-03": 67, "2023-03": 63, "2024-03": 64, "2025-03": 66},
        noise=0.7,
        teams={"CIC2": 0.9, "FOSTER": 1.15},
    ),
    "over20mi": Share(
        "cla_open",
        {"2020-04": 22, "2021-03": 25, "2022-03": 18, "2023-03": 20, "2024-03": 17, "2025-03": 20},
        teams={"LEAVE": 1.7, "FOSTER": 0.7} | dict.fromkeys(COURT, 0.6),
    ),
    "residential": Share(
        "cla_open",
        {"2020-04": 8, "2021-03": 9, "2022-03": 9.5, "2023-03": 12, "2024-03": 12, "2025-03": 11},
        noise=0.3,
        teams={"LEAVE": 1.6, "FOSTER": 0.2} | dict.fromkeys(COURT, 0.7),
    ),
    "foster": Share(
        "cla_open",
        {"2020-04": 73, "2022-03": 71, "2023-03": 66, "2025-03": 68},
        teams={"LEAVE": 0.6, "FOSTER": 1.25},
    ),
    "sw3plus": Share(
        "cla_open",
        {"2020-04": 27, "2021-03": 31, "2022-03": 43, "2023-03": 50, "2024-03": 44, "2025-03": 36},
        noise=0.9,
        teams={"CIC2": 1.2, "CPC2": 1.3, "CPC5": 1.3, "FOSTER": 0.8},
    ),
    "health_ok": Share(
        "cla_open",
        {"2020-04": 91, "2021-03": 88, "2022-03": 90, "2023-03": 91, "2024-03": 94, "2025-03": 95},
        noise=0.7,
        teams={"CPC4": 0.94},
    ),
    "dental_ok": Share(
        "cla_open",
        {"2020-04": 78, "2020-12": 38, "2021-03": 36, "2022-03": 55, "2023-03": 64, "2025-03": 72},
        noise=1.2,
        teams={"LEAVE": 0.85, "CPC4": 0.8},
    ),
}


def rows(opened: dict[str, int]) -> Returns:
    """The return by month, for the teams that are open in it."""
    children = _children(opened)
    rng = generator("children_looked_after shares")
    paths = {name: path(rng, part.percent, part.noise) for name, part in SHARES.items()}
    tilts = {
        (name, team): path(rng, {PERIODS[0]: 1}, noise=0.03) for name in SHARES for team in TEAMS
    }
    returns = {}
    for month, period in enumerate(PERIODS):
        teams = [team for team in TEAMS if opened[team] <= month]
        counts = _counts(children, month)
        for name, part in SHARES.items():
            whole = counts[part.of]
            total = round(sum(whole.values()) * paths[name][month] / 100)
            weights = {
                team: whole[team] * part.teams.get(team, 1) * tilts[name, team][month]
                for team in teams
            }
            most = whole - counts["residential"] if name == "foster" else whole
            counts[name] = Counter(share(total, weights, most))
        returns[period] = [
            {"period": period, "org_id": team}
            | {name: count[team] for name, count in counts.items()}
            for team in teams
        ]
    return returns


def _children(opened: dict[str, int]) -> list[Spell]:
    teams = [team for team, count in OPENING.items() for _ in range(count)]
    others = [Spell(team, -1) for team in teams]
    alone = [Spell(team, -1, group="uasc") for team in ("LEAVE",) * 4 + ("CIC1",) * 2]
    return [
        *_lived(
            "children_looked_after others", others, OTHERS, OTHERS_STARTS, OTHERS_WEIGHT, opened
        ),
        *_lived("children_looked_after alone", alone, ALONE, ALONE_STARTS, ALONE_WEIGHT, opened),
    ]


def _lived(
    name: str,
    opening: list[Spell],
    stocks: list[int],
    starts: list[int],
    weights: Mapping[str, float],
    opened: dict[str, int],
) -> list[Spell]:
    rng = generator(name)

    def team_of(month: int) -> str:
        return one_of(rng, {t: weight for t, weight in weights.items() if opened[t] <= month})

    def haste(child: Spell, month: int) -> float:
        """Court and older children leave sooner; the first team lets go when the second opens."""
        pace = {"LEAVE": 1.6, "FOSTER": 1.2} | dict.fromkeys(COURT, 1.5)
        relief = 1.3 if child.team == "CIC1" and opened["CIC2"] <= month else 1
        return pace.get(child.team, 1) * relief * (0.6 if month - child.began < 3 else 1)

    return live(rng, opening, flow(rng, stocks, starts), team_of, haste)


def _counts(children: list[Spell], month: int) -> dict[str, Counter[str]]:
    held = [child for child in children if child.open_at(month)]
    return {
        "cla_open": team_count(held),
        "cla_start": team_count(child for child in children if child.began == month),
        "cla_end": team_count(child for child in children if child.ended == month),
        "uasc": team_count(child for child in held if child.group == "uasc"),
    }
