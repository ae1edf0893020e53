"""Setting a target: the form, and which traffic lights it would change."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import polars as pl
import streamlit as st

from kpi import block, card, listings, targets, theme
from kpi.catalogue import Kpi
from kpi.targets import Target, TargetRefused
from kpi.ui import drafts
from kpi.ui.frame import choose
from kpi.ui.parts import table
from kpi.ui.seen import View, names_of

MOST = 24  # months of the whole council that the preview lists


def rated(seen: View) -> dict[str, str]:
    """The measures that take a target, by id with their titles."""
    kpis = seen.catalogue.kpis.values()
    return {kpi.kpi_id: kpi.title for kpi in kpis if kpi.polarity != "neutral"}


def target_form(seen: View, held: pl.DataFrame) -> None:
    """Choose a measure, write its target, see what changes, save. ``held``: targets in force."""
    st.html(block.chart_head("Set a target", "See which lights it changes before you save it."))
    drafts.announce("target")
    titles = rated(seen)
    kpi = seen.catalogue.kpis[choose("Measure", titles, "kpi", next(iter(titles)))]
    now = next(iter(held.filter(kpi_id=kpi.kpi_id).to_dicts()), None)
    st.html(block.source_line(f"Now: {targets.told(kpi, now)}." if now else "No target yet."))
    with st.form(f"target-{kpi.kpi_id}", border=False):
        given, since = _fields(seen, kpi, now or {})
        by, reason = drafts.who_and_why(seen)
        pressed = st.form_submit_button(drafts.LOOK, icon=":material/visibility:")
    if pressed:
        drafts.keep("target", (kpi.kpi_id, given, since, by, reason))
    if (draft := drafts.held("target")) and draft[0] == kpi.kpi_id:
        _preview(seen, kpi, *draft[1:])


def _fields(seen: View, kpi: Kpi, now: Mapping[str, Any]) -> tuple[dict[str, float | None], str]:
    """The fields of a target, which begin as what holds now, and the month as it was typed."""
    columns = st.columns(5)
    names = {
        "target": f"Target ({kpi.unit})",
        "tolerance": "Tolerance",
        "band_low": "Good range from",
        "band_high": "Good range to",
    }
    given = {}
    for column, (name, label) in zip(columns, names.items(), strict=False):
        with column:
            given[name] = st.number_input(
                label, value=now.get(name), step=0.1, format="%g", key=f"{name}-{kpi.kpi_id}"
            )
    with columns[-1]:
        since = st.text_input("From month, as 2025-04", f"{seen.day:%Y-%m}")
    return given, since


def _preview(
    seen: View, kpi: Kpi, given: dict[str, float | None], since: str, by: str, reason: str
) -> None:
    """Which traffic lights would change, and the buttons that decide."""
    try:
        drafts.prove_role(by)
        wanted = Target(kpi_id=kpi.kpi_id, valid_from=targets.month(since), reason=reason, **given)
        changed = targets.effects(seen.store, wanted)
    except (drafts.RoleMissing, TargetRefused) as error:
        drafts.refuse("target", error)
        return
    says = targets.told(kpi, asdict(wanted))
    st.html(card.note(f"{says}.", targets.sentence(changed, kpi, seen.council)))
    drafts.decide("target", lambda: targets.set_target(seen.store, wanted, by), TargetRefused)
    rows = _listed(changed, seen.council)
    if rows.height:
        st.space("small")
        names = names_of(seen) | {seen.council: "Whole council"}
        title = "Lights before and after: the whole council, and teams in their newest month"
        table(rows, listings.lights(kpi, names), title)


def _listed(changed: pl.DataFrame, council: str) -> pl.DataFrame:
    """The newest months of the council, and the newest month of each team and service."""
    whole = changed.filter(org_id=council).head(MOST)
    others = changed.filter(pl.col("org_id") != council)
    newest = others.filter(pl.col("period") == pl.col("period").max())
    return pl.concat([whole, newest])


def target_tables(seen: View, rows: pl.DataFrame, held: pl.DataFrame) -> None:
    """What holds in the month that is looked at, then everything that was ever set."""
    st.space("small")
    kpis = seen.catalogue.kpis
    order = {name: place for place, name in enumerate(kpis)}
    place = pl.col("kpi_id").replace_strict(order, default=len(order), return_dtype=pl.Int64)
    caption = f"Targets in {theme.long_month(seen.day)}"
    now = card.table(held.sort(place), listings.targets(kpis), caption)
    st.html(block.section("What holds", now))
    if rows.height > held.height:
        key = ["kpi_id", "valid_from", "recorded_at"]
        marked = rows.join(
            held.select(*key, holds=pl.lit(True)), on=key, how="left", maintain_order="left"
        ).with_columns(pl.col("holds").fill_null(False))
        listed = card.table(
            marked, listings.history(kpis, seen.day), "Every target that was set, newest first"
        )
        st.html(block.section("How it came about", listed))
