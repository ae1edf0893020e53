"""The command that makes packs without a server, for a scheduler."""

from datetime import datetime
from pathlib import Path

import click

from kpi import access, board, command, compose, export, packs
from kpi import store as stores
from kpi.access import Role
from kpi.compose import Meeting
from kpi.settings import Settings
from kpi.store import Store


@click.command()
@click.option("--meeting", "meeting_id", help="A meeting of the register, by its id.")
@command.as_at
@click.option("--to", "folder", required=True, help="The folder that the files go to.",
              type=click.Path(file_okay=False, path_type=Path))  # fmt: skip
@click.option("--format", "formats", multiple=True, type=click.Choice(list(export.FORMATS)),
              help="Again for more; without it, all.")  # fmt: skip
@click.option("--forum", "forum_id", help="For which forum; without it, the first of packs.toml.")
@click.option("--role", type=click.Choice(access.ROLES),
              help="For whom; without it, for whom the forum is (packs.toml).")  # fmt: skip
@click.option("--section", "sections", multiple=True, help="A section; again for more.")
@click.option("--template", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="The council's own slides template (else KPI_TEMPLATE).")  # fmt: skip
@command.who
@command.plainly
def pack(
    meeting_id: str | None,
    as_at: datetime,
    folder: Path,
    formats: tuple[str, ...],
    forum_id: str | None,
    sections: tuple[str, ...],
    role: Role | None,
    template: Path | None,
    by: str,
) -> None:
    """Freeze a meeting's figures, once, and write its pack to a folder."""
    chosen, store = command.opened()
    if (meeting_id is None) == (as_at == stores.FOREVER):
        raise click.UsageError("Give either --meeting or --as-at, as --as-at 2025-04-24.")
    if meeting_id is not None:
        meeting = _of_id(store, meeting_id, chosen.reference, role)
    else:
        meeting = _as_at(chosen, store, as_at, forum_id, sections, role)
    frozen = packs.freeze(store, meeting, by)
    report = packs.content(store, frozen.pack_id, frozen.role)
    given = packs.template(str(template or "") or chosen.template)
    folder.mkdir(parents=True, exist_ok=True)
    for name in formats or tuple(export.FORMATS):
        path = folder / packs.file_name(frozen, name)
        made = export.render(report, name, given)
        path.write_bytes(made)
        click.echo(f"{path}: {len(made):,} bytes")
    click.echo(f"Pack {frozen.pack_id}, as at {frozen.as_at:%Y-%m-%d %H:%M} UTC.")


def _as_at(
    chosen: Settings,
    store: Store,
    as_at: datetime,
    forum_id: str | None,
    sections: tuple[str, ...],
    role: Role | None,
) -> Meeting:
    known = compose.forums(chosen.reference)
    command.refuse_unknown([forum_id] if forum_id else [], list(known), "forum")
    forum = known[forum_id or next(iter(known))]
    wanted = compose.expanded(store.catalogue, sections or forum.sections)
    command.refuse_unknown(wanted, list(compose.titles(store.catalogue.themes)), "section")
    day = board.local_day(as_at)
    made_for = role or forum.role
    meeting = Meeting(forum=forum, title="", date=day, as_at=as_at, sections=wanted, role=made_for)
    return packs.settled(meeting, stores.now())


def _of_id(store: Store, meeting_id: str, reference: Path, role: Role | None) -> Meeting:
    """The meeting as it was frozen for the role, else as the register has it."""
    wanted = packs.of_register(store, meeting_id, reference, role)
    for frozen in packs.listed(store, "officer"):
        if (frozen.meeting_id, frozen.role) == (meeting_id, wanted.role):
            return packs.meeting_of(frozen, compose.forums(reference))
    return wanted
