"""The real catalogue and real stores, for every test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from lake.postgres import Postgres, missing, running
from places import IN_LAKES, Files, Lakes, Places, built

from kpi import catalogue, settings
from kpi.catalogue import Catalogue
from kpi.store import Store


@pytest.fixture(scope="session")
def book() -> Catalogue:
    return catalogue.read(settings.read().reference)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL of the tests' own. Only ``make test-lake`` has it, and fails without it."""
    if not IN_LAKES:
        pytest.skip(missing() or "make test-lake runs the tests of lakes")
    if without := missing():
        pytest.fail(without)
    with running() as server:
        yield server


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder of this run, which its workers share."""
    own = tmp_path_factory.getbasetemp()
    return own if worker_id == "master" else own.parent


@pytest.fixture(scope="session")
def sample_copy(shared: Path, book: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sample store, of this worker's own."""
    return shutil.copyfile(built(shared, book), tmp_path_factory.mktemp("sample") / "kpi.duckdb")


@pytest.fixture(scope="session")
def places(
    book: Catalogue,
    shared: Path,
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Places:
    """Files, or lakes with ``make test-lake``."""
    folder = tmp_path_factory.mktemp("stores")
    if IN_LAKES:
        return Lakes(request.getfixturevalue("postgres"), folder, book)
    return Files(folder, shared, book)


@pytest.fixture
def store(book: Catalogue, request: pytest.FixtureRequest) -> Iterator[Store]:
    """An empty store."""
    address = request.getfixturevalue("places").empty() if IN_LAKES else ":memory:"
    opened = Store(address, book)
    yield opened
    opened.close()
