"""The sample registers: what the papers say, and nothing of it before the day it was known."""

import csv
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from cases import ROOT

from kpi import board, ingest, publication
from kpi.catalogue import Catalogue
from kpi.store import Store

RETURNS = ROOT / "data" / "sample" / "returns"
NOVEMBER, FEBRUARY, APRIL, JULY = (
    board.moment(day) for day in ("2022-11-24", "2023-02-28", "2023-04-04", "2023-07-11")
)
NOW = board.moment("2025-04-24")
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
#: Days that have been when they are told; days due and the source at hand may lie ahead.
PAST = {
    "activity": ["finished"],
    "recommendation": ["raised", "responded"],
    "claim": ["said_on"],
    "risk": ["reviewed"],
    "event": ["date"],
    "assurance": ["date"],
    "meeting": ["reported"],
    "funding": ["date"],
}


def files(name: str) -> list[Path]:
    return sorted((RETURNS / name).glob("*.csv"))


@pytest.fixture(scope="module")
def told(book: Catalogue) -> Iterator[Store]:
    """The registers alone, through the check and dated as the list of loads has them."""
    store = Store(":memory:", book)
    context = board.context(store, 10**7)
    with (RETURNS.parent / "loads.csv").open(encoding="utf-8", newline="") as manifest:
        loads = [load for load in csv.DictReader(manifest) if load["dataset"] in book.registers]
    history = []
    for load in loads:
        at = datetime.fromisoformat(load["loaded_at"]).replace(tzinfo=None)
        content = (RETURNS / load["file"]).read_bytes()
        seen = replace(context, today=at.date(), with_data=None)
        name = Path(load["file"]).name
        checked = ingest.check(book, content, name, seen, book.datasets[load["dataset"]])
        grave = checked.findings.filter(pl.col("severity") != "information")
        assert grave.is_empty(), (load["file"], grave["message"].to_list())
        history.append((board.incoming(checked, load["reason"]), load["loaded_by"], at))
    publication.publish_history(store, history)
    yield store
    store.close()


# ---- what was known on a day, and nothing later ----


@pytest.mark.parametrize(
    ("as_at", "rows"),
    [
        ("2021-05-19", [0, 0, 0, 0, 0, 0, 0, 0, 0]),
        ("2022-11-23", [9, 0, 19, 1, 0, 10, 12, 13, 6]),
        ("2022-11-24", [9, 0, 23, 8, 4, 42, 13, 19, 6]),
        ("2022-12-20", [10, 58, 23, 8, 4, 42, 15, 19, 6]),
        ("2023-07-10", [10, 58, 27, 9, 4, 72, 17, 26, 6]),
        ("2023-07-11", [10, 64, 43, 18, 4, 72, 19, 32, 9]),
    ],
)
def test_how_much_is_known_on_a_day(told, book, as_at, rows):
    """There are loads on both sides of each day, so a row too many is one told too early."""
    names = ["priority", "activity", "recommendation", "claim", "risk", "funding", "event"]
    names += ["meeting", "assurance"]
    assert {*names} == {*book.registers}
    assert [told.register(name, board.moment(as_at)).height for name in names] == rows


@pytest.mark.parametrize("as_at", ["2022-11-24", "2023-02-28", "2023-07-11"])
@pytest.mark.parametrize("name", [*PAST])
def test_nothing_is_known_before_it_was(told, book, name, as_at):
    day, rows = date.fromisoformat(as_at), told.register(name, board.moment(as_at))
    later = told.register(name, NOW)
    assert not later.equals(rows) or name in ("event", "assurance"), "there is more to know later"
    for column in PAST[name]:
        known = rows[column].drop_nulls()
        assert all(known <= day), (column, known.filter(known > day).to_list())
    texts = [column.name for column in book.registers[name].columns if column.type == "text"]
    for column in [text for text in texts if text != "source"]:
        for said in rows[column].drop_nulls():
            assert all(at <= day for at in days_in(said)), said


def days_in(text: str) -> list[date]:
    """The days that a text names, but for those that it says are to come."""
    found = re.findall(
        rf"(?<!due with the inspectorate on )(?<!from )\b(\d\d?) ({MONTHS}) (\d{{4}})", text
    )
    return [datetime.strptime(" ".join(one), "%d %B %Y").date() for one in found]


def item(store: Store, at: datetime, item_id: str = "I26") -> dict:
    return store.register("recommendation", at).row(
        by_predicate=pl.col("item_id") == item_id, named=True
    )


