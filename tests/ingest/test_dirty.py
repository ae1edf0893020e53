"""Real dirty files, each with what is expected of it beside it, in order."""

import json
from functools import cache
from pathlib import Path

import pytest
from ingest_context import BOOK, DIRTY, context

from kpi import ingest
from kpi.ingest.findings import QUOTED
from kpi.ingest.kinds import KINDS

FILES = sorted(path for path in DIRTY.iterdir() if path.suffix in (".csv", ".txt"))


@cache
def check(path: Path) -> ingest.Submission:
    return ingest.check(BOOK, path.read_bytes(), path.name, context())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_dirty_file_is_explained(path: Path):
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    submission = check(path)
    found = submission.findings.select("line", "column", "code", "severity").to_dicts()
    assert found == expected["findings"]
    assert submission.accepted == expected["accepted"]
    assert submission.rows.height == expected["rows"]
    assert (submission.dataset and submission.dataset.dataset_id) == expected["dataset"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_message_says_where_and_quotes_little(path: Path):
    for finding in check(path).findings.iter_rows(named=True):
        assert finding["message"].endswith((".", "?", ").")), finding
        assert "{" not in finding["message"], finding
        if finding["line"] is not None:
            assert finding["message"].startswith(f"Row {finding['line']}"), finding
        assert len(finding["value"] or "") <= QUOTED


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_corrected_copy_loses_nothing(path: Path):
    """What was accepted is accepted again with the same rows; what was refused is refused still."""
    before = check(path)
    if before.dataset is None:
        assert ingest.corrected(before) == b""
        return
    content = ingest.corrected(before)
    after = ingest.check(BOOK, content, path.name, context(), before.dataset)
    header = content.decode("utf-8-sig").splitlines()[0]
    assert header == ",".join(before.dataset.names)
    if before.accepted:
        assert after.accepted
        assert after.rows.drop("line").equals(before.rows.drop("line"))
    else:
        # A total and a repeated header are mended by leaving them out.
        mended = {"total_row"} >= set(before.findings.filter(severity="error")["code"])
        assert after.accepted == mended


def test_every_kind_of_cell_finding_occurs_in_a_dirty_file():
    """A kind that no file shows is a kind that no officer's file has proven."""
    seen = {code for path in FILES for code in check(path).findings["code"]}
    by_rule = {"flow", "total_differs", "total_missing"}  # told under the code of their rule
    unseen = set(KINDS) - by_rule - seen
    assert unseen <= {
        "file_too_large",
        "file_too_long",
        "file_too_wide",
        "file_too_slow",
        "file_mixed_encoding",
        "control_characters",
        "dataset_ambiguous",
        "org_no_council",
        "text_too_long",
    }
