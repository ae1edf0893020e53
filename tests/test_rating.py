"""Traffic lights at their boundaries, and the word for each variation."""

from math import inf, nan

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi.rating import add_direction, add_rating, direction, rate


def light(value, target, tolerance, polarity) -> str:
    figures = {"value": value, "target": target, "tolerance": tolerance}
    frame = pl.DataFrame(
        {name: [figure] for name, figure in figures.items()} | {"polarity": [polarity]},
        schema_overrides=dict.fromkeys(figures, pl.Float64) | {"polarity": pl.String},
    )
    rating = rate(*(pl.col(name) for name in frame.columns))
    return frame.select(rating.alias("rating")).item()


@pytest.mark.parametrize(
    ("value", "target", "tolerance", "high", "low"),
    [
        # on the target, either side of it, and round the edge of the tolerance
        (85, 85, 5, "green", "green"),
        (85.01, 85, 5, "green", "amber"),
        (84.99, 85, 5, "amber", "green"),
        (80, 85, 5, "amber", "green"),
        (79.99, 85, 5, "red", "green"),
        (90, 85, 5, "green", "amber"),
        (90.01, 85, 5, "green", "red"),
        # binary fractions are not what they say
        (25, 30.1, 5.1, "amber", "green"),  # 30.1 - 25 is more than 5.1
        (30.1, 25, 5.1, "green", "amber"),
        (0, 0.1 + 0.2, 0.3, "amber", "green"),
        (0.1 + 0.2, 0, 0.3, "green", "amber"),
        (0.3, 0.1 + 0.2, 0, "green", "green"),
        (0.1 + 0.2, 0.3, 0, "green", "green"),
        (0.3 - 1e-7, 0.3, 0, "red", "green"),
        (0.3 + 1e-7, 0.3, 0, "green", "red"),
        # no tolerance is a tolerance of nothing
        (85, 85, None, "green", "green"),
        (84.9, 85, None, "red", "green"),
        (85.1, 85, None, "green", "red"),
        # below nothing, and nothing
        (-5, -3, 2, "amber", "green"),
        (-5.1, -3, 2, "red", "green"),
        (0, 0, None, "green", "green"),
        (0, 0, 0, "green", "green"),
        (-0.1, 0, 0, "red", "green"),
        # no figure, no target
        (None, 85, 5, "none", "none"),
        (85, None, 5, "none", "none"),
        (None, None, None, "none", "none"),
        (nan, 85, 5, "none", "none"),
        (inf, 85, 5, "none", "none"),
        (85, nan, 5, "none", "none"),
    ],
)
def test_lights(value, target, tolerance, high, low):
    assert light(value, target, tolerance, "high") == high
    assert light(value, target, tolerance, "low") == low
    assert light(value, target, tolerance, "neutral") == "none"
    assert light(value, target, tolerance, None) == "none"


@settings(deadline=None)
@given(
    miss=st.integers(-400, 400),
    target=st.integers(-1000, 1000),
    tolerance=st.integers(0, 300),
    polarity=st.sampled_from(["high", "low"]),
)
def test_lights_of_figures_with_one_decimal(miss, target, tolerance, polarity):
    """Tenths judged in whole numbers, where nothing is rounded."""
    value = target - miss if polarity == "high" else target + miss
    expected = "green" if miss <= 0 else "amber" if miss <= tolerance else "red"
    assert light(value / 10, target / 10, tolerance / 10, polarity) == expected


@pytest.mark.parametrize(
    ("variation", "word"),
    [
        ("improvement_high", "improving"),
        ("improvement_low", "improving"),
        ("concern_high", "worsening"),
        ("concern_low", "worsening"),
        ("neutral_high", "higher"),
        ("neutral_low", "lower"),
        ("common_cause", "steady"),
        ("none", "none"),
    ],
)
def test_directions(variation, word):
    frame = pl.DataFrame({"variation": [variation]})
    assert frame.select(direction(pl.col("variation"))).item() == word
    assert add_direction(frame).to_dicts() == [{"variation": variation, "direction": word}]


def test_an_unknown_variation_is_refused():
    with pytest.raises(pl.exceptions.InvalidOperationError):
        add_direction(pl.DataFrame({"variation": ["improved"]}))


def test_each_kpi_is_rated_by_its_own_polarity():
    frame = pl.DataFrame(
        {
            "kpi_id": ["up", "down", "apart", "up"],
            "value": [10, 10, 10, 12],
            "target": [12.0, 8.0, 12.0, 12.0],
            "tolerance": [1.0, 3.0, None, None],
        }
    )
    rated = add_rating(frame, {"up": "high", "down": "low", "apart": "neutral", "spare": "low"})
    assert rated["rating"].to_list() == ["red", "amber", "none", "green"]
    assert rated.drop("rating").equals(frame)
    assert rated.schema["rating"] == pl.String


def test_a_frame_without_rows_or_targets():
    nothing = pl.DataFrame({"kpi_id": ["up"], "value": [None], "target": [None], "tolerance": 1})
    assert add_rating(nothing, {"up": "high"})["rating"].to_list() == ["none"]
    assert add_rating(nothing.clear(), {})["rating"].to_list() == []


def test_a_kpi_without_a_polarity_is_refused():
    frame = pl.DataFrame({"kpi_id": ["b", "a"], "value": 1, "target": 1, "tolerance": 0})
    with pytest.raises(ValueError, match="No polarity for a, b"):
        add_rating(frame, {})
