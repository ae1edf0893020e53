"""An accepted file against what is published: what is told, in which words, and what is not."""

from datetime import date

import polars as pl
import pytest
from cases import incoming, months

from kpi import history, intake, publication
from kpi.store import Store

CODES = ["month_restated", "month_skipped", "org_silent", "figure_unusual", "figure_blank"]
NEXT = date(2025, 4, 1)
LIMIT = 1_000_000


class Desk:
    """Publishes child protection figures, and tells the warnings about files of them."""

    def __init__(self, store: Store):
        self.store = store
        self.dataset = store.catalogue.datasets["child_protection"]

    def publish(self, rows):
        publication.publish(
            self.store, [incoming(self.dataset, rows, sha256=str(len(rows)))], "officer"
        )

    def check(self, *files):
        named = [(f"{at}.csv", self.text(rows)) for at, rows in enumerate(files)]
        return intake.check(self.store, named, LIMIT)

    def text(self, rows):
        names = self.dataset.names
        lines = [[row.get(name) for name in names] for row in rows]
        cells = [names, *(["" if cell is None else str(cell) for cell in line] for line in lines)]
        return "".join(",".join(line) + "\n" for line in cells).encode()

    def __call__(self, *files):
        found = pl.concat(one.submission.findings for one in self.check(*files))
        assert "error" not in found["severity"], found["message"].to_list()
        return found.filter(pl.col("code").is_in(CODES))["message"].to_list()


@pytest.fixture
def tell(store: Store):
    return Desk(store)


def series(figures, org="CPC1", column="s47_started", until=NEXT):
    """One organisation's figures of one column, the last of them in the month before ``until``."""
    first = history.months_before(until, len(figures))
    return [
        {"period": at, "org_id": org, column: figure}
        for at, figure in zip(months(len(figures), first), figures, strict=True)
        if figure is not None
    ]


def now(figure, org="CPC1", column="s47_started", at=NEXT):
    return {"period": f"{at:%Y-%m}", "org_id": org, column: figure}


STEADY = [180, 220, 200, 260, 210, 190, 230, 200, 240, 220, 200, 210]


# ---- figures ----


@pytest.mark.parametrize(
    ("before", "figure", "said"),
    [
        (STEADY, 2410, "Row 2: s47_started 2,410; the last 12 months were 180 to 260. Extra digit?"),
        (STEADY, 21, "Row 2: s47_started 21; the last 12 months were 180 to 260. A digit missing?"),
        (STEADY, 0, "Row 2: s47_started 0; the last 12 months were 180 to 260. Is it right?"),
        (STEADY, 400, "Row 2: s47_started 400; the last 12 months were 180 to 260. Is it right?"),
        # Within the limits, though more than in any of the twelve months.
        (STEADY, 290, None),
        # Within what the year has seen, though more than three times last month's.
        ([*STEADY[:-1], 80], 250, None),
        # Three times, and under a third, of a last month of ten or more.
        ([12, 11, 12, 10], 31, "Row 2: s47_started 31; the last 4 months were 10 to 12. Is it right?"),
        ([12, 11, 12, 10], 30, None),
        ([12, 11, 12, 10], 3, "Row 2: s47_started 3; the last 4 months were 10 to 12. A digit missing?"),
        ([12, 11, 12, 10], 4, None),
        ([10], 100, "Row 2: s47_started 100; last month was 10. Extra digit?"),
        # Small numbers come and go.
        ([9, 8, 9, 9], 30, None),
        ([2] * 12, 11, None),
        ([2] * 12, 12, "Row 2: s47_started 12; the last 12 months were 2. Extra digit?"),
        # Seven months make limits, six do not.
        ([200, 201] * 3, 250, None),
        ([200, 201, 200, 201, 200, 201, 200], 250, "Row 2: s47_started 250; the last 7 months were 200 to 201. Is it right?"),
        # The limits of a process that rises lag behind it; it may go on as it did, and no faster.
        (list(range(100, 340, 20)), 340, None),
        (list(range(100, 340, 20)), 440, "Row 2: s47_started 440; the last 12 months were 100 to 320. Is it right?"),
        (list(range(100, 340, 20)), 60, "Row 2: s47_started 60; the last 12 months were 100 to 320. Is it right?"),
        # A month without a figure is neither last month's nor one of the year's.
        ([100, 100, 100, None], 310, None),
        ([*STEADY, None], 2410, "Row 2: s47_started 2,410; the last 11 months were 190 to 260. Extra digit?"),
        # What is older than two years is another process.
        ([*[900] * 12, *STEADY, *STEADY], 900, "Row 2: s47_started 900; the last 12 months were 180 to 260. Extra digit?"),
        ([], 5000, None),
    ],
)  # fmt: skip
def test_a_figure_that_leaps(tell, before, figure, said):
    if before:
        tell.publish(series(before, "herefordshire"))
    told = [words for words in tell([now(figure, "herefordshire")]) if "month is" not in words]
    assert told == ([said] if said else [])


