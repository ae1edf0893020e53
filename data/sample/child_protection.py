"""Child protection: one row a month and team, met with the published figures each March.

Published (Department for Education, Characteristics of children in need): plans open, plans
started and repeat plans, conferences and reviews in time, section 47 enquiries, children in need.
The months between, and the teams, are made up.
"""

from collections import Counter, defaultdict
from collections.abc import Callable
from random import Random

from chance import (
    HALVES,
    PERIODS,
    YEARS,
    Returns,
    Spell,
    Weights,
    flow,
    fraction,
    generator,
    live,
    one_of,
    path,
    pick,
    scatter,
    share,
    team_count,
)

# Plans open at the end of September and March; March is published, from March 2020 on.
OPEN = [108, 103, 107, 188, 286, 303, 223, 206, 203, 172, 139]
FIRST_HALF = [0.47, 0.43, 0.53, 0.49, 0.51]  # of the year's starts, from April to September
STARTS = [170, 384, 329, 305, 202]
REPEATS = [32, 87, 74, 102, 66]
ENQUIRIES = [388, 1025, 863, 939, 804]  # section 47: published rate x population / 10,000
CONFERENCES_IN_TIME = [80.1, 61.7, 56.2, 93.5, 83.3]
REVIEWS_IN_TIME = [81, 66, 67.1, 79.4, 85.4]
IN_NEED = {
    "2020-04": 1105,
    "2020-09": 1228,
    "2021-03": 1447,
    "2021-09": 1790,
    "2022-03": 2240,
    "2022-09": 2110,
    "2023-03": 1895,
    "2023-09": 1702,
    "2024-03": 1587,
    "2024-09": 1601,
    "2025-03": 1574,
}
MARCHES = [period for period in IN_NEED if period.endswith("-03")]

# How the share in time moves within the years; the years' own totals are met exactly.
CONFERENCE_COURSE = {
    "2020-04": 0.84,
    "2021-03": 0.74,
    "2021-10": 0.60,
    "2022-07": 0.53,
    "2023-03": 0.60,
    "2023-05": 0.90,
    "2023-12": 0.96,
    "2024-05": 0.90,
    "2025-03": 0.77,
}
REVIEW_COURSE = {
    "2020-04": 0.84,
    "2021-08": 0.66,
    "2022-12": 0.65,
    "2023-10": 0.80,
    "2025-03": 0.86,
}

CP_TEAMS = ["CPC1", "CPC2", "CPC3", "CPC4", "CPC5", "CPC6"]
TEAMS = ["ASSESS1", "ASSESS2", "CIN1", "CIN2", *CP_TEAMS]
PLAN_WEIGHT = {"ASSESS1": 0.3, "ASSESS2": 0.3, "CIN1": 0.9, "CIN2": 0.7} | dict.fromkeys(
    CP_TEAMS, 2
)
CONFERENCE_WEIGHT = {"ASSESS1": 5, "ASSESS2": 4, "CIN1": 1, "CIN2": 1} | dict.fromkeys(
    CP_TEAMS, 0.7
)
ENQUIRY_WEIGHT = {"ASSESS1": 6, "ASSESS2": 5, "CIN1": 1.2, "CIN2": 1} | dict.fromkeys(CP_TEAMS, 0.5)
NEED_WEIGHT = {"ASSESS1": 9, "ASSESS2": 8, "CIN1": 8, "CIN2": 7} | dict.fromkeys(CP_TEAMS, 5)
# Odds of being late, against the other teams, and of a plan that follows another.
LATE = {"ASSESS2": 1.6, "CIN2": 1.4, "CPC4": 1.7, "CPC1": 0.6, "ASSESS1": 0.8}
REPEAT = {"CPC2": 1.7, "CPC5": 1.5, "CPC1": 0.7}
DRIFT = {"CPC4": 0.6, "CPC1": 1.3}
OPENING = {"ASSESS1": 5, "ASSESS2": 4, "CIN1": 16, "CIN2": 13, "CPC1": 36, "CPC2": 34}

