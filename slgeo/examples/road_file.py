"""The roads as an OpenStreetMap extract, with the places that are mapped on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from slgeo.examples.model import degrees
from slgeo.examples.tagged import (
    EXTRACT_DATE,
    FIRST_NODE,
    FIRST_WAY,
    GATE,
    SIGNALS,
    exit_kind,
    kinds,
    with_exits,
)
from slgeo.examples.venues import ROADS

if TYPE_CHECKING:
    from pathlib import Path

    from slgeo.examples.model import District

_SQUARE = np.array([[-30.0, -22.0], [30.0, -22.0], [30.0, 22.0], [-30.0, 22.0]])
"""Corners of a park or pitch, metres from its middle."""


def write_roads(made: District, path: Path) -> None:
    """
    Write roads, gates and mapped places as ``.osm.pbf``.

    Ids, versions and dates are fixed, so that the bytes depend on the district alone. The ways
    that leave the extract name a node that is not in the file, as a clipped extract does.
    """
    import osmium

    header: Any = osmium.io.Header()
    header.set("generator", "slgeo example: an invented place")
    header.set("osmosis_replication_timestamp", EXTRACT_DATE)
    west, south, east, north = (float(v) for v in made.areas.to_crs("EPSG:4326").total_bounds)
    header.add_box(osmium.osm.Box(round(west, 4), round(south, 4), round(east, 4), round(north, 4)))
    with osmium.SimpleWriter(str(path), header=header) as out:
        first = FIRST_NODE + len(made.streets.x) + len(made.streets.exits)
        _write_nodes(out, made)
        outlines = _write_places(out, made, first)
        way = _write_ways(out, made)
        for k, (corners, tags) in enumerate(outlines):
            out.add_way(_way(way + k, [*corners, corners[0]], tags))


def _write_nodes(out: Any, made: District) -> None:  # noqa: ANN401 - osmium publishes no types
    import osmium

    streets = made.streets
    lon, lat = degrees(streets.x, streets.y)
    marked = dict.fromkeys(streets.signals.tolist(), SIGNALS)
    marked |= dict.fromkeys(streets.gates.tolist(), GATE)
    for k, place in enumerate(zip(lon.tolist(), lat.tolist(), strict=True)):
        out.add_node(
            osmium.osm.mutable.Node(
                id=FIRST_NODE + k,
                location=place,
                tags=marked.get(k),
                version=1,
                timestamp=EXTRACT_DATE,
            )
        )


def _write_places(out: Any, made: District, first: int) -> list[tuple[list[int], dict[str, str]]]:  # noqa: ANN401 - as above
    """Write mapped places: green ones as outlines, which are returned, the others as nodes."""
    import osmium

    rows = made.venues[made.venues["source"] == ROADS]
    outlines = []
    for row in rows.to_dict("records"):
        key, value = row["tag"].split("=")
        tags = {key: value}
        if row["name"]:
            tags |= {"name": row["name"], "addr:postcode": row["postcode"]}
        flat = key in {"leisure", "landuse"} and value != "sports_centre"
        corners = np.array([[row["x"], row["y"]]]) + (_SQUARE if flat else 0)
        lon, lat = degrees(corners[:, 0], corners[:, 1])
        for place in zip(lon.tolist(), lat.tolist(), strict=True):
            out.add_node(
                osmium.osm.mutable.Node(
                    id=first,
                    location=place,
                    tags=None if flat else tags,
                    version=1,
                    timestamp=EXTRACT_DATE,
                )
            )
            first += 1
        if flat:
            outlines.append((list(range(first - 4, first)), tags))
    return outlines


def _write_ways(out: Any, made: District) -> int:  # noqa: ANN401 - as above
    streets, tagged = made.streets, kinds(made.streets)
    start, nodes = with_exits(streets)
    ends, refs = start.tolist(), (FIRST_NODE + nodes).tolist()
    leaving = tagged.tags[exit_kind(tagged)]
    for w in range(len(ends) - 1):
        if w < len(streets.kind):
            tags = dict(tagged.tags[tagged.of[w]])
            name = streets.names[streets.name[w]]
            if name:
                tags["name"] = name
        else:
            tags = leaving
        out.add_way(_way(FIRST_WAY + w, refs[ends[w] : ends[w + 1]], tags))
    return FIRST_WAY + len(ends) - 1


def _way(number: int, nodes: list[int], tags: dict[str, str]) -> Any:  # noqa: ANN401 - as above
    import osmium

    return osmium.osm.mutable.Way(
        id=number, nodes=nodes, tags=tags, version=1, timestamp=EXTRACT_DATE
    )
