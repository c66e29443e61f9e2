"""Claims about looking up online, against a server of our own: what is sent, and how often."""

from __future__ import annotations

import http.client
import json
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from slgeo.errors import SourceError
from slgeo.places.geocode import geocode
from slgeo.places.online import places_by_name, postcodes_online
from slgeo.places.table import places_from
from slgeo.sources.fetch import Manners, fetch_json

LIVE = {"postcode": "ZZ1 1AA", "latitude": 52.67, "longitude": -0.73, "quality": 1,
        "codes": {"lsoa": "E01011", "lsoa21": "E01021"}}  # fmt: skip
ENDED = {"postcode": "ZZ1 1AB", "latitude": 52.67, "longitude": -0.73,
         "year_terminated": 2009, "month_terminated": 3}  # fmt: skip


@pytest.fixture
def server():
    asked = []

    class Answers(BaseHTTPRequestHandler):
        def _say(self, code, held):
            body = json.dumps(held).encode()
            self.send_response(code)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self):
            held = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append(held)
            rows = [
                {"query": c, "result": LIVE if c == "ZZ1 1AA" else None} for c in held["postcodes"]
            ]
            self._say(200, {"status": 200, "result": rows[::-1]})

        def do_GET(self):
            url = urllib.parse.urlparse(self.path)
            asked.append(self.path)
            if url.path == "/search":
                name = urllib.parse.parse_qs(url.query)["q"][0]
                one = {"lat": "52.67", "lon": "-0.73", "category": "amenity", "display_name": name,
                       "boundingbox": ["52.6699", "52.6701", "-0.7301", "-0.7299"]}  # fmt: skip
                self._say(200, [one] * (2 if name.startswith("Crown") else 1))
            elif url.path.endswith("ZZ1%201AB"):
                self._say(200, {"status": 200, "result": ENDED})
            else:
                self._say(404, {"status": 404})

        def log_message(self, *_):
            pass

    made = HTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{made.server_port}", asked
    made.shutdown()
    made.server_close()


def get(url, query):
    return fetch_json(url, query, manners=Manners(tries=1, pause=0))


def post(url, held):
    parts = urllib.parse.urlparse(url)
    line = http.client.HTTPConnection(parts.hostname, parts.port, timeout=5)
    line.request("POST", parts.path, json.dumps(held))
    said = json.load(line.getresponse())
    line.close()
    return said


def test_postcodes_are_asked_for_once_and_nothing_else_is_sent(server, tmp_path):
    address, asked = server
    typed = ["zz11aa", "ZZ1 1AB", "ZZ1 1AC", "Mrs Smith, 4 High Street", None]
    index = postcodes_online(typed, post=post, get=get, cache=tmp_path, address=address)
    assert asked[0] == {"postcodes": ["ZZ1 1AA", "ZZ1 1AB", "ZZ1 1AC"]}
    assert "Smith" not in json.dumps(asked)
    assert index["ZZ1 1AA"].precision == "postcode"
    assert index["ZZ1 1AB"].precision == "postcode_terminated"
    assert index["ZZ1 1AB"].ended == "2009-03"
    assert "ZZ1 1AC" not in index
    assert index.find(["ZZ1 1AA"])["lsoa21"].tolist() == ["E01021"]
    before = len(asked)
    postcodes_online(typed, post=post, get=get, cache=tmp_path, address=address)
    assert len(asked) == before


def test_postcodes_go_a_hundred_at_a_time(server, tmp_path):
    address, asked = server
    typed = [f"ZZ1 1{a}{b}" for a in "CDEFGHIJKL" for b in "ABCDEFGHIJKL"]
    postcodes_online(typed, post=post, get=get, cache=tmp_path, address=address)
    assert [len(a["postcodes"]) for a in asked if isinstance(a, dict)] == [100, 20]


def test_an_answer_in_another_form_is_one_line(tmp_path):
    with pytest.raises(SourceError, match="another form"):
        postcodes_online(
            ["ZZ1 1AA"], post=lambda *_: {"error": 1}, get=get, cache=tmp_path, address="http://x"
        )


def test_names_are_asked_for_one_a_second_and_only_where_nothing_else_is_known(server, tmp_path):
    address, asked = server
    waits = []
    places = places_from(
        [
            {"kind": "library", "name": "Town Library"},
            {"kind": "library", "name": "Crown Library"},
            {"kind": "library", "name": "Known", "postcode": "ZZ1 1AA"},
        ],
        source="s",
    )
    look = {"get": get, "cache": tmp_path, "address": f"{address}/search", "sleep": waits.append}
    made = places_by_name(places, town="Aldon", **look)
    assert waits == [1.0]
    assert len(asked) == 2
    sites = geocode(made)
    assert sites["precision"].tolist() == ["building", "failed", "failed"]
    assert made["given_note"].tolist()[1].startswith("2 places answer to its name")
    places_by_name(places, town="Aldon", **look)
    assert len(asked) == 2


def test_a_long_list_of_names_is_refused(tmp_path):
    places = places_from([{"kind": "food", "name": f"n{i}"} for i in range(101)], source="s")
    with pytest.raises(SourceError, match="no bulk use"):
        places_by_name(places, get=get, cache=tmp_path)
