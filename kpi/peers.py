"""A council among others: its rank and quarter among authorities, and how both have moved.

Pure: published figures in, finished frames out. Rank 1 is the best by the measure's polarity, or
the highest where neither is better. Equal figures share the better rank, as in a race; an authority
whose figure is withheld is not ranked. Two councils that return together count once.
"""

from collections.abc import Mapping, Sequence

import polars as pl

from kpi.catalogue import Kpi

YEARS = 5  # over which a movement is told
QUARTERS = 4

#: One row a measure, as :func:`overview` gives them.
OVERVIEW: dict[str, type[pl.DataType]] = {
    "kpi_id": pl.String,
    "year": pl.Int64,
    "own": pl.Float64,
    "neighbours": pl.Float64,
    "country": pl.Float64,
    "region": pl.Float64,
    "against": pl.String,
    "rank": pl.Int64,
    "ranked": pl.Int64,
    "quarter": pl.Int64,
    "since": pl.Int64,
    "own_moved": pl.Float64,
    "neighbours_moved": pl.Float64,
    "country_moved": pl.Float64,
}


def placed(authorities: pl.DataFrame, polarity: str) -> pl.DataFrame:
    """Authorities of one series and year by rank: ``rank``, ``ranked`` (how many are), ``quarter``.

    ``authorities``: area_code, area, value. ``quarter`` is 1 (ranks of the first quarter of those
    ranked) to 4; with fewer than four ranked there are no quarters. Unranked rows come last.
    """
    ranked = authorities["value"].drop_nulls().len()
    order = pl.col("value").rank("min", descending=polarity != "low").cast(pl.Int64)
    quarter = ((pl.col("rank") - 1) * QUARTERS // max(ranked, 1) + 1).cast(pl.Int64)
    enough = pl.lit(ranked >= QUARTERS)
    return (
        authorities.with_columns(rank=order, ranked=pl.lit(ranked, pl.Int64))
        .with_columns(quarter=pl.when(enough).then(quarter))
        .sort("rank", "area", nulls_last=True)
    )


def is_among(codes: pl.Expr, wanted: Sequence[str]) -> pl.Expr:
    """Whether an area code names one of ``wanted``, alone or in a joint return (``314 / 318``)."""
    return codes.str.split(" / ").list.eval(pl.element().is_in(list(wanted))).list.any()


def group(authorities: pl.DataFrame, authority: str, neighbours: Mapping[str, str]) -> pl.DataFrame:
    """The council and its neighbours: area_code, area, value, state, kind (own or neighbour).

    ``authorities``: of one measure and year; ``neighbours``: names by code. A neighbour without a
    row, as one that did not yet exist, has no figure.
    """
    found = authorities.with_columns(kind=kind(authority, list(neighbours))).filter(
        pl.col("kind") != "other"
    )
    found = found.select("area_code", "area", "value", "state", "kind")
    there = {code for codes in found["area_code"] for code in codes.split(" / ")}
    absent = [(code, name, None, None, "neighbour") for code, name in neighbours.items()
              if code not in there]  # fmt: skip
    return pl.concat([found, pl.DataFrame(absent, schema=found.schema, orient="row")])


def kind(authority: str, neighbours: Sequence[str]) -> pl.Expr:
    """What an authority is to the council: own (itself), neighbour or other."""
    return (
        pl.when(is_among(pl.col("area_code"), [authority]))
        .then(pl.lit("own"))
        .when(is_among(pl.col("area_code"), neighbours))
        .then(pl.lit("neighbour"))
        .otherwise(pl.lit("other"))
    )


def beside(found: pl.DataFrame, middles: pl.DataFrame, polarity: str) -> pl.DataFrame:
    """The group and the middles of many (area, value, state) in one order, the best first."""
    rows = [
        found.select("area", "value", "state", "kind"),
        middles.select("area", "value", "state", kind=pl.lit("middle")),
    ]
    best_first = [polarity != "low", False]
    return pl.concat(rows).sort("value", "area", descending=best_first, nulls_last=True)


def overview(
    kpis: Sequence[Kpi], comparators: pl.DataFrame, authorities: pl.DataFrame, authority: str
) -> pl.DataFrame:
    """One row a measure that others are known of, with the columns of OVERVIEW.

    ``comparators``: kpi_id, year, area_type, value, state, of the council itself, its neighbours'
    median, region and country; ``authorities``: kpi_id, year, area_code, area, value, of every
    authority that is known. The year is the newest with a figure of the council's own. ``against``
    says how it stands to the neighbours (or the country, without them): better, worse, higher,
    lower or level. Movements run over YEARS years, and are null where either end is missing.
    """
    rows = [
        row
        for kpi in kpis
        if (row := _measure(kpi, comparators.filter(kpi_id=kpi.kpi_id), authorities, authority))
    ]
    return pl.DataFrame(rows, schema=OVERVIEW, orient="row")


def _measure(
    kpi: Kpi, rows: pl.DataFrame, authorities: pl.DataFrame, authority: str
) -> dict[str, object] | None:
    figures = {
        (kind, year): value
        for kind, year, value in rows.select("area_type", "year", "value").rows()
    }
    years = [
        year for (kind, year), value in figures.items() if kind == "authority" and value is not None
    ]
    if not years or len({kind for kind, _ in figures}) < 2:
        return None
    year = max(years)
    own, near, country, region = (
        figures.get((kind, year)) for kind in ("authority", "neighbours", "country", "region")
    )
    moved = {
        name: _moved(figures, kind, year)
        for name, kind in (
            ("own", "authority"),
            ("neighbours", "neighbours"),
            ("country", "country"),
        )
    }
    ours = authorities.filter(pl.col("kpi_id") == kpi.kpi_id, pl.col("year") == year)
    return {
        "kpi_id": kpi.kpi_id,
        "year": year,
        "own": own,
        "neighbours": near,
        "country": country,
        "region": region,
        "against": against(kpi, own, near if near is not None else country),
        **_rank(kpi, ours, authority),
        "since": year - YEARS,
        **{f"{name}_moved": value for name, value in moved.items()},
    }


def _moved(figures: Mapping[tuple[str, int], float | None], kind: str, year: int) -> float | None:
    now, then = figures.get((kind, year)), figures.get((kind, year - YEARS))
    return None if now is None or then is None else now - then


def _rank(kpi: Kpi, authorities: pl.DataFrame, authority: str) -> dict[str, int | None]:
    """Rank and quarter among authorities; nothing where no other is known."""
    found = placed(authorities, kpi.polarity)
    row = found.filter(is_among(pl.col("area_code"), [authority])).drop_nulls("rank")
    if row.is_empty() or row["ranked"][0] < 2:
        return {"rank": None, "ranked": None, "quarter": None}
    return {name: row[name][0] for name in ("rank", "ranked", "quarter")}


def against(kpi: Kpi, own: float | None, other: float | None) -> str:
    """How a figure stands to another's in the terms of the polarity, at the first decimal.

    Published figures have one decimal at most, and a median of ten may fall between two of them.
    """
    if own is None or other is None:
        return ""
    gap = round(own - other, 1)
    if gap == 0:
        return "level"
    if kpi.polarity == "neutral":
        return "higher" if gap > 0 else "lower"
    return "better" if (gap > 0) == (kpi.polarity == "high") else "worse"
