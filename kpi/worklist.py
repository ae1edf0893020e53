"""What the activities of the plan say: the sentences over them, their tables, their key."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from html import escape
from typing import Any

import polars as pl

from kpi import block, card, schedule, theme
from kpi.card import Column

Row = Mapping[str, Any]

MOVED = 30  # days from which an end has moved in earnest
NEXT = 8  # what a meeting can look at

STATES = ("done", "in_progress", "not_started", "overdue", "late_start", "merged", "retired")
NEEDS = "This list needs activities: upload the register “activity” on the page Upload."


# ---- sentences ----


def opening(plan: pl.DataFrame, chain: Sequence[str]) -> tuple[str, str]:
    """Title and lead of the page; of the whole plan, whatever the reader has chosen."""
    live = plan.filter("is_live")
    if live.is_empty():
        return "No activities are published yet", NEEDS
    late = live.filter("is_late").height
    title = f"{_count(late)} of {live.height} activities {_are(late)} late"
    if live.height == 1:
        title = f"The one activity is {'' if late else 'not '}late"
    return "; ".join(part for part in (title, _ending(plan, chain)) if part), _lead(plan, live)


def _count(number: int) -> str:
    return theme.spelt(number).capitalize()


def _are(number: int, single: str = "is", plural: str = "are") -> str:
    return single if number == 1 else plural


def _ending(plan: pl.DataFrame, chain: Sequence[str]) -> str:
    """When the plan ends, and how long after its first plan."""
    if not chain:
        return ""
    last = plan.filter(activity_id=chain[-1]).row(0, named=True)
    what = "the longest chain" if len(chain) > 1 else "the last of all"
    verb = "ended" if last["state"] == "done" else "ends"
    return f"{what} {verb} in {theme.long_month(last['ends'])}{_after(last['slip'])}"


def _after(slip: int | None) -> str:
    if slip is None:
        return ""
    if slip == 0:
        return ", as first planned"
    days = theme.in_unit(theme.number(abs(slip)), "days")
    return f", {days} {'after' if slip > 0 else 'before'} its baseline"


def _lead(plan: pl.DataFrame, live: pl.DataFrame) -> str:
    """How the plan is kept, in a line: done, moved, begun too early, without a measure."""
    done = live.filter(status="done").height
    moved = live.filter(pl.col("slip") >= MOVED).height
    early = live.filter(pl.col("early").is_not_null()).height
    bare = schedule.unlinked(plan).height
    gone = plan.height - live.height
    told = f"{_count(done)} {_are(done)} done." if done else "Nothing is done yet."
    parts = [_dated_anew(live), told]
    if moved:
        parts.append(
            f"{_count(moved)} {_are(moved, 'ends', 'end')} a month or more later than planned."
        )
    if early:
        parts.append(
            f"{_count(early)} {_are(early, 'begins', 'begin')} before what "
            f"{_are(early, 'it starts', 'they start')} after has ended."
        )
    if bare:
        parts.append(
            f"{_count(bare)} {_are(bare, 'names', 'name')} no measure, so nobody can say "
            f"what {_are(bare, 'it changes', 'they change')}."
        )
    if gone:
        parts.append(f"{_count(gone)} more {_are(gone, 'was', 'were')} merged or retired.")
    return " ".join(part for part in parts if part)


def _dated_anew(live: pl.DataFrame) -> str:
    """What late means, and whether those that are have another day by now."""
    late = live.filter("is_late")
    if late.is_empty():
        return ""
    past = late.filter(pl.col("state").is_in(["overdue", "late_start"])).height
    told = "Late is what is open past the day first planned"
    if not past:
        return f"{told}; {'it has' if late.height == 1 else 'each has'} been given a later day."
    whom = "it is" if late.height == past == 1 else f"{theme.spelt(past)} {_are(past)}"
    return f"{told}; {whom} past the day now planned too."


def drawn(shown: pl.DataFrame, priority: str = "") -> str:
    """The message over the timeline, of the activities that are shown."""
    where = f"{priority}: " if priority else ""
    late = shown.filter("is_late")
    if late.is_empty():
        many = theme.spelt(shown.height)
        none = "not late" if shown.height == 1 else "none of them late"
        return f"{where}{many if where else many.capitalize()} {_one(shown.height)}, {none}"
    worst = late.sort("slip", "activity_id", descending=[True, False], nulls_last=True)
    row = worst.row(0, named=True)
    days = f", {theme.in_unit(theme.number(row['slip']), 'days')} behind" if row["slip"] else ""
    many = theme.spelt(late.height)
    return f"{where}{many if where else many.capitalize()} late; furthest: {row['title']}{days}"


def _one(count: int) -> str:
    return "activity" if count == 1 else "activities"


def alt(shown: pl.DataFrame, today: date, chain: Sequence[str]) -> str:
    """What the timeline shows, for those who do not see it."""
    begins, ends = shown["begins"].min(), shown["ends"].max()
    counts = [
        f"{theme.spelt(count)} {theme.ACTIVITY[state].word.lower()}"
        for state in STATES
        if (count := shown.filter(state=state).height)
    ]
    span = (
        f" from {theme.long_month(begins)} to {theme.long_month(ends)}"
        if isinstance(begins, date) and isinstance(ends, date)
        else ""
    )
    inside = sum(name in set(chain) for name in shown["activity_id"])
    return (
        f"Timeline of {shown.height} {_one(shown.height)}{span}, by priority, on "
        f"{theme.day(today)}: {', '.join(counts)}. {_count(inside)} of them "
        f"{_are(inside, 'belongs', 'belong')} to the chain that decides the end. "
        "Every activity, its dates and what it starts after stand in the table."
    )


def pace(rows: pl.DataFrame, today: date) -> str:
    """``49 activities are done; 57 were first planned to be by now``."""
    past = rows.filter(pl.col("period") <= today.replace(day=1))
    if past.is_empty():
        return "No activity was due yet"
    # What is due later in this month is not missing today, so the last whole month is judged.
    whole = past.filter(pl.col("period") < today.replace(day=1))
    due = whole["planned_total"][-1] if whole.height else 0
    done = past["done_total"][-1]
    verb = "was" if due == 1 else "were"
    return (
        f"{_count(done)} {_one(done)} {_are(done)} done; {theme.spelt(due)} {verb} first planned "
        "to be by now"
    )


def busiest(past: pl.DataFrame) -> str:
    """The message over the months: what was done in the last twelve, beside what was planned."""
    year = past.tail(12)
    if year.is_empty():
        return "No month of the plan has begun yet"
    done, planned = (sum(year[name].to_list()) for name in ("done", "planned"))
    many = year.height
    span = "month" if many == 1 else f"{theme.spelt(many)} months"
    return (
        f"In the last {span} {theme.spelt(done)} {_one(done)} {_are(done, 'was', 'were')} done "
        f"and {theme.spelt(planned)} {_are(planned, 'was', 'were')} planned"
    )


def effect(counts: Mapping[str, int]) -> tuple[str, str]:
    """Whether what was done makes a difference, as far as figures can say."""
    done, linked, moving = counts["done"], counts["linked"], counts["moving"]
    if not done:
        return "Nothing is done yet.", "What was done is held against its measures once it is."
    title = f"Of {theme.spelt(done)} {_one(done)} done, {theme.spelt(linked)} name a measure."
    text = (
        f"For {theme.spelt(moving)} of them a measure is on target or improving. That it moves "
        "along does not prove that the work moved it; where none moves, ask what the work is for."
    )
    return (
        title,
        text if linked else "Without one nobody can say whether the work made a difference.",
    )


# ---- the key, and the tables ----


def key() -> str:
    """What the bars and lines of the timeline mean."""
    shown = ("done", "in_progress", "not_started", "overdue", "late_start")
    items = "".join(
        f'<li><span class="kpi-bar kpi-bar-{name}"></span>{theme.ACTIVITY[name].symbol} '
        f"{escape(theme.ACTIVITY[name].word)}</li>"
        for name in shown
    )
    return (
        f'<ul class="kpi-key">{items}'
        '<li><span class="kpi-bar kpi-bar-baseline"></span>First planned</li>'
        '<li><span class="kpi-bar kpi-bar-chain"></span><b>In bold: decides the end</b>'
        "</li><li>→ Starts after</li></ul>"
    )


def sideways() -> str:
    """How a timeline wider than the screen is read; it takes the keyboard, which then scrolls."""
    words = "Move the picture sideways to see its bars."
    return f'<p class="kpi-source kpi-swipe" tabindex="0">{words}</p>'


def state(row: Row) -> str:
    """The chip of an activity's state, and under it how far its end has moved."""
    slip = row["slip"]
    moved = ""
    if slip:
        days = theme.in_unit(theme.number(abs(slip)), "days")
        word = "early" if slip < 0 else "late" if row["state"] == "done" else "behind"
        style = ' class="kpi-flag"' if row["is_late"] else ""
        moved = f"<span{style}>{days} {word}</span>"
    return f"{card.chip(theme.ACTIVITY[row['state']])}{moved}"


