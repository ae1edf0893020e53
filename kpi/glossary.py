"""What each sign, word and letter on the pages means, for readers who are not analysts.

The signs are those of ``kpi.theme`` and the numbers those of ``kpi.spc``, so that the words cannot
say one thing and the pages another. A test holds that every state has its meaning here.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from kpi import evidence, finding, movement, questions, rules, spc, theme, words
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

CLAIM = {
    "borne_out": "The council's own months or the published figures bear the sentence out, and "
    "neither speaks against it.",
    "not_borne_out": "One of the two speaks against it. Both are shown, for they may count "
    "differently.",
    "not_testable": "No measure tests it, or the months that it names have no figure yet.",
}

REQUEST = {
    "overdue": "It is open, and the day that was set for it has passed.",
    "undated": "It is open, and no day was set: it can never be late.",
    "waiting": "It is open, and its day is still to come.",
    "not_accepted": "Those who were asked said no. The reason stands beside it, and what came "
    "later.",
    "answered": "There is an answer.",
    "done": "What was asked has been done.",
    "withdrawn": "Those who asked took it back.",
    "late": "A report came after its day.",
    "on_time": "A report came by its day.",
    "due": "The day of a report is still to come.",
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
    "Normal variation": "The usual up and down from month to month. It has causes, but none that "
    "stands out: a rise or fall within it is no news by itself.",
    "Median": "The middle one: half of the figures are lower, half are higher.",
    "Load": "One published file. Loads are numbered, and the number stands under every chart.",
    "Restated": "A published month was replaced by a later load, with the reason given.",
    "Withdrawn": "A load was taken back; the load before it speaks again.",
    "As published on": "The page as it was at the end of a past day, with what was known then.",
    "FTE": "Full-time equivalent: two workers of half time are 1 FTE.",
}

VERDICTS = {
    "supported": "The evidence bears out the impact that the owner reports.",
    "not_yet_shown": "Impact is rated green or blue, and what is known does not show it yet.",
    "contradicted": "More strands say otherwise than agree; or impact is rated blue while a "
    "headline measure, or what children say, speaks against it; or it is rated red while strands "
    "show impact and none speaks against.",
    "no_evidence": "Nothing that can be judged is linked to the priority, or nothing was rated.",
    "withheld": "What is linked to the priority is of so few that it could tell who is meant: "
    "only those bound to secrecy see it, and can judge.",
}

PLACES = {1: "One at first.", 2: "Two at first.", 3: "Three at first."}

WAYS = {
    "improvement": "improving",
    "common_cause": "unchanged",
    "concern": "worsening",
}


def _saying(says: str) -> str:
    """Which status and variation say so, from the table that the rule itself uses."""
    listed = []
    for rating in ("green", "amber", "red", "none"):
        ways = [word for way, word in WAYS.items() if finding.SAYS[rating, way] == says]
        status = "without a target" if rating == "none" else theme.RATING[rating].word.lower()
        listed += [f"{status} and {' or '.join(ways)}"] if ways else []
    text = "; ".join(listed)
    return f"{text[0].upper()}{text[1:]}."


EVIDENCE = {
    "Three strands": "Numbers: the measures linked to a priority. Audits: those made from case "
    "audits of its theme. Voices: what children, parents and carers say since the plan, beside "
    "what they said of the time before. A figure counts in one strand only. Each measure’s "
    "definition names the priorities that it is evidence for.",
    "A measure shows impact": _saying("for"),
    "A measure speaks against it": _saying("against"),
    "A measure decides nothing": _saying("neither"),
    "Chance": "An unchanged figure that is on target decides nothing where assurance says that it "
    "will not stay there, and one off target where assurance says that some months may meet it.",
    "Rated blue": "Done and embedded takes more. A figure that only comes nearer to its target, "
    "or meets it in some months by chance, decides nothing; and "
    f"{theme.spelt(evidence.EMBEDDED_STRANDS)} strands must show impact.",
    "Silent": "A measure without a figure for the month, one that is withheld, one of fewer than "
    f"{words.FEWEST} months, and a share of fewer than {finding.FEWEST_CASES} cases, audits or "
    "answers. Measures of which neither way is better never count.",
    "Voices before and since": "They differ when chance alone would set them so far apart in fewer "
    f"than one comparison of ten ({finding.CHANCE} standard errors, Agresti and Caffo 2000), with "
    f"at least {finding.FEWEST_CASES} answers on either side.",
    "A strand": "Speaks against impact when more of its measures do than show it. Shows impact "
    "when at least half of those that can be judged do, at most a quarter speak against, and none "
    "of these is a headline measure or what children say. Otherwise it decides nothing.",
    "Held against the rating": "Green or blue is supported when a strand shows impact and none "
    "speaks against, contradicted when more speak against than show it, and otherwise not yet "
    "shown. A headline measure, or what children say, that speaks against keeps a green impact "
    "from being supported. Amber is contradicted only where more strands speak against than show "
    "impact; red only where strands show it and none speaks against.",
    "Earlier months": "Are judged by what is known now. As published on shows what was known then.",
}

ORDER = {
    f"{theme.spelt(at).capitalize()}": f"{kind.when} {PLACES[kind.at_first]}"
    for at, kind in enumerate(questions.KINDS.values(), 1)
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
        group_id="evidence",
        title="How evidence is weighed",
        lead="Does what is known bear out the impact that the owner reports? A rule decides, the "
        "same for every priority and month.",
        terms=(*_marked(theme.VERDICT, VERDICTS), *_plain(EVIDENCE)),
    ),
    Group(
        group_id="questions",
        title="How questions are chosen",
        lead=f"At most {theme.spelt(movement.MOST)} a meeting, no two about the same measure. They "
        "are made from the figures by this rule alone, so the same data gives the same questions. "
        "The reasons to ask, in their order; what room is left goes to one more of each in turn. "
        "Within a reason headline measures come first, then what is worsening, then what is "
        "furthest from its target.",
        terms=_plain(ORDER),
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
        group_id="requests",
        title="What became of a request",
        lead="Signs of the page Scrutiny, for requests and for reports that were promised.",
        terms=_marked(theme.REQUEST, REQUEST),
    ),
    Group(
        group_id="claims",
        title="Whether a claim is borne out",
        lead="What was said in a meeting, held against the figures known on the day that is "
        "looked at.",
        terms=_marked(theme.CLAIM, CLAIM),
    ),
    Group(
        group_id="tests",
        title="How a claim is tested",
        lead="One rule for each kind of sentence; published figures count where they are within "
        "half a year of the months that are named.",
        terms=_plain({rules.NAMES[name]: rule for name, rule in rules.TESTS.items()}),
    ),
    Group(
        group_id="words",
        title="Other words",
        lead="Words that the pages use in one sense only.",
        terms=_plain(WORDS),
    ),
)
