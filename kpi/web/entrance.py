"""Who reads through the interface: the token of a request, and its role."""

import base64
import binascii
import threading
import time
from collections import deque

from starlette.requests import Request

from kpi import audit, board, tokens
from kpi import store as stores
from kpi.access import Person, Role
from kpi.store import Store
from kpi.web.problem import Problem

NO_TOKEN = (
    "Give a token: 'Authorization: Bearer TOKEN', or Basic with any user name and the token as "
    "password. Whoever runs the dashboard makes one with 'python -m kpi token add'."
)
REFUSED = (
    "This token is not known here, or it was revoked. Ask whoever runs the dashboard for another."
)
MINUTE = 60.0
#: Refusals of a minute that are recorded one by one.
MOST = 30


class Refusals:
    """Records refusals in the audit log: each, until there are so many that they would bury it.

    Anybody who reaches the server can be refused as often as they like. Of a flood the log says
    that there was one; how many there were is counted with the requests (``kpi_requests_total``).
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._times: deque[float] = deque()

    def record(self, store: Store, who: str, why: str) -> None:
        """``who``: a token's number and name, never the token; blank when it is nobody's."""
        with self._lock:
            now = time.monotonic()
            while self._times and now - self._times[0] > MINUTE:
                self._times.popleft()
            if len(self._times) > MOST:
                return
            self._times.append(now)
            is_last = len(self._times) > MOST
        more = f"; more than {MOST} in a minute, the rest are not recorded" if is_last else ""
        person = Person(role="public", name=who) if who else None
        audit.record(store, person, "token refused", "interface", why + more)


def role(store: Store, request: Request, refusals: Refusals) -> Role:
    """The role of a request's token, asked anew each time, so that a revoked one ends at once.

    Raises Problem. A request without any token is no refusal: a program that offers Basic begins
    with one, to be told what to offer.
    """
    header = request.headers.get("authorization", "")
    if not header:
        raise Problem(401, NO_TOKEN)
    given = presented(header)
    token = tokens.find(store, given) if given else None
    if token is None or token.is_revoked:
        why = "a revoked token" if token else "an unknown token"
        refusals.record(store, token.holder if token else "", why)
        raise Problem(401, REFUSED)
    return _used(store, token, refusals)


def _used(store: Store, token: tokens.Token, refusals: Refusals) -> Role:
    role = token.role
    if role not in tokens.ROLES:
        refusals.record(store, token.holder, f"no token reads as {token.role}")
        raise Problem(403, "No token reads with this one's role. Ask for another.")
    tokens.use(store, token, board.local_day(stores.now()))
    return role


def presented(header: str) -> str:
    """The token in an Authorization header: that of Bearer, or the password of Basic; or blank."""
    scheme, _, rest = header.partition(" ")
    value = rest.strip()
    if scheme.casefold() == "bearer":
        return value
    if scheme.casefold() != "basic":
        return ""
    try:
        pair = base64.b64decode(value, validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return ""
    return pair.partition(":")[2]
