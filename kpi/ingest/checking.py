"""The check of a file: bytes, text, header, rows, cells, rules, and what to say of each."""

import hashlib
import time
from dataclasses import dataclass, field

import polars as pl

from kpi.catalogue import ALWAYS, Catalogue, Dataset
from kpi.ingest import cells, decoding, header, identity, rows, rules, table
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
    paper = _Paper(file, hashlib.sha256(content).hexdigest(), dataset, context.seconds)
    try:
        return _check(paper, catalogue, content, context)
    except _OutOfTime:
        return paper.refused([about_file("file_too_slow", hint=f"{context.seconds:g}")])


def _check(paper: "_Paper", catalogue: Catalogue, content: bytes, context: Context) -> Submission:
    file, dataset = paper.file, paper.dataset
    if len(content) > context.limit:
        limit = f"{max(context.limit // MEGABYTE, 1)} MB"
        return paper.refused([about_file("file_too_large", hint=limit)])
    text, found = decoding.decode(content)
    if text is None:
        return paper.refused(found)
    if text.count("\n") > context.rows:
        return paper.refused([about_file("file_too_long", hint=f"{context.rows:,}")])
    datasets = [dataset] if dataset else list(catalogue.datasets.values())
    paper.look()
    heading = header.find(text, datasets)
    if heading is None:
        return paper.refused(identity.plain_text(text) or [*found, *header.absent(datasets)])
    if len(heading.cells) > context.columns:
        return paper.refused([about_file("file_too_wide", hint=f"{context.columns:,}")])
    paper.look()
    if named := identity.headings(heading, catalogue):
        return paper.refused(named)
    fits = [header.fit(dataset, heading)] if dataset else header.best_fits(heading, datasets, file)
    if len(fits) != 1 and (named := _screened(text, heading, None, context)):
        return paper.refused(named)
    if not fits:
        return paper.refused([*found, *header.unknown(heading, catalogue)])
    if len(fits) > 1:
        return paper.refused([*found, *header.ambiguous(heading, fits)])
    return _checked(paper, text, found, heading, fits[0], context)


class _OutOfTime(Exception):
    """A file has taken as long as one may; the server has others to serve."""


@dataclass(frozen=True)
class _Paper:
    file: str
    sha256: str
    dataset: Dataset | None
    seconds: float
    begun: float = field(default_factory=time.monotonic)

    def look(self) -> None:
        """Between two steps: stop when the time is up."""
        if time.monotonic() - self.begun > self.seconds:
            raise _OutOfTime

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
    known = identity.screen(lines.cells, _guard(heading, near, context))
    known += identity.broken(lines.broken)
    if identity.is_refused(known):
        return paper.refused(known)
    named = {str(place): name for name, place in near.places.items()}
    paper.look()
    laid = lines.cells.select("line", *named).rename(named)
    figures, sifted = rows.sift(laid, near, heading, quoted='"' in text)
    if lines.cells.is_empty() and lines.broken.is_empty():
        sifted = [*sifted, about_file("no_rows")]
    paper.look()
    setting = cells.Setting(
        dataset=dataset,
        separator=heading.separator,
        context=context,
        is_ascii=text.isascii(),
    )
    typed = cells.read(figures, setting)
    paper.look()
    judged, ruled = rules.judge(typed.rows, typed.unread, dataset, context)
    told = [
        *known,
        *found,
        *header.describe(near, heading),
        *lines.findings,
        *sifted,
        *typed.findings,
    ]
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


def _guard(heading: Header, near: Fit | None, context: Context) -> identity.Guard:
    return identity.Guard(header=heading, near=near, prose_checked=context.prose_checked)


def _screened(text: str, heading: Header, near: Fit | None, context: Context) -> Frames:
    lines = table.read(text, heading, has_prose=True)
    found = identity.screen(lines.cells, _guard(heading, near, context))
    return [*found, *identity.broken(lines.broken)]
