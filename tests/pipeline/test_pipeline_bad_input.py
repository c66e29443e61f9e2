"""Wrong files and wrong studies: one clear line, exit status 2, nothing written."""

from __future__ import annotations

import json
import zipfile

import pytest

from slgeo.cli import main


def cut_in_half(path):
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def edited(path, old, new):
    text = path.read_text(encoding="utf-8-sig")
    assert old in text, f"{path.name} has no {old!r} to spoil"
    path.write_text(text.replace(old, new), encoding="utf-8")


def no_population(folder):
    """Neither the boundaries nor a table say how many people live there."""
    edited(folder / "study.toml", 'population = "population.csv"\n', "")
    edited(folder / "study.toml", 'ethnicity = "ethnicity.csv"\n', "")


def moved_to_degrees_called_metres(folder):
    data = json.loads((folder / "areas.geojson").read_text())
    data["crs"] = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}
    (folder / "areas.geojson").write_text(json.dumps(data))


def area_twice(folder):
    data = json.loads((folder / "areas.geojson").read_text())
    data["features"].append(data["features"][0])
    (folder / "areas.geojson").write_text(json.dumps(data))


def no_features(folder):
    data = json.loads((folder / "areas.geojson").read_text())
    data["features"] = []
    (folder / "areas.geojson").write_text(json.dumps(data))


def real_codes(folder):
    """Deprivation of real areas, of another edition than the made-up ones."""
    import re

    text = (folder / "imd.csv").read_text(encoding="utf-8-sig")
    (folder / "imd.csv").write_text(re.sub(r"X01(\d{6})", r"E01\1", text))


def escaping_zip(folder):
    with zipfile.ZipFile(folder / "areas.zip", "w") as archive:
        archive.writestr("../escaped.shp", b"nothing")
    edited(folder / "study.toml", '"areas.geojson"', '"areas.zip"')


CASES = {
    "a typo in study.toml": (
        lambda f: edited(f / "study.toml", "modes =", "mods ="),
        ["study.toml", "mods", "modes"],
    ),
    "study.toml is no TOML": (
        lambda f: (f / "study.toml").write_text("title = "),
        ["study.toml", "line 1"],
    ),
    "a file that is not there": (
        lambda f: (f / "imd.csv").unlink(),
        ["imd.csv", "not there"],
    ),
    "an empty file": (lambda f: (f / "imd.csv").write_text(""), ["imd.csv", "empty"]),
    "a table without its columns": (
        lambda f: (f / "imd.csv").write_text("a,b\n1,2\n"),
        ["imd.csv"],
    ),
    "roads cut in half": (lambda f: cut_in_half(f / "roads.osm.pbf"), ["roads.osm.pbf"]),
    "roads that are no roads": (
        lambda f: (f / "roads.osm.pbf").write_bytes(b"<html>not found</html>"),
        ["roads.osm.pbf"],
    ),
    "boundaries cut in half": (lambda f: cut_in_half(f / "areas.geojson"), ["areas.geojson"]),
    "boundaries in the wrong CRS": (moved_to_degrees_called_metres, ["areas.geojson", "degrees"]),
    "an area twice": (area_twice, ["areas.geojson", "X01"]),
    "no areas": (no_features, ["areas.geojson"]),
    "no population": (no_population, ["population"]),
    "codes of another country": (real_codes, ["imd.csv", "England"]),
    "a zip that leaves its folder": (escaping_zip, ["areas.zip", ".."]),
    "places without a place": (
        lambda f: (f / "groups.csv").write_text("name,kind\nA group,arts_culture\n"),
        ["groups.csv"],
    ),
    "an unknown kind": (
        lambda f: edited(
            f / "study.toml", 'file = "groups.csv"', 'file = "groups.csv"\nkind = "gpp"'
        ),
        ["gpp", "gp"],
    ),
    "a study that is nowhere": (
        lambda f: edited(
            f / "study.toml",
            'file = "areas.geojson"',
            'file = "areas.geojson"\nstudy = ["X01999999"]',
        ),
        ["X01999999"],
    ),
    "JSON nested too deep": (
        lambda f: (f / "services.json").write_text("[" * 100_000),
        ["services.json"],
    ),
}


def only_header(folder):
    """Every file of places is empty but for its heading."""
    (folder / "groups.csv").write_text("name,kind,postcode\n")
    text = (folder / "study.toml").read_text()
    places = text[text.index("[[places]]") : text.index("[practices]")]
    (folder / "study.toml").write_text(text.replace(places, '[[places]]\nfile = "groups.csv"\n\n'))


def hull_of_a_point(folder):
    point = {"type": "Feature", "properties": {}, "geometry": {"type": "Point"}}
    point["geometry"]["coordinates"] = [2.0, 56.0]
    made = {"type": "FeatureCollection", "features": [point]}
    (folder / "hull.geojson").write_text(json.dumps(made))


CASES |= {
    "no place at all": (only_header, ["groups.csv"]),
    "a hull without a surface": (hull_of_a_point, ["hull.geojson", "no polygon"]),
    "thresholds that are no whole minutes": (
        lambda f: edited(f / "study.toml", "[travel]", "[travel]\nthresholds = [10.5, 20]"),
        ["10.5", "whole"],
    ),
    "a results folder that is in the way": (
        lambda f: (f / "results.xlsx").mkdir(),
        ["results.xlsx", "folder"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_one_clear_line_and_nothing_written(case, example_copy, capsys):
    spoil, words = CASES[case]
    spoil(example_copy)
    before = {path for path in example_copy.rglob("*") if ".slgeo-cache" not in path.parts}

    status = main(["run", str(example_copy)])

    said = capsys.readouterr()
    assert status == 2, said.err
    assert said.out == ""
    assert said.err.count("\n") == 1, said.err
    assert said.err.startswith("slgeo: ")
    assert "Traceback" not in said.err
    for word in words:
        assert word.lower() in said.err.lower(), f"{word!r} is not in: {said.err}"
    after = {path for path in example_copy.rglob("*") if ".slgeo-cache" not in path.parts}
    assert after == before
    assert not (example_copy.parent / "escaped.shp").exists()


def test_an_earlier_result_survives_a_failing_run(example_again, capsys):
    folder = example_again
    page = (folder / "page.html").read_bytes()
    cut_in_half(folder / "roads.osm.pbf")

    assert main(["run", str(folder), "--from", "roads"]) == 2
    capsys.readouterr()
    assert (folder / "page.html").read_bytes() == page


def test_places_that_cannot_be_right_are_listed_and_the_run_goes_on(example_copy, capsys):
    """Latitude and longitude the wrong way round, at 0,0, on the moon: kept, with a reason."""
    rows = [
        "name,kind,latitude,longitude,postcode",
        "Swapped,arts_culture,-0.5,52.9,",
        "Null Island,arts_culture,0,0,",
        "Moon,arts_culture,100,0.5,",
        "=cmd|'/c calc'!A1,arts_culture,,,NOT A POSTCODE",
        "<script>alert(1)</script>,arts_culture,,,",
    ]
    (example_copy / "groups.csv").write_text("\n".join(rows) + "\n")

    assert main(["run", str(example_copy)]) == 0
    capsys.readouterr()
    listed = (example_copy / "tables" / "not_located.csv").read_text(encoding="utf-8-sig")
    for name in ("Null Island", "Moon", "<script>", "Swapped"):
        assert name in listed
    assert "\"'=cmd" in listed
    page = (example_copy / "page.html").read_text(encoding="utf-8")
    assert "<script>alert(1)" not in page
