"""Claims about places, checked on the published files of Rutland and of England."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from slgeo.areas import carry_counts, read_areas, read_lookup
from slgeo.places.geocode import geocode, unmatched
from slgeo.places.nearby import within_areas
from slgeo.places.networks import members_on, read_pcn_members, with_networks
from slgeo.places.postcodes import read_postcodes
from slgeo.places.read import read_places
from slgeo.places.registrations import read_registrations
from slgeo.sources.read import read_table

DATA = Path(os.environ.get("SLGEO_DATA", Path(__file__).parents[3] / "shared" / "data"))
pytestmark = pytest.mark.skipif(
    not (DATA / "rutland").is_dir(), reason=f"published files are not in {DATA}"
)


@pytest.fixture(scope="module")
def postcodes():
    return read_postcodes(DATA / "rutland" / "postcodes_nspl_2025-05.csv")


def test_fifteen_practices_are_placed_from_the_register_and_postcodes_alone(postcodes):
    tidied = read_table(DATA / "rutland" / "gp_practices_2025-09.csv")
    register = read_places(DATA / "national" / "epraccur_2025-09.csv")
    here = register[register.index.isin(tidied["org_code"])].copy()
    here.attrs = register.attrs
    sites = geocode(here, postcodes=postcodes)
    assert len(sites) == 15
    assert (sites["precision"] == "postcode_unknown_status").all()
    assert (sites["error_radius"] == 220).all()
    assert (sites["error_basis"] == "measured").all()
    # The tidied file has the postcodes' own points, found by someone else.
    theirs = geocode(read_places(DATA / "rutland" / "gp_practices_2025-09.csv"))
    assert sites.geometry.distance(theirs.geometry.reindex(sites.index)).max() < 5
    assert (theirs["precision"] == "given").all()


def test_coordinates_that_are_postcode_points_are_graded_as_postcodes(postcodes):
    sites = geocode(read_places(DATA / "rutland" / "gp_practices_2025-09.csv"), postcodes=postcodes)
    assert (sites["precision"] == "postcode_unknown_status").all()
    flagged = sites.loc[sites["several_sites"], "name"].tolist()
    assert flagged == ["MARKET OVERTON & SOMERBY SURGERIES"]


def test_the_network_of_rutland_is_its_four_practices():
    places = read_places(DATA / "rutland" / "gp_practices_2025-09.csv")
    members = members_on(read_pcn_members(DATA / "national" / "epcn_core_partners.csv"))
    with_pcn = with_networks(places, members)
    four = ["C82010", "C82044", "C82077", "C82649"]
    assert members.index[members["pcn"] == "U67590"].tolist() == four
    assert with_pcn.index[with_pcn["pcn"] == "U67590"].tolist() == four
    assert any("Y06354" in note for note in with_pcn.attrs["notes"])


def test_every_registered_patient_of_rutland_is_accounted_for():
    import json

    shapes = json.loads((DATA / "rutland" / "lsoa11.geojson").read_text())
    inside = {
        f["properties"]["lsoa11_code"] for f in shapes["features"] if f["properties"]["in_area"]
    }
    made = read_registrations(DATA / "rutland" / "gp_registrations_by_lsoa11_2022-07.csv")
    by_area = made.by_area()
    assert by_area[by_area.index.isin(inside)].sum() == 39_161
    here = made.patients[made.patients.index.get_level_values("area").isin(inside)]
    assert here.groupby(level="practice").sum()["C83007"] == 3_422


def test_the_candidates_of_the_map_are_classified_and_none_is_lost(postcodes):
    listed = read_places(DATA / "rutland" / "osm_assets_2022.geojson")
    assert len(listed) == 638
    assert (~listed["named"]).sum() == 326
    assert listed["counts"].sum() == 253
    assert (listed["kind"] == "other").sum() == 11
    assert listed["why_not"].notna().sum() == 638 - 253
    sites = geocode(listed, postcodes=postcodes)
    assert sites.geometry.notna().all()
    # 149 pitches, of which 6 have a name and are not private
    pitches = listed[listed["tag"] == "leisure=pitch"]
    assert (len(pitches), pitches["counts"].sum()) == (149, 6)


def test_the_extract_itself_gives_the_same_places_as_the_list_made_from_it():
    listed = read_places(DATA / "rutland" / "osm_assets_2022.geojson")
    found = read_places(DATA / "rutland" / "rutland-2022.osm.pbf")
    assert set(listed.index) <= set(found.index)
    both = found.loc[listed.index]
    assert (both["kind"] == listed["kind"]).all()
    assert (both["counts"] == listed["counts"]).all()
    # Both take a point on the surface; they may differ inside a large reserve.
    apart = (both["longitude"] - listed["longitude"]).abs()
    assert apart.median() < 1e-6
    assert "2022-07-20" in found["source"].iloc[0] or "OpenStreetMap" in found["source"].iloc[0]


def test_half_an_extract_is_refused(tmp_path):
    from slgeo.errors import SourceError

    whole = (DATA / "rutland" / "rutland-2022.osm.pbf").read_bytes()
    path = tmp_path / "half.osm.pbf"
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(SourceError, match="not a whole OpenStreetMap extract"):
        read_places(path)


def test_libraries_are_ten_fixed_ones_of_twelve(postcodes):
    places = read_places(DATA / "rutland" / "libraries_2023.csv")
    sites = geocode(places, postcodes=postcodes)
    assert places["counts"].sum() == 10
    assert len(unmatched(sites)[unmatched(sites)["outcome"] == "failed"]) == 0


def test_national_register_and_lists_have_the_known_totals():
    assert len(read_places(DATA / "national" / "epraccur_2025-09.csv")) == 6_618
    libraries = read_places(DATA / "national" / "libraries_england_2023_enhanced.csv")
    assert len(libraries) == 3_539


def test_of_the_national_register_the_fifteen_are_kept_and_every_radius_is_stated(postcodes):
    """Placed from the register and postcodes alone: 4 in the county and 11 around it."""
    tidied = read_table(DATA / "rutland" / "gp_practices_2025-09.csv").set_index("org_code")
    areas = read_areas(DATA / "rutland" / "lsoa21.geojson", study="in_area")
    register = geocode(read_places(DATA / "national" / "epraccur_2025-09.csv"), postcodes=postcodes)
    kept, said = within_areas(register, areas, postcodes=postcodes)
    placed = kept[kept["precision"] != "failed"]
    assert set(placed.index) == set(tidied.index)
    assert placed["error_radius"].notna().all()
    county = placed.sjoin(areas.loc[areas["in_study"], ["geometry"]], predicate="within")
    four = set(tidied.index[tidied["in_area"] == "True"])
    assert set(county.index) == four
    assert len(four) == 4
    # Seven more have postcodes of sectors the local file has in part: listed, not dropped.
    assert len(kept) == 22
    assert (unmatched(kept)["outcome"] == "failed").all()
    assert "22 of 6,618 places lie in the areas" in said


@pytest.mark.slow
def test_patients_of_the_county_are_the_same_in_the_national_and_the_local_file():
    lookup = read_lookup(DATA / "national" / "lookup_lsoa11_lsoa21_ltla22.parquet")
    areas = read_areas(DATA / "rutland" / "lsoa21.geojson", study="in_area")
    inside = areas.index[areas["in_study"]]
    for name in (
        "rutland/gp_registrations_by_lsoa11_2022-07.csv",
        "national/gp_registrations_practice_x_lsoa11_2022-07.parquet",
    ):
        held = read_registrations(DATA / name).patients.rename("patients").reset_index()
        carried, ledger = carry_counts(held, lookup)
        assert carried.loc[carried["area"].isin(inside), "patients"].sum() == 39_161
        assert ledger["patients"].sum() == held["patients"].sum()
