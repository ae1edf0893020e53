"""What one figure says of the impact of a priority: for it, against it, neither, or nothing.

Status, variation and assurance stay three signals: a table says what each combination of them
means, and the definitions page shows that table. Pure: rows of observation frames in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import sqrt
from typing import Any

import polars as pl

from kpi import theme, words
from kpi.catalogue import Kpi
from kpi.observation import STATES

Row = Mapping[str, Any]

FOR, AGAINST, NEITHER, SILENT = "for", "against", "neither", "silent"

FEWEST_CASES = 10  # cases, audits or answers below which a share says nothing
STEADY_DAYS = 59  # a figure is said to be unchanged since a month from the third month on
CHANCE = 1.645  # standard errors that chance alone exceeds in one comparison of ten

#: What a figure says, by its status and its variation.
SAYS = {
    ("green", "improvement"): FOR,
    ("green", "common_cause"): FOR,
    ("green", "concern"): NEITHER,
    ("amber", "improvement"): FOR,
    ("amber", "common_cause"): NEITHER,
    ("amber", "concern"): AGAINST,
    ("red", "improvement"): FOR,
    ("red", "common_cause"): AGAINST,
    ("red", "concern"): AGAINST,
    ("none", "improvement"): FOR,
    ("none", "common_cause"): NEITHER,
    ("none", "concern"): AGAINST,
}
#: Where nothing changes and assurance says that the month's status is chance.
BY_CHANCE = {
    ("green", "consistent_fail"),
    ("red", "inconsistent"),
    ("red", "consistent_pass"),
}
#: What is not enough for an impact that is said to be embedded: status, variation, assurance.
#: A target that is met by chance, and one that is not met however fast it comes nearer.
NOT_EMBEDDED = {("amber", "improvement"), ("red", "improvement")}


#: What is said of a figure whose months are withheld, so that nobody can say how it moves.
WITHHELD = "no change judged, since single months are withheld"
STANDS = {"green": "on target", "amber": "near target", "red": "off target"}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What one measure says in one month, and the sentence that carries its figure.

    ``leading``: a headline measure, or what children say. ``short``: how far the figure is from
    its target, as a share of the target. ``is_withheld``: it is silent because small numbers are.
    """

    kpi: Kpi
    says: str
    sentence: str
    leading: bool = False
    short: float = 0.0
    row: Row | None = None
    is_withheld: bool = False

    @property
    def brief(self) -> str:
        """``Vacancy rate: 39.4%, off target``: the measure, its figure and a word on it."""
        if self.row is None:
            return self.kpi.title
        word = "" if self.kpi.before else f", {_word(self.row)}"
        return f"{self.kpi.title}: {_figure(self.kpi, self.row)}{word}"

    @property
    def order(self) -> tuple[Any, ...]:
        """What tells most first: against, for, neither; headline measures before others."""
        rank = (AGAINST, FOR, NEITHER, SILENT).index(self.says)
        return (rank, not self.leading, -self.short, self.kpi.kpi_id)


def standing(frame: pl.DataFrame, period: date) -> dict[str, dict[str, Any]]:
    """The row of each KPI in a month, with ``steady_since``: the first month without a signal.

    ``frame``: observations of one organisation. A month in which limits were reset begins anew.
    """
    until = frame.filter(pl.col("period") <= pl.lit(period)).sort("kpi_id", "period")
    last = pl.col("segment") == pl.col("segment").last().over("kpi_id")
    moved = ~pl.col("signal").is_in(["common_cause", "none"])
    steady = (
        until.filter(last)
        .group_by("kpi_id")
        .agg(
            begun=pl.col("period").filter(pl.col("observed").is_not_null()).min(),
            moved=pl.col("period").filter(moved).max().dt.offset_by("1mo"),
        )
        .select("kpi_id", steady_since=pl.coalesce("moved", "begun"))
    )
    rows = until.filter(pl.col("period") == pl.lit(period)).join(steady, on="kpi_id")
    return {row["kpi_id"]: row for row in rows.iter_rows(named=True)}


