"""Cells that are kept as they are written: pseudonyms and commentary."""

import polars as pl

from kpi.ingest.characters import unguarded
from kpi.ingest.spelling import REMARKS, Spellings

LONGEST = 32_767
RUNS = r"^[=@+]"
LOOKS_RUN = r"^[=@]"


def refs(texts: pl.Series) -> Spellings:
    """A reference is no sentence: one that begins like a formula is one."""
    return _kept(texts, ("cell_formula", pl.col("text").str.contains(RUNS)))


def texts(texts: pl.Series) -> Spellings:
    return _kept(texts, ("text_formula", pl.col("text").str.contains(LOOKS_RUN)))


def _kept(texts: pl.Series, *remarks: tuple[str, pl.Expr]) -> Spellings:
    """The texts without the apostrophe that kept an earlier download harmless."""
    table = pl.DataFrame({"text": texts})
    too_long = ("text_too_long", pl.col("text").str.len_chars() > LONGEST)
    return Spellings(
        values=table.with_columns(value=unguarded(pl.col("text"))),
        remarks=pl.concat(
            pl.DataFrame(schema=REMARKS).vstack(
                table.filter(fits).select("text", code=pl.lit(code), hint=pl.lit(f"{LONGEST:,}"))
            )
            for code, fits in (*remarks, too_long)
        ),
    )
