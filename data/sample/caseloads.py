"""Caseloads: one row a month and worker, under a pseudonym that stays the same.

Published (Department for Education, Children's social work workforce): cases per full-time
equivalent and the share of agency workers at 30 September. Size of the teams, and who holds what,
is made up. One assessment team loses workers in 2024/25 while its cases stay: the council's average
goes down all the same.
"""

from dataclasses import dataclass
from random import Random

from chance import PERIODS, Returns, generator, path, share

CASES_PER_FTE = {
    "2020-04": 13.5,
    "2020-09": 14.0,
    "2021-03": 15.2,
    "2021-09": 16.7,
    "2021-12": 19.4,
    "2022-02": 21.3,
    "2022-05": 20.8,
    "2022-09": 18.7,
    "2023-01": 18.2,
    "2023-02": 16.5,
    "2023-09": 15.7,
    "2024-03": 15.2,
    "2024-09": 14.5,
    "2025-03": 13.9,
}
PUBLISHED = ["2020-09", "2021-09", "2022-09", "2023-09", "2024-09", "2025-03"]
FTE = {
    "2020-04": 72,
    "2020-09": 74.5,
    "2021-09": 76,
    "2022-03": 80,
    "2022-09": 86,
    "2023-01": 88,
    "2023-02": 94,
    "2023-09": 96,
    "2024-03": 90,
    "2024-09": 84,
    "2025-03": 81,
}
AGENCY = {
    "2020-04": 0.175,
    "2020-09": 0.192,
    "2021-09": 0.325,
    "2022-09": 0.549,
    "2023-03": 0.575,
    "2023-09": 0.552,
    "2024-09": 0.339,
    "2025-03": 0.25,
}
LEAVE_IN_A_MONTH = {"perm": 0.008, "agency": 0.045}  # beside those for whom there is no room
INTAKE = {"-09": 5, "-10": 3, "-01": 4}  # newly qualified: 12 a year
SUPERVISION = {
    "2020-04": 0.66,
    "2021-06": 0.58,
    "2022-02": 0.54,
    "2022-09": 0.68,
    "2023-06": 0.80,
    "2024-03": 0.87,
    "2025-03": 0.91,
}

CP_TEAMS = ["CPC1", "CPC2", "CPC3", "CPC4", "CPC5", "CPC6"]
SIZE = {"ASSESS1": 9, "ASSESS2": 10, "CIN1": 8, "CIN2": 7.5} | dict.fromkeys(CP_TEAMS, 6.5)
SIZE |= {"CIC1": 12, "CIC2": 7, "LEAVE": 4.5, "FOSTER": 6}
TEAM_LOAD = {
    "ASSESS1": 1.02,
    "CIN1": 1.05,
    "CPC2": 1.08,
    "CPC4": 1.04,
    "LEAVE": 0.9,
    "FOSTER": 0.88,
}
HARD_PRESSED = "ASSESS2"
PRESSURE = {"2020-04": 1.0, "2023-06": 1.03, "2024-03": 1.08, "2024-09": 1.32, "2025-03": 1.6}


@dataclass(eq=False)
class Worker:
    """A pseudonym, and what decides how much it is given to hold."""

    ref: str
    team: str
    employment: str
    fte: float
    role: str
    joined: int
    qualified: int  # the month in which the first, protected year ends
    pace: float
    away_until: int = -1
    nqsw: bool = False

    def load(self, rng: Random, month: int) -> float:
        """Its part of the cases, against a full-time worker of the same team."""
        if month < self.away_until or (month == self.joined and rng.random() < 0.4):
            return 0
        settled = {0: 0.4, 1: 0.75}.get(month - self.joined, 1)
        if self.team == HARD_PRESSED and PERIODS[month] > "2024-06":
            return self.fte * settled * (0.7 + 0.3 * self.pace)  # nobody's load is protected
        protected = 0.75 if self.nqsw else 0.8 if self.role == "Advanced practitioner" else 1
        return self.fte * settled * protected * self.pace


