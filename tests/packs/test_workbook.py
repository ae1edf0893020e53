"""The workbook against the guidance for accessible official statistics."""

import io
import re
import zipfile

import openpyxl
import pytest


@pytest.fixture(scope="module")
def made(files):
    return openpyxl.load_workbook(files["xlsx"])


def test_cover_contents_and_notes_come_first(made):
    assert made.sheetnames[:3] == ["Cover", "Contents", "Notes"]
    assert made.sheetnames[-2:] == ["Dictionary", "Provenance"]
    listed = [row[0].value for row in made["Contents"].iter_rows(min_row=5)]
    assert listed == made.sheetnames[2:]
    assert all(row[0].hyperlink for row in made["Contents"].iter_rows(min_row=5))


def test_one_table_a_sheet_marked_and_named(made):
    names = []
    for sheet in made:
        if sheet.title != "Cover" and not sheet.title.endswith("charts"):
            assert len(sheet.tables) == 1, sheet.title
            [table] = sheet.tables.values()
            assert table.ref.startswith("A4:")
            assert table.ref.endswith(str(sheet.max_row))
            names.append(table.displayName)
    assert len(names) == len(set(names))


def test_nothing_is_merged_hidden_or_left_out(made):
    for sheet in made:
        assert not sheet.merged_cells.ranges
        assert sheet.sheet_state == "visible"
        assert len(sheet.title) <= 31
        assert sheet["A1"].value
        assert not [at for at, row in enumerate(sheet.iter_rows(values_only=True)) if not any(row)
                    and not sheet.title.endswith("charts")]  # fmt: skip


def test_heads_stay_in_sight(made):
    sheets = [
        s for s in made if s.title not in ("Cover", "Contents") and not s.title.endswith("charts")
    ]
    assert all(sheet.freeze_panes == "B5" for sheet in sheets)


def test_every_chart_is_native_and_has_its_words(files, report):
    with zipfile.ZipFile(io.BytesIO(files["xlsx"].read_bytes())) as parts:
        names = parts.namelist()
        drawings = [parts.read(n).decode() for n in names if re.match(r"xl/drawings/d\w+\.xml", n)]
        charts = [name for name in names if re.match(r"xl/charts/chart\d+\.xml", name)]
    assert len(charts) == len(list(report.charts()))
    told = sum(drawing.count(' descr="') for drawing in drawings)
    assert told == len(charts)
