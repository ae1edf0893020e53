"""The money: totals as in the papers, releases, what is left and until when, versions, claims."""

from datetime import date

import polars as pl
import pytest
from cases import ROOT, months
from papers import BUDGET, REVIEW, UPDATE, publish, put

from kpi import board, budget, ledger, money
from kpi.store import Store

SCHEMA = {
    "version": pl.String,
    "line_id": pl.String,
    "kind": pl.String,
    "name": pl.String,
    "category": pl.String,
    "tranche": pl.String,
    "plan": pl.Float64,
    "actual": pl.Float64,
    "forecast": pl.Float64,
    "due": pl.Date,
    "date": pl.Date,
    "recurrent": pl.Boolean,
    "priority_id": pl.String,
    "kpi_ids": pl.List(pl.String),
    "reason": pl.String,
    "source": pl.String,
    "scope_change": pl.Boolean,
    "line": pl.Int64,
}


def funding(*rows: dict[str, object]) -> pl.DataFrame:
    plain = {"kind": "line", "tranche": "two", "version": "A"}
    filled = [
        dict.fromkeys(SCHEMA) | plain | {"name": row.get("line_id"), "line": at} | row
        for at, row in enumerate(rows, 2)
    ]
    return pl.DataFrame(filled, SCHEMA)


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (688_337, "£688,337"),
        (473_000, "£473,000"),
        (11_490_000, "£11.49m"),
        (6_489_000, "£6.489m"),
        (5_000_000, "£5m"),
        (5_800_663, "£5,800,663"),
        (-2_000, "−£2,000"),
    ],
)
def test_amounts_in_a_sentence(amount, text):
    assert money.said(amount) == text


@pytest.mark.parametrize(
    ("amount", "text"), [(6_489_000, "6,489"), (688_337, "688.337"), (None, "–"), (0, "0")]
)
def test_amounts_in_a_column_of_thousands(amount, text):
    assert money.thousands(amount) == text


# ---- the papers ----


def known(store: Store, day: date) -> pl.DataFrame:
    return store.register("funding", board.moment(day.isoformat()))


def test_totals_are_those_of_the_papers(store: Store):
    publish(store)
    rows = known(store, UPDATE)
    assert money.envelope(rows) == 11_489_000
    assert money.envelopes(rows) == (
        "The papers give the reserve twice: March 2022 says £11.49m, November 2022 says £11.489m."
    )
    sums = budget.adds_up(rows).select("kind", "parts", "summed", "total", "gap")
    assert sums.rows() == [("line", 25, 6_489_000, 6_489_000, 0)]
    lines = budget.lines(rows, "November 2022")
    assert lines["plan"].sum() == 6_489_000
    assert lines.filter(name="Children in need team")["plan"].to_list() == [793_000, 0]
    assert money.tranches(rows)["amount"].sum() == 11_489_000


def test_the_release_that_came_later_than_planned(store: Store):
    publish(store)
    rows = money.tranches(known(store, BUDGET))
    assert rows.select("tranche", "planned", "released", "slip").rows() == [
        ("one", date(2022, 4, 1), date(2022, 4, 1), 0),
        ("two", date(2022, 7, 1), date(2022, 11, 24), 146),
    ]
    assert money.tranche_title(rows) == "Tranche two came four months later than planned"


def test_carry_forward_and_underspend_are_asked_about_not_netted(store: Store):
    publish(store)
    assert money.question(known(store, BUDGET)) is None
    question = money.question(known(store, REVIEW))
    assert question == {
        "underspend": 688_337,
        "carried": 473_000,
        "gap": 215_337,
        "sources": ["Minute 135"],
    }
    assert question is not None
    assert money.asked(question) == (
        "The papers give a forecast underspend of £688,337 and a carry-forward of £473,000. They "
        "differ by £215,337. What becomes of the difference?"
    )


@pytest.mark.parametrize("day", [date(2022, 11, 23), BUDGET, REVIEW])
def test_only_what_was_known_on_a_day(store: Store, day):
    publish(store)
    versions = {date(2022, 11, 23): [], BUDGET: ["March 2022", "November 2022"]}
    expected = versions.get(day, ["March 2022", "November 2022", "February 2023"])
    assert money.versions(known(store, day)) == expected


def test_figures_that_agree_leave_no_question():
    same = [
        {"line_id": kind, "kind": kind, "forecast": 5.0} for kind in ("underspend", "carry_forward")
    ]
    assert money.question(funding(*same)) is None
    assert money.question(funding(same[0])) is None


def test_a_line_too_much_shows_by_how_much_the_total_breaks():
    rows = funding(
        {"line_id": "a", "plan": 60_000.0},
        {"line_id": "b", "plan": 45_000.0},
        {"line_id": "t", "plan": 100_000.0, "kind": "total"},
    )
    row = budget.adds_up(rows).row(0, named=True)
    column = next(one for one in ledger.totals() if one.name == "gap")
    assert column.show is not None
    assert column.show(row) == "no, by 5"


