"""Rows that are not figures of the return: totals, repeated headers, rows inside a cell."""

import polars as pl

from kpi.ingest.findings import Frames, about_cells, about_file, count
from kpi.ingest.header import Fit, Header
from kpi.ingest.months import is_month

TOTAL = r"(?i)^(grand|sub|overall)?[ -]?totals?:?$|^totals? (for|of) "


def sift(
    cells: pl.DataFrame, near: Fit, header: Header, *, quoted: bool
) -> tuple[pl.DataFrame, Frames]:
    """The rows that are figures, and what there is to say of the others.

    ``cells``: line, and columns of the dataset as text. ``quoted``: whether the file has quotation
    marks, without which no cell holds another row.
    """
    found: Frames = []
    for step in (headers, totals, swallowed) if quoted else (headers, totals):
        cells, said = step(cells, near, header)
        found += said
    return cells, found


def headers(cells: pl.DataFrame, near: Fit, header: Header) -> tuple[pl.DataFrame, Frames]:
    """The header again, as in files that were pasted together, is skipped."""
    titles = [pl.col(name) == header.cells[place].strip() for name, place in near.places.items()]
    if not titles or not cells.select(titles[0].any()).item():
        return cells, []
    rest = cells.filter(~pl.all_horizontal(titles).fill_null(False))
    if not (skipped := cells.height - rest.height):
        return cells, []
    return rest, [about_file("header_repeated", hint=count(skipped, "row"))]


def totals(cells: pl.DataFrame, near: Fit, header: Header) -> tuple[pl.DataFrame, Frames]:
    """A total row would be counted beside what it is the total of; a register may declare one."""
    if near.dataset.register:
        return cells, []
    names = [name for name in near.dataset.key if name in near.places]
    found = []
    for name in names:
        fits = pl.col(name).str.contains(TOTAL).fill_null(False)
        total = cells.filter(fits)
        if not total.is_empty():
            found.append(about_cells("total_row", total.select("line", text=name), name))
            cells = cells.filter(~fits)
    return cells, found


def swallowed(cells: pl.DataFrame, near: Fit, header: Header) -> tuple[pl.DataFrame, Frames]:
    """Cells that hold rows of the file, because a quotation mark closes too late."""
    found = []
    for name in near.places:
        if near.dataset.column(name).type in ("text", "ref"):
            broken = cells.filter(pl.col(name).str.contains("\n", literal=True))
            held = broken.select("line", text=name).filter(
                pl.Series(
                    [_holds_row(text, near, header) for text in broken[name]], dtype=pl.Boolean
                )
            )
            found.append(about_cells("cell_holds_rows", held, name))
    return cells, found


def _holds_row(text: str, near: Fit, header: Header) -> bool:
    """Whether a line inside a cell has a month where a row of this file has one."""
    place = near.places.get("period", 0)
    for line in text.split("\n")[1:]:
        parts = line.split(header.separator)
        enough = len(parts) > max(place, len(header.cells) // 2)
        if enough and is_month(parts[place].strip(' "')):
            return True
    return False