def test_a_team_is_judged_once_it_has_a_year(tell):
    calm = [200, 210] * 6
    tell.publish([*series(calm, "CPC1"), *series(calm[1:], "CPC2")])
    assert tell([now(205, "CPC1"), now(2050, "CPC2")]) == [
        "s47_started 2,255 for the whole council; the last 12 months were 200 to 420. Extra digit?"
    ]
    assert tell([now(2050, "CPC1"), now(205, "CPC2")]) == [
        "s47_started 2,255 for the whole council; the last 12 months were 200 to 420. Extra digit?",
        "Row 2: s47_started 2,050 for CPC1; the last 12 months were 200 to 210. Extra digit?",
    ]


def test_a_team_that_is_all_there_is_is_told_once(tell):
    tell.publish(series(STEADY))
    assert tell([now(2410)]) == [
        "Row 2: s47_started 2,410; the last 12 months were 180 to 260. Extra digit?"
    ]


def test_a_column_and_organisation_is_told_once_for_its_first_month(tell):
    tell.publish(series(STEADY, "herefordshire"))
    may = date(2025, 5, 1)
    assert tell([now(2410, "herefordshire"), now(2500, "herefordshire", at=may)]) == [
        "Row 2: s47_started 2,410 in April 2025; the last 12 months were 180 to 260. Extra digit?"
    ]


def test_a_sum_that_lacks_a_part_is_not_judged(tell):
    """Nine hundred less because one team is blank is no leap of the council's figure."""
    tell.publish([*series([900] * 12, "CPC1"), *series([100] * 12, "CPC2")])
    assert tell([now("c", "CPC1"), now(100, "CPC2")]) == []


def test_the_rows_of_a_team_are_summed(store: Store):
    dataset = store.catalogue.datasets["caseloads"]

    def workers(at, fte, number):
        return [
            {"period": at, "org_id": "CIN1", "worker_ref": f"W{n}", "role": "Social worker",
             "employment": "perm", "fte": fte, "nqsw": False, "cases": 10}
            for n in range(number)
        ]  # fmt: skip

    rows = [row for at in months(12) for row in workers(at, 1, 20)]
    publication.publish(store, [incoming(dataset, rows)], "officer")
    content = pl.DataFrame(workers("2025-04", 0.5, 20)).with_columns(
        nqsw=pl.lit("N"), supervision_due=1, supervision_held=1, cases=pl.lit(31)
    )
    one = intake.check(store, [("caseloads.csv", content.write_csv().encode())], LIMIT)[0]
    told = one.submission.findings.filter(code="figure_unusual").select("line", "column", "message")
    assert told.rows() == [
        (None, "fte", "fte 10 for CIN1; the last 12 months were 20. Is it right?"),
        (None, "cases", "cases 620 for CIN1; the last 12 months were 200. Extra digit?"),
    ]


# ---- organisations ----


TEAMS = [{"period": date(2025, 3, 1), "org_id": org, "cp_open": 20} for org in ("CIC1", "CIC2")]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (TEAMS, ["CIC1"], ["No row for team CIC2; it reported last month."]),
        (TEAMS, ["CIC1", "CIC2"], []),
        (TEAMS, ["CIC1", "CIC2", "CPC1"], []),
        (TEAMS, ["CPC1"], [f"No row for team {org}; it reported last month." for org in ("CIC1", "CIC2")]),
        # The whole, or the parts, stand for it.
        (TEAMS, ["herefordshire"], []),
        (TEAMS, ["corporate_parenting"], []),
        (TEAMS[:1], ["safeguarding"], ["No row for team CIC1; it reported last month."]),
        ([{**TEAMS[0], "org_id": "herefordshire"}], ["CIC1", "CIC2"], []),
        # It reported, but not last month.
        ([{**TEAMS[0], "period": date(2025, 2, 1)}, TEAMS[1]], ["CIC2"], []),
    ],
)  # fmt: skip
def test_an_organisation_that_falls_silent(tell, before, after, said):
    tell.publish(before)
    assert tell([now(20, org, "cp_open") for org in after]) == said


