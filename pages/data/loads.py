"""Loads: who published what, when and why; take a load back; look at any day in the past."""

import streamlit as st

from kpi import publication, tables, ui
from kpi.publication import PublicationRefused

seen = ui.view()
rows = seen.store.read("loads", as_at=seen.as_at)
ui.opening(
    f"{rows.height} loads published" if rows.height else "Nothing has been published yet",
    "Nothing is ever deleted: a correction is a new load, and every earlier state can be seen "
    "again with “As published on” at the top of the page.",
)
if done := st.session_state.pop("withdrawn", None):
    st.success(done, icon=":material/check_circle:")
if rows.is_empty():
    st.stop()

speaking = rows.filter(rows["months_speaking"] > 0)
if seen.as_at_day is None and not speaking.is_empty():
    with st.expander("Withdraw a load", icon=":material/undo:"), st.form("withdraw", border=False):
        titles = {row["load_id"]: f"{row['load_id']}: {row['file']}" for row in speaking.to_dicts()}
        load_id = st.selectbox("Load", list(titles), format_func=lambda number: titles[number])
        by = st.text_input("Your role", placeholder="Performance officer")
        reason = st.text_input("Reason, at least 10 characters")
        if st.form_submit_button("Withdraw", icon=":material/undo:"):
            try:
                publication.withdraw(seen.store, int(load_id or 0), by.strip() or "officer", reason)
            except PublicationRefused as error:
                ui.refuse(str(error))
            else:
                st.session_state["withdrawn"] = (
                    f"Load {load_id} is withdrawn. The load before it, where there is one, is "
                    "published again."
                )
                st.rerun()

shown = st.segmented_control(
    "Show", ["Newest 25", "Corrections and withdrawals", "All"], default="Newest 25", required=True
)
if shown == "Corrections and withdrawals":
    rows = rows.filter((rows["reason"] != "") | rows["withdrawn_at"].is_not_null())
elif shown == "Newest 25":
    rows = rows.head(25)
ui.table(rows, tables.loads(seen.catalogue), "Loads, newest first")
