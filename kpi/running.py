"""The one store of a running server: opened once, shared by its pages and whatever else answers."""

import threading
from contextlib import suppress
from functools import cache

from kpi import backup, catalogue, masks, sample, settings
from kpi.settings import Settings
from kpi.store import Store, StoreUnavailable

_lock = threading.Lock()


def opened() -> tuple[Settings, Store]:
    """The settings and the open store; the first call builds the illustrative one if none is named.

    Raises CatalogueError, SampleError or StoreUnavailable, and tries again at the next call.
    """
    with _lock:
        return _open(settings.read())


def warm(store: Store) -> None:
    """Work out what masked readers see; a store that is away is for the pages to tell of."""
    with suppress(StoreUnavailable):
        masks.warm(store)


@cache
def _open(chosen: Settings) -> tuple[Settings, Store]:
    known = catalogue.read(chosen.reference)
    sample.ensure(chosen, known)
    store = Store(chosen.store, known)
    if chosen.backups:
        backup.keep_daily(store, chosen.backups)
    return chosen, store
