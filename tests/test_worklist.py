"""What the page of activities says: titles, tables, key."""

import frames
import polars as pl
import pytest
from activities import TODAY, activity, day, register, sixty

from kpi import mention, schedule, worklist

NAMES = {"P01": "Leadership", "P02": "Caseloads"}


def plan(*rows):
    return schedule.laid_out(register(*rows), TODAY)


def opening(*rows):
    found = plan(*rows)
    return worklist.opening(found, schedule.chain(found))


LATE = activity("L", "2025-01-01", "2025-03-01")
DONE = activity("D", "2025-01-01", "2025-03-01", status="done", finished=day("2025-03-01"))
LONG = activity("Z", "2025-04-01", "2025-07-19", due=day("2025-09-30"), predecessors=["L"])

TITLES = [
    ([], "No activities are published yet"),
    ([activity("A")], "The one activity is not late"),
    ([LATE], "The one activity is late; the last of all ends in April 2025, 54 days after its baseline"),
    ([LATE, LONG], "One of 2 activities is late; the longest chain ends in September 2025, 73 days after its baseline"),
    ([DONE], "The one activity is not late; the last of all ended in March 2025, as first planned"),
    ([activity("A", "2025-01-01", "2025-07-19", due=day("2025-07-18"))],
     "The one activity is not late; the last of all ends in July 2025, 1 day before its baseline"),
    ([activity("A", "2025-01-01", "2025-07-19", baseline_due=None)],
     "The one activity is not late; the last of all ends in July 2025"),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "title"), TITLES, ids=[row[1] for row in TITLES])
def test_title(rows, title):
    assert opening(*rows)[0] == title


LEADS = [
    ([LATE], "Late is what is open past the day first planned; it is past the day now planned too."),
    ([activity("A", "2025-01-01", "2025-03-01", due=day("2025-08-01"))],
     "Late is what is open past the day first planned; it has been given a later day."),
    ([DONE], "One is done."),
    ([activity("A", "2025-01-01", "2025-06-01", due=day("2025-07-01"))], "One ends a month or more later than planned."),
    ([activity("A", "2025-01-01", "2025-08-01"), activity("B", "2025-05-01", "2025-09-01", predecessors=["A"])],
     "One begins before what it starts after has ended."),
    ([activity("A", kpi_ids=[]), activity("B", kpi_ids=[])],
     "Two name no measure, so nobody can say what they change."),
    ([DONE, activity("A", status="merged"), activity("B", status="retired")], "Two more were merged or retired."),
    ([], "upload the register “activity”"),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "sentence"), LEADS, ids=[row[1] for row in LEADS])
def test_lead(rows, sentence):
    assert sentence in opening(*rows)[1]


def test_the_lead_of_a_plain_plan_says_no_more_than_there_is():
    assert opening(activity("A", "2025-01-01", "2025-06-01"))[1] == "Nothing is done yet."


@pytest.mark.parametrize(
    ("rows", "priority", "message"),
    [
        ([DONE], "", "One activity, not late"),
        ([DONE, DONE | {"activity_id": "E"}], "Leadership", "Leadership: two activities, none of them late"),
        ([DONE, LATE], "", "One late; furthest: Activity L, 54 days behind"),
        ([LATE], "Leadership", "Leadership: one late; furthest: Activity L, 54 days behind"),
        ([activity("A", "2025-04-01", "2025-06-01", status="not_started")], "", "One late; furthest: Activity A"),
    ],
)  # fmt: skip
def test_message_over_the_timeline(rows, priority, message):
    assert worklist.drawn(plan(*rows), priority) == message


def test_alt_says_counts_span_and_chain():
    found = plan(DONE, LATE, LONG)
    assert worklist.alt(found, TODAY, schedule.chain(found)) == (
        "Timeline of 3 activities from January 2025 to September 2025, by priority, on 24 April "
        "2025: one done, one in progress, one overdue. Two of them belong to the chain that "
        "decides the end. Every activity, its dates and what it starts after stand in the table."
    )


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([DONE, LATE], "One activity is done; two were first planned to be by now"),
        ([activity("A", "2025-05-01", "2025-06-01")], "No activity was due yet"),
        ([activity("A", "2025-01-01", "2025-04-30", status="done", finished=day("2025-04-02"))],
         "One activity is done; none were first planned to be by now"),
    ],
)  # fmt: skip
def test_pace(rows, message):
    assert worklist.pace(schedule.pace(plan(*rows), TODAY), TODAY) == message


def test_busiest_months():
    rows = schedule.pace(schedule.laid_out(sixty(), TODAY), TODAY).drop_nulls("done")
    year = rows.tail(12)
    assert worklist.busiest(rows) == (
        f"In the last 12 months {year['done'].sum()} activities were done "
        f"and {year['planned'].sum()} were planned"
    )
    assert worklist.busiest(rows.clear()) == "No month of the plan has begun yet"


