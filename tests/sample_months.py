"""The illustrative months as their CSV files hold them, for tests that work figures out again."""

import csv
from pathlib import Path

from cases import ROOT

SAMPLE = ROOT / "data" / "sample"
RETURNS = SAMPLE / "returns"
YEARS = range(2021, 2026)  # reporting years: April to March

Rows = list[dict[str, str]]


def read(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


LOADS = read(SAMPLE / "loads.csv")


def as_published(dataset: str) -> dict[str, Rows]:
    """The month as it stands: the last file loaded for it."""
    loads = [load for load in LOADS if load["dataset"] == dataset]
    months = {Path(load["file"]).stem[:7]: RETURNS / load["file"] for load in loads}
    return {month: read(months[month]) for month in sorted(months)}


def months_of(dataset: str) -> dict[str, Rows]:
    """The months of a return that was never corrected."""
    found = {}
    for path in sorted((RETURNS / dataset).glob("*.csv")):
        found[path.stem] = read(path)
    return found


PROTECTION = as_published("child_protection")
CARE = as_published("children_looked_after")
CASELOADS = as_published("caseloads")
PLAN = as_published("plan_brag")


def total(rows: Rows, column: str, **where: str) -> float:
    chosen = [row for row in rows if all(row[name] == value for name, value in where.items())]
    return sum(float(row[column]) for row in chosen)


def year_to(month: str, months: dict[str, Rows]) -> Rows:
    """The rows of the twelve months to this one."""
    names = sorted(months)
    at = names.index(month)
    return [row for name in names[at - 11 : at + 1] for row in months[name]]


def percent(above: float, below: float, decimals: int = 1) -> float:
    return round(100 * above / below, decimals)
