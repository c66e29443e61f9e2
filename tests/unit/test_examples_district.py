"""The made-up district keeps its promises: shapes, people, roads; same seed, same district."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from slgeo.errors import TableError
from slgeo.examples import District, district, network, origins, sites
from slgeo.examples.ranking import CLASSES
from slgeo.tables import AREAS, checked


@pytest.fixture(scope="module")
def made() -> District:
    return district(60, seed=1)


def test_areas_are_a_valid_coverage_of_single_polygons(made: District) -> None:
    shapes = made.areas.geometry.to_numpy()
    assert shapely.coverage_is_valid(shapes)
    assert shapely.is_valid(shapes).all()
    assert (shapely.get_type_id(shapes) == 3).all()


def test_areas_have_1000_to_3000_people_whose_parts_add_up(made: District) -> None:
    areas = checked(made.areas, AREAS)
    assert areas["population"].between(1_000, 3_000).all()
    for family in ("age_", "sex_", "ethnic_"):
        parts = areas[[c for c in areas if c.startswith(family)]]
        assert (parts.sum(axis=1) == areas["population"]).all(), family
    assert (areas["households_no_car"] < areas["households"]).all()
    homes = made.output_areas.groupby("area")["people"]
    assert (homes.sum().reindex(areas.index) == areas["population"]).all()
    assert homes.size().between(5, 6).all()


def test_codes_cannot_be_mistaken_for_real_ones(made: District) -> None:
    assert made.areas.index.str.fullmatch(r"X01\d{6}").all()
    assert made.output_areas.index.str.fullmatch(r"X00\d{6}").all()
    assert made.postcodes["postcode"].str.fullmatch(r"Z[A-DF-Z]\d{1,2} \d[A-Z]{2}").all()
    assert made.care.practices.index.str.fullmatch(r"X9\d{4}").all()


def test_the_district_lies_in_the_open_north_sea_within_the_grid(made: District) -> None:
    west, south, east, north = made.areas.total_bounds
    assert west > 436_000
    assert east < 620_000
    assert south > 621_000
    assert north < 1_075_000


def test_output_areas_and_postcodes_lie_in_their_areas(made: District) -> None:
    shapes = made.areas.geometry
    homes = origins(made)
    assert homes.geometry.within(shapes.loc[homes["area"]].set_axis(homes.index)).all()


def test_every_decile_is_there_and_the_middle_of_town_is_poorer_than_the_villages(
    made: District,
) -> None:
    areas = made.areas
    assert set(areas["deprivation_decile"]) == set(range(1, 11))
    assert sorted(areas["deprivation_rank"]) == list(range(1, 61))
    town = made.settlements.kind[made.seeds.settlement] == 0
    centre = areas["deprivation_decile"][town & (made.seeds.ring < 0.4)].mean()
    villages = areas["deprivation_decile"][~town].mean()
    assert centre < 4 < villages


def test_all_six_rural_urban_classes_are_there(made: District) -> None:
    assert set(made.residents.rurality) == {"UN1", "UF1", "RLN1", "RLF1", "RSN1", "RSF1"}


def test_roads_cross_the_river_at_bridges_only(made: District) -> None:
    streets = made.streets
    river = shapely.linestrings(made.land.river_line(0, step=5.0))
    points = np.column_stack([streets.x, streets.y])[streets.nodes]
    way = np.repeat(np.arange(len(streets.kind)), np.diff(streets.start))
    crosses = shapely.crosses(shapely.linestrings(points, indices=way), river)
    assert 4 <= crosses.sum() <= 12
    assert streets.bridge[crosses].all()
    assert crosses[streets.bridge].all()


def test_the_island_is_reached_by_the_ferry_alone(made: District) -> None:
    streets, land = made.streets, made.land
    island = land.depth_island(streets.x, streets.y) > 0
    ends = island[streets.nodes[streets.start[:-1]]] != island[streets.nodes[streets.start[1:] - 1]]
    assert [CLASSES[k] for k in streets.kind[ends]] == ["ferry"]
    assert "Gannet Holm" in made.areas["name"].to_numpy()
    walk, drive = network(made, "walk"), network(made, "drive")
    assert (walk.component == 0).all()
    away = drive.component > 0
    assert (land.depth_island(drive.x[away], drive.y[away]) > 0).all()
    assert away.sum() > 50


def test_the_gated_estate_is_private_and_has_one_gate(made: District) -> None:
    streets = made.streets
    assert streets.private.sum() >= 3
    assert len(streets.gates) == 1
    inside = np.isin(np.arange(len(streets.x)), streets.nodes[streets.private[streets.way]])
    touching = inside[streets.nodes] & ~streets.private[streets.way]
    assert set(streets.nodes[touching]) == set(streets.gates)
    drive = network(made, "drive")
    assert drive.ends_only.sum() >= inside.sum() - 1


def test_the_centre_is_one_way_and_all_of_it_can_be_left_and_entered(made: District) -> None:
    drive = network(made, "drive")
    assert ((drive.forward < 0) != (drive.backward < 0)).sum() > 200
    island = made.land.depth_island(drive.x, drive.y) > 0
    assert (drive.component[~island] == 0).all()


def test_roads_leave_the_extract_at_a_few_exits(made: District) -> None:
    assert 3 <= len(made.streets.exits) <= 12
    assert len(network(made, "drive").exits) >= 3


def test_the_same_seed_makes_the_same_district_and_another_seed_another(made: District) -> None:
    again, other = district(60, seed=1), district(60, seed=2)
    assert made.areas.geometry.geom_equals_exact(again.areas.geometry, 0).all()
    assert made.postcodes.equals(again.postcodes)
    assert np.array_equal(made.streets.x, again.streets.x)
    assert not made.areas["population"].equals(other.areas["population"])
    assert len(made.streets.x) != len(other.streets.x)


def test_sites_are_of_every_kind_and_lie_in_the_district_but_for_one_practice(
    made: District,
) -> None:
    places = sites(made)
    assert places["kind"].nunique() == 14
    outline = made.areas.union_all()
    outside = places[~places.within(outline.buffer(30))]
    assert outside["name"].tolist() == ["Overmarch Surgery"]
    practices = made.care.practices
    open_now = practices[(practices["status"] == "A") & (practices["setting"] == "4")]
    assert sites(made, kind="gp").index.tolist() == open_now.index.tolist()


def test_registrations_add_up_to_lists_and_stay_below_the_population(made: District) -> None:
    lists = made.care.registrations.groupby("practice")["patients"].sum()
    assert (made.care.practices["patients"][lists.index] == lists).all()
    placed = made.care.registrations.query("area != 'EMPTY'").groupby("area")["patients"].sum()
    assert (placed <= made.areas["population"].loc[placed.index]).all()


@pytest.mark.parametrize(("areas", "seed"), [(19, 1), (40_001, 1), (60, -1)])
def test_a_size_or_seed_out_of_range_is_refused(areas: int, seed: int) -> None:
    with pytest.raises(TableError, match=r"a district has|a seed is"):
        district(areas, seed=seed)
