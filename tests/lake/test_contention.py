"""Many who publish at once, and PostgreSQL gone in the middle: none lost, none twice."""

import itertools
import json
import os
import random
import subprocess
import sys
import textwrap
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import polars as pl
import pytest
from cases import ROOT, incoming, months
from click.testing import CliRunner

from kpi import cli
from kpi.publication import invariants, publish
from kpi.store import FOREVER, Store, StoreUnavailable

PROCESSES, EACH = 4, 50
#: A process publishes its own months, and the same file as all the others after each ten.
PUBLISHING = textwrap.dedent("""
    import json, sys
    from cases import incoming, months
    from kpi import catalogue, settings
    from kpi.publication import publish
    from kpi.store import Store

    process, each = int(sys.argv[1]), int(sys.argv[2])
    book = catalogue.read(settings.read().reference)
    store = Store(settings.read().store, book)
    dataset = book.datasets["child_protection"]
    new = 0
    for number in range(each):
        shared = number % 10 == 9
        name = f"{number:064x}" if shared else f"{process * 1000 + number + 1:063x}f"
        month = months(200)[number if shared else process * 40 + number % 40]
        rows = [{"period": month, "org_id": "CPC1", "cp_open": number}]
        item = incoming(dataset, rows, name, "Published beside many others")
        new += publish(store, [item], f"process {process}")[0].is_new
    print(json.dumps(new))
""")


def test_two_hundred_publications_from_four_processes_are_exact(places, book):
    address = places.empty()
    begun = time.monotonic()
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", PUBLISHING, str(number), str(EACH)],
            cwd=ROOT,
            env=os.environ | {"KPI_STORE": address, "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"},
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(PROCESSES)
    ]
    try:
        new = [json.loads(process.communicate(timeout=600)[0]) for process in processes]
    finally:
        for process in processes:
            process.kill()
    assert [process.returncode for process in processes] == [0] * PROCESSES
    said = f"{PROCESSES * EACH} publications in {time.monotonic() - begun:.0f} s, new: {new}"
    sys.stdout.write(f"\n{said}\n")
    store = Store(address, book)
    loads = store.read("loads", as_at=FOREVER)
    assert loads.height == sum(new)
    assert sorted(loads["load_id"]) == list(range(1, loads.height + 1))
    # Files of a process's own: every one. Files that all bring: once each time it came to speak.
    own = loads.filter(loads["sha256"].str.ends_with("f"))
    assert own["sha256"].n_unique() == own.height
    assert own.height == PROCESSES * EACH * 9 // 10
    speaking = store.table("publication").filter(pl.col("valid_to").is_null())
    assert speaking.select("dataset", "period").is_unique().all()
    assert store.table("child_protection").height == loads.height
    assert store.table("audit")["audit_id"].is_unique().all()
    assert invariants(store) == []
    store.close()


def test_servers_may_start_at_once_on_a_new_lake(lakes, book, tmp_path, monkeypatch):
    monkeypatch.setenv("KPI_DATA_PATH", str(tmp_path / "own"))
    address = lakes.new()
    with ThreadPoolExecutor(3) as pool:
        stores = list(pool.map(lambda _: Store(address, book), range(3)))
    for store in stores:
        assert invariants(store) == []
        for name in ("migration", "reference"):
            assert store.table(name)["name"].is_unique().all()
        assert store.table("target").height == book.table("targets").height
        store.close()


@pytest.fixture
def plans(book):
    def rows(number, month):
        given = [{"period": month, "org_id": "CPC1", "cp_open": number}]
        reason = "Published while PostgreSQL comes and goes"
        return incoming(book.datasets["child_protection"], given, f"{number:064x}", reason)

    return rows


def test_without_postgresql_there_is_one_sentence_and_it_goes_on_by_itself(
    postgres, places, book, plans
):
    store = Store(places.empty(), book)
    april, may, june = months(3)
    publish(store, [plans(1, april)], "officer")
    postgres.stop()
    try:
        with pytest.raises(
            StoreUnavailable, match="PostgreSQL catalogue does not answer"
        ) as caught:
            store.read("loads", as_at=FOREVER)
        assert "\n" not in str(caught.value)
        with pytest.raises(StoreUnavailable, match="PostgreSQL catalogue does not answer"):
            publish(store, [plans(2, may)], "officer")
        answer = CliRunner(env={"KPI_STORE": store.address}).invoke(cli.main, ["loads"])
        assert answer.exit_code == 3
        assert "PostgreSQL catalogue does not answer" in answer.output
        assert answer.output.count("\n") == 1
    finally:
        postgres.start()
    assert store.read("loads", as_at=FOREVER).height == 1
    publish(store, [plans(3, june)], "officer")
    assert store.observations(["cp_open"], ["CPC1"])["value"].to_list() == [1.0, None, 3.0]
    assert invariants(store) == []
    store.close()


def test_a_publication_waits_out_a_short_absence(postgres, places, book, plans):
    store = Store(places.empty(), book)
    postgres.stop()
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(publish, store, [plans(1, months(1)[0])], "officer")
        time.sleep(1)
        assert not done.done()
        postgres.start()
        assert done.result(60)[0].is_new
    assert store.read("loads", as_at=FOREVER).height == 1
    store.close()


STOPS, READERS = 8, 6


def test_postgresql_gone_in_the_middle_of_statements_ends_no_server(postgres, places, book, plans):
    """However a statement is torn, a reader hears one sentence, and is answered afterwards.

    A fault that only closing a cursor meets would end this very process.
    """
    store = Store(places.empty(), book)
    numbers = itertools.count(1)
    publish(store, [plans(next(numbers), months(1)[0])], "officer")
    over, answers, acknowledged = threading.Event(), Counter(), []

    def try_on(act):
        while not over.is_set():
            try:
                act()
                answers["given"] += 1
            except StoreUnavailable as error:
                answers[str(error).partition(" cannot be used: ")[2]] += 1
                time.sleep(0.05)

    def read():
        assert store.observations(["cp_open"], ["CPC1"]).height

    def write():
        item = plans(next(numbers), months(1)[0])
        if publish(store, [item], "officer")[0].is_new:
            acknowledged.append(item.sha256)

    threads = [threading.Thread(target=try_on, args=[act]) for act in [read] * READERS + [write]]
    for thread in threads:
        thread.start()
    try:
        for _ in range(STOPS):
            time.sleep(random.uniform(0.3, 1.5))
            postgres.stop()
            time.sleep(0.3)
            postgres.start()
            assert store.read("loads", as_at=FOREVER).height
    finally:
        over.set()
        for thread in threads:
            thread.join(60)
    sys.stdout.write(f"\n{STOPS} stops, {len(acknowledged)} publications, {dict(answers)}\n")
    away = "its PostgreSQL catalogue does not answer. The dashboard goes on by itself when it does."
    assert set(answers) == {"given", away}
    loads = store.read("loads", as_at=FOREVER)["sha256"]
    assert loads.is_unique().all()
    assert set(acknowledged) <= set(loads)
    assert invariants(store) == []
    store.close()
