"""Child protection: children on a plan, how they come and go, and whether they come back."""

from kpi import ui

seen = ui.view()
kpis = seen.catalogue.kpis
ui.theme_opening(seen, "child_protection")
ui.cards(seen, "Where things stand", seen.catalogue.of_theme("child_protection"))
ui.trend(seen, kpis["cp_open"])
ui.stock_flow(seen, kpis["cp_started"], kpis["cp_ended"])
ui.trend(seen, kpis["cp_repeat"])
ui.trend(seen, kpis["icpc_in_15_days"])
