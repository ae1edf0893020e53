"""The read-only interface for Power BI, Excel and other programs, under ``/api/v1``.

It reads through ``board``, as the pages do, so that a figure and its masking are the same.
"""

from collections.abc import Awaitable, Callable
from functools import partial

from anyio import CapacityLimiter, to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from kpi import access, board, settings
from kpi import store as stores
from kpi.access import Role
from kpi.catalogue import CatalogueError
from kpi.sample import SampleError
from kpi.store import Store, StoreUnavailable
from kpi.web import answer, contract, entrance, fields, journal, traffic
from kpi.web.asked import Asked, whose
from kpi.web.asked import read as read_asked
from kpi.web.entrance import Refusals
from kpi.web.fields import Table
from kpi.web.problem import Problem, response

#: Requests that are worked on at the same time; a report that asks for more waits, no page does.
AT_ONCE = 4
Opened = Callable[[], Store]
#: What the store may be unable to do through no fault of the request.
UNAVAILABLE = (StoreUnavailable, CatalogueError, SampleError)


def routes(opened: Opened) -> list[Mount]:
    """The addresses; ``opened`` gives the store, as the pages get it."""
    refusals = Refusals()
    limiter = CapacityLimiter(AT_ONCE)
    within = [
        Route(f"/{name}", _in_turn(partial(_answer, opened, refusals, name), limiter))
        for name in contract.TAKES
    ]
    within.append(Route("/openapi.json", partial(_document, opened)))
    handlers = {Problem: _problem, HTTPException: _no_address, Exception: _fault}
    inner = Starlette(
        routes=within, exception_handlers=handlers | dict.fromkeys(UNAVAILABLE, _unavailable)
    )
    inner.router.redirect_slashes = False
    return [Mount(contract.ROOT, app=inner)]


def _in_turn(
    answers: Callable[[Request], Response], limiter: CapacityLimiter
) -> Callable[[Request], Awaitable[Response]]:
    """``answers`` in threads of the interface's own, so that pages keep theirs."""

    async def endpoint(request: Request) -> Response:
        return await to_thread.run_sync(answers, request, limiter=limiter)

    return endpoint


def _answer(opened: Opened, refusals: Refusals, name: str, request: Request) -> Response:
    """One of the three tables, or word that the reader's copy of it still holds."""
    whole = opened()
    store = whole.of(whose(request, whole.catalogue))
    role = entrance.role(store, request, refusals)
    asked = read_asked(request, store.catalogue, contract.takes(store.catalogue, name))
    _refuse_unknown(store, asked)
    version = store.data_version()
    etag = answer.tag(
        answer.edition(store.catalogue.folder),
        version,
        settings.read().small_number,
        store.catalogue.council.org_id,
        role,
        name,
        vars(asked),
        asked.as_at,
    )
    if answer.is_held(request, etag):
        return answer.unchanged(etag)
    table = _table(store, name, asked, role, version)
    return answer.frame(name, table.rows, table.facts, asked.format, etag)


def _table(store: Store, name: str, asked: Asked, role: Role, version: int) -> Table:
    if name == "kpis":
        return fields.kpis(store.catalogue, asked)
    if name == "benchmarks":
        return fields.benchmarks(store, asked)
    told = None if asked.as_at == stores.FOREVER else asked.as_at.isoformat() + "Z"
    facts = {
        "as_at": told,
        "role": role,
        "note": access.band(role),
        "illustrative": board.standing(store).is_illustrative,
        "data_version": version,
    }
    return fields.figures(store, asked, facts, role)


def _refuse_unknown(store: Store, asked: Asked) -> None:
    known = set(store.read("orgs")["org_id"]) if asked.orgs else set()
    for name in asked.orgs:
        if name not in known:
            raise Problem(
                404, f"There is no organisation {name}. Known: {', '.join(sorted(known))}."
            )


def _document(opened: Opened, request: Request) -> Response:
    known = opened().catalogue
    etag = answer.tag(answer.edition(known.folder))
    headers = {"etag": etag, "cache-control": "no-cache"}
    if answer.is_held(request, etag):
        return Response(status_code=304, headers=headers)
    return JSONResponse(contract.document(known), headers=headers)


def _problem(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return response(error)


def _no_address(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    sentences = {
        404: f"There is no such address. {contract.ROOT}/openapi.json names those there are.",
        405: "The interface is read-only. Ask with GET.",
    }
    said = sentences.get(error.status_code, error.detail)
    return response(Problem(error.status_code, said, error.headers))


def _unavailable(_request: Request, error: Exception) -> Response:
    """Why is for the log: it may name folders."""
    journal.log("not_ready", error=type(error).__name__, why=str(error))
    sentence = "The store cannot be read at the moment. Ask again in a minute."
    return response(Problem(503, sentence, {"retry-after": "60"}))


def _fault(_request: Request, error: Exception) -> Response:
    traffic.page_stopped(error)
    return response(
        Problem(500, "The dashboard made a mistake. Tell its keeper; the log says where.")
    )
