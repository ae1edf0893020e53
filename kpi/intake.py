"""A folder of files on its way in: checked, compared with what is published, then published."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from kpi import board, changes, history, ingest, observation, publication
from kpi.catalogue import Dataset
from kpi.ingest.findings import in_order
from kpi.publication import Act, Published
from kpi.store import FOREVER, Store

#: What a corrected copy is named more than its file: 'corrected-visits (1).csv'.
CORRECTED = re.compile(r"^corrected-(.*?)(?: ?\(\d+\))?(\.\w+)$")
TEXT = "identity_text"
VOUCHED = "[Free text checked by a person: no child can be known by it.]"


@dataclass(frozen=True, kw_only=True)
class Checked:
    """One file after its check; ``changes`` is null where the file was refused.

    ``already`` is the load that speaks for the very same bytes, where there is one.
    """

    submission: ingest.Submission
    changes: changes.Changes | None
    already: Published | None = None

    @property
    def is_new(self) -> bool:
        """Whether publishing the file would do anything."""
        return self.submission.accepted and self.already is None

    @property
    def restates(self) -> bool:
        """Whether a month that is already published would change."""
        found = self.changes
        changed = found is not None and bool(found.changed or found.removed or found.unchanged)
        return changed and self.is_new


def latest(files: Sequence[tuple[str, Sequence[Dataset]]]) -> list[int]:
    """The places of the files that count: a mended file stands in for the one that it mends.

    ``files``: the name, and the returns that the header fits. The same name alone is not enough,
    for a folder a return may hold a file a month.
    """
    known = [(CORRECTED.sub(r"\1\2", name).casefold(), list(fits)) for name, fits in files]
    return [
        place
        for place, (name, fits) in enumerate(known)
        if not any(name == later and fits in ([], its) for later, its in known[place + 1 :])
    ]


def _silent(_step: str, _share: float) -> None:
    """Nobody watches."""


def check(
    store: Store,
    files: Sequence[tuple[str, bytes]],
    limit: int,
    datasets: Sequence[Dataset | None] | None = None,
    told: Callable[[str, float], object] = _silent,
    prose_checked: bool = False,
) -> list[Checked]:
    """Check files (name, content); ``datasets`` names the return of a file that fits several.

    ``told`` hears what is being done, and how much of it all is done (0 to 1). ``prose_checked``: a
    person vouches that no child can be known by the free text.
    """
    context = board.context(store, limit, prose_checked)
    named = datasets or [None] * len(files)
    read = []
    for at, ((name, content), dataset) in enumerate(zip(files, named, strict=True)):
        told(f"Checking {name} ({at + 1} of {len(files)})", at / (2 * len(files)))
        read.append(ingest.check(store.catalogue, content, name, context, dataset))
    read = _refuse_twins(read)
    checked = []
    for at, one in enumerate(read):
        told(f"Comparing {one.file} with what is published", (at / len(read) + 1) / 2)
        checked.append(_compare(store, context, one, read))
    return checked


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
        f"{twin} brings {_same(one)}. Leave one of the two out.",
    )
    return replace(one, findings=pl.concat([one.findings, finding]))


def _same(one: ingest.Submission) -> str:
    is_register = one.dataset is not None and one.dataset.register
    return "the same register" if is_register else "the same month of the same return"


def _compare(
    store: Store, context: ingest.Context, one: ingest.Submission, drop: Sequence[ingest.Submission]
) -> Checked:
    """An accepted file beside what is published, and what that says of it."""
    dataset = one.dataset
    if dataset is None or not one.accepted:
        return Checked(submission=one, changes=None)
    published = store.published(dataset, one.periods[0], one.periods[-1])
    found = changes.compare(dataset, one.rows, published)
    if already := publication.speaking(store, dataset, one.sha256):
        return Checked(submission=one, changes=found, already=already)
    beside = [
        other.rows for other in drop
        if other.dataset == dataset and other.accepted and other is not one
    ]  # fmt: skip
    past = _past(store, dataset, one.periods, context, beside)
    warned = history.against(dataset, one.rows, past, context.orgs, found)
    findings = in_order([one.findings, warned], dataset.names)
    return Checked(submission=replace(one, findings=findings), changes=found)


def _past(
    store: Store,
    dataset: Dataset,
    periods: Sequence[date],
    context: ingest.Context,
    beside: Sequence[pl.DataFrame],
) -> history.Past:
    ever = {"since": date.min, "until": date.max, "as_at": FOREVER}
    months = store.read("published_months", dataset=dataset.dataset_id, **ever)
    none = ingest.empty(dataset)
    since = history.months_before(periods[0], history.WINDOW)
    return history.Past(
        months=months["period"].to_list(),
        totals=store.totals(dataset, since, periods[-1]),
        published=context.published,
        beside=pl.concat([none, *(rows.select(none.columns) for rows in beside)]),
    )


def publish(store: Store, checked: Sequence[Checked], by: str, reason: str) -> list[Published]:
    """Publish all files together or none; raises PublicationRefused.

    That a person vouched for free text is kept with the reason.
    """
    incoming = [board.incoming(one.submission, _vouched(one, reason)) for one in checked]
    return publication.publish(store, incoming, by)


def _vouched(one: Checked, reason: str) -> str:
    return f"{reason} {VOUCHED}".strip() if needs_a_person(one) else reason


def needs_a_person(one: Checked) -> bool:
    """Whether free text looks like somebody's identity, so that a person has to vouch for it."""
    return TEXT in one.submission.findings["code"]


