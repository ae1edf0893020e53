"""Targets: what the council wants of each measure, who set it, when and why; set a new one."""

from kpi import targets, ui

seen = ui.view()
rows = targets.read(seen.store, seen.as_at)
held = targets.in_force(rows, seen.day)
titles = ui.rated(seen)
have = set(held.drop_nulls("target")["kpi_id"]) & set(titles)
ui.opening(
    f"{len(have)} of {len(titles)} measures have a target",
    "A target counts from a month on, until the next one. None is ever deleted: what was said of a "
    "month on a day in the past can be seen again with “As published on”.",
)
if seen.as_at_day is None:
    ui.target_form(seen, held)
ui.target_tables(seen, rows, held)
