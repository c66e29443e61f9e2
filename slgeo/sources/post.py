"""
Send JSON to a service and read its answer: for look-ups that take a list at once.

What is sent is what the caller hands over and nothing else. Redirects are not followed: they would
carry it to somebody who was not named.
"""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.parse
import urllib.request
from typing import TYPE_CHECKING, Any, Final

from slgeo.errors import SourceError
from slgeo.sources.fetch import Manners

if TYPE_CHECKING:
    from collections.abc import Mapping

LARGEST: Final = 20_000_000
"""Bytes of an answer; one about a hundred postcodes has some 200,000."""
_LATER: Final = {408, 425, 429, 500, 502, 503, 504}
"""Answers that mean "not now" (RFC 9110, RFC 6585)."""


def post_json(url: str, held: Mapping[str, Any], *, manners: Manners | None = None) -> Any:  # noqa: ANN401 - whatever the server says
    """
    Send JSON, and read the JSON that comes back.

    Parameters
    ----------
    url
        An http or https address.
    held
        What is sent.
    manners
        How to ask.

    Returns
    -------
    object
        What the server answered, parsed.

    Raises
    ------
    SourceError
        In one line: refused, redirected, stalled after all attempts, too large, or no JSON.
    """
    if urllib.parse.urlsplit(url).scheme not in {"http", "https"}:
        raise SourceError(f"{url}: only http and https addresses are asked")
    manners = manners or Manners()
    body = json.dumps(held).encode()
    last = ""
    for number in range(1, manners.tries + 1):
        try:
            return _parsed(url, _sent(url, body, manners))
        except _NotNowError as error:
            last = str(error)
            if number < manners.tries:
                manners.sleep(min(manners.wait * 2 ** (number - 1), manners.longest))
    raise SourceError(f"{url}: {last} ({manners.tries} attempts); try again later")


class _NotNowError(Exception):
    """A failure that may pass."""


class _Still(urllib.request.HTTPRedirectHandler):
    """Follow no redirect."""

    def redirect_request(self, *_: Any) -> None:  # noqa: ANN401 - urllib's
        """Refuse: what was sent was meant for the address that was named."""
        return


def _sent(url: str, body: bytes, manners: Manners) -> bytes:
    request = urllib.request.Request(  # noqa: S310 - scheme checked above
        url,
        data=body,
        headers={
            "User-Agent": manners.agent,
            "Content-Type": "application/json",
            "Accept": "application/json",
        },
    )
    try:
        with urllib.request.build_opener(_Still).open(request, timeout=manners.timeout) as answer:
            said: bytes = answer.read(LARGEST + 1)
    except urllib.error.HTTPError as error:
        with error:
            if error.code in _LATER:
                raise _NotNowError(f"answered {error.code}") from error
            raise SourceError(f"{url}: answered {error.code} {error.reason}") from error
    except (
        urllib.error.URLError, TimeoutError, ConnectionError, http.client.HTTPException,
    ) as error:  # fmt: skip
        reason = getattr(error, "reason", None) or error
        words = "stalled" if isinstance(reason, TimeoutError) else f"broke off ({reason})"
        raise _NotNowError(words) from error
    if len(said) > LARGEST:
        raise SourceError(f"{url}: sent over {LARGEST:,} bytes, which no answer of this kind has")
    return said


def _parsed(url: str, said: bytes) -> Any:  # noqa: ANN401 - JSON holds anything
    try:
        return json.loads(said)
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{url}: answered something that is no JSON") from error
