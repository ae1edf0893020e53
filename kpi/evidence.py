"""Whether the evidence shows the impact that a priority's owner reports.

Three strands, month by month: numbers (the measures linked to the priority), audits (the quality
of the work), voices (what children and families say). Each speaks for the impact, against it,
neither way, or is silent; together they are held against the rating. The rule is in the small
tables of this module and of ``kpi.finding``, and the definitions page is written from them. Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from kpi import finding, theme
from kpi.catalogue import Catalogue, Kpi
from kpi.finding import AGAINST, FOR, NEITHER, SILENT, Finding

Row = Mapping[str, Any]

STRANDS = ("numbers", "audits", "voices")
HALF, QUARTER = (
    2,
    4,
)  # a strand speaks for: at least half of what is known, at most a quarter against
EMBEDDED_STRANDS = 2  # strands that must speak for an impact that is said to be embedded

SUPPORTED, NOT_YET_SHOWN = "supported", "not_yet_shown"
CONTRADICTED, NO_EVIDENCE = "contradicted", "no_evidence"
WITHHELD = "withheld"

#: Ratings that say that children notice a difference.
CLAIMS = ("blue", "green")

#: What the strands say together, by rating: does it bear the rating out?
VERDICTS = {
    "blue": {
        "better": SUPPORTED,
        "divided": NOT_YET_SHOWN,
        "unchanged": NOT_YET_SHOWN,
        "worse": CONTRADICTED,
    },
    "green": {
        "better": SUPPORTED,
        "divided": NOT_YET_SHOWN,
        "unchanged": NOT_YET_SHOWN,
        "worse": CONTRADICTED,
    },
    "amber": {
        "better": SUPPORTED,
        "divided": SUPPORTED,
        "unchanged": SUPPORTED,
        "worse": CONTRADICTED,
    },
    "red": {
        "better": CONTRADICTED,
        "divided": SUPPORTED,
        "unchanged": SUPPORTED,
        "worse": SUPPORTED,
    },
}

NAMES = {"numbers": "Numbers", "audits": "Audits", "voices": "Voices"}
THINGS = {
    "numbers": ("measure", "measures"),
    "audits": ("audit measure", "audit measures"),
    "voices": ("group of people", "groups of people"),
}
NOTHING = {
    "numbers": "no measure of which one way is better is linked to this priority",
    "audits": "no theme of the audits is linked to this priority",
    "voices": "nobody is asked about this priority, before the plan and since",
}
#: What keeps a strand from showing impact, though most of it does.
HOLDS = {
    "numbers": "a headline measure",
    "audits": "a headline measure",
    "voices": "what children say",
}
#: What a strand does, and what each of its findings does: one, or several.
TELLS = {FOR: "show impact", AGAINST: "speak against impact", NEITHER: "decide nothing"}
DOES = {
    FOR: ("shows it", "show it"),
    AGAINST: ("speaks against it", "speak against it"),
    NEITHER: ("decides nothing", "decide nothing"),
}
#: What goes before the figures of a verdict.
LEADS = {
    SUPPORTED: "The evidence bears the rating out.",
    NOT_YET_SHOWN: "The evidence does not show it yet.",
    CONTRADICTED: "The evidence says otherwise.",
    NO_EVIDENCE: "There is no evidence to hold it against.",
    WITHHELD: "What it could be held against is withheld: small numbers.",
}
BETTER_THAN_RATED = "The evidence is better than that."


@dataclass(frozen=True, kw_only=True)
class Strand:
    """One strand of one month: what it says, in a sentence, and the findings behind it."""

    name: str
    says: str
    sentence: str
    findings: tuple[Finding, ...]

    @property
    def mark(self) -> str:
        """What stands over it: what it says, or that small numbers keep it from saying anything."""
        return WITHHELD if self.says == SILENT and self.has_withheld else self.says

    @property
    def has_withheld(self) -> bool:
        return any(one.is_withheld for one in self.findings)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the evidence says of the impact that was reported of a priority for a month."""

    priority_id: str
    period: date
    impact: str | None
    verdict: str
    lead: str
    strands: tuple[Strand, ...]

    @property
    def reasons(self) -> list[str]:
        """Sentences that carry the figures: of each strand how it speaks, and what tells most."""
        told = []
        for strand in self.strands:
            told.append(strand.sentence)
            first = next((one for one in strand.findings if one.says != SILENT), None)
            if first:
                told.append(first.sentence)
        return told

    @property
    def brief(self) -> str:
        """The figure that tells most: what holds the rating back, or what bears it out."""
        found = [one for strand in self.strands for one in strand.findings if one.says != SILENT]
        first = AGAINST if self.verdict != SUPPORTED or self.impact == "red" else FOR
        way = 1 if first == FOR else -1  # what bears out by standing well, and what does not
        found.sort(
            key=lambda one: (one.says != first, not one.leading, way * one.short, one.kpi.kpi_id)
        )
        return found[0].brief if found else ""

    @property
    def open_to_question(self) -> list[Finding]:
        """The figures to ask about: against the impact before undecided, worst first."""
        found = [one for strand in self.strands for one in strand.findings]
        doubtful = [one for one in found if one.says in (AGAINST, NEITHER)]
        return sorted(doubtful or found, key=lambda one: one.order)


