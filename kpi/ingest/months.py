"""Months, in the ways that people and spreadsheets write them: day first, never guessed."""

import re
from calendar import monthrange
from datetime import date, timedelta

import polars as pl

from kpi.ingest.spelling import Answer, Spellings, each

NAMES = (
    "january february march april may june july august september october november december"
).split()
SHORT = {name[:3]: number for number, name in enumerate(NAMES, 1)} | {"sept": 9}
NUMBERS = SHORT | {name: number for number, name in enumerate(NAMES, 1)}

YEAR, DAY, MONTH, WORD = r"(?P<y>\d{4})", r"(?P<d>\d{1,2})", r"(?P<m>\d{1,2})", r"(?P<name>[a-z]+)"
TIME = r"([T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?)?"
PLAIN = re.compile(rf"{YEAR}-(?P<m>\d\d)(-(?P<d>\d\d)({TIME}))?", re.I)
DAY_FIRST = re.compile(rf"{DAY}([/. -]){MONTH}\2{YEAR}{TIME}", re.I)
# Other spellings that leave no doubt. The next one is one more line.
RESPELLED = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"{YEAR}([/. -]){MONTH}(\2{DAY})?{TIME}",
        r"(?P<y>(19|20)\d\d)(?P<m>\d\d)(?P<d>\d\d)?",
        rf"{MONTH}[/. -]{YEAR}",
        rf"({DAY}(st|nd|rd|th)?[ /-]?)?\b{WORD}\.?[ ,/'-]*(?P<y>\d{{4}}|\d\d)",
        rf"{WORD}\.? {DAY}(st|nd|rd|th)?,? {YEAR}",
        rf"{YEAR}[ /-]{WORD}",
    )
)
SERIAL = re.compile(r"(\d{5})(\.0+)?")
SERIALS = range(36526, 55154)
SERIAL_EPOCH = date(1899, 12, 30)
YEARS = range(1900, 2101)
OLD = 60

# Why a spelling is no month, when there is more to say than that.
FAULTS = (
    ("cell_formula", re.compile(r"'?[=+@].*", re.S)),
    ("month_two_digit_year", re.compile(r"\d{1,2}[/. -]\d{1,2}[/. -]\d\d")),
    (
        "month_without_year",
        re.compile(rf"({'|'.join(NUMBERS)})\.?|\d{{1,2}}[ /-]?({'|'.join(NUMBERS)})", re.I),
    ),
)


def read(texts: pl.Series, today: date) -> Spellings:
    """Month spellings -> the first of the month."""
    return each(texts, lambda text: month(text, today), pl.Date, "cell_not_a_month")


def read_any(texts: pl.Series) -> Spellings:
    """Month spellings -> the first of the month, however long ago or far ahead."""
    return each(texts, any_month, pl.Date, "cell_not_a_month")


def any_month(text: str) -> Answer:
    """What a cell says of a month that figures need not be for."""
    given = _spelt(text)
    if not isinstance(given.value, date):
        return given
    return Answer(given.value.replace(day=1), given.remarks)


def month(text: str, today: date) -> Answer:
    """What a cell says of a month, seen from ``today``."""
    given = _spelt(text)
    if not isinstance(given.value, date):
        return given
    first = given.value.replace(day=1)
    distance = (first.year - today.year) * 12 + first.month - today.month
    if distance > 1:
        return Answer(None, (("month_in_future", ""),))
    if distance >= 0:
        return Answer(first, (*given.remarks, ("month_not_over", named(first))))
    if distance < -OLD:
        return Answer(first, (*given.remarks, ("month_old", named(first))))
    return Answer(first, given.remarks)


def is_month(text: str) -> bool:
    return _spelt(text.strip()).value is not None


def month_of(text: str) -> date | None:
    """The first of the month that a person typed, past or future; None when it is none."""
    value = _spelt(text.strip()).value
    return value.replace(day=1) if isinstance(value, date) else None


def named(first: date) -> str:
    """'June 2023'."""
    return f"{NAMES[first.month - 1].title()} {first.year}"


def _spelt(text: str) -> Answer:
    if found := PLAIN.fullmatch(text):
        day = _date(found)
        return Answer(day) if day else _fault(text)
    if found := DAY_FIRST.fullmatch(text):
        return _day_first(found)
    if found := SERIAL.fullmatch(text):
        return _serial(text, int(found[1]))
    for pattern in RESPELLED:
        if (found := pattern.fullmatch(text)) and (day := _date(found)):
            return Answer(day, (("month_respelled", named(day)),))
    return _fault(text)


def _date(found: re.Match[str]) -> date | None:
    """The day that a match gives, or the first of its month; None when there is none such."""
    parts = found.groupdict()
    year = int(parts["y"]) + (2000 if len(parts["y"]) == 2 else 0)
    number = NUMBERS.get(parts["name"].casefold(), 0) if "name" in parts else int(parts["m"])
    if year not in YEARS or not 1 <= number <= 12:
        return None
    day = int(parts.get("d") or 1)
    return date(year, number, day) if 1 <= day <= monthrange(year, number)[1] else None


def _day_first(found: re.Match[str]) -> Answer:
    """A date in figures. One that only makes sense month first, or may, is not guessed at."""
    day, number = int(found["d"]), int(found["m"])
    if number > 12 and day <= 12:
        return Answer(None, (("month_us_order", ""),))
    read = _date(found)
    if read is None:
        return Answer(None, (("cell_not_a_month", ""),))
    if number == 1 and 2 <= day <= 12:
        # 06/01/2023: a month's figures are dated at its start, which here is 1 June in the USA.
        either = f"{named(read)} or {named(read.replace(month=day, day=1))}"
        return Answer(None, (("month_ambiguous", either),))
    if 2 <= day <= 12 and day != number:
        return Answer(read, (("month_day_first", _full(read)),))
    return Answer(read, (("month_respelled", named(read)),))


def _serial(text: str, number: int) -> Answer:
    """The number behind a date in a spreadsheet (1900 system)."""
    if number not in SERIALS:
        return _fault(text)
    day = SERIAL_EPOCH + timedelta(days=number)
    return Answer(day, (("month_serial", _full(day)),))


def _full(day: date) -> str:
    return f"{day.day} {named(day)}"


def _fault(text: str) -> Answer:
    codes = (code for code, pattern in FAULTS if pattern.fullmatch(text))
    return Answer(None, ((next(codes, "cell_not_a_month"), ""),))
