"""The tables that other programs read: their columns, what each means, and their rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from kpi import board, observation
from kpi.access import Role
from kpi.catalogue import Catalogue
from kpi.store import Store
from kpi.web.asked import Asked

#: What each column of an observation means; its types are those of the frame.
OBSERVATION = {
    "kpi_id": "The measure; /api/v1/kpis says what it is.",
    "period": "First day of the month that the figure is for.",
    "org_id": "The organisation: the council, a service or a team.",
    "numerator": "What is counted.",
    "denominator": "Of how many; null for a count.",
    "value": "The figure in the measure's unit, not rounded; null when state says why.",
    "observed": "The single month of a figure that is made from several.",
    "target": "The target for that month.",
    "tolerance": "How far a figure may miss its target and be near it.",
    "band_low": "Lower end of the good range.",
    "band_high": "Upper end of the good range.",
    "state": "Why there is no figure; c: withheld, small numbers.",
    "rating": "Against target: green meets it, amber is near it, red is not; none: no target.",
    "direction": "Compared with usual month-to-month variation, by what is good for the measure.",
    "segment": "Which stretch of process limits the month belongs to.",
    "points": "How many months the limits are made from.",
    "mean": "Centre line of the process.",
    "lpl": "Lower process limit.",
    "upl": "Upper process limit.",
    "signal": "Which rule of statistical process control the month breaks.",
    "variation": "Whether it is really changing: improvement, concern, or usual variation.",
    "assurance": "Whether the target will reliably be met.",
    "load_id": "The load that the figure comes from.",
    "illustrative": "True when the month is made up, to try the dashboard with.",
}
KPI = {
    "kpi_id": "The measure.",
    "ref": "Its short reference.",
    "title": "What it is called.",
    "question": "The question that it answers.",
    "definition": "How it is counted.",
    "theme": "The part of the service that it is about.",
    "dataset": "The return that its figures come from.",
    "polarity": "Whether high or low is good; neutral: neither.",
    "unit": "Unit of the value; blank for a count.",
    "decimals": "Decimal places to show.",
    "window": "Over how many months it is counted.",
    "headline": "Whether it stands on the scorecard.",
    "priority": "The improvement priorities that it gives evidence for.",
    "benchmark": "The published series that it is compared with; blank where there is none.",
}
BENCHMARK = {
    "kpi_id": "The measure that is compared.",
    "series": "The published series.",
    "year": "The year as it is published; a financial year by its start.",
    "area_type": "Country, region, authority or statistical neighbours.",
    "area_code": "Code of the area; neighbours for the set of them.",
    "area": "Name of the area.",
    "value": "The published figure.",
    "state": "Why there is no figure, as the Department for Education marks it.",
    "statistic": "Of the neighbours: which statistic of their figures; else null.",
    "source": "Whose figure it is.",
}
KPI_TYPES = {"decimals": pl.Int32, "window": pl.Int32, "headline": pl.Boolean}


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows under the columns of one of the above, and what a reader must know of all of them."""

    rows: pl.DataFrame
    facts: Mapping[str, Any]


def figures(store: Store, asked: Asked, facts: Mapping[str, Any], role: Role) -> Table:
    """Figures as ``role`` may see them; the whole council's of every measure when none is named."""
    known = store.catalogue
    orgs = asked.orgs or (known.council.org_id,)
    found = board.observations(
        store, asked.kpis or list(known.kpis), orgs, asked.as_at, role=role
    ).filter(
        pl.lit(True) if asked.since is None else pl.col("period") >= asked.since,
        pl.lit(True) if asked.until is None else pl.col("period") <= asked.until,
    )
    is_made_up = pl.lit(facts["illustrative"], pl.Boolean)
    return Table(rows=found.with_columns(illustrative=is_made_up), facts=facts)


def kpis(known: Catalogue, asked: Asked) -> Table:
    """The measures and what they mean."""
    rows = [_row(known, name) for name in asked.kpis or known.kpis]
    schema: dict[str, Any] = {name: KPI_TYPES.get(name, pl.String) for name in KPI}
    schema["priority"] = pl.List(pl.String)
    return Table(rows=pl.DataFrame(rows, schema), facts={"council": known.council.org_id})


def _row(known: Catalogue, name: str) -> dict[str, Any]:
    kpi = known.kpis[name]
    return {column: getattr(kpi, column) for column in KPI} | {"priority": list(kpi.priority)}


def benchmarks(store: Store, asked: Asked) -> Table:
    """Published figures for the measures that have any, as far as they were out on the day."""
    known = store.catalogue
    chosen = [known.kpis[name] for name in asked.kpis or known.kpis]
    rows = board.comparators(store, chosen)
    out = board.known_by(known, rows, asked.day).select(list(BENCHMARK))
    return Table(rows=out, facts={"as_at": asked.day and asked.day.isoformat()})


def schema(columns: Mapping[str, str], types: Mapping[str, Any]) -> dict[str, Any]:
    """A row as JSON Schema: every column is there, and most may be null."""
    return {
        "type": "object",
        "required": list(columns),
        "additionalProperties": False,
        "properties": {
            name: _property(name, types[name]) | {"description": means}
            for name, means in columns.items()
        },
    }


#: Columns that always have something.
GIVEN = frozenset({"kpi_id", "period", "org_id", "series", "year", "illustrative", *KPI})
WORDS: Mapping[str, Sequence[str]] = {
    "state": list(observation.STATES),
    "rating": ["green", "amber", "red", "none"],
    "polarity": ["high", "low", "neutral"],
}


def _property(name: str, kind: Any) -> dict[str, Any]:
    if kind == pl.List(pl.String):
        return {"type": "array", "items": {"type": "string"}}
    named = {pl.Date: "string", pl.String: "string", pl.Boolean: "boolean", pl.Float64: "number"}
    plain = named.get(kind, "integer")
    found: dict[str, Any] = {"type": plain if name in GIVEN else [plain, "null"]}
    if kind == pl.Date:
        found["format"] = "date"
    if name in WORDS:
        found["enum"] = [*WORDS[name], *([] if name in GIVEN else [None])]
    return found


TYPES: Mapping[str, Mapping[str, Any]] = {
    "observations": observation.SCHEMA | {"illustrative": pl.Boolean},
    "kpis": dict.fromkeys(KPI, pl.String) | KPI_TYPES | {"priority": pl.List(pl.String)},
    "benchmarks": dict.fromkeys(BENCHMARK, pl.String) | {"year": pl.Int32, "value": pl.Float64},
}
