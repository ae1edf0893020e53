"""The interface for other programs: the pages' figures, for whom they are, and in which words."""

import asyncio
import io
import json
import time
from base64 import b64encode
from datetime import date, datetime

import apart
import httpx
import polars as pl
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware

from kpi import access, audit, board, tokens
from kpi import store as stores
from kpi.store import Store, StoreUnavailable
from kpi.web import answer, api, contract, entrance
from kpi.web.headers import Headers

KPIS = ["cp_open", "cp_repeat", "cla_open"]
ORGS = ["herefordshire", "CPC1", "CPC2", "CIC1"]
WHICH = "&".join([*(f"kpi={one}" for one in KPIS), *(f"org={one}" for one in ORGS)])
PLACES = {"json": "application/json", "csv": "text/csv", "parquet": answer.MEDIA["parquet"][0]}


class Reader:
    """Asks the interface as another program does."""

    def __init__(self, store: Store) -> None:
        self.store = store
        middleware = [Middleware(Headers)]
        self.app = Starlette(routes=api.routes(lambda: self.opened()), middleware=middleware)
        self.tokens = {role: tokens.issue(store, role, role, "test")[1] for role in tokens.ROLES}

    def opened(self) -> Store:
        return self.store

    def get(self, path: str, role: str = "officer", **headers: str) -> httpx.Response:
        return self.ask("GET", path, Authorization=f"Bearer {self.tokens[role]}", **headers)

    def ask(self, method: str, path: str, **headers: str) -> httpx.Response:
        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://kpi") as client:
                return await client.request(method, f"/api/v1/{path}", headers=headers)

        return apart.run(asked())


@pytest.fixture(scope="module")
def filled(places, book):
    opened = Store(places.sample(), book)
    yield opened
    opened.close()


@pytest.fixture
def reader(filled):
    return Reader(filled)


def refused(answered: httpx.Response, status: int) -> str:
    """The sentence of a refusal."""
    assert answered.status_code == status, answered.text
    assert answered.headers["content-type"] == "application/problem+json"
    assert answered.headers["cache-control"] == "no-store"
    said = answered.json()
    assert set(said) == {"type", "title", "status", "detail"}
    assert said["status"] == status
    return said["detail"]


def plain(rows: list[dict]) -> list[dict]:
    return json.loads(json.dumps(rows, default=str))


def read(answered: httpx.Response, form: str) -> pl.DataFrame:
    body = io.BytesIO(answered.content)
    return pl.read_parquet(body) if form == "parquet" else pl.read_csv(body, infer_schema=False)


@pytest.mark.parametrize("role", tokens.ROLES)
def test_figures_are_those_of_the_pages(reader, role):
    told = reader.get(f"observations?{WHICH}&since=2024-04&until=2025-03", role).json()
    frame = board.observations(reader.store, KPIS, ORGS, role=role)
    months = pl.col("period").is_between(date(2024, 4, 1), date(2025, 3, 1))
    expected = plain(frame.filter(months).to_dicts())
    assert [row | {"illustrative": True} for row in expected] == told["observations"]
    assert len(expected) > 50
    assert told["role"] == role
    assert told["note"] == access.band(role)
    assert told["illustrative"] is True


def test_a_committee_sees_small_numbers_masked(reader):
    shown, masked = (
        reader.get(f"observations?{WHICH}", role).json()["observations"]
        for role in ("officer", "committee")
    )
    hidden = [at for at, row in enumerate(masked) if row["state"] == "c"]
    assert hidden
    assert all(masked[at]["value"] is masked[at]["numerator"] is None for at in hidden)
    assert any(shown[at]["value"] is not None for at in hidden)


