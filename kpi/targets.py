"""Targets: what the council wants of a measure, from a month on; none is ever deleted.

A target belongs to a measure and a first month, and holds until the next first month. Setting it
appends a row, so that as of any moment the target of the day is the one that is shown.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl

from kpi import board, ingest, observation, theme
from kpi import store as stores
from kpi.catalogue import Catalogue, Kpi
from kpi.publication import REASON_LENGTH
from kpi.store import Store, Transaction

SHOWN = ["value", "target", "rating"]
FIGURES = ("target", "tolerance", "band_low", "band_high")


class TargetRefused(Exception):
    """The target cannot be set; the message says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """What a measure is to reach from the month ``valid_from`` on, in the measure's own unit.

    ``tolerance``: by how much it may miss and be near its target. Between ``band_low`` and
    ``band_high`` it is in its good range. A ``target`` of None ends the target before it.
    """

    kpi_id: str
    valid_from: date
    target: float | None
    tolerance: float | None = None
    band_low: float | None = None
    band_high: float | None = None
    reason: str = ""


def month(text: str) -> date:
    """The month that somebody typed, as its first day; raises TargetRefused."""
    found = ingest.month_of(text)
    if found is None:
        raise TargetRefused(f"{text.strip()[:40]!r} is not a month. Write it as 2025-04.")
    return found


def read(store: Store, as_at: datetime = stores.FOREVER) -> pl.DataFrame:
    """Every target that was set by a moment, the newest first (``queries/targets.sql``)."""
    return store.read("targets", as_at=as_at)


def in_force(rows: pl.DataFrame, period: date) -> pl.DataFrame:
    """Of ``read``, the target that holds in a month: at most one row a measure."""
    begun = rows.filter(pl.col("is_current"), pl.col("valid_from") <= period)
    return begun.sort("valid_from").group_by("kpi_id", maintain_order=True).last()


def told(kpi: Kpi, row: Mapping[str, Any]) -> str:
    """``20% from April 2025, tolerance 3 points, good range 15 to 18``."""
    since = f"from {theme.long_month(row['valid_from'])}"
    if row["target"] is None:
        return f"No target {since}"
    parts = [f"{_figure(kpi, row['target'])} {since}"]
    if row["tolerance"] is not None:
        unit = "points" if kpi.is_percentage else kpi.unit
        parts.append(f"tolerance {theme.in_unit(theme.shortest(row['tolerance'], 2), unit)}")
    if row["band_low"] is not None and row["band_high"] is not None:
        low, high = (theme.shortest(row[name], 2) for name in ("band_low", "band_high"))
        parts.append(f"good range {low} to {high}")
    return ", ".join(parts)


def _figure(kpi: Kpi, value: float) -> str:
    return theme.in_unit(theme.shortest(value, 2), kpi.unit)


# ---- what would change ----


def effects(store: Store, wanted: Target) -> pl.DataFrame:
    """Which traffic lights the target would change; it is set in a transaction that is undone.

    One row an organisation and month whose light differs, the newest month first: org_id, period,
    old_value, old_target, old_rating, new_value, new_target, new_rating. Raises TargetRefused.
    """
    kpis = [wanted.kpi_id]
    _prove(store.catalogue, wanted)
    before = board.observations(store, kpis, role="officer")

    def try_it(work: Transaction) -> pl.DataFrame:
        _set(work, store.catalogue, wanted, "preview")
        return work.observations(store.catalogue, kpis, [], stores.FOREVER)

    after = board.finish(store.catalogue, store.rehearse(try_it), kpis)
    old, new = (
        frame.select(*observation.ORDER, *(pl.col(name).alias(f"{age}_{name}") for name in SHOWN))
        for frame, age in ((before, "old"), (after, "new"))
    )
    both = old.join(new, on=observation.ORDER).filter(pl.col("old_rating") != pl.col("new_rating"))
    return both.drop("kpi_id").sort("period", "org_id", descending=[True, False])


