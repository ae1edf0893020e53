"""What changed between two looks, what is restated, and what a total hides."""

from datetime import date
from typing import Any

import polars as pl
import pytest
from test_card import HOSTILE, Page
from test_questions import BETTER, FEBRUARY, GREEN, MARCH, RED, STEADY, WORSE, observed, rated

from kpi import digest, movement, theme
from kpi.movement import Change, Look

THEN, NOW = date(2025, 3, 11), date(2025, 4, 24)
AMBER = {"value": 11.0, "target": 10.0, "rating": "amber"}
ACTIVITY = {"activity_id": pl.String, "title": pl.String, "due": pl.Date, "status": pl.String,
            "owner_role": pl.String}  # fmt: skip
ITEM = {"item_id": pl.String, "text": pl.String, "due": pl.Date, "status": pl.String,
        "owner_role": pl.String}  # fmt: skip
PLAN = {"period": pl.Date, "priority_id": pl.String, "name": pl.String, "progress": pl.String,
        "impact": pl.String, "so_what": pl.String}  # fmt: skip


def look(day: date = NOW, **given: Any) -> Look:
    return Look(
        day=day,
        frame=given.get("frame", observed()),
        plan=pl.DataFrame(given.get("plan", []), schema=PLAN),
        activities=pl.DataFrame(given.get("activities", []), schema=ACTIVITY),
        recommendations=pl.DataFrame(given.get("items", []), schema=ITEM),
    )


def figures(book, before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    then, now = (observed({"kpi_id": "cp_repeat"} | row) for row in (before, after))
    return movement.changes(book.kpis, look(THEN, frame=then), look(frame=now))


@pytest.mark.parametrize(
    ("before", "after", "kind", "sentence"),
    [
        (GREEN | STEADY, RED | STEADY, "status_worse", "Off target, on target before. 30.0% in Mar 2025; 9.0% in Feb 2025."),
        (RED | STEADY, AMBER | STEADY, "status_better", "Near target, off target before. 11.0% in Mar 2025; 30.0% in Feb 2025."),
        (GREEN | STEADY, GREEN | WORSE, "signal_worse", "9.0% in Mar 2025; 9.0% in Feb 2025."),
        (GREEN | STEADY, GREEN | BETTER, "signal_better", "9.0% in Mar 2025; 9.0% in Feb 2025."),
        (GREEN | STEADY, RED | WORSE, "status_worse", "Off target, on target before. 30.0% in Mar 2025; 9.0% in Feb 2025."),
    ],
)  # fmt: skip
def test_a_measure_is_told_once_by_its_gravest_change(book, before, after, kind, sentence):
    [one] = figures(book, before | {"period": FEBRUARY}, after)
    assert (one.kind, one.kpi_id, one.sentence) == (kind, "cp_repeat", sentence)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (GREEN | STEADY, GREEN | STEADY),
        (GREEN | WORSE, GREEN | WORSE),
        (GREEN | WORSE, GREEN | STEADY),
        (RED | STEADY | {"period": date(2024, 2, 1)}, GREEN | STEADY),
        (RED | STEADY | {"value": None}, GREEN | STEADY),
    ],
)
def test_what_is_as_it_was_or_long_ago_is_no_change(book, before, after):
    assert figures(book, {"period": FEBRUARY} | before, after) == []


def test_the_plan_moves_once_a_priority_and_by_impact_first(book):
    then = look(THEN, plan=[
        rated("P01", "green", "amber", period=FEBRUARY), rated("P02", "amber", "red"),
        rated("P03", "green", "green"),
    ])  # fmt: skip
    now = look(plan=[rated("P01", "amber", "red"), rated("P02", "green", "red"),
                     rated("P03", "green", "none"), rated("P04", "green", "green")])  # fmt: skip
    plans = [
        pl.DataFrame(
            [{name: row.get(name) for name in PLAN} for row in one.plan.to_dicts()], schema=PLAN
        )
        for one in (then, now)
    ]
    assert plans[0].height == 3
    # Then the newest month was March for P02 and P03 alone.
    found = movement.changes(book.kpis, then, now)
    assert [(one.kind, one.priority_id) for one in found] == [("brag_better", "P02")]
    earlier = look(THEN, plan=[rated("P01", "green", "amber", period=FEBRUARY)])
    [one] = movement.changes(book.kpis, earlier, now)
    assert one.kind == "brag_worse"
    assert one.mark == theme.BRAG["red"]
    assert one.sentence == (
        "Impact is red, amber before; progress is amber, green before (Feb 2025). Said."
    )


