"""The registers as they were on each day on which they were loaded, from ``registers/*.toml``.

A file of ``registers`` tells a register as it grew. ``load`` is when it was published and why;
``row`` has what became known ``on`` a day, and in ``then`` what later days changed of it. Keys of
the file's ``every`` stand in every row that does not say otherwise. Chronology and priorities are
the reference files, and the reporting calendar and the outturn of the money are worked out here.
"""

import csv
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import finance
from chance import REFERENCE, Row, opening_months

FOLDER = Path(__file__).with_name("registers")
AREAS = 9  # of the inspection; the tenth priority came with the plan
PLANNED = date(2022, 12, 20)
OUTTURNS = {"2022/23": ("2023-03", "two"), "2023/24": ("2024-03", "carried")}
Told = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Load:
    """A register on a day: when it was loaded (UTC), by which role, why, and its rows."""

    loaded_at: str
    loaded_by: str
    reason: str
    rows: list[Row]


def registers() -> dict[str, list[Load]]:
    """Every load of every register, in order of time."""
    more = {
        "event": _events(),
        "priority": _priorities(),
        "meeting": _calendar(),
        "funding": _outturns(),
    }
    return {
        path.stem: _loads(path, more.get(path.stem, [])) for path in sorted(FOLDER.glob("*.toml"))
    }


def _loads(path: Path, more: Sequence[Told]) -> list[Load]:
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    rows = [told.get("every", {}) | row for row in (*told.get("row", []), *more)]
    return [
        Load(
            loaded_at=load["at"].strftime("%Y-%m-%dT%H:%M:%SZ"),
            loaded_by=told["by"],
            reason=load.get("reason", ""),
            rows=[_as_text(row) for row in _known(rows, load["at"].date(), path.stem)],
        )
        for load in told["load"]
    ]


def _known(rows: Sequence[Told], day: date, register: str) -> Iterator[Told]:
    """The rows that were known at the end of a day, as they stood then."""
    for row in rows:
        if row["on"] <= day:
            now = dict(row)
            for later in row.get("then", []):
                if later["on"] <= day:
                    now |= later
            yield _under_way(row, now, day) if register == "activity" else now


def _under_way(first: Told, now: Told, day: date) -> Told:
    """An activity beside how it was first planned, with the status that follows from its days."""
    planned = {f"baseline_{name}": first[name] for name in ("start", "due")}
    finished = now.get("finished", date.max)
    if finished > day:
        now = {name: value for name, value in now.items() if name != "finished"}
    begun = "in_progress" if now["start"] <= day else "not_started"
    status = "done" if finished <= day else begun
    return {"status": status} | planned | now


def _as_text(row: Mapping[str, Any]) -> Row:
    return {name: _cell(value) for name, value in row.items() if name not in ("on", "then")}


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "Y" if value else "N"
    if isinstance(value, list):
        return ";".join(value)
    return str(value)


def _reference(name: str) -> list[dict[str, str]]:
    with (REFERENCE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _events() -> list[Told]:
    return [
        {"on": date.fromisoformat(row["date"]), "event_id": f"E{number:02}", **row}
        for number, row in enumerate(_reference("events"), 1)
    ]


def _priorities() -> list[Told]:
    """Nine areas from the inspection, and the tenth with the plan."""
    return [
        {"on": date(2022, 9, 21) if number < AREAS else PLANNED, **row}
        for number, row in enumerate(_reference("priorities"))
    ]


# ---- the reporting calendar ----

PROMISED = date(2022, 3, 31)
LAST = date(2025, 6, 30)
LATE = {  # days after it was due that a report came; every other came in the week before
    "Cabinet": {"2022-09": 55, "2023-03": 21, "2024-06": 12, "2025-03": None},
    "Improvement board": {"2023-09": 6, "2024-12": 15},
    "All councillors": {"2022-09": 27, "2023-01": 19, "2023-11": 33, "2024-07": 9, "2025-01": 40},
}
EVERY = {"Cabinet": 3, "Improvement board": 3, "All councillors": 2}  # months
TITLE = {
    "Cabinet": "Progress report of the quarter to Cabinet",
    "Improvement board": "Progress report of the quarter to the improvement board",
    "All councillors": "Update to all councillors",
}
CALENDAR = (
    "The calendar was promised to Cabinet on 31 March 2022 (minutes); "
    "days due and days reported are illustrative"
)


def _calendar() -> list[Told]:
    """A report from each forum's first due day on; known a quarter ahead, reported when it was."""
    found: list[Told] = []
    for forum, months in EVERY.items():
        code = "".join(word[0] for word in forum.split()).upper()
        for number, due in enumerate(_dues(months), 1):
            row = {"meeting_id": f"{code}{number:02}", "forum": forum, "title": TITLE[forum]}
            row |= {"on": max(PROMISED, due - timedelta(days=92)), "due": due, "date": due}
            found.append(row | {"source": CALENDAR, "then": _reported(forum, due)})
    return found


def _dues(months: int) -> Iterator[date]:
    """The last day of every so many months, from the quarter after the promise on."""
    year, month = 2022, 4 + months
    while (due := date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)) <= LAST:
        yield due - timedelta(days=1)
        month += months


def _reported(forum: str, due: date) -> list[Told]:
    late = LATE[forum].get(f"{due:%Y-%m}", -1 - (due.day + due.month) % 6)
    if late is None:
        return []
    day = due + timedelta(days=late)
    return [{"on": day, "reported": day}]


# ---- the outturn of the money ----


def _outturns() -> list[Told]:
    """What the lines of a year had cost by its end, as the finance return has it, and their sum."""
    spent = finance.rows(opening_months())
    return [
        row
        for year, (month, tranche) in OUTTURNS.items()
        for row in _outturn(
            f"Outturn {year}",
            date.fromisoformat(f"{month}-31"),
            [line for line in spent[month] if line["tranche"] == tranche],
        )
    ]


def _outturn(version: str, end: date, lines: Sequence[Row]) -> list[Told]:
    tranche = lines[0]["tranche"]
    shared = {"on": end + timedelta(days=97), "version": version, "tranche": tranche, "due": end}
    shared |= {"source": "Illustrative: how the underspend lies among the lines is made up"}
    found = [
        shared
        | {"line_id": row["line_id"], "kind": "line", "name": row["line_title"]}
        | {"category": row["category"], "plan": row["budget"], "actual": row["actual"]}
        | {"forecast": row["actual"], "reason": _spent(row)}
        for row in lines
    ]
    whole = {name: sum(int(row[name]) for row in found) for name in ("plan", "actual", "forecast")}
    total = {"two": "T2-TOTAL", "carried": "T2-90-TOTAL"}[str(tranche)]
    name = {"two": "Total of tranche two", "carried": "Total carried forward"}[str(tranche)]
    return [*found, shared | {"line_id": total, "kind": "total", "name": name} | whole]


def _spent(row: Row) -> str:
    left = int(row["budget"]) - int(row["actual"])
    if not left:
        return ""
    return "Recruited later than planned" if row["category"] == "teams" else "Started later"
