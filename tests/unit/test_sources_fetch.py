"""Downloads against a local server that speaks the publishers' protocols, faults included."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import threading
import zipfile

import geopandas as gpd
import pandas as pd
import pytest
from publishers import Service, Town, send, serving

from slgeo.areas.download import (
    by_hand,
    check_online,
    extract_address,
    fetch_layer,
    layer_of_file,
)
from slgeo.areas.registry import registry
from slgeo.errors import SourceError
from slgeo.sources import arcgis
from slgeo.sources.arcgis import fetch_features
from slgeo.sources.fetch import Manners, fetch_file, fetch_json

BODY = bytes(range(256)) * 4000
HASH = hashlib.sha256(BODY).hexdigest()


@pytest.fixture
def town():
    made = Town()
    yield made
    made.close()


def leftovers(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_comes_whole_with_its_hash_and_we_say_who_we_are(town, tmp_path):
    town.routes["/a.csv"] = lambda handler, _: send(handler, BODY)
    seen = []

    got = fetch_file(
        f"{town.root}/a.csv",
        tmp_path / "a.csv",
        sha256=HASH,
        manners=town.manners,
        progress=lambda done, total: seen.append((done, total)),
    )

    assert (got.sha256, got.size) == (HASH, len(BODY))
    assert got.path.read_bytes() == BODY
    assert seen[-1] == (len(BODY), len(BODY))
    assert "slgeo" in town.asked[0][1]["User-Agent"]
    assert leftovers(tmp_path) == ["a.csv"]


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_not_now_is_tried_again_after_longer_and_longer_waits(town, tmp_path, status):
    def route(handler, times):
        send(handler, BODY) if times == 4 else send(handler, b"no", status)

    town.routes["/a"] = route

    fetch_file(f"{town.root}/a", tmp_path / "a", manners=town.manners)

    assert town.waited == [1.0, 2.0, 4.0]


def test_a_server_that_says_how_long_is_obeyed_and_one_that_says_too_long_is_left_alone(
    town, tmp_path
):
    def route(handler, times):
        send(handler, BODY) if times == 2 else send(handler, b"", 429, Retry_After="7")

    town.routes["/a"] = route
    town.routes["/b"] = lambda handler, _: send(handler, b"", 503, Retry_After="86400")

    fetch_file(f"{town.root}/a", tmp_path / "a", manners=town.manners)

    assert town.waited == [7.0]
    with pytest.raises(SourceError, match="left alone for 86400 seconds"):
        fetch_file(f"{town.root}/b", tmp_path / "b", manners=town.manners)
    assert town.waited == [7.0]
    assert leftovers(tmp_path) == ["a"]


def test_it_gives_up_in_words_and_leaves_nothing(town, tmp_path):
    town.routes["/a"] = lambda handler, _: send(handler, b"", 500)

    with pytest.raises(SourceError, match=r"answered 500 \(4 attempts\); try again later"):
        fetch_file(f"{town.root}/a", tmp_path / "a", manners=town.manners)

    assert leftovers(tmp_path) == []


def ranged(handler, body, *, cut=None):
    """Serve a file with an ETag and ranges, breaking off after ``cut`` bytes."""
    start = 0
    wanted = re.match(r"bytes=(\d+)-", handler.headers.get("Range", ""))
    headers = {"ETag": '"v1"'}
    if wanted and handler.headers.get("If-Range") == '"v1"':
        start = int(wanted[1])
        headers["Content_Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
    part = body[start:]
    headers["Content_Length"] = str(len(part))
    send(handler, part[:cut], 206 if start else 200, **headers)


def test_a_body_that_breaks_off_is_resumed_where_it_stopped(town, tmp_path):
    town.routes["/a"] = lambda handler, times: ranged(
        handler, BODY, cut=300_000 * (times < 3) or None
    )

    got = fetch_file(f"{town.root}/a", tmp_path / "a", sha256=HASH, manners=town.manners)

    assert got.path.read_bytes() == BODY
    ranges = [headers.get("Range") for _, headers in town.asked]
    assert ranges == [None, "bytes=300000-", "bytes=600000-"]
    assert leftovers(tmp_path) == ["a"]


def test_a_broken_download_is_resumed_by_the_next_run_and_never_under_its_name(town, tmp_path):
    town.routes["/a"] = lambda handler, times: ranged(
        handler, BODY, cut=1000 if times == 1 else None
    )

    with pytest.raises(SourceError, match="broke off after 1,000 of 1,024,000 bytes"):
        fetch_file(f"{town.root}/a", tmp_path / "a", manners=Manners(tries=1))

    assert not (tmp_path / "a").exists()
    assert all(name.startswith(".a.part") for name in leftovers(tmp_path))
    got = fetch_file(f"{town.root}/a", tmp_path / "a", manners=town.manners)
    assert got.sha256 == HASH
    assert town.asked[-1][1]["Range"] == "bytes=1000-"
    assert leftovers(tmp_path) == ["a"]


def test_a_file_that_changed_meanwhile_is_fetched_anew_not_glued(town, tmp_path):
    def route(handler, times):
        if times == 1:
            send(handler, b"old" * 10, ETag='"v0"', Content_Length="3000")
        else:
            ranged(handler, BODY)

    town.routes["/a"] = route

    got = fetch_file(f"{town.root}/a", tmp_path / "a", manners=town.manners)

    assert got.sha256 == HASH


def test_a_stall_is_noticed_and_tried_again(town, tmp_path):
    def route(handler, times):
        if times == 1:
            send(handler, b"x", Content_Length="100")
            handler.wfile.flush()
            threading.Event().wait(1.5)
        else:
            send(handler, BODY)

    town.routes["/a"] = route

    assert fetch_file(f"{town.root}/a", tmp_path / "a", manners=town.hasty).sha256 == HASH


def test_a_wrong_hash_is_thrown_away_and_the_old_file_stands(town, tmp_path):
    town.routes["/a"] = lambda handler, _: send(handler, b"evil")
    (tmp_path / "a").write_bytes(b"good")

    with pytest.raises(SourceError, match="thrown away"):
        fetch_file(f"{town.root}/a", tmp_path / "a", sha256=HASH, manners=town.manners)

    assert (tmp_path / "a").read_bytes() == b"good"
    assert leftovers(tmp_path) == ["a"]


def test_redirects_are_followed_but_not_in_circles_nor_off_the_web(town, tmp_path):
    town.routes["/a"] = lambda handler, _: send(handler, b"", 302, Location="/b")
    town.routes["/b"] = lambda handler, _: send(handler, BODY)
    town.routes["/c"] = lambda handler, _: send(handler, b"", 302, Location="/c")
    town.routes["/d"] = lambda handler, _: send(handler, b"", 302, Location="file:///etc/passwd")

    assert fetch_file(f"{town.root}/a", tmp_path / "a", manners=town.manners).sha256 == HASH
    with pytest.raises(SourceError, match="redirects in circles"):
        fetch_file(f"{town.root}/c", tmp_path / "c", manners=town.manners)
    with pytest.raises(SourceError, match=r"not followed|not allowed"):
        fetch_file(f"{town.root}/d", tmp_path / "d", manners=town.manners)
    with pytest.raises(SourceError, match="only http and https"):
        fetch_file("file:///etc/passwd", tmp_path / "e", manners=town.manners)
    assert leftovers(tmp_path) == ["a"]


@pytest.mark.parametrize(
    ("status", "says"), [(403, "in a browser"), (404, "moved or withdrawn"), (418, "answered 418")]
)
def test_a_refusal_is_not_repeated(town, tmp_path, status, says):
    town.routes["/a"] = lambda handler, _: send(handler, b"", status)

    with pytest.raises(SourceError, match=says):
        fetch_file(f"{town.root}/a", tmp_path / "a", manners=town.manners)

    assert len(town.asked) == 1


def test_a_host_is_not_asked_too_often(town, tmp_path):
    """Two requests within the least pause: the second waits out what is left of it."""
    town.routes["/a"] = lambda handler, _: send(handler, BODY)
    now = iter([100.0, 100.0, 100.1, 100.5, 999.0, 999.0])
    manners = Manners(pause=0.5, sleep=town.waited.append, clock=lambda: next(now))

    for _ in range(3):
        fetch_file(f"{town.root}/a", tmp_path / "a", manners=manners)

    assert town.waited == [pytest.approx(0.4)]


@pytest.mark.parametrize("page", [b"<!DOCTYPE html><p>Log in", b"\xef\xbb\xbf\n<HTML>Denied"])
def test_a_web_page_in_place_of_the_file_is_refused(town, tmp_path, page):
    town.routes["/a.csv"] = lambda handler, _: send(handler, page)

    with pytest.raises(SourceError, match=r"sent a web page, not a\.csv"):
        fetch_file(f"{town.root}/a.csv", tmp_path / "a.csv", manners=town.manners)

    assert leftovers(tmp_path) == []


def test_an_empty_file_and_a_dead_server_are_errors(town, tmp_path):
    town.routes["/a"] = lambda handler, _: send(handler, b"")

    with pytest.raises(SourceError, match="empty file"):
        fetch_file(f"{town.root}/a", tmp_path / "a", manners=town.manners)
    town.server.server_close()
    with pytest.raises(SourceError, match=r"broke off|stalled"):
        fetch_file(f"{town.root}/b", tmp_path / "b", manners=town.manners)
    assert leftovers(tmp_path) == []


ROWS = [{"FID": i, "LSOA21CD": f"E0100000{i}", "NM": "a, b"} for i in range(1, 8)]


@pytest.mark.parametrize("geometry", [True, False])
@pytest.mark.parametrize("largest", [2, 3, 7, 2000])
def test_every_page_of_a_feature_service_comes_once(town, tmp_path, geometry, largest):
    """The service gives fewer rows than asked for, and says so in one of two places."""
    service = Service(town, ROWS)
    service.largest = largest
    path = tmp_path / ("a.geojson" if geometry else "a.csv")

    got = fetch_features(
        f"{town.root}/S/FeatureServer/0",
        path,
        geometry=geometry,
        expected=7,
        manners=town.manners,
    )

    frame = gpd.read_file(path) if geometry else pd.read_csv(path)
    assert frame["LSOA21CD"].tolist() == [row["LSOA21CD"] for row in ROWS]
    assert got.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("error", "the service says: Cannot perform query"),
        ("overlap", "pages overlap at FID 1"),
        ("nothing", "says there is more, but sends nothing"),
        ("count", "gave 7 rows, but counts 8"),
    ],
)
def test_a_service_that_errs_gives_no_file(town, tmp_path, fault, says):
    Service(town, ROWS).fault = fault

    with pytest.raises(SourceError, match=says):
        fetch_features(f"{town.root}/S/FeatureServer/0", tmp_path / "a.csv", manners=town.manners)

    assert leftovers(tmp_path) == []


def test_paging_that_breaks_off_goes_on_behind_the_last_row(town, tmp_path):
    """Two pages come, then the service falls silent: the next call asks for the rest only."""
    service = Service(town, ROWS)
    query, path = service.query, "/S/FeatureServer/0"
    town.routes[f"{path}/query"] = lambda handler, times: (
        send(handler, b"", 503) if times > 3 else query(handler, times)
    )
    with pytest.raises(SourceError, match="answered 503"):
        fetch_features(f"{town.root}{path}", tmp_path / "a.geojson", manners=town.manners)
    kept = tmp_path / ".a.geojson.part"
    assert len(kept.read_text().splitlines()) == 4
    with kept.open("a") as file:
        file.write('{"half a')
    town.routes[f"{path}/query"] = query
    before = len(town.asked)

    fetch_features(f"{town.root}{path}", tmp_path / "a.geojson", manners=town.manners)

    codes = gpd.read_file(tmp_path / "a.geojson")["LSOA21CD"]
    assert codes.tolist() == [row["LSOA21CD"] for row in ROWS]
    assert len(town.asked) - before == 2 + 2  # what it is, how many, and the two pages left
    assert leftovers(tmp_path) == ["a.geojson"]


def test_rows_kept_of_another_count_are_not_glued_on(town, tmp_path):
    """Between two attempts a row was added: everything is asked for again."""
    service = Service(town, ROWS[:5])
    query, path = service.query, "/S/FeatureServer/0"
    town.routes[f"{path}/query"] = lambda handler, times: (
        send(handler, b"", 500) if times > 2 else query(handler, times)
    )
    with pytest.raises(SourceError, match="answered 500"):
        fetch_features(f"{town.root}{path}", tmp_path / "a.geojson", manners=town.manners)
    service.rows = [*ROWS[:5], {"FID": 6, "LSOA21CD": "E01000000", "NM": "new"}]
    town.routes[f"{path}/query"] = query

    fetch_features(f"{town.root}{path}", tmp_path / "a.geojson", manners=town.manners)

    assert len(gpd.read_file(tmp_path / "a.geojson")) == 6


def test_a_stalled_service_is_asked_again(town, tmp_path):
    service = Service(town, ROWS)
    query = service.query

    def route(handler, times):
        if times == 2:
            threading.Event().wait(1.5)
        query(handler, times)

    town.routes["/S/FeatureServer/0/query"] = route

    fetch_features(f"{town.root}/S/FeatureServer/0", tmp_path / "a.geojson", manners=town.hasty)

    assert len(gpd.read_file(tmp_path / "a.geojson")) == 7
    assert town.waited[0] == 1.0


def test_a_busy_service_that_answers_200_with_an_error_is_asked_again(town, tmp_path):
    Service(town, ROWS).fault = "busy"

    fetch_features(
        f"{town.root}/S/FeatureServer/0", tmp_path / "a.csv", geometry=False, manners=town.manners
    )

    assert len(pd.read_csv(tmp_path / "a.csv")) == 7
    assert town.waited


def test_another_number_of_rows_than_published_is_refused(town, tmp_path):
    Service(town, ROWS)

    with pytest.raises(SourceError, match="has 7 rows, not 35,672 as published"):
        fetch_features(
            f"{town.root}/S/FeatureServer/0",
            tmp_path / "a.geojson",
            expected=35_672,
            manners=town.manners,
        )


def test_an_empty_service_is_an_empty_file_with_its_kind(town, tmp_path):
    Service(town, [])

    fetch_features(f"{town.root}/S/FeatureServer/0", tmp_path / "a.geojson", manners=town.manners)

    assert json.loads((tmp_path / "a.geojson").read_text())["features"] == []


def test_what_is_no_service_says_so(town, tmp_path):
    town.routes["/x"] = lambda handler, _: send(handler, b"{}")
    town.routes["/y"] = lambda handler, _: send(handler, b"<html>")

    with pytest.raises(SourceError, match="no layer of a feature service"):
        fetch_features(f"{town.root}/x", tmp_path / "a", manners=town.manners)
    with pytest.raises(SourceError, match="no JSON"):
        fetch_json(f"{town.root}/y", manners=town.manners)


def test_a_layer_is_fetched_by_its_name_in_the_registry(town, tmp_path, monkeypatch):
    layer = registry().layers["lhb22"]
    rows = [{"FID": i, "LHB22CD": f"W1100000{i}"} for i in range(1, 8)]
    Service(town, rows, f"/{layer.service}/FeatureServer/0")

    (got,) = fetch_layer("lhb22", tmp_path, services=town.root, manners=town.manners)

    assert got.path.name == "lhb22.geojson"
    assert len(gpd.read_file(got.path)) == layer.rows
    (said,) = check_online(["lhb22"], services=town.root, manners=town.manners)
    assert (said.works, said.words) == (True, "7 rows, published with 7")
    monkeypatch.setattr(arcgis, "PAGE", 3)
    rows.append({"FID": 9, "LHB22CD": "W11000009"})
    (said,) = check_online(["lhb22"], services=town.root, manners=town.manners)
    assert not said.works


def replaced(monkeypatch, name, **changes):
    """Let the registry say that a layer lies elsewhere."""
    import tomllib

    from slgeo.areas import registry as door

    data = tomllib.loads(door.registry_text())
    data["layers"][name] |= changes
    made = door.parse(data)
    monkeypatch.setattr("slgeo.areas.download.registry", lambda: made)


def test_a_zip_is_unpacked_beside_itself_and_a_bad_one_is_not(town, tmp_path, monkeypatch):
    good, bomb, stray = io.BytesIO(), io.BytesIO(), io.BytesIO()
    for file, entries in (
        (good, {"census2021-ts021-lsoa.csv": "geography code\n"}),
        (bomb, {"zeros": b"\0" * (60 << 20)}),
        (stray, {"../../evil.csv": "x"}),
    ):
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as out:
            for name, body in entries.items():
                out.writestr(name, body)
    for name, file in (("good", good), ("bomb", bomb), ("stray", stray)):
        town.routes[f"/{name}.zip"] = serving(file.getvalue())

    replaced(monkeypatch, "census2021_ethnicity", download=f"{town.root}/good.zip")
    got = fetch_layer("census2021_ethnicity", tmp_path, manners=town.manners)
    assert [g.path.relative_to(tmp_path).as_posix() for g in got] == [
        "good.zip",
        "good/census2021-ts021-lsoa.csv",
    ]
    for name, says in (("bomb", "zip bomb"), ("stray", "leads out of its folder")):
        replaced(monkeypatch, "census2021_ethnicity", download=f"{town.root}/{name}.zip")
        with pytest.raises(SourceError, match=says):
            fetch_layer("census2021_ethnicity", tmp_path, manners=town.manners)
        assert not (tmp_path / name).exists()
    assert not (tmp_path.parent / "evil.csv").exists()


def test_a_report_without_a_file_name_takes_the_registrys(town, tmp_path, monkeypatch):
    town.routes["/api/getReport"] = lambda handler, _: send(handler, b'"A81001","X"\n')
    replaced(monkeypatch, "epraccur", download=f"{town.root}/api/getReport?report=epraccur")

    (got,) = fetch_layer("epraccur", tmp_path, manners=town.manners)

    assert got.path.name == "epraccur.csv"


def test_an_extract_is_found_by_place_and_a_wrong_name_shows_near_ones(town, tmp_path, monkeypatch):
    index = {
        "features": [
            {
                "properties": {
                    "id": "england/rutland",
                    "name": "Rutland",
                    "urls": {"pbf": f"{town.root}/rutland-latest.osm.pbf"},
                }
            },
            {"properties": {"id": "evil", "name": "Evil", "urls": {"pbf": "file:///etc/passwd"}}},
        ]
    }
    town.routes["/index"] = lambda handler, _: send(handler, json.dumps(index).encode())
    town.routes["/rutland-latest.osm.pbf"] = lambda handler, _: send(handler, BODY)
    replaced(monkeypatch, "osm", index=f"{town.root}/index")

    (got,) = fetch_layer("osm", tmp_path, place="rutland", manners=town.manners)

    assert got.path.name == "rutland-latest.osm.pbf"
    with pytest.raises(SourceError, match=r"no extract called 'Rutlnd'; there are rutland"):
        extract_address("Rutlnd", index=f"{town.root}/index", manners=town.manners)
    with pytest.raises(SourceError, match="no extract called 'evil'"):
        extract_address("evil", index=f"{town.root}/index", manners=town.manners)


def test_what_no_program_can_fetch_says_which_file_from_which_page_to_put_where(tmp_path):
    with pytest.raises(SourceError, match=r"Save ONSPD_\*_UK.zip .* from https://.* and put it"):
        fetch_layer("onspd", tmp_path)
    assert str(tmp_path) in by_hand("onspd", tmp_path)


@pytest.mark.parametrize(
    ("name", "layer"),
    [
        ("File_7_IoD2025_All_Ranks_Scores_Deciles_Population_Denominators.csv", "imd2025"),
        ("inputs/onspd_feb_2026_uk.csv", "onspd"),
        ("epraccur.csv", "epraccur"),
        ("sapelsoasyoa20222024.xlsx", "sape"),
        ("rutland-latest.osm.pbf", "osm"),
        ("lsoa21.geojson", "lsoa21"),
        ("groups.csv", None),
    ],
)
def test_a_missing_file_is_known_by_its_name(name, layer):
    found = layer_of_file(name)

    assert (found.name if found else None) == layer


@pytest.mark.network
@pytest.mark.skipif(
    "SLGEO_ONLINE" not in os.environ, reason="asks live publishers: set SLGEO_ONLINE=1 to run"
)
def test_the_registry_holds_against_the_live_publishers():
    assert all(one.works for one in check_online())
