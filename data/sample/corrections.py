"""Three months that were published, found wrong and published again.

The files of the month hold what was known at first; the correction holds what stands, which is
what all other figures are made with.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from chance import Row


@dataclass(frozen=True)
class Correction:
    """A month loaded again: by which role, when, why, and how it had read before."""

    dataset: str
    period: str
    loaded_at: str
    loaded_by: str
    reason: str
    at_first: Callable[[Sequence[Row]], Sequence[Row]]


def _changed(row: Row, by: Mapping[str, int]) -> Row:
    return {**row} | {name: int(row[name]) + more for name, more in by.items()}


def _largest(rows: Sequence[Row], column: str) -> Row:
    return max(rows, key=lambda row: int(row[column]))


def _late_starts(rows: Sequence[Row]) -> Sequence[Row]:
    """Two plans, and the conferences before them, were not in the first extract."""
    plans, meetings = _largest(rows, "cp_start"), _largest(rows, "icpc_15wd")
    missing = {"cp_start": -2, "cp_open": -2, "cin_open": -2}
    missed = {"icpc_held": -2, "icpc_15wd": -2, "s47_started": -2}
    return [
        _changed(row, missing)
        if row is plans
        else _changed(row, missed)
        if row is meetings
        else row
        for row in rows
    ]


def _counted_twice(rows: Sequence[Row]) -> Sequence[Row]:
    """Four workers of one team had kept cases that others already held."""
    team = [row for row in rows if row["org_id"] == "CIN2" and row["fte"] == 1][:4]
    extra = dict(zip((str(row["worker_ref"]) for row in team), (7, 5, 8, 6), strict=True))
    return [_changed(row, {"cases": extra.get(str(row["worker_ref"]), 0)}) for row in rows]


def _still_counted(rows: Sequence[Row]) -> Sequence[Row]:
    """Two children who had left were counted on; health checks came in late."""
    left = _largest(rows, "cla_end")
    late = _largest([row for row in rows if row is not left], "health_ok")
    stayed = {"cla_end": -2, "cla_open": 2, "foster": 2}
    unseen = {"health_ok": -6, "dental_ok": -3}
    return [
        _changed(row, stayed) if row is left else _changed(row, unseen) if row is late else row
        for row in rows
    ]


CORRECTIONS = [
    Correction(
        "child_protection",
        "2022-05",
        "2022-08-17T10:24:00Z",
        "Performance officer",
        "Plans that started in the last days of May were entered after the extract was taken; "
        "plans, conferences and enquiries restated.",
        _late_starts,
    ),
    Correction(
        "caseloads",
        "2023-11",
        "2024-01-10T14:05:00Z",
        "Data analyst",
        "Children in need team 2: cases handed over when two workers left were counted with both "
        "the old and the new worker.",
        _counted_twice,
    ),
    Correction(
        "children_looked_after",
        "2024-09",
        "2024-11-13T11:41:00Z",
        "Performance officer",
        "Recount after the placement audit: children who left care at the end of September were "
        "still counted; late health and dental checks added.",
        _still_counted,
    ),
]
