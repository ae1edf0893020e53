"""How long the pack of sixty measures over five years takes in each format, in one process."""

import shutil
import time
from dataclasses import replace
from datetime import date

from bench.ledger import in_turns, median, table
from packs.made import meeting_of

from kpi import compose, export
from kpi.report import Report
from kpi.store import Store

MEASURES = 60
#: Seconds that a format may take.
LIMITS = {"pdf": 20.0, "pptx": 10.0, "xlsx": 10.0, "html": 10.0}


def test_packs(sample_copy, book, tmp_path):
    store = Store(str(shutil.copy(sample_copy, tmp_path / "kpi.duckdb")), book)
    meeting = meeting_of(store, "scrutiny", date(2025, 4, 24))
    start = time.perf_counter()
    made = compose.compose(compose.gather(store, meeting), "A11-B22-C33")
    composed = time.perf_counter() - start
    store.close()
    few, count = _few(made)
    title = f"A pack of {count} measures over five years (all of them composed in {composed:.1f} s)"
    with table("packs", title, "format", "s", "bytes", "limit (s)") as row:
        for name in export.FORMATS:
            times, sizes = zip(*in_turns(lambda name=name: _rendered(few, name))[0], strict=True)
            took, limit = median(times), LIMITS[name]
            row(
                name,
                f"{took:.2f}",
                f"{sizes[0]:,}",
                f"{limit:g} ({'' if took <= limit else 'not '}met)",
            )


def _rendered(report: Report, name: str) -> tuple[float, int]:
    start = time.perf_counter()
    made = export.render(report, name)
    return time.perf_counter() - start, len(made)


def _few(made: Report) -> tuple[Report, int]:
    """The report with its first sections that hold sixty measures or more, and how many it holds."""
    sections, count = [], 0
    for section in made.sections:
        if count < MEASURES:
            sections.append(section)
            count += len(list(section.charts()))
    assert count >= MEASURES
    return replace(made, sections=tuple(sections)), count
