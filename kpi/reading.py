"""How to read what is on a page: the key of a card, each kind of chart, and words one tap away.

Nothing here comes from data; the meanings of words are those of ``kpi.glossary``.
"""

import re
from collections.abc import Iterable, Mapping
from html import escape
from urllib.parse import quote

from kpi import glossary, theme
from kpi.observation import STATES

#: How each kind of chart is read, in the order in which the eye meets it.
CHARTS: Mapping[str, tuple[str, ...]] = {
    "trend": (
        "The thick blue line is the figure. Its newest value stands at the right end.",
        "The dashed black line is the target; the green band is the good range.",
        "The dotted grey lines are the process limits, the thin grey line the average. Months "
        "between the limits are normal variation: a rise or fall there says nothing yet.",
        "A triangle is a month beyond normal variation. Blue is better, orange is worse, purple is "
        "neither; the triangle points the way the figure went.",
        "A boxed number is an event, listed under the chart. An upright dashed line is where the "
        "limits begin anew, because the way of working changed.",
        "A gap is a month without a figure. A letter in it says why.",
    ),
    "teams": (
        "One small chart a team, all on the same scale: a line that lies higher is a higher "
        "figure.",
        "The dashed line is the target. The figure under the name is the team’s newest.",
    ),
    "flow": (
        "Two bars a month, from zero: how many came, and beside it how many left.",
        "Where the first bar is the longer one, the number at any one time grows.",
    ),
    "compare": (
        "The thick blue line is this council. The others are its statistical neighbours (the "
        "middle one of ten), the region and England, each with its name at the right end.",
        "These are figures that the Department for Education published, one a year.",
    ),
    "distribution": (
        "One dot a worker, one row a team; the further right, the more cases.",
        "The upright black stroke is the team’s median: half of its workers hold more. The dashed "
        "line is the target, the green band the good range.",
        "A team of fewer than six shows only its range, so that nobody is told apart.",
    ),
    "parts": (
        "One bar a month, always a hundred per cent high. Each colour is one part of the whole, "
        "named at the right end; a part that grows takes room from the others.",
    ),
    "pairs": (
        "One row a group. The hollow dot is before, the full dot since; the line between them is "
        "the change.",
    ),
    "ranked": ("The longest bar is on top. All bars begin at zero.",),
}

#: Words of the pages that are explained where they stand, by how the text has them.
WORDS: Mapping[str, str] = {
    "normal variation": "Normal variation",
    "process limits": "Process limits",
    "statistical neighbours": "Neighbours",
    "tolerance": "Tolerance",
    "good range": "Good range",
    "limits begin anew": "Limits reset",
    "median": "Median",
}

MEANINGS = {term.word: term.meaning for group in glossary.GROUPS for term in group.terms}


def term(text: str, word: str, place: str) -> str:
    """A word that opens its meaning when it is pressed. ``place`` makes its name one of its own."""
    name = f"term-{place}-{re.sub(r'[^a-z]+', '-', word.lower())}"
    return (
        f'<button type="button" class="kpi-term" popovertarget="{escape(name)}">{escape(text)}'
        f'</button><span popover id="{escape(name)}" class="kpi-meaning">'
        f"<strong>{escape(word)}</strong> {escape(MEANINGS[word])}</span>"
    )


def explained(text: str, place: str, words: Mapping[str, str] = WORDS) -> str:
    """A text as HTML, in which the first of each known word opens its meaning."""
    known = re.compile("|".join(map(re.escape, words)), re.IGNORECASE)
    parts, end, seen = [], 0, set()
    for found in known.finditer(text):
        word = words[found[0].lower()]
        if word in seen:
            continue
        seen.add(word)
        parts += [escape(text[end : found.start()]), term(found[0], word, place)]
        end = found.end()
    return "".join([*parts, escape(text[end:])])


def how(kind: str, place: str) -> str:
    """How a kind of chart is read, as a list."""
    sentences = enumerate(CHARTS[kind])
    items = "".join(f"<li>{explained(text, f'{place}-{at}')}</li>" for at, text in sentences)
    return f'<ul class="kpi-how">{items}</ul>'


def letters(states: Iterable[str | None]) -> str:
    """The key of the letters that stand in place of figures in a chart; empty without any."""
    found = [state for state in STATES if state in set(states)]
    items = "".join(f"<li><b>{state}</b> {escape(STATES[state])}</li>" for state in found)
    return f'<ul class="kpi-key kpi-letters">{items}</ul>' if items else ""


# ---- the key of a card ----


def scorecard_key() -> str:
    """What a card's signs mean: in one line, and on a telephone one tap away."""
    items = f'<ul class="kpi-key">{"".join(_signs())}</ul>'
    narrow = "".join(_signs("narrow"))
    return (
        f'<div class="kpi-card-key">{items}<details class="kpi-fold">'
        f"<summary>How to read a card</summary><ul class='kpi-key'>{narrow}</ul></details></div>"
    )


def _signs(place: str = "wide") -> list[str]:
    lights = {
        "green": "meets its target",
        "amber": f"misses within {term('tolerance', 'Tolerance', place)}",
        "red": "misses by more",
        "neutral": "context, not judged",
    }
    drawn = {
        _line(f"<polyline points='2,17 12,12 22,15 40,6' {_pen(theme.BLUE, 2.5)}/>"
              f"<circle cx='40' cy='6' r='4' fill='{theme.BLUE}'/>"): "two years, dot: newest",
        _line(f"<path d='M0 11H44' {_pen(theme.MID, 2)} stroke-dasharray='5 4'/>"): "target",
        _line(f"<rect y='3' width='44' height='16' fill='{theme.BAND}'/>"): term(
            "good range", "Good range", place
        ),
    }  # fmt: skip
    return [
        *(
            f"<li>{_sign(theme.RATING[name])}<span>{text}</span></li>"
            for name, text in lights.items()
        ),
        *(f"<li>{image}<span>{text}</span></li>" for image, text in drawn.items()),
    ]


def _sign(mark: theme.Mark) -> str:
    pattern = f" kpi-pattern-{mark.pattern}" if mark.pattern else ""
    paint = f"background:{mark.fill};color:{mark.ink};border-color:{mark.edge}"
    symbol = f'<span class="kpi-symbol" aria-hidden="true">{mark.symbol}</span>'
    return f'<span class="kpi-square{pattern}" style="{paint}">{symbol}</span>'


def _pen(colour: str, width: float) -> str:
    return f"fill='none' stroke='{colour}' stroke-width='{width}'"


def _line(body: str) -> str:
    """A piece of a sparkline; the words beside it say what it is."""
    svg = f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 46 22'>{body}</svg>"
    source = "data:image/svg+xml," + quote(svg, safe="=:/,.()-' ")
    return f'<img class="kpi-sample" alt="" width="46" height="22" src="{source}">'
