"""The page of risks: the matrix, and the register beside what its measures show."""

import streamlit as st

from kpi import block, card, matrix, mention, risk
from kpi.ui.frame import choose, opening
from kpi.ui.parts import download, measures_of, register_source
from kpi.ui.seen import View


def risks(seen: View) -> None:
    """What may go wrong, what is done about it, and what the figures say of it."""
    register = seen.store.register("risk", seen.as_at)
    graded = risk.graded(register, seen.day)
    opening(*matrix.opening(graded))
    if graded.is_empty():
        return
    options = matrix.choices(graded)
    with st.container(key="controls"):
        show = choose("Show", options, "show", "all")
    shown = risk.chosen(graded, show)
    if shown.is_empty():
        st.html(card.note("No risk is like that.", "Choose all risks to see the register."))
        return
    st.html(
        block.section("Where they stand", matrix.matrix(shown)) + block.source_line(matrix.rule())
    )
    measures = measures_of(seen, shown, mention.wholly)
    source = register_source(seen, "risk", shown)
    st.html(matrix.register(shown, measures) + block.source_line(source))
    download(seen, matrix.flat(shown), "risks")
