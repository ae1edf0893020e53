"""What is asked of the server, counted for Prometheus and logged a line each, naming nobody."""

import time

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kpi.web import journal

REGISTRY = CollectorRegistry()
REQUESTS = Counter(
    "kpi_requests", "Requests answered", ["kind", "method", "status"], registry=REGISTRY
)
SECONDS = Histogram(
    "kpi_request_seconds", "Seconds until an answer was complete", ["kind"], registry=REGISTRY
)
SESSIONS = Gauge("kpi_sessions", "Browser sessions that are open", registry=REGISTRY)
ERRORS = Counter("kpi_page_errors", "Pages that stopped on an error", ["error"], registry=REGISTRY)
#: Kinds of address by how they start; whatever else is asked may hold anything and is not logged.
KINDS = {
    "/api/": "interface",
    "/media/": "download",
    "/_stcore/upload_file": "upload",
    "/_stcore/": "session",
    "/static/": "file",
    "/healthz": "health",
    "/readyz": "health",
    "/metrics": "health",
    "/auth/": "sign-in",
    "/oauth2callback": "sign-in",
}
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})


class Traffic:
    """ASGI middleware that counts every request and every open session."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            with SESSIONS.track_inprogress():
                await self.app(scope, receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        status = 500

        async def send_and_see(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        start = time.perf_counter()
        try:
            await self.app(scope, receive, send_and_see)
        finally:
            _record(scope, status, time.perf_counter() - start)


def _record(scope: Scope, status: int, seconds: float) -> None:
    name = kind(scope["path"])
    method = scope["method"] if scope["method"] in METHODS else "other"
    REQUESTS.labels(name, method, status).inc()
    SECONDS.labels(name).observe(seconds)
    if name not in ("file", "health"):
        journal.log("request", kind=name, method=method, status=status, ms=round(1000 * seconds))


def kind(path: str) -> str:
    """What a path asks for: a word of ``KINDS``, or ``page``."""
    return next((name for start, name in KINDS.items() if path.startswith(start)), "page")


def page_stopped(error: Exception) -> None:
    """A page raised: its kind and place are logged; its words may hold figures and are not."""
    ERRORS.labels(type(error).__name__).inc()
    journal.log("page_stopped", error=type(error).__name__, at=_place(error))


def _place(error: BaseException) -> str:
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    return "" if at is None else f"{at.tb_frame.f_globals.get('__name__', '')}:{at.tb_lineno}"
