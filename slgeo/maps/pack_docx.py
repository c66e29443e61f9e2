"""A pack as a Word document, with alt text, header rows that repeat, and fixed dates."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from slgeo.errors import MissingExtraError
from slgeo.maps.pack import Bullets, Grid, Heading, NewPage, Paragraph, Picture
from slgeo.sources.office import timeless

if TYPE_CHECKING:
    from slgeo.maps.pack import Block


def pack_docx(blocks: list[Block]) -> bytes:
    """
    Write blocks as a Word document.

    Raises
    ------
    MissingExtraError
        Where python-docx is not installed.
    """
    try:
        import docx
        from docx.shared import Mm
    except ImportError as error:
        raise MissingExtraError(
            "a Word document needs python-docx: pip install 'slgeo[docx]', or write .html"
        ) from error
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(section, side, Mm(18))
    document.core_properties.author = "slgeo"
    document.core_properties.language = "en-GB"
    title = blocks[0]
    if isinstance(title, Heading):
        document.core_properties.title = title.words[:255]
    for position, block in enumerate(blocks):
        _add(document, block, first=position == 0)
    out = io.BytesIO()
    document.save(out)
    return timeless(out.getvalue())


def _add(document: Any, block: Block, *, first: bool) -> None:  # noqa: ANN401 - python-docx
    from docx.shared import Mm

    match block:
        case Heading():
            document.add_heading(block.words, level=1 if first else 2)
        case Paragraph():
            document.add_paragraph().add_run(block.words).bold = block.strong
        case Bullets():
            for line in block.lines:
                document.add_paragraph(line, style="List Bullet")
        case Picture():
            shape = document.add_picture(io.BytesIO(block.png), width=Mm(174))
            shape._inline.docPr.set("descr", block.alt)  # noqa: SLF001 - alt text has no other door
        case Grid():
            _table(document, block)
        case NewPage():
            document.add_page_break()


def _table(document: Any, grid: Grid) -> None:  # noqa: ANN401 - python-docx
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement

    document.add_paragraph().add_run(grid.caption).bold = True
    table = document.add_table(rows=1, cols=len(grid.heads), style="Light List")
    repeated = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)  # noqa: SLF001 - nor have header rows
    for row in (grid.heads, *grid.rows):
        cells = table.rows[0].cells if row is grid.heads else table.add_row().cells
        for position, (cell, words) in enumerate(zip(cells, row, strict=True)):
            cell.text = words
            if position:
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
