"""Statistical process control: XmR limits, special-cause signals, variation and assurance.

The method is NHS England's "Making Data Count"; the arithmetic is that of the R package
NHSRplotthedots 0.2.2. It answers two questions that a traffic light cannot: is the figure really
changing (variation), and will the process as it runs now reliably meet its target (assurance)?
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

import polars as pl

from kpi.observation import ORDER, SERIES

LIMIT = 2.66  # average moving range to a process limit of 3 sigma (3 / d2, n = 2)
TWO_SIGMA = 2 * LIMIT / 3
SCREEN = 3.267  # upper limit of a moving range (D4, n = 2): larger ones are outliers
RUN = 7  # points in a row that make a shift or a trend
FEWEST = 7  # points without which a segment gets no limits
FEWEST_FIXED = 12  # points without which limits must not be fixed

#: Figures closer than this share of the segment's largest figure are the same figure. Binary
#: fractions carry noise near 1e-16 (0.1 + 0.2 is not 0.3): unguarded, it would flag a point that
#: lies on a limit and find trends in a constant series. No published figure has nine digits.
NOISE = 1e-9

#: Rules in the order in which they name a point, each with its name for high and for low points.
RULES = {
    "outside": ("above_upl", "below_lpl"),
    "trend": ("increasing", "decreasing"),
    "two_of_three": ("two_of_three_high", "two_of_three_low"),
    "shift": ("shift_high", "shift_low"),
}
HIGH = [high for high, _ in RULES.values()]
GOOD = {"high": 1, "low": -1, "neutral": 0}

ADDED: dict[str, type[pl.DataType]] = {
    "segment": pl.Int32,
    "points": pl.Int32,
    "mean": pl.Float64,
    "lpl": pl.Float64,
    "upl": pl.Float64,
    "signal": pl.String,
    "variation": pl.String,
    "assurance": pl.String,
}


@dataclass(frozen=True, kw_only=True)
class Chart:
    """How the process chart of one KPI is drawn up.

    ``fix_after``: limits rest on the first so many observed points of a segment; None, on all.
    ``rebase``: months from which a new segment, with limits of its own, begins.
    ``screen``: leave outlying moving ranges out of the limits, once (the Excel tool does not).
    ``mode``: ``mdc`` follows Making Data Count where it has moved on since NHSRplotthedots: a
    point beyond a limit counts towards two of three, a target on a limit is decided, and a point
    that is improvement and concern at once shows improvement. ``ptd`` follows the package.
    ``months``: the target is for the sum of so many points; each is held against its part of it.
    """

    polarity: Literal["high", "low", "neutral"]
    fix_after: int | None = None
    rebase: tuple[date, ...] = ()
    screen: bool = True
    mode: Literal["mdc", "ptd"] = "mdc"
    months: int = 1

    def __post_init__(self) -> None:
        if self.fix_after is not None and self.fix_after < FEWEST_FIXED:
            raise ValueError(
                f"Limits can be fixed after {FEWEST_FIXED} points or more, not {self.fix_after}."
            )


def add_limits(frame: pl.DataFrame, charts: Mapping[str, Chart]) -> pl.DataFrame:
    """Add limits, signals, variation and assurance to every series of an observation frame.

    Reads ``kpi_id``, ``org_id``, ``period``, ``observed`` and ``target``; a null ``observed`` is a
    gap. Adds ``segment``, ``points`` (observed points in the segment), ``mean``, ``lpl`` and
    ``upl`` (in the KPI's unit, never clipped), ``signal``, ``variation`` and ``assurance``; those
    of the last row are the series' own. Rows return in the order of ``observation.ORDER``.
    Raises ValueError for a second row of the same KPI, organisation and month, and for a KPI
    without a chart.
    """
    ordered = frame.sort(ORDER)
    _refuse_duplicates(ordered)
    judged = (
        _with_charts(ordered, charts)
        .pipe(_add_groups, charts)
        .pipe(_add_moving_range)
        .pipe(_add_process_limits)
        .pipe(_add_rules)
        .with_columns(signal=_signal(), assurance=_assurance())
        .with_columns(variation=_variation())
    )
    return ordered.with_columns(judged[name].cast(dtype) for name, dtype in ADDED.items())


def _refuse_duplicates(frame: pl.DataFrame) -> None:
    twice = frame.filter(frame.select(ORDER).is_duplicated())
    if not twice.is_empty():
        kpi_id, org_id, period = twice.select(ORDER).row(0)
        raise ValueError(f"More than one row for {kpi_id} of {org_id} in {period}.")


def _with_charts(frame: pl.DataFrame, charts: Mapping[str, Chart]) -> pl.DataFrame:
    """Series, period, figure ``x``, target, and the settings of each row's chart."""
    without = sorted(set(frame["kpi_id"].unique()) - set(charts))
    if without:
        raise ValueError(f"No chart settings for {', '.join(without)}.")
    settings = pl.DataFrame(
        [
            (k, GOOD[c.polarity], c.fix_after, c.screen, c.mode == "mdc", c.months)
            for k, c in charts.items()
        ],
        schema={
            "kpi_id": pl.String,
            "good": pl.Int8,
            "fix_after": pl.Int64,
            "screen": pl.Boolean,
            "mdc": pl.Boolean,
            "months": pl.Int64,
        },
        orient="row",
    )
    x = pl.col("observed").cast(pl.Float64)
    return (
        frame.select(
            *ORDER,
            x=pl.when(x.is_finite()).then(x),
            target=pl.col("target").cast(pl.Float64),
        )
        .join(settings, on="kpi_id", how="left", maintain_order="left")
        .with_columns(target=pl.col("target") / pl.col("months"))
    )


def _add_groups(work: pl.DataFrame, charts: Mapping[str, Chart]) -> pl.DataFrame:
    """``segment`` counts from 0 in each series; ``group`` is one number for series and segment."""
    starts = pl.DataFrame(
        [(kpi_id, start, start) for kpi_id, chart in charts.items() for start in chart.rebase],
        schema={"kpi_id": pl.String, "period": pl.Date, "start": pl.Date},
        orient="row",
    )
    return (
        work.sort("period")
        .join_asof(starts.sort("period"), on="period", by="kpi_id", check_sortedness=False)
        .sort(ORDER)
        .with_columns(
            segment=pl.col("start").rle_id().over(SERIES),
            group=pl.struct(*SERIES, "start").rle_id(),
        )
    )


def _add_moving_range(work: pl.DataFrame) -> pl.DataFrame:
    """``step`` from the month before, null beside a gap; ``base`` marks the limits' own points."""
    x = pl.col("x")
    place = x.is_not_null().cum_sum().over("group")
    return work.with_columns(
        points=x.count().over("group"),
        base=(place <= pl.col("fix_after")).fill_null(True),
        noise=NOISE * x.abs().max().over("group"),
    ).with_columns(step=_unless_noise(x.diff().over("group")))


def _add_process_limits(work: pl.DataFrame) -> pl.DataFrame:
    """``mean`` and limits of each segment; ``sigma3`` is the way from the mean to a limit.

    Screening that leaves no variation at all is not applied in mode ``mdc``: a team with one
    child in five years would otherwise have both limits on its mean, and every month outside.
    """
    moving = pl.when("base").then(pl.col("step").abs())
    average = moving.mean().over("group")
    small = ~pl.col("screen") | (moving < SCREEN * average - pl.col("noise"))
    kept = pl.when(small).then(moving).mean().over("group")
    screened = pl.when(~pl.col("mdc") | (kept > 0)).then(kept)
    sigma3 = LIMIT * pl.coalesce(screened, average)
    mean = pl.when("base").then("x").mean().over("group")
    charted = (pl.col("points") >= FEWEST) & average.is_not_null()
    return work.with_columns(
        mean=pl.when(charted).then(mean), sigma3=pl.when(charted).then(sigma3)
    ).with_columns(lpl=pl.col("mean") - pl.col("sigma3"), upl=pl.col("mean") + pl.col("sigma3"))


def _add_rules(work: pl.DataFrame) -> pl.DataFrame:
    """One column a rule: 1 where it marks a high point, -1 a low one, 0 or null where neither."""
    away = pl.col("x") - pl.col("mean")
    outside = away.abs() > pl.col("sigma3") + pl.col("noise")
    beyond = away.abs() > TWO_SIGMA / LIMIT * pl.col("sigma3") + pl.col("noise")
    side = pl.col("side")
    return (
        work.with_columns(side=_unless_noise(away).sign(), slope=pl.col("step").sign())
        .with_columns(
            # Runs end at a gap (null), on the mean or at a tie (0), and with their segment, whose
            # first slope is null.
            run=pl.struct("group", "side").rle_id(),
            climb=pl.col("slope").rle_id(),
            outside=outside,
            near=beyond & (pl.col("mdc") | ~outside),
        )
        .with_columns(
            outside=side * pl.col("outside"),
            trend=_trend(),
            two_of_three=side * _two_of_three(),
            shift=side * (pl.len().over("run") >= RUN),
        )
    )


def _unless_noise(difference: pl.Expr) -> pl.Expr:
    return pl.when(difference.abs() <= pl.col("noise")).then(0.0).otherwise(difference)


def _trend() -> pl.Expr:
    """Slope of the trend a point belongs to; the right-hand slope where two trends meet."""
    long = pl.len().over("climb") >= RUN - 1  # seven points have six steps between them
    slope = pl.when(long & (pl.col("slope") != 0)).then(pl.col("slope"))
    return pl.coalesce(slope.shift(-1), slope)


def _two_of_three() -> pl.Expr:
    """Near a limit, and so is another of three neighbours on the same side of the mean."""
    near, run = pl.col("near"), pl.col("run")
    # Runs are numbered through the whole frame; a window over each of many runs takes ten times
    # as long as comparing their numbers.
    others = [near.shift(n) & (run.shift(n) == run) for n in (-2, -1, 1, 2)]
    return near & pl.any_horizontal(others) & (pl.len().over("run") >= 3)


def _signal() -> pl.Expr:
    """The rule that names the point; in mode ``mdc`` an improving rule goes before the others."""
    improving = pl.col("mdc") & (pl.col("good") != 0)
    names = [_named(rule, improving & (pl.col(rule) == pl.col("good"))) for rule in RULES] + [
        _named(rule, pl.col(rule) != 0) for rule in RULES
    ]
    judged = pl.col("x").is_not_null() & pl.col("mean").is_not_null()
    named = pl.coalesce(*names, pl.lit("common_cause"))
    return pl.when(judged).then(named).otherwise(pl.lit("none"))


def _named(rule: str, marked: pl.Expr) -> pl.Expr:
    high, low = RULES[rule]
    return pl.when(marked).then(pl.when(pl.col(rule) > 0).then(pl.lit(high)).otherwise(pl.lit(low)))


def _variation() -> pl.Expr:
    """What the signal means by the KPI's polarity: a rise is good where high is good."""
    signal = pl.col("signal")
    way = pl.when(signal.is_in(HIGH)).then(1).otherwise(-1)
    good = pl.col("good")
    meaning = (
        pl.when(good == 0)
        .then(pl.lit("neutral"))
        .when(good == way)
        .then(pl.lit("improvement"))
        .otherwise(pl.lit("concern"))
    )
    level = pl.when(way > 0).then(pl.lit("high")).otherwise(pl.lit("low"))
    plain = signal.is_in(["none", "common_cause"])
    return pl.when(plain).then(signal).otherwise(pl.concat_str(meaning, level, separator="_"))


def _assurance() -> pl.Expr:
    """Where the limits lie to the target; where nothing varies, whether the mean meets it."""
    target, good, noise = pl.col("target"), pl.col("good"), pl.col("noise")
    on_limit = pl.when("mdc").then(-noise).otherwise(noise)
    above = target > pl.col("upl") + on_limit
    below = target < pl.col("lpl") - on_limit
    flat = pl.col("sigma3") == 0
    meets = (pl.col("mean") - target) * good >= -noise
    passes = pl.when(flat).then(meets).when(good > 0).then(below).otherwise(above)
    fails = pl.when(good > 0).then(above).otherwise(below)
    return (
        pl.when((good == 0) | target.is_null() | pl.col("mean").is_null())
        .then(pl.lit("none"))
        .when(passes)
        .then(pl.lit("consistent_pass"))
        .when(fails)
        .then(pl.lit("consistent_fail"))
        .otherwise(pl.lit("inconsistent"))
    )
