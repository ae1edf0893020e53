"""The command line, end to end: CSV files in, figures and exit statuses out."""

import json
import os
import subprocess
import sys

import pytest
from cases import ROOT
from click.testing import CliRunner
from places import of_a_file

from kpi import cli

HEADER = (
    "month,team,cin_open,s47_started,icpc_held,icpc_15wd,cp_start,cp_repeat_start,"
    "cp_end,cp_open,cp_2yr,reviews_due,reviews_in_time"
)
REASON = "A recount after the audit"


def month(cp_open, period="2024-04", team="CPC1"):
    return f"{HEADER}\n{period},{team},900,10,5,4,6,1,3,{cp_open},2,40,38\n"


@pytest.fixture
def run(places, tmp_path, monkeypatch):
    monkeypatch.setenv("KPI_STORE", places.empty())
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        return CliRunner().invoke(cli.main, [str(argument) for argument in arguments])

    return call


@pytest.fixture
def file(tmp_path):
    def write(text, name="child_protection.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def figures(run, kpi, *options):
    answer = run("observations", "--kpi", kpi, "--json", *options)
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.stdout)["observations"]


def test_a_month_a_correction_and_its_withdrawal(run, file):
    loaded = json.loads(run("load", file(month(107)), "--by", "officer", "--json").stdout)
    entry = loaded["files"][0]
    assert entry | {"findings": []} == {
        "file": "child_protection.csv",
        "dataset": "child_protection",
        "rows": 1,
        "accepted": True,
        "load_id": 1,
        "findings": [],
        "changes": {"added": 1, "changed": 0, "removed": 0, "unchanged": 0},
    }
    refused = run("load", file(month(108)))
    assert refused.exit_code == 1
    assert "already published" in refused.output
    changed = run("load", file(month(108)), "--by", "analyst", "--reason", REASON)
    assert (
        "Published as load 2: 1 rows (0 added, 1 changed, 0 removed, 0 unchanged)" in changed.output
    )
    assert [row["value"] for row in figures(run, "cp_open")] == [108]
    assert run("check").exit_code == 0
    assert run("withdraw", "2", "--reason", "The recount was wrong").exit_code == 0
    assert [row["value"] for row in figures(run, "cp_open")] == [107]
    loads = json.loads(run("loads", "--json").stdout)["loads"]
    assert [(row["loaded_by"], row["reason"], row["withdrawn_reason"]) for row in loads] == [
        ("analyst", REASON, "The recount was wrong"),
        ("officer", "", None),
    ]
    at = loads[0]["loaded_at"].replace(" ", "T") + "Z"
    assert [row["value"] for row in figures(run, "cp_open", "--as-at", at)] == [108]
    assert figures(run, "cp_open", "--as-at", "2020-01-01") == []
    assert run("check").output.startswith("The store is sound. Audit: ")


def test_check_publishes_nothing(run, file):
    answer = run("load", file(month(107)), "--check", "--json")
    entry = json.loads(answer.stdout)["files"][0]
    assert (entry["accepted"], entry["load_id"]) == (True, None)
    assert figures(run, "cp_open") == []


def test_a_refused_file_keeps_the_others_out(run, file):
    good, bad = file(month(107), "good.csv"), file(month("many", "2024-05"), "bad.csv")
    answer = run("load", good, bad)
    assert answer.exit_code == 1
    assert "Row 2" in answer.output and "many" in answer.output
    assert figures(run, "cp_open") == []


def test_the_same_bytes_twice(run, file):
    run("load", file(month(107)), "--by", "officer")
    answer = run("load", file(month(107)), "--by", "analyst")
    assert answer.exit_code == 0
    assert "Already published on" in answer.output and "by officer" in answer.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["observations", "--kpi", "cp_opne"], "There is no KPI 'cp_opne'"),
        (["observations", "--org", "CPC99"], "There is no organisation 'CPC99'"),
        (["observations", "--as-at", "yesterday"], "is not a date"),
        (["observations", "--since", "soon"], "is not a month"),
        (["load", "no-such-file.csv"], "does not exist"),
        (["withdraw", "1"], "--reason"),
        (["nothing"], "No such command"),
    ],
)
def test_wrong_use_is_exit_status_2(run, arguments, words):
    answer = run(*arguments)
    assert answer.exit_code == 2
    assert words in answer.output


def test_a_large_file_is_refused_before_it_is_read(run, file, monkeypatch):
    monkeypatch.setenv("KPI_UPLOAD_LIMIT_MB", "1")
    answer = run("load", file(HEADER + "\n" + "x" * 2_000_000))
    assert answer.exit_code == 1
    assert "1 MB" in answer.output


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04" + b"\0" * 50, b"\xff\xd8\xff\x00\x01", b"a;b\n1;2\n"]
)
def test_bytes_that_are_no_return_are_refused_in_words(run, file, content):
    answer = run("load", file(content))
    assert answer.exit_code == 1
    assert "Traceback" not in answer.output
    assert "Refused: nothing was stored." in answer.output


def test_a_store_that_cannot_be_opened_is_exit_status_3(run, file, tmp_path, monkeypatch):
    monkeypatch.setenv("KPI_STORE", str(file("not a store", "other.txt")))
    answer = run("observations")
    assert answer.exit_code == 3
    assert answer.output.count("\n") == 1


@of_a_file
def test_a_store_in_use_is_exit_status_3(run, file):
    run("load", file(month(107)))
    holder = (
        "import duckdb, sys\n"
        f"store = duckdb.connect({os.environ['KPI_STORE']!r})\n"
        "print('open', flush=True)\nsys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        answer = run("observations")
        process.communicate("")
    assert answer.exit_code == 3
    assert "in use by another program" in answer.output


def test_a_wrong_catalogue_is_wrong_use(run, tmp_path, monkeypatch):
    (tmp_path / "reference" / "catalogue").mkdir(parents=True)
    (tmp_path / "reference" / "catalogue" / "own.toml").write_text("[kpi.own]\n", encoding="utf-8")
    monkeypatch.setenv("KPI_REFERENCE", str(tmp_path / "reference"))
    answer = run("observations")
    assert answer.exit_code == 2
    assert "own.toml, [kpi.own]" in answer.output


@of_a_file
def test_backup_and_restore(run, file, tmp_path):
    run("load", file(month(107)))
    assert run("backup", tmp_path / "copy.duckdb").exit_code == 0
    run("load", file(month(108)), "--reason", REASON)
    assert run("restore", tmp_path / "copy.duckdb").exit_code == 0
    assert [row["value"] for row in figures(run, "cp_open")] == [107]


def test_benchmarks_of_a_file_that_nothing_names(run, file):
    answer = run("benchmarks", file("a,b\n1,2\n", "other.csv"))
    assert answer.exit_code == 1
    assert "is not a file that the catalogue names" in answer.output


def test_as_a_program(places):
    """Once for real: a process of its own, one JSON document, nothing on standard error."""
    done = subprocess.run(
        [sys.executable, "-m", "kpi", "observations", "--kpi", "cp_open", "--json"],
        cwd=ROOT,
        env=os.environ | {"KPI_STORE": places.empty()},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == {"as_at": None, "observations": []}
