"""What a real server refuses: programs without a browser, uploads that are not its own, cookies."""

import os
import subprocess
import sys
import urllib.error
import urllib.request
from email.message import Message

import pytest
from browser.serving import free_port, server
from browser.signing import nobody_signs_in
from cases import ROOT

from kpi.web.headers import _closed

pytestmark = pytest.mark.browser
OFF = "The dashboard was not started. Streamlit's agent API is on"


@pytest.fixture
def behind_a_proxy(places, tmp_path):
    """A server with sign-in, which answers what a proxy hands on."""
    with server(places.sample(), tmp_path, **nobody_signs_in(tmp_path)) as (answer, _):
        yield answer


def asked(address: str, method: str = "GET", **headers: str) -> tuple[int, Message, str]:
    body = b"{}" if method != "GET" else None
    request = urllib.request.Request(address, body, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read().decode()


def test_no_program_is_served_without_a_browser(address):
    for path in ("interact", "mcp"):
        status, _, said = asked(f"{address}/_stcore/agent/{path}", "POST")
        assert status >= 400, said
        assert "does not serve the agent API" in said
    assert "herefordshire" not in asked(f"{address}/_stcore/agent/openapi.json")[2].lower()


def test_the_server_does_not_start_with_the_agent_api(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "streamlit", "run", "dashboard.py", f"--server.port={free_port()}"],
        cwd=ROOT,
        env=os.environ
        | {
            "STREAMLIT_SERVER_ENABLE_AGENT_API": "true",
            "KPI_STORE": str(tmp_path / "kpi.duckdb"),
        },
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode != 0
    assert OFF in done.stdout + done.stderr


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_an_upload_from_elsewhere_is_refused(address, method):
    status, _, said = asked(f"{address}/_stcore/upload_file/session/file", method)
    assert status == 403
    assert "XSRF" in said


def cookies(address: str, **headers: str) -> list[str]:
    said = [asked(f"{address}{path}", **headers)[1] for path in ("/", "/_stcore/health")]
    return [cookie for one in said for cookie in one.get_all("set-cookie") or []]


def test_cookies_stay_with_this_site(address):
    plain = cookies(address)
    assert plain
    assert all("samesite=" in cookie.lower() for cookie in plain)
    assert not any("secure" in cookie.lower() for cookie in plain)


def test_cookies_need_tls_where_there_is_any(behind_a_proxy):
    encrypted = cookies(behind_a_proxy, **{"X-Forwarded-Proto": "https"})
    assert encrypted
    assert all("; secure" in cookie.lower() for cookie in encrypted)


@pytest.mark.parametrize(
    ("cookie", "is_encrypted", "closed"),
    [
        ("a=1; Path=/", True, "a=1; Path=/; SameSite=Lax; HttpOnly; Secure"),
        ("a=1; httponly; samesite=strict", False, "a=1; httponly; samesite=strict"),
        ("_streamlit_xsrf=1; SameSite=Lax", True, "_streamlit_xsrf=1; SameSite=Lax; Secure"),
    ],
)
def test_a_cookie_gets_what_it_lacks(cookie, is_encrypted, closed):
    assert _closed(cookie, is_encrypted) == closed


@pytest.mark.parametrize(
    "path",
    [
        "/static/../../dashboard.py",
        "/static/..%2f..%2f..%2fdashboard.py",
        "/media/..%2f..%2fdashboard.py",
        "/app/static/..%2fdashboard.py",
        "/%2e%2e/%2e%2e/etc/passwd",
    ],
)
def test_no_path_leads_out_of_what_is_served(address, path):
    said = asked(f"{address}{path}")[2]
    assert "sign_in" not in said
    assert "root:" not in said
