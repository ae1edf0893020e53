"""The least that Streamlit can show: as many charts, cards and tables as a page of the dashboard.

Run by ``streamlit run tests/bench/bare.py``. ``BARE_PAGES`` names a JSON file, by address what its
page shows: ``charts`` (each the points of its traces, and its height), ``cards`` (how many), and
``tables`` (each rows and columns). All is written in the page: nothing is read, nothing computed.
"""

import json
import os
from functools import partial
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import streamlit as st

PAGES: dict[str, dict[str, Any]] = json.loads(Path(os.environ["BARE_PAGES"]).read_text("utf-8"))
TITLES = ["Home", *(name for name in PAGES if name)]
ROW = 4


def figure(traces: list[int], height: int) -> go.Figure:
    drawn = go.Figure(layout={"height": height, "showlegend": False})
    for at, points in enumerate(traces):
        drawn.add_scatter(x=list(range(points)), y=[at + n % 7 for n in range(points)])
    return drawn


def show(what: dict[str, Any], address: str) -> None:
    # What a page change paints is told by what differs, were the page empty but for its title.
    st.title(f"As many charts, cards and tables as {address or 'home'}")
    for start in range(0, what["cards"], ROW):
        for column in st.columns(ROW)[: what["cards"] - start]:
            column.metric("Measure", "12.3", "0.4", chart_data=[n % 7 for n in range(24)])
    for at, chart in enumerate(what["charts"]):
        st.plotly_chart(figure(chart["points"], chart["height"]), key=f"chart-{at}")
    for rows, columns in what["tables"]:
        st.table({f"c{at}": [f"{at}.{row}" for row in range(rows)] for at in range(columns)})


def pages() -> list[Any]:
    return [
        st.Page(
            partial(show, what, address),
            title=address or "Home",
            url_path=address,
            default=not address,
        )
        for address, what in PAGES.items()
    ]


if __name__ == "__main__":
    st.set_page_config(layout="wide")
    st.navigation(pages(), position="top").run()
