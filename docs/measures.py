"""Write ``docs/measures.md`` again: ``python docs/measures.py [FILE]``, from the project's folder.

The table says which KPI of the catalogue answers each measure that was asked for; the measures, and
what a reader must know of some of them, are in ``measures.toml`` beside it.
"""

import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from kpi import catalogue, settings
from kpi.catalogue import Catalogue, Kpi

HEADING = """# Measures

Which KPI answers each measure that was asked for, written by `python docs/measures.py`.

The catalogue can say all of them. Where a KPI stands for less than it seems, the note says so.

| Id | Asked for | KPI | Return | Covers | Target | Note |
| --- | --- | --- | --- | --- | --- | --- |
"""


WITHOUT = """
## Without a figure

In the illustrative months these have no figure for the council in March 2025:

"""


def listed() -> dict[str, dict[str, str]]:
    """``measures.toml``: what was asked for, notes, and what has no figure."""
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def lines(book: Catalogue, measures: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """A row for each KPI of each measure; one that no KPI answers is shown as such."""
    rows = book.table("targets").sort("valid_from").rows(named=True)
    targets = {row["kpi_id"]: row["target"] for row in rows}
    for ref, asked in measures["asked"].items():
        for place, kpi in enumerate([k for k in book.kpis.values() if k.ref == ref] or [None]):
            named = (ref, asked, measures["note"].get(ref, "")) if place == 0 else ("", "", "")
            yield _line(book, named, kpi, targets)


def _line(
    book: Catalogue, named: tuple[str, str, str], kpi: Kpi | None, targets: Mapping[str, str]
) -> str:
    ref, asked, note = named
    cells = ["not yet", "", "", ""]
    if kpi:
        covers = "month" if kpi.window == 1 else f"{kpi.window} months"
        target = targets.get(kpi.kpi_id, "context" if kpi.polarity == "neutral" else "none")
        cells = [f"`{kpi.kpi_id}`: {kpi.title}", book.datasets[kpi.dataset].title, covers, target]
    return f"| {' | '.join([ref, asked, *cells, note])} |\n"


def text() -> str:
    """The whole document."""
    book, measures = catalogue.read(settings.read().reference), listed()
    without = "".join(f"- `{name}`: {reason}.\n" for name, reason in measures["no_figure"].items())
    return HEADING + "".join(lines(book, measures)) + WITHOUT + without


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_suffix(".md")
    target.write_text(text(), encoding="utf-8")
