"""Rules that look across cells: keys, organisations, a row's own figures, the month before.

A cell that failed is null and takes part in no rule, so that one fault is told once.
"""

from collections.abc import Sequence
from datetime import date

import polars as pl

from kpi.catalogue import Dataset, Flow, Rule
from kpi.ingest import links, sums
from kpi.ingest.findings import FIELD, Frames, about_cells
from kpi.ingest.kinds import KINDS, Kind
from kpi.ingest.months import named
from kpi.ingest.rendering import as_text, with_state
from kpi.ingest.submission import Context

DIFFERENCES = 4


def judge(
    rows: pl.DataFrame, unread: pl.DataFrame, dataset: Dataset, context: Context
) -> tuple[pl.DataFrame, Frames]:
    """The rows without repeats, and what every rule says of them."""
    rows, twice = keys(rows, unread, dataset)
    return rows, [
        *twice,
        *alike(rows, dataset),
        *links.judge(rows, dataset, context),
        *sums.judge(rows, dataset),
        *not_open(rows, dataset, context),
        *whole_and_parts(rows, dataset, context),
        *(broken(rows, unread, rule, dataset) for rule in dataset.rules),
        *(leaps(rows, flow, dataset, context) for flow in dataset.flows),
    ]


# ---- KEYS ----


def keys(rows: pl.DataFrame, unread: pl.DataFrame, dataset: Dataset) -> tuple[pl.DataFrame, Frames]:
    """The rows without repeats, and the keys that two rows give."""
    # Where a part of the key is never given twice, neither is the key: half the work.
    part = dataset.unique if set(dataset.unique) <= set(dataset.key) else ()
    if part and _later(rows, part).is_empty():
        return rows, []
    rows, repeats = once(rows, unread, dataset)
    return rows, [*repeats, *held_twice(rows, dataset)]


def once(rows: pl.DataFrame, unread: pl.DataFrame, dataset: Dataset) -> tuple[pl.DataFrame, Frames]:
    """Each key once: a row that says the same again is left out, one that differs is an error."""
    later = _later(rows, dataset.key)
    if later.is_empty():
        return rows, []
    others = [name for name in dataset.names if name not in dataset.key]
    differences = [_difference(name, dataset, unread) for name in others]
    key = _listed(dataset, dataset.key)
    failed = _failed(unread)
    later = later.select(
        "line",
        first="line_first",
        text=key,
        key=key,
        differs=pl.concat_list(pl.lit(None, pl.String), *differences).list.drop_nulls(),
        is_sure=~(pl.col("line").is_in(failed) | pl.col("line_first").is_in(failed)),
    )
    same = later.filter((pl.col("differs").list.len() == 0) & pl.col("is_sure"))
    differs = pl.col("differs").list.head(DIFFERENCES).list.join(", ")
    unlike = later.filter(pl.col("differs").list.len() > 0).with_columns(differs)
    found = [about_cells("row_repeated", same), about_cells("key_given_twice", unlike)]
    return rows.join(same.select("line"), on="line", how="anti", maintain_order="left"), found


