"""Rows of measures for tests of evidence, and the verdict that they are weighed to."""

from datetime import date
from typing import Any

from frames import NOTHING

from kpi import evidence
from kpi.catalogue import Catalogue

MARCH = date(2025, 3, 1)
STEADY = {"variation": "common_cause", "assurance": "inconsistent"}
BETTER = {"variation": "improvement_low"}
WORSE = {"variation": "concern_high"}
GREEN = {"value": 9.0, "target": 10.0, "rating": "green"}
AMBER = {"value": 11.0, "target": 10.0, "rating": "amber"}
RED = {"value": 30.0, "target": 10.0, "rating": "red"}
NO_TARGET = {"value": 9.0, "rating": "none"}


def row(**columns: Any) -> dict[str, Any]:
    return NOTHING | {"kpi_id": "m", "period": MARCH, "points": 48, "observed": 9.0} | columns


def rows_of(book: Catalogue, **columns: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {name: row(kpi_id=name, **told) for name, told in columns.items()}


def weighed(book: Catalogue, priority: str, impact: str | None, **columns: Any) -> evidence.Verdict:
    return evidence.weigh(book, rows_of(book, **columns), priority, MARCH, impact)
