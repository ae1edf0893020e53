"""The illustrative store: sixty sample months through the same ingest as any upload."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path, PurePath

import polars as pl

from kpi import board, ingest
from kpi.catalogue import Catalogue, Dataset
from kpi.publication import Incoming, publish_history
from kpi.settings import Settings
from kpi.store import Store

TOGETHER = 30  # files of a return that are checked in one go


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
    loads = publish_history(store, list(_history(store, settings)))
    mark_illustrative(store)
    return loads


def mark_illustrative(store: Store) -> None:
    """Say of the whole store that its months are made up, so that every screen says so."""
    mark = pl.DataFrame({"name": ["illustrative"], "value": ["true"]})
    store.transact(lambda work: work.append("store_info", mark))


@dataclass(frozen=True, kw_only=True)
class _File:
    """A sample file, as the list of loads has it."""

    path: str
    content: bytes
    dataset: Dataset
    by: str
    at: datetime
    reason: str


def _history(store: Store, settings: Settings) -> Iterator[tuple[Incoming, str, datetime]]:
    """Every file in the order of loading, checked with the other files of its return."""
    files = list(_listed(store.catalogue, settings))
    context = board.context(store, settings.upload_limit)
    checked: dict[str, Incoming] = {}
    for dataset in store.catalogue.datasets.values():
        own = [file for file in files if file.dataset == dataset]
        known: dict[date, pl.DataFrame] = {}
        if dataset.register:
            checked |= _registers(store.catalogue, own, files, context)
            continue
        for start in range(0, len(own), TOGETHER):
            checked |= _checked(store.catalogue, own[start : start + TOGETHER], context, known)
    for file in files:
        yield checked[file.path], file.by, file.at


def _registers(
    catalogue: Catalogue, own: Sequence[_File], files: Sequence[_File], context: ingest.Context
) -> dict[str, Incoming]:
    """The files of a register, each checked alone, in the light of what was loaded before it."""
    checked: dict[str, Incoming] = {}
    for file in own:
        before = {other.dataset.dataset_id for other in files if other.at < file.at}
        seen = replace(context, with_data=board.with_data(catalogue, before))
        checked |= _checked(catalogue, [file], seen, {})
    return checked


def _listed(catalogue: Catalogue, settings: Settings) -> Iterator[_File]:
    manifest = pl.read_csv(settings.sample / "loads.csv", infer_schema=False).fill_null("")
    for entry in manifest.iter_rows(named=True):
        yield _File(
            path=entry["file"],
            content=(settings.sample / "returns" / entry["file"]).read_bytes(),
            dataset=catalogue.datasets[entry["dataset"]],
            by=entry["loaded_by"],
            at=datetime.fromisoformat(entry["loaded_at"]).replace(tzinfo=None),
            reason=entry["reason"],
        )


def _checked(
    catalogue: Catalogue,
    files: Sequence[_File],
    context: ingest.Context,
    known: dict[date, pl.DataFrame],
) -> dict[str, Incoming]:
    """Files of one return, ready to publish, by path; ``known`` holds its months and grows.

    A file takes far longer to check than its rows do, so files are pasted together and checked as
    one. When there is anything to say of them, each half is checked alone, down to the single file.
    """
    whole = _check(catalogue, files, context, known)
    if len(files) > 1 and not _is_plain(whole, len(files)):
        half = len(files) // 2
        first = _checked(catalogue, files[:half], context, known)
        return first | _checked(catalogue, files[half:], context, known)
    if not whole.accepted:
        error = whole.findings.filter(severity="error").row(0, named=True)
        raise SampleError(f"{files[0].path}, line {error['line']}: {error['message']}")
    months = whole.rows.partition_by("period", maintain_order=True)
    known |= {rows["period"][0]: rows.drop("line") for rows in months}
    if len(files) == 1:
        return {files[0].path: board.incoming(whole, files[0].reason)}
    return {
        file.path: board.incoming(_part(whole, file, rows), file.reason)
        for file, rows in zip(files, months, strict=True)
    }


def _check(
    catalogue: Catalogue,
    files: Sequence[_File],
    context: ingest.Context,
    known: dict[date, pl.DataFrame],
) -> ingest.Submission:
    dataset = files[0].dataset

    def published(_: Dataset, since: date, until: date) -> pl.DataFrame:
        rows = [month for period, month in known.items() if since <= period <= until]
        return pl.concat(rows) if rows else ingest.empty(dataset)

    content = b"".join(file.content for file in files)
    seen = replace(context, published=published, today=files[-1].at.date())
    name = PurePath(files[0].path).name
    return ingest.check(catalogue, content, name, seen, dataset)


def _is_plain(whole: ingest.Submission, files: int) -> bool:
    """Whether there is a month a file, and nothing to say but that files were pasted together."""
    codes = set(whole.findings["code"])
    return whole.accepted and codes <= {"header_repeated"} and len(whole.periods) == files


def _part(whole: ingest.Submission, file: _File, rows: pl.DataFrame) -> ingest.Submission:
    """The submission of one of the files, its rows numbered under its own header."""
    return replace(
        whole,
        file=PurePath(file.path).name,
        sha256=hashlib.sha256(file.content).hexdigest(),
        rows=rows.with_columns(line=pl.col("line") - rows["line"][0] + 2),
        findings=whole.findings.clear(),
    )