def test_family_group_conferences_were_not_accepted_and_came_all_the_same(told):
    assert "I26" not in told.register("recommendation", NOVEMBER)["item_id"]
    then, spring, summer = (item(told, at) for at in (FEBRUARY, APRIL, JULY))
    assert {row["status"] for row in (then, spring, summer)} == {"not_accepted"}
    assert "too tight" in then["reason"]
    assert then["outcome"] is None
    assert spring["outcome"].startswith("Available from 1 April 2023 by spot purchase")
    assert "26 conferences" not in spring["outcome"]
    assert "26 conferences in place" in summer["outcome"]


def test_the_report_for_tranche_two_is_open_until_it_is_given(told):
    assert item(told, board.moment("2022-11-23"), "I01")["status"] == "open"
    assert item(told, NOVEMBER, "I01")["responded"] == date(2022, 11, 24)


def test_the_allocation_of_the_new_year_is_still_owed(told):
    owed = item(told, NOW, "I21")
    assert (owed["status"], owed["due"], owed["responded"]) == ("open", date(2023, 1, 31), None)


def test_nine_priorities_and_then_ten(told):
    assert told.read("priorities", as_at=NOVEMBER).height == 9
    assert told.read("priorities", as_at=JULY)["name"].to_list()[-1] == "SEND"


def test_trends_are_marked_with_the_events_that_were_known(told):
    assert told.read("events", as_at=NOVEMBER)["date"].max() == date(2022, 11, 24)
    assert told.read("events", as_at=JULY)["date"].max() == date(2023, 7, 11)


# ---- the money ----


def funding(store: Store, at: datetime, **chosen: str) -> pl.DataFrame:
    return store.register("funding", at).filter(**chosen)


def test_the_lines_of_tranche_two_are_those_of_the_paper(told):
    lines = funding(told, NOVEMBER, version="November 2022", kind="line", tranche="two")
    assert lines.height == 25
    assert lines["plan"].sum() == Decimal(6_489_000)
    twice = lines.filter(name="Children in need team")
    assert twice.select("line_id", "plan").rows() == [
        ("T2-12", Decimal(0)),
        ("T2-24", Decimal(793_000)),
    ]
    assert lines["line_id"].n_unique() == 25
    assert lines.sort("plan", descending=True)["name"][0] == "Ofsted corporate investment"


def test_the_declared_totals_and_releases_of_the_paper(told):
    rows = funding(told, NOVEMBER, version="November 2022")
    totals = dict(rows.filter(kind="total").select("tranche", "plan").iter_rows())
    assert totals == {"one": Decimal(5_000_000), "two": Decimal(6_489_000)}
    releases = {row["line_id"]: row for row in rows.filter(kind="release").iter_rows(named=True)}
    assert releases["T2-ACC"]["plan"] == Decimal(1_000_000), "within the £6.489m, not beside it"
    assert releases["T2-ACC"]["plan"] + releases["T2-REL"]["plan"] == totals["two"]
    assert (releases["T2-REL"]["due"], releases["T2-REL"]["date"]) == (date(2022, 7, 1), None)
    later = funding(told, FEBRUARY, version="November 2022", line_id="T2-REL")
    assert later["date"].to_list() == [date(2022, 11, 24)]


def test_reserve_and_grant(told):
    reserve = funding(told, NOVEMBER, kind="reserve")
    assert dict(reserve.select("version", "plan").iter_rows()) == {
        "March 2022": Decimal(11_490_000),
        "November 2022": Decimal(11_489_000),
    }
    assert funding(told, NOVEMBER, stream="grant")["plan"].to_list() == [Decimal(1_700_000)]
    [base] = funding(told, NOVEMBER, stream="base").iter_rows(named=True)
    assert (base["recurrent"], base["plan"]) == (True, None)
    one = funding(told, NOVEMBER, version="March 2022", line_id="T1-TOTAL")
    assert "£5.22m" in one["reason"][0]


def test_underspend_and_carry_forward_differ_and_are_not_netted_off(told):
    assert funding(told, NOVEMBER, version="February 2023").is_empty()
    rows = funding(told, FEBRUARY, version="February 2023")
    [left] = rows.filter(kind="underspend")["forecast"]
    [carried] = rows.filter(kind="carry_forward")["plan"]
    assert (left, carried) == (Decimal(688_337), Decimal(473_000))
    [question] = rows.filter(kind="underspend")["reason"]
    assert f"£{left - carried:,.0f}" in question
    assert "Open question" in question


