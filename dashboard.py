"""Improvement KPI dashboard for children's services: the server, to be run with Streamlit.

The router lies in a folder of its own: beside a folder ``pages`` Streamlit would discover pages by
itself, and a first visit to a page of a cold server would not go through the router.
"""

from pathlib import Path

import streamlit as st

app = st.App(Path(__file__).parent / "kpi" / "ui" / "router.py")
