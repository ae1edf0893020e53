"""The published worked examples, from a CSV file to the command line's figures and flags."""

import json
import shutil

import pytest
from cases import ROOT, months
from click.testing import CliRunner

from kpi import cli

DATASET = """
[theme.worked]
title = "Worked examples"
order = 99

[dataset.worked]
title = "Worked examples"
help = "Series whose limits and signals are published."
key = ["period", "org_id"]

[dataset.worked.column]
period = { type = "month", help = "Month" }
org_id = { type = "org", help = "Whole council" }
x = { type = "number", help = "The series" }
"""

KPI = """
[kpi.worked]
ref = "W"
title = "Worked example"
question = "Does it come out?"
definition = "As published."
theme = "worked"
dataset = "worked"
numerator = "x"
unit = "cases"
decimals = 1
polarity = "%s"
spc = { %s }
"""

CASELOAD = [
    22.4,
    21.8,
    23.1,
    22.0,
    22.9,
    21.5,
    22.6,
    23.3,
    22.2,
    21.9,
    22.7,
    22.1,
    18.2,
    17.6,
    17.9,
    16.8,
    16.9,
    16.1,
    15.8,
    16.3,
]
ICPC = [62.1, 58.3, 64.0, 60.5, 66.2, 61.7, 91.0, 63.4, 59.8, 65.1, 62.9, 60.2, 67.0, 70.4, 71.2]
REREFERRAL = [
    21.0,
    25.0,
    20.0,
    24.0,
    22.0,
    26.0,
    21.0,
    23.0,
    24.0,
    23.2,
    22.6,
    22.0,
    21.3,
    20.5,
    19.9,
]
SHIFT = [10, 12, 11, 13, 10, 12, 11, 12, 13, 12, 13, 12, 12, 13]
COMMON = "common_cause"


@pytest.fixture
def observe(tmp_path, monkeypatch):
    """Load ``values`` as a CSV of consecutive months and give the observations back."""

    def call(values, polarity, target="", spc=""):
        reference = tmp_path / "reference"
        shutil.copytree(ROOT / "data" / "reference", reference)
        text = DATASET + KPI % (polarity, spc)
        (reference / "catalogue" / "worked.toml").write_text(text, encoding="utf-8")
        with (reference / "targets.csv").open("a", encoding="utf-8") as targets:
            if target:
                targets.write(f"worked,2020-04-01,{target},1,,,worked example\n")
        rows = [
            f"{period:%Y-%m},,{x}" for period, x in zip(months(len(values)), values, strict=True)
        ]
        file = tmp_path / "worked.csv"
        file.write_text("period,org_id,x\n" + "\n".join(rows) + "\n", encoding="utf-8")
        monkeypatch.setenv("KPI_REFERENCE", str(reference))
        monkeypatch.setenv("KPI_STORE", str(tmp_path / "kpi.duckdb"))
        loaded = CliRunner().invoke(cli.main, ["load", str(file)])
        assert loaded.exit_code == 0, loaded.output
        answer = CliRunner().invoke(cli.main, ["observations", "--kpi", "worked", "--json"])
        return json.loads(answer.stdout)["observations"]

    return call


def limits(row):
    return tuple(round(row[name], 4) for name in ("mean", "lpl", "upl"))


def signals(rows):
    return [row["signal"] for row in rows]


def test_caseload_with_a_fixed_baseline(observe):
    rows = observe(CASELOAD, "low", 18, "fix_after = 12")
    assert limits(rows[-1]) == (22.375, 19.981, 24.769)
    assert signals(rows) == [COMMON] * 11 + ["shift_low"] + ["below_lpl"] * 8
    assert rows[-1]["variation"] == "improvement_low"
    assert rows[-1]["assurance"] == "consistent_fail"


def test_caseload_rebased_at_the_thirteenth_month(observe):
    rows = observe(
        CASELOAD,
        "low",
        18,
        'fix_after = 12, rebase = [{ period = "2025-04", reason = "New teams" }]',
    )
    assert limits(rows[-1]) == (16.95, 15.544, 18.356)
    assert signals(rows)[12:] == ["two_of_three_high", COMMON, "two_of_three_high", *[COMMON] * 5]
    assert (rows[-1]["points"], rows[-1]["variation"]) == (8, COMMON)
    assert rows[-1]["assurance"] == "inconsistent"


def test_caseload_without_a_fixed_baseline(observe):
    assert limits(observe(CASELOAD, "low", 18)[-1]) == (20.205, 18.1952, 22.2148)


def test_conferences_in_time_screened(observe):
    rows = observe(ICPC, "high", 85)
    assert limits(rows[-1]) == (65.5867, 54.9467, 76.2267)
    assert signals(rows) == [COMMON] * 6 + ["above_upl"] + [COMMON] * 8
    assert rows[6]["variation"] == "improvement_high"
    assert (rows[-1]["variation"], rows[-1]["assurance"]) == (COMMON, "consistent_fail")


def test_conferences_in_time_unscreened(observe):
    rows = observe(ICPC, "high", 85, "screen = false")
    assert limits(rows[-1]) == (65.5867, 45.6557, 85.5177)
    assert rows[-1]["assurance"] == "inconsistent"


def test_rereferrals_trend_inside_the_limits(observe):
    rows = observe(REREFERRAL, "low", 20)
    assert limits(rows[-1]) == (22.3667, 16.4577, 28.2757)
    assert signals(rows) == [COMMON] * 8 + ["decreasing"] * 7
    assert rows[-1]["variation"] == "improvement_low"
    assert rows[-1]["assurance"] == "inconsistent"


def test_a_constant_series_has_no_signal(observe):
    rows = observe([100] * 14, "high", 95)
    assert limits(rows[-1]) == (100, 100, 100)
    assert signals(rows) == [COMMON] * 14
    assert rows[-1]["assurance"] == "consistent_pass"


def test_a_shift(observe):
    rows = observe(SHIFT, "high")
    assert limits(rows[-1]) == (11.8571, 8.3787, 15.3356)
    assert signals(rows) == [COMMON] * 7 + ["shift_high"] * 7


def test_the_vignette_of_the_nhs_package(observe):
    values = [1, 2, 1, 2, 10, *[1, 2] * 6, 1]
    assert limits(observe(values, "neutral", spc='mode = "ptd"')[-1]) == (1.9444, -0.7156, 4.6044)