def lacking(checked: Sequence[Checked], by: str, looked: bool, reason: str) -> str:
    """What a person has still to give before the files may be published; empty when nothing.

    ``looked``: whether the warnings are ticked off.
    """
    warned = any(one.submission.warnings for one in checked)
    short = len(reason.strip()) < publication.REASON_LENGTH
    length = f"at least {publication.REASON_LENGTH} characters"
    if not by.strip():
        return "Give your role, so that the history says who published."
    if warned and not looked:
        return "Look at the warnings, and tick the box when they are as they should be."
    if short and any(one.restates for one in checked):
        return f"Give a reason of {length} for changing what is published."
    if short and warned:
        return f"Say in {length} why the warnings are as they should be. It is kept as the reason."
    return ""


# ---- what an act would change, tried and undone ----


def effects(store: Store, checked: Sequence[Checked]) -> pl.DataFrame:
    """What publishing the files would change, as :func:`rehearsed`."""
    incoming = [board.incoming(one.submission, "preview of what changes") for one in checked]
    datasets = {item.dataset.dataset_id for item in incoming}
    return rehearsed(store, publication.publishing(incoming, "preview"), datasets)


def rehearsed(store: Store, act: Act, datasets: Collection[str]) -> pl.DataFrame:
    """Which KPIs of the whole council an act would change in value or traffic light.

    Columns kpi_id, period, old_period, old_value, old_rating, old_state, new_value, new_rating,
    new_state; a month that is new stands beside the one before it, whose ``old_period`` it is. The
    act is done inside a transaction that is then undone, so that what is shown is what would be.
    ``datasets`` are the returns that it touches.
    """
    kpis = [kpi.kpi_id for kpi in store.catalogue.kpis.values() if kpi.dataset in datasets]
    council = [store.catalogue.council.org_id]
    before = board.observations(store, kpis, council, role="officer")
    if not kpis:
        return _differences(before, before)
    raw = publication.rehearse(
        store, act, lambda work: work.observations(store.catalogue, kpis, council, FOREVER)
    )
    return _differences(before, board.finish(store.catalogue, raw, kpis))


def _differences(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    shown = ["value", "rating", "state"]
    old, new = (
        frame.select(*observation.ORDER, *(pl.col(name).alias(f"{age}_{name}") for name in shown))
        for frame, age in ((before, "old"), (after, "new"))
    )
    old = old.with_columns(old_period="period")
    both = old.join(new, on=observation.ORDER, how="full", coalesce=True, nulls_equal=True)
    differs = pl.any_horizontal(
        pl.col(f"old_{name}").ne_missing(pl.col(f"new_{name}")) for name in shown
    )
    changed = pl.concat([both.filter(differs, pl.col("old_period").is_not_null()), _new(both, old)])
    stays = pl.col("old_rating").eq_missing(pl.col("new_rating"))
    unrated = ~pl.col("new_rating").is_in(["red", "amber", "green"]).fill_null(False)
    return changed.drop("org_id").sort(
        stays, unrated, "period", "kpi_id", descending=[False, False, True, False]
    )


def _new(both: pl.DataFrame, old: pl.DataFrame) -> pl.DataFrame:
    """The months that were not there, each beside the last before it that was."""
    new = both.filter(pl.col("old_period").is_null())
    carried = [name for name in old.columns if name.startswith("old_")]
    series = [name for name in observation.ORDER if name != "period"]
    before = (
        new.drop(carried)
        .sort("period")
        .join_asof(old.sort("period"), on="period", by=series, check_sortedness=False)
    )
    return before.select(both.columns)
