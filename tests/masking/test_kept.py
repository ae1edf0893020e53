"""What is withheld is remembered until the return that it is of, or the teams, change."""

from datetime import date, datetime

import pytest
from cases import incoming

from kpi import masks
from kpi.publication import publish
from kpi.store import FOREVER

CARE, PLANS = "children_looked_after", "child_protection"


@pytest.fixture
def worked_out(store, book, monkeypatch):
    """Publishes a count of a return, and gives back the returns worked out anew by then."""
    anew: list[str] = []
    told_before = masks._told_before

    def noted(store, made, dataset, as_at):
        anew.append(dataset)
        return told_before(store, made, dataset, as_at)

    monkeypatch.setattr(masks, "_told_before", noted)

    def after(dataset: str = "", value: int = 0, as_at: datetime = FOREVER) -> list[str]:
        if dataset:
            name = {CARE: "cla_open", PLANS: "cp_open"}[dataset]
            row = {"period": date(2025, 3, 1), "org_id": "CIC1", name: value}
            file = incoming(book.datasets[dataset], [row], f"{value:064}", "Counted anew by hand")
            publish(store, [file], "Officer", datetime(2025, 4, 20, 9, value))
        anew.clear()
        masks.shown(store, ["cla_open", "cp_open"], as_at)
        return list(anew)

    return after


def test_only_the_return_that_changed_is_worked_out_anew(worked_out):
    assert worked_out(CARE, 1) == [CARE]
    assert worked_out(PLANS, 2) == [PLANS]
    assert worked_out() == []
    assert worked_out(CARE, 3) == [CARE]


def test_a_moment_at_which_nothing_was_different_costs_nothing(worked_out):
    worked_out(CARE, 1)
    worked_out(CARE, 4)
    assert worked_out(as_at=datetime(2025, 5, 1)) == []
    assert worked_out(as_at=datetime(2025, 4, 20, 9, 2)) == [], "as it was after the first"
    masks._last.cache_clear()
    assert worked_out(as_at=datetime(2025, 4, 20, 9, 2)) == [CARE]
    assert worked_out(as_at=datetime(2025, 4, 20, 9, 3)) == [], "nothing came between them"
