"""Cells to typed columns: each spelling is parsed once, each cell looks its spelling up."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import polars as pl

from kpi.catalogue import Column, Dataset
from kpi.ingest import days, figures, lists, months, texts
from kpi.ingest.characters import plain, trimmed
from kpi.ingest.findings import Frames, about_cells, about_file, count
from kpi.ingest.kinds import KINDS
from kpi.ingest.rendering import as_text
from kpi.ingest.spelling import Spellings
from kpi.ingest.submission import UNREAD, Context, dtype

NOTES = {"code": pl.String, "text": pl.String, "hint": pl.String, "cells": pl.Int64}


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What a cell is read in the light of; in a file of ASCII no character has to be swapped."""

    dataset: Dataset
    separator: str
    context: Context
    is_ascii: bool = False


Parser = Callable[[pl.Series, Column, Setting], Spellings]


def _codes(spelt: pl.Series, column: Column, setting: Setting) -> Spellings:
    return lists.codes(spelt, column.codes or setting.context.codes.get(column.codes_of, ()))


def _months(spelt: pl.Series, column: Column, setting: Setting) -> Spellings:
    """A register names months, but is for none."""
    if setting.dataset.register:
        return months.read_any(spelt)
    return months.read(spelt, setting.context.today)


def _days(spelt: pl.Series, column: Column, setting: Setting) -> Spellings:
    return days.read(spelt, setting.context.today if column.past else None)


def _lists(spelt: pl.Series, column: Column, setting: Setting) -> Spellings:
    if column.refers_to:
        return lists.several(spelt, None)
    known = column.codes or setting.context.codes.get(column.codes_of, ())
    return lists.several(spelt, known)


def _figures(spelt: pl.Series, column: Column, setting: Setting) -> Spellings:
    return figures.read(spelt, column, setting.separator)


PARSERS: Mapping[str, Parser] = {
    "month": _months,
    "date": _days,
    "org": lambda spelt, column, setting: lists.orgs(spelt, setting.context.orgs),
    "code": _codes,
    "list": _lists,
    "flag": lambda spelt, column, setting: lists.flags(spelt),
    "brag": lambda spelt, column, setting: lists.brags(spelt),
    "ref": lambda spelt, column, setting: texts.refs(spelt),
    "text": lambda spelt, column, setting: texts.texts(spelt),
    "count": _figures,
    "number": _figures,
    "money": _figures,
}


@dataclass(frozen=True, kw_only=True)
class Typed:
    """Rows with typed columns (as Submission.rows), findings, and the cells that failed."""

    rows: pl.DataFrame
    findings: Frames
    unread: pl.DataFrame


@dataclass(frozen=True, kw_only=True)
class _Read:
    """One column: its typed cells, what was found, what is told once a file, what failed."""

    cells: pl.DataFrame
    findings: Frames
    notes: Frames
    unread: pl.DataFrame


def read(cells: pl.DataFrame, setting: Setting) -> Typed:
    """Type the columns of ``cells``: line, and columns of the dataset as text.

    A column that is not there is null throughout, and nothing is said of it.
    """
    there = [column for column in setting.dataset.columns if column.name in cells.columns]
    cells, special = _plainly(cells, there, setting)
    # Each column has categories of its own: the places of its spellings, side by side at once.
    kinds = {column.name: pl.Categorical(pl.Categories.random()) for column in there}
    coded = cells.select(pl.col(name).cast(kind) for name, kind in kinds.items())

    def typed(column: Column) -> _Read:
        if column not in there:
            return _nothing_read(cells, column)
        told = special.get(column.name, [])
        return _column(cells, coded[column.name], column, setting, told)

    with ThreadPoolExecutor() as side_by_side:
        columns = list(side_by_side.map(typed, setting.dataset.columns))
    notes = pl.concat(
        [pl.DataFrame(schema=NOTES), *(note for one in columns for note in one.notes)]
    )
    found = [frame for one in columns for frame in one.findings]
    return Typed(
        rows=pl.concat([cells.select("line"), *(one.cells for one in columns)], how="horizontal"),
        findings=[*found, *_told_once(notes)],
        unread=pl.concat([pl.DataFrame(schema=UNREAD), *(one.unread for one in columns)]),
    )


def _nothing_read(cells: pl.DataFrame, column: Column) -> _Read:
    nothing = cells.select("line", *_nothing(column)).drop("line")
    return _Read(cells=nothing, findings=[], notes=[], unread=pl.DataFrame(schema=UNREAD))


def _column(
    cells: pl.DataFrame, coded: pl.Series, column: Column, setting: Setting, special: Frames
) -> _Read:
    written = cells.select("line", text=column.name)
    texts = _spellings(coded)
    spelt = PARSERS[column.type](texts, column, setting)
    meant = texts.to_frame().join(spelt.values, on="text", how="left", maintain_order="left")
    places = coded.to_physical()
    typed = meant.select(pl.exclude("text").gather(places))
    said = _by_code(_at(written, spelt.remarks))
    blank = written.filter(pl.col("text").is_null()).with_columns(hint=pl.lit(""))
    return _Read(
        cells=typed.select(_named(column, setting, places.is_null())),
        findings=[
            *_listed(said, column),
            *_blanks(blank, column, setting),
            *_fractions(typed, spelt.remarks, column),
        ],
        notes=[*special, *_notes(said), *_blank_notes(blank, column)],
        unread=_at(written, spelt.wrong).select(
            "line", pl.lit(column.name).alias("column"), "text"
        ),
    )


