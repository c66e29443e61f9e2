"""Small OpenStreetMap files with known answers."""

from xml.sax.saxutils import quoteattr

import numpy as np
import pytest
import shapely
from pyproj import Transformer

from slgeo.errors import NetworkError, SourceError
from slgeo.network import Network, changed, read_osm
from slgeo.network.times import minutes_of

EAST, NORTH = 487_000.0, 308_000.0
DEGREES = Transformer.from_crs("EPSG:27700", "EPSG:4326", always_xy=True)


def tagged(name, attributes, inner, tags):
    words = " ".join(f"{key}={quoteattr(str(value))}" for key, value in attributes.items())
    notes = "".join(f"<tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in tags.items())
    return f"<{name} version='1' {words}>{inner}{notes}</{name}>"


def write(path, nodes, ways, *, missing=(), barriers=None):
    """Write roads as OSM XML: nodes {id: (metres east, metres north)}, ways {id: (nodes, tags)}."""
    barriers = barriers or {}
    things = []
    for node, (x, y) in sorted(nodes.items()):
        if node in missing:
            continue
        lon, lat = (0, 0) if x is None else DEGREES.transform(EAST + x, NORTH + y)
        where = {"id": node, "lon": f"{lon:.7f}", "lat": f"{lat:.7f}"}
        things.append(tagged("node", where, "", barriers.get(node, {})))
    for way, (refs, tags) in ways.items():
        inner = "".join(f"<nd ref='{ref}'/>" for ref in refs)
        things.append(tagged("way", {"id": way}, inner, tags))
    path.write_text(f"<osm version='0.6'>{''.join(things)}</osm>", "utf-8")
    return path


def read(path, mode, **options):
    return read_osm(path, modes=[mode], **options)[mode]


def edges(network):
    """Edges by OSM node ids: (tail, head) -> (seconds along, seconds against)."""
    ids = network.node_id
    return {
        (int(ids[t]), int(ids[h])): (f / 1000 if f >= 0 else None, b / 1000 if b >= 0 else None)
        for t, h, f, b in zip(
            network.tail, network.head, network.forward, network.backward, strict=True
        )
    }


STREET = {1: (0, 0), 2: (100, 0), 3: (300, 0)}
RESIDENTIAL = {"highway": "residential"}


def test_every_pair_of_neighbouring_nodes_is_an_edge(tmp_path):
    file = write(tmp_path / "a.osm", STREET, {10: ([1, 2, 3], RESIDENTIAL)})

    network = read(file, "walk")

    assert list(network.node_id) == [1, 2, 3]
    assert network.length == pytest.approx([100, 200], abs=0.03)
    assert edges(network) == {
        (1, 2): pytest.approx((75, 75), abs=0.03),
        (2, 3): pytest.approx((150, 150), abs=0.03),
    }
    assert list(network.way) == [10, 10]
    assert network.classes == ("residential",)
    assert (network.component == 0).all()


def test_one_pass_reads_every_mode(tmp_path):
    ways = {
        10: ([1, 2], {**RESIDENTIAL, "oneway": "yes"}),
        11: ([2, 3], {"highway": "footway"}),
        12: ([2, 1], RESIDENTIAL),
    }
    networks = read_osm(write(tmp_path / "a.osm", STREET, ways), modes=["drive", "walk", "cycle"])

    assert list(networks) == ["drive", "walk", "cycle"]
    assert networks["walk"].edges == 3
    assert networks["drive"].edges == 2
    assert networks["drive"].left_out == {
        "no road for drive: footway": pytest.approx(0.2, abs=1e-3)
    }
    assert edges(networks["drive"])[(1, 2)][1] is None


def test_a_way_is_cut_where_a_position_is_missing_and_the_road_leaves_there(tmp_path):
    nodes = {**STREET, 4: (400, 0), 5: (500, 0), 6: (None, None)}
    ways = {
        10: ([1, 2, 3, 4, 5], RESIDENTIAL),
        11: ([2, 6], RESIDENTIAL),
        12: ([1, 2], RESIDENTIAL),
    }
    file = write(tmp_path / "a.osm", nodes, ways, missing=[4])

    network = read(file, "walk")

    assert set(edges(network)) == {(1, 2), (2, 3)}
    assert {int(i) for i in network.node_id[network.exits]} == {2, 3}
    assert network.counts["ways cut where the extract ends"] == 2
    assert network.counts["nodes without a position"] == 2


def test_within_cuts_roads_like_an_extract_does(tmp_path):
    box = shapely.box(EAST - 10, NORTH - 10, EAST + 150, NORTH + 10)
    file = write(tmp_path / "a.osm", STREET, {10: ([1, 2, 3], RESIDENTIAL)})

    network = read(file, "walk", within=box)

    assert set(edges(network)) == {(1, 2)}
    assert [int(i) for i in network.node_id[network.exits]] == [2]
    assert network.hull.equals(box)


def test_a_road_that_is_known_to_end_is_no_exit(tmp_path):
    lane = {"highway": "unclassified"}
    for known in ({"noexit": "yes"}, {"highway": "turning_circle"}, {}):
        file = write(
            tmp_path / "a.osm", STREET, {10: ([1, 2, 3], lane)}, barriers={1: known, 3: known}
        )

        assert len(read(file, "drive").exits) == (0 if known else 2)


def test_a_bollard_leaves_both_sides_and_no_way_through(tmp_path):
    file = write(
        tmp_path / "a.osm",
        STREET,
        {10: ([1, 2, 3], RESIDENTIAL)},
        barriers={2: {"barrier": "bollard"}},
    )

    drive, walk = (read_osm(file, modes=["drive", "walk"])[mode] for mode in ("drive", "walk"))

    assert list(drive.node_id) == [1, 3, 2, 2]
    assert drive.component.max() == 1
    assert drive.counts["barriers that close a road"] == 1
    assert walk.nodes == 3


def test_a_barrier_on_a_junction_closes_the_ways_that_end_there(tmp_path):
    nodes = {**STREET, 4: (100, 100)}
    ways = {10: ([1, 2, 3], RESIDENTIAL), 11: ([2, 4], {"highway": "service"})}
    file = write(tmp_path / "a.osm", nodes, ways, barriers={2: {"barrier": "bollard"}})

    network = read(file, "drive")

    main = {int(i) for i in network.node_id[network.component == 0]}
    assert main == {1, 2, 3}
    assert network.component.max() == 1


def test_where_a_street_is_cut_in_two_ways_the_gate_belongs_to_the_drive(tmp_path):
    nodes = {**STREET, 4: (100, 100)}
    street = {"highway": "tertiary"}
    ways = {10: ([1, 2], street), 11: ([2, 3], street), 12: ([2, 4], {"highway": "service"})}
    gate = {"barrier": "gate", "access": "private"}
    file = write(tmp_path / "a.osm", nodes, ways, barriers={2: gate})

    network = read(file, "drive")

    ends = network.way[network.ends_only].tolist()
    assert ends == [12]
    same = write(
        tmp_path / "b.osm", nodes, {10: ([1, 2], street), 11: ([2, 3], street)}, barriers={2: gate}
    )
    assert read(same, "drive").ends_only.all()


def test_what_lies_behind_a_gate_is_for_the_ends_of_trips(tmp_path):
    nodes = {**STREET, 4: (100, 50), 5: (100, 100), 6: (200, 100), 7: (300, 100)}
    ways = {
        10: ([1, 2, 3], RESIDENTIAL),
        11: ([2, 4, 5], {"highway": "service"}),
        12: ([5, 6], {"highway": "service"}),
        13: ([1, 3], RESIDENTIAL),
        14: ([6, 7], {"highway": "track", "access": "no"}),
    }
    file = write(tmp_path / "a.osm", nodes, ways, barriers={4: {"barrier": "gate"}})

    network = read(file, "drive")

    ids = network.node_id
    ends = {
        (int(ids[t]), int(ids[h]))
        for t, h, only in zip(network.tail, network.head, network.ends_only, strict=True)
        if only
    }
    assert ends == {(2, 4), (4, 5), (5, 6)}
    assert (network.component == 0).all()
    assert network.left_out == {"closed by its tags": pytest.approx(0.1, abs=1e-3)}


def test_a_ferry_takes_its_stated_time_and_the_wait_to_board(tmp_path):
    """Two crossings of 1 km: one states 12 minutes, the other is run at 25 mph."""
    nodes = {1: (0, 0), 2: (100, 0), 3: (600, 0), 4: (1100, 0), 5: (1200, 0), 6: (100, 100)}
    nodes |= {7: (1100, 100)}
    ways = {
        10: ([1, 2, 6], RESIDENTIAL),
        11: ([2, 3, 4], {"route": "ferry", "duration": "00:12"}),
        12: ([4, 5, 7, 4], RESIDENTIAL),
        13: ([6, 7], {"route": "ferry"}),
    }
    file = write(tmp_path / "a.osm", nodes, ways)

    network = read(file, "walk")

    found = edges(network)
    assert found[(2, 3)] == pytest.approx((600 + 360, 360), abs=0.1)
    assert found[(3, 4)] == pytest.approx((360, 600 + 360), abs=0.1)
    assert found[(6, 7)] == pytest.approx((600 + 89.5, 600 + 89.5), abs=0.1)
    assert (network.component == 0).all()
    ferry = network.road_class == network.classes.index("ferry")
    assert not network.snappable[ferry].any()
    with pytest.raises(NetworkError, match="speeds 'dft_am' are for drive"):
        read(file, "walk", speeds="dft_am")
    free = changed("walk", name="no wait", boarding_minutes=0.0)
    assert edges(read(file, "walk", speeds=free))[(2, 3)] == pytest.approx((360, 360), abs=0.1)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("00:12", 12),
        ("1:05", 65),
        ("01:30:30", 90.5),
        ("PT1H30M", 90),
        ("PT45M", 45),
        ("P1DT1H", 1500),
        ("20", 20),
        ("00:00", None),
        ("soon", None),
        ("", None),
        ("PT", None),
        ("9" * 40, None),
    ],
)
def test_durations_of_crossings(text, minutes):
    assert minutes_of(text) == minutes


