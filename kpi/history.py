"""A file that reads well, held against what is published: figures that leap, gaps, restatements.

Everything here is a warning, for only the officer knows whether a figure is wrong or the month was
unlike the others. A warning that comes every month is soon ticked unread, so a figure needs more
to earn one than to lie outside its process limits: see :func:`unusual`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from kpi import spc, theme
from kpi.catalogue import Dataset
from kpi.changes import Changes
from kpi.ingest import findings
from kpi.ingest.findings import count
from kpi.ingest.lists import council
from kpi.ingest.rules import ancestors

YEAR = 12
#: Months that the limits rest on: enough for firm ones, of the process that runs now.
WINDOW = 24
#: Figures and movements under ten are small numbers, which come and go.
WORTH = 10
TIMES = 3
#: Months in a sentence, and blank cells told one by one, before they are only counted.
NAMED = 6

LOW = [low for _, low in spc.RULES.values()]
SERIES = ["column", "org_id", "at"]


@dataclass(frozen=True, kw_only=True)
class Past:
    """What a file is held against.

    ``months``: every published month of its return. ``totals``: the published sums of each figure
    by period and org_id, as ``store.totals``, from two years before the file on. ``published``:
    the rows of a return between two months, as Context.published. ``beside``: the rows of the
    other files of the same drop, which will stand in the place of what is published for their
    months.
    """

    months: Sequence[date]
    totals: pl.DataFrame
    published: Callable[[Dataset, date, date], pl.DataFrame]
    beside: pl.DataFrame


def against(
    dataset: Dataset, rows: pl.DataFrame, past: Past, orgs: pl.DataFrame, changed: Changes
) -> pl.DataFrame:
    """All warnings about an accepted file, as a frame of findings.

    ``rows``: as Submission.rows. ``orgs``: as Context.orgs. ``changed``: what the file changes.
    """
    if dataset.register:
        return pl.concat([findings.empty(), *replaced(changed, past)])
    found = [
        *restated(changed, past),
        *skipped(dataset, rows, past),
        *silent(dataset, rows, past, orgs),
        *unusual(dataset, rows, past, orgs),
        *blanked(dataset, rows, past),
    ]
    return pl.concat([findings.empty(), *found])


def _warning(
    code: str,
    message: str,
    *,
    line: int | None = None,
    column: str | None = None,
    value: str | None = None,
) -> pl.DataFrame:
    where = f"Row {line}: " if line else ""
    cells = (line, column, value, code, "warning", where + message)
    return pl.DataFrame([cells], schema=findings.SCHEMA, orient="row")


# ---- MONTHS ----


def months_before(month: date, count: int) -> date:
    """The first of the month so many months earlier."""
    year, index = divmod(12 * month.year + month.month - 1 - count, 12)
    return date(year, index + 1, 1)


def restated(changed: Changes, past: Past) -> Iterator[pl.DataFrame]:
    """Published months that change; the cells themselves are in ``changed.cells``."""
    counts: dict[str, dict[str, int]] = {}
    for period, kind, many in changed.cells.group_by("period", "kind").len().iter_rows():
        counts.setdefault(period, {})[kind] = many
    for month in sorted(past.months):
        if kinds := counts.get(f"{month:%Y-%m}"):
            said = f"{_restatement(kinds)} for {theme.long_month(month)}. A reason is needed."
            yield _warning("month_restated", said)


def replaced(changed: Changes, past: Past) -> Iterator[pl.DataFrame]:
    """A published register that changes."""
    kinds = dict(changed.cells.group_by("kind").len().iter_rows())
    if past.months and kinds:
        said = f"{_restatement(kinds)} in the register. A reason is needed."
        yield _warning("register_replaced", said)


def _restatement(kinds: Mapping[str, int]) -> str:
    parts = {
        "changed": ("published value changes", "published values change"),
        "removed": ("published row goes", "published rows go"),
        "added": ("row comes", "rows come"),
    }
    told = [count(kinds[kind], *words) for kind, words in parts.items() if kind in kinds]
    return " and ".join(told)


def skipped(dataset: Dataset, rows: pl.DataFrame, past: Past) -> Iterator[pl.DataFrame]:
    """Months between the last published one and this file's that nothing brings."""
    own = rows["period"].unique().sort().to_list()
    last = max((month for month in past.months if month < own[0]), default=None)
    between = pl.date_range(last or own[0], own[-1], "1mo", eager=True).to_list()
    known = {*past.months, *past.beside["period"], *own}
    missing = [month for month in between if month not in known]
    if dataset.frequency != "monthly" or not missing:
        return
    where = f"between {theme.long_month(last)}, the last published, and" if last else "within"
    named = ", ".join(theme.long_month(month) for month in missing[:NAMED])
    more = f" and {len(missing) - NAMED} more" if len(missing) > NAMED else ""
    many = count(len(missing), "month is", "months are")
    yield _warning("month_skipped", f"{many} missing {where} this file: {named}{more}.")


