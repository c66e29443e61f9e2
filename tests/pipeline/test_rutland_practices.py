"""A real county's practices and link workers, run from the national files as published."""

from __future__ import annotations

import csv

import pytest

from slgeo.config import read_study
from slgeo.pipeline import run

STUDY = """
title = "Who can reach a GP practice in Rutland?"
place = "Rutland"
[areas]
file = "{data}/rutland/lsoa21.geojson"
study = "in_area"
[postcodes]
file = "{data}/rutland/postcodes_nspl_2025-05.csv"
[roads]
file = "{data}/rutland/rutland-2022.osm.pbf"
hull = "{data}/rutland/osm_road_hull.geojson"
[[places]]
file = "{data}/national/epraccur_2025-09.csv"
within_areas = true
[practices]
networks = "{data}/national/epcn_core_partners.csv"
[registrations]
file = "{data}/national/gp_registrations_practice_x_lsoa11_2022-07.parquet"
lookup = "{data}/national/lookup_lsoa11_lsoa21_ltla22.parquet"
date = "2022-07"
[link_workers]
file = "{data}/national/{workers}"
[travel]
modes = ["drive"]
"""
WORKERS = "pcn_social_prescribing_link_workers_2020-03_2022-09.csv"
FOUR = ["C82010", "C82044", "C82077", "C82649"]


@pytest.fixture(scope="module")
def county(rutland, tmp_path_factory):
    data = rutland.parent.as_posix()
    folder = tmp_path_factory.mktemp("practices")
    text = STUDY.replace("{data}", data).replace("{workers}", WORKERS)
    (folder / "study.toml").write_text(text, encoding="utf-8")
    return run(read_study(folder / "study.toml"))


class TestRutlandPractices:
    """What is known of the county: four practices in one network, one link worker."""

    def test_fifteen_practices_are_placed_and_every_radius_is_stated(self, county):
        places = county.tables["places"]
        placed = places[places["precision"] != "failed"]

        assert len(placed) == 15
        assert (placed["error_radius"] == 220).all()
        assert set(FOUR) < set(placed.index)
        assert "22 of 6,618 places lie in the areas" in " ".join(county.text.split())

    def test_the_network_is_exactly_the_four_practices(self, county):
        table = county.tables["practice_networks"]

        assert table.loc["U67590", "members"].split(" ") == FOUR
        assert table.loc["U67590", "name"] == "RUTLAND HEALTH PCN"

    def test_every_registered_patient_is_accounted_for(self, county):
        tables = county.tables
        area = tables["link_workers_by_area"]

        assert tables["practices"]["patients_study"].sum() == pytest.approx(39_161)
        assert tables["practice_bypass"]["patients"].sum() == pytest.approx(39_161)
        assert area.loc[area["in_study"], "patients"].sum() == pytest.approx(39_161)
        assert tables["practices"].loc["C83007", "patients_study"] == pytest.approx(3_422)

    def test_link_workers_of_the_network_are_the_rows_of_the_national_table(self, county, rutland):
        with (rutland.parent / "national" / WORKERS).open(encoding="utf-8-sig") as file:
            published = {
                f"{row['year']}-{int(row['month']):02d}": row
                for row in csv.DictReader(file)
                if row["pcn_code"] == "U67590"
            }
        table = county.tables["link_workers"].xs("U67590", level="network")

        assert len(table) == 11
        for quarter, row in table.iterrows():
            if quarter in published:
                assert row["fte"] == pytest.approx(float(published[quarter]["splw_fte"]))
                assert row["records"] == float(published[quarter]["splw_records"])
            else:
                assert row["state"] == "not known"
        assert len(published) == 5

    def test_the_rate_of_the_county_is_worked_by_hand(self, county):
        """One full-time link worker over 42,163 patients: 0.237 per 10,000."""
        row = county.tables["link_workers"].loc[("U67590", "2022-09")]

        assert row["patients"] == 42_163
        assert row["fte_per_10000"] == pytest.approx(10_000 / 42_163)
        assert row["caseload"] == 225
        assert row["denominator_date"] == "2022-07"

    def test_the_practice_of_two_villages_is_flagged_in_print(self, county):
        said = " ".join(county.text.split())

        assert "of which the files have one: MARKET OVERTON & SOMERBY SURGERIES." in said
        assert "from a GP practice (main surgeries only)" in said
        assert "FOUR COUNTIES PCN (3,423 patients here) is in no return: not known" in said
