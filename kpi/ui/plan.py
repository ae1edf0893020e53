"""The plan on screen: every priority by month, progress against impact, one priority's evidence."""

from collections.abc import Mapping
from datetime import date, datetime

import polars as pl
import streamlit as st

from kpi import (
    agenda,
    block,
    evidence,
    impact,
    messages,
    quadrant,
    questions,
    shares,
    tables,
    theme,
)
from kpi.access import Role
from kpi.catalogue import Kpi
from kpi.evidence import Verdict
from kpi.questions import Question
from kpi.store import Store
from kpi.ui.frame import choose, link, opening
from kpi.ui.parts import cards, chart, drawn, source
from kpi.ui.seen import View, observations, observe, remembered

ALL = "All priorities"
QUESTIONS = "Made from the published figures by a fixed rule."
ROWS = 8  # cards of one priority that a reader takes in


def plan(seen: View) -> None:
    """Progress beside impact, by priority and month; or one priority, when one is chosen."""
    ratings = agenda.plan(seen.store, seen.as_at)
    if ratings.is_empty():
        opening("The plan has not been rated yet", "Ratings appear once a month is published.")
        return
    month, chosen = _chosen(ratings)
    frame = observations(seen, list(seen.catalogue.kpis.values()))
    verdicts = evidence.weigh_all(seen.catalogue, frame, ratings, month)
    if chosen in verdicts:
        _one(seen, ratings, month, verdicts[chosen])
    else:
        _all(seen, ratings, month, verdicts)


def _chosen(ratings: pl.DataFrame) -> tuple[date, str]:
    """The month and the priority that the address names; without them the newest, and all."""
    months = ratings["period"].unique().sort(descending=True).to_list()
    names = dict(ratings.select("priority_id", "name").unique().sort("priority_id").iter_rows())
    left, right, _ = st.columns([2, 3, 3])
    with left:
        listed = {f"{at:%Y-%m}": theme.long_month(at) for at in months}
        month = choose("Month", listed, "month", next(iter(listed)))
    with right:
        chosen = choose("Priority", {"": ALL} | names, "priority", "")
    return date.fromisoformat(f"{month}-01"), chosen


def _all(seen: View, ratings: pl.DataFrame, month: date, verdicts: Mapping[str, Verdict]) -> None:
    newest = ratings.filter(period=month)
    opening(*messages.plan(newest, {name: one.verdict for name, one in verdicts.items()}))
    until = ratings.filter(pl.col("period") <= month)
    months = until["period"].unique().sort().to_list()[-impact.WIDE :]
    priorities = newest.select("priority_id", "name", "answers").sort("priority_id")

    def address(name: str) -> str:
        return link("plan", priority=name, month=st.query_params.get("month"))

    st.html(impact.matrix(until, priorities, months, verdicts, address))
    st.html(block.source_line(_source(seen, newest)))
    st.html(
        block.further(
            link("definitions", term="How evidence is weighed"), "How evidence is weighed"
        )
    )
    if month == ratings["period"].max():
        committee_questions(seen)
    _quadrant(seen, until, month, newest)
    alone = questions.without_impact(ratings, month)
    st.html(impact.without_impact(alone, verdicts, address))
    st.html(block.plan_notes(newest))


@remembered(max_entries=20, show_spinner=False)
def _asked(store: Store, as_at: datetime, role: Role, mark: object) -> list[Question]:
    return questions.ask(agenda.brief(store, as_at, role, observe))


def committee_questions(seen: View) -> None:
    """What the committee may ask of the newest figures, each with the way to its chart."""
    found = _asked(seen.store, seen.as_at, seen.person.role, seen.mark)
    if found:
        items = [
            (one.text, link("measure", kpi=one.kpi_id), f"Chart of {theme.lower_first(one.title)}")
            for one in found
        ]
        st.html(impact.asked(items, "Questions for the committee", QUESTIONS))
        rule = link("definitions", term="How questions are chosen")
        st.html(block.further(rule, "How questions are chosen"))


