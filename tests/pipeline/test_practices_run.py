"""Practices in a run: whom they have, who by-passes the nearest, their branches and boundaries."""

from __future__ import annotations

import csv
import shutil
from collections import defaultdict

import geopandas as gpd
import pandas as pd
import pytest

from slgeo.config import read_study
from slgeo.pipeline import run
from slgeo.pipeline.link_workers import link_workers
from slgeo.pipeline.parts import Context
from slgeo.pipeline.practices import practices
from slgeo.sources.cache import Cache


@pytest.fixture(scope="module")
def registered(example_run):
    """Patients by practice and area, and all of each practice, read with the csv module."""
    pairs, whole = defaultdict(int), defaultdict(int)
    path = example_run[0] / "registrations.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            count = int(row["NUMBER_OF_PATIENTS"])
            whole[row["PRACTICE_CODE"]] += count
            if row["LSOA_CODE"] != "EMPTY":
                pairs[row["PRACTICE_CODE"], row["LSOA_CODE"]] += count
    return pairs, whole


def test_every_patient_of_the_study_is_with_one_practice_of_the_table(example_run, registered):
    pairs, whole = registered
    table = example_run[1].tables["practices"]

    assert table["patients_study"].sum() == sum(pairs.values())
    assert table["share_of_study"].sum() == pytest.approx(1)
    assert table["patients"].to_dict() == {code: whole[code] for code in table.index}
    kept = table["patients"] - table["patients_without_area"]
    assert (kept == table["patients_study"]).all(), "all areas of the example are in its study"


def test_the_areas_of_a_catchment_hold_eighty_per_cent_and_no_area_too_many(
    example_run, registered
):
    pairs, _ = registered
    table = example_run[1].tables["practice_catchments"]
    counted = example_run[1].tables["practices"]["areas_80"]

    for practice in table.index.get_level_values("practice").unique():
        mine = sorted((count for (code, _), count in pairs.items() if code == practice))[::-1]
        needed, so_far = 0, 0
        while so_far < 0.8 * sum(mine):
            so_far += mine[needed]
            needed += 1
        rows = table.loc[practice]
        assert len(rows) == needed == counted[practice]
        assert rows["patients"].sum() == so_far
        assert rows["cumulative"].iloc[-1] == pytest.approx(so_far / sum(mine))


def test_a_practice_is_as_deprived_as_the_areas_its_patients_live_in(example_run, registered):
    pairs, _ = registered
    areas, table = example_run[1].found.areas, example_run[1].tables["practices"]

    for practice, row in table.iterrows():
        mine = {area: count for (code, area), count in pairs.items() if code == practice}
        total = sum(areas.loc[area, "deprivation_score"] * count for area, count in mine.items())
        worst = sum(
            count for area, count in mine.items() if areas.loc[area, "deprivation_decile"] <= 2
        )
        assert row["deprivation_score"] == pytest.approx(total / sum(mine.values()))
        assert row["share_most_deprived"] == pytest.approx(worst / sum(mine.values()))


def test_who_by_passes_the_nearest_is_counted_from_the_files(example_run, registered):
    pairs, _ = registered
    table = example_run[1].tables["practice_bypass"]
    reached = example_run[1].tables["practices"]["reached"]

    for area, row in table.iterrows():
        mine = {code: count for (code, there), count in pairs.items() if there == area}
        beyond = sum(count for code, count in mine.items() if not reached[code])
        assert row["patients"] == sum(mine.values())
        assert row["with_nearest"] == mine.get(row["nearest"], 0)
        assert row["beyond_roads"] == beyond
    parts = table[["with_nearest", "bypass", "beyond_roads"]].sum(axis=1)
    assert (parts == table["patients"]).all()


def test_networks_hold_their_practices_and_their_patients(example_run, registered):
    _, whole = registered
    table = example_run[1].tables["practice_networks"]

    for row in table.itertuples():
        members = row.members.split(" ")
        assert row.practices == len(members)
        assert row.patients == sum(whole[code] for code in members)


def test_without_branches_gp_results_are_titled_main_surgeries_only(example_run):
    folder, result = example_run
    said = " ".join(result.text.split())
    page = (folder / "page.html").read_text(encoding="utf-8")

    assert "from a GP practice (main surgeries only)" in said
    assert "gp, main surgeries walk" in said
    assert "GP results are of main surgeries only" in said
    assert "GP practices are main surgeries only" in page


BRANCHES = """Code,Name,Practice code,Postcode
X9BR01,Quay Branch,{first},{one}
X9BR02,Elsewhere Branch,A00000,{one}
"""