def test_every_version_meets_its_totals(told):
    """Added up again here, from what is published."""
    rows = funding(told, NOW)
    totals = rows.filter(kind="total").select("version", "tranche", "plan", "actual")
    assert totals.height == 8
    for version, tranche, plan, actual in totals.iter_rows():
        lines = rows.filter(kind="line", version=version, tranche=tranche)
        if lines.height:
            assert lines["plan"].sum() == plan, (version, tranche)
            assert actual is None or lines["actual"].sum() == actual, (version, tranche)


def test_the_outturn_is_what_the_finance_return_says(told):
    with (RETURNS / "finance" / "2023-03.csv").open(encoding="utf-8", newline="") as file:
        spent = {row["line_id"]: Decimal(row["actual"]) for row in csv.DictReader(file)}
    lines = funding(told, NOW, version="Outturn 2022/23", kind="line")
    assert {name: spent[name] for name in lines["line_id"]} == dict(
        lines.select("line_id", "actual").iter_rows()
    )
    assert all(lines["source"].str.starts_with("Illustrative"))
    [total] = funding(told, NOW, version="Outturn 2022/23", kind="total").iter_rows(named=True)
    assert total["plan"] - total["actual"] == Decimal(688_337)


def test_a_line_of_the_budget_has_its_months_in_the_finance_return(told):
    paths = sorted((RETURNS / "finance").glob("202[23]-*.csv"))
    months = {row.split(",")[1] for path in paths for row in path.read_text("utf-8").splitlines()}
    lines = funding(told, NOW, kind="line").filter(pl.col("tranche") != "none")
    assert {*lines["line_id"]} <= months


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        (",298000,", ",299000,", "adds up to £6,490,000 in 25 lines. Its declared total is "),
        (",793000,", ",792999.50,", "adds up to £6,488,999.50 in 25 lines. Its declared total is "),
    ],
)
def test_a_changed_line_says_which_total_breaks_and_by_how_much(book, store, was, becomes, says):
    text = (RETURNS / "funding" / "2022-11-24.csv").read_text(encoding="utf-8")
    assert text.count(was) == 1
    content = text.replace(was, becomes).encode()
    checked = ingest.check(book, content, "funding.csv", board.context(store, 10**7))
    [error] = checked.findings.filter(severity="error")["message"]
    assert f"The plan of November 2022, tranche two {says}£6,489,000: " in error
    gap = {",298000,": "£1,000 too much.", ",793000,": "£0.50 too little."}[was]
    assert error.endswith(gap)


def test_a_changed_total_breaks_lines_and_releases(book, store):
    text = (RETURNS / "funding" / "2022-11-24.csv").read_text(encoding="utf-8")
    content = text.replace(",6489000,", ",6490000,").encode()
    checked = ingest.check(book, content, "funding.csv", board.context(store, 10**7))
    assert checked.findings.filter(severity="error")["code"].to_list() == ["FU01", "FU02"]


# ---- the plan ----


def activities(store: Store, at: datetime) -> pl.DataFrame:
    return store.register("activity", at)


def test_about_sixty_activities_in_ten_priorities_all_illustrative(told):
    rows = activities(told, NOW)
    assert 55 <= rows.height <= 70
    assert rows["priority_id"].n_unique() == 10
    assert min(rows.group_by("priority_id").len()["len"]) >= 6
    assert all(rows["source"].str.starts_with("Illustrative"))
    assert all(rows["activity_id"].str.slice(0, 3) == rows["priority_id"])


def test_some_are_done_some_slipped_some_gone(told):
    rows = activities(told, NOW)
    count = dict(rows.group_by("status").len().iter_rows())
    assert count["done"] >= 35
    assert count["in_progress"] >= 8
    assert count["merged"] == 2
    assert count["retired"] == 1
    assert count["not_started"] >= 2
    slipped = rows.filter(pl.col("due") > pl.col("baseline_due"))
    assert 20 <= slipped.height < rows.height
    assert slipped["note"].null_count() == 0, "who moves a date says why"
    late = rows.filter(pl.col("due") < date(2023, 7, 11), status="in_progress")
    assert late.is_empty()


def test_the_baseline_never_moves(told):
    known: dict[str, tuple[date, date]] = {}
    for path in files("activity"):
        at = board.moment(path.stem)
        for row in activities(told, at).iter_rows(named=True):
            baseline = (row["baseline_start"], row["baseline_due"])
            assert known.setdefault(row["activity_id"], baseline) == baseline


