"""The screen of the money: tranches, what is left, lines, versions, categories, unit costs."""

import polars as pl
import streamlit as st

from kpi import block, board, budget, card, ledger, mention, messages, money, spending, theme
from kpi.catalogue import Kpi
from kpi.ui.frame import choose, link, opening
from kpi.ui.parts import chart, download, measures_of, register_source
from kpi.ui.screens import comparison
from kpi.ui.seen import View, comparators, observations

MOST = 12  # lines of a comparison that a projector shows; the table has all
SHOWN = 8  # lines of a version before the rest folds
COST = "cla_cost_per_week"


def funds(seen: View) -> None:
    """The whole page, from the envelope to what a week in care costs."""
    funding = seen.store.register("funding", seen.as_at)
    finance = seen.store.published(seen.catalogue.datasets["finance"], as_at=seen.as_at)
    burnt = money.burn_down(finance)
    ends = money.runs_out(burnt, finance)
    opening(*money.summary(funding, burnt, ends))
    question = money.question(funding)
    if question:
        papers = " ".join(f"{paper}." for paper in question["sources"])
        st.html(card.note("Open question.", f"{money.asked(question)} {papers}"))
    _tranches(seen, funding)
    if ends.height:
        _left(seen, burnt, ends, money.tranches(funding))
    if funding.filter(kind="line").height:
        _version(seen, funding)
    _care(seen, finance)


def _tranches(seen: View, funding: pl.DataFrame) -> None:
    rows = money.tranches(funding)
    if rows.is_empty():
        return
    body = block.stacked(rows, ledger.tranches(), "Releases of money, planned and actual")
    head = block.chart_head(money.tranche_title(rows), "When each part was planned, and released.")
    st.html(head + body + block.source_line(register_source(seen, "funding", funding)))


def _left(seen: View, burnt: pl.DataFrame, ends: pl.DataFrame, releases: pl.DataFrame) -> None:
    newest = burnt.sort("period", "tranche", descending=[True, False])
    said = [money.told(row) for row in ends.rows(named=True)]
    chart(
        seen,
        "left",
        said[0],
        f"{money.first_meant(ends, releases)} What was left of each part at the end of each month, "
        "in £ thousand; dotted, what the plan would have left.",
        spending.left(burnt),
        f"{'. '.join(said)}.",
        (newest, ledger.burnt()),
        source=messages.source("finance return", burnt, seen.day, seen.standing.kind),
    )


# ---- lines and versions ----


def _version(seen: View, funding: pl.DataFrame) -> None:
    """The lines of a version, what they buy, and another version beside it."""
    held = funding.filter(kind="line")["version"].unique()
    names = {name: name for name in money.versions(funding) if name in held}
    version = choose("Version of the budget", names, "version", budget.default_version(funding))
    rows = budget.lines(funding, version)
    _categories(seen, rows, version)
    _lines(seen, funding, rows, version)
    if len(names) > 1:
        _compared(seen, funding, names, version)
    totals = budget.adds_up(funding)
    if totals.height:
        caption = "Do the parts meet the totals of the papers?"
        st.html(block.stacked(totals, ledger.totals(), caption))


def _categories(seen: View, rows: pl.DataFrame, version: str) -> None:
    found = budget.by_category(rows)
    bars = [
        (
            f"{(name or 'not grouped').capitalize()}, {theme.number(share)}%",
            float(plan) / 1000,
            f"£{theme.shortest(float(plan) / 1000, 0)} thousand",
        )
        for name, plan, share in found.select("category", "plan", "share").iter_rows()
        if plan
    ]
    title = budget.category_title(found)
    chart(
        seen,
        "categories",
        title,
        f"Planned spending by what it buys, {version}.",
        spending.ranked(bars, strong=[bars[0][0]] if bars else []),
        f"{title}. {'; '.join(f'{name}: {written}' for name, _, written in bars)}.",
        (found, ledger.categories()),
        source=register_source(seen, "funding", rows),
    )


