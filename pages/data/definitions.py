"""Definitions: what every measure, return, column, sign and word means; searchable, printable."""

from kpi import ui

seen = ui.view()
ui.definitions(seen)
