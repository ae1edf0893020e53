"""The audit log: sealed act by act, and apart from what changes a figure."""

import pytest

from kpi import audit, publication
from kpi.access import Person

KEEPER = Person(role="admin", name="keeper@council.example")


@pytest.fixture
def kept(store):
    for number in range(5):
        audit.record(store, KEEPER, "download", f"file {number}", "as admin, small numbers shown")
    return store


def faults(store) -> list[str]:
    return [fault for fault in publication.invariants(store) if fault.startswith("audit")]


def change(store, statement: str) -> None:
    with store._engine.cursor(store._place) as cursor:
        cursor.execute(statement)


def test_a_log_as_it_was_written_is_sound(kept):
    assert faults(kept) == []
    assert audit.seal(kept).startswith(f"{audit.read(kept).height} acts, the last sealed ")


@pytest.mark.parametrize("column", ["who", "action", "subject", "detail", "digest"])
def test_an_altered_act_is_found(kept, column):
    # S608 is for what a user may have typed; this is one of five words above.
    change(kept, f"update audit set {column} = 'nobody' where audit_id = 3")  # noqa: S608
    assert faults(kept)


def test_an_act_at_another_time_is_found(kept):
    change(kept, "update audit set done_at = done_at - interval 1 second where audit_id = 3")
    assert faults(kept)


def test_an_act_taken_out_is_found_even_when_the_others_move_up(kept):
    change(kept, "delete from audit where audit_id = 3")
    change(kept, "update audit set audit_id = audit_id - 1 where audit_id > 3")
    assert faults(kept)


def test_two_acts_that_change_places_are_found(kept):
    change(kept, "update audit set audit_id = 7 - audit_id where audit_id in (3, 4)")
    assert faults(kept)


def test_who_looked_changes_no_figure_and_forgets_no_cache(kept):
    before = kept.data_version()
    audit.taken(kept, Person(role="committee", name="councillor"), "trend.csv")
    audit.record(kept, None, "turned away", "Loads", "not a page of this role")
    assert kept.data_version() == before
    newest = audit.read(kept).row(1, named=True)
    assert newest["detail"] == "as committee, small numbers masked"
    assert audit.read(kept)["who"][0] == audit.UNKNOWN
