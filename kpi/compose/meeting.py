"""Sections of a pack that only a meeting needs: what changed since the last, questions, money."""

from typing import Any

from kpi import agenda, board, money, movement, questions, theme
from kpi.compose import measure
from kpi.compose.facts import Facts
from kpi.questions import Question
from kpi.report import Block, Cell, Chart, Column, Heading, Paragraph, Questions, Table


def changed(facts: Facts) -> tuple[Block, ...]:
    """The changes that matter most since the last meeting before the day."""
    store, as_at = facts.store, facts.meeting.as_at
    since = agenda.last_meeting(store.register("meeting", as_at), facts.day)
    moments = (board.moment(since.isoformat()), as_at)
    then, now = (agenda.look(store, moment, facts.role, facts.observe) for moment in moments)
    found = movement.changes(facts.catalogue.kpis, then, now)
    title, lead = movement.summary(found, then, now)
    first = movement.few(found, dict.fromkeys(movement.KINDS, movement.OF_A_KIND))
    words = (Heading(text=title), Paragraph(text=lead))
    if not first:
        return words
    table = Table(
        caption=f"Since {theme.day(since)}, what matters most first",
        columns=(
            Column(title="What", share=2.6),
            Column(title="Change", kind="mark", share=2.2),
            Column(title="In words", share=5),
        ),
        rows=tuple(
            (
                Cell(text=one.title),
                Cell(text=one.mark.word, mark=one.mark),
                Cell(text=one.sentence),
            )
            for one in first
        ),
    )
    return (*words, table)


def asked(facts: Facts) -> tuple[Block, ...]:
    """What the committee may ask, each question with what it rests on."""
    found = questions.ask(agenda.brief(facts.store, facts.meeting.as_at, facts.role, facts.observe))
    if not found:
        return (Paragraph(text="The figures raise no question by the rule."),)
    block = Questions(
        lead="Made from the published figures by a fixed rule.",
        items=tuple((one.text, " ".join(one.reasons)) for one in found),
        charts=tuple(_behind(facts, one) for one in found),
    )
    return (block,)


def _behind(facts: Facts, question: Question) -> Chart | None:
    """The months of the council's measure that a question is about; a team's are not drawn."""
    kpi, council = facts.catalogue.kpis[question.kpi_id], facts.catalogue.council.org_id
    series = facts.everything.filter(kpi_id=kpi.kpi_id).sort("period")
    if question.org_id != council or series.is_empty():
        return None
    return measure.chart(facts, kpi, series)


def funds(facts: Facts) -> tuple[Block, ...]:
    """What was released of the investment, and until when it lasts."""
    store, as_at = facts.store, facts.meeting.as_at
    funding = store.register("funding", as_at)
    finance = store.published(facts.catalogue.datasets["finance"], as_at=as_at)
    burnt = money.burn_down(finance)
    title, lead = money.summary(funding, burnt, money.runs_out(burnt, finance))
    releases = money.tranches(funding)
    words = (Heading(text=title), *((Paragraph(text=lead),) if lead else ()))
    if releases.is_empty():
        return words
    table = Table(
        caption="Releases of money, planned and actual",
        columns=(
            Column(title="Release", share=4),
            Column(title="Amount", kind="number", share=2),
            Column(title="First planned", kind="date", share=2),
            Column(title="Released", kind="date", share=2),
        ),
        rows=tuple(_release(row) for row in releases.iter_rows(named=True)),
    )
    return (*words, table)


def _release(row: dict[str, Any]) -> tuple[Cell, ...]:
    amount = None if row["amount"] is None else float(row["amount"])
    return (
        Cell(text=row["name"]),
        Cell(text="–" if amount is None else money.said(amount), value=amount),
        *(
            Cell(text=theme.day(row[name]) if row[name] else "–", value=row[name])
            for name in ("planned", "released")
        ),
    )
