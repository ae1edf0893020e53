"""Upload: drop a month of files, see what is wrong and what would change, publish them together."""

import streamlit as st

from kpi import intake, ui
from kpi.publication import PublicationRefused
from kpi.store import StoreUnavailable

seen = ui.view()
ui.opening(
    "Upload a month of returns",
    "Drop all the files at once. They are checked first; nothing is published until you say so.",
)
chosen = ui.arrived(seen)
if done := st.session_state.pop("published", None):
    ui.published(done)
if not chosen:
    ui.before_upload(seen)
    st.stop()

checked = ui.checked(seen, chosen)
ui.intake_report(checked)
# What is published already is left out, whatever the other files bring.
fresh = [one for one in checked if one.is_new]
if not fresh or any(not one.submission.accepted for one in checked):
    st.stop()

ui.intake_preview(seen, fresh)
restates = any(one.restates for one in fresh)
warns = any(one.submission.warnings for one in fresh)
with st.form("publish", border=False):
    by = ui.signed(seen, key="by")
    label = "Note on the warnings" if warns else "Note (optional)"
    reason = st.text_area(
        "Reason for the change" if restates else label,
        help="At least 10 characters. It is kept with the load, for everybody who asks later.",
        key="reason",
    )
    looked = st.checkbox("I have looked at the warnings.", key="looked") if warns else True
    pressed = st.form_submit_button("Publish", type="primary", icon=":material/publish:")
if not pressed:
    st.stop()
if lacks := intake.lacking(fresh, by, looked, reason):
    ui.refuse(lacks)
    st.stop()
try:
    with st.spinner("Publishing …"):
        answers = intake.publish(seen.store, fresh, by, reason.strip())
except PublicationRefused as error:
    ui.refuse(str(error))
except StoreUnavailable as error:
    ui.refuse(f"Nothing was published. {error}")
else:
    files = [one.submission.file for one in fresh]
    st.session_state["published"] = list(zip(files, answers, strict=True))
    ui.forget()
    st.rerun()
