"""What the commands share: errors as exit statuses, the store, options that mean the same."""

import getpass
import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import wraps
from typing import Any

import click

from kpi import access, benchmark, board, catalogue, sample, settings
from kpi import backup as backups
from kpi.catalogue import CatalogueError
from kpi.export import TemplateRefused
from kpi.move import MoveRefused
from kpi.publication import PublicationRefused
from kpi.settings import Settings
from kpi.store import Store, StoreUnavailable
from kpi.targets import TargetRefused
from kpi.tokens import TokenRefused

REFUSED, WRONG_USE, NO_STORE = 1, 2, 3
#: Refusals that say in a sentence what to mend.
REFUSALS = (MoveRefused, PublicationRefused, TargetRefused, TemplateRefused, TokenRefused)


class Refused(click.ClickException):
    """The data was refused: exit status 1."""

    exit_code = REFUSED


class Unavailable(click.ClickException):
    """The store is in use or cannot be opened: exit status 3."""

    exit_code = NO_STORE


def plainly(command: Callable[..., Any]) -> Callable[..., Any]:
    """Turn what can go wrong into one sentence and its exit status."""

    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except StoreUnavailable as error:
            raise Unavailable(str(error)) from error
        except REFUSALS as error:
            raise Refused(str(error)) from error
        except (benchmark.BenchmarkError, sample.SampleError) as error:
            raise Refused(str(error)) from error
        except (CatalogueError, backups.BackupError) as error:
            raise click.UsageError(str(error)) from error
        except OSError as error:
            raise Unavailable(f"{error.filename or 'File'}: {error.strerror or error}") from error

    return wrapped


def opened() -> tuple[Settings, Store]:
    """The settings, and the store of the council that ``--council`` names, or else of the first."""
    chosen, whole = opened_whole()
    council = click.get_current_context().find_root().params.get("council")
    councils = whole.catalogue.councils
    refuse_unknown([council] if council else [], list(councils), "council")
    return chosen, whole.of(council) if council else whole


def opened_whole() -> tuple[Settings, Store]:
    """The settings, and the store of every council."""
    chosen = settings.read()
    known = catalogue.read(chosen.reference)
    sample.ensure(chosen, known)
    return chosen, Store(chosen.store, known)


def when(_context: click.Context, _option: click.Parameter, text: str | None) -> datetime:
    try:
        return board.moment(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


def month(_context: click.Context, _option: click.Parameter, text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(f"{text[:7]}-01")
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is not a month. Write 2025-03.") from error


def print_json(document: dict[str, Any]) -> None:
    click.echo(json.dumps(document, default=str, ensure_ascii=False))


def refuse_unknown(given: Sequence[str], known: Sequence[str], what: str) -> None:
    for name in given:
        if name not in known:
            raise click.UsageError(f"There is no {what} {name!r}. Known: {', '.join(known)}.")


as_whom = click.option(
    "--role",
    type=click.Choice(access.ROLES),
    default="officer",
    help="As whom: for the public and a committee small numbers are withheld.",
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
as_at = click.option("--as-at", "as_at", callback=when, help="A date (its end) or a date and time.")
who = click.option("--by", default=getpass.getuser, help="Who does it.", metavar="NAME")
