"""Upload: drop a month of files, see what is wrong and what would change, publish them together."""

import streamlit as st

from kpi import intake, ui
from kpi.publication import PublicationRefused

seen = ui.view()
ui.opening(
    "Upload a month of returns",
    "Drop all the files at once. They are checked first; nothing is published until you say so.",
)
chosen = st.file_uploader(
    "CSV files", type=["csv", "txt", "xlsx"], accept_multiple_files=True, key="returns"
)
if done := st.session_state.pop("published", None):
    ui.published(seen, done)
if not chosen:
    ui.templates(seen)
    st.stop()

names = ui.returns_chosen(seen, chosen)
with st.spinner("Checking …"):
    checked = ui.checked(seen, chosen, names)
ui.intake_report(seen, checked)
if any(not one.submission.accepted for one in checked):
    st.stop()

ui.intake_preview(seen, checked)
restates = any(one.restates for one in checked)
warns = any(one.submission.warnings for one in checked)
with st.form("publish", border=False):
    by = st.text_input("Your role", placeholder="Performance officer", key="by")
    reason = st.text_area(
        "Reason for the change" if restates else "Note (optional)",
        help="At least 10 characters when a published month changes.",
        key="reason",
    )
    looked = st.checkbox("I have looked at the warnings.", key="looked") if warns else True
    pressed = st.form_submit_button("Publish", type="primary", icon=":material/publish:")
if pressed:
    if not by.strip():
        ui.refuse("Give your role, so that the history says who published.")
    elif not looked:
        ui.refuse("Look at the warnings, and tick the box when they are as they should be.")
    else:
        try:
            answers = intake.publish(seen.store, checked, by.strip(), reason.strip())
        except PublicationRefused as error:
            ui.refuse(str(error))
        else:
            st.session_state["published"] = [
                (one.submission.file, answer) for one, answer in zip(checked, answers, strict=True)
            ]
            st.rerun()
