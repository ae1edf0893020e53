"""How long each page's figures take to read, at a council's first year and at its size."""

import shutil
from pathlib import Path

import pytest
from bench.grown import grow
from bench.ledger import TIMES, median, met, ms, table
from bench.reads import of_pages
from browser.access import NAVIGATION

LIMIT = 0.05  # target: seconds for the frame of a page at a million rows
PAGES = [page["file"] for page in NAVIGATION if "officer" in page.get("roles", ["officer"])]


@pytest.mark.parametrize("rows", [50_000, 1_000_000])
def test_reads(sample_copy, book, tmp_path, rows):
    store = Path(shutil.copy(sample_copy, tmp_path / "kpi.duckdb"))
    held = grow(store, book, rows)
    told(str(store), f"reads-{rows}", f"What pages read of {held:,} rows")


def told(store: str, name: str, title: str) -> None:
    """A table of what each page reads: questions, all of them together, and the slowest frame."""
    columns = ("page", "questions", "all (ms)", "frames", "slowest frame (ms)", "processor (ms)")
    with table(name, f"{title} (nothing remembered)", *columns, "of the target") as row:
        slowest = []
        for page, times in of_pages(store, PAGES, TIMES).items():
            frame, used = (median(one) for one in zip(*(read.frame for read in times), strict=True))
            slowest.append((frame, used))
            row(
                page,
                *(len(times[-1].questions), ms(median([read.asked for read in times]))),
                *(len(times[-1].frames), ms(frame), ms(used), met(frame / LIMIT, 1)),
            )
        frame, used = max(slowest)
        row("**slowest**", "", "", "", ms(frame), ms(used), met(frame / LIMIT, 1))
