"""Quality and voices: how good audited work is, and what children and parents say of it."""

from kpi import ui

seen = ui.view()
kpis = seen.catalogue.kpis
ui.theme_opening(seen, "quality")
hidden = ("audit_grade_", "audits_theme_", "audits_good_year", "feedback_carers", "voice_")
shown = [kpi for kpi in seen.catalogue.of_theme("quality") if not kpi.kpi_id.startswith(hidden)]
ui.cards(seen, "Where things stand", shown)
ui.grades(seen, "audit_grade_", "audits_good_year")
ui.trend(seen, kpis["audits_grade_kept"])
ui.voices(seen, ("children", "parents", "carers"))
