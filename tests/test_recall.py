"""What is recalled is what the store says, whatever was done to it in whichever order."""

import random
from datetime import date, datetime, timedelta
from functools import partial

import pytest
from cases import incoming, months
from polars.testing import assert_frame_equal

from kpi import board, masks, organisation, publication, recall, register, targets
from kpi.recall import Recall
from kpi.store import FOREVER
from kpi.targets import Target

PLANS, CARE = "child_protection", "children_looked_after"
COUNT = {PLANS: "cp_open", CARE: "cla_open"}
TEAMS = {PLANS: ("CPC1", "CPC2"), CARE: ("CIC1", "CIC2")}
START = datetime(2025, 5, 1, 9)


@pytest.fixture
def kpis(book):
    return [kpi.kpi_id for kpi in book.kpis.values() if kpi.dataset in COUNT]


@pytest.fixture
def read(monkeypatch):
    """The measures that were read of the store, question by question."""
    found: list[list[str]] = []
    observations = board.observations

    def noted(store, kpi_ids, *given, **named):
        found.append(sorted(kpi_ids))
        return observations(store, kpi_ids, *given, **named)

    monkeypatch.setattr(board, "observations", noted)
    return found


def publish(store, dataset, value, at, period=date(2025, 3, 1)):
    rows = [
        {"period": period, "org_id": team, COUNT[dataset]: value + number}
        for number, team in enumerate(TEAMS[dataset])
    ]
    file = incoming(store.catalogue.datasets[dataset], rows, f"{value:064}", "Counted anew by hand")
    return publication.publish(store, [file], "Officer", at)[0].load_id


def ask(kept, store, kpis, as_at=FOREVER, role="officer", orgs=()):
    known = recall.marks(store, as_at)
    return kept.observations(store, kpis, orgs, as_at, role=role, known=known)


def test_it_is_what_the_store_says_in_the_same_order(store, kpis):
    publish(store, PLANS, 20, START)
    publish(store, CARE, 40, START)
    found = ask(Recall(), store, list(reversed(kpis)))
    assert found.height
    assert_frame_equal(found, board.observations(store, kpis, (), role="officer"))


def test_only_the_measures_of_the_return_that_changed_are_read_again(store, book, kpis, read):
    publish(store, PLANS, 20, START)
    publish(store, CARE, 40, START)
    kept = Recall()
    ask(kept, store, kpis)
    ask(kept, store, kpis)
    publish(store, PLANS, 22, START + timedelta(hours=1))
    found = ask(kept, store, kpis)
    of_plans = sorted(name for name in kpis if book.kpis[name].dataset == PLANS)
    assert read == [sorted(kpis), of_plans]
    assert 22 + 23 in found.filter(kpi_id="cp_open")["value"].to_list()


def test_a_moment_in_the_past_stays_as_it_was(store, kpis, read):
    publish(store, PLANS, 20, START)
    kept, before = Recall(), START + timedelta(minutes=1)
    ask(kept, store, kpis, before)
    publish(store, PLANS, 22, START + timedelta(hours=1))
    assert 20 + 21 in ask(kept, store, kpis, before)["value"].to_list()
    assert len(read) == 1


def test_what_is_published_while_it_is_read_is_not_kept_for_before(store, kpis, monkeypatch):
    publish(store, PLANS, 20, START)
    kept, before = Recall(), START + timedelta(minutes=1)
    observations = board.observations

    def late(*given, **named):
        publish(store, PLANS, 22, START + timedelta(hours=1))
        return observations(*given, **named)

    with monkeypatch.context() as patched:
        patched.setattr(board, "observations", late)
        assert 22 + 23 in ask(kept, store, kpis)["value"].to_list()
    found = ask(kept, store, kpis, before)
    assert_frame_equal(found, board.observations(store, kpis, (), before, role="officer"))


def test_who_may_see_less_is_not_given_what_others_were(store, kpis):
    publish(store, PLANS, 1, START)
    kept = Recall()
    assert ask(kept, store, kpis).filter(kpi_id="cp_open", org_id="CPC1")["value"].item() == 1
    masked = ask(kept, store, kpis, role="committee")
    assert masked.filter(kpi_id="cp_open", org_id="CPC1")["value"].item() is None


