"""Packs: a meeting's figures frozen once, made in any format later, and proven by an id.

A pack keeps the whole report as it was composed, so that whatever is loaded, imported or redefined
later, its figures stay. Its id follows from what it says; the digest of its figures lets anyone see
whether they would come out the same today.
"""

import hashlib
import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from kpi import access, board, compose, report, theme
from kpi import store as stores
from kpi.access import Role
from kpi.compose import Forum, Meeting
from kpi.publication import PublicationRefused
from kpi.report import Report
from kpi.store import Store, Transaction

#: Letters and digits that nobody takes for one another; their number is prime, so that the check
#: character tells any single slip and any two neighbours that changed places.
LETTERS = "123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8
ALIKE = str.maketrans({"I": "1", "L": "1", "U": "V"})
#: What makes a figure: where one of these differs, the pack would say something else.
FIGURES = ("kpi_id", "period", "numerator", "denominator", "value", "state", "target", "tolerance",
           "rating")  # fmt: skip
DIGITS = 12  # significant digits that count; beyond them is the noise of binary fractions


class PackRefused(PublicationRefused):
    """A pack cannot be frozen or found; the message says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class Pack:
    """A frozen pack, without its content. ``role``: for whom; who may see less never gets it."""

    pack_id: str
    forum: str
    meeting: str
    meeting_date: date
    as_at: datetime
    sections: tuple[str, ...]
    measures: tuple[str, ...]
    digest: str
    made_by: str
    made_at: datetime
    meeting_id: str = ""
    role: Role = "officer"


@dataclass(frozen=True, kw_only=True)
class Proof:
    """What a typed id turned out to be; ``is_same`` whether its figures come out the same today."""

    sentence: str
    pack: Pack | None = None
    is_same: bool = False


# ---- ids ----


def spelt(digest: bytes) -> str:
    """The id of a digest, as ``7KQ-M2X-94T``; its last character checks the others."""
    number = int.from_bytes(digest, "big")
    found = ""
    for _ in range(LENGTH):
        number, at = divmod(number, len(LETTERS))
        found += LETTERS[at]
    return _grouped(found + _check(found))


def _check(body: str) -> str:
    """The character that makes the sum of all, each by its place, a multiple of their number."""
    total = sum(at * LETTERS.index(letter) for at, letter in enumerate(body, start=2))
    return LETTERS[-total % len(LETTERS)]


def _grouped(text: str) -> str:
    return "-".join(text[at : at + 3] for at in range(0, len(text), 3))


def read_id(typed: str) -> str:
    """An id as it was typed, in its own spelling; raises PackRefused where it cannot be one."""
    letters = typed.upper().translate(ALIKE)
    plain = "".join(letter for letter in letters if letter not in " -–.\t")
    if len(plain) != LENGTH + 1 or any(letter not in LETTERS for letter in plain):
        raise PackRefused(
            f"{typed.strip()[:40]!r} is not the id of a pack. It has nine letters and digits, as "
            "7KQ-M2X-94T, and stands at the foot of every page."
        )
    if _check(plain[:-1]) != plain[-1]:
        raise PackRefused(
            f"{_grouped(plain)} has a slip in it: a letter or digit is not as it was printed. "
            "Compare it with the paper and type it again."
        )
    return _grouped(plain)


# ---- freezing ----


def freeze(store: Store, meeting: Meeting, by: str) -> Pack:
    """Freeze a meeting's figures; a meeting that is frozen already keeps the pack that it has.

    Raises PackRefused where there is nothing to freeze.
    """
    if (before := _same(store, meeting)) is not None:
        return before
    facts = compose.gather(store, meeting)
    if facts.frame.is_empty():
        raise PackRefused(_nothing(store, facts.day))
    digest = _digest(facts.frame, _plan(store, meeting.as_at))
    pack_id = spelt(hashlib.sha256(_said(_identity(meeting, digest)).encode()).digest())
    made = Pack(
        pack_id=pack_id,
        meeting_id=meeting.meeting_id,
        forum=meeting.forum.forum_id,
        meeting=meeting.title,
        meeting_date=meeting.date,
        as_at=meeting.as_at,
        sections=meeting.sections,
        measures=tuple(kpi.kpi_id for kpi in facts.kpis),
        digest=digest,
        made_by=by,
        made_at=stores.now(),
        role=meeting.role,
    )
    content = report.to_json(compose.compose(facts, pack_id))
    return store.transact(lambda work: _keep(work, made, content))


def _keep(work: Transaction, made: Pack, content: str) -> Pack:
    """Write the pack, unless another session froze the same one in the meantime."""
    work.write("guard")
    if made.pack_id in work.read("packs")["pack_id"]:
        return made
    row: dict[str, Any] = {name: getattr(made, name) for name in Pack.__dataclass_fields__}
    row |= {"sections": " ".join(made.sections), "measures": " ".join(made.measures)}
    row["content"] = b64encode(zlib.compress(content.encode(), 9)).decode()
    work.append("pack", pl.DataFrame([row]))
    what = f"{made.forum} {made.meeting_date}, as at {made.as_at:%Y-%m-%d %H:%M}"
    work.audit(made.made_at, made.made_by, "pack", made.pack_id, what)
    return made


def _same(store: Store, meeting: Meeting) -> Pack | None:
    """The pack that was frozen for the same meeting, moment and parts."""
    wanted = _identity(meeting, "")
    for pack in _every(store):
        mine = [pack.forum, pack.meeting_id, pack.meeting, pack.meeting_date, pack.as_at]
        if [*mine, pack.role, pack.sections, ""] == wanted:
            return pack
    return None


def _identity(meeting: Meeting, digest: str) -> list[Any]:
    """What an id follows from."""
    forum = meeting.forum.forum_id
    place = [forum, meeting.meeting_id, meeting.title, meeting.date, meeting.as_at]
    return [*place, meeting.role, meeting.sections, digest]


def _said(parts: Sequence[Any]) -> str:
    return json.dumps(parts, default=str, ensure_ascii=False, separators=(",", ":"))


def _nothing(store: Store, day: date) -> str:
    """Why a pack as of a day has nothing to show."""
    loads = store.read("loads", as_at=stores.FOREVER)["loaded_at"]
    if loads.is_empty():
        return "There is nothing to freeze yet: no month has been published."
    first = board.local_day(loads.sort()[0])
    if first <= day:
        return f"No measure of the chosen sections had a figure by {theme.day(day)}."
    return (
        f"Nothing had been published by {theme.day(day)}: the first month came on "
        f"{theme.day(first)}. Choose that day or a later one."
    )


def settled(meeting: Meeting, now: datetime) -> Meeting:
    """The meeting with a moment that is past: today counts up to now.

    Raises PackRefused for a later day, whose figures may still change.
    """
    if meeting.as_at <= now:
        return meeting
    day = board.local_day(meeting.as_at)
    if day == board.local_day(now):
        return replace(meeting, as_at=now)
    raise PackRefused(
        f"{theme.day(day)} is still to come, so its figures may yet change. "
        "Choose today or an earlier day."
    )


# ---- files ----


def file_name(pack: Pack, name: str) -> str:
    """What a pack's file of a format is called: forum, date, id."""
    return f"{pack.forum}-{pack.meeting_date}-{pack.pack_id}.{name}"


