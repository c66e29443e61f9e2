"""A directory of services, from each form it is published in to the page: nothing lost, or run."""

from __future__ import annotations

import csv
import json
import re

import pandas as pd
import pytest

from slgeo.config import read_study
from slgeo.pipeline import run
from slgeo.pipeline.activities import activities
from slgeo.pipeline.inputs import read_places
from slgeo.pipeline.parts import Context

SCRIPT = "<script>alert(1)</script>Choir"
FORMULA = '=HYPERLINK("http://evil.example","click")'

LOCATIONS = {
    # The standard's own example of a location has latitude 100.
    "bad": {"name": "Bad", "location_type": "physical", "latitude": 100, "longitude": 100},
    "hall": {"name": "Old Hall", "location_type": "physical"},
    "web": {"name": "Online", "location_type": "virtual"},
}
SCHEDULES = {"choir": ("MO,WE", "18:00", "20:00"), "lunch": ("SA", "10:00", "12:00")}
SERVICES = {
    "choir": {"name": SCRIPT, "status": "active", "at": "hall", "description": FORMULA,
              "application_process": "Just turn up", "minimum_age": "18"},
    "choir2": {"name": SCRIPT, "status": "active", "at": "hall", "same_as": "choir"},
    "lunch": {"name": "Lunch club", "status": "active", "at": "hall", "cost": "2.50",
              "application_process": "Referral by a GP or link worker"},
    "lost": {"name": "Walking group", "status": "active", "at": "bad"},
    "line": {"name": "Debt advice by telephone", "status": "active", "at": "web",
             "area": "Aldermere"},
    "gone": {"name": "Knitting", "status": "inactive", "at": "hall"},
}  # fmt: skip


def postcodes(folder):
    rows = pd.read_csv(folder / "onspd.csv", dtype=str)
    return rows[rows["doterm"].isna() & (rows["gridind"] == "1")]["pcds"].tolist()


def location(key, code):
    held = {"id": key, **LOCATIONS[key]}
    if key == "hall":
        held["addresses"] = [{"postal_code": code}]
    if key == "hall":
        held["accessibility"] = [{"description": "Level access from the car park"}]
    return held


def service(key, code):
    said = SERVICES[key]
    times = SCHEDULES.get(said.get("same_as", key))
    fields = ("name", "status", "description", "application_process", "minimum_age")
    return {
        "id": key,
        **{name: said[name] for name in fields if name in said},
        "organization": {"id": "o1", "name": "Aldermere Trust"},
        "service_at_locations": [{"id": f"x-{key}", "location": location(said["at"], code)}],
        "schedules": [
            {"byday": times[0], "opens_at": times[1], "closes_at": times[2], "freq": "WEEKLY"}
        ]
        if times
        else [],
        "cost_options": [{"amount": said["cost"]}] if "cost" in said else [],
        "service_areas": [{"name": said["area"]}] if "area" in said else [],
    }


def dump(folder, code):
    """Two pages as the API gives them, in one file; a service repeats the id of one before."""
    whole = [service(key, code) for key in SERVICES]
    pages = [whole[:3], [*whole[3:], whole[0]]]
    return write(
        folder / "dump.json",
        [
            {"total_items": 7, "total_pages": 2, "page_number": number, "size": len(page),
             "first_page": number == 1, "last_page": number == 2, "empty": False, "contents": page}
            for number, page in enumerate(pages, start=1)
        ],
    )  # fmt: skip


def single(folder, code):
    return write(folder / "services.json", [service(key, code) for key in SERVICES])


