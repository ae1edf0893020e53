"""The money of the plan: envelope, tranches, lines, versions, what is left and until when.

Takes the register ``funding`` (amounts in pounds, one row a version and line) and the months of the
return ``finance`` (pounds, adding up from April). Gives frames and sentences; draws nothing.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from kpi import theme

Row = Mapping[str, Any]

SPENT = 500.0  # pounds that may be left of a tranche that is called spent: papers round to £1,000
PACE = 3  # months whose spending says how fast a tranche is used up
PARTS = {
    "one": "Tranche one",
    "two": "Tranche two",
    "carried": "Money carried forward",
    "none": "No tranche",
}


# ---- how amounts are written ----


def said(amount: float) -> str:
    """An amount in a sentence: ``£688,337``, ``£473,000``, ``£6.489m``."""
    if abs(amount) < 1_000_000 or amount % 1000:
        return theme.in_unit(theme.number(amount), "£")
    return f"{theme.in_unit(theme.shortest(amount / 1_000_000, 3), '£')}m"


def thousands(amount: float | None) -> str:
    """An amount in a column headed £ thousand, to the pound where it is not a round thousand."""
    return "–" if amount is None else theme.number(float(amount) / 1000, 3 if amount % 1000 else 0)


def part(tranche: str | None) -> str:
    """What a tranche is called."""
    return PARTS.get(tranche or "", (tranche or "No tranche").capitalize())


# ---- envelope and tranches ----


def versions(funding: pl.DataFrame) -> list[str]:
    """The versions of the budget, in the order in which the register lists them."""
    return funding.sort("line")["version"].unique(maintain_order=True).to_list()


def newest(funding: pl.DataFrame, kind: str) -> pl.DataFrame:
    """Rows of a kind, each line as the newest version that has it gives it."""
    order = {version: at for at, version in enumerate(versions(funding))}
    rank = pl.col("version").replace_strict(order, return_dtype=pl.Int64)
    return (
        funding.filter(kind=kind)
        .sort(rank, "line")
        .unique("line_id", keep="last", maintain_order=True)
    )


def envelope(funding: pl.DataFrame) -> float | None:
    """What the reserve gives in all; None where no version says."""
    rows = newest(funding, "reserve").drop_nulls("plan")
    return float(rows["plan"][-1]) if rows.height else None


def envelopes(funding: pl.DataFrame) -> str:
    """What each version says the reserve gives, where they differ; empty where all agree."""
    rows = funding.filter(kind="reserve").drop_nulls("plan").sort("line")
    told = [f"{row['version']} says {said(float(row['plan']))}" for row in rows.rows(named=True)]
    if rows["plan"].n_unique() < 2:
        return ""
    return f"The papers give the reserve twice: {', '.join(told)}."


def tranches(funding: pl.DataFrame) -> pl.DataFrame:
    """One row a release: tranche, amount, planned (day first planned), released, slip (days)."""
    order = {version: at for at, version in enumerate(versions(funding))}
    rank = pl.col("version").replace_strict(order, return_dtype=pl.Int64)
    rows = funding.filter(kind="release").sort(rank, "line")
    return (
        rows.group_by("line_id", maintain_order=True)
        .agg(
            pl.col("name", "tranche").last(),
            amount=pl.coalesce("actual", "plan").drop_nulls().last(),
            planned=pl.col("due").drop_nulls().first(),
            released=pl.col("date").drop_nulls().last(),
            version=pl.col("version").first(),
            reason=pl.col("reason").drop_nulls().last(),
            source=pl.col("source").drop_nulls().last(),
        )
        .with_columns(slip=(pl.col("released") - pl.col("planned")).dt.total_days())
        .sort(pl.coalesce("released", "planned"), "line_id", nulls_last=True)
    )


# ---- what is left, and until when ----


def burn_down(finance: pl.DataFrame) -> pl.DataFrame:
    """What was left of each tranche at the end of each month: tranche, period, budget, spent, left.

    ``finance``: rows of the return, amounts adding up from April. A tranche's budget grows when
    more of it is released; ``planned`` is what the plan would have left by then.
    """
    return (
        finance.filter(stream="transformation")
        .group_by("tranche", "period")
        .agg(
            budget=pl.col("budget").sum().cast(pl.Float64),
            spent=pl.col("actual").sum().cast(pl.Float64),
            plan=pl.col("plan").sum().cast(pl.Float64),
            forecast=pl.col("forecast").sum().cast(pl.Float64),
            load_id=pl.col("load_id").max(),
        )
        .with_columns(
            left=pl.col("budget") - pl.col("spent"), planned=pl.col("budget") - pl.col("plan")
        )
        .sort("tranche", "period")
    )


def runs_out(burnt: pl.DataFrame, finance: pl.DataFrame) -> pl.DataFrame:
    """When each tranche is used up: tranche, first, state, month, left, pace (pounds a month).

    ``burnt``: ``burn_down`` of the return ``finance``. ``state``: spent (in ``month``), lasting (at
    the pace of the last three months to ``month``), ended (its months stopped while those of the
    return went on, with something ``left``) or unknown.
    """
    last: Any = finance["period"].max()
    rows = [_end(one.sort("period"), last) for one in burnt.partition_by("tranche")]
    schema = {
        "tranche": pl.String,
        "first": pl.Date,
        "state": pl.String,
        "month": pl.Date,
        "left": pl.Float64,
        "pace": pl.Float64,
    }
    return pl.DataFrame(rows, schema).sort("first", "tranche")


def _end(rows: pl.DataFrame, last: date) -> dict[str, object]:
    now = rows.row(-1, named=True)
    spent = rows.filter((pl.col("left") <= SPENT).reverse().cum_min().reverse())
    answer = {"tranche": now["tranche"], "first": rows["period"][0], "left": now["left"]}
    pace = _pace(rows["spent"].to_list())
    if spent.height:
        return answer | {"state": "spent", "month": spent["period"][0], "pace": pace}
    if now["period"] < last:
        return answer | {"state": "ended", "month": now["period"], "pace": pace}
    if not pace or pace <= 0:
        return answer | {"state": "unknown", "month": None, "pace": pace}
    months = -int(-now["left"] // pace)
    return answer | {"state": "lasting", "month": ahead(now["period"], months), "pace": pace}


def _pace(spent: Sequence[float]) -> float | None:
    """Pounds a month over the last ``PACE`` months; the first month began from nought."""
    from_nought = [0.0, *spent]
    back = min(PACE, len(spent))
    return (from_nought[-1] - from_nought[-1 - back]) / back if back else None


def ahead(month: date, months: int) -> date:
    """The first day of the month so many months after a month."""
    count = month.year * 12 + month.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def told(row: Row) -> str:
    """One tranche's end in words."""
    name, month = part(row["tranche"]), row["month"]
    if row["state"] == "spent":
        return f"{name} was spent by the end of {theme.long_month(month)}"
    if row["state"] == "ended":
        end = theme.long_month(month)
        return f"{name}: {said(round(row['left']))} was left at the end of {end}"
    if row["state"] == "lasting":
        pace = said(round(row["pace"], -3))
        return f"{name} lasts to {theme.long_month(month)} at the present {pace} a month"
    return f"{name}: {said(round(row['left']))} is left, and nothing is being spent"


