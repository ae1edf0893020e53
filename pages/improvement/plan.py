"""The plan: what was done beside what changed for children, by priority and month."""

from kpi import ui

seen = ui.view()
ui.plan(seen)