def template(path: str) -> bytes | None:
    """The slides template at a path; raises PackRefused where there is no such file."""
    if not path:
        return None
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise PackRefused(
            f"The slides template {path} cannot be read. Name another, or leave it out."
        ) from error


# ---- digests ----


def _digest(frame: pl.DataFrame, plan: pl.DataFrame) -> str:
    """The SHA-256 of the canonical figures: observations by measure and month, and the ratings."""
    rows = frame.select(FIGURES).sort("kpi_id", "period").iter_rows()
    rated = plan.select("period", "priority_id", "progress", "impact").iter_rows()
    lines = ("\t".join(map(_canonical, row)) for part in (rows, rated) for row in part)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _canonical(value: object) -> str:
    return f"{value:.{DIGITS}g}" if isinstance(value, float) else str(value)


def _plan(store: Store, as_at: datetime) -> pl.DataFrame:
    return store.read("plan", as_at=as_at)


# ---- what was frozen ----


def listed(store: Store, role: Role) -> list[Pack]:
    """Every pack that a role may have, the newest first."""
    return [pack for pack in _every(store) if access.may_open(role, pack.role)]


def _every(store: Store) -> list[Pack]:
    return [_pack(row) for row in store.read("packs").iter_rows(named=True)]


def _pack(row: dict[str, Any]) -> Pack:
    lists: dict[str, Any] = {name: tuple(row[name].split()) for name in ("sections", "measures")}
    return Pack(**row | lists)