def table(
    shown: pl.DataFrame,
    plan: pl.DataFrame,
    names: Mapping[str, str],
    measures: Callable[[Sequence[str]], str],
    chain: Sequence[str],
) -> str:
    """Every activity in start order. ``measures`` writes the measures that a row names."""
    titles = dict(plan.select("activity_id", "title").iter_rows())
    heads = ("Activity", "When", "State", "Starts after", "Measures")
    rows = [
        (
            _named(row, names, chain),
            _when(row),
            state(row),
            _after_which(row, titles),
            measures(row["kpi_ids"] or []),
        )
        for row in shown.iter_rows(named=True)
    ]
    body = block.stacked_table("Activities in the order in which they start", heads, rows)
    return f'<div class="kpi-worklist">{body}</div>'


def _named(row: Row, names: Mapping[str, str], chain: Sequence[str]) -> str:
    decides = "<span>Decides when the plan ends</span>" if row["activity_id"] in chain else ""
    note = f"<span>{escape(row['note'])}</span>" if row["note"] else ""
    who = escape(row["owner_role"] or "No owner named")
    where = escape(names.get(row["priority_id"], row["priority_id"] or "No priority"))
    return f"{escape(row['title'])}<span>{where} · {who}</span>{decides}{note}"


def _when(row: Row) -> str:
    """The dates that count, and the first plan where it was another."""
    last = row["ends"] if row["state"] == "done" else row["due"] or row["baseline_due"]
    now = _dates(row["begins"], last)
    first = _dates(row["baseline_start"], row["baseline_due"])
    was = f"<span>First planned: {first}</span>" if first not in (now, "no dates") else ""
    return now + was


