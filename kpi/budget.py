"""Versions of the budget: their lines, what these are for, their sums, and how versions differ.

Takes the register ``funding``: amounts in pounds, one row a version and line.
"""

import polars as pl

from kpi import money, theme


def adds_up(funding: pl.DataFrame) -> pl.DataFrame:
    """Each total beside the sum of its parts: version, tranche, kind, parts, total, summed, gap.

    The parts of a total are lines or, where a version gives none, releases.
    """
    keys = ["version", "tranche"]
    lines = (
        funding.filter(pl.col("kind").is_in(["line", "release"]))
        .group_by(*keys, "kind")
        .agg(parts=pl.len(), summed=pl.col("plan").sum())
        .sort("kind")
        .unique(keys, keep="first", maintain_order=True)
    )
    return (
        funding.filter(kind="total")
        .select(*keys, "line", "source", total="plan")
        .join(lines, on=keys, how="left", nulls_equal=True)
        .with_columns(gap=pl.col("summed") - pl.col("total"))
        .sort("line")
    )


def lines(funding: pl.DataFrame, version: str) -> pl.DataFrame:
    """The lines of a version, the largest plan first, with ``variance`` (forecast less plan).

    Without a forecast what was spent stands in for it. What a line is for is taken from the newest
    version that says so, where this one does not.
    """
    expected = pl.coalesce("forecast", "actual")
    return (
        _with_aims(funding, funding.filter(kind="line", version=version))
        .with_columns(variance=expected - pl.col("plan"))
        .sort("plan", "line", descending=[True, False], nulls_last=True)
    )


def _with_aims(funding: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    said_ids = pl.when(pl.col("kpi_ids").list.len() > 0).then(pl.col("kpi_ids"))
    aims = (
        funding.filter(kind="line")
        .sort("line")
        .group_by("line_id")
        .agg(
            aim=pl.col("priority_id").drop_nulls().last(),
            measures=said_ids.drop_nulls().last(),
        )
    )
    return (
        rows.join(aims, on="line_id", how="left", maintain_order="left")
        .with_columns(
            priority_id=pl.coalesce("priority_id", "aim"),
            kpi_ids=pl.coalesce(said_ids, "measures").fill_null([]),
        )
        .drop("aim", "measures")
    )


def default_version(funding: pl.DataFrame) -> str:
    """The newest version that gives at least half as many lines as the one that gives most."""
    counted = dict(funding.filter(kind="line")["version"].value_counts().iter_rows())
    fullest = max(counted.values())
    return [name for name in money.versions(funding) if 2 * counted.get(name, 0) >= fullest][-1]


def nearest_version(funding: pl.DataFrame, version: str) -> str:
    """The other version that has most lines in common with one; of equals the newest."""
    held = funding.filter(kind="line")
    own = set(held.filter(version=version)["line_id"])
    others = [name for name in money.versions(held) if name != version]
    return max(
        reversed(others), key=lambda name: len(own & set(held.filter(version=name)["line_id"]))
    )


def by_category(rows: pl.DataFrame) -> pl.DataFrame:
    """Lines summed by what they buy, the largest first: category, lines, plan, share (%), rank."""
    found = rows.group_by("category").agg(
        lines=pl.len(),
        plan=pl.col("plan").sum(),
        actual=_sum("actual"),
        forecast=_sum("forecast"),
    )
    whole = float(found["plan"].sum()) or 1.0
    return found.sort("plan", "category", descending=[True, False]).with_columns(
        share=pl.col("plan").cast(pl.Float64) * 100 / whole,
        rank=pl.col("plan").rank("min", descending=True).cast(pl.Int64),
    )


def _sum(name: str) -> pl.Expr:
    """A sum that stays unknown where no line gives the figure."""
    return pl.when(pl.col(name).count() > 0).then(pl.col(name).sum())


def compare(funding: pl.DataFrame, old: str, new: str, like_for_like: bool) -> pl.DataFrame:
    """Two versions line by line: line_id, name, category, before, after, change, state, scope, why.

    A line comes to its forecast or, where none was given, its plan. ``state``: new, gone, changed
    or same. ``like_for_like`` leaves out lines that came or went only because they are counted
    elsewhere (``scope_change`` in either version), and tranches that one version does not cover.
    """
    sides = [_side(funding, version) for version in (old, new)]
    both = sides[0].join(sides[1], on="line_id", how="full", suffix="_new", coalesce=True)
    state = (
        pl.when(pl.col("tranche").is_null())
        .then(pl.lit("new"))
        .when(pl.col("tranche_new").is_null())
        .then(pl.lit("gone"))
        .when(pl.col("after") == pl.col("before"))
        .then(pl.lit("same"))
        .otherwise(pl.lit("changed"))
    )
    covered = set(sides[0]["tranche"]) & set(sides[1]["tranche"])
    whole = pl.coalesce("tranche_new", "tranche").is_in(covered)
    flags = pl.col("scope_change", "scope_change_new").fill_null(False)
    rows = both.rename({"amount": "before", "amount_new": "after"}).select(
        "line_id",
        name=pl.coalesce("name_new", "name"),
        category=pl.coalesce("category_new", "category"),
        before="before",
        after="after",
        change=pl.col("after").fill_null(0) - pl.col("before").fill_null(0),
        state=state,
        scope=pl.any_horizontal(flags) | ~whole,
        why=pl.coalesce("reason_new", "reason"),
    )
    rows = rows.filter(~pl.col("scope")) if like_for_like else rows
    return rows.sort(pl.col("change").abs(), "name", "line_id", descending=[True, False, False])


def _side(funding: pl.DataFrame, version: str) -> pl.DataFrame:
    return funding.filter(kind="line", version=version).select(
        "line_id",
        "name",
        "category",
        "tranche",
        "reason",
        "scope_change",
        amount=pl.coalesce("forecast", "plan"),
    )


def lines_title(rows: pl.DataFrame, version: str) -> str:
    """What a version's lines say: how many, for how much, and which is largest."""
    if rows.is_empty():
        return f"{version} has no lines"
    first = rows.row(0, named=True)
    whole = money.said(float(rows["plan"].sum()))
    count = "One line" if rows.height == 1 else f"{theme.spelt(rows.height).capitalize()} lines"
    return f"{count}, {whole} in all; {first['name']} is the largest"


def category_title(found: pl.DataFrame) -> str:
    """Which kind of spending takes most."""
    if found.is_empty():
        return "No line says what it buys"
    first = found.row(0, named=True)
    name = first["category"] or "what is not grouped"
    return f"{theme.number(first['share'])}% of the plan goes to {name}"


def compare_title(rows: pl.DataFrame, old: str, new: str, hidden: int) -> str:
    """How much one version differs from another."""
    moved = rows.filter(pl.col("state") != "same")
    if moved.is_empty():
        return f"{new} expects the same as {old}, line by line"
    change = float(rows["change"].sum())
    more = f"{money.said(abs(change))} {'more' if change > 0 else 'less'} than"
    way = more if change else "as much as"
    scope = ", like for like" if hidden else ""
    count = "one line differs" if moved.height == 1 else f"{theme.spelt(moved.height)} lines differ"
    return f"{new} expects {way} {old}{scope}; {count}"