def first_meant(ends: pl.DataFrame, releases: pl.DataFrame) -> str:
    """How long the first part was meant to last: until the next was planned. Empty if unknown."""
    planned = dict(releases.drop_nulls("planned").select("tranche", "planned").iter_rows())
    order = [name for name in ends["tranche"] if name in planned]
    if len(order) < 2 or planned[order[1]] <= planned[order[0]]:
        return ""
    one, two = part(order[0]), theme.lower_first(part(order[1]))
    until = theme.long_month(planned[order[1]])
    return f"{one} was first meant to last to {until}, when {two} was planned."


# ---- what does not agree ----


def question(funding: pl.DataFrame) -> dict[str, Any] | None:
    """Forecast underspend and carry-forward side by side, where both are known and differ.

    They are shown, not netted off: which part of the one is in the other the papers do not say.
    """
    found = {}
    for kind in ("underspend", "carry_forward"):
        rows = newest(funding, kind).with_columns(amount=pl.coalesce("forecast", "actual", "plan"))
        rows = rows.drop_nulls("amount")
        if rows.is_empty():
            return None
        found[kind] = rows.row(-1, named=True)
    gap = abs(found["underspend"]["amount"]) - abs(found["carry_forward"]["amount"])
    if gap == 0:
        return None
    return {
        "underspend": float(abs(found["underspend"]["amount"])),
        "carried": float(abs(found["carry_forward"]["amount"])),
        "gap": float(gap),
        "sources": list(dict.fromkeys(row["source"] for row in found.values() if row["source"])),
    }


