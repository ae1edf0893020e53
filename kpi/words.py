"""Sentences for people who are not analysts, made from finished observations.

Nothing is computed here but distances and counts. The order is always the same: which way is
better, whether the figure is really changing, whether it is good enough.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from kpi import observation, recent, theme, titles
from kpi.catalogue import Kpi
from kpi.observation import STATES

Row = Mapping[str, Any]

FEWEST = 7  # months without which variation is not judged
SETTLED = 13  # months from which the limits are more than trial limits
SMALL = 100  # below so many cases one of them moves a percentage by more than a point

POLARITY = {
    "low": "Lower is better.",
    "high": "Higher is better.",
    "neutral": "Context, not performance.",
}
VARIATION = {
    **dict.fromkeys(("improvement_high", "improvement_low"), "Improving."),
    **dict.fromkeys(("concern_high", "concern_low"), "Worsening."),
    "neutral_high": "Up, more than normal variation.",
    "neutral_low": "Down, more than normal variation.",
    "common_cause": "No change beyond normal variation.",
}
UNJUDGED = "Single months are withheld, so no change is judged."
NO_FIGURE = {state: f"{why[0].upper()}{why[1:]}." for state, why in STATES.items()} | {
    "c": "Withheld: confidential, small numbers.",
    "u": "Published as unreliable, so no figure is shown.",
}
BRIEFLY = dict.fromkeys(("k", "low"), "rounds to zero") | {"c": "withheld", "u": "unreliable"}
BRIEFLY |= {"x": "not available", "z": "not applicable"}

#: Kinds of area that a figure is compared with, in order, by what the card calls them.
OTHERS = {"neighbours": "Neighbours", "country": "England"}
OWN = {"authority": "Published"}

UNRATED = (
    ("measure gives context", "measures give context"),
    ("measure has no target", "measures have no target"),
    ("measure is withheld", "measures are withheld"),
    ("measure has no figure", "measures have no figure"),
)


def verdict(kpi: Kpi, row: Row) -> str:
    """What a row of an observation frame means, for its card: polarity, variation, then target."""
    if row["value"] is None:
        return NO_FIGURE.get(row["state"] or "", f"No figure for {theme.month(row['period'])}.")
    parts = [POLARITY[kpi.polarity], _variation(row), _against_target(kpi, row), _trial(row)]
    return " ".join(part for part in parts if part)


def stands(kpi: Kpi, series: pl.DataFrame) -> str:
    """The verdict on the figure that stands now, and which months after it are withheld."""
    since = recent.withheld_since(series)
    return f"{verdict(kpi, observation.newest(series))} {since}{'.' if since else ''}".rstrip()


def _variation(row: Row) -> str:
    if (row["points"] or 0) < FEWEST:
        return UNJUDGED if row["points"] is None else "Too few months to judge a change."
    return VARIATION.get(row["variation"], "")


def _trial(row: Row) -> str:
    points = row["points"] or 0
    if not FEWEST <= points < SETTLED:
        return ""
    since = "since the limits were reset" if row["segment"] else "of figures so far"
    return f"Early view: only {points} months {since}."


def _against_target(kpi: Kpi, row: Row) -> str:
    if kpi.polarity == "neutral":
        return ""
    if row["target"] is None:
        return "No target is set."
    target = goal(kpi, row["target"])
    changing = row["variation"].startswith(("improvement", "concern"))
    if row["rating"] == "green":
        return _met(target, row["assurance"], changing)
    return " ".join([_missed(kpi, row, target), _outlook(row["assurance"], changing)]).strip()


def _met(target: str, assurance: str, changing: bool) -> str:
    """Limits describe how a process ran; while it changes they say nothing of what will be."""
    outlook = {
        "consistent_pass": ", and will do so reliably",
        "inconsistent": ", but some months may miss it",
        "consistent_fail": ", which it usually misses",
    }
    return f"Meets the target of {target}{'' if changing else outlook.get(assurance, '')}."


def _missed(kpi: Kpi, row: Row, target: str) -> str:
    side = "above" if row["value"] > row["target"] else "below"
    far = distance(kpi, row["value"], row["target"])
    within = ", within tolerance" if row["rating"] == "amber" else ""
    if not far:
        return f"Just {side} the target of {target}{within}."
    if row["variation"].startswith("improvement"):
        return f"Still {side} the target of {target}, by {far}{within}."
    return f"{far} {side} the target of {target}{within}."


def _outlook(assurance: str, changing: bool) -> str:
    outlook = {
        "consistent_pass": "It usually meets it.",
        "inconsistent": "Some months may meet it.",
        "consistent_fail": "It will not get there without a change.",
    }
    return "" if changing else outlook.get(assurance, "")


def distance(kpi: Kpi, value: float, target: float) -> str:
    """How far apart, in the unit of the gap (``13 points``, ``1 case``); empty when not visibly."""
    gap = abs(value - target)
    size = theme.shortest(gap, 0 if gap >= 10 else kpi.decimals)
    if size == "0":
        return ""
    return theme.in_unit(size, "points" if kpi.is_percentage else kpi.unit)


def goal(kpi: Kpi, target: float) -> str:
    """A target in a running sentence: ``20%``, ``18``."""
    return _marked(theme.shortest(target, max(kpi.decimals, 1)), kpi)


def _marked(text: str, kpi: Kpi) -> str:
    """A figure in a running sentence: signs and rates stay, a unit that the title says does not."""
    return theme.in_unit(text, kpi.unit if kpi.unit in ("%", "£") or "per" in kpi.unit else "")


# ---- titles ----


def headline(kpi: Kpi, series: pl.DataFrame) -> str:
    """The message of a chart, in ten words if it can. ``series``: one KPI, one organisation."""
    if series.is_empty():
        return f"{kpi.title}: no figures yet"
    series, whole = observation.told(series), series
    row = series.row(-1, named=True)
    if row["value"] is None:
        why = BRIEFLY.get(row["state"] or "", "no figure")
        return f"{kpi.title}: {why}, {theme.month(row['period'])}"
    subject, plural = _subject(kpi)
    value = _marked(theme.figure(row["value"], kpi), kpi)
    if series.height < whole.height:
        value += f" {'in' if kpi.window == 1 else 'to'} {theme.month(row['period'])}"
    way = _way(series)
    if way:
        verb = f"{'have' if plural else 'has'} {way} to"
        further = [text or _stayed(row) for text in _standing(kpi, row)]
    else:
        verb = "stand at" if plural else "stands at"
        calm = row["variation"] == "common_cause"
        further = [", no real change"] if calm else _standing(kpi, row)
    return titles.fit(*(f"{subject} {verb} {value}{text}" for text in further))


def _way(series: pl.DataFrame) -> str:
    """``fallen`` or ``risen`` when it really has: by a signal, or to a new level since a reset."""
    row = series.row(-1, named=True)
    if row["variation"] not in ("common_cause", "none"):
        return "fallen" if row["variation"].endswith("low") else "risen"
    earlier = series.filter(pl.col("segment") < pl.lit(row["segment"], pl.Int64))
    if earlier.is_empty() or row["mean"] is None or earlier["upl"].last() is None:
        return ""
    if row["mean"] < earlier["lpl"].last():
        return "fallen"
    return "risen" if row["mean"] > earlier["upl"].last() else ""


def _standing(kpi: Kpi, row: Row) -> list[str]:
    """Where the figure stands to the good range or, without one, to the target: fully, briefly."""
    low, high, value = row["band_low"], row["band_high"], row["value"]
    if low is not None and high is not None:
        side = "below" if value < low else "above" if value > high else "inside"
        return [f", {side} the good range of {_range(kpi, row)}", f", {side} the good range"]
    if row["target"] is None or kpi.polarity == "neutral":
        return [""]
    target = goal(kpi, row["target"])
    if row["rating"] == "green":
        return [f", meeting the target of {target}", ", meeting the target"]
    side = "above" if value > row["target"] else "below"
    still = "still " if row["variation"].startswith("improvement") else ""
    return [f", {still}{side} the target of {target}", f", {still}{side} target"]


def _range(kpi: Kpi, row: Row) -> str:
    return f"{goal(kpi, row['band_low'])} to {goal(kpi, row['band_high'])}"


def _stayed(row: Row) -> str:
    return " and stayed there" if row["variation"] == "common_cause" else ""


def _subject(kpi: Kpi) -> tuple[str, bool]:
    """How a title begins a sentence, and whether its verb is plural.

    Children do not rise or fall: a count speaks of their number.
    """
    plural = theme.is_plural(kpi.title)
    if plural and is_count(kpi):
        return f"The number of {theme.lower_first(kpi.title)}", False
    return f"{kpi.title}," if "," in kpi.title else kpi.title, plural


def is_count(kpi: Kpi) -> bool:
    """Whether a measure counts, and so says nothing of a council of another size."""
    return not kpi.denominator and not kpi.statistic and kpi.unit not in ("", "%", "£")


def summary(latest: pl.DataFrame, kpis: Mapping[str, Kpi]) -> tuple[str, str]:
    """Title and lead of a scorecard. ``latest``: the last observation of each KPI."""
    rows = [row for row in latest.iter_rows(named=True) if row["value"] is not None]
    if not rows:
        return recent.none_of(latest)
    rated = [row for row in rows if row["rating"] in ("green", "amber", "red")]
    rated.sort(key=lambda row: _lead(kpis[row["kpi_id"]], row), reverse=True)
    return _title(rated, kpis), _counts(rated, rows, latest, kpis)


def _lead(kpi: Kpi, row: Row) -> float:
    """How far ahead of its target a figure is, as a share of the target: units differ."""
    ahead = (row["value"] - row["target"]) * (1 if kpi.polarity == "high" else -1)
    return ahead / abs(row["target"] or row["tolerance"] or 1)


def _title(rated: Sequence[Row], kpis: Mapping[str, Kpi]) -> str:
    if not rated:
        return "These figures give context; none has a target"
    lights = [row["rating"] for row in rated]
    best, worst = kpis[rated[0]["kpi_id"]].title, kpis[rated[-1]["kpi_id"]].title
    short = "off target" if "red" in lights else "near target"
    if len(rated) == 1:
        return f"{best} {_is(best)} {'on target' if lights[0] == 'green' else short}"
    if "green" not in lights:
        return f"No rated measure is on target. {worst} {_is(worst)} furthest from it."
    if set(lights) == {"green"}:
        return f"All {theme.spelt(len(rated))} rated measures are on target"
    but = "not" if "red" in lights else short
    pair = f"{best} {_is(best)} on target. {worst} {_is(worst)} {but}."
    return titles.fit(pair, _tally(rated, lights), most=12)


def _tally(rated: Sequence[Row], lights: Sequence[str]) -> str:
    """What a title says where the names of measures are too long for it."""
    on, better = lights.count("green"), _moving(rated, "improvement")
    told = f"{theme.spelt(on).capitalize()} of {theme.spelt(len(rated))} rated measures"
    further = f", {theme.spelt(better)} improving" if better else ""
    return f"{told} {'is' if on == 1 else 'are'} on target{further}"


def _moving(rows: Sequence[Row], way: str) -> int:
    return sum(row["variation"].startswith(way) for row in rows)


def _is(title: str) -> str:
    return "are" if theme.is_plural(title) else "is"


def _counts(
    rated: Sequence[Row], rows: Sequence[Row], latest: pl.DataFrame, kpis: Mapping[str, Kpi]
) -> str:
    of, withheld = latest.height, latest.filter(pl.col("value").is_null(), state="c").height
    context = sum(kpis[row["kpi_id"]].polarity == "neutral" for row in rows)
    others = (context, len(rows) - len(rated) - context, withheld, of - len(rows) - withheld)
    counts = [
        f"{_many(n, *what)}.".capitalize() for n, what in zip(others, UNRATED, strict=True) if n
    ]
    return " ".join(part for part in [_lights(rated), _changes(rows), *counts] if part)


def _lights(rated: Sequence[Row]) -> str:
    words = {"green": "on target", "amber": "near target", "red": "off target"}
    count = {light: sum(row["rating"] == light for row in rated) for light in words}
    if not rated:
        return ""
    if len(rated) == 1:
        return f"The one rated measure is {words[rated[0]['rating']]}."
    on, near, off = (
        theme.spelt(n) if len(rated) < 10 else f"{n or 'none'}" for n in count.values()
    )
    verb = "are" if count["green"] > 1 else "is"
    of = theme.spelt(len(rated))
    return f"Of {of} rated measures, {on} {verb} on target, {near} near and {off} off."


def _changes(rows: Sequence[Row]) -> str:
    better, worse = _moving(rows, "improvement"), _moving(rows, "concern")
    if not better and not worse:
        return ""
    told = f"{_many(better, 'is', 'are')} improving, {_many(worse, 'is', 'are')} worsening."
    return told.capitalize()


def _many(count: int, single: str, plural: str) -> str:
    return f"{theme.spelt(count)} {plural if count > 1 else single}"


# ---- the lines at the foot of a card ----


def comparators(kpi: Kpi, rows: pl.DataFrame) -> str:
    """``Neighbours 16.4 · England 15.2 (DfE 2025)`` from published rows, the newest of each area.

    A count says nothing of a council of another size: for it, the council's own published figure.
    """
    newest = rows.sort("year").unique("area_type", keep="last")
    found = {row["area_type"]: row for row in newest.iter_rows(named=True)}
    texts = [
        (f"{name} {_published(kpi, found[area])}", f" ({_publisher(found[area])})")
        for area, name in (OWN if is_count(kpi) else OTHERS).items()
        if area in found
    ]
    if len({when for _, when in texts}) == 1:
        return " · ".join(text for text, _ in texts) + texts[0][1]
    return " · ".join(text + when for text, when in texts)


def _published(kpi: Kpi, row: Row) -> str:
    """A published figure keeps the decimal that it was printed with."""
    if row["value"] is None:
        return BRIEFLY.get(row["state"], "not available")
    decimals = kpi.decimals if float(row["value"]).is_integer() else max(kpi.decimals, 1)
    text = theme.number(row["value"], decimals)
    return theme.in_unit(text, kpi.unit if kpi.unit in ("%", "£") else "")


def _publisher(row: Row) -> str:
    source = (row["source"] or "").split(",")[0]
    return f"{'DfE' if source == 'Department for Education' else source} {row['year']}".lstrip()


def cold_number(kpi: Kpi, row: Row, of: str = "cases") -> str:
    """``25 audits · 1 case is 4 points`` where one case moves a percentage by a point or more.

    ``of``: the unit of the denominator's column in the catalogue.
    """
    whole = row["denominator"]
    if not kpi.is_percentage or not whole or whole > SMALL:
        return ""
    points = theme.in_unit(theme.shortest(kpi.per / whole), "points")
    told = f"1 {'FTE' if of == 'FTE' else 'case'} is {points}"
    return f"{theme.in_unit(theme.shortest(whole), of)} · {told}"


def alt(kpi: Kpi, series: pl.DataFrame) -> str:
    """What a chart says, for those who do not see it. ``series``: one KPI, one organisation."""
    rows = series.drop_nulls("value").sort("period").rows(named=True)
    if not rows:
        return f"{kpi.title}: {recent.nothing(series)}."
    name = kpi.title if kpi.window == 1 else f"{kpi.title}, over {kpi.window} months"
    first, last = rows[0], rows[-1]
    if len(rows) == 1:
        text = f"{name}: one figure, {_at(kpi, last)}."
    else:
        high, low = (pick(rows, key=lambda row: row["value"]) for pick in (max, min))
        text = (
            f"{name}, by month: from {_at(kpi, first)} to {_at(kpi, last)}. "
            f"Highest {_at(kpi, high)}; lowest {_at(kpi, low)}."
        )
    return " ".join([text, *_further(kpi, series, first["period"], last)])


def _at(kpi: Kpi, row: Row) -> str:
    return f"{theme.with_unit(row['value'], kpi)} in {theme.month(row['period'])}"


def _further(kpi: Kpi, series: pl.DataFrame, first: date, last: Row) -> list[str]:
    signals = series.filter(~pl.col("signal").is_in(["common_cause", "none"])).height
    missing = series.filter(pl.col("value").is_null() & (pl.col("period") > first))
    withheld = missing.filter(state="c").height
    gaps = missing.height - withheld
    sentences = []
    if signals:
        beyond = _many(signals, "month differs", "months differ")
        sentences.append(f"{beyond.capitalize()} by more than normal variation.")
    if last["target"] is not None:
        sentences.append(f"Target {goal(kpi, last['target'])}.")
    if last["band_low"] is not None and last["band_high"] is not None:
        sentences.append(f"Good range {_range(kpi, last)}.")
    if gaps:
        sentences.append(f"{_many(gaps, 'month has', 'months have').capitalize()} no figure.")
    if withheld:
        sentences.append(f"{_many(withheld, 'month is', 'months are').capitalize()} withheld.")
    return sentences
