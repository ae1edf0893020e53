"""`python -m kpi pack`: what it makes, and what it says when it cannot."""

from pathlib import Path

import pytest
from pptx import Presentation
from pypdf import PdfReader

from packs.made import DAY


def test_again_the_same_id(command, files, tmp_path):
    answer = command(
        "pack", "--as-at", DAY, "--role", "officer", "--to", tmp_path, "--format", "html"
    )
    assert answer.exit_code == 0
    again = next(tmp_path.iterdir())
    assert again.name == files["html"].name
    assert again.read_bytes() == files["html"].read_bytes()


def test_a_briefing_is_two_pages(command, tmp_path):
    for day in ("2021-02-01", DAY, "2025-04-24"):
        answer = command("pack", "--forum", "members", "--as-at", day, "--to", tmp_path / day,
                         "--format", "pdf")  # fmt: skip
        assert answer.exit_code == 0, answer.output
        made = next((tmp_path / day).iterdir())
        assert len(PdfReader(made).pages) == 2, day


def test_chosen_sections_alone(command, tmp_path):
    answer = command("pack", "--as-at", DAY, "--to", tmp_path, "--section", "caseloads",
                     "--section", "plan", "--format", "pptx")  # fmt: skip
    assert answer.exit_code == 0, answer.output
    slides = Presentation(str(next(tmp_path.iterdir()))).slides
    charts = [shape.name for slide in slides for shape in slide.shapes if shape.has_chart]
    assert "Average caseload" in charts and "Referrals" not in charts


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["--as-at", "2015-01-01"], 1, "the first month came on 20 May 2020"),
        (["--as-at", "2999-01-01"], 1, "still to come"),
        (["--as-at", "soon"], 2, "is not a date"),
        ([], 2, "Give either --meeting or --as-at"),
        (["--as-at", DAY, "--meeting", "M01"], 2, "Give either --meeting or --as-at"),
        (["--meeting", "M99"], 1, "There is no meeting 'M99'"),
        (["--as-at", DAY, "--forum", "parish"], 2, "There is no forum 'parish'"),
        (["--as-at", DAY, "--section", "weather"], 2, "There is no section 'weather'"),
        (["--as-at", DAY, "--format", "doc"], 2, "'doc'"),
        (["--as-at", DAY, "--template", "none.pptx"], 2, "does not exist"),
    ],
)
def test_what_cannot_be_made_is_said_in_a_sentence(command, tmp_path, arguments, status, words):
    answer = command("pack", "--to", tmp_path / "made", *arguments)
    assert answer.exit_code == status, answer.output
    assert words in answer.output
    assert not list(tmp_path.iterdir())


def test_a_template_that_is_none(command, tmp_path):
    wrong = tmp_path / "letter.pptx"
    wrong.write_text("Dear all", encoding="utf-8")
    answer = command("pack", "--as-at", DAY, "--to", tmp_path / "made", "--format", "pptx",
                     "--section", "caseloads", "--template", wrong)  # fmt: skip
    assert answer.exit_code == 1
    assert answer.output.strip().count("\n") == 0
    assert "no PowerPoint file" in answer.output


def test_a_folder_that_cannot_be_written(command, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    answer = command("pack", "--as-at", DAY, "--to", Path(tmp_path / "file" / "made"),
                     "--section", "caseloads", "--format", "html")  # fmt: skip
    assert answer.exit_code == 3
    assert "Traceback" not in answer.output
