"""One measure: its long trend and signals, its teams, how others do, and what it means."""

from kpi import ui

seen = ui.view()
titles = {kpi.kpi_id: kpi.title for kpi in seen.catalogue.kpis.values()}
kpi = seen.catalogue.kpis[ui.choose("Measure", titles, "kpi", "caseload_mean")]
ui.measure(seen, kpi)
