"""Roads from layers of lines and from OS Open Roads, on layers small enough to draw."""

import warnings

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely import LineString, MultiLineString, Point

from slgeo.errors import NetworkError, SourceError
from slgeo.network import node_lines, read_lines, read_open_roads
from slgeo.network.open_roads import roads_from_open_roads


def layer(lines, crs="EPSG:27700", **columns):
    return gpd.GeoDataFrame(columns, geometry=list(lines), crs=crs)


BENT = LineString([(0, 0), (300, 0), (300, 400)])
ON = LineString([(300, 400), (300, 500)])


def one(frame, mode="drive", **options):
    return read_lines(frame, modes=[mode], **options)[mode]


def test_lines_join_where_they_share_an_end_and_bends_are_cut():
    network = one(layer([BENT, ON]))

    assert (network.nodes, network.edges) == (4, 3)
    assert network.length.sum() == 800
    assert (network.component == 0).all()
    assert network.classes == ("unclassified",)
    assert list(network.way) == [0, 0, 1]


def test_ends_within_a_centimetre_are_one():
    near = LineString([(300.001, 399.999), (300, 500)])
    apart = LineString([(300.2, 400), (300, 500)])

    assert one(layer([BENT, near])).nodes == 4
    with pytest.warns(UserWarning, match="fall into 2 pieces"):
        assert one(layer([BENT, apart])).nodes == 5


def test_named_ends_decide_what_joins_and_places_do_not():
    """A bridge and the road under it meet in place and not in name."""
    over = LineString([(0, 100), (100, 100)])
    under = LineString([(100, 100), (100, 0)])
    frame = layer([over, under], a=["1", "2b"], b=["2a", "3"])

    with pytest.warns(UserWarning, match="fall into 2 pieces"):
        assert one(frame, ends=("a", "b")).nodes == 4
    assert one(frame).nodes == 3


def test_columns_become_tags_and_words_are_translated():
    frame = layer(
        [BENT, ON, LineString([(0, 0), (0, 9)])], kind=["A", None, "B"], dir=["F", "B", "T"]
    )
    words = {"highway": {"A": "primary", "B": "secondary"}, "oneway": {"F": "yes", "T": "-1"}}
    with pytest.warns(UserWarning, match="hangs together"):
        network = one(
            frame,
            columns={"highway": "kind", "oneway": "dir"},
            values=words,
            fill={"highway": "residential"},
        )

    names = [network.classes[each] for each in network.road_class]
    assert names == ["primary", "primary", "residential", "secondary"]
    assert (network.forward >= 0).tolist() == [True, True, True, False]
    assert (network.backward >= 0).tolist() == [False, False, True, True]


def test_stated_seconds_are_shared_along_the_line():
    network = one(layer([BENT, ON], s=[70.0, None]), seconds="s")

    assert network.forward.tolist() == [30_000, 40_000, pytest.approx(100 * 3600 / 18.3, abs=1)]
    assert network.backward.tolist()[:2] == [30_000, 40_000]


def test_several_parts_of_a_row_share_its_number_and_its_seconds():
    both = MultiLineString([[(0, 0), (30, 0)], [(30, 0), (30, 10)]])
    network = one(layer([both], s=[8.0]), seconds="s")

    assert network.way.tolist() == [0, 0]
    assert network.forward.tolist() == [6000, 2000]


def test_rows_without_a_line_are_counted():
    network = one(layer([BENT, None, LineString(), Point(0, 0)]))

    assert network.counts["lines"] == 1
    assert network.counts["rows without a line"] == 3


def test_heights_are_left_aside_and_degrees_become_metres():
    high = LineString([(-0.70, 52.67, 5), (-0.70, 52.68, 9)])
    network = one(layer([high], crs="EPSG:4326"))

    assert network.length.sum() == pytest.approx(1112.7, abs=2)
    assert 480_000 < network.x[0] < 500_000


def test_what_is_missing_is_named():
    with pytest.raises(NetworkError, match="no column 'kind', 'slow'; there are geometry"):
        one(layer([BENT]), columns={"highway": "kind"}, seconds="slow")
    with pytest.raises(NetworkError, match="has no CRS"):
        one(layer([BENT], crs=None))
    with pytest.raises(NetworkError, match="holds no lines: 1 rows"):
        one(layer([Point(0, 0)]))
    with pytest.raises(NetworkError, match="must name a node in every row"):
        one(layer([BENT], a=[None], b=["x"]), ends=("a", "b"))
    with pytest.raises(NetworkError, match="negative seconds"):
        one(layer([BENT], s=[-1.0]), seconds="s")


def crossing():
    """Two roads that cross without being cut, and a third on a bridge over both."""
    lines = [
        LineString([(0, 50), (100, 50)]),
        LineString([(50, 0), (50, 100)]),
        LineString([(0, 40), (100, 60)]),
    ]
    return layer(lines, name=["a", "b", "bridge"], level=[0, 0, 1])