# ---- a measure by itself ----


def of(kpi: Kpi, row: Row | None, period: date, embedded: bool, counted: str = "cases") -> Finding:
    """What a measure says of an impact. ``row``: of :func:`standing`, or none.

    ``embedded``: the impact is said to be embedded, which takes more. ``counted``: what a share is
    a share of.
    """
    if row is None or row["value"] is None:
        told = f"{kpi.title}: {_missing(row, period)}."
        return Finding(kpi=kpi, says=SILENT, sentence=told, is_withheld=_is_withheld(row))
    if silence := _silence(kpi, row, counted):
        said = f"{kpi.title}: {_figure(kpi, row)}, {silence}."
        few = silence == WITHHELD
        return Finding(kpi=kpi, says=SILENT, sentence=said, row=row, is_withheld=few)
    return Finding(
        kpi=kpi,
        says=judged(row["rating"], row["variation"], row["assurance"], embedded),
        sentence=sentence(kpi, row),
        leading=kpi.headline,
        short=shortfall(row),
        row=row,
    )


def judged(rating: str, variation: str, assurance: str, embedded: bool = False) -> str:
    """What a figure says by its three signals; ``variation`` as in an observation frame."""
    way = variation.rpartition("_")[0] if variation != "common_cause" else variation
    says = SAYS[rating, way]
    steady = way == "common_cause"
    if steady and (rating, assurance) in BY_CHANCE:
        return NEITHER
    if not embedded:
        return says
    by_luck = steady and rating == "green" and assurance == "inconsistent"
    return NEITHER if by_luck or (rating, way) in NOT_EMBEDDED else says


def _missing(row: Row | None, period: date) -> str:
    if row is None:
        return f"no figure for {theme.long_month(period)} yet"
    if _is_withheld(row):
        return "withheld, small numbers"
    return f"no figure, {STATES.get(row['state'] or 'x', 'not available')}"


def _is_withheld(row: Row | None) -> bool:
    return row is not None and row["value"] is None and row["state"] == "c"


def is_cold(kpi: Kpi, row: Row) -> bool:
    """Whether a share is of so few cases that it says nothing."""
    cases = row["denominator"]
    return kpi.is_percentage and cases is not None and cases < FEWEST_CASES


def is_count(kpi: Kpi) -> bool:
    """Whether a measure only counts, so that it is not compared between areas of unlike size."""
    return not kpi.denominator and not kpi.statistic


def _silence(kpi: Kpi, row: Row, counted: str) -> str:
    """Why a known figure says nothing, or nothing."""
    points = row["points"]
    if is_cold(kpi, row):
        few = theme.in_unit(theme.shortest(row["denominator"]), counted)
        return f"but of {few} only, which is too few"
    if points is None:
        return WITHHELD
    if points < words.FEWEST:
        return f"but only {points} {'month' if points == 1 else 'months'} of figures, too few"
    return "" if row["variation"] != "none" else "but no single month that can be judged"


def shortfall(row: Row) -> float:
    """How far a figure that misses its target is from it, as a share of the target."""
    if row["target"] is None or row["rating"] not in ("amber", "red"):
        return 0.0
    return abs(row["value"] - row["target"]) / abs(row["target"] or 1)


# ---- in a sentence ----


def sentence(kpi: Kpi, row: Row, dated: bool = False) -> str:
    """``Vacancy rate: 39.4%, 32 points above the target of 7.8%, unchanged … since May 2024.``"""
    when = f" in {theme.long_month(row['period'])}" if dated else ""
    parts = [f"{kpi.title}{when}: {_figure(kpi, row)}", status(kpi, row)]
    told = ", ".join(part for part in parts if part)
    return f"{told}{_change(row)}."


