"""The command line, over the same code as the pages.

Exit status: 0 done, 1 the data was refused, 2 wrong use, 3 the store is in use or cannot be opened.
"""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
import polars as pl

from kpi import (
    agenda,
    benchmark,
    board,
    catalogue,
    command,
    ingest,
    intake,
    operate,
    packing,
    publication,
    questions,
    returns,
    settings,
    spreadsheet,
    targets,
)
from kpi import store as stores
from kpi.access import Role
from kpi.targets import Target


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--council", help="Of a store of several councils, which one. Without it, the first.")
def main(council: str | None) -> None:
    """Improvement KPI dashboard for children's services: load, read and keep its figures."""


for other in (
    packing.pack,
    operate.backup,
    operate.restore,
    operate.build_sample,
    operate.check,
    operate.move,
    operate.tidy,
    operate.token,
):
    main.add_command(other)


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False))
@click.option("--dataset", help="The return that the files are, when the header fits several.")
@command.who
@click.option("--reason", default="", help="Why a published month changes (10 characters or more).")
@click.option("--check", "only_check", is_flag=True, help="Check and compare; publish nothing.")
@click.option(
    "--checked-by-person",
    "prose_checked",
    is_flag=True,
    help="A person has made sure that no child can be known by the free text. It is recorded.",
)
@command.as_json
@command.plainly
def load(
    files: tuple[str, ...],
    dataset: str | None,
    by: str,
    reason: str,
    only_check: bool,
    prose_checked: bool,
    as_json: bool,
) -> None:
    """Check monthly CSV FILES and publish them together, or none of them."""
    chosen, store = command.opened()
    datasets = store.catalogue.datasets
    command.refuse_unknown([dataset] if dataset else [], list(datasets), "dataset")
    contents = []
    for file in files:
        with open(file, "rb") as handle:
            contents.append((Path(file).name, handle.read(chosen.upload_limit + 1)))
    named = [datasets[dataset] if dataset else None] * len(files)
    checked = intake.check(store, contents, chosen.upload_limit, named, prose_checked=prose_checked)
    refused = any(not one.submission.accepted for one in checked)
    published: list[publication.Published] = []
    if not refused and not only_check:
        published = intake.publish(store, checked, by, reason)
    entries = [
        _entry(one, published[index].load_id if published else None)
        for index, one in enumerate(checked)
    ]
    if as_json:
        command.print_json({"files": entries})
    else:
        _tell(entries, published)
    if refused:
        raise click.exceptions.Exit(command.REFUSED)


def _entry(one: intake.Checked, load_id: int | None) -> dict[str, Any]:
    submission, found = one.submission, one.changes
    counts = ("added", "changed", "removed", "unchanged")
    return {
        "file": submission.file,
        "dataset": submission.dataset.dataset_id if submission.dataset else None,
        "rows": submission.rows.height,
        "accepted": submission.accepted,
        "load_id": load_id,
        "findings": submission.findings.to_dicts(),
        "changes": {name: getattr(found, name) for name in counts} if found else None,
    }


def _tell(entries: list[dict[str, Any]], published: list[publication.Published]) -> None:
    for index, entry in enumerate(entries):
        click.echo(f"{entry['file']}: {entry['dataset'] or 'no return recognised'}")
        for finding in entry["findings"][: ingest.SHOWN]:
            click.echo(f"  {finding['severity']}: {finding['message']} [{finding['code']}]")
        if not entry["accepted"]:
            click.echo("  Refused: nothing was stored.")
        elif published and not published[index].is_new:
            done = published[index]
            click.echo(f"  Already published on {done.loaded_at:%d %B %Y} by {done.loaded_by}.")
        else:
            counts = ", ".join(f"{count} {name}" for name, count in entry["changes"].items())
            did = f"Published as load {entry['load_id']}" if published else "Not published"
            click.echo(f"  {did}: {entry['rows']} rows ({counts}).")


