"""A pack of the sample store as of 11 July 2023, made once by the command in every format."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner, Result
from places import Places

from kpi import board, catalogue, cli, export, settings
from kpi.catalogue import Catalogue
from kpi.report import Report
from kpi.store import Store
from packs.made import DAY, report_of

Command = Callable[..., Result]


@pytest.fixture(scope="session")
def sample_path(places: Places) -> str:
    """The address of a sample store."""
    return places.sample()


@pytest.fixture(scope="session")
def command(sample_path: str) -> Command:
    """The command line over the sample store."""

    def call(*arguments: object) -> Result:
        environment = {"KPI_STORE": sample_path, "KPI_TEMPLATE": ""}
        return CliRunner(env=environment).invoke(cli.main, [str(part) for part in arguments])

    return call


@pytest.fixture(scope="session")
def files(command: Command, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The four files of ``pack --as-at 2023-07-11``, by format."""
    folder = tmp_path_factory.mktemp("made")
    wanted = [part for name in export.FORMATS for part in ("--format", name)]
    answer = command("pack", "--as-at", DAY, "--role", "officer", "--to", folder, *wanted)
    assert answer.exit_code == 0, answer.output
    return {path.suffix[1:]: path for path in folder.iterdir()}


@pytest.fixture(scope="session")
def frame(sample_path: str, files: dict[str, Path], book: Catalogue) -> pl.DataFrame:
    """``observations --as-at 2023-07-11``, of the whole council."""
    opened = Store(sample_path, book)
    try:
        kpis, council = list(book.kpis), book.council.org_id
        return board.observations(opened, kpis, [council], board.moment(DAY), role="officer")
    finally:
        opened.close()


@pytest.fixture(scope="session")
def report(sample_path: str, files: dict[str, Path], book: Catalogue) -> Report:
    """The report behind the files, composed anew."""
    opened = Store(sample_path, book)
    try:
        return report_of(opened, "scrutiny", date.fromisoformat(DAY))
    finally:
        opened.close()


@pytest.fixture
def sample_store(places: Places) -> Store:
    """A copy of the sample store that a test may change."""
    return Store(places.sample(), catalogue.read(settings.read().reference))
