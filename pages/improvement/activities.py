"""Activities: who does what by when, in what sequence, and what is late."""

from kpi import ui

seen = ui.view()
ui.activities(seen)
