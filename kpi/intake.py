"""A folder of files on its way in: checked, compared with what is published, then published."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from kpi import board, changes, ingest, observation, publication
from kpi.catalogue import Dataset
from kpi.publication import Published
from kpi.store import FOREVER, Store


@dataclass(frozen=True, kw_only=True)
class Checked:
    """One file after its check; ``changes`` is null where the file was refused."""

    submission: ingest.Submission
    changes: changes.Changes | None

    @property
    def restates(self) -> bool:
        """Whether a month that is already published would change."""
        found = self.changes
        return found is not None and bool(found.changed or found.removed or found.unchanged)


def check(
    store: Store,
    files: Sequence[tuple[str, bytes]],
    limit: int,
    datasets: Sequence[Dataset | None] | None = None,
) -> list[Checked]:
    """Check files (name, content); ``datasets`` names the return of a file that fits several."""
    context = board.context(store, limit)
    named = datasets or [None] * len(files)
    checked = [
        ingest.check(store.catalogue, content, name, context, dataset)
        for (name, content), dataset in zip(files, named, strict=True)
    ]
    return [Checked(submission=one, changes=_compare(store, one)) for one in _refuse_twins(checked)]


def _refuse_twins(checked: list[ingest.Submission]) -> list[ingest.Submission]:
    """Two files of one drop that bring the same month: only the officer knows which is right."""
    seen: dict[tuple[str, object], str] = {}
    answer = []
    for one in checked:
        keys = [(one.dataset.dataset_id, at) for at in one.periods] if one.dataset else []
        twins = [seen[key] for key in keys if key in seen]
        seen |= dict.fromkeys(keys, one.file)
        answer.append(_with_twin(one, twins[0]) if twins else one)
    return answer


def _with_twin(one: ingest.Submission, twin: str) -> ingest.Submission:
    finding = ingest.finding(
        "file_twice",
        f"{twin} brings the same month of the same return. Leave one of the two out.",
    )
    return replace(one, findings=pl.concat([one.findings, finding]))


def _compare(store: Store, submission: ingest.Submission) -> changes.Changes | None:
    if submission.dataset is None or not submission.accepted:
        return None
    periods = submission.periods
    before = store.published(submission.dataset, periods[0], periods[-1])
    return changes.compare(submission.dataset, submission.rows, before)


def publish(store: Store, checked: Sequence[Checked], by: str, reason: str) -> list[Published]:
    """Publish all files together or none; raises PublicationRefused."""
    incoming = [board.incoming(one.submission, reason) for one in checked]
    return publication.publish(store, incoming, by)


def effects(store: Store, checked: Sequence[Checked]) -> pl.DataFrame:
    """Which KPIs of the whole council would change value or traffic light, before and after.

    Columns kpi_id, period, old_value, old_rating, old_state, new_value, new_rating, new_state; the
    publication is tried inside a transaction that is then undone, so that what is shown is what
    would be.
    """
    datasets = {one.submission.dataset.dataset_id for one in checked if one.submission.dataset}
    kpis = [kpi.kpi_id for kpi in store.catalogue.kpis.values() if kpi.dataset in datasets]
    council = [store.catalogue.council.org_id]
    incoming = [board.incoming(one.submission, "preview of what changes") for one in checked]
    before = board.observations(store, kpis, council)
    raw = publication.rehearse(
        store, incoming, lambda work: work.observations(store.catalogue, kpis, council, FOREVER)
    )
    after = board.finish(store.catalogue, raw, kpis)
    return _differences(before, after)


def _differences(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    shown = ["value", "rating", "state"]
    old, new = (
        frame.select(*observation.ORDER, *(pl.col(name).alias(f"{age}_{name}") for name in shown))
        for frame, age in ((before, "old"), (after, "new"))
    )
    both = old.join(new, on=observation.ORDER, how="full", coalesce=True, nulls_equal=True)
    differs = pl.any_horizontal(
        pl.col(f"old_{name}").ne_missing(pl.col(f"new_{name}")) for name in shown
    )
    return both.filter(differs).drop("org_id").sort("period", "kpi_id", descending=[True, False])
