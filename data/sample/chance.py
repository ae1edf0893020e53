"""Chance with a memory: what the illustrative returns are drawn with.

Every draw comes from a generator seeded by a name, so one dataset can change without moving the
others. Months are counted from 0 (April 2020) to 59 (March 2025).
"""

import csv
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TypeVar

REFERENCE = Path(__file__).parents[1] / "reference"
SEED = "illustrative-28"  # of forty tried, one whose peaks fall when the council's papers say
PERIODS = [f"{2020 + (n + 3) // 12}-{(n + 3) % 12 + 1:02}" for n in range(60)]
YEARS = [range(start, start + 12) for start in range(0, 60, 12)]  # April to March
HALVES = [range(start, start + 6) for start in range(0, 60, 6)]
FAMILY = (1, 1, 1, 2, 2, 3)  # children come and go with their brothers and sisters

Row = Mapping[str, str | int | float]
Returns = Mapping[str, Sequence[Row]]  # rows by period
Weights = Mapping[str, float]
Item = TypeVar("Item")


def generator(name: str) -> Random:
    return Random(f"{SEED}/{name}")


def opening_months() -> dict[str, int]:
    """Teams in the order of the organisation, and the month from which each reports."""
    with (REFERENCE / "organisation.csv").open(encoding="utf-8", newline="") as file:
        teams = [row for row in csv.DictReader(file) if row["level"] == "team"]
    if closed := [row["org_id"] for row in teams if row["valid_to"]]:
        raise ValueError(f"The sample cannot yet close a team: {', '.join(closed)}.")
    months = {row["org_id"]: row["valid_from"][:7] for row in teams}
    return {team: PERIODS.index(month) if month in PERIODS else 0 for team, month in months.items()}


def pick(rng: Random, items: Sequence[Item], weights: Iterable[float], count: int) -> list[Item]:
    """So many different items, heavier ones sooner (Efraimidis and Spirakis, 2006)."""
    keys = [rng.random() ** (1 / weight) if weight else -1.0 for weight in weights]
    order = sorted(range(len(items)), key=keys.__getitem__, reverse=True)
    if count > len(items):
        raise ValueError(f"{count} cannot be picked from {len(items)}.")
    return [items[position] for position in order[:count]]


def share(total: int, weights: Weights, most: Mapping[str, int] | None = None) -> dict[str, int]:
    """Whole numbers that add up to the total, in proportion, none above its ``most``."""
    given = dict.fromkeys(weights, 0)
    room = {name: weight for name, weight in weights.items() if weight > 0}
    while (left := total - sum(given.values())) and room:
        scale = left / sum(room.values())
        exact = {name: weight * scale for name, weight in room.items()}
        parts = {name: int(value) for name, value in exact.items()}
        odd = sorted(exact, key=lambda name: exact[name] - parts[name], reverse=True)
        for name in odd[: left - sum(parts.values())]:
            parts[name] += 1
        for name, part in parts.items():
            cap = total if most is None else most[name]
            given[name] = min(given[name] + part, cap)
            if given[name] >= cap:
                del room[name]
    if sum(given.values()) != total:
        raise ValueError(f"There is no room for {total} among {len(weights)}.")
    return given


def path(
    rng: Random, anchors: Weights, noise: float = 0, exact: Collection[str] | None = None
) -> list[float]:
    """A figure for each month: straight from anchor to anchor, and noise off the exact months."""
    exact = anchors if exact is None else exact
    marks = sorted((PERIODS.index(period), value) for period, value in anchors.items())
    values, drift = [], 0.0
    for month, period in enumerate(PERIODS):
        drift = 0.3 * drift + rng.gauss(0, noise)
        values.append(_between(marks, month) + (0 if period in exact else drift))
    return values


def _between(marks: list[tuple[int, float]], month: int) -> float:
    before = [mark for mark in marks if mark[0] <= month] or marks[:1]
    after = [mark for mark in marks if mark[0] >= month] or marks[-1:]
    (start, low), (end, high) = before[-1], after[0]
    return low if end <= start else low + (high - low) * (month - start) / (end - start)


