"""Scorecard: the headline measures by theme, and what needs attention first."""

from kpi import board, ui, words

seen = ui.view()
kpis = {name: kpi for name, kpi in seen.catalogue.kpis.items() if kpi.headline}
newest = board.latest(ui.observations(seen, list(kpis.values())))
ui.opening(*words.summary(newest, kpis))
ui.scorecard_key()

first = [kpis[name] for name in board.attention(newest)[: ui.ATTENTION]]
ui.cards(seen, "Needs attention first", first)
ui.hidden(seen, headlines_only=True)
for theme in seen.catalogue.themes.values():
    ui.cards(seen, theme.title, ui.row_of(seen, theme.theme, first))
