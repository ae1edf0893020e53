"""The workforce: one row a month, team and role; every person of the council's own comes and goes.

Published (Department for Education, Children's social work workforce): agency and vacancy rates at
30 September, turnover and sickness in the year to it, 2020 to 2024; 125.5 FTE in post in September
2025, after these months. The size of the teams and everything between is made up. In the papers:
twelve newly qualified workers a year, and the top three layers of management permanent by July
2023, but for a few.
"""

from dataclasses import dataclass
from datetime import date
from random import Random

from chance import PERIODS, Returns, Row, Weights, generator, path, share

IN_POST = {
    "2020-04": 83,
    "2020-09": 84,
    "2021-09": 84,
    "2022-09": 72,
    "2023-09": 76,
    "2024-09": 95,
    "2025-03": 109,
}
AGENCY = {
    "2020-04": 17.5,
    "2020-09": 19.2,
    "2021-09": 32.5,
    "2022-09": 54.9,
    "2023-03": 57.0,
    "2023-09": 55.2,
    "2024-09": 33.9,
    "2025-03": 26.0,
}
VACANCY = {
    "2020-04": 25.5,
    "2020-09": 24.8,
    "2021-09": 19.0,
    "2022-09": 54.0,
    "2023-09": 62.4,
    "2024-09": 46.2,
    "2025-03": 39.4,
}
PUBLISHED = [period for period in VACANCY if period.endswith("-09")]
# October to September; the first and the last are halves.
TERMS = [range(6), *(range(start, start + 12) for start in (6, 18, 30, 42)), range(54, 60)]
TURNOVER = [17.8, 18.8, 50.0, 17.7, 11.4, 11.0]
SICKNESS = [2.5, 2.4, 2.3, 2.9, 2.5, 2.9]
INTAKE = {"-09": 5, "-10": 3, "-01": 4}  # newly qualified: 12 a year
AGENCY_COST = {"2020-04": 5900, "2022-09": 7300, "2025-03": 7900}  # pounds a month and FTE

CP_TEAMS = ["CPC1", "CPC2", "CPC3", "CPC4", "CPC5", "CPC6"]
TEAMS = {"MASH": 9, "ASSESS1": 12, "ASSESS2": 13, "CIN1": 11, "CIN2": 10} | dict.fromkeys(
    CP_TEAMS, 9
)
TEAMS |= {"CIC1": 15, "CIC2": 9, "LEAVE": 6, "FOSTER": 12, "EHELP": 8, "ECHO": 6}
ROLES = {"social worker": 0.72, "advanced practitioner": 0.18, "team manager": 0.1}
TOP = "LEAD"
TOP_POSTS = {
    "service manager": {"2020-04": 2, "2021-10": 6},
    "head of service": {"2020-04": 5, "2022-06": 7},
    "director": {"2020-04": 3},
}
TOP_IN_POST = {
    "service manager": {"2020-04": 1, "2021-12": 2, "2022-12": 3, "2023-05": 5, "2024-02": 6},
    "head of service": {
        "2020-04": 4,
        "2021-07": 3,
        "2022-02": 2,
        "2023-01": 4,
        "2023-06": 6,
        "2024-10": 7,
    },
    "director": {"2020-04": 2, "2021-05": 1, "2022-11": 2, "2023-03": 3},
}
GUESTS = ("CIN1", "ASSESS1")
PART_TIME = [0.5, 0.6, 0.68, 0.81, 0.81]

Cell = tuple[str, str]  # team and role


@dataclass(eq=False)
class Person:
    """One of the council's own staff: known by team, role and months alone."""

    cell: Cell
    fte: float
    began: int
    newly_qualified: bool = False
    ended: int | None = None

    def in_post(self, month: int) -> bool:
        return self.began <= month and (self.ended is None or self.ended > month)


