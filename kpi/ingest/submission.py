"""What goes into a check besides the bytes, and what comes out of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from kpi.catalogue import Column, Dataset
from kpi.ingest.figures import DTYPES as FIGURES

DTYPES: Mapping[str, pl.DataType] = {
    "month": pl.Date(),
    "date": pl.Date(),
    "list": pl.List(pl.String),
    "flag": pl.Boolean(),
    **FIGURES,
}
UNREAD = {"line": pl.Int64, "column": pl.String, "text": pl.String}


def dtype(column: Column) -> pl.DataType:
    """How a column's values are held; what is not a date, figure or flag is text."""
    return DTYPES.get(column.type, pl.String())


def schema(dataset: Dataset) -> dict[str, pl.DataType]:
    """Columns of ``Submission.rows``: line, every column, and a state beside each figure.

    A register has ``period`` too, which is the same in every row.
    """
    types: dict[str, pl.DataType] = {"line": pl.Int64()}
    if dataset.register:
        types["period"] = pl.Date()
    for column in dataset.columns:
        types[column.name] = dtype(column)
        if column.is_measure:
            types[f"{column.name}_state"] = pl.String()
    return types


def empty(dataset: Dataset) -> pl.DataFrame:
    """No rows of a dataset, as ``Context.published`` gives them: without ``line``."""
    return empty_rows(dataset).drop("line")


def empty_rows(dataset: Dataset | None) -> pl.DataFrame:
    """No rows, as ``Submission.rows``; of an unknown dataset only ``line`` is known."""
    return pl.DataFrame(schema=schema(dataset) if dataset else {"line": pl.Int64})


@dataclass(frozen=True, kw_only=True)
class Context:
    """What the council knows when a file arrives.

    ``orgs``: org_id, name, level ('council', 'service' or 'team'), parent_id, valid_from, valid_to
    (the first month in which it is open, and the first in which it no longer is; null = open).
    ``codes``: the lists of columns with ``codes_of``. ``published``: the rows of a dataset now
    published between two months, both included, as Submission.rows without ``line``; may be empty.
    ``limit``: the largest file in bytes; ``rows``, ``columns`` and ``seconds`` bound the rest.
    ``with_data``: the KPIs of whose return anything is published; None where nobody knows.
    ``prose_checked``: a person vouches that no child can be known by the free text.
    """

    orgs: pl.DataFrame
    codes: Mapping[str, tuple[str, ...]]
    published: Callable[[Dataset, date, date], pl.DataFrame]
    today: date
    limit: int
    with_data: frozenset[str] | None = None
    prose_checked: bool = False
    rows: int = 2_000_000
    columns: int = 500
    seconds: float = 120


def _no_unread() -> pl.DataFrame:
    return pl.DataFrame(schema=UNREAD)


@dataclass(frozen=True, kw_only=True)
class Submission:
    """A file after its check.

    ``rows``: line, every column of the dataset typed, and after each figure ``<name>_state`` (the
    marker of a withheld one). A blank figure is null without a state; so is a cell that failed.
    ``findings``: line (null = the whole file), column, value, code, severity, message.
    ``unread``: line, column, text of the cells that failed; column null for a row that could not
    be laid under the header, then text is that row as CSV. Only the corrected copy needs it.
    """

    dataset: Dataset | None
    file: str
    sha256: str
    rows: pl.DataFrame
    findings: pl.DataFrame
    unread: pl.DataFrame = field(default_factory=_no_unread)

    @property
    def accepted(self) -> bool:
        """Whether the file may be published: it has no error."""
        return "error" not in self.findings["severity"]

    @property
    def warnings(self) -> bool:
        """Whether somebody has to look before the file is published."""
        return "warning" in self.findings["severity"]

    @property
    def periods(self) -> list[date]:
        """The months that the file speaks for."""
        if "period" not in self.rows.columns:
            return []
        return self.rows["period"].drop_nulls().unique().sort().to_list()
