"""Completeness: which returns have come, what is late or missing, and what is due next."""

from kpi import ui

seen = ui.view()
ui.completeness(seen)
