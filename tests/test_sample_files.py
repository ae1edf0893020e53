"""The illustrative files, read as an officer's are: what each keeps, when it came, and no person.

Nothing here imports the scripts that make them, but for the test that runs them again.
"""

import re
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from cases import ROOT
from sample_months import (
    CARE,
    CASELOADS,
    LOADS,
    PLAN,
    PROTECTION,
    RETURNS,
    SAMPLE,
    as_published,
    read,
)

from kpi import catalogue

CATALOGUE = catalogue.read(ROOT / "data" / "reference")
ROLES = {
    "Performance officer",
    "Data analyst",
    "Improvement programme officer",
    "Workforce analyst",
    "Quality assurance officer",
    "Participation officer",
    "Finance officer",
    "Social worker",
    "Advanced practitioner",
}
FILES = sorted(RETURNS.rglob("*.csv"))
MONTHLY = [path for path in FILES if path.parent.name in CATALOGUE.returns]
REGISTERS = [path for path in FILES if path.parent.name in CATALOGUE.registers]
MONTHS = [load for load in LOADS if load["dataset"] in CATALOGUE.returns]
FIRST = [load for load in MONTHS if not load["reason"]]
LATER = [load for load in MONTHS if load["reason"]]


# ---- What every file keeps ----


def test_months():
    everything = [*PROTECTION]
    assert (len(everything), everything[0], everything[-1]) == (60, "2020-04", "2025-03")
    assert [*CARE] == [*CASELOADS] == everything
    assert [*PLAN] == [month for month in everything if month >= "2023-01"]


def by_name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


@pytest.fixture(scope="module")
def openings() -> dict[str, tuple[str, str]]:
    rows = read(ROOT / "data" / "reference" / "organisation.csv")
    return {row["org_id"]: (row["valid_from"], row["valid_to"] or "9999") for row in rows}


@pytest.mark.parametrize("path", MONTHLY, ids=by_name)
def test_file_keeps_the_catalogue(path, openings):
    """Header, line ends, codes, bounds, keys and row rules: of superseded files too."""
    dataset, raw, rows = CATALOGUE.datasets[path.parent.name], path.read_bytes(), read(path)
    assert raw.endswith(b"\n")
    assert b"\r" not in raw
    assert list(rows[0]) == dataset.names
    assert {row["period"] for row in rows} == {path.stem[:7]}
    keys = {tuple(row[name] for name in dataset.key) for row in rows}
    assert len(keys) == len(rows)
    for column in dataset.columns:
        for row in rows:
            _prove_cell(column, row[column.name])
    if dataset.org_column:
        for row in rows:
            start, end = openings[row[dataset.org_column]]
            assert start <= f"{row['period']}-01" < end
    frame = pl.DataFrame(rows).with_columns(pl.all().replace({"": None, **NO_FIGURE}))
    frame = frame.with_columns(
        pl.col(column.name).cast(pl.Float64) for column in dataset.columns if column.is_measure
    )
    for rule in dataset.rules:
        assert frame.filter(~pl.sql_expr(rule.expect)).is_empty(), rule.code


# Withheld, as its publisher withheld it; whatever is larger than a return of children.
NO_FIGURE = {"u": None}
LARGEST = dict.fromkeys(["budget", "plan", "actual", "forecast"], 5e7)
LARGEST |= {"agency_spend": 1e6, "care_weeks": 25_000}


def _prove_cell(column: catalogue.Column, text: str) -> None:
    assert text or not column.required, column.name
    if column.is_measure and (not text or text in NO_FIGURE):
        return
    if column.type == "count":
        assert re.fullmatch(r"\d+", text), column.name
    if column.is_measure:
        most = LARGEST.get(column.name, column.warn_above or column.max or 10_000)
        assert (column.min or 0) <= float(text) <= most
    if column.codes:
        assert text in column.codes
    if column.type == "brag":
        assert text in ("blue", "green", "amber", "red")
    if column.type == "flag":
        assert text in ("Y", "N")


@pytest.mark.parametrize("name", ["child_protection", "children_looked_after"])
def test_stock_follows_from_flow(name):
    """Exactly, for every team and month, in what stands."""
    [flow] = CATALOGUE.datasets[name].flows
    before: dict[str, int] = {}
    for rows in as_published(name).values():
        for row in rows:
            stock, begun, ended = (int(row[at]) for at in (flow.stock, flow.starts, flow.ends))
            if before:
                assert stock == before.get(row["org_id"], 0) + begun - ended
        before = {row["org_id"]: int(row[flow.stock]) for row in rows}


def test_a_team_of_workers_reports_once_a_month():
    for rows in CASELOADS.values():
        refs = [row["worker_ref"] for row in rows]
        assert len(set(refs)) == len(refs)
        assert 6 <= sum(row["nqsw"] == "Y" for row in rows) <= 14
    everyone = {row["worker_ref"] for rows in CASELOADS.values() for row in rows}
    assert all(re.fullmatch(r"W\d{4}", ref) for ref in everyone)


# ---- The order of loading ----


