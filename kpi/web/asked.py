"""What a request asks for: its parameters, each checked before anything is read."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Literal, TypeVar, get_args

from starlette.requests import Request

from kpi import board
from kpi import store as stores
from kpi.catalogue import Catalogue
from kpi.web.problem import Problem, said

Format = Literal["json", "csv", "parquet"]
FORMATS: tuple[Format, ...] = get_args(Format)
#: What each format is called in an Accept header; the first of each is what we answer with.
MEDIA: Mapping[Format, tuple[str, ...]] = {
    "json": ("application/json",),
    "csv": ("text/csv",),
    "parquet": ("application/vnd.apache.parquet", "application/x-parquet"),
}
#: Shapes of the parameters, for the OpenAPI document too, so in what ECMA 262 and Python share.
MONTH = "^(19|20)[0-9]{2}-(0[1-9]|1[0-2])$"
DAY = "^(19|20)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
ORG = "^[A-Za-z0-9_]{1,40}$"
MOST_ORGS = 50
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request in our own terms. Blank lists and days were not given."""

    kpis: tuple[str, ...] = ()
    orgs: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    day: date | None = None
    format: Format

    @property
    def as_at(self) -> datetime:
        """The moment to look at: the end of the day; now for today and for days to come."""
        if self.day is None:
            return stores.FOREVER
        moment = board.moment(self.day.isoformat())
        return stores.FOREVER if moment > stores.now() else moment


def whose(request: Request, known: Catalogue) -> str:
    """The council that is asked for; the first where none is, or where there is none of the name.

    Whether there is one is said to nobody who has no token here: see ``read``.
    """
    given = request.query_params.get("council", "")
    return given if given in known.councils else next(iter(known.councils))


def read(request: Request, known: Catalogue, takes: Sequence[str]) -> Asked:
    """The request's parameters; ``takes`` are those that its address has. Raises Problem."""
    given = _given(request, takes, {"kpi": len(known.kpis), "org": MOST_ORGS})
    _one(given, "council", partial(_council, known))
    return Asked(
        kpis=_kpis(given.get("kpi", []), known),
        orgs=_orgs(given.get("org", [])),
        since=_one(given, "since", _month),
        until=_one(given, "until", _month),
        day=_one(given, "as_at", _day),
        format=_one(given, "format", _format) or _accepted(request.headers.get("accept", "")),
    )


def _given(request: Request, takes: Sequence[str], most: Mapping[str, int]) -> dict[str, list[str]]:
    """The values of each parameter; ``most``: how many those may have that stand several times."""
    given: dict[str, list[str]] = {}
    for name, value in request.query_params.multi_items():
        if name not in takes:
            raise Problem(
                422, f"There is no parameter {said(name)} here. Known: {', '.join(takes)}."
            )
        given.setdefault(name, []).append(value)
    for name, values in given.items():
        times = most.get(name, 1)
        if len(values) > times:
            mend = "once" if times == 1 else f"at most {times} times"
            raise Problem(422, f"{name} is given {len(values)} times. Give it {mend}.")
    return given


def _one(given: Mapping[str, list[str]], name: str, read_as: Callable[[str, str], T]) -> T | None:
    return read_as(name, given[name][0]) if name in given else None


def _council(known: Catalogue, name: str, text: str) -> str:
    if text not in known.councils:
        raise Problem(422, f"There is no council {said(text)} for {name}.")
    return text


def _kpis(given: Sequence[str], known: Catalogue) -> tuple[str, ...]:
    for name in given:
        if name not in known.kpis:
            raise Problem(
                422, f"There is no KPI {said(name)} for kpi. /api/v1/kpis lists those there are."
            )
    return tuple(dict.fromkeys(given))


def _orgs(given: Sequence[str]) -> tuple[str, ...]:
    for name in given:
        if not re.fullmatch(ORG, name):
            raise Problem(422, f"{said(name)} for org is no id of an organisation, as CIN1 is.")
    return tuple(dict.fromkeys(given))


def _month(name: str, text: str) -> date:
    # `$` lets a line end through, which fullmatch does not.
    if not re.fullmatch(MONTH, text):
        raise Problem(422, f"{said(text)} for {name} is not a month. Write 2025-03.")
    return date.fromisoformat(f"{text}-01")


def _day(name: str, text: str) -> date:
    try:
        if re.fullmatch(DAY, text):
            return date.fromisoformat(text)
    except ValueError as error:
        raise Problem(422, f"{text} for {name} is not a day of the calendar.") from error
    raise Problem(422, f"{said(text)} for {name} is not a day. Write 2025-04-24.")


def _format(name: str, text: str) -> Format:
    if text in FORMATS:
        return text
    raise Problem(422, f"{said(text)} for {name} is not one of {', '.join(FORMATS)}.")


def _accepted(header: str) -> Format:
    """The format that an Accept header likes best (RFC 9110, 12.5.1); JSON when it has no wish."""
    wishes = dict(_wish(part) for part in header.split(",") if part.strip()) or {"*/*": 1.0}
    liked = {one: max(_liking(wishes, media) for media in MEDIA[one]) for one in FORMATS}
    best = max(FORMATS, key=lambda one: liked[one])
    if not liked[best]:
        kinds = ", ".join(media[0] for media in MEDIA.values())
        raise Problem(406, f"The Accept header asks for none of {kinds}. Use one, or format=csv.")
    return best


def _wish(part: str) -> tuple[str, float]:
    kind, *parameters = (word.strip().casefold() for word in part.split(";"))
    weight = next((word[2:] for word in parameters if word.startswith("q=")), "1")
    return kind, float(weight) if re.fullmatch(r"[01](\.[0-9]{0,3})?", weight) else 0.0


def _liking(wishes: Mapping[str, float], media: str) -> float:
    """How much a kind is wished for; what names it most closely decides."""
    close = (media, f"{media.partition('/')[0]}/*", "*/*")
    return next((wishes[name] for name in close if name in wishes), 0.0)