def tabular(folder, code):
    """The package of CSV files that refer to one another."""
    package = folder / "package"
    package.mkdir()
    whole = [service(key, code) for key in SERVICES]
    tables = {
        "services": [
            {k: one.get(k) for k in ("id", "name", "status", "description", "application_process",
                                     "minimum_age")} | {"organization_id": "o1"}
            for one in whole
        ],
        "organizations": [{"id": "o1", "name": "Aldermere Trust"}],
        "locations": [
            {"id": key, **{k: LOCATIONS[key].get(k) for k in ("name", "location_type", "latitude",
                                                              "longitude")}}
            for key in LOCATIONS
        ],
        "service_at_locations": [
            {"id": f"x-{key}", "service_id": key, "location_id": said["at"]}
            for key, said in SERVICES.items()
        ],
        "addresses": [{"id": "a1", "location_id": "hall", "postal_code": code}],
        "accessibility": [{"id": "c1", "location_id": "hall",
                           "description": "Level access from the car park"}],
        "schedules": [
            {"id": f"h-{one['id']}", "service_id": one["id"], **held}
            for one in whole for held in one["schedules"]
        ],
        "cost_options": [
            {"id": f"k-{one['id']}", "service_id": one["id"], **held}
            for one in whole for held in one["cost_options"]
        ],
        "service_areas": [
            {"id": f"r-{one['id']}", "service_id": one["id"], **held}
            for one in whole for held in one["service_areas"]
        ],
    }  # fmt: skip
    for name, rows in tables.items():
        with (package / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            out = csv.DictWriter(file, list(rows[0]))
            out.writeheader()
            out.writerows(rows)
    return package


def write(path, held):
    path.write_text(json.dumps(held), encoding="utf-8")
    return path


FORMS = {"dump": dump, "single": single, "tabular": tabular}


def study_of(folder, form):
    """The example's study with one file of places, in walking distance, and nothing else asked."""
    code = postcodes(folder)[5]
    places = FORMS[form](folder, code)
    text = (folder / "study.toml").read_text(encoding="utf-8")
    head = text[: text.index("[[places]]")]
    tail = f'[[places]]\nfile = "{places.name}"\n[travel]\nmodes = ["walk"]\n'
    (folder / "study.toml").write_text(head + tail, encoding="utf-8")
    return read_study(folder / "study.toml")


@pytest.fixture(params=list(FORMS))
def placed(request, example_copy, tmp_path):
    study = study_of(example_copy, request.param)
    return study, read_places(study, "EPSG:27700", cache=tmp_path / "cache")


def test_every_service_is_kept_with_its_reason_in_each_form(placed):
    _, places = placed
    everything = places.everything
    assert sorted(everything.index) == sorted(SERVICES)
    assert everything.loc["lost", "reason"] == "not_geocoded"
    assert "latitude 100" in everything.loc["lost", "position_note"]
    assert everything.loc["line", "reason"] == "virtual_only"
    assert everything.loc["gone", "why_not"] == "its status is inactive"
    assert everything.loc["choir", "precision"] == "postcode"
    assert everything.loc["choir", "name_alone"] == SCRIPT


def test_one_hall_is_one_venue_of_each_kind_and_the_duplicate_is_told(placed):
    _, places = placed
    pairs = places.merged.set_index(["site", "twin"])
    assert pairs.loc[("choir", "choir2"), "rule"] == "venue"
    assert places.everything.loc["choir2", "same_as"] == "choir"
    assert not places.everything.loc["choir2", "counts"]
    assert places.sites.loc["choir", "name"] == "Old Hall"  # which stands for both
    assert {"choir", "lunch"} <= set(places.sites.index)  # a choir and a lunch are of two kinds


def test_activities_are_counted_apart_from_venues(placed):
    study, places = placed
    found = type("Found", (), {"places": places})
    part = activities(Context(study, found, {}, {}, None, None))
    table = part.tables["activities"]
    assert sorted(table.index) == ["choir#1", "line#1", "lost#1", "lunch#1"]
    choir = table.loc["choir#1"]
    assert choir[["venue", "days", "opens", "closes", "repeats"]].tolist() == [
        "choir", "MO,WE", "18:00", "20:00", "weekly",
    ]  # fmt: skip
    assert choir[["referral_needed", "minimum_age", "step_free", "cost"]].tolist() == [
        "no", 18.0, "yes", "not known",
    ]  # fmt: skip
    assert table.loc["lunch#1", ["referral_needed", "cost"]].tolist() == ["yes", "2.50 GBP"]
    assert pd.isna(table.loc["line#1", "venue"])
    assert table.loc["line#1", "area"] == "Aldermere"
    by_kind = part.tables["activities_by_kind"]
    assert by_kind["activities"].sum() == 4
    assert by_kind["without_venue"].sum() == 1
    assert by_kind["evenings"].sum() == 1
    assert by_kind["weekends"].sum() == 1
    said = " ".join(part.lines)
    assert "4 activities at 3 venues" in said
    assert "1 listed twice" in said
    assert "Available without travel: 1 (1 online or by telephone)" in said
    assert "cost 75%" in said
    assert (
        "1 activity online, by telephone, by post or at home is not on the map"
        in (part.leaves_out[0])
    )


@pytest.mark.parametrize("form", list(FORMS))
def test_each_form_runs_clean_to_the_page(example_copy, form):
    """Names with script and text that is a formula arrive as text, in the page and the tables."""
    found = run(study_of(example_copy, form))
    page = (example_copy / "page.html").read_text(encoding="utf-8")
    assert "<script>alert(1)" not in page
    names = pd.read_csv(example_copy / "tables" / "places.csv", dtype=str)["name"].tolist()
    assert sorted(names) == ["Debt advice by telephone", "Lunch club", "Old Hall", "Walking group"]
    assert "online, by telephone, by post or at home is not on the map" in page
    for path in (example_copy / "tables").glob("*.csv"):
        cells = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
        for column in cells:
            assert not cells[column].str.match(r"[=@\t]|[-+](?![\d.])").any(), (path.name, column)
    lost = pd.read_csv(example_copy / "tables" / "not_located.csv", dtype=str)
    assert sorted(lost["site"]) == ["line", "lost"]
    assert re.search(r"4 activities at 3\s+venues", found.text)
    assert len(found.tables["activities"]) == 4
