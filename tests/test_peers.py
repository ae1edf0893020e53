"""A council among others: rank, quarter, movement, and the words and pictures made of them."""

import os
from datetime import date
from pathlib import Path

import frames
import polars as pl
import pytest
from cases import ROOT

from kpi import benchmark, board, peers, ranks, standings, theme

DFE = Path(os.environ.get("KPI_DFE", ROOT.parent / "shared" / "dfe"))
LOW = frames.caseload()
HIGH = frames.share(polarity="high", title="Visits in time")
NEUTRAL = frames.kpi("neutral", "per 10,000", denominator="population", title="Children in care rate")  # fmt: skip


def authorities(*values, codes=None):
    """One authority a value, codes from 801 on; a letter is a withheld figure."""
    rows = [
        ("m", 2025, str(codes[at] if codes else 801 + at), f"Area {at}",
         None if isinstance(value, str) else float(value),
         value if isinstance(value, str) else None)
        for at, value in enumerate(values)
    ]  # fmt: skip
    schema = {"kpi_id": pl.String, "year": pl.Int64, "area_code": pl.String, "area": pl.String,
              "value": pl.Float64, "state": pl.String}  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


# ---- rank and quarter ----

PLACES = [
    # what, polarity, values, rank and quarter of the first
    ("lowest is best", "low", [1, 2, 3, 4], (1, 4, 1)),
    ("highest is best", "high", [1, 2, 3, 4], (4, 4, 4)),
    ("neither: by size", "neutral", [9, 2, 3, 4], (1, 4, 1)),
    ("equal figures share the better rank", "low", [2, 2, 1, 4], (2, 4, 2)),
    ("all equal", "low", [3, 3, 3, 3], (1, 4, 1)),
    ("who has no figure is not ranked", "low", [2, 1, "c", "u"], (2, 2, None)),
    ("nor is the council itself", "low", ["c", 1, 2, 3], (None, 3, None)),
    ("three make no quarters", "low", [1, 2, 3], (1, 3, None)),
    ("the first of the second quarter", "low", [2, 1, 3, 4], (2, 4, 2)),
    ("last of the first quarter of nine", "low", [3, 1, 2, 4, 5, 6, 7, 8, 9], (3, 9, 1)),
    ("first of the last quarter of eight", "low", [7, 1, 2, 3, 4, 5, 6, 8], (7, 8, 4)),
    ("below nought", "high", [-1, -2, -3, -4], (1, 4, 1)),
]


@pytest.mark.parametrize(
    ("what", "polarity", "values", "expected"), PLACES, ids=[row[0] for row in PLACES]
)
def test_place(what, polarity, values, expected):
    found = peers.placed(authorities(*values), polarity).filter(area="Area 0")
    assert found.select("rank", "ranked", "quarter").row(0) == expected


def test_unranked_rows_stand_last():
    found = peers.placed(authorities("c", 3, 1), "low")
    assert found["area"].to_list() == ["Area 2", "Area 1", "Area 0"]


def test_no_authority_at_all():
    assert peers.placed(authorities(), "low").is_empty()


# ---- the group ----


def test_the_group_has_every_neighbour_also_one_without_a_row():
    found = peers.group(authorities(5, 6, 7), "801", {"802": "Near", "999": "New council"})
    assert found.select("area", "value", "kind").rows() == [
        ("Area 0", 5.0, "own"),
        ("Area 1", 6.0, "neighbour"),
        ("New council", None, "neighbour"),
    ]


def test_a_joint_return_speaks_for_each_council_that_it_names():
    rows = authorities(5, 6, codes=["801", "314 / 318"])
    found = peers.group(rows, "801", {"318": "Richmond"})
    assert found["kind"].to_list() == ["own", "neighbour"]


@pytest.mark.parametrize(("polarity", "first"), [("low", "Area 0"), ("high", "England"), ("neutral", "England")])  # fmt: skip
def test_the_group_beside_the_middles_best_first(polarity, first):
    found = peers.group(authorities(5, 6), "801", {"802": "Near", "999": "New"})
    middles = pl.DataFrame({"area": ["England"], "value": [8.0], "state": [None]}, schema_overrides={"state": pl.String})  # fmt: skip
    rows = peers.beside(found, middles, polarity)
    assert rows["area"][0] == first
    assert rows["area"][-1] == "New"
    assert rows.filter(area="England")["kind"][0] == "middle"


# ---- better, worse ----

AGAINST = [
    (LOW, 16.0, 17.0, "better"),
    (LOW, 18.0, 17.0, "worse"),
    (HIGH, 80.0, 90.0, "worse"),
    (HIGH, 90.1, 90.0, "better"),
    (NEUTRAL, 100.0, 60.0, "higher"),
    (NEUTRAL, 50.0, 60.0, "lower"),
    (LOW, 17.04, 17.0, "level"),
    (LOW, None, 17.0, ""),
    (LOW, 17.0, None, ""),
]


