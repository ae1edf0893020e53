"""The timeline: what is drawn where, and that it survives whatever a register may hold."""

from datetime import date
from itertools import pairwise

import pytest
from activities import TODAY, activity, day, register, sixty

from kpi import pace, schedule, theme, timeline

NAMES = {f"P{at:02}": f"Priority {at}" for at in range(1, 11)}


def plan(*rows):
    return schedule.laid_out(register(*rows), TODAY)


def drawn(found, **options):
    return timeline.timeline(found, NAMES, TODAY, schedule.chain(found), **options)


def bars(figure):
    """(baseline, now): the two traces of bars."""
    return [trace for trace in figure.data if trace.type == "bar"]


def words(figure):
    return [note.text for note in figure.layout.annotations]


def lines(figure):
    """The lines between activities, thin and heavy."""
    return [trace for trace in figure.data if trace.type == "scatter" and trace.mode == "lines"]


def test_sixty_activities_each_have_a_row_two_bars_and_words():
    found = schedule.laid_out(sixty(), TODAY)
    figure = drawn(found)
    baseline, now = bars(figure)
    assert len(baseline.y) == len(now.y) == 60
    assert len(set(now.y)) == 60
    gaps = sorted(b - a for a, b in pairwise(sorted(now.y)))
    assert gaps[0] >= 24, "a finger and an eye need that many pixels"
    assert now.width < gaps[0] / 2 and baseline.width < now.width
    assert sum("Priority" in text for text in words(figure)) == 10
    assert figure.layout.font.size >= 14
    assert figure.layout.height < 60 * 26 + 10 * 34 + 100


def test_the_thin_bar_lies_under_the_one_that_counts():
    figure = drawn(plan(activity("A", "2025-01-01", "2025-02-28", due=day("2025-06-30"))))
    baseline, now = bars(figure)
    assert baseline.y[0] > now.y[0]  # the axis runs down
    assert baseline.base[0] == now.base[0] == date(2025, 1, 1)
    assert [bar.x[0] / timeline.DAY for bar in (baseline, now)] == [59, 181]


def test_a_day_is_a_bar_too():
    figure = drawn(plan(activity("A", "2025-06-01", "2025-06-01")))
    assert bars(figure)[1].x[0] == timeline.DAY


def test_priorities_in_their_order_and_the_unknown_last():
    figure = drawn(
        plan(
            activity("A", "2025-01-01", "2025-06-01", priority_id="P03"),
            activity("B", "2025-01-01", "2025-06-01", priority_id="P99"),
            activity("C", "2025-01-01", "2025-06-01", priority_id="P01"),
        )
    )
    heads = [text for text in words(figure) if text.startswith("<b>P")]
    assert heads == ["<b>Priority 1</b>", "<b>Priority 3</b>", "<b>P99</b>"]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, "● In progress"),
        ({"due": day("2025-07-01")}, "● In progress, 30 days behind"),
        ({"due": day("2025-05-31")}, "● In progress, 1 day early"),
        ({"baseline_due": day("2025-04-01")}, "! In progress, 61 days behind"),
        ({"baseline_due": day("2025-04-20"), "due": day("2025-04-20")}, "! Overdue, 4 days behind"),
        ({"status": "done", "finished": day("2025-06-03")}, "✓ Done, 2 days late"),
        ({"status": "not_started", "start": day("2025-04-01")}, "! Not begun"),
        ({"status": "retired"}, "– Retired"),
    ],
)
def test_where_an_activity_stands_is_said_in_words(settings, expected):
    figure = drawn(plan(activity("A", "2025-01-01", "2025-06-01", **settings)))
    told = [text.removeprefix("<b>").removesuffix("</b>") for text in words(figure)]
    assert expected in told


def test_a_line_leads_from_an_end_to_a_beginning():
    found = plan(
        activity("A", "2025-01-01", "2025-03-01"),
        activity("B", "2025-05-01", "2025-06-01", predecessors=["A"]),
    )
    thin, heavy = lines(drawn(found))
    assert not thin.x, "both belong to the chain"
    assert (heavy.x[0], heavy.x[-2], heavy.x[-1]) == (date(2025, 4, 25), date(2025, 5, 1), None)
    assert heavy.line.width > thin.line.width
    assert (heavy.line.color, thin.line.color) == (theme.INK, theme.FAINT)
    corners = list(zip(heavy.x[:-1], heavy.y[:-1], strict=True))
    for one, other in pairwise(corners):
        assert one[0] == other[0] or one[1] == other[1], "level or upright only"


