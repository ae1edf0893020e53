"""Care leavers: one row a month and age band, for the whole council.

Published (Department for Education, Children looked after in England), for the year to March 2025:
in education, employment or training, in a suitable home, and not known, aged 17 and 18 and 19 to
21. The months before, and everyone aged 22 to 25, are made up.
"""

from chance import PERIODS, Returns, generator, path

COHORT = {
    "17-18": {"2020-04": 44, "2022-03": 39, "2023-06": 52, "2024-06": 50, "2025-03": 45},
    "19-21": {"2020-04": 101, "2022-03": 104, "2023-12": 115, "2025-03": 109},
    "22-25": {"2020-04": 38, "2022-03": 52, "2025-03": 79},
}
SHARES = {
    "17-18": {
        "unknown": {"2020-04": 6, "2022-03": 11, "2023-12": 17, "2025-03": 24},
        "eet": {"2020-04": 62, "2021-09": 55, "2023-06": 58, "2025-03": 51},
        "suitable": {"2020-04": 90, "2022-03": 86, "2023-06": 83, "2025-03": 76},
        "in_touch": {"2020-04": 92, "2022-06": 84, "2025-03": 89},
    },
    "19-21": {
        "unknown": {"2020-04": 9, "2022-03": 12, "2025-03": 5},
        "eet": {"2020-04": 48, "2021-06": 44, "2023-06": 50, "2025-03": 55},
        "suitable": {"2020-04": 84, "2022-03": 82, "2025-03": 90},
        "in_touch": {"2020-04": 87, "2022-06": 82, "2025-03": 93},
    },
    "22-25": {
        "unknown": {"2020-04": 34, "2022-03": 38, "2025-03": 26},
        "eet": {"2020-04": 36, "2022-03": 34, "2025-03": 41},
        "suitable": {"2020-04": 58, "2022-03": 55, "2025-03": 66},
        "in_touch": {"2020-04": 52, "2022-06": 49, "2025-03": 68},
    },
}
PUBLISHED = ["2025-03"]


def rows(opened: dict[str, int]) -> Returns:
    """The return by month; ``opened`` does not matter to it."""
    rng = generator("care_leavers")
    cohorts = {age: path(rng, marks, 0.8, PUBLISHED) for age, marks in COHORT.items()}
    shares = {
        (age, name): path(rng, marks, 1.6, PUBLISHED)
        for age, parts in SHARES.items()
        for name, marks in parts.items()
    }
    returns = {}
    for month, period in enumerate(PERIODS):
        returns[period] = []
        for age, parts in SHARES.items():
            cohort = round(cohorts[age][month])
            counts = {
                name: round(cohort * min(100, max(0, shares[age, name][month])) / 100)
                for name in parts
            }
            counts["eet"] = min(counts["eet"], cohort - counts["unknown"])
            returns[period].append({"period": period, "age_band": age, "cohort": cohort} | counts)
    return returns
