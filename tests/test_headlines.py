"""Headlines of a measure and of the whole scorecard, and what a chart says to who cannot see it."""

from datetime import date

import polars as pl
import pytest
from frames import caseload, kpi, month, series, share

from kpi import words

# ---- headlines ----

BAND = {"band_low": 15.0, "band_high": 18.0, "target": 18.0}
LIMITS = {"mean": [20.0] * 7 + [14.0] * 7, "lpl": [18.0] * 7 + [12.0] * 7,
          "upl": [22.0] * 7 + [16.0] * 7, "segment": [0] * 7 + [1] * 7}  # fmt: skip


@pytest.mark.parametrize(
    ("measure", "frame", "title"),
    [
        (
            caseload(),
            series([20, 13.9], variation="improvement_low", rating="green", **BAND),
            "Average caseload has fallen to 13.9, below the good range",
        ),
        (
            caseload(),
            series([14, 16.2], variation="concern_high", rating="green", **BAND),
            "Average caseload has risen to 16.2, inside the good range",
        ),
        (
            share(),
            series([30, 32.7], variation="common_cause", target=20.0, rating="red"),
            "Repeat child protection plans stand at 32.7%, no real change",
        ),
        (
            share(title="Agency social workers"),
            series([50, 18.3], variation="improvement_low", target=20.0, rating="green"),
            "Agency social workers have fallen to 18.3%, meeting the target",
        ),
        (
            share(title="Agency social workers"),
            series([50, 28.3], variation="improvement_low", target=20.0, rating="red"),
            "Agency social workers have fallen to 28.3%, still above target",
        ),
        (
            share(title="Assessments within 45 days", polarity="high"),
            series([90, 71.1], variation="concern_low", target=90.0, rating="red"),
            "Assessments within 45 days have fallen to 71.1%, below target",
        ),
        (
            kpi("neutral", "children", 0, title="Children in care"),
            series([410, 344], variation="neutral_low"),
            "The number of children in care has fallen to 344",
        ),
        (
            kpi("neutral", "children", 0, title="Children in care"),
            series([340, 344], variation="common_cause"),
            "The number of children in care stands at 344, no real change",
        ),
        (
            kpi("neutral", "per 10,000", 0, title="Children in care rate", denominator="p"),
            series([110, 100], variation="neutral_low"),
            "Children in care rate has fallen to 100 per 10,000",
        ),
        (
            kpi("neutral", title="Caseload, lower quartile", statistic="s", numerator=""),
            series([9, 8.5], variation="neutral_low"),
            "Caseload, lower quartile, has fallen to 8.5",
        ),
        (caseload(), series([13.9], points=1), "Average caseload stands at 13.9"),
        (
            caseload(),
            series([None, None], state=["c", "c"]),
            "Average caseload: withheld, May 2021",
        ),
        (
            caseload(),
            series([13.9, None], state=[None, "c"], points=1),
            "Average caseload stands at 13.9 in Apr 2021",
        ),
        (caseload(), series([13.9, None]), "Average caseload: no figure, May 2021"),
        (caseload(), series([]), "Average caseload: no figures yet"),
    ],
)
def test_headline(measure, frame, title):
    assert words.headline(measure, frame) == title


def test_headline_after_a_reset_says_where_it_went():
    """Within its new limits a figure varies normally; that it came down is still the message."""
    frame = series([20] * 7 + [14] * 7, variation="common_cause", **LIMITS)
    assert (
        words.headline(caseload(), frame) == "Average caseload has fallen to 14.0 and stayed there"
    )
    rising = series([14] * 7 + [20] * 7, variation="common_cause",
                    **{name: values[::-1] if name != "segment" else values
                       for name, values in LIMITS.items()})  # fmt: skip
    assert words.headline(caseload(), rising).startswith("Average caseload has risen to 20.0")


def test_headline_after_a_reset_to_the_same_level():
    same = LIMITS | {"mean": [14.0] * 14, "lpl": [12.0] * 14, "upl": [16.0] * 14}
    frame = series([14] * 14, variation="common_cause", **same)
    assert words.headline(caseload(), frame) == "Average caseload stands at 14.0, no real change"


# ---- the whole scorecard ----

TITLES = {
    "a": "Average caseload",
    "b": "Repeat child protection plans",
    "c": "First conferences within 15 working days",
    "n": "Children in care",
}
KPIS = {
    name: caseload(kpi_id=name, title=title, polarity="neutral" if name == "n" else "low")
    for name, title in TITLES.items()
}


def latest(**ratings: str) -> pl.DataFrame:
    """One row a KPI; green, amber and red lie ever further above a target of 10."""
    values = {"green": 8.0, "amber": 11.0, "red": 16.0, "none": 5.0, "untargeted": 5.0}
    frames = [series([None], state="x") if light == "missing" else
              series([values[light]], rating=light if light in ("green", "amber", "red") else "none",
                     target=None if light in ("none", "untargeted") else 10.0)
              for light in ratings.values()]  # fmt: skip
    named = [f.with_columns(kpi_id=pl.lit(name)) for f, name in zip(frames, ratings, strict=True)]
    return pl.concat(named) if named else series([])


