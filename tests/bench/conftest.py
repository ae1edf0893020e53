"""A browser as the tests of the browser have it, and a server over the sample store."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from bench import servers
from browser.conftest import browser, playwright

__all__ = ["browser", "playwright"]


@pytest.fixture(scope="module")
def dashboard(places, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server of this module's own, over a copy of the sample store."""
    with servers.dashboard(Path(places.sample())) as (address, _):
        yield address
