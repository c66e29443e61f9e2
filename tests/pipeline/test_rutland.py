"""A real county from its real files: what issue and data lead one to expect of it."""

from __future__ import annotations

import numpy as np
import pytest

from slgeo.cli import main
from slgeo.config import read_study
from slgeo.pipeline import run

STUDY = """
title = "Who can reach a GP practice or a community place in Rutland?"
place = "Rutland"
[areas]
file = "{data}/rutland/lsoa21.geojson"
study = "in_area"
{more}
[origins]
postcodes = "{data}/rutland/postcodes_nspl_2025-05.csv"
[postcodes]
file = "{data}/rutland/postcodes_nspl_2025-05.csv"
[roads]
file = "{data}/rutland/rutland-2022.osm.pbf"
hull = "{data}/rutland/osm_road_hull.geojson"
[[places]]
file = "{data}/rutland/gp_practices_2025-09.csv"
[[places]]
file = "{data}/rutland/osm_assets_2022.geojson"
[registrations]
file = "{data}/rutland/gp_registrations_by_lsoa11_2022-07.csv"
lookup = "{data}/national/lookup_lsoa11_lsoa21_ltla22.parquet"
"""

IMD2019 = 'deprivation = "{data}/national/imd2019_england_lsoa11.parquet"'
LOOKUP = 'lookup = "{data}/national/lookup_lsoa11_lsoa21_ltla22.parquet"'


def written(folder, rutland, more=""):
    text = STUDY.replace("{more}", more).replace("{data}", rutland.parent.as_posix())
    folder.mkdir(exist_ok=True)
    (folder / "study.toml").write_text(text, encoding="utf-8")
    return folder / "study.toml"


@pytest.fixture(scope="module")
def county(rutland, tmp_path_factory):
    """The county's study, run once."""
    return run(read_study(written(tmp_path_factory.mktemp("rutland"), rutland)))


class TestRutland:
    """26 areas of the county, 120 around it, roads that stop at the border."""

    def test_areas_of_the_county_and_around_it_are_all_in_the_tables(self, county):
        areas = county.found.areas

        assert len(areas) == 146
        assert int(areas["in_study"].sum()) == 26
        assert areas.loc[areas["in_study"], "population"].sum() == pytest.approx(41_059)
        assert set(county.tables["by_area"].index.get_level_values("area")) == set(areas.index)

    def test_people_are_conserved_in_every_table(self, county):
        table = county.tables["by_area"]
        sums = table[table["in_study"]].groupby(level=["kind", "mode"])["people"].sum()

        np.testing.assert_allclose(sums, 41_059, rtol=1e-9)
        everyone = county.tables["summary"].xs("everyone", level="by")["people"]
        np.testing.assert_allclose(everyone, 41_059, rtol=1e-9)

    def test_the_eleven_practices_outside_the_roads_are_never_reached(self, county):
        sites = county.found.places.sites
        practices = sites.index[sites["kind"] == "gp"]
        reasons = county.found.site_reasons.loc[practices]

        assert len(practices) == 15
        assert (reasons == "outside_network").all(axis=1).sum() == 11
        for one in county.found.reached:
            outside = set(practices[(reasons == "outside_network").all(axis=1)])
            assert outside.isdisjoint(one.times.sites[np.unique(one.times.site)])

    def test_patients_registered_beyond_the_roads_are_told(self, county):
        """3,422 of them at one practice in Stamford, 48 m from the last road node."""
        assert "Of 39,161 registered patients" in county.text
        assert "3,422 at" in county.text

    def test_nobody_lives_in_the_most_deprived_fifth_and_the_run_says_so_first(self, county):
        opening = county.text.split("By kind of place")[0]

        assert "Nobody here lives in England's most deprived fifth" in opening
        assert "the most deprived local fifth" in county.text
        deciles = county.tables["summary"].xs("deprivation_decile", level="by")
        empty = deciles[deciles["people"] == 0].index.get_level_values("group")
        assert set(empty) == {"1", "2", "3", "4", "5"}

    def test_areas_unsafe_near_the_edge_are_named_with_their_people(self, county):
        table = county.tables["edge_unsafe"].xs(("gp", "walk"), level=("kind", "mode"))

        assert len(table) > 0
        assert (table["people_edge_unsafe"] <= table["people"] + 1e-6).all()
        assert "may be nearer" in county.text

    def test_figures_are_what_one_expects_of_a_rural_county(self, county):
        """Two towns of 16,000 with surgeries: about two fifths can walk, nine tenths can drive."""
        walk = county.tables["summary"].loc[("gp", "walk", "everyone", "everyone")]
        drive = county.tables["summary"].loc[("gp", "drive", "everyone", "everyone")]

        assert 0.3 < walk["people_within_20"] / walk["people"] < 0.5
        assert 0.8 < drive["people_within_15"] / drive["people"] < 0.97

    def test_supply_reached_is_handed_out(self, county):
        supply = county.found.supply

        assert supply.loc[("gp", "walk"), "places_reachable"] == 4
        np.testing.assert_allclose(supply["handed_out"], supply["places_reachable"], rtol=1e-9)


def test_an_index_of_another_edition_is_refused_with_the_way_out(rutland, tmp_path, capsys):
    study = written(tmp_path / "older", rutland, more=IMD2019)

    assert main(["run", str(study)]) == 2
    said = capsys.readouterr().err
    assert "LSOA 2011" in said
    assert "LSOA 2021" in said
    assert "areas.lookup" in said


def test_with_a_lookup_the_older_index_is_carried_and_says_so(rutland, tmp_path):
    from slgeo.pipeline.inputs import read_areas

    areas = read_areas(read_study(written(tmp_path / "c", rutland, more=f"{IMD2019}\n{LOOKUP}")))

    assert any("carried to LSOA 2021" in note for note in areas.attrs["notes"])
    assert areas.loc[areas["in_study"], "population"].sum() == pytest.approx(41_059)
    assert areas.loc[areas["in_study"], "deprivation_rank"].notna().all()
