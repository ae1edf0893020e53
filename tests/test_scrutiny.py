"""What was asked: how each item stands on a day, how old it is, and what the page says of all."""

from datetime import date, timedelta

import polars as pl
import pytest
from papers import BUDGET, REVIEW, UPDATE, publish

from kpi import board, minutes, scrutiny
from kpi.store import Store

TODAY = date(2023, 7, 11)
ITEM = {
    "item_id": "R1",
    "type": "question",
    "forum": "Scrutiny committee",
    "raised": date(2023, 1, 10),
    "text": "How many?",
    "owner_role": "Service director",
    "due": None,
    "status": "open",
    "reason": None,
    "responded": None,
    "response": None,
    "outcome": None,
    "kpi_ids": [],
    "source": "Minute 1",
}
DAYS = ("raised", "due", "responded")


def items(*changes: dict[str, object]) -> pl.DataFrame:
    rows = [ITEM | {"item_id": f"R{at}"} | change for at, change in enumerate(changes, 1)]
    schema = {name: pl.Date if name in DAYS else pl.String for name in ITEM}
    return pl.DataFrame(rows, schema | {"kpi_ids": pl.List(pl.String)})


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.mark.parametrize(
    ("item", "state", "late", "waited"),
    [
        ({}, "undated", None, 182),
        ({"due": TODAY}, "waiting", None, 182),
        ({"due": TODAY + timedelta(days=9)}, "waiting", None, 182),
        ({"due": ago(1)}, "overdue", 1, 182),
        ({"raised": TODAY}, "undated", None, 0),
        ({"status": "answered", "responded": date(2023, 1, 20)}, "answered", None, 10),
        ({"status": "done", "responded": date(2023, 7, 11), "due": ago(90)}, "done", None, 182),
        ({"status": "answered", "responded": date(2023, 7, 12), "due": ago(3)}, "overdue", 3, 182),
        ({"status": "not_accepted", "reason": "Too tight"}, "not_accepted", None, None),
        ({"status": "withdrawn", "responded": date(2023, 2, 1)}, "withdrawn", None, 22),
        ({"responded": date(2023, 2, 1), "response": "Half of it"}, "undated", None, 182),
    ],
)
def test_how_an_item_stands(item, state, late, waited):
    row = scrutiny.judge(items(item), TODAY).row(0, named=True)
    assert (row["state"], row["late"], row["waited"]) == (state, late, waited)


@pytest.mark.parametrize(
    ("late", "band"),
    [
        (1, "Overdue, up to 30 days"),
        (30, "Overdue, up to 30 days"),
        (31, "Overdue, 31 to 90 days"),
        (90, "Overdue, 31 to 90 days"),
        (91, "Overdue, 91 to 180 days"),
        (180, "Overdue, 91 to 180 days"),
        (181, "Overdue, more than 180 days"),
    ],
)
def test_age_bands(late, band):
    judged = scrutiny.judge(items({"due": ago(late), "raised": ago(400)}), TODAY)
    assert judged["band"].to_list() == [band]


def test_the_most_pressing_comes_first_and_ages_count_them():
    judged = scrutiny.judge(
        items(
            {"status": "answered", "responded": ago(3)},
            {},
            {"due": ago(5)},
            {"due": ago(200), "raised": ago(300)},
            {"status": "not_accepted", "reason": "No money"},
        ),
        TODAY,
    )
    assert judged["item_id"].to_list() == ["R4", "R3", "R2", "R5", "R1"]
    assert scrutiny.ages(judged).rows() == [
        ("Overdue, more than 180 days", 1, 300),
        ("Overdue, up to 30 days", 1, 182),
        ("Open, no date was set", 1, 182),
        ("Not accepted", 1, None),
        ("Answered", 1, 179),
    ]


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        ([], "Nothing has been asked yet"),
        ([{"due": ago(1)}], "The one request is overdue; it has waited 182 days"),
        (
            [{"due": ago(1), "raised": ago(1)}, {}],
            "One of two requests is overdue; it has waited 1 day",
        ),
        (
            [{"due": ago(9), "raised": ago(214)}] * 7 + [{}] * 24,
            "Seven of 31 requests are overdue; the oldest has waited 214 days",
        ),
        ([{}, {"due": TODAY}], "None of two requests is overdue; two are still open"),
        ([{"status": "done", "responded": TODAY}], "The one request is closed"),
        ([{"status": "done", "responded": TODAY}] * 12, "All 12 requests are closed"),
    ],
)
def test_the_title_says_what_is_overdue(changes, title):
    assert scrutiny.summary(scrutiny.judge(items(*changes), TODAY))[0] == title


def test_the_lead_says_that_what_has_no_date_can_never_be_late():
    judged = scrutiny.judge(items({}, {"status": "not_accepted", "reason": "No"}), TODAY)
    assert scrutiny.summary(judged)[1] == (
        "One is not accepted. One open request was given no date, so it can never be late."
    )


def test_by_forum_and_meeting():
    judged = scrutiny.judge(
        items({}, {"forum": "Cabinet", "due": ago(1)}, {"raised": date(2023, 2, 28)}), TODAY
    )
    assert scrutiny.meetings(judged).rows() == [
        ("Scrutiny committee", date(2023, 2, 28), 1, 0, 0, 1, 0),
        ("Cabinet", date(2023, 1, 10), 1, 0, 0, 1, 1),
        ("Scrutiny committee", date(2023, 1, 10), 1, 0, 0, 1, 0),
    ]
    one = scrutiny.of(judged, "Scrutiny committee", "2023-02-28")
    assert one["item_id"].to_list() == ["R3"]
    assert scrutiny.of(judged, "all", "all").height == 3
    assert scrutiny.ages_title(one) == "The one request is still open, none of them overdue"


