"""A small council for the tests of ingest: teams, codes, a day, and a return with money in it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl

from kpi import catalogue, ingest, settings
from kpi.catalogue import Catalogue, Column, Dataset

TODAY = date(2025, 4, 22)
DIRTY = Path(__file__).parents[1] / "dirty"

# Every type of column that the council's own returns do not have yet.
SPENDING = Dataset(
    dataset_id="spending",
    title="Spending",
    help="Money by line.",
    key=("period", "line_id"),
    columns=(
        Column(name="period", type="month", help="Month", alias=("month",)),
        Column(name="line_id", type="ref", help="Line"),
        Column(name="plan", type="money", help="Planned", unit="£"),
        Column(name="actual", type="money", help="Spent", unit="£"),
        Column(name="share", type="number", help="Share spent", unit="%"),
        Column(name="note", type="text", help="Note", required=False, optional=True),
    ),
)
ORGS = pl.DataFrame(
    [
        ("council", "The whole council", "council", None, date(2019, 4, 1), None),
        ("safeguarding", "Safeguarding", "service", "council", date(2019, 4, 1), None),
        ("MASH", "Multi-agency safeguarding hub", "team", "council", date(2019, 4, 1), None),
        ("CPC1", "Child protection and court 1", "team", "safeguarding", date(2019, 4, 1), None),
        ("CPC2", "Child protection and court 2", "team", "safeguarding", date(2021, 6, 1), None),
        ("OLD1", "Closed team", "team", "safeguarding", date(2019, 4, 1), date(2024, 4, 1)),
        *(
            (f"CIN{n}", f"Children in need {n}", "team", "safeguarding", date(2019, 4, 1), None)
            for n in range(1, 9)
        ),
    ],
    schema={
        "org_id": pl.String,
        "name": pl.String,
        "level": pl.String,
        "parent_id": pl.String,
        "valid_from": pl.Date,
        "valid_to": pl.Date,
    },
    orient="row",
)
PRIORITIES = tuple(f"P{number:02d}" for number in range(1, 11))


def with_spending(book: Catalogue) -> Catalogue:
    """The catalogue and a return about money that nobody wrote a line of code for."""
    return replace(book, datasets={**book.datasets, "spending": SPENDING})


def read_catalogue() -> Catalogue:
    """The real catalogue, and the return about money."""
    return with_spending(catalogue.read(settings.read().reference))


BOOK = read_catalogue()
PROTECTION = BOOK.datasets["child_protection"]
CASELOADS = BOOK.datasets["caseloads"]
PLAN = BOOK.datasets["plan_brag"]
HEADER = ",".join(PROTECTION.names)


def nothing_published(dataset: Dataset, since: date, until: date) -> pl.DataFrame:
    return ingest.empty(dataset)


def context(
    published: Callable[[Dataset, date, date], pl.DataFrame] = nothing_published,
    orgs: pl.DataFrame = ORGS,
    limit: int = 50 * 1024 * 1024,
) -> ingest.Context:
    return ingest.Context(
        orgs=orgs,
        codes={"priority": PRIORITIES, "kpi": tuple(BOOK.kpis)},
        published=published,
        today=TODAY,
        limit=limit,
        with_data=frozenset({"cp_open", "caseload_mean"}),
    )


def check(
    content: str | bytes, dataset: Dataset | None = None, **known: object
) -> ingest.Submission:
    """Check a file against the small council; text is UTF-8 without a mark."""
    given = content.encode() if isinstance(content, str) else content
    return ingest.check(BOOK, given, "file.csv", context(**known), dataset)  # type: ignore[arg-type]


def codes(submission: ingest.Submission) -> list[str]:
    return submission.findings["code"].to_list()


def found(submission: ingest.Submission) -> list[tuple[int | None, str | None, str]]:
    """(line, column, code) of every finding that is not just information."""
    grave = submission.findings.filter(pl.col("severity") != "information")
    return grave.select("line", "column", "code").rows()


def protection(**figures: object) -> str:
    """A row of the child protection return, good unless it is told otherwise."""
    row: dict[str, object] = {
        "period": "2025-03",
        "org_id": "CPC1",
        "cin_open": 210,
        "s47_started": 21,
        "icpc_held": 12,
        "icpc_15wd": 10,
        "cp_start": 11,
        "cp_repeat_start": 2,
        "cp_end": 9,
        "cp_open": 64,
        "cp_2yr": 3,
        "reviews_due": 20,
        "reviews_in_time": 18,
    }
    return ",".join(str(cell) for cell in (row | figures).values())


def returned(*rows: str, header: str = HEADER) -> str:
    """A child protection file of these rows."""
    return "\n".join([header, *rows, ""])