def _dates(begins: date | None, ends: date | None) -> str:
    if begins is None and ends is None:
        return "no dates"
    return " to ".join(_short(one) if one else "?" for one in (begins, ends))


def _short(moment: date) -> str:
    """``24 Apr 2025``, kept on one line."""
    return f"{moment.day}\u00a0{theme.month(moment)}".replace(" ", "\u00a0")


def _after_which(row: Row, titles: Mapping[str, str]) -> str:
    waits = set(row["waits"])
    items = "".join(
        f"<li>{escape(titles.get(name, name))}{' <span>still open</span>' if name in waits else ''}"
        "</li>"
        for name in row["after"]
    )
    if not items:
        return "–"
    early = (
        f"<span>begins {theme.in_unit(str(row['early']), 'days')} before that ends</span>"
        if row["early"]
        else ""
    )
    return f'<ul class="kpi-mentions">{items}</ul>{early}'


def chain_title(plan: pl.DataFrame, chain: Sequence[str]) -> str:
    """What the chain says: how many activities decide the end, and how many of them are open."""
    rows = plan.filter(pl.col("activity_id").is_in(list(chain)))
    still = rows.filter(pl.col("status").is_in(schedule.OPEN)).height
    end = rows["ends"].max()
    when = f" in {theme.long_month(end)}" if isinstance(end, date) else ""
    if not still:
        return f"{_count(rows.height)} {_one(rows.height)} decided the end{when}; all are done"
    return (
        f"{_count(rows.height)} {_one(rows.height)} {_are(rows.height, 'decides', 'decide')} "
        f"the end{when}; {theme.spelt(still)} {_are(still)} still to be done"
    )