def asked(open_question: Mapping[str, Any]) -> str:
    """The open question as a sentence for the committee."""
    return (
        f"The papers give a forecast underspend of {said(open_question['underspend'])} and a "
        f"carry-forward of {said(open_question['carried'])}. They differ by "
        f"{said(abs(open_question['gap']))}. What becomes of the difference?"
    )


# ---- what a week in care costs ----


def care(finance: pl.DataFrame) -> pl.DataFrame:
    """Care by financial year: year (it starts in), period, actual, weeks, cost (£ a week), rank.

    The newest month of each year; amounts add up from April, so March is the whole year.
    """
    year = pl.col("period").dt.year() - (pl.col("period").dt.month() < 4).cast(pl.Int32)
    return (
        finance.filter(category="care")
        .with_columns(year=year)
        .filter(pl.col("period") == pl.col("period").max().over("year"))
        .group_by("year", "period")
        .agg(
            actual=pl.col("actual").sum().cast(pl.Float64),
            weeks=pl.col("care_weeks").sum().cast(pl.Float64),
        )
        .with_columns(cost=pl.col("actual") / pl.col("weeks"))
        .sort("year", descending=True)
    )


def beside(rows: pl.DataFrame, published: pl.DataFrame) -> pl.DataFrame:
    """``care`` with the published cost of the same year: own, neighbours, england."""
    kinds = {"authority": "own", "neighbours": "neighbours", "country": "england"}
    known = published.filter(pl.col("area_type").is_in(list(kinds)))
    for kind, name in kinds.items():
        side = known.filter(area_type=kind).select(
            pl.col("year").cast(pl.Int32), pl.col("value").alias(name)
        )
        rows = rows.with_columns(pl.col("year").cast(pl.Int32)).join(side, on="year", how="left")
    return rows


# ---- sentences ----


def summary(funding: pl.DataFrame, burnt: pl.DataFrame, ends: pl.DataFrame) -> tuple[str, str]:
    """Title and lead of the page: how much there is, how much is spent, when each part ran out."""
    whole = envelope(funding)
    if whole is None and burnt.is_empty():
        return "No money has been written down yet", "Budget versions appear here once published."
    if burnt.is_empty():
        return f"{said(whole or 0)} is set aside for the plan", "No month of spending is published."
    spent = float(
        burnt.sort("period").group_by("tranche").agg(pl.col("spent").last())["spent"].sum()
    )
    lead = ". ".join(told(row) for row in ends.rows(named=True)) + "."
    named = f" of the {said(whole)}" if whole is not None else ""
    title = f"{said(round(spent, -4))}{named} is spent"
    lasting = ends.filter(state="lasting").rows(named=True)
    if lasting:
        name, when = theme.lower_first(part(lasting[0]["tranche"])), lasting[0]["month"]
        return f"{title}; what is released of {name} lasts to {theme.long_month(when)}", lead
    lead = f"{lead} {envelopes(funding)}".strip()
    unspent = (whole or spent) - spent
    return (f"{title}; {said(round(unspent))} is not" if unspent > SPENT else title), lead


def tranche_title(rows: pl.DataFrame) -> str:
    """What the releases say: which came later than planned, and by how many months."""
    if rows.is_empty():
        return "No release of money has been written down yet"
    late = rows.filter(pl.col("slip") > 0).sort("slip", descending=True)
    waits = rows.filter(pl.col("released").is_null())
    if late.height:
        return _late(late.row(0, named=True))
    if waits.height:
        first = waits.row(0, named=True)
        when = f" for {theme.long_month(first['planned'])}" if first["planned"] else ""
        return f"{first['name']}: planned{when}, not made yet"
    return "Every part was released when planned"


def _late(row: Row) -> str:
    months = count_months(row["planned"], row["released"])
    apart = (
        f"{theme.spelt(months)} months" if months > 1 else theme.in_unit(str(row["slip"]), "days")
    )
    return f"{row['name']} came {apart} later than planned"


def count_months(first: date, last: date) -> int:
    """Months between the months of two days: from July to November, four."""
    return (last.year - first.year) * 12 + last.month - first.month
