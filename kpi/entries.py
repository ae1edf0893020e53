"""What is defined: every measure, return and word as one entry each.

Made from the catalogue, so a new measure or return has its entry without a line of code.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from kpi import formula, glossary, returns, theme, words
from kpi.catalogue import Catalogue, Column, Dataset, Kpi, Spc
from kpi.theme import Mark

RETURNS, REGISTERS, WORDS = "Returns", "Registers", "Words and signs"


@dataclass(frozen=True, kw_only=True)
class Fact:
    """A term of an entry and what it says, in one line or several.

    ``refs`` are ids of the entries that it leads to.
    """

    term: str
    text: str
    mark: Mark | None = None
    refs: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table of an entry. A cell is its lines: the first is read first, the others are smaller."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[tuple[str, ...], ...], ...]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing that is defined. ``code`` is its name in files; ``page`` has its figures."""

    entry_id: str
    group: str
    title: str
    lead: str
    text: str = ""
    code: str = ""
    page: bool = False
    facts: tuple[Fact, ...] = ()
    tables: tuple[Table, ...] = ()

    @property
    def words(self) -> str:
        """Everything that it says, as a search reads it."""
        said = [self.title, self.entry_id, self.code, self.lead, self.text, self.group]
        said += [part for fact in self.facts for part in (fact.term, fact.text)]
        said += [
            line for table in self.tables for row in table.rows for cell in row for line in cell
        ]
        return " ".join(said).casefold()


# ---- what is said of each thing ----


def entries(
    catalogue: Catalogue, targets: pl.DataFrame, priorities: Mapping[str, str]
) -> list[Entry]:
    """Every entry in the order of the page: measures by theme, returns, words and signs.

    ``targets``: kpi_id, valid_from, target, tolerance, band_low, band_high, source, set_by,
    recorded_at; a later record of the same start replaces the earlier.
    """
    measures = [
        _measure(catalogue, kpi, targets.filter(kpi_id=kpi.kpi_id), priorities)
        for theme_id in catalogue.themes
        for kpi in catalogue.of_theme(theme_id)
    ]
    monthly = [_return(catalogue, dataset) for dataset in catalogue.returns.values()]
    registers = [_return(catalogue, dataset) for dataset in catalogue.registers.values()]
    words_and_signs = map(_glossary, glossary.GROUPS)
    return [*measures, *monthly, _every_return(), *registers, *words_and_signs]


def _measure(
    catalogue: Catalogue, kpi: Kpi, targets: pl.DataFrame, priorities: Mapping[str, str]
) -> Entry:
    dataset = catalogue.datasets[kpi.dataset]
    evidence = [f"{priorities.get(name, name)} ({name})" for name in kpi.priority]
    facts = [
        Fact(term="How it is computed", text=f"{formula.fraction(kpi)}\n{formula.method(kpi)}"),
        Fact(term="Made from", text=_made_from(kpi, dataset), refs=(dataset.dataset_id,)),
        Fact(term="Unit", text=_unit(kpi)),
        Fact(term="Which way is better", text=words.POLARITY[kpi.polarity]),
        Fact(term="Months", text=formula.window(kpi)),
        *_targets(kpi, targets),
        Fact(term="Compared with", text=_benchmark(catalogue, kpi)),
        Fact(term="Evidence for", text="; ".join(evidence) or "No priority of the plan."),
        Fact(term="Limits", text=limits(kpi.spc)),
        *(
            Fact(term=f"Limits reset, {theme.month(at.period)}", text=f"{at.reason}.")
            for at in kpi.spc.rebase
        ),
    ]
    return Entry(
        entry_id=kpi.kpi_id,
        group=catalogue.themes[kpi.theme].title,
        title=kpi.title,
        lead=kpi.question,
        text=kpi.definition,
        code=f"{kpi.ref} {kpi.kpi_id}".strip(),
        page=True,
        facts=tuple(facts),
    )


def _made_from(kpi: Kpi, dataset: Dataset) -> str:
    """The columns in the order of the return, in which 'of those' refers to the one before."""
    used = [column for column in dataset.columns if column.name in kpi.columns]
    lines = [f"{column.name}: {column.help}" for column in used]
    if kpi.denominator == "population":
        lines.append(f"{formula.RESIDENTS.capitalize()}: the published estimate of each year")
    return "\n".join([*lines, "From the return"])


def _unit(kpi: Kpi) -> str:
    unit = {"%": "Per cent", "£": "Pounds"}.get(kpi.unit, kpi.unit.capitalize() or "A number")
    places = {0: "no decimals", 1: "one decimal"}.get(kpi.decimals, f"{kpi.decimals} decimals")
    return f"{unit}, shown with {places}."


def _targets(kpi: Kpi, targets: pl.DataFrame) -> list[Fact]:
    """One fact for each time that the target was set anew, the newest first."""
    if kpi.polarity == "neutral":
        return [Fact(term="Target", text="None: neither more nor less is better by itself.")]
    valid = targets.sort("recorded_at").unique("valid_from", keep="last", maintain_order=True)
    rows = valid.sort("valid_from", descending=True).rows(named=True)
    if not rows:
        return [Fact(term="Target", text="None has been set.")]
    return [
        Fact(term=f"Target since {theme.month(row['valid_from'])}", text=target(kpi, row))
        for row in rows
    ]


