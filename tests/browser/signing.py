"""Signing in at a real OpenID provider, and what is looked for on the page that answers."""

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from browser.serving import free_port
from playwright.sync_api import Page, expect

#: What only figures of the sample store say.
FIGURES = (".kpi-card", ".js-plotly-plot", "table", '[data-testid="stFileUploader"]')
PEOPLE = {
    "councillor@council.example": ["KPI.Committee"],
    "performance@council.example": ["KPI.Officers"],
    "keeper@council.example": ["KPI.Admins"],
    "passer-by@elsewhere.example": [],
}
CLAIMS: list[dict[str, object]] = [
    *({"sub": name, "email": name, "roles": roles} for name, roles in PEOPLE.items()),
    {"sub": "director", "email": "Director@council.example"},
    {"sub": "impostor", "email": "director@council.example", "email_verified": False},
]


@contextmanager
def providing(*options: str) -> Iterator[str]:
    """An OpenID provider in a process of its own: its warnings are not ours."""
    port = free_port()
    people = [part for one in CLAIMS for part in ("--user-claims", json.dumps(one))]
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "-p", str(port)]
    with subprocess.Popen(
        [*command, *options, *people], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        address = f"http://127.0.0.1:{port}"
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{address}/.well-known/openid-configuration").close()
                break
            except OSError:
                time.sleep(0.2)
        try:
            yield address
        finally:
            process.terminate()


def settings_of(provider: str, address: str, roles: Path) -> dict[str, str]:
    """What a server at ``address`` is set up with, so that people sign in at ``provider``."""
    return {
        "KPI_SIGN_IN_URL": f"{provider}/.well-known/openid-configuration",
        "KPI_SIGN_IN_CLIENT": "dashboard",
        "KPI_SIGN_IN_SECRET": "not a secret",
        "KPI_SIGN_IN_COOKIE": "thirty-two characters of nonsense",
        "KPI_ADDRESS": address,
        "KPI_ROLES": str(roles),
    }


def nobody_signs_in(folder: Path) -> dict[str, str]:
    """Settings of a server behind a proxy, whose provider is never asked: nobody has a role."""
    roles = folder / "roles.toml"
    roles.write_text("[people]\n", encoding="utf-8")
    return settings_of("http://127.0.0.1:9", "https://kpi.council.example", roles)


class Door:
    """Signs people in at a server: at first as they do it, later with the cookies that it gave."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._given: dict[str, list] = {}

    def sign_in(self, page: Page, name: str, to: str = "") -> Page:
        """Be ``name`` and nobody else, on the page whose address is ``to``."""
        page.context.clear_cookies()
        if name in self._given:
            page.context.add_cookies(self._given[name])
        else:
            self.at_the_provider(page, name)
            self._given[name] = page.context.cookies(self.address)
            if not to:
                return page
        page.goto(f"{self.address}/{to}")
        return page

    def at_the_provider(self, page: Page, name: str) -> None:
        page.goto(self.address)
        page.get_by_role("button", name="Sign in").click()
        page.locator(f'button[name="sub"][value="{name}"]').click()
        page.wait_for_url(f"{self.address}/**")


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words, timeout=45_000)


def shows_no_figure(page: Page) -> None:
    for what in FIGURES:
        assert page.locator(what).count() == 0, f"{page.url} shows {what}"
