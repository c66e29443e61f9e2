"""
What Open Referral says of a service besides its place: when, for whom, at what cost, and how.

Every reader here gives what the publisher says or nothing: unknown is a value of its own, and no
"no" is made of silence.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PLACE: Final = "at a place"
ONLINE: Final = "online or by telephone"
POST: Final = "by post"
HOME: Final = "at home"
UNSTATED: Final = "not stated"

_HOME: Final = re.compile(
    r"home visit|visit(s|ing)? (you|people|clients)? ?(at|in) (home|your|their)|in your own home",
    re.IGNORECASE,
)
_ONLINE: Final = re.compile(
    r"\b(online|virtual|zoom|video call|telephone|phone|helpline|webchat|e-?mail)\b", re.IGNORECASE
)
_POST: Final = re.compile(r"\b(by post|postal)\b", re.IGNORECASE)
_NO_REFERRAL: Final = re.compile(
    r"self.?refer|no referral|without (a )?referral|referral (is )?not (needed|required)"
    r"|drop.?in|just (turn|come) (up|along)|no (need to )?book|open to (all|anyone|everyone)",
    re.IGNORECASE,
)
_REFERRAL: Final = re.compile(r"\brefer(ral|red|s)?\b|\bprescri(bed|ption|ber)", re.IGNORECASE)
_NO_STEPS: Final = re.compile(
    r"wheelchair|step.?free|level access|\bramp|accessible|\blift\b", re.IGNORECASE
)
_STEPS: Final = re.compile(
    r"\b(no|not|without)\b[^.;]*(wheelchair|step.?free|level access|ramp|accessible|lift)"
    r"|inaccessible|\bsteps? (up|down|to|at)\b",
    re.IGNORECASE,
)


def delivery(service: Mapping[str, Any]) -> str:
    """Say how a service without any location comes to people, as far as its own words tell."""
    said = " ".join(
        filter(
            None,
            [
                *(text(one.get("attending_type")) for one in dicts(service.get("schedules"))),
                *(text(service.get(name)) for name in ("name", "description")),
            ],
        )
    )
    for pattern, way in ((_HOME, HOME), (_POST, POST), (_ONLINE, ONLINE)):
        if pattern.search(said):
            return way
    return UNSTATED


def who_may_come(service: Mapping[str, Any]) -> dict[str, Any]:
    """Gather age, eligibility, area and whether a referral is needed."""
    rules = dicts(service.get("eligibilitys"))  # version 1.0; 3.0 has a description only
    ages = {
        ours: next(
            (n for n in (number(held.get(ours)) for held in (service, *rules)) if n is not None),
            None,
        )
        for ours in ("minimum_age", "maximum_age")
    }
    said = [
        text(service.get("eligibility_description")),
        *(text(rule.get("eligibility")) for rule in rules),
    ]
    areas = [
        text(area.get("name")) or text(area.get("service_area")) or text(area.get("description"))
        for area in dicts(service.get("service_areas"))
    ]
    return {
        **ages,
        "eligibility": "; ".join(filter(None, said)) or None,
        "area": "; ".join(dict.fromkeys(filter(None, areas))) or None,
        "referral_needed": referral_needed(text(service.get("application_process"))),
    }


def referral_needed(said: str | None) -> bool | None:
    """
    Read how one comes to a service: whether somebody must refer.

    Examples
    --------
    >>> referral_needed("Referral by a GP or link worker"), referral_needed("Self-referral")
    (True, False)
    >>> referral_needed("Contact us") is None
    True
    """
    if not said:
        return None
    if _NO_REFERRAL.search(said):
        return False
    return True if _REFERRAL.search(said) else None


def spaces(service: Mapping[str, Any]) -> float | None:
    """Read how many places a service has in all, else how many are free now."""
    for name in ("maximum", "available"):
        for held in dicts(service.get("capacities")):
            count = number(held.get(name))
            if count is not None and count >= 0:
                return count
    return None


def step_free(location: Mapping[str, Any]) -> str | None:
    """Say ``yes`` or ``no`` where the location's own words on access tell; None where not."""
    said = "; ".join(
        filter(
            None,
            (
                text(one.get(name))
                for one in (
                    *dicts(location.get("accessibility")),
                    *dicts(location.get("accessibility_for_disabilities")),
                )
                for name in ("description", "details", "accessibility")
            ),
        )
    )
    if not said:
        return None
    if _STEPS.search(said):
        return "no"
    return "yes" if _NO_STEPS.search(said) else None


def schedule(service: Mapping[str, Any], link: Mapping[str, Any] | None) -> dict[str, str | None]:
    """
    Say days and hours in words: of the service at this location, else of the service.

    Returns
    -------
    dict
        ``schedule``, for example ``MO,WE 10:00-12:00``, and ``repeats``: ``weekly``, ``monthly``.
    """
    own = _schedules(link or {}) or _schedules(service)
    said, every = [], []
    for one in own:
        days = text(one.get("byday")) or text(one.get("weekday")) or ""
        days = ",".join(re.findall(r"MO|TU|WE|TH|FR|SA|SU", days.upper()))
        opens, closes = (text(one.get(k)) for k in ("opens_at", "closes_at"))
        hours = f"{opens[:5]}-{closes[:5]}" if opens and closes else ""
        if words := " ".join(filter(None, (days, hours))):
            said.append(words)
        if (freq := text(one.get("freq"))) is not None:
            interval = number(one.get("interval"))
            often = f" (every {interval:g})" if interval is not None and interval > 1 else ""
            every.append(freq.lower() + often)
    return {
        "schedule": "; ".join(dict.fromkeys(said)) or None,
        "repeats": "; ".join(dict.fromkeys(every)) or None,
    }


def _schedules(held: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [*dicts(held.get("schedules")), *dicts(held.get("regular_schedules"))]


def cost(service: Mapping[str, Any]) -> str | None:
    """Say what it costs: options with amounts, else the publisher's words on fees."""
    said = []
    for option in dicts(service.get("cost_options")):
        amount = number(option.get("amount"))
        words = text(option.get("option")) or text(option.get("amount_description"))
        if amount is not None:
            currency = text(option.get("currency")) or "GBP"
            said.append("free" if amount == 0 else f"{amount:.2f} {currency}")
        elif words:
            said.append(words)
    if not said:
        said = list(
            filter(None, [text(service.get("fees_description")) or text(service.get("fees"))])
        )
    return "; ".join(said) or None


def dicts(held: object) -> Sequence[Mapping[str, Any]]:
    """Keep the objects of a list; nothing where it is no list."""
    return [one for one in held if isinstance(one, dict)] if isinstance(held, list) else []


def text(value: object) -> str | None:
    """Read text, or a whole number as text; None for what is blank or neither."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return (value.strip() or None) if isinstance(value, str) else None


def number(value: object) -> float | None:
    """Read a number written as one or as text; None for what is none, or no finite one."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        read = float(value)
    except (ValueError, OverflowError):
        return None
    return read if abs(read) < 1e12 else None