class Workforce:
    """Everyone who holds cases, as they come and go."""

    def __init__(self, rng: Random, opened: dict[str, int]) -> None:
        self.rng, self.opened = rng, opened
        self.workers: list[Worker] = []
        self.hired = 0
        self.size, self.agency = path(rng, FTE), path(rng, AGENCY)
        self.grip = path(rng, {"2020-04": 1, "2024-02": 1, "2025-03": 0.84})

    def fte(self, employment: str = "", team: str = "") -> float:
        return sum(
            worker.fte
            for worker in self.workers
            if employment in ("", worker.employment) and team in ("", worker.team)
        )

    def move_on(self, month: int) -> None:
        """One month: workers leave, join, change contract and team."""
        self._leave()
        self._welcome_newly_qualified(month)
        self._make_room(month)
        while self.size[month] - self.fte() > 0.5:
            self._hire(month)
        self._even_out(month)
        for worker in self.workers:
            worker.nqsw = worker.nqsw and month < worker.qualified
            worker.pace = min(1.35, max(0.7, worker.pace + self.rng.gauss(0, 0.04)))
            if self.rng.random() < 0.003:
                worker.away_until = month + self.rng.randint(2, 5)

    def shortage(self, month: int) -> dict[str, float]:
        """How many workers each open team is short of."""
        sizes = {team: size for team, size in SIZE.items() if self.opened[team] <= month}
        sizes[HARD_PRESSED] *= self.grip[month]
        scale = self.size[month] / sum(sizes.values())
        return {team: size * scale - self.fte(team=team) for team, size in sizes.items()}

    def surplus(self, month: int, employment: str) -> float:
        """How many more workers there are, under this contract, than the month has room for."""
        part = self.agency[month] if employment == "agency" else 1 - self.agency[month]
        return self.fte(employment) - part * self.size[month]

    def _leave(self) -> None:
        self.workers = [
            worker
            for worker in self.workers
            if worker.nqsw or self.rng.random() > LEAVE_IN_A_MONTH[worker.employment]
        ]

    def _welcome_newly_qualified(self, month: int) -> None:
        for _ in range(INTAKE.get(PERIODS[month][4:], 0)):
            self._join(month, "perm", nqsw=True)

    def _make_room(self, month: int) -> None:
        """Too many agency workers: some take a permanent post, the contracts of others end. Too
        many permanent ones, as in 2022: they leave."""
        while self.surplus(month, "agency") > 0.7:
            worker = self._any_of("agency")
            if self.surplus(month, "perm") < -1 and self.rng.random() < 0.35:
                worker.employment = "perm"
            else:
                self.workers.remove(worker)
        while self.surplus(month, "perm") > 1.2:
            self.workers.remove(self._any_of("perm"))

    def _any_of(self, employment: str) -> Worker:
        return self.rng.choice(
            [w for w in self.workers if w.employment == employment and not w.nqsw]
        )

    def _hire(self, month: int) -> None:
        self._join(month, "agency" if self.surplus(month, "agency") < -0.5 else "perm")

    def _join(self, month: int, employment: str, nqsw: bool = False) -> None:
        rng, short = self.rng, self.shortage(month)
        self.hired += 1
        nqsw = nqsw or (month == 0 and employment == "perm" and rng.random() < 0.12)
        team = max(short, key=short.__getitem__)
        full_time = nqsw or employment == "agency" or team == HARD_PRESSED
        senior = not nqsw and rng.random() < 0.18
        self.workers.append(
            Worker(
                ref=f"W{self.hired:04}",
                team=team,
                employment=employment,
                fte=1.0 if full_time or rng.random() < 0.7 else rng.choice([0.5, 0.6, 0.8, 0.8]),
                role="Advanced practitioner" if senior else "Social worker",
                joined=month if month else -12,
                qualified=month + (12 if month else 6),
                pace=rng.gauss(1, 0.13),
                nqsw=nqsw,
            )
        )

    def _even_out(self, month: int) -> None:
        """At most two workers a month move, from the team with most to spare."""
        for _ in range(8 if month == 0 else 2):
            short = self.shortage(month)
            needy = max(short, key=short.__getitem__)
            rich = min(short, key=short.__getitem__)
            if short[needy] - short[rich] < 1.8:
                return
            movable = [w for w in self.workers if w.team == rich and w.fte == 1 and not w.nqsw]
            if movable:
                movable[-1].team = needy


def rows(opened: dict[str, int]) -> Returns:
    """The return by month: every worker who holds cases, or could."""
    rng = generator("caseloads")
    means = path(rng, CASES_PER_FTE, noise=0.36, exact=PUBLISHED)
    pressure = path(rng, PRESSURE, noise=0.01)
    held = path(rng, SUPERVISION, noise=0.015)
    workforce = Workforce(rng, opened)
    returns = {}
    for month, period in enumerate(PERIODS):
        workforce.move_on(month)
        workers = sorted(workforce.workers, key=lambda worker: (worker.team, worker.ref))
        cases = _cases(rng, workers, month, means[month], pressure[month])
        returns[period] = [
            _row(rng, period, worker, cases[worker.ref], held[month]) for worker in workers
        ]
    return returns


def _cases(
    rng: Random, workers: list[Worker], month: int, mean: float, pressure: float
) -> dict[str, int]:
    """The council's average is met among those who hold any; the hard-pressed hold what is left
    to them evenly."""
    loads = {worker.ref: worker.load(rng, month) for worker in workers}
    factor = TEAM_LOAD | {HARD_PRESSED: pressure}
    weights = {w.ref: loads[w.ref] * factor.get(w.team, 0.98) for w in workers}
    fte = sum(worker.fte for worker in workers if loads[worker.ref])
    return share(round(mean * fte), weights)


def _row(
    rng: Random, period: str, worker: Worker, cases: int, held: float
) -> dict[str, str | int | float]:
    due = 2 if worker.nqsw else 1
    chance = held - (0.2 if worker.team == HARD_PRESSED and period > "2024-03" else 0)
    sessions = due if cases else 0
    return {
        "period": period,
        "org_id": worker.team,
        "worker_ref": worker.ref,
        "role": worker.role,
        "employment": worker.employment,
        "fte": worker.fte,
        "nqsw": "Y" if worker.nqsw else "N",
        "cases": cases,
        "supervision_due": sessions,
        "supervision_held": sum(rng.random() < chance for _ in range(sessions)),
    }