class Staff:
    """Everyone who is or was in post."""

    def __init__(self, rng: Random, opened: dict[str, int]) -> None:
        self.rng, self.opened = rng, opened
        self.people: list[Person] = []
        self.size = path(rng, IN_POST)

    def live(self) -> list[Person]:
        """All of them: the opening staff, then month by month who leaves and who joins."""
        self._lead(-1)
        while self.fte(0) < self.size[0] - 0.5:
            self._join(0, began=-1)
        for turnover, term in zip(TURNOVER, TERMS, strict=True):
            self._live_through(term, turnover)
        return self.people

    def fte(self, month: int, cell: Cell | None = None) -> float:
        return sum(
            person.fte
            for person in self.people
            if person.in_post(month) and cell in (None, person.cell)
        )

    def _live_through(self, term: range, turnover: float) -> None:
        """One year to September. The hours of two people, who stayed for it alone, are set last."""
        guests = [Person((team, "social worker"), 0.7, term[0], ended=term[-1]) for team in GUESTS]
        self.people += guests
        for place, month in enumerate(term, 1):
            self._lead(month)
            held = sum(self.fte(past) for past in range(term[0], month + 1))
            left = turnover / 1200 * held * (1 if place > 1 else 0.5)
            self._leave(month, term, left - (1.4 if month == term[-1] else 0), guests)
            for _ in range(INTAKE.get(PERIODS[month][4:], 0)):
                self._join(month, newly_qualified=True)
            while self.fte(month) < self.size[month] - 0.5:
                self._join(month)
        if len(term) == 12:
            self._fit(guests, term, turnover)

    def _leave(self, month: int, term: range, wanted: float, guests: list[Person]) -> None:
        """People of the teams, until about as many have left since October as should have."""
        while wanted - self._left(term, guests) > 0.2:
            able = [
                person
                for person in self.people
                if person.ended is None
                and person.began < month
                and person.cell[0] != TOP
                and not (person.newly_qualified and month - person.began < 12)
            ]
            self.rng.choice(able).ended = month

    def _left(self, term: range, guests: list[Person]) -> float:
        return sum(p.fte for p in self.people if p.ended in term and p not in guests)

    def _fit(self, guests: list[Person], term: range, turnover: float) -> None:
        """Give the two the hours with which turnover is as published."""
        for hundredths in range(40, 201):
            for guest, more in zip(guests, (0, 1), strict=True):
                guest.fte = (hundredths + more) // 2 / 100
            left = sum(p.fte for p in self.people if p.ended in term)
            if abs(1200 * left / sum(map(self.fte, term)) - turnover) < 0.02:
                return
        raise ValueError(f"Nobody's hours make a turnover of {turnover} %.")

    def _lead(self, month: int) -> None:
        """The top three layers are filled, and emptied, as the papers say."""
        for role, course in TOP_IN_POST.items():
            held = [p for p in self.people if p.cell == (TOP, role) and p.in_post(max(month, 0))]
            wanted = step(course, month)
            for person in held[wanted:]:
                person.ended = month
            for _ in range(wanted - len(held)):
                self.people.append(Person((TOP, role), 1.0, month))

    def _join(self, month: int, began: int | None = None, newly_qualified: bool = False) -> None:
        roles = {"social worker": 1.0} if newly_qualified else ROLES
        wanted = ideal(self.opened, month, self.size[month], roles)
        cell = max(wanted, key=lambda cell: wanted[cell] - self.fte(month, cell))
        full_time = newly_qualified or self.rng.random() < 0.72
        fte = 1.0 if full_time else self.rng.choice(PART_TIME)
        start = month if began is None else began
        self.people.append(Person(cell, fte, start, newly_qualified))


def step(course: dict[str, int], month: int) -> int:
    """The figure that has held since the last month named."""
    return [n for period, n in course.items() if PERIODS.index(period) <= max(month, 0)][-1]


def ideal(
    opened: dict[str, int], month: int, total: float, roles: Weights = ROLES
) -> dict[Cell, float]:
    """A total shared among the open teams and their roles."""
    sizes = {team: size for team, size in TEAMS.items() if opened[team] <= month}
    scale = total / sum(sizes.values())
    return {
        (team, role): size * scale * part
        for team, size in sizes.items()
        for role, part in roles.items()
    }


def rows(opened: dict[str, int]) -> Returns:
    """The return by month, for the teams that are open in it."""
    rng = generator("workforce")
    staff = Staff(rng, opened)
    people = staff.live()
    totals = [staff.fte(month) for month in range(len(PERIODS))]
    vacant = _vacant(totals)
    agency = [
        round(10 * total * part / (100 - part))
        for total, part in zip(totals, path(rng, AGENCY, 0.5, PUBLISHED), strict=True)
    ]
    cost = path(rng, AGENCY_COST, 90)
    sick = _sick(rng, totals)
    returns = {}
    for month, period in enumerate(PERIODS):
        held = _held(people, month, opened)
        gaps = _gaps(held, opened, month, vacant[month])
        cover = _cover(rng, gaps, agency[month])
        lost = _lost(rng, held, month, sick[month])
        returns[period] = [
            _row(month, cell, people, held[cell], gaps[cell], cover[cell], lost[cell], cost[month])
            for cell in held
        ]
    return returns


