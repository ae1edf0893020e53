"""A return on paper: its empty template, its columns and checks in plain words, its dictionary.

Everything here is made from the catalogue, so a template cannot ask for what the check refuses.
"""

import csv
import io
from collections.abc import Iterable, Sequence

import polars as pl

from kpi import formula, theme
from kpi.catalogue import Catalogue, Column, Dataset
from kpi.observation import STATES

MARK = (
    "\ufeff"  # tells Excel that the file is UTF-8; it is taken off again when the file comes back
)

TYPES = {
    "month": "Month, written 2025-03",
    "org": "Team, by its code or its name",
    "date": "Day, written 2025-04-30",
    "flag": "Y or N",
    "brag": "Blue, red, amber or green; the first letter is enough",
    "list": "Ids, separated by semicolons",
    "ref": "Reference, kept as it is written",
    "text": "Text",
    "count": "Whole number",
    "number": "Number, with up to four decimals",
    "money": "Pounds and pence",
}
LISTS = {"priority": "priorities"}  # lists of codes, each with the reference table that holds it
SEVERITY = {
    "error": "The file is refused",
    "warning": "The officer is asked",
    "information": "It is noted",
}

#: When a register is due, and what a file of it does.
WHOLE = "When it changes. A file is the whole register, and replaces the one before."

#: What is checked of every return, whatever its columns are.
EVERY_RETURN = {
    "Month": "A month in the future is refused. One that is not over, or is more than 60 months "
    "ago, is asked about.",
    "Team": "A team must be in the list of teams, and open in the month.",
    "Whole or parts": "A month is given by team or for the whole council, never both: children "
    "would count twice.",
    "Totals": "A row that looks like a total is refused; totals are calculated.",
    "Blank and withheld": "A blank figure is kept as not supplied, a letter (c, k, low, u, x, z) "
    "as withheld. Neither ever counts as 0.",
    "Headings": "Columns may come in any order, in capitals or small letters, under any of the "
    "headings listed. One that is missing or unknown refuses the file.",
    "Identities": "No names, dates of birth, addresses or numbers of children or workers.",
}

COLUMNS = (
    "return return_title kind name other_headings type unit required lowest highest ask_above "
    "allowed meaning"
).split()


# ---- templates ----


def template(dataset: Dataset) -> bytes:
    """An empty file of the return: its header, as a spreadsheet on Windows opens it best."""
    return _encoded([dataset.names])