@pytest.mark.parametrize(
    ("ratings", "title"),
    [
        ({}, "No figures yet"),
        ({"a": "missing"}, "No figures yet"),
        ({"n": "none"}, "These figures give context; none has a target"),
        ({"a": "green"}, "Average caseload is on target"),
        ({"b": "green"}, "Repeat child protection plans are on target"),
        ({"b": "red"}, "Repeat child protection plans are off target"),
        ({"a": "amber"}, "Average caseload is near target"),
        ({"a": "green", "b": "green"}, "All two rated measures are on target"),
        (
            {"a": "green", "b": "red"},
            "Average caseload is on target. Repeat child protection plans are not.",
        ),
        (
            {"a": "red", "b": "green"},
            "Repeat child protection plans are on target. Average caseload is not.",
        ),
        (
            {"a": "green", "b": "amber"},
            "Average caseload is on target. Repeat child protection plans are near target.",
        ),
        (
            {"a": "amber", "b": "red"},
            "No rated measure is on target. Repeat child protection plans are furthest from it.",
        ),
        (
            {"a": "amber", "b": "green", "c": "red", "n": "none"},
            "One of three rated measures is on target",
        ),
    ],
)
def test_summary_title(ratings, title):
    assert words.summary(latest(**ratings), KPIS)[0] == title


@pytest.mark.parametrize(
    ("ratings", "lead"),
    [
        ({}, "Figures appear here once a month has been published."),
        ({"a": "green"}, "The one rated measure is on target."),
        ({"n": "none"}, "One measure gives context."),
        (
            {"a": "green", "b": "red", "n": "none"},
            "Of two rated measures, one is on target, none near and one off. "
            "One measure gives context.",
        ),
        (
            {"a": "green", "b": "green", "c": "amber"},
            "Of three rated measures, two are on target, one near and none off.",
        ),
        (
            {"a": "red", "b": "untargeted", "c": "missing"},
            "The one rated measure is off target. One measure has no target. "
            "One measure has no figure.",
        ),
        (
            {"a": "red", "b": "amber", "c": "red"},
            "Of three rated measures, none is on target, one near and two off.",
        ),
    ],
)
def test_summary_lead(ratings, lead):
    assert words.summary(latest(**ratings), KPIS)[1] == lead


def test_summary_counts_changes():
    frame = latest(a="green", b="red", c="red").with_columns(
        variation=pl.Series(["improvement_low", "improvement_low", "concern_high"])
    )
    lead = words.summary(frame, KPIS)[1]
    assert lead.endswith("Two are improving, one is worsening.")


def test_summary_of_many_measures_counts_in_figures():
    many = {f"k{at}": caseload(kpi_id=f"k{at}") for at in range(31)}
    lights = dict(zip(many, ["green"] * 14 + ["amber"] * 9 + ["red"] * 8, strict=True))
    lead = words.summary(latest(**lights), many)[1]
    assert lead == "Of 31 rated measures, 14 are on target, 9 near and 8 off."


# ---- what a chart says ----


def test_alt_of_a_series():
    frame = series(
        [21.1, None, 22.4, 12.9, 13.6], signal=["none"] * 3 + ["below_lpl", "shift_low"], **BAND
    )
    assert words.alt(caseload(), frame) == (
        "Average caseload, by month: from 21.1 cases in Apr 2021 to 13.6 cases in Aug 2021. "
        "Highest 22.4 cases in Jun 2021; lowest 12.9 cases in Jul 2021. "
        "Two months differ by more than normal variation. Target 18. Good range 15 to 18. "
        "One month has no figure."
    )


def test_alt_of_a_rolling_figure_does_not_call_its_beginning_a_gap():
    text = words.alt(share(), series([None] * 11 + [30.0, 31.0], target=20.0))
    assert text == (
        "Repeat child protection plans, over 12 months, by month: from 30.0% in Mar 2022 to 31.0% "
        "in Apr 2022. Highest 31.0% in Apr 2022; lowest 30.0% in Mar 2022. Target 20%."
    )


def test_alt_of_little():
    assert words.alt(caseload(), series([])) == "Average caseload: no figures to draw."
    assert words.alt(caseload(), series([None])) == "Average caseload: no figures to draw."
    assert (
        words.alt(caseload(), series([1.0]))
        == "Average caseload: one figure, 1.0 cases in Apr 2021."
    )


def test_every_measure_of_the_catalogue_can_be_spoken_of(book):
    """Whatever the catalogue names, a sentence comes of it, and none runs much beyond ten words."""
    for measure in book.kpis.values():
        frame = series([20.0, 10.0], variation="common_cause", target=12.0, rating="green")
        title = words.headline(measure, frame)
        assert len(title.split()) <= 16
        assert words.verdict(measure, frame.row(-1, named=True)).endswith(".")
        assert words.alt(measure, frame).endswith(".")


def test_month_of_the_frames():
    assert (month(0), month(8), month(9)) == (date(2021, 4, 1), date(2021, 12, 1), date(2022, 1, 1))
