"""Checking and publishing a file, beside what DuckDB alone takes to read and insert it."""

import resource
import statistics
import time
from datetime import date
from functools import partial
from pathlib import Path

import click
import duckdb
import pytest
from cases import months

from kpi import board, intake
from kpi.store import Store

HEAD = "period,org_id,worker_ref,role,employment,fte,nqsw,cases,supervision_due,supervision_held\n"
TEAMS = "MASH ASSESS1 ASSESS2 CIN1 CIN2 CPC1 CPC2 CIC1 LEAVE FOSTER".split()
TIMES = 5


@pytest.fixture(scope="module", params=[5_000, 1_000_000])
def file(request, tmp_path_factory) -> tuple[Path, int]:
    """Caseloads of many workers over ten months, as CSV."""
    path = tmp_path_factory.mktemp("bench") / "caseloads.csv"
    each = request.param // 10
    with path.open("w", encoding="utf-8") as out:
        out.write(HEAD)
        for at, period in enumerate(months(10, date(2024, 4, 1))):
            for worker in range(each):
                team = TEAMS[(worker + at) % len(TEAMS)]
                out.write(
                    f"{period:%Y-%m},{team},W{worker:06d},social worker,perm,1,N,"
                    f"{(worker + at) % 30},2,{worker % 3}\n"
                )
    return path, request.param


def median(work) -> float:
    return statistics.median(timed(work)[0] for _ in range(TIMES))


def timed(work) -> tuple[float, float]:
    """Seconds that went by, and seconds of processor time, which a busy computer changes less."""
    start, used = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - start, time.process_time() - used


def check_and_publish(store, path) -> None:
    found = intake.check(store, [(path.name, path.read_bytes())], 500_000_000)
    assert found[0].submission.accepted, found[0].submission.findings
    intake.publish(store, found, "bench", "")


def read_and_insert(connection, path) -> None:
    connection.read_csv(str(path), all_varchar=True).create("t")


def test_check_and_publish(file, book):
    """Turn by turn, so that whatever else the computer does meets both alike."""
    path, rows = file
    mine, theirs = [], []
    for _ in range(TIMES):
        with duckdb.connect() as connection:
            theirs.append(timed(partial(read_and_insert, connection, path)))
        store = Store(":memory:", book)
        mine.append(timed(partial(check_and_publish, store, path)))
        store.close()
    took, used = (statistics.median(run) for run in zip(*mine, strict=True))
    bare, bare_used = (statistics.median(run) for run in zip(*theirs, strict=True))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    click.echo(
        f"\n| {rows:,} rows | check and publish {took:.2f} s | DuckDB reads and inserts "
        f"{bare:.2f} s | ratio {took / bare:.1f} | of processor time {used / bare_used:.1f} | "
        f"peak memory {peak:,.0f} MB |"
    )


def test_reading_a_page(file, book):
    path, rows = file
    store = Store(":memory:", book)
    found = intake.check(store, [(path.name, path.read_bytes())], 500_000_000)
    intake.publish(store, found, "bench", "")
    kpis = [kpi.kpi_id for kpi in book.kpis.values() if kpi.dataset == "caseloads"]
    council = median(lambda: board.observations(store, kpis, ["herefordshire"], role="officer"))
    click.echo(f"\n| {rows:,} rows | observations of {len(kpis)} KPIs {1000 * council:.0f} ms |")
    store.close()