@main.command()
@click.option("--kpi", "kpis", multiple=True, help="A KPI; again for more. Without it, all.")
@click.option(
    "--org", "orgs", multiple=True, help="An organisation. Without it, the whole council."
)
@click.option("--since", callback=command.month, help="First month, as 2024-04.")
@click.option("--until", callback=command.month, help="Last month.")
@command.as_at
@command.as_whom
@command.as_json
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV.")
@command.plainly
def observations(
    kpis: tuple[str, ...],
    orgs: tuple[str, ...],
    since: date | None,
    until: date | None,
    as_at: datetime,
    role: Role,
    as_json: bool,
    as_csv: bool,
) -> None:
    """The observation frame: every figure with its target, rating and signals."""
    _, store = command.opened()
    known = store.catalogue
    command.refuse_unknown(kpis, list(known.kpis), "KPI")
    command.refuse_unknown(
        orgs, store.read("orgs")["org_id"].unique().sort().to_list(), "organisation"
    )
    frame = board.observations(
        store, kpis or list(known.kpis), orgs or [known.council.org_id], as_at, role=role
    ).filter(
        pl.lit(True) if since is None else pl.col("period") >= since,
        pl.lit(True) if until is None else pl.col("period") <= until,
    )
    if as_json:
        told = None if as_at == stores.FOREVER else as_at.isoformat() + "Z"
        command.print_json({"as_at": told, "observations": frame.to_dicts()})
    elif as_csv:
        click.echo(spreadsheet.harmless(frame).write_csv(), nl=False)
    else:
        with pl.Config(
            tbl_rows=-1, tbl_cols=-1, tbl_width_chars=160, tbl_hide_dataframe_shape=True
        ):
            shown = ["kpi_id", "period", "org_id", "value", "target", "rating", "variation"]
            click.echo(str(frame.select(*shown, "assurance", "state")))


@main.command(name="questions")
@command.as_at
@command.as_whom
@command.as_json
@command.plainly
def ask(as_at: datetime, role: Role, as_json: bool) -> None:
    """Questions for the committee, at most eight, each with its figure and its reasons."""
    _, store = command.opened()
    found = questions.ask(agenda.brief(store, as_at, role))
    if as_json:
        told = None if as_at == stores.FOREVER else as_at.isoformat() + "Z"
        listed = [agenda.entry(one, at, as_at) for at, one in enumerate(found, 1)]
        command.print_json({"as_at": told, "questions": listed})
        return
    for at, one in enumerate(found, 1):
        click.echo(f"{at}. {one.text}")


@main.command()
@click.argument("dataset")
@command.plainly
def template(dataset: str) -> None:
    """Print the template of a return: an empty CSV file with its header."""
    known = catalogue.read(settings.read().reference)
    command.refuse_unknown([dataset], list(known.datasets), "dataset")
    click.echo(returns.template(known.datasets[dataset]), nl=False)


@main.command()
@click.argument("dataset", required=False)
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV.")
@command.plainly
def dictionary(dataset: str | None, as_csv: bool) -> None:
    """What the columns, checks and measures of DATASET mean; without it, of every return."""
    known = catalogue.read(settings.read().reference)
    command.refuse_unknown([dataset] if dataset else [], list(known.datasets), "dataset")
    asked = [known.datasets[dataset]] if dataset else list(known.datasets.values())
    if as_csv:
        click.echo(returns.dictionary_csv(known, asked), nl=False)
        return
    for row in returns.dictionary(known, asked).iter_rows(named=True):
        click.echo(f"{row['return']} {row['kind']} {row['name']}: {row['meaning']} [{row['type']}]")


@main.command()
@click.argument("load_id", type=int)
@click.option("--reason", required=True, help="Why (10 characters or more).")
@command.who
@command.plainly
def withdraw(load_id: int, reason: str, by: str) -> None:
    """Take a load back; the load before it speaks again."""
    _, store = command.opened()
    publication.withdraw(store, load_id, by, reason)
    click.echo(f"Load {load_id} is withdrawn. The load before it speaks again, where there is one.")


