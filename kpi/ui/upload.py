"""Files on their way in: dropped, recognised, checked; and the templates that they start from."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from kpi import arrivals, block, completeness, ingest, intake, returns, titles
from kpi.catalogue import Dataset
from kpi.ingest.findings import count
from kpi.store import Store
from kpi.ui.seen import View, remembered

STEPS = (
    ("Drop", "All files of the month at once. Each is recognised by its header, not by its name."),
    (
        "Read",
        "Line and column of what is wrong, and how to mend it. Drop the mended file again: it "
        "takes the place of the old one.",
    ),
    ("Look", "What would change: rows, figures, and which measures change value or status."),
    (
        "Publish",
        "All files together, or none. Data, Loads takes a load back, and shows first what that "
        "would change.",
    ),
)
Arrived = tuple[Any, Sequence[Dataset]]


def arrived(seen: View) -> list[Arrived]:
    """The files on the page, each with the returns that its header fits.

    A mended file takes the place of the one that it mends, which is still on the page.
    """
    done = st.session_state.get("uploads", 0)
    files = st.file_uploader(
        "CSV files",
        type=["csv", "txt", "xlsx"],
        accept_multiple_files=True,
        key=f"returns-{done}",
    )
    known: dict[str, Sequence[Dataset]] = st.session_state.setdefault("fits", {})
    for file in files:
        if file.file_id not in known:
            known[file.file_id] = ingest.detect(seen.catalogue, file.getvalue(), file.name)
    places = intake.latest([(file.name, known[file.file_id]) for file in files])
    if many := len(files) - len(places):
        st.caption(f"{count(many, 'file')} came again. The later one counts.")
    return [(files[place], known[files[place].file_id]) for place in places]


def checked(seen: View, files: Sequence[Arrived]) -> list[intake.Checked]:
    """The files checked against what is published now, with a bar that shows how far it is.

    What was found stays with the session until files, returns or the published figures change, so
    that ticking a box does not check a large file again.
    """
    returns = [_return_of(seen, file, fits) for file, fits in files]
    chosen = [
        (file.file_id, one and one.dataset_id)
        for (file, _), one in zip(files, returns, strict=True)
    ]
    vouched = bool(st.session_state.get("vouched"))
    state = (chosen, seen.version, seen.standing.today, vouched)
    held = st.session_state.get("checked")
    if held is None or held[0] != state:
        bar = st.progress(0.0, "Checking …")
        found = intake.check(
            seen.store,
            [(file.name, file.getvalue()) for file, _ in files],
            seen.settings.upload_limit,
            returns,
            lambda step, share: bar.progress(share, titles.literal(step)),
            vouched,
        )
        bar.empty()
        held = st.session_state["checked"] = (state, found)
    return held[1]


def _return_of(seen: View, file: Any, fits: Sequence[Dataset]) -> Dataset | None:
    """The return that a file is, asked where the header fits several."""
    if len(fits) < 2:
        return None
    named = {fit.dataset_id: fit.title for fit in fits}
    name = st.selectbox(
        f"Which return is {titles.literal(file.name)}?",
        list(named),
        format_func=named.__getitem__,
        key=f"return-{file.file_id}",
    )
    return seen.catalogue.datasets[name]


def forget() -> None:
    """Begin with no files again, once those on the page are published."""
    st.session_state["uploads"] = st.session_state.get("uploads", 0) + 1
    for name in ("checked", "effects", "fits", "vouched"):
        st.session_state.pop(name, None)


def before_upload(seen: View) -> None:
    """What will happen, which returns are in and which are due, and the templates."""
    st.html(block.steps(STEPS))
    found = seen.store.read("completeness", as_at=seen.as_at)
    datasets = seen.catalogue.returns
    st.html(arrivals.ahead(completeness.ahead(found, datasets, seen.day), datasets))
    templates(seen)


def templates(seen: View) -> None:
    """Of each return an empty file with its header, and what its columns mean."""
    files, everything = _written(seen.store)
    with st.expander("Templates and data dictionary", icon=":material/description:"):
        empty, words = st.columns(2)
        for name, (template, meaning) in files.items():
            title = seen.catalogue.datasets[name].title
            with empty:
                _file(f"{title}: template", f"{name}.csv", template)
            with words:
                _file(f"{title}: dictionary", f"{name}-dictionary.csv", meaning)
        _file("All returns: dictionary", "data-dictionary.csv", everything)


@remembered(max_entries=20, show_spinner=False)
def _written(store: Store) -> tuple[dict[str, tuple[bytes, bytes]], bytes]:
    """Template and dictionary of each return, and the dictionary of all of them."""
    book = store.catalogue
    files = {
        name: (returns.template(dataset), returns.dictionary_csv(book, [dataset]))
        for name, dataset in book.datasets.items()
    }
    return files, returns.dictionary_csv(book, book.datasets.values())


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
