"""Whatever comes in: findings or rows, never an exception, and never something else than was sent."""

import csv
import io
import random
from datetime import date

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ingest_context import BOOK, DIRTY, PROTECTION, check, protection

from kpi import ingest
from kpi.ingest import findings
from kpi.ingest.submission import schema

QUIET = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
TEAMS = ["MASH", "CPC1", "CIN1", "CIN2", "CIN3"]
MONTHS = [date(2024, month, 1) for month in range(1, 13)]
VALID = [path.read_bytes() for path in sorted(DIRTY.glob("*.csv"))]
FIGURES = [column.name for column in PROTECTION.columns if column.is_measure]
WHOLES = {
    "icpc_15wd": "icpc_held",
    "cp_repeat_start": "cp_start",
    "cp_2yr": "cp_open",
    "reviews_in_time": "reviews_due",
}
MARKERS = ["c", "k", "low", "u", "x", "z"]


def is_sound(submission: ingest.Submission) -> None:
    """What holds for the check of anything at all."""
    assert dict(submission.findings.schema) == findings.SCHEMA
    assert (
        submission.findings.select("code", "severity", "message").null_count().sum_horizontal()[0]
        == 0
    )
    assert not submission.rows.is_empty() or not submission.accepted
    dataset = submission.dataset
    if dataset is None:
        return
    assert dict(submission.rows.schema) == schema(dataset)
    ingest.corrected(submission)
    if submission.accepted:
        keys = submission.rows.select(dataset.key)
        assert not keys.is_duplicated().any()
        assert keys.null_count().sum_horizontal()[0] == 0
        for column in dataset.columns:
            if column.is_measure:
                both = (
                    pl.col(column.name).is_not_null() & pl.col(f"{column.name}_state").is_not_null()
                )
                assert submission.rows.filter(both).is_empty()


@QUIET
@given(st.binary(max_size=400))
def test_any_bytes_give_findings(content: bytes):
    submission = check(content)
    is_sound(submission)
    assert not submission.accepted
    assert ingest.detect(BOOK, content, "any.csv") == []


@QUIET
@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=300), st.sampled_from(",;\t|"))
def test_any_text_under_a_header_gives_findings(text: str, separator: str):
    header = ",".join(PROTECTION.names).replace(",", separator)
    is_sound(check(f"{header}\n{text}"))


CELLS = st.one_of(
    st.sampled_from(
        ["", "c", "<5", "-", "=1", "1,2", "£3", "12k", "Total", "ALL", "45717", "Mar-25"]
    ),
    st.text(max_size=8),
    st.integers(-5, 99).map(str),
)


@QUIET
@given(st.lists(st.lists(CELLS, min_size=11, max_size=14), max_size=8), st.booleans())
def test_any_cells_give_findings(rows: list[list[str]], quoted: bool):
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL)
    writer.writerows([PROTECTION.names, *rows])
    is_sound(check(out.getvalue().encode("utf-8", "replace"), PROTECTION))


@settings(QUIET, max_examples=100)
@given(st.sampled_from(VALID), st.randoms(use_true_random=False), st.integers(1, 12))
def test_a_real_file_with_bytes_changed_gives_findings(
    content: bytes, chance: random.Random, times: int
):
    changed = bytearray(content)
    for _ in range(times):
        place = chance.randint(0, len(changed))
        piece = chance.choice([b"", b",", b'"', b"\n", b"\r", b"\x00", b"\xff", b";", b"=", b"9"])
        changed[place : place + chance.randint(0, 3)] = piece
    is_sound(check(bytes(changed)))


@st.composite
def figures(draw: st.DrawFn) -> dict[str, object]:
    """One row's figures that keep every rule, some of them withheld or not supplied."""
    row: dict[str, object] = {name: draw(st.integers(0, 2000)) for name in FIGURES}
    for part, whole in WHOLES.items():
        row[part] = draw(st.integers(0, int(str(row[whole]))))
    hidden = draw(st.dictionaries(st.sampled_from(FIGURES), st.sampled_from(["", *MARKERS])))
    return row | hidden


