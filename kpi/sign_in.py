"""Sign-in with OpenID Connect: its settings, and who may be served where there is none."""

import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from http.client import HTTPException
from ipaddress import ip_address
from typing import Any
from urllib.request import urlopen

#: What has to be set, and what each is.
NEEDED = {
    "KPI_SIGN_IN_URL": "the provider's address that ends in /.well-known/openid-configuration",
    "KPI_SIGN_IN_CLIENT": "the client id that the provider gave the dashboard",
    "KPI_SIGN_IN_SECRET": "the client's secret",
    "KPI_SIGN_IN_COOKIE": "32 or more random characters with which sessions are signed",
    "KPI_ADDRESS": "the address at which people reach the dashboard, as https://kpi.council.example",
    "KPI_ROLES": "the file that says who has which role",
}
COOKIE_LENGTH = 32
PATIENCE = 5  # seconds that a provider may take to say that it is there
LONGEST = 1_000_000  # bytes of what it says that are read

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]


class SignInError(Exception):
    """Sign-in is half set, or the server would be open to others without it."""


def secrets(environment: Mapping[str, str]) -> dict[str, Any]:
    """What Streamlit's ``st.login`` needs, from the environment; empty when sign-in is not set.

    Raises SignInError when only some of the settings are there.
    """
    given = {name: environment.get(name, "").strip() for name in NEEDED}
    if not any(given[name] for name in NEEDED if name.startswith("KPI_SIGN_IN")):
        return {}
    lacking = [f"{name} ({what})" for name, what in NEEDED.items() if not given[name]]
    if lacking:
        raise SignInError(f"Sign-in is half set. Set also {'; '.join(lacking)}.")
    if len(given["KPI_SIGN_IN_COOKIE"]) < COOKIE_LENGTH:
        raise SignInError(
            f"KPI_SIGN_IN_COOKIE is too short: give {COOKIE_LENGTH} or more random characters."
        )
    return {
        "auth": {
            "redirect_uri": f"{given['KPI_ADDRESS'].rstrip('/')}/oauth2callback",
            "cookie_secret": given["KPI_SIGN_IN_COOKIE"],
            "client_id": given["KPI_SIGN_IN_CLIENT"],
            "client_secret": given["KPI_SIGN_IN_SECRET"],
            "server_metadata_url": given["KPI_SIGN_IN_URL"],
            "client_kwargs": {"prompt": environment.get("KPI_SIGN_IN_PROMPT", "select_account")},
        }
    }


def answers(environment: Mapping[str, str]) -> bool:
    """Whether the provider can be reached and says where to sign in."""
    try:
        with urlopen(environment["KPI_SIGN_IN_URL"], timeout=PATIENCE) as answer:
            return "authorization_endpoint" in json.loads(answer.read(LONGEST))
    except (OSError, ValueError, HTTPException):
        return False


def is_loopback(address: str | None) -> bool:
    """Whether an address can be reached from this computer only; none at all means from all."""
    host = (address or "").strip("[]").casefold()
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def refuse_wider(address: str | None, signs_in: bool) -> None:
    """Raise SignInError where everybody who reaches ``address`` would be let in as an officer."""
    if not signs_in and not is_loopback(address):
        raise SignInError(
            "Without sign-in the dashboard is for this computer only, but it was asked to listen "
            f"on {address or 'every address'}. Set {', '.join(NEEDED)}, or server.address to "
            "127.0.0.1."
        )


def refuse_agents(is_on: bool) -> None:
    """Raise SignInError where programs would be served pages past the sign-in and the log."""
    if is_on:
        raise SignInError(
            "Streamlit's agent API is on, which the dashboard does not offer. Take "
            "STREAMLIT_SERVER_ENABLE_AGENT_API out of the environment."
        )


def is_local(scope: Message) -> bool:
    """Whether a request comes from this computer, by its own name, and through no proxy."""
    headers = {name.lower(): value for name, value in scope.get("headers", [])}
    if any(name.startswith(b"x-forwarded") or name == b"forwarded" for name in headers):
        return False
    host = headers.get(b"host", b"").decode("latin-1")
    name = host.rpartition(":")[0] if not host.endswith("]") and ":" in host else host
    client = (scope.get("client") or ("",))[0]
    return is_loopback(name) and is_loopback(client)


class ThisComputerOnly:
    """Answers only requests from this computer to this computer, whatever the server listens on.

    Not those that a proxy hands on, nor those that a page elsewhere sends by another name of it.
    """

    SENTENCE = (
        b"Without sign-in this dashboard is for the computer that it runs on. Set up sign-in to "
        b"reach it from others."
    )

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or is_local(scope):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        else:
            kind = (b"content-type", b"text/plain; charset=utf-8")
            await send({"type": "http.response.start", "status": 403, "headers": [kind]})
            await send({"type": "http.response.body", "body": self.SENTENCE})
