"""Stores of both kinds beside each other; the tests of this folder need lakes."""

from pathlib import Path

import pytest
from lake.postgres import Postgres
from places import Files, Lakes, Places

from kpi.catalogue import Catalogue


@pytest.fixture(scope="session", autouse=True)
def lakes(postgres: Postgres, places: Places) -> Lakes:
    """With ``make test-lake`` every place of a test is a lake; without it the test is skipped."""
    assert isinstance(places, Lakes)
    return places


@pytest.fixture(scope="session")
def files(shared: Path, tmp_path_factory: pytest.TempPathFactory, book: Catalogue) -> Files:
    return Files(tmp_path_factory.mktemp("files"), shared, book)
