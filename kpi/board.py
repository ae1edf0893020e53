"""The single read: from the store to finished observations and comparators, as of a moment."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

import polars as pl

from kpi import access, benchmark, ingest, masking, masks, observation, rating, settings, spc
from kpi import store as stores
from kpi.access import Role
from kpi.catalogue import Catalogue, Dataset, Kpi
from kpi.publication import Incoming
from kpi.store import Store

LONDON = ZoneInfo("Europe/London")
#: The month by which the Department has published most statistics of a year; a look at an earlier
#: day leaves out what was not known then.
PUBLISHED_BY = 12


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How the store stands: ``today`` is the day of the last load in an illustrative store."""

    is_illustrative: bool
    today: date
    loads: int

    @property
    def kind(self) -> str:
        """What a source line says of made-up months; nothing of a council's own."""
        return "illustrative months" if self.is_illustrative else ""


class Observe(Protocol):
    """Reads what a role may see, as ``observations`` below; pages give one that remembers."""

    def __call__(
        self,
        store: Store,
        kpi_ids: Sequence[str],
        org_ids: Sequence[str],
        as_at: datetime,
        *,
        role: Role,
    ) -> pl.DataFrame: ...


def charts(catalogue: Catalogue, kpi_ids: Sequence[str]) -> dict[str, spc.Chart]:
    """How each KPI's variation is judged, as ``kpi.spc`` takes it."""
    return {name: _chart(catalogue.kpis[name]) for name in kpi_ids}


def _chart(kpi: Kpi) -> spc.Chart:
    return spc.Chart(
        polarity=kpi.polarity,
        fix_after=kpi.spc.fix_after,
        rebase=tuple(rebase.period for rebase in kpi.spc.rebase),
        screen=kpi.spc.screen,
        mode=kpi.spc.mode,
        # A count over a year has months that are counts themselves; a share or rate has not.
        months=1 if kpi.denominator or kpi.statistic else kpi.window,
    )


def observations(
    store: Store,
    kpi_ids: Sequence[str],
    org_ids: Sequence[str] = (),
    as_at: datetime = stores.FOREVER,
    *,
    role: Role,
) -> pl.DataFrame:
    """The finished observation frame as ``role`` may see it; no ``org_ids`` means everyone.

    The one door by which figures leave the store for a screen, a file or the command line. Nobody
    goes through it without saying who asks.
    """
    if not kpi_ids:
        return pl.DataFrame(schema=observation.SCHEMA)
    raw = store.observations(kpi_ids, org_ids, as_at)
    if not access.is_masked(role):
        return finish(store.catalogue, raw, kpi_ids)
    masked = masking.apply(raw, masks.shown(store, kpi_ids, as_at))
    return masking.without_limits(finish(store.catalogue, masked, kpi_ids), masked)


def finish(catalogue: Catalogue, raw: pl.DataFrame, kpi_ids: Sequence[str]) -> pl.DataFrame:
    """The raw frame with rating, direction and signals."""
    polarities = {name: catalogue.kpis[name].polarity for name in kpi_ids}
    limited = spc.add_limits(raw, charts(catalogue, kpi_ids))
    return observation.conform(rating.add_direction(rating.add_rating(limited, polarities)))


#: The last row of each series: what a card shows.
latest = observation.latest


def attention(newest: pl.DataFrame) -> list[str]:
    """KPIs that want a look first, worst first: off target, then near it, then worsening.

    ``newest``: the last observation of each KPI. Among equals the one furthest from its target, as
    a share of the target, comes first, and then the one whose id does, so the order never varies.
    """
    rank = (
        pl.when(rating="red")
        .then(0)
        .when(rating="amber")
        .then(1)
        .when(direction="worsening")
        .then(2)
    )
    short = (pl.col("value") - pl.col("target")).abs() / pl.col("target").abs()
    return (
        newest.with_columns(rank=rank, short=short.fill_nan(0).fill_null(0))
        .drop_nulls("rank")
        .with_columns(worsening=pl.col("direction") != "worsening")
        .sort("rank", "worsening", pl.col("short") * -1, "kpi_id")["kpi_id"]
        .to_list()
    )


