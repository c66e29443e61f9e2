"""Laws every made-up district keeps, whatever its size and seed."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

from slgeo.examples import District, district, network, origins, sites
from slgeo.examples.names import settlements, simple
from slgeo.examples.nations import nation_of
from slgeo.examples.strategies import districts, networks

EASY = settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.too_slow])
QUICK = settings(database=None, max_examples=500, phases=[Phase.generate])


@EASY
@given(districts())
def test_areas_cover_the_land_without_gap_or_overlap(made: District) -> None:
    shapes = made.areas.geometry.to_numpy()
    assert shapely.coverage_is_valid(shapes)
    assert (shapely.get_type_id(shapes) == 3).all()
    assert shapely.coverage_union_all(shapes).area == pytest.approx(shapely.area(shapes).sum())


@EASY
@given(districts())
def test_people_of_every_table_add_up(made: District) -> None:
    areas = made.areas
    homes = origins(made).groupby("area")["people"].sum().reindex(areas.index)
    assert (homes == areas["population"]).all()
    assert areas["population"].between(1_000, 3_000).all()
    assert set(areas["deprivation_decile"]) == set(range(1, 11))
    assert areas["name"].is_unique


@EASY
@given(districts())
def test_walkers_reach_everything_and_drivers_all_but_the_island(made: District) -> None:
    walk, drive = network(made, "walk"), network(made, "drive")
    assert (walk.component == 0).all()
    island = made.land.depth_island(drive.x, drive.y) > 0
    assert (drive.component[~island] == 0).all()
    assert (drive.component[island] > 0).all()


@EASY
@given(districts())
def test_rivers_are_crossed_on_bridges(made: District) -> None:
    streets = made.streets
    points = np.column_stack([streets.x, streets.y])[streets.nodes]
    ways = shapely.linestrings(points, indices=streets.way)
    for row in range(made.land.rows):
        river = shapely.linestrings(made.land.river_line(row, step=5.0))
        assert streets.bridge[shapely.crosses(ways, river)].all()


@EASY
@given(districts())
def test_ways_start_and_end_at_junctions_and_pass_each_node_once(made: District) -> None:
    streets = made.streets
    ends = np.concatenate([streets.nodes[streets.start[:-1]], streets.nodes[streets.start[1:] - 1]])
    assert (ends < streets.junctions).all()
    between = streets.nodes[streets.nodes >= streets.junctions]
    assert len(np.unique(between)) == len(between) == len(streets.x) - streets.junctions
    assert (np.diff(streets.start) >= 2).all()


@EASY
@given(districts())
def test_every_place_stands_by_a_road_and_has_a_postcode_of_the_directory(made: District) -> None:
    places = sites(made)
    assert places["postcode"].isin(made.postcodes["postcode"]).all()
    roads = shapely.STRtree(shapely.points(made.streets.x, made.streets.y))
    near = places[places["name"] != "Overmarch Surgery"].geometry.to_numpy()
    _, apart = roads.query_nearest(near, return_distance=True, all_matches=False)
    assert apart.max() < 40


@EASY
@given(st.integers(20, 60), st.integers(0, 10_000))
def test_any_size_and_seed_gives_as_many_areas_as_asked(areas: int, seed: int) -> None:
    made = district(areas, seed=seed)
    assert len(made.areas) == areas
    assert made.output_areas["area"].nunique() == areas
    assert len(made.care.networks) >= 1


TRAPS = {
    "a one-way street": lambda n: ((n.forward < 0) != (n.backward < 0)).any(),
    "a road slower one way": lambda n: ((n.forward > 0) & (n.backward > n.forward)).any(),
    "a road shut both ways": lambda n: ((n.forward < 0) & (n.backward < 0)).any(),
    "a loop": lambda n: (n.tail == n.head).any(),
    "parallel roads": lambda n: len(set(zip(n.tail, n.head, strict=True))) < n.edges,
    "a road of no length between two nodes": lambda n: ((n.length == 0) & (n.tail != n.head)).any(),
    "a road of no time": lambda n: (n.forward == 0).any(),
    "two nodes at one point": lambda n: len(set(zip(n.x, n.y, strict=True))) < n.nodes,
    "a private road": lambda n: n.ends_only.any(),
    "a road no point may join": lambda n: (~n.snappable).any(),
    "pieces apart": lambda n: (n.component > 0).any(),
    "a node no road touches": lambda n: len(set(n.tail) | set(n.head)) < n.nodes,
}


@pytest.mark.parametrize("trap", TRAPS)
def test_drawn_networks_hold_every_trap(trap: str) -> None:
    found = find(networks(), TRAPS[trap], settings=QUICK)
    assert TRAPS[trap](found)


def test_names_are_used_once_even_for_the_largest_district() -> None:
    nation = nation_of("X")
    made = settlements(nation, 40_000, list(range(len(simple(nation)))))
    assert len(set(made)) == 40_000


@pytest.mark.parametrize("areas", [400, 1_500])
def test_districts_of_several_towns_keep_the_laws_too(areas: int) -> None:
    made = district(areas, seed=3)
    assert len(made.areas) == areas
    assert (made.settlements.kind == 0).sum() == len(made.land.sites) > 1
    assert shapely.coverage_is_valid(made.areas.geometry.to_numpy())
    assert (network(made, "walk").component == 0).all()
    assert made.areas["name"].is_unique
    assert made.postcodes["postcode"].duplicated().sum() == 2
