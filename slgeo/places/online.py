"""
Postcodes and names looked up online: only on request, only what was asked, and each thing once.

Nothing here opens a connection: the functions that ask are handed in, so that the network stays in
:mod:`slgeo.sources`. Only postcodes in normal form, or the names and towns of places, are sent;
never another column, and nothing about a person.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from slgeo.errors import SourceError
from slgeo.places.geocode import geocode
from slgeo.places.postcodes import PostcodeIndex, normalise
from slgeo.sources.cache import Cache, hash_of
from slgeo.tables import PLACES, checked

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Mapping

    import geopandas as gpd
    import pandas as pd

    Get = Callable[[str, dict[str, str]], Any]
    """Asks an address with a query and returns the JSON; raises SourceError where it cannot."""
    Post = Callable[[str, Mapping[str, Any]], Any]
    """Sends JSON to an address and returns the JSON it answers."""

POSTCODES_IO: Final = "https://api.postcodes.io"
NOMINATIM: Final = "https://nominatim.openstreetmap.org/search"
BATCH: Final = 100
"""Postcodes in one request: the service's own limit."""
SECONDS: Final = 1.0
"""Between two requests to the public Nominatim, for the whole application: its usage policy."""
MOST_NAMES: Final = 100
"""Names looked up in one call: the public service allows no bulk use (the number is our choice)."""


class Online(NamedTuple):
    """
    What is looked up online, and how it is asked.

    Parameters
    ----------
    post, get
        What asks; see the module.
    cache
        Folder where answers are kept.
    postcodes
        Address of postcodes.io, or of a server of one's own; None: not asked.
    names
        Address of a Nominatim search; None: not asked.
    town
        Added to every name.
    """

    post: Post
    get: Get
    cache: str | os.PathLike[str]
    postcodes: str | None = None
    names: str | None = None
    town: str = ""

    def by_name(self, places: pd.DataFrame) -> pd.DataFrame:
        """Look up by name what has nothing else, where that is asked for."""
        if self.names is None:
            return places
        return places_by_name(
            places, get=self.get, cache=self.cache, town=self.town, address=self.names
        )

    def by_postcode(
        self, sites: gpd.GeoDataFrame, places: pd.DataFrame, *, crs: str
    ) -> gpd.GeoDataFrame:
        """
        Place what no file could, by postcodes asked for online, and only those.

        Parameters
        ----------
        sites
            From :func:`slgeo.places.geocode.geocode`.
        places
            What it was made of.
        crs
            CRS of the sites.

        Returns
        -------
        gpd.GeoDataFrame
            The same rows; a note says how many were placed.
        """
        import geopandas as gpd
        import pandas as pd

        lost = sites["reason"].eq("not_geocoded") & sites["postcode"].map(
            lambda text: isinstance(text, str) and normalise(text) is not None
        )
        if self.postcodes is None or not lost.any():
            return sites
        index = postcodes_online(
            places.loc[lost, "postcode"],
            post=self.post,
            get=self.get,
            cache=self.cache,
            address=self.postcodes,
        )
        found = geocode(places[lost], postcodes=index, crs=crs)
        rows = pd.concat([sites[~lost], found]).reindex(sites.index)
        made = gpd.GeoDataFrame(rows, crs=sites.crs)
        now = int(found["precision"].ne("failed").sum())
        note = f"{now:,} of {int(lost.sum()):,} places that no file could place were placed by "
        note += f"postcodes looked up at {self.postcodes}"
        made.attrs = {**sites.attrs, "notes": [*sites.attrs.get("notes", []), note]}
        return made


def postcodes_online(
    postcodes: Iterable[object],
    *,
    post: Post,
    get: Get,
    cache: str | os.PathLike[str],
    address: str = POSTCODES_IO,
) -> PostcodeIndex:
    """
    Make an index of the postcodes asked for, and no others.

    Parameters
    ----------
    postcodes
        As people typed them; what has not the shape of a postcode is never sent.
    post, get
        What asks; see the module.
    cache
        Folder where answers are kept: a postcode is asked for once.
    address
        Of postcodes.io, or of a server of one's own.

    Returns
    -------
    PostcodeIndex
        Live postcodes, and those that have ended by their own route. Area codes are ``lsoa21``.

    Raises
    ------
    SourceError
        If the service cannot be asked, or answers something else.
    """
    import pandas as pd

    store = Cache(Path(cache))
    wanted = sorted({code for code in map(normalise, postcodes) if code})
    known: dict[str, Any] = {code: _kept(store, address, code) for code in wanted}
    asked = [code for code in wanted if known[code] is None]
    for start in range(0, len(asked), BATCH):
        some = asked[start : start + BATCH]
        said = post(f"{address}/postcodes", {"postcodes": some})
        for code, row in _answers(said, some, address).items():
            known[code] = row or _ended(get, address, code)
            _keep(store, address, code, known[code])
    rows = [row for row in known.values() if row.get("latitude") is not None]
    columns = ["pcds", "doterm", "lat", "long", "gridind", "lsoa21"]
    frame = pd.DataFrame(
        [
            {
                "pcds": row["postcode"],
                "doterm": row.get("ended") or "",
                "lat": row["latitude"],
                "long": row["longitude"],
                "gridind": row.get("quality") or 1,
                "lsoa21": row.get("lsoa21"),
            }
            for row in rows
        ],
        columns=columns,
    )
    return PostcodeIndex.from_frame(frame, source=f"{address.partition('://')[2]}")


