"""What was said of a measure: typed or as a file, one path, one history, shown as it was known."""

import threading
from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import pytest
from cases import ROOT

from kpi import board, card, commentary, ingest, intake, notes
from kpi.commentary import CommentaryRefused, Note
from kpi.ingest import days
from kpi.publication import PublicationRefused, invariants, withdraw
from kpi.store import FOREVER, Store

LIMIT = 10_000_000
MARCH, FEBRUARY = date(2025, 3, 1), date(2025, 2, 1)
HEADER = "period,kpi_id,happened,so_what,action,owner,due\n"
FILE = HEADER + (
    "2025-03,cp_repeat,More plans,Children wait,Audit plans,Principal social worker,30/05/2025\n"
    "2025-03,cla_open,Fewer children,More are at home,,,\n"
)
REASON = "The audit was finished"


def note(**given):
    return Note(**{"kpi_id": "cp_repeat", "period": MARCH, "so_what": "Children wait"} | given)


def load(store, text=FILE, reason=""):
    found = intake.check(store, [("commentary.csv", text.encode())], LIMIT)
    assert found[0].submission.accepted, found[0].submission.findings["message"].to_list()
    return intake.publish(store, found, "officer", reason)[0]


def type_in(store, given, reason=""):
    return commentary.publish(store, given, "Head of service", reason, LIMIT)


def said(store, kpi_id="cp_repeat", as_at=FOREVER):
    rows = commentary.read(store, [kpi_id], as_at, role="officer")
    return {row["period"]: row["so_what"] for row in rows.iter_rows(named=True)}


# ---- one path, one history ----


def test_a_file_is_a_return_like_any_other(store: Store):
    load(store)
    row = commentary.read(store, ["cp_repeat"], role="officer").row(0, named=True)
    assert (row["period"], row["due"], row["owner"]) == (
        MARCH,
        date(2025, 5, 30),
        "Principal social worker",
    )
    assert (row["load_id"], row["loaded_by"]) == (1, "officer")


def test_a_typed_note_joins_its_month_and_leaves_the_others_alone(store: Store):
    load(store)
    before = commentary.read(store, ["cla_open", "cp_repeat"], role="officer").drop(
        "load_id", "loaded_by"
    )
    done = type_in(store, note(kpi_id="cla_uasc", so_what="School places come sooner"))
    after = commentary.read(store, ["cla_open", "cp_repeat"], role="officer").drop(
        "load_id", "loaded_by"
    )
    assert after.drop("loaded_at").equals(before.drop("loaded_at"))
    assert said(store, "cla_uasc") == {MARCH: "School places come sooner"}
    loads = store.read("loads", as_at=FOREVER)
    assert loads["load_id"].to_list() == [done.load_id, 1]
    assert loads.row(0, named=True)["reason"] == (
        "Commentary added: Unaccompanied children in care"
    )
    assert loads.row(0, named=True)["file"] == "commentary-2025-03-typed.csv"
    assert invariants(store) == []


def test_a_changed_note_needs_a_reason_and_the_old_one_stays_on_record(store: Store):
    load(store)
    with pytest.raises(PublicationRefused, match=r"Mar 2025 is already published.*10 characters"):
        type_in(store, note(so_what="Children wait longer"))
    done = type_in(store, note(so_what="Children wait longer"), REASON)
    assert said(store) == {MARCH: "Children wait longer"}
    assert said(store, as_at=done.loaded_at - timedelta(microseconds=1)) == {MARCH: "Children wait"}
    withdraw(store, done.load_id, "officer", "It was about another month")
    assert said(store) == {MARCH: "Children wait"}


def test_a_month_of_its_own_needs_no_other(store: Store):
    load(store)
    type_in(store, note(period=FEBRUARY, so_what="The audit began"))
    assert said(store) == {MARCH: "Children wait", FEBRUARY: "The audit began"}


