"""
From a table of places to points on the map, each with how well it is known and why.

The ladder, best first: coordinates given and not contradicted; the postcode's own point; and, only
where asked, the mean of the postcode's sector. What cannot be placed keeps its row.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from slgeo import reasons
from slgeo.errors import TableError
from slgeo.places.coordinates import judge
from slgeo.places.postcodes import CRS, PostcodeIndex, normalise, read_postcodes, repaired
from slgeo.tables import PLACES, SITES, checked

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    import geopandas as gpd
    import pandas as pd

    from slgeo.places.coordinates import Judged
    from slgeo.places.postcodes import Found

FAR: Final = 5000.0
"""
Metres between coordinates and postcode at which one of them must be wrong. Of 1,618 English
libraries 99.5 % lie within 1.4 km of their postcode's point (see ``postcodes.UNIT_RADIUS``); the
few farther than 5 km carry another building's postcode.
"""
DOUBTFUL: Final = 1000.0
"""Metres beyond which the distance is noted; 99 % of the same libraries lie within 500 m."""
_SAME: Final = 5.0
"""Metres within which given coordinates are the postcode's own point: five decimals of a degree are
1 m, and a datum shift without its grid file is off by up to about 3 m."""
_MOST_SUGGESTED: Final = 500
"""Distinct unknown postcodes to seek neighbours for: 2 ms each (our choice)."""


_USED: Final = (
    "longitude", "latitude", "easting", "northing", "reason", "given_precision", "given_radius",
    "given_source",
)  # fmt: skip


class _Placed(NamedTuple):
    x: float = math.nan
    y: float = math.nan
    precision: str = "failed"
    error_radius: float = math.nan
    error_basis: str | None = None
    matched: str | None = None
    matched_in: str | None = None
    position_note: str | None = None
    candidates: str | None = None
    reason: str | None = None


def geocode(
    places: pd.DataFrame,
    *,
    postcodes: PostcodeIndex | str | os.PathLike[str] | None = None,
    crs: str = CRS,
    far: float = FAR,
    coarsest: Literal["postcode_mean", "sector"] = "postcode_mean",
) -> gpd.GeoDataFrame:
    """
    Place every place on the map, or say why it cannot be.

    Coordinates are used where the place has them and they are possible. Where they lie further than
    ``far`` from the postcode, or cannot be (0, 0; latitude 100; another country; swapped or
    mixed-up columns), the postcode is used instead; swapped and mixed-up ones are put right where
    the postcode bears them out. A pair that is exactly its postcode's point is graded as that.

    Parameters
    ----------
    places
        A places table, as :func:`slgeo.places.read.read_places` makes it.
    postcodes
        The index to look postcodes up in, or the file to make it of, as
        :func:`slgeo.places.postcodes.read_postcodes` reads it; without it only coordinates are
        used.
    crs
        Metric CRS of the result.
    far
        Metres between coordinates and postcode at which they contradict each other.
    coarsest
        ``sector``: a postcode the index does not know is placed at the mean of its sector, with the
        sector's measured radius. By default it fails.

    Returns
    -------
    gpd.GeoDataFrame
        A sites table: every place in its order, with its other columns, and ``precision``,
        ``error_radius`` (metres), ``error_basis``, ``matched``, ``matched_in``, ``position_note``,
        ``candidates``, ``reason`` and a point. What was not placed has precision ``failed``, no
        point, and a reason.

    Raises
    ------
    TableError
        If ``places`` is not a places table.

    Examples
    --------
    >>> from slgeo.places.table import places_from
    >>> places = places_from([{"name": "Library", "kind": "library", "latitude": 52.67,
    ...                        "longitude": -0.73}], source="example")
    >>> geocode(places)["precision"].tolist()
    ['given']
    """
    import geopandas as gpd
    import pandas as pd

    checked(places, PLACES)
    if postcodes is not None and not isinstance(postcodes, PostcodeIndex):
        postcodes = read_postcodes(postcodes)
    judged = judge(places)
    texts = [text if isinstance(text, str) else None for text in places["postcode"].tolist()]
    looked = _look_up(texts, postcodes)
    search = _Search(postcodes, far, coarsest)
    here = places["source"].astype(str).tolist()
    exact = places["uprn"].notna().tolist() if "uprn" in places.columns else [False] * len(places)
    virtual = _elsewhere(places)
    xy = _to_grid(judged)
    rows = zip(judged, xy, texts, looked, here, exact, strict=True)
    placed = [
        _Placed(reason=why) if why else search.place(*row)
        for why, row in zip(virtual, rows, strict=True)
    ]
    frame = places.drop(columns=list(_USED), errors="ignore")
    made = pd.DataFrame(placed, index=places.index, columns=list(_Placed._fields))
    frame["postcode"] = [
        found.postcode if found is not None else normalise(text) or text
        for text, (found, _) in zip(texts, looked, strict=True)
    ]
    for name in _Placed._fields[2:]:
        frame[name] = made[name].astype(float if name == "error_radius" else object)
    _grade_as_given(frame, places)
    points = gpd.points_from_xy(made["x"].astype(float), made["y"].astype(float), crs=CRS)
    sites = gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(points, index=places.index))
    sites.loc[made["x"].isna(), "geometry"] = None
    sites = sites.to_crs(crs)
    if "entrances" in sites.columns:
        sites["entrances"] = _moved(sites["entrances"].where(made["x"].notna()), crs)
    sites.attrs = dict(places.attrs)
    sites.attrs["notes"] = [
        *places.attrs.get("notes", []),
        *(postcodes.notes if postcodes is not None else []),
    ]
    return checked(sites, SITES)


def unmatched(sites: gpd.GeoDataFrame) -> pd.DataFrame:
    """
    List the sites that could not be placed, and those placed otherwise than their file says.

    Parameters
    ----------
    sites
        A sites table from :func:`geocode`.

    Returns
    -------
    pd.DataFrame
        Index ``site``; ``outcome`` (``failed``, ``virtual`` or ``doubtful``), ``name``, ``kind``,
        ``postcode``, ``precision``, ``error_radius``, ``position_note``, ``candidates``,
        ``reason``, ``source``; the failed ones first.
    """
    failed = sites["precision"].eq("failed")
    doubtful = sites["position_note"].notna() & ~failed
    table = sites[failed | doubtful].copy()
    outcome = failed[failed | doubtful].map({True: "failed", False: "doubtful"})
    table["outcome"] = outcome.mask(table["reason"].eq(reasons.VIRTUAL_ONLY), "virtual")
    order = table["outcome"].map({"failed": 0, "doubtful": 1, "virtual": 2})
    columns = [
        "outcome", "name", "kind", "postcode", "precision", "error_radius", "position_note",
        "candidates", "reason", "source",
    ]  # fmt: skip
    sorted_rows: Any = table.iloc[order.argsort(kind="stable")][columns]
    import pandas as pd

    return pd.DataFrame(sorted_rows)


class _Search:
    """What every place is held against; remembers what it suggested."""

    def __init__(self, postcodes: PostcodeIndex | None, far: float, coarsest: str) -> None:
        self.postcodes = postcodes
        self.far = far
        self.coarsest = coarsest
        self._suggested: dict[str, str | None] = {}

    def place(
        self,
        judged: Judged,
        xy: tuple[tuple[float, float] | None, tuple[float, float] | None],
        text: str | None,
        looked: tuple[Found | None, str],
        source: str,
        exact: bool,  # noqa: FBT001 - one row of a zip of columns
    ) -> _Placed:
        """Choose between the coordinates and the postcode of one place."""
        found, trouble = looked
        point, meant = xy
        given = None
        if point is not None:
            given = self._given(judged, point, source)
            if found is None:
                return given._replace(position_note=trouble or None)
            if meant is None or _apart(meant, found) > self.far or _apart(point, found) <= self.far:
                return self._agreed(given, found, trouble, exact=exact)
            fault = f"coordinates {given.matched} are {_km(_apart(point, found))} from its postcode"
            return self._put_right(judged, meant, source, found, fault)
        if meant is not None and found is not None and _apart(meant, found) <= self.far:
            return self._put_right(judged, meant, source, found, judged.fault)
        if found is not None:
            note = "; ".join(filter(None, [judged.fault, trouble]))
            return self._by_postcode(found, note)
        return self._last_resort(judged, text, trouble)

    def _given(self, judged: Judged, point: tuple[float, float], source: str) -> _Placed:
        return _Placed(
            *point,
            precision="given",
            error_radius=judged.radius,
            error_basis="assumed",
            matched=judged.text,
            matched_in=source,
        )

    def _put_right(
        self, judged: Judged, meant: tuple[float, float], source: str, found: Found, fault: str
    ) -> _Placed:
        """Use the second reading of a pair, which its postcode bears out."""
        note = f"{fault}; read as {judged.put_right}, {_km(_apart(meant, found))} from its postcode"
        return self._given(judged, meant, source)._replace(position_note=note)

    def _agreed(self, given: _Placed, found: Found, trouble: str, *, exact: bool) -> _Placed:
        """Hold possible coordinates against a known postcode."""
        apart = _apart((given.x, given.y), found)
        if apart > self.far:
            return self._by_postcode(
                found,
                f"coordinates {given.matched} are {_km(apart)} from postcode {found.postcode}, "
                "so the postcode was used",
            )
        if given.error_radius > found.error_radius:
            return self._by_postcode(
                found,
                f"coordinates {given.matched} have too few decimals, so the postcode was used",
            )
        # A building with a property number may well be the one its postcode's point was moved to.
        if apart <= _SAME and not exact:
            same = self._by_postcode(found, trouble)
            return same._replace(x=given.x, y=given.y)
        note = trouble
        if apart > max(DOUBTFUL, found.error_radius):
            note = f"coordinates are {_km(apart)} from postcode {found.postcode}"
        return given._replace(position_note=note or None)

    def _by_postcode(self, found: Found, note: str) -> _Placed:
        notes = [note] if note else []
        if found.ended:
            notes.append(f"postcode {found.postcode} ended in {found.ended}")
        return _Placed(
            found.x,
            found.y,
            precision=found.precision,
            error_radius=found.error_radius,
            error_basis="measured" if found.measured else "assumed",
            matched=found.postcode,
            matched_in=self.postcodes.source if self.postcodes is not None else None,
            position_note="; ".join(notes) or None,
        )

    def _last_resort(self, judged: Judged, text: str | None, trouble: str) -> _Placed:
        """Place by sector where that was asked for; else fail with everything known."""
        note = "; ".join(filter(None, [judged.fault, trouble]))
        if self.coarsest == "sector" and self.postcodes is not None and text:
            mean = self.postcodes.sector(text)
            if mean is not None:
                return self._by_postcode(mean, f"{note}; placed at the mean of its sector")
        if not note:
            note = "it has neither coordinates nor a postcode"
            if text and self.postcodes is None:
                note = f"postcode {text[:40]!r} could not be looked up: no postcode file is given"
        return _Placed(
            position_note=note, candidates=self._suggest(text), reason=reasons.NOT_GEOCODED
        )

    def _suggest(self, text: str | None) -> str | None:
        if not text or self.postcodes is None:
            return None
        if text not in self._suggested and len(self._suggested) < _MOST_SUGGESTED:
            self._suggested[text] = ", ".join(self.postcodes.suggest(text)) or None
        return self._suggested.get(text)


def _look_up(
    texts: Sequence[str | None], postcodes: PostcodeIndex | None
) -> list[tuple[Found | None, str]]:
    """Look every postcode up: what was found, and what was wrong with it in words."""
    if postcodes is None:
        return [(None, "")] * len(texts)
    known: dict[str, tuple[Found | None, str]] = {}
    looked = postcodes.find_all(texts)
    for text in texts:
        if text is None or text in known:
            continue
        code = normalise(text)
        found = looked.get(code or "")
        if found is not None:
            known[text] = (found, "")
        elif code in looked:
            known[text] = (None, f"postcode {code} has no usable point in {postcodes.source}")
        else:
            known[text] = _repair(text, code, postcodes)
    return [known[text] if text is not None else (None, "") for text in texts]


def _repair(text: str, code: str | None, postcodes: PostcodeIndex) -> tuple[Found | None, str]:
    """Read a text that is no postcode with O for 0 and the like, where that leaves one reading."""
    if code is None:
        meant = [c for c in repaired(text) if c in postcodes]
        if len(meant) == 1:
            found = postcodes.get(meant[0])
            if found is not None:
                return found, f"{text[:40]!r} was read as postcode {meant[0]}"
        return None, f"{text[:40]!r} is not a postcode"
    return None, f"postcode {code} is not in {postcodes.source}"


def _moved(entrances: pd.Series[Any], crs: str) -> pd.Series[Any]:
    """Turn entrances in degrees into points of the metric CRS, to the decimetre."""
    import geopandas as gpd
    import pandas as pd
    from shapely.errors import ShapelyError

    given = entrances[entrances.notna()]
    made = pd.Series(None, index=entrances.index, dtype=object)
    if given.empty:
        return made
    try:
        points = gpd.GeoSeries.from_wkt(given, crs=4326).to_crs(crs)
    except (ValueError, ShapelyError) as error:
        raise TableError(f"entrances are no points as WKT ({str(error)[:80]})") from error
    made.loc[given.index] = points.to_wkt(rounding_precision=1)
    return made


def _grade_as_given(frame: pd.DataFrame, places: pd.DataFrame) -> None:
    """Grade coordinates that a property number or a name search gave as what they are."""
    if "given_precision" not in places.columns:
        return
    known = frame["precision"].eq("given") & places["given_precision"].notna()
    for ours, theirs in (
        ("precision", "given_precision"),
        ("error_radius", "given_radius"),
        ("matched_in", "given_source"),
    ):
        frame.loc[known, ours] = places.loc[known, theirs]


def _elsewhere(places: pd.DataFrame) -> list[str | None]:
    """Say which places have a reason of their own not to be on the map."""
    if "reason" not in places.columns:
        return [None] * len(places)
    return [why if isinstance(why, str) and why else None for why in places["reason"].tolist()]


def _to_grid(
    judged: Sequence[Judged],
) -> list[tuple[tuple[float, float] | None, tuple[float, float] | None]]:
    """Turn the degrees of points and second readings into grid metres, all at once."""
    from pyproj import Transformer

    degrees = [pair for row in judged for pair in (row.point, row.meant) if pair is not None]
    if not degrees:
        return [(None, None)] * len(judged)
    lon, lat = zip(*degrees, strict=True)
    to_grid = Transformer.from_crs(4326, CRS, always_xy=True)
    metres = iter(zip(*to_grid.transform(lon, lat), strict=True))
    return [
        (
            next(metres) if row.point is not None else None,
            next(metres) if row.meant is not None else None,
        )
        for row in judged
    ]


def _apart(point: tuple[float, float], found: Found) -> float:
    return math.hypot(point[0] - found.x, point[1] - found.y)


def _km(metres: float) -> str:
    return f"{metres / 1000:,.1f} km" if metres >= 1000 else f"{metres:,.0f} m"
