"""Risks: what may go wrong, what is done about it, and what its measures show."""

from kpi import ui

seen = ui.view()
ui.risks(seen)
