"""KPIs compiled from the catalogue to SQL: the only SQL that is not a file in ``queries/``.

Everything that enters the text comes from the catalogue, which admits no sign beyond those that a
measure needs; nothing that a user typed is ever part of it.
"""

from collections.abc import Sequence
from itertools import groupby

from kpi.catalogue import Catalogue, Column, Dataset, Kpi

SQL_TYPES = {
    "month": "date",
    "date": "date",
    "count": "bigint",
    "number": "decimal(12, 4)",
    "money": "decimal(14, 2)",
    "flag": "boolean",
    "list": "varchar[]",
}


#: What every return is read by, worked out once for all of them: who belongs to whom at the moment
#: that is looked at, and which load speaks for which month.
ONCE = """closure as materialized (
    select org_id, ancestor_id, valid_from, valid_to from org_ancestry
    where known_from <= $as_at and known_to > $as_at
        and (len($org_ids) = 0 or list_contains($org_ids, ancestor_id))
),
speaking as materialized (
    select dataset, period, load_id from publication
    where valid_from <= $as_at and coalesce(valid_to > $as_at, true)
)"""


def columns_of(dataset: Dataset) -> list[tuple[str, str]]:
    """Name and SQL type of every column of a dataset's table, in order."""
    return [
        ("line", "bigint"),
        *([("period", "date")] if dataset.register else []),
        *(pair for column in dataset.columns for pair in _stored(column)),
        ("load_id", "bigint"),
    ]


def _stored(column: Column) -> list[tuple[str, str]]:
    own = (column.name, SQL_TYPES.get(column.type, "varchar"))
    return [own, (f"{column.name}_state", "varchar")] if column.is_measure else [own]


def totals(dataset: Dataset, months: str) -> str:
    """The sums of a return's figures by month and organisation, as ``store.totals`` gives them.

    ``months`` is the text of ``queries/published_months.sql``. A sum over rows of which one lacks
    the figure is null.
    """
    org = f"data.{dataset.org_column}" if dataset.org_column else "null::varchar"
    sums = "".join(
        f", case when count({name}) = count(*) then sum({name})::double end as {name}"
        for name in (column.name for column in dataset.columns if column.is_measure)
    )
    return (
        f"select data.period, {org} as org_id{sums} from {dataset.dataset_id} as data "
        f"inner join ({months}) as month "
        "on data.period = month.period and data.load_id = month.load_id group by all"
    )


def compiled(catalogue: Catalogue, kpi_ids: Sequence[str]) -> str:
    """The expressions ``kpi`` and ``measure`` that ``queries/observations.sql`` reads.

    ``kpi``: kpi_id, per, months, kind (count, ratio, population, statistic).
    ``measure``: kpi_id, org_id, period, load_id, numerator, denominator, people, state; one row for
    every organisation that a published row rolls up to. A null among the rows that a figure needs
    makes the figure null with the marker as its state: a sum over a gap would be made up. The rows
    of a return without organisations are the council's.
    """
    kpis = [catalogue.kpis[name] for name in dict.fromkeys(kpi_ids)]
    kpis.sort(key=lambda kpi: kpi.dataset)
    facts = ", ".join(
        f"('{kpi.kpi_id}', {float(kpi.per)!r}::double, {kpi.window}, '{kind(kpi)}')" for kpi in kpis
    )
    selects = [
        _dataset_sql(catalogue.datasets[dataset], list(group), catalogue.council.org_id)
        for dataset, group in groupby(kpis, key=lambda kpi: kpi.dataset)
    ]
    measure = "\nunion all\n".join(selects)
    return f"kpi(kpi_id, per, months, kind) as (values {facts}),\n{ONCE},\nmeasure as ({measure})"


def cells(catalogue: Catalogue) -> str:
    """Cells of figures without one: dataset, period, cells, withheld, not_supplied.

    One row a return and month that a load speaks for. A column that may be left out is not missed.
    """
    return "\nunion all\n".join(_cells_sql(dataset) for dataset in catalogue.returns.values())


def _cells_sql(dataset: Dataset) -> str:
    names = [column.name for column in dataset.columns if column.is_measure and not column.optional]
    withheld = " + ".join(f"count(data.{name}_state)" for name in names)
    known = " + ".join(f"count(data.{name})" for name in names)
    return f"""
        select
            '{dataset.dataset_id}' as dataset, data.period, {len(names)} * count(*) as cells,
            {withheld or 0}::bigint as withheld,
            cells - withheld - ({known or 0})::bigint as not_supplied
        from {dataset.dataset_id} as data
        inner join publication on publication.dataset = '{dataset.dataset_id}'
            and data.load_id = publication.load_id and data.period = publication.period
            and publication.valid_from <= $as_at
            and coalesce(publication.valid_to > $as_at, true)
        where data.period >= $since
        group by data.period"""


def kind(kpi: Kpi) -> str:
    """How a KPI's value follows from its numerator and denominator."""
    if kpi.statistic:
        return "statistic"
    if kpi.denominator == "population":
        return "population"
    return "ratio" if kpi.denominator else "count"


def _dataset_sql(dataset: Dataset, kpis: list[Kpi], council: str) -> str:
    org = f"data.{dataset.org_column}" if dataset.org_column else f"'{council}'"
    measures = ", ".join(_measure_sql(dataset, kpi) for kpi in kpis)
    return f"""
        select unnest(measures, recursive := true), org_id, period, load_id from (
            select
                closure.ancestor_id as org_id, data.period, max(data.load_id) as load_id,
                [{measures}] as measures
            from {dataset.dataset_id} as data
            inner join speaking on speaking.dataset = '{dataset.dataset_id}'
                and data.load_id = speaking.load_id and data.period = speaking.period
            inner join closure on closure.org_id = {org}
                and data.period >= closure.valid_from and data.period < closure.valid_to
            group by all
        )"""


def _measure_sql(dataset: Dataset, kpi: Kpi) -> str:
    top = f"({kpi.numerator or _inner(dataset, kpi)})"
    below = kpi.denominator if kpi.denominator not in ("", "population") else "1"
    rows = f"filter (where ({kpi.filter}) is not false)" if kpi.filter else ""
    withheld = f"({top} is null or ({below}) is null)"
    states = [f"{name}_state" for name in kpi.columns if dataset.column(name).is_measure]
    # A figure that stands only as it was reported does not apply to whatever its row is a part of.
    apart = "when closure.org_id <> closure.ancestor_id then 'z'" if kpi.as_reported else ""
    state = (
        f"max(case when {withheld} then coalesce({', '.join([*states, repr('x')])}) {apart} end)"
        f" {rows}"
    )
    figure = f"{kpi.statistic or f'sum({top})'} {rows}"
    people = f"sum({kpi.people}) {rows}" if kpi.people else "null"
    return (
        f"{{kpi_id: '{kpi.kpi_id}', "
        f"numerator: (case when {state} is null then {figure} end)::double, "
        f"denominator: (case when {state} is null then sum({below}) {rows} end)::double, "
        f"people: ({people})::double, state: {state}}}"
    )


def _inner(dataset: Dataset, kpi: Kpi) -> str:
    """The figures under a statistic: when one of them is null, so is the statistic."""
    return " + ".join(name for name in kpi.columns if dataset.column(name).is_measure)
