"""Workforce: who is in post, who is agency, who leaves and why, and who comes new."""

from kpi import ui

seen = ui.view()
kpis = seen.catalogue.kpis
ui.theme_opening(seen, "workforce")
shown = [kpi for kpi in seen.catalogue.of_theme("workforce") if not kpi.kpi_id.startswith("exit_")]
ui.cards(seen, "Where things stand", shown)
ui.trend(seen, kpis["workforce_agency_rate"])
ui.comparison(seen, kpis["workforce_agency_rate"])
ui.trend(seen, kpis["workforce_vacancy_rate"])
ui.comparison(seen, kpis["workforce_turnover_rate"])
ui.trend(seen, kpis["nqsw_intake"])
ui.trend(seen, kpis["management_permanent"])
ui.reasons(seen, "exit_")
