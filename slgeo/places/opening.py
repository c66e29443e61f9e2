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
_WORDS: Final = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun) ([^;]+)")


def open_when(hours: pd.Series[Any], when: When) -> pd.Series[Any]:
    """
    Say which places are open on some weekday evening, or at some time of the weekend.

    Parameters
    ----------
    hours
        Opening hours in the words of OpenStreetMap or of the libraries dataset; missing: unknown.
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


def _one(text: str, when: When) -> bool | None:
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
