"""Assessments: one row a month and team.

Published (Department for Education, Characteristics of children in need): the share finished within
45 working days, for each year; in the year to March 2025 the assessments with a factor and with
neglect, in the year to March 2023 the same; children who waited on 31 March 2025. How neglect was
recorded changed in between; the month, October 2023, is made up.
"""

from collections import Counter
from random import Random

from chance import PERIODS, YEARS, Returns, generator, met, one_of, over_months, path, share

TEAMS = {"ASSESS1": 9.0, "ASSESS2": 8.0, "CIN1": 1.6, "CIN2": 1.3}
COMPLETED = [1530, 2395, 2480, 2050, 1921]
IN_TIME = [0.819, 0.773, 0.879, 0.956, 0.711]
WITH_FACTORS = [1395, 2230, 2341, 1930, 1803]
NEGLECT = [318, 540, 543, 262, 86]
SEXUAL_ABUSE = [52, 95, 104, 88, 79]
RECORDED = {"2020-04": 0.23, "2023-09": 0.22, "2023-10": 0.05, "2025-03": 0.047}
COURSE = {
    "2020-04": 0.86,
    "2021-03": 0.78,
    "2021-12": 0.72,
    "2022-05": 0.82,
    "2023-03": 0.93,
    "2023-12": 0.97,
    "2024-03": 0.92,
    "2024-08": 0.72,
    "2025-03": 0.64,
}
LATE = {"ASSESS2": 1.5, "CIN1": 1.2}
WAITING = {
    "2020-04": 96,
    "2021-03": 131,
    "2022-02": 268,
    "2022-09": 214,
    "2023-03": 122,
    "2024-03": 58,
    "2024-09": 74,
    "2025-03": 41,
}

Tally = Counter[tuple[int, str]]


def rows(opened: dict[str, int]) -> Returns:
    """The return by month; ``opened`` does not matter, for all four teams were open throughout."""
    rng = generator("assessments")
    done = _completed(rng)
    totals = [round(total * part) for total, part in zip(COMPLETED, IN_TIME, strict=True)]
    in_time = met(rng, done, totals, path(rng, COURSE, 0.02), LATE)
    even = [0.5] * len(PERIODS)
    with_factors = met(rng, done, WITH_FACTORS, even, {})
    neglect = met(rng, with_factors, NEGLECT, path(rng, RECORDED, 0.01), {"CIN1": 0.7})
    abuse = met(rng, with_factors, SEXUAL_ABUSE, even, {})
    waiting = [round(value) for value in path(rng, WAITING, 6, exact=["2025-03"])]
    returns = {}
    for month, period in enumerate(PERIODS):
        still = share(waiting[month], TEAMS)
        returns[period] = [
            {
                "period": period,
                "org_id": team,
                "completed": done[month, team],
                "within_45wd": in_time[month, team],
                "median_days": _median(rng, done[month, team], in_time[month, team]),
                "open_awaiting": still[team],
                "with_factors": with_factors[month, team],
                "neglect": neglect[month, team],
                "csa": abuse[month, team],
            }
            for team in TEAMS
        ]
    return returns


def _completed(rng: Random) -> Tally:
    found: Tally = Counter()
    for total, year in zip(COMPLETED, YEARS, strict=True):
        for month, count in over_months(rng, total, year, 0.1).items():
            found.update((month, one_of(rng, TEAMS)) for _ in range(count))
    return found


def _median(rng: Random, done: int, in_time: int) -> float | str:
    """The more of them are late, the nearer the middle one comes to the limit of 45 days."""
    if not done:
        return ""
    late = 1 - in_time / done
    middle = 31 + 26 * late if late < 0.5 else 46 + 30 * (late - 0.5)
    return round((middle + rng.gauss(0, 1.6)) * 2) / 2
