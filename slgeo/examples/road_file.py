"""The roads as an OpenStreetMap extract, with the places that are mapped on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from slgeo.examples.settlements import ISLAND, SMALL_TOWN, TOWN
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
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from slgeo.examples.model import District

    Floats = NDArray[np.float64]

_SQUARE = np.array([[-30.0, -22.0], [30.0, -22.0], [30.0, 22.0], [-30.0, 22.0]])
"""Corners of a park or pitch, metres from its middle."""

_PLACE: Final = {TOWN: "town", SMALL_TOWN: "town", ISLAND: "island"}

_RIVERS: Final = ("Alder", "Wend", "Tarrow", "Lode", "Sallow", "Merrin", "Brathe", "Ivel Water")

_RESTRICTIONS: Final = 5
"""Junctions at most where a turn is forbidden, to be counted by readers that do not apply it."""


def write_roads(made: District, path: Path) -> None:
    """
    Write roads, water, names and mapped places as ``.osm.pbf``.

    Ids, versions and dates are fixed, so that the bytes depend on the district alone. The ways
    that leave the extract name a node that is not in the file, as a clipped extract does.
    """
    import osmium

    header: Any = osmium.io.Header()
    header.set("generator", "slgeo example: an invented place")
    header.set("osmosis_replication_timestamp", EXTRACT_DATE)
    lon, lat = made.nation.degrees(*made.areas.get_coordinates().to_numpy().T)
    edges = [round(float(v), 4) for v in (lon.min(), lat.min(), lon.max(), lat.max())]
    header.add_box(osmium.osm.Box(*edges))
    with osmium.SimpleWriter(str(path), header=header) as out:
        _Writing(out, made).everything()


class _Writing:
    """One file being written: nodes first, then ways, then relations, with rising ids."""

    def __init__(self, out: Any, made: District) -> None:  # noqa: ANN401 - no published types
        self.out, self.made = out, made
        self.node = FIRST_NODE
        self.lines: list[tuple[list[int], dict[str, str]]] = []

    def everything(self) -> None:
        """Write the file."""
        streets = self.made.streets
        marked = dict.fromkeys(streets.signals.tolist(), SIGNALS)
        marked |= dict.fromkeys(streets.gates.tolist(), GATE)
        self._nodes(streets.x, streets.y, marked)
        self.node += len(streets.exits)  # the nodes beyond the border are not in the file
        self._names()
        self._venues()
        self._water()
        last = self._ways()
        for k, (nodes, tags) in enumerate(self.lines):
            self.out.add_way(_way(last + k, nodes, tags))
        self._restrictions()

    def _nodes(
        self, x: Floats, y: Floats, tags: Mapping[int, Mapping[str, str]] | None = None
    ) -> list[int]:
        """Write points, some of them tagged by position, and return their ids."""
        from osmium.osm.mutable import Node

        lon, lat = self.made.nation.degrees(x, y)
        first, tags = self.node, tags or {}
        for k, place in enumerate(zip(lon.tolist(), lat.tolist(), strict=True)):
            self.out.add_node(
                Node(
                    id=first + k,
                    location=place,
                    tags=tags.get(k),
                    version=1,
                    timestamp=EXTRACT_DATE,
                )
            )
        self.node += len(lon)
        return list(range(first, self.node))

    def _names(self) -> None:
        """Write the names of settlements."""
        places = self.made.settlements
        tags = {
            k: {"place": _PLACE.get(kind, "village"), "name": places.name[k]}
            for k, kind in enumerate(places.kind.tolist())
        }
        self._nodes(places.x, places.y, tags)

    def _venues(self) -> None:
        """Write mapped places: parks and pitches as outlines, the others as points."""
        rows = self.made.venues[self.made.venues["source"] == ROADS]
        for row in rows.to_dict("records"):
            key, value = row["tag"].split("=")
            tags = {key: value}
            if row["name"]:
                tags |= {"name": row["name"], "addr:postcode": row["postcode"]}
            spot = np.array([[row["x"], row["y"]]])
            if key in {"leisure", "landuse"} and value != "sports_centre":
                corners = spot + _SQUARE
                ids = self._nodes(corners[:, 0], corners[:, 1])
                self.lines.append(([*ids, ids[0]], tags))
            else:
                self._nodes(spot[:, 0], spot[:, 1], {0: tags})

    def _water(self) -> None:
        """Write rivers, the coast (land on its left, as is the custom) and the island's shore."""
        land = self.made.land
        for row in range(land.rows):
            line = land.river_line(row, step=60.0)
            name = f"River {_RIVERS[row]}" if row < len(_RIVERS) else ""
            tags = {"waterway": "river"} | ({"name": name} if name else {})
            self.lines.append((self._nodes(line[:, 0], line[:, 1]), tags))
        outline = land.outline(60.0)
        coast = outline[land.seaward(outline[:, 0])]  # anticlockwise, from south to north
        self.lines.append((self._nodes(coast[:, 0], coast[:, 1]), {"natural": "coastline"}))
        ids = self._nodes(*land.shore(60.0))
        self.lines.append(([*ids, ids[0]], {"natural": "coastline"}))

    def _ways(self) -> int:
        """Write roads and paths, and return the next free id."""
        streets, tagged = self.made.streets, kinds(self.made.streets)
        start, nodes = with_exits(streets)
        ends, refs = start.tolist(), (FIRST_NODE + nodes).tolist()
        leaving = tagged.tags[exit_kind(tagged)]
        for w in range(len(ends) - 1):
            tags = leaving
            if w < len(streets.kind):
                tags = dict(tagged.tags[tagged.of[w]])
                if streets.name[w]:
                    tags["name"] = streets.names[streets.name[w]]
            self.out.add_way(_way(FIRST_WAY + w, refs[ends[w] : ends[w + 1]], tags))
        return FIRST_WAY + len(ends) - 1

    def _restrictions(self) -> None:
        """Forbid a turn at some traffic lights."""
        from osmium.osm.mutable import Relation

        streets = self.made.streets
        tips = np.column_stack(
            [streets.nodes[streets.start[:-1]], streets.nodes[streets.start[1:] - 1]]
        )
        written = 0
        for via in streets.signals.tolist():
            meeting = np.flatnonzero((tips == via).any(axis=1))
            if len(meeting) < 2 or written == _RESTRICTIONS:
                continue
            written += 1
            members = [
                ("w", FIRST_WAY + int(meeting[0]), "from"),
                ("n", FIRST_NODE + via, "via"),
                ("w", FIRST_WAY + int(meeting[1]), "to"),
            ]
            tags = {"type": "restriction", "restriction": "no_left_turn"}
            self.out.add_relation(
                Relation(
                    id=FIRST_WAY + written,
                    members=members,
                    tags=tags,
                    version=1,
                    timestamp=EXTRACT_DATE,
                )
            )


def _way(number: int, nodes: list[int], tags: dict[str, str]) -> Any:  # noqa: ANN401 - as above
    import osmium

    return osmium.osm.mutable.Way(
        id=number, nodes=nodes, tags=tags, version=1, timestamp=EXTRACT_DATE
    )
