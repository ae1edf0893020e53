"""What has changed between two looks at the figures, ranked; and what a total hides.

A look is everything that was published by the end of a day. Pure: two observation frames, two
states of the plan and the registers in, changes out, each a sentence with its figures.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol, TypeVar

import polars as pl

from kpi import finding, observation, theme
from kpi.catalogue import Kpi
from kpi.theme import Mark

Row = Mapping[str, Any]

MOST = 8  # changes, or questions, that a meeting can take in
OF_A_KIND = 2  # changes of one kind before the others have had their turn
LONGEST = 366  # days between two months that are held against each other
LIGHTS = ("green", "amber", "red")
LADDER = ("blue", "green", "amber", "red")
AGES = 100_000  # days: what has only now become late goes before whatever was late already
OPEN = {
    "activity": ("not_started", "in_progress"),
    "recommendation": ("open",),
}

#: The kinds of change in the order in which they are shown: what is worse before what is better.
KINDS = {
    "status_worse": "Status against target is worse",
    "brag_worse": "Owners rate lower",
    "signal_worse": "Worsening, and was not",
    "overdue": "Overdue",
    "restated": "Figures that were restated",
    "status_better": "Status against target is better",
    "brag_better": "Owners rate higher",
    "signal_better": "Improving, and was not",
    "signal_other": "Moved, neither for better nor worse",
}
WORSE = ("status_worse", "brag_worse", "signal_worse")
BETTER = ("status_better", "brag_better", "signal_better")


class Ranked(Protocol):
    @property
    def kind(self) -> str: ...


T = TypeVar("T", bound=Ranked)


@dataclass(frozen=True, kw_only=True)
class Look:
    """What was known by the end of a day: figures of the council, the plan, two registers."""

    day: date
    frame: pl.DataFrame
    plan: pl.DataFrame
    activities: pl.DataFrame
    recommendations: pl.DataFrame


@dataclass(frozen=True, kw_only=True)
class Change:
    """One thing that differs: its sign, what it is about, a sentence, and where to read on.

    ``kpi_id`` and ``priority_id`` lead to a measure or a priority, where it is about one.
    ``weight``: among changes of a kind the heavier comes first.
    """

    kind: str
    mark: Mark
    subject: str
    title: str
    sentence: str
    weight: float = 0.0
    kpi_id: str = ""
    priority_id: str = ""

    @property
    def order(self) -> tuple[Any, ...]:
        return (list(KINDS).index(self.kind), -self.weight, self.subject)


def few(
    items: Sequence[T],
    of_a_kind: Mapping[str, int],
    clash: Callable[[T, T], bool] = lambda one, other: False,
    most: int = MOST,
) -> list[T]:
    """The first of ranked items, no two that ``clash``, in the order in which they were ranked.

    While others wait there are no more than so many of a kind; what room is left then goes to one
    more of each kind in turn.
    """
    kept: list[int] = []
    for further in range(most):
        for at, item in enumerate(items):
            alike = sum(items[other].kind == item.kind for other in kept)
            is_full = len(kept) == most or alike >= of_a_kind[item.kind] + further
            if not is_full and not any(at == n or clash(item, items[n]) for n in kept):
                kept.append(at)
    return [items[at] for at in sorted(kept)]


def changes(kpis: Mapping[str, Kpi], then: Look, now: Look) -> list[Change]:
    """Everything that differs, the most telling first."""
    found = [
        *_figures(kpis, then, now),
        *_restatements(kpis, then, now),
        *_ratings(then.plan, now.plan),
        *_overdue(then.day, now),
    ]
    return sorted(found, key=lambda change: change.order)


# ---- figures ----


def _newest(frame: pl.DataFrame) -> dict[str, dict[str, Any]]:
    """The newest month of each KPI that has a figure."""
    rows = observation.latest(frame.filter(pl.col("value").is_not_null()))
    return {row["kpi_id"]: row for row in rows.iter_rows(named=True)}


def _figures(kpis: Mapping[str, Kpi], then: Look, now: Look) -> Iterator[Change]:
    """Status that changed, and signals that are new, each measure once."""
    before = _newest(then.frame)
    for name, row in _newest(now.frame).items():
        was = before.get(name)
        if was is None or (row["period"] - was["period"]).days > LONGEST:
            continue
        if change := _figure(kpis[name], was, row):
            yield change


def _figure(kpi: Kpi, was: Row, row: Row) -> Change | None:
    lights = was["rating"], row["rating"]
    if lights[0] != lights[1] and {*lights} <= {*LIGHTS}:
        worse = LIGHTS.index(lights[1]) > LIGHTS.index(lights[0])
        words_then = theme.rating(kpi, was).word.lower()
        mark = theme.rating(kpi, row)
        told = f"{mark.word}, {words_then} before."
        return _of(kpi, "status_worse" if worse else "status_better", mark, told, was, row)
    if row["variation"] == was["variation"] or row["variation"] in ("common_cause", "none"):
        return None
    kinds = {"concern": "signal_worse", "improvement": "signal_better"}
    kind = kinds.get(row["variation"].rpartition("_")[0], "signal_other")
    return _of(kpi, kind, theme.VARIATION[row["variation"]], "", was, row)


def _of(kpi: Kpi, kind: str, mark: Mark, told: str, was: Row, row: Row) -> Change:
    beside = "" if was["period"] == row["period"] else f"; {_at(kpi, was)}"
    return Change(
        kind=kind,
        mark=mark,
        subject=kpi.kpi_id,
        title=kpi.title,
        sentence=f"{told} {_at(kpi, row)}{beside}.".strip(),
        weight=10 * kpi.headline + min(finding.shortfall(row), 9),
        kpi_id=kpi.kpi_id,
    )


def _at(kpi: Kpi, row: Row) -> str:
    return f"{theme.with_unit(row['value'], kpi, row['state'])} in {theme.month(row['period'])}"


# ---- restated ----


def restated(kpis: Mapping[str, Kpi], then: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """Months that show another figure now than they did then, the newest first.

    Columns kpi_id, period, then, then_state, now, now_state, rated_then, rated_now, share (of the
    change in the figure). Figures that are written alike are the same.
    """
    keys = ["kpi_id", "org_id", "period"]
    columns = ["value", "state", "rating", "load_id"]
    both = now.select(*keys, *columns).join(then.select(*keys, *columns), on=keys, suffix="_then")
    decimals = {name: kpi.decimals for name, kpi in kpis.items()}
    step = pl.col("kpi_id").replace_strict(decimals, default=0, return_dtype=pl.Int32)
    near = (pl.col("value") - pl.col("value_then")).abs() * 10**step < 0.5
    one_is_missing = pl.col("value").is_null() != pl.col("value_then").is_null()
    # A month of the same load that may be shown now, or may not any more, is not another figure.
    withheld = (pl.col("state") == "c") | (pl.col("state_then") == "c")
    is_same = withheld.fill_null(False) & (pl.col("load_id") == pl.col("load_id_then"))
    missing = one_is_missing & ~is_same.fill_null(False)
    differs = pl.when(one_is_missing).then(missing).otherwise(~near).fill_null(False)
    return (
        both.filter(differs)
        .select(
            "kpi_id",
            "period",
            then="value_then",
            then_state="state_then",
            now="value",
            now_state="state",
            rated_then="rating_then",
            rated_now="rating",
            share=(pl.col("value") - pl.col("value_then")).abs() / pl.col("value_then").abs(),
        )
        .with_columns(pl.col("share").fill_nan(0).fill_null(1).clip(0, 9))
        .sort(["period", "share", "kpi_id"], descending=[True, True, False])
    )


def _restatements(kpis: Mapping[str, Kpi], then: Look, now: Look) -> Iterator[Change]:
    """One change for each measure with restated months, told by the newest of them."""
    rows = restated(kpis, then.frame, now.frame)
    for (name,), months in rows.group_by(["kpi_id"], maintain_order=True):
        first, kpi = months.row(0, named=True), kpis[str(name)]
        others = months.height - 1
        more = f", and {theme.spelt(others)} earlier {'month' if others == 1 else 'months'}"
        yield Change(
            kind="restated",
            mark=theme.ARRIVAL["restated"],
            subject=kpi.kpi_id,
            title=kpi.title,
            sentence=f"{restatement(kpi, first)}{more if others else ''}.",
            weight=10 * kpi.headline + first["share"],
            kpi_id=kpi.kpi_id,
        )


def restatement(kpi: Kpi, row: Row) -> str:
    """``Mar 2024: 12 children then, 14 children now``."""
    before = theme.with_unit(row["then"], kpi, row["then_state"])
    after = theme.with_unit(row["now"], kpi, row["now_state"])
    return f"{theme.month(row['period'])}: {before} then, {after} now"


# ---- the plan, and what is overdue ----


def _ratings(then: pl.DataFrame, now: pl.DataFrame) -> Iterator[Change]:
    """Moves of impact and progress between the newest month of then and of now."""
    before = {row["priority_id"]: row for row in _newest_plan(then)}
    for row in _newest_plan(now):
        was = before.get(row["priority_id"], {})
        parts = [part for part in ("impact", "progress") if _moved(was.get(part), row[part])]
        if parts:
            yield _move(parts, was, row)


def _moved(before: str | None, now: str | None) -> bool:
    return before != now and before in LADDER and now in LADDER


def _newest_plan(plan: pl.DataFrame) -> list[dict[str, Any]]:
    return plan.filter(pl.col("period") == pl.col("period").max()).to_dicts()


def _move(parts: Sequence[str], was: Row, row: Row) -> Change:
    """The move of a priority, told by impact where impact moved."""
    first = parts[0]
    fell = LADDER.index(row[first]) - LADDER.index(was[first])
    told = "; ".join(f"{part} is {row[part]}, {was[part]} before" for part in parts)
    said = f"{told[0].upper()}{told[1:]} ({theme.month(was['period'])})."
    return Change(
        kind="brag_worse" if fell > 0 else "brag_better",
        mark=theme.BRAG[row[first]],
        subject=row["priority_id"],
        title=row["name"],
        sentence=f"{said} {row['so_what'] or ''}".strip(),
        weight=abs(fell) + 5 * (first == "impact"),
        priority_id=row["priority_id"],
    )


def _overdue(since: date, now: Look) -> Iterator[Change]:
    """Activities and recommendations that are open past their day.

    Those whose day has passed since the earlier look come first, then the oldest.
    """
    registers = {
        "activity": (now.activities, "activity_id", "title"),
        "recommendation": (now.recommendations, "item_id", "text"),
    }
    for register, (rows, key, title) in registers.items():
        for row in rows.iter_rows(named=True):
            due = row["due"]
            if row["status"] in OPEN[register] and due is not None and due < now.day:
                yield _late(f"{register} {row[key]}", row[title], row, since, now.day)


def _late(subject: str, title: str, row: Row, since: date, today: date) -> Change:
    days = (today - row["due"]).days
    who = f" {row['owner_role']} answers for it." if row["owner_role"] else ""
    when = f"{days} {'day' if days == 1 else 'days'}"
    return Change(
        kind="overdue",
        mark=theme.OVERDUE,
        subject=subject,
        title=title,
        sentence=f"Due by {theme.day(row['due'])}, {when} ago.{who}",
        weight=days + AGES * (row["due"] >= since),
    )


# ---- hidden by the average ----


def hidden(
    kpis: Mapping[str, Kpi], council: pl.DataFrame, teams: pl.DataFrame, names: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Teams that are off target or worsening while the whole is on target, worst first.

    ``teams``: observations by team; those not in ``names`` are left out. Only the month of the
    council's figure counts; no count, of which a team has a part by its size, and no share of fewer
    than ``finding.FEWEST_CASES``. Columns as an
    observation frame, with ``name`` and ``whole``, the council's row.
    """
    whole = {name: row for name, row in _newest(council).items() if row["rating"] == "green"}
    newest = observation.latest(teams.filter(pl.col("kpi_id").is_in(list(whole))))
    found = []
    for row in newest.iter_rows(named=True):
        kpi = kpis[row["kpi_id"]]
        if row["org_id"] in names and _is_hidden(kpi, row, whole[row["kpi_id"]]["period"]):
            found.append(row | {"name": names[row["org_id"]], "whole": whole[row["kpi_id"]]})
    return sorted(found, key=lambda row: _hidden_order(kpis[row["kpi_id"]], row))


