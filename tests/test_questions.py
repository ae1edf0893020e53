"""Questions for the committee: who is asked about what, in which order, with which figure."""

import json
from datetime import date
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner
from frames import NOTHING

from kpi import (
    agenda,
    board,
    catalogue,
    cli,
    completeness,
    observation,
    questions,
    settings,
)
from kpi.catalogue import Catalogue
from kpi.commentary import SCHEMA
from kpi.questions import Brief
from kpi.store import Store

FEBRUARY, MARCH = date(2025, 2, 1), date(2025, 3, 1)
DAY, SINCE = date(2025, 4, 24), date(2025, 1, 23)
COUNCIL = "herefordshire"
RED = {"value": 30.0, "target": 10.0, "rating": "red", "assurance": "consistent_fail"}
STEADY = {"variation": "common_cause", "signal": "common_cause"}
WORSE = {"variation": "concern_high", "signal": "above_upl"}
BETTER = {"variation": "improvement_low", "signal": "below_lpl"}
GREEN = {"value": 9.0, "target": 10.0, "rating": "green", "assurance": "consistent_pass"}
PLAN = {
    "period": pl.Date, "priority_id": pl.String, "name": pl.String, "answers": pl.String,
    "progress": pl.String, "impact": pl.String, "commentary": pl.String, "so_what": pl.String,
}  # fmt: skip
PUBLISHED = {"kpi_id": pl.String, "year": pl.Int32, "area_type": pl.String, "area": pl.String}
PUBLISHED |= {"value": pl.Float64, "state": pl.String, "source": pl.String}


def observed(*rows: dict[str, Any]) -> pl.DataFrame:
    schema: dict[str, Any] = dict(observation.SCHEMA)
    filled = [
        NOTHING | {"period": MARCH, "observed": row["value"], "denominator": 90.0} | row
        for row in rows
    ]
    return observation.conform(pl.DataFrame(filled, schema=schema, orient="row"))


def rated(priority: str, progress: str, impact: str, **columns: Any) -> dict[str, Any]:
    named = {"period": MARCH, "priority_id": priority, "name": f"Priority {priority}"}
    return named | {"progress": progress, "impact": impact, "so_what": "Said."} | columns


def brief(book: Catalogue, **given: Any) -> Brief:
    whole: dict[str, Any] = {
        "catalogue": book,
        "day": DAY,
        "since": SINCE,
        "frame": observed(),
        "earlier": observed(),
        "teams": observed(),
        "names": {"ASSESS2": "Assessment team 2"},
        "plan": pl.DataFrame(given.pop("plan", []), schema=PLAN),
        "notes": pl.DataFrame(given.pop("notes", []), schema=SCHEMA),
        "published": pl.DataFrame(given.pop("published", []), schema=PUBLISHED),
        "returns": pl.DataFrame(given.pop("returns", []), schema=completeness.SCHEMA),
    }
    return Brief(**(whole | given))


def kinds(found: list[questions.Question]) -> list[tuple[str, str]]:
    return [(one.kind, one.kpi_id) for one in found]


def note(kpi_id: str, period: date = MARCH, **columns: Any) -> dict[str, Any]:
    return {"kpi_id": kpi_id, "period": period, "so_what": "Children wait."} | columns


def test_nothing_published_asks_nothing(book):
    assert questions.ask(brief(book)) == []


def test_impact_that_is_contradicted_comes_before_impact_that_is_not_shown(book):
    frame = observed(
        {"kpi_id": "cp_repeat"} | RED | WORSE,
        {"kpi_id": "care_leavers_eet_19_21"} | RED | STEADY | {"assurance": "inconsistent"},
    )
    plan = [rated("P05", "green", "green"), rated("P07", "blue", "blue")]
    found = questions.ask(brief(book, frame=frame, plan=plan))
    assert kinds(found)[:2] == [
        ("contradicted", "cp_repeat"),
        ("not_shown", "care_leavers_eet_19_21"),
    ]
    assert found[0].text == (
        "Priority P05: impact is rated green for March 2025. Repeat child protection plans: 30.0% "
        "over 12 months, 20 points above the target of 10% and worsening. "
        "What tells you that children notice a difference?"
    )
    assert found[0].priority_id == "P05"
    assert found[0].reasons[0] == "Impact is rated green. The evidence says otherwise."


def test_impact_that_the_evidence_bears_out_is_not_asked_about(book):
    frame = observed({"kpi_id": "cp_repeat"} | GREEN | BETTER)
    assert questions.ask(brief(book, frame=frame, plan=[rated("P05", "green", "green")])) == []