def test_milliseconds_are_right_along_a_way_of_a_thousand_pieces(tmp_path):
    """Each piece takes x.5 ms or so: rounding piece by piece would be half a second out."""
    count = 1000
    nodes = {i: (i * 0.7, 0.0) for i in range(1, count + 2)}
    file = write(tmp_path / "a.osm", nodes, {10: (list(nodes), RESIDENTIAL)})

    network = read(file, "walk")

    exact = float(network.length.sum(dtype=float)) * 3600 / 4.8
    assert abs(int(network.forward.sum()) - exact) <= 1.0
    part = float(network.length[100:733].sum(dtype=float)) * 3600 / 4.8
    assert abs(int(network.forward[100:733].sum()) - part) <= 1.1


def test_duplicate_coordinates_loops_and_parallel_roads_are_legal(tmp_path):
    nodes = {**STREET, 4: (100, 0)}
    ways = {
        10: ([1, 2, 4, 3], RESIDENTIAL),
        11: ([1, 2], RESIDENTIAL),
        12: ([2, 2], RESIDENTIAL),
        13: ([3], RESIDENTIAL),
    }

    network = read(write(tmp_path / "a.osm", nodes, ways), "walk")

    assert network.edges == 5
    assert edges(network)[(2, 4)] == (0, 0)
    assert edges(network)[(2, 2)] == (0, 0)


