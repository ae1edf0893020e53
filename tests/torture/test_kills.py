"""Killed in the middle of a load, a withdrawal, a back-up, an upgrade: whole, or not there."""

import random
import time
from pathlib import Path

import pytest
from places import of_a_file
from torture import proof
from torture.ledger import IS_ALL, Ledger, many
from torture.proof import Ground

from kpi import publication
from kpi.store import Store

pytestmark = of_a_file
KILLS = many(few=2, all=50)  # of each of the four acts


@pytest.fixture
def ground(tmp_path: Path, book) -> Ground:
    return proof.made(tmp_path / "store", book)


def attacked(victim, chance: random.Random, whole: tuple[float, float], number: int):
    """Kill a victim at a random moment: of all that it does, and of its writing, by turns."""
    is_writing = number % 2 == 0
    victim.begin(is_writing)
    return victim.kill_after(chance.uniform(0, 1.15) * whole[is_writing])


def measured(make) -> tuple[float, float]:
    """Seconds of an act from its beginning, and from where it writes, when nobody kills it."""
    seconds = []
    for is_writing in (False, True):
        victim = make(is_writing)
        victim.begin(is_writing)
        begun = time.perf_counter()
        assert victim.end().status == 0
        seconds.append(time.perf_counter() - begun)
    return seconds[0], seconds[1]


def test_a_load(ground, ledger: Ledger):
    chance, made = random.Random(1), 0
    whole = measured(lambda writing: ground.victim("load", 900 + writing))
    for number in range(KILLS):
        answer = attacked(ground.victim("load", number), chance, whole, number)
        if answer.status is not None:
            ground.acknowledged.add(proof.number_of(answer))
            made += 1
        proof.proven(ground)
    ledger.note("Kills of a load", KILLS, f"{made} had been acknowledged, all are there")
    assert made < KILLS or not IS_ALL


def test_a_withdrawal(ground, ledger: Ledger):
    chance, made, waiting = random.Random(2), 0, list(range(3, ground.months + 1))
    whole = measured(lambda writing: ground.victim("withdraw", 1 + writing))
    ground.withdrawn |= {1, 2}
    for number in range(KILLS):
        load_id = waiting[0]
        answer = attacked(ground.victim("withdraw", load_id), chance, whole, number)
        if answer.status is not None:
            made += answer.status == 0
            waiting.pop(0)
            ground.withdrawn.add(load_id)
        proof.proven(ground)
        if not waiting:
            ground = proof.made(ground.path.parent / f"again-{number}", ground.book)
            waiting = list(range(1, ground.months + 1))
    ledger.note("Kills of a withdrawal", KILLS, f"{made} had been acknowledged, all are there")
    assert made < KILLS or not IS_ALL


def test_a_backup(ground, tmp_path, ledger: Ledger):
    chance, made, folder = random.Random(3), 0, tmp_path / "copies"
    whole = measured(lambda writing: ground.victim("copy", folder / f"first-{writing}.duckdb"))
    for number in range(KILLS):
        path = folder / f"copy-{number}.duckdb"
        answer = attacked(ground.victim("copy", path), chance, whole, number)
        made += answer.status == 0
        assert path.exists() or answer.status is None
        if path.exists():
            proof.proven(proof.copied(Ground(path, ground.book), tmp_path / f"c{number}"))
        proof.proven(ground)
    ledger.note(
        "Kills of a back-up", KILLS, f"{made} had been acknowledged, no half one has a name"
    )
    assert made < KILLS or not IS_ALL


def test_an_upgrade(ground, tmp_path, book, ledger: Ledger):
    chance = random.Random(4)
    proof.made_older(ground)

    def older(name: object) -> Ground:
        return proof.copied(ground, tmp_path / f"older-{name}")

    whole = measured(lambda writing: older(f"whole-{writing}").victim("upgrade"))
    for number in range(KILLS):
        victim = older(number)
        attacked(victim.victim("upgrade"), chance, whole, number)
        for copy in victim.path.parent.glob("kpi-before-upgrade-*.duckdb"):
            kept = Ground(copy, book)
            proof.proven(proof.copied(kept, copy.parent / copy.stem))
        proof.proven(victim)
    ledger.note("Kills of an upgrade", KILLS, "each store was upgraded at its next opening")


def test_copies_before_upgrades_are_whole(ground, tmp_path, book):
    """The last one is opened as it is: what was copied is what there was."""
    proof.made_older(ground)
    proof.proven(ground)
    (copy,) = ground.path.parent.glob("kpi-before-upgrade-*.duckdb")
    again = Store(str(copy), book)
    assert publication.invariants(again) == []
    again.close()