@pytest.mark.parametrize(
    ("notes", "asks"),
    [
        ([], "No commentary was given for March 2025. What is behind it"),
        ([note("cp_repeat", FEBRUARY)], "No commentary was given for March 2025."),
        (
            [note("cp_repeat", action="Ask ten families.", due=date(2025, 4, 23))],
            "“Ask ten families” was due by 23 April 2025. Was it done, and did it help?",
        ),
        ([note("cp_repeat", action="Ask ten families.", due=DAY)], None),
        ([note("cp_repeat")], None),
        (
            [
                note("cp_repeat", FEBRUARY, action="Old.", due=FEBRUARY),
                note("cp_repeat", action="New.", due=DAY),
            ],
            None,
        ),
    ],
)
def test_a_measure_off_target_asks_for_an_answer_until_there_is_one(book, notes, asks):
    frame = observed({"kpi_id": "cp_repeat"} | RED | STEADY)
    ordered = sorted(notes, key=lambda row: row["period"], reverse=True)
    found = questions.ask(brief(book, frame=frame, notes=ordered))
    assert [one.kind for one in found] == ["unattended"] * (asks is not None)
    assert asks is None or asks in found[0].text


@pytest.mark.parametrize(
    ("columns", "is_asked"),
    [(RED | STEADY, True), (GREEN | WORSE, True), (GREEN | STEADY, False)],
)
def test_red_or_worsening_wants_commentary(book, columns, is_asked):
    frame = observed({"kpi_id": "cp_repeat"} | columns)
    assert bool(questions.ask(brief(book, frame=frame))) == is_asked


def test_a_neutral_measure_is_never_asked_about(book):
    row = {"kpi_id": "cp_open", "value": 400.0, "variation": "neutral_high", "signal": "above_upl"}
    assert questions.ask(brief(book, frame=observed(row))) == []


def test_progress_without_impact_counts_the_months(book):
    plan = [
        rated("P03", "green", "amber", period=date(2025, 1, 1)),
        rated("P03", "amber", "amber", period=FEBRUARY),
        rated("P03", "blue", "red"),
        rated("P02", "green", "red", period=FEBRUARY),
        rated("P02", "green", "amber"),
        rated("P05", "amber", "red"),
        rated("P06", "green", "green"),
    ]
    rows = questions.without_impact(pl.DataFrame(plan, schema=PLAN), MARCH)
    assert [(row["priority_id"], row["months"]) for row in rows] == [("P02", 2), ("P03", 1)]
    frame = observed({"kpi_id": "supervision_held"} | GREEN | STEADY)
    [one] = questions.ask(brief(book, frame=frame, plan=plan))
    assert one.text.startswith(
        "Priority P03: progress is rated blue, impact red for March 2025. Case supervision held"
    )


def test_a_team_that_the_average_hides_is_named_with_its_figure(book):
    frame = observed({"kpi_id": "caseload_mean"} | GREEN | STEADY)
    team = {"kpi_id": "caseload_mean", "org_id": "ASSESS2"} | RED | STEADY
    elsewhere = team | {"org_id": "closed"}
    [one] = questions.ask(brief(book, frame=frame, teams=observed(team, elsewhere)))
    assert (one.kind, one.org_id, one.value) == ("hidden", "ASSESS2", 30.0)
    assert one.text == (
        "Average caseload in March 2025: the council is on target. Assessment team 2: 30.0 cases, "
        "20 cases above the target of 10; the whole council 9.0. "
        "What is being done for the children there?"
    )


@pytest.mark.parametrize(
    ("columns", "neighbours", "is_asked"),
    [
        (GREEN | STEADY, 8.0, True),
        (GREEN | STEADY, 9.0, False),
        (GREEN | STEADY, 10.0, False),
        (GREEN | STEADY, None, False),
        (GREEN | BETTER, 8.0, False),
    ],
)
def test_worse_than_the_neighbours_and_not_improving(book, columns, neighbours, is_asked):
    published = [
        {"kpi_id": "cp_repeat", "year": 2023, "area_type": "neighbours", "value": 1.0},
        {"kpi_id": "cp_repeat", "year": 2024, "area_type": "neighbours", "value": neighbours,
         "source": "Department for Education"},
    ]  # fmt: skip
    if neighbours is None:
        published = published[1:]
    frame = observed({"kpi_id": "cp_repeat"} | columns)
    found = questions.ask(brief(book, frame=frame, published=published))
    assert [one.kind for one in found] == ["neighbours"] * is_asked
    assert not is_asked or "Neighbours 8.0% (DfE 2024)." in found[0].text


def test_a_restated_figure_shows_what_it_was(book):
    now = observed({"kpi_id": "cp_repeat"} | GREEN | STEADY)
    then = observed({"kpi_id": "cp_repeat"} | GREEN | STEADY | {"value": 7.0})
    [one] = questions.ask(brief(book, frame=now, earlier=then))
    assert (one.kind, one.value, one.period) == ("restated", 9.0, MARCH)
    assert one.text.startswith(
        "Repeat child protection plans, Mar 2025: 7.0% then, 9.0% now (then: 23 January 2025)."
    )


