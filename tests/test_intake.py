"""Several files on their way in: refused together, compared, and tried before they are published."""

from datetime import date

import polars as pl
import pytest
from cases import ROOT

from kpi import intake
from kpi.publication import PublicationRefused
from kpi.store import FOREVER, Store

RETURNS = ROOT / "data" / "sample" / "returns"
LIMIT = 10_000_000
REASON = "A recount after the audit"


def returned(dataset, month="2024-03"):
    return (f"{dataset}.csv", (RETURNS / dataset / f"{month}.csv").read_bytes())


def raised(content, column, by):
    """The same return with the first team's figure in ``column`` raised."""
    frame = pl.read_csv(content, infer_schema=False)
    first = str(int(frame[column][0]) + by)
    return (
        frame.with_columns(
            pl.when(pl.int_range(pl.len()) == 0).then(pl.lit(first)).otherwise(column).alias(column)
        )
        .write_csv()
        .encode()
    )


@pytest.fixture
def loaded(store: Store):
    files = [returned("child_protection"), returned("children_looked_after")]
    intake.publish(store, intake.check(store, files, LIMIT), "officer", "")
    return store


def test_files_are_recognised_and_compared(store: Store):
    files = [returned(name) for name in ("child_protection", "caseloads", "plan_brag")]
    found = intake.check(store, files, LIMIT)
    assert [one.submission.dataset.dataset_id for one in found if one.submission.dataset] == [
        "child_protection",
        "caseloads",
        "plan_brag",
    ]
    assert all(one.submission.accepted and not one.restates for one in found)
    assert [one.changes.added for one in found if one.changes] == [
        one.submission.rows.height for one in found
    ]


def test_two_files_of_one_month_are_refused(store: Store):
    name, content = returned("child_protection")
    found = intake.check(store, [(name, content), ("again.csv", content)], LIMIT)
    assert [one.submission.accepted for one in found] == [True, False]
    message = found[1].submission.findings["message"].item(-1)
    assert message.startswith("child_protection.csv brings the same month")


def test_a_restatement_shows_old_beside_new(loaded: Store):
    name, content = returned("child_protection")
    one = intake.check(loaded, [(name, raised(content, "cp_open", 3))], LIMIT)[0]
    assert one.restates
    assert one.changes is not None
    assert (one.changes.added, one.changes.changed, one.changes.removed) == (0, 1, 0)
    row = one.changes.cells.filter(pl.col("column") == "cp_open").row(0, named=True)
    assert int(row["new"]) == int(row["old"]) + 3


def test_what_would_change_is_tried_and_undone(loaded: Store):
    name, content = returned("child_protection")
    found = intake.check(loaded, [(name, raised(content, "cp_open", 3))], LIMIT)
    version = loaded.data_version()
    effects = intake.effects(loaded, found)
    row = effects.filter(kpi_id="cp_open", period=date(2024, 3, 1)).row(0, named=True)
    assert (row["old_value"], row["new_value"]) == (203, 206)
    assert loaded.data_version() == version
    assert loaded.read("loads", as_at=FOREVER).height == 2


def test_a_light_that_changes_is_told(loaded: Store):
    name, content = returned("caseloads")
    heavy = pl.read_csv(content, infer_schema=False).with_columns(cases=pl.lit("30")).write_csv()
    effects = intake.effects(loaded, intake.check(loaded, [(name, heavy.encode())], LIMIT))
    row = effects.filter(kpi_id="caseload_above_18").row(0, named=True)
    assert (row["old_rating"], row["new_rating"], row["new_value"]) == (None, "red", 100)


def test_a_new_month_stands_beside_the_last_and_lights_that_turn_come_first(loaded: Store):
    name, content = returned("child_protection", "2024-04")
    effects = intake.effects(loaded, intake.check(loaded, [(name, content)], LIMIT))
    row = effects.filter(kpi_id="cp_open").row(0, named=True)
    assert (row["period"], row["old_period"]) == (date(2024, 4, 1), date(2024, 3, 1))
    assert row["old_value"] == 203
    turns = effects["old_rating"].ne_missing(effects["new_rating"])
    assert turns.to_list() == sorted(turns, reverse=True)