@pytest.mark.parametrize(("kpi", "own", "other", "expected"), AGAINST)
def test_against(kpi, own, other, expected):
    assert peers.against(kpi, own, other) == expected


# ---- all measures ----


def comparators(*rows):
    return frames.published(*((kind, year, value, None) for kind, year, value in rows)).with_columns(kpi_id=pl.lit("m"))  # fmt: skip


FULL = [("authority", 2020, 14.0), ("authority", 2025, 13.6), ("neighbours", 2020, 16.0),
        ("neighbours", 2025, 16.4), ("country", 2025, 15.2), ("region", 2025, 15.3)]  # fmt: skip


def only(*rows, every=None, kpi=LOW):
    every = authorities().clear() if every is None else every
    found = peers.overview([kpi], comparators(*rows), every, "801")
    return found.row(0, named=True) if found.height else None


def test_a_measure_beside_others():
    row = only(*FULL, every=authorities(13.6, 16.0, 12.0, 20.0))
    assert row is not None
    assert (row["year"], row["own"], row["neighbours"], row["country"], row["region"]) == (2025, 13.6, 16.4, 15.2, 15.3)  # fmt: skip
    assert (row["against"], row["rank"], row["ranked"], row["quarter"]) == ("better", 2, 4, 2)
    assert round(row["own_moved"], 6) == -0.4
    assert round(row["neighbours_moved"], 6) == 0.4
    assert row["country_moved"] is None


OVERVIEWS = [
    ("no figure of its own", [("country", 2025, 15.0)], None),
    ("its own alone", [("authority", 2025, 15.0)], None),
    ("the year is its own newest", [("authority", 2024, 15.0), ("neighbours", 2024, 16.0), ("neighbours", 2025, 14.0)],
     {"year": 2024, "neighbours": 16.0, "against": "better"}),
    ("a withheld year is passed over", [("authority", 2025, None), ("authority", 2024, 15.0), ("country", 2024, 14.0)],
     {"year": 2024, "against": "worse"}),
    ("without neighbours the country", [("authority", 2025, 15.0), ("country", 2025, 16.0)],
     {"neighbours": None, "against": "better"}),
    ("five years ago is missing", [("authority", 2025, 15.0), ("authority", 2021, 10.0), ("country", 2025, 16.0)],
     {"since": 2020, "own_moved": None}),
    ("nobody else is ranked", [("authority", 2025, 15.0), ("country", 2025, 16.0)], {"rank": None, "ranked": None}),
]  # fmt: skip


@pytest.mark.parametrize(("what", "rows", "expected"), OVERVIEWS, ids=[row[0] for row in OVERVIEWS])
def test_overview(what, rows, expected):
    row = only(*rows, every=authorities(15.0))
    if expected is None:
        assert row is None
    else:
        assert row is not None
        assert {name: row[name] for name in expected} == expected


# ---- words ----


@pytest.mark.parametrize(
    ("kpi", "row", "words"),
    [
        (LOW, (3, 151, 1), "rank 3 of 151, in the best quarter"),
        (HIGH, (140, 151, 4), "rank 140 of 151, in the worst quarter"),
        (NEUTRAL, (3, 151, 1), "rank 3 of 151, in the highest quarter"),
        (LOW, (2, 3, None), "rank 2 of 3"),
        (LOW, (None, None, None), ""),
    ],
)
def test_place_in_words(kpi, row, words):
    assert standings.place(kpi, dict(zip(("rank", "ranked", "quarter"), row, strict=True))) == words


@pytest.mark.parametrize(
    ("kpi", "moved", "words"),
    [
        (LOW, -0.42, "down 0.4"),
        (LOW, 0.04, "no change"),
        (HIGH, 11.2, "up 11.2 points"),
        (HIGH, 1.0, "up 1 point"),
        (frames.kpi("neutral", "£", 0, denominator="n"), 520.0, "up £520"),
        (LOW, None, "–"),
    ],
)
def test_movement(kpi, moved, words):
    assert standings.movement(kpi, moved) == words


def test_the_message_over_the_neighbours():
    rows = authorities(5, 6, 4, "c")
    near = {"802": "B", "803": "C", "804": "D"}
    found = peers.group(rows, "801", near)
    assert standings.group(LOW, found, 2025) == "One of two neighbours did better in 2025"
    assert (
        standings.group(NEUTRAL, found, 2025) == "One of two neighbours had a higher figure in 2025"
    )
    assert (
        standings.group(LOW, peers.group(authorities("c", 6), "801", near), 2025)
        == "Average caseload, 2025"
    )