def _figure(kpi: Kpi, row: Row) -> str:
    over = f" over {kpi.window} months" if kpi.window > 1 and "year" not in kpi.title else ""
    return f"{theme.with_unit(row['value'], kpi)}{over}"


def status(kpi: Kpi, row: Row) -> str:
    """Where a figure stands to its target; nothing where it has none."""
    if row["target"] is None or row["rating"] not in ("green", "amber", "red"):
        return ""
    target = words.goal(kpi, row["target"])
    if row["rating"] == "green":
        return f"meeting the target of {target}"
    side = "above" if row["value"] > row["target"] else "below"
    far = words.distance(kpi, row["value"], row["target"]) or "just"
    return f"{far} {side} the target of {target}"


def _word(row: Row) -> str:
    """One word for how a figure moves or, where it does not, for where it stands."""
    ways = {"improvement": "improving", "concern": "worsening"}
    way = ways.get(row["variation"].rpartition("_")[0])
    still = "unchanged" if row["points"] is not None else "no change judged"
    return way or STANDS.get(row["rating"], still)


def _change(row: Row) -> str:
    """How the figure moves, and since when it has not."""
    variation, rating = row["variation"], row["rating"]
    for name, word, good in (
        ("improvement", "improving", ("green", "none")),
        ("concern", "worsening", ("amber", "red", "none")),
    ):
        if variation.startswith(name):
            joint = "," if rating == "none" else " and" if rating in good else " but"
            return f"{joint} {word}"
    if row["points"] is None:
        return f", {WITHHELD}"
    since = row.get("steady_since")
    if since is None or (row["period"] - since).days < STEADY_DAYS:
        return ", unchanged beyond normal variation"
    return f", unchanged beyond normal variation since {theme.long_month(since)}"


# ---- before and since ----


def voiced(kpi: Kpi, rows: Mapping[str, Row], period: date) -> Finding:
    """What a group of people says since the plan, held against what it says of the time before.

    The difference counts when chance alone would exceed it in fewer than one comparison of ten:
    the interval of Agresti and Caffo for two shares (The American Statistician 54, 2000).
    """
    since, before = rows.get(kpi.kpi_id), rows.get(kpi.before)
    leading = kpi.voice == "children"
    if since is None or since["value"] is None:
        said, few = f"{kpi.title}: {_missing(since, period)}.", _is_withheld(since)
        return Finding(kpi=kpi, says=SILENT, sentence=said, leading=leading, is_withheld=few)
    told = f"{kpi.title}: {_answers(kpi, since)}"
    if _is_withheld(before):
        said, says = f"{told}; what was said before is withheld, small numbers.", SILENT
    elif before is None or before["value"] is None:
        said, says = f"{told}; nobody spoke of the time before.", SILENT
    else:
        says, why = _compared(since, before)
        said = f"{told}, beside {_answers(kpi, before)} before: {why}."
    few = _is_withheld(before)
    return Finding(kpi=kpi, says=says, sentence=said, leading=leading, row=since, is_withheld=few)


def _answers(kpi: Kpi, row: Row) -> str:
    answers = theme.in_unit(theme.shortest(row["denominator"]), "answers")
    return f"{theme.with_unit(row['value'], kpi)} of {answers}"


def _compared(since: Row, before: Row) -> tuple[str, str]:
    if min(since["denominator"], before["denominator"]) < FEWEST_CASES:
        return SILENT, "too few to compare"
    (now, spread), (then, other) = (_share(row) for row in (since, before))
    if abs(now - then) <= CHANCE * sqrt(spread + other):
        return NEITHER, "no more apart than chance may bring"
    return (FOR, "a real rise") if now > then else (AGAINST, "a real fall")


def _share(row: Row) -> tuple[float, float]:
    """A share and its variance, with one answer more on either side."""
    many = row["denominator"] + 2
    share = (row["numerator"] + 1) / many
    return share, share * (1 - share) / many
