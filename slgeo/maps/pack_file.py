"""Write a document in the form its name asks for: HTML, Word or PDF."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from slgeo.errors import PageError
from slgeo.maps.pack_docx import pack_docx
from slgeo.maps.pack_html import pack_html
from slgeo.maps.pack_pdf import pack_pdf

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from slgeo.maps.pack import Block

WRITERS: Final[dict[str, Callable[[list[Block]], bytes]]] = {
    ".html": lambda blocks: pack_html(blocks).encode("utf-8"),
    ".docx": pack_docx,
    ".pdf": pack_pdf,
}
"""What can be written, by the ending of a file's name."""


def write_pack(blocks: list[Block], target: Path) -> Path:
    """
    Write blocks to a file.

    Raises
    ------
    PageError
        For an ending that is none of ``.html``, ``.docx``, ``.pdf``.
    MissingExtraError
        Where what writes the form is not installed.
    """
    write = WRITERS.get(target.suffix.lower())
    if write is None:
        raise PageError(f"{target.name}: a document is written as {' or '.join(WRITERS)}")
    target.write_bytes(write(blocks))
    return target