def test_what_waits_starts_when_the_last_before_it_ends(told):
    """Of what is still to come: no start lies before the day on which a predecessor is due."""
    rows = activities(told, NOW)
    due = dict(rows.select("activity_id", "due").iter_rows())
    to_come = rows.filter(status="not_started")
    for name, start, before in to_come.select("activity_id", "start", "predecessors").iter_rows():
        assert all(due[other] < start for other in before), name


def test_status_follows_the_days(told):
    for path in files("activity"):
        day = date.fromisoformat(path.stem)
        for row in activities(told, board.moment(path.stem)).iter_rows(named=True):
            if row["status"] == "done":
                assert row["finished"] <= day
            if row["status"] == "not_started":
                assert row["start"] > day
            if row["status"] == "in_progress":
                assert row["start"] <= day


# ---- scrutiny, claims, risks, reviews, meetings ----


def test_items_of_the_committees(told):
    rows = told.register("recommendation", NOW)
    assert {*rows["type"]} == {
        "recommendation", "action", "information_request", "question", "task_and_finish",
    }  # fmt: skip
    assert {*rows["status"]} == {"open", "answered", "done", "not_accepted"}
    assert {*rows["forum"]} == {"Cabinet", "Scrutiny committee"}
    met = told.register("meeting", NOW).select("forum", raised="date")
    assert rows.join(met, on=["forum", "raised"], how="anti").is_empty(), "each is of a meeting"


def test_claims_that_figures_test_and_some_that_none_does(told):
    rows = {row["claim_id"]: row for row in told.register("claim", NOW).iter_rows(named=True)}
    tested = {
        "C02": ("caseload_mean", "at_most_share_of", Decimal("0.5")),
        "C09": ("cla_rate", "times_neighbours", Decimal(2)),
        "C10": ("cp_open", "fell_by", Decimal(100)),
        "C11": ("cla_started", "fell", None),
        "C12": ("fgc_in_place", "about", Decimal(26)),
        "C13": ("workforce_agency_rate", "about", Decimal(20)),
    }
    for name, expected in tested.items():
        row = rows[name]
        assert (row["kpi_id"], row["test"], row["amount"]) == expected
    assert "16.7 in 2021, 18.7 in 2022" in rows["C02"]["definition"]
    first = told.register("claim", NOVEMBER).filter(claim_id="C02")["definition"][0]
    assert "18.7" not in first, "published in February 2023"
    assert (rows["C10"]["since"], rows["C10"]["until"]) == (date(2022, 9, 1), date(2023, 5, 1))
    untested = [name for name, row in rows.items() if row["kpi_id"] is None]
    assert untested == ["C06", "C18"]
    assert all(len(row["sentence"]) <= 100 for row in rows.values()), "quoted short"


def test_four_risks_none_with_a_contingency_at_first(told):
    first, now = (told.register("risk", at) for at in (NOVEMBER, NOW))
    assert first["risk_id"].to_list() == now["risk_id"].to_list() == ["R1", "R2", "R3", "R4"]
    assert first["contingency"].null_count() == 4
    assert now["contingency"].null_count() == 2


def test_reviews_from_outside(told):
    rows = told.register("assurance", NOW)
    assert rows.filter(grade="Inadequate")["date"].to_list() == [date(2022, 9, 21)]
    assert rows.filter(kind="monitoring_visit").height == 2
    assert "monitoring_visit" not in told.register("assurance", FEBRUARY)["kind"]


def test_the_reporting_calendar(told):
    rows = told.register("meeting", NOW)
    due = rows.drop_nulls("due")
    for forum, months in {"Cabinet": 3, "Improvement board": 3, "All councillors": 2}.items():
        days = due.filter(forum=forum)["due"].sort().to_list()
        apart = {(b.year - a.year) * 12 + b.month - a.month for a, b in pairwise(days)}
        assert apart == {months}, forum
    assert due.filter(pl.col("reported") > pl.col("due")).height == 10
    owed = due.filter(pl.col("reported").is_null(), pl.col("due") <= date(2025, 4, 8))
    assert owed["due"].to_list() == [date(2025, 3, 31)]
    late = due.filter(forum="Cabinet", due=date(2022, 9, 30))
    assert late["reported"].to_list() == [date(2022, 11, 24)], "that of tranche two"


def test_every_fact_names_its_paper(told, book):
    named = re.compile(r"^Illustrative|minutes|report|^The calendar|^Assumption")
    for name in book.registers:
        sources = told.register(name, NOW)["source"]
        assert sources.null_count() == 0, name
        assert all(named.search(source) for source in sources), name
