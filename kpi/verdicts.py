"""Claims beside the figures that test them, as HTML. Every string from data is escaped."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import polars as pl

from kpi import block, card, rules, theme
from kpi.card import Column
from kpi.catalogue import Kpi
from kpi.claims import Strand, Verdict

Row = Mapping[str, Any]


def claim(row: Row, verdict: Verdict, kpi: Kpi | None, picture: str, href: str) -> str:
    """One claim: the sentence, who said it, the verdict, the figures, how each is counted.

    ``picture`` is an image without words; ``href`` leads to the measure.
    """
    who = f"{row['said_in']}, {theme.short_day(row['said_on'])}"
    figures = "".join(_strand(strand) for strand in verdict.strands) or _untested(row)
    name = (
        f'<p class="kpi-quietly"><a href="{escape(href)}">{escape(kpi.title)}</a></p>'
        if kpi
        else '<p class="kpi-quietly">No measure of this dashboard tests it.</p>'
    )
    return (
        '<article class="kpi-claim"><div>'
        f"<h2><q>{escape(row['sentence'])}</q></h2>"
        f'<p class="kpi-quietly">{escape(who)}</p>'
        f"<p>{card.chip(theme.CLAIM[verdict.verdict])}</p>{name}{picture}</div>"
        f"<div>{figures}{_definitions(row, verdict)}</div></article>"
    )


def _untested(row: Row) -> str:
    why = row["definition"] or "It is not a matter of figures."
    return f'<section class="kpi-strand"><p>{escape(why)}</p></section>'


def _strand(strand: Strand) -> str:
    mark = theme.CLAIM[strand.verdict]
    return (
        f'<section class="kpi-strand"><h3>{escape(strand.name)}</h3>'
        f"<p>{escape(strand.says)}</p>"
        f'<p class="kpi-quietly"><span class="kpi-symbol" aria-hidden="true">{mark.symbol}</span> '
        f"{escape(mark.word)} by these figures</p></section>"
    )


def _definitions(row: Row, verdict: Verdict) -> str:
    """How the speaker may have counted, and how each set of figures counts; folded."""
    lines = {"As said": row["definition"] or "The paper does not say how it was counted."}
    lines |= {strand.name: strand.definition for strand in verdict.strands}
    if verdict.rule:
        lines["Rule"] = verdict.rule
    lines["Source of the sentence"] = row["source"] or "–"
    items = "".join(f"<dt>{escape(k)}</dt><dd>{escape(v)}</dd>" for k, v in lines.items())
    return block.folded("How each is counted", f'<dl class="kpi-terms">{items}</dl>')


def rows_of(pairs: Sequence[tuple[Row, Verdict]]) -> pl.DataFrame:
    """One row a claim and figure, for the table twin and its file."""
    rows = [
        {
            "claim_id": row["claim_id"],
            "sentence": row["sentence"],
            "said_in": row["said_in"],
            "said_on": row["said_on"],
            "verdict": theme.CLAIM[verdict.verdict].word,
            **figure,
        }
        for row, verdict in pairs
        for figure in _figures(verdict)
    ]
    text = dict.fromkeys(("claim_id", "sentence", "said_in"), pl.String)
    schema = text | {"said_on": pl.Date, "verdict": pl.String}
    schema |= {"strand": pl.String, "what": pl.String, "when": pl.String, "value": pl.Float64}
    return pl.DataFrame(rows, schema)


def _figures(verdict: Verdict) -> list[dict[str, object]]:
    found = [
        {"strand": one.strand, "what": one.what, "when": one.when, "value": one.value}
        for strand in verdict.strands
        for one in strand.figures
    ]
    return found or [{"strand": None, "what": None, "when": None, "value": None}]


def columns() -> list[Column]:
    """The table twin: each claim with the figures that its test used."""
    return [
        Column(name="sentence", title="What was said"),
        Column(name="said_on", title="When", show=lambda row: theme.short_day(row["said_on"])),
        Column(name="verdict", title="Verdict"),
        Column(name="what", title="Figure"),
        Column(name="when", title="Of"),
        Column(
            name="value",
            title="Value",
            numeric=True,
            show=lambda row: "–" if row["value"] is None else theme.shortest(row["value"], 1),
        ),
    ]


def every_rule() -> str:
    """The rule of every kind of test, folded."""
    items = "".join(
        f"<dt>{escape(rules.NAMES[name])}</dt><dd>{escape(text)}</dd>"
        for name, text in rules.TESTS.items()
    )
    return block.folded("The rule of each test", f'<dl class="kpi-terms">{items}</dl>')