def find(store: Store, pack_id: str, role: Role) -> Pack:
    """The pack of an id; raises PackRefused where there is none, or it is not for the role."""
    for pack in _every(store):
        if pack.pack_id == pack_id and access.may_open(role, pack.role):
            return pack
        if pack.pack_id == pack_id:
            raise PackRefused(
                f"Pack {pack_id} is genuine. It was made for directors and officers, so it is not "
                "shown here. Ask whoever gave it to you for one for the committee."
            )
    raise PackRefused(f"No pack {pack_id} was made here. It may come from another dashboard.")


def content(store: Store, pack_id: str, role: Role) -> Report:
    """The report of a pack, as it was frozen; raises PackRefused as :func:`find`."""
    find(store, pack_id, role)
    found = store.read("pack_content", pack_id=pack_id)["content"]
    return report.from_json(zlib.decompress(b64decode(found[0])).decode())


def prove(store: Store, typed: str, role: Role) -> Proof:
    """Which pack an id stands for, and whether its figures come out the same today."""
    try:
        pack = find(store, read_id(typed), role)
    except PackRefused as error:
        return Proof(sentence=str(error))
    known = [name for name in pack.measures if name in store.catalogue.kpis]
    council = store.catalogue.council.org_id
    frame = board.observations(store, known, [council], pack.as_at, role=pack.role)
    is_same = _digest(frame, _plan(store, pack.as_at)) == pack.digest
    told = (
        "Its figures, computed again today, are the same."
        if is_same
        else "Computed again today, its figures would differ: reference data or definitions have "
        "changed since. The pack itself stands as it was frozen."
    )
    return Proof(sentence=f"Pack {pack.pack_id} is genuine. {told}", pack=pack, is_same=is_same)


# ---- meetings ----


def meetings(store: Store, as_at: datetime = stores.FOREVER) -> pl.DataFrame:
    """The meetings of the register, as known at a moment; none where there is no such register."""
    if "meeting" not in store.catalogue.registers:
        return pl.DataFrame(schema={"meeting_id": pl.String, "forum": pl.String,
                                    "date": pl.Date, "title": pl.String})  # fmt: skip
    return store.register("meeting", as_at)


def of_register(
    store: Store, meeting_id: str, reference: Path, role: Role | None = None
) -> Meeting:
    """A meeting of the register, with the figures of the end of its day (or of now, if today).

    ``role``: for whom; without it, for whom the forum is.

    Raises PackRefused for an unknown meeting, one still to come, or a forum without a pack.
    """
    rows = meetings(store).filter(meeting_id=meeting_id)
    if rows.is_empty():
        raise PackRefused(
            f"There is no meeting {meeting_id!r}. The register of meetings has the ids."
        )
    row = rows.row(0, named=True)
    forum = _forum(compose.forums(reference), row["forum"])
    found = Meeting(
        forum=forum,
        title=row["title"] or "",
        date=row["date"],
        as_at=board.moment(row["date"].isoformat()),
        sections=compose.expanded(store.catalogue, forum.sections),
        role=role or forum.role,
        meeting_id=meeting_id,
    )
    return settled(found, stores.now())


def meeting_of(pack: Pack, known: dict[str, Forum]) -> Meeting:
    """The meeting that a pack was frozen for."""
    return Meeting(
        forum=_forum(known, pack.forum),
        title=pack.meeting,
        date=pack.meeting_date,
        as_at=pack.as_at,
        sections=pack.sections,
        role=pack.role,
        meeting_id=pack.meeting_id,
    )


def _forum(known: dict[str, Forum], title: str) -> Forum:
    for forum in known.values():
        if title in (forum.title, forum.register, forum.forum_id):
            return forum
    titles = ", ".join(forum.title for forum in known.values())
    raise PackRefused(f"No pack is set up for {title!r}. packs.toml has: {titles}.")