def test_what_has_only_now_become_late_goes_before_what_was_late_already(book):
    def activity(name: str, due: date | None, status: str = "in_progress") -> dict[str, Any]:
        return {"activity_id": name, "title": name, "due": due, "status": status,
                "owner_role": "Head of service"}  # fmt: skip

    item = {"item_id": "I1", "text": "A copy", "due": date(2022, 8, 1), "status": "open"}
    now = look(
        activities=[
            activity("new", date(2025, 3, 20)),
            activity("today", NOW),
            activity("done", date(2025, 3, 1), "done"),
            activity("retired", date(2025, 3, 1), "retired"),
            activity("undated", None),
        ],
        items=[item | {"owner_role": None}, item | {"item_id": "I2", "status": "not_accepted"}],
    )
    found = movement.changes(book.kpis, look(THEN), now)
    assert [one.subject for one in found] == ["activity new", "recommendation I1"]
    assert found[0].sentence == "Due by 20 March 2025, 35 days ago. Head of service answers for it."
    assert found[1].sentence == "Due by 1 August 2022, 997 days ago."


def test_the_worse_comes_before_the_better(book):
    kinds = list(movement.KINDS)
    assert kinds.index("status_worse") < kinds.index("overdue") < kinds.index("status_better")
    assert {*movement.WORSE, *movement.BETTER, "overdue", "restated", "signal_other"} == {*kinds}


# ---- restated ----


def test_a_figure_is_restated_when_it_is_written_otherwise(book):
    def frame(*values: float | None, load: int = 1) -> pl.DataFrame:
        months = (date(2025, 1, 1), FEBRUARY, MARCH)
        return observed(*(
            {"kpi_id": "cp_repeat", "period": month, "value": value, "rating": "red",
             "state": None if value else "c", "load_id": load}
            for month, value in zip(months, values, strict=False)
        ))  # fmt: skip

    then = frame(20.0, 20.04, None)
    rows = movement.restated(book.kpis, then, frame(20.0, 20.0, 25.0, load=2))
    assert rows.select("period", "then", "now").rows() == [(MARCH, None, 25.0)]
    # What the same load says and may be shown now was not wrong then.
    assert movement.restated(book.kpis, then, frame(20.0, 20.0, 25.0)).is_empty()
    rows = movement.restated(book.kpis, frame(20.0, 20.0), frame(20.3, 21.0, 30.0))
    assert rows["period"].to_list() == [FEBRUARY, date(2025, 1, 1)]
    [one] = movement.changes(
        book.kpis,
        look(THEN, frame=frame(20.0, 20.0)),
        look(frame=frame(20.3, 21.0)),
    )
    assert (one.kind, one.sentence) == (
        "restated",
        "Feb 2025: 20.0% then, 21.0% now, and one earlier month.",
    )


# ---- hidden by the average ----


def team(org_id: str, **columns: Any) -> dict[str, Any]:
    return {"kpi_id": "cp_repeat", "org_id": org_id} | columns


@pytest.mark.parametrize(
    ("whole", "part", "is_hidden"),
    [
        (GREEN | STEADY, RED | STEADY, True),
        (GREEN | STEADY, GREEN | WORSE, True),
        (GREEN | STEADY, AMBER | STEADY, False),
        (AMBER | STEADY, RED | WORSE, False),
        (GREEN | STEADY, RED | STEADY | {"denominator": 9.0}, False),
        (GREEN | STEADY, RED | STEADY | {"period": FEBRUARY}, False),
        (GREEN | STEADY, RED | STEADY | {"value": None, "rating": "none"}, False),
        (GREEN | STEADY, RED | STEADY | {"org_id": "elsewhere"}, False),
    ],
)
def test_who_is_hidden(book, whole, part, is_hidden):
    council = observed({"kpi_id": "cp_repeat"} | whole)
    teams = observed(team("CPC1") | part)
    found = movement.hidden(book.kpis, council, teams, {"CPC1": "Team 1"})
    assert [row["name"] for row in found] == ["Team 1"] * is_hidden


