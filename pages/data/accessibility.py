"""Accessibility: who can use these pages, what is known not to work, and whom to tell."""

import streamlit as st

from kpi import statement, ui

seen = ui.view()
ui.opening("Accessibility statement", statement.lead(seen.catalogue.council))
st.html(statement.body(seen.catalogue.council))