def _is_hidden(kpi: Kpi, row: Row, period: date) -> bool:
    if row["value"] is None or row["period"] != period or finding.is_count(kpi):
        return False
    if finding.is_cold(kpi, row):
        return False
    return row["rating"] == "red" or row["variation"].startswith("concern")


def _hidden_order(kpi: Kpi, row: Row) -> tuple[Any, ...]:
    both = row["rating"] == "red" and row["variation"].startswith("concern")
    far = -finding.shortfall(row)
    return (not both, row["rating"] != "red", not kpi.headline, far, row["kpi_id"], row["org_id"])


def hidden_sentence(kpi: Kpi, row: Row) -> str:
    """``Assessment team 2: 24.1 cases, 6.1 above the target of 18; the whole council 13.9.``"""
    told = finding.status(kpi, row)
    ways = {"concern": "worsening", "improvement": "improving"}
    way = ways.get(row["variation"].rpartition("_")[0], "")
    said = ", ".join(part for part in (told, way) if part)
    whole = theme.figure(row["whole"]["value"], kpi)
    return (
        f"{row['name']}: {theme.with_unit(row['value'], kpi)}, {said}; "
        f"the whole council {theme.in_unit(whole, '%' if kpi.unit == '%' else '')}."
    )


def by_kpi(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Rows of :func:`hidden` by measure, in their order."""
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row["kpi_id"], []).append(row)
    return grouped


# ---- in a sentence ----


def summary(found: Sequence[Change], then: Look, now: Look) -> tuple[str, str]:
    """Title and lead of what changed: how much is worse, how much better, what is late."""
    since = theme.day(then.day)
    count = {name: sum(one.kind in kinds for one in found) for name, kinds in GROUPS.items()}
    if not any(count.values()):
        return f"Nothing has changed since {since}", _months(then, now)
    parts = [f"{_signs(count['worse'])} worse", f"{theme.spelt(count['better'])} better"]
    title = f"Since {since}, {' and '.join(parts)}"
    if late := count["overdue"]:
        title += f"; {theme.spelt(late)} {'item is' if late == 1 else 'items are'} overdue"
    return title, _months(then, now)


GROUPS = {"worse": WORSE, "better": BETTER, "overdue": ("overdue",), "restated": ("restated",)}


def _signs(count: int) -> str:
    return f"{theme.spelt(count)} {'sign is' if count == 1 else 'signs are'}"


def _months(then: Look, now: Look) -> str:
    """Which newest months stand beside each other."""
    months = [look.frame["period"].max() for look in (then, now)]
    if months[0] is None or months[1] is None:
        return "Nothing had been published then."
    before, after = (theme.long_month(month) for month in months)  # type: ignore[arg-type]
    if before == after:
        return f"The newest month is {after}, as it was then: what differs was corrected or rated."
    return f"The newest month is {after}; then it was {before}. What is worse comes first."
