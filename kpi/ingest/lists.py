"""Cells that take a value from a list: teams, codes, yes and no, the colours of a plan."""

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from kpi.ingest.characters import joined, squeezed
from kpi.ingest.findings import cut
from kpi.ingest.spelling import Answer, Spellings, each

WHOLE_COUNCIL = {
    "all", "allteams", "council", "wholecouncil", "authority", "wholeauthority",
    "service", "wholeservice",
}  # fmt: skip
FLAGS = {
    **dict.fromkeys(("y", "yes", "true", "t", "1"), True),
    **dict.fromkeys(("n", "no", "false", "f", "0"), False),
}
BRAG = {"b": "blue", "r": "red", "a": "amber", "g": "green"}
COLOURS = BRAG | {colour: colour for colour in BRAG.values()}
FORMULAS = ("=", "@", "+")
SUGGESTIONS = 200
BETWEEN = re.compile(r"[;,\n]")
WRONG = "list_unknown"
LISTED = 12


def flags(texts: pl.Series) -> Spellings:
    return each(texts, lambda text: _of(FLAGS, text, "flag_unknown"), pl.Boolean, "flag_unknown")


def brags(texts: pl.Series) -> Spellings:
    return each(texts, lambda text: _of(COLOURS, text, "brag_unknown"), pl.String, "brag_unknown")


def _of(known: Mapping[str, object], text: str, unknown: str) -> Answer:
    value = known.get(text.casefold())
    return Answer(None, ((unknown, ""),)) if value is None else Answer(value)


def codes(texts: pl.Series, known: Sequence[str]) -> Spellings:
    """Codes in any case and spacing -> as the list spells them."""
    near = _near((code, code) for code in known)
    nearest = Nearest(known)

    def answer(text: str) -> Answer:
        if text in known:
            return Answer(text)
        return _respelled(text, near, "code") or _unknown(text, nearest, "code")

    return each(texts, answer, pl.String, "code_unknown")


def several(texts: pl.Series, known: Sequence[str] | None) -> Spellings:
    """Ids in one cell, separated by semicolons or commas -> the list of them, each once.

    ``known`` is None where what the ids lead to is only seen once the whole file is read.
    """
    near = _near((code, code) for code in known or ())
    nearest = Nearest(known or ())

    def answer(text: str) -> Answer:
        parts = [part.strip() for part in BETWEEN.split(text) if part.strip()]
        if known is None:
            return Answer(list(dict.fromkeys(parts)))
        answers = [_one(part, known, near, nearest) for part in parts]
        wrong = [hint for given in answers for code, hint in given.remarks if code == WRONG]
        if wrong:
            return Answer(None, ((WRONG, "; ".join(wrong)),))
        values = list(dict.fromkeys(given.value for given in answers))
        respelt = values if any(given.remarks for given in answers) else []
        return Answer(values, (("list_respelled", ";".join(map(str, respelt))),) if respelt else ())

    return each(texts, answer, pl.List(pl.String), WRONG)


def _one(part: str, known: Sequence[str], near: Mapping[str, str], nearest: "Nearest") -> Answer:
    if part in known:
        return Answer(part)
    hint = f"{cut(part)}, which is not known here.{nearest.hint(part)}"
    return _respelled(part, near, "list") or Answer(None, ((WRONG, hint),))


def orgs(texts: pl.Series, listed: pl.DataFrame) -> Spellings:
    """Ids or names of teams in any case and spacing -> the id; words for 'all' -> the council."""
    ids = listed["org_id"].unique(maintain_order=True).to_list()
    names = listed.select("name", "org_id").drop_nulls().iter_rows()
    near = _near([*zip(ids, ids, strict=True), *names])
    nearest, whole = Nearest(ids), council(listed)

    def answer(text: str) -> Answer:
        if text in ids:
            return Answer(text)
        if squeezed(text) in WHOLE_COUNCIL:
            return Answer(whole) if whole else Answer(None, (("org_no_council", ""),))
        return _respelled(text, near, "org") or _unknown(text, nearest, "org")

    return each(texts, answer, pl.String, "org_unknown")


def council(listed: pl.DataFrame) -> str | None:
    """The id of the whole council; None when the list of teams has none, or several."""
    ids = listed.filter(pl.col("level") == "council")["org_id"].unique()
    return ids[0] if len(ids) == 1 else None


def _near(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Squeezed spelling -> value, without spellings that two values share."""
    different = {(squeezed(spelling), value) for spelling, value in pairs}
    often = Counter(spelling for spelling, _ in different)
    return {spelling: value for spelling, value in different if spelling and often[spelling] == 1}


def _respelled(text: str, near: Mapping[str, str], kind: str) -> Answer | None:
    value = None if text.startswith(FORMULAS) else near.get(squeezed(text))
    return None if value is None else Answer(value, ((f"{kind}_respelled", value),))


def _unknown(text: str, nearest: "Nearest", kind: str) -> Answer:
    if text.lstrip("'").startswith(FORMULAS):
        return Answer(None, (("cell_formula", ""),))
    return Answer(None, ((f"{kind}_unknown", nearest.hint(text)),))


class Nearest:
    """Suggests the nearest of a list, for the first SUGGESTIONS spellings that ask."""

    def __init__(self, known: Sequence[str]) -> None:
        self.known = {joined(value): value for value in known}
        self.left = SUGGESTIONS

    def hint(self, text: str) -> str:
        if not self.known:
            return " The list is empty: an administrator has to fill it first."
        if len(self.known) <= LISTED:
            return f" Known: {', '.join(self.known.values())}."
        self.left -= 1
        close = difflib.get_close_matches(joined(text), self.known, 1) if self.left >= 0 else []
        return f" Nearest: {self.known[close[0]]}." if close else ""
