"""Links between rows of one file, and from a row to a KPI that has figures."""

from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from kpi.catalogue import Column, Dataset
from kpi.ingest.findings import Frames, about_cells, empty
from kpi.ingest.lists import Nearest
from kpi.ingest.submission import Context

Links = Mapping[str, Sequence[str]]

CIRCLE = {"line": pl.Int64, "text": pl.String, "circle": pl.String}


def judge(rows: pl.DataFrame, dataset: Dataset, context: Context) -> Frames:
    """What is wrong with the links of a file: ends that are not there, circles, KPIs untold."""
    found = [
        frame
        for column in dataset.columns
        if column.refers_to
        for frame in (_missing(rows, column), _circles(rows, column))
    ]
    found += [_untold(rows, column, context) for column in dataset.columns if column.needs_data]
    return found


def _missing(rows: pl.DataFrame, column: Column) -> pl.DataFrame:
    """Links to an id that no row of the file has."""
    known = rows[column.refers_to].drop_nulls().to_list()
    nearest = Nearest(known)
    ends = (
        rows.select("line", text=pl.col(column.name).list.join(";"), link=column.name)
        .explode("link")
        .drop_nulls("link")
    )
    lost = ends.filter(~pl.col("link").is_in(known))
    hints = {link: nearest.hint(link) for link in lost["link"].unique(maintain_order=True)}
    cells = lost.with_columns(hint=pl.col("link").replace_strict(hints, return_dtype=pl.String))
    return about_cells("link_missing", cells, column.name)


def _circles(rows: pl.DataFrame, column: Column) -> pl.DataFrame:
    """Rows that wait for themselves, each circle told once, at its first row."""
    given = rows.select(column.refers_to, column.name, "line").drop_nulls()
    links = dict(given.select(column.refers_to, column.name).iter_rows())
    lines = dict(given.select(column.refers_to, "line").iter_rows())
    cells = [
        (
            min(lines[name] for name in circle),
            ";".join(circle),
            " after ".join([*circle, circle[0]]),
        )
        for circle in circles(links)
    ]
    frame = pl.DataFrame(cells, schema=CIRCLE, orient="row")
    return about_cells("link_cycle", frame, column.name)


def circles(links: Links) -> Iterator[list[str]]:
    """Circles of ids that follow one another; no two share an id, and each begins where it is met.

    ``links``: id -> the ids that come before it. Cutting a link of each may uncover others.
    """
    waiting = _waiting(links)
    seen: set[str] = set()
    for start in waiting:
        walk: dict[str, int] = {}
        at = start
        while at not in walk and at not in seen:
            walk[at] = len(walk)
            at = next(before for before in links[at] if before in waiting)
        seen.update(walk)
        if at in walk:
            yield list(walk)[walk[at] :]


def _waiting(links: Links) -> dict[str, None]:
    """The ids that can never begin, for they come after a circle or are part of one."""
    after: dict[str, list[str]] = {}
    for name, before in links.items():
        for other in before:
            after.setdefault(other, []).append(name)
    owed = {name: sum(other in links for other in before) for name, before in links.items()}
    free = [name for name, count in owed.items() if not count]
    while free:
        for name in after.get(free.pop(), ()):
            owed[name] -= 1
            if not owed[name]:
                free.append(name)
    return {name: None for name, count in owed.items() if count}


def _untold(rows: pl.DataFrame, column: Column, context: Context) -> pl.DataFrame:
    """KPIs of whose return nothing is published."""
    if context.with_data is None:
        return empty()
    named = rows.select("line", text=column.name).drop_nulls()
    untold = named.filter(~pl.col("text").is_in(list(context.with_data)))
    return about_cells("kpi_without_data", untold, column.name)