def test_the_message_over_all_measures():
    rows = pl.DataFrame({"against": ["better", "worse", "worse", "higher", "level"]})
    assert standings.overall(rows, "Herefordshire") == (
        "Herefordshire does better than its neighbours on one of four measures, worse on two, level on one"
    )
    assert standings.overall(rows.clear(), "H") == "How H stands beside its neighbours"


def test_the_table_of_all_measures_escapes_and_links():
    row = only(*FULL, every=authorities(13.6, 16.0, 12.0, 20.0))
    kpi = frames.caseload(title="<b>Caseload</b>")
    html = standings.table(pl.DataFrame([row], schema=peers.OVERVIEW), {"m": kpi}, {"m": "benchmarks?kpi=m&a=1"}, "Herefordshire")  # fmt: skip
    assert "<b>Caseload" not in html and "benchmarks?kpi=m&amp;a=1" in html
    for text in ("Better by 2.8", "Rank 2 of 4, in the second quarter", "down 0.4",
                 "neighbours up 0.4, since 2020"):  # fmt: skip
        assert text in html


def test_sources_say_the_set_the_statistic_and_the_day():
    held = pl.DataFrame({"model_year": [2025] * 10, "neighbour": ["1"] * 10})
    assert standings.source("Department, a statistic", held, date(2025, 4, 24)) == (
        "Source: Department, a statistic, as at 24 April 2025. Neighbours: the 10 statistical "
        "neighbours of the 2025 model, by their median."
    )
    assert "No statistical neighbours" in standings.neighbours(held.clear())


# ---- pictures ----


def test_councils_side_by_side():
    found = peers.group(authorities(5, 6, "c"), "801", {"802": "B", "803": "C"})
    middles = pl.DataFrame({"area": ["<i>England"], "value": [5.5], "state": [None]}, schema_overrides={"state": pl.String})  # fmt: skip
    figure = ranks.side_by_side(LOW, peers.beside(found, middles, "low"))
    bar = figure.data[0]
    assert list(bar.x) == [5.0, 5.5, 6.0, None]
    assert bar.marker.color[0] == theme.BLUE
    told = [note.text for note in figure.layout.annotations]
    assert "<b>Area 0</b>" in told and "– c" in told and "<b>&lt;i&gt;England</b>" in told
    assert figure.layout.xaxis.range[0] == 0


def test_nobody_has_a_figure():
    found = peers.group(authorities("c"), "801", {})
    assert not ranks.side_by_side(LOW, found).data
    rows = peers.placed(authorities("c"), "low").with_columns(kind=pl.lit("own"))
    assert not ranks.among(LOW, rows).data


def test_every_authority_by_rank():
    rows = peers.placed(authorities(*range(1, 101)), "low").with_columns(kind=peers.kind("850", ["801"]))  # fmt: skip
    figure = ranks.among(LOW, rows)
    assert list(figure.data[0].y) == list(range(1, 101))
    colours = figure.data[0].marker.color
    assert [at for at, colour in enumerate(colours) if colour == theme.BLUE] == [49]
    assert [at for at, colour in enumerate(colours) if colour == theme.SERIES[1]] == [0]
    told = [note.text for note in figure.layout.annotations]
    assert "<b>Area 49</b><br>rank 50 of 100" in told
    assert {"best quarter", "worst quarter"} <= set(told)
    assert [shape.x0 for shape in figure.layout.shapes] == [24.5, 49.5, 74.5]


# ---- real files ----


@pytest.mark.skipif(
    not DFE.is_dir(),
    reason="The Department's own files are not here: set KPI_DFE to a folder of downloads.",
)
def test_real_files_give_a_rank_among_every_authority(book, store):
    name = "csww_indicators_2017_to_2025.csv"
    series = [book.benchmarks["workforce_agency_rate"]]
    board.keep_benchmarks(store, [(name, benchmark.read(DFE / name, series, name))], "officer")
    kpi = book.kpis["workforce_agency_rate"]
    every = store.read("benchmarks", series=[kpi.benchmark]).filter(area_type="authority")
    row = peers.overview(
        [kpi],
        board.comparators(store, [kpi]).filter(pl.col("statistic").is_null() | (pl.col("statistic") == "median")),
        every.with_columns(kpi_id=pl.lit(kpi.kpi_id)),
        book.council.authority,
    ).row(0, named=True)  # fmt: skip
    assert (row["year"], row["own"], row["against"]) == (2025, 18.3, "worse")
    values = every.filter(year=2025)["value"].drop_nulls()
    assert row["ranked"] == values.len() > 140
    assert row["rank"] == (values < 18.3).sum() + 1
    assert row["quarter"] == 3