def test_bicycles_are_pushed_at_walking_speed(tmp_path):
    ways = {10: ([1, 2], {"highway": "footway", "bicycle": "dismount"}), 11: ([2, 3], RESIDENTIAL)}

    found = edges(read(write(tmp_path / "a.osm", STREET, ways), "cycle"))

    assert found[(1, 2)][0] == pytest.approx(75, abs=0.03)
    assert found[(2, 3)][0] == pytest.approx(45, abs=0.03)


def test_a_profile_without_steps_leaves_them_out_and_says_so(tmp_path):
    ways = {10: ([1, 2], {"highway": "steps"}), 11: ([2, 3], RESIDENTIAL)}

    network = read(write(tmp_path / "a.osm", STREET, ways), "walk", speeds="walk_step_free")

    assert set(edges(network)) == {(2, 3)}
    assert list(network.left_out) == ["steps: left out by walk_step_free"]


def test_the_record_names_file_hash_licence_and_speeds(tmp_path):
    network = read(write(tmp_path / "a.osm", STREET, {10: ([1, 2, 3], RESIDENTIAL)}), "walk")

    assert network.provenance["file"] == "a.osm"
    assert len(network.provenance["sha256"]) == 64
    assert "ODbL" in network.provenance["licence"]
    assert "Journey Time" in network.provenance["speeds"]


