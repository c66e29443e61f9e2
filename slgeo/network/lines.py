"""
Roads from any layer of lines: one way a line, columns mapped to the tags that rules read.

A layer must be noded: lines join where they share an end. Where lines cross without being cut
there, :func:`node_lines` cuts them.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import numpy as np

from slgeo.errors import NetworkError
from slgeo.network.build import Ground, build_networks, profiles_for
from slgeo.network.roads import Roads

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    from slgeo.network.model import Network
    from slgeo.network.speeds import Speeds

TOGETHER: Final = 0.01
"""Line ends within a cell of this size, in units of the layer's CRS, are one node where the layer
names none: a centimetre in metres. Degrees are brought into metres first."""

LEAST_USABLE: Final = 0.9
"""Below this share of usable road a layer is reported as not noded, or as in pieces."""

Values = Mapping[str, Mapping[str, str]]


def read_lines(  # noqa: PLR0913 - how a layer of any shape is to be understood
    frame: gpd.GeoDataFrame,
    *,
    modes: Sequence[str],
    columns: Mapping[str, str] | None = None,
    values: Values | None = None,
    fill: Mapping[str, str] | None = None,
    ends: tuple[str, str] | None = None,
    seconds: str | None = None,
    speeds: str | Speeds | Mapping[str, str | Speeds] | None = None,
    crs: str = "EPSG:27700",
    hull: Polygon | MultiPolygon | None = None,
    source: str = "a layer of lines",
) -> dict[str, Network]:
    """
    Make networks from a layer of lines.

    Parameters
    ----------
    frame
        Lines with a CRS; rows without a line are counted and left out.
    modes
        Any of ``walk``, ``cycle``, ``drive``.
    columns
        OpenStreetMap key to the column that holds it, for example ``{"highway": "fclass",
        "oneway": "oneway"}``. Every key rules read may be given.
    values
        Words of the layer to words of OpenStreetMap, by key, for example
        ``{"oneway": {"F": "yes", "T": "-1", "B": "no"}}``; others are kept as they are.
    fill
        Tags where a column is absent or empty; ``highway=unclassified`` if nothing else.
    ends
        Columns with the ids of each line's first and last node. Without them, lines join where
        their ends are within a centimetre.
    seconds
        Column with the seconds a line takes, either way, used instead of speeds where present.
    speeds, crs, hull
        As in :func:`slgeo.network.osm.read_osm`.
    source
        Name of the layer, for the record.

    Returns
    -------
    dict of str to Network
        By mode.

    Raises
    ------
    NetworkError
        A column that is not there, no CRS, no lines, or no road open to a mode.

    Warns
    -----
    UserWarning
        Where a tenth of the length or more is not usable: the number of pieces, and what to do.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import LineString
    >>> from slgeo.network import read_lines
    >>> lanes = gpd.GeoDataFrame(
    ...     {"kind": ["B", "minor"]},
    ...     geometry=[LineString([(0, 0), (500, 0)]), LineString([(500, 0), (500, 300)])],
    ...     crs="EPSG:27700",
    ... )
    >>> words = {"highway": {"B": "secondary", "minor": "unclassified"}}
    >>> read_lines(lanes, modes=["drive"], columns={"highway": "kind"}, values=words)["drive"]
    <Network drive (dft_am): 3 nodes, 2 edges, 1 km, 2 exits, EPSG:27700>
    """
    roads = roads_from_lines(
        frame, columns=columns, values=values, fill=fill, ends=ends, seconds=seconds, source=source
    )
    return report_pieces(
        dict(build_networks(roads, profiles_for(modes, speeds), Ground(crs=crs, hull=hull))), source
    )


def roads_from_lines(
    frame: gpd.GeoDataFrame,
    *,
    columns: Mapping[str, str] | None = None,
    values: Values | None = None,
    fill: Mapping[str, str] | None = None,
    ends: tuple[str, str] | None = None,
    seconds: str | None = None,
    source: str = "a layer of lines",
) -> Roads:
    """
    Bring a layer of lines into the form all networks are made from.

    Parameters
    ----------
    frame, columns, values, fill, ends, seconds, source
        As in :func:`read_lines`.

    Returns
    -------
    Roads
        One way a line, numbered from 0 in the order of the layer; its parts share the number.
    """
    import shapely

    columns = dict(columns or {})
    wanted = {*columns.values(), *(ends or ()), *({seconds} if seconds else ())}
    absent = sorted(wanted - set(frame.columns))
    if absent:
        have = ", ".join(map(str, frame.columns))
        raise NetworkError(f"{source}: no column {', '.join(map(repr, absent))}; there are {have}")
    if frame.crs is None:
        raise NetworkError(f"{source} has no CRS: set the one its coordinates are in")
    if not frame.crs.is_projected:
        frame = frame.to_crs(frame.estimate_utm_crs()) if len(frame) else frame
    shapes = shapely.force_2d(frame.geometry.to_numpy())
    lines, row = shapely.get_parts(shapes, return_index=True)
    proper = (shapely.get_type_id(lines) == 1) & ~shapely.is_empty(lines)
    lines, row = lines[proper], row[proper]
    if len(lines) == 0:
        raise NetworkError(f"{source} holds no lines: {len(frame):,} rows were read")
    corners, line = shapely.get_coordinates(lines, return_index=True)
    node, node_count = _nodes(corners, line, _named_ends(frame, ends, row))
    x, y = np.full(node_count, np.nan), np.full(node_count, np.nan)
    # the first place of a node is its place: ids, not coordinates, say what joins
    x[node[::-1]], y[node[::-1]] = corners[::-1, 0], corners[::-1, 1]
    kinds, kind = _kinds(frame, columns, values or {}, fill or {})
    return Roads(
        way_id=row.astype(np.int64),
        start=np.searchsorted(line, np.arange(len(lines) + 1)).astype(np.int64),
        node=node,
        kind=kind[row],
        kinds=kinds,
        node_id=np.arange(node_count, dtype=np.int64),
        x=x,
        y=y,
        crs=str(frame.crs),
        barriers={},
        counts={"lines": len(lines), "rows without a line": len(frame) - len(np.unique(row))},
        provenance={"file": source},
        stated=_stated(frame, seconds, lines, row),
    )


def node_lines(frame: gpd.GeoDataFrame, *, level: str | None = None) -> gpd.GeoDataFrame:
    """
    Cut lines where they cross, so that they join there.

    Parameters
    ----------
    frame
        Lines in a projected CRS.
    level
        Column that tells bridges and tunnels from the ground: lines of different levels are not
        cut by one another, and join at shared ends only. Without it a bridge becomes a junction.

    Returns
    -------
    gpd.GeoDataFrame
        More and shorter lines with the columns of the line each was cut from. Where lines lie on
        one another one is kept.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import LineString
    >>> from slgeo.network import node_lines
    >>> cross = gpd.GeoSeries([LineString([(0, 5), (10, 5)]), LineString([(5, 0), (5, 10)])])
    >>> len(node_lines(gpd.GeoDataFrame(geometry=cross, crs="EPSG:27700")))
    4
    """
    import geopandas as gpd
    import pandas as pd
    import shapely

    if level is not None and level not in frame.columns:
        raise NetworkError(f"no column {level!r} to tell levels by")
    if frame.empty:
        return frame.copy()
    storeys = [frame] if level is None else [part for _, part in frame.groupby(level, dropna=False)]
    cut = []
    for storey in storeys:
        lines = storey.geometry.to_numpy()
        pieces = shapely.get_parts(shapely.node(shapely.union_all(lines)))
        # half-way along, a piece lies on the line it was cut from and on no other
        middle = shapely.line_interpolate_point(pieces, 0.5, normalized=True)
        piece, parent = shapely.STRtree(lines).query_nearest(middle, all_matches=False)
        rows = storey.iloc[parent].set_geometry(pieces[piece], crs=frame.crs)
        cut.append(rows)
    return gpd.GeoDataFrame(pd.concat(cut, ignore_index=True), crs=frame.crs)


def report_pieces(networks: dict[str, Network], source: str) -> dict[str, Network]:
    """
    Warn where much of a layer does not hang together; return the networks as they came.

    Warns
    -----
    UserWarning
        With the number of pieces and the share of length that is usable.
    """
    for network in networks.values():
        whole = float(network.length.sum(dtype=float))
        share = float(network.length[network.usable].sum(dtype=float)) / whole if whole else 1.0
        if share < LEAST_USABLE:
            warnings.warn(
                f"{source}: {network.mode} roads fall into {network.component.max() + 1:,} pieces, "
                f"and only {share:.0%} of their length hangs together. If lines cross without "
                "being cut there, cut them with slgeo.network.node_lines",
                stacklevel=3,
            )
    return networks


def _named_ends(
    frame: gpd.GeoDataFrame, ends: tuple[str, str] | None, row: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]] | None:
    """Give the ids of first and last nodes numbers; None where the layer names none."""
    import pandas as pd

    if ends is None:
        return None
    first, last = (frame[column] for column in ends)
    if first.isna().any() or last.isna().any():
        raise NetworkError(f"columns {ends[0]!r} and {ends[1]!r} must name a node in every row")
    if len(row) != len(np.unique(row)):
        raise NetworkError("lines in several parts cannot have their nodes named: explode them")
    codes = pd.factorize(pd.concat([first, last]).astype(str))[0]
    return codes[: len(frame)][row], codes[len(frame) :][row]


def _nodes(
    corners: NDArray[np.float64],
    line: NDArray[np.int64],
    named: tuple[NDArray[np.int64], NDArray[np.int64]] | None,
) -> tuple[NDArray[np.int32], int]:
    """Give the corners of lines numbers: shared where ends join, one each along the way."""
    first = np.flatnonzero(np.diff(line, prepend=-1))
    last = np.append(first[1:], len(line)) - 1
    if named is None:
        end = np.concatenate([first, last])
        cells = np.rint(corners[end] / TOGETHER).astype(np.int64)
        joined = np.unique(cells, axis=0, return_inverse=True)[1].ravel()
        named = joined[: len(first)], joined[len(first) :]
    shared = int(max(named[0].max(), named[1].max())) + 1
    node = np.full(len(line), -1, np.int64)
    node[first], node[last] = named
    inner = node < 0
    node[inner] = shared + np.arange(int(inner.sum()))
    used, node = np.unique(node, return_inverse=True)
    return node.astype(np.int32), len(used)


def _kinds(
    frame: gpd.GeoDataFrame,
    columns: Mapping[str, str],
    values: Values,
    fill: Mapping[str, str],
) -> tuple[tuple[dict[str, str], ...], NDArray[np.int32]]:
    """Turn columns into tags: the combinations there are, and which one each row has."""
    import pandas as pd

    tags = pd.DataFrame(index=range(len(frame)))
    for key, column in columns.items():
        words = frame[column].reset_index(drop=True)
        text = words.astype("string").str.strip()
        tags[key] = text.replace(dict(values.get(key, {}))).where(text.notna() & (text != ""))
    for key, word in {"highway": "unclassified", **fill}.items():
        tags[key] = tags[key].fillna(word) if key in tags else word
    group = tags.groupby(list(tags.columns), dropna=False, sort=False)
    number = np.asarray(group.ngroup(), np.int32)
    firsts = tags.iloc[np.unique(number, return_index=True)[1]]
    kinds = tuple(
        {str(key): str(word) for key, word in each.items() if not pd.isna(word)}
        for each in firsts.to_dict("records")
    )
    return kinds, number


def _stated(
    frame: gpd.GeoDataFrame,
    seconds: str | None,
    lines: NDArray[np.object_],
    row: NDArray[np.int64],
) -> NDArray[np.float64] | None:
    """Share the seconds a row states over its parts, in milliseconds each way."""
    import pandas as pd
    import shapely

    if seconds is None:
        return None
    whole = pd.to_numeric(frame[seconds], errors="coerce").to_numpy(float)
    if (whole < 0).any():
        raise NetworkError(f"column {seconds!r} has negative seconds")
    metres = shapely.length(lines)
    total = np.bincount(row, metres, minlength=len(frame))[row]
    share = np.divide(metres, total, out=np.ones_like(metres), where=total > 0)
    each = whole[row] * share * 1000.0
    return np.column_stack([each, each])