def _held(people: list[Person], month: int, opened: dict[str, int]) -> dict[Cell, float]:
    """FTE in post of every team and role there is."""
    cells = [*ideal(opened, month, 1), *((TOP, role) for role in TOP_POSTS)]
    found = dict.fromkeys(cells, 0.0)
    for person in people:
        if person.in_post(month):
            found[person.cell] += person.fte
    return {cell: round(fte, 2) for cell, fte in found.items()}


def _vacant(totals: list[float]) -> list[int]:
    """Tenths of posts not filled: as published in September, between them in whole posts."""
    posts = {
        period: totals[PERIODS.index(period)] / (1 - rate / 100) for period, rate in VACANCY.items()
    }
    agreed = path(generator("workforce posts"), posts)
    return [
        round(10 * (number if period in PUBLISHED else round(number)) - 10 * total)
        for period, number, total in zip(PERIODS, agreed, totals, strict=True)
    ]


def _gaps(
    held: dict[Cell, float], opened: dict[str, int], month: int, vacant: int
) -> dict[Cell, float]:
    """Posts not filled: at the top as they are, in the teams where most are missing."""
    top = {
        (TOP, role): float(step(course, month)) - held[TOP, role]
        for role, course in TOP_POSTS.items()
    }
    rest = vacant - round(10 * sum(top.values()))
    wanted = ideal(opened, month, (rest + 10 * sum(held.values())) / 10)
    short = {"/".join(cell): max(0.05, posts - held[cell]) for cell, posts in wanted.items()}
    shared = share(rest, short)
    return {cell: shared["/".join(cell)] / 10 for cell in wanted} | top


def _cover(rng: Random, gaps: dict[Cell, float], agency: int) -> dict[Cell, float]:
    """Agency workers where posts are empty, and some on top; tenths in, FTE out."""
    top = {cell: round(gap) for cell, gap in gaps.items() if cell[0] == TOP}
    weights = {
        "/".join(cell): (gap + 0.15) * rng.uniform(0.85, 1.15)
        for cell, gap in gaps.items()
        if cell[0] != TOP
    }
    shared = share(agency - 10 * sum(top.values()), weights)
    return {cell: float(top[cell]) if cell in top else shared["/".join(cell)] / 10 for cell in gaps}


def working_days(month: int) -> int:
    """Mondays to Fridays of the month."""
    first = date.fromisoformat(f"{PERIODS[month]}-01")
    days = (date.fromordinal(first.toordinal() + n) for n in range(31))
    return sum(day.month == first.month and day.weekday() < 5 for day in days)


def _sick(rng: Random, totals: list[float]) -> list[int]:
    """Days lost in each month; the rate of the year to September is met."""
    found: list[int] = []
    for rate, term in zip(SICKNESS, TERMS, strict=True):
        available = {month: totals[month] * working_days(month) for month in term}
        winter = {
            month: 1.25 if PERIODS[month][5:] in ("11", "12", "01", "02") else 1 for month in term
        }
        weights = {
            str(month): days * winter[month] * rng.uniform(0.8, 1.2)
            for month, days in available.items()
        }
        found += share(round(rate / 100 * sum(available.values())), weights).values()
    return found


def _lost(rng: Random, held: dict[Cell, float], month: int, days: int) -> dict[Cell, int]:
    most = {"/".join(cell): int(fte * working_days(month)) for cell, fte in held.items()}
    weights = {name: some * rng.random() ** 4 for name, some in most.items()}
    found = share(days, weights, most)
    return {cell: found["/".join(cell)] for cell in held}


def _row(
    month: int,
    cell: Cell,
    people: list[Person],
    held: float,
    gap: float,
    cover: float,
    lost: int,
    cost: float,
) -> Row:
    own = [person for person in people if person.cell == cell]
    joined = [person for person in own if person.began == month]
    return {
        "period": PERIODS[month],
        "org_id": cell[0],
        "role": cell[1],
        "establishment_fte": round(held + gap, 2),
        "inpost_fte": held,
        "agency_fte": cover,
        "vacant_fte": gap,
        "starters": round(sum(person.fte for person in joined), 2),
        "leavers": round(sum(person.fte for person in own if person.ended == month), 2),
        "sick_days": lost,
        "available_days": round(held * working_days(month), 1),
        "nqsw": sum(person.newly_qualified for person in joined),
        "agency_spend": round(cover * cost),
    }
