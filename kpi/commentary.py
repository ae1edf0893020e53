"""Commentary: what was said of a measure and month, read as of a moment, and typed in the app.

What is typed goes the way of any file: it joins its month's rows, is checked as CSV and published
as a load. So there is one path and one history, and a file and the form can take turns.
"""

import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

import polars as pl

from kpi import access, board, intake
from kpi import store as stores
from kpi.access import Role
from kpi.board import Observe
from kpi.catalogue import Kpi
from kpi.publication import Published
from kpi.store import Store

DATASET = "commentary"
SCHEMA = {
    "kpi_id": pl.String,
    "period": pl.Date,
    "happened": pl.String,
    "so_what": pl.String,
    "action": pl.String,
    "owner": pl.String,
    "due": pl.Date,
    "load_id": pl.Int64,
    "loaded_by": pl.String,
    "loaded_at": pl.Datetime,
}
LABELS = {
    "happened": "What happened",
    "so_what": "So what for children",
    "action": "Next action",
    "owner": "Owner's role",
    "due": "Due",
}

#: Two notes on one month at once would each leave the other out.
_writing = threading.Lock()


class CommentaryRefused(Exception):
    """What was typed cannot be published; the message says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class Note:
    """What is said of one measure and month; whatever is blank was not said."""

    kpi_id: str
    period: date
    so_what: str
    happened: str = ""
    action: str = ""
    owner: str = ""
    due: date | None = None

    @property
    def cells(self) -> dict[str, Any]:
        """The note as a row of the return, blank as null."""
        texts = {
            name: value.strip() or None for name, value in asdict(self).items() if _text(value)
        }
        return asdict(self) | texts


def _text(value: object) -> bool:
    return isinstance(value, str)


def read(
    store: Store,
    kpi_ids: Sequence[str],
    as_at: datetime = stores.FOREVER,
    *,
    role: Role,
    observe: Observe = board.observations,
) -> pl.DataFrame:
    """What was said of measures, the newest month of each first (``queries/commentary.sql``).

    Where a figure is withheld from ``role``, so is what was said of it: it may tell the figure.
    """
    if DATASET not in store.catalogue.datasets:
        return pl.DataFrame(schema=SCHEMA)
    rows = store.read("commentary", kpi_ids=list(kpi_ids), as_at=as_at)
    if rows.is_empty() or not access.is_masked(role):
        return rows
    said_of = rows["kpi_id"].unique().sort().to_list()
    council = [store.catalogue.council.org_id]
    seen = observe(store, said_of, council, as_at, role=role).drop_nulls("value")
    return rows.join(seen, on=["kpi_id", "period"], how="semi", maintain_order="left")


def publish(store: Store, note: Note, by: str, reason: str, limit: int) -> Published:
    """Publish a note as the whole of its month; ``limit`` is the largest file in bytes.

    A note that is new to its month needs no reason; one that replaces another does. Raises
    CommentaryRefused, and PublicationRefused where the reason is missing.
    """
    kpi = store.catalogue.kpis[note.kpi_id]
    if not note.so_what.strip():
        raise CommentaryRefused("Say what it means for children: “So what” may not be blank.")
    with _writing:
        file = f"commentary-{note.period:%Y-%m}-typed.csv"
        dataset = store.catalogue.datasets[DATASET]
        [checked] = intake.check(store, [(file, month_as_csv(store, note))], limit, [dataset])
        _prove(checked)
        is_new = checked.changes is not None and checked.changes.added > 0
        why = reason.strip() or (f"Commentary added: {kpi.title}" if is_new else "")
        return intake.publish(store, [checked], by, why)[0]


def month_as_csv(store: Store, note: Note) -> bytes:
    """The rows of the note's month, with the note among them, as a file brings them."""
    dataset = store.catalogue.datasets[DATASET]
    rows = store.published(dataset, note.period, note.period).select(dataset.names)
    same = pl.col("kpi_id") == note.kpi_id
    before = rows.filter(same).to_dicts() or [dict.fromkeys(dataset.names)]
    merged = [*rows.filter(~same).to_dicts(), before[0] | note.cells]
    month = pl.DataFrame(merged, schema=rows.schema).sort("kpi_id")
    return month.with_columns(pl.col("period").dt.strftime("%Y-%m")).write_csv().encode()


def _prove(checked: intake.Checked) -> None:
    """Refuse what the check found wrong, in the words of the form."""
    errors = checked.submission.findings.filter(severity="error")
    if errors.height:
        first = errors.row(0, named=True)
        where = f"Row {first['line']}, {first['column']}: "
        label = LABELS.get(first["column"] or "", "Month")
        raise CommentaryRefused(first["message"].replace(where, f"{label}: ", 1))
    found = checked.changes
    if found is not None and not (found.added or found.changed):
        raise CommentaryRefused("Nothing differs from what is published. Change it first.")


def by_month(rows: pl.DataFrame, kpi: Kpi) -> dict[date, dict[str, Any]]:
    """The notes of one measure by month, the newest first."""
    own = rows.filter(kpi_id=kpi.kpi_id)
    return {row["period"]: row for row in own.iter_rows(named=True)}
