"""Every figure that is read back out of the four files is that of the observation frame."""

from datetime import date, datetime, timedelta

import openpyxl
import polars as pl
import pytest

from kpi import theme
from kpi.report import Table
from packs.made import Tables, charts_of, months_of, pdf_tables, pdf_text, presented

EXCEL = date(1899, 12, 30)  # the day from which spreadsheets count


@pytest.fixture(scope="module")
def expected(frame: pl.DataFrame) -> dict[tuple[str, date], dict]:
    return {(row["kpi_id"], row["period"]): row for row in frame.iter_rows(named=True)}


@pytest.fixture(scope="module")
def silent(expected) -> set[str]:
    """Measures without any figure."""
    speaking = {name for (name, _), row in expected.items() if row["value"] is not None}
    return {name for name, _ in expected} - speaking


@pytest.fixture(scope="module")
def charted(expected, silent) -> dict[tuple[str, date], dict]:
    """What charts and the tables beside them show: months of measures that have a figure."""
    return {key: row for key, row in expected.items() if key[0] not in silent}


@pytest.fixture(scope="module")
def captions(report) -> dict[str, str]:
    """What stands over the table of each measure."""
    return {chart.kpi_id: chart.twin.caption for chart in report.charts()}


def test_the_frame_is_not_small(expected):
    assert len(expected) > 3000
    assert len({kpi_id for kpi_id, _ in expected}) > 90


def test_the_paper_holds_every_figure(files, charted, captions, book):
    """The PDF is read as text: rows of a year or month, in their order."""
    tables = pdf_tables(pdf_text(files["pdf"]), list(captions.values()))
    assert set(tables) == set(captions.values())
    read = 0
    for kpi_id, caption in captions.items():
        kpi = book.kpis[kpi_id]
        own = {at: row for (name, at), row in charted.items() if name == kpi_id}
        for name, texts in tables[caption].items():
            wanted = [row for at, row in sorted(own.items()) if _row_name(at, name) == name]
            assert texts == [theme.figure(row["value"], kpi, row["state"]) for row in wanted]
            read += len(texts)
    assert read == len(charted)


def _row_name(period: date, like: str) -> str:
    year = period.year - (period.month < 4)
    return f"{year}-{(year + 1) % 100:02}" if "-" in like else theme.MONTHS[period.month - 1][:3]


def test_the_page_holds_every_figure(files, charted, captions, book):
    tables = {table["caption"]: table for table in Tables(files["html"].read_text()).tables}
    found = {
        (kpi_id, period): (text, value)
        for kpi_id, caption in captions.items()
        for period, text, value in months_of(tables[caption])
    }
    assert set(found) == set(charted)
    for key, row in charted.items():
        text, value = found[key]
        assert text == theme.figure(row["value"], book.kpis[key[0]], row["state"])
        assert value == str(row["state"] if row["value"] is None else row["value"])


def test_the_slides_hold_every_figure(files, expected, report):
    """The charts are native: their data are read back, unrounded."""
    ids = {chart.key: chart.kpi_id for chart in report.charts()}
    found = {}
    for shape in charts_of(files["pptx"]):
        plot = shape.chart.plots[0]
        for at, value in zip(plot.categories, plot.series[0].values, strict=True):
            found[ids[shape.name], EXCEL + timedelta(days=float(at))] = value
    known = {key: row["value"] for key, row in expected.items() if row["value"] is not None}
    assert {key: value for key, value in found.items() if value is not None} == known


def test_each_file_lists_what_it_draws_no_chart_of(files, report, silent, book):
    names = {book.kpis[name].title for name in silent}
    tables = [
        block
        for section in report.sections
        for block in section.blocks
        if isinstance(block, Table) and block.caption.startswith("Measures without a figure")
    ]
    assert {row[0].text for table in tables for row in table.rows} == names != set()
    captions = {table.caption for table in tables}
    page = [one for one in Tables(files["html"].read_text()).tables if one["caption"] in captions]
    assert {row[0][0] for table in page for row in table["rows"]} == names
    shapes = [shape for slide in presented(files["pptx"]).slides for shape in slide.shapes]
    on_slides = {
        row.cells[0].text for shape in shapes if shape.has_table for row in shape.table.rows
    }
    assert names <= on_slides
    paper = " ".join(pdf_text(files["pdf"]))
    assert captions == {caption for caption in captions if caption in paper}


def test_the_workbook_holds_every_figure(files, expected):
    found = {}
    for sheet in openpyxl.load_workbook(files["xlsx"]):
        rows = sheet.iter_rows(min_row=4, values_only=True)
        heads = next(rows, ())
        if heads and heads[0] == "Measure id":
            for row in rows:
                cells = dict(zip(heads, row, strict=True))
                assert isinstance(cells["Month"], datetime)
                found[cells["Measure id"], cells["Month"].date()] = cells
    assert set(found) == set(expected)
    columns = {
        "Figure": "value", "Reason for no figure": "state", "Numerator": "numerator",
        "Denominator": "denominator", "Month alone": "observed", "Target": "target",
        "Tolerance": "tolerance", "Good range from": "band_low", "Good range to": "band_high",
        "Average": "mean", "Lower limit": "lpl", "Upper limit": "upl", "Load": "load_id",
    }  # fmt: skip
    for key, row in expected.items():
        for head, name in columns.items():
            value, wanted = found[key][head], row[name]
            # A workbook keeps sixteen digits of a number, one fewer than it can have.
            same = pytest.approx(wanted, rel=1e-15) if isinstance(wanted, float) else wanted
            assert value == same, (key, head)


def test_the_newest_figures_stand_on_every_card(files, frame, silent, book):
    """Value and status word, as text, in the page's register of measures."""
    table = next(
        one
        for one in Tables(files["html"].read_text()).tables
        if one["caption"].startswith("Every measure")
    )
    newest = frame.filter(~pl.col("kpi_id").is_in(silent)).sort("period").group_by("kpi_id").last()
    rows = {row[0][0]: [text for text, _ in row] for row in table["rows"]}
    assert len(rows) == newest.height
    for row in newest.iter_rows(named=True):
        kpi = book.kpis[row["kpi_id"]]
        shown = rows[kpi.title]
        assert shown[2] == theme.with_unit(row["value"], kpi, row["state"])
        assert shown[4].endswith(theme.rating(kpi, row).word)


def test_every_file_carries_the_id(files):
    pack_id = files["pdf"].stem.split("-", 4)[-1]
    assert all(pack_id in path.stem for path in files.values())
    assert any(f"Pack {pack_id}" in line for line in pdf_text(files["pdf"]))
    assert f"Pack {pack_id}" in files["html"].read_text()
    cover = openpyxl.load_workbook(files["xlsx"])["Cover"]
    assert any(pack_id in str(row[0]) for row in cover.iter_rows(values_only=True))
    first = presented(files["pptx"]).slides[0]
    assert any(pack_id in s.text_frame.text for s in first.shapes if s.has_text_frame)