# ---- the reporting calendar ----


def meetings(*rows: tuple[str, date | None, date | None]) -> pl.DataFrame:
    filled = [
        {"meeting_id": f"M{at}", "forum": forum, "title": "Progress", "due": due, "reported": came}
        for at, (forum, due, came) in enumerate(rows, 1)
    ]
    text = dict.fromkeys(("meeting_id", "forum", "title"), pl.String)
    return pl.DataFrame(filled, text | {"due": pl.Date, "reported": pl.Date})


@pytest.mark.parametrize(
    ("due", "reported", "state", "late"),
    [
        (ago(30), ago(30), "on_time", 0),
        (ago(30), ago(40), "on_time", 0),
        (ago(30), ago(10), "late", 20),
        (ago(30), None, "overdue", 30),
        (ago(30), TODAY + timedelta(days=2), "overdue", 30),
        (TODAY, None, "due", 0),
        (TODAY + timedelta(days=30), None, "due", 0),
    ],
)
def test_a_report_is_judged_against_its_day(due, reported, state, late):
    row = scrutiny.calendar(meetings(("Cabinet", due, reported)), TODAY).row(0, named=True)
    assert (row["state"], row["late"]) == (state, late)


def test_a_meeting_without_a_report_owed_is_no_report():
    assert scrutiny.calendar(meetings(("Cabinet", None, None)), TODAY).is_empty()


PROMISED = pl.DataFrame(
    {"forum": ["Cabinet", "All councillors"], "every_months": ["3", "2"], "source": ["A", "B"]}
)


def test_the_next_report_is_the_oldest_still_owed_or_a_period_after_the_last():
    owed = scrutiny.calendar(
        meetings(
            ("Cabinet", date(2023, 1, 31), date(2023, 1, 31)),
            ("Cabinet", date(2023, 4, 30), None),
            ("All councillors", date(2023, 5, 31), date(2023, 5, 30)),
        ),
        TODAY,
    )
    kept = scrutiny.rhythm(owed, PROMISED, TODAY)
    assert kept.select("forum", "next", "behind", "overdue").rows() == [
        ("Cabinet", date(2023, 4, 30), 72, 1),
        ("All councillors", date(2023, 7, 30), 0, 0),
    ]
    assert scrutiny.calendar_title(kept) == "The report to Cabinet is 72 days overdue"
    later = scrutiny.rhythm(owed, PROMISED, date(2023, 9, 1))
    assert scrutiny.calendar_title(later) == (
        "The report to Cabinet is 124 days overdue, and one more is late"
    )


def test_a_calendar_without_reports_says_so():
    kept = scrutiny.rhythm(scrutiny.calendar(meetings(), TODAY), PROMISED, TODAY)
    assert scrutiny.calendar_title(kept) == "No report has been written down yet"


@pytest.mark.parametrize(
    ("day", "months", "after"),
    [
        (date(2022, 11, 30), 3, date(2023, 2, 28)),
        (date(2023, 12, 31), 2, date(2024, 2, 29)),
        (date(2023, 1, 15), 12, date(2024, 1, 15)),
    ],
)
def test_some_months_later(day, months, after):
    assert scrutiny.later(day, months) == after


# ---- what the page writes ----


def test_what_people_wrote_is_escaped_and_long_texts_fold():
    long = "<b>word</b> " * 40
    html = minutes.folded(long)
    assert "<b>" not in html
    assert html.startswith('<details class="kpi-long"><summary>&lt;b&gt;word')
    assert html.count("word") == 40
    assert minutes.folded("short & plain") == "short &amp; plain"
    assert minutes.folded(None) == ""


def test_a_request_shows_why_it_was_not_accepted_and_what_came_later():
    judged = scrutiny.judge(
        items({"status": "not_accepted", "reason": "Too <tight>", "outcome": "Bought in"}), TODAY
    )
    html = minutes.requests(judged, "Not accepted (1)", lambda ids: f"{len(ids)} measures")
    for part in (
        "Why",
        "Too &lt;tight&gt;",
        "Since then",
        "Bought in",
        "Not accepted",
        "0 measures",
    ):
        assert part in html


# ---- as at ----


@pytest.mark.parametrize(
    ("day", "known", "overdue", "later"),
    [
        (date(2022, 11, 23), [], 0, None),
        (BUDGET, ["R1", "R2"], 0, None),
        (REVIEW, ["R1", "R2", "R3", "R4"], 1, None),
        (UPDATE, ["R1", "R2", "R3", "R4", "R5"], 1, "Available from 1 April 2023 by spot purchase"),
    ],
)
def test_only_what_was_known_on_a_day(store: Store, day, known, overdue, later):
    publish(store)
    rows = store.register("recommendation", board.moment(day.isoformat()))
    judged = scrutiny.judge(rows, day)
    assert sorted(judged["item_id"]) == known
    assert judged.filter(state="overdue").height == overdue
    assert judged.filter(state="not_accepted")["outcome"].to_list() == (
        [later] if "R3" in known else []
    )
