"""Places of several files in one study: twins, what counts, opening hours, ways in, positions."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pandas as pd
import pytest
import shapely

from slgeo.cli import main
from slgeo.config import read_study
from slgeo.errors import StudyError
from slgeo.pipeline.counted import lifted
from slgeo.pipeline.inputs import read_places
from slgeo.pipeline.twins import twins

RUTLAND = """
title = "t"
[areas]
file = "{data}/lsoa21.geojson"
study = "in_area"
[postcodes]
file = "{data}/postcodes_nspl_2025-05.csv"
[roads]
file = "{data}/rutland-2022.osm.pbf"
[[places]]
file = "{data}/gp_practices_2025-09.csv"
[[places]]
file = "{data}/osm_assets_2022.geojson"
[[places]]
file = "{data}/libraries_2023.csv"
"""


def study_of(folder, *sections, places=("groups.csv",)):
    """The example's study with other files of places and further sections."""
    text = (folder / "study.toml").read_text(encoding="utf-8")
    head = text[: text.index("[[places]]")]
    lists = "".join(f'[[places]]\nfile = "{name}"\n' for name in places)
    (folder / "study.toml").write_text("\n".join([head, lists, *sections]), encoding="utf-8")
    return read_study(folder / "study.toml")


def placed(study, tmp_path, areas=None):
    return read_places(study, "EPSG:27700", cache=tmp_path / "cache", areas=areas)


def twin_lists(folder):
    """One hall in two lists, 20 m apart, and a second hall farther down the road."""
    (folder / "a.csv").write_text(
        "id,name,kind,latitude,longitude\na1,Exby Village Hall,village hall,55.55301,-1.27801\n"
        "a2,Wyeby Hall,village hall,55.56001,-1.27801\n"
    )
    (folder / "b.csv").write_text(
        "id,name,kind,latitude,longitude\nb1,Exby Hall,village hall,55.55301,-1.27833\n"
    )


@pytest.fixture(scope="module")
def county(rutland, tmp_path_factory):
    folder = tmp_path_factory.mktemp("county")
    (folder / "study.toml").write_text(RUTLAND.replace("{data}", rutland.as_posix()))
    study = read_study(folder / "study.toml")
    return study, read_places(study, "EPSG:27700", cache=folder / "cache")


class TestRutland:
    """The county's own files: four libraries are in two of them, and 326 candidates unnamed."""

    def test_libraries_meet_their_twins_in_the_map(self, county):
        _, places = county
        merged = places.merged[places.merged["kind"] == "library"]
        assert len(merged) == 4
        assert set(merged["verdict"]) == {"same"}
        assert (merged["distance"] < 30).all()
        assert sorted(merged["rule"]) == ["name", "name", "name", "one_of_kind"]
        assert int((places.sites["kind"] == "library").sum()) == 10

    def test_candidates_are_classified_and_counted_with_and_without_the_list(self, county):
        _, places = county
        mapped = places.everything[places.everything["source"] == "osm_assets_2022.geojson"]
        assert len(mapped) == 638
        assert int((~mapped["named"].astype(bool)).sum()) == 326
        alone = mapped["counts_alone"].astype(bool)
        assert int(alone.sum()) == 253
        unknown = mapped[mapped["kind"] == "other"]["tag"].value_counts().to_dict()
        assert unknown == {"amenity=social_facility": 9, "amenity=clinic": 2}
        kinds = places.everything[lifted(places.everything)]["kind"].value_counts()
        assert kinds["social_connection"] == 108  # 28 count; 80 pubs and cafés do not
        assert int((places.sites["kind"] == "social_connection").sum()) == 28

    def test_parks_are_reached_by_the_ways_in_that_the_roads_have(self, county):
        _, places = county
        water = places.sites.loc["relation/7588790"]
        assert water["name"] == "Rutland Water Nature Reserve"
        doors = shapely.from_wkt(water["entrances"])
        assert len(doors.geoms) > 1
        # Its middle lies in a reserve of 5 square kilometres; a way in is at its edge.
        assert water.geometry.distance(doors) > 100
        assert int(places.everything["entrances"].notna().sum()) == 22

    def test_every_merge_is_told_and_can_be_undone(self, county, tmp_path):
        study, places = county
        pairs = places.merged[["site", "twin"]].to_numpy().tolist()
        text = study.path.read_text() + f"[twins]\nkeep_apart = {json.dumps(pairs)}\n"
        (tmp_path / "study.toml").write_text(text)
        apart = placed(read_study(tmp_path / "study.toml"), tmp_path)
        verdicts = apart.merged.set_index(["site", "twin"])["verdict"]
        assert all(verdicts[tuple(pair)] == "different" for pair in pairs)
        assert len(apart.sites) == len(places.sites) + 4  # the practices of the map never count
        assert not set(apart.everything["same_as"].dropna()) & {s for s, _ in pairs if "/" in s}


