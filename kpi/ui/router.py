"""The script that every visit runs first: pages by section, the header, then the page itself."""

import streamlit as st

from kpi import ui
from kpi.catalogue import CatalogueError
from kpi.sample import SampleError
from kpi.store import StoreUnavailable

ui.configure()
try:
    page = st.navigation(ui.navigation(), position="top")
    ui.titled(page.title)
    ui.header()
    body = st.container()
    ui.footer()
    with body:
        page.run()
except (StoreUnavailable, CatalogueError, SampleError) as error:
    ui.refuse(str(error))
