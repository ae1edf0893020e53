"""The catalogue says what is wrong with it: which file, which entry, and the mend."""

import re
import shutil

import pytest
from cases import ROOT

from kpi import catalogue
from kpi.catalogue import CatalogueError


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(ROOT / "data" / "reference", tmp_path / "reference")
    return tmp_path / "reference"


def add(folder, text):
    (folder / "catalogue" / "own.toml").write_text(text, encoding="utf-8")
    return catalogue.read(folder)


DATASET = """
[dataset.own]
title = "Own"
help = "A return of our own"
key = ["period"]
[dataset.own.column]
period = { type = "month", help = "Month" }
visits = { type = "count", help = "Visits" }
"""

KPI = """
[kpi.own]
ref = "OW1"
title = "Visits"
question = "How many?"
definition = "Visits in the month"
theme = "caseloads"
dataset = "own"
numerator = "visits"
polarity = "high"
"""


def test_a_new_return_and_measure_need_no_code(folder):
    book = add(folder, DATASET + KPI)
    assert book.kpis["own"].columns == ["visits"]
    assert book.datasets["own"].names == ["period", "visits"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            DATASET + KPI.replace('"visits"', '"visit"'),
            "[kpi.own]: column 'visit' is not known. Did you mean 'visits'?",
        ),
        (
            DATASET + KPI.replace('"caseloads"', '"caseload"'),
            "theme 'caseload' is not known. Did you mean 'caseloads'?",
        ),
        (
            DATASET + KPI.replace('dataset = "own"', 'dataset = "owns"'),
            "dataset 'owns' is not known. Did you mean 'own'?",
        ),
        (
            DATASET + KPI.replace('"high"', '"up"'),
            "own.toml, [kpi.own]: polarity 'up' is not known",
        ),
        (
            DATASET + KPI + 'denominater = "visits"',
            "setting 'denominater' is not known. Did you mean 'denominator'?",
        ),
        (
            DATASET + KPI.replace('title = "Visits"\n', ""),
            "own.toml, [kpi.own]: setting 'title' is missing. Add it.",
        ),
        (
            DATASET + KPI + 'statistic = "median(visits)"',
            "either numerator (and denominator) or statistic",
        ),
        (DATASET + KPI + "window = 0", "window is 1 or more months"),
        (DATASET + KPI + "spc = { fix_after = 5 }", "spc.fix_after is at least 12 points"),
        (DATASET + KPI + 'benchmark = "caseload_meen"', "Did you mean 'caseload_mean'?"),
        (DATASET + KPI + 'priority = ["P99"]', "priority 'P99' is not known"),
        (
            DATASET + KPI.replace('"visits"\n', '"visits; drop"\n'),
            "holds a sign that no measure needs",
        ),
        (
            DATASET.replace('"count"', '"counts"'),
            "type 'counts' is not known. Did you mean 'count'?",
        ),
        (DATASET.replace('["period"]', '["month"]'), "column 'month' is not known"),
        (
            DATASET.replace("period = {", "when = {").replace('["period"]', '["when"]'),
            "needs a column period",
        ),
        (
            DATASET + '[[dataset.own.rule]]\ncode = "O1"\nexpect = "visit > 0"\nmessage = "No."',
            "rule O1: column 'visit'",
        ),
        (
            DATASET + '[[dataset.own.rule]]\ncode = "O1"\nexpect = "visits >"\nmessage = "No."',
            "rule O1: expect is not readable",
        ),
        (
            DATASET
            + '[[dataset.own.rule]]\ncode = "O1"\nexpect = "visits > 0"\nmessage = "{visit}"',
            "column 'visit' is not known",
        ),
        (
            DATASET
            + '[[dataset.own.flow]]\ncode = "O1"\nstock = "visits"\nstarts = "a"\nends = "b"',
            "flow O1: column 'a'",
        ),
        (
            DATASET.replace('help = "Visits"', 'help = "Visits", alias = ["period"]'),
            "'period' names two columns",
        ),
        (DATASET.replace('type = "count"', 'type = "code"'), "a code needs its list"),
        ("[kpis.own]\n", "table 'kpis' is not known. Did you mean 'kpi'?"),
        ("[kpi.own\n", "own.toml: not readable as TOML"),
        ("[kpi]\nown = 3\n", "own.toml, [kpi.own]"),
        ("[dataset.caseloads]\n", "caseloads"),
        (
            '[council.other]\nname = "x"\nservice = "x"\nauthority = "1"\nauthority_name = "x"\nregion = "x"\nregion_name = "x"\n',
            "its services and teams are missing",
        ),
    ],
)
def test_what_cannot_be_true_is_named(folder, text, words):
    with pytest.raises(CatalogueError, match=re.escape(words)):
        add(folder, text)


def test_targets_name_known_kpis_that_take_one(folder):
    path = folder / "targets.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("caseload_mean", "caseload_meen"), encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"targets.csv: kpi_id 'caseload_meen'.*caseload_mean"):
        catalogue.read(folder)
    path.write_text(text.replace("caseload_mean", "cp_open"), encoding="utf-8")
    with pytest.raises(CatalogueError, match="cp_open is neutral, so it takes no target"):
        catalogue.read(folder)


def test_an_empty_folder(tmp_path):
    with pytest.raises(CatalogueError, match="No catalogue"):
        catalogue.read(tmp_path)


def test_every_kpi_is_written_for_people(book):
    for kpi in book.kpis.values():
        assert kpi.question.endswith("?"), kpi.kpi_id
        assert kpi.definition.endswith("."), kpi.kpi_id
        assert len(kpi.title) <= 60, kpi.kpi_id
        assert kpi.unit, kpi.kpi_id


def test_every_target_says_where_it_comes_from(book):
    assert book.table("targets")["source"].null_count() == 0
