"""A history published at once is the history that file by file would have made."""

import hashlib
from dataclasses import replace
from datetime import datetime

import pytest
from cases import ROOT, incoming, months

from kpi import board, ingest, sample, settings
from kpi.publication import PublicationRefused, invariants, publish, publish_history
from kpi.store import Store

APRIL, MAY = months(2)
WHEN = [datetime(2024, 6, day, 9) for day in (3, 4, 5, 6)]


def plans(book, number: int, *rows: tuple[object, int], reason: str = ""):
    given = [{"period": month, "org_id": "CPC1", "cp_open": count} for month, count in rows]
    return incoming(book.datasets["child_protection"], given, str(number) * 64, reason)


@pytest.fixture
def history(book):
    files = [
        plans(book, 1, (APRIL, 5)),
        plans(book, 2, (MAY, 6)),
        plans(book, 3, (APRIL, 7), reason="Two plans were entered late"),
        incoming(book.datasets["care_leavers"], [{"period": APRIL, "age_band": "19-21"}], "4" * 64),
    ]
    return [(file, "officer", when) for file, when in zip(files, WHEN, strict=True)]


TABLES = ["load", "publication", "child_protection", "care_leavers"]


def held(store: Store) -> dict[str, set[tuple[object, ...]]]:
    return {name: set(store.table(name).rows()) for name in TABLES}


def test_at_once_is_as_file_by_file(store, book, history):
    assert publish_history(store, history) == 4
    other = Store(":memory:", book)
    for file, by, when in history:
        publish(other, [file], by, when)
    assert held(store) == held(other)
    acts = [
        one.table("audit").filter(action="publish")["detail"].to_list() for one in (store, other)
    ]
    assert acts[0] == acts[1]
    assert invariants(store) == []
    other.close()


def test_what_was_published_before_a_correction_can_be_shown(store, history):
    publish_history(store, history)
    then = board.observations(store, ["cp_open"], ["herefordshire"], WHEN[1], role="officer")
    now = board.observations(store, ["cp_open"], ["herefordshire"], role="officer")
    assert (then["value"].to_list(), now["value"].to_list()) == ([5, 6], [7, 6])


def test_files_of_one_moment_keep_their_order(store, history):
    publish_history(store, [(file, by, WHEN[0]) for file, by, _ in history])
    moments = store.table("load").sort("load_id")["loaded_at"].to_list()
    assert moments == sorted(set(moments))


def test_history_is_not_written_over_anything(store, history):
    publish_history(store, history[:1])
    with pytest.raises(PublicationRefused, match="holds no load yet"):
        publish_history(store, history[1:2])


def test_a_month_changes_for_a_reason_only(store, book):
    files = [plans(book, 1, (APRIL, 5)), plans(book, 2, (APRIL, 6))]
    with pytest.raises(PublicationRefused, match="already published"):
        publish_history(store, [(file, "officer", WHEN[0]) for file in files])
    assert store.table("load").is_empty()


# ---- The sample: files pasted together, checked, and parted again ----


@pytest.mark.parametrize("name", ["child_protection", "front_door", "finance", "plan_brag"])
def test_files_checked_together_are_as_checked_alone(store, name):
    """With a correction among them, withheld figures, money and quoted text."""
    found = settings.read()
    files = [
        one for one in sample._listed(store.catalogue, found) if one.dataset.dataset_id == name
    ]
    context = board.context(store, found.upload_limit)
    together = sample._checked(store.catalogue, files[:30], context, {})
    assert list(together) == [file.path for file in files[:30]]
    for file in files[22:30]:
        alone = ingest.check(
            store.catalogue, file.content, "alone.csv", _on(context, file), file.dataset
        )
        part = together[file.path]
        assert part.rows.equals(alone.rows)
        assert part.findings == alone.findings.height
        assert part.sha256 == hashlib.sha256(file.content).hexdigest()
        assert part.reason == file.reason
        assert (ROOT / "data/sample/returns" / file.path).name == part.file


def _on(context: ingest.Context, file) -> ingest.Context:
    """The context of the file's own day; nothing is published before it."""
    return ingest.Context(
        orgs=context.orgs,
        codes=context.codes,
        published=lambda dataset, since, until: ingest.empty(dataset),
        today=file.at.date(),
        limit=context.limit,
    )


def test_a_sample_month_that_is_wrong_is_named(store):
    found = settings.read()
    files = list(sample._listed(store.catalogue, found))[:6]
    own = [one for one in files if one.dataset == files[0].dataset]
    broken = replace(own[-1], content=own[-1].content.replace(b"2020", b"2O20"))
    context = board.context(store, found.upload_limit)
    with pytest.raises(sample.SampleError, match=f"{broken.path}, line 2"):
        sample._checked(store.catalogue, [*own[:-1], broken], context, {})
