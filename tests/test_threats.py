"""The threat model names tests; each of them is there."""

import re

import pytest
from cases import ROOT

TEXT = (ROOT / "docs" / "threats.md").read_text("utf-8")
NAMED = sorted(set(re.findall(r"`(test_\w+)`", TEXT)))
ROWS = [line for line in TEXT.splitlines() if line.startswith("| ") and "---" not in line]


@pytest.fixture(scope="module")
def defined() -> set[str]:
    files = (ROOT / "tests").rglob("test_*.py")
    return {
        name
        for path in files
        for name in re.findall(r"^def (test_\w+)", path.read_text("utf-8"), re.M)
    }


def test_there_are_threats():
    assert len(NAMED) > 40


@pytest.mark.parametrize("name", NAMED)
def test_a_named_test_is_there(defined, name):
    assert name in defined


def test_every_line_names_a_test():
    heads = {"who", "to"}
    lines = [line for line in ROWS if line.split("|")[1].strip() not in heads]
    assert not [line for line in lines if "`test_" not in line]
