"""Files on their way in: which return each is, what is wrong, what would change."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from kpi import block, ingest, intake, returns, tables, theme
from kpi.catalogue import Dataset
from kpi.changes import Changes
from kpi.ingest.copying import HEADER_FAULTS
from kpi.ingest.findings import count
from kpi.publication import Published
from kpi.ui.frame import View
from kpi.ui.parts import effects


def returns_chosen(seen: View, files: Sequence[Any]) -> list[Any]:
    """For each file the return that it is, asked where the header fits several."""
    answers = []
    for file in files:
        fits = ingest.detect(seen.catalogue, file.getvalue(), file.name)
        if len(fits) > 1:
            titles = {fit.dataset_id: fit.title for fit in fits}
            name = st.selectbox(
                f"Which return is {file.name}?",
                list(titles),
                format_func=titles.__getitem__,
                key=f"return-{file.file_id}",
            )
            answers.append(seen.catalogue.datasets[name])
        else:
            answers.append(None)
    return answers


def checked(seen: View, files: Sequence[Any], returns: Sequence[Any]) -> list[intake.Checked]:
    """The files checked against what is published now, with a bar that shows how far it is.

    What was found stays with the session until files, returns or the published figures change, so
    that ticking a box does not check a large file again.
    """
    chosen = [
        (file.file_id, one and one.dataset_id) for file, one in zip(files, returns, strict=True)
    ]
    state = (chosen, seen.store.data_version(), seen.standing.today)
    held = st.session_state.get("checked")
    if held is None or held[0] != state:
        bar = st.progress(0.0, "Checking …")
        contents = [(file.name, file.getvalue()) for file in files]
        found = intake.check(
            seen.store,
            contents,
            seen.settings.upload_limit,
            returns,
            lambda step, share: bar.progress(share, step),
        )
        bar.empty()
        held = st.session_state["checked"] = (state, found)
    return held[1]


# ---- what was found ----


def intake_report(found: Sequence[intake.Checked]) -> None:
    """One table of files, what that comes to in a sentence, then the findings of each file."""
    st.html(tables.files([_file_entry(one) for one in found]))
    _verdict(found)
    for one in found:
        if one.already is None and not one.submission.findings.is_empty():
            _findings(one.submission)


def _verdict(found: Sequence[intake.Checked]) -> None:
    """An alert, which a screen reader speaks as soon as the check is done."""
    refused = sum(not one.submission.accepted for one in found)
    fresh = [one for one in found if one.is_new]
    files = count(len(fresh), "file")
    warnings = sum(one.submission.findings.filter(severity="warning").height for one in fresh)
    if refused:
        st.error(
            f"{refused} of {len(found)} files cannot be published yet. Nothing was stored. "
            "Mend them, then choose all the files again.",
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
    file, found = submission.file, submission.findings
    st.html(block.section(file, tables.findings(found)))
    with st.container(horizontal=True):
        st.download_button(
            f"Download all {found.height} findings" if found.height > 1 else "Download the finding",
            found.write_csv().encode("utf-8-sig"),
            f"findings-{file}",
            "text/csv",
            key=f"findings-{submission.sha256}-{file}",
            icon=":material/download:",
            on_click="ignore",
        )
        if submission.dataset and not (submission.accepted and not submission.warnings):
            st.download_button(
                _copy_title(submission),
                lambda: ingest.corrected(submission),
                f"corrected-{Path(file).stem}.csv",
                "text/csv",
                key=f"corrected-{submission.sha256}-{file}",
                icon=":material/edit_document:",
                on_click="ignore",
                help="The file as it was read, with all that could be put right put right. What "
                "could not be read stands as it was, for you to mend.",
            )
    st.space("small")


def _copy_title(submission: ingest.Submission) -> str:
    """A file whose header is wrong has no copy, for that would lose columns."""
    unread = submission.rows.is_empty() and submission.unread.is_empty()
    headless = submission.findings["code"].is_in(HEADER_FAULTS).any()
    return "Download the right header" if unread or headless else "Download a corrected copy"


def _file_entry(one: intake.Checked) -> dict[str, Any]:
    submission = one.submission
    periods = submission.periods
    months = [theme.month(at) for at in periods[:1] + periods[1:][-1:]]
    return {
        "file": submission.file,
        "dataset": submission.dataset.title if submission.dataset else "Not recognised",
        "months": " to ".join(months) or "–",
        "rows": submission.rows.height,
        "state": _state(one),
    }


def _state(one: intake.Checked) -> str:
    if one.already is not None:
        return _already(one.already)
    if one.changes is None:
        return "Needs mending"
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
    st.html(block.section("What will change", "".join(parts)))
    effects(seen, intake.effects(seen.store, found))
    st.space("small")


def _changes(dataset: Dataset, file: str, found: Changes) -> str:
    """Cells old beside new, rows that go, and, one tap away, rows that come."""
    changed, removed, added = (found.cells.filter(kind=kind) for kind in tables.KINDS)
    parts = []
    if found.changed:
        title = f"{file}: published figures that change"
        parts.append(tables.changed_cells(dataset, changed, title))
    if found.removed:
        parts.append(tables.keys(dataset, removed, f"{file}: published rows that go"))
    if found.added:
        listed = tables.keys(dataset, added, f"{file}: rows that are new")
        parts.append(block.folded(f"Show the {count(found.added, 'new row')} of {file}", listed))
    return "".join(parts)


# ---- what was done ----


def published(done: Sequence[tuple[str, Published]]) -> None:
    """Say what was published, or that it already was."""
    for file, answer in done:
        if answer.is_new:
            st.success(f"{file} is published as load {answer.load_id}.", icon=":material/check:")
        else:
            at = theme.day(answer.loaded_at)
            st.info(f"{file} was already published on {at} by {answer.loaded_by}.")


def refuse(sentence: str) -> None:
    """Say in one sentence why something was not done."""
    st.error(sentence, icon=":material/error:")


def templates(seen: View) -> None:
    """Of each return an empty file with its header, and what its columns mean."""
    book = seen.catalogue
    with st.expander("Templates and data dictionary", icon=":material/description:"):
        empty, words = st.columns(2)
        for name, dataset in book.datasets.items():
            meaning = returns.dictionary_csv(book, [dataset])
            with empty:
                _file(f"{dataset.title}: template", f"{name}.csv", returns.template(dataset))
            with words:
                _file(f"{dataset.title}: dictionary", f"{name}-dictionary.csv", meaning)
        everything = returns.dictionary_csv(book, book.datasets.values())
        _file("All returns: dictionary", "data-dictionary.csv", everything)


def _file(label: str, name: str, content: bytes) -> None:
    st.download_button(
        label,
        content,
        name,
        "text/csv",
        key=f"file-{name}",
        help=name,
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
    )
