"""Published comparators: statistics of the Department for Education, as downloaded.

Only a file in the explore-education-statistics CSV layout, named by a series of the catalogue, is
read. A figure that the publisher withholds is kept as a state beside a null value, never as a
number. A file gives all of its figures or a :class:`BenchmarkError`, never a part.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Protocol

import polars as pl

from kpi.observation import STATES

#: One row per series, year and area.
SCHEMA: dict[str, type[pl.DataType]] = {
    "series": pl.String,
    "year": pl.Int64,
    "area_type": pl.String,
    "area_code": pl.String,
    "area": pl.String,
    "value": pl.Float64,
    "state": pl.String,
    "source": pl.String,
}

#: One row per series, year, area and statistic, as ``data/reference/benchmarks.csv`` holds them.
REFERENCE: dict[str, type[pl.DataType]] = {
    "series": pl.String,
    "year": pl.Int64,
    "area": pl.String,
    "area_type": pl.String,
    "value": pl.Float64,
    "state": pl.String,
    "statistic": pl.String,
    "source": pl.String,
}

LEVELS = {
    "National": ("country", "country_code", "country_name"),
    "Regional": ("region", "region_code", "region_name"),
    "Local authority": ("authority", "old_la_code", "la_name"),
}
LAYOUT = [
    "time_period",
    "geographic_level",
    *(name for _, *pair in LEVELS.values() for name in pair),
]

# Older files spell the markers as signs; a blank cell was withheld without saying why.
MARKERS = {state: state for state in STATES} | {"*": "c", ".": "z", "..": "x", ":": "x", "": "x"}
NUMBER = r"^-?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
PERIOD = r"^(\d{4})[-/]?(\d{2})?$"

# 970 to 990 are England, regions and other sums; below 201 and above 943 there is no council.
FIRST_AUTHORITY, LAST_AUTHORITY = 201, 943
LINE = "line of the file"
AGAIN = "download it again from explore-education-statistics and do not edit it"


class BenchmarkError(Exception):
    """A file of published figures cannot be used; the message says why, and what to do."""


class Series(Protocol):
    """A series of the catalogue: which column of which file holds it, and for which filters.

    ``file`` is the beginning of the file's name, blank when no file is known; ``where`` gives the
    exact value of each filter column; ``year_end`` decides what year a span such as 202425 is.
    """

    @property
    def series(self) -> str: ...
    @property
    def file(self) -> str: ...
    @property
    def column(self) -> str: ...
    @property
    def where(self) -> Mapping[str, str]: ...
    @property
    def source(self) -> str: ...
    @property
    def year_end(self) -> str: ...


def read(content: Path | bytes, series: Iterable[Series], file_name: str) -> pl.DataFrame:
    """Read every series that names this file, for England, each region and each authority.

    Returns the columns of ``SCHEMA``, all years, sorted. ``year`` is what the published tables
    print: 2025 stands; the span 202425 is 2025 for a series as at 31 March, and 2024 for one of a
    financial year (named by its start) or as at 30 September (which falls in its first half).
    ``area_code`` is the country's or region's code, or the authority's three-digit code; two
    councils that return together keep their joint code, such as ``314 / 318``.

    Raises BenchmarkError when no series names the file, when it is not in the layout, lacks a
    column, holds a cell that is neither number nor marker, or several rows for one area and year.
    """
    series = list(series)
    wanted = [one for one in series if _names(one, file_name)]
    if not wanted:
        raise BenchmarkError(_unnamed(series, file_name))
    rows = _areas(_text(content, file_name), file_name)
    frames = [_figures(rows, one, file_name) for one in wanted]
    return pl.concat(frames).sort("series", "year", "area_type", "area_code")


def neighbours(frame: pl.DataFrame, members: list[str]) -> pl.DataFrame:
    """Median and mean of the statistical neighbours, from the authorities of a ``read`` frame.

    Returns series, year, statistic (median | mean), value (not rounded), n (neighbours with a
    value) and members (neighbours in the set): n is smaller where a figure is withheld or a
    council did not yet exist, and the value is null where n is 0. A joint return counts for each
    council that it names. The Department's own tools disagree: its children's social care
    dashboard takes the median, its Local Authority Interactive Tool the mean.
    """
    chosen = set(members)
    return (
        frame.filter(pl.col("area_type") == "authority")
        .with_columns(pl.col("area_code").str.split(" / "))
        .explode("area_code")
        .filter(pl.col("area_code").is_in(chosen))
        .group_by("series", "year")
        .agg(
            median=pl.col("value").median(),
            mean=pl.col("value").mean(),
            n=pl.col("value").count().cast(pl.Int64),
            members=pl.lit(len(chosen), pl.Int64),
        )
        .unpivot(["median", "mean"], index=["series", "year", "n", "members"])
        .rename({"variable": "statistic"})
        .select("series", "year", "statistic", "value", "n", "members")
        .sort("series", "year", "statistic", descending=[False, False, True])
    )


def reference(path: Path) -> pl.DataFrame:
    """The published figures that come with the product, typed as ``REFERENCE``.

    Raises BenchmarkError when the file lacks a column or a year or value is not a number.
    """
    text = _text(path, path.name)
    if missing := [name for name in REFERENCE if name not in text.columns]:
        raise BenchmarkError(
            f"{path.name} has no column {missing[0]}; restore it from the project."
        )
    try:
        return text.select(pl.col(name).cast(dtype) for name, dtype in REFERENCE.items())
    except pl.exceptions.InvalidOperationError as error:
        raise BenchmarkError(
            f"{path.name} has a year or value that is not a number; correct the cell."
        ) from error


def _names(one: Series, file_name: str) -> bool:
    return bool(one.file) and Path(file_name).name.casefold().startswith(one.file.casefold())


def _unnamed(series: list[Series], file_name: str) -> str:
    known = ", ".join(sorted({one.file for one in series if one.file})) or "nothing yet"
    return (
        f"{file_name} is not a file that the catalogue names: choose one whose name begins with "
        f"one of these ({known}), or add a benchmark series for it to the catalogue."
    )


def _text(content: Path | bytes, file_name: str) -> pl.DataFrame:
    """Every cell as trimmed text, blank as null, with the line that a spreadsheet would show."""
    raw = content if isinstance(content, bytes) else content.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
        _prove_whole(text, file_name)
        frame = pl.read_csv(text.encode(), infer_schema=False).with_row_index(LINE, offset=2)
    except (UnicodeDecodeError, csv.Error, pl.exceptions.PolarsError) as error:
        raise BenchmarkError(f"{file_name} cannot be read as a CSV file: {AGAIN}.") from error
    return frame.with_columns(pl.exclude(LINE).str.strip_chars().replace("", None))


def _prove_whole(text: str, file_name: str) -> None:
    """A download that broke off ends in a short row, which would read as a withheld figure."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    width = len(next(reader, []))
    for cells in reader:
        if cells and len(cells) != width:
            raise BenchmarkError(
                f"{file_name}, line {reader.line_num}: {len(cells)} cells under {width} headings, "
                f"so the file was cut off or edited; {AGAIN}."
            )


