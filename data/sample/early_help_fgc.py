"""Early help and family group conferences: one row a month and team.

Scrutiny heard in February 2023 that conferences would be available from 1 April 2023, and in July
2023 that 26 were in place. All else is made up.
"""

from random import Random

from chance import PERIODS, Returns, generator, path, some

HELP, CARE = "EHELP", "ECHO"
STARTED = "2023-04"
OPEN = {"2020-04": 214, "2021-03": 238, "2022-06": 291, "2023-09": 322, "2025-03": 356}
CLOSED = {"2020-04": 38, "2022-06": 44, "2025-03": 61}
STEPPED_UP = {"2020-04": 0.21, "2021-12": 0.24, "2023-06": 0.17, "2025-03": 0.13}
IN_PLACE = {
    "2023-04": 8,
    "2023-05": 15,
    "2023-06": 21,
    "2023-07": 26,
    "2023-12": 33,
    "2024-06": 38,
    "2025-03": 45,
}
REPORTED = "2023-07"
NOT_IN_CARE = {"2023-04": 0.80, "2024-06": 0.86, "2025-03": 0.88}
NOTHING = dict.fromkeys(
    ["fgc_referred", "fgc_held", "fgc_in_place", "fgc_6m_cohort", "fgc_6m_home"], 0
)
NO_HELP = dict.fromkeys(["eh_open", "eh_closed", "eh_stepped_up"], 0)


def rows(opened: dict[str, int]) -> Returns:
    """The return by month; ``opened`` does not matter, for both teams were open throughout."""
    rng = generator("early_help_fgc")
    stock, closed = path(rng, OPEN, 4), path(rng, CLOSED, 3)
    stepped_up = path(rng, STEPPED_UP, 0.015)
    conferences = _conferences(rng)
    returns = {}
    for month, period in enumerate(PERIODS):
        ended = round(closed[month])
        early_help = {
            "eh_open": round(stock[month]),
            "eh_closed": ended,
            "eh_stepped_up": some(rng, ended, stepped_up[month]),
        }
        returns[period] = [
            {"period": period, "org_id": HELP} | early_help | NOTHING,
            {"period": period, "org_id": CARE} | NO_HELP | conferences[month],
        ]
    return returns


def _conferences(rng: Random) -> list[dict[str, int]]:
    """By month: who is referred meets about a month later, and leaves after four or so."""
    in_place = path(rng, IN_PLACE, 1.2, exact=[REPORTED])
    home = path(rng, NOT_IN_CARE, 0.01)
    found = []
    for month, period in enumerate(PERIODS):
        if period < STARTED:
            found.append(NOTHING)
            continue
        before = found[-1]["fgc_in_place"]
        now = round(in_place[month])
        referred = max(0, now - before) + some(rng, before, 0.22)
        six_months_ago = found[month - 6]["fgc_held"]
        children = sum(rng.choice((1, 1, 2, 2, 3)) for _ in range(six_months_ago))
        found.append(
            {
                "fgc_referred": referred,
                "fgc_held": some(rng, found[-1]["fgc_referred"], 0.78),
                "fgc_in_place": now,
                "fgc_6m_cohort": children,
                "fgc_6m_home": some(rng, children, home[month]),
            }
        )
    return found
