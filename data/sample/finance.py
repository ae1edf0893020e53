"""Finance: one row a month and budget line, for the whole council; amounts add up from April.

In the papers: the lines of tranche two (Cabinet report 24 November 2022, paragraph 34), wanted from
November 2022, one of them spent from July; tranche one of £5m, to be spent by the end of October
2022; a forecast underspend of £688,337 and £473,000 carried forward (scrutiny, 28 February 2023).
Published (Department for Education, section 251): the cost of a child in care a week. The months
between, and where the underspend lay, are made up.
"""

from collections.abc import Sequence
from datetime import date, timedelta

import children_looked_after
from chance import PERIODS, YEARS, Returns, Row, generator, path, share

TRANCHE_TWO = [  # title, thousands of pounds, what it buys, how much of the underspend
    ("CP court team", 298, "teams", 4),
    ("Assessment team", 352, "teams", 5),
    ("Corporate parenting team", 237, "teams", 3),
    ("Fostering team", 207, "teams", 2),
    ("Early help advanced practitioners", 79, "teams", 2),
    ("Improvement leads", 74, "management", 0),
    ("IRO and CP chairs", 173, "quality", 1),
    ("Signs of safety", 100, "quality", 4),
    ("Auditors", 523, "quality", 6),
    ("Social worker academy", 84, "support", 3),
    ("Service managers", 361, "management", 4),
    ("Children in need team", 0, "teams", 0),
    ("Newly qualified social workers", 122, "teams", 3),
    ("Managing practitioners", 199, "management", 2),
    ("Business support", 178, "support", 2),
    ("Social work posts costed at senior AP", 98, "teams", 1),
    ("Advanced practitioners, children looked after", 352, "teams", 5),
    ("Permanence team", 214, "teams", 2),
    ("Clinical psychologist", 28, "support", 1),
    ("Two additional project teams", 719, "teams", 12),
    ("Social worker, SEND", 37, "teams", 1),
    ("Data and systems analyst", 210, "support", 5),
    ("Commissioning lead", 51, "support", 1),
    ("Children in need team", 793, "teams", 9),
    ("Ofsted corporate investment", 1000, "other", 10),
]
EARLY = len(TRANCHE_TWO)  # the number of the line that was spent from July
TRANCHE_ONE = 5_000_000
CARRIED = 473_000
UNDERSPEND = {"2022-11": 96_000, "2022-12": 305_500, "2023-01": 512_250, "2023-02": 688_337}
COST_A_WEEK = [1475, 1335, 1600, 1710, 1920]  # 2020/21 to 2024/25
BUDGET_OF_COST = [1.02, 1.03, 0.86, 0.91, 0.94]
BEFORE = 1400  # a week in 2019/20


def rows(opened: dict[str, int]) -> Returns:
    """The return by month, for the lines that have a budget in its financial year."""
    care = _care(opened)
    spent = path(generator("finance"), {"2022-04": 0.94, "2023-03": 0.98}, 0.015)
    return {
        period: [
            *_tranche_one(month, spent[month]),
            *_tranche_two(month),
            *_carried(month),
            care[month],
        ]
        for month, period in enumerate(PERIODS)
    }


def _line(
    month: int, line_id: str, title: str, category: str, tranche: str, version: str, **figures: int
) -> Row:
    return {
        "period": PERIODS[month],
        "line_id": line_id,
        "line_title": title,
        "category": category,
        "tranche": tranche,
        "stream": "base" if tranche == "none" else "transformation",
        "budget_version": version,
        "care_weeks": 0,
        **figures,
    }


def _through(month: int, first: str, last: str) -> float:
    """How much of the time from one month to another has passed at the end of a month."""
    start, end = PERIODS.index(first), PERIODS.index(last)
    return min(1, max(0, (month - start + 1) / (end - start + 1)))


