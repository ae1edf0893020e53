"""The frame that all slides of a pack share: template, title, foot, notes, and how text is set."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.lang import MSO_LANGUAGE_ID
from pptx.enum.shapes import MSO_SHAPE, PP_PLACEHOLDER
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.exc import PackageNotFoundError
from pptx.slide import Slide, SlideLayout
from pptx.util import Emu, Inches, Pt

from kpi import theme
from kpi.export import TemplateRefused
from kpi.report import Cover
from kpi.theme import Mark

SIZE = (Inches(13.333), Inches(7.5))
LONG, SMALLER = 88, 22  # characters that two lines of a title hold, points of a longer one
FOOT = 12  # points of the line at the foot
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
TITLES = (PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE)
TEMPLATE_TYPE = b"presentationml.template.main+xml"
SLIDES_TYPE = b"presentationml.presentation.main+xml"
#: What our own slides are set in; a template brings its own.
FACE = b"Arial"

Run = tuple[str, float, str, bool]  # text, points, colour, bold


class Deck:
    """Slides that are being made, and the frame that all of them share."""

    def __init__(self, cover: Cover, template: bytes | None) -> None:
        self.cover = cover
        self.made: Any = opened(template)
        self.wide, self.high = int(self.made.slide_width), int(self.made.slide_height)
        self.layout = _title_only(self.made)
        if template is None:
            _own_look(self.made, self.layout, self.wide)
        self.edge = int(self.wide * 0.045)
        self.inner = self.wide - 2 * self.edge  # the width between the edges
        self.top = _below_title(self.layout, self.high)
        self.bottom = int(self.high * 0.92)

    def slide(self, title: str, notes: Iterable[str] = ()) -> Slide:
        """A new slide with its title, its foot and its notes."""
        slide = self.made.slides.add_slide(self.layout)
        slide.shapes.title.text = title
        if len(title) > LONG:
            slide.shapes.title.text_frame.paragraphs[0].runs[0].font.size = Pt(SMALLER)
        for shape in list(slide.placeholders):
            if shape.placeholder_format.type not in TITLES:
                shape._element.getparent().remove(shape._element)
        line = f"{self.cover.council} · {self.cover.foot} · slide {len(self.made.slides)}"
        foot = self.box(slide, int(self.high * 0.937), int(self.high * 0.05))
        write(foot, [[(line, FOOT, theme.GREY, False)]])
        slide.notes_slide.notes_text_frame.text = "\n\n".join(filter(None, notes))
        return slide

    def box(
        self, slide: Slide, top: int, high: int, left: int | None = None, wide: int | None = None
    ) -> Any:
        """An empty box for text, without margins of its own; between the edges unless told."""
        left, wide = left or self.edge, wide or self.inner
        shape = slide.shapes.add_textbox(Emu(left), Emu(top), Emu(wide), Emu(high))
        frame: Any = shape.text_frame
        frame.word_wrap = True
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        return frame


# ---- the template ----


def opened(template: bytes | None) -> Any:
    """An empty presentation, of the template (the bytes of a .pptx or .potx) where there is one.

    Raises TemplateRefused for a file that is no template.
    """
    if template is None:
        made: Any = Presentation()
        made.slide_width, made.slide_height = SIZE
        return made
    try:
        made = Presentation(io.BytesIO(_as_slides(template)))
    except (PackageNotFoundError, zipfile.BadZipFile, KeyError, ValueError, SyntaxError) as error:
        raise TemplateRefused(
            "The slides template is no PowerPoint file. Name a .pptx or .potx, or leave it out."
        ) from error
    for entry in list(made.slides._sldIdLst):
        made.part.drop_rel(entry.rId)
        made.slides._sldIdLst.remove(entry)
    return made


def _as_slides(template: bytes) -> bytes:
    """A .potx as a .pptx: the two differ in the word by which they call themselves."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(template)) as old, zipfile.ZipFile(made, "w") as new:
        for item in old.infolist():
            content = old.read(item)
            if item.filename == "[Content_Types].xml":
                content = content.replace(TEMPLATE_TYPE, SLIDES_TYPE)
            new.writestr(item, content)
    return made.getvalue()


