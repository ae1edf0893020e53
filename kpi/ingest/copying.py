"""The corrected copy: the file as it was read, for an officer to mend what could not be."""

import polars as pl

from kpi.catalogue import Dataset
from kpi.ingest.characters import defused
from kpi.ingest.rendering import with_state
from kpi.ingest.submission import Submission
from kpi.ingest.table import as_cell

MARK = "\ufeff"
LINE_END = "\r\n"
# Beside semicolons 1,204 was refused for what it may mean; beside our commas it would be read.
UNSURE = r"^-?\d{1,3}[.,]\d{3}$"
HEADER_FAULTS = ["column_missing", "column_unexpected", "column_doubled", "column_unnamed"]


def corrected(submission: Submission) -> bytes:
    """The rows as UTF-8 CSV with a mark at the start, as Excel reads it.

    The header is canonical, what was mended is mended, markers are kept, formula text is made
    harmless. Cells and rows that could not be read stand as they were, so that nothing is lost
    when the copy is mended and sent again. A file with a wrong header has no copy, for it would
    lose columns: the answer is the right header alone, and nothing for an unknown dataset.
    """
    dataset = submission.dataset
    if dataset is None:
        return b""
    is_whole = submission.findings.filter(pl.col("code").is_in(HEADER_FAULTS)).is_empty()
    lines = [",".join(dataset.names), *(_lines(submission, dataset) if is_whole else ())]
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
    text = pl.col("text")
    asked = pl.when(text.str.contains(UNSURE)).then(text + " ?").otherwise(defused(text))
    was = failed.select("line", was=asked)
    both = texts.join(was, on="line", how="left", maintain_order="left")
    return both.with_columns(pl.coalesce("was", name).alias(name)).drop("was")
