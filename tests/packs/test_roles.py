"""A pack is made for somebody: what they may not see is not in it, and others do not get it."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import polars as pl
import pytest

from kpi import access, agenda, board, commentary, compose, packs, questions
from kpi import report as reports
from kpi.access import Role
from kpi.catalogue import CatalogueError
from kpi.compose import measure
from kpi.packs import PackRefused
from kpi.report import Table
from kpi.store import Store
from packs.made import DAY, meeting_of, report_of

MEETING = date.fromisoformat(DAY)


@pytest.fixture(scope="module")
def opened(sample_path, book):
    store = Store(str(sample_path), book)
    yield store
    store.close()


def seen_by(store, role):
    council = [store.catalogue.council.org_id]
    return board.observations(
        store, list(store.catalogue.kpis), council, board.moment(DAY), role=role
    )


def withheld(store):
    """Observations that the council has and a committee does not see."""
    keys = ["kpi_id", "period"]
    true, masked = seen_by(store, "officer"), seen_by(store, "committee")
    return true.drop_nulls("value").join(
        masked.filter(pl.col("value").is_null()), on=keys, how="semi"
    )


def parts(document: Any) -> Iterator[dict[str, Any]]:
    """Every object of a report, however deep it lies."""
    if isinstance(document, dict):
        yield document
    for inner in document.values() if isinstance(document, dict) else document:
        if isinstance(inner, (dict, list)):
            yield from parts(inner)


def plain(value: Any) -> Any:
    """A value as text or number: a date is kept with what it is."""
    return next(iter(value.values())) if isinstance(value, dict) else value


@pytest.fixture(scope="module")
def for_committee(opened):
    return report_of(opened, "scrutiny", MEETING, role="committee")


def test_what_is_made_for_the_committee_holds_no_figure_that_it_may_not_see(opened, for_committee):
    """In no chart and no row of data, whatever format is made of them later."""
    hidden = {
        (kpi_id, str(period))
        for kpi_id, period in withheld(opened).select("kpi_id", "period").rows()
    }
    found = list(parts(json.loads(reports.to_json(for_committee))))
    drawn = [
        (one["kpi_id"], period, line["values"][at])
        for one in found
        if {"kpi_id", "series", "periods"} <= one.keys()
        for line in one["series"]
        if line["role"] == "value"
        for at, period in enumerate(one["periods"])
    ]
    titles = [field[2] for field in measure.FIELDS]
    rows = [
        (row[0], row[titles.index("period")], row[titles.index(name)])
        for one in found
        if {"fields", "rows"} <= one.keys()
        for row in one["rows"]
        for name in ("value", "numerator", "denominator")
    ]
    for told in (drawn, rows):
        checked = [(one[0], plain(one[1]), plain(one[2])) for one in told]
        checked = [one for one in checked if one[:2] in hidden]
        assert len(checked) > 100
        assert [one for one in checked if one[2] is not None] == []


def test_a_pack_says_for_whom_it_is(opened):
    bands: dict[Role, str] = {"committee": access.WITHHELD, "director": access.NOT_FOR_PUBLICATION}
    for role, words in bands.items():
        facts = compose.gather(opened, meeting_of(opened, "members", MEETING, role=role))
        assert words in compose.compose(facts, "A11-B22-C33").cover.bands


def test_a_pack_of_officers_is_not_for_the_committee(sample_store):
    for_all, for_few = (
        packs.freeze(sample_store, meeting_of(sample_store, "members", MEETING, role=role), "clerk")
        for role in ("committee", "director")
    )
    assert for_all.pack_id != for_few.pack_id
    assert [one.pack_id for one in packs.listed(sample_store, "committee")] == [for_all.pack_id]
    assert len(packs.listed(sample_store, "director")) == 2
    assert (
        packs.content(sample_store, for_all.pack_id, "committee").cover.pack_id == for_all.pack_id
    )
    with pytest.raises(PackRefused, match="made for directors and officers"):
        packs.content(sample_store, for_few.pack_id, "committee")
    proof = packs.prove(sample_store, for_few.pack_id, "committee")
    assert proof.pack is None and "genuine" in proof.sentence
    assert packs.prove(sample_store, for_all.pack_id, "committee").is_same
    assert packs.prove(sample_store, for_few.pack_id, "officer").is_same


def test_without_a_word_a_pack_is_for_whom_its_forum_is(sample_store, tmp_path):
    reference = sample_store.catalogue.folder
    assert {name: one.role for name, one in compose.forums(reference).items()} == {
        "scrutiny": "committee", "cabinet": "committee", "board": "director", "members": "committee",
    }  # fmt: skip
    text = (reference / "packs.toml").read_text(encoding="utf-8")
    (tmp_path / "packs.toml").write_text(
        text.replace('role = "director"', 'role = "everybody"'), encoding="utf-8"
    )
    with pytest.raises(CatalogueError, match="no role 'everybody'"):
        compose.forums(tmp_path)


def test_what_was_said_of_a_withheld_figure_is_withheld_with_it(opened):
    kpis = list(opened.catalogue.kpis)
    every = commentary.read(opened, kpis, role="officer")
    said = commentary.read(opened, kpis, role="committee")
    council = [opened.catalogue.council.org_id]
    shown = board.observations(opened, kpis, council, role="committee").drop_nulls("value")
    assert 0 < said.height < every.height
    assert said.join(shown, on=["kpi_id", "period"], how="anti").is_empty()


def test_the_committee_is_asked_about_nothing_that_it_may_not_see(opened):
    moment = board.moment(DAY)
    hidden = set(withheld(opened).select("kpi_id", "period").rows())
    asked = questions.ask(agenda.brief(opened, moment, "committee"))
    assert 0 < len(asked) <= 8
    assert not [one for one in asked if (one.kpi_id, one.period) in hidden]


def test_a_measure_without_a_figure_has_no_chart_and_stands_in_one_table(opened, for_committee):
    themes = [one for one in for_committee.sections if one.section_id in opened.catalogue.themes]
    listed, drawn = [], set()
    for section in themes:
        for chart in section.charts():
            assert any(value is not None for value in chart.line("value")), chart.title
            drawn.add(chart.key)
        tables = [block for block in section.blocks if isinstance(block, Table)]
        listed += [[cell.text for cell in row] for table in tables for row in table.rows]
    assert "Confidential: small numbers" in {row[-1] for row in listed}
    names = {row[0] for row in listed}
    assert not names & drawn
    seen = set(seen_by(opened, "committee")["kpi_id"])
    assert names | drawn == {opened.catalogue.kpis[name].title for name in seen}


def test_a_report_for_a_committee_can_be_kept(for_committee):
    assert reports.from_json(reports.to_json(for_committee)) == for_committee
