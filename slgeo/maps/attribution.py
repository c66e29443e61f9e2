"""
Credits: who each layer comes from. A page without them is refused.

The statements are data, given by whoever read the layer; this module only says which layers a page
uses, that each has a statement, and how they fold into one line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from slgeo.errors import PageError
from slgeo.maps.spec import CREDIT_LAYERS, Credit

if TYPE_CHECKING:
    from slgeo.maps.spec import MapSpec


def used(spec: MapSpec) -> list[str]:
    """
    List the layers a page cannot do without a credit for.

    Returns
    -------
    list[str]
        In the order of ``CREDIT_LAYERS``.
    """
    facts = spec.facts
    here = {
        "areas": True,
        "deprivation": bool((facts.decile > 0).any()),
        "rurality": bool(facts.rurality_classes),
        "places": bool(spec.sites),
        "roads": bool(spec.measures) or spec.basemap is not None,
        "registrations": bool(spec.registered),
    }
    return [layer for layer in CREDIT_LAYERS if here.get(layer)]


def require(spec: MapSpec) -> None:
    """
    Refuse a page that uses a layer without saying whose it is.

    Raises
    ------
    PageError
        Naming every layer without a credit.
    """
    have = {credit.layer for credit in spec.credits}
    lacking = [layer for layer in used(spec) if layer not in have]
    if lacking:
        raise PageError(
            f"no credit for {', '.join(lacking)}: a page must say whose data it shows; add "
            f'.credit("{lacking[0]}", "Source: ...", publisher=..., licence=...) for each'
        )


def safe_url(url: str) -> str:
    """
    Give back an address a reader may follow, or nothing.

    Examples
    --------
    >>> safe_url("https://www.ons.gov.uk/"), safe_url("javascript:alert(1)")
    ('https://www.ons.gov.uk/', '')
    """
    try:
        scheme = urlsplit(url.strip()).scheme.lower()
    except ValueError:
        return ""
    return url.strip() if scheme in {"http", "https", "mailto", "tel"} else ""


def folded(spec: MapSpec) -> str:
    """Name the publishers in one line, each once."""
    names: list[str] = []
    for credit in ordered(spec):
        name = credit.publisher or credit.statement
        if name and name not in names:
            names.append(name)
    return "; ".join(names)


def ordered(spec: MapSpec) -> list[Credit]:
    """List credits by layer, each statement once."""
    seen: set[str] = set()
    found = []
    for layer in CREDIT_LAYERS:
        for credit in spec.credits:
            if credit.layer == layer and credit.statement not in seen:
                seen.add(credit.statement)
                found.append(credit)
    return found
