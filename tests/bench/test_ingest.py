"""Checking and publishing a file, beside what DuckDB alone takes to read and insert it."""

import time
from datetime import date
from functools import partial
from pathlib import Path

import duckdb
import pytest
from bench.ledger import in_turns, median, met, table
from cases import months

from kpi import intake
from kpi.store import Store

HEAD = "period,org_id,worker_ref,role,employment,fte,nqsw,cases,supervision_due,supervision_held\n"
TEAMS = "MASH ASSESS1 ASSESS2 CIN1 CIN2 CPC1 CPC2 CIC1 LEAVE FOSTER".split()
LIMIT = 4.0  # target: times what DuckDB alone takes, at a million rows


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


def timed(work) -> tuple[float, float]:
    """Seconds that went by, and seconds of processor time, which a busy computer changes less."""
    start, used = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - start, time.process_time() - used


def check(store: Store, path: Path):
    found = intake.check(store, [(path.name, path.read_bytes())], 500_000_000)
    assert found[0].submission.accepted, found[0].submission.findings
    return found


def peak() -> float:
    """The most memory of this process since :func:`forget`, in MB (Linux)."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def forget() -> None:
    Path("/proc/self/clear_refs").write_text("5", encoding="utf-8")


def check_and_publish(
    book, path: Path, times: list[float], peaks: list[float]
) -> tuple[float, float]:
    """The whole of it timed; the check alone is noted in ``times``, memory in ``peaks``."""
    forget()
    store = Store(":memory:", book)

    def work() -> None:
        begun = time.perf_counter()
        found = check(store, path)
        times.append(time.perf_counter() - begun)
        intake.publish(store, found, "bench", "")

    try:
        return timed(work)
    finally:
        peaks.append(peak())
        store.close()


def read_and_insert(path: Path, peaks: list[float]) -> tuple[float, float]:
    forget()
    with duckdb.connect() as connection:
        try:
            return timed(lambda: connection.read_csv(str(path), all_varchar=True).create("t"))
        finally:
            peaks.append(peak())


def test_check_and_publish(file, book):
    path, rows = file
    checks: list[float] = []
    peaks: list[float] = []
    bare_peaks: list[float] = []
    mine, theirs = in_turns(
        partial(check_and_publish, book, path, checks, peaks),
        partial(read_and_insert, path, bare_peaks),
    )
    took, used = (median(one) for one in zip(*mine, strict=True))
    bare, bare_used = (median(one) for one in zip(*theirs, strict=True))
    columns = (
        "check (s)",
        "check and publish (s)",
        "DuckDB alone (s)",
        "ratio",
        "of processor time",
        "peak memory (MB)",
        "DuckDB alone (MB)",
    )
    with table(f"ingest-{rows}", f"A file of {rows:,} rows", *columns) as row:
        row(
            *(f"{median(checks):.2f}", f"{took:.2f}", f"{bare:.3f}"),
            *(met(took / bare, LIMIT), f"{used / bare_used:.2f}"),
            *(f"{max(peaks):.0f}", f"{max(bare_peaks):.0f}"),
        )
