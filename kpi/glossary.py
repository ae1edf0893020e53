"""What each sign, word and letter on the pages means, for readers who are not analysts.

The signs are those of ``kpi.theme`` and the numbers those of ``kpi.spc``, so that the words cannot
say one thing and the pages another. A test holds that every state has its meaning here.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from kpi import spc, theme, words
from kpi.theme import Mark


@dataclass(frozen=True, kw_only=True)
class Term:
    """A word or a letter, and what it means; with a mark where it is shown as one."""

    word: str
    meaning: str
    mark: Mark | None = None


@dataclass(frozen=True, kw_only=True)
class Group:
    """Terms that answer one question; ``lead`` says which."""

    group_id: str
    title: str
    lead: str
    terms: tuple[Term, ...]


def _marked(marks: Mapping[str, Mark], meanings: Mapping[str, str]) -> tuple[Term, ...]:
    return tuple(
        Term(word=marks[name].word, meaning=meaning, mark=marks[name])
        for name, meaning in meanings.items()
    )


def _plain(meanings: Mapping[str, str]) -> tuple[Term, ...]:
    return tuple(Term(word=word, meaning=meaning) for word, meaning in meanings.items())


STATUS = {
    "green": "Green: the figure meets its target.",
    "amber": "Amber: the figure misses its target, by no more than the tolerance set beside it.",
    "red": "Red: the figure misses its target by more than the tolerance.",
    "neutral": "Grey: neither more nor less is better by itself, so there is no traffic light.",
    "none": "Grey: there is no target, or no figure to hold against it.",
}

VARIATION = {
    "improvement_high": "Higher is better, and the newest month is higher than normal variation.",
    "improvement_low": "Lower is better, and the newest month is lower than normal variation.",
    "concern_high": "Lower is better, and the newest month is higher than normal variation.",
    "concern_low": "Higher is better, and the newest month is lower than normal variation.",
    "neutral_high": "Higher than normal variation; neither way is better by itself.",
    "neutral_low": "Lower than normal variation; neither way is better by itself.",
    "common_cause": "The figure moves no more than it always has: one month says nothing yet.",
    "none": f"Fewer than {spc.FEWEST} months since the start or since the limits were reset.",
}

SEVEN = theme.spelt(spc.RUN).capitalize()

RULES = {
    "above_upl": "One month lies above the upper limit.",
    "below_lpl": "One month lies below the lower limit.",
    "increasing": f"{SEVEN} months in a row, each higher than the one before.",
    "decreasing": f"{SEVEN} months in a row, each lower than the one before.",
    "two_of_three_high": "Two of three months in a row lie in the outer third below the upper "
    "limit, or beyond it, and all three lie above the average.",
    "two_of_three_low": "Two of three months in a row lie in the outer third above the lower "
    "limit, or beyond it, and all three lie below the average.",
    "shift_high": f"{SEVEN} months in a row lie above the average.",
    "shift_low": f"{SEVEN} months in a row lie below the average.",
    "common_cause": "None of these: the month is part of the usual up and down.",
}

ASSURANCE = {
    "consistent_pass": "The target lies outside the limits, on the safe side: as things run now, "
    "nearly every month will meet it.",
    "consistent_fail": "The target lies outside the limits, out of reach: as things run now, "
    "hardly any month will meet it. More effort in the same way will not do.",
    "inconsistent": "The target lies between the limits: some months will meet it and some will "
    "not, and neither says that anything has changed.",
    "none": f"There is no target, neither way is better, or there are fewer than {spc.FEWEST} "
    "months.",
}

BRAG = {
    "blue": "Done, and embedded in everyday practice.",
    "green": "Going as planned.",
    "amber": "At risk of slipping; a way back is known.",
    "red": "Off track. The commentary must say what is being done.",
    "none": "Not reported for the month.",
}

ARRIVAL = {
    "on_time": "The first file for the month was published by its due day.",
    "late": "The first file came after the due day; the figure is the number of days.",
    "missing": "The due day has passed, and no file speaks for the month.",
    "not_due": "The due day is still to come.",
    "restated": "A later file replaced the first. What was published before can still be seen.",
}

LETTERS = {
    "c": "Confidential: the number is so small that a child might be recognised.",
    "k": "Rounds to zero, but is not zero.",
    "low": "The same as k, as older files write it.",
    "u": "Unreliable: it was counted, but is not trusted enough to be shown.",
    "x": "Not available: no figure was supplied.",
    "z": "Not applicable: there can be no such figure.",
    "–": "No figure. The letter after the dash is the reason.",
    "blank cell": "Not supplied. A blank cell is never taken for 0; where there was none, 0 is "
    "sent.",
}

LIMITS = {
    "Average": "The mean of the months since the start, or since the limits were last reset.",
    "Moving range": "How far each month lies from the month before. Steps more than "
    f"{spc.SCREEN} times as long as the average step are left out, once, so that one odd month "
    "does not widen the limits.",
    "Process limits": f"The average, plus and minus {spc.LIMIT} times the average moving range. "
    "Nearly every month of a process that does not change lies between them. They say what the "
    "process does, not what it should do.",
    "Too few months": f"Fewer than {spc.FEWEST} months have no limits. Until the "
    f"{words.SETTLED}th they are an early view.",
    "Gaps": "A month without a figure stays a gap. Runs of months end there.",
    "Limits reset": "Where the way of working has changed, months before and after are judged "
    "apart. It takes a month and a reason, and both are shown.",
    "Fixed limits": "Where a measure asks for it, the limits rest on its first months alone "
    f"({spc.FEWEST_FIXED} or more), so that later months are held against that start.",
    "Rolling years": "A figure over 12 months moves by a twelfth each month. It is the single "
    "months behind it that are judged.",
    "Method": "NHS England, Making Data Count; the arithmetic of the R package NHSRplotthedots "
    "0.2.2. A measure can be set to follow the package where the two differ.",
}

WORDS = {
    "Target": "What the figure is meant to be. It has a source, and holds from a month on.",
    "Tolerance": "How far a figure may miss its target and still be near it.",
    "Good range": "Where the figures of councils that do this well usually lie.",
    "Neighbours": "The council’s statistical neighbours: those most like it. Their figure is the "
    "median of the set, unless it says otherwise.",
    "Load": "One published file. Loads are numbered, and the number stands under every chart.",
    "Restated": "A published month was replaced by a later load, with the reason given.",
    "Withdrawn": "A load was taken back; the load before it speaks again.",
    "As published on": "The page as it was at the end of a past day, with what was known then.",
    "FTE": "Full-time equivalent: two workers of half time are 1 FTE.",
}

GROUPS = (
    Group(
        group_id="status",
        title="Status against target",
        lead="Is it good enough? One figure held against its target, whatever the trend.",
        terms=_marked(theme.RATING, STATUS),
    ),
    Group(
        group_id="variation",
        title="Variation",
        lead="Is it really changing? Single months held against the process limits, whatever the "
        "target.",
        terms=_marked(theme.VARIATION, VARIATION),
    ),
    Group(
        group_id="signals",
        title="What makes a month stand out",
        lead="The rules behind the triangles in a chart, in the order in which they name a month.",
        terms=_plain({theme.SIGNAL[name]: meaning for name, meaning in RULES.items()}),
    ),
    Group(
        group_id="assurance",
        title="Assurance",
        lead="Will it reliably meet its target? The process limits held against the target.",
        terms=_marked(theme.ASSURANCE, ASSURANCE),
    ),
    Group(
        group_id="limits",
        title="How limits are made",
        lead="Process limits tell a real change from the usual up and down.",
        terms=_plain(LIMITS),
    ),
    Group(
        group_id="brag",
        title="BRAG of the plan",
        lead="What the owner of a priority reports: once for progress (what was done) and once for "
        "impact (what changed for children). It is a judgement and never computed. These are "
        "working meanings, for the council to confirm.",
        terms=_marked(theme.BRAG, BRAG),
    ),
    Group(
        group_id="letters",
        title="Letters in place of a figure",
        lead="Why a figure is withheld, as the Department for Education’s statistics mark it. A "
        "total that needs a withheld figure is withheld too.",
        terms=_plain(LETTERS),
    ),
    Group(
        group_id="arrival",
        title="Whether a return has come",
        lead="Signs of the page Completeness, for each return and month.",
        terms=_marked(theme.ARRIVAL, ARRIVAL),
    ),
    Group(
        group_id="words",
        title="Other words",
        lead="Words that the pages use in one sense only.",
        terms=_plain(WORDS),
    ),
)
