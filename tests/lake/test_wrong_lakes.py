"""A lake that cannot be used is told in one sentence, with exit status 3, and left as it is."""

import importlib
import os
import re
import shutil
import types
from pathlib import Path

import pytest
from cases import incoming, months
from click.testing import CliRunner

from kpi import cli, lake
from kpi.publication import publish
from kpi.store import Store, StoreUnavailable


@pytest.fixture
def own(lakes, book, tmp_path, monkeypatch):
    """The address of a lake with files of its own, in which a month is published."""
    folder = tmp_path / "files"
    monkeypatch.setenv("KPI_DATA_PATH", str(folder))
    address = lakes.new()
    store = Store(address, book)
    orgs = [f"CPC{number}" for number in range(1, 5)]
    rows = [{"period": month, "org_id": org, "cp_open": 7} for org in orgs for month in months(6)]
    publish(store, [incoming(book.datasets["child_protection"], rows)], "officer")
    store.close()
    return address


def refused(address: str, *arguments: str) -> str:
    """The one sentence with which a command over a lake ends, exit status 3."""
    answer = CliRunner(env={"KPI_STORE": address}).invoke(cli.main, arguments or ["check"])
    assert answer.exit_code == 3, (answer.output, answer.exception)
    assert answer.output.count("\n") == 1, answer.output
    assert answer.output.startswith("Error: The lake ducklake:postgres:")
    return answer.output


def sound(address: str) -> None:
    """The lake can be used, so nothing half done is left in it."""
    answer = CliRunner(env={"KPI_STORE": address}).invoke(cli.main, ["check"])
    sealed = r"The store is sound\. Audit: \d+ acts, the last sealed [0-9a-f]{16}\.\n"
    assert re.fullmatch(sealed, answer.output)


def database(address: str) -> str:
    return address.rpartition("=")[2]


def test_a_lake_of_another_version(postgres, own):
    set_to = "update ducklake_metadata set value = '{}' where key = 'version'"
    found = set_to.format("9.9")
    postgres.sql(found, database(own))
    assert "made by another version of DuckLake" in refused(own)
    postgres.sql(set_to.format("1.0"), database(own))
    sound(own)


def test_a_lake_that_a_newer_dashboard_wrote(own, book, postgres):
    store = Store(own, book)
    store.transact(
        lambda work: work._cursor.execute(
            "insert into migration values ('9999_later', timestamp '2030-01-01')"
        )
    )
    store.close()
    answer = CliRunner(env={"KPI_STORE": own}).invoke(cli.main, ["check"])
    assert (answer.exit_code, answer.output.count("\n")) == (3, 1)
    assert "newer version of the dashboard (9999_later)" in answer.output


def test_extensions_that_are_not_installed(own, monkeypatch):
    find = importlib.import_module

    def without(name, *rest):
        if name == "duckdb_extension_ducklake":
            raise ModuleNotFoundError(name)
        return find(name, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(lake.importlib, "import_module", without)
        assert "ducklake is not installed: pip install -r requirements-lake.txt" in refused(own)
    sound(own)


def test_extensions_for_another_duckdb(own, monkeypatch, tmp_path):
    """The version is in the last bytes of an extension; signed ones for another are not loaded."""
    find = importlib.import_module
    real = Path(find("duckdb_extension_ducklake").__path__[0])
    (name,) = real.rglob("ducklake.duckdb_extension")
    other = tmp_path / "ducklake.duckdb_extension"
    content = bytearray(name.read_bytes())
    at = content.rindex(b"v1.5.5")
    content[at : at + 6] = b"v1.5.6"
    other.write_bytes(content)
    fake = types.SimpleNamespace(__path__=[str(tmp_path)])
    with monkeypatch.context() as patch:
        patch.setattr(
            lake.importlib,
            "import_module",
            lambda module: fake if module == "duckdb_extension_ducklake" else find(module),
        )
        assert "made for another version of DuckDB" in refused(own)
    sound(own)


def test_a_wrong_user(own):
    assert "PostgreSQL does not know the user" in refused(own.replace("user=kpi", "user=nobody"))


def test_a_wrong_password(postgres, own):
    """The password is never printed."""
    rules = postgres.data / "pg_hba.conf"
    before = rules.read_text(encoding="utf-8")
    postgres.sql("create role reader login password 'right'")
    rules.write_text("host all reader 127.0.0.1/32 scram-sha-256\n" + before, encoding="utf-8")
    postgres.sql("select pg_reload_conf()")
    try:
        said = refused(own.replace("user=kpi", "user=reader password=wr0ng-secret"))
    finally:
        rules.write_text(before, encoding="utf-8")
        postgres.sql("select pg_reload_conf()")
    assert "PostgreSQL refuses the user or the password" in said
    assert "wr0ng-secret" not in said


def test_a_disk_of_the_lake_that_is_full(own, book, full_disk):
    store = Store(own, book)
    rows = [{"period": month, "org_id": "CPC5", "cp_open": 7} for month in months(200)]
    more = incoming(
        book.datasets["child_protection"], rows, "b" * 64, "Published when there is room"
    )
    with full_disk(100), pytest.raises(StoreUnavailable, match="a disk that it is on is full"):
        publish(store, [more], "officer")
    assert publish(store, [more], "officer")[0].is_new
    store.close()
    sound(own)


def test_a_database_that_is_not_there(own):
    assert "no such database" in refused(own.replace(database(own), "nothing"))


def test_an_address_that_answers_nobody(own, postgres):
    assert "does not answer" in refused(own.replace(f"port={postgres.port}", "port=9"))


def test_a_data_path_that_cannot_be_written(lakes, tmp_path, monkeypatch):
    """As root every folder can be written, so a file stands in the way."""
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    monkeypatch.setenv("KPI_DATA_PATH", str(tmp_path / "file" / "lake"))
    address = lakes.new()
    assert "data path" in (said := refused(address)) and "cannot be written" in said
    monkeypatch.setenv("KPI_DATA_PATH", str(tmp_path / "lake"))
    sound(address)


def test_another_data_path_than_the_lake_was_made_with(own, tmp_path, monkeypatch):
    monkeypatch.setenv("KPI_DATA_PATH", str(tmp_path / "other"))
    assert "not the one it was made with" in refused(own)


def test_a_new_lake_without_a_data_path(lakes, monkeypatch):
    monkeypatch.delenv("KPI_DATA_PATH")
    assert "Name in KPI_DATA_PATH" in refused(lakes.new())


def test_a_catalogue_without_its_files(own, tmp_path):
    shutil.move(tmp_path / "files", tmp_path / "elsewhere")
    for command in (["check"], ["observations", "--kpi", "cp_open"]):
        assert "files of its data path are missing" in refused(own, *command)
    shutil.rmtree(tmp_path / "files")
    shutil.move(tmp_path / "elsewhere", tmp_path / "files")
    sound(own)


def test_words_of_an_address_never_hold_a_password():
    address = "ducklake:postgres:postgresql://kpi:s3cret@db/lake"
    assert re.fullmatch(r".*kpi:…@db/lake", lake.shown(address))
    assert os.fspath(lake.shown("kpi.duckdb")) == "kpi.duckdb"
