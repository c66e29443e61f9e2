"""The network type: built by hand, checked at the door, saved and loaded, audited."""

import json

import numpy as np
import pytest
import shapely

from slgeo.errors import NetworkError, SourceError
from slgeo.network import Network
from slgeo.network.model import EDGE_ARRAYS, NODE_ARRAYS


def square(**options):
    """Four streets of 100 m around a block."""
    return Network.from_edges(
        [0, 100, 100, 0], [0, 0, 100, 100], [0, 1, 2, 3], [1, 2, 3, 0], **options
    )


def test_by_hand_lengths_and_times_come_from_the_coordinates():
    network = square()

    assert list(network.length) == [100] * 4
    assert list(network.forward) == [75_000] * 4
    assert list(network.backward) == [75_000] * 4
    assert network.usable.all()
    assert network.snappable.all()
    assert list(network.node_id) == [0, 1, 2, 3]
    assert (network.nodes, network.edges) == (4, 4)


def test_by_hand_everything_can_be_given():
    network = square(
        mode="drive",
        kmh=[36, 36, 72, 72],
        length=[10, 20, 30, 40],
        backward=[-1, 2000, 1500, 2000],
        node_id=[7, 8, 9, 10],
        way=[1, 1, 2, 2],
        road_class=[0, 0, 1, 1],
        classes=("residential", "primary"),
        exits=[2],
        speeds="ours",
    )

    assert list(network.forward) == [1000, 2000, 1500, 2000]
    assert list(network.backward) == [-1, 2000, 1500, 2000]
    assert list(network.exits) == [2]
    assert network.speeds == "ours"
    assert network.classes[network.road_class[2]] == "primary"


def test_a_network_may_be_empty_or_a_single_node():
    empty = Network.from_edges([], [], [], [])
    alone = Network.from_edges([5], [5], [], [])

    assert (empty.nodes, empty.edges) == (0, 0)
    assert alone.component.tolist() == [0]
    assert empty.hull.is_empty
    for network in (empty, alone):
        assert len(network.audit()) > 0
        assert "0 edges" in repr(network)


def test_arrays_are_read_only_and_the_callers_stay_as_they_were():
    x = np.array([0.0, 100.0])
    network = Network.from_edges(x, [0, 0], [0], [1])

    with pytest.raises(ValueError, match="read-only"):
        network.x[0] = 5
    x[0] = -1.0  # the caller's own array stays writable
    assert all(not getattr(network, n).flags.writeable for n in (*NODE_ARRAYS, *EDGE_ARRAYS))


def test_every_fault_is_named_at_once():
    good = {name: getattr(square(), name) for name in (*NODE_ARRAYS, *EDGE_ARRAYS)}
    bad = {
        **good,
        "y": np.array([0, 0, np.nan, 0]),
        "head": np.array([1, 2, 3, 4], np.int32),
        "length": np.array([1, 1, -1, 1], np.float32),
        "backward": np.array([-2, 0, 0, 0], np.int32),
        "road_class": np.array([0, 0, 0, 9], np.uint8),
    }
    rest = {"mode": "walk", "crs": "EPSG:27700", "classes": ("road",), "speeds": "walk"}

    with pytest.raises(NetworkError) as caught:
        Network(**bad, **rest, exits=np.array([], np.int32), hull=shapely.Point(0, 0).buffer(9))

    for fault in (
        "head names nodes from 1 to 4; there are 4",
        "y has values that are not numbers",
        "length has negative values",
        "backward has values below -1",
        "road_class goes beyond the 1 classes",
    ):
        assert fault in str(caught.value)


