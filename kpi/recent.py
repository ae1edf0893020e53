"""How recent a figure is: whether its month has come, and which later months are withheld."""

from datetime import date, timedelta

import polars as pl

from kpi import observation, theme


def freshness(period: date | None, today: date, due_day: int = 20) -> str:
    """Whether the newest month is the one to expect; a month is due on a day of the next month."""
    if period is None:
        return "No month published yet"
    due = today.replace(day=1) - timedelta(days=1 if today.day >= due_day else 32)
    late = (due.year - period.year) * 12 + due.month - period.month
    months = "month" if late == 1 else "months"
    behind = f", {theme.spelt(late)} {months} behind" if late > 0 else ""
    return f"Latest month: {theme.month(period)}{behind}"


def withheld_since(series: pl.DataFrame) -> str:
    """Which months after the figure that is shown are withheld; nothing where none is."""
    shown = observation.told(series).height
    later = series.sort("period")["period"][shown:]
    if later.is_empty():
        return ""
    verb = "is" if later.len() == 1 else "are"
    return f"{theme.months(later[0], later[-1])} {verb} withheld: small numbers"


def nothing(rows: pl.DataFrame) -> str:
    """Why there is nothing to draw of rows none of which has a figure."""
    is_withheld = "state" in rows.columns and (rows["state"] == "c").any()
    return "withheld, small numbers" if is_withheld else "no figures to draw"


def none_of(latest: pl.DataFrame) -> tuple[str, str]:
    """Title and lead over measures none of which has a figure."""
    if (latest["state"] == "c").any():
        return "The figures are withheld", "They are of so few that they could tell who is meant."
    return "No figures yet", "Figures appear here once a month has been published."