def test_the_same_file_changes_nothing(loaded: Store):
    found = intake.check(loaded, [returned("child_protection")], LIMIT)
    assert intake.effects(loaded, found).is_empty()
    assert intake.publish(loaded, found, "analyst", "")[0].loaded_by == "officer"


def test_one_refusal_keeps_all_files_out(loaded: Store):
    name, content = returned("child_protection")
    files = [returned("caseloads"), (name, raised(content, "cp_open", 3))]
    found = intake.check(loaded, files, LIMIT)
    with pytest.raises(PublicationRefused, match="Mar 2024 is already published"):
        intake.publish(loaded, found, "officer", "")
    assert loaded.table("caseloads").is_empty()
    assert len(intake.publish(loaded, found, "officer", REASON)) == 2


def test_a_return_without_measures_has_no_effects(store: Store):
    found = intake.check(store, [returned("plan_brag")], LIMIT)
    assert intake.effects(store, found).is_empty()


def test_who_watches_hears_of_every_file(store: Store):
    steps = []
    files = [returned("child_protection"), returned("caseloads")]
    intake.check(store, files, LIMIT, told=lambda step, share: steps.append((step, share)))
    assert [step for step, _ in steps] == [
        "Checking child_protection.csv (1 of 2)",
        "Checking caseloads.csv (2 of 2)",
        "Comparing child_protection.csv with what is published",
        "Comparing caseloads.csv with what is published",
    ]
    assert [share for _, share in steps] == [0, 0.25, 0.5, 0.75]


def test_what_speaks_already_is_known_before_it_is_published(loaded: Store):
    files = [returned("child_protection"), returned("caseloads")]
    same, new = intake.check(loaded, files, LIMIT)
    assert same.already is not None
    assert (same.already.load_id, same.already.loaded_by) == (1, "officer")
    assert (same.is_new, same.restates, new.is_new, new.already) == (False, False, True, None)


@pytest.mark.parametrize(
    ("file", "by", "looked", "reason", "words"),
    [
        ("new", " ", True, "", "Give your role"),
        ("new", "officer", False, "", ""),
        ("warned", "officer", False, REASON, "Look at the warnings"),
        ("warned", "officer", True, "  checked  ", "Say in at least 10 characters why"),
        ("warned", "officer", True, REASON, ""),
        ("restated", "officer", True, "oops", "Give a reason of at least 10 characters"),
        ("restated", "officer", True, REASON, ""),
        ("restated", "officer", False, REASON, "Look at the warnings"),
    ],
)
def test_what_is_lacking_before_publication(loaded: Store, file, by, looked, reason, words):
    name, content = returned("child_protection")
    files = {
        "new": returned("caseloads"),
        "warned": returned("child_protection", "2024-05"),
        "restated": (name, raised(content, "cp_open", 3)),
    }
    found = intake.check(loaded, [files[file]], LIMIT)
    lacks = intake.lacking(found, by, looked, reason)
    assert lacks.startswith(words) and bool(lacks) == bool(words)
    assert found[0].submission.warnings == (file != "new")


# ---- a file that comes again ----


@pytest.mark.parametrize(
    ("files", "places"),
    [
        (["visits.csv visits", "finance.csv finance"], [0, 1]),
        (["visits.csv visits", "finance.csv finance", "visits.csv visits"], [1, 2]),
        (["visits.csv visits", "corrected-visits.csv visits"], [1]),
        (["visits.csv", "corrected-visits (1).csv visits", "Visits.CSV visits"], [2]),
        (["april.csv visits", "april.csv finance", "april.csv"], [0, 1, 2]),
        (["export.csv visits", "export (1).csv visits"], [0, 1]),
        (["notes.csv", "notes.csv"], [1]),
        ([], []),
    ],
)
def test_a_mended_file_takes_the_place_of_the_one_it_mends(book, files, places):
    """Each file is its name and the return that it fits, if it fits any."""
    given = []
    for file in files:
        name, returns = file.split(".csv") if ".csv" in file else file.split(".CSV")
        given.append((f"{name}.csv", [book.datasets[it] for it in returns.split()]))
    assert intake.latest(given) == places