Tally = Counter[tuple[int, str]]  # how many, by month and team


def rows(opened: dict[str, int]) -> Returns:
    """The return by month, for the teams that are open in it."""
    rng = generator("child_protection")
    team_of = _drawn_by(rng, PLAN_WEIGHT, opened)
    plans = live(rng, _opening(rng), flow(rng, OPEN, _half_starts()), team_of, _haste)
    tallies = {
        "s47_started": _enquiries(rng, opened),
        **_conferences(rng, plans, opened),
        "cp_start": Counter((plan.began, plan.team) for plan in plans),
        "cp_repeat_start": _repeats(rng, plans),
        "cp_end": Counter((plan.ended, plan.team) for plan in plans if plan.ended is not None),
        **_stock(plans),
        **_reviews(rng, plans),
    }
    tallies["cin_open"] = _in_need(rng, tallies["cp_open"], opened)
    return {
        period: [
            {"period": period, "org_id": team}
            | {name: tally[month, team] for name, tally in tallies.items()}
            for team in _open_teams(opened, month)
        ]
        for month, period in enumerate(PERIODS)
    }


def _open_teams(opened: dict[str, int], month: int) -> list[str]:
    return [team for team in TEAMS if opened[team] <= month]


def _weights(weights: Weights, opened: dict[str, int], month: int) -> dict[str, float]:
    """Those of the teams that are open; a new team is given more for its first half-year."""
    boost = {team: 2.2 if opened[team] > 0 and month - opened[team] < 6 else 1 for team in TEAMS}
    return {team: weights[team] * boost[team] for team in _open_teams(opened, month)}


def _drawn_by(rng: Random, weights: Weights, opened: dict[str, int]) -> Callable[[int], str]:
    return lambda month: one_of(rng, _weights(weights, opened, month))


def _half_starts() -> list[int]:
    first = [round(total * part) for total, part in zip(STARTS, FIRST_HALF, strict=True)]
    return [
        number
        for total, early in zip(STARTS, first, strict=True)
        for number in (early, total - early)
    ]


def _opening(rng: Random) -> list[Spell]:
    ages = [round(rng.triangular(0, 25, 2)) for _ in range(OPEN[0])]
    teams = [team for team, count in OPENING.items() for _ in range(count)]
    return [Spell(teams[n], -1 - age, family=-n) for n, age in enumerate(ages)]


def _haste(plan: Spell, month: int) -> float:
    """Plans end mostly after a review or two; one family's in nine drifts, until managers look."""
    age = month - plan.began
    pace = 0.15 if age < 3 else 1 if age < 9 else 1.8
    if plan.family % 9 == 1:
        pace = 0.4
    for period, eager in (("2023-10", 2), ("2024-08", 60)):
        if month >= PERIODS.index(period) and age >= 19:
            pace = eager
    return pace * DRIFT.get(plan.team, 1)


def _repeats(rng: Random, plans: list[Spell]) -> Tally:
    """The published number of each year, whole families first."""
    found: Tally = Counter()
    for year, total in zip(YEARS, REPEATS, strict=True):
        families: dict[int, list[Spell]] = defaultdict(list)
        for plan in plans:
            if plan.began in year:
                families[plan.family].append(plan)
        groups = list(families.values())
        for group in pick(rng, groups, [REPEAT.get(g[0].team, 1) for g in groups], len(groups)):
            again = group[: total - sum(found[key] for key in found if key[0] in year)]
            found.update((plan.began, plan.team) for plan in again)
    return found


def _stock(plans: list[Spell]) -> dict[str, Tally]:
    on_plan: Tally = Counter()
    two_years: Tally = Counter()
    for month in range(len(PERIODS)):
        held = [plan for plan in plans if plan.open_at(month)]
        old = [plan for plan in held if month - plan.began >= 24]
        on_plan.update({(month, team): count for team, count in team_count(held).items()})
        two_years.update({(month, team): count for team, count in team_count(old).items()})
    return {"cp_open": on_plan, "cp_2yr": two_years}