# ---- ORGANISATIONS ----


def silent(
    dataset: Dataset, rows: pl.DataFrame, past: Past, orgs: pl.DataFrame
) -> Iterator[pl.DataFrame]:
    """Organisations that reported the month before, are open, and now do not report.

    One whose whole or parts report instead is not missing.
    """
    if not (org := dataset.org_column):
        return
    now = rows.select("period", org_id=org).unique()
    beside = past.beside.select("period", org_id=org).unique()
    before = _month_on(now, beside, past.totals.select("period", "org_id"))
    missing = (
        before.join(now.select("period").unique(), on="period", how="semi")
        .join(_covered(now, orgs), on=["period", "org_id"], how="anti")
        .join(_closed(orgs), on="org_id", how="left")
        .filter(pl.col("closed").is_null() | (pl.col("closed") > pl.col("period")))
        .sort("period", "org_id")
    )
    level = dict(orgs.select("org_id", "level").iter_rows())
    alone = now["period"].n_unique() == 1
    for month, name in missing.select("period", "org_id").iter_rows():
        where = "" if alone else f" in {theme.long_month(month)}"
        when = "last month" if alone else "the month before"
        said = f"No row for {level.get(name, 'team')} {name}{where}; it reported {when}."
        yield _warning("org_silent", said, column=org, value=name)


def _covered(now: pl.DataFrame, orgs: pl.DataFrame) -> pl.DataFrame:
    """The organisations that report, with their wholes and their parts: period, org_id."""
    related = ancestors(orgs)
    wholes = now.join(related, on="org_id").select("period", org_id="whole")
    parts = now.join(related.select(part="org_id", org_id="whole"), on="org_id")
    return pl.concat([now, wholes, parts.select("period", org_id="part")])


def _closed(orgs: pl.DataFrame) -> pl.DataFrame:
    """The first month in which an organisation is no longer open: org_id, closed (null = open)."""
    ends = pl.col("valid_to")
    is_over = ends.null_count() == 0
    return orgs.group_by("org_id").agg(closed=pl.when(is_over).then(ends.max()))


def _month_on(*sources: pl.DataFrame) -> pl.DataFrame:
    """Rows under the month after theirs; a source has a month only if none before it has."""
    known = sources[0].clear()
    for source in sources:
        new = source.join(known.select("period").unique(), on="period", how="anti")
        known = pl.concat([known, new.cast(known.schema)])
    return known.with_columns(pl.col("period").dt.offset_by("1mo"))


# ---- FIGURES ----


def unusual(
    dataset: Dataset, rows: pl.DataFrame, past: Past, orgs: pl.DataFrame
) -> Iterator[pl.DataFrame]:
    """Figures of the council, and of each organisation with a year behind it, that leap.

    A figure leaps when it lies beyond every one of the last twelve months, and either it is
    more than three times or under a third of last month's (of ten or more), or it is outside the
    process limits of two years and at least ten beyond the year. Limits lag behind a process that
    is on the move, so one that is, and moves no faster now, is left alone. Each column and
    organisation is told once, for the first month in which it leaps.
    """
    whole = council(orgs) or ""
    now = _series(dataset, _totals(dataset, rows, whole), whole).rename({"period": "at"})
    before = _series(dataset, past.totals, whole)
    if now.is_empty() or before.is_empty():
        return
    is_known = (pl.col("org_id") == whole) | (pl.col("points") >= YEAR)
    leaping = now.join(_history(now["at"].unique(), before), on=SERIES).filter(is_known, _leaps())
    parts = leaping.filter(pl.col("org_id") != whole)
    # A council that reports through one team is told of it once.
    same = leaping.filter(org_id=whole).join(parts, on=["column", "at", "figure"], how="semi")
    told = leaping.join(same, on=SERIES, how="anti").sort("at")
    first = told.unique(["column", "org_id"], keep="first", maintain_order=True)
    found = first.join(_where(dataset, rows, whole), on=["org_id", "at"]).sort(*SERIES)
    is_one_month = now["at"].n_unique() == 1
    for row in found.iter_rows(named=True):
        yield _warning(
            "figure_unusual",
            _unusual(row, whole, is_one_month),
            line=row["line"] if row["rows"] == 1 else None,
            column=row["column"],
            value=theme.shortest(row["figure"], 2),
        )