@pytest.mark.parametrize("role", tokens.ROLES)
def test_every_format_holds_the_same(reader, role):
    path = f"observations?{WHICH}&since=2025-01"
    rows = reader.get(path, role).json()["observations"]
    files = {form: reader.get(f"{path}&format={form}", role) for form in ("csv", "parquet")}
    assert plain(read(files["parquet"], "parquet").to_dicts()) == rows
    table = read(files["csv"], "csv")
    assert table["value"].cast(pl.Float64).to_list() == [row["value"] for row in rows]
    assert table["state"].to_list() == [row["state"] for row in rows]
    assert set(table["illustrative"]) == {"true"}
    for form, answered in files.items():
        assert answered.headers["kpi-illustrative"] == "true"
        assert answered.headers["kpi-note"] == access.band(role)
        assert answered.headers["content-disposition"].endswith(f'observations.{form}"')


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("text/csv", "csv"),
        ("application/vnd.apache.parquet", "parquet"),
        ("application/x-parquet, text/csv;q=0.2", "parquet"),
        ("text/html, */*;q=0.8", "json"),
        ("application/json;q=0, */*", "csv"),
        ("text/*", "csv"),
        ("*/*", "json"),
        ("", "json"),
    ],
)
def test_the_accept_header_chooses(reader, accept, form):
    answered = reader.get("kpis", Accept=accept)
    assert answered.headers["content-type"].startswith(PLACES[form])
    assert reader.get("kpis?format=json", Accept=accept).json()["kpis"]


@pytest.mark.parametrize("accept", ["image/png", "application/json;q=0", "text/csv;q=x"])
def test_a_kind_that_is_not_made(reader, accept):
    assert "text/csv" in refused(reader.get("kpis", Accept=accept), 406)


def test_as_it_was_published(reader):
    day = date(2024, 6, 30)
    told = reader.get(f"observations?{WHICH}&as_at={day}").json()
    moment = board.moment(str(day))
    before = board.observations(reader.store, KPIS, ORGS, moment, role="officer")
    assert [row["value"] for row in told["observations"]] == before["value"].to_list()
    now = board.observations(reader.store, KPIS, ORGS, role="officer")
    assert set(before["period"]) < set(now["period"])
    assert datetime.fromisoformat(told["as_at"].removesuffix("Z")) == moment


def test_the_whole_council_and_every_measure_without_filters(reader):
    rows = reader.get("observations?since=2025-01").json()["observations"]
    assert {row["org_id"] for row in rows} == {reader.store.catalogue.council.org_id}
    assert len({row["kpi_id"] for row in rows}) > 50
    assert reader.get("observations?since=2025-03&until=2025-01").json()["observations"] == []


def test_measures_and_what_they_are_compared_with(reader, book):
    kpis = reader.get("kpis").json()["kpis"]
    assert [row["kpi_id"] for row in kpis] == list(book.kpis)
    assert [row["definition"] for row in kpis] == [one.definition for one in book.kpis.values()]
    found = reader.get("benchmarks?kpi=cp_open").json()["benchmarks"]
    expected = board.comparators(reader.store, [book.kpis["cp_open"]])
    assert [row["value"] for row in found] == expected["value"].to_list()
    assert all(row["source"] for row in found)
    early = reader.get("benchmarks?kpi=cp_open&as_at=2020-06-30").json()["benchmarks"]
    assert 0 < len(early) < len(found)
    assert max(row["year"] for row in early) <= 2019


def test_what_a_reader_has_already_is_not_sent_again(reader):
    path = f"observations?{WHICH}"
    first = reader.get(path)
    etag = first.headers["etag"]
    assert first.headers["cache-control"] == "private, max-age=0, must-revalidate"
    assert first.headers["vary"] == "Authorization, Accept"
    for held in (etag, etag.removeprefix("W/"), f'"other", {etag}', "*"):
        again = reader.get(path, **{"If-None-Match": held})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == etag
    others = [reader.get(path, "director"), reader.get(f"{path}&format=csv"), reader.get("kpis")]
    assert etag not in {one.headers["etag"] for one in others}
    assert reader.get(path, "committee", **{"If-None-Match": etag}).status_code == 200


def test_a_change_of_figures_is_a_new_answer(reader):
    etag = reader.get("kpis").headers["etag"]
    audit.record(reader.store, None, "token refused", "interface", "no change of a figure")
    assert reader.get("kpis").headers["etag"] == etag
    reader.store.transact(lambda work: work.audit(stores.now(), "test", "publish", "load", ""))
    assert reader.get("kpis", **{"If-None-Match": etag}).status_code == 200