def test_what_was_asked_for_longest_ago_goes_when_there_is_no_room(store, kpis, read):
    publish(store, PLANS, 20, START)
    size = ask(Recall(), store, ["cp_open"]).estimated_size()
    read.clear()
    kept = Recall(limit=int(2.5 * size))
    for name in ("cp_open", "cp_started", "cp_open", "cp_ended", "cp_open", "cp_started"):
        ask(kept, store, [name])
    assert read == [["cp_open"], ["cp_started"], ["cp_ended"], ["cp_started"]]


def test_nothing_is_asked_and_nothing_given(store):
    found = ask(Recall(), store, [])
    assert_frame_equal(found, board.observations(store, [], (), role="officer"))


class Acts:
    """Acts by chance, most of them now, some dated back, and what each return has loaded."""

    def __init__(self, store, chance):
        self.store, self.chance, self.clock = store, chance, START
        self.loads: list[int] = []
        self.withdrawn: list[int] = []
        self.renamed = 0

    def one(self):
        kinds = [self.publish, self.publish, self.publish, self.withdraw, self.restore]
        self.chance.choice([*kinds, self.target, self.team])()

    def moment(self):
        self.clock += timedelta(minutes=self.chance.randint(1, 90))
        return self.clock

    def publish(self):
        dataset = self.chance.choice(list(COUNT))
        period = self.chance.choice(months(3, date(2025, 1, 1)))
        value = self.chance.randint(0, 10**6)
        self.loads.append(publish(self.store, dataset, value, self.moment(), period))

    def withdraw(self):
        if self.loads:
            load = self.loads.pop(self.chance.randrange(len(self.loads)))
            publication.withdraw(self.store, load, "Officer", "Sent in error", self.moment())
            self.withdrawn.append(load)

    def restore(self):
        if self.withdrawn:
            load = self.withdrawn.pop(self.chance.randrange(len(self.withdrawn)))
            publication.restore(self.store, load, "Officer", "Right after all", self.moment())
            self.loads.append(load)

    def target(self):
        wanted = Target(
            kpi_id="cp_repeat",
            valid_from=date(2025, 1, 1),
            target=self.chance.randint(1, 10**6) / 10**5,
            tolerance=None,
            band_low=None,
            band_high=None,
            reason="Agreed by the board",
        )
        back = timedelta(hours=self.chance.choice([0, 0, 3]))
        targets.set_target(self.store, wanted, "Officer", self.moment() - back)

    def team(self):
        name = f"Court team {self.chance.randint(0, 10**6)}"
        self.renamed += 1
        first = months(self.renamed, date(2025, 4, 1))[-1]
        step = partial(organisation.rename, org_id="CPC1", name=name, first=first)
        register.record(self.store, step, "Officer", "It is called otherwise now")


@pytest.mark.parametrize("seed", range(3))
def test_whatever_was_done_it_is_what_the_store_says(store, kpis, seed):
    acts, kept = Acts(store, random.Random(seed)), Recall()
    for _ in range(9):
        acts.one()
        for as_at in (FOREVER, acts.clock - timedelta(hours=2)):
            for role in ("officer", "committee"):
                found = ask(kept, store, kpis, as_at, role)
                said = board.observations(store, kpis, (), as_at, role=role)
                assert_frame_equal(found, said)


@pytest.mark.parametrize("seed", range(3))
def test_what_is_withheld_goes_on_from_what_was_known(store, seed):
    """The same as gone through from the first state on, whichever moment was asked for before."""
    acts = Acts(store, random.Random(seed))
    for _ in range(9):
        acts.one()
        as_at = acts.chance.choice([acts.clock, acts.clock, acts.clock - timedelta(hours=2)])
        for dataset in COUNT:
            made = masks.makeup(store, dataset)
            *_, last = masks.states(store, made, dataset, as_at)
            known = masks._told_before(store, made, dataset, as_at)
            assert masks._state(store, made, as_at, known).shown == last.shown