def _totals(dataset: Dataset, rows: pl.DataFrame, whole: str) -> pl.DataFrame:
    """The file's own figures, as ``store.totals``."""
    org = pl.col(dataset.org_column) if dataset.org_column else pl.lit(whole)
    return rows.group_by("period", org.alias("org_id")).agg(_sums(dataset))


def _measures(dataset: Dataset) -> list[str]:
    return [column.name for column in dataset.columns if column.is_measure]


def _sums(dataset: Dataset) -> list[pl.Expr]:
    """The sum of each figure; null where a row lacks it, for the sum would be too small."""
    return [
        pl.when(pl.col(name).null_count() == 0)
        .then(pl.col(name).cast(pl.Float64).sum())
        .alias(name)
        for name in _measures(dataset)
    ]


def _series(dataset: Dataset, totals: pl.DataFrame, whole: str) -> pl.DataFrame:
    """Totals as one figure a row, with the council's beside its parts': column, org_id, period."""
    shares = [column.name for column in dataset.columns if column.unit == "%"]
    summed = totals.group_by("period").agg(_sums(dataset))
    everything = summed.with_columns(pl.lit(None, pl.Float64).alias(name) for name in shares)
    parts = totals.filter(pl.col("org_id") != whole)
    names = _measures(dataset)
    both = pl.concat(
        [
            part.select("period", "org_id", *names)
            for part in (everything.with_columns(org_id=pl.lit(whole)), parts)
        ]
    )
    return both.unpivot(
        names, index=["period", "org_id"], variable_name="column", value_name="figure"
    ).drop_nulls("figure")


def _history(months: pl.Series, before: pl.DataFrame) -> pl.DataFrame:
    """What went before each month in ``months``, series by series.

    Columns column, org_id, at; of two years points, mean, lpl, upl, signal (of the newest point),
    newest; of one year months, low, high; and last, the figure of the month before.
    """
    back = pl.DataFrame({"back": [f"-{month}mo" for month in range(1, WINDOW + 1)]})
    windows = months.alias("at").to_frame().join(back, how="cross")
    spine = windows.select("at", period=pl.col("at").dt.offset_by(pl.col("back"))).join(
        before.select("column", "org_id").unique(), how="cross"
    )
    frame = spine.join(before, on=["column", "org_id", "period"], how="left").select(
        *SERIES,
        "period",
        kpi_id="column",
        observed="figure",
        target=pl.lit(None, pl.Float64),
    )
    # One series for each month that is judged: windows of neighbouring months overlap.
    apart = frame.with_columns(whose="org_id", org_id=pl.format("{} {}", "at", "org_id"))
    charts = {name: spc.Chart(polarity="neutral") for name in apart["kpi_id"].unique()}
    year = pl.col("observed").tail(YEAR)
    known = pl.col("observed").is_not_null()
    return (
        spc.add_limits(apart, charts)
        .group_by("column", "whose", "at")
        .agg(
            pl.col("points", "mean", "lpl", "upl").last(),
            signal=pl.col("signal").filter(known).last(),
            newest=pl.col("observed").filter(known).last(),
            months=year.count(),
            low=year.min(),
            high=year.max(),
            last=pl.col("observed").last(),
        )
        .rename({"whose": "org_id"})
    )


