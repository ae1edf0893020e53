"""Coverage-guided fuzzing of the check of a file: whatever the bytes are, findings and no exception.

    python tests/fuzz/fuzz_check.py FOLDER [libFuzzer's options, such as -max_total_time=600]

Starts from the files of tests/dirty. An input that breaks the check is kept in FOLDER/finds, one a
fault with its traceback beside it, and the search goes on; one that takes too long or too much
memory ends it. What it found and what was mended stands in tests/ingest/test_fuzz_finds.py.
"""

import hashlib
import shutil
import sys
import traceback
from pathlib import Path

import atheris  # pyright: ignore[reportMissingImports]

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS.parent), str(TESTS), str(TESTS / "ingest")]

with atheris.instrument_imports(include=["kpi.ingest"]):  # pyright: ignore
    from ingest_context import BOOK, DIRTY, context  # pyright: ignore[reportMissingImports]
    from test_any_file import is_sound  # pyright: ignore[reportMissingImports]

    from kpi import ingest

LIMITS = ["-timeout=30", "-rss_limit_mb=3000", "-max_len=6000"]
CONTEXT = context()


def words() -> list[str]:
    """What a mutation may put in: headings, and cells that are read in a way of their own."""
    headings = {name for dataset in BOOK.datasets.values() for name in dataset.names}
    cells = "ALL c k low <5 : .. - 12k =1 @x £1,200 (5) 85% 1e3 45717 Mar-25 2025-03 Total".split()
    marks = ["\\xef\\xbb\\xbf", "\\xff\\xfe", "\\xfe\\xff", '\\"', "\\x0d\\x0a", "\\x00", "\\xa3"]
    return [*sorted(headings), *cells, *marks]


def a_dictionary(folder: Path) -> Path:
    path = folder / "words.txt"
    lines = [f'"{word}"' for word in words() if word.isascii()]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def keep(finds: Path, content: bytes, error: BaseException) -> None:
    """Keep the first input of each fault: the same place in our code is the same fault."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "kpi/ingest" in f.filename]
    place = f"{frames[-1].name}-{frames[-1].lineno}" if frames else "outside"
    name = f"{type(error).__name__}-{place}"
    if (finds / name).exists():
        return
    (finds / name).write_bytes(content)
    said = "".join(traceback.format_exception(error))
    (finds / f"{name}.txt").write_text(said, encoding="utf-8")


def main(folder: Path, options: list[str]) -> None:
    corpus, finds = folder / "corpus", folder / "finds"
    for made in (corpus, finds):
        made.mkdir(parents=True, exist_ok=True)
    for seed in DIRTY.iterdir():
        if seed.suffix in (".csv", ".txt"):
            content = seed.read_bytes()
            shutil.copyfile(seed, corpus / hashlib.sha256(content).hexdigest())

    def one(content: bytes) -> None:
        try:
            is_sound(ingest.check(BOOK, content, "any.csv", CONTEXT))
            ingest.detect(BOOK, content, "any.csv")
        except Exception as error:
            keep(finds, content, error)
        except BaseException as error:
            # A panic of polars is no Exception; an interrupt is not ours to keep.
            if type(error).__name__ != "PanicException":
                raise
            keep(finds, content, error)

    dictionary = a_dictionary(folder)
    atheris.Setup([sys.argv[0], f"-dict={dictionary}", *LIMITS, *options, str(corpus)], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
