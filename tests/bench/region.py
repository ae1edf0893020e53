"""A region of made-up councils, as large as the bench asks: the code is kept, its rows never are.

Each council has 25 teams, of which 120 measures are kept over 144 months, month by month as a
council publishes them. The measures are the catalogue's own that go by team, and further ones that
make up their number, in returns that are declared as any other: in TOML.
"""

import shutil
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
from cases import months

from kpi import catalogue, settings
from kpi.catalogue import Catalogue, Column, Dataset
from kpi.store import Store, Transaction

MEASURES, MONTHS, TEAMS = 120, 144, 25
FIRST = date(2013, 4, 1)
SERVICES = ("front_door", "safeguarding", "corporate_parenting")
RETURN = 11  # measures of a further return
#: How many a return has of what it names by an own reference: workers of a team, lines of a budget.
REFERENCES = {"worker_ref": 8, "line_id": 20}
#: Columns of which one code is enough.
ONE = {"method"}
TYPES = {
    "count": pl.Int64(),
    "number": pl.Decimal(12, 4),
    "money": pl.Decimal(14, 2),
}
COUNCIL = """
[council.{0}]
name = "Council {0}"
service = "Children's services {0}"
authority = "{0}"
authority_name = "{0}"
region = "E12000005"
region_name = "West Midlands"
"""


def book(folder: Path, councils: int) -> Catalogue:
    """The catalogue of so many councils, written to ``folder``."""
    shutil.copytree(settings.read().reference, folder)
    names = [f"c{number:03d}" for number in range(1, councils + 1)]
    text = "".join(COUNCIL.format(name) for name in names)
    (folder / "catalogue" / "council.toml").write_text(text, encoding="utf-8")
    for name in names:
        own = folder if name == names[0] else folder / "councils" / name
        own.mkdir(parents=True, exist_ok=True)
        (own / "organisation.csv").write_text(_tree(name), encoding="utf-8")
        if own != folder:
            for table in ("population", "targets", "priorities"):
                shutil.copy(folder / f"{table}.csv", own)
    ours = catalogue.read(folder)
    more = MEASURES - len(by_team(ours))
    (folder / "catalogue" / "further.toml").write_text(_further(more), encoding="utf-8")
    return catalogue.read(folder)


def by_team(known: Catalogue) -> list[str]:
    """The measures that are kept by team."""
    return [kpi.kpi_id for kpi in known.kpis.values() if known.datasets[kpi.dataset].org_column]


def _tree(council: str) -> str:
    rows = [f"{council},Council {council},council,,2013-04-01,,made up"]
    rows += [f"{one},{one},service,{council},2013-04-01,,made up" for one in SERVICES]
    rows += [
        f"T{at:02d},Team {at},team,{SERVICES[at % len(SERVICES)]},2013-04-01,,made up"
        for at in range(1, TEAMS + 1)
    ]
    return "\n".join(["org_id,name,level,parent_id,valid_from,valid_to,source", *rows, ""])


def _further(measures: int) -> str:
    """Returns of a few ratios each, as TOML."""
    parts = []
    for start in range(0, measures, RETURN):
        name, numbers = f"further_{start:02d}", range(start, min(start + RETURN, measures))
        columns = [f"{kind}_{number}" for number in numbers for kind in ("met", "due")]
        parts += [
            f'[dataset.{name}]\ntitle = "{name}"\nhelp = "made up"\nkey = ["period", "org_id"]',
            f"[dataset.{name}.column]",
            'period = { type = "month", help = "Month" }\norg_id = { type = "org", help = "Team" }',
            *(f'{column} = {{ type = "count", help = "made up" }}' for column in columns),
            *(_ratio(name, number) for number in numbers),
        ]
    return "\n".join(parts)


def _ratio(dataset: str, number: int) -> str:
    return (
        f'[kpi.further_{number}]\nref = "F{number}"\ntitle = "Further measure {number}"\n'
        f'question = "?"\ndefinition = "made up"\ntheme = "quality"\ndataset = "{dataset}"\n'
        f'polarity = "high"\nnumerator = "met_{number}"\ndenominator = "due_{number}"\n'
        'per = 100\nunit = "%"\ndecimals = 1'
    )


