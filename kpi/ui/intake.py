"""Files on their way in: which return each is, what is wrong, what would change."""

from collections.abc import Sequence
from typing import Any

import polars as pl
import streamlit as st

from kpi import block, card, ingest, intake, returns, tables, theme
from kpi.publication import Published
from kpi.ui.frame import View
from kpi.ui.parts import table


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
    """The files checked against what is published now."""
    contents = [(file.name, file.getvalue()) for file in files]
    return intake.check(seen.store, contents, seen.settings.upload_limit, returns)


def intake_report(seen: View, found: Sequence[intake.Checked]) -> None:
    """One table of files, then the findings of each, grouped by kind."""
    st.html(tables.files([_file_entry(one) for one in found]))
    for one in found:
        findings = one.submission.findings
        if findings.is_empty():
            continue
        st.html(block.section(one.submission.file, tables.findings(findings)))
        st.download_button(
            f"Download all {findings.height} findings",
            findings.write_csv().encode("utf-8-sig"),
            f"findings-{one.submission.file}",
            "text/csv",
            key=f"findings-{one.submission.sha256}-{one.submission.file}",
            icon=":material/download:",
            on_click="ignore",
        )
    refused = sum(not one.submission.accepted for one in found)
    if refused:
        st.error(
            f"{refused} of {len(found)} files cannot be published yet. Nothing was stored. "
            "Mend them, then choose all the files again.",
            icon=":material/error:",
        )


def _file_entry(one: intake.Checked) -> dict[str, Any]:
    submission, found = one.submission, one.changes
    state = "Needs mending"
    if found is not None:
        parts = [("new", found.added), ("changed", found.changed), ("removed", found.removed)]
        told = ", ".join(f"{count} {name}" for name, count in parts if count) or "no change"
        state = f"Ready: {told}"
    periods = submission.periods
    months = [theme.month(at) for at in periods[:1] + periods[1:][-1:]]
    return {
        "file": submission.file,
        "dataset": submission.dataset.title if submission.dataset else "Not recognised",
        "months": " to ".join(months) or "–",
        "rows": submission.rows.height,
        "state": state,
    }


def intake_preview(seen: View, found: Sequence[intake.Checked]) -> None:
    """What would change: cells, old beside new, and the measures and lights of the council."""
    for one in found:
        if one.changes is not None and one.submission.dataset and one.changes.changed:
            cells = one.changes.cells.filter(pl.col("kind") == "changed")
            title = f"{one.submission.file}: published figures that change"
            st.html(tables.changed_cells(one.submission.dataset, cells, title))
    rows = intake.effects(seen.store, found)
    if rows.is_empty():
        st.html(card.note("No measure changes.", "The files hold what is already published."))
        return
    title = f"Measures that change, before and after ({rows.height})"
    table(rows.head(60), tables.effects(rows, seen.catalogue.kpis), title)


def published(seen: View, done: Sequence[tuple[str, Published]]) -> None:
    """Say what was published, or that it already was."""
    for file, answer in done:
        at, by = theme.day(answer.loaded_at), answer.loaded_by
        if answer.is_new:
            st.success(f"{file} is published as load {answer.load_id}.", icon=":material/check:")
        else:
            st.info(f"{file} was already published on {at} by {by}. Nothing was done.")


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
