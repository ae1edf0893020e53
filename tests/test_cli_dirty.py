"""Every dirty file through the command line: the codes, lines and severities it should answer with.

The council is the small one of the tests of ingest, here as the reference folder and the store of
a real command. Beyond its sidecar a file may earn warnings that hold it against what is published.
"""

import json
import os
import shutil
import subprocess
import sys
from datetime import date, datetime, time
from pathlib import Path

import pytest
from cases import ROOT, incoming
from click.testing import CliRunner

from kpi import catalogue, cli, publication, sample
from kpi.store import Store

DIRTY = ROOT / "tests" / "dirty"
FILES = sorted(path for path in DIRTY.iterdir() if path.suffix in (".csv", ".txt"))
TODAY = date(2025, 4, 22)
HISTORY = [
    "kpi_without_data",
    "month_restated",
    "month_skipped",
    "org_silent",
    "figure_unusual",
    "figure_blank",
]
SHOWN = ("line", "column", "code", "severity")
# A return with money in it, which the council's own does not have in every spelling.
SPENDING = """
[dataset.spending]
title = "Spending"
help = "Money by line."
key = ["period", "line_id"]

[dataset.spending.column]
period = { type = "month", alias = ["month"], help = "Month" }
line_id = { type = "ref", help = "Line" }
plan = { type = "money", unit = "£", help = "Planned" }
actual = { type = "money", unit = "£", help = "Spent" }
share = { type = "number", unit = "%", help = "Share spent" }
note = { type = "text", help = "Note", required = false, optional = true }
"""
TEAMS = """org_id,name,level,parent_id,valid_from,valid_to,source
council,The whole council,council,,2019-04-01,,
safeguarding,Safeguarding,service,council,2019-04-01,,
MASH,Multi-agency safeguarding hub,team,council,2019-04-01,,
CPC1,Child protection and court 1,team,safeguarding,2019-04-01,,
CPC2,Child protection and court 2,team,safeguarding,2021-06-01,,
OLD1,Closed team,team,safeguarding,2019-04-01,2024-04-01,
"""


@pytest.fixture(scope="module")
def council(tmp_path_factory) -> dict[str, str]:
    """The environment of a command that serves the small council, whose day is 22 April 2025."""
    folder = tmp_path_factory.mktemp("council")
    reference = folder / "reference"
    shutil.copytree(ROOT / "data" / "reference", reference)
    (reference / "catalogue" / "spending.toml").write_text(SPENDING, encoding="utf-8")
    ours = reference / "catalogue" / "council.toml"
    text = ours.read_text(encoding="utf-8")
    ours.write_text(text.replace("[council.herefordshire]", "[council.council]"), encoding="utf-8")
    more = [f"CIN{n},Children in need {n},team,safeguarding,2019-04-01,,\n" for n in range(1, 9)]
    (reference / "organisation.csv").write_text(TEAMS + "".join(more), encoding="utf-8")
    book = catalogue.read(reference)
    store = Store(str(folder / "kpi.duckdb"), book)
    rows = [{"period": date(2025, 3, 1), "org_id": "council", "reason": "pay", "leavers": 1}]
    first = incoming(book.datasets["exit_interviews"], rows)
    publication.publish(store, [first], "officer", datetime.combine(TODAY, time(12)))
    sample.mark_illustrative(store)
    store.close()
    return {"KPI_STORE": store.address, "KPI_REFERENCE": str(reference)}


def told(answer: str, path: Path) -> dict:
    """The one file of the answer, its findings as its sidecar writes them."""
    (entry,) = json.loads(answer)["files"]
    assert entry["file"] == path.name
    findings = [finding for finding in entry["findings"] if finding["code"] not in HISTORY]
    return {
        "dataset": entry["dataset"],
        "accepted": entry["accepted"],
        "rows": entry["rows"],
        "findings": [{name: finding[name] for name in SHOWN} for finding in findings],
    }


def expected(path: Path) -> dict:
    sidecar = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    found = [finding for finding in sidecar["findings"] if finding["code"] not in HISTORY]
    return sidecar | {"findings": found}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_dirty_file_is_answered_as_its_sidecar_says(path, council, monkeypatch):
    for name, value in council.items():
        monkeypatch.setenv(name, value)
    answer = CliRunner().invoke(cli.main, ["load", "--check", "--json", str(path)])
    assert told(answer.stdout, path) == expected(path)
    assert answer.exit_code == (0 if expected(path)["accepted"] else 1)
    assert answer.stderr == ""


def test_the_command_itself_says_the_same_and_stores_nothing(council):
    path = DIRTY / "tired_officer_child_protection.csv"
    answer = subprocess.run(
        [sys.executable, "-m", "kpi", "load", "--check", "--json", str(path)],
        cwd=ROOT,
        env=os.environ | council,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert answer.returncode == 1, answer.stderr
    assert told(answer.stdout, path) == expected(path)
    store = Store(council["KPI_STORE"], catalogue.read(Path(council["KPI_REFERENCE"])))
    loads = store.table("load")
    store.close()
    assert loads["dataset"].to_list() == ["exit_interviews"]


def test_every_dirty_file_has_a_sidecar_and_no_sidecar_is_alone():
    assert {path.stem for path in DIRTY.glob("*.json")} == {path.stem for path in FILES}
