"""Observation frames for tests of words, cards and charts: a series is a list of figures."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl

from kpi import observation
from kpi.catalogue import Kpi

NOTHING: dict[str, Any] = {name: None for name in observation.SCHEMA} | {
    "org_id": "herefordshire",
    "rating": "none",
    "direction": "none",
    "segment": 0,
    "points": 48,
    "signal": "none",
    "variation": "none",
    "assurance": "none",
    "load_id": 7,
}


def kpi(polarity: Any = "low", unit: str = "cases", decimals: int = 1, **settings: Any) -> Kpi:
    """A measure; a count of something unless it is given a denominator or a statistic."""
    named = {
        "kpi_id": "m",
        "ref": "M1",
        "title": "Average caseload",
        "question": "?",
        "definition": ".",
        "theme": "t",
        "dataset": "d",
        "numerator": "n",
        "polarity": polarity,
        "unit": unit,
        "decimals": decimals,
    }
    return Kpi(**(named | settings))


def caseload(**settings: Any) -> Kpi:
    return kpi(denominator="fte", **settings)


def share(**settings: Any) -> Kpi:
    """A percentage over twelve months, lower is better."""
    named = {
        "title": "Repeat child protection plans",
        "denominator": "n2",
        "per": 100,
        "window": 12,
    }
    return kpi(unit="%", **(named | settings))


def month(at: int) -> date:
    """The at-th month of a series, counted from 0: April 2021."""
    return date(2021 + (3 + at) // 12, (3 + at) % 12 + 1, 1)


def series(values: Sequence[float | None], **columns: Any) -> pl.DataFrame:
    """One KPI of one organisation, month by month. A column is one figure or one a month."""
    rows = []
    for at, value in enumerate(values):
        row = NOTHING | {"kpi_id": "m", "period": month(at), "value": value, "observed": value}
        given = {name: of[at] if isinstance(of, list) else of for name, of in columns.items()}
        rows.append(row | given)
    schema: dict[str, Any] = dict(observation.SCHEMA)
    return observation.conform(pl.DataFrame(rows, schema=schema, orient="row"))


def row(value: float | None = 10.0, **columns: Any) -> dict[str, Any]:
    """The last row of a series."""
    return series([value], **columns).row(-1, named=True)


def published(*rows: tuple[str, int, float | None, str | None]) -> pl.DataFrame:
    """Published figures: kind of area, year, figure, state."""
    names = {"neighbours": "neighbours", "country": "England", "authority": "Herefordshire",
             "region": "West Midlands"}  # fmt: skip
    source = "Department for Education, a statistic, Open Government Licence v3.0"
    return pl.DataFrame(
        [
            ("s", year, names[kind], kind, value, state, None, source)
            for kind, year, value, state in rows
        ],
        schema={
            "series": pl.String,
            "year": pl.Int64,
            "area": pl.String,
            "area_type": pl.String,
            "value": pl.Float64,
            "state": pl.String,
            "statistic": pl.String,
            "source": pl.String,
        },
        orient="row",
    )
