"""The catalogue: datasets, KPIs, themes and benchmark series declared in TOML, read and proven.

A new KPI, dataset, rule or benchmark series is data. Whatever the files say that cannot be true
raises :class:`CatalogueError`, naming the file, the entry and the mend.
"""

import difflib
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, fields
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from kpi.records import (
    ALWAYS,
    MEASURES,
    Benchmark,
    Catalogue,
    Column,
    Council,
    Dataset,
    Flow,
    Kpi,
    Rebase,
    Rule,
    Spc,
    Theme,
    Total,
    words,
)

__all__ = [
    "ALWAYS",
    "Benchmark",
    "Catalogue",
    "CatalogueError",
    "Column",
    "Council",
    "Dataset",
    "Flow",
    "Kpi",
    "Rebase",
    "Rule",
    "Spc",
    "Theme",
    "Total",
    "read",
]

TYPES = {"month", "date", "org", "code", "list", "flag", "brag", "ref", "text", *MEASURES}
ALLOWED = re.compile(r"(?:[a-z0-9_\s+\-*/().,<>=!]|'[A-Za-z0-9_ +-]*')*")
#: What a further council may be called: its id names its tables' place in the store.
PLACE = re.compile(r"[a-z][a-z0-9_]{1,39}")
TAKEN = frozenset({"information_schema", "main", "pg_catalog", "system", "temp"})
MASKED_YEAR = 12  # months of a figure that hides the single ones


class CatalogueError(Exception):
    """A reference file says something that cannot be true."""


def read(reference: Path) -> Catalogue:
    """Read ``reference/catalogue/*.toml``; raises CatalogueError on the first contradiction."""
    makers = {
        "council": _record(Council, "org_id"),
        "dataset": _dataset,
        "kpi": _kpi,
        "theme": _record(Theme, "theme"),
        "benchmark": _record(Benchmark, "series"),
    }
    found: dict[str, dict[str, Any]] = {kind: {} for kind in makers}
    paths = sorted((reference / "catalogue").glob("*.toml"))
    if not paths:
        raise CatalogueError(
            f"No catalogue: put at least one .toml file in {reference.name}/catalogue."
        )
    for path in paths:
        for kind, entries in _document(path, found).items():
            for name, entry in entries.items():
                where = f"{path.name}, [{kind}.{name}]"
                if name in found[kind]:
                    raise CatalogueError(f"{where}: the id is already taken. Choose another.")
                if not isinstance(entry, dict):
                    raise CatalogueError(f"{where}: expected a table of settings, found {entry!r}.")
                found[kind][name] = makers[kind](where, name, entry)
    if not found["council"]:
        raise CatalogueError("The catalogue needs a [council.<id>] entry.")
    themes = dict(sorted(found["theme"].items(), key=lambda item: item[1].order))
    catalogue = Catalogue(
        datasets=found["dataset"],
        kpis=found["kpi"],
        themes=themes,
        benchmarks=found["benchmark"],
        council=next(iter(found["council"].values())),
        folder=reference,
        councils=found["council"],
    )
    for council in list(catalogue.councils)[1:]:
        _prove_council(catalogue.of(council))
    for kpi in catalogue.kpis.values():
        _prove_kpi(catalogue, kpi)
    for council in catalogue.councils:
        _prove_targets(catalogue.of(council))
    return catalogue


def _document(path: Path, kinds: Iterable[str]) -> dict[str, Any]:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path.name}: not readable as TOML: {error}") from error
    for kind in document:
        _one_of(f"{path.name}, [{kind}]", "table", kind, kinds)
    return document


def _one_of(where: str, what: str, given: str, known: Iterable[str]) -> None:
    known = list(known)
    if given in known:
        return
    near = difflib.get_close_matches(given, known, 1)
    hint = f" Did you mean {near[0]!r}?" if near else f" Known: {', '.join(known[:12])}."
    raise CatalogueError(f"{where}: {what} {given!r} is not known.{hint}")