def test_a_count_hides_nobody(book):
    council = observed({"kpi_id": "nqsw_intake"} | GREEN | STEADY)
    teams = observed(team("CPC1", kpi_id="nqsw_intake") | GREEN | WORSE)
    assert movement.hidden(book.kpis, council, teams, {"CPC1": "Team 1"}) == []


def test_the_worst_team_comes_first(book):
    council = observed({"kpi_id": "cp_repeat"} | GREEN | STEADY)
    teams = observed(
        team("A") | GREEN | WORSE,
        team("B") | RED | STEADY,
        team("C") | RED | WORSE,
        team("D") | RED | STEADY | {"value": 40.0},
    )
    found = movement.hidden(book.kpis, council, teams, {name: name for name in "ABCD"})
    assert [row["name"] for row in found] == ["C", "D", "B", "A"]
    assert movement.hidden_sentence(book.kpis["cp_repeat"], found[0]) == (
        "C: 30.0%, 20 points above the target of 10%, worsening; the whole council 9.0%."
    )


# ---- few of many ----


def test_no_kind_crowds_out_the_others():
    marks = theme.OVERDUE
    items = [
        Change(kind=kind, mark=marks, subject=f"{kind}{n}", title="", sentence="")
        for kind, many in (("status_worse", 9), ("overdue", 3), ("restated", 1))
        for n in range(many)
    ]
    caps = dict.fromkeys(movement.KINDS, 2)
    kept = [one.kind for one in movement.few(items, caps)]
    assert kept == ["status_worse"] * 4 + ["overdue"] * 3 + ["restated"]
    assert len(movement.few(items[:3], caps)) == 3
    assert movement.few([], caps) == []


# ---- in words, and on the page ----


def test_the_summary_counts_what_is_worse_and_what_is_better(book):
    then = look(THEN, frame=observed({"kpi_id": "cp_repeat", "period": FEBRUARY} | GREEN | STEADY))
    now = look(frame=observed({"kpi_id": "cp_repeat"} | RED | STEADY))
    found = movement.changes(book.kpis, then, now)
    title, lead = movement.summary(found, then, now)
    assert title == "Since 11 March 2025, one sign is worse and none better"
    assert lead == (
        "The newest month is March 2025; then it was February 2025. What is worse comes first."
    )
    assert movement.summary([], then, now)[0] == "Nothing has changed since 11 March 2025"
    assert movement.summary([], look(THEN), look())[1] == "Nothing had been published then."


def test_eight_stand_open_and_the_rest_is_folded_by_kind():
    items = [
        Change(kind="overdue", mark=theme.OVERDUE, subject=f"{n}", title=f"Item {n}", sentence="x")
        for n in range(11)
    ]
    html = digest.changed(items, lambda one: "#")
    assert html.index("Item 7") < html.index("<details") < html.index("Item 8")
    assert "Everything else that changed (3)" in html
    assert "<details" not in digest.changed(items[:8], lambda one: "")
    assert digest.changed([], lambda one: "") == ""


def test_nothing_from_data_is_read_as_markup(book):
    one = Change(kind="overdue", mark=theme.OVERDUE, subject="x", title=HOSTILE, sentence=HOSTILE)
    html = digest.changed([one] * 9, lambda change: HOSTILE)
    council = observed({"kpi_id": "cp_repeat"} | GREEN | STEADY)
    rows = movement.hidden(book.kpis, council, observed(team("A") | RED | STEADY), {"A": HOSTILE})
    html += digest.hidden(rows, book.kpis, lambda name: HOSTILE)
    meetings = pl.DataFrame({"date": [NOW], "forum": [HOSTILE]})
    html += digest.meetings(meetings, lambda day: HOSTILE)
    assert not Page(html).tags("script")
