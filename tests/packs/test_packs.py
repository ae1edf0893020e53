"""Freezing, finding and proving packs: the same figures and id, whatever is loaded later."""

import shutil
from datetime import date, datetime

import polars as pl
import pytest
from cases import incoming
from hypothesis import given
from hypothesis import strategies as st

from kpi import board, catalogue, compose, packs, publication, settings
from kpi import report as reports
from kpi import store as stores
from kpi.compose import Meeting
from kpi.packs import LETTERS, PackRefused
from kpi.store import Store
from packs.made import DAY, meeting_of

ONE = {"icpc_held": 5, "icpc_15wd": 4, "cp_start": 6, "cp_repeat_start": 1, "cp_end": 3,
       "cp_open": 107, "cp_2yr": 2, "reviews_due": 40, "reviews_in_time": 38, "cin_open": 900,
       "s47_started": 10}  # fmt: skip

# ---- ids ----

DIGESTS = st.binary(min_size=32, max_size=32)


@given(DIGESTS)
def test_an_id_is_read_as_it_was_printed(digest):
    spelt = packs.spelt(digest)
    assert len(spelt) == 11 and spelt.count("-") == 2
    for typed in (spelt, spelt.lower(), spelt.replace("-", ""), f" {spelt.replace('-', ' ')} "):
        assert packs.read_id(typed) == spelt


@given(DIGESTS, st.integers(0, 8), st.sampled_from(LETTERS))
def test_one_wrong_character_is_told(digest, at, letter):
    plain = packs.spelt(digest).replace("-", "")
    wrong = plain[:at] + letter + plain[at + 1 :]
    if wrong != plain:
        with pytest.raises(PackRefused, match="has a slip in it"):
            packs.read_id(wrong)


@given(DIGESTS, st.integers(0, 7))
def test_two_neighbours_that_changed_places_are_told(digest, at):
    plain = packs.spelt(digest).replace("-", "")
    wrong = plain[:at] + plain[at + 1] + plain[at] + plain[at + 2 :]
    if wrong != plain:
        with pytest.raises(PackRefused):
            packs.read_id(wrong)


@given(st.text(max_size=30))
def test_whatever_is_typed_is_answered_in_a_sentence(typed):
    try:
        packs.read_id(typed)
    except PackRefused as error:
        assert str(error).endswith(".")


# ---- freezing ----


def a_month(book, period, cp_open=107):
    row: dict[str, object] = dict(ONE)
    row |= {"period": period, "org_id": "herefordshire", "cp_open": cp_open}
    return incoming(book.datasets["child_protection"], [row], sha256=f"{cp_open:064}",
                    reason="A recount after the audit")  # fmt: skip


@pytest.fixture
def small(store, book):
    """A store with one month, published on 20 May 2024."""
    publication.publish(store, [a_month(book, date(2024, 4, 1))], "officer", datetime(2024, 5, 20))
    return store


def test_a_pack_is_frozen_once(small):
    meeting = meeting_of(small, "scrutiny", date(2024, 6, 1))
    first = packs.freeze(small, meeting, "clerk")
    again = packs.freeze(small, meeting, "somebody else")
    assert (again.pack_id, again.made_by) == (first.pack_id, "clerk")
    assert len(packs.listed(small, "officer")) == 1
    audit = small.read("audit").filter(action="pack")
    assert audit["subject"].to_list() == [first.pack_id]


def test_a_correction_after_the_meeting_changes_nothing(small, book):
    meeting = meeting_of(small, "scrutiny", date(2024, 6, 1))
    frozen = packs.freeze(small, meeting, "clerk")
    before = packs.content(small, frozen.pack_id, "officer")
    later = a_month(book, date(2024, 4, 1), cp_open=110)
    publication.publish(small, [later], "officer", datetime(2024, 7, 1))
    assert packs.freeze(small, meeting, "clerk").pack_id == frozen.pack_id
    assert packs.content(small, frozen.pack_id, "officer") == before
    assert packs.prove(small, frozen.pack_id, "officer").is_same


def test_the_id_follows_from_what_the_pack_says(small, book, tmp_path):
    """The same meeting of another store that holds the same figures has the same id."""
    other = Store(str(tmp_path / "other.duckdb"), book)
    publication.publish(other, [a_month(book, date(2024, 4, 1))], "other", datetime(2024, 5, 1))
    meeting = meeting_of(small, "scrutiny", date(2024, 6, 1))
    mine, theirs = (packs.freeze(one, meeting, "clerk").pack_id for one in (small, other))
    assert mine == theirs
    for changed in (
        meeting_of(small, "cabinet", date(2024, 6, 1)),
        meeting_of(small, "scrutiny", date(2024, 6, 2)),
        meeting_of(small, "scrutiny", date(2024, 6, 1), "Special meeting"),
    ):
        assert packs.freeze(small, changed, "clerk").pack_id != mine
    other.close()


