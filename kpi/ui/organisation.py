"""Changing the register of teams and services: the form, its preview, the tables."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial

import polars as pl
import streamlit as st

from kpi import block, card, listings, organisation, theme
from kpi import register as registers
from kpi.organisation import OrganisationRefused
from kpi.register import Make
from kpi.ui import drafts
from kpi.ui.seen import View

OPENS, RENAMED, MOVES, CLOSES, REOPENS = (
    "A team opens",
    "It is renamed",
    "It moves to another service",
    "It closes",
    "It opens again",
)


def organisation_form(seen: View, register: pl.DataFrame) -> None:
    """Choose what happens, to whom and from which month; see what changes; save."""
    st.html(block.chart_head("Change the register", "See what moves before you save it."))
    drafts.announce("organisation")
    kind = st.segmented_control(
        "What happens?", [OPENS, RENAMED, MOVES, CLOSES, REOPENS], default=OPENS, required=True
    )
    names = organisation.names_on(register, seen.day)
    with st.form(f"organisation-{kind}", border=False):
        given = _fields(seen, register, names, str(kind))
        by, reason = drafts.who_and_why(seen)
        pressed = st.form_submit_button(drafts.LOOK, icon=":material/visibility:")
    if pressed:
        drafts.keep("organisation", (kind, given, by, reason))
    if (draft := drafts.held("organisation")) and draft[0] == kind:
        _preview(seen, *draft)


def _fields(
    seen: View, register: pl.DataFrame, names: Mapping[str, str], kind: str
) -> dict[str, str]:
    """What the form asks for this kind of change, as it was typed."""
    services = register.filter(pl.col("level") != "team")["org_id"].unique().to_list()
    asked: dict[str, Callable[[], str]] = {
        "org_id": lambda: _one_of("Team or service", names, _fitting(register, kind)),
        "name": lambda: st.text_input("New name"),
        "parent_id": lambda: _one_of("Part of", names, services),
        "first": lambda: st.text_input("From month, as 2025-04", f"{seen.day:%Y-%m}"),
    }
    if kind == OPENS:
        asked["org_id"] = lambda: st.text_input("Id, as in the files", placeholder="CIN3")
        asked["name"] = lambda: st.text_input("Name")
    if kind == MOVES:
        asked["parent_id"] = lambda: _one_of("New service", names, services)
    left_out = {RENAMED: {"parent_id"}, MOVES: {"name"}, OPENS: set()}
    fields = [name for name in asked if name not in left_out.get(kind, {"name", "parent_id"})]
    given = {}
    for column, name in zip(st.columns(len(fields)), fields, strict=True):
        with column:
            given[name] = asked[name]()
    return given


def _fitting(register: pl.DataFrame, kind: str) -> list[str]:
    """Those that the kind of change can be about."""
    last = register.sort("valid_from").group_by("org_id", maintain_order=True).last()
    chosen = {
        RENAMED: pl.col("valid_to").is_null(),
        MOVES: pl.col("valid_to").is_null() & (pl.col("level") == "team"),
        CLOSES: pl.col("valid_to").is_null() & (pl.col("level") != "council"),
        REOPENS: pl.col("valid_to").is_not_null(),
    }
    return last.filter(chosen[kind])["org_id"].sort().to_list()


def _one_of(label: str, names: Mapping[str, str], ids: list[str]) -> str:
    """A choice by name; a list of nothing gives an id that no one has."""
    ordered = sorted(ids, key=lambda name: names.get(name, name))
    return st.selectbox(label, ordered, format_func=lambda name: f"{names[name]} ({name})") or ""


def _step(kind: str, given: Mapping[str, str]) -> Make:
    """The step that was asked for; raises OrganisationRefused for a month that is none."""
    rest = {name: value for name, value in given.items() if name != "first"}
    first: date = organisation.month(given["first"])
    steps = {
        OPENS: organisation.open_team,
        RENAMED: organisation.rename,
        MOVES: organisation.move,
        CLOSES: organisation.close,
        REOPENS: organisation.reopen,
    }
    return partial(steps[kind], first=first, **rest)


def _preview(seen: View, kind: str, given: Mapping[str, str], by: str, reason: str) -> None:
    """What would change, in a sentence or two, and the buttons that decide."""
    try:
        drafts.prove_role(by)
        step = _step(kind, given)
        says = registers.preview(seen.store, step, reason)
    except (drafts.RoleMissing, OrganisationRefused) as error:
        drafts.refuse("organisation", error)
        return
    st.html(card.note("What changes:", says))
    drafts.decide(
        "organisation",
        lambda: registers.record(seen.store, step, by, reason),
        OrganisationRefused,
    )


def organisation_tables(seen: View, register: pl.DataFrame) -> None:
    """The register in the order of the tree, and who changed it."""
    st.space("small")
    caption = f"Teams and services, as known on {theme.day(seen.day)}"
    rows = card.table(organisation.tree(register), listings.organisation(seen.day), caption)
    st.html(block.section("The register", rows))
    acts = seen.store.read("audit").filter(
        pl.col("action") == "organisation", pl.col("done_at") <= seen.as_at
    )
    if acts.height:
        names = organisation.names_on(register, seen.day)
        listed = card.table(acts, listings.acts(names), "Changes of the register, newest first")
        st.html(block.section("What was changed", listed))
