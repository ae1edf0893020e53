"""What the risk register says: its sentences, the matrix and the register as HTML.

Every string that comes from data is escaped. Shades of one blue tell the grades, since red, amber
and green are kept for status against target, and every cell says its score and grade in words.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from html import escape
from typing import Any

import polars as pl

from kpi import block, risk, theme

Row = Mapping[str, Any]

NEEDS = "This list needs risks: upload the register “risk” on the page Upload."
GAPS = {
    "no_mitigation": ("has no mitigation", "have no mitigation", "Without mitigation"),
    "no_contingency": (
        "has a mitigation and no contingency",
        "have a mitigation and no contingency",
        "Mitigation without contingency",
    ),
    "review_overdue": ("is overdue for review", "are overdue for review", "Review overdue"),
    "never_reviewed": ("was never reviewed", "were never reviewed", "Never reviewed"),
    "no_measure": ("names no measure", "name no measure", "Without a measure"),
}
#: A symbol with each grade, so that none is told by its shade alone.
SYMBOL = {"very_high": "■", "high": "▲", "moderate": "●", "low": "○"}


def opening(risks: pl.DataFrame) -> tuple[str, str]:
    """Title and lead of the page; of all risks, whatever the reader has chosen."""
    if risks.is_empty():
        return "No risks are published yet", NEEDS
    grave = risks.filter(grade="very_high").height
    bare = risks.filter("no_contingency").height
    title = f"{_count(risks.height)} {_noun(risks.height)}: {_graded(risks, grave)}"
    if bare:
        title += f"; {theme.spelt(bare)} {GAPS['no_contingency'][bare > 1]}"
    others = [
        f"{_count(count)} {GAPS[gap][count > 1]}."
        for gap in risk.GAPS
        if gap != "no_contingency" and (count := risks.filter(gap).height)
    ]
    lead = "Likelihood times impact makes the score. " + (
        " ".join(others) or "Each was reviewed in time and names a measure that would show it."
    )
    return title, lead


def _noun(count: int) -> str:
    return "risk" if count == 1 else "risks"


def _count(number: int) -> str:
    return theme.spelt(number).capitalize()


def _graded(risks: pl.DataFrame, grave: int) -> str:
    if grave:
        return f"{theme.spelt(grave)} very high"
    top = risks["grade"].drop_nulls()
    return f"none above {risk.WORDS[top[0]].lower()}" if top.len() else "none of them scored"


def choices(risks: pl.DataFrame) -> dict[str, str]:
    """What a reader may ask for, as far as there are any."""
    gaps = {gap: GAPS[gap][2] for gap in risk.GAPS if risks.filter(gap).height}
    grades = {name: word for name, word in risk.WORDS.items() if risks.filter(grade=name).height}
    return {"all": "All risks"} | gaps | grades


# ---- the matrix ----


def matrix(risks: pl.DataFrame) -> str:
    """Five by five: how likely from the top down, how grave from left to right."""
    caption = "Risks by likelihood and impact"
    heads = "".join(
        f'<th scope="col">{word}<span>{at}</span></th>'
        for at, word in enumerate(risk.IMPACT, start=1)
    )
    body = "".join(_matrix_row(risks, at) for at in range(5, 0, -1))
    return block.region(
        caption,
        f'<table class="kpi-table kpi-matrix"><caption class="kpi-hidden">{caption}</caption>'
        f'<thead><tr><th rowspan="2" scope="col" class="kpi-axis">Likelihood</th>'
        f'<th colspan="5" scope="colgroup" class="kpi-axis">Impact if it happens</th></tr>'
        f"<tr>{heads}</tr></thead><tbody>{body}</tbody></table>",
    )


def _matrix_row(risks: pl.DataFrame, likelihood: int) -> str:
    cells = "".join(_matrix_cell(risks, likelihood, impact) for impact in range(1, 6))
    word = risk.LIKELIHOOD[likelihood - 1]
    return f'<tr><th scope="row">{word}<span>{likelihood}</span></th>{cells}</tr>'


def _matrix_cell(risks: pl.DataFrame, likelihood: int, impact: int) -> str:
    score = likelihood * impact
    grade = risk.grade_of(score)
    here = risks.filter(likelihood=likelihood, impact=impact)
    items = "".join(
        f'<li><a href="#{escape(anchor(row["risk_id"]))}">{escape(row["title"])}</a></li>'
        for row in here.iter_rows(named=True)
    )
    listed = f"<ul>{items}</ul>" if items else '<span class="kpi-hidden">no risk</span>'
    return (
        f'<td class="kpi-grade-{grade}"><p><b>{score}</b> '
        f"{SYMBOL[grade]} {risk.WORDS[grade].lower()}</p>{listed}</td>"
    )


def anchor(risk_id: str) -> str:
    """Where the register has a risk."""
    return f"risk-{risk_id}"


def rule() -> str:
    """Where the lines between the grades are."""
    steps = ", ".join(
        f"{SYMBOL[name]} {risk.WORDS[name].lower()} from {least}"
        for name, least in risk.GRADES.items()
    )
    return (
        f"The score is likelihood times impact, 1 to 25: {steps}. These lines are common practice, "
        "not the council's own decision."
    )


# ---- the register ----


def register(risks: pl.DataFrame, measures: Callable[[Sequence[str]], str]) -> str:
    """Every risk, the gravest first, with what is missing said in words.

    ``measures`` writes the measures that a risk names, with their signals.
    """
    heads = ("Risk", "Score", "Mitigation and contingency", "Review", "What its measures show")
    rows = [
        (
            _named(row),
            _score(row),
            _answer(row),
            _review(row),
            measures(row["kpi_ids"] or []),
        )
        for row in risks.iter_rows(named=True)
    ]
    return (
        '<div class="kpi-worklist kpi-risks">'
        f"{block.stacked_table('Risk register, the gravest first', heads, rows)}</div>"
    )


def _named(row: Row) -> str:
    cause = f"<span>Because: {escape(row['cause'])}</span>" if row["cause"] else ""
    who = escape(row["owner_role"] or "No owner named")
    where = f"<span>Escalated to: {escape(row['escalation'])}</span>" if row["escalation"] else ""
    name = f'<b id="{escape(anchor(row["risk_id"]))}">{escape(row["title"])}</b>'
    return f"{name}{cause}<span>{who}</span>{where}"


def _score(row: Row) -> str:
    if row["score"] is None:
        return "Not scored"
    likely = risk.LIKELIHOOD[row["likelihood"] - 1]
    grave = risk.IMPACT[row["impact"] - 1].lower()
    return (
        f'<span class="kpi-score kpi-grade-{row["grade"]}"><b>{row["score"]}</b> '
        f"{SYMBOL[row['grade']]} {risk.WORDS[row['grade']]}</span>"
        f"<span>{likely} ({row['likelihood']}), {grave} ({row['impact']})</span>"
    )


def _answer(row: Row) -> str:
    done = _flag("No mitigation") if row["no_mitigation"] else escape(row["mitigation"])
    if row["no_contingency"]:
        return f"{done}<br>{_flag('No contingency')}"
    held = f"<span>If it happens: {escape(row['contingency'])}</span>" if row["contingency"] else ""
    return f"{done}{held}"


def _flag(text: str) -> str:
    return f'<span class="kpi-flag"><span aria-hidden="true">!</span> {text}</span>'


def _review(row: Row) -> str:
    if row["never_reviewed"]:
        return _flag("Never reviewed")
    last = f"<span>Last: {_short(row['reviewed'])}</span>" if row["reviewed"] else ""
    if row["review_overdue"]:
        days = theme.in_unit(theme.number(row["overdue"]), "days")
        return f"{_flag(f'Overdue by {days}')}{last}"
    due = f"Due {_short(row['review_due'])}" if row["review_due"] else "No date set"
    return f"{due}{last}"


def _short(moment: date) -> str:
    return f"{moment.day} {theme.month(moment)}".replace(" ", "\u00a0")


def flat(risks: pl.DataFrame) -> pl.DataFrame:
    """The rows as a spreadsheet takes them: lists as ``;`` separated text."""
    return risks.with_columns(pl.col("kpi_ids").list.join(";")).drop("line")