def test_arrays_of_unequal_length_or_wrong_type_are_refused():
    good = {name: getattr(square(), name) for name in (*NODE_ARRAYS, *EDGE_ARRAYS)}
    rest = {
        "mode": "walk",
        "crs": "EPSG:27700",
        "classes": ("road",),
        "speeds": "walk",
        "exits": np.array([], np.int32),
        "hull": shapely.Point(0, 0).buffer(9),
    }

    with pytest.raises(NetworkError, match="way has 3 values, not 4"):
        Network(**{**good, "way": np.arange(3)}, **rest)
    with pytest.raises(NetworkError, match="forward: must be int32, found float64"):
        Network(**{**good, "forward": np.array([0.5] * 4)}, **rest)
    with pytest.raises(NetworkError, match="do not make a graph"):
        Network.from_edges([0], [0], [0], [1])
    with pytest.raises(NetworkError, match="do not make a graph"):
        Network.from_edges([0, 1], [0, 1], [0, 1], [1])
    with pytest.raises(NetworkError, match="more than 24 days"):
        Network.from_edges([0, 1e9], [0, 0], [0], [1])


def test_a_saved_network_comes_back_the_same(tmp_path):
    network = square(
        mode="drive", exits=[1], ends_only=[False, False, False, True], provenance={"file": "é"}
    )

    folder = network.save(tmp_path / "roads")
    loaded = Network.load(folder)

    for name in (*NODE_ARRAYS, *EDGE_ARRAYS, "exits"):
        before, after = getattr(network, name), getattr(loaded, name)
        assert before.dtype == after.dtype
        assert np.array_equal(before, after)
        assert not after.flags.writeable
    assert loaded.classes == network.classes
    assert dict(loaded.provenance) == {"file": "é"}
    assert shapely.equals_exact(loaded.hull, network.hull, tolerance=0.01)
    assert repr(loaded) == repr(network)


def test_saving_again_replaces_and_leaves_nothing_beside(tmp_path):
    square().save(tmp_path / "roads")
    square(mode="drive").save(tmp_path / "roads")

    assert Network.load(tmp_path / "roads").mode == "drive"
    assert [path.name for path in tmp_path.iterdir()] == ["roads"]


def test_saving_over_something_else_is_refused(tmp_path):
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.txt").write_text("mine")

    with pytest.raises(SourceError, match="holds no network"):
        square().save(tmp_path / "notes")

    assert (tmp_path / "notes" / "a.txt").read_text() == "mine"


def test_a_broken_folder_is_refused_in_words(tmp_path):
    folder = square().save(tmp_path / "roads")
    with pytest.raises(SourceError, match="no complete network"):
        Network.load(tmp_path / "none")

    (folder / "x.npy").write_bytes((folder / "x.npy").read_bytes()[:-3])
    with pytest.raises(SourceError, match="no sound network"):
        Network.load(folder)
    square().save(folder)
    np.save(folder / "tail.npy", np.array([0, 1, 2, 99], np.int32))
    with pytest.raises(SourceError, match="tail names nodes from 0 to 99"):
        Network.load(folder)
    square().save(folder)
    np.save(folder / "way.npy", np.array([{}, {}], object), allow_pickle=True)
    with pytest.raises(SourceError, match="no sound network"):
        Network.load(folder)
    square().save(folder)
    (folder / "way.npy").unlink()
    with pytest.raises(SourceError, match=r"way\.npy is missing"):
        Network.load(folder)
    square().save(folder)
    (folder / "network.json").write_text("{}")
    with pytest.raises(SourceError, match="no sound network"):
        Network.load(folder)
    header = {"format": 0}
    (folder / "network.json").write_text(json.dumps(header))
    with pytest.raises(SourceError, match="another version"):
        Network.load(folder)


def test_the_audit_counts_what_is_there_and_what_is_not():
    network = Network.from_edges(
        [0, 100, 200, 900, 1000],
        [0, 0, 0, 0, 0],
        [0, 1, 3],
        [1, 2, 4],
        backward=[75_000, 75_000, -1],
        ends_only=[False, True, False],
    )

    table = network.audit().set_index(["part", "item"])

    assert table.loc[("network", "all"), "km"] == pytest.approx(0.3)
    assert table.loc[("network", "usable"), "count"] == 2
    assert table.loc[("network", "ends of trips only"), "km"] == pytest.approx(0.1)
    pieces = table.loc["piece apart"]
    assert list(pieces["count"]) == [2]
    assert list(pieces["km"]) == pytest.approx([0.1])
    assert "near 950, 0" in pieces.index[0]