@main.command(name="restore-load")
@click.argument("load_id", type=int)
@click.option("--reason", required=True, help="Why (10 characters or more).")
@command.who
@command.plainly
def restore_load(load_id: int, reason: str, by: str) -> None:
    """Bring a withdrawn load back; it speaks again for the months that it lost."""
    _, store = command.opened()
    publication.restore(store, load_id, by, reason)
    click.echo(f"Load {load_id} is restored. It speaks again for the months that it lost.")


def _goal(_context: click.Context, _argument: click.Parameter, text: str) -> float | None:
    if text.lower() == "none":
        return None
    try:
        return float(text)
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is neither a number nor 'none'.") from error


@main.command()
@click.argument("kpi")
@click.argument("value", callback=_goal)
@click.option("--tolerance", type=float, help="How far a figure may miss and be near its target.")
@click.option("--band", type=(float, float), metavar="LOW HIGH", help="The good range.")
@click.option("--from", "since", required=True, help="First month, as 2025-04.")
@click.option("--reason", required=True, help="Why (10 characters or more).")
@command.who
@command.plainly
def target(
    kpi: str,
    value: float | None,
    tolerance: float | None,
    band: tuple[float, float] | None,
    since: str,
    reason: str,
    by: str,
) -> None:
    """Set the target VALUE of a KPI from a month on; 'none' ends the target."""
    _, store = command.opened()
    command.refuse_unknown([kpi], list(store.catalogue.kpis), "KPI")
    low, high = band or (None, None)
    wanted = Target(
        kpi_id=kpi, valid_from=targets.month(since), target=value, tolerance=tolerance,
        band_low=low, band_high=high, reason=reason,
    )  # fmt: skip
    known = store.catalogue
    changed = targets.effects(store, wanted)
    click.echo(f"{targets.set_target(store, wanted, by)}.")
    click.echo(targets.sentence(changed, known.kpis[kpi], known.council.org_id))


@main.command()
@command.as_at
@command.as_json
@command.plainly
def loads(as_at: datetime, as_json: bool) -> None:
    """Who loaded what, when and why, newest first."""
    _, store = command.opened()
    rows = store.read("loads", as_at=as_at).to_dicts()
    if as_json:
        command.print_json({"loads": rows})
        return
    for row in rows:
        click.echo(_told(row))


def _told(row: dict[str, Any]) -> str:
    """A load in one line: when, what, how much of it still speaks, by whom, why."""
    parts = [
        f"{row['load_id']:>5}  {row['loaded_at']:%Y-%m-%d %H:%M}  {row['dataset']}  {row['file']}",
        f"{row['row_count']} rows",
        f"speaks for {row['months_speaking']} of {row['months']} months",
        f"by {row['loaded_by']}" + (f": {row['reason']}" if row["reason"] else ""),
    ]
    if row["withdrawn_at"]:
        parts.append(f"withdrawn by {row['withdrawn_by']}: {row['withdrawn_reason']}")
    if row["restored_at"]:
        parts.append(f"restored by {row['restored_by']}: {row['restored_reason']}")
    return ", ".join(parts)


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False))
@command.who
@command.plainly
def benchmarks(files: tuple[str, ...], by: str) -> None:
    """Read Department for Education statistics FILES as downloaded."""
    _, store = command.opened_whole()
    read = [
        (
            Path(file).name,
            benchmark.read(Path(file), store.catalogue.benchmarks.values(), Path(file).name),
        )
        for file in files
    ]
    board.keep_benchmarks(store, read, by)
    for name, frame in read:
        series = ", ".join(frame["series"].unique().sort())
        years = f"{frame['year'].min()} to {frame['year'].max()}"
        click.echo(f"{name}: {frame.height} figures of {series}, {years}.")