def _conferences(rng: Random, plans: list[Spell], opened: dict[str, int]) -> dict[str, Tally]:
    """Every plan follows a conference; about one conference in eight leads to no plan."""
    team_of = _drawn_by(rng, CONFERENCE_WEIGHT, opened)
    held: list[tuple[int, str]] = []
    teams = {plan.family: team_of(plan.began) for plan in plans if plan.began >= 0}
    totals = []
    for year, percent, starts in zip(YEARS, CONFERENCES_IN_TIME, STARTS, strict=True):
        in_time, total = fraction(percent, round(starts * 1.14), least=starts)
        held += [(plan.began, teams[plan.family]) for plan in plans if plan.began in year]
        for month, sizes in zip(year, scatter(rng, total - starts, [1] * 12), strict=True):
            held += [(month, team) for size in sizes for team in [team_of(month)] * size]
        totals.append(in_time)
    return _judged(rng, held, totals, CONFERENCE_COURSE, ("icpc_held", "icpc_15wd"))


def _reviews(rng: Random, plans: list[Spell]) -> dict[str, Tally]:
    """Due after three months and then every six; a few are brought forward."""
    due: list[tuple[int, str]] = []
    totals = []
    for year, percent in zip(YEARS, REVIEWS_IN_TIME, strict=True):
        regular = [
            (month, plan.team)
            for month in year
            for plan in plans
            if (month - plan.began) % 6 == 3 and plan.open_at(month - 1)
        ]
        in_time, total = fraction(percent, len(regular), least=len(regular))
        due += regular + rng.choices(regular, k=total - len(regular))
        totals.append(in_time)
    return _judged(rng, due, totals, REVIEW_COURSE, ("reviews_due", "reviews_in_time"))


def _judged(
    rng: Random,
    events: list[tuple[int, str]],
    totals: list[int],
    course: dict[str, float],
    names: tuple[str, str],
) -> dict[str, Tally]:
    """Events and those in time: the year's total is met, the course and the teams decide where."""
    shares = path(rng, course, noise=0.03)
    in_time: Tally = Counter()
    for year, total in zip(YEARS, totals, strict=True):
        own = [event for event in events if event[0] in year]
        late = [(1 / min(shares[month], 0.98) - 1) * LATE.get(team, 1) for month, team in own]
        missed = Counter(pick(rng, own, late, len(own) - total))
        in_time.update(Counter(own) - missed)
    return {names[0]: Counter(events), names[1]: in_time}


def _enquiries(rng: Random, opened: dict[str, int]) -> Tally:
    team_of = _drawn_by(rng, ENQUIRY_WEIGHT, opened)
    found: Tally = Counter()
    halves = [number for total in ENQUIRIES for number in (total // 2, total - total // 2)]
    for half, total in zip(HALVES, halves, strict=True):
        quiet = [0.75 if PERIODS[month].endswith(("-08", "-12")) else 1 for month in half]
        for month, sizes in zip(half, scatter(rng, total, quiet), strict=True):
            for size in sizes:
                found[month, team_of(month)] += size
    return found


def _in_need(rng: Random, on_plan: Tally, opened: dict[str, int]) -> Tally:
    """Children on a plan, and the others shared among the teams; new teams fill up."""
    found: Tally = Counter()
    tilt = {team: path(rng, {PERIODS[0]: 1}, noise=0.05) for team in TEAMS}
    for month, total in enumerate(path(rng, IN_NEED, noise=14, exact=MARCHES)):
        teams = _open_teams(opened, month)
        plans = {team: on_plan[month, team] for team in teams}
        full = {team: min(1, (month - opened[team] + 1) / 6) for team in teams if opened[team]}
        weights = {
            team: NEED_WEIGHT[team] * tilt[team][month] * full.get(team, 1) for team in teams
        }
        others = share(round(total) - sum(plans.values()), weights)
        found.update({(month, team): plans[team] + others[team] for team in teams})
    return found
