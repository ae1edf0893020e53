"""The script that every visit runs first: who it is, their pages, the header, then the page."""

import streamlit as st

from kpi import ui
from kpi.catalogue import CatalogueError
from kpi.sample import SampleError
from kpi.store import StoreUnavailable

ui.configure()
try:
    if person := ui.person():
        page = st.navigation(ui.navigation(person), position="top")
        ui.titled(page.title)
        ui.enter(person, page.url_path)
        ui.header()
        body = st.container()
        ui.footer()
        with body:
            page.run()
    else:
        # No address leads anywhere: what is there instead of each page has no figures.
        st.navigation(ui.shut(), position="hidden")
        ui.turned_away()
except StoreUnavailable as error:
    ui.away(str(error))
except (CatalogueError, SampleError) as error:
    ui.refuse(str(error))