# ---- rows ----


def fill(part: Store, seed: int) -> int:
    """Every month of every measured return of one council, each a load of its own; the rows."""
    chance = np.random.default_rng(seed)
    known = part.catalogue
    measured = {kpi.dataset for kpi in known.kpis.values()}
    names = [name for name in known.returns if name in measured]
    frames = {name: _rows(known.datasets[name], names, chance) for name in names}
    loads = pl.concat([_loads(name, frame) for name, frame in frames.items()])
    part.transact(lambda work: _write(work, frames, loads))
    return int(loads["row_count"].sum())


def _write(work: Transaction, frames: dict[str, pl.DataFrame], loads: pl.DataFrame) -> None:
    work.write("guard")
    for name, frame in frames.items():
        work.append(name, frame)
    work.append("load", loads.drop("period"))
    spoken = loads.select("dataset", "period", "load_id", valid_from="loaded_at")
    work.append("publication", spoken)
    work.audit(datetime(2025, 4, 30), "bench", "publish", "loads", f"{loads.height} months")


def _loads(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    counted = frame.group_by("load_id", "period").agg(row_count=pl.len().cast(pl.Int64))
    return counted.sort("load_id").select(
        "load_id",
        "row_count",
        "period",
        dataset=pl.lit(name),
        file=pl.lit(f"{name}.csv"),
        sha256=pl.lit(name).str.pad_end(64, "0"),
        finding_count=pl.lit(0, pl.Int64),
        loaded_by=pl.lit("bench"),
        loaded_at=pl.col("period").cast(pl.Datetime) + timedelta(days=50),
        reason=pl.lit(""),
    )


def _rows(dataset: Dataset, names: list[str], chance: np.random.Generator) -> pl.DataFrame:
    """A row for each month, team, code and reference, with figures by chance."""
    grid = pl.DataFrame({"period": months(MONTHS, FIRST)})
    for column in dataset.columns:
        if values := _values(dataset, column):
            grid = grid.join(pl.DataFrame({column.name: values}), how="cross")
    first = names.index(dataset.dataset_id) + 1
    month = pl.col("period").rank("dense").cast(pl.Int64) - 1
    grid = grid.with_columns(
        line=pl.int_range(2, pl.len() + 2, dtype=pl.Int64).over("period"),
        load_id=month * len(names) + first,
    )
    return grid.with_columns(
        made for column in dataset.columns for made in _made(dataset, column, grid.height, chance)
    )


def _values(dataset: Dataset, column: Column) -> list[str]:
    """The values of a column of the key."""
    if column.name not in dataset.key or column.name == "period":
        return []
    if column.type == "org":
        return [f"T{at:02d}" for at in range(1, TEAMS + 1)]
    if column.codes_of == "priority":
        return [f"P{at:02d}" for at in range(4, 8)]
    if column.codes:
        return list(column.codes[: 1 if column.name in ONE else None])
    return [f"R{at:02d}" for at in range(REFERENCES[column.name])]


def _made(
    dataset: Dataset, column: Column, rows: int, chance: np.random.Generator
) -> Iterator[pl.Expr]:
    """A column outside the key, with its state."""
    if column.name in dataset.key:
        return
    if column.is_measure:
        figures = pl.Series(chance.integers(5, 40, rows)).cast(TYPES[column.type])
        yield pl.lit(figures).alias(column.name)
        yield pl.lit(None, pl.String).alias(f"{column.name}_state")
    elif column.type == "flag":
        yield pl.lit(pl.Series(chance.integers(0, 2, rows) == 1)).alias(column.name)
    elif column.codes:
        picked = chance.integers(0, len(column.codes), rows)
        codes = pl.Series([column.codes[at] for at in picked], dtype=pl.String)
        yield pl.lit(codes).alias(column.name)
    else:
        yield pl.lit("made up").alias(column.name)