def test_every_file_is_loaded_once():
    listed = [load["file"] for load in LOADS]
    assert sorted(listed) == [path.relative_to(RETURNS).as_posix() for path in FILES]
    assert all(load["file"].split("/")[0] == load["dataset"] for load in LOADS)
    times = [load["loaded_at"] for load in LOADS]
    assert times == sorted(set(times))


@pytest.mark.parametrize("load", LOADS, ids=lambda load: load["file"])
def test_load_is_made_in_office_hours(load):
    when = datetime.fromisoformat(load["loaded_at"])
    assert when.utcoffset() == timedelta(0)
    assert when.weekday() < 5
    assert 8 <= when.hour < 16
    assert load["loaded_by"] in ROLES


def test_months_are_loaded_about_three_weeks_after_their_end():
    for load in FIRST:
        start = date.fromisoformat(f"{Path(load['file']).stem}-01")
        end = (start + timedelta(days=31)).replace(day=1)
        assert 16 <= (date.fromisoformat(load["loaded_at"][:10]) - end).days <= 24
    assert "2025-04-22" <= LOADS[-1]["loaded_at"] < "2025-04-25"


def test_corrections_change_a_few_cells_later_and_say_why():
    assert len(LATER) == 3
    assert len({load["dataset"] for load in LATER}) == 3
    for load in LATER:
        name = load["file"].replace("-correction", "")
        earlier = next(first for first in FIRST if first["file"] == name)
        assert load["loaded_at"][:7] > earlier["loaded_at"][:7]
        assert len(load["reason"]) >= 10
        pairs = zip(read(RETURNS / name), read(RETURNS / load["file"]), strict=True)
        changed = [name for old, new in pairs for name in new if old[name] != new[name]]
        assert 1 <= len(changed) <= 12
        assert not {*changed} & {*CATALOGUE.datasets[load["dataset"]].key}


# ---- No person ----

IDENTITIES = re.compile(
    r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b"  # postcode
    r"|\b\d{3}[ -]?\d{3}[ -]?\d{4}\b"  # NHS number
    r"|\b[A-Z]\d{12}\b|\b[A-Z]\d{11}[A-Z]\b"  # unique pupil number
    r"|\b[A-Z]{2}\d{6}[A-D]\b"  # National Insurance number
    r"|\b(Mr|Mrs|Ms|Miss|Dr|Cllr)\b|@"
)
CAPITALS = re.compile(r"\b[A-Z][a-z]+ [A-Z][a-z]+\b")
PERSONAL = re.compile(r"(^|_)(name|forename|surname|dob|birth|nhs|upn|address|postcode)", re.I)


#: Two capitals that are no person: a court, and versions of the budget.
INSTITUTIONS = re.compile(r"High Court|Outturn \d")


@pytest.mark.parametrize("path", [*FILES, SAMPLE / "loads.csv"], ids=by_name)
def test_file_holds_no_person(path):
    rows = read(path)
    named = [name for name in rows[0] if PERSONAL.search(name)]
    assert named == (["name"] if path.parent.name in ("funding", "priority") else [])
    values = [INSTITUTIONS.sub("", value) for row in rows for value in row.values()]
    assert not [value for value in values if IDENTITIES.search(value)]
    assert not [value for value in values if CAPITALS.search(value)]


ROLE = re.compile(
    r"((Corporate|Service) director|Head of service|Service manager|Cabinet member), [a-z ]+"
    r"|Principal social worker|Participation lead|Quality assurance manager"
    r"|Scrutiny (officer|committee)"
)


@pytest.mark.parametrize("path", REGISTERS, ids=by_name)
def test_owners_of_a_register_are_roles(path):
    owners = {row[name] for row in read(path) for name in ("owner_role", "answers") if name in row}
    assert all(ROLE.fullmatch(owner) for owner in owners)


def test_people_are_roles():
    answers = {row["answers"] for row in read(ROOT / "data" / "reference" / "priorities.csv")}
    workers = [row for rows in CASELOADS.values() for row in rows]
    assert {row["role"] for row in workers} <= ROLES
    owners = [row for rows in PLAN.values() for row in rows]
    assert {row["sro"] for row in owners} <= answers
    role = re.compile(
        r"((Service director|Head of service|Service manager), [a-z ]+"
        r"|Principal social worker|Participation lead|Quality assurance manager)"
    )
    assert all(role.fullmatch(row["lead"]) for row in owners)


# ---- Made again ----


def test_script_makes_the_same_bytes(tmp_path):
    command = [sys.executable, str(SAMPLE / "make.py"), str(tmp_path)]
    subprocess.run(command, check=True, cwd=tmp_path, timeout=120)
    made = sorted(tmp_path.rglob("*.csv"))
    names = [path.relative_to(tmp_path) for path in made]
    assert names == sorted(path.relative_to(SAMPLE) for path in SAMPLE.rglob("*.csv"))
    for name in names:
        assert (tmp_path / name).read_bytes() == (SAMPLE / name).read_bytes(), name


def test_sample_stays_small():
    assert sum(path.stat().st_size for path in SAMPLE.rglob("*") if path.is_file()) < 5_000_000