def _make(where: str, record: type, entry: Mapping[str, Any], **given: Any) -> Any:
    """Build a record from a TOML table; a wrong, missing or surplus key is named."""
    known = {item.name: item for item in fields(record) if item.name not in given}
    for key in entry:
        _one_of(where, "setting", key, known)
    needed = [
        name
        for name, item in known.items()
        if item.default is MISSING and item.default_factory is MISSING
    ]
    for name in needed:
        if name not in entry:
            raise CatalogueError(f"{where}: setting {name!r} is missing. Add it.")
    values = {
        name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()
    }
    return record(**given, **values)


def _dataset(where: str, name: str, entry: dict[str, Any]) -> Dataset:
    parts = {
        key: entry.get(key, default)
        for key, default in (("column", {}), ("rule", []), ("flow", []), ("total", []))
    }
    columns = tuple(
        _column(f"{where}, column {column}", column, spec)
        for column, spec in parts["column"].items()
    )
    rest = {key: value for key, value in entry.items() if key not in parts}
    dataset = _make(
        where,
        Dataset,
        rest,
        dataset_id=name,
        columns=columns,
        rules=tuple(_make(f"{where}, rule", Rule, rule) for rule in parts["rule"]),
        flows=tuple(_make(f"{where}, flow", Flow, flow) for flow in parts["flow"]),
        totals=tuple(_make(f"{where}, total", Total, total) for total in parts["total"]),
    )
    _prove_dataset(where, dataset)
    return dataset


def _column(where: str, name: str, spec: dict[str, Any]) -> Column:
    column = _make(where, Column, spec, name=name)
    _one_of(where, "type", column.type, sorted(TYPES))
    if column.type == "code" and not (column.codes or column.codes_of):
        raise CatalogueError(f"{where}: a code needs its list. Add codes = [...] or codes_of.")
    if column.type == "list" and not (column.codes or column.codes_of or column.refers_to):
        raise CatalogueError(
            f"{where}: a list needs what its ids are. Add codes = [...], codes_of or refers_to."
        )
    return column


def _kpi(where: str, name: str, entry: dict[str, Any]) -> Kpi:
    spc = dict(entry.get("spc", {}))
    rebase = tuple(_rebase(f"{where}, rebase", item) for item in spc.pop("rebase", []))
    rest = {key: value for key, value in entry.items() if key != "spc"}
    kpi = _make(where, Kpi, rest, kpi_id=name, spc=_make(f"{where}, spc", Spc, spc, rebase=rebase))
    _one_of(where, "polarity", kpi.polarity, ("high", "low", "neutral"))
    _one_of(where, "masked_by", kpi.masked_by, ("month", "year", "year_end", "never"))
    if kpi.masked_by in ("year", "year_end") and kpi.window != MASKED_YEAR:
        raise CatalogueError(
            f'{where}: masked_by is "{kpi.masked_by}" only with a window of 12 months.'
        )
    if bool(kpi.statistic) == bool(kpi.numerator):
        raise CatalogueError(f"{where}: give either numerator (and denominator) or statistic.")
    if kpi.window < 1 or (kpi.statistic and kpi.window > 1):
        raise CatalogueError(f"{where}: window is 1 or more months, and 1 for a statistic.")
    if kpi.as_reported and not kpi.statistic:
        raise CatalogueError(f"{where}: as_reported is for a statistic; sums always add up.")
    if kpi.spc.fix_after is not None and kpi.spc.fix_after < 12:
        raise CatalogueError(f"{where}: spc.fix_after is at least 12 points.")
    return kpi


def _rebase(where: str, item: dict[str, Any]) -> Rebase:
    rebase = _make(where, Rebase, item)
    try:
        return Rebase(period=date.fromisoformat(f"{rebase.period}-01"), reason=rebase.reason)
    except ValueError as error:
        raise CatalogueError(
            f"{where}: {rebase.period!r} is not a month. Write 2023-02."
        ) from error


def _record(record: type, id_field: str) -> Callable[[str, str, dict[str, Any]], Any]:
    """A maker of plain records, whose id is the name of their table."""

    def make(where: str, name: str, entry: dict[str, Any]) -> Any:
        return _make(where, record, entry, **{id_field: name})

    return make