def _title_only(made: Any) -> SlideLayout:
    """The layout with a title and as little else as there is."""
    titled = [layout for layout in made.slide_layouts if _title_of(layout) is not None]
    if not titled:
        raise TemplateRefused(
            "The slides template has no layout with a title. Add one, or choose another template."
        )
    return min(titled, key=lambda one: len(list(one.placeholders)))


def _title_of(layout: SlideLayout) -> Any:
    return next((one for one in layout.placeholders if one.placeholder_format.type in TITLES), None)


def _below_title(layout: SlideLayout, high: int) -> int:
    """Where the content begins: below the title, wherever the template has it."""
    title = _title_of(layout)
    end = (title.top or 0) + (title.height or int(high * 0.18))
    return min(max(int(end + high * 0.02), int(high * 0.15)), int(high * 0.35))


def _own_look(made: Any, layout: SlideLayout, wide: int) -> None:
    """Without a template: titles of 28 points to the left in the accent colour, all in Arial."""
    title = _title_of(layout)
    title.left, title.top = int(wide * 0.045), Inches(0.3)
    title.width, title.height = int(wide * 0.91), Inches(1.0)
    body = title.text_frame._txBody
    title.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    title.text_frame.margin_left = 0
    style = body.find(f"{A}lstStyle")
    level = style.makeelement(f"{A}lvl1pPr", {"algn": "l"})
    run = level.makeelement(f"{A}defRPr", {"sz": "2800", "b": "1", "lang": "en-GB"})
    fill = run.makeelement(f"{A}solidFill", {})
    fill.append(fill.makeelement(f"{A}srgbClr", {"val": theme.BLUE[1:]}))
    run.append(fill)
    level.append(run)
    style.append(level)
    for relation in made.slide_master.part.rels.values():
        if relation.reltype.endswith("/theme"):
            part = relation.target_part
            part._blob = part.blob.replace(b"Calibri", FACE)


# ---- text ----


def write(frame: Any, paragraphs: Sequence[Sequence[Run]], space: float = 0) -> None:
    """Write paragraphs of runs into a frame that is still empty."""
    for at, runs in enumerate(paragraphs):
        paragraph = frame.paragraphs[0] if at == 0 else frame.add_paragraph()
        paragraph.space_after = Pt(space)
        for text, points, colour, bold in runs:
            run = paragraph.add_run()
            run.text = text
            run.font.size, run.font.bold = Pt(points), bold
            run.font.color.rgb = rgb(colour)
            run.font.language_id = MSO_LANGUAGE_ID.ENGLISH_UK


def chip(slide: Slide, mark: Mark, place: tuple[int, int, int, int]) -> None:
    """A state as fill, symbol and word; ``place``: left, top, width, height."""
    shape: Any = slide.shapes.add_shape(MSO_SHAPE.ROUNDED_RECTANGLE, *map(Emu, place))
    shape.name = "Status"
    shape.fill.solid()
    shape.fill.fore_color.rgb = rgb(mark.fill)
    shape.line.color.rgb = rgb(mark.edge)
    shape.shadow.inherit = False
    frame = shape.text_frame
    frame.margin_left = frame.margin_right = Inches(0.05)
    frame.margin_top = frame.margin_bottom = 0
    frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    frame.paragraphs[0].alignment = PP_ALIGN.CENTER
    write(frame, [[(f"{mark.symbol} {mark.word}", 16, mark.ink, True)]])


def rgb(colour: str) -> RGBColor:
    """A colour of the theme as slides write it."""
    return RGBColor.from_string(colour[1:])


def describe(shape: Any, alt: str) -> None:
    """Give a chart or a table its alt text."""
    shape._element.nvGraphicFramePr.cNvPr.set("descr", alt)
