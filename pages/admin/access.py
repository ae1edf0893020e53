"""Access: the tokens with which other programs read figures; make one, see their use, end one."""

from kpi import listings, tokens, ui

seen = ui.view()
held = tokens.listed(seen.store)
ui.opening(
    listings.tokens_headline(held),
    "Power BI, Excel and other programs read the same figures as these pages, each with a token of "
    "its own that can be ended alone. It reads as a role: with the committee's, small numbers are "
    "withheld; with another's, everybody who opens the report sees them.",
)
ui.token_form(seen)
ui.token_end(seen)
ui.token_list(seen)
