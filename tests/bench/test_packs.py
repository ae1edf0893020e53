"""How long the pack of sixty measures over five years takes in each format, in one process."""

import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import click
import pytest
from packs.made import meeting_of

from kpi import compose, export, sample, settings
from kpi.report import Report
from kpi.store import Store

MEASURES = 60
LIMITS = {"pdf": 20.0, "pptx": 10.0, "xlsx": 10.0, "html": 10.0}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, book) -> Report:
    """Sixty measures of the sample, composed."""
    path: Path = tmp_path_factory.mktemp("bench") / "kpi.duckdb"
    sample.build(path, settings.read(), book)
    opened = Store(str(path), book)
    meeting = meeting_of(opened, "scrutiny", date(2025, 4, 24))
    start = time.perf_counter()
    made = compose.compose(compose.gather(opened, meeting), "A11-B22-C33")
    click.echo(f"composing all measures: {time.perf_counter() - start:.2f} s")
    opened.close()
    return _few(made)


def _few(made: Report) -> Report:
    """The report with its first sections that hold sixty measures or more."""
    sections, count = [], 0
    for section in made.sections:
        if count < MEASURES:
            sections.append(section)
            count += len(list(section.charts()))
    assert count >= MEASURES
    click.echo(f"measures: {count}")
    return replace(made, sections=tuple(sections))


@pytest.mark.parametrize("name", export.FORMATS)
def test_a_pack_is_made_in_time(whole, name):
    start = time.perf_counter()
    made = export.render(whole, name)
    took = time.perf_counter() - start
    click.echo(f"{name}: {took:.2f} s, {len(made):,} bytes (limit {LIMITS[name]:.0f} s)")
    assert took < LIMITS[name]
