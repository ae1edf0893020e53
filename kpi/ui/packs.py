"""Packs on screen: making one, fetching its files, and proving the id on a piece of paper."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import partial

import polars as pl
import streamlit as st

from kpi import access, block, board, card, compose, export, packs, theme
from kpi import store as stores
from kpi.access import Role
from kpi.card import Column
from kpi.compose import Forum, Meeting
from kpi.export import TemplateRefused
from kpi.packs import Pack, PackRefused
from kpi.store import Store
from kpi.ui.drafts import announce, signed
from kpi.ui.frame import link, opening, taking
from kpi.ui.intake import refuse
from kpi.ui.seen import View, remembered

OTHER = "Another meeting"
MADE_FOR = {True: "everybody: small numbers are withheld", False: "directors and officers only"}
FOR: dict[Role, str] = {
    "committee": "The committee: small numbers withheld",
    "director": "Directors and officers: not for publication",
}
LISTED = 50  # packs that the page shows


def packs_opening(frozen: Sequence[Pack]) -> None:
    """How many there are, and what a pack is."""
    many = len(frozen)
    title = f"{theme.spelt(many)} packs are frozen" if many != 1 else "One pack is frozen"
    opening(
        title.capitalize() if many else "No pack has been frozen yet",
        "A pack keeps a meeting's figures as they were at one moment. It can be fetched in any "
        "format at any later time, with the same figures, and its id proves which it is.",
    )


# ---- proving and fetching ----


def pack_proof(seen: View) -> None:
    """A field for the id on a paper: which meeting it is for, whether its figures still hold."""
    announce("pack")
    if (made := st.session_state.pop("open-pack", None)) is not None:
        st.session_state["pack"] = made
    typed = st.text_input(
        "Check or open a pack: the id at the foot of its pages",
        key="pack",
        bind="query-params",
        placeholder="7KQ-M2X-94T",
        max_chars=40,
    )
    if not typed:
        return
    proof = _proof(seen.store, typed, seen.person.role, seen.version)
    if proof.pack is None:
        refuse(proof.sentence)
        return
    _shown(seen, proof.pack, proof.sentence)


@remembered(max_entries=100, show_spinner="Computing the figures again …")
def _proof(store: Store, typed: str, role: Role, version: int) -> packs.Proof:
    return packs.prove(store, typed, role)


def _shown(seen: View, pack: Pack, sentence: str) -> None:
    """What a pack is for, whether it is genuine, and its files."""
    titles = {name: forum.title for name, forum in compose.forums(seen.settings.reference).items()}
    st.html(card.note("Genuine.", sentence.partition(". ")[2]))
    lines = {
        "Forum": titles.get(pack.forum, pack.forum),
        "Meeting": ", ".join(part for part in (pack.meeting, theme.day(pack.meeting_date)) if part),
        "Figures": f"as published by {_moment(pack.as_at)}",
        "For": MADE_FOR[access.is_masked(pack.role)],
        "Frozen": f"by {pack.made_by} on {theme.day(board.local_day(pack.made_at))}",
        "Digest of the figures": f"SHA-256 {pack.digest[:16]} …",
    }
    st.html(block.definition(f"Pack {pack.pack_id}", lines))
    for column, (name, kind) in zip(st.columns(4), export.FORMATS.items(), strict=True):
        with column:
            st.download_button(
                kind.title,
                partial(
                    _file, seen.store, pack.pack_id, name, seen.settings.template, seen.person.role
                ),
                packs.file_name(pack, name),
                kind.mime,
                key=f"file-{name}",
                help=f"For {kind.use}.",
                icon=":material/download:",
                width="stretch",
                on_click=taking(seen, packs.file_name(pack, name)),
            )


@remembered(max_entries=24, show_spinner=False)
def _file(store: Store, pack_id: str, name: str, template: str, role: Role) -> bytes:
    """A pack in a format. What was frozen never changes, so neither does its file."""
    return export.render(packs.content(store, pack_id, role), name, packs.template(template))


def _moment(as_at: datetime) -> str:
    """A moment in words: its day, and the time where it is not the day's end."""
    local = board.local(as_at)
    time = "" if (local.hour, local.minute) == (23, 59) else f", {local:%H:%M}"
    return f"{theme.day(local)}{time}"


# ---- making one ----


def pack_form(seen: View) -> None:
    """Choose a meeting, the moment and the parts; freeze them, and make the files."""
    if seen.person.is_masked:
        return
    forums = compose.forums(seen.settings.reference)
    st.space("small")
    with st.expander("Freeze a pack", icon=":material/ac_unit:", expanded=False):
        left, right = st.columns(2)
        with left:
            forum = forums[
                st.selectbox("Forum", list(forums), format_func=lambda name: forums[name].title)
            ]
        with right:
            known = _meetings(seen, forum)
            chosen = st.selectbox("Meeting", [*known, OTHER])
        with st.form(f"pack-{forum.forum_id}-{chosen}", border=False):
            wanted = _fields(seen, forum, known.get(chosen))
            by = signed(seen, "Clerk to the committee")
            pressed = st.form_submit_button(
                "Freeze and make the files", type="primary", icon=":material/ac_unit:"
            )
        if pressed:
            _make(seen, wanted, by)


