"""The commands of whoever runs the dashboard: back-up, recovery, proof, moving, upkeep, tokens."""

from pathlib import Path
from typing import Any

import click

from kpi import audit, catalogue, command, lake, publication, sample, settings, tokens
from kpi import backup as backups
from kpi import move as moves
from kpi.access import Role
from kpi.store import Store


@click.command()
@click.argument("file", type=click.Path())
@click.option("--keep", type=click.IntRange(min=1), help="How many back-ups a folder keeps.")
@command.plainly
def backup(file: str, keep: int | None) -> None:
    """Write a proven copy of the whole store to FILE, or into a folder under its date."""
    _, store = command.opened_whole()
    if keep and not Path(file).is_dir():
        raise click.UsageError(f"{file} is not a folder: --keep counts the back-ups of a folder.")
    path = backups.backup(store, Path(file), keep)
    copy = Store(str(path), store.catalogue)
    click.echo(f"Backed up to {path}, and proven: {backups.held(copy)}.")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@command.plainly
def restore(file: str) -> None:
    """Put a back-up in the place of the store; the store that was there is kept beside it.

    Into a lake only while it holds no loads: name an empty one in KPI_STORE.
    """
    chosen = settings.read()
    known = catalogue.read(chosen.reference)
    kept = backups.restore(Path(file), chosen.store, known)
    click.echo(
        f"Restored and proven: {backups.held(Store(chosen.store, known))}."
        + (f" The store before it is kept as {kept}." if kept else "")
    )


@click.command(name="sample")
@command.plainly
def build_sample() -> None:
    """Build the illustrative store."""
    chosen = settings.read()
    if lake.is_lake(chosen.store):
        store = Store(chosen.store, catalogue.read(chosen.reference))
        click.echo(f"Filled {store.name}: {sample.fill(store, chosen)} illustrative loads.")
        return
    path = Path(chosen.store)
    if path.exists():
        raise click.UsageError(f"{path} exists. Name another store in KPI_STORE, or move it away.")
    count = sample.build(path, chosen, catalogue.read(chosen.reference))
    click.echo(f"Built {path}: {count} loads of illustrative months.")


@click.command()
@command.plainly
def check() -> None:
    """Prove the store's invariants."""
    _, store = command.opened_whole()
    faults = publication.invariants_of_all(store)
    for fault in faults:
        click.echo(fault, err=True)
    if faults:
        raise command.Refused(
            f"{len(faults)} faults. Restore a back-up, and keep this store for inspection."
        )
    for part in store.councils():
        whose = "The store" if part is store else part.catalogue.council.name
        click.echo(f"{whose} is sound. Audit: {audit.seal(part)}.")


@click.command()
@click.argument("source")
@click.argument("target")
@command.plainly
def move(source: str, target: str) -> None:
    """Copy all of a store into another, an empty one, and prove that nothing changed.

    SOURCE and TARGET are files, or lakes as KPI_STORE names them. The source stays as it is.
    """
    known = catalogue.read(settings.read().reference)
    rows = moves.move(Store(source, known), Store(target, known))
    filled = {name: count for name, count in rows.items() if count}
    for name, count in filled.items():
        click.echo(f"{count:>9,} {name}")
    click.echo(f"{sum(filled.values()):>9,} rows in {len(filled)} tables, the same in both.")


@click.command()
@click.option("--days", default=7, show_default=True, help="How old a lake's left-overs must be.")
@command.plainly
def tidy(days: int) -> None:
    """Keep the store small and quick; what any moment showed stays.

    A lake: put small files together, and clear away what no table needs any more.
    """
    _, store = command.opened_whole()
    for part in store.councils():
        part.tidy(days)
    click.echo(f"{store.name} is tidy.")


@click.group()
def token() -> None:
    """Tokens by which Power BI, Excel and other programs read the figures."""


@token.command(name="add")
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice(tokens.ROLES),
    required=True,
    help="Whose figures it gives: for a committee small numbers are withheld.",
)
@command.who
@command.plainly
def add_token(name: str, role: Role, by: str) -> None:
    """Make a token for NAME, what reads with it, and print it once."""
    _, store = command.opened()
    number, secret = tokens.issue(store, name, role, by)
    click.echo(f"Token {number} reads as {role}. It is shown this once; keep it as a password:")
    click.echo(secret)


@token.command(name="list")
@command.as_json
@command.plainly
def list_tokens(as_json: bool) -> None:
    """Every token that was made: for what, as whom it reads, when it was used last."""
    _, store = command.opened()
    rows = tokens.listed(store).to_dicts()
    if as_json:
        command.print_json({"tokens": rows})
        return
    for row in rows:
        click.echo(_told(row))


def _told(row: dict[str, Any]) -> str:
    used = f"used last on {row['last_used']}" if row["last_used"] else "never used"
    ended = row["revoked_at"]
    return (
        f"{row['token_id']:>3}  {row['name']}, reads as {row['role']}, made on "
        f"{row['made_at']:%Y-%m-%d} by {row['made_by']}, {used}"
        + (f", revoked on {ended:%Y-%m-%d} by {row['revoked_by']}" if ended else "")
    )


@token.command(name="revoke")
@click.argument("token_id", type=click.IntRange(1, 1_000_000))
@command.who
@command.plainly
def revoke_token(token_id: int, by: str) -> None:
    """End a token; whatever reads with it is refused from the next request on."""
    _, store = command.opened()
    click.echo(f"Token {token_id} ({tokens.revoke(store, token_id, by)}) is revoked.")
