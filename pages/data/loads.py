"""Loads: who published what, when and why; take one back, bring it back; any day in the past."""

import streamlit as st

from kpi import tables, ui

seen = ui.view()
rows = seen.store.read("loads", as_at=seen.as_at)
ui.opening(
    f"{rows.height} loads published" if rows.height else "Nothing has been published yet",
    "Nothing is ever deleted: a correction is a new load, and every earlier state can be seen "
    "again with “As published on” at the top of the page.",
)
if rows.is_empty():
    st.stop()
if seen.as_at_day is None:
    ui.load_acts(seen, rows)

shown = st.segmented_control(
    "Show", ["Newest 25", "Corrections and withdrawals", "All"], default="Newest 25", required=True
)
if shown == "Corrections and withdrawals":
    taken_back = rows["withdrawn_at"].is_not_null() | rows["restored_at"].is_not_null()
    # A register is replaced whenever it changes, which corrects nothing.
    corrected = (rows["reason"] != "") & rows["dataset"].is_in([*seen.catalogue.returns])
    rows = rows.filter(corrected | taken_back)
elif shown == "Newest 25":
    rows = rows.head(25)
ui.table(rows, tables.loads(seen.catalogue), "Loads, newest first")