def sentence(changed: pl.DataFrame, kpi: Kpi, council: str) -> str:
    """What ``effects`` found, in one or two sentences."""
    whole = changed.filter(org_id=council)
    number = changed.filter(pl.col("org_id") != council)["org_id"].n_unique()
    others = "one team or service" if number == 1 else f"{theme.spelt(number)} teams and services"
    if changed.is_empty():
        return "No traffic light changes."
    if whole.is_empty():
        return f"The light of the whole council stays as it is; {others} change in some month."
    newest = whole.row(0, named=True)
    old, new = (
        theme.rating(kpi, {"rating": newest[f"{age}_rating"]}).word for age in ("old", "new")
    )
    months = "one month" if whole.height == 1 else f"{theme.spelt(whole.height)} months"
    text = (
        f"The light of the whole council changes in {months}, the newest "
        f"{theme.long_month(newest['period'])}: “{old}” before, “{new}” after."
    )
    return f"{text} Lights of {others} change too." if number else text


# ---- setting one ----


def set_target(store: Store, wanted: Target, by: str, at: datetime | None = None) -> str:
    """Set a target, and say what was set; ``at`` is now unless history is being rebuilt.

    Raises TargetRefused.
    """
    _prove(store.catalogue, wanted)
    return store.transact(lambda work: _set(work, store.catalogue, wanted, by, at))


def _set(
    work: Transaction, catalogue: Catalogue, wanted: Target, by: str, at: datetime | None = None
) -> str:
    work.write("guard")
    earlier = work.read("targets", as_at=stores.FOREVER).filter(kpi_id=wanted.kpi_id)
    _prove_new(earlier, wanted)
    moment = at or stores.now()
    if earlier.height:  # the later row counts, so that a clock set back must not reorder them
        moment = max(moment, earlier["recorded_at"][0] + timedelta(microseconds=1))
    facts = asdict(wanted)
    why = facts.pop("reason").strip()
    row = pl.DataFrame([facts | {"source": why, "set_by": by, "recorded_at": moment}])
    work.append("target", row.with_columns(pl.col(FIGURES).cast(pl.Float64)))
    kpi = catalogue.kpis[wanted.kpi_id]
    says = f"{kpi.title}: {told(kpi, facts)}"
    work.audit(moment, by, "target", wanted.kpi_id, f"{says}. {why}")
    return says


def _prove_new(earlier: pl.DataFrame, wanted: Target) -> None:
    same = earlier.filter(pl.col("is_current"), pl.col("valid_from") == wanted.valid_from)
    if same.height and all(same[name].item() == getattr(wanted, name) for name in FIGURES):
        raise TargetRefused(
            f"That is already the target from {theme.long_month(wanted.valid_from)}."
        )


def _prove(catalogue: Catalogue, wanted: Target) -> None:
    """Refuse what no target can be, in one sentence each."""
    kpi = catalogue.kpis.get(wanted.kpi_id)
    if kpi is None:
        raise TargetRefused(f"There is no measure {wanted.kpi_id!r}.")
    if kpi.polarity == "neutral":
        raise TargetRefused(
            f"“{kpi.title}” is context, where neither more nor less is better, "
            "so it takes no target."
        )
    for refused, why in _faults(kpi, wanted):
        if refused:
            raise TargetRefused(why)


def _faults(kpi: Kpi, wanted: Target) -> list[tuple[bool, str]]:
    low, high = wanted.band_low, wanted.band_high
    given = [value for name in FIGURES if (value := getattr(wanted, name)) is not None]
    return [
        (not all(math.isfinite(value) for value in given), "A target is a number."),
        (
            wanted.target is None and bool(given),
            "Give the target that the tolerance and the good range belong to, or leave all of them "
            "blank to end the target.",
        ),
        (
            (wanted.tolerance or 0) < 0,
            "The tolerance cannot be negative: it is how far a figure may miss its target.",
        ),
        ((low is None) != (high is None), "A good range needs both its ends, or neither."),
        (
            low is not None and high is not None and low >= high,
            f"The good range is upside down: {low} is not below {high}.",
        ),
        (
            kpi.is_percentage and any(not 0 <= value <= 100 for value in given),
            "A percentage lies between 0 and 100.",
        ),
        (wanted.valid_from.day != 1, "A target begins with a month, on its first day."),
        (
            len(wanted.reason.strip()) < REASON_LENGTH,
            f"Give a reason of at least {REASON_LENGTH} characters for the target.",
        ),
    ]
