"""Improvement KPI dashboard for children's services: the server, to be run with Streamlit.

The router lies in a folder of its own: beside a folder ``pages`` Streamlit would discover pages by
itself, and a first visit to a page of a cold server would not go through the router.
"""

import os
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from kpi import running, sign_in
from kpi.store import Store
from kpi.web import api, health, journal, traffic
from kpi.web.headers import Headers

try:
    secrets = sign_in.secrets(os.environ)
    sign_in.refuse_agents(bool(st.get_option("server.enableAgentApi")))
    sign_in.refuse_wider(st.get_option("server.address"), bool(secrets))
except sign_in.SignInError as error:
    raise SystemExit(f"The dashboard was not started. {error}") from error

journal.start()


def opened() -> Store:
    return running.opened()[1]


alone = [] if secrets else [Middleware(sign_in.ThisComputerOnly)]
app = st.App(
    Path(__file__).parent / "kpi" / "ui" / "router.py",
    secrets=secrets or None,
    routes=[*health.routes(opened), *api.routes(opened)],
    middleware=[Middleware(traffic.Traffic), Middleware(Headers), *alone],
    on_script_error=traffic.page_stopped,
)
