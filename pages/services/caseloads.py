"""Caseloads: more than a mean. Every worker, every team, and the trend."""

from kpi import ui

seen = ui.view()
kpis = seen.catalogue.kpis
ui.theme_opening(seen, "caseloads")
ui.cards(seen, "Where things stand", seen.catalogue.of_theme("caseloads"))
ui.caseload_distribution(seen)
ui.trend(seen, kpis["caseload_mean"])
ui.trend(seen, kpis["caseload_above_18"])
ui.comparison(seen, kpis["caseload_mean"])
