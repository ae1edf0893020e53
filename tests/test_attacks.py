"""What a file or a person says is never obeyed: the same attacks at every place that they reach."""

import json
import logging
import re
import tomllib
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest
from cases import ROOT, incoming, months

from kpi import audit, card, columns, faults, intake, listings, publication, spreadsheet, titles
from kpi.access import Person
from kpi.store import FOREVER, Store
from kpi.web import journal, traffic

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(1)>"
SQL = "'; drop table load; -- $at ${x} \" ) or 1=1"
PATH = "../../../etc/passwd\x00.csv"
FORMULA = '=HYPERLINK("https://elsewhere.example")'
MARKDOWN = "[here](https://elsewhere.example) ![x](https://elsewhere.example/x.png) :red[x] $x$"
ATTACKS = (SCRIPT, SQL, PATH, FORMULA, MARKDOWN, "a\nb\r\nc", "{{7*7}} %s {0} {who}")
LIMIT = 1_000_000
attacks = pytest.mark.parametrize("text", ATTACKS)


def sound(store: Store) -> None:
    assert publication.invariants(store) == []
    assert store.read("loads", as_at=FOREVER).height == store.table("load").height


# ---- the store: who, why, which file ----


@attacks
def test_what_is_typed_is_a_value_to_sql(store: Store, text):
    rows = [{"period": months(1)[0], "org_id": "CPC1", "cp_open": 1}]
    item = incoming(store.catalogue.datasets["child_protection"], rows, reason=text * 2)
    [done] = publication.publish(store, [item], text)
    publication.withdraw(store, done.load_id, text, text * 2 + " " * 10)
    audit.record(store, Person(role="officer", name=text), "download", text, text)
    [load] = store.read("loads", as_at=FOREVER).to_dicts()
    assert (load["loaded_by"], load["reason"], load["withdrawn_by"]) == (text, text * 2, text)
    assert audit.read(store)["subject"][0] == text
    assert store.observations(["cp_open"], [text]).is_empty()
    with pytest.raises(KeyError):
        store.observations([text])
    sound(store)


@pytest.mark.parametrize("name", ["load; drop table load", "load--", "Load", "load x", ""])
def test_a_table_is_named_by_a_word(store: Store, name):
    with pytest.raises(ValueError, match="is not a table or column"):
        store.table(name)


@attacks
def test_a_cell_is_refused_or_a_value(store: Store, text):
    quoted = text.replace('"', '""')
    content = f'month,team,cp_open\n2024-04,"{quoted}","{quoted}"\n"{quoted}",CPC1,1\n'
    [found] = intake.check(store, [(text, content.encode())], LIMIT)
    assert not found.submission.accepted
    assert found.submission.file == text
    page = faults.together(found.submission.findings.select(pl.lit(text).alias("file"), pl.all()))
    assert "<script" not in page and "<img" not in page
    sound(store)


def test_the_name_of_a_file_writes_none(store: Store, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before = set(tmp_path.rglob("*"))
    for name in ("../up.csv", str(tmp_path / "there.csv"), PATH):
        intake.check(store, [(name, b"month,team\n2024-04,CPC1\n")], LIMIT)
    assert set(tmp_path.rglob("*")) == before


# ---- what is shown and taken away ----


@attacks
def test_the_log_of_acts_shows_text(store: Store, text):
    audit.record(store, Person(role="officer", name=text), "download", text, text)
    shown = columns.table(audit.read(store), listings.trail(), text)
    assert "<script" not in shown and "<img" not in shown


@pytest.mark.parametrize("text", [FORMULA, "+1+1", "@SUM(A1)", "-2+3", "\t=1", "\r=1"])
def test_no_cell_of_a_download_runs(text):
    rows = pl.DataFrame({"said": [text], "figure": [-1.5], "day": [datetime(2025, 3, 1)]})
    made = spreadsheet.csv(rows).decode("utf-8-sig")
    cell = pl.read_csv(made.encode())["said"][0]
    assert cell == f"'{text}"
    assert "-1.5" in made and "'-1.5" not in made


def test_every_download_of_rows_is_defused():
    """What a page lets people take away goes through one door."""
    for path in [*(ROOT / "kpi" / "ui").glob("*.py"), *(ROOT / "pages").rglob("*.py")]:
        assert "write_csv" not in path.read_text("utf-8"), path.name


@attacks
def test_markdown_shows_every_sign(text):
    shown = titles.literal(text)
    assert shown.replace("\\", "") == text.replace("\\", "")
    signs = re.sub(r"\\.", "", shown)
    assert not re.search(r"[*_\[\]<>$:`|~#@]", signs)


@attacks
def test_a_line_of_the_log_is_one_line(text):
    record = logging.LogRecord("kpi", logging.INFO, "", 0, text, None, None)
    record.facts = {"why": text}
    line = journal._Line().format(record)
    assert "\n" not in line and "\r" not in line
    assert json.loads(line)["why"] == text


@attacks
def test_an_address_is_logged_by_its_kind(text):
    assert traffic.kind(f"/{text}") == "page"


@attacks
def test_an_opening_is_escaped(text):
    assert "<script" not in card.opening(text, text)


# ---- secrets ----


def test_secrets_come_from_the_environment_alone():
    """Neither a file of the repository nor Streamlit's own file of secrets is read."""
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))
    assert "secret" not in json.dumps(settings).casefold()
    assert not (ROOT / ".streamlit" / "secrets.toml").exists()
    sources = [ROOT / "dashboard.py", *(ROOT / "kpi").rglob("*.py")]
    assert not [path.name for path in sources if "st.secrets" in path.read_text("utf-8")]
    assert "secrets.toml" in Path(ROOT / ".gitignore").read_text("utf-8")
