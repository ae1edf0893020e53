"""Pre-proceedings and care proceedings: one row a month, for the whole council.

Published (Department for Education, Local Authority Interactive Tool): 5.9 care applications for
every 10,000 children in the year to March 2025, which is nearest to 20 of them. All else is made
up. The council reports it as a whole, so that the medians stand for it.
"""

from chance import PERIODS, YEARS, Returns, generator, path, scatter

COUNCIL = "herefordshire"
APPLICATIONS = [41, 76, 52, 31, 20]
BEFORE_COURT = {
    "2020-04": 24,
    "2021-03": 38,
    "2022-03": 81,
    "2022-11": 66,
    "2023-09": 45,
    "2025-03": 31,
}
BEFORE_COURT_WEEKS = {"2020-04": 21, "2022-03": 35, "2022-11": 27, "2023-09": 19, "2025-03": 15.5}
IN_COURT = {"2020-04": 31, "2021-03": 37, "2022-06": 66, "2023-09": 47, "2025-03": 24}
IN_COURT_WEEKS = {"2020-04": 33, "2021-12": 41, "2023-03": 47, "2024-03": 42, "2025-03": 34}


def rows(opened: dict[str, int]) -> Returns:
    """The return by month; ``opened`` does not matter to it."""
    rng = generator("court_plo")
    applications = [
        sum(sizes)
        for total, year in zip(APPLICATIONS, YEARS, strict=True)
        for sizes in scatter(rng, total, [1] * len(year))
    ]
    before, weeks = path(rng, BEFORE_COURT, 1.6), path(rng, BEFORE_COURT_WEEKS, 0.9)
    within, court_weeks = path(rng, IN_COURT, 1.4), path(rng, IN_COURT_WEEKS, 0.5)
    return {
        period: [
            {
                "period": period,
                "org_id": COUNCIL,
                "plo_open": round(before[month]),
                "plo_median_weeks": round(weeks[month] * 2) / 2,
                "applications": applications[month],
                "proceedings_open": round(within[month]),
                "proceedings_median_weeks": round(court_weeks[month] * 2) / 2,
            }
        ]
        for month, period in enumerate(PERIODS)
    }
