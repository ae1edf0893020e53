"""One ledger for all the tests; it becomes the document when all of them were tried."""

from collections.abc import Iterator

import pytest
from torture.ledger import IS_ALL, Ledger


@pytest.fixture(scope="session")
def whole_ledger(request: pytest.FixtureRequest) -> Iterator[Ledger]:
    kept = Ledger()
    yield kept
    if IS_ALL and not request.session.testsfailed and len(kept.lines) > 8:
        kept.write()


@pytest.fixture
def ledger(whole_ledger: Ledger) -> Ledger:
    whole_ledger.start()
    return whole_ledger