def _meetings(seen: View, forum: Forum) -> dict[str, tuple[str, str, date]]:
    """Meetings of a forum in the register, the newest first: title to id, title and date."""
    names = [forum.title, forum.register, forum.forum_id]
    rows = packs.meetings(seen.store, seen.as_at).filter(pl.col("forum").is_in(names))
    return {
        f"{theme.day(row['date'])}: {row['title']}": (row["meeting_id"], row["title"], row["date"])
        for row in rows.sort("date", descending=True).iter_rows(named=True)
    }


def _fields(seen: View, forum: Forum, known: tuple[str, str, date] | None) -> Meeting:
    """The meeting as it is typed; it begins as the register and packs.toml have it."""
    titles = compose.titles(seen.catalogue.themes)
    meeting_id, title, day = known or ("", "", seen.day)
    key = f"{forum.forum_id}-{meeting_id}"
    first, second, third = st.columns([3, 1, 1])
    with first:
        title = st.text_input("Title", title, key=f"title-{key}")
    with second:
        day = st.date_input("Date", day, format="DD/MM/YYYY", key=f"date-{key}")
    with third:
        as_at = st.date_input(
            "Figures as at the end of", min(day, seen.day), format="DD/MM/YYYY", key=f"at-{key}"
        )
    sections = st.multiselect(
        "Sections, in their order",
        list(titles),
        compose.expanded(seen.catalogue, forum.sections),
        format_func=titles.__getitem__,
        key=f"parts-{key}",
    )
    made_for = st.segmented_control(
        "For",
        FOR,
        default="committee" if access.is_masked(forum.role) else "director",
        required=True,
        format_func=FOR.__getitem__,
        key=f"for-{key}",
    )
    return Meeting(
        forum=forum,
        title=title.strip(),
        date=day,
        as_at=board.moment(as_at.isoformat()),
        sections=tuple(sections),
        role="director" if made_for == "director" else "committee",
        meeting_id=meeting_id,
    )


def _make(seen: View, wanted: Meeting, by: str) -> None:
    """Freeze, then make every format, telling how far it is; what is wrong in one sentence."""
    if not by:
        refuse("Give your role, so that the history says who froze it.")
        return
    if not wanted.sections:
        refuse("Choose at least one section.")
        return
    bar = st.progress(0.0, "Freezing the figures …")
    try:
        pack = packs.freeze(seen.store, packs.settled(wanted, stores.now()), by)
        for at, (name, kind) in enumerate(export.FORMATS.items(), start=1):
            bar.progress(at / (len(export.FORMATS) + 1), f"Making: {kind.title} …")
            _file(seen.store, pack.pack_id, name, seen.settings.template, seen.person.role)
    except (PackRefused, TemplateRefused) as error:
        bar.empty()
        refuse(str(error))
        return
    st.session_state["saved-pack"] = f"Pack {pack.pack_id} is frozen. Its files are below."
    st.session_state["open-pack"] = pack.pack_id
    st.rerun()


# ---- the list ----


def pack_list(seen: View, frozen: Sequence[Pack]) -> None:
    """Every pack, the newest first; its id opens it."""
    if not frozen:
        return
    titles = {name: forum.title for name, forum in compose.forums(seen.settings.reference).items()}
    rows = pl.DataFrame(
        [
            {
                "pack_id": one.pack_id,
                "forum": titles.get(one.forum, one.forum),
                "meeting": one.meeting,
                "date": theme.day(one.meeting_date),
                "as_at": _moment(one.as_at),
                "frozen": f"{theme.day(board.local_day(one.made_at))}, {one.made_by}",
            }
            for one in frozen[:LISTED]
        ]
    )
    columns = [
        Column(name="pack_id", title="Pack", markup=True, show=_opens),
        Column(name="forum", title="Forum"),
        Column(name="meeting", title="Meeting", show=lambda row: row["meeting"] or "–"),
        Column(name="date", title="Date"),
        Column(name="as_at", title="Figures as published by"),
        Column(name="frozen", title="Frozen"),
    ]
    table = card.table(rows, columns, f"Packs, the newest first ({len(frozen)})")
    st.space("small")
    st.html(block.section("Frozen packs", table))


def _opens(row: Mapping[str, str]) -> str:
    return f'<a class="kpi-id" href="{link("packs", pack=row["pack_id"])}">{row["pack_id"]}</a>'
