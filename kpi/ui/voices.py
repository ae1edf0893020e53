"""Screens of quality and people: how grades divide, before beside after, why people leave."""

from collections.abc import Sequence

import polars as pl
import streamlit as st

from kpi import card, messages, observation, recent, shares, tables
from kpi.catalogue import Kpi
from kpi.ui.parts import chart, source
from kpi.ui.seen import View, observations

GRADES = ("inadequate", "requires improvement", "good", "outstanding")


def _starting(seen: View, prefix: str) -> list[Kpi]:
    return [kpi for name, kpi in seen.catalogue.kpis.items() if name.startswith(prefix)]


def grades(seen: View, prefix: str, good: str) -> None:
    """How audit grades divide over time, under the share that is good or better.

    ``prefix`` begins the ids of the four grades' KPIs; ``good`` is the KPI of that share.
    """
    kpis = [seen.catalogue.kpis[prefix + name.replace(" ", "_")] for name in GRADES]
    frame = observations(seen, kpis)
    # A year of which a grade is withheld would look as if there were none of it.
    whole = pl.col("value").is_not_null().sum().over("period") == len(kpis)
    known = frame.filter(whole)
    if known.is_empty():
        _say_why("Grades of case audits:", frame)
        return
    rows = known.pivot("kpi_id", index="period", values="value").sort("period", descending=True)
    shares_good = observations(seen, [seen.catalogue.kpis[good]]).sort("period", descending=True)
    year = observation.told(shares_good)["value"].reverse().to_list()
    shares_of_good = year[0] if year else None, year[12] if len(year) > 12 else None
    named = dict(
        zip([kpi.kpi_id for kpi in kpis], [name.capitalize() for name in GRADES], strict=True)
    )
    chart(
        seen,
        "grades",
        messages.divided(*shares_of_good, brief=True),
        "Grades of case audits, share of the 12 months to each month.",
        shares.divided(kpis, known, GRADES),
        messages.divided(*shares_of_good),
        (rows, tables.flows(named)),
        source=source(seen, kpis, known),
        reading_of="parts",
    )


def voices(seen: View, groups: Sequence[str]) -> None:
    """What each group of people said before the plan and since, and how many answered."""
    frame = observations(seen, _starting(seen, "feedback_"))
    if frame.is_empty():
        return
    newest = _newest(frame)
    said = dict(newest.select("kpi_id", "value").iter_rows())
    pairs = [
        (
            group.capitalize(),
            said.get(f"feedback_{group}_before"),
            said.get(f"feedback_{group}_after"),
        )
        for group in groups
    ]
    rows = pl.DataFrame(
        [
            {
                "who": who,
                "before": before,
                "since": since,
                "answers": said.get(f"feedback_{group}_responses"),
            }
            for group, (who, before, since) in zip(groups, pairs, strict=True)
        ]
    )
    chart(
        seen,
        "voices",
        messages.voices(pairs, brief=True),
        "Share of answers that found the service good: those asked before the plan (hollow dot) "
        "beside those asked since (full dot). The table has how many answered.",
        shares.before_after(pairs),
        messages.voices(pairs),
        (rows, tables.answers()),
        source=source(seen, _starting(seen, "feedback_"), frame),
        reading_of="pairs",
    )


def reasons(seen: View, prefix: str) -> None:
    """Why people leave, over the last 12 months; ``prefix`` begins the ids of the reasons' KPIs."""
    kpis = _starting(seen, prefix)
    frame = observations(seen, kpis)
    newest = _newest(frame).drop_nulls("value")
    if newest.is_empty():
        _say_why("Why people leave:", frame)
        return
    named = {kpi.kpi_id: kpi.title.removeprefix("Leavers who named ") for kpi in kpis}
    found = {named[name]: value for name, value in newest.select("kpi_id", "value").iter_rows()}
    rows = pl.DataFrame({"reason": list(found), "share": list(found.values())})
    chart(
        seen,
        "reasons",
        messages.reason(found),
        "Main reason in exit interviews, share of the last 12 months. Interviews are optional.",
        shares.ranked(found),
        messages.reason(found),
        (rows.sort("share", descending=True), tables.reasons()),
        source=source(seen, kpis, frame),
        reading_of="ranked",
    )


def _newest(frame: pl.DataFrame) -> pl.DataFrame:
    """What stands side by side is of one month, the newest, whichever of it is withheld."""
    return frame.filter(pl.col("period") == pl.col("period").max())


def _say_why(what: str, frame: pl.DataFrame) -> None:
    """Why there is nothing of figures that somebody did send in."""
    if not frame.is_empty():
        st.html(card.note(what, f"{recent.nothing(frame)}."))