def _lines(seen: View, funding: pl.DataFrame, rows: pl.DataFrame, version: str) -> None:
    named = dict(seen.store.register("priority", seen.as_at).select("priority_id", "name").rows())
    named |= dict(
        seen.store.read("priorities", as_at=seen.as_at).select("priority_id", "name").rows()
    )
    columns = ledger.lines(rows, measures_of(seen, rows), named)
    first = block.stacked(rows.head(SHOWN), columns, f"The largest lines of {version}")
    every = block.stacked(rows, columns, f"Every line of {version}, with what it is for")
    fold = block.folded(f"Show all {rows.height} lines", every)
    head = block.chart_head(
        budget.lines_title(rows, version),
        "In £ thousand, the largest first, with what each is for.",
    )
    st.html(
        head
        + (first + fold if rows.height > SHOWN else every)
        + block.source_line(register_source(seen, "funding", funding))
    )
    flat = rows.with_columns(pl.col("kpi_ids").list.join(";"))
    download(seen, flat, "lines", "Download every line as CSV")


def _compared(seen: View, funding: pl.DataFrame, names: dict[str, str], version: str) -> None:
    """Another version beside the chosen one, line by line; like for like where that is asked."""
    others = {name: name for name in names if name != version}
    left, right = st.columns([2, 1], vertical_alignment="bottom")
    with left:
        old = choose("Compare with", others, "against", budget.nearest_version(funding, version))
    with right:
        alike = st.toggle(
            "Like for like",
            value=True,
            key="alike",
            bind="query-params",
            help="Leaves out parts that one version does not cover, and lines that only came or "
            "went because they are counted elsewhere now.",
        )
    rows = budget.compare(funding, old, version, alike)
    hidden = budget.compare(funding, old, version, False).height - rows.height
    shown = rows.filter(pl.col("state") != "same").head(MOST)
    pairs = [
        (row["name"], _thousand(row["before"]), _thousand(row["after"]))
        for row in shown.rows(named=True)
    ]
    title = budget.compare_title(rows, old, version, hidden)
    left_out = f" Left out as not alike: {theme.in_unit(str(hidden), 'lines')}." if hidden else ""
    chart(
        seen,
        "compared",
        title,
        f"£ thousand: {old} (hollow dot) and {version} (full dot). The lines that differ most."
        f"{left_out}",
        spending.pairs(pairs, {"old": old, "new": version}),
        title,
        (rows, ledger.compared(old, version)),
        source=register_source(seen, "funding", funding),
    )


def _thousand(amount: float | None) -> float | None:
    return None if amount is None else float(amount) / 1000


# ---- unit costs ----


def _care(seen: View, finance: pl.DataFrame) -> None:
    """What a week in care costs, beside other councils and beside what it does for children."""
    kpi = seen.catalogue.kpis[COST]
    rows = money.care(finance)
    if rows.is_empty():
        return
    comparison(seen, kpi)
    beside = money.beside(rows, comparators(seen, [kpi]))
    body = block.stacked(beside, ledger.care(kpi), "What a week in care cost, year by year")
    load = f"load {finance['load_id'].max()}, as at {theme.day(seen.day)}"
    st.html(body + block.source_line(f"Source: finance return, {load}; {_published(seen, kpi)}"))
    outcomes = _outcomes(seen, kpi)
    if outcomes:
        st.html(block.section("What the same money is meant to change for children", outcomes))


def _published(seen: View, kpi: Kpi) -> str:
    return f"published: {seen.catalogue.benchmarks[kpi.benchmark].source}."


def _outcomes(seen: View, kpi: Kpi) -> str:
    """The measures of the same priorities, each with its figure and status."""
    kpis = [
        one
        for one in seen.catalogue.kpis.values()
        if one.polarity != "neutral" and set(one.priority) & set(kpi.priority)
    ]
    newest = board.latest(observations(seen, kpis))
    if newest.is_empty():
        return ""
    names = [one.kpi_id for one in kpis]
    rows = mention.rows_of(newest)
    return mention.figured(names, seen.catalogue.kpis, rows, lambda name: link("measure", kpi=name))