def test_the_illustrative_register_meets_the_papers_too(store: Store):
    file = ROOT / "data" / "sample" / "returns" / "funding" / "2023-07-06.csv"
    put(store, "funding", file.read_text(encoding="utf-8"), date(2023, 7, 6))
    rows = store.register("funding")
    reserve = rows.filter(kind="reserve").select("version", "plan").rows()
    assert reserve == [("March 2022", 11_490_000), ("November 2022", 11_489_000)]
    assert set(budget.adds_up(rows)["gap"]) == {0}
    november = rows.filter(kind="line", version="November 2022", tranche="two")
    assert (november.height, november["plan"].sum()) == (25, 6_489_000)
    releases = money.tranches(rows)
    assert releases["amount"].sum() == 11_489_000
    assert (
        money.tranche_title(releases) == "Rest of tranche two came four months later than planned"
    )
    question = money.question(rows)
    assert question is not None
    assert question["gap"] == 215_337


# ---- versions ----

OLD_AND_NEW = funding(
    {"line_id": "team", "plan": 100.0, "priority_id": "P02", "kpi_ids": ["cp_open"]},
    {"line_id": "legal", "plan": 300.0, "scope_change": True},
    {"line_id": "audit", "plan": 50.0},
    {"line_id": "one", "plan": 70.0, "tranche": "one"},
    {"line_id": "team", "plan": 100.0, "forecast": 140.0, "version": "B", "reason": "More cases"},
    {"line_id": "audit", "plan": 50.0, "version": "B"},
    {"line_id": "academy", "plan": 30.0, "version": "B"},
)


def test_versions_are_compared_line_by_line():
    rows = budget.compare(OLD_AND_NEW, "A", "B", like_for_like=False)
    assert rows.select("line_id", "before", "after", "change", "state", "scope").rows() == [
        ("legal", 300, None, -300, "gone", True),
        ("one", 70, None, -70, "gone", True),
        ("team", 100, 140, 40, "changed", False),
        ("academy", None, 30, 30, "new", False),
        ("audit", 50, 50, 0, "same", False),
    ]
    assert rows.filter(line_id="team")["why"].item() == "More cases"
    assert (
        budget.compare_title(rows, "A", "B", 0) == "B expects £300 less than A; four lines differ"
    )


def test_like_for_like_leaves_out_what_is_counted_elsewhere_and_what_one_does_not_cover():
    rows = budget.compare(OLD_AND_NEW, "A", "B", like_for_like=True)
    assert rows["line_id"].to_list() == ["team", "academy", "audit"]
    assert budget.compare_title(rows, "A", "B", 2) == (
        "B expects £70 more than A, like for like; two lines differ"
    )


def test_the_same_version_twice():
    rows = budget.compare(OLD_AND_NEW, "A", "A", like_for_like=False)
    assert budget.compare_title(rows, "A", "A", 0) == "A expects the same as A, line by line"


def test_what_a_line_is_for_comes_from_the_version_that_says_it():
    row = budget.lines(OLD_AND_NEW, "B").filter(line_id="team").row(0, named=True)
    assert (row["priority_id"], row["kpi_ids"]) == ("P02", ["cp_open"])


def test_which_version_is_shown_first_and_which_beside_it():
    small = funding({"line_id": "team", "plan": 1.0, "version": "C"}).with_columns(line=99)
    rows = pl.concat([OLD_AND_NEW, small.cast(OLD_AND_NEW.schema)])
    assert budget.default_version(rows) == "B"
    assert budget.nearest_version(rows, "B") == "A"
    assert budget.nearest_version(rows, "A") == "B"


def test_variance_takes_the_forecast_and_without_one_what_was_spent():
    rows = funding(
        {"line_id": "a", "plan": 100.0, "actual": 20.0, "forecast": 90.0},
        {"line_id": "b", "plan": 50.0, "actual": 55.0},
        {"line_id": "c", "plan": 10.0},
    )
    assert budget.lines(rows, "A").select("line_id", "variance").rows() == [
        ("a", -10),
        ("b", 5),
        ("c", None),
    ]


def test_categories_have_share_and_rank():
    rows = funding(
        {"line_id": "a", "plan": 300.0, "category": "teams"},
        {"line_id": "b", "plan": 100.0, "category": "quality", "actual": 7.0},
        {"line_id": "c", "plan": 0.0, "category": None},
    )
    found = budget.by_category(rows)
    assert found.select("category", "plan", "share", "rank", "actual").rows() == [
        ("teams", 300, 75, 1, None),
        ("quality", 100, 25, 2, 7),
        (None, 0, 0, 3, None),
    ]
    assert budget.category_title(found) == "75% of the plan goes to teams"


# ---- what is left ----