def test_other_reference_data_are_noticed(sample_store, tmp_path, book):
    """Population is not kept by moment: the frozen pack stands, and its proof says what differs."""
    meeting = meeting_of(sample_store, "board", date.fromisoformat(DAY))
    frozen = packs.freeze(sample_store, meeting, "clerk")
    before = packs.content(sample_store, frozen.pack_id, "officer")
    assert packs.prove(sample_store, frozen.pack_id, "officer").is_same
    address = sample_store.address
    sample_store.close()
    folder = shutil.copytree(book.folder, tmp_path / "reference")
    rows = pl.read_csv(folder / "population.csv").with_columns(pl.col("population") + 1000)
    rows.write_csv(folder / "population.csv")
    moved = Store(address, catalogue.read(folder))
    proof = packs.prove(moved, frozen.pack_id, "officer")
    assert proof.pack == frozen and not proof.is_same
    assert "would differ" in proof.sentence and "stands as it was frozen" in proof.sentence
    assert packs.content(moved, frozen.pack_id, "officer") == before
    moved.close()


def test_an_id_of_another_dashboard(small):
    proof = packs.prove(small, packs.spelt(b"x" * 32), "officer")
    assert proof.pack is None
    assert "may come from another dashboard" in proof.sentence


def test_a_report_comes_back_as_it_was_kept(report):
    text = reports.to_json(report)
    assert reports.from_json(text) == report
    assert reports.to_json(reports.from_json(text)) == text


@pytest.mark.parametrize("text", ["[]", "{}", '{"cover": 1}'])
def test_what_is_no_report_is_refused(text):
    with pytest.raises((ValueError, AttributeError)):
        reports.from_json(text)


# ---- moments ----


def test_nothing_was_published_by_then(small):
    with pytest.raises(PackRefused, match="the first month came on 20 May 2024"):
        packs.freeze(small, meeting_of(small, "scrutiny", date(2024, 5, 1)), "clerk")


def test_an_empty_store_has_nothing_to_freeze(store):
    with pytest.raises(PackRefused, match="no month has been published"):
        packs.freeze(store, meeting_of(store, "scrutiny", date(2024, 5, 1)), "clerk")


def at(store, as_at):
    forum = compose.forums(store.catalogue.folder)["scrutiny"]
    return Meeting(
        forum=forum,
        title="",
        date=date(2024, 6, 1),
        as_at=as_at,
        sections=("brief",),
        role="officer",
    )


def test_a_day_to_come_is_refused_and_today_counts_up_to_now(store):
    now = datetime(2024, 6, 1, 10, 30)
    assert packs.settled(at(store, datetime(2024, 5, 1)), now).as_at == datetime(2024, 5, 1)
    assert packs.settled(at(store, board.moment("2024-06-01")), now).as_at == now
    with pytest.raises(PackRefused, match="2 June 2024 is still to come"):
        packs.settled(at(store, board.moment("2024-06-02")), now)


def test_a_meeting_that_nobody_knows(small):
    with pytest.raises(PackRefused, match="no meeting 'M99'"):
        packs.of_register(small, "M99", settings.read().reference)
    assert packs.meetings(small, stores.FOREVER).is_empty()


def test_a_meeting_of_the_register(sample_store):
    """Its forum, title and day come from the register; frozen once, it stays."""
    reference = settings.read().reference
    meeting = packs.of_register(sample_store, "M05", reference)
    assert (meeting.forum.forum_id, meeting.date) == ("scrutiny", date(2022, 7, 12))
    assert meeting.title and meeting.as_at == board.moment("2022-07-12")
    with pytest.raises(PackRefused, match="No pack is set up for 'Full council'"):
        packs.of_register(sample_store, "M01", reference)
    sample_store.close()


def test_the_plan_names_each_priority_once(sample_store):
    """Whatever loads the register of priorities has had."""
    rows = sample_store.read("plan", as_at=board.moment("2025-04-24"))
    assert rows.height > 200
    assert not rows.select("period", "priority_id").is_duplicated().any()
    sample_store.close()


def test_no_section_is_called_like_a_theme(book):
    """A section is found by its id among the parts and the themes alike."""
    assert not set(compose.SECTIONS) & set(book.themes)
    known = set(compose.titles(book.themes))
    for forum in compose.forums(book.folder).values():
        assert set(compose.expanded(book, forum.sections)) <= known