def test_a_team_that_has_closed_is_not_missed(tell, store: Store):
    tell.publish(TEAMS)
    rows = store.read("orgs").with_columns(
        valid_to=pl.when(org_id="CIC2").then(NEXT).otherwise("valid_to"), source=pl.lit("")
    )

    def close(work):
        work._cursor.execute("delete from org").fetchall()
        work.append("org", rows)

    store.transact(close)
    assert tell([now(20, "CIC1", "cp_open")]) == []


def test_several_months_of_a_file_name_the_month(tell):
    tell.publish(TEAMS)
    may = date(2025, 5, 1)
    rows = [now(20, "CIC1", "cp_open"), now(20, "CIC2", "cp_open"), now(20, "CIC1", "cp_open", may)]
    assert tell(rows) == ["No row for team CIC2 in May 2025; it reported the month before."]


def test_a_file_of_the_same_drop_is_the_month_before(tell):
    tell.publish(TEAMS)
    may = date(2025, 5, 1)
    april = [now(20, "CIC1", "cp_open"), now(20, "CIC2", "cp_open"), now(7, "CPC1", "cp_open")]
    assert tell(april, [row | {"period": f"{may:%Y-%m}"} for row in april[:2]]) == [
        "No row for team CPC1; it reported last month."
    ]


# ---- months ----


@pytest.mark.parametrize(
    ("published", "brought", "said"),
    [
        (["2025-03"], ["2025-04"], None),
        (["2025-02"], ["2025-04"], "1 month is missing between February 2025, the last published, and this file: March 2025."),
        (["2024-12"], ["2025-04"], "3 months are missing between December 2024, the last published, and this file: January 2025, February 2025, March 2025."),
        (["2024-07"], ["2025-04"], "8 months are missing between July 2024, the last published, and this file: August 2024, September 2024, October 2024, November 2024, December 2024, January 2025 and 2 more."),
        ([], ["2025-04"], None),
        ([], ["2025-02", "2025-04"], "1 month is missing within this file: March 2025."),
        (["2025-03"], ["2025-02", "2025-04"], None),
        # An earlier month than the first, and one into a gap, are as welcome as the next.
        (["2025-03"], ["2025-01"], None),
        (["2025-01", "2025-03"], ["2025-02"], None),
    ],
)  # fmt: skip
def test_a_month_that_is_skipped(tell, published, brought, said):
    if published:
        tell.publish([{"period": date.fromisoformat(f"{at}-01"), "org_id": "CPC1", "cp_open": 20} for at in published])  # fmt: skip
    rows = [now(20, column="cp_open", at=date.fromisoformat(f"{at}-01")) for at in brought]
    assert tell(rows) == ([said] if said else [])


def test_the_months_of_one_drop_fill_each_others_gaps(tell):
    tell.publish(series([20], column="cp_open", until=date(2025, 3, 1)))
    march, april = (
        [now(20, column="cp_open", at=at)] for at in (date(2025, 3, 1), date(2025, 4, 1))
    )
    assert tell(april, march) == []
    assert tell(april) == [
        "1 month is missing between February 2025, the last published, and this file: March 2025."
    ]


# ---- restatements ----


MARCH = date(2023, 3, 1)
STOOD = [
    {"period": MARCH, "org_id": org, "cp_open": 20, "cp_start": 3, "cp_end": 2}
    for org in ("CPC1", "CPC2", "CIN1")
]


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        ({}, []),
        ({"CPC1": {"cp_open": 21}}, ["1 published value changes for March 2023. A reason is needed."]),
        ({org: {"cp_open": 21, "cp_start": 4} for org in ("CPC1", "CPC2")}, ["4 published values change for March 2023. A reason is needed."]),
        ({"CPC1": {"cp_open": 21}, "CIN2": {"cp_open": 1}}, ["1 published value changes and 1 row comes for March 2023. A reason is needed."]),
        ({"CPC1": None}, ["1 published row goes for March 2023. A reason is needed."]),
    ],
)  # fmt: skip
def test_a_month_that_is_restated(tell, edit, said):
    tell.publish(STOOD)
    rows = {row["org_id"]: row for row in STOOD}
    rows |= {org: rows.get(org, {**STOOD[0], "org_id": org}) | (cells or {}) for org, cells in edit.items()}  # fmt: skip
    brought = [row | {"period": "2023-03"} for org, row in rows.items() if edit.get(org, {}) is not None]  # fmt: skip
    told = tell.check(brought)[0]
    messages = told.submission.findings.filter(code="month_restated")["message"].to_list()
    assert messages == said
    changed = told.changes.cells.filter(kind="changed").height
    assert not said or not changed or said[0].startswith(f"{changed} published value")


