"""Several councils in one store: each has rows, registers, masking, log and tokens of its own."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest
import shared
from cases import incoming, months
from click.testing import CliRunner
from lake.postgres import Postgres
from places import IN_LAKES, of_a_file
from test_api import Reader, refused

from kpi import audit, backup, board, catalogue, cli, intake, move, publication, tokens
from kpi.access import Role
from kpi.catalogue import Catalogue, CatalogueError
from kpi.publication import PublicationRefused
from kpi.store import Store, StoreUnavailable

FIRST, OTHER = "herefordshire", shared.OTHER
APRIL = months(1)[0]
REASON = "counted once more"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shared.reference(tmp_path_factory.mktemp("councils") / "reference")


@pytest.fixture(scope="module")
def both(folder: Path) -> Catalogue:
    return catalogue.read(folder)


@pytest.fixture
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Of a store that is not there yet."""
    return request.getfixturevalue("places").new() if IN_LAKES else str(tmp_path / "kpi.duckdb")


@pytest.fixture
def whole(both: Catalogue, address: str) -> Iterator[Store]:
    opened = Store(address, both)
    yield opened
    opened.close()


@pytest.fixture
def other(whole: Store) -> Store:
    return whole.of(OTHER)


def put(part: Store, count: int, team: str = "CPC1", sha: str = "a", reason: str = "") -> int:
    """Publish how many children of a team are on a plan in April; the load."""
    rows = [{"period": APRIL, "org_id": team, "cp_open": count}]
    one = incoming(part.catalogue.datasets["child_protection"], rows, sha * 64, reason)
    return publication.publish(part, [one], "officer")[0].load_id


def figures(part: Store, role: Role = "officer", org: str = "") -> list[float | None]:
    top = org or part.catalogue.council.org_id
    return board.observations(part, ["cp_open"], [top], role=role)["value"].to_list()


def tables(part: Store) -> dict[str, list[tuple[object, ...]]]:
    names = part.read("columns")["table_name"].unique().sort()
    return {name: part.table(name).rows() for name in names if name != "council"}


# ---- rows ----


def test_each_council_has_its_own_rows(whole, other):
    put(whole, 100)
    put(other, 7)
    assert (figures(whole), figures(other)) == ([100], [7])
    assert figures(whole, org=OTHER) == figures(other, org=FIRST) == []
    assert figures(other, org="CPC1") == [7]


def test_every_table_of_the_first_is_there_for_the_other(whole, other):
    """Else the engine would answer with the first council's."""
    held = [part.read("columns").rows() for part in (whole, other)]
    assert held[0] == held[1]
    assert len(held[0]) > 300


def test_what_one_council_does_changes_nothing_of_another(whole, other):
    put(whole, 100)
    before, version = tables(whole), whole.data_version()
    load = put(other, 7)
    put(other, 9, sha="b", reason=REASON)
    publication.withdraw(other, 2, "officer", REASON)
    publication.restore(other, 2, "officer", REASON)
    tokens.issue(other, "Excel", "officer", "keeper")
    assert load == 1
    assert tables(whole) == before
    assert whole.data_version() == version


def test_a_load_belongs_to_its_council(whole, other):
    put(whole, 100)
    put(whole, 110, sha="b", reason=REASON)
    put(other, 7)
    with pytest.raises(PublicationRefused, match="There is no load 2"):
        publication.withdraw(other, 2, "officer", REASON)
    with pytest.raises(PublicationRefused, match="There is no load 2"):
        publication.restore(other, 2, "officer", REASON)
    publication.withdraw(other, 1, "officer", REASON)
    assert (figures(whole), figures(other)) == ([110], [])


def test_the_same_bytes_may_come_from_both(whole, other):
    assert put(whole, 100) == put(other, 100) == 1


def test_a_file_of_another_council_is_refused_in_plain_words(whole, other):
    dataset = other.catalogue.datasets["child_protection"]
    names = [column.name for column in dataset.columns]
    line = ["2024-04", "CPC2", *("3" for _ in names[2:])]
    content = f"{','.join(names)}\n{','.join(line)}\n".encode()
    [checked] = intake.check(other, [("plans.csv", content)], 10**6)
    assert not checked.submission.accepted
    said = " ".join(checked.submission.findings["message"])
    assert "CPC2" in said
    assert FIRST not in said.lower() and "Herefordshire" not in said
    [own] = intake.check(whole, [("plans.csv", content)], 10**6)
    assert "CPC2" not in " ".join(own.submission.findings["message"])