def places_by_name(
    places: pd.DataFrame,
    *,
    get: Get,
    cache: str | os.PathLike[str],
    town: str = "",
    address: str = NOMINATIM,
    sleep: Callable[[float], None] = time.sleep,
) -> pd.DataFrame:
    """
    Look up by name the places that have neither coordinates nor a postcode.

    Parameters
    ----------
    places
        A places table.
    get
        What asks; it must say who asks (a User-Agent of its own).
    cache
        Folder where answers are kept.
    town
        Added to every name: a town or county.
    address
        Of the public Nominatim, or of a server of one's own.
    sleep
        What waits between requests.

    Returns
    -------
    pd.DataFrame
        The same rows; those found have coordinates, and geocoding grades them ``building`` or
        ``place`` with the size of what was found as radius. Where several places answer to a name
        none is taken: ``given_note`` lists them.

    Raises
    ------
    SourceError
        If more than 100 names would be asked for, or the service cannot be asked.
    """
    checked(places, PLACES)
    made = places.copy()
    for name in ("given_precision", "given_source", "given_note"):
        made[name] = made[name] if name in made.columns else None
    made["given_radius"] = made.get("given_radius", float("nan"))
    blank = made[["longitude", "easting"]].isna().all(axis=1)
    lost = made.index[blank & made["postcode"].isna() & made["named"].astype(bool)]
    if len(lost) > MOST_NAMES:
        raise SourceError(
            f"{len(lost)} names to look up; the public service allows no bulk use (limit "
            f"{MOST_NAMES}): give postcodes, or the address of a server of your own"
        )
    store = Cache(Path(cache))
    first = True
    for site in lost:
        query = ", ".join(filter(None, (str(made.loc[site, "name"]), town)))
        found = _kept(store, address, query)
        if found is None:
            if not first:
                sleep(SECONDS)
            first = False
            asked = {"q": query, "format": "jsonv2", "limit": "5", "countrycodes": "gb"}
            found = {"results": get(address, asked)}
            _keep(store, address, query, found)
        _take(made, site, found["results"], address)
    if len(lost):
        now = int(made.loc[lost, "latitude"].notna().sum())
        note = (
            f"{now:,} of {len(lost):,} places without coordinates and postcode were found by name"
        )
        note += f" at {address} (© OpenStreetMap contributors)"
        made.attrs = {**places.attrs, "notes": [*places.attrs.get("notes", []), note]}
    return made


def _take(made: pd.DataFrame, site: str, results: object, address: str) -> None:
    """Use the one place that answers to a name; list them where there are several."""
    rows = [row for row in results if isinstance(row, dict)] if isinstance(results, list) else []
    if len(rows) != 1:
        shown = "; ".join(str(row.get("display_name"))[:80] for row in rows[:3])
        made.loc[site, "given_note"] = f"{len(rows)} places answer to its name: {shown or 'none'}"
        return
    try:
        lat, lon = float(rows[0]["lat"]), float(rows[0]["lon"])
        south, north, west, east = (float(edge) for edge in rows[0]["boundingbox"])
    except (KeyError, TypeError, ValueError) as error:
        raise SourceError(f"{address}: answered in another form than it should") from error
    radius = max((north - south) * 111_320, (east - west) * 66_000) / 2
    building = rows[0].get("category") not in {"boundary", "place", "highway"} and radius < 250
    made.loc[site, ["latitude", "longitude"]] = lat, lon
    made.loc[site, "given_precision"] = "building" if building else "place"
    made.loc[site, "given_radius"] = max(radius, 30.0)
    made.loc[site, "given_source"] = address.partition("://")[2]


def _answers(said: object, some: list[str], address: str) -> dict[str, dict[str, Any] | None]:
    """Read a bulk answer; keyed by what was asked, for its order is not promised."""
    held = said.get("result") if isinstance(said, dict) else None
    if not isinstance(held, list):
        raise SourceError(f"{address}: answered in another form than it should")
    made: dict[str, dict[str, Any] | None] = dict.fromkeys(some)
    for row in held:
        code = normalise(row.get("query")) if isinstance(row, dict) else None
        if code in made:
            made[code] = _found(row.get("result"))
    return made


def _found(result: Any) -> dict[str, Any] | None:  # noqa: ANN401 - parsed JSON
    if not isinstance(result, dict):
        return None
    codes = result.get("codes")
    return {
        "postcode": result.get("postcode"),
        "latitude": result.get("latitude"),
        "longitude": result.get("longitude"),
        "quality": result.get("quality"),
        "lsoa21": codes.get("lsoa21")
        if isinstance(codes, dict)
        else None,  # plain lsoa is the 2011 one
    }


def _ended(get: Get, address: str, code: str) -> dict[str, Any]:
    """Ask by itself for a postcode that has ended; an empty answer where there is none."""
    try:
        said = get(f"{address}/terminated_postcodes/{code.replace(' ', '%20')}", {})
    except SourceError:
        return {}
    row = said.get("result") if isinstance(said, dict) else None
    if not isinstance(row, dict):
        return {}
    ended = f"{row.get('year_terminated')}{int(row.get('month_terminated') or 1):02d}"
    return {**(_found(row) or {}), "ended": ended}


def _kept(store: Cache, address: str, asked: str) -> Any:  # noqa: ANN401 - whatever was answered
    path = store.path(hash_of("online", address, asked) + ".json")
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def _keep(store: Cache, address: str, asked: str, answer: object) -> None:
    with store.writing(hash_of("online", address, asked) + ".json") as beside:
        beside.write_text(json.dumps(answer), encoding="utf-8")
