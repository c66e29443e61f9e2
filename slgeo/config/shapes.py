"""
What a value in ``study.toml`` may look like: one reader a shape.

A reader takes the value as TOML gave it and returns it as the study holds it, or raises
:class:`Unfit` with a phrase that says what was wanted.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from slgeo.config.keys import MODES, ByMode, Key, Shape

if TYPE_CHECKING:
    from collections.abc import Callable

DATE: Final = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
LONGEST_TEXT: Final = 2000
"""Characters; a title or note longer than a page of prose is a mistake, or worse."""


class Unfit(Exception):  # noqa: N818  (caught one module away and never shown as an error)
    """A value does not have its key's shape; the text says what was wanted."""


def fitted(key: Key, value: object, folder: Path) -> Any:  # noqa: ANN401  (each shape has its own)
    """
    Read a value as its key's shape.

    Parameters
    ----------
    key
        The key's declaration.
    value
        The value as TOML gave it.
    folder
        Folder that paths are read from.

    Returns
    -------
    object
        The value as the study holds it.

    Raises
    ------
    Unfit
        Saying what was wanted and what was found.
    """
    return _READERS[key.shape](key, value, folder)


def _text(key: Key, value: object, _folder: Path) -> str:
    if not isinstance(value, str):
        raise Unfit(f"must be text in quotes, such as {key.example}, not {_named(value)}")
    if not value.strip():
        raise Unfit("is empty; give a value or leave the key out")
    if len(value) > LONGEST_TEXT:
        raise Unfit(f"has {len(value):,} characters; the most is {LONGEST_TEXT:,}")
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in value):
        raise Unfit("holds line breaks or control characters; write it on one line")
    if key.allowed and value not in key.allowed:
        raise Unfit(f"is {value!r}; must be one of {', '.join(key.allowed)}")
    return value


def _flag(_key: Key, value: object, _folder: Path) -> bool:
    if not isinstance(value, bool):
        raise Unfit(f"must be true or false without quotes, not {_named(value)}")
    return value


def _number(key: Key, value: object, _folder: Path) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unfit(f"must be a number, such as {key.example}, not {_named(value)}")
    if not math.isfinite(value):
        raise Unfit(f"must be a number, not {value}")
    if key.low is not None and value < key.low:
        raise Unfit(f"is {value:g}; the least is {key.low:g}")
    if key.high is not None and value > key.high:
        raise Unfit(f"is {value:g}; the most is {key.high:g}")
    return float(value)


def _date(_key: Key, value: object, _folder: Path) -> str:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value.isoformat()
    found = DATE.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise Unfit(
            f'must be a date such as "2025-09-01", "2025-09" or "2025", not {_named(value)}'
        )
    year, month, day = found.groups()
    try:
        dt.date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        raise Unfit(f"is {value!r}, which no calendar has") from None
    return str(value)


def _path(key: Key, value: object, folder: Path) -> Path:
    text = _text(key, value, folder)
    if re.match(r"[a-z][a-z0-9+.-]+://", text, re.IGNORECASE):
        raise Unfit(f"is an address ({text}); download the file, then give its name")
    # A Windows path copied from Explorer works as it is on Windows only; say so elsewhere by
    # reporting the file as missing under the very text that was given.
    return folder / Path(text).expanduser()


def _paths(key: Key, value: object, folder: Path) -> tuple[Path, ...]:
    if isinstance(value, list):
        return tuple(_path(key, text, folder) for text in _texts(key, value, folder))
    return (_path(key, value, folder),)


def _texts(key: Key, value: object, folder: Path) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise Unfit(f"must be a list, such as {key.example}, not {_named(value)}")
    if not value:
        raise Unfit("is an empty list; give values or leave the key out")
    read = tuple(_text(key, item, folder) for item in value)
    repeated = sorted({item for item in read if read.count(item) > 1})
    if repeated:
        raise Unfit(f"names {', '.join(map(repr, repeated))} more than once")
    return read


def _numbers(key: Key, value: object, folder: Path) -> tuple[float, ...]:
    if not isinstance(value, list):
        raise Unfit(f"must be a list of numbers, such as {key.example}, not {_named(value)}")
    if not value:
        raise Unfit("is an empty list; give values or leave the key out")
    return tuple(sorted({_number(key, item, folder) for item in value}))


def _by_mode(key: Key, value: object, folder: Path) -> ByMode:
    if not isinstance(value, dict):
        raise Unfit(f"must be a table, such as {key.example}, not {_named(value)}")
    unknown = sorted(map(str, set(value) - set(MODES)))
    if unknown:
        raise Unfit(f"names {', '.join(map(repr, unknown))}; the modes are {', '.join(MODES)}")
    default: ByMode = key.default
    read = {mode: default[mode] for mode in MODES}
    for mode, number in value.items():
        try:
            read[mode] = _number(key, number, folder)
        except Unfit as fault:
            example = f"{key.example} (fault at {mode})"
            raise Unfit(str(fault).replace(key.example, example)) from None
    return ByMode(**read)


def _columns(key: Key, value: object, folder: Path) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, dict):
        raise Unfit(f"must be a table, such as {key.example}, not {_named(value)}")
    return tuple((str(ours), _text(key, theirs, folder)) for ours, theirs in value.items())


def _column_or_codes(key: Key, value: object, folder: Path) -> str | tuple[str, ...]:
    if isinstance(value, list):
        return _texts(key, value, folder)
    return _text(key, value, folder)


def _pairs(key: Key, value: object, folder: Path) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, list) or not value:
        raise Unfit(f"must be a list of pairs, such as {key.example}, not {_named(value)}")
    made = []
    for pair in value:
        if not isinstance(pair, list) or len(pair) != 2:
            raise Unfit(f"must be a list of pairs, such as {key.example}; {pair!r:.60} is none")
        one, two = _texts(key, pair, folder)  # which refuses the same one twice
        made.append((one, two))
    return tuple(made)


def _named(value: object) -> str:
    """Name a TOML value in words, short enough for one line."""
    words = {
        bool: "true or false",
        str: "text",
        int: "the number",
        float: "the number",
        list: "a list",
        dict: "a table",
    }
    word = words.get(type(value), "a date or time")
    if isinstance(value, bool):
        return str(value).lower()
    return f"{word} {value!r:.60}" if isinstance(value, str | int | float) else word


_READERS: Final[dict[Shape, Callable[[Key, object, Path], Any]]] = {
    "text": _text,
    "flag": _flag,
    "number": _number,
    "date": _date,
    "file": _path,
    "files": _paths,
    "folder": _path,
    "texts": _texts,
    "numbers": _numbers,
    "by mode": _by_mode,
    "columns": _columns,
    "column or codes": _column_or_codes,
    "pairs": _pairs,
}