def _leaps() -> pl.Expr:
    figure, low, high, last = (pl.col(name) for name in ("figure", "low", "high", "last"))
    rises, falls = figure > high, figure < low
    by_times = (last >= WORTH) & ((figure > TIMES * last) | (figure * TIMES < last))
    outside = (figure > pl.col("upl")) | (figure < pl.col("lpl"))
    beyond = pl.max_horizontal(figure - high, low - figure) >= WORTH
    onward = (rises & pl.col("signal").is_in(spc.HIGH)) | (falls & pl.col("signal").is_in(LOW))
    no_faster = (figure - pl.col("newest")).abs() <= pl.col("upl") - pl.col("mean")
    leaps = by_times | (outside & beyond & ~(onward & no_faster))
    return ((rises | falls) & leaps.fill_null(False)).fill_null(False)


def _where(dataset: Dataset, rows: pl.DataFrame, whole: str) -> pl.DataFrame:
    """The rows that a figure is the sum of: org_id, at, rows, line of the first.

    ``alone`` says whether they are all that the month has.
    """
    org = pl.col(dataset.org_column) if dataset.org_column else pl.lit(whole)
    lines = rows.select("line", at="period", org_id=org)
    lines = lines.with_columns(everything=pl.len().over("at"))
    both = pl.concat(
        [lines.with_columns(org_id=pl.lit(whole)), lines.filter(pl.col("org_id") != whole)]
    )
    return both.group_by("org_id", "at").agg(
        rows=pl.len(), line=pl.col("line").min(), alone=pl.len() == pl.col("everything").first()
    )


def _unusual(row: Mapping[str, Any], whole: str, is_one_month: bool) -> str:
    """``contacts 2,410; the last 12 months were 180 to 260. Extra digit?``"""
    figure, low, high = (theme.shortest(row[name], 2) for name in ("figure", "low", "high"))
    whose = "the whole council" if row["org_id"] == whole else row["org_id"]
    of = "" if row["rows"] == 1 and row["alone"] else f" for {whose}"
    when = "" if is_one_month else f" in {theme.long_month(row['at'])}"
    span = low if low == high else f"{low} to {high}"
    past = f"the last {row['months']} months were" if row["months"] > 1 else "last month was"
    return f"{row['column']} {figure}{of}{when}; {past} {span}. {_doubt(row)}"


def _doubt(row: Mapping[str, Any]) -> str:
    if row["figure"] > TIMES * row["high"] > 0:
        return "Extra digit?"
    fell = 0 < row["figure"] * TIMES < row["low"]
    return "A digit missing?" if fell else "Is it right?"


# ---- BLANKS ----


def blanked(dataset: Dataset, rows: pl.DataFrame, past: Past) -> Iterator[pl.DataFrame]:
    """Blank figures that the same row held the month before."""
    for name in _measures(dataset):
        nothing = pl.col(name).is_null() & pl.col(f"{name}_state").is_null()
        blank = rows.filter(nothing).select("line", *dataset.key)
        if blank.is_empty():
            continue
        lost = blank.join(
            _held(dataset, rows, past, blank["period"].unique().to_list(), name),
            on=dataset.key,
            nulls_equal=True,
        ).sort("line")
        yield from _blank(name, lost.select("line", name).rows())


def _blank(name: str, lost: Sequence[tuple[int, Any]]) -> Iterator[pl.DataFrame]:
    """One by one while they are few, else their number and where they begin."""
    enter = "If there were none, enter 0."
    if len(lost) > NAMED:
        said = f"{name} is blank in {len(lost):,} rows that had a figure last month"
        yield _warning("figure_blank", f"{said}, row {lost[0][0]} the first. {enter}", column=name)
        return
    for line, was in lost:
        said = f"{name} is blank; last month it was {theme.shortest(float(was), 2)}. {enter}"
        yield _warning("figure_blank", said, line=line, column=name)


def _held(
    dataset: Dataset, rows: pl.DataFrame, past: Past, months: Sequence[date], name: str
) -> pl.DataFrame:
    """The figures of the month before each of ``months``: the key, with ``period`` a month on."""
    wanted = [*dataset.key, name]
    first, last = (months_before(month, 1) for month in (min(months), max(months)))
    sources = (rows, past.beside, past.published(dataset, first, last))
    stood = [source.select(wanted) for source in sources if not source.is_empty()]
    return _month_on(*stood).drop_nulls(name).unique(dataset.key)
