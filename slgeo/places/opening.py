"""
Opening hours: whether a place is open when people who work, or care for somebody, can come.

The words of OpenStreetMap are read by a maintained parser, an optional package; the words of the
libraries dataset (``Mon AM & PM (continuous)``) here. What is not known stays unknown.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any, Final, Literal

from slgeo.errors import MissingExtraError

if TYPE_CHECKING:
    import pandas as pd

When = Literal["weekday evening", "weekend"]

EVENING: Final = dt.time(18, 30)
"""A time on a weekday after work; our choice."""
_MONDAY: Final = dt.date(2026, 1, 12)
"""An ordinary week, without a public holiday in any nation of the UK."""
_PROBES: Final = ("10:30", "14:30")
"""Times of day at which a weekend is asked about; our choice."""
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_CODES: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_ONCE: Final = r"[A-Z]{2}(,[A-Z]{2})*( \d\d:\d\d-\d\d:\d\d)?"
_SCHEDULE: Final = re.compile(rf"{_ONCE}(; {_ONCE})*")
"""Days and hours as :mod:`slgeo.places.open_referral` writes them."""
_WORDS: Final = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun) ([^;]+)")


def open_when(hours: pd.Series[Any], when: When) -> pd.Series[Any]:
    """
    Say which places are open on some weekday evening, or at some time of the weekend.

    Parameters
    ----------
    hours
        Opening hours in the words of OpenStreetMap or of the libraries dataset, or the schedules of
        a directory (:func:`schedule_when`); missing: unknown.
    when
        ``weekday evening`` (half past six) or ``weekend`` (half past ten or half past two).

    Returns
    -------
    pd.Series
        True, False, or None where the hours are missing or cannot be read: unknown is no "no".

    Raises
    ------
    MissingExtraError
        If OpenStreetMap's words occur and ``pip install 'slgeo[hours]'`` was not done.

    Examples
    --------
    >>> import pandas as pd
    >>> said = pd.Series(["Mon AM & PM (continuous); Sat AM Only", "Mon PM & Eve (continuous)"])
    >>> open_when(said, "weekend").tolist()  # the second says nothing of its weekend
    [True, None]
    >>> open_when(said, "weekday evening").tolist()
    [None, True]
    """
    import pandas as pd

    made = [_one(text, when) if isinstance(text, str) else None for text in hours]
    return pd.Series(made, index=hours.index, dtype=object, name=f"open {when}")


def hours_of(places: pd.DataFrame) -> pd.Series[Any]:
    """
    Gather what a table of places says of opening hours, in whichever words.

    Parameters
    ----------
    places
        A places or sites table with ``opening_hours`` (OpenStreetMap), ``hours`` (libraries) or
        ``schedule`` (Open Referral).

    Returns
    -------
    pd.Series
        The words, missing where nothing is said.
    """
    import pandas as pd

    made = pd.Series(None, index=places.index, dtype=object, name="hours")
    for name in ("opening_hours", "hours", "schedule"):
        if name in places.columns:
            made = made.where(made.notna(), places[name])
    return made.astype(object).where(made.notna(), None)


def schedule_when(text: str, when: When) -> bool | None:
    """
    Say whether something held at stated times is held in the evening or at the weekend.

    Parameters
    ----------
    text
        ``MO,WE 18:00-20:00; SA 10:00-12:00``, as the readers of directories write it.
    when
        ``weekday evening``: it is on at half past six, or begins later; ``weekend``: any time.

    Returns
    -------
    bool or None
        None where days or, for an evening, hours are not told.

    Examples
    --------
    >>> schedule_when("MO 18:00-20:00", "weekday evening"), schedule_when("MO", "weekday evening")
    (True, None)
    """
    unknown = False
    for part in text.split(";"):
        days, _, hours = part.strip().partition(" ")
        held = set(days.split(",")) & set(_CODES)
        if not held:
            unknown = True
        elif when == "weekend":
            if held & set(_CODES[5:]):
                return True
        elif held & set(_CODES[:5]):
            opens, _, closes = hours.partition("-")
            if not closes:
                unknown = True
            elif f"{EVENING:%H:%M}" <= opens or opens <= f"{EVENING:%H:%M}" < closes:
                return True
    return None if unknown else False


def _one(text: str, when: When) -> bool | None:
    if _SCHEDULE.fullmatch(text):
        return schedule_when(text, when)
    days = dict(_WORDS.findall(text))
    if days and text.startswith(_DAYS) and not re.search(r"\d\d:\d\d", text):
        return _in_words(days, when)
    return _in_osm(text, when)


def _in_words(days: dict[str, str], when: When) -> bool | None:
    """Read the libraries dataset: AM, PM, Eve and All Day."""
    wanted = _DAYS[:5] if when == "weekday evening" else _DAYS[5:]
    said = [days[day].strip() for day in wanted if day in days]
    if when == "weekend":
        found = [word for word in said if not word.startswith(("Closed", "["))]
        is_open = any(re.match(r"(AM|PM|All Day|Eve)", word) for word in found)
    else:
        is_open = any(re.search(r"Eve|All Day", word) for word in said)
    if is_open:
        return True
    vague = any(word.startswith(("[", "Varied", "No Regular", "Appointment")) for word in said)
    return None if vague or len(said) < len(wanted) else False


def _in_osm(text: str, when: When) -> bool | None:
    try:
        import opening_hours
    except ImportError:
        raise MissingExtraError(
            "opening hours in OpenStreetMap's words need a parser: pip install 'slgeo[hours]'"
        ) from None
    try:
        rules = opening_hours.OpeningHours(text)
    except opening_hours.ParserError:  # type: ignore[attr-defined]  # its stub leaves it out
        return None
    if when == "weekday evening":
        times = [dt.datetime.combine(_MONDAY + dt.timedelta(d), EVENING) for d in range(5)]
    else:
        times = [
            dt.datetime.combine(_MONDAY + dt.timedelta(d), dt.time.fromisoformat(clock))
            for d in (5, 6)
            for clock in _PROBES
        ]
    states = [rules.is_open(time) for time in times]
    if any(states):
        return True
    return None if all(rules.is_unknown(time) for time in times) else False