def target(kpi: Kpi, row: Mapping[str, Any]) -> str:
    """What is on, near and off target, the good range, and where the target comes from.

    ``row``: target, tolerance, band_low, band_high, source, set_by.
    """
    if row["target"] is None:
        return _sourced("No target from this month on", row)
    goal, allowed = row["target"], row["tolerance"] or 0
    better, worse, edge = (
        ("or more", "below", goal - allowed)
        if kpi.polarity == "high"
        else ("or less", "above", goal + allowed)
    )
    far = _figure(kpi, edge)
    near = f", near target to {far}" if allowed else ""
    band = ""
    if row["band_low"] is not None and row["band_high"] is not None:
        low, high = _figure(kpi, row["band_low"]), _figure(kpi, row["band_high"])
        band = f"\nGood range {low} to {high}"
    lights = f"On target at {_figure(kpi, goal)} {better}{near}, off target {worse} that{band}"
    return _sourced(lights, row)


def _sourced(text: str, row: Mapping[str, Any]) -> str:
    by = f"\nSet by: {row['set_by']}" if row["set_by"] else ""
    return f"{text}\nSource: {row['source'].rstrip('.')}{by}"


def _figure(kpi: Kpi, value: float) -> str:
    unit = kpi.unit if kpi.unit in ("%", "£") else ""
    return theme.in_unit(theme.shortest(value, max(kpi.decimals, 1)), unit)


def _benchmark(catalogue: Catalogue, kpi: Kpi) -> str:
    if not kpi.benchmark:
        return "No published series."
    series = catalogue.benchmarks[kpi.benchmark]
    when = "by financial year" if series.year_end == "financial year" else f"at {series.year_end}"
    return f"{series.title}, {when}\nSource: {series.source.rstrip('.')}"


def limits(spc: Spc) -> str:
    """How the process limits of a measure are set, where it differs from the rule and where not."""
    rest = f"the first {spc.fix_after} months" if spc.fix_after else "all months"
    since = "since the last reset" if spc.rebase else "since the first"
    odd = "Odd steps are left out" if spc.screen else "Odd steps are not left out"
    book = {"mdc": "Making Data Count", "ptd": "the package NHSRplotthedots"}[spc.mode]
    return f"They rest on {rest} {since}. {odd}. Rules of {book}."


def _return(catalogue: Catalogue, dataset: Dataset) -> Entry:
    made = [kpi.kpi_id for kpi in catalogue.kpis.values() if kpi.dataset == dataset.dataset_id]
    rhythm = f"{dataset.frequency.capitalize()}, {returns.due(dataset.due_day)}."
    rhythm = returns.WHOLE if dataset.register else rhythm
    facts = [
        Fact(term="Due", text=rhythm),
        Fact(term="One row for each", text=returns.grain(dataset)),
    ]
    if not dataset.register:
        none = "" if made else "None."
        facts.append(Fact(term="Measures made from it", text=none, refs=tuple(made)))
    return Entry(
        entry_id=entry_id(dataset),
        group=REGISTERS if dataset.register else RETURNS,
        title=dataset.title,
        lead=dataset.help,
        code=dataset.dataset_id,
        facts=tuple(facts),
        tables=(_columns(dataset), _rules(dataset)),
    )


def entry_id(dataset: Dataset) -> str:
    """Where a dataset stands on the page; ``assurance`` is a word there and a register."""
    return f"register-{dataset.dataset_id}" if dataset.register else dataset.dataset_id


def _columns(dataset: Dataset) -> Table:
    return Table(
        title="Columns",
        heads=("Column", "What it holds", "How it is written", "Required"),
        rows=tuple(_column(column, dataset) for column in dataset.columns),
    )


def _column(column: Column, dataset: Dataset) -> tuple[tuple[str, ...], ...]:
    also = f"also {', '.join(column.alias)}" if column.alias else ""
    how = (returns.type_of(column), returns.bounds(column), column.unit and f"in {column.unit}")
    written = ", ".join(part for part in how if part)
    left_out = "The column may be left out" if column.optional else ""
    need = (returns.required(column, dataset), left_out)
    return (column.name, also), (column.help,), (written,), need


def _rules(dataset: Dataset) -> Table:
    rows = [
        ((code,), (must, condition), (effect,))
        for code, must, condition, effect in returns.rules(dataset)
    ]
    return Table(
        title="Checks",
        heads=("Check", "What must hold", "If it does not"),
        rows=tuple(rows),
    )


def _every_return() -> Entry:
    return Entry(
        entry_id="checks",
        group=RETURNS,
        title="Checks of every return",
        lead="What is looked at whatever the return is, before anything is published.",
        facts=tuple(Fact(term=term, text=text) for term, text in returns.EVERY_RETURN.items()),
    )


def _glossary(group: glossary.Group) -> Entry:
    return Entry(
        entry_id=group.group_id,
        group=WORDS,
        title=group.title,
        lead=group.lead,
        facts=tuple(
            Fact(term=term.word, text=term.meaning, mark=term.mark) for term in group.terms
        ),
    )