def test_what_was_typed_is_a_file_that_the_upload_page_takes(store: Store):
    load(store)
    content = commentary.month_as_csv(store, note(kpi_id="cla_uasc"))
    assert content.decode().startswith(HEADER)
    [found] = intake.check(store, [("anything.csv", content)], LIMIT)
    assert found.submission.dataset is store.catalogue.datasets["commentary"]
    assert found.changes is not None
    assert (found.changes.added, found.changes.unchanged) == (1, 2)


def test_two_who_write_at_once_are_both_kept(store: Store):
    names = ["cp_repeat", "cla_open", "cla_uasc", "cp_open", "cla_rate", "cp_rate"]
    writers = [threading.Thread(target=type_in, args=(store, note(kpi_id=name))) for name in names]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sorted(commentary.read(store, names, role="officer")["kpi_id"]) == sorted(names)


@pytest.mark.parametrize(
    "text",
    [
        "Comma, “quotes”, \"straight\" and 'single'",
        "Two\nlines",
        "=SUM(A1)",
        "Café – 50 %",
        "2025-03,cp_open,a,b,c,d,2025-05-30",
    ],
)
def test_text_comes_back_as_it_was_typed(store: Store, text):
    type_in(store, note(so_what=text))
    type_in(store, note(kpi_id="cla_open", happened=text))
    assert said(store) == {MARCH: text}
    assert commentary.read(store, ["cla_open"], role="officer")["happened"].item() == text


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"so_what": "  "}, "Say what it means for children: “So what” may not be blank."),
        ({"action": "Audit"}, "Next action: An action needs an owner: whose role is it?"),
        (
            {"action": "Audit", "owner": "Head of service"},
            "Next action: An action needs the day that it is due by.",
        ),
        (
            {"action": "Audit", "owner": "Head of service", "due": date(2025, 1, 31)},
            "Due: The action is due (2025-01-31) before the month that it follows from (2025-03).",
        ),
        ({"period": date(2090, 1, 1)}, "Month: '2090-01' is in the future."),
    ],
)
def test_a_note_that_cannot_be(store: Store, given, sentence):
    with pytest.raises(CommentaryRefused) as refused:
        type_in(store, note(**given))
    assert str(refused.value) == sentence
    assert store.read("loads", as_at=FOREVER).is_empty()


def test_the_same_note_again_is_refused(store: Store):
    type_in(store, note())
    with pytest.raises(CommentaryRefused, match="Nothing differs"):
        type_in(store, note(), REASON)


def test_a_column_that_the_council_adds_is_kept(store: Store, book):
    extra = replace(book.datasets["commentary"].columns[2], name="board_view")
    wider = replace(
        book.datasets["commentary"], columns=(*book.datasets["commentary"].columns, extra)
    )
    own = Store(":memory:", replace(book, datasets={**book.datasets, "commentary": wider}))
    text = HEADER.replace("due\n", "due,board_view\n") + "2025-03,cp_repeat,,Wait,,,,Agreed\n"
    load(own, text)
    type_in(own, note(so_what="Wait longer"), REASON)
    row = own.table("commentary").sort("load_id").row(-1, named=True)
    assert (row["so_what"], row["board_view"]) == ("Wait longer", "Agreed")
    own.close()


def test_a_catalogue_without_commentary_has_none(book):
    rest = {name: dataset for name, dataset in book.datasets.items() if name != "commentary"}
    bare = Store(":memory:", replace(book, datasets=rest))
    assert commentary.read(bare, ["cp_repeat"], role="officer").is_empty()
    assert dict(commentary.read(bare, [], role="officer").schema) == commentary.SCHEMA
    bare.close()


def test_the_schema_is_what_the_query_gives(store: Store):
    given = dict(commentary.read(store, ["cp_repeat"], role="officer").schema)
    assert given == {
        name: pl.Datetime("us") if kind == pl.Datetime else kind
        for name, kind in commentary.SCHEMA.items()
    }


def test_measures_are_known_to_the_check(store: Store):
    assert board.context(store, LIMIT).codes["kpi"] == tuple(store.catalogue.kpis)
    found = ingest.check(
        store.catalogue,
        (HEADER + "2025-03,cp_repaet,,Wait,,,\n").encode(),
        "commentary.csv",
        board.context(store, LIMIT),
    )
    assert "Nearest: cp_repeat." in found.findings["message"].item()


