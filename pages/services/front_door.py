"""Front door and assessment: who asks for help, how soon it comes, and who comes back."""

from kpi import ui

seen = ui.view()
kpis = seen.catalogue.kpis
ui.theme_opening(seen, "front_door")
ui.cards(seen, "Where things stand", seen.catalogue.of_theme("front_door"))
ui.trend(seen, kpis["assessments_in_45_days"])
ui.comparison(seen, kpis["assessments_in_45_days"])
ui.trend(seen, kpis["contacts"])
ui.trend(seen, kpis["rereferrals"])
ui.comparison(seen, kpis["rereferrals"])
