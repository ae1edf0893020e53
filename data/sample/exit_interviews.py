"""Exit interviews: one row a month and reason, for the whole council.

An interview is the leaver's choice: about three in five have one. The reasons are those of the
scrutiny minutes of July 2023 (travel and the office, caseload, supervision, racism), and others;
how many gave each is made up.
"""

from collections import Counter

import workforce
from chance import PERIODS, Returns, generator, one_of, path, some

COUNCIL = "herefordshire"
SINCE = "2021-04"
INTERVIEWED = 0.6
WEIGHTS = {
    "travel": {"2021-04": 2.8, "2023-06": 3.8, "2025-03": 3.4},
    "caseload": {"2021-04": 4.2, "2022-06": 4.6, "2023-09": 2.2, "2025-03": 1.5},
    "supervision": {"2021-04": 2.2, "2022-06": 2.4, "2023-12": 1.0, "2025-03": 0.7},
    "pay": {"2021-04": 1.0, "2025-03": 1.3},
    "discrimination": {"2021-04": 0.4, "2023-06": 0.7, "2025-03": 0.4},
    "family": {"2021-04": 0.9, "2025-03": 1.6},
    "other": {"2021-04": 0.8, "2025-03": 1.0},
}


def rows(opened: dict[str, int]) -> Returns:
    """The return by month, every reason in it, nobody as 0."""
    rng = generator("exit_interviews 10")  # of ten tried, one that tells what the minutes tell
    weights = {reason: path(rng, course) for reason, course in WEIGHTS.items()}
    staff, returns = workforce.rows(opened), {}
    for month, period in enumerate(PERIODS):
        if period < SINCE:
            continue
        left = sum(float(row["leavers"]) for row in staff[period])
        given = Counter(
            one_of(rng, {reason: course[month] for reason, course in weights.items()})
            for _ in range(some(rng, round(left), INTERVIEWED))
        )
        returns[period] = [
            {"period": period, "org_id": COUNCIL, "reason": reason, "leavers": given[reason]}
            for reason in WEIGHTS
        ]
    return returns
