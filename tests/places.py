"""Where the tests keep their stores: in files, or in lakes when KPI_TEST_LAKE is set.

``make test-lake`` sets it, so that the same tests hold for both.
"""

import os
import shutil
import time
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import pytest
from lake.postgres import Postgres

from kpi import sample, settings
from kpi.catalogue import Catalogue
from kpi.store import Store

IN_LAKES = bool(os.environ.get("KPI_TEST_LAKE"))
PATIENCE = 120  # seconds for what another worker builds
of_a_file = pytest.mark.skipif(IN_LAKES, reason="only a file can be so")


def built(folder: Path, book: Catalogue) -> Path:
    """The sample store, to be copied. The first worker that asks builds it, the others wait."""
    whole = folder / "sample.duckdb"
    try:
        (folder / "sample.begun").touch(exist_ok=False)
    except FileExistsError:
        end = time.monotonic() + PATIENCE
        while not whole.exists():
            assert time.monotonic() < end, "another worker has not built the sample store"
            time.sleep(0.1)
        return whole
    unfinished = folder / "unfinished.duckdb"
    sample.build(unfinished, settings.read(), book)
    return unfinished.rename(whole)


class Places(Protocol):
    """Gives addresses of stores, each a test's own."""

    def empty(self) -> str:
        """The address of a store that is not there yet, or holds nothing."""
        ...

    def sample(self) -> str:
        """The address of a copy of the sample store."""
        ...


class Files:
    """Stores that are one file each."""

    def __init__(self, folder: Path, shared: Path, book: Catalogue) -> None:
        self.folder, self.shared, self.book = folder, shared, book

    def empty(self) -> str:
        return str(self.folder / uuid.uuid4().hex / "kpi.duckdb")

    def sample(self) -> str:
        address = self.empty()
        Path(address).parent.mkdir()
        shutil.copyfile(built(self.shared, self.book), address)
        return address


class Lakes:
    """Lakes that are a database each; copies of a database share its Parquet files."""

    def __init__(self, postgres: Postgres, folder: Path, book: Catalogue) -> None:
        self.postgres, self.folder, self.book = postgres, folder, book
        os.environ["KPI_DATA_PATH"] = str(folder)
        self._prepare("prepared").close()
        self._sample = ""

    def empty(self) -> str:
        return self._copy("prepared")

    def sample(self) -> str:
        if not self._sample:
            with_months = self._prepare("sample")
            sample.fill(with_months, replace(settings.read(), builds_sample=False))
            with_months.close()
            self._sample = "sample"
        return self._copy(self._sample)

    def new(self) -> str:
        """The address of a database that is no lake yet."""
        name = f"lake_{uuid.uuid4().hex}"
        self.postgres.create(name)
        return self.postgres.address(name)

    def _prepare(self, name: str) -> Store:
        self.postgres.create(name)
        return Store(self.postgres.address(name), self.book)

    def _copy(self, template: str) -> str:
        name = f"lake_{uuid.uuid4().hex}"
        self.postgres.create(name, template)
        return self.postgres.address(name)
