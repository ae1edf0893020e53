"""The interface of a running server, asked at random by what its OpenAPI document allows and not.

Schemathesis makes the requests: every parameter right and wrong, alone and together, with other
methods, without a token. It fails on a server error, an answer that the document does not
describe, a wrong request that is accepted and a right one that is refused.
"""

import re
import subprocess
import sys

import pytest
from browser.serving import server

from kpi import tokens
from kpi.store import Store

SECONDS = 40  # for what is made at random; the fixed cases before take as long as they take
SEEN = re.compile(r"(\d+) generated")


@pytest.mark.parametrize("role", ["officer"])
def test_no_server_error_and_no_breach_of_the_contract(places, book, tmp_path, role):
    address = places.sample()
    opened = Store(address, book)
    _, secret = tokens.issue(opened, "Fuzz", role, "test")
    opened.close()
    with server(address, tmp_path) as (url, _):
        done = subprocess.run(
            [
                sys.executable, "-m", "schemathesis.cli", "run", f"{url}/api/v1/openapi.json",
                "-H", f"Authorization: Bearer {secret}",
                # The same requests every time, whatever the seed of a run would be.
                "--generation-deterministic", "-n", "12", f"--max-time={SECONDS}", "--no-color",
            ],
            cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", timeout=200,
        )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    asked = SEEN.search(done.stdout)
    assert asked, done.stdout
    assert int(asked[1]) > 200
    assert "Tested: 3" in done.stdout