def test_only_the_months_that_change_are_named(tell):
    tell.publish(series([20, 20, 20], column="cp_open"))
    rows = series([20, 21, 20, 20], column="cp_open", until=date(2025, 5, 1))
    told = tell([row | {"period": f"{row['period']:%Y-%m}"} for row in rows])
    assert told == ["1 published value changes for February 2025. A reason is needed."]


def test_the_same_bytes_again_are_not_warned_about(tell, store: Store):
    tell.publish(series([20], column="cp_open", until=date(2025, 3, 1)))
    first = tell.check([now(2000, column="cp_open")])
    assert first[0].submission.warnings
    intake.publish(store, first, "officer", "Counted twice and found right")
    again = tell.check([now(2000, column="cp_open")])[0]
    assert again.already is not None
    assert (again.already.load_id, again.already.loaded_by, again.is_new) == (2, "officer", False)
    assert not set(CODES) & set(again.submission.findings["code"])


# ---- blanks ----


@pytest.mark.parametrize(
    ("was", "figure", "said"),
    [
        (12, None, ["Row 2: cp_start is blank; last month it was 12. If there were none, enter 0."]),
        (1204, None, ["Row 2: cp_start is blank; last month it was 1,204. If there were none, enter 0."]),
        (0, None, ["Row 2: cp_start is blank; last month it was 0. If there were none, enter 0."]),
        (12, 0, []),
        # A withheld figure is not a blank one, and a blank one was not supplied last month either.
        (12, "c", []),
        (None, None, []),
    ],
)  # fmt: skip
def test_a_figure_that_is_left_blank(tell, was, figure, said):
    tell.publish(
        [
            {
                "period": date(2025, 3, 1),
                "org_id": "CPC1",
                "cp_open": 20,
                "cp_start": was,
                "cp_repeat_start": 0,
            }
        ]
    )
    row = now(20, column="cp_open") | {"cp_start": figure, "cp_repeat_start": 0}
    told = tell.check([row])[0].submission.findings.filter(code="figure_blank")
    assert told["message"].to_list() == said
    assert told.select("line", "column", "severity").unique().rows() == (
        [(2, "cp_start", "warning")] if said else []
    )


def test_many_blanks_are_counted(tell):
    orgs = ["MASH", "ASSESS1", "ASSESS2", "CIN1", "CIN2", "CPC1", "CPC2"]
    tell.publish([row for org in orgs for row in series([5], org, "cp_open")])
    assert tell([now(None, org, "cp_open") for org in orgs]) == [
        "cp_open is blank in 7 rows that had a figure last month, row 2 the first. "
        "If there were none, enter 0."
    ]


def test_the_month_before_is_taken_from_the_file_where_it_is(tell):
    tell.publish(series([5], column="cp_open", until=NEXT))
    may = date(2025, 5, 1)
    rows = [now(None, column="cp_open"), now(None, column="cp_open", at=may)]
    assert tell(rows) == [
        "Row 2: cp_open is blank; last month it was 5. If there were none, enter 0."
    ]


# ---- any return ----


def test_a_return_without_organisations_or_figures(store: Store):
    dataset = store.catalogue.datasets["plan_brag"]
    rows = [
        {"period": date(2025, 1, 1), "priority_id": f"P{n:02d}", "progress": "green", "impact": "amber"}
        for n in range(1, 11)
    ]  # fmt: skip
    publication.publish(store, [incoming(dataset, rows)], "officer")
    names = ",".join(dataset.names)
    content = f"{names}\n2025-03,P01,green,green,,,,\n".encode()
    one = intake.check(store, [("plan.csv", content)], LIMIT)[0]
    assert one.submission.findings.filter(severity="warning")["message"].to_list() == [
        "1 month is missing between January 2025, the last published, and this file: February 2025."
    ]
    content = f"{names}\n2025-01,P01,green,green,,,,\n".encode()
    one = intake.check(store, [("plan.csv", content)], LIMIT)[0]
    assert one.submission.findings.filter(severity="warning")["message"].to_list() == [
        "1 published value changes and 9 published rows go for January 2025. A reason is needed."
    ]


def test_findings_are_in_the_order_of_the_rows(tell):
    tell.publish([*series(STEADY, "CPC1"), *series(STEADY, "CPC2"), *series(STEADY, "CPC3")])
    found = tell.check([now(210, "CPC2"), now(2410, "CPC1")])[0].submission.findings
    lines = found["line"].to_list()
    assert lines == sorted(lines, key=lambda line: line or 0)
    assert found.schema["line"] == pl.Int64
