"""What a file would change, against what is published."""

from datetime import date

import polars as pl
import pytest
from cases import rows_of

from kpi import changes, ingest
from kpi.catalogue import Catalogue

MARCH, APRIL = date(2025, 3, 1), date(2025, 4, 1)
KEYS = ["period", "org_id"]


def row(period: date = MARCH, org_id: str = "CPC1", **figures: object) -> dict[str, object]:
    return {"period": period, "org_id": org_id, "cp_open": 64, "cp_start": 11, **figures}


@pytest.fixture
def compare(book: Catalogue):
    dataset = book.datasets["child_protection"]

    def between(old: list[dict[str, object]], new: list[dict[str, object]]) -> changes.Changes:
        published = rows_of(dataset, old).drop("line")
        return changes.compare(dataset, rows_of(dataset, new), published)

    return between


def counts(found: changes.Changes) -> tuple[int, int, int, int]:
    return found.added, found.changed, found.removed, found.unchanged


def test_the_same_rows_in_another_order_change_nothing(compare):
    old = [row(), row(org_id="CPC2"), row(APRIL)]
    found = compare(old, old[::-1])
    assert counts(found) == (0, 0, 0, 3)
    assert found.cells.is_empty()


def test_rows_come_change_go_and_stay(compare):
    old = [row(org_id="CIN1"), row(org_id="CIN2"), row(org_id="CIN3")]
    new = [row(org_id="CIN2", cp_open=70), row(org_id="CIN3"), row(org_id="CIN4")]
    found = compare(old, new)
    assert counts(found) == (1, 1, 1, 1)
    assert found.cells.columns == [*KEYS, "column", "old", "new", "kind"]
    assert found.cells.rows() == [
        ("2025-03", "CIN1", None, None, None, "removed"),
        ("2025-03", "CIN2", "cp_open", "64", "70", "changed"),
        ("2025-03", "CIN4", None, None, None, "added"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ({"cp_open": 64}, {"cp_open": 0}, ("64", "0")),
        ({"cp_open": 64}, {"cp_open": None}, ("64", None)),
        ({"cp_open": None}, {"cp_open": 0}, (None, "0")),
        ({"cp_open": 64}, {"cp_open": None, "cp_open_state": "c"}, ("64", "c")),
        ({"cp_open": None}, {"cp_open": None, "cp_open_state": "c"}, (None, "c")),
        (
            {"cp_open": None, "cp_open_state": "x"},
            {"cp_open": None, "cp_open_state": "c"},
            ("x", "c"),
        ),
        (
            {"cp_open": None, "cp_open_state": "x"},
            {"cp_open": None, "cp_open_state": "x"},
            None,
        ),
        ({"cp_open": None}, {"cp_open": None}, None),
    ],
)
def test_markers_and_blanks_are_values(compare, old, new, shown):
    found = compare([row(**old)], [row(**new)])
    assert counts(found) == ((0, 0, 0, 1) if shown is None else (0, 1, 0, 0))
    assert found.cells.select("old", "new").rows() == ([] if shown is None else [shown])


def test_several_cells_of_a_row_are_one_changed_row(compare):
    found = compare([row()], [row(cp_open=60, cp_start=9)])
    assert counts(found) == (0, 1, 0, 0)
    assert found.cells["column"].to_list() == ["cp_start", "cp_open"]


def test_other_months_are_left_alone(compare):
    assert counts(compare([row(), row(APRIL)], [row(APRIL)])) == (0, 0, 0, 1)


def test_nothing_published_means_all_is_new(book: Catalogue, compare):
    assert counts(compare([], [row(), row(APRIL)])) == (2, 0, 0, 0)
    dataset = book.datasets["child_protection"]
    found = changes.compare(dataset, rows_of(dataset, [row()]), pl.DataFrame())
    assert counts(found) == (1, 0, 0, 0)


def test_a_key_of_three_columns_and_every_type(book: Catalogue):
    dataset = book.datasets["caseloads"]
    worker = {
        "period": MARCH, "org_id": "CIN1", "worker_ref": "W1", "role": "Social worker",
        "employment": "perm", "fte": "0.8", "nqsw": True, "cases": 12,
    }  # fmt: skip
    new = rows_of(dataset, [{**worker, "fte": "1", "nqsw": False, "role": None}])
    found = changes.compare(dataset, new, rows_of(dataset, [worker]).drop("line"))
    assert found.cells.drop("period", "org_id").rows() == [
        ("W1", "role", "Social worker", None, "changed"),
        ("W1", "fte", "0.8", "1", "changed"),
        ("W1", "nqsw", "Y", "N", "changed"),
    ]


def test_what_was_checked_against_itself_is_unchanged(book: Catalogue):
    dataset = book.datasets["plan_brag"]
    rows = rows_of(
        dataset,
        [{"period": MARCH, "priority_id": f"P{n:02d}", "progress": "red"} for n in range(1, 11)],
    )
    found = changes.compare(dataset, rows, rows.drop("line"))
    assert counts(found) == (0, 0, 0, 10)
    assert ingest.empty(dataset).is_empty()
