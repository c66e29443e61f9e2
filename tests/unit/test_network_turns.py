"""Turn restrictions: which are kept for whom, which are left out and why, saved and handed on."""

import json
import os
from dataclasses import replace
from pathlib import Path
from xml.sax.saxutils import quoteattr

import networkx as nx
import numpy as np
import pytest
from shapely import box

from slgeo.errors import NetworkError, SourceError
from slgeo.network import Network, read_osm, to_networkx
from slgeo.network.narrowed import narrowed
from slgeo.network.restrictions import VEHICLES
from slgeo.network.turns import KINDS, ROW, Turns, turns_among

DATA = Path(os.environ.get("SLGEO_DATA", Path(__file__).parents[3] / "shared" / "data"))

CROSSING = {1: (0, 0), 2: (-0.002, 0), 3: (0.002, 0), 4: (0, 0.002), 5: (0, -0.002), 6: (0.004, 0)}
"""Node 1 in the middle, one in each direction, and 6 farther east; degrees from 52 N, 0.7 W."""

ROADS = {
    12: ([2, 1], "residential"),
    13: ([1, 3], "residential"),
    14: ([1, 4], "residential"),
    15: ([5, 1], "residential"),
    36: ([3, 6], "residential"),
    46: ([4, 6], "footway"),
}
LEFT = [("way", 12, "from"), ("node", 1, "via"), ("way", 14, "to")]
RIGHT = [("way", 15, "from"), ("node", 1, "via"), ("way", 13, "to")]


