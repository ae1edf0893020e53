"""Scrutiny: what committees asked for and what became of it; when reports are due; assurance."""

from kpi import ui

seen = ui.view()
ui.requests(seen)