def linked(catalogue: Catalogue, priority_id: str, strand: str) -> list[Kpi]:
    """The measures of a strand that can speak for or against a priority.

    A neutral measure never does; of voices only what is asked of before and since.
    """
    return [
        kpi
        for kpi in catalogue.kpis.values()
        if priority_id in kpi.priority
        and catalogue.datasets[kpi.dataset].strand == strand
        and kpi.polarity != "neutral"
        and (strand != "voices" or kpi.before)
    ]


def weigh_all(
    catalogue: Catalogue, frame: pl.DataFrame, ratings: pl.DataFrame, period: date
) -> dict[str, Verdict]:
    """The verdict on every priority that is rated in a month.

    ``frame``: observations of the whole council; ``ratings``: priority_id, period, impact.
    """
    rows = finding.standing(frame, period)
    rated = ratings.filter(pl.col("period") == pl.lit(period)).sort("priority_id")
    return {
        row["priority_id"]: weigh(catalogue, rows, row["priority_id"], period, row["impact"])
        for row in rated.iter_rows(named=True)
    }


def weigh(
    catalogue: Catalogue,
    rows: Mapping[str, Row],
    priority_id: str,
    period: date,
    impact: str | None,
) -> Verdict:
    """The verdict on one priority. ``rows``: of ``finding.standing``; ``impact``: its rating."""
    embedded = impact == "blue"
    strands = tuple(
        together(name, _findings(catalogue, rows, priority_id, name, period, embedded))
        for name in STRANDS
    )
    against = any(_leading_against(strand.findings) for strand in strands)
    verdict = held_against(impact, [strand.says for strand in strands], against)
    few = impact in VERDICTS and any(strand.has_withheld for strand in strands)
    if verdict == NO_EVIDENCE and few:
        verdict = WITHHELD
    return Verdict(
        priority_id=priority_id,
        period=period,
        impact=impact,
        verdict=verdict,
        lead=_lead(impact, verdict),
        strands=strands,
    )


def _findings(
    catalogue: Catalogue,
    rows: Mapping[str, Row],
    priority_id: str,
    strand: str,
    period: date,
    embedded: bool,
) -> list[Finding]:
    kpis = linked(catalogue, priority_id, strand)
    if strand == "voices":
        found = [finding.voiced(kpi, rows, period) for kpi in kpis]
    else:
        found = [
            finding.of(kpi, rows.get(kpi.kpi_id), period, embedded, _counted(catalogue, kpi))
            for kpi in kpis
        ]
    return sorted(found, key=lambda one: one.order)


def _counted(catalogue: Catalogue, kpi: Kpi) -> str:
    """What a share is a share of, as the return's column says."""
    columns = {column.name: column.unit for column in catalogue.datasets[kpi.dataset].columns}
    return columns.get(kpi.denominator) or "cases"


# ---- the rule ----


