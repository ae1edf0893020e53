"""Make the illustrative sample months again: ``python data/sample/make.py [FOLDER]``.

Writes ``returns/<dataset>/<month>.csv``, registers under the day on which they were loaded, and
``loads.csv``, whose files are named from ``returns`` on, to the folder (this one, unless another is
given). A dataset is a function from the opening
months of the teams to rows by month: add yours to ``RETURNS``, with the role that loads it.
Columns and their order come from the catalogue.
"""

import csv
import sys
import tomllib
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random

import assessments
import care_leavers
import caseloads
import child_protection
import children_looked_after
import commentary
import court_plo
import early_help_fgc
import exit_interviews
import feedback
import finance
import front_door
import plan_brag
import quality_audits
import register_loads
import staff_pulse
import visits
import workforce
from chance import REFERENCE, Returns, Row, generator, opening_months
from corrections import CORRECTIONS

RETURNS: dict[str, tuple[Callable[[dict[str, int]], Returns], str]] = {
    "child_protection": (child_protection.rows, "Performance officer"),
    "children_looked_after": (children_looked_after.rows, "Performance officer"),
    "caseloads": (caseloads.rows, "Data analyst"),
    "plan_brag": (plan_brag.rows, "Improvement programme officer"),
    "front_door": (front_door.rows, "Performance officer"),
    "assessments": (assessments.rows, "Performance officer"),
    "visits": (visits.rows, "Performance officer"),
    "care_leavers": (care_leavers.rows, "Performance officer"),
    "court_plo": (court_plo.rows, "Data analyst"),
    "early_help_fgc": (early_help_fgc.rows, "Data analyst"),
    "workforce": (workforce.rows, "Workforce analyst"),
    "exit_interviews": (exit_interviews.rows, "Workforce analyst"),
    "staff_pulse": (staff_pulse.rows, "Workforce analyst"),
    "quality_audits": (quality_audits.rows, "Quality assurance officer"),
    "feedback": (feedback.rows, "Participation officer"),
    "finance": (finance.rows, "Finance officer"),
    "commentary": (commentary.rows, "Improvement programme officer"),
}
SAID_LAST = {"commentary"}  # written about the month's figures, so after them
LOAD_COLUMNS = ["file", "dataset", "loaded_at", "loaded_by", "reason"]
# The only bank holidays that have fallen on the 18th to the 24th of a month in these years.
HOLIDAYS = {"2022-04-18", "2022-09-19", "2025-04-18", "2025-04-21"}


def main(folder: Path) -> None:
    """Write every return and the list of loads into the folder."""
    columns, opened = catalogue_columns(), opening_months()
    loads: list[Row] = []
    for dataset, (make, role) in RETURNS.items():
        for period, rows in make(opened).items():
            path = f"{dataset}/{period}.csv"
            write(folder / "returns" / path, columns[dataset], at_first(dataset, period, rows))
            loads.append(load(path, dataset, loaded_at(dataset, period), role))
            loads += correct(folder, columns[dataset], dataset, period, rows)
    loads += registers(folder, columns)
    loads.sort(key=lambda load: load["loaded_at"])
    write(folder / "loads.csv", LOAD_COLUMNS, loads)


def registers(folder: Path, columns: dict[str, list[str]]) -> list[Row]:
    """Write every register as it was on each day on which it was loaded, and give the loads."""
    loads = []
    for name, states in register_loads.registers().items():
        for state in states:
            path = f"{name}/{state.loaded_at[:10]}.csv"
            rows = [dict.fromkeys(columns[name], "") | dict(row) for row in state.rows]
            write(folder / "returns" / path, columns[name], rows)
            loads.append(load(path, name, state.loaded_at, state.loaded_by, state.reason))
    return loads


def catalogue_columns() -> dict[str, list[str]]:
    """The columns of every dataset that the catalogue demands, in its order."""
    columns = {}
    for path in sorted((REFERENCE / "catalogue").glob("*.toml")):
        declared = tomllib.loads(path.read_text(encoding="utf-8")).get("dataset", {})
        for name, dataset in declared.items():
            given = dataset["column"].items()
            columns[name] = [column for column, is_so in given if not is_so.get("optional")]
    return columns


def at_first(dataset: str, period: str, rows: Sequence[Row]) -> Sequence[Row]:
    """The month as it was first loaded: as it stands, unless a correction followed."""
    for correction in CORRECTIONS:
        if (correction.dataset, correction.period) == (dataset, period):
            return correction.at_first(rows)
    return rows


def correct(
    folder: Path, columns: list[str], dataset: str, period: str, rows: Sequence[Row]
) -> list[Row]:
    """Write the corrections of a month, and give their loads."""
    loads = []
    for correction in CORRECTIONS:
        if (correction.dataset, correction.period) == (dataset, period):
            path = f"{dataset}/{period}-correction.csv"
            write(folder / "returns" / path, columns, rows)
            role, reason = correction.loaded_by, correction.reason
            loads.append(load(path, dataset, correction.loaded_at, role, reason))
    return loads


def load(path: str, dataset: str, loaded_at: str, role: str, reason: str = "") -> Row:
    values = (path, dataset, loaded_at, role, reason)
    return dict(zip(LOAD_COLUMNS, values, strict=True))


def loaded_at(dataset: str, period: str) -> str:
    """A moment in office hours, on a working day about three weeks after the month's end.

    All datasets of a month follow within two working days of the first.
    """
    days = working_days(period)
    first = generator(f"loads {period}").randrange(len(days) - 2)
    rng = generator(f"loads {period} {dataset}")
    day = days[first + 2] if dataset in SAID_LAST else rng.choice(days[first : first + 3])
    return f"{day}T{office_time(rng)}Z"


def working_days(period: str) -> list[str]:
    """Days from the 18th to the 24th of the month after, without weekends and bank holidays."""
    after = date.fromisoformat(f"{period}-01") + timedelta(days=32)
    days = [after.replace(day=day) for day in range(18, 25)]
    return [str(day) for day in days if day.weekday() < 5 and str(day) not in HOLIDAYS]


def office_time(rng: Random) -> str:
    return f"{rng.randint(8, 15):02}:{rng.randrange(60):02}:{rng.randrange(60):02}"


def write(path: Path, columns: list[str], rows: Sequence[Row]) -> None:
    """UTF-8, commas, line feeds: the same bytes on every computer."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([row[name] for name in columns] for row in rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
