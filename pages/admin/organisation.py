"""Organisation: the register of teams and services, how it changed, and a way to change it."""

from kpi import organisation, register, ui

seen = ui.view()
known = register.read(seen.store, seen.as_at)
ui.opening(
    organisation.headline(known, seen.day),
    "A change counts from a month on. The months before keep the name and the service of their "
    "day, and nothing is ever deleted.",
)
if seen.as_at_day is None:
    ui.organisation_form(seen, known)
ui.organisation_tables(seen, known)