def caseloads(
    store: Store, period: date, as_at: datetime, role: Role, limit: float
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Caseloads one worker at a time (org_id, fte, cases), and their spread by team.

    A masked reader gets no worker's own caseload: of a team of six workers or more the median and
    the range to the nearest five, of a smaller one the range alone, and of nobody how many.
    """
    workers = store.read("workers", period=period, as_at=as_at)
    by_team = spread(workers, limit)
    if not access.is_masked(role):
        return workers, by_team
    return workers.clear(), masking.coarse(by_team, settings.read().small_number)


def per_worker(workers: pl.DataFrame, names: Mapping[str, str]) -> pl.DataFrame:
    """Cases per FTE of each worker: org_id, name (of the team), value."""
    return workers.filter(pl.col("fte") > 0).select(
        "org_id",
        name=pl.col("org_id").replace(names),
        value=pl.col("cases") / pl.col("fte"),
    )


def spread(workers: pl.DataFrame, limit: float) -> pl.DataFrame:
    """Caseloads per FTE by team, widest first: org_id, workers, lowest, median, highest, above.

    ``workers``: org_id, fte, cases; a worker of no FTE has no caseload per FTE and is left out.
    ``above`` counts the workers beyond ``limit``.
    """
    load = pl.col("cases") / pl.col("fte")
    return (
        workers.filter(pl.col("fte") > 0)
        .group_by("org_id")
        .agg(
            workers=pl.len(),
            lowest=load.min(),
            median=load.median(),
            highest=load.max(),
            above=(load > limit).sum(),
        )
        .sort("median", "org_id", descending=[True, False])
    )


def comparators(store: Store, kpis: Sequence[Kpi]) -> pl.DataFrame:
    """Published figures for the KPIs that have any: England, region, own authority, neighbours.

    Columns kpi_id, series, year, area, area_type, value, state, statistic, source. The neighbours'
    median is the published set's; where single neighbours were imported, it is computed from them.
    """
    council = store.catalogue.council
    names = {kpi.benchmark: kpi.kpi_id for kpi in kpis if kpi.benchmark}
    rows = store.read("benchmarks", series=list(names))
    codes = ["E92000001", council.region, council.authority, "neighbours"]
    kept = rows.filter(pl.col("area_code").is_in(codes))
    computed = _neighbours(store, rows)
    kept = kept.join(
        computed, on=["series", "year", "area_code", "statistic"], how="anti", nulls_equal=True
    )
    return (
        pl.concat([kept, computed.select(kept.columns)])
        .with_columns(
            kpi_id=pl.col("series").replace_strict(names, return_dtype=pl.String),
            # The Department's files name the council otherwise than it names itself.
            area=pl.when(area_code=council.authority)
            .then(pl.lit(council.authority_name))
            .otherwise("area"),
        )
        .sort("kpi_id", "area_type", "year")
    )


def by_median(rows: pl.DataFrame) -> pl.DataFrame:
    """Comparators as readers meet them: of the neighbours' statistics, the median alone."""
    return rows.filter(pl.col("statistic").is_null() | (pl.col("statistic") == "median"))


def known_by(catalogue: Catalogue, rows: pl.DataFrame, day: date | None) -> pl.DataFrame:
    """The published figures (series, year) that were out by a day; all of them without a day.

    A financial year is named by its start, so that its figures come a year later than those of a
    day in that year.
    """
    if day is None:
        return rows
    series = catalogue.benchmarks.values()
    by_start = [one.series for one in series if one.year_end == "financial year"]
    newest = day.year - (day.month < PUBLISHED_BY)
    return rows.filter(pl.col("year") + pl.col("series").is_in(by_start) <= newest)


def _neighbours(store: Store, rows: pl.DataFrame) -> pl.DataFrame:
    council = store.catalogue.council
    members = store.read("neighbours", authority=council.authority)["neighbour"].to_list()
    # A file also brings authorities that are no neighbours; the median is over the set alone.
    found = benchmark.neighbours(rows.filter(pl.col("area_type") == "authority"), members)
    source = rows.group_by("series", "year").agg(pl.col("source").first())
    return (
        found.filter(pl.col("n") > 0)
        .join(source, on=["series", "year"])
        .select(
            "series",
            pl.col("year").cast(pl.Int32),
            area_type=pl.lit("neighbours"),
            area_code=pl.lit("neighbours"),
            area=pl.lit("neighbours"),
            value="value",
            state=pl.lit(None, pl.String),
            statistic="statistic",
            source="source",
        )
    )


def keep_benchmarks(store: Store, read: Sequence[tuple[str, pl.DataFrame]], by: str) -> None:
    """Keep the figures of Department for Education files; a file replaces its own earlier self.

    They are published, so every council of the store has them.
    """

    def work_on(work: stores.Transaction) -> None:
        for name, frame in read:
            work.write("forget_benchmarks", origin=name)
            work.append("benchmark", frame.with_columns(origin=pl.lit(name)))
            work.audit(stores.now(), by, "benchmarks", name, f"{frame.height} figures")

    for part in store.councils():
        part.transact(work_on)


def standing(store: Store) -> Standing:
    """Whether the store is illustrative, and which day is today for it."""
    row = store.read("standing").row(0, named=True)
    last = row["last_loaded_at"]
    today = datetime.now(LONDON).date()
    if row["is_illustrative"] and last is not None:
        today = local_day(last)
    return Standing(is_illustrative=row["is_illustrative"], today=today, loads=row["loads"])


def local(moment: datetime) -> datetime:
    """A moment in UTC as the clock in London shows it."""
    return moment.replace(tzinfo=UTC).astimezone(LONDON)


def local_day(moment: datetime) -> date:
    """The day in London of a moment in UTC."""
    return local(moment).date()


def moment(text: str | None) -> datetime:
    """The moment that ``--as-at`` or a link names, in UTC; a date means the end of that day.

    Raises ValueError with a sentence when the text is neither a date nor a date and time.
    """
    if not text:
        return stores.FOREVER
    given = text.strip()
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", given):
            start = datetime.combine(date.fromisoformat(given), time.min, LONDON)
            end = start.replace(tzinfo=None) + timedelta(days=1)
            local = end.replace(tzinfo=LONDON)
            return local.astimezone(UTC).replace(tzinfo=None) - timedelta(microseconds=1)
        parsed = datetime.fromisoformat(given)
    except (ValueError, OverflowError) as error:
        raise ValueError(
            f"{given[:40]!r} is not a date. Write 2025-04-24, or 2025-04-24T17:00."
        ) from error
    zoned = parsed if parsed.tzinfo else parsed.replace(tzinfo=LONDON)
    return zoned.astimezone(UTC).replace(tzinfo=None)


def context(store: Store, limit: int, prose_checked: bool = False) -> ingest.Context:
    """What ingest needs to know of the council to check a file."""
    priorities = store.read("priorities", as_at=stores.FOREVER)["priority_id"].to_list()

    there = store.read("completeness", as_at=stores.FOREVER)

    def published(dataset: Dataset, since: date, until: date) -> pl.DataFrame:
        return store.published(dataset, since, until).drop("line", "load_id")

    return ingest.Context(
        orgs=store.read("orgs"),
        codes={"priority": tuple(priorities), "kpi": tuple(store.catalogue.kpis)},
        with_data=with_data(store.catalogue, set(there["dataset"])),
        published=published,
        today=standing(store).today,
        limit=limit,
        prose_checked=prose_checked,
    )


def with_data(catalogue: Catalogue, published: Collection[str]) -> frozenset[str]:
    """The KPIs of whose return anything is published; ``published`` are ids of returns."""
    return frozenset(kpi.kpi_id for kpi in catalogue.kpis.values() if kpi.dataset in published)


def incoming(submission: ingest.Submission, reason: str) -> Incoming:
    """A checked and accepted file, ready to publish; a refused one is a wrong program."""
    if not submission.accepted or submission.dataset is None:
        raise ValueError(f"{submission.file} was refused and cannot be published")
    return Incoming(
        dataset=submission.dataset,
        file=submission.file,
        sha256=submission.sha256,
        rows=submission.rows,
        findings=submission.findings.height,
        reason=reason,
    )
