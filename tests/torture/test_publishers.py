"""Twenty who publish at once: through one server, and as programs that share one file."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from cases import incoming, months
from places import of_a_file
from torture import proof
from torture.ledger import Ledger, many

from kpi import publication

pytestmark = of_a_file
PUBLISHERS = 20
EACH = many(few=2, all=10)
PROGRAMS = many(few=4, all=20)
PATIENCE = 240  # seconds until every program had its turn


@pytest.fixture
def ground(tmp_path, book) -> proof.Ground:
    return proof.made(tmp_path / "store", book)


def test_twenty_through_one_server(ground, ledger: Ledger):
    """As the pages of a server do: one open store, a thread for each who publishes."""
    store, dataset = ground.open(), ground.book.datasets["child_protection"]

    def work(publisher: int) -> list[int]:
        done = []
        for number in range(EACH):
            rows = [{"period": months(1)[0], "org_id": "CPC1", "cp_open": number}]
            sha = f"{1000 * (publisher + 1) + number:064x}"
            item = incoming(dataset, rows, sha, f"Publisher {publisher}, number {number}")
            done += [one.load_id for one in publication.publish(store, [item], "officer")]
        return done

    with ThreadPoolExecutor(PUBLISHERS) as pool:
        answers = list(pool.map(work, range(PUBLISHERS)))
    store.close()
    made = [load_id for answer in answers for load_id in answer]
    assert len(made) == len(set(made)) == PUBLISHERS * EACH
    ground.acknowledged |= set(made)
    proof.proven(ground)
    ledger.note("Publications by 20 at once, one server", len(made), "all there, none twice")


def test_programs_that_share_a_file(ground, ledger: Ledger):
    """A file belongs to one program: the others are told so, and come again."""
    waiting, told, end = list(range(PROGRAMS)), 0, time.monotonic() + PATIENCE
    while waiting and time.monotonic() < end:
        victims = {number: ground.victim("load", number) for number in waiting}
        for victim in victims.values():
            victim.begin(is_writing=False)
        for number, victim in victims.items():
            answer = victim.end()
            if answer.status:
                proof.told_plainly(answer)
                told += 1
            else:
                ground.acknowledged.add(proof.number_of(answer))
                waiting.remove(number)
        proof.proven(ground)
    assert waiting == []
    assert len(ground.acknowledged) == PROGRAMS
    ledger.note(
        "Publications by 20 programs on one file",
        PROGRAMS,
        f"all there, none twice; {told} times one was told that another has the store",
    )
