"""Days, such as the one that an action is due by: 2025-05-30 or 30/05/2025, never month first."""

import re
from datetime import date

import polars as pl

from kpi.ingest.months import YEARS
from kpi.ingest.spelling import Answer, Spellings, each

ISO = re.compile(r"(?P<y>\d{4})-(?P<m>\d\d?)-(?P<d>\d\d?)")
DAY_FIRST = re.compile(r"(?P<d>\d\d?)/(?P<m>\d\d?)/(?P<y>\d{4})")
FORMULAS = ("=", "@", "+")


def read(texts: pl.Series, latest: date | None = None) -> Spellings:
    """Spellings of a day -> the day, which is not after ``latest``."""

    def answer(text: str) -> Answer:
        given = day(text)
        if latest and isinstance(given.value, date) and given.value > latest:
            return Answer(None, (("day_in_future", ""),))
        return given

    return each(texts, answer, pl.Date, "cell_not_a_day")


def day(text: str) -> Answer:
    """What a cell says of a day; one that no calendar has is told, not mended."""
    if text.lstrip("'").startswith(FORMULAS):
        return Answer(None, (("cell_formula", ""),))
    for pattern in (ISO, DAY_FIRST):
        if found := pattern.fullmatch(text):
            return _checked(text, found)
    return Answer(None, (("cell_not_a_day", ""),))


def _checked(text: str, found: re.Match[str]) -> Answer:
    try:
        value = date(int(found["y"]), int(found["m"]), int(found["d"]))
    except ValueError:
        return Answer(None, (("cell_not_a_day", ""),))
    if value.year not in YEARS:
        return Answer(None, (("cell_not_a_day", ""),))
    iso = value.isoformat()
    return Answer(value, () if text == iso else (("day_respelled", iso),))