def together(name: str, findings: Sequence[Finding]) -> Strand:
    """What the findings of a strand say together, and how many say what."""
    says = balance(
        *(sum(one.says == way for one in findings) for way in (FOR, AGAINST, NEITHER)),
        leading_against=_leading_against(findings),
    )
    told = _told(name, says, findings)
    return Strand(name=name, says=says, sentence=told, findings=tuple(findings))


def _leading_against(findings: Sequence[Finding]) -> bool:
    return any(one.leading and one.says == AGAINST for one in findings)


def balance(speaks_for: int, against: int, neither: int, leading_against: bool = False) -> str:
    """What so many findings say together.

    Against, when more speak against than for. For, when at least half of those that can be judged
    speak for, at most a quarter against, and no leading one does. Silent when none can be judged.
    """
    known = speaks_for + against + neither
    if not known:
        return SILENT
    if against > speaks_for:
        return AGAINST
    clear = HALF * speaks_for >= known and QUARTER * against <= known
    return FOR if clear and not leading_against else NEITHER


def held_against(impact: str | None, strands: Sequence[str], leading_against: bool = False) -> str:
    """The verdict on a rating (blue, green, amber, red or none) by what the strands say.

    ``leading_against``: a headline measure, or what children say, speaks against the impact. Then
    a green one is not shown yet, whatever else is better, and one said to be embedded is not.
    """
    tone = _tone(strands)
    if impact not in VERDICTS or not tone:
        return NO_EVIDENCE
    verdict = VERDICTS[impact][tone]
    if impact == "blue" and leading_against:
        return CONTRADICTED
    few = impact == "blue" and strands.count(FOR) < EMBEDDED_STRANDS
    held = impact in CLAIMS and leading_against
    return NOT_YET_SHOWN if verdict == SUPPORTED and (few or held) else verdict


def _tone(strands: Sequence[str]) -> str:
    """What strands say together: better, worse, divided or unchanged; nothing when all silent."""
    good, bad = strands.count(FOR), strands.count(AGAINST)
    if bad > good:
        return "worse"
    if good:
        return "divided" if bad else "better"
    return "unchanged" if NEITHER in strands else ""


# ---- in a sentence ----


def _lead(impact: str | None, verdict: str) -> str:
    if impact not in VERDICTS:
        return "No impact was rated for this month, so there is nothing to hold evidence against."
    is_better = impact == "red" and verdict == CONTRADICTED
    return f"Impact is rated {impact}. {BETTER_THAN_RATED if is_better else LEADS[verdict]}"


def _told(name: str, says: str, findings: Sequence[Finding]) -> str:
    """``Numbers show impact: of eight measures five show it and three decide nothing.``"""
    if not findings:
        return f"{NAMES[name]} are silent: {NOTHING[name]}."
    count = {way: sum(one.says == way for one in findings) for way in (FOR, AGAINST, NEITHER)}
    known, silent = sum(count.values()), len(findings) - sum(count.values())
    if not known:
        return f"{NAMES[name]} are silent: {_unjudged(name, findings)}."
    rest = f"; {_unjudged(name, findings)}" if silent else ""
    if known == 1:
        return f"{NAMES[name]} {TELLS[says]}, on {_many(name, 1)}{rest}."
    told = [f"{theme.spelt(n)} {DOES[way][n != 1]}" for way, n in count.items() if n]
    listed = " and ".join([", ".join(told[:-1]), told[-1]] if told[:-1] else told)
    if says == NEITHER and _leading_against(findings):
        rest += f"; {HOLDS[name]} holds it back"
    return f"{NAMES[name]} {TELLS[says]}: of {_many(name, known)} {listed}{rest}."


def _unjudged(name: str, findings: Sequence[Finding]) -> str:
    """How many cannot be judged; of how many of them because small numbers are withheld."""
    silent = [one for one in findings if one.says == SILENT]
    few = sum(one.is_withheld for one in silent)
    told = f"{_many(name, len(silent))} cannot be judged"
    if not few:
        return told
    of = f", {theme.spelt(few)} of them" if few < len(silent) else ","
    return f"{told}{of} since small numbers are withheld"


def _many(name: str, count: int) -> str:
    return f"{theme.spelt(count)} {THINGS[name][count != 1]}"