def test_twins_are_merged_explained_kept_apart_and_merged_by_hand(example_copy, tmp_path):
    twin_lists(example_copy)
    lists = ("a.csv", "b.csv")
    both = placed(study_of(example_copy, places=lists), tmp_path)
    assert sorted(both.sites.index) == ["a1", "a2"]
    assert "names agree" in both.everything.loc["b1", "why_not"]
    assert both.sites.loc["a1", "also_in"] == "b1"
    apart = study_of(example_copy, '[twins]\nkeep_apart = [["b1", "a1"]]', places=lists)
    assert sorted(placed(apart, tmp_path).sites.index) == ["a1", "a2", "b1"]
    off = study_of(example_copy, "[twins]\nmerge = false", places=lists)
    assert sorted(placed(off, tmp_path).sites.index) == ["a1", "a2", "b1"]
    hand = study_of(example_copy, '[twins]\nmerge = false\nsame = [["a2", "b1"]]', places=lists)
    found = placed(hand, tmp_path)
    assert found.merged[["rule", "verdict"]].to_numpy().tolist() == [["by_hand", "same"]]
    assert sorted(found.sites.index) == ["a1", "a2"]
    wrong = study_of(example_copy, '[twins]\nkeep_apart = [["a1", "b11"]]', places=lists)
    with pytest.raises(StudyError, match=r"\[twins\] 'b11' is kept apart .* did you mean 'b1'"):
        placed(wrong, tmp_path)
    with pytest.raises(StudyError, match="must be a list of pairs"):
        study_of(example_copy, '[twins]\nkeep_apart = ["a1"]', places=lists)


def test_the_table_of_twins_names_both_and_counts_the_rules(example_copy, tmp_path):
    twin_lists(example_copy)
    study = study_of(example_copy, places=("a.csv", "b.csv"))
    found = type("Found", (), {"places": placed(study, tmp_path)})
    part = twins(type("Context", (), {"study": study, "found": found}))
    row = part.tables["merged_places"].loc[("a1", "b1")]
    assert row[["name", "twin_name", "rule", "verdict"]].tolist() == [
        "Exby Village Hall", "Exby Hall", "name", "same",
    ]  # fmt: skip
    assert "1 pair merged (name 1)" in part.lines[0]
    assert "names agree from 88 of 100" in part.lines[0]


def test_a_study_says_what_tags_and_words_mean(example_copy, tmp_path):
    (example_copy / "kinds.csv").write_text("source,kind\nWool work,arts_culture\n")
    (example_copy / "a.csv").write_text(
        "name,type,postcode,latitude,longitude\nOne,Wool work,,55.553,-1.278\n"
        "Two,Chapel tours,,55.554,-1.278\n"
    )
    lines = (
        '{ "Chapel tours" = "leave out", "leisure=park" = "leave out", "amenity=pubb" = "food" }'
    )
    study = study_of(
        example_copy,
        f'[taxonomy]\nfile = "kinds.csv"\nlines = {lines}',
        places=("a.csv", "roads.osm.pbf"),
    )
    places = placed(study, tmp_path)
    listed = places.everything[places.everything["source"] == "a.csv"].set_index("name")
    assert listed.loc["One", "kind"] == "arts_culture"
    assert listed.loc["Two", "why_not"] == "study.toml leaves it out"
    assert not places.sites.get("tag", pd.Series(dtype=object)).eq("leisure=park").any()
    notes = places.sites.attrs["notes"]
    assert "taxonomy: no place has the tag amenity=pubb; did you mean amenity=pub?" in notes
    wrong = study_of(example_copy, '[taxonomy]\nlines = { "club=scout" = "libary" }')
    with pytest.raises(StudyError, match=r"taxonomy: 'club=scout' .* did you mean 'library'"):
        placed(wrong, tmp_path)
    (example_copy / "kinds.csv").write_text("a,b\n1,2\n")
    wrong = study_of(example_copy, '[taxonomy]\nfile = "kinds.csv"')
    with pytest.raises(StudyError, match=r"kinds\.csv has no column source and kind"):
        placed(wrong, tmp_path)


