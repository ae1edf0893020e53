"""Money: what was set aside, what it was for, what is left, and what a week in care costs."""

from kpi import ui

seen = ui.view()
ui.funds(seen)
