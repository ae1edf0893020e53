"""What follows from all that an attacker knows: the least and the most of each hidden count.

First by narrowing intervals, then with an exact solver (HiGHS).
"""

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from attacker import Attack, Hidden, Key, Sum
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

MOST = 100_000


def solve(attack: Attack, hidden: Sequence[Hidden], enough: float) -> int:
    """Find for each hidden count worlds in which it is less and more; gives how many were solved.

    Stops for a count when it can be ``enough`` numbers; else its bounds are exact.
    """
    low, high = _narrowed(attack)
    keys = [key for key in attack.truth if high[key] > low[key]]
    group = _groups(attack, low, high)
    members: dict[frozenset[Key], list[Hidden]] = defaultdict(list)
    solved = 0
    for one in hidden:
        free = [key for key in one.parts if high[key] > low[key]]
        one.least = one.most = one.value
        if free:
            members[frozenset(group[key] for key in free)].append(one)
    for roots, some in members.items():
        inside = [key for key in keys if group[key] in roots]
        solved += _Solver(attack, inside, low, high).widen(some, enough)
    return solved


def _narrowed(attack: Attack) -> tuple[dict[Key, float], dict[Key, float]]:
    """Bounds of every unknown from each line alone, again and again."""
    low = dict.fromkeys(attack.truth, 0.0)
    high = dict.fromkeys(attack.truth, float(MOST))
    waiting = list(range(len(attack.lines)))
    touching: dict[Key, list[int]] = defaultdict(list)
    for number, (parts, _, _) in enumerate(attack.lines):
        for key in parts:
            touching[key].append(number)
    for _ in range(60):
        again: set[int] = set()
        for number in waiting:
            parts, least, most = attack.lines[number]
            down = sum(s * (low[k] if s > 0 else high[k]) for k, s in parts.items())
            up = sum(s * (high[k] if s > 0 else low[k]) for k, s in parts.items())
            for key, share in parts.items():
                mine = sorted((share * low[key], share * high[key]))
                ends = sorted(((least - up + mine[1]) / share, (most - down + mine[0]) / share))
                first, last = np.ceil(ends[0] - 1e-6), np.floor(ends[1] + 1e-6)
                if attack.truth[key] % 1:
                    first, last = ends
                if first > low[key] + 1e-9:
                    low[key] = first
                    again.update(touching[key])
                if last < high[key] - 1e-9:
                    high[key] = last
                    again.update(touching[key])
        if not again:
            break
        waiting = sorted(again)
    return low, high


def _groups(attack: Attack, low: Mapping[Key, float], high: Mapping[Key, float]) -> dict[Key, Key]:
    """Unknowns that hang together by some line, each with the first of its group."""
    first = {key: key for key in attack.truth}

    def find(key: Key) -> Key:
        while first[key] != key:
            first[key] = first[first[key]]
            key = first[key]
        return key

    for parts, _, _ in attack.lines:
        free = [key for key in parts if high[key] > low[key]]
        for key in free[1:]:
            first[find(key)] = find(free[0])
    return {key: find(key) for key in attack.truth}


class _Solver:
    """One group of unknowns and the lines between them."""

    def __init__(
        self,
        attack: Attack,
        keys: Sequence[Key],
        low: Mapping[Key, float],
        high: Mapping[Key, float],
    ) -> None:
        self.at = {key: place for place, key in enumerate(keys)}
        self.keys, self.low, self.high = keys, low, high
        rows, columns, shares, least, most = [], [], [], [], []
        for parts, lowest, highest in attack.lines:
            free = [key for key in parts if key in self.at]
            if not free or (lowest == -np.inf and highest == np.inf):
                continue
            fixed = sum(share * low[key] for key, share in parts.items() if key not in self.at)
            rows += [len(least)] * len(free)
            columns += [self.at[key] for key in free]
            shares += [parts[key] for key in free]
            least.append(lowest - fixed)
            most.append(highest - fixed)
        matrix = csr_array((shares, (rows, columns)), shape=(max(len(least), 1), len(keys)))
        if not least:
            least, most = [-np.inf], [np.inf]
        self.lines = LinearConstraint(matrix, np.array(least), np.array(most))  # type: ignore[arg-type]
        least_of, most_of = (np.array([side[key] for key in keys]) for side in (low, high))
        self.bounds = Bounds(least_of, most_of)  # type: ignore[arg-type]
        self.whole = np.array([float(attack.truth[key] % 1 == 0) for key in keys])

    def widen(self, hidden: Sequence[Hidden], enough: float) -> int:
        """First many at once, some up and some down; then those that are left one by one."""
        solved = 0
        chance = random.Random(len(self.keys))
        for _ in range(8):
            left = [one for one in hidden if one.counts < enough]
            if len(left) < 4:
                break
            goal: Sum = defaultdict(float)
            for one in left:
                way = chance.choice((-1, 1))
                for key, share in one.parts.items():
                    goal[key] += way * share
            self._see(hidden, self._best(goal, 1))
            solved += 1
        for way in (1.0, -1.0):
            for one in hidden:
                if one.counts < enough:
                    self._see(hidden, self._best(one.parts, way))
                    solved += 1
        return solved

    def _best(self, parts: Mapping[Key, float], way: float) -> np.ndarray:
        goal = np.zeros(len(self.keys))
        for key, share in parts.items():
            if key in self.at:
                goal[self.at[key]] = way * share
        found = milp(
            goal,
            constraints=self.lines,
            bounds=self.bounds,
            integrality=self.whole,
            options={"time_limit": 20},
        )
        assert found.x is not None, found.message
        return found.x

    def _see(self, hidden: Sequence[Hidden], world: np.ndarray) -> None:
        for one in hidden:
            value = sum(
                share * (world[self.at[key]] if key in self.at else self.low[key])
                for key, share in one.parts.items()
            )
            one.least, one.most = min(one.least, round(value, 3)), max(one.most, round(value, 3))