def _prove_dataset(where: str, dataset: Dataset) -> None:
    for name in (*dataset.key, *dataset.unique, *dataset.alike):
        _one_of(f"{where}, key", "column", name, dataset.names)
    _one_of(where, "strand", dataset.strand, ("numbers", "audits", "voices"))
    _prove_month(where, dataset)
    for rule in dataset.rules:
        for name in (*rule.columns, *re.findall(r"{(\w+)}", rule.message)):
            _one_of(f"{where}, rule {rule.code}", "column", name, dataset.names)
        try:
            pl.sql_expr(rule.expect)
        except pl.exceptions.PolarsError as error:
            raise CatalogueError(
                f"{where}, rule {rule.code}: expect is not readable: {error}"
            ) from error
    for flow in dataset.flows:
        for name in (flow.stock, flow.starts, flow.ends):
            _one_of(f"{where}, flow {flow.code}", "column", name, dataset.names)
    for total in dataset.totals:
        for name in (*words(total.parts), *words(total.whole), *total.by, *total.columns):
            _one_of(f"{where}, total {total.code}", "column", name, dataset.names)
    for column in dataset.columns:
        if column.refers_to:
            _one_of(f"{where}, column {column.name}", "column", column.refers_to, dataset.names)
    names = [spelling for column in dataset.columns for spelling in (column.name, *column.alias)]
    for name in names:
        if names.count(name) > 1:
            raise CatalogueError(f"{where}: {name!r} names two columns. Drop one alias.")


def _prove_month(where: str, dataset: Dataset) -> None:
    """A return is for a month; a register is for none, so nothing of it goes by month."""
    if not dataset.register:
        if "period" not in dataset.names or dataset.column("period").type != "month":
            raise CatalogueError(f"{where}: a return needs a column period of type month.")
    elif "period" in dataset.names or dataset.org_column or dataset.flows:
        raise CatalogueError(f"{where}: a register has no column period, no team and no flow.")


def _prove_kpi(catalogue: Catalogue, kpi: Kpi) -> None:
    where = f"[kpi.{kpi.kpi_id}]"
    _one_of(where, "dataset", kpi.dataset, catalogue.returns)
    _one_of(where, "theme", kpi.theme, catalogue.themes)
    if kpi.benchmark:
        _one_of(where, "benchmark", kpi.benchmark, catalogue.benchmarks)
    if kpi.before:
        _one_of(where, "measure of the time before", kpi.before, catalogue.kpis)
    dataset = catalogue.datasets[kpi.dataset]
    for text in (kpi.numerator, kpi.denominator, kpi.statistic, kpi.filter):
        if not ALLOWED.fullmatch(text):
            raise CatalogueError(f"{where}: {text!r} holds a sign that no measure needs.")
    for column in (*kpi.columns, *filter(None, [kpi.people])):
        _one_of(where, "column", column, dataset.names)
    if kpi.priority and (catalogue.folder / "priorities.csv").exists():
        known = catalogue.table("priorities")["priority_id"].to_list()
        for priority in kpi.priority:
            _one_of(where, "priority", priority, known)


def _prove_council(catalogue: Catalogue) -> None:
    """A further council has a place of its own in the store, and a tree of its own."""
    council, path = catalogue.council.org_id, catalogue.path("organisation")
    if not PLACE.fullmatch(council) or council in TAKEN:
        raise CatalogueError(
            f"[council.{council}]: the id is small letters, figures and underscores, beginning "
            f"with a letter, and none of {', '.join(sorted(TAKEN))}."
        )
    if not path.exists():
        raise CatalogueError(
            f"[council.{council}]: its services and teams are missing. Put organisation.csv into "
            f"{path.parent.relative_to(catalogue.folder.parent)}."
        )
    if council not in catalogue.table("organisation")["org_id"].to_list():
        raise CatalogueError(
            f"[council.{council}]: councils/{council}/organisation.csv has no row {council}, of "
            "which its services are part. Add it."
        )


def _prove_targets(catalogue: Catalogue) -> None:
    if catalogue.path("targets").exists():
        for kpi_id in catalogue.table("targets")["kpi_id"].unique().sort().to_list():
            _one_of("targets.csv", "kpi_id", kpi_id, catalogue.kpis)
            if catalogue.kpis[kpi_id].polarity == "neutral":
                raise CatalogueError(
                    f"targets.csv: {kpi_id} is neutral, so it takes no target. "
                    "Give it a polarity or drop the row."
                )
