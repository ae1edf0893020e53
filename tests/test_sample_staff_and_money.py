"""The illustrative returns on staff and money, against what has been published and the papers say.

Each figure is worked out again from the CSV files, as an officer's are read.
"""

from itertools import pairwise

import pytest
from sample_months import YEARS, months_of, percent, total, year_to

WORKFORCE = months_of("workforce")
FINANCE = months_of("finance")
EXITS = months_of("exit_interviews")
PULSE = months_of("staff_pulse")


# ---- Workforce ----


@pytest.mark.parametrize(
    ("month", "agency", "vacant"),
    [
        ("2020-09", 19.2, 24.8),
        ("2021-09", 32.5, 19.0),
        ("2022-09", 54.9, 54.0),
        ("2023-09", 55.2, 62.4),
        ("2024-09", 33.9, 46.2),
    ],
)
def test_agency_and_vacancy_rate(month, agency, vacant):
    rows = WORKFORCE[month]
    own = total(rows, "inpost_fte")
    for column, share in (("agency_fte", agency), ("vacant_fte", vacant)):
        fte = total(rows, column)
        assert percent(fte, fte + own) == share


def test_the_agency_rate_is_on_its_way_down_in_march_2025():
    rows = WORKFORCE["2025-03"]
    agency = total(rows, "agency_fte")
    assert 25 < percent(agency, agency + total(rows, "inpost_fte")) < 27


@pytest.mark.parametrize(
    ("month", "turnover", "sickness"),
    [
        ("2021-09", 18.8, 2.4),
        ("2022-09", 50.0, 2.3),
        ("2023-09", 17.7, 2.9),
        ("2024-09", 11.4, 2.5),
    ],
)
def test_turnover_and_sickness_of_the_year_to_september(month, turnover, sickness):
    rows = year_to(month, WORKFORCE)
    assert round(1200 * total(rows, "leavers") / total(rows, "inpost_fte"), 1) == turnover
    assert percent(total(rows, "sick_days"), total(rows, "available_days")) == sickness


@pytest.mark.parametrize("month", ["2021-03", "2022-03", "2023-03", "2024-03", "2025-03"])
def test_twelve_newly_qualified_a_year(month):
    assert total(year_to(month, WORKFORCE), "nqsw") == 12


def test_people_in_post_follow_from_who_starts_and_who_leaves():
    for before, after in pairwise(WORKFORCE.values()):
        held = {(row["org_id"], row["role"]): float(row["inpost_fte"]) for row in before}
        for row in after:
            came, went = float(row["starters"]), float(row["leavers"])
            expected = held.get((row["org_id"], row["role"]), 0) + came - went
            assert float(row["inpost_fte"]) == pytest.approx(expected, abs=0.011)


def test_the_top_three_layers_are_permanent_by_july_2023():
    def filled(month: str, *roles: str) -> float:
        rows = [row for row in WORKFORCE[month] if row["role"] in roles]
        return total(rows, "inpost_fte") / total(rows, "establishment_fte")

    top = ("director", "head of service", "service manager")
    assert filled("2022-07", *top) < 0.4
    assert filled("2023-07", "director") == 1
    assert filled("2023-07", *top) > 0.8
    assert all(filled(month, *top) > 0.8 for month in WORKFORCE if month >= "2023-07")


def test_posts_of_a_row_are_filled_or_vacant():
    for rows in WORKFORCE.values():
        for row in rows:
            made_up = float(row["inpost_fte"]) + float(row["vacant_fte"])
            assert float(row["establishment_fte"]) == pytest.approx(made_up, abs=0.011)


def test_agency_spend_follows_agency_workers():
    for rows in WORKFORCE.values():
        cost = total(rows, "agency_spend") / total(rows, "agency_fte")
        assert 5_000 < cost < 9_000


# ---- Voices of staff ----


def test_exit_interviews_name_every_reason_each_month():
    for rows in EXITS.values():
        assert len(rows) == len({row["reason"] for row in rows}) == 7


def test_travel_leads_among_the_reasons_that_scrutiny_heard_of():
    rows = [
        row for month, found in EXITS.items() if "2022-04" <= month <= "2023-06" for row in found
    ]
    named = {row["reason"]: total(rows, "leavers", reason=row["reason"]) for row in rows}
    assert max(named, key=named.__getitem__) == "travel"
    assert all(named[reason] for reason in ("caseload", "supervision", "discrimination"))


def test_no_more_are_interviewed_than_left():
    for month, rows in EXITS.items():
        assert total(rows, "leavers") <= total(WORKFORCE[month], "leavers") + 0.5


def test_the_pressed_team_feels_it():
    def supported(month: str, team: str) -> float:
        rows = [row for name, found in PULSE.items() if name >= month for row in found]
        return total(rows, "feels_supported", org_id=team) / total(rows, "responses", org_id=team)

    assert supported("2024-10", "ASSESS2") < supported("2024-10", "ASSESS1") - 0.1


# ---- Money ----


def test_tranche_two_is_what_cabinet_was_asked_for():
    rows = [row for row in FINANCE["2022-11"] if row["tranche"] == "two"]
    assert len(rows) == 25
    assert total(rows, "budget") == 6_489_000
    same = [row for row in rows if row["line_title"] == "Children in need team"]
    assert [float(row["budget"]) for row in same] == [0, 793_000]
    assert total(FINANCE["2022-11"], "budget", tranche="one") == 5_000_000


def test_one_line_of_tranche_two_began_in_july_2022():
    early = [row for row in FINANCE["2022-07"] if row["tranche"] == "two"]
    assert [float(row["budget"]) for row in early] == [1_000_000]


def test_forecast_underspend_of_february_2023():
    rows = FINANCE["2023-02"]
    where = {"stream": "transformation"}
    assert total(rows, "forecast", **where) - total(rows, "budget", **where) == -688_337


def test_what_was_set_aside_is_carried_forward():
    assert total(FINANCE["2023-04"], "budget", tranche="carried") == 473_000
    assert not [row for row in FINANCE["2024-04"] if row["stream"] == "transformation"]


@pytest.mark.parametrize(
    ("year", "cost"), [*zip(YEARS, [1475, 1335, 1600, 1710, 1920], strict=True)]
)
def test_cost_of_care_in_the_year_to_march(year, cost):
    rows = FINANCE[f"{year}-03"]
    where = {"category": "care"}
    assert round(total(rows, "actual", **where) / total(rows, "care_weeks", **where)) == cost


def test_amounts_add_up_within_a_financial_year():
    for earlier, later in pairwise(FINANCE):
        if later.endswith("-04"):
            continue
        before = {row["line_id"]: row for row in FINANCE[earlier]}
        for row in FINANCE[later]:
            if past := before.get(row["line_id"]):
                for column in ("plan", "actual", "care_weeks"):
                    assert float(row[column]) >= float(past[column])
                assert row["budget"] == past["budget"]


def test_no_line_is_given_twice():
    for rows in FINANCE.values():
        assert len({row["line_id"] for row in rows}) == len(rows)
