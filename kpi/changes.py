"""What a file would change: its rows beside those that are published for the same months."""

from dataclasses import dataclass

import polars as pl

from kpi.catalogue import Dataset
from kpi.ingest import with_state
from kpi.ingest.rendering import as_text


@dataclass(frozen=True, kw_only=True)
class Changes:
    """How many rows come, change, go and stay, and what differs.

    ``cells`` has the key columns as text, then column, old, new, kind, in the order of the keys
    (of the file, where nothing is published of its months yet):
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
    if not published.is_empty():
        months = rows["period"].unique().implode()
        published = published.filter(pl.col("period").is_in(months))
    if published.is_empty():
        return _all_new(dataset, rows)
    both = _beside(dataset, rows, published)
    counts: dict[str, int] = dict(both.group_by("kind").len().iter_rows())
    return Changes(
        added=counts.get("added", 0),
        changed=counts.get("changed", 0),
        removed=counts.get("removed", 0),
        unchanged=counts.get("unchanged", 0),
        cells=_cells(dataset, both),
    )


def _all_new(dataset: Dataset, rows: pl.DataFrame) -> Changes:
    """Nothing to compare with, as for most files: neither rows nor cells are laid side by side."""
    nothing = dict.fromkeys(("column", "old", "new"), pl.lit(None, pl.String))
    cells = rows.select(*_key(dataset), **nothing, kind=pl.lit("added"))
    return Changes(added=rows.height, changed=0, removed=0, unchanged=0, cells=cells)


def _beside(dataset: Dataset, rows: pl.DataFrame, published: pl.DataFrame) -> pl.DataFrame:
    """Old and new rows by key, ``<column>_old`` beside ``<column>_new``, and their kind."""
    new = _texts(dataset, rows, "new")
    old = _texts(dataset, published, "old").cast({name: new.schema[name] for name in dataset.key})
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


def _key(dataset: Dataset) -> list[pl.Expr]:
    return [as_text(dataset.column(name)) for name in dataset.key]


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
    shown = ["column", "old", "new", "kind"]
    cells = pl.concat(part.select("place", *_key(dataset), *shown) for part in (whole, *parts))
    return cells.sort("place", maintain_order=True).drop("place")
