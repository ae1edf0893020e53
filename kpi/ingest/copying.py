"""The corrected copy: the file as it was read, for an officer to mend what could not be."""

import polars as pl

from kpi.catalogue import Dataset
from kpi.ingest.characters import defused
from kpi.ingest.rendering import with_state
from kpi.ingest.submission import Submission
from kpi.ingest.table import as_cell

MARK = "\ufeff"
LINE_END = "\r\n"


def corrected(submission: Submission) -> bytes:
    """The rows as UTF-8 CSV with a mark at the start, as Excel reads it.

    The header is canonical, what was mended is mended, markers are kept, formula text is made
    harmless. Cells and rows that could not be read stand as they were, so that nothing is lost
    when the copy is mended and sent again. A file whose header was not understood has no copy:
    the answer is its dataset's header alone, or nothing.
    """
    dataset = submission.dataset
    if dataset is None:
        return MARK.encode()
    lines = [",".join(dataset.names), *_lines(submission, dataset)]
    return (MARK + LINE_END.join([*lines, ""])).encode()


def _lines(submission: Submission, dataset: Dataset) -> pl.Series:
    whole = pl.col("column").is_null()
    broken = submission.unread.filter(whole).select("line", "text")
    texts = submission.rows.select(
        "line",
        *(_text(column.name, with_state(column), column.is_measure) for column in dataset.columns),
    )
    for name, failed in submission.unread.filter(~whole).group_by("column"):
        texts = _as_it_was(texts, str(name[0]), failed)
    row = pl.concat_str(
        [as_cell(pl.col(name)).fill_null("") for name in dataset.names], separator=","
    )
    return pl.concat([texts.select("line", text=row), broken]).sort("line")["text"]


def _text(name: str, text: pl.Expr, is_measure: bool) -> pl.Expr:
    """A negative figure begins with a minus and is no formula."""
    return (text if is_measure else defused(text)).alias(name)


def _as_it_was(texts: pl.DataFrame, name: str, failed: pl.DataFrame) -> pl.DataFrame:
    was = failed.select("line", was=defused(pl.col("text")))
    both = texts.join(was, on="line", how="left", maintain_order="left")
    return both.with_columns(pl.coalesce("was", name).alias(name)).drop("was")
