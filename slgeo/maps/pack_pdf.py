"""A pack or a summary as PDF, A4, drawn by reportlab from the same blocks as HTML and Word."""

from __future__ import annotations

import io
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from slgeo.errors import MissingExtraError
from slgeo.maps import palette
from slgeo.maps.pack import Bullets, Grid, Heading, NewPage, Paragraph, Picture

if TYPE_CHECKING:
    from slgeo.maps.pack import Block

MILLIMETRE: Final = 72 / 25.4
MARGIN: Final = 15 * MILLIMETRE
FONT: Final = "DejaVuSans"
"""Comes with matplotlib, so that every machine has the letters of every nation (Tŷ, Dùn)."""


def pack_pdf(blocks: list[Block]) -> bytes:
    """
    Write blocks as PDF; the same blocks give the same bytes.

    Raises
    ------
    MissingExtraError
        Where reportlab is not installed.
    """
    try:
        from reportlab.lib.pagesizes import A4
        from reportlab.platypus import SimpleDocTemplate
    except ImportError as error:
        raise MissingExtraError(
            "a PDF needs reportlab: pip install 'slgeo[pdf]', or write .html and print it"
        ) from error
    _register_fonts()
    styles = _styles()
    out = io.BytesIO()
    title = blocks[0].words if isinstance(blocks[0], Heading) else ""
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN,
        title=title,
        author="slgeo",
        lang="en-GB",
        invariant=1,  # no date and no random id: the same findings give the same bytes
    )
    width = A4[0] - 2 * MARGIN - 12  # a frame keeps six points on either side
    flow: list[Any] = []
    for position, block in enumerate(blocks):
        flow += _drawn(block, styles, width, first=position == 0)
    document.build(flow, onFirstPage=_numbered, onLaterPages=_numbered)
    return out.getvalue()


def _drawn(block: Block, styles: dict[str, Any], width: float, *, first: bool) -> list[Any]:
    """Make what reportlab sets on the page; all text is escaped, for it reads markup."""
    from reportlab import platypus

    def said(words: str, style: str) -> Any:  # noqa: ANN401 - reportlab has no types
        return platypus.Paragraph(escape(words), styles[style])

    match block:
        case Heading():
            return [said(block.words, "title" if first else "heading")]
        case Paragraph():
            return [said(block.words, "finding" if block.strong else "body")] if block.words else []
        case Bullets():
            items = [platypus.ListItem(said(line, "body")) for line in block.lines]
            dots = {"bulletType": "bullet", "bulletFontSize": 6, "bulletOffsetY": -3}
            return [platypus.ListFlowable(items, leftIndent=12, **dots)] if items else []
        case Picture():
            return [_picture(block, width), said(block.alt, "small")]
        case Grid():
            return [said(block.caption, "caption"), _table(block, styles, width)]
        case NewPage():
            return [platypus.PageBreak()]


def _picture(block: Picture, width: float) -> Any:  # noqa: ANN401 - reportlab has no types
    from PIL import Image as Opened
    from reportlab.platypus import Image

    with Opened.open(io.BytesIO(block.png)) as picture:
        across, down = picture.size
    return Image(io.BytesIO(block.png), width=width, height=width * down / across)


def _table(grid: Grid, styles: dict[str, Any], width: float) -> Any:  # noqa: ANN401 - reportlab has no types
    from reportlab.platypus import Paragraph as Words
    from reportlab.platypus import Table

    rows = [
        [
            Words(escape(cell), styles[_cell_style(row is grid.heads, column == 0)])
            for column, cell in enumerate(row)
        ]
        for row in (grid.heads, *grid.rows)
    ]
    first = max(0.28, 1 - 0.16 * (len(grid.heads) - 1))
    others = (1 - first) / max(1, len(grid.heads) - 1)
    widths = [width * first, *[width * others] * (len(grid.heads) - 1)]
    return Table(
        rows,
        colWidths=widths,
        repeatRows=1,
        style=[
            ("LINEBELOW", (0, 0), (-1, 0), 1.2, palette.INK),
            ("LINEBELOW", (0, 1), (-1, -1), 0.4, "#b1b4b6"),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("TOPPADDING", (0, 0), (-1, -1), 2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
        ],
    )


def _cell_style(is_head: bool, is_first: bool) -> str:  # noqa: FBT001 - two flags, two lines
    return ("head" if is_head else "cell") + ("" if is_first else " number")


def _styles() -> dict[str, Any]:
    from reportlab.lib.enums import TA_RIGHT
    from reportlab.lib.styles import ParagraphStyle

    def style(name: str, size: float, *, strong: bool = False, **more: Any) -> ParagraphStyle:  # noqa: ANN401 - reportlab's own
        return ParagraphStyle(
            name,
            fontName=f"{FONT}-Bold" if strong else FONT,
            fontSize=size,
            leading=size * 1.3,
            textColor=palette.INK,
            splitLongWords=1,
            **more,
        )

    made = [
        style("title", 17, strong=True, spaceAfter=6),
        style("heading", 12, strong=True, spaceBefore=10, spaceAfter=4),
        style("finding", 13, strong=True, spaceBefore=4, spaceAfter=6),
        style("caption", 9.5, strong=True, spaceBefore=10, spaceAfter=3),
        style("body", 9, spaceAfter=4),
        style("small", 7.5, spaceBefore=2, spaceAfter=6),
        style("cell", 8),
        style("cell number", 8, alignment=TA_RIGHT),
        style("head", 8, strong=True),
        style("head number", 8, strong=True, alignment=TA_RIGHT),
    ]
    return {one.name: one for one in made}


def _register_fonts() -> None:
    import matplotlib as mpl
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    folder = Path(mpl.get_data_path()) / "fonts" / "ttf"
    for name in (FONT, f"{FONT}-Bold"):
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, folder / f"{name}.ttf"))


def _numbered(canvas: Any, document: Any) -> None:  # noqa: ANN401 - reportlab has no types
    """Write the number of the page at its foot."""
    canvas.setFont(FONT, 7.5)
    canvas.drawRightString(document.pagesize[0] - MARGIN, MARGIN / 2, f"Page {document.page}")
