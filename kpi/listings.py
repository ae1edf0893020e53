"""Which columns the tables of targets, organisation, acts and tokens show. Pure: rows to HTML."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from html import escape
from typing import Any

import polars as pl

from kpi import card, theme
from kpi.card import Column
from kpi.catalogue import Kpi

Row = Mapping[str, Any]


def targets(kpis: Mapping[str, Kpi]) -> list[Column]:
    """Targets, one row a measure or one row each time that one was set."""

    def name(row: Row) -> str:
        kpi = kpis.get(row["kpi_id"])
        return kpi.title if kpi else row["kpi_id"]

    return [
        Column(name="kpi_id", title="Measure", show=name),
        Column(name="target", title="Target", numeric=True, show=lambda row: _goal(kpis, row)),
        _plain("tolerance", "Tolerance"),
        Column(name="band_low", title="Good range", numeric=True, show=_band),
        Column(name="valid_from", title="From", show=lambda row: _month(row["valid_from"])),
        Column(name="recorded_at", title="Set", show=_set_by),
        Column(name="source", title="Source or reason", markup=True, show=_prose),
    ]


def history(kpis: Mapping[str, Kpi], day: date) -> list[Column]:
    """Every target that was set, and whether it counts; ``holds`` says that it does on the day."""
    first, *rest = targets(kpis)

    def now(row: Row) -> str:
        if row["holds"]:
            return "In force"
        if not row["is_current"]:
            return "Set anew"
        return "To come" if row["valid_from"] > day else "Before"

    return [first, Column(name="holds", title="Now", show=now), *rest]


def _goal(kpis: Mapping[str, Kpi], row: Row) -> str:
    if row["target"] is None:
        return "none"
    kpi = kpis.get(row["kpi_id"])
    sign = kpi.unit if kpi and kpi.unit in ("%", "£") else ""
    return theme.in_unit(theme.shortest(row["target"], 2), sign)


def _plain(name: str, title: str) -> Column:
    def show(row: Row) -> str:
        return "–" if row[name] is None else theme.shortest(row[name], 2)

    return Column(name=name, title=title, numeric=True, show=show)


def _band(row: Row) -> str:
    if row["band_low"] is None or row["band_high"] is None:
        return "–"
    return f"{theme.shortest(row['band_low'], 2)} to {theme.shortest(row['band_high'], 2)}"


def _set_by(row: Row) -> str:
    return f"{theme.day(row['recorded_at'])}, {row['set_by']}"


def lights(kpi: Kpi, names: Mapping[str, str]) -> list[Column]:
    """Traffic lights before and after a new target: one row an organisation and month."""

    def light(age: str) -> Any:
        return lambda row: card.chip(theme.rating(kpi, {"rating": row[f"{age}_rating"]}))

    def goal(age: str) -> Any:
        return lambda row: _goal(
            {kpi.kpi_id: kpi}, {"kpi_id": kpi.kpi_id, "target": row[f"{age}_target"]}
        )

    return [
        Column(name="org_id", title="Whose", show=lambda row: names.get(row["org_id"], "–")),
        Column(name="period", title="Month", show=lambda row: _month(row["period"])),
        Column(name="old_rating", title="Status before", markup=True, show=light("old")),
        Column(name="new_rating", title="Status after", markup=True, show=light("new")),
        Column(
            name="new_value",
            title=f"Figure ({kpi.unit})",
            numeric=True,
            show=lambda row: theme.figure(row["new_value"], kpi),
        ),
        Column(name="old_target", title="Target before", numeric=True, show=goal("old")),
        Column(name="new_target", title="After", numeric=True, show=goal("new")),
    ]


# ---- the organisation ----


def organisation(day: date) -> list[Column]:
    """The register in the order of the tree, one row a spell under one name and parent."""
    return [
        Column(name="name", title="Team or service", markup=True, show=_indented),
        Column(name="org_id", title="Id"),
        Column(name="valid_from", title="Months", show=lambda row: months(row, day)),
        Column(name="part_of", title="Part of"),
        Column(name="recorded_by", title="Written down", show=_written),
        Column(name="source", title="Source or reason", markup=True, show=_prose),
    ]


def months(row: Row, day: date) -> str:
    """``since Apr 2019``, ``Apr 2019 to Mar 2025``, ``from May 2025``, as seen on a day."""
    first = _month(row["valid_from"])
    if row["valid_to"] is not None:
        return f"{first} to {_month(row['valid_to'] - timedelta(days=1))}"
    return f"{'from' if row['valid_from'] > day else 'since'} {first}"


def _month(period: date) -> str:
    """A month that stays on one line."""
    return theme.month(period).replace(" ", "\u00a0")


def _indented(row: Row) -> str:
    return f'<span class="kpi-depth-{min(row["depth"], 2)}">{escape(row["name"])}</span>'


def _prose(row: Row) -> str:
    """Sentences keep a width that can be read; the table scrolls instead."""
    return f'<span class="kpi-prose">{escape(row["source"] or "–")}</span>'


def _written(row: Row) -> str:
    if row["recorded_at"] is None:
        return "First register"
    return f"{theme.day(row['recorded_at'])}, {row['recorded_by'] or '–'}"


def acts(subjects: Mapping[str, str]) -> list[Column]:
    """Acts of the audit log: who did what, when."""
    return [
        Column(
            name="done_at",
            title="When",
            show=lambda row: theme.day(row["done_at"]).replace(" ", "\u00a0"),
        ),
        Column(name="who", title="Who"),
        Column(
            name="subject",
            title="Of",
            show=lambda row: subjects.get(row["subject"], row["subject"]),
        ),
        Column(name="detail", title="What and why"),
    ]


def trail() -> list[Column]:
    """The audit log: one row an act, in time of day, and the seal that chains it."""
    return [
        Column(name="audit_id", title="Act", numeric=True),
        Column(name="done_at", title="When", show=lambda row: f"{row['done_at']:%d %b %Y, %H:%M}"),
        Column(name="who", title="Who"),
        Column(name="action", title="What"),
        Column(name="subject", title="Of what"),
        Column(name="detail", title="Detail"),
        Column(name="digest", title="Seal", show=lambda row: (row["digest"] or "")[:8]),
    ]


def tokens() -> list[Column]:
    """The tokens of the interface: what reads, as which role, and whether it still may."""
    return [
        Column(name="token_id", title="Token", numeric=True),
        Column(name="name", title="What reads with it"),
        Column(name="role", title="Reads as", show=lambda row: row["role"].capitalize()),
        Column(name="made_at", title="Made", show=lambda row: _by(row["made_at"], row["made_by"])),
        Column(
            name="last_used",
            title="Last used",
            show=lambda row: theme.short_day(row["last_used"]) if row["last_used"] else "Never",
        ),
        Column(name="revoked_at", title="Ended", show=_ended),
    ]


def _by(moment: datetime, who: str) -> str:
    return f"{theme.short_day(moment)}, {who}"


def _ended(row: Row) -> str:
    return _by(row["revoked_at"], row["revoked_by"]) if row["revoked_at"] else "In use"


def tokens_headline(held: pl.DataFrame) -> str:
    """How many programs may read. ``held``: of ``tokens.listed``."""
    many = held["revoked_at"].null_count()
    if not many:
        return "No other program may read figures"
    verb = "token lets" if many == 1 else "tokens let"
    program = "a program" if many == 1 else "programs"
    return f"{theme.spelt(many).capitalize()} {verb} {program} read figures"