@st.composite
def good_files(draw: st.DrawFn) -> list[dict[str, object]]:
    keys = draw(
        st.lists(
            st.tuples(st.sampled_from(MONTHS), st.sampled_from(TEAMS)),
            min_size=1,
            max_size=8,
            unique=True,
        )
    )
    return [{"period": month, "org_id": team, **draw(figures())} for month, team in keys]


def written(rows: list[dict[str, object]], separator: str = ",", quoting: int = 0) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, quoting=quoting, lineterminator="\n")  # type: ignore[arg-type]
    writer.writerow(PROTECTION.names)
    for row in rows:
        writer.writerow([f"{row['period']:%Y-%m}", *list(row.values())[1:]])
    return out.getvalue()


def expected(row: dict[str, object]) -> dict[str, object]:
    """The row as it should come out: a marker as a state, a blank as nothing."""
    out = {"period": row["period"], "org_id": row["org_id"]}
    for name in FIGURES:
        out[name] = row[name] if isinstance(row[name], int) else None
        out[f"{name}_state"] = row[name] if row[name] in MARKERS else None
    return out


@QUIET
@given(good_files(), st.sampled_from(",;\t|"), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_what_goes_in_comes_out(rows: list[dict[str, object]], separator: str, encoding: str):
    submission = check(written(rows, separator).encode(encoding))
    assert submission.accepted
    assert submission.rows.drop("line").to_dicts() == [expected(row) for row in rows]
    assert submission.rows["line"].to_list() == list(range(2, len(rows) + 2))


@QUIET
@given(good_files(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(rows: list[dict[str, object]], chance: random.Random):
    straight = check(written(rows))
    shuffled = list(rows)
    chance.shuffle(shuffled)
    mixed = check(written(shuffled))
    key = list(PROTECTION.key)
    assert mixed.accepted == straight.accepted
    assert mixed.rows.drop("line").sort(key).equals(straight.rows.drop("line").sort(key))


@QUIET
@given(good_files())
def test_quotation_marks_change_nothing(rows: list[dict[str, object]]):
    """All cells in quotation marks take the exact way, none take the fast one."""
    exact, fast = check(written(rows, quoting=csv.QUOTE_ALL)), check(written(rows))
    assert exact.rows.equals(fast.rows)
    assert exact.findings.equals(fast.findings)


@QUIET
@given(good_files())
def test_a_corrected_copy_is_the_same_rows(rows: list[dict[str, object]]):
    submission = check(written(rows))
    assert check(ingest.corrected(submission)).rows.equals(submission.rows)


@settings(QUIET, max_examples=60)
@given(st.text(alphabet="ab1,\"\n;|' -=", max_size=200), st.sampled_from(",;\t|"))
def test_a_copy_of_a_refused_file_is_refused(text: str, separator: str):
    """Only a total is mended by leaving it out; any other fault is still there to be mended."""
    header = ",".join(PROTECTION.names).replace(",", separator)
    submission = check(f"{header}\n{text}")
    errors = set(submission.findings.filter(severity="error")["code"])
    if errors - {"total_row"}:
        assert not check(ingest.corrected(submission), PROTECTION).accepted


@QUIET
@given(
    st.lists(
        st.builds(
            protection,
            period=st.sampled_from(["2025-03", "Mar-25", "01/03/2025", "2025-02"]),
            org_id=st.sampled_from(["CPC1", "cpc1", "", "ALL", "CIN1", "council"]),
            cp_2yr=st.sampled_from([3, "3.0", 4, "c"]),
        ),
        max_size=6,
    )
)
def test_no_accepted_file_holds_a_key_twice(rows: list[str]):
    submission = check("\n".join([",".join(PROTECTION.names), *rows]))
    is_sound(submission)
