"""The real catalogue and real stores, for every test."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import hypothesis
import pytest
from lake.postgres import Postgres, missing, running
from places import IN_LAKES, Files, Lakes, Places

from kpi import catalogue, settings
from kpi.catalogue import Catalogue
from kpi.store import Store

#: A busy machine is slow, which is no fault of what is tested.
hypothesis.settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("any machine")


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
def in_files(shared: Path, book: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Files:
    return Files(tmp_path_factory.mktemp("files"), shared, book)


@pytest.fixture(scope="session")
def sample_copy(in_files: Files) -> Path:
    """A copy of the sample store in a file, for all tests of this worker that do not change it."""
    return Path(in_files.sample())


@pytest.fixture(scope="session")
def places(
    book: Catalogue,
    in_files: Files,
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Places:
    """Files, or lakes with ``make test-lake``."""
    if IN_LAKES:
        folder = tmp_path_factory.mktemp("stores")
        return Lakes(request.getfixturevalue("postgres"), folder, book)
    return in_files


@pytest.fixture
def store(book: Catalogue, request: pytest.FixtureRequest) -> Iterator[Store]:
    """An empty store."""
    address = request.getfixturevalue("places").empty() if IN_LAKES else ":memory:"
    opened = Store(address, book)
    yield opened
    opened.close()


@pytest.fixture
def full_disk() -> Callable[[int], AbstractContextManager[None]]:
    """While it is entered no file may grow past so many bytes, as on a disk that is full."""
    resource = pytest.importorskip("resource", reason="only POSIX limits files")
    _, most = before = resource.getrlimit(resource.RLIMIT_FSIZE)

    @contextmanager
    def entered(size: int) -> Iterator[None]:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, most))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    return entered
