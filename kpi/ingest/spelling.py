"""What parsing a column yields: a value for each spelling that occurs, and remarks about some.

Columns repeat themselves: a file of a million rows has a few hundred spellings of a month or a
team. Each is parsed once, and the cells look theirs up.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import polars as pl
from polars.datatypes import DataType, DataTypeClass

from kpi.ingest.kinds import KINDS

REMARKS = {"text": pl.String, "code": pl.String, "hint": pl.String}
# More than any list of months, teams or codes has. What lies beyond is an error unread.
MOST = 10_000


@dataclass(frozen=True, kw_only=True)
class Spellings:
    """``values``: text, value, and state for a figure. ``remarks``: text, code, hint."""

    values: pl.DataFrame
    remarks: pl.DataFrame

    @property
    def wrong(self) -> pl.DataFrame:
        """The spellings that are errors: text."""
        if self.remarks.is_empty():
            return self.remarks.select("text")
        codes = self.remarks["code"].unique().to_list()
        errors = [code for code in codes if KINDS[code].severity == "error"]
        return self.remarks.filter(pl.col("code").is_in(errors)).select("text").unique()


class Answer(NamedTuple):
    """What one spelling means, and (code, hint) of each remark about it."""

    value: object = None
    remarks: tuple[tuple[str, str], ...] = ()


def each(
    texts: pl.Series, answer: Callable[[str], Answer], dtype: DataType | DataTypeClass, beyond: str
) -> Spellings:
    """Ask ``answer`` about every spelling; those after the first MOST get the remark ``beyond``."""
    read, unread = texts.head(MOST).to_list(), texts.slice(MOST)
    answers = [answer(text) for text in read]
    values = pl.Series([given.value for given in answers], dtype=dtype)
    remarks = [
        (text, *remark)
        for text, given in zip(read, answers, strict=True)
        for remark in given.remarks
    ]
    rest = pl.DataFrame({"text": unread}).with_columns(code=pl.lit(beyond), hint=pl.lit(""))
    return Spellings(
        values=pl.DataFrame({"text": texts.head(MOST), "value": values}),
        remarks=pl.concat([pl.DataFrame(remarks, schema=REMARKS, orient="row"), rest]),
    )