def test_a_layer_that_is_not_noded_says_so_and_can_be_noded():
    ground = crossing().iloc[:2]
    with pytest.warns(UserWarning, match=r"fall into 2 pieces.*node_lines"):
        one(ground)

    cut = node_lines(ground)

    assert sorted(cut.name) == ["a", "a", "b", "b"]
    assert one(cut).nodes == 5
    assert cut.length.sum() == pytest.approx(ground.length.sum())


def test_levels_are_not_cut_by_one_another():
    cut = node_lines(crossing(), level="level")

    assert cut.name.value_counts().to_dict() == {"a": 2, "b": 2, "bridge": 1}
    assert len(node_lines(crossing())) > 5
    with pytest.raises(NetworkError, match="no column 'floor'"):
        node_lines(crossing(), level="floor")


def test_noding_nothing_gives_nothing():
    assert len(node_lines(crossing().iloc[:0])) == 0


LINKS = {
    "id": ["1", "2", "3", "4", "5", "6"],
    "road_classification": [
        "A Road",
        "Motorway",
        "B Road",
        "Unclassified",
        "Not Classified",
        "A Road",
    ],
    "road_function": [
        "A Road",
        "Motorway",
        "B Road",
        "Local Road",
        "Restricted Local Access Road",
        "A Road",
    ],
    "form_of_way": [
        "Dual Carriageway",
        "Slip Road",
        "Roundabout",
        "Single Carriageway",
        "Track",
        "Single Carriageway",
    ],
    "trunk_road": [True, False, False, False, False, False],
    "start_node": ["a", "b", "c", "d", "e", "b"],
    "end_node": ["b", "c", "d", "e", "f", "x"],
}
STEPS = [(0, 0), (100, 0), (200, 0), (300, 0), (400, 0), (500, 0)]
ROADS = [LineString(STEPS[i : i + 2]) for i in range(5)]
ROADS.append(LineString([(100, 0), (100, 90)]))
SPELLINGS = {
    "geopackage": {name: name for name in LINKS},
    "shapefile": {
        "id": "identifier",
        "road_classification": "roadClassi",
        "road_function": "roadFuncti",
        "form_of_way": "formOfWay",
        "trunk_road": "trunkRoad",
        "start_node": "startNode",
        "end_node": "endNode",
    },
    "service": {
        "id": "identifier",
        "road_classification": "class",
        "road_function": "function",
        "form_of_way": "formOfWay",
        "trunk_road": "trunkRoad",
        "start_node": "startNode",
        "end_node": "endNode",
    },
}


@pytest.fixture
def links():
    return layer(ROADS, **LINKS)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_open_roads_are_read_in_all_three_spellings(links, spelling):
    roads = roads_from_open_roads(links.rename(columns=SPELLINGS[spelling]))

    tags = [roads.kinds[each] for each in roads.kind]
    assert [each["highway"] for each in tags] == [
        "trunk",
        "motorway_link",
        "secondary",
        "unclassified",
        "track",
        "primary",
    ]
    assert tags[0]["dual_carriageway"] == "yes"
    assert tags[2]["junction"] == "roundabout"
    assert {each["oneway"] for each in tags} == {"no"}
    assert len(roads.node_id) == 7


def test_open_roads_are_read_from_a_geopackage_with_warnings(links, tmp_path):
    file = tmp_path / "oproad_gb.gpkg"
    links.to_file(file, layer="road_link", driver="GPKG")
    links.iloc[:0].to_file(file, layer="road_node", driver="GPKG")

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        networks = read_open_roads(file, modes=["walk", "drive"], speeds="ahah")

    said = " ".join(str(each.message) for each in caught)
    assert "paths and footways are missing" in said
    assert "one-way streets are missing" in said
    drive = networks["drive"]
    mph = drive.length * 3600 / drive.forward / 1.609344
    assert mph.tolist() == pytest.approx([57, 67, 10, 24, 5, 25], rel=1e-3)
    assert (drive.backward == drive.forward).all()
    assert drive.provenance["licence"] == "Open Government Licence v3.0"
    assert "Crown copyright" in drive.provenance["attribution"]


def test_open_roads_are_read_by_place(links, tmp_path):
    file = tmp_path / "roads.gpkg"
    links.to_file(file, layer="road_link", driver="GPKG")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = read_open_roads(file, modes=["drive"], within=shapely.box(-5, -5, 150, 95))["drive"]

    assert found.counts["lines"] == 3
    assert found.edges == 2
    assert np.isin([100, 90], found.y.tolist() + found.x.tolist()).all()


def test_a_file_that_is_no_open_roads_is_refused(links, tmp_path):
    (tmp_path / "bad.gpkg").write_bytes(b"not a geopackage")
    links[["id", "geometry"]].to_file(tmp_path / "few.gpkg", layer="road_link", driver="GPKG")

    with pytest.raises(SourceError, match=r"bad\.gpkg cannot be read"):
        read_open_roads(tmp_path / "bad.gpkg", modes=["drive"])
    with pytest.raises(SourceError, match="no column road_classification, road_function"):
        read_open_roads(tmp_path / "few.gpkg", modes=["drive"])
    with pytest.raises(SourceError, match="does not exist"):
        read_open_roads(tmp_path / "none.gpkg", modes=["drive"])
