"""What the Present page needs: a meeting's figures, frozen, as screens for a wall."""

from collections.abc import Sequence
from datetime import datetime
from html import escape
from typing import Any

import streamlit as st

from kpi import block, board, card, compose, theme
from kpi import store as stores
from kpi.access import Role
from kpi.compose import Facts
from kpi.export import screens
from kpi.report import Section
from kpi.store import Store
from kpi.ui.frame import choose, link, opening
from kpi.ui.seen import View, marked, observe, remembered
from kpi.ui.stage import stage

WALL: Role = "committee"  # a wall is a public place
MOMENT = "moment"  # in the address: the moment whose figures are on the wall


def present(seen: View) -> None:
    """Choose a meeting, and open the stage on its figures as they stand at one moment."""
    opening(
        "Present a meeting",
        "One message a screen, moved by keys. The figures are frozen: nothing on the wall changes "
        "when somebody publishes meanwhile.",
    )
    forums = compose.forums(seen.settings.reference)
    names = {name: forum.title for name, forum in forums.items()}
    left, right = st.columns([3, 2])
    with left:
        forum = choose("Meeting of", names, "forum", next(iter(names)))
    with right:
        role = _role(seen)
    at = _frozen(seen)
    shown = _screens(seen.store, forum, at, role, seen.settings.reference)
    footer = f"Figures frozen as at {theme.day(board.local_day(at))}"
    stage(f"{forum}-{role}-{at:%Y%m%dT%H%M%S%f}", footer, shown)
    st.html(block.source_line(f"{_told(at)} {_counted(shown)}"))
    st.html(block.section("Screens, in their order", _course(forum, role, at, shown)))
    if not seen.as_at_day and st.button("Take the newest figures", type="tertiary"):
        st.query_params.pop(MOMENT, None)
        st.rerun()


def _role(seen: View) -> Role:
    """For whom the wall is: for all in the room, unless who may see more chooses so."""
    if seen.person.is_masked:
        return WALL
    shown: dict[str, str] = {WALL: "Withheld: anybody may be in the room", "director": "Shown"}
    return "director" if choose("Small numbers", shown, "wall", WALL) == "director" else WALL


def _frozen(seen: View) -> datetime:
    """The moment whose figures count: the chosen day, or when this page was first opened."""
    if seen.as_at_day:
        return seen.as_at
    if asked := st.query_params.get(MOMENT):
        try:
            return min(board.moment(asked), stores.now())
        except ValueError:
            st.html(card.note("The address names no moment.", "The newest figures are shown."))
    newest = seen.store.read("last_moment")["moment"].item()
    st.query_params[MOMENT] = f"{newest.isoformat()}+00:00"
    return newest


@remembered(max_entries=6, show_spinner="Making the screens …")
def _screens(
    store: Store, forum: str, at: datetime, role: Role, reference: object
) -> list[dict[str, Any]]:
    """The screens of a meeting; of a moment in the past they never change."""
    kind = compose.forums(store.catalogue.folder)[forum]
    parts = compose.expanded(store.catalogue, kind.sections)
    day = board.local_day(at)
    meeting = compose.Meeting(forum=kind, title="", date=day, as_at=at, sections=parts, role=role)
    facts = compose.gather(store, meeting, observe)
    return screens.render(compose.compose(facts, "", _part))


def _part(facts: Facts, name: str) -> Section:
    """A part of the meeting; that of a theme as it was before, unless its own returns changed."""
    if name not in facts.catalogue.themes:
        return compose.section(facts, name)
    mark = marked(facts.store, facts.meeting.as_at, facts.catalogue.of_theme(name))
    told = (facts.meeting.forum, facts.role, facts.day, facts.since, facts.newest_month)
    return _theme(facts.store, name, told, mark, facts)


@remembered(max_entries=100, show_spinner=False)
def _theme(store: Store, name: str, told: object, mark: object, _facts: Facts) -> Section:
    """``told``: what of ``_facts`` a theme tells beside the figures that ``mark`` stands for."""
    return compose.section(_facts, name)


def _course(forum: str, role: Role, at: datetime, shown: Sequence[dict[str, Any]]) -> str:
    """The course of the meeting: each screen by its title, one tap away."""
    moment = f"{at.isoformat()}+00:00"
    wall = None if role == WALL else role

    def address(screen: str) -> str:
        return link("present", forum=forum, moment=moment, wall=wall, screen=screen)

    listed = ((address(str(one["id"])), str(one["title"])) for one in shown if one["shown"])
    items = "".join(f'<li><a href="{escape(to)}">{escape(title)}</a></li>' for to, title in listed)
    return f'<ol class="kpi-course">{items}</ol>'


def _told(at: datetime) -> str:
    return f"Figures as published by {theme.day(board.local_day(at))}."


def _counted(shown: Sequence[dict[str, Any]]) -> str:
    many = sum(bool(screen["shown"]) for screen in shown)
    return f"{many} screens, and {len(shown) - many} more in the presenter's list (key L)."
