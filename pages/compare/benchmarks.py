"""Benchmarks: how the council does beside England, its region and its statistical neighbours."""

from kpi import ui

seen = ui.view()
ui.benchmarks(seen)
