"""Headers that tell a browser what these pages may do: as little as they need.

The policy allows no script but the server's own files, two that are named by their digest
(Streamlit's first line and ours), and those that running script makes (blobs: so Streamlit starts
a component). Styles may stand in the page, because Streamlit writes them there.
"""

import base64
import hashlib
import re
from collections.abc import MutableMapping
from functools import cache
from importlib.resources import files
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kpi import theme

INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
YEAR = 365 * 24 * 3600
#: Every answer carries these.
ALWAYS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
#: Streamlit's script sends this cookie's value back, which is how a request proves to be its own.
READ_BY_SCRIPT = "_streamlit_xsrf"
#: What holds figures is not kept by any browser or proxy on the way.
UNKEPT = ("/media/", "/api/", "/_stcore/")


class Headers:
    """ASGI middleware that adds the headers to every answer over HTTP."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add(scope, message)
            await send(message)

        await self.app(scope, receive, send_with_headers)


def _add(scope: Scope, message: MutableMapping[str, Any]) -> None:
    headers = MutableHeaders(raw=message.setdefault("headers", []))
    for name, value in ALWAYS.items():
        headers[name] = value
    headers["content-security-policy"] = policy()
    _close_cookies(headers, _encrypted(scope))
    if scope["path"].startswith(UNKEPT):
        headers.setdefault("cache-control", "no-store")
    if _encrypted(scope):
        headers["strict-transport-security"] = f"max-age={YEAR}; includeSubDomains"


def _close_cookies(headers: MutableHeaders, is_encrypted: bool) -> None:
    """No cookie is sent for other sites, over plain text, or read by a script that need not."""
    cookies = headers.getlist("set-cookie")
    if not cookies:
        return
    del headers["set-cookie"]
    for cookie in cookies:
        headers.append("set-cookie", _closed(cookie, is_encrypted))


def _closed(cookie: str, is_encrypted: bool) -> str:
    name = cookie.partition("=")[0]
    has = {part.strip().partition("=")[0].lower() for part in cookie.split(";")[1:]}
    wanted = {
        "samesite": "SameSite=Lax",
        "httponly": "" if name == READ_BY_SCRIPT else "HttpOnly",
        "secure": "Secure" if is_encrypted else "",
    }
    lacking = [text for word, text in wanted.items() if text and word not in has]
    return "; ".join([cookie, *lacking])


def _encrypted(scope: Scope) -> bool:
    """Whether the reader came over TLS, here or at a proxy before us."""
    said = dict(scope["headers"]).get(b"x-forwarded-proto", b"")
    return scope.get("scheme") == "https" or said.split(b",")[0].strip() == b"https"


@cache
def policy() -> str:
    """The content security policy (W3C Content Security Policy Level 3)."""
    page = files("streamlit").joinpath("static/index.html").read_text(encoding="utf-8")
    named = " ".join(_digest(text) for text in (*INLINE.findall(page), theme.script()))
    rules = {
        "default-src": "'none'",
        "script-src": f"'self' blob: {named}",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": "'self'",
        "worker-src": "'self' blob:",
        "manifest-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def _digest(text: str) -> str:
    made = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(made).decode()}'"