def _in_year(month: int, period: str) -> bool:
    """Whether the month lies in the financial year of the period."""
    return month // 12 == PERIODS.index(period) // 12


def _tranche_one(month: int, pace: float) -> list[Row]:
    """Spent evenly, a little late, and whole by October 2022."""
    if not _in_year(month, "2022-04"):
        return []
    done = _through(month, "2022-04", "2022-10")
    actual = round(TRANCHE_ONE * (done * pace if done < 1 else 1))
    return [
        _line(
            month,
            "T1-01",
            "Tranche one",
            "teams",
            "one",
            "Cabinet, March 2022",
            budget=TRANCHE_ONE,
            plan=round(TRANCHE_ONE * done),
            actual=actual,
            forecast=TRANCHE_ONE,
        )
    ]


def _tranche_two(month: int) -> list[Row]:
    """One line from July 2022, every line from November; each with its part of the underspend."""
    period = PERIODS[month]
    if not _in_year(month, "2022-04") or period < "2022-07":
        return []
    whole = UNDERSPEND.get(period, UNDERSPEND["2023-02"] if period == "2023-03" else 0)
    parts = share(whole, {str(n): line[3] for n, line in enumerate(TRANCHE_TWO, 1)})
    found = []
    for number, (title, thousands, category, _) in enumerate(TRANCHE_TWO, 1):
        early = number == EARLY
        if period < "2022-11" and not early:
            continue
        budget = 1000 * thousands
        done = _through(month, "2022-07" if early else "2022-11", "2023-03")
        forecast = budget - parts[str(number)]
        version = "Delegated decision, July 2022" if early else "Cabinet, November 2022"
        found.append(
            _line(
                month,
                f"T2-{number:02}",
                title,
                category,
                "two",
                version,
                budget=budget,
                plan=round(budget * done),
                actual=round(forecast * done ** (1 if done == 1 else 1.12)),
                forecast=forecast,
            )
        )
    return found


def _carried(month: int) -> list[Row]:
    if not _in_year(month, "2023-04"):
        return []
    done = _through(month, "2023-04", "2024-03")
    return [
        _line(
            month,
            "T2-90",
            "Key posts carried forward",
            "teams",
            "carried",
            "Carried, April 2023",
            budget=CARRIED,
            plan=round(CARRIED * done),
            actual=round(CARRIED * done ** (1 if done == 1 else 1.05)),
            forecast=CARRIED,
        )
    ]


def _care(opened: dict[str, int]) -> list[Row]:
    """Placements: the year's cost a week is met in March; within it the cost drifts from before."""
    looked_after = children_looked_after.rows(opened)
    found: list[Row] = []
    for year, (cost, budgeted) in enumerate(zip(COST_A_WEEK, BUDGET_OF_COST, strict=True)):
        before = (COST_A_WEEK[year - 1] if year else BEFORE) / cost - 1
        child_days = [_child_days(looked_after[PERIODS[month]], month) for month in YEARS[year]]
        outturn = cost * round(sum(child_days) / 7)
        budget = 1000 * round(outturn * budgeted / 1000)
        for place, month in enumerate(YEARS[year], 1):
            weeks = round(sum(child_days[:place]) / 7)
            actual = round(weeks * cost * (1 + 0.5 * before * (12 - place) / 12))
            expected = budget + (outturn - budget) * min(1, place / 9)
            found.append(
                _line(
                    month,
                    "CLA-01",
                    "Placements of children looked after",
                    "care",
                    "none",
                    "Base",
                    budget=budget,
                    plan=round(budget * place / 12),
                    actual=actual,
                    forecast=max(actual, round(expected)),
                    care_weeks=weeks,
                )
            )
    return found


def _child_days(children: Sequence[Row], month: int) -> int:
    first = date.fromisoformat(f"{PERIODS[month]}-01")
    days = ((first + timedelta(days=31)).replace(day=1) - first).days
    return days * sum(int(row["cla_open"]) for row in children)
