"""Claims: what was said in meetings beside the figures that test it."""

from kpi import ui

seen = ui.view()
ui.claimed(seen)
