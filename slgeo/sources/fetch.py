"""
Download from publishers, politely: say who asks, wait when told to, resume, and prove what came.

A file appears under its name only when it is whole and its hash is known. What was broken off stays
beside it, under a name that begins with a dot and ends in ``.part``, and is resumed next time.
"""

from __future__ import annotations

import contextlib
import email.utils
import http.client
import json
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from slgeo.errors import SourceError
from slgeo.sources.cache import hash_file

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator

    Progress = Callable[[int, int], None]
    """Called with bytes (or rows) so far and in all, 0 where not known."""

_BLOCK: Final = 1 << 18
_LATER: Final = {408, 425, 429, 500, 502, 503, 504}
"""Answers that mean "not now" (RFC 9110, RFC 6585)."""
_LAST: Final[dict[str, float]] = {}
"""When each host was last asked, by the clock of whoever asked: nobody is asked too often."""
_PAGE: Final = (b"<!doctype html", b"<html")
"""How a web page begins: what a publisher sends in place of a file it keeps from programs."""


class UnavailableError(SourceError):
    """A publisher did not answer; what came so far is kept, and the next attempt goes on."""


@dataclass(frozen=True, slots=True)
class Manners:
    """
    How to ask.

    Parameters
    ----------
    agent
        Who asks; publishers block clients that do not say.
    timeout
        Seconds without a byte before a connection counts as stalled.
    tries
        Attempts at one request.
    wait
        Seconds before the second attempt, doubled each time.
    longest
        Seconds waited at most; a server that asks for longer is left alone.
    pause
        Least seconds between two requests to one host.
    sleep, clock
        What waits, and what tells the time; tests pass stand-ins.
    """

    agent: str = "slgeo (access mapping for the UK; reads public data files)"
    timeout: float = 30.0
    tries: int = 5
    wait: float = 1.0
    longest: float = 120.0
    pause: float = 0.25
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that was fetched: where from, where to, and its proof. Goes into ``run.json``."""

    url: str
    path: Path
    sha256: str
    size: int


def fetch_file(
    url: str,
    path: str | os.PathLike[str],
    *,
    sha256: str = "",
    manners: Manners | None = None,
    progress: Progress | None = None,
) -> Fetched:
    """
    Download a file.

    Parameters
    ----------
    url
        An http or https address.
    path
        Where the file shall stand; replaced only when the new one is whole.
    sha256
        Hash it must have, where the publisher states one.
    manners
        How to ask.
    progress
        Called with bytes so far and in all.

    Returns
    -------
    Fetched
        With the hash of what came.

    Raises
    ------
    SourceError
        In one line: refused, not found, stalled or broken off after all attempts
        (:class:`UnavailableError`), redirected in circles or away from https, empty, a web page in
        place of the file, or of another hash than stated.
    """
    manners = manners or Manners()
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    last = ""
    for attempt in _attempts(manners):
        try:
            _receive(url, part, manners, progress)
            break
        except _NotNowError as error:
            last = str(error)
            attempt.wait(error.after, url, last)
    else:
        raise UnavailableError(f"{url}: {last} ({manners.tries} attempts); try again later")
    if target.suffix.lower() not in {".html", ".htm"} and _is_page(part):
        part.unlink()
        raise SourceError(
            f"{url}: sent a web page, not {target.name}; this publisher may not allow scripted "
            "downloads: open the page in a browser and save the file"
        )
    digest = hash_file(part)
    if sha256 and digest != sha256.lower():
        part.unlink()
        raise SourceError(
            f"{url}: what came has SHA-256 {digest[:12]}..., not {sha256[:12]}... as stated; "
            "it was thrown away"
        )
    size = part.stat().st_size
    if size == 0:
        part.unlink()
        raise SourceError(f"{url}: sent an empty file")
    part.replace(target)
    return Fetched(url, target, digest, size)


def fetch_json(
    url: str, query: dict[str, str] | None = None, *, manners: Manners | None = None
) -> Any:  # noqa: ANN401 - whatever the server says
    """
    Ask for JSON.

    Returns
    -------
    object
        What the server sent, parsed.

    Raises
    ------
    SourceError
        As :func:`fetch_file`, and where the answer is no JSON or says that it is an error.
    """
    manners = manners or Manners()
    address = f"{url}?{urllib.parse.urlencode(query)}" if query else url
    last = ""
    for attempt in _attempts(manners):
        try:
            with _opened(address, {}, manners) as answer:
                body = _whole(answer)
            said = _parsed(address, body)
        except _NotNowError as error:
            last = str(error)
            attempt.wait(error.after, url, last)
            continue
        return said
    raise UnavailableError(f"{url}: {last} ({manners.tries} attempts); try again later")


def size_of(url: str, *, manners: Manners | None = None) -> str:
    """
    Ask for a file's first bytes only, and say in words that it is there.

    Raises
    ------
    SourceError
        As :func:`fetch_file`.
    """
    manners = manners or Manners()
    last = ""
    for attempt in _attempts(manners):
        try:
            with _opened(url, {"Range": "bytes=0-0"}, manners) as answer:
                span = answer.headers.get("Content-Range") or ""
                total = span.rsplit("/", 1)[-1] or answer.headers.get("Content-Length") or ""
                return f"{int(total):,} bytes" if total.isdigit() else "there"
        except _NotNowError as error:
            last = str(error)
            attempt.wait(error.after, url, last)
    raise UnavailableError(f"{url}: {last} ({manners.tries} attempts); try again later")


def _parsed(address: str, body: bytes) -> Any:  # noqa: ANN401 - whatever the server says
    """Parse an answer; ArcGIS reports its errors in answers that say 200."""
    try:
        said = json.loads(body)
    except ValueError as error:
        raise SourceError(f"{address}: the answer is no JSON ({body[:60]!r})") from error
    if isinstance(said, dict) and "error" in said:
        fault = said["error"] if isinstance(said["error"], dict) else {"message": said["error"]}
        words = " ".join(str(fault.get("message") or fault).split())
        if fault.get("code") in _LATER:
            raise _NotNowError(f"answered {fault.get('code')} {words}")
        raise SourceError(f"{address}: the service says: {words}")
    return said


class _NotNowError(Exception):
    """A failure that may pass; ``after`` is what the server asks for, in seconds."""

    def __init__(self, words: str, after: float | None = None) -> None:
        super().__init__(words)
        self.after = after


@dataclass(slots=True)
class _Attempt:
    """One of several attempts, knowing how long to wait before the next."""

    manners: Manners
    number: int

    def wait(self, after: float | None, url: str, words: str) -> None:
        """Wait as long as the server asks, else twice as long as last time."""
        if after is not None and after > self.manners.longest:
            raise UnavailableError(
                f"{url}: {words}, and asks to be left alone for {after:.0f} seconds; try then"
            )
        if self.number < self.manners.tries:
            pause = self.manners.wait * 2 ** (self.number - 1) if after is None else after
            self.manners.sleep(min(pause, self.manners.longest))


def _attempts(manners: Manners) -> Iterator[_Attempt]:
    for number in range(1, manners.tries + 1):
        yield _Attempt(manners, number)


class _Careful(urllib.request.HTTPRedirectHandler):
    """Follow redirects, but not in circles, not to files, and not from https to http."""

    max_redirections = 8
    max_repeats = 2

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: Any,  # noqa: ANN401 - urllib's
        code: int,
        msg: str,
        headers: Any,  # noqa: ANN401 - urllib's
        newurl: str,
    ) -> urllib.request.Request | None:
        """Refuse a redirect that leaves the web or gives up encryption."""
        old, new = urllib.parse.urlsplit(req.full_url), urllib.parse.urlsplit(newurl)
        if new.scheme not in {"http", "https"} or (old.scheme == "https" and new.scheme == "http"):
            raise SourceError(f"{req.full_url}: redirects to {newurl}, which is not followed")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


@contextlib.contextmanager
def _opened(
    url: str, headers: dict[str, str], manners: Manners
) -> Iterator[http.client.HTTPResponse]:
    """Open an address, sorting failures into those that may pass and those that will not."""
    if urllib.parse.urlsplit(url).scheme not in {"http", "https"}:
        raise SourceError(f"{url}: only http and https addresses are fetched")
    _pace(urllib.parse.urlsplit(url).netloc, manners)
    opener = urllib.request.build_opener(_Careful)
    request = urllib.request.Request(url, headers={"User-Agent": manners.agent, **headers})  # noqa: S310 - scheme checked above
    try:
        with opener.open(request, timeout=manners.timeout) as answer:
            yield answer
    except urllib.error.HTTPError as error:
        with error:
            if error.code in _LATER:
                raise _NotNowError(f"answered {error.code}", _asked(error)) from error
            raise SourceError(_refusal(url, error)) from error
    except (
        urllib.error.URLError,
        TimeoutError,
        ConnectionError,
        http.client.HTTPException,
    ) as error:
        reason = getattr(error, "reason", None) or error
        words = "stalled" if isinstance(reason, TimeoutError) else f"broke off ({reason})"
        raise _NotNowError(words) from error


def _pace(host: str, manners: Manners) -> None:
    """Wait until the host may be asked again."""
    since = manners.clock() - _LAST.get(host, float("-inf"))
    if 0 <= since < manners.pause:
        manners.sleep(manners.pause - since)
    _LAST[host] = manners.clock()


def _is_page(path: Path) -> bool:
    """Tell whether a file begins as a web page does."""
    with path.open("rb") as file:
        start = file.read(512).removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return start.startswith(_PAGE)


def _asked(error: urllib.error.HTTPError) -> float | None:
    """Read how long the server asks to be left alone: seconds or a date (RFC 9110, 10.2.3)."""
    text = error.headers.get("Retry-After", "") if error.headers else ""
    if text.strip().isdigit():
        return float(text)
    try:
        then = email.utils.parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    return max(0.0, then.timestamp() - time.time())


def _refusal(url: str, error: urllib.error.HTTPError) -> str:
    if "infinite loop" in str(error):
        return f"{url}: redirects in circles"
    if error.code in {401, 403}:
        return (
            f"{url}: refused ({error.code}); this publisher may not allow scripted downloads: open "
            "the page in a browser and save the file"
        )
    if error.code in {404, 410}:
        return f"{url}: not there ({error.code}); the publisher has moved or withdrawn it"
    return f"{url}: answered {error.code} {error.reason}"


def _whole(answer: http.client.HTTPResponse) -> bytes:
    try:
        return answer.read()
    except http.client.IncompleteRead as error:
        raise _NotNowError(f"broke off after {len(error.partial)} bytes") from error


def _receive(url: str, part: Path, manners: Manners, progress: Progress | None) -> None:
    """Receive a file into its part, from where the last attempt stopped if the server can."""
    tag = part.with_name(f"{part.name}.tag")
    done = part.stat().st_size if part.exists() and tag.exists() else 0
    known = tag.read_text() if done else ""
    headers = {"Range": f"bytes={done}-", "If-Range": known} if done and known else {}
    with _opened(url, headers, manners) as answer:
        resumed = answer.status == 206 and _starts_at(answer, done)
        if answer.status == 206 and not resumed:
            part.unlink(missing_ok=True)
            raise _NotNowError("sent another part than was asked for")
        mark = answer.headers.get("ETag") or answer.headers.get("Last-Modified") or ""
        tag.write_text("" if mark.startswith("W/") else mark)
        length = answer.headers.get("Content-Length")
        already = done if resumed else 0
        total = already + int(length) if length and length.isdigit() else 0
        size = already
        with part.open("ab" if resumed else "wb") as out:
            while block := _block(answer):
                out.write(block)
                size += len(block)
                if progress is not None:
                    progress(size, total)
    if total and size < total:
        raise _NotNowError(f"broke off after {size:,} of {total:,} bytes")
    tag.unlink(missing_ok=True)


def _starts_at(answer: http.client.HTTPResponse, done: int) -> bool:
    return (answer.headers.get("Content-Range") or "").startswith(f"bytes {done}-")


def _block(answer: http.client.HTTPResponse) -> bytes:
    try:
        return answer.read(_BLOCK)
    except http.client.IncompleteRead as error:
        return error.partial