def relation(number, members, tags):
    inner = "".join(
        f"<member type={quoteattr(kind)} ref='{ref}' role={quoteattr(role)}/>"
        for kind, ref, role in members
    )
    notes = "".join(f"<tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in tags.items())
    return f"<relation version='1' id='{number}'>{inner}{notes}</relation>"


def write(folder, *relations):
    """Write the crossing and relations of (members, tags), numbered from 1."""
    text = "".join(
        f"<node version='1' id='{n}' lon='{x - 0.7:.7f}' lat='{y + 52:.7f}'/>"
        for n, (x, y) in CROSSING.items()
    )
    for way, (refs, highway) in ROADS.items():
        inner = "".join(f"<nd ref='{ref}'/>" for ref in refs)
        text += f"<way version='1' id='{way}'>{inner}<tag k='highway' v='{highway}'/></way>"
    for number, (members, tags) in enumerate(relations, start=1):
        text += relation(number, members, {"type": "restriction", **tags})
    file = folder / "roads.osm"
    file.write_text(f"<osm version='0.6'>{text}</osm>", "utf-8")
    return file


def turns(folder, *relations, mode="drive"):
    return read_osm(write(folder, *relations), modes=[mode])[mode].turns


def only(members=LEFT, **tags):
    """One restriction; underscores of a key stand for colons."""
    return members, {key.replace("__", ":"): value for key, value in tags.items()}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_kept_with_its_members(tmp_path, kind):
    found = turns(tmp_path, only(restriction=kind))

    assert found.by_kind == {kind: 1}
    assert found.to_frame().to_dict("records") == [
        {
            "relation": 1,
            "kind": kind,
            "from_way": 12,
            "via": 1,
            "via_way": False,
            "to_way": 14,
            "exceptions": "",
        }
    ]
    assert not found.left_out


def test_a_restriction_over_a_way_names_the_way(tmp_path):
    over = [("way", 12, "from"), ("way", 13, "via"), ("way", 36, "to")]

    row = turns(tmp_path, only(over, restriction="no_straight_on")).to_frame().iloc[0]

    assert (row["from_way"], row["via"], row["via_way"], row["to_way"]) == (12, 13, True, 36)


@pytest.mark.parametrize(
    ("tags", "bound", "why"),
    [
        ({"restriction": "no_left_turn"}, {"cycle", "drive"}, ""),
        ({"restriction": "no_left_turn", "except": "bicycle;psv"}, {"drive"}, "exempt"),
        ({"restriction": "no_left_turn", "except": " PSV, Motorcar "}, {"cycle"}, "exempt"),
        ({"restriction": "no_left_turn", "except": "hgv"}, {"cycle", "drive"}, ""),
        ({"restriction__hgv": "no_left_turn"}, set(), "for other vehicles"),
        ({"restriction__motorcar": "no_left_turn"}, {"drive"}, "for other vehicles"),
        ({"restriction__bicycle": "no_left_turn"}, {"cycle"}, "for other vehicles"),
        (
            {"restriction": "no_left_turn", "restriction__bicycle": "none"},
            {"drive"},
            "for other vehicles",
        ),
        (
            {"type": "restriction:motorcar", "restriction": "no_left_turn"},
            {"drive"},
            "for other vehicles",
        ),
        (
            {"restriction__conditional": "no_left_turn @ (Mo-Fr 07:00-09:00)"},
            set(),
            "at certain times only",
        ),
        (
            {"restriction": "no_left_turn", "day_on": "Monday", "hour_on": "07:00"},
            set(),
            "at certain times only",
        ),
        ({"type": "route", "restriction": "no_left_turn"}, set(), "relation of another type"),
        ({"restriction": "<script>alert(1)</script>"}, set(), "unknown kind"),
        ({"restriction": ""}, set(), "unknown kind"),
    ],
)
def test_who_is_bound(tmp_path, tags, bound, why):
    """Feet never; the others as the tags say, and the reason is counted where they are not."""
    networks = read_osm(write(tmp_path, only(**tags)), modes=list(VEHICLES))

    assert {mode for mode, network in networks.items() if len(network.turns)} == bound
    assert dict(networks["walk"].turns.left_out) == {}
    for mode in {"cycle", "drive"} - bound:
        assert dict(networks[mode].turns.left_out) == {why: 1}
    for mode in bound:
        assert not networks[mode].turns.left_out


def test_who_is_exempt_is_kept_beside_those_who_are_bound(tmp_path):
    found = turns(
        tmp_path,
        only(restriction="no_left_turn", **{"except": "bicycle; psv;bicycle"}),
        only(RIGHT, restriction="no_right_turn"),
    )

    assert found.to_frame()["exceptions"].tolist() == ["bicycle;psv", ""]


def test_several_kinds_and_several_ways_are_a_row_each(tmp_path):
    entry = [("way", 12, "from"), ("way", 15, "from"), ("node", 1, "via"), ("way", 14, "to")]

    found = turns(
        tmp_path,
        only(restriction="no_left_turn;no_u_turn"),
        only(entry, restriction="no_entry"),
    ).to_frame()

    assert list(zip(found["relation"], found["kind"], found["from_way"], strict=True)) == [
        (1, "no_left_turn", 12),
        (1, "no_u_turn", 12),
        (2, "no_entry", 12),
        (2, "no_entry", 15),
    ]


@pytest.mark.parametrize(
    ("members", "why"),
    [
        ([], "members missing or of a wrong role"),
        (LEFT[:2], "members missing or of a wrong role"),
        ([LEFT[0], LEFT[2]], "members missing or of a wrong role"),
        ([*LEFT, ("node", 3, "via")], "members missing or of a wrong role"),
        ([*LEFT, ("way", 13, "via")], "members missing or of a wrong role"),
        ([*LEFT, ("way", 15, "from")], "members missing or of a wrong role"),
        ([*LEFT, ("relation", 9, "via")], "members missing or of a wrong role"),
        ([("node", 1, "from"), *LEFT[1:]], "members missing or of a wrong role"),
        ([("way", 12, ""), ("node", 1, ""), ("way", 14, "")], "members missing or of a wrong role"),
        (
            [LEFT[0], ("way", 13, "via"), ("way", 36, "via"), LEFT[2]],
            "over several ways",
        ),
        ([("way", 99, "from"), *LEFT[1:]], "a road or node that is not in the network"),
        ([LEFT[0], ("node", 99, "via"), LEFT[2]], "a road or node that is not in the network"),
        ([*LEFT[:2], ("way", 46, "to")], "a road or node that is not in the network"),
        ([LEFT[0], ("way", 99, "via"), LEFT[2]], "a road or node that is not in the network"),
        ([LEFT[0], ("node", 3, "via"), LEFT[2]], "roads that do not meet there"),
        ([LEFT[0], ("way", 36, "via"), LEFT[2]], "roads that do not meet there"),
    ],
)
def test_relations_that_make_no_turn_are_counted_by_reason(tmp_path, members, why):
    found = turns(
        tmp_path,
        only(members, restriction="no_left_turn"),
        only(RIGHT, restriction="no_right_turn"),
    )

    assert found.to_frame()["relation"].tolist() == [2]
    assert dict(found.left_out) == {why: 1}


def test_a_member_without_a_meaning_does_no_harm(tmp_path):
    signed = [*LEFT, ("node", 4, "location_hint")]

    assert len(turns(tmp_path, only(signed, restriction="no_left_turn"))) == 1


@pytest.fixture
def network(tmp_path):
    file = write(
        tmp_path,
        only(restriction="no_left_turn", **{"except": "bicycle"}),
        only(RIGHT, restriction="no_right_turn"),
        only(restriction__hgv="no_left_turn"),
        only(LEFT[:2], restriction="no_left_turn"),
    )
    return read_osm(file, modes=["drive"])["drive"]


def test_the_audit_lists_them_by_kind_and_by_reason(network):
    table = network.audit().set_index(["part", "item"])["count"]

    assert table["turn restriction, not applied"].to_dict() == {
        "no_left_turn": 1,
        "no_right_turn": 1,
    }
    assert table["turn restriction left out"].to_dict() == {
        "for other vehicles": 1,
        "members missing or of a wrong role": 1,
    }
    assert table[("read", "turn restrictions")] == 4


def test_times_are_those_of_the_roads_without_them(network, tmp_path):
    (tmp_path / "free").mkdir()
    free = read_osm(write(tmp_path / "free"), modes=["drive"])["drive"]

    assert np.array_equal(free.forward, network.forward)
    assert np.array_equal(free.backward, network.backward)
    assert len(free.turns) == 0


def test_saved_they_come_back_and_a_damaged_file_is_refused(network, tmp_path):
    folder = network.save(tmp_path / "kept")
    loaded = Network.load(folder)

    assert loaded.turns.to_frame().equals(network.turns.to_frame())
    assert dict(loaded.turns.left_out) == dict(network.turns.left_out)
    assert not loaded.turns.rows.flags.writeable
    np.save(folder / "turns.npy", np.arange(4))
    with pytest.raises(SourceError, match="no sound network"):
        Network.load(folder)
    (folder / "turns.npy").unlink()
    with pytest.raises(SourceError, match=r"turns\.npy is missing"):
        Network.load(folder)


def test_a_network_made_by_hand_has_none_and_may_be_given_some(network):
    street = Network.from_edges([0, 100], [0, 0], [0], [1])

    assert len(street.turns) == 0
    assert len(replace(street, turns=network.turns).turns) == 2


def test_a_graph_carries_them_as_text_that_graphml_holds(network, tmp_path):
    graph = to_networkx(network)
    nx.write_graphml(graph, tmp_path / "a.graphml")
    back = nx.read_graphml(tmp_path / "a.graphml")

    assert json.loads(back.graph["turns"]) == network.turns.to_frame().to_dict("records")
    assert "turns" not in to_networkx(Network.from_edges([0, 100], [0, 0], [0], [1])).graph


def test_a_narrower_network_keeps_those_within_and_counts_the_others(network):
    x, y = network.x, network.y
    west = box(x.min() - 1, y.min() - 1, float(np.median(x)) + 1, y.max() + 1)

    cut = narrowed(network, west)

    assert cut.turns.to_frame()["relation"].tolist() == [1]
    assert cut.turns.left_out["a road or node that is not in the network"] == 1
    assert len(network.turns) == 2


def test_rows_that_mean_nothing_are_refused():
    strange = np.zeros(1, ROW)
    strange["kind"] = len(KINDS)
    with pytest.raises(NetworkError, match="kind goes beyond the 10 there are"):
        Turns(rows=strange)
    strange["kind"], strange["exceptions"] = 0, -1
    with pytest.raises(NetworkError, match="exceptions goes beyond the 1 there are"):
        Turns(rows=strange)
    with pytest.raises(NetworkError, match="have the fields int64"):
        Turns(rows=np.zeros(1, np.int64))


def test_nothing_among_nothing():
    none = np.empty(0, np.int32)
    found = turns_among(Turns(), node_id=none, tail=none, head=none, way=none)

    assert len(found) == 0
    assert len(found.to_frame().columns) == len(ROW.names)


@pytest.mark.skipif(not DATA.is_dir(), reason=f"no real data in {DATA} (SLGEO_DATA)")
def test_newports_restrictions_are_those_of_its_extract():
    """94 in the file; by car six name a path, a closed road, or a way that is not in the file."""
    file = DATA / "newport" / "newport-2023-06-13.osm.pbf"
    networks = read_osm(file, modes=["walk", "cycle", "drive"])
    drive = networks["drive"].turns

    assert networks["drive"].counts["turn restrictions"] == 94
    assert drive.by_kind == {
        "no_left_turn": 5,
        "no_right_turn": 34,
        "no_straight_on": 1,
        "no_u_turn": 26,
        "only_left_turn": 5,
        "only_right_turn": 1,
        "only_straight_on": 16,
    }
    assert dict(drive.left_out) == {"a road or node that is not in the network": 6}
    assert int(drive.rows["via_way"].sum()) == 16
    assert len(networks["cycle"].turns) == 87
    assert len(networks["walk"].turns) == 0


@pytest.mark.skipif(not DATA.is_dir(), reason=f"no real data in {DATA} (SLGEO_DATA)")
def test_rutlands_three_restrictions_are_kept():
    drive = read_osm(DATA / "rutland" / "rutland-2022.osm.pbf", modes=["drive"])["drive"]

    assert drive.turns.by_kind == {"no_left_turn": 1, "no_right_turn": 2}
    assert dict(drive.turns.left_out) == {}