@pytest.fixture(scope="module")
def with_more(example_run, tmp_path_factory):
    """A run of GP practices only, with a branch, a name of two surgeries, and boundaries."""
    folder = tmp_path_factory.mktemp("branches") / "study"
    shutil.copytree(example_run[0], folder, ignore=shutil.ignore_patterns("tables", "page*"))
    text = (folder / "epraccur.csv").read_text(encoding="utf-8")
    found = example_run[1].found
    sites = found.places.sites[found.places.sites["kind"] == "gp"]
    first, second = sites.index[:2]
    name = sites.loc[second, "name"]
    (folder / "epraccur.csv").write_text(
        text.replace(f'"{name}"', '"ALDER & BIRCH SURGERIES"'), encoding="utf-8"
    )
    # The branch stands where nobody has a practice: the postcode of the last library.
    one = found.places.sites.query("kind == 'library'")["postcode"].iloc[-1]
    (folder / "branches.csv").write_text(BRANCHES.format(first=first, one=one), encoding="utf-8")
    inside = found.areas.iloc[:6].dissolve()[["geometry"]].assign(practice_code=first)
    everywhere = found.areas.dissolve()[["geometry"]].assign(practice_code=second)
    drawn = gpd.GeoDataFrame(pd.concat([inside, everywhere]), crs=found.areas.crs)
    drawn.to_crs(4326).to_file(folder / "boundaries.geojson")
    path = folder / "study.toml"
    text = path.read_text(encoding="utf-8")
    start, end = text.index("[[places]]"), text.index("[practices]")
    text = text[:start] + '[[places]]\nfile = "epraccur.csv"\n' + text[end:]
    text = text.replace(
        "[practices]\n",
        '[practices]\nbranches = "branches.csv"\nboundaries = "boundaries.geojson"\n',
    )
    path.write_text(text.replace('["walk", "drive"]', '["walk"]'), encoding="utf-8")
    return folder, run(read_study(path)), first, second


def test_a_branch_is_a_site_of_its_practice_and_lifts_the_title(with_more):
    _, result, first, _ = with_more
    places = result.tables["places"]

    assert places.loc["X9BR01", "practice"] == first
    assert bool(places.loc["X9BR01", "branch"])
    assert not places.loc[first, "branch"]
    assert "X9BR02" not in places.index
    assert "main surgeries only" not in result.text
    assert "1 branch surgery, a site of its practice" in " ".join(result.text.split())


def test_a_practice_reached_at_its_branch_is_reached(with_more):
    _, result, first, _ = with_more
    nearest = result.tables["practice_bypass"]["nearest"]

    assert "X9BR01" not in set(nearest), "the practice is named, not its branch"
    assert bool(result.tables["practices"].loc[first, "reached"])


def test_a_name_of_several_surgeries_is_listed(with_more):
    _, result, _, second = with_more
    said = " ".join(result.text.split())

    assert bool(result.tables["practices"].loc[second, "several_sites"])
    assert "of more than one surgery, of which the files have one: ALDER & BIRCH SURGERIES." in said


def test_who_lives_inside_a_boundary_is_counted_from_whole_areas(with_more, registered):
    """The boundary follows the borders of six areas, so no area is cut and counts are exact."""
    pairs, _ = registered
    folder, result, first, second = with_more
    table, areas = result.tables["practice_boundaries"], result.found.areas
    six = set(areas.index[:6])
    own = sum(count for (code, area), count in pairs.items() if code == first and area in six)
    everyone = sum(count for (_, area), count in pairs.items() if area in six)

    row = table.loc[first]
    assert row["residents_inside"] == pytest.approx(areas["population"].iloc[:6].sum(), rel=1e-3)
    assert row["own_inside"] == pytest.approx(own, rel=1e-3)
    assert row["registered_inside"] == pytest.approx(everyone, rel=1e-3)
    assert row["elsewhere"] == pytest.approx(everyone - own, rel=1e-3)
    assert table.loc[second, "share_inside"] == pytest.approx(1, abs=1e-3)
    assert "practice_boundaries" in {path.stem for path in (folder / "tables").iterdir()}


def test_sensitive_registrations_reach_no_part(example_run, example_copy):
    """Parts get no registrations then, and read none themselves: no patient is in what they say."""
    path = example_copy / "study.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("[registrations]\n", '[registrations]\nstatus = "sensitive"\n'),
        encoding="utf-8",
    )
    study, found = read_study(path), example_run[1].found
    context = Context(study, found, {}, {}, None, Cache(example_copy))

    first, second = practices(context), link_workers(context)

    assert first is not None
    assert second is not None
    assert not first.tables
    assert list(second.tables) == ["link_workers"]
    shown = second.tables["link_workers"]
    assert shown[["patients", "patients_study", "coverage"]].isna().all(axis=None)
    everyone = example_run[1].tables["practices"]["patients_study"]
    said = " ".join([*first.lines, *second.lines, *first.notes, *second.notes])
    assert not [count for count in everyone if f"{count:,.0f}" in said and count > 99]


def test_the_credits_name_who_publishes_networks_and_workforce(example_run):
    """The example owes nobody; a study that is not invented names each file's publisher."""
    from slgeo.pipeline.credits import OF_KEY

    files = set(example_run[1].tables["sources"].index)

    assert {"core_partners.csv", "workforce.csv", "delivery_model.csv"} <= files
    assert OF_KEY["link_workers.file"].publisher == "NHS England"
