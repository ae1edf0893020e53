"""What changed since the last meeting, or since any day; and what the averages hide."""

from kpi import ui

seen = ui.view()
ui.changed(seen)
