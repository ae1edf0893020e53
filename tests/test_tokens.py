"""Tokens of the interface: shown once, kept as a digest, revocable, each act in the audit log."""

import hashlib
from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from click.testing import CliRunner

from kpi import audit, card, cli, listings, tokens
from kpi.tokens import TokenRefused

DAY = date(2026, 11, 22)
NEXT = date(2026, 11, 23)


def known(store, secret: str) -> tokens.Token:
    """A token that was made."""
    found = tokens.find(store, secret)
    assert found
    return found


def acts(store) -> list[tuple[str, str, str, str]]:
    return audit.read(store).select("who", "action", "subject", "detail").rows()


def test_a_token_is_found_and_nowhere_kept(store):
    number, secret = tokens.issue(store, " Power BI ", "committee", "keeper")
    found = tokens.find(store, secret)
    assert found == tokens.Token(
        token_id=number, name="Power BI", role="committee", last_used=None, is_revoked=False
    )
    kept = store.table("token").rows()
    assert secret not in str(kept) + str(acts(store))
    assert hashlib.sha256(secret.encode()).hexdigest() in kept[0]
    assert "digest" not in tokens.listed(store).columns


def test_tokens_are_long_and_never_the_same(store):
    made = {tokens.issue(store, "Excel", "officer", "keeper") for _ in range(5)}
    assert {number for number, _ in made} == {1, 2, 3, 4, 5}
    assert all(len(secret.removeprefix(tokens.MARK)) >= 43 for _, secret in made)
    assert len({secret for _, secret in made}) == 5


@pytest.mark.parametrize("given", ["", "kpi_", "kpi_guess", "\x00", "ä" * 50, "' or 1=1 --"])
def test_what_is_no_token_finds_none(store, given):
    tokens.issue(store, "Excel", "officer", "keeper")
    assert tokens.find(store, given) is None


def test_the_digest_that_is_kept_opens_nothing(store):
    tokens.issue(store, "Excel", "officer", "keeper")
    assert tokens.find(store, store.table("token")["digest"][0]) is None


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "two\nlines", "\x1b[31m"])
def test_a_name_says_what_reads(store, name):
    with pytest.raises(TokenRefused, match="Name the token"):
        tokens.issue(store, name, "officer", "keeper")


@pytest.mark.parametrize("role", ["public", "admin", "nobody"])
def test_no_token_reads_as_the_public_or_an_administrator(store, role):
    with pytest.raises(TokenRefused, match="committee, director, officer"):
        tokens.issue(store, "Excel", role, "keeper")
    assert store.table("token").is_empty()


def test_revoked_once_and_for_all(store):
    number, secret = tokens.issue(store, "Excel", "officer", "keeper")
    _, other = tokens.issue(store, "Power BI", "officer", "keeper")
    assert tokens.revoke(store, number, "keeper") == "Excel"
    assert [known(store, one).is_revoked for one in (secret, other)] == [True, False]
    with pytest.raises(TokenRefused, match="was revoked on"):
        tokens.revoke(store, number, "keeper")
    with pytest.raises(TokenRefused, match="There is no token 9"):
        tokens.revoke(store, 9, "keeper")
    assert acts(store)[0] == ("keeper", "token", "token 1", "revoked, was for Excel")


def test_the_first_use_of_a_day_is_recorded(store):
    _, secret = tokens.issue(store, "Excel", "director", "keeper")
    before, version = audit.read(store).height, store.data_version()
    for day in (DAY, DAY, NEXT):
        tokens.use(store, known(store, secret), day)
    # A request that began before the day's first was recorded.
    tokens.use(store, replace(known(store, secret), last_used=DAY), NEXT)
    used = audit.read(store).filter(pl.col("action") == "token used")
    assert used.height == audit.read(store).height - before == 2
    assert set(used["who"]) == {"token 1 (Excel)"}
    assert used["detail"][0] == "first use of 23 November 2026, as director"
    assert store.data_version() == version


def test_by_command(tmp_path, monkeypatch):
    monkeypatch.setenv("KPI_STORE", str(tmp_path / "kpi.duckdb"))

    def run(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(cli.main, ["token", *words])
        return done.exit_code, done.output

    assert run("add", "Power BI", "--role", "admin")[0] == 2
    status, said = run("add", "Power BI", "--role", "committee", "--by", "keeper")
    secret = said.split()[-1]
    assert status == 0
    assert secret.startswith(tokens.MARK)
    status, said = run("list")
    assert "Power BI, reads as committee" in said
    assert "never used" in said
    assert secret not in said
    assert run("revoke", "1", "--by", "keeper") == (0, "Token 1 (Power BI) is revoked.\n")
    assert "revoked on" in run("list")[1]
    assert run("revoke", "1")[0] == 1
    assert '"revoked_by": "keeper"' in run("list", "--json")[1]


def test_the_list_says_who_made_what_and_whether_it_still_reads(store):
    assert listings.tokens_headline(tokens.listed(store)) == "No other program may read figures"
    tokens.issue(store, "Power <b>BI</b>", "committee", "keeper")
    tokens.issue(store, "Excel", "officer", "keeper")
    assert listings.tokens_headline(tokens.listed(store)).startswith("Two tokens let programs")
    tokens.revoke(store, 2, "auditor")
    held = tokens.listed(store)
    assert listings.tokens_headline(held) == "One token lets a program read figures"
    table = card.table(held, listings.tokens(), "Tokens")
    assert "Power &lt;b&gt;BI&lt;/b&gt;" in table
    assert table.count("In use") == 1
    assert table.count(", auditor") == 1
    assert table.count("Never") == 2