def _spellings(coded: pl.Series) -> pl.Series:
    """The spellings of a column, each at its place, which its cells hold in its stead."""
    spellings = coded.drop_nulls().unique()
    return spellings.gather(spellings.to_physical().arg_sort()).cast(pl.String).alias("text")


def _plainly(
    cells: pl.DataFrame, columns: Sequence[Column], setting: Setting
) -> tuple[pl.DataFrame, dict[str, Frames]]:
    """The cells without special characters, and for each column a note of how many had any."""
    notes: dict[str, Frames] = {}
    for column in () if setting.is_ascii else columns:
        text = pl.col(column.name)
        if cells.select((text.str.len_bytes() == text.str.len_chars()).all()).item():
            continue
        clean = cells.select(trimmed(plain(column.name, is_text=column.type == "text")))
        differs = clean[column.name].ne_missing(cells[column.name])
        changed = cells.filter(differs).select(text=text, hint=pl.lit(""))
        if changed.height:
            notes[column.name] = [_note("special_characters", changed)]
        cells = cells.with_columns(clean)
    return cells, notes


def _nothing(column: Column) -> list[pl.Expr]:
    nothing = pl.lit(None, dtype(column)).alias(column.name)
    return [nothing, *_state(column, pl.lit(None, pl.String))]


def _state(column: Column, state: pl.Expr) -> list[pl.Expr]:
    return [state.alias(f"{column.name}_state")] if column.is_measure else []


def _named(column: Column, setting: Setting, blank: pl.Series) -> list[pl.Expr]:
    value = pl.col("value")
    if column.type == "org":
        whole = pl.lit(lists.council(setting.context.orgs), pl.String)
        value = pl.when(blank).then(whole).otherwise(value)
    return [value.alias(column.name), *_state(column, pl.col("state"))]


def _at(written: pl.DataFrame, spellings: pl.DataFrame) -> pl.DataFrame:
    """The cells that have one of these spellings, with what the spellings have beside them."""
    if spellings.is_empty():
        return pl.DataFrame(schema={**written.schema, **spellings.schema})
    return written.join(spellings, on="text", how="inner", maintain_order="left_right")


Said = list[tuple[str, pl.DataFrame]]


def _by_code(said: pl.DataFrame) -> Said:
    """Remarks at their cells (line, text, hint), by code."""
    codes = said["code"].unique(maintain_order=True).to_list()
    return [(code, said.filter(pl.col("code") == code)) for code in codes]


def _listed(said: Said, column: Column) -> Frames:
    """Findings for every cell, or for every spelling with the number of its cells."""
    found = []
    for code, cells in said:
        if KINDS[code].per == "value":
            cells = cells.group_by("text", "hint", maintain_order=True).agg(
                pl.col("line").first(), cells=_cells(pl.len())
            )
        if KINDS[code].per != "file":
            found.append(about_cells(code, cells, column.name))
    return found


def _cells(number: pl.Expr) -> pl.Expr:
    return pl.format(
        "{} {}", number, pl.when(number == 1).then(pl.lit("cell")).otherwise(pl.lit("cells"))
    )


def _notes(said: Said) -> Frames:
    """What is told once a file: code, the first cell that it is about, how many there are."""
    return [_note(code, cells) for code, cells in said if KINDS[code].per == "file"]


def _note(code: str, cells: pl.DataFrame) -> pl.DataFrame:
    first = cells.row(0, named=True)
    return pl.DataFrame(
        [(code, first["text"], first["hint"], cells.height)], schema=NOTES, orient="row"
    )


def _told_once(notes: pl.DataFrame) -> Frames:
    told = notes.group_by("code", maintain_order=True).agg(
        pl.col("text", "hint").first(), pl.col("cells").sum()
    )
    return [
        about_file(code, value=text, hint=hint, cells=count(cells, "cell"))
        for code, text, hint, cells in told.iter_rows()
    ]


def _blanks(blank: pl.DataFrame, column: Column, setting: Setting) -> Frames:
    """Blank cells where a value is needed. A blank team is the whole council, if there is one."""
    if column.type == "org":
        missing = lists.council(setting.context.orgs) is None
        return [about_cells("org_no_council", blank, column.name)] if missing else []
    if column.is_measure or not (column.required or column.name in setting.dataset.key):
        return []
    return [about_cells("cell_blank", blank, column.name)]


def _blank_notes(blank: pl.DataFrame, column: Column) -> Frames:
    if blank.is_empty():
        return []
    if column.is_measure:
        return [_note("measure_blank", blank)]
    return [_note("org_whole_council", blank)] if column.type == "org" else []


def _fractions(typed: pl.DataFrame, remarks: pl.DataFrame, column: Column) -> Frames:
    """A column of percentages in which nothing exceeds 1: 0.85 was probably meant as 85."""
    if column.unit != "%" or column.type != "number" or "percent_sign" in remarks["code"]:
        return []
    given = typed["value"].drop_nulls()
    between = given.filter((given > 0) & (given < 1))
    if between.is_empty() or (given > 1).any():
        return []
    example = pl.DataFrame({"value": between.head(1)}).select(as_text(column, "value")).item()
    return [about_file("column_fractions", column=column.name, value=example)]
