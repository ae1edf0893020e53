"""The real catalogue and real stores, for every test."""

from collections.abc import Iterator

import pytest

from kpi import catalogue, settings
from kpi.catalogue import Catalogue
from kpi.store import Store


@pytest.fixture(scope="session")
def book() -> Catalogue:
    return catalogue.read(settings.read().reference)


@pytest.fixture
def store(book: Catalogue) -> Iterator[Store]:
    opened = Store(":memory:", book)
    yield opened
    opened.close()