def chain_table(plan: pl.DataFrame, chain: Sequence[str], names: Mapping[str, str]) -> str:
    """The chain that decides the end: each step, how far it slipped, what room lies before it."""
    found = {row["activity_id"]: row for row in plan.iter_rows(named=True)}
    rows, before = [], None
    for name in chain:
        row = found[name]
        spare = schedule.days_between(before["ends"], row["begins"]) if before else None
        rows.append((_step(row, names), _room(spare), _ends(row), state(row)))
        before = row
    heads = ("Activity", "Room before it", "Ends", "State")
    body = block.stacked_table("The chain, first to last", heads, rows)
    return f'<div class="kpi-worklist">{body}</div>'


def _step(row: Row, names: Mapping[str, str]) -> str:
    where = escape(names.get(row["priority_id"], row["priority_id"] or "No priority"))
    return f"{escape(row['title'])}<span>{where} · {escape(row['owner_role'] or 'No owner')}</span>"


def _room(spare: int | None) -> str:
    if spare is None:
        return "–"
    if spare < 0:
        return f"None: overlaps by {theme.in_unit(str(-spare), 'days')}"
    return theme.in_unit(str(spare), "days") if spare else "None"


def _ends(row: Row) -> str:
    text = _short(row["ends"]) if row["ends"] else "no date"
    return text if row["state"] == "done" else f"{text} (expected)"


def next_table(rows: pl.DataFrame, plan: pl.DataFrame) -> str:
    """What ends next, and what can start then; the first of them."""
    titles = dict(plan.select("activity_id", "title").iter_rows())
    cells = [
        (
            f"{escape(row['title'])}<span>{escape(row['owner_role'] or 'No owner named')}</span>",
            _ends(row),
            state(row),
            "<ul class='kpi-mentions'>"
            + "".join(f"<li>{escape(titles[name])}</li>" for name in row["then"])
            + "</ul>",
        )
        for row in rows.head(NEXT).iter_rows(named=True)
    ]
    heads = ("When this ends", "Ends", "State", "… these can start")
    caption = "What waits for what" + (f" (the next {NEXT})" if rows.height > NEXT else "")
    return f'<div class="kpi-worklist">{block.stacked_table(caption, heads, cells)}</div>'


def pace_columns() -> list[Column]:
    """The table twin of the pace: one row a month."""
    parts = {
        "planned": "First planned",
        "due": "Due as revised",
        "done": "Done",
        "planned_total": "First planned, added up",
        "due_total": "Due as revised, added up",
        "done_total": "Done, added up",
    }
    return [
        Column(name="period", title="Month", show=lambda row: theme.month(row["period"])),
        *(Column(name=name, title=title, numeric=True) for name, title in parts.items()),
    ]


def flat(shown: pl.DataFrame) -> pl.DataFrame:
    """The rows as a spreadsheet takes them: lists as ``;`` separated text."""
    lists = ["predecessors", "kpi_ids", "after", "waits", "then"]
    return shown.with_columns(pl.col(lists).list.join(";")).drop("is_live", "is_late", "line")


def choices(plan: pl.DataFrame) -> dict[str, str]:
    """The states that a reader may choose from, as far as there are any."""
    return {name: theme.ACTIVITY[name].word for name in STATES if name in set(plan["state"])}
