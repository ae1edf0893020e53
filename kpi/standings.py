"""What a comparison with other councils says: sentences, and the columns of its tables."""

from collections.abc import Mapping
from datetime import date
from html import escape
from typing import Any

import polars as pl

from kpi import block, theme
from kpi.card import Column
from kpi.catalogue import Kpi
from kpi.ranks import printed
from kpi.words import POLARITY

Row = Mapping[str, Any]

AGAINST = {
    "better": ("▲", "Better"),
    "worse": ("▼", "Worse"),
    "higher": ("△", "Higher"),
    "lower": ("▽", "Lower"),
    "level": ("=", "Level"),
    "": ("–", "Not known"),
}
QUARTER = {1: "best quarter", 2: "second quarter", 3: "third quarter", 4: "worst quarter"}
BY_SIZE = {1: "highest quarter", 2: "second quarter", 3: "third quarter", 4: "lowest quarter"}

NOTHING = (
    "No measure has published comparators yet",
    "Import the Department for Education's files: python -m kpi benchmarks FILE …",
)
#: In which order bars stand.
ORDER = {
    "low": "the lowest, which is best, on top",
    "high": "the highest, which is best, on top",
    "neutral": "the highest on top",
}
SOURCES = (
    "Source: Department for Education, published statistics, Open Government Licence v3.0; the "
    "statistic and year of each measure stand with its own comparison. Rank 1 is best by the "
    "measure's polarity, or the highest where neither is better; equal figures share a rank, and "
    "withheld figures have none. Better and worse compare with the neighbours' median. Counts "
    "are left out, since they say nothing of a council of another size."
)
ALONE = (
    "Only the figures of England, the region and the neighbours' median are held for this measure, "
    "so there is no rank. Rank, quarter and each neighbour appear when the Department's file is "
    "imported: python -m kpi benchmarks FILE …"
)


def place(kpi: Kpi, row: Row) -> str:
    """``rank 3 of 151, in the best quarter``; empty without a rank."""
    if row["rank"] is None:
        return ""
    quarter = _words(kpi).get(row["quarter"])
    return f"rank {row['rank']} of {row['ranked']}{f', in the {quarter}' if quarter else ''}"


def _words(kpi: Kpi) -> dict[int, str]:
    return BY_SIZE if kpi.polarity == "neutral" else QUARTER


def lead(kpi: Kpi, row: Row) -> str:
    """What is said under the page's message: rank, which way is better, whose figures they are."""
    rank = place(kpi, row)
    told = f"{rank[0].upper()}{rank[1:]}: 1 is {_first(kpi)}. " if rank else ""
    return f"{told}{POLARITY[kpi.polarity]} All figures on this page are published statistics."


def _first(kpi: Kpi) -> str:
    return {"low": "the lowest", "high": "the highest"}.get(kpi.polarity, "the highest")


def neighbours(held: pl.DataFrame) -> str:
    """Which set of neighbours, and which statistic of them."""
    if held.is_empty():
        return "No statistical neighbours are held."
    return (
        f"Neighbours: the {theme.spelt(held.height)} statistical neighbours of the "
        f"{held['model_year'][0]} model, by their median."
    )


def source(publisher: str, held: pl.DataFrame, day: date) -> str:
    """Where the figures come from, as at when, and whom the neighbours are."""
    return f"Source: {publisher}, as at {theme.day(day)}. {neighbours(held)}"


def group(kpi: Kpi, found: pl.DataFrame, year: int) -> str:
    """The message over the council beside its neighbours: how many of them do better."""
    own = found.filter(kind="own").drop_nulls("value")
    known = found.filter(kind="neighbour").drop_nulls("value")
    if own.is_empty() or known.is_empty():
        return f"{kpi.title}, {year}"
    value = own["value"][0]
    above, below = (known.filter(side).height for side in (pl.col("value") > value,
                                                           pl.col("value") < value))  # fmt: skip
    of = f"of {theme.spelt(known.height)} neighbours"
    if kpi.polarity == "neutral":
        return f"{_count(above)} {of} had a higher figure in {year}"
    better = above if kpi.polarity == "high" else below
    return f"{_count(better)} {of} did better in {year}"


def _count(number: int) -> str:
    return theme.spelt(number).capitalize()


def among(kpi: Kpi, row: Row, council: str) -> str:
    """The message over all authorities."""
    quarter = _words(kpi).get(row["quarter"])
    where = f": the {quarter}" if quarter else ""
    return f"{council} has rank {row['rank']} of {row['ranked']} authorities{where}"