def test_one_profile_for_several_modes_serves_the_mode_it_is_for(tmp_path):
    file = write(tmp_path / "a.osm", STREET, {10: ([1, 2, 3], RESIDENTIAL)})

    networks = read_osm(file, modes=["walk", "drive"], speeds="osm_gb_legal")
    each = read_osm(file, modes=["walk", "drive"], speeds={"walk": "walk_older_adult"})

    assert [n.speeds for n in networks.values()] == ["walk", "osm_gb_legal"]
    assert [n.speeds for n in each.values()] == ["walk_older_adult", "dft_am"]
    assert networks["drive"].counts["edges whose speed limit is assumed"] == 2


def test_speeds_for_no_mode_that_was_asked_are_refused(tmp_path):
    file = write(tmp_path / "a.osm", STREET, {10: ([1, 2, 3], RESIDENTIAL)})

    with pytest.raises(NetworkError, match="'osm_gb_legal' are for drive"):
        read_osm(file, modes=["walk", "cycle"], speeds="osm_gb_legal")
    with pytest.raises(NetworkError, match="no speeds 'quick'"):
        read_osm(file, modes=["walk", "cycle"], speeds="quick")
    with pytest.raises(NetworkError, match="speeds for 'drive'"):
        read_osm(file, modes=["walk"], speeds={"drive": "dft_am"})


def test_no_mode_and_an_unknown_mode_are_refused(tmp_path):
    file = write(tmp_path / "a.osm", STREET, {10: ([1, 2, 3], RESIDENTIAL)})

    with pytest.raises(NetworkError, match="no mode 'fly'"):
        read_osm(file, modes=["fly"])
    with pytest.raises(NetworkError, match="no modes asked for"):
        read_osm(file, modes=[])


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.osm.pbf", b"", "is empty"),
        ("a.osm.pbf", b"this is no pbf at all, but text", "cannot be read"),
        ("a.txt", b"text", "cannot be read"),
        ("a.osm", b"<osm version='0.6'><node id='1'", "cannot be read"),
        ("a.osm", b"<html></html>", "cannot be read"),
        (
            "a.osm",
            b"<!DOCTYPE x [<!ENTITY a 'b'>]><osm version='0.6'><node id='1'>&a;</node></osm>",
            "cannot be read",
        ),
    ],
)
def test_files_that_are_no_extract_are_refused_in_one_line(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)

    with pytest.raises(SourceError, match=message) as caught:
        read_osm(tmp_path / name, modes=["walk"])

    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


def test_missing_files_and_folders_are_refused(tmp_path):
    with pytest.raises(SourceError, match="does not exist"):
        read_osm(tmp_path / "none.osm.pbf", modes=["walk"])
    with pytest.raises(SourceError, match="is a folder"):
        read_osm(tmp_path, modes=["walk"])


def test_an_extract_without_roads_or_without_positions_says_so(tmp_path):
    nothing = write(tmp_path / "a.osm", STREET, {})
    rivers = write(tmp_path / "b.osm", STREET, {10: ([1, 2], {"waterway": "river"})})
    paths = write(tmp_path / "c.osm", STREET, {10: ([1, 2], {"highway": "footway"})})
    lost = write(tmp_path / "d.osm", STREET, {10: ([1, 2], RESIDENTIAL)}, missing=[1, 2, 3])

    for file in (nothing, rivers):
        with pytest.raises(NetworkError, match="holds no roads"):
            read_osm(file, modes=["walk"])
    with pytest.raises(NetworkError, match="no road open to drive: 1 ways were read"):
        read_osm(paths, modes=["drive"])
    with pytest.raises(SourceError, match="positions of its nodes"):
        read_osm(lost, modes=["walk"])


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:0", "metres", "EPSG:2277"])
def test_a_crs_that_is_not_in_metres_is_refused(tmp_path, crs):
    file = write(tmp_path / "a.osm", STREET, {10: ([1, 2, 3], RESIDENTIAL)})

    with pytest.raises(NetworkError, match="EPSG:27700"):
        read_osm(file, modes=["walk"], crs=crs)


def test_from_osm_reads_one_mode(tmp_path):
    file = write(tmp_path / "a.osm", STREET, {10: ([1, 2, 3], RESIDENTIAL)})

    network = Network.from_osm(file, mode="cycle")

    assert network.mode == "cycle"
    assert np.array_equal(network.length, read(file, "cycle").length)
    assert "2 edges" in repr(network)
