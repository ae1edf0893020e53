"""The scorecard beside the same one written the usual way: pandas, CSV files, all in the page."""

import shutil
from contextlib import ExitStack
from pathlib import Path

import apart
import pytest
from bench import painted, peer, servers
from bench.ledger import in_turns, median, ms, table
from bench.test_sessions import alone

from kpi import board
from kpi.store import Store

NAMES = ("dashboard", "pandas and CSV files", "the same, kept ten minutes")


@pytest.fixture(scope="module")
def three(sample_copy, tmp_path_factory):
    folder = tmp_path_factory.mktemp("peer")
    store = Path(shutil.copy(sample_copy, folder / "kpi.duckdb"))
    with ExitStack() as stack:
        kinds = (servers.dashboard(store), servers.peer(folder), servers.peer(folder, cached=True))
        yield [stack.enter_context(kind)[0] for kind in kinds]


#: Where a figure was not supplied pandas adds up the rest; the dashboard makes no figure up.
MADE_UP = {"transformation_spend", "transformation_forecast"}


def test_it_shows_the_same_figures(sample_copy, book):
    """Else it would be no peer: each figure of the page written by hand is the dashboard's."""
    store = Store(str(sample_copy), book)
    names = [measure[0] for measure in peer.MEASURES]
    found = board.observations(store, names, [book.council.org_id], role="officer")
    ours = dict(board.latest(found).select("kpi_id", "value").iter_rows())
    store.close()
    for kpi, _, folder, top, below, rows, per, months, decimals, _ in peer.MEASURES:
        theirs = float(peer.series(peer.read(folder), top, below, rows, per, months).iloc[-1])
        if kpi in MADE_UP:
            assert ours[kpi] is None
        else:
            assert f"{theirs:.{decimals}f}" == f"{ours[kpi]:.{decimals}f}", kpi


def test_scorecard(three, browser):
    firsts = in_turns(*(lambda at=at: painted.first_visit(browser, at, "") for at in three))
    again = [apart.run(alone(at, {("", "")}))[""] for at in three]
    columns = ("scorecard", "first visit, painted (ms)", "ratio", "once more, sent (ms)", "ratio")
    with table("peer", "The scorecard beside one written the usual way", *columns) as row:
        base = median(firsts[0])
        for name, first, step in zip(NAMES, map(median, firsts), again, strict=True):
            row(name, ms(first), f"{first / base:.2f}", ms(step), f"{step / again[0]:.2f}")
