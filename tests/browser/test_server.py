"""What the server answers beside the pages: headers, health, metrics and its log."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser.serving import serving

pytestmark = pytest.mark.browser
ADDRESSES = ["/", "/measure", "/static/none.js", "/_stcore/health", "/healthz", "/media/none.csv"]


@pytest.fixture
def no_store(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A server whose store is no store, and the folder of its log."""
    store = tmp_path / "kpi.duckdb"
    store.write_bytes(b"no store")
    with serving(store) as answer:
        yield answer, tmp_path


def ask(address: str, **headers: str) -> tuple[int, dict[str, str], str]:
    request = urllib.request.Request(address, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, dict(answer.headers), answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, dict(error.headers), error.read().decode()


@pytest.mark.parametrize("path", ADDRESSES)
def test_every_answer_says_what_a_browser_may_do(address, path):
    _, headers, _ = ask(address + path)
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    [scripts] = [rule for rule in policy.split("; ") if rule.startswith("script-src")]
    assert "unsafe" not in scripts
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert "strict-transport-security" not in headers


def test_transport_security_is_asked_for_where_there_is_any(address):
    _, headers, _ = ask(f"{address}/", **{"X-Forwarded-Proto": "https"})
    assert headers["strict-transport-security"].startswith("max-age=31536000")


def test_no_script_runs_that_the_policy_does_not_name(visit, refused, address):
    """That no page of ours breaks the policy is watched by every test that opens one."""
    page = visit(f"{address}/caseloads")
    added = (
        "() => { const it = document.createElement('script'); it.textContent = 'strange = 1';"
        " document.body.append(it); return typeof strange }"
    )
    assert page.evaluate(added) == "undefined"
    assert len(refused) == 1
    refused.clear()


def test_alive_and_ready(address):
    assert ask(f"{address}/healthz")[0] == 200
    status, _, body = ask(f"{address}/readyz")
    assert status == 200
    assert json.loads(body)["ready"] is True


def test_alive_but_not_ready_without_naming_folders(no_store):
    address, folder = no_store
    assert ask(f"{address}/healthz")[0] == 200
    status, _, body = ask(f"{address}/readyz")
    assert status == 503
    assert json.loads(body) == {"ready": False, "why": "The store cannot be read."}
    assert str(folder) not in body
    assert "kpi_store_up 0.0" in ask(f"{address}/metrics")[2]


def test_metrics_are_for_this_computer_alone(address):
    ask(f"{address}/measure?kpi=cp_open")
    status, headers, body = ask(f"{address}/metrics")
    assert status == 200
    assert "text/plain" in headers["content-type"]
    assert 'kpi_requests_total{kind="page",method="GET",status="200"}' in body
    assert "kpi_store_up 1.0" in body
    assert "cp_open" not in body
    assert ask(f"{address}/metrics", **{"X-Forwarded-For": "203.0.113.9"})[0] in (403, 404)


def test_the_log_holds_no_address_that_was_typed(tmp_path, sample_copy):
    store = tmp_path / "kpi.duckdb"
    store.write_bytes(sample_copy.read_bytes())
    with serving(store) as address:
        ask(f"{address}/measure?kpi=typed-by-somebody")
        ask(f"{address}/typed-as-path")
        said = next(tmp_path.glob("*.log")).read_text("utf-8")
    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    assert {"request"} == {line["event"] for line in lines}
    assert {line["kind"] for line in lines} >= {"page"}
    assert "typed" not in said
