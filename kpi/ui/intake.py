"""Files after their check: what is wrong, what would change, what was done."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
import streamlit as st

from kpi import block, faults, ingest, intake, spreadsheet, tables, theme, titles
from kpi.catalogue import Dataset
from kpi.changes import Changes
from kpi.ingest.copying import HEADER_FAULTS
from kpi.ingest.findings import count
from kpi.publication import Published
from kpi.ui.frame import link
from kpi.ui.parts import effects
from kpi.ui.seen import View

# ---- what was found ----


def intake_report(found: Sequence[intake.Checked]) -> None:
    """What the check comes to in a sentence, one table of files, then what was found in them."""
    _verdict(found)
    if any(intake.needs_a_person(one) for one in found):
        st.checkbox(
            "I have read the free text and vouch that no child can be known by it. This is kept "
            "with the reason.",
            key="vouched",
        )
    st.html(faults.files([_file_entry(one) for one in found]))
    st.space("small")
    told = [one.submission for one in found if one.already is None]
    told = [submission for submission in told if not submission.findings.is_empty()]
    if len(told) == 1:
        _findings(told[0])
    elif told:
        _findings_together(told)


def _verdict(found: Sequence[intake.Checked]) -> None:
    """An alert, which a screen reader speaks as soon as the check is done."""
    refused = sum(not one.submission.accepted for one in found)
    fresh = [one for one in found if one.is_new]
    files = count(len(fresh), "file")
    warnings = sum(one.submission.findings.filter(severity="warning").height for one in fresh)
    if refused:
        st.error(
            f"{refused} of {len(found)} files cannot be published yet. Nothing was stored. "
            "Mend them and drop them here again: each takes the place of the file of its name.",
            icon=":material/error:",
        )
    elif not fresh:
        st.info("All of this is already published. There is nothing to do.", icon=":material/info:")
    elif warnings:
        asks = "asks" if warnings == 1 else "ask"
        st.warning(
            f"{files} can be published. {count(warnings, 'warning')} {asks} for a look first.",
            icon=":material/warning:",
        )
    else:
        st.success(f"{files} ready to publish. Nothing is wrong.", icon=":material/check_circle:")


def _findings(submission: ingest.Submission) -> None:
    st.html(block.section(submission.file, faults.findings(submission.findings)))
    with st.container(horizontal=True):
        _download(submission.findings, submission.file)
        if submission.dataset and not (submission.accepted and not submission.warnings):
            _copy(submission, f"Download {'the' if _is_headless(submission) else 'a'}")
    st.space("small")


def _findings_together(told: Sequence[ingest.Submission]) -> None:
    found = pl.concat(one.findings.select(pl.lit(one.file).alias("file"), pl.all()) for one in told)
    st.html(block.section("What was found", faults.together(found)))
    with st.container(horizontal=True):
        _download(found, "upload.csv")
        for one in told:
            if one.dataset and not one.accepted:
                _copy(one, f"{one.file}:")
    st.space("small")


def _download(found: pl.DataFrame, file: str) -> None:
    st.download_button(
        f"Download all {found.height} findings" if found.height > 1 else "Download the finding",
        spreadsheet.csv(found),
        f"findings-{file}",
        "text/csv",
        key=f"findings-{file}",
        icon=":material/download:",
        on_click="ignore",
    )


def _copy(submission: ingest.Submission, before: str) -> None:
    file = submission.file
    st.download_button(
        f"{before} {'right header' if _is_headless(submission) else 'corrected copy'}",
        lambda: ingest.corrected(submission),
        f"corrected-{Path(file).stem}.csv",
        "text/csv",
        key=f"corrected-{submission.sha256}-{file}",
        icon=":material/edit_document:",
        on_click="ignore",
        help="The file as it was read, with all that could be put right put right. What could not "
        "be read stands as it was, for you to mend.",
    )


def _is_headless(submission: ingest.Submission) -> bool:
    """A file whose header is wrong has no copy, for that would lose columns."""
    unread = submission.rows.is_empty() and submission.unread.is_empty()
    return unread or submission.findings["code"].is_in(HEADER_FAULTS).any()


def _file_entry(one: intake.Checked) -> dict[str, Any]:
    submission = one.submission
    periods = submission.periods
    return {
        "file": submission.file,
        "dataset": submission.dataset.title if submission.dataset else "Not recognised",
        "months": theme.months(periods[0], periods[-1]) if periods else "–",
        "rows": submission.rows.height,
        "state": _state(one),
    }


def _state(one: intake.Checked) -> str:
    if one.already is not None:
        return _already(one.already)
    if one.changes is None:
        return "■ Needs mending"
    parts = [(name, getattr(one.changes, kind)) for kind, name in tables.KINDS.items()]
    told = ", ".join(f"{many:,} {name}" for name, many in parts if many) or "no change"
    return f"Ready: {told}"


def _already(load: Published) -> str:
    return f"Already published on {theme.day(load.loaded_at)} by {load.loaded_by}"


def intake_preview(seen: View, found: Sequence[intake.Checked]) -> None:
    """What would change: cells and rows, and the measures and lights of the council."""
    parts = [
        _changes(one.submission.dataset, one.submission.file, one.changes)
        for one in found
        if one.changes is not None and one.submission.dataset
    ]
    st.html(block.section("What will change", "".join([*parts, _new_rows(found)])))
    effects(seen, _effects(seen, found))
    st.space("small")


def _effects(seen: View, found: Sequence[intake.Checked]) -> pl.DataFrame:
    """Kept with the session, so that pressing Publish does not try it all once more."""
    state = ([one.submission.sha256 for one in found], seen.version)
    held = st.session_state.get("effects")
    if held is None or held[0] != state:
        held = st.session_state["effects"] = (state, intake.effects(seen.store, found))
    return held[1]


def _changes(dataset: Dataset, file: str, found: Changes) -> str:
    """Cells old beside new, and rows that go."""
    changed, removed, _ = (found.cells.filter(kind=kind) for kind in tables.KINDS)
    parts = []
    if found.changed:
        what = "cells" if dataset.register else "figures"
        title = f"{file}: published {what} that change"
        parts.append(tables.changed_cells(dataset, changed, title))
    if found.removed:
        parts.append(tables.keys(dataset, removed, f"{file}: published rows that go"))
    return "".join(parts)


def _new_rows(found: Sequence[intake.Checked]) -> str:
    """The rows that come, one tap away for all files."""
    listed, many = {}, 0
    for one in found:
        dataset, changes = one.submission.dataset, one.changes
        if dataset and changes and changes.added:
            added = changes.cells.filter(kind="added")
            file = one.submission.file
            listed[file] = tables.keys(dataset, added, f"{file}: rows that are new")
            many += changes.added
    whose = f"{len(listed)} files" if len(listed) > 1 else "".join(listed)
    title = f"Show the {count(many, 'new row')} of {whose}"
    return block.folded(title, "".join(listed.values())) if listed else ""


# ---- what was done ----


def published(done: Sequence[tuple[str, Published]]) -> None:
    """Say what was published, or that it already was, and where to go from here."""
    new = [(file, answer.load_id) for file, answer in done if answer.is_new]
    if len(new) == 1:
        said = f"{titles.literal(new[0][0])} is published as load {new[0][1]}."
    else:
        said = (
            f"{len(new)} files are published, as loads {new[0][1]} to {new[-1][1]}." if new else ""
        )
    if said:
        st.success(said, icon=":material/check_circle:")
    for file, answer in done:
        if not answer.is_new:
            at = theme.day(answer.loaded_at)
            said = f"{file} was already published on {at} by {answer.loaded_by}."
            st.info(titles.literal(said))
    places = [("See the scorecard", "./"), ("See the loads, or take one back", link("loads"))]
    st.html(block.links(places))


def refuse(sentence: str) -> None:
    """Say in one sentence why something was not done."""
    st.error(titles.literal(sentence), icon=":material/error:")
