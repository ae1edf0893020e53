"""What a measure or a rule says in SQL, said in words. Made from the catalogue, so it cannot drift.

An expression that holds more than the few forms below is shown with its own signs instead: still
true, only harder to read.
"""

import re

from kpi import theme
from kpi.catalogue import Kpi, Rule
from kpi.records import Flow, Total

#: Signs and words of SQL in the order in which they are put into words.
SAID = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"nullif\((\w+), 0\)", r"\1"),
        (r"\bcase when (.+?) then (.+?) else (.+?) end\b", r"(\2 where \1, otherwise \3)"),
        (r"\bmedian\((.+)\)", r"the median of \1"),
        (r"\bquantile_cont\((.+), 0\.25\)", r"the lower quartile of \1"),
        (r"\bquantile_cont\((.+), 0\.75\)", r"the upper quartile of \1"),
        (r"\bmax\((.+)\)", r"the highest \1"),
        (r"\bmin\((.+)\)", r"the lowest \1"),
        (r"\bis not null\b", "is given"),
        (r"\bis null\b", "is blank"),
        (r" <> ", " is not "),
        (r" <= ", " is no more than "),
        (r" >= ", " is at least "),
        (r" < ", " is less than "),
        (r" > ", " is more than "),
        (r" = ", " is "),
        (r" \* ", " × "),
        (r" / ", " ÷ "),
        (r" - ", " less "),
        (r" \+ ", " plus "),
        (r"'(\w+)'", r"\1"),
    )
)
QUOTED = re.compile(r"\s*\(\{\w+\}\)")  # a figure that a message repeats in brackets
RESIDENTS = "residents aged 0 to 17"


def said(expression: str) -> str:
    """``cp_repeat_start <= cp_start`` as ``cp_repeat_start is no more than cp_start``."""
    text = expression.strip()
    for pattern, words in SAID:
        text = pattern.sub(words, text)
    return text


def fraction(kpi: Kpi) -> str:
    """The figure as one line: ``100 × cp_repeat_start ÷ cp_start``."""
    if kpi.statistic:
        return _capital(_times(kpi, said(kpi.statistic)))
    top = _times(kpi, said(kpi.numerator))
    if not kpi.denominator:
        return top
    below = RESIDENTS if kpi.denominator == "population" else said(kpi.denominator)
    return f"{top} ÷ {below}"


def _times(kpi: Kpi, text: str) -> str:
    return text if kpi.per == 1 else f"{theme.shortest(kpi.per)} × {text}"


def _capital(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}"


def method(kpi: Kpi) -> str:
    """What is done with the rows: which count, what is summed, what is never averaged."""
    which = f"Only rows in which {said(kpi.filter)} count." if kpi.filter else ""
    return " ".join(part for part in (which, _summed(kpi)) if part)


def _summed(kpi: Kpi) -> str:
    if kpi.statistic:
        return (
            "Taken over the rows themselves, for each team and for the whole council: never an "
            "average of the teams’ figures."
        )
    months = f" and over {kpi.window} months" if kpi.window > 1 else ""
    if kpi.denominator == "population":
        return (
            f"Summed over all teams{months}, and divided by the residents of the year. For the "
            "whole council only: a team has no population."
        )
    if kpi.denominator:
        return (
            f"Both are summed over all teams{months} and only then divided: never an average of "
            "the teams’ figures."
        )
    return f"Summed over all teams{months}."


def window(kpi: Kpi) -> str:
    """The months that a figure covers, and on which months its signals are judged."""
    if kpi.window == 1:
        return "The month alone."
    return (
        f"{kpi.window} months, ending with the month shown. Whether it is really changing is "
        "judged on the single months."
    )


def rule(rule: Rule) -> str:
    """What a rule demands: its own message without figures, or its condition in words."""
    plain = QUOTED.sub("", rule.message)
    if "{" not in plain and rule.severity == "error":
        return plain
    return f"{said(rule.expect)}."


def flow(flow: Flow) -> str:
    """What a check of a stock against the month before demands."""
    within = theme.shortest(flow.within)
    return (
        f"{flow.stock} is last month’s {flow.stock} plus {flow.starts} less {flow.ends}, "
        f"to within {within}."
    )


def total(total: Total) -> str:
    """What a declared total demands."""
    each, by = " and ".join(total.columns[-2:]), " and ".join(total.by)
    listed = ", ".join([*total.columns[:-2], each])
    return (
        f"Of each {by}, {listed} of the rows where {said(total.parts)} "
        f"add up to the row where {said(total.whole)}."
    )
