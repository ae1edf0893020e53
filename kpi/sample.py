"""The illustrative store: sixty sample months through the same ingest as any upload."""

import os
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import polars as pl

from kpi import board, ingest
from kpi.catalogue import Catalogue, Dataset
from kpi.publication import Incoming, publish_history
from kpi.settings import Settings
from kpi.store import Store


class SampleError(Exception):
    """A sample month was refused; the sample and the catalogue no longer agree."""


def ensure(settings: Settings, catalogue: Catalogue) -> None:
    """Build the sample store when nobody named a store and there is none yet."""
    if settings.builds_sample and not Path(settings.store).exists():
        build(Path(settings.store), settings, catalogue)


def build(path: Path, settings: Settings, catalogue: Catalogue) -> int:
    """Build the store beside ``path`` and move it there when it is whole; returns the loads."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.stem}-building-{os.getpid()}{path.suffix}")
    unfinished.unlink(missing_ok=True)
    try:
        store = Store(str(unfinished), catalogue)
        loads = fill(store, settings)
        store.close()
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)
        unfinished.with_name(unfinished.name + ".wal").unlink(missing_ok=True)
    return loads


def fill(store: Store, settings: Settings) -> int:
    """Load every sample file into ``store`` as of its day, and mark the store as illustrative."""
    history = list(_history(store, settings))
    published = publish_history(store, history)
    store.mark_illustrative()
    return len(published)


def _history(store: Store, settings: Settings) -> Iterator[tuple[Incoming, str, datetime]]:
    context = board.context(store, settings.upload_limit)
    known: dict[str, dict[date, pl.DataFrame]] = {}

    def published(dataset: Dataset, since: date, until: date) -> pl.DataFrame:
        months = known.get(dataset.dataset_id, {})
        rows = [month for period, month in months.items() if since <= period <= until]
        return pl.concat(rows) if rows else ingest.empty(dataset)

    manifest = pl.read_csv(settings.sample / "loads.csv", infer_schema=False).fill_null("")
    for entry in manifest.iter_rows(named=True):
        at = datetime.fromisoformat(entry["loaded_at"]).replace(tzinfo=None)
        path = settings.sample / "returns" / entry["file"]
        submission = ingest.check(
            store.catalogue,
            path.read_bytes(),
            path.name,
            ingest.Context(
                orgs=context.orgs,
                codes=context.codes,
                published=published,
                today=at.date(),
                limit=context.limit,
            ),
            store.catalogue.datasets[entry["dataset"]],
        )
        if not submission.accepted:
            first = submission.findings.filter(severity="error").row(0, named=True)
            raise SampleError(f"{entry['file']}, line {first['line']}: {first['message']}")
        for period in submission.periods:
            month = submission.rows.filter(period=period).drop("line")
            known.setdefault(entry["dataset"], {})[period] = month
        yield board.incoming(submission, entry["reason"]), entry["loaded_by"], at
