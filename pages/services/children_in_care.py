"""Children in care: how many, how they come and go, and how many came alone."""

from kpi import ui

seen = ui.view()
kpis = seen.catalogue.kpis
ui.theme_opening(seen, "children_in_care")
ui.cards(seen, "Where things stand", seen.catalogue.of_theme("children_in_care"))
ui.trend(seen, kpis["cla_open"])
ui.stock_flow(seen, kpis["cla_started"], kpis["cla_ended"])
ui.comparison(seen, kpis["cla_rate"])
ui.trend(seen, kpis["cla_uasc"])
