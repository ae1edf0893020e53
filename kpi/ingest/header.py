"""The header: where it is, what separates its columns, and which return it belongs to."""

import csv
import difflib
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import polars as pl

from kpi.catalogue import Catalogue, Dataset
from kpi.ingest.characters import joined
from kpi.ingest.findings import Frames, about_file, count, cut

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
WITHIN = 10
SAMPLE = 64 * 1024
NAMED = 6
NEAR = 3


@dataclass(frozen=True, kw_only=True)
class Header:
    """The row of headings: its row number, its cells without empty ones at the end.

    ``width`` counts the empty ones too: a spreadsheet writes every row as wide as the widest.
    """

    line: int
    separator: str
    cells: tuple[str, ...]
    width: int


@dataclass(frozen=True, kw_only=True)
class Fit:
    """How a header fits a dataset. ``places``: column name -> where its cells are."""

    dataset: Dataset
    places: Mapping[str, int]
    missing: tuple[str, ...]
    unexpected: tuple[int, ...]
    doubled: Mapping[str, tuple[int, ...]]

    @property
    def distance(self) -> int:
        return len(self.missing) + len(self.unexpected) + len(self.doubled)

    @property
    def is_close(self) -> bool:
        """Whether at least half of the columns that must be there are.

        Month and team alone say nothing, for nearly every return has them.
        """
        needed = [column for column in self.dataset.columns if not column.optional]
        own = [column for column in needed if column.type not in ("month", "org")]
        return all(
            2 * sum(column.name in self.missing for column in columns) <= len(columns)
            for columns in (needed, own)
        )


def find(text: str, datasets: Iterable[Dataset]) -> Header | None:
    """The row, among the first ten, that holds most column names of any one dataset.

    The separator is judged by that row alone: commas in a title or in figures say nothing.
    """
    names = [set(_spellings(dataset)) for dataset in datasets]
    best: tuple[int, Header] | None = None
    for separator in SEPARATORS:
        for line, cells in enumerate(_first_rows(text, separator), 1):
            given = {joined(cell) for cell in cells}
            score = max((len(given & known) for known in names), default=0)
            if score > (best[0] if best else 0):
                best = score, _header(line, separator, cells)
    return best and best[1]


def _first_rows(text: str, separator: str) -> list[list[str]]:
    lines = io.StringIO(text[:SAMPLE], newline="\n")
    return list(islice(csv.reader(lines, delimiter=separator), WITHIN))


def _header(line: int, separator: str, cells: list[str]) -> Header:
    last = max(place for place, cell in enumerate(cells, 1) if cell.strip())
    return Header(line=line, separator=separator, cells=tuple(cells[:last]), width=len(cells))


def _spellings(dataset: Dataset) -> dict[str, str]:
    """Every normalised spelling of a heading -> the column's name."""
    return {
        joined(spelling): column.name
        for column in dataset.columns
        for spelling in (*column.alias, column.name)
    }


def fit(dataset: Dataset, header: Header) -> Fit:
    """Lay the headings over the dataset's columns."""
    known = _spellings(dataset)
    named: dict[str, list[int]] = {}
    for place, cell in enumerate(header.cells):
        named.setdefault(known.get(joined(cell), ""), []).append(place)
    unexpected = named.pop("", [])
    optional = {column.name for column in dataset.columns if column.optional}
    return Fit(
        dataset=dataset,
        places={name: places[0] for name, places in named.items() if len(places) == 1},
        missing=tuple(name for name in dataset.names if name not in named and name not in optional),
        unexpected=tuple(unexpected),
        doubled={name: tuple(places) for name, places in named.items() if len(places) > 1},
    )


def best_fits(header: Header, datasets: Iterable[Dataset], file: str) -> list[Fit]:
    """The datasets that the header fits best; a tie is broken by the name of the file."""
    fits = [near for dataset in datasets if (near := fit(dataset, header)).is_close]
    least = min((near.distance for near in fits), default=0)
    best = [near for near in fits if near.distance == least]
    named = [near for near in best if near.dataset.dataset_id in joined(file)]
    return named if len(named) == 1 else best


