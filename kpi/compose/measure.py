"""One measure as a report tells it: its summary, its chart, the table beside it, its data."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl

from kpi import commentary, observation, theme, trend, words
from kpi.catalogue import Kpi
from kpi.compose.facts import APRIL, Facts
from kpi.report import Break, Cell, Chart, Column, Data, Event, Field, Series, Summary, Table

CALM = ("common_cause", "none")
SHORT = 5  # characters of a figure of which twelve fit side by side on a page


def summary(facts: Facts, kpi: Kpi, *, charted: bool = True) -> Summary | None:
    """The measure as its card says it, with its chart; None before its first month."""
    series = facts.series(kpi)
    if series.is_empty():
        return None
    row = observation.newest(series)
    said = commentary.by_month(facts.said, kpi).get(row["period"])
    dataset = facts.catalogue.datasets[kpi.dataset]
    below = next((name for name in kpi.columns if name == kpi.denominator), "")
    published = facts.comparators.filter(kpi_id=kpi.kpi_id)
    return Summary(
        kpi_id=kpi.kpi_id,
        name=kpi.title,
        headline=words.headline(kpi, series),
        figure=theme.with_unit(row["value"], kpi, row["state"]),
        unit=kpi.unit,
        period=theme.span(kpi, row["period"]),
        status=theme.rating(kpi, row),
        variation=theme.VARIATION[row["variation"]],
        verdict=words.stands(kpi, series),
        so_what=said["so_what"] if said else "",
        comparator=words.comparators(kpi, published),
        further=words.cold_number(kpi, row, dataset.column(below).unit) if below else "",
        chart=chart(facts, kpi, series) if charted else None,
    )


def chart(facts: Facts, kpi: Kpi, series: pl.DataFrame) -> Chart:
    """The measure over the last five financial years."""
    rows = series.filter(pl.col("period") >= facts.since)
    rows = series.tail(1) if rows.is_empty() else rows
    periods = rows["period"].to_list()
    return Chart(
        kpi_id=kpi.kpi_id,
        key=kpi.title,
        title=words.headline(kpi, rows),
        subtitle=_subtitle(kpi),
        alt=words.alt(kpi, rows),
        source=facts.source(kpi, rows),
        unit=kpi.unit,
        corner=trend.note_of(kpi, rows),
        decimals=kpi.decimals,
        **_scale(kpi, rows),
        periods=tuple(periods),
        series=tuple(_lines(kpi, rows)),
        marks=tuple(None if name in CALM else name for name in rows["variation"]),
        states=tuple(rows["state"]),
        told=tuple(_told(kpi, row) for row in rows.iter_rows(named=True)),
        twin=twin(kpi, rows),
        events=_events(facts.events, periods),
        breaks=_breaks(kpi, rows),
    )


def _financial_year(period: date) -> int:
    return period.year - (period.month < APRIL)


def _subtitle(kpi: Kpi) -> str:
    unit = {"%": "Percentage", "£": "Pounds"}.get(kpi.unit, kpi.unit.capitalize())
    return f"{kpi.title}. {unit}, {_span(kpi)}. {words.POLARITY[kpi.polarity]}"


def _span(kpi: Kpi) -> str:
    return f"{kpi.window} months to each month" if kpi.window > 1 else "by month"


def _scale(kpi: Kpi, rows: pl.DataFrame) -> dict[str, float]:
    """Bottom and top of the axis; a chart without a figure keeps an empty one."""
    if rows.select("value", "observed").null_count().sum_horizontal().item() == 2 * rows.height:
        return {"low": 0.0, "high": 1.0}
    low, high = trend.scale(kpi, rows, [], True, 0)
    return {"low": float(low), "high": float(high)}


def _lines(kpi: Kpi, rows: pl.DataFrame) -> list[Series]:
    """Every line that the measure has, the figure itself first."""
    last = rows.row(-1, named=True)
    known = rows["value"].drop_nulls()
    own = theme.with_unit(known[-1], kpi) if known.len() else ""
    goal = "" if last["target"] is None else theme.shortest(last["target"])
    sign = theme.in_unit(goal, "%" if kpi.is_percentage else "") if goal else ""
    if not known.len():
        return [_line("value", kpi.title, rows, "value")]
    banded = last["band_low"] is not None and last["band_high"] is not None
    found = [_line("value", kpi.title, rows, "value", own)]
    if kpi.window > 1:
        found.append(_line("months", "Single months", rows, "observed"))
    found += [
        _line("target", "Target", rows, "target", f"target {sign}" if sign else ""),
        _line("band_low", "Good range from", rows, "band_low", "good range" if banded else ""),
        _line("band_high", "Good range to", rows, "band_high"),
        _line("average", "Average", rows, "mean", "average" if last["mean"] is not None else ""),
        _limit(kpi, "lower", rows, "lpl"),
        _limit(kpi, "upper", rows, "upl"),
    ]
    return [
        line for line in found if line.role == "value" or any(v is not None for v in line.values)
    ]


def _line(role: Any, name: str, rows: pl.DataFrame, column: str, label: str = "") -> Series:
    return Series(role=role, name=name, values=tuple(rows[column]), label=label)


def _limit(kpi: Kpi, role: Any, rows: pl.DataFrame, column: str) -> Series:
    """A limit where it is a figure that could be (``kpi.trend`` draws it by the same rule)."""
    values = tuple(
        value if value is not None and trend.fits(kpi, value) else None for value in rows[column]
    )
    name = f"{role.capitalize()} limit"
    return Series(
        role=role, name=name, values=values, label=name.lower() if values[-1] is not None else ""
    )


def _told(kpi: Kpi, row: dict[str, Any]) -> str:
    """What a month says when it is pointed at."""
    parts = [theme.month(row["period"]), theme.with_unit(row["value"], kpi, row["state"])]
    if kpi.window > 1 and row["observed"] is not None:
        parts.append(f"month alone {theme.with_unit(row['observed'], kpi)}")
    if row["target"] is not None:
        parts.append(f"target {theme.shortest(row['target'], 2)}")
    if row["variation"] not in CALM:
        parts += [theme.VARIATION[row["variation"]].word, theme.SIGNAL[row["signal"]]]
    return f"{parts[0]}: {'; '.join(parts[1:])}"


def _events(events: Sequence[Event], periods: Sequence[date]) -> tuple[Event, ...]:
    return tuple(event for event in events if periods[0] <= event.period <= periods[-1])


def _breaks(kpi: Kpi, rows: pl.DataFrame) -> tuple[Break, ...]:
    reasons = {rebase.period: rebase.reason for rebase in kpi.spc.rebase}
    starts = rows.filter(pl.col("segment").diff() > 0)["period"]
    return tuple(Break(period=at, reason=reasons.get(at, "")) for at in starts)


# ---- the table beside a chart ----


def twin(kpi: Kpi, rows: pl.DataFrame) -> Table:
    """The figures by financial year and month; years go down where twelve figures fit across."""
    cells = {
        row["period"]: Cell(
            text=theme.figure(row["value"], kpi, row["state"]),
            value=row["value"] if row["value"] is not None else row["state"],
        )
        for row in rows.iter_rows(named=True)
    }
    years = sorted({_financial_year(period) for period in cells})
    calendar = [(APRIL + at - 1) % 12 + 1 for at in range(12)]
    across = max(len(cell.text) for cell in cells.values()) <= SHORT
    down, sides = (years, calendar) if across else (calendar, years)
    name = {**{year: f"{year}-{(year + 1) % 100:02}" for year in years}, **_names(calendar)}

    def cell(one: int, other: int) -> Cell:
        year, month = (one, other) if across else (other, one)
        return cells.get(date(year + (month < APRIL), month, 1), Cell(text=""))

    return Table(
        caption=f"{kpi.title} ({kpi.unit or 'number'}), {_span(kpi)}",
        columns=(
            Column(title="Year" if across else "Month", share=1.4),
            *(Column(title=name[side], kind="number") for side in sides),
        ),
        rows=tuple((Cell(text=name[one]), *(cell(one, other) for other in sides)) for one in down),
    )


def _names(calendar: Sequence[int]) -> dict[int, str]:
    return {month: theme.MONTHS[month - 1][:3] for month in calendar}


# ---- the data ----

FIELDS = (
    ("Measure id", "text", "kpi_id", "The measure, as the files and the command line name it"),
    ("Measure", "text", "title", "The measure, as the pages name it"),
    ("Month", "month", "period", "The month, or the last month of a rolling year"),
    ("Figure", "number", "value", "The figure, unrounded"),
    ("Reason for no figure", "text", "state", "A letter; the notes say what it means"),
    ("Unit", "text", "unit", "What the figure counts"),
    ("Numerator", "number", "numerator", "What is counted, over the months of the figure"),
    ("Denominator", "number", "denominator", "What it is a share of, over the same months"),
    ("Month alone", "number", "observed", "The single month of a figure over several"),
    ("Target", "number", "target", "What the figure is meant to be"),
    ("Tolerance", "number", "tolerance", "By how much it may miss and be near its target"),
    ("Good range from", "number", "band_low", "Where good figures begin"),
    ("Good range to", "number", "band_high", "Where good figures end"),
    ("Status", "text", "status", "The figure against its target"),
    ("Average", "number", "mean", "The mean of the months since the limits were reset"),
    ("Lower limit", "number", "lpl", "The lower process limit"),
    ("Upper limit", "number", "upl", "The upper process limit"),
    ("Variation", "text", "change", "Whether the month differs by more than normal variation"),
    ("Load", "count", "load_id", "The newest load that the figure comes from"),
)


def data(kpis: Sequence[Kpi], frame: pl.DataFrame, caption: str) -> Data:
    """Every month of the measures, in their order: one row a measure and month."""
    rows = []
    for kpi in kpis:
        for row in frame.filter(kpi_id=kpi.kpi_id).sort("period").iter_rows(named=True):
            row |= {
                "title": kpi.title,
                "unit": kpi.unit,
                "status": theme.rating(kpi, row).word,
                "change": theme.VARIATION[row["variation"]].word,
            }
            rows.append(tuple(row[name] for _, _, name, _ in FIELDS))
    kinds: Any = {title: kind for title, kind, *_ in FIELDS}
    fields = tuple(Field(title=title, kind=kinds[title], help=told) for title, *_, told in FIELDS)
    return Data(caption=caption, fields=fields, rows=tuple(rows))
