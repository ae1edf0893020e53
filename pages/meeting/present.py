"""The wall: a meeting's figures, one message a screen, frozen."""

from kpi import ui

seen = ui.view()
ui.present(seen)
