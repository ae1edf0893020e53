"""A region in one store, 66 million observations by team: building it, and reading its pages.

``KPI_COUNCILS`` is how many councils there are (153). ``KPI_MANY`` names a folder in which file and
lake stay, so that a second run reads what the first built. ``KPI_TEST_LAKE=1`` builds a lake too.
"""

import os
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
import region
from lake import postgres
from places import IN_LAKES

from kpi import board, catalogue
from kpi.catalogue import Catalogue, Kpi
from kpi.store import Store

COUNCILS = int(os.environ.get("KPI_COUNCILS", "153"))
TIMES = 5
OBSERVATIONS = region.MEASURES * region.MONTHS * region.TEAMS
#: Frames that a page reads: its measures, and of whom: the whole council, or every team too.
Frames = list[tuple[list[Kpi], bool]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(os.environ.get("KPI_MANY") or tmp_path_factory.mktemp("many"))


@pytest.fixture(scope="module")
def known(folder: Path) -> Catalogue:
    reference = folder / "reference"
    return catalogue.read(reference) if reference.exists() else region.book(reference, COUNCILS)


@pytest.fixture(params=["file", "lake"])
def kind(request: pytest.FixtureRequest) -> str:
    if request.param == "lake" and not IN_LAKES:
        pytest.skip("KPI_TEST_LAKE=1 measures a lake too")
    return request.param


@pytest.fixture
def address(kind, folder, monkeypatch) -> Iterator[str]:
    if kind == "file":
        yield str(folder / "kpi.duckdb")
        return
    monkeypatch.setenv("KPI_DATA_PATH", str(folder / "lake"))
    # PostgreSQL may not enter a folder of pytest's; where nothing is to stay it takes its own.
    with postgres.running(folder / "postgres" if "KPI_MANY" in os.environ else None) as server:
        if not server.has("many"):
            server.create("many")
        yield server.address("many")


def pages(known: Catalogue) -> Iterator[tuple[str, Frames]]:
    """What the pages read for their figures, as kpi/ui asks for it."""
    every = list(known.kpis.values())
    headlines = [kpi for kpi in every if kpi.headline]
    yield "Scorecard: headlines", [(headlines, False)]
    yield "Scorecard: what the total hides", [(headlines, True)]
    yield "Measure, and its teams", [([known.kpis["cp_repeat"]], True)]
    for theme in known.themes.values():
        if chosen := known.of_theme(theme.theme):
            yield theme.title, [(chosen, False)]
    yield "Plan, what changed, packs: every measure", [(every, False)]


def built(store: Store) -> tuple[int, float]:
    """Rows and seconds of filling every council that holds nothing yet."""
    start, rows = time.perf_counter(), 0
    for seed, council in enumerate(store.catalogue.councils):
        part = store.of(council)
        if not part.read("last_moment")["load_id"].item():
            rows += region.fill(part, seed)
    store.tidy(7)
    return rows, time.perf_counter() - start


def size(folder: Path, kind: str) -> float:
    """Bytes of the file, or of the lake's Parquet files."""
    files = (folder / "lake").rglob("*.parquet") if kind == "lake" else [folder / "kpi.duckdb"]
    return sum(path.stat().st_size for path in files)


def median(work: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds that went by, and of processor time, which a busy computer changes less."""
    took, used = [], []
    for _ in range(TIMES):
        start, before = time.perf_counter(), time.process_time()
        work()
        took.append(time.perf_counter() - start)
        used.append(time.process_time() - before)
    return 1000 * statistics.median(took), 1000 * statistics.median(used)


def read(part: Store, frames: Frames) -> int:
    top = part.catalogue.council.org_id
    return sum(
        part.observations([kpi.kpi_id for kpi in kpis], [] if is_every else [top]).height
        for kpis, is_every in frames
    )


def finish(part: Store, frames: Frames) -> None:
    top = part.catalogue.council.org_id
    for kpis, is_every in frames:
        names = [kpi.kpi_id for kpi in kpis]
        board.observations(part, names, [] if is_every else [top], role="officer")


def test_a_region(kind, address, folder, known):
    many = len(known.councils)
    store = Store(address, known)
    rows, seconds = built(store)
    store.close()
    start = time.perf_counter()
    store = Store(address, known)
    opening = time.perf_counter() - start
    council = list(known.councils)[many // 2]
    start = time.perf_counter()
    part = store.of(council)
    visiting = time.perf_counter() - start
    kept = part.read("loads", as_at=board.moment(None))["row_count"].sum()
    click.echo(
        f"\n| {kind} | |\n| --- | --- |\n"
        f"| councils | {many} |\n"
        f"| observations by team | {many * OBSERVATIONS:,} |\n"
        f"| rows kept of a council's returns | {kept:,} |\n"
        f"| rows written in this run | {rows:,} in {seconds:,.0f} s |\n"
        f"| size | {size(folder, kind) / 1e9:.2f} GB |\n"
        f"| opening the store | {opening:.2f} s |\n"
        f"| first look at a council | {1000 * visiting:.0f} ms |\n\n"
        "| page | measures | rows | read | of processor time | with ratings and signals |\n"
        "| --- | ---: | ---: | ---: | ---: | ---: |"
    )
    for name, frames in pages(known):
        height = read(part, frames)
        took, used = median(lambda frames=frames: read(part, frames))
        whole, _ = median(lambda frames=frames: finish(part, frames))
        measures = sum(len(kpis) for kpis, _ in frames)
        click.echo(
            f"| {name} | {measures} | {height:,} | {took:.0f} ms | {used:.0f} ms | {whole:.0f} ms |"
        )
    store.close()