def finance(**spent: list[float]) -> pl.DataFrame:
    """Months from April 2022 on; amounts add up, in thousands of pounds; budget 5,000."""
    rows = [
        {
            "tranche": tranche,
            "period": period,
            "stream": "transformation",
            "category": "teams",
            "budget": 5_000_000.0,
            "actual": amount * 1000,
            "plan": amount * 1000,
            "forecast": 5_000_000.0,
            "care_weeks": 0,
            "load_id": 1,
        }
        for tranche, amounts in spent.items()
        for period, amount in zip(months(len(amounts), date(2022, 4, 1)), amounts, strict=True)
    ]
    return pl.DataFrame(rows)


@pytest.mark.parametrize(
    ("spent", "state", "month", "told"),
    [
        ([1000, 3000, 5000], "spent", date(2022, 6, 1), "was spent by the end of June 2022"),
        ([1000, 4999.6, 4999.8], "spent", date(2022, 5, 1), "was spent by the end of May 2022"),
        (
            [1000, 2000, 3000],
            "lasting",
            date(2022, 8, 1),
            "lasts to August 2022 at the present £1m",
        ),
        ([500, 1000, 1500, 2500], "lasting", date(2022, 11, 1), "lasts to November 2022"),
        ([1000], "lasting", date(2022, 8, 1), "lasts to August 2022"),
        ([1000, 1000, 1000, 1000], "unknown", None, "£4m is left, and nothing is being spent"),
    ],
)
def test_when_a_tranche_runs_out(spent, state, month, told):
    returned = finance(one=spent)
    row = money.runs_out(money.burn_down(returned), returned).row(0, named=True)
    assert (row["state"], row["month"]) == (state, month)
    assert told in money.told(row)


def test_what_was_left_when_the_months_stopped():
    returned = finance(one=[1000, 2000], two=[1000, 2000, 3000])
    ends = money.runs_out(money.burn_down(returned), returned)
    assert money.told(ends.row(0, named=True)) == "Tranche one: £3m was left at the end of May 2022"


def test_a_budget_that_grows_leaves_more():
    grown = finance(two=[100, 200]).with_columns(
        budget=pl.Series([1_000_000.0, 6_000_000.0]), plan=pl.lit(0.0)
    )
    assert money.burn_down(grown).select("left", "planned").rows() == [
        (900_000, 1_000_000),
        (5_800_000, 6_000_000),
    ]


def returns_of_the_sample(until: str) -> pl.DataFrame:
    folder = ROOT / "data" / "sample" / "returns" / "finance"
    files = [path for path in sorted(folder.glob("20??-??.csv")) if path.stem <= until]
    frame = pl.concat([pl.read_csv(path, try_parse_dates=False) for path in files])
    return frame.with_columns(
        period=pl.concat_str("period", pl.lit("-01")).str.to_date(), load_id=pl.lit(1)
    )


def test_tranche_one_of_the_sample_is_spent_by_the_end_of_october(store: Store):
    publish(store)
    rows = known(store, BUDGET)
    then = returns_of_the_sample("2022-10")
    burnt = money.burn_down(then)
    ends = money.runs_out(burnt, then)
    assert money.told(ends.row(0, named=True)) == "Tranche one was spent by the end of October 2022"
    assert money.first_meant(ends, money.tranches(rows)) == (
        "Tranche one was first meant to last to July 2022, when tranche two was planned."
    )
    assert money.summary(rows, burnt, ends)[0] == (
        "£5.4m of the £11.489m is spent; what is released of tranche two lasts to April 2023"
    )


def test_what_was_never_spent_is_in_the_title(store: Store):
    publish(store)
    returned = returns_of_the_sample("2025-03")
    burnt = money.burn_down(returned)
    title, lead = money.summary(known(store, REVIEW), burnt, money.runs_out(burnt, returned))
    assert title == "£11.27m of the £11.489m is spent; £215,337 is not"
    assert "Tranche two: £688,337 was left at the end of March 2023" in lead
    assert "November 2022 says £11.489m" in lead


def test_without_money_the_page_says_so():
    empty = funding()
    nothing = money.burn_down(finance(one=[1.0]).clear())
    assert money.summary(empty, nothing, nothing)[0] == "No money has been written down yet"


# ---- what a week in care costs ----


def test_a_week_in_care_is_that_of_the_newest_month_of_each_year():
    rows = money.care(returns_of_the_sample("2023-05"))
    assert rows["year"].to_list() == [2023, 2022, 2021, 2020]
    assert [round(cost) for cost in rows["cost"]][1:] == [1600, 1335, 1475]
    published = pl.DataFrame(
        {"year": [2022, 2022, 2022], "area_type": ["authority", "neighbours", "country"], "value": [1600.0, 1540.0, 1610.0]}
    )  # fmt: skip
    row = money.beside(rows, published).filter(year=2022).row(0, named=True)
    assert (row["own"], row["neighbours"], row["england"]) == (1600, 1540, 1610)
