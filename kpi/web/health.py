"""Whether the server is alive, whether it can serve, and its metrics."""

from collections.abc import Callable, Iterator

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from kpi import board, sign_in
from kpi.catalogue import CatalogueError
from kpi.sample import SampleError
from kpi.store import Store, StoreUnavailable
from kpi.web import journal, traffic

Opened = Callable[[], Store]
UNAVAILABLE = (StoreUnavailable, CatalogueError, SampleError)


def routes(opened: Opened) -> list[Route]:
    """The addresses; ``opened`` gives the store, as the pages get it."""
    traffic.REGISTRY.register(_StoreFacts(opened))
    return [
        Route("/healthz", lambda request: PlainTextResponse("alive\n")),
        Route("/readyz", lambda request: _ready(opened)),
        Route("/metrics", _metrics),
    ]


def _ready(opened: Opened) -> Response:
    """Ready when the store answers. Why it does not is for the log: it may name folders."""
    try:
        version = opened().data_version()
    except UNAVAILABLE as error:
        journal.log("not_ready", error=type(error).__name__, why=str(error))
        return JSONResponse({"ready": False, "why": "The store cannot be read."}, 503)
    return JSONResponse({"ready": True, "data_version": version})


def _metrics(request: Request) -> Response:
    """For a collector on this computer; to anybody who comes through a proxy it does not exist."""
    if not sign_in.is_local(request.scope):
        return PlainTextResponse("Not Found", 404)
    return Response(generate_latest(traffic.REGISTRY), media_type=CONTENT_TYPE_LATEST)


class _StoreFacts(Collector):
    """The store's own numbers, read when they are asked for."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Nothing before it is asked: registering must not open the store."""
        return iter(())

    def collect(self) -> Iterator[GaugeMetricFamily]:
        try:
            store = self._opened()
            version, loads = store.data_version(), board.standing(store).loads
        except UNAVAILABLE:
            yield GaugeMetricFamily("kpi_store_up", "Whether the store can be read", value=0)
            return
        yield GaugeMetricFamily("kpi_store_up", "Whether the store can be read", value=1)
        yield GaugeMetricFamily("kpi_store_version", "Number of the newest act", value=version)
        yield GaugeMetricFamily("kpi_store_loads", "Loads that speak for a month", value=loads)
