"""Packs: freeze a meeting's figures, fetch its paper, slides, workbook or page, prove an id."""

from kpi import packs, ui

seen = ui.view()
frozen = packs.listed(seen.store, seen.person.role)
ui.packs_opening(frozen)
ui.pack_proof(seen)
ui.pack_form(seen)
ui.pack_list(seen, frozen)