def test_a_register_of_one_replaces_none_of_another(whole, other):
    head = "risk_id,title,cause,mitigation,contingency,likelihood,impact,owner_role,reviewed,"
    head += "review_due,escalation,kpi_ids,source"
    for part, title in ((whole, "Too slow"), (other, "Too dear")):
        content = f"{head}\nR1,{title},,,Stop,3,3,,,,,,\n".encode()
        checked = intake.check(part, [("risk.csv", content)], 10**6)
        assert intake.publish(part, checked, "officer", "")[0].load_id == 1
    assert whole.register("risk")["title"].to_list() == ["Too slow"]
    assert other.register("risk")["title"].to_list() == ["Too dear"]


# ---- masking ----


def test_masking_is_by_council(whole, other):
    """A second council neither changes what is withheld of the first nor gives it away."""
    put(whole, 3)
    alone = board.observations(whole, ["cp_open"], role="committee")
    put(other, 40)
    assert board.observations(whole, ["cp_open"], role="committee").equals(alone)
    assert figures(whole, "committee") == [None]
    assert figures(other, "committee") == [40]


# ---- logs, tokens, checks, copies ----


def test_each_has_a_log_and_tokens_of_its_own(whole, other):
    _, secret = tokens.issue(other, "Power BI", "officer", "keeper")
    assert tokens.find(whole, secret) is None
    assert tokens.find(other, secret) is not None
    assert "token" in audit.read(other)["action"].to_list()
    assert "token" not in audit.read(whole)["action"].to_list()


def test_a_store_is_sound_when_each_council_is(whole, other):
    put(whole, 100)
    put(other, 7)
    assert publication.invariants_of_all(whole) == []
    row = {"dataset": "child_protection", "period": APRIL, "load_id": 9}
    bad = pl.DataFrame([row | {"valid_from": datetime(2024, 5, 20)}])
    other.transact(lambda work: work.append("publication", bad))
    faults = publication.invariants_of_all(whole)
    assert faults and all(fault.startswith("Otherton Council: ") for fault in faults)


def test_a_back_up_holds_every_council(whole, other, both, tmp_path):
    put(whole, 100)
    put(other, 7)
    copy = backup.backup(whole, tmp_path / "copy.duckdb")
    again = Store(str(copy), both)
    assert (figures(again), figures(again.of(OTHER))) == ([100], [7])
    assert backup.held(again) == "2 loads, 2 rows"
    again.close()


def test_moving_takes_every_council(whole, other, both, tmp_path):
    put(whole, 100)
    put(other, 7)
    target = Store(str(tmp_path / "target.duckdb"), both)
    rows = move.move(whole, target)
    assert rows["child_protection"] == rows["load"] == 2
    assert figures(target.of(OTHER)) == [7]
    with pytest.raises(move.MoveRefused, match="holds loads already"):
        move.move(whole, target)
    target.close()


def test_a_council_that_left_the_catalogue_is_not_left_behind(whole, other, book, address):
    put(other, 7)
    whole.close()
    fewer, target = Store(address, book), Store(":memory:", book)
    with pytest.raises(move.MoveRefused, match="has a council otherton"):
        move.move(fewer, target)
    fewer.close()


def test_a_council_is_there_when_the_store_is_opened_again(whole, other, both, address):
    put(other, 7)
    whole.close()
    again = Store(address, both)
    assert figures(again.of(OTHER)) == [7]
    assert again.of(OTHER) is again.of(OTHER)
    assert again.of(FIRST) is again
    again.close()


def test_a_store_of_one_takes_a_second(book, both, address):
    alone = Store(address, book)
    put(alone, 100)
    alone.close()
    grown = Store(address, both)
    assert (figures(grown), figures(grown.of(OTHER))) == ([100], [])
    grown.close()


@of_a_file
def test_councils_in_another_order_are_refused(book, both, address, folder, tmp_path):
    Store(address, book).close()
    turned = Catalogue(**{**vars(both), "councils": dict(reversed(both.councils.items()))})
    with pytest.raises(StoreUnavailable, match=re.escape("Put [council.herefordshire] before")):
        Store(address, turned)


def test_benchmarks_are_for_all(whole, other):
    rows = whole.table("benchmark").head(1).drop("origin")
    board.keep_benchmarks(whole, [("published.csv", rows)], "officer")
    for part in (whole, other):
        assert "published.csv" in part.table("benchmark")["origin"].to_list()


# ---- other programs ----