def fraction(percent: float, about: int, least: int = 0) -> tuple[int, int]:
    """Whole numbers whose share prints as the percentage, the second as near ``about`` as any."""
    for below in sorted(range(max(least, 1), 3 * about), key=lambda number: abs(number - about)):
        above = round(below * percent / 100)
        if abs(100 * above / below - percent) < 0.045:
            return above, below
    raise ValueError(f"No whole numbers near {about} make {percent} %.")


def scatter(rng: Random, total: int, weights: Sequence[float]) -> list[list[int]]:
    """Families, as sizes, in as many months as there are weights; the children make the total."""
    months: list[list[int]] = [[] for _ in weights]
    while total:
        size = min(total, rng.choice(FAMILY))
        months[rng.choices(range(len(weights)), weights)[0]].append(size)
        total -= size
    return months


@dataclass(eq=False)
class Spell:
    """One child's time on a plan, or in care: known by team and months alone."""

    team: str
    began: int
    family: int = 0
    group: str = ""
    ended: int | None = None

    def open_at(self, month: int) -> bool:
        """Whether it lasts at the end of the month."""
        return self.began <= month and (self.ended is None or self.ended > month)


def flow(rng: Random, stocks: Sequence[int], starts: Sequence[int]) -> list[tuple[list[int], int]]:
    """Families starting and children ending in each month, from half-year stocks and starts."""
    months = []
    for half, begun in enumerate(starts):
        ended = stocks[half] + begun - stocks[half + 1]
        arrivals = scatter(rng, begun, [rng.uniform(0.7, 1.3) for _ in range(6)])
        leavers = scatter(rng, ended, [1] * 6)
        months += [(came, sum(left)) for came, left in zip(arrivals, leavers, strict=True)]
    return months


def live(
    rng: Random,
    opening: list[Spell],
    months: list[tuple[list[int], int]],
    team_of: Callable[[int], str],
    haste: Callable[[Spell, int], float],
) -> list[Spell]:
    """All spells: families join the team that ``team_of`` says; ``haste`` weighs who ends first."""
    spells, current = list(opening), list(opening)
    for month, (families, ended) in enumerate(months):
        for spell in pick(rng, current, [haste(spell, month) for spell in current], ended):
            spell.ended = month
        current = [spell for spell in current if spell.ended is None]
        for size in families:
            team, family = team_of(month), len(spells)
            arrived = [Spell(team, month, family, opening[0].group) for _ in range(size)]
            spells += arrived
            current += arrived
    return spells


def team_count(spells: Iterable[Spell]) -> Counter[str]:
    return Counter(spell.team for spell in spells)


def one_of(rng: Random, weights: Weights) -> str:
    return rng.choices(list(weights), list(weights.values()))[0]


def some(rng: Random, count: int, chance: float) -> int:
    """How many of so many, each with the same chance."""
    return sum(rng.random() < chance for _ in range(count))


def over_months(
    rng: Random, total: int, months: Sequence[int], noise: float = 0.08, quiet: float = 0.82
) -> dict[int, int]:
    """A total over months, uneven, with less in August and December."""
    weights = {
        str(month): max(0.2, rng.gauss(1, noise))
        * (quiet if PERIODS[month].endswith(("-08", "-12")) else 1)
        for month in months
    }
    return {int(month): count for month, count in share(total, weights).items()}


def met(
    rng: Random,
    due: Counter[tuple[int, str]],
    totals: Sequence[int],
    course: Sequence[float],
    odds: Weights,
) -> Counter[tuple[int, str]]:
    """Of what is due, by month and team, what was met: each year's total exactly.

    ``course`` is the share by month and ``odds`` how much likelier a team is to miss; they decide
    where the misses fall.
    """
    found: Counter[tuple[int, str]] = Counter()
    for year, total in zip(YEARS, totals, strict=True):
        own = [key for key, count in due.items() if key[0] in year for _ in range(count)]
        late = [(1 / min(course[month], 0.98) - 1) * odds.get(team, 1) for month, team in own]
        found += Counter(own) - Counter(pick(rng, own, late, len(own) - total))
    return found
