"""Improvement KPI dashboard for children's services: the router, and nothing else."""

import streamlit as st

from kpi import ui
from kpi.catalogue import CatalogueError
from kpi.sample import SampleError
from kpi.store import StoreUnavailable

ui.configure()
try:
    page = st.navigation(ui.navigation(), position="top")
    ui.header()
    page.run()
except (StoreUnavailable, CatalogueError, SampleError) as error:
    st.error(str(error), icon=":material/error:")
