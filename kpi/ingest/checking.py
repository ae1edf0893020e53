"""The check of a file: bytes, text, header, rows, cells, rules, and what to say of each."""

import hashlib
from dataclasses import dataclass

import polars as pl

from kpi.catalogue import ALWAYS, Catalogue, Dataset
from kpi.ingest import cells, decoding, header, rows, rules, table
from kpi.ingest.findings import Frames, about_file, in_order
from kpi.ingest.header import Fit, Header
from kpi.ingest.submission import Context, Submission, empty_rows, schema

MEGABYTE = 1024 * 1024


def detect(catalogue: Catalogue, content: bytes, file: str) -> list[Dataset]:
    """The datasets that the file's header fits best: none, one, or several that tie."""
    text, _ = decoding.decode(content)
    datasets = list(catalogue.datasets.values())
    found = header.find(text, datasets) if text else None
    return [near.dataset for near in header.best_fits(found, datasets, file)] if found else []


def check(
    catalogue: Catalogue,
    content: bytes,
    file: str,
    context: Context,
    dataset: Dataset | None = None,
) -> Submission:
    """Check a file against its dataset, which is detected from the header unless it is given.

    Whatever the bytes are, what is wrong with them is a finding, never an exception.
    """
    paper = _Paper(file, hashlib.sha256(content).hexdigest(), dataset)
    if len(content) > context.limit:
        limit = f"{max(context.limit // MEGABYTE, 1)} MB"
        return paper.refused([about_file("file_too_large", hint=limit)])
    text, found = decoding.decode(content)
    if text is None:
        return paper.refused(found)
    datasets = [dataset] if dataset else list(catalogue.datasets.values())
    heading = header.find(text, datasets)
    if heading is None:
        return paper.refused([*found, *header.absent(datasets)])
    fits = [header.fit(dataset, heading)] if dataset else header.best_fits(heading, datasets, file)
    if not fits:
        return paper.refused([*found, *header.unknown(heading, catalogue)])
    if len(fits) > 1:
        return paper.refused([*found, *header.ambiguous(heading, fits)])
    return _checked(paper, text, found, heading, fits[0], context)


@dataclass(frozen=True)
class _Paper:
    file: str
    sha256: str
    dataset: Dataset | None

    def refused(self, found: Frames) -> Submission:
        return Submission(
            dataset=self.dataset,
            file=self.file,
            sha256=self.sha256,
            rows=empty_rows(self.dataset),
            findings=in_order(found, self.dataset.names if self.dataset else []),
        )


def _checked(
    paper: _Paper, text: str, found: Frames, heading: Header, near: Fit, context: Context
) -> Submission:
    dataset = near.dataset
    prose = any(column.type == "text" for column in dataset.columns)
    lines = table.read(text, heading, has_prose=prose)
    named = {str(place): name for name, place in near.places.items()}
    laid = lines.cells.select("line", *named).rename(named)
    figures, sifted = rows.sift(laid, near, heading, quoted='"' in text)
    if lines.cells.is_empty() and lines.broken.is_empty():
        sifted = [*sifted, about_file("no_rows")]
    setting = cells.Setting(
        dataset=dataset,
        separator=heading.separator,
        context=context,
        is_ascii=text.isascii(),
    )
    typed = cells.read(figures, setting)
    judged, ruled = rules.judge(typed.rows, typed.unread, dataset, context)
    told = [*found, *header.describe(near, heading), *lines.findings, *sifted, *typed.findings]
    return Submission(
        dataset=dataset,
        file=paper.file,
        sha256=paper.sha256,
        rows=_dated(judged, dataset),
        findings=in_order([*told, *ruled], dataset.names),
        unread=pl.concat([typed.unread, _whole_rows(lines.broken)]),
    )


def _dated(rows: pl.DataFrame, dataset: Dataset) -> pl.DataFrame:
    """A register is for no month; the store keeps it under one that is always the same."""
    if not dataset.register:
        return rows
    return rows.with_columns(period=pl.lit(ALWAYS)).select(*schema(dataset))


def _whole_rows(broken: pl.DataFrame) -> pl.DataFrame:
    return broken.select("line", pl.lit(None, pl.String).alias("column"), "text")