def _source(seen: View, rows: pl.DataFrame) -> str:
    """Whose ratings they are, as at when."""
    return messages.source("improvement plan ratings", rows, seen.day, seen.standing.kind)


def _quadrant(seen: View, until: pl.DataFrame, month: date, newest: pl.DataFrame) -> None:
    names = dict(newest.select("priority_id", "name").sort("priority_id").iter_rows())
    alone = questions.without_impact(until, month)
    with st.container(key="quadrant"):
        chart(
            seen,
            "progress-impact",
            messages.without_impact(len(alone), newest.height),
            f"Progress and impact in {theme.long_month(month)}. A thin line leads from where a "
            "priority stood before, within the last year.",
            drawn(
                seen,
                list(seen.catalogue.kpis.values()),
                f"progress-impact-{month}",
                lambda: quadrant.quadrant(until, month, names),
            ),
            quadrant.alt(until, month, names),
            (quadrant.table(until, month, names), tables.places()),
            source=_source(seen, newest),
            below=block.numbered(list(names.values())),
        )


# ---- one priority ----


def _one(seen: View, ratings: pl.DataFrame, month: date, verdict: Verdict) -> None:
    """One priority: what its owner reports, and each strand of evidence with its figures."""
    row = ratings.filter(period=month, priority_id=verdict.priority_id).row(0, named=True)
    lead = f"{theme.long_month(month)}. {row['answers'] or 'Nobody is named to'} answers for it."
    opening(
        f"{row['name']}: {verdict.lead[0].lower()}{verdict.lead[1:].rstrip('.')}",
        lead,
        theme.VERDICT[verdict.verdict],
    )
    st.html(block.section("What the owner reports", impact.owner(row)))
    st.html(
        block.section(
            "What the evidence says",
            impact.strands(verdict, lambda name: link("measure", kpi=name)),
        )
    )
    st.html(block.source_line(_source(seen, ratings.filter(period=month))))
    linked = {name: _linked(seen, verdict, name) for name in evidence.STRANDS}
    cards(seen, "Numbers", linked["numbers"][:ROWS])
    cards(seen, "Audits", linked["audits"][:ROWS])
    _voices(seen, month, linked["voices"])


def _linked(seen: View, verdict: Verdict, strand: str) -> list[Kpi]:
    """The measures of a strand, those that tell most first."""
    [found] = [one for one in verdict.strands if one.name == strand]
    return [one.kpi for one in found.findings]


def _voices(seen: View, month: date, kpis: list[Kpi]) -> None:
    """What each group of people said before the plan and since."""
    if not kpis:
        return
    both = [*kpis, *(seen.catalogue.kpis[kpi.before] for kpi in kpis)]
    frame = observations(seen, both).filter(pl.col("period") <= month)
    rows = frame.filter(period=month)
    said = dict(rows.select("kpi_id", "value").iter_rows())
    count = dict(rows.select("kpi_id", "denominator").iter_rows())
    pairs = [(kpi.voice.capitalize(), said.get(kpi.before), said.get(kpi.kpi_id)) for kpi in kpis]
    table = pl.DataFrame(
        {
            "who": [who for who, _, _ in pairs],
            "before": [before for _, before, _ in pairs],
            "since": [since for _, _, since in pairs],
            "answers": [
                (count.get(kpi.kpi_id) or 0) + (count.get(kpi.before) or 0) for kpi in kpis
            ],
        }
    )
    chart(
        seen,
        "priority-voices",
        messages.voices(pairs),
        "Share of answers on this priority that found the service good: those about the time "
        "before the plan (hollow dot) beside those since (full dot), over 12 months.",
        shares.before_after(pairs),
        messages.voices(pairs),
        (table, tables.answers()),
        source=source(seen, kpis, frame),
    )
