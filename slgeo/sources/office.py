"""Word and Excel files whose bytes depend on what they hold, not on when they were written."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Final

CONTENTS: Final = "[Content_Types].xml"
"""The part readers of office files expect first."""

NO_TIME: Final = (1980, 1, 1, 0, 0, 0)
"""The earliest date a zip can hold."""


def timeless(raw: bytes) -> bytes:
    """
    Take every mark of the time of writing out of a Word or Excel file.

    Parameters
    ----------
    raw
        The file as its library wrote it.

    Returns
    -------
    bytes
        The same parts in a fixed order, dated 1980.
    """
    fixed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as one, zipfile.ZipFile(fixed, "w") as two:
        for name in sorted(one.namelist(), key=lambda part: (part != CONTENTS, part)):
            part = one.read(name)
            if name == "docProps/core.xml":
                part = re.sub(rb"\d{4}-\d\d-\d\dT[\d:]+Z", b"1980-01-01T00:00:00Z", part)
            entry = zipfile.ZipInfo(name, NO_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            two.writestr(entry, part, compresslevel=6)
    return fixed.getvalue()