def test_places_are_counted_by_when_they_are_open_and_unknown_hours_are_a_choice(
    example_copy, tmp_path
):
    (example_copy / "a.csv").write_text(
        "name,kind,latitude,longitude,opening hours\nLate,library,55.553,-1.278,Mo-Fr 09:00-20:00\n"
        "Early,library,55.563,-1.278,Mo-Fr 09:00-17:00\nSilent,library,55.573,-1.278,\n"
    )
    kept = study_of(example_copy, 'open = "weekday evening"', places=("a.csv",))
    places = placed(kept, tmp_path)
    assert sorted(places.sites["name"]) == ["Late", "Silent"]
    assert places.left_out["why_not"].tolist() == ["not open on a weekday evening"]
    said = [note for note in places.sites.attrs["notes"] if note.startswith("opening hours")]
    assert "of 3 places asked to be open" in said[0]
    assert "of 1 (33%) it is not known: these are counted" in said[0]
    strict = 'open = "weekday evening"\nunknown_hours = "leave out"'
    places = placed(study_of(example_copy, strict, places=("a.csv",)), tmp_path)
    assert places.sites["name"].tolist() == ["Late"]
    weekend = placed(study_of(example_copy, 'open = "weekend"', places=("a.csv",)), tmp_path)
    assert weekend.sites["name"].tolist() == ["Silent"]


def test_hours_that_only_a_twin_states_are_the_places_own(example_copy, tmp_path):
    head = "id,name,kind,latitude,longitude,opening hours\n"
    (example_copy / "a.csv").write_text(f"{head}a,Exby Hall,village hall,55.553,-1.278,\n")
    (example_copy / "b.csv").write_text(
        f"{head}b,Exby Village Hall,village hall,55.553,-1.278,Mo-Fr 09:00-17:00\n"
    )
    lists = ('[[places]]\nfile = "b.csv"', '[[places]]\nfile = "groups.csv"')
    study = study_of(example_copy, 'open = "weekday evening"', *lists, places=("a.csv",))
    places = placed(study, tmp_path)
    assert places.everything.loc["a", "also_in"] == "b"
    assert places.everything.loc["a", "why_not"] == "not open on a weekday evening"


def test_ways_in_are_found_in_the_file_of_roads_unless_declined(example_copy, tmp_path):
    study = study_of(example_copy, places=("roads.osm.pbf",))
    with_ = placed(study, tmp_path).sites
    again = placed(study, tmp_path).sites  # from the cache
    assert again["entrances"].fillna("").tolist() == with_["entrances"].fillna("").tolist()
    without = placed(
        study_of(example_copy, "entrances = false", places=("roads.osm.pbf",)), tmp_path
    )
    assert without.sites["entrances"].isna().all()
    assert list(without.sites.index) == list(with_.index)


def test_a_place_far_from_every_area_is_doubted_in_a_local_list(example_copy, tmp_path):
    from slgeo.pipeline.inputs import read_areas

    (example_copy / "a.csv").write_text(
        "name,kind,latitude,longitude\nNear,library,55.553,-1.278\nNear too,food,55.553,-1.278\n"
        "Sign lost,library,51.553,1.278\n"
    )
    study = study_of(example_copy, places=("a.csv",))
    places = placed(study, tmp_path, areas=read_areas(study))
    doubt = places.unmatched.set_index("name").loc["Sign lost"]
    assert doubt["outcome"] == "doubtful"
    assert "km from every area of the study" in doubt["position_note"]
    assert any("1 place lies over 100 km" in note for note in places.sites.attrs["notes"])
    (example_copy / "a.csv").write_text(
        "name,kind,latitude,longitude\nNear,library,55.553,-1.278\nA,food,51.5,0.1\nB,food,51.5,0.2\n"
    )
    places = placed(study, tmp_path, areas=read_areas(study))
    assert places.unmatched.empty
    assert any("2 of 3 places lie over 100 km" in note for note in places.sites.attrs["notes"])


def test_check_finds_what_only_all_files_together_show(example_copy, capsys):
    twin_lists(example_copy)
    (example_copy / "b.csv").write_text((example_copy / "a.csv").read_text())
    study_of(example_copy, places=("a.csv", "b.csv"))
    assert main(["check", str(example_copy)]) == 2
    said = capsys.readouterr().out
    assert "fault   places: [[places]]: 2 places occur in more than one file" in said
    assert "'a1', in a.csv and b.csv" in said
    assert not (example_copy / ".slgeo-cache").exists()


