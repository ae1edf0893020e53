"""What a file would change: its rows beside those that are published for the same months."""

from dataclasses import dataclass

import polars as pl

from kpi.catalogue import Dataset
from kpi.ingest import empty, with_state
from kpi.ingest.rendering import as_text


@dataclass(frozen=True, kw_only=True)
class Changes:
    """How many rows come, change, go and stay, and what differs.

    ``cells`` has the key columns as text, then column, old, new, kind, in the order of the keys:
    a row for each cell that changes (kind 'changed'), and one for each row that comes ('added')
    or goes ('removed'), whose column, old and new are null. Old and new are as an officer writes
    them: a withheld figure by its marker, null where nothing was supplied.
    """

    added: int
    changed: int
    removed: int
    unchanged: int
    cells: pl.DataFrame


def compare(dataset: Dataset, rows: pl.DataFrame, published: pl.DataFrame) -> Changes:
    """Compare rows with those published, key by key, within the months of ``rows``.

    ``rows`` are as Submission.rows (``line`` is ignored), ``published`` as Context.published.
    """
    both = _beside(dataset, rows, published)
    counts: dict[str, int] = dict(both.group_by("kind").len().iter_rows())
    return Changes(
        added=counts.get("added", 0),
        changed=counts.get("changed", 0),
        removed=counts.get("removed", 0),
        unchanged=counts.get("unchanged", 0),
        cells=_cells(dataset, both),
    )


def _beside(dataset: Dataset, rows: pl.DataFrame, published: pl.DataFrame) -> pl.DataFrame:
    """Old and new rows by key, ``<column>_old`` beside ``<column>_new``, and their kind."""
    published = empty(dataset) if published.is_empty() else published
    months = published["period"].is_in(rows["period"].unique().implode())
    new = _texts(dataset, rows, "new")
    old = _texts(dataset, published.filter(months), "old").cast(
        {name: new.schema[name] for name in dataset.key}
    )
    both = old.join(new, on=list(dataset.key), how="full", coalesce=True, nulls_equal=True)
    return both.with_columns(kind=_kind(dataset)).sort(dataset.key)


def _texts(dataset: Dataset, frame: pl.DataFrame, age: str) -> pl.DataFrame:
    return frame.select(
        *dataset.key,
        *(with_state(dataset.column(name)).alias(f"{name}_{age}") for name in _others(dataset)),
        pl.lit(True).alias(f"is_{age}"),
    )


def _others(dataset: Dataset) -> list[str]:
    return [name for name in dataset.names if name not in dataset.key]


def _differs(name: str) -> pl.Expr:
    return pl.col(f"{name}_old").ne_missing(pl.col(f"{name}_new"))


def _kind(dataset: Dataset) -> pl.Expr:
    differs = pl.any_horizontal(pl.lit(False), *(_differs(name) for name in _others(dataset)))
    return (
        pl.when(pl.col("is_old").is_null())
        .then(pl.lit("added"))
        .when(pl.col("is_new").is_null())
        .then(pl.lit("removed"))
        .when(differs)
        .then(pl.lit("changed"))
        .otherwise(pl.lit("unchanged"))
    )


def _cells(dataset: Dataset, both: pl.DataFrame) -> pl.DataFrame:
    both = both.with_row_index("place")
    nothing = pl.lit(None, pl.String)
    whole = both.filter(pl.col("kind").is_in(["added", "removed"])).with_columns(
        column=nothing, old=nothing, new=nothing
    )
    changed = both.filter(kind="changed")
    parts = [
        changed.filter(_differs(name)).with_columns(
            column=pl.lit(name), old=f"{name}_old", new=f"{name}_new"
        )
        for name in _others(dataset)
    ]
    key = [as_text(dataset.column(name)) for name in dataset.key]
    shown = ["column", "old", "new", "kind"]
    cells = pl.concat(part.select("place", *key, *shown) for part in (whole, *parts))
    return cells.sort("place", maintain_order=True).drop("place")
