"""Care leavers: whether they learn or work, live well, and are still in touch."""

from kpi import ui

seen = ui.view()
kpis = seen.catalogue.kpis
ui.theme_opening(seen, "care_leavers")
ui.cards(seen, "Where things stand", seen.catalogue.of_theme("care_leavers"))
ui.trend(seen, kpis["care_leavers_eet_19_21"])
ui.trend(seen, kpis["care_leavers_suitable_19_21"])
ui.trend(seen, kpis["care_leavers_unknown_17_18"])