def test_a_return_that_has_not_come_is_asked_for_by_its_leading_measure(book):
    frame = observed({"kpi_id": "cp_repeat", "period": FEBRUARY} | GREEN | STEADY)
    missing = {"dataset": "child_protection", "period": MARCH, "due": date(2025, 4, 20),
               "state": "missing"}  # fmt: skip
    [one] = questions.ask(brief(book, frame=frame, returns=[missing]))
    assert (one.kind, one.kpi_id, one.period, one.value) == ("missed", "cp_repeat", FEBRUARY, 9.0)
    assert "Child protection: the return for March 2025 was due by 20 April 2025" in one.text


def test_ratings_without_a_so_what(book):
    frame = observed({"kpi_id": "cp_repeat"} | GREEN | STEADY)
    plan = [rated("P05", "amber", "amber", so_what=None)]
    [one] = questions.ask(brief(book, frame=frame, plan=plan))
    assert (one.kind, one.priority_id) == ("so_what", "P05")


def test_no_two_questions_about_one_measure_and_never_more_than_eight(book):
    names = [name for name, kpi in book.kpis.items() if kpi.polarity != "neutral"]
    frame = observed(*({"kpi_id": name} | RED | WORSE for name in names))
    plan = [rated(name, "green", "green") for name in book.table("priorities")["priority_id"]]
    found = questions.ask(brief(book, frame=frame, plan=plan))
    assert len(found) == 8
    assert len({one.kpi_id for one in found}) == 8
    assert [one.kind for one in found] == ["contradicted"] * 5 + ["unattended"] * 3


def test_ties_are_settled_by_the_name_of_the_measure(book):
    names = ["cla_dental_checks", "care_leavers_eet_17_18", "cla_health_checks"]
    frame = observed(*({"kpi_id": name} | RED | STEADY for name in names))
    found = questions.ask(brief(book, frame=frame))
    assert [one.kpi_id for one in found] == sorted(names)


@pytest.mark.parametrize(
    ("number", "text"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (12, "12th"), (22, "22nd")]
)
def test_ordinals(number, text):
    assert questions.ordinal(number) == text


# ---- from the store, on the command line ----


@pytest.fixture(scope="module")
def sampled(sample_copy) -> str:
    return str(sample_copy)


def _book() -> Catalogue:
    return catalogue.read(settings.read().reference)


def printed(store: str, *arguments: str) -> str:
    answer = CliRunner().invoke(cli.main, arguments, env={"KPI_STORE": store})
    assert answer.exit_code == 0, answer.output
    return answer.output


@pytest.mark.parametrize("day", ["2023-07-11", "2024-11-21", None])
def test_each_figure_is_that_of_the_observations(sampled, day):
    seen = ["--as-at", day, "--json"] if day else ["--json"]
    first = printed(sampled, "questions", *seen)
    assert printed(sampled, "questions", *seen) == first
    asked = json.loads(first)["questions"]
    assert 5 <= len(asked) <= 8
    assert [one["rank"] for one in asked] == list(range(1, len(asked) + 1))
    for one in asked:
        month = one["period"][:7]
        where = ["--kpi", one["kpi_id"], "--org", one["org_id"], "--since", month, "--until", month]
        [row] = json.loads(printed(sampled, "observations", *where, *seen))["observations"]
        assert row["value"] == one["value"], one["question"]
        assert one["question"].endswith("?")
        assert one["reasons"]


def test_a_past_meeting_knows_nothing_that_came_later(sampled):
    """July 2023: no month after May, no comparator of 2023, no rating given since."""
    asked = json.loads(printed(sampled, "questions", "--as-at", "2023-07-11", "--json"))
    assert all(one["period"] <= "2023-06-01" for one in asked["questions"])
    store = Store(sampled, _book())
    brief = agenda.brief(store, board.moment("2023-07-11"), "officer")
    store.close()
    assert brief.day == date(2023, 7, 11)
    assert brief.published["year"].max() == 2022
    assert brief.month == date(2023, 5, 1)
    assert brief.returns.filter(pl.col("first_day") > brief.day).is_empty()


def test_the_last_meeting_is_that_of_the_register_or_a_quarter_ago():
    meetings = pl.DataFrame({"date": [date(2023, 7, 11), date(2023, 9, 1), None]})
    assert agenda.last_meeting(meetings, date(2023, 9, 1)) == date(2023, 7, 11)
    assert agenda.last_meeting(meetings, date(2023, 9, 2)) == date(2023, 9, 1)
    assert agenda.last_meeting(meetings.clear(), date(2023, 9, 2)) == date(2023, 6, 3)
