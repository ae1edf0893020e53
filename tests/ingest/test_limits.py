"""What a file may cost: bytes, lines, columns and seconds; each with a sentence."""

from dataclasses import replace

import pytest
from ingest_context import BOOK, context

from kpi import ingest

HEAD = "month,team,cp_open\n"


def found(content: str, **limits) -> dict[str, str]:
    answer = ingest.check(BOOK, content.encode(), "file.csv", replace(context(), **limits))
    assert answer.rows.is_empty()
    assert not answer.accepted
    return dict(answer.findings.select("code", "message").iter_rows())


@pytest.mark.parametrize(
    ("content", "limits", "code", "words"),
    [
        (HEAD + "2024-04,CPC1,1\n" * 99, {"limit": 500}, "file_too_large", "Send it in parts"),
        (HEAD + "2024-04,CPC1,1\n" * 99, {"rows": 50}, "file_too_long", "more than 50 lines"),
        (",".join(["cp_open"] * 900) + "\n1\n", {}, "file_too_wide", "more than 500 columns"),
        (HEAD + "2024-04,CPC1,1\n", {"seconds": -1}, "file_too_slow", "was stopped"),
    ],
)
def test_what_is_too_much_is_refused_in_a_sentence(content, limits, code, words):
    [(told, sentence)] = found(content, **limits).items()
    assert told == code
    assert words in sentence


@pytest.mark.parametrize(
    "content",
    [
        "," * 3_000_000,
        '"' * 500_000,
        ('"' + "a" * 99 + "\n") * 5_000,
        HEAD + "\n" * 400_000,
        HEAD + "2024-04,CPC1," + "9" * 1_000_000 + "\n",
        HEAD + "2024-04,CPC1,1" + "," * 500_000 + "\n",
        HEAD + "2024-04,CPC1," + "a.b-" * 250_000 + "\n",
        HEAD + "2024-04,CPC1," + "Aa " * 300_000 + "\n",
        HEAD + "2024-04,CPC1," + "a@" * 300_000 + "\n",
        HEAD + "2024-04,CPC1," + "0(1 " * 250_000 + "\n",
    ],
    ids=[
        *("separators", "quotes", "open quotes", "blank lines", "a long figure", "a long row"),
        *("a long word", "a long name", "a long address", "a long number"),
    ],
)
@pytest.mark.timeout(60)
def test_a_file_made_to_be_slow_is_read_soon(content):
    """Each took seconds at most; a check that grows with the square would take hours."""
    assert found(content)