# ---- days ----


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2025-05-30", date(2025, 5, 30)),
        ("30/05/2025", date(2025, 5, 30)),
        ("1/2/2025", date(2025, 2, 1)),
        ("2024-02-29", date(2024, 2, 29)),
        ("29/02/2025", None),
        ("05/30/2025", None),
        ("30/05/25", None),
        ("2025-05", None),
        ("30 May", None),
        ("0025-05-30", None),
        ("=TODAY()", None),
        ("", None),
    ],
)
def test_a_day_is_read_day_first_or_not_at_all(text, day):
    assert days.day(text).value == day


def test_a_mended_day_is_told():
    assert days.day("30/05/2025").remarks == (("day_respelled", "2025-05-30"),)
    assert days.day("2025-05-30").remarks == ()


# ---- on screen ----


def told(**given):
    row = {
        "so_what": "Children wait",
        "happened": None,
        "action": None,
        "owner": None,
        "due": None,
        "load_id": 7,
        "loaded_by": "Officer",
        "loaded_at": date(2025, 4, 24),
    }
    return row | given


def test_the_so_what_comes_first_then_the_rest_and_earlier_months_are_folded():
    rows = {MARCH: told(happened="More plans"), FEBRUARY: told(so_what="Earlier words")}
    html = notes.commentary(rows, MARCH)
    places = [
        html.index(text)
        for text in ("So what for children, March 2025", "More plans", "load 7", "Earlier words")
    ]
    assert places == sorted(places)
    assert "What was said in earlier months (1)" in html
    assert html.index("<details") < html.index("Earlier words")
    assert "yet" not in html


def test_a_month_without_a_note_says_so():
    html = notes.commentary({FEBRUARY: told()}, MARCH)
    assert "So what for children, February 2025" in html
    assert "Nothing has been written of March 2025 yet." in html
    assert notes.commentary({}, MARCH) == ""


def test_words_from_data_are_escaped():
    wicked = "<script>alert(1)</script>"
    rows = {
        period: told(so_what=wicked, happened=wicked, action=wicked, owner=wicked, loaded_by=wicked)
        for period in (MARCH, FEBRUARY)
    }
    assert "<script" not in notes.commentary(rows, MARCH)


def test_a_card_takes_a_short_so_what():
    assert notes.short("Children\nwait") == "Children wait"
    long = notes.short("Children wait for a first visit, and " * 10)
    assert len(long) <= notes.SHORT + 2
    assert long.endswith("…")
    assert not long.removesuffix(" …").endswith((" ", ",", "a"))


def test_the_card_says_it_in_the_cell_of_the_verdict(store: Store, book):
    load(store, FILE)
    kpi = book.kpis["cla_open"]
    series = board.observations(store, ["cla_open"], role="officer")
    row = dict.fromkeys(series.columns) | {"period": MARCH, "value": 3.0, "rating": "none"}
    plain, told_so = (
        card.card(kpi, row, series, "Fewer.", "", "", "measure", so_what)
        for so_what in ("", "More are <at> home")
    )
    assert "So what?" not in plain
    assert "<strong>So what?</strong> More are &lt;at&gt; home" in told_so
    assert plain.count('class="kpi-foot"') == told_so.count('class="kpi-foot"')


# ---- the illustrative months ----


def test_the_sample_says_something_of_six_measures_for_four_months():
    folder = ROOT / "data" / "sample" / "returns" / "commentary"
    files = {path.stem: pl.read_csv(path, infer_schema=False) for path in folder.glob("*.csv")}
    assert sorted(files) == ["2024-12", "2025-01", "2025-02", "2025-03"]
    for rows in files.values():
        assert rows.height == 6
        assert rows["so_what"].null_count() == 0
        owners = rows["owner"].drop_nulls()
        assert owners.str.contains(
            r"^(Service director|Head of service|Service manager|Principal social worker"
            r"|Participation lead)"
        ).all()