@pytest.mark.parametrize(
    ("counts", "title", "words"),
    [
        ({"done": 0, "linked": 0, "moving": 0}, "Nothing is done yet.", "once it is"),
        ({"done": 3, "linked": 0, "moving": 0}, "Of three activities done, none name a measure.", "nobody can say"),
        ({"done": 29, "linked": 22, "moving": 9}, "Of 29 activities done, 22 name a measure.",
         "For nine of them a measure is on target or improving."),
    ],
)  # fmt: skip
def test_effect(counts, title, words):
    found = worklist.effect(counts)
    assert found[0] == title
    assert words in found[1]


# ---- tables ----


def table(*rows):
    found = plan(*rows)
    return worklist.table(found, found, NAMES, lambda names: ", ".join(names) or "–", schedule.chain(found))  # fmt: skip


def test_rows_stand_in_start_order_with_what_they_start_after():
    html = table(LONG, LATE)
    assert html.index("Activity L") < html.index("Activity Z")
    assert "Starts after" in html
    assert "<li>Activity L <span>still open</span></li>" in html
    assert "begins 23 days before that ends" in html
    assert "First planned: 1\u00a0Apr\u00a02025 to 19\u00a0Jul\u00a02025" in html
    assert html.count("Decides when the plan ends") == 2
    assert 'class="kpi-flag">54 days behind' in html


def test_an_unmoved_plan_is_not_repeated():
    assert "First planned" not in table(activity("A", "2025-05-01", "2025-06-01"))


def test_whatever_comes_from_data_is_escaped():
    html = table(activity("A", "2025-05-01", "2025-06-01", title="<script>", owner_role="<b>x",
                          note="<i>", priority_id="<u>"))  # fmt: skip
    for tag in ("<script>", "<b>x", "<i>", "<u>"):
        assert tag not in html


def test_nothing_is_known_of_an_activity():
    html = table(activity("A", owner_role=None, priority_id=None))
    assert "no dates" in html and "No owner named" in html and "No priority" in html


def test_the_chain_says_how_much_room_lies_between():
    found = plan(
        activity("A", "2025-01-01", "2025-03-01", status="done", finished=day("2025-03-01")),
        activity("B", "2025-03-02", "2025-05-30", predecessors=["A"]),
        activity("C", "2025-06-10", "2025-09-30", predecessors=["B"]),
        activity("D", "2025-09-01", "2025-12-30", predecessors=["C"]),
    )
    chain = schedule.chain(found)
    assert chain == ["A", "B", "C", "D"]
    html = worklist.chain_table(found, chain, NAMES)
    cells = [html.index(text) for text in ("Activity A", "<div>None</div>", "10 days", "None: overlaps by 30 days")]  # fmt: skip
    assert cells == sorted(cells)
    assert "30\u00a0Dec\u00a02025 (expected)" in html
    title = worklist.chain_title(found, chain)
    assert title == "Four activities decide the end in December 2025; three are still to be done"


def test_a_chain_that_is_done():
    found = plan(DONE)
    assert worklist.chain_title(found, ["D"]) == (
        "One activity decided the end in March 2025; all are done"
    )


def test_what_can_start_next():
    found = plan(
        activity("A", "2025-01-01", "2025-05-30"),
        activity("B", "2025-06-01", "2025-09-30", status="not_started", predecessors=["A"]),
    )
    html = worklist.next_table(schedule.next_starts(found), found)
    assert html.index("Activity A") < html.index("30\u00a0May\u00a02025") < html.index("Activity B")


def test_the_key_names_every_bar():
    html = worklist.key()
    for word in (
        "Done",
        "In progress",
        "Not started",
        "Overdue",
        "First planned",
        "decides the end",
    ):
        assert word in html


def test_a_spreadsheet_gets_no_lists():
    flat = worklist.flat(plan(LATE, LONG))
    assert not any(isinstance(kind, pl.List) for kind in flat.dtypes)
    assert flat.write_csv()


# ---- measures beside an activity ----


def newest(**columns):
    return mention.rows_of(frames.series([13.9], kpi_id="caseload_mean", **columns))


def test_a_measure_is_named_with_its_status(book):
    html = mention.briefly(["caseload_mean", "caseload_mean"], book.kpis, newest(rating="green"),
                           lambda name: f"measure?kpi={name}&x=1")  # fmt: skip
    assert html.count("<li>") == 1
    assert 'href="measure?kpi=caseload_mean&amp;x=1"' in html
    assert "On target" in html and "13.9" not in html


def test_a_measure_with_all_its_signals(book):
    html = mention.wholly(["caseload_mean"], book.kpis, newest(rating="red", variation="concern_high"), str)  # fmt: skip
    assert "13.9 cases, Apr 2021" in html
    assert "Off target" in html and "Worsening: higher" in html


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ([], "–"),
        (None, "–"),
        (["cp_open"], "no figure yet"),
        (["<x>"], "&lt;x&gt;"),
    ],
)
def test_measures_that_say_nothing(book, names, expected):
    assert expected in mention.briefly(names, book.kpis, newest(), str)
