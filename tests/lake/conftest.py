"""Stores of both kinds beside each other; the tests of this folder need lakes."""

import pytest
from lake.postgres import Postgres
from places import Lakes, Places


@pytest.fixture(scope="session", autouse=True)
def lakes(postgres: Postgres, places: Places) -> Lakes:
    """With ``make test-lake`` every place of a test is a lake; without it the test is skipped."""
    assert isinstance(places, Lakes)
    return places
