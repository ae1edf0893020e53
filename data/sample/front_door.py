"""The front door: one row a month, for the hub that takes every contact.

Published (Department for Education, Characteristics of children in need): referrals in the year to
March 2025, none of them closed with no action; re-referrals in the years to March 2021, 2022 and
2025. Those of 2023 and 2024 were published as unreliable: the return withholds them.
"""

from collections.abc import Sequence
from random import Random

import child_protection
from chance import PERIODS, YEARS, Returns, generator, over_months, path, some

TEAM = "MASH"
REFERRALS = [1441, 2308, 2052, 1869, 1806]
AGAIN = [0.106, 0.027, None, None, 0.148]
WITHHELD = "u"
NO_ACTION = [0.06, 0.09, 0.04, 0.01, 0.0]
CONTACTS_A_REFERRAL = {
    "2020-04": 3.1,
    "2021-06": 2.9,
    "2022-06": 3.3,
    "2023-09": 3.6,
    "2025-03": 3.7,
}
IN_A_DAY = {
    "2020-04": 0.81,
    "2021-06": 0.70,
    "2022-06": 0.58,
    "2022-12": 0.77,
    "2023-06": 0.90,
    "2024-03": 0.95,
    "2025-03": 0.93,
}
DISCUSSIONS_IN_TIME = {
    "2020-04": 0.78,
    "2021-09": 0.64,
    "2022-07": 0.55,
    "2023-03": 0.84,
    "2023-12": 0.93,
    "2025-03": 0.90,
}


def rows(opened: dict[str, int]) -> Returns:
    """The return by month."""
    rng = generator("front_door")
    referrals = [
        count
        for total, year in zip(REFERRALS, YEARS, strict=True)
        for count in over_months(rng, total, year, 0.12).values()
    ]
    again = _of_the_year(AGAIN, referrals)
    no_action = _of_the_year(NO_ACTION, referrals)
    contacts = path(rng, CONTACTS_A_REFERRAL, 0.12)
    in_a_day, in_time = path(rng, IN_A_DAY, 0.015), path(rng, DISCUSSIONS_IN_TIME, 0.03)
    enquiries = _enquiries(opened)
    returns = {}
    for month, period in enumerate(PERIODS):
        asked, due = (
            round(referrals[month] * contacts[month]),
            enquiries[month] + rng.randint(2, 14),
        )
        returns[period] = [
            {
                "period": period,
                "org_id": TEAM,
                "contacts": asked,
                "contacts_1wd": some(rng, asked, in_a_day[month]),
                "referrals": referrals[month],
                "rereferrals_12m": again[month],
                "referrals_nfa": no_action[month],
                "strategy_due": due,
                "strategy_in_time": some(rng, due, in_time[month]),
            }
        ]
    return returns


def _of_the_year(shares: Sequence[float | None], referrals: Sequence[int]) -> list[int | str]:
    """Part of each month's referrals; the year's share is met, or the year is withheld."""
    rng = generator("front_door " + str(shares))
    found: list[int | str] = []
    for part, year in zip(shares, YEARS, strict=True):
        if part is None:
            found += [WITHHELD for _ in year]
            continue
        own = {month: referrals[month] for month in year}
        total = round(part * sum(own.values()))
        found += _parts(rng, own, total)
    return found


def _parts(rng: Random, own: dict[int, int], total: int) -> list[int]:
    everyone = [month for month, count in own.items() for _ in range(count)]
    chosen = rng.sample(everyone, total)
    return [chosen.count(month) for month in own]


def _enquiries(opened: dict[str, int]) -> list[int]:
    """A strategy discussion comes before every section 47 enquiry of the month."""
    return [
        sum(int(row["s47_started"]) for row in month)
        for month in child_protection.rows(opened).values()
    ]