def test_basic_with_the_token_as_password(reader):
    def basic(pair: str) -> str:
        return "Basic " + b64encode(pair.encode()).decode()

    secret = reader.tokens["committee"]
    path = "observations?kpi=cp_open&since=2025-03"
    told = reader.ask("GET", path, Authorization=basic(f"anybody:{secret}")).json()
    assert told["role"] == "committee"
    refused(reader.ask("GET", path, Authorization=basic(f"{secret}:")), 401)


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "Bearer kpi_guess",
        "Basic",
        "Basic !",
        "Basic gICA",
        "Digest x",
        "kpi_x",
    ],
)
def test_without_a_good_token_nothing(reader, header):
    before = audit.read(reader.store).height
    answered = reader.ask("GET", "kpis", Authorization=header)
    assert "Ask whoever runs the dashboard" in refused(answered, 401)
    challenges = answered.headers.get_list("www-authenticate")
    assert [one.split()[0] for one in challenges] == ["Bearer", "Basic"]
    act = audit.read(reader.store).row(0, named=True)
    assert audit.read(reader.store).height == before + 1
    assert (act["action"], act["who"]) == ("token refused", audit.UNKNOWN)
    assert "guess" not in str(act)


def test_a_token_is_never_taken_from_the_address(reader):
    before = audit.read(reader.store).height
    secret = reader.tokens["officer"]
    for name in ("token", "access_token", "authorization"):
        refused(reader.ask("GET", f"kpis?{name}={secret}"), 401)
        assert secret not in refused(reader.get(f"kpis?{name}={secret}"), 422)
    # A request without a token is told what to offer, and only the day's first use was recorded.
    assert audit.read(reader.store).height == before + 1


def test_a_revoked_token_ends_at_once(reader):
    number, secret = tokens.issue(reader.store, "Excel", "officer", "test")
    header = {"Authorization": f"Bearer {secret}"}
    assert reader.ask("GET", "kpis", **header).status_code == 200
    tokens.revoke(reader.store, number, "test")
    refused(reader.ask("GET", "kpis", **header), 401)
    act = audit.read(reader.store).row(0, named=True)
    assert (act["who"], act["detail"]) == (f"token {number} (Excel)", "a revoked token")
    assert secret not in str(audit.read(reader.store).rows())


@pytest.mark.parametrize("role", ["admin", "public", "nobody", ""])
def test_a_role_that_no_token_has(reader, role):
    number, secret = tokens.issue(reader.store, "Excel", "officer", "test")
    with reader.store._engine.cursor(reader.store._place) as cursor:
        cursor.execute("update token set role = ? where token_id = ?", [role, number]).fetchall()
    refused(reader.ask("GET", "kpis", Authorization=f"Bearer {secret}"), 403)


def test_a_flood_of_refusals_does_not_bury_the_log(reader):
    before = audit.read(reader.store).height
    refusals = entrance.Refusals()
    for _ in range(3 * entrance.MOST):
        refusals.record(reader.store, "", "an unknown token")
    acts = audit.read(reader.store)
    assert acts.height == before + entrance.MOST + 1
    assert "the rest are not recorded" in acts["detail"][0]


ATTACKS = [
    "' or '1'='1", "cp_open'; drop table token; --", "$as_at", "../../etc/passwd", "<script>1</script>",
    "%00", "\x00", "{{7*7}}", "=cmd|' /C calc'!A0", "2025-01-01T00:00", "\uff12\uff10\uff12\uff15-01", "2025-01\n",
    "9" * 5000, "NaN;", "-1", "", " ", "\r\nSet-Cookie: a=b", "[null]", "\U0001f642", "\ud7ff",
]  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS, ids=range(len(ATTACKS)))
@pytest.mark.parametrize("name", contract.TAKES["observations"])
def test_nothing_gets_in_by_a_parameter(reader, name, attack):
    query = httpx.QueryParams({name: attack})
    said = refused(reader.get(f"observations?{query}"), 422)
    assert name in said
    assert len(said) < 300
    unknown = httpx.QueryParams({attack + "x": "1"})
    refused(reader.get(f"kpis?{unknown}"), 422)
    assert reader.store.table("token").height