def test_postcodes_no_file_has_are_asked_for_online_only_where_the_study_says_so(
    example_copy, tmp_path
):
    asked = []

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self):
            held = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append((self.headers["User-Agent"], held))
            row = {"postcode": "ZZ9 9ZZ", "latitude": 55.553, "longitude": -1.278, "quality": 1}
            body = json.dumps({"result": [{"query": "ZZ9 9ZZ", "result": row}]}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    known = pd.read_csv(example_copy / "onspd.csv", dtype=str)["pcds"].iloc[0]
    (example_copy / "a.csv").write_text(
        f"name,kind,postcode,contact\nHall,village hall,{known},Ms A\nNew hall,village hall,"
        "zz99zz,Mr B\n"
    )
    offline = placed(study_of(example_copy, places=("a.csv",)), tmp_path)
    assert offline.sites["precision"].tolist() == ["postcode", "failed"]
    server = HTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        online = f'[online]\npostcodes = "http://127.0.0.1:{server.server_port}"'
        study = study_of(example_copy, online, places=("a.csv",))
        found = placed(study, tmp_path)
        placed(study, tmp_path)
    finally:
        server.shutdown()
        server.server_close()
    assert found.sites["precision"].tolist() == ["postcode", "postcode"]
    assert [held for _, held in asked] == [{"postcodes": ["ZZ9 9ZZ"]}]  # once, and nothing else
    assert asked[0][0].startswith("slgeo")
    assert any("1 of 1 places that no file" in note for note in found.sites.attrs["notes"])


def test_a_run_tells_which_places_count_with_and_without_the_default_list(example_run):
    folder, result = example_run
    table = pd.read_csv(folder / "tables" / "places_counted.csv").set_index("kind")
    places = pd.read_csv(folder / "tables" / "places.csv")
    left_out = pd.read_csv(folder / "tables" / "places_left_out.csv")
    assert table["read"].sum() == len(places) + len(left_out)
    assert table["counted"].sum() == len(places)
    assert table["counted"].to_dict() == {
        kind: (places["kind"] == kind).sum() for kind in table.index
    }
    out = ["merged", "left_out_default", "left_out_study"]
    assert (table["read"] == table["counted"] + table[out].sum(axis=1)).all()
    assert (table["counted_without_default_list"] >= table["counted"]).all()
    more = table["people_beyond_without_default_list"].dropna()
    assert (more <= table["people_beyond"].reindex(more.index) + 0.1).all()
    everyone = result.tables["summary"].xs("everyone", level="by")
    assert (table["people_beyond"].dropna() <= everyone["people"].max()).all()
    assert "Which places count" in result.text
    assert f"{len(places) + len(left_out):,} read" in result.text


def test_a_run_writes_its_activities_with_unknown_as_a_value(example_run):
    folder, result = example_run
    table = pd.read_csv(folder / "tables" / "activities.csv", dtype=str)
    assert len(table) > 0
    for column in ("cost", "referral_needed", "step_free", "eligibility", "checked"):
        assert table[column].notna().all(), column
    assert set(table["referral_needed"]) <= {"yes", "no", "not known"}
    assert "Not known:" in result.text
    nowhere = table["venue"].isna()
    assert set(table.loc[~nowhere, "venue"]) <= set(
        pd.read_csv(folder / "tables" / "places.csv", dtype=str)["site"]
    )


def test_a_property_number_places_a_building_where_the_study_has_their_points(
    example_copy, tmp_path
):
    (example_copy / "a.csv").write_text("name,kind,postcode,uprn\nHall,village hall,,0007\n")
    (example_copy / "uprn.csv").write_text(
        "UPRN,X_COORDINATE,Y_COORDINATE,LATITUDE,LONGITUDE\n7,445610,629063,55.55,-1.28\n"
    )
    study = study_of(example_copy, places=("a.csv",))
    text = study.path.read_text().replace("[postcodes]", '[postcodes]\nuprns = "uprn.csv"')
    study.path.write_text(text)
    places = placed(read_study(study.path), tmp_path)
    assert places.sites["precision"].tolist() == ["uprn"]
    assert (places.sites.geometry.x.iloc[0], places.sites.geometry.y.iloc[0]) == pytest.approx(
        (445610, 629063), abs=0.01
    )


def test_ways_in_found_by_other_code_are_found_anew(example_files, tmp_path, monkeypatch):
    """The cache outlives an upgrade: what it keeps is named after the code that found it."""
    from slgeo.config.sections import PlacesSection
    from slgeo.pipeline import place_files
    from slgeo.places import osm_entrances
    from slgeo.places.table import places_from
    from slgeo.sources.cache import Cache

    study = read_study(example_files / "study.toml")
    asked = PlacesSection(file=study.roads.file)
    row = {"site": "way/1", "name": "Park", "kind": "nature", "easting": 1e5, "northing": 2e5}
    places = places_from([row], source="example")
    times = []
    find = osm_entrances.find_ways_in
    monkeypatch.setattr(osm_entrances, "find_ways_in", lambda *a: times.append(a) or find(*a))

    def look():
        look_up = place_files._with_entrances  # noqa: SLF001 - the one door to what is kept
        look_up(study, asked, places, Cache(tmp_path / "kept"))
        return len(times)

    assert [look(), look()] == [1, 1]
    changed = tmp_path / "osm_entrances.py"
    changed.write_text("# of another version\n", encoding="utf-8")
    monkeypatch.setattr(osm_entrances, "__file__", str(changed))
    assert look() == 2