def _later(rows: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """Rows whose ``names`` an earlier row has too, beside that row (``<column>_first``)."""
    known = rows.filter(pl.all_horizontal(pl.col(name).is_not_null() for name in names))
    # Equal rows hash alike, so as many hashes as rows prove that no two are equal.
    if known.is_empty() or known.select(names).hash_rows().n_unique() == known.height:
        twins = known.clear()
    else:
        twins = known.filter(known.select(names).is_duplicated())
    first = twins.unique(names, keep="first", maintain_order=True)
    both = twins.join(first, on=list(names), suffix="_first", maintain_order="left")
    return both.filter(pl.col("line") > pl.col("line_first"))


def _difference(name: str, dataset: Dataset, unread: pl.DataFrame) -> pl.Expr:
    """'contacts 210 / 214' where a row differs from the first; a cell that failed never does."""
    column = dataset.column(name)
    after = with_state(column)
    before = with_state(column, "_first")
    failed = _failed(unread.filter(pl.col("column") == name))
    unsure = pl.col("line").is_in(failed) | pl.col("line_first").is_in(failed)
    text = pl.format("{} {} / {}", pl.lit(name), _or_blank(before), _or_blank(after))
    return pl.when(after.ne_missing(before) & ~unsure).then(text)


def _failed(unread: pl.DataFrame) -> pl.Series:
    return unread["line"].unique().implode()


def _or_blank(text: pl.Expr) -> pl.Expr:
    return text.str.slice(0, 20).fill_null("blank")


def _listed(dataset: Dataset, names: Sequence[str], suffix: str = "") -> pl.Expr:
    """Columns as one text, such as '2023-06 MASH'."""
    texts = [as_text(dataset.column(name), name + suffix).fill_null("blank") for name in names]
    return pl.concat_str(texts, separator=" ")


def held_twice(rows: pl.DataFrame, dataset: Dataset) -> Frames:
    """What may stand under one key only, such as a worker in one team a month."""
    others = [name for name in dataset.key if name not in dataset.unique]
    if not dataset.unique or not others:
        return []
    twice = _later(rows, dataset.unique).select(
        "line",
        first="line_first",
        text=_listed(dataset, dataset.unique),
        key=_listed(dataset, dataset.unique),
        before=_listed(dataset, others, "_first"),
        after=_listed(dataset, others),
    )
    # The same key twice is told already.
    twice = twice.filter(pl.col("before") != pl.col("after"))
    return [about_cells("held_twice", twice, dataset.unique[-1])]


def alike(rows: pl.DataFrame, dataset: Dataset) -> Frames:
    """Rows that share a name and not the key: allowed, and said, as it may be a slip."""
    others = [name for name in dataset.key if name not in dataset.alike]
    if not dataset.alike or not others:
        return []
    twice = _later(rows, dataset.alike).select(
        "line",
        first="line_first",
        text=_listed(dataset, dataset.alike[-1:]),
        key=pl.lit(" and ".join(others)),
        differs=pl.concat_str(
            _listed(dataset, others, "_first"), _listed(dataset, others), separator=", "
        ),
    )
    return [about_cells("name_repeated", twice, dataset.alike[-1])]


# ---- ORGANISATIONS ----


def not_open(rows: pl.DataFrame, dataset: Dataset, context: Context) -> Frames:
    """Rows for an organisation in a month in which it was not open."""
    if not (org := dataset.org_column):
        return []
    spells = context.orgs.select(
        pl.col("org_id").alias(org),
        since=pl.col("valid_from").dt.truncate("1mo"),
        until="valid_to",
    )
    pairs = rows.select(org, "period").drop_nulls().unique()
    begun = pl.col("since").is_null() | (pl.col("since") <= pl.col("period"))
    lasts = pl.col("until").is_null() | (pl.col("until") > pl.col("period"))
    within = pairs.join(spells, on=org).filter(begun & lasts)
    outside = pairs.join(within, on=[org, "period"], how="anti")
    if outside.is_empty():
        return []
    when = {name: _when_open(spells.filter(pl.col(org) == name)) for name in outside[org].unique()}
    cells = rows.join(outside, on=[org, "period"], how="semi", maintain_order="left").select(
        "line",
        text=org,
        month=as_text(dataset.column("period")),
        hint=pl.col(org).replace_strict(when, return_dtype=pl.String),
    )
    return [about_cells("org_not_open", cells, org)]


def _when_open(spells: pl.DataFrame) -> str:
    """'from June 2021', or 'from June 2021 until before May 2022'."""
    texts = []
    for since, until in spells.select("since", "until").iter_rows():
        parts = [f"from {named(since)}"] if since else []
        parts += [f"until before {named(until)}"] if until else []
        texts.append(" ".join(parts))
    return " and ".join(texts)


def whole_and_parts(rows: pl.DataFrame, dataset: Dataset, context: Context) -> Frames:
    """An organisation and one of its parts in one month: their sum would count children twice."""
    if not (org := dataset.org_column):
        return []
    pairs = (
        rows.select("line", "period", pl.col(org).alias("org_id"))
        .drop_nulls()
        .unique(["period", "org_id"], keep="first", maintain_order=True)
    )
    parts = (
        pairs.join(ancestors(context.orgs), on="org_id")
        .join(pairs, left_on=["period", "whole"], right_on=["period", "org_id"], suffix="_whole")
        .sort("line")
        .unique(["period", "whole"], keep="first", maintain_order=True)
    )
    cells = parts.select(
        line="line_whole",
        text="whole",
        part="org_id",
        other="line",
        month=pl.col("period").dt.strftime("%Y-%m"),
    )
    return [about_cells("org_and_its_teams", cells, org)]


def ancestors(orgs: pl.DataFrame) -> pl.DataFrame:
    """Every organisation beside each that it has ever been a part of: org_id, whole."""
    parents: dict[str, set[str]] = {}
    for org_id, parent in orgs.select("org_id", "parent_id").drop_nulls().iter_rows():
        parents.setdefault(org_id, set()).add(parent)
    pairs = []
    for org_id in parents:
        above, climbing = {org_id}, [org_id]
        while climbing:
            higher = parents.get(climbing.pop(), set()) - above
            above |= higher
            climbing += higher
        pairs += [(org_id, whole) for whole in above - {org_id}]
    return pl.DataFrame(pairs, schema={"org_id": pl.String, "whole": pl.String}, orient="row")


# ---- FIGURES ----


def broken(rows: pl.DataFrame, unread: pl.DataFrame, rule: Rule, dataset: Dataset) -> pl.DataFrame:
    """Rows that do not keep a rule of the catalogue; a null operand, or a failed one, keeps it."""
    unsure = pl.col("line").is_in(_failed(unread.filter(pl.col("column").is_in(rule.columns))))
    failed = rows.filter(~pl.sql_expr(rule.expect).fill_null(True) & ~unsure)
    quoted = [name for name in FIELD.findall(rule.message) if name in dataset.names]
    first = rule.columns[0]
    cells = failed.select(
        "line",
        with_state(dataset.column(first)).alias("text"),
        *(with_state(dataset.column(name)).alias(name) for name in dict.fromkeys(quoted)),
    )
    return about_cells(rule.code, cells, first, Kind(rule.severity, rule.message))


def leaps(rows: pl.DataFrame, flow: Flow, dataset: Dataset, context: Context) -> pl.DataFrame:
    """Stocks that are not last month's stock plus those who came less those who left."""
    whose = [name for name in dataset.key if name != "period"]
    stock, starts, ends = (pl.col(name) for name in (flow.stock, flow.starts, flow.ends))
    before = _before(rows, flow.stock, whose, dataset, context)
    month = rows.join(before, on=["period", *whose], maintain_order="left")
    month = month.with_columns(expected=pl.col("opening") + starts - ends)
    column = dataset.column(flow.stock)
    cells = month.filter((stock - pl.col("expected")).abs() > flow.within).select(
        "line",
        text=as_text(column),
        opening=as_text(column, "opening"),
        started=as_text(column, flow.starts),
        ended=as_text(column, flow.ends),
        expected=as_text(column, "expected"),
    )
    return about_cells(flow.code, cells, flow.stock, KINDS["flow"])


def _before(
    rows: pl.DataFrame, stock: str, whose: Sequence[str], dataset: Dataset, context: Context
) -> pl.DataFrame:
    """Last month's stock: ``period`` (the month after), ``whose``, opening.

    A month that is in the file is taken from it, for the file will replace what is published.
    """
    wanted = ["period", *whose, stock]
    known = rows.select(wanted)
    months = rows["period"].drop_nulls().unique().sort()
    if months.is_empty():
        return _a_month_on(known, stock, whose)
    since, until = (_month_before(month) for month in (months[0], months[-1]))
    published = context.published(dataset, since, until)
    if not published.is_empty():
        outside = published.filter(~pl.col("period").is_in(months.implode())).select(wanted)
        known = pl.concat([known, outside.cast(known.schema)])
    return _a_month_on(known, stock, whose)


def _a_month_on(known: pl.DataFrame, stock: str, whose: Sequence[str]) -> pl.DataFrame:
    later = known.select(pl.col("period").dt.offset_by("1mo"), *whose, opening=stock).drop_nulls()
    return later.unique(["period", *whose], keep="none")


def _month_before(month: date) -> date:
    last = month.month == 1
    return date(month.year - last, 12 if last else month.month - 1, 1)