def test_a_token_reads_its_council_alone(whole, other):
    put(whole, 100)
    put(other, 7)
    reader = Reader(whole)
    _, secret = tokens.issue(other, "Power BI", "officer", "keeper")
    asked = "observations?kpi=cp_open&council="
    own = {"Authorization": f"Bearer {secret}"}
    [row] = reader.ask("GET", f"{asked}{OTHER}", **own).json()["observations"]
    assert (row["org_id"], row["value"]) == (OTHER, 7)
    refused(reader.ask("GET", f"{asked}{FIRST}", **own), 401)
    refused(reader.ask("GET", "observations?kpi=cp_open", **own), 401)
    refused(reader.ask("GET", f"{asked}nowhere", **own), 401)
    assert audit.read(whole).filter(action="token refused").height == 3
    [row] = reader.get(f"{asked}{FIRST}").json()["observations"]
    assert row["value"] == 100
    refused(reader.get(f"{asked}{OTHER}"), 401)
    refused(reader.get(f"{asked}nowhere"), 422)
    refused(reader.get(f"observations?org=NORTH&council={FIRST}"), 404)


def test_a_copy_that_still_holds_is_of_the_same_council(whole, other):
    put(whole, 100)
    put(other, 7)
    reader = Reader(whole)
    _, secret = tokens.issue(other, "Power BI", "officer", "keeper")
    tags = [
        reader.get("observations?kpi=cp_open").headers["etag"],
        reader.ask(
            "GET", f"observations?kpi=cp_open&council={OTHER}", Authorization=f"Bearer {secret}"
        ).headers["etag"],
    ]
    assert tags[0] != tags[1]


def test_the_parameter_is_there_where_there_are_several(whole, store):
    paths = [Reader(one).ask("GET", "openapi.json").json() for one in (whole, store)]
    several, alone = (set(one["components"]["parameters"]) for one in paths)
    assert several - alone == {"council"}
    refused(Reader(store).get(f"observations?council={FIRST}"), 422)


# ---- the catalogue ----


def test_a_council_needs_a_tree_of_its_own(tmp_path):
    folder = shared.reference(tmp_path / "reference")
    own = folder / "councils" / OTHER / "organisation.csv"
    own.write_text(shared.TREE.replace("otherton,", "elsewhere,"), encoding="utf-8")
    with pytest.raises(CatalogueError, match="has no row otherton"):
        catalogue.read(folder)
    own.unlink()
    with pytest.raises(CatalogueError, match="its services and teams are missing"):
        catalogue.read(folder)


@pytest.mark.parametrize("name", ["main", "temp", "Otherton", "a b", 'x"y', "1st"])
def test_an_id_that_names_no_place_is_refused(tmp_path, name):
    folder = shared.reference(tmp_path / "reference")
    councils = folder / "catalogue" / "council.toml"
    quoted = "'" + name + "'"
    text = councils.read_text("utf-8").replace("[council.otherton]", f"[council.{quoted}]")
    councils.write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError, match="small letters"):
        catalogue.read(folder)


def test_targets_of_a_council_are_its_own(folder, both):
    assert both.table("targets").height
    assert not both.of(OTHER).path("targets").exists()
    assert both.of(OTHER).path("benchmarks") == both.path("benchmarks")


# ---- the command line ----


@of_a_file
def test_commands_are_for_a_council(address, folder, monkeypatch, tmp_path):
    monkeypatch.setenv("KPI_STORE", address)
    monkeypatch.setenv("KPI_REFERENCE", str(folder))
    run = CliRunner()
    wrong = run.invoke(cli.main, ["--council", "nowhere", "loads"])
    assert wrong.exit_code == 2
    assert "There is no council 'nowhere'" in wrong.output
    goal = ["target", "cp_repeat", "18", "--from", "2025-04", "--reason", "Set by the board"]
    assert run.invoke(cli.main, ["--council", OTHER, *goal]).exit_code == 0
    opened = Store(address, catalogue.read(folder))
    held = [
        part.table("target").filter(kpi_id="cp_repeat", target=18) for part in opened.councils()
    ]
    assert [rows.height for rows in held] == [0, 1]
    opened.close()
    told = run.invoke(cli.main, ["check"])
    assert "The store is sound" in told.output
    assert "Otherton Council is sound" in told.output


# ---- lakes ----


@pytest.mark.lake
def test_tidying_takes_no_file_of_another_council(postgres: Postgres, both, tmp_path, monkeypatch):
    monkeypatch.setenv("KPI_DATA_PATH", str(tmp_path / "lake"))
    postgres.create("councils")
    opened = Store(postgres.address("councils"), both)
    other = opened.of(OTHER)
    big = months(20)
    rows = [{"period": month, "org_id": "CPC1", "cp_open": 7} for month in big]
    many = incoming(both.datasets["child_protection"], rows)
    publication.publish(other, [many], "officer")
    for part in opened.councils():
        part.tidy(0)
    assert len(figures(other)) == len(big)
    opened.close()
