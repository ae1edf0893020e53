"""Feedback: one row a month, priority, respondent, stage and method, from June 2022.

Scrutiny asked in July 2023 for feedback of families from before and after, and of children as well
as parents. Few answer, children least of all until then; all of it is made up.
"""

from random import Random

from chance import PERIODS, Returns, Row, Weights, generator, one_of, path, some

SINCE, PLAN, ASKED = "2022-06", "2023-01", "2023-07"
ROWS = [
    ("P04", "parent", "survey"),
    ("P05", "parent", "interview"),
    ("P06", "child", "interview"),
    ("P06", "carer", "survey"),
    ("P07", "child", "survey"),
    ("P08", "child", "group"),
    ("P04", "partner", "survey"),
]
ANSWERS = {"parent": 4.5, "child": 1.4, "carer": 2.2, "partner": 3.0}  # a month and stage
GOOD = {
    "before": {"parent": 0.30, "child": 0.34, "carer": 0.38, "partner": 0.28},
    "after": {"parent": 0.44, "child": 0.42, "carer": 0.53, "partner": 0.50},
}
BETTER_BY_THE_END = {"parent": 0.15, "child": 0.13, "carer": 0.10, "partner": 0.16}
SPOKEN_OF: dict[str, Weights] = {
    "parent": {"being listened to": 4, "knowing what happens next": 3, "too many meetings": 2},
    "child": {"seeing the same worker": 5, "being listened to": 4, "having a say in the plan": 3},
    "carer": {"getting an answer": 4, "support when it is hard": 3, "seeing the same worker": 2},
    "partner": {"thresholds": 4, "hearing what was decided": 3},
}


def rows(opened: dict[str, int]) -> Returns:
    """The return by month, nobody as 0; ``opened`` does not matter to it."""
    rng = generator("feedback")
    rise = path(rng, {PLAN: 0, "2025-03": 1}, 0.05)
    return {
        period: [
            _row(rng, period, *who, stage, rise[month])
            for who in ROWS
            for stage in ("before", "after")
        ]
        for month, period in enumerate(PERIODS)
        if period >= SINCE
    }


def _row(
    rng: Random, period: str, priority: str, who: str, method: str, stage: str, rise: float
) -> Row:
    answers = _answers(rng, period, who, stage)
    better = BETTER_BY_THE_END[who] * max(0, rise) if stage == "after" else 0
    return {
        "period": period,
        "priority_id": priority,
        "respondent": who,
        "stage": stage,
        "method": method,
        "responses": answers,
        "positive": some(rng, answers, GOOD[stage][who] + better),
        "theme": one_of(rng, SPOKEN_OF[who]) if answers else "",
    }


def _answers(rng: Random, period: str, who: str, stage: str) -> int:
    """Nobody speaks of the plan before it began; later few remember what was before."""
    if stage == "after" and period < PLAN:
        return 0
    usual = ANSWERS[who]
    if who == "child":
        usual *= 0.25 if period < ASKED else 1.3
    if stage == "before":
        usual *= 1 if period < "2023-10" else 0.45
    return some(rng, round(3 * usual) or 1, 0.33)