def _encoded(rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return (MARK + text.getvalue()).encode()


# ---- columns and checks in words ----


def type_of(column: Column) -> str:
    """How a cell is written: ``Whole number``, ``One of perm, agency``."""
    if column.codes:
        return f"One of {', '.join(column.codes)}"
    several = "Codes, separated by semicolons," if column.type == "list" else "Code"
    if column.codes_of:
        return f"{several} from the council’s list ({column.codes_of})"
    if column.refers_to:
        return f"{column.refers_to} of other rows, separated by semicolons"
    return TYPES[column.type]


def bounds(column: Column) -> str:
    """``0 to 80; above 40 the check asks``, or nothing where a cell has no bounds."""
    least, most = lowest(column), column.max
    if least is not None and most is not None:
        text = f"{_plain(least)} to {_plain(most)}"
    elif least is not None:
        text = f"{_plain(least)} or more"
    else:
        text = f"no more than {_plain(most)}" if most is not None else ""
    asked = f"above {_plain(column.warn_above)} the check asks" if column.warn_above else ""
    return "; ".join(part for part in (text, asked) if part)


def lowest(column: Column) -> float | None:
    """The least that a cell takes; a count is never negative."""
    return 0 if column.min is None and column.type == "count" else column.min


def _plain(figure: float | None) -> str:
    return "" if figure is None else theme.shortest(figure, 4)


def must_be_given(column: Column, dataset: Dataset) -> bool:
    """Whether a blank cell refuses the file."""
    if column.is_measure or column.type == "org":
        return False
    return column.required or column.name in dataset.key


def required(column: Column, dataset: Dataset) -> str:
    """Whether a cell must be filled, and what a blank one means."""
    if must_be_given(column, dataset):
        return "Yes"
    if column.type == "org":
        return "No: blank is the whole council"
    return "No: blank is not supplied" if column.is_measure else "No"


def rules(dataset: Dataset) -> list[tuple[str, str, str, str]]:
    """Every check of a return's own: code, what must hold, its condition, what happens if not."""
    listed = [
        (rule.code, formula.rule(rule), rule.expect, SEVERITY[rule.severity])
        for rule in dataset.rules
    ]
    listed += [
        (
            flow.code,
            formula.flow(flow),
            f"{flow.stock} = last month + {flow.starts} - {flow.ends}",
            SEVERITY["warning"],
        )
        for flow in dataset.flows
    ]
    listed += [
        (total.code, formula.total(total), total.parts, SEVERITY["error"])
        for total in dataset.totals
    ]
    return [*listed, *_linked(dataset), *_keys(dataset)]


def _linked(dataset: Dataset) -> list[tuple[str, str, str, str]]:
    found = []
    for column in dataset.columns:
        if column.refers_to:
            must = f"Every id in {column.name} is the {column.refers_to} of a row, and none leads "
            found.append(("Links", f"{must}back to itself.", "", SEVERITY["error"]))
        if column.needs_data:
            must = f"Something is published of the measure in {column.name}."
            found.append(("Figures", must, "", SEVERITY["warning"]))
    return found


def _keys(dataset: Dataset) -> list[tuple[str, str, str, str]]:
    once = f"No two rows that differ have the same {_and(dataset.key)}."
    found = [("Key", once, "", SEVERITY["error"])]
    if dataset.unique:
        once = f"No two rows have the same {_and(dataset.unique)}, whatever else they hold."
        found.append(("Once", once, "", SEVERITY["error"]))
    if dataset.alike:
        twice = f"Rows that share {_and(dataset.alike)} are kept, and told."
        found.append(("Twice", twice, "", SEVERITY["information"]))
    return found


def _and(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def grain(dataset: Dataset) -> str:
    """What a row of a return is: ``Month, team and worker_ref.``"""
    names = {"month": "month", "org": "team"}
    columns = [dataset.column(name) for name in dataset.key]
    listed = [names.get(column.type) or column.codes_of or column.name for column in columns]
    return f"{_and(listed).capitalize()}."


def due(day: int) -> str:
    """``by the 23rd of the next month``."""
    tail = "th" if day in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"by the {day}{tail} of the next month"


# ---- the data dictionary ----


def dictionary(catalogue: Catalogue, datasets: Iterable[Dataset]) -> pl.DataFrame:
    """Columns, checks and measures of returns, one row each; every cell is text."""
    rows = [row for dataset in datasets for row in _entries(catalogue, dataset)]
    return pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String), orient="row")


def dictionary_csv(catalogue: Catalogue, datasets: Iterable[Dataset]) -> bytes:
    """``dictionary`` as a file, in the dress of a template."""
    rows = dictionary(catalogue, datasets)
    return _encoded([rows.columns, *rows.iter_rows()])


def _entries(catalogue: Catalogue, dataset: Dataset) -> list[dict[str, str]]:
    entries = [_column(catalogue, column, dataset) for column in dataset.columns]
    entries += [
        {"kind": "check", "name": code, "type": effect, "meaning": must, "allowed": expect}
        for code, must, expect, effect in rules(dataset)
    ]
    entries += [
        {
            "kind": "measure",
            "name": kpi.kpi_id,
            "type": formula.fraction(kpi),
            "unit": kpi.unit,
            "meaning": f"{kpi.title}: {kpi.definition}",
        }
        for kpi in catalogue.kpis.values()
        if kpi.dataset == dataset.dataset_id
    ]
    whose = {"return": dataset.dataset_id, "return_title": dataset.title}
    return [dict.fromkeys(COLUMNS, "") | whose | entry for entry in entries]


def _column(catalogue: Catalogue, column: Column, dataset: Dataset) -> dict[str, str]:
    return {
        "kind": "column",
        "name": column.name,
        "other_headings": "; ".join(column.alias),
        "type": type_of(column),
        "unit": column.unit,
        "required": required(column, dataset),
        "lowest": _plain(lowest(column)),
        "highest": _plain(column.max),
        "ask_above": _plain(column.warn_above),
        "allowed": "; ".join(_allowed(catalogue, column)),
        "meaning": column.help,
    }


def _allowed(catalogue: Catalogue, column: Column) -> Sequence[str]:
    """The values that a cell may take, where they are listed; a figure's letters too."""
    table = LISTS.get(column.codes_of, "")
    if table and catalogue.path(table).exists():
        return catalogue.table(table)[f"{column.codes_of}_id"].to_list()
    return [*STATES] if column.is_measure else column.codes