def test_a_line_goes_back_where_the_second_begins_first():
    found = plan(
        activity("A", "2025-01-01", "2025-08-01"),
        activity("B", "2025-05-01", "2025-09-01", predecessors=["A"]),
    )
    _, heavy = lines(drawn(found))
    assert heavy.x[0] > heavy.x[-2] == date(2025, 5, 1)
    between = heavy.y[2]
    assert min(heavy.y[0], heavy.y[-2]) < between < max(heavy.y[0], heavy.y[-2])


def test_only_links_between_rows_that_are_shown():
    found = plan(
        activity("A", "2025-01-01", "2025-03-01", priority_id="P01"),
        activity("B", "2025-03-02", "2025-06-01", priority_id="P02", predecessors=["A"]),
    )
    figure = timeline.timeline(schedule.chosen(found, "P02"), NAMES, TODAY, schedule.chain(found))
    assert not any(trace.x for trace in lines(figure))


SURVIVED = [
    ("no date", [activity("A")]),
    ("a circle", [activity("A", "2025-01-01", "2025-02-01", predecessors=["B"]),
                  activity("B", "2025-01-01", "2025-02-01", predecessors=["A"])]),
    ("nobody knows it", [activity("A", "2025-01-01", "2025-02-01", predecessors=["X", "A"])]),
    ("due before it starts", [activity("A", "2025-05-01", "2025-02-01")]),
    ("no priority", [activity("A", "2025-01-01", "2025-06-01", priority_id="")]),
    ("no owner", [activity("A", "2025-01-01", "2025-06-01", owner_role=None)]),
    ("one dated, one not", [activity("A", "2025-01-01", "2025-06-01"),
                            activity("B", predecessors=["A"])]),
    ("no baseline", [activity("A", start=day("2025-01-01"), due=day("2025-06-01"))]),
    ("far apart", [activity("A", "2001-01-01", "2001-02-01"), activity("B", "2045-01-01", "2045-02-01")]),
    ("nothing", []),
]  # fmt: skip


@pytest.mark.parametrize(("what", "rows"), SURVIVED, ids=[row[0] for row in SURVIVED])
def test_whatever_the_register_holds_is_drawn(what, rows):
    figure = drawn(plan(*rows))
    assert figure.to_json()
    assert figure.layout.height >= 100


def test_words_from_data_are_escaped():
    figure = drawn(
        plan(activity("A", "2025-01-01", "2025-06-01", title="<b>Bold</b>", owner_role="<i>"))
    )
    told = " ".join([*words(figure), *bars(figure)[1].text])
    assert "<b>Bold" not in told.replace("<b>&lt;b&gt;Bold", "") and "&lt;b&gt;Bold" in told
    assert "<i>" not in told


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Short", "Short"),
        ("x" * 56, "x" * 56),
        ("Review the supervision policy, and again, and then once more", "Review the supervision policy, and again, and then once …"),
    ],
)  # fmt: skip
def test_titles_are_cut_between_words(title, expected):
    assert timeline.shortened(title) == expected


def test_today_is_drawn_and_named():
    figure = drawn(plan(activity("A", "2025-01-01", "2025-06-01")))
    assert "<b>24 April 2025</b>" in words(figure)
    assert any(shape.x0 == shape.x1 == TODAY for shape in figure.layout.shapes)


def test_pace_ends_today_for_what_is_done_and_not_for_what_is_planned():
    found = schedule.laid_out(sixty(), TODAY)
    figure = pace.totals(schedule.pace(found, TODAY), TODAY)
    planned, due, done = figure.data
    assert done.x[-1] == TODAY
    assert planned.x[-1] > TODAY and due.x[-1] > TODAY
    assert list(done.y) == sorted(done.y)
    told = " ".join(words(figure))
    assert "<b>60</b> first planned" in told
    assert f"<b>{found.filter(status='done').height}</b> done" in told


def test_no_pace_without_dates():
    assert not pace.totals(schedule.pace(plan(activity("A")), TODAY), TODAY).data