def _areas(frame: pl.DataFrame, file_name: str) -> pl.DataFrame:
    """The rows of England, the regions and the authorities, each with its type, code and name."""
    if missing := [name for name in LAYOUT if name not in frame.columns]:
        raise BenchmarkError(
            f"{file_name} is not in the explore-education-statistics layout, for it has no column "
            f"{missing[0]}: {AGAIN}."
        )
    level = pl.col("geographic_level")
    rows = pl.concat(
        frame.filter(level == name).with_columns(
            area_type=pl.lit(area_type), area_code=pl.col(code), area=pl.col(area)
        )
        for name, (area_type, code, area) in LEVELS.items()
    )
    number = pl.col("area_code").str.extract(r"^(\d{3})\b").cast(pl.Int64)
    council = number.is_between(FIRST_AUTHORITY, LAST_AUTHORITY)
    return rows.filter((pl.col("area_type") != "authority") | council)


def _figures(rows: pl.DataFrame, one: Series, file_name: str) -> pl.DataFrame:
    for name in (one.column, *one.where):
        if name not in rows.columns:
            raise BenchmarkError(
                f"{file_name} has no column {name}, which the catalogue names for {one.series}: "
                "choose the right file, or correct the series in the catalogue."
            )
    for name, value in one.where.items():
        rows = rows.filter(pl.col(name) == value)
    if rows.is_empty():
        filters = " and ".join(f"{name} is {value!r}" for name, value in one.where.items())
        raise BenchmarkError(
            f"{file_name} has no row for {one.series}{' where ' if filters else ''}{filters}: "
            "choose the right file, or correct the series in the catalogue."
        )
    typed = rows.with_columns(
        series=pl.lit(one.series),
        year=_year(one.year_end),
        value=_value(one.column),
        state=_state(one.column),
        source=pl.lit(one.source),
    )
    _prove(typed, one, file_name)
    return typed.select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())


def _year(year_end: str) -> pl.Expr:
    """The year that a table would print; null when the period is not a year or two in a row."""
    first = pl.col("time_period").str.extract(PERIOD, 1).cast(pl.Int64)
    second = pl.col("time_period").str.extract(PERIOD, 2).cast(pl.Int64)
    span = first + 1 if year_end == "31 March" else first
    return pl.when(second.is_null()).then(first).when(second == (first + 1) % 100).then(span)


def _value(column: str) -> pl.Expr:
    number = pl.when(pl.col(column).str.contains(NUMBER)).then(pl.col(column)).cast(pl.Float64)
    return pl.when(number.is_finite()).then(number)


def _state(column: str) -> pl.Expr:
    marker = pl.col(column).fill_null("").str.to_lowercase()
    return marker.replace_strict(MARKERS, default=None, return_dtype=pl.String)


def _prove(typed: pl.DataFrame, one: Series, file_name: str) -> None:
    unread = typed.filter(pl.col("value").is_null() & pl.col("state").is_null())
    undated = typed.filter(pl.col("year").is_null())
    for bad, column, expected in (
        (unread, one.column, f"neither a number nor one of the markers {', '.join(STATES)}"),
        (undated, "time_period", "not a year such as 2025 or 202425"),
    ):
        for line, value in bad.select(LINE, column).head(1).iter_rows():
            raise BenchmarkError(
                f"{file_name}, line {line}: {column} is {value!r}, {expected}; {AGAIN}."
            )
    repeated = typed.filter(pl.struct("year", "area_type", "area_code").is_duplicated())
    for line, area, year in repeated.select(LINE, "area", "year").head(1).iter_rows():
        raise BenchmarkError(
            f"{file_name}, line {line}: {one.series} has several rows for {area} in {year}; name "
            "the filter that tells them apart under 'where' in the catalogue."
        )
