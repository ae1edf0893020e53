"""Series drawn on their charts, for tests of process limits and signals.

Signals are written one character a point, so that a table shows the picture of its chart.
"""

from datetime import date
from typing import Any

import polars as pl
import pytest

from kpi.observation import SCHEMA
from kpi.spc import Chart, add_limits

MARKS = {
    "common_cause": ".",
    "above_upl": "U",
    "below_lpl": "L",
    "increasing": "+",
    "decreasing": "-",
    "two_of_three_high": "h",
    "two_of_three_low": "l",
    "shift_high": "^",
    "shift_low": "v",
    "none": "_",
}
#: Mean 0, moving ranges 2: limits at 5.32 either side, two sigma at 3.5467.
BASE = [1.0, -1.0] * 6
CASELOAD = [
    *[22.4, 21.8, 23.1, 22.0, 22.9, 21.5, 22.6, 23.3, 22.2, 21.9, 22.7, 22.1],
    *[18.2, 17.6, 17.9, 16.8, 16.9, 16.1, 15.8, 16.3],
]


def month(n: int) -> date:
    """The n-th month of a series, counted from 1."""
    return date(2020 + (n - 1) // 12, (n - 1) % 12 + 1, 1)


def series(x: list, target=None, kpi: str = "k", org: str = "o") -> pl.DataFrame:
    targets = target if isinstance(target, list) else [target] * len(x)
    rows = [(kpi, month(n), org, *row) for n, row in enumerate(zip(x, targets, strict=True), 1)]
    columns = ["kpi_id", "period", "org_id", "observed", "target"]
    return pl.DataFrame(rows, schema={name: SCHEMA[name] for name in columns}, orient="row")


def draw(x: list, target=None, polarity: Any = "high", **options: Any) -> pl.DataFrame:
    return add_limits(series(x, target), {"k": Chart(polarity=polarity, **options)})


def marks(frame: pl.DataFrame) -> str:
    return "".join(MARKS[signal] for signal in frame["signal"])


def limits(frame: pl.DataFrame, row: int = -1) -> tuple:
    return tuple(frame[name][row] for name in ("mean", "lpl", "upl"))


def card(frame: pl.DataFrame) -> tuple:
    return frame["variation"][-1], frame["assurance"][-1]


def after_base(probe: list, **options) -> str:
    """Marks of a few points judged by the limits of BASE, a gap away from it."""
    frame = draw([*BASE, None, *probe], fix_after=12, **options)
    assert limits(frame) == pytest.approx((0, -5.32, 5.32))
    return marks(frame)[len(BASE) + 1 :]


def close(*numbers: float):
    return pytest.approx(numbers, abs=5e-5)
