"""Tokens on screen: one made and shown once, one ended, and all of them with their last use."""

import streamlit as st

from kpi import card, listings, tokens
from kpi.access import Role
from kpi.store import StoreUnavailable
from kpi.tokens import TokenRefused
from kpi.ui.drafts import announce, signed
from kpi.ui.intake import refuse
from kpi.ui.seen import View

AS: dict[Role, str] = {
    "committee": "The committee: small numbers withheld",
    "director": "Directors: not for publication",
    "officer": "Officers: not for publication",
}
UNSIGNED = "Give your role, so that the log says who did it."


def token_form(seen: View) -> None:
    """Make a token. It is shown in the run that makes it and never again, so nothing keeps it."""
    with st.expander("Make a token", icon=":material/key:"), st.form("token", border=False):
        name = st.text_input(
            "What reads with it", placeholder="Power BI, performance team", max_chars=tokens.LONGEST
        )
        role = st.selectbox("It reads as", list(AS), format_func=AS.__getitem__)
        by = signed(seen, key="token-by")
        pressed = st.form_submit_button("Make the token", type="primary", icon=":material/key:")
    if not pressed:
        return
    if not by:
        refuse(UNSIGNED)
        return
    try:
        number, secret = tokens.issue(seen.store, name, role, by)
    except (TokenRefused, StoreUnavailable) as error:
        refuse(f"No token was made. {error}")
        return
    st.success(
        f"Token {number} is made. Copy it now: it is shown this once, and nobody can show it "
        "again. Treat it as a password.",
        icon=":material/check_circle:",
    )
    st.code(secret, language=None, wrap_lines=True)


def token_end(seen: View) -> None:
    """End a token; the next request that comes with it is refused."""
    announce("token")
    rows = tokens.listed(seen.store)
    names = {
        row["token_id"]: f"{row['token_id']}: {row['name']}"
        for row in rows.iter_rows(named=True)
        if row["revoked_at"] is None
    }
    if not names:
        return
    with st.expander("End a token", icon=":material/key_off:"), st.form("end", border=False):
        number = st.selectbox(
            "Token to end",
            list(names),
            index=None,
            format_func=names.__getitem__,
            placeholder="Choose a token",
        )
        by = signed(seen, key="end-by")
        pressed = st.form_submit_button("End it", type="primary", icon=":material/key_off:")
    if pressed:
        _end(seen, number, by)


def _end(seen: View, number: int | None, by: str) -> None:
    if number is None or not by:
        refuse("Choose the token to end." if by else UNSIGNED)
        return
    try:
        name = tokens.revoke(seen.store, number, by)
    except (TokenRefused, StoreUnavailable) as error:
        refuse(f"Nothing was changed. {error}")
        return
    st.session_state["saved-token"] = f"Token {number} ({name}) has ended. It reads nothing more."
    st.rerun()


def token_list(seen: View) -> None:
    """Every token that was ever made, the newest first; never the token itself."""
    rows = tokens.listed(seen.store).sort("token_id", descending=True)
    if rows.height:
        st.html(card.table(rows, listings.tokens(), f"Tokens, the newest first ({rows.height})"))
