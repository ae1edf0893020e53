"""The register of teams and services in the store: read as of a moment; a step tried, or kept.

A step only ever adds rows, so as of any earlier moment the register is what was known then, and the
figures are summed by the tree of that moment.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta

import polars as pl

from kpi import store as stores
from kpi import theme
from kpi.catalogue import Catalogue
from kpi.organisation import SPELL, OrganisationRefused, Spell, Step
from kpi.publication import REASON_LENGTH
from kpi.store import Store, Transaction

#: From the register as it is then to the step: ``functools.partial(organisation.close, ...)``.
Make = Callable[[pl.DataFrame], Step]


def read(store: Store, as_at: datetime = stores.FOREVER) -> pl.DataFrame:
    """The register as it was known at a moment (``queries/organisation.sql``)."""
    return store.read("organisation", as_at=as_at)


def preview(store: Store, make: Make, reason: str) -> str:
    """What a step would change, and which published months with it; nothing is kept.

    Raises OrganisationRefused wherever ``record`` would.
    """
    return store.rehearse(lambda work: _record(work, store.catalogue, make, "preview", reason))


def record(store: Store, make: Make, by: str, reason: str) -> str:
    """Keep a step, ``make`` of the register as it is then; says what changed.

    Raises OrganisationRefused, also where a published month would be left without its team.
    """
    return store.transact(lambda work: _record(work, store.catalogue, make, by, reason))


def _record(work: Transaction, catalogue: Catalogue, make: Make, by: str, reason: str) -> str:
    reason = reason.strip()
    if len(reason) < REASON_LENGTH:
        raise OrganisationRefused(
            f"Give a reason of at least {REASON_LENGTH} characters for the change."
        )
    work.write("guard")
    register = work.read("organisation", as_at=stores.FOREVER)
    step = make(register)
    given = _months(work, catalogue, step.org_id)
    recorded = [moment for moment in register["recorded_at"] if moment is not None]
    moment = max([stores.now(), *(at + timedelta(microseconds=1) for at in recorded)])
    sources = [_source(register, spell, reason) for spell in step.spells]
    rows = pl.DataFrame(step.spells, schema=SPELL).with_columns(
        source=pl.Series(sources), recorded_at=pl.lit(moment), recorded_by=pl.lit(by)
    )
    work.append("org", rows)
    if lost := sorted(given - _months(work, catalogue, step.org_id)):
        raise OrganisationRefused(
            f"Figures of {step.org_id} are published for {_named(lost)}. "
            "Choose a later month, or correct or withdraw those loads first."
        )
    says = _with_months(step, given)
    work.audit(moment, by, "organisation", step.org_id, f"{says} {reason}")
    return says


def _source(register: pl.DataFrame, spell: Spell, reason: str) -> str:
    """The reason; a spell that only ends, or no longer ends, keeps what was said of it before."""
    same = register.filter(**{name: spell[name] for name in ("org_id", "valid_from", "name")})
    said = same["source"].item() if same.height else None
    kept = said and same["parent_id"].item() == spell["parent_id"]
    return f"{said}; later: {reason}" if kept else reason


def _months(work: Transaction, catalogue: Catalogue, org_id: str) -> set[date]:
    """The months for which something is published of an organisation or its parts."""
    one_each = {kpi.dataset: kpi.kpi_id for kpi in catalogue.kpis.values()}
    rows = work.observations(catalogue, list(one_each.values()), [org_id], stores.FOREVER)
    return set(rows.filter(pl.col("load_id").is_not_null())["period"])


def _with_months(step: Step, given: Iterable[date]) -> str:
    sides = {
        step.before: sorted(period for period in given if step.since <= period < step.month),
        step.after: sorted(period for period in given if period >= step.month),
    }
    told = [
        text.replace("{months}", _named(months))
        for text, months in sides.items()
        if text and months
    ]
    return " ".join([step.says, *told])


def _named(months: list[date]) -> str:
    """``March 2025``, or ``3 months, January to March 2025``."""
    if len(months) == 1:
        return theme.long_month(months[0])
    first, last = theme.long_month(months[0]), theme.long_month(months[-1])
    return f"{len(months)} months, {first} to {last}"
