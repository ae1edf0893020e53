"""The risk register: scores, what is missing, and how both are said."""

from itertools import product

import pytest
from activities import TODAY, day, risk, risks

from kpi import matrix, theme
from kpi import risk as register


def graded(*rows):
    return register.graded(risks(*rows), TODAY)


GRADES = [
    (1, 1, "low"), (2, 2, "low"), (1, 5, "moderate"), (3, 3, "moderate"), (2, 5, "high"),
    (3, 4, "high"), (3, 5, "very_high"), (4, 4, "very_high"), (5, 5, "very_high"),
]  # fmt: skip


@pytest.mark.parametrize(("likelihood", "impact", "grade"), GRADES)
def test_grade(likelihood, impact, grade):
    row = graded(risk("R", likelihood=likelihood, impact=impact)).row(0, named=True)
    assert (row["score"], row["grade"]) == (likelihood * impact, grade)


def test_every_score_has_one_grade():
    assert {register.grade_of(a * b) for a, b in product(range(1, 6), repeat=2)} == set(
        register.GRADES
    )


def test_a_risk_that_is_not_scored_is_listed_last():
    found = graded(risk("A", likelihood=None), risk("B", likelihood=1, impact=1))
    assert found["risk_id"].to_list() == ["B", "A"]
    assert found["grade"].to_list() == ["low", None]
    assert "Not scored" in matrix.register(found, str)


def test_the_gravest_first_then_the_graver_impact_then_the_id():
    rows = [risk("C", likelihood=4, impact=3), risk("B", likelihood=3, impact=4),
            risk("A", likelihood=3, impact=4), risk("D", likelihood=5, impact=5)]  # fmt: skip
    assert graded(*rows)["risk_id"].to_list() == ["D", "A", "B", "C"]


MISSING = [
    ("nothing", {}, []),
    ("mitigation without contingency", {"contingency": None}, ["no_contingency"]),
    ("a blank is none", {"contingency": "  "}, ["no_contingency"]),
    ("neither", {"mitigation": None, "contingency": None}, ["no_mitigation"]),
    ("contingency alone", {"mitigation": ""}, ["no_mitigation"]),
    ("review due today", {"review_due": TODAY}, []),
    ("review due yesterday", {"review_due": day("2025-04-23")}, ["review_overdue"]),
    ("reviewed, no date set", {"review_due": None}, []),
    ("never reviewed", {"review_due": None, "reviewed": None}, ["never_reviewed"]),
    ("first review is due later", {"reviewed": None}, []),
    ("no measure", {"kpi_ids": []}, ["no_measure"]),
    ("no list", {"kpi_ids": None}, ["no_measure"]),
]


@pytest.mark.parametrize(("what", "given", "gaps"), MISSING, ids=[row[0] for row in MISSING])
def test_what_is_missing(what, given, gaps):
    row = graded(risk("R", **given)).row(0, named=True)
    assert [gap for gap in register.GAPS if row[gap]] == gaps


def test_how_long_a_review_is_overdue():
    found = graded(risk("A", review_due=day("2025-04-01")), risk("B"))
    assert found.sort("risk_id")["overdue"].to_list() == [23, None]


@pytest.mark.parametrize(
    ("show", "expected"),
    [("all", "ABC"), ("no_contingency", "B"), ("very_high", "A"), ("low", ""), ("<nonsense>", "ABC")],
)  # fmt: skip
def test_choices(show, expected):
    rows = graded(risk("A", likelihood=5), risk("B", contingency=None), risk("C"))
    assert "".join(sorted(register.chosen(rows, show)["risk_id"])) == expected


OPENINGS = [
    ([], "No risks are published yet", "upload the register"),
    ([risk("A")], "One risk: none above high", "Each was reviewed in time and names a measure"),
    ([risk("A", likelihood=5), risk("B", contingency=None)],
     "Two risks: one very high; one has a mitigation and no contingency", "Likelihood times impact"),
    ([risk("A", kpi_ids=[]), risk("B", kpi_ids=[], review_due=day("2025-01-01"))],
     "Two risks: none above high", "One is overdue for review. Two name no measure."),
    ([risk("A", likelihood=None)], "One risk: none of them scored", ""),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "title", "lead"), OPENINGS, ids=[row[1] for row in OPENINGS])
def test_opening(rows, title, lead):
    found = matrix.opening(graded(*rows))
    assert found[0] == title
    assert lead in found[1]


def test_what_a_reader_may_choose_is_there():
    options = matrix.choices(graded(risk("A", contingency=None), risk("B", likelihood=1, impact=1)))
    assert options == {"all": "All risks", "no_contingency": "Mitigation without contingency",
                       "high": "High", "low": "Low"}  # fmt: skip


# ---- HTML ----


def test_the_matrix_is_a_table_with_words_and_numbers():
    html = matrix.matrix(graded(risk("R1", title="Costs rise"), risk("R2", likelihood=1, impact=1)))
    assert html.count("<td") == 25
    assert html.count('scope="row"') == 5 and html.count('scope="col"') == 6
    for word in (*register.LIKELIHOOD, *register.IMPACT):
        assert word in html
    cell = next(part for part in html.split("<td ") if "Costs rise" in part)
    assert cell.startswith('class="kpi-grade-high"><p><b>12</b> ▲ high</p>')
    assert 'href="#risk-R1"' in cell
    assert html.index("Almost certain") < html.index("Rare")


def test_the_register_flags_what_is_missing():
    html = matrix.register(
        graded(risk("A", contingency=None, review_due=day("2025-04-01")), risk("B", mitigation=None),
               risk("C", reviewed=None, review_due=None)), lambda names: f"[{len(names)}]")  # fmt: skip
    for text in ("No contingency", "Overdue by 23 days", "No mitigation", "Never reviewed",
                 "If it happens: A contingency", "Escalated to: Resources Board",
                 "Possible (3), major (4)", 'id="risk-A"', "[1]"):  # fmt: skip
        assert text in html, text


def test_whatever_comes_from_data_is_escaped():
    rows = graded(risk("<R>", **dict.fromkeys(("title", "cause", "mitigation", "contingency", "owner_role", "escalation"), "<script>")))  # fmt: skip
    for html in (matrix.matrix(rows), matrix.register(rows, lambda names: "–")):
        assert "<script>" not in html and "<R>" not in html


def test_the_rule_names_every_grade():
    for word in register.WORDS.values():
        assert word.lower() in matrix.rule()


def test_a_spreadsheet_gets_no_lists():
    assert "caseload_mean" in matrix.flat(graded(risk("A"))).write_csv()


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@pytest.mark.parametrize(
    ("ground", "ink"),
    [(theme.PALE, theme.INK), (theme.PALER, theme.INK), (theme.PALEST, theme.INK),
     (theme.BLUE, theme.WHITE), (theme.LATE, theme.WHITE), (theme.WHITE, theme.LATE)],
)  # fmt: skip
def test_grades_and_states_are_legible(ground, ink):
    light, dark = sorted((luminance(ground), luminance(ink)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5