def moving(kpi: Kpi, row: Row, council: str) -> str:
    """The message over the years: how far the council has moved, and its neighbours."""
    if row["own_moved"] is None:
        return f"{kpi.title}, year by year"
    own = movement(kpi, row["own_moved"])
    first = f"Since {row['since']}: {council} {own}"
    near = row["neighbours_moved"]
    return first if near is None else f"{first}, its neighbours {movement(kpi, near)}"


def overall(rows: pl.DataFrame, council: str) -> str:
    """The message over the table of all measures."""
    counts = {name: rows.filter(against=name).height for name in ("better", "worse", "level")}
    judged = sum(counts.values())
    if not judged:
        return f"How {council} stands beside its neighbours"
    level = f", level on {theme.spelt(counts['level'])}" if counts["level"] else ""
    return (
        f"{council} does better than its neighbours on {theme.spelt(counts['better'])} of "
        f"{theme.spelt(judged)} measures, worse on {theme.spelt(counts['worse'])}{level}"
    )


def movement(kpi: Kpi, moved: float | None) -> str:
    """``up 3.2 points``, ``down 12``, ``no change`` or a dash, at the printed decimal."""
    if moved is None:
        return "–"
    size = theme.shortest(abs(moved), max(kpi.decimals, 1))
    if size == "0":
        return "no change"
    unit = "points" if kpi.is_percentage else kpi.unit if kpi.unit == "£" else ""
    return f"{'up' if moved > 0 else 'down'} {theme.in_unit(size, unit)}"


def table(
    rows: pl.DataFrame, kpis: Mapping[str, Kpi], links: Mapping[str, str], council: str
) -> str:
    """All measures that have comparators, a row each; ``links`` leads to each one's comparison."""
    heads = ("Measure", council, "Neighbours", "England", "Against neighbours", "Rank",
             "Over five years")  # fmt: skip
    cells = [_row(row, kpis[row["kpi_id"]], links[row["kpi_id"]])
             for row in rows.iter_rows(named=True)]  # fmt: skip
    body = block.stacked_table("Every measure that has published comparators", heads, cells)
    return f'<div class="kpi-worklist kpi-overview">{body}</div>'


def _row(row: Row, kpi: Kpi, href: str) -> tuple[str, ...]:
    symbol, word = AGAINST[row["against"]]
    unit = "" if kpi.unit in ("%", "£") else f"<span>{escape(kpi.unit)}</span>"
    rank = place(kpi, row) or "–"
    return (
        f'<a href="{escape(href)}">{escape(kpi.title)}</a>{unit}',
        f"<b>{printed(kpi, row['own'])}</b><span>{row['year']}</span>",
        printed(kpi, row["neighbours"]),
        printed(kpi, row["country"]),
        f'<span class="kpi-against"><span class="kpi-symbol" aria-hidden="true">{symbol}</span> '
        f"{word}{_gap(kpi, row)}</span>",
        escape(rank[0].upper() + rank[1:]),
        f"{movement(kpi, row['own_moved'])}<span>neighbours "
        f"{movement(kpi, row['neighbours_moved'])}, since {row['since']}</span>"
        if row["own_moved"] is not None
        else f"–<span>no figure of {row['since']}</span>",
    )


def _gap(kpi: Kpi, row: Row) -> str:
    if row["neighbours"] is None or row["against"] in ("", "level"):
        return ""
    unit = "points" if kpi.is_percentage else kpi.unit if kpi.unit == "£" else ""
    size = theme.shortest(abs(row["own"] - row["neighbours"]), max(kpi.decimals, 1))
    return f" by {theme.in_unit(size, unit)}"


def others(kpi: Kpi) -> list[Column]:
    """The table twin of the council beside its neighbours: one row an area."""
    return [
        Column(name="area", title="Area"),
        Column(
            name="value",
            title=f"{kpi.title} ({kpi.unit})",
            numeric=True,
            show=lambda row: printed(kpi, row["value"], row["state"]),
        ),
    ]


def every(kpi: Kpi) -> list[Column]:
    """The table twin of all authorities: one row an authority."""
    words = _words(kpi)
    return [
        Column(name="rank", title="Rank", numeric=True),
        *others(kpi),
        Column(name="quarter", title="Quarter", show=lambda row: words.get(row["quarter"], "–")),
    ]