def unknown(header: Header, catalogue: Catalogue) -> Frames:
    """The finding for a header that fits no dataset, with what each near one would need."""
    fits = [fit(dataset, header) for dataset in catalogue.datasets.values()]
    fits = [near for near in fits if near.places]
    fits.sort(key=lambda near: (-len(near.places), len(near.missing)))
    hint = " ".join(_lacks(near) for near in fits[:NEAR])
    return [about_file("dataset_unknown", line=header.line, hint=hint, where=_row(header))]


def _lacks(near: Fit) -> str:
    return f"{near.dataset.title} lacks {_listed(near.missing)}."


def _listed(names: Sequence[str]) -> str:
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")


def ambiguous(header: Header, fits: Sequence[Fit]) -> Frames:
    titles = ", ".join(near.dataset.title for near in fits)
    return [about_file("dataset_ambiguous", line=header.line, hint=titles, where=_row(header))]


def absent(datasets: Sequence[Dataset]) -> Frames:
    """The finding for a file in which no row looks like a header."""
    hint = f"The returns are {_listed([dataset.title for dataset in datasets])}."
    if len(datasets) == 1:
        hint = f"The first line should be: {','.join(datasets[0].names)}"
    return [about_file("header_missing", hint=hint)]


def _row(header: Header) -> str:
    return f"Row {header.line}: "


def describe(near: Fit, header: Header) -> Frames:
    """What there is to say of a header: what was skipped and respelled, what is wrong with it."""
    return [
        *_layout(header),
        *_respelled(near, header),
        *_missing(near, header),
        *_unexpected(near, header),
        *_doubled(near, header),
    ]


def _layout(header: Header) -> Frames:
    found = []
    if header.line > 1:
        found.append(about_file("title_lines", hint=count(header.line - 1, "title line")))
    if header.separator != ",":
        found.append(about_file("separator_not_comma", hint=SEPARATORS[header.separator]))
    return found


def _respelled(near: Fit, header: Header) -> Frames:
    found = []
    for name, place in near.places.items():
        if header.cells[place] not in (name, *near.dataset.column(name).alias):
            found.append((header.cells[place], name))
    if not found:
        return []
    hint = _listed([found[0][1], *(f"'{cut(cell)}' as {name}" for cell, name in found[1:])])
    return [about_file("header_respelled", value=found[0][0], hint=hint)]


def _missing(near: Fit, header: Header) -> Frames:
    """Columns that are not there, each with an unexpected heading that may be meant for it."""
    surplus = {joined(header.cells[place]): header.cells[place] for place in near.unexpected}
    found = []
    for name in near.missing:
        close = difflib.get_close_matches(name, surplus, 1)
        hint = f" Is it '{cut(surplus[close[0]])}'?" if close else ""
        found.append(_about(header, "column_missing", column=name, value=name, hint=hint))
    return found


def _unexpected(near: Fit, header: Header) -> Frames:
    found = []
    for place in near.unexpected:
        cell = header.cells[place]
        if not cell.strip():
            found.append(_about(header, "column_unnamed", hint=str(place + 1)))
            continue
        close = difflib.get_close_matches(joined(cell), near.missing or near.dataset.names, 1)
        hint = f" Did you mean {close[0]}?" if close else " Remove it."
        found.append(_about(header, "column_unexpected", column=cut(cell), value=cell, hint=hint))
    return found


def _doubled(near: Fit, header: Header) -> Frames:
    found = []
    for name, places in near.doubled.items():
        hint = " and ".join(f"'{cut(header.cells[place])}'" for place in places)
        found.append(_about(header, "column_doubled", column=name, value=name, hint=hint))
    return found


def _about(header: Header, code: str, **given: str) -> pl.DataFrame:
    return about_file(code, line=header.line, where=_row(header), **given)