@pytest.mark.parametrize(
    ("path", "status", "word"),
    [
        ("observations?as_at=2025-02-30", 422, "calendar"),
        ("observations?since=2025-13", 422, "2025-03"),
        ("observations?since=2025-01&since=2025-02", 422, "once"),
        ("observations?" + "&".join(["org=CIN1"] * 51), 422, "at most 50"),
        ("kpis?" + "&".join(["kpi=cp_open"] * 500), 422, "at most"),
        ("observations?org=NOWHERE", 404, "CPC1"),
        ("observations?kpi=cp_opened", 422, "/api/v1/kpis"),
        ("kpis?since=2025-01", 422, "kpi, format"),
        ("observations/", 404, "openapi.json"),
        ("orgs", 404, "openapi.json"),
    ],
)
def test_a_refusal_says_how_to_mend_it(reader, path, status, word):
    assert word in refused(reader.get(path), status)


def test_many_at_once_wait_for_each_other_and_not_for_pages(reader, monkeypatch):
    running, most = 0, 0
    plain_kpis = api.fields.kpis

    def slow(*asked):
        nonlocal running, most
        running += 1
        most = max(most, running)
        time.sleep(0.05)
        running -= 1
        return plain_kpis(*asked)

    monkeypatch.setattr(api.fields, "kpis", slow)
    header = {"Authorization": f"Bearer {reader.tokens['officer']}"}

    async def together() -> list[httpx.Response]:
        transport = httpx.ASGITransport(reader.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://kpi") as client:
            wanted = (client.get("/api/v1/kpis", headers=header) for _ in range(20))
            return await asyncio.gather(*wanted)

    assert {answered.status_code for answered in apart.run(together())} == {200}
    assert 1 < most <= api.AT_ONCE


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_there_is_nothing_to_write(reader, method):
    answered = reader.ask(method, "kpis", Authorization=f"Bearer {reader.tokens['officer']}")
    assert "read-only" in refused(answered, 405)
    assert "GET" in answered.headers["allow"]


def test_text_that_a_spreadsheet_would_run_is_made_harmless():
    rows = pl.DataFrame({"text": ["=1+1", "@x", "+a", "-a", "-5", "plain", None], "n": [-1.5] * 7})
    told = answer.frame("rows", rows, {}, "csv", '"x"').body
    table = pl.read_csv(bytes(told), infer_schema=False)
    assert table["text"].to_list() == ["'=1+1", "'@x", "'+a", "'-a", "-5", "plain", None]
    assert set(table["n"]) == {"-1.5"}


def test_without_a_store_it_says_so(reader, monkeypatch):
    def gone() -> Store:
        raise StoreUnavailable("/folder/kpi.duckdb is in use")

    monkeypatch.setattr(reader, "opened", gone)
    answered = reader.get("kpis")
    assert "folder" not in refused(answered, 503)
    assert answered.headers["retry-after"] == "60"


def test_a_fault_of_ours_is_told_without_what_it_was_about(reader, monkeypatch):
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a figure")

    monkeypatch.setattr(api.fields, "kpis", broken)
    assert "figure" not in refused(reader.get("kpis"), 500)


def test_the_document_needs_no_token_and_names_every_measure(reader, book):
    answered = reader.ask("GET", "openapi.json")
    told = answered.json()
    assert told["openapi"].startswith("3.1")
    assert told["components"]["parameters"]["kpi"]["schema"]["items"]["enum"] == list(book.kpis)
    assert set(told["paths"]) == {*(f"/{name}" for name in contract.TAKES), "/openapi.json"}
    held = {"If-None-Match": answered.headers["etag"]}
    assert reader.ask("GET", "openapi.json", **held).status_code == 304
