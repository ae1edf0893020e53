"""Killed in the middle of a load, at any moment: the store holds all of it or none of it."""

import json
import os
import random
import signal
import subprocess
import sys
import time

import pytest
from cases import ROOT

from kpi.publication import invariants
from kpi.store import FOREVER, Store

#: ``KPI_KILLS=50 make test ARGS=tests/test_kill.py`` tries harder.
KILLS = int(os.environ.get("KPI_KILLS", "8"))
WORKERS = 20_000


def command(file, number):
    reason = f"Load number {number} of many"
    return [
        sys.executable,
        "-m",
        "kpi",
        "load",
        str(file),
        "--by",
        "officer",
        "--reason",
        reason,
        "--json",
    ]


@pytest.fixture
def file(tmp_path):
    def write(number):
        rows = "".join(
            f"2024-04,CPC1,W{worker},social worker,perm,1,N,{(worker + number) % 30},1,1\n"
            for worker in range(WORKERS)
        )
        head = "month,team,worker_ref,role,employment,fte,nqsw,cases,supervision_due,supervision_held\n"
        path = tmp_path / f"caseloads-{number}.csv"
        path.write_text(head + rows, encoding="utf-8")
        return path

    return write


def test_all_of_it_or_none_of_it(places, file, book):
    path = places.empty()
    environment = os.environ | {"KPI_STORE": path}
    begun = time.monotonic()
    subprocess.run(command(file(0), 0), cwd=ROOT, env=environment, check=True, capture_output=True)
    whole = time.monotonic() - begun
    chance = random.Random(1)
    killed = acknowledged = 0
    for number in range(1, KILLS + 1):
        process = subprocess.Popen(
            command(file(number), number),
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            output, _ = process.communicate(timeout=chance.uniform(0.3, 1.1) * whole)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            output, _ = process.communicate()
            killed += 1
        acknowledged += bool(output) and json.loads(output)["files"][0]["load_id"] is not None
        store = Store(path, book)
        assert invariants(store) == []
        loads = store.read("loads", as_at=FOREVER)
        assert store.table("caseloads").height == WORKERS * loads.height
        assert loads["months_speaking"].sum() == 1
        store.close()
    assert killed > 0
    assert loads.height >= 1 + acknowledged
