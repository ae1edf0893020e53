"""The disk is full, at every write in turn: a sentence, nothing lost, and done when there is room."""

import itertools
from pathlib import Path

import pytest
from places import of_a_file
from torture import proof
from torture.disks import disk
from torture.ledger import IS_ALL, Ledger, many

pytestmark = of_a_file
#: Kilobytes by which the room grows; in the slice ``COARSER`` times as much.
STEPS = {"load": 64, "withdraw": 4, "copy": 400, "remark": 4, "upgrade": 400}
COARSER = many(few=8, all=1)
AFTER = many(few=0, all=2)  # how often an act succeeds before the room is enough
TITLES = {
    "load": "Disk full during a load",
    "withdraw": "Disk full during a withdrawal",
    "copy": "Disk full during a back-up",
    "remark": "Disk full during a commentary",
    "upgrade": "Disk full during an upgrade",
}


def argument(name: str, ground: proof.Ground, number: int) -> object:
    copy = ground.path.parent / f"copy-{number}.duckdb"
    return {"load": number, "withdraw": 1, "copy": copy, "remark": number, "upgrade": ""}[name]


def acknowledge(ground: proof.Ground, name: str, answer) -> None:
    if name in ("load", "remark"):
        ground.acknowledged.add(proof.number_of(answer))
    if name == "withdraw":
        ground.withdrawn.add(1)


@pytest.mark.parametrize("name", [*TITLES] if IS_ALL else ["load", "copy"])
def test_full_at_every_step(tmp_path, book, ledger: Ledger, name):
    whole = proof.made(tmp_path / "whole", book)
    if name == "upgrade":
        proof.made_older(whole)
    refused = done = 0
    step = STEPS[name] * COARSER * 1024
    for number in itertools.count():
        with disk(tmp_path / f"disk-{number}") as small:
            ground = proof.copied(whole, small.folder / "store")
            if name == "load":
                ground.victim("load", number)
            with small.with_room(number * step) as limits:
                victim = ground.victim(name, argument(name, ground, number), **limits)
                victim.begin(is_writing=False)
                answer = victim.end()
            if answer.status:
                proof.told_plainly(answer)
                refused += 1
                proof.proven(ground)
                victim = ground.victim(name, argument(name, ground, number))
                victim.begin(is_writing=False)
                answer = victim.end()
                assert answer.status == 0, answer
            else:
                done += 1
            acknowledge(ground, name, answer)
            proof.proven(ground)
            if name == "copy":
                proof.proven(proof.Ground(Path(str(argument(name, ground, number))), book))
        if done > AFTER:
            break
    ledger.note(
        TITLES[name],
        refused + done,
        f"{refused} refused in a sentence, each done when there was room",
    )
    assert refused
