"""The commands about places as an analyst would try them: a sheet in, a study or points out."""

from __future__ import annotations

import json
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, HTTPServer

import openpyxl
import pandas as pd
import pytest

from slgeo.cli import main
from slgeo.config import read_study
from slgeo.places.read import read_places

LIST = [
    ["Organisation", "What they do", "Post Code", "Contact person"],
    ["Wool group", "Knitting", "", "Ms Example"],
    ["Town library", "Library", "bad one", "Mr Example"],
    ["Choir", "Singing", "", "Dr Example"],
]


@pytest.fixture
def spreadsheet(example_files, tmp_path):
    """A sheet as people keep them: a postcode typed badly, one wrong, one missing."""
    known = pd.read_csv(example_files / "onspd.csv", dtype=str)
    live = known[known["doterm"].isna() & (known["gridind"] == "1")]["pcds"].iloc[3]
    rows = [list(row) for row in LIST]
    rows[1][2] = live.lower().replace(" ", "")
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / "list.xlsx")
    pd.DataFrame(rows[1:], columns=rows[0]).to_csv(tmp_path / "list.csv", index=False)
    return tmp_path


@pytest.fixture
def server():
    """Answers as postcodes.io and Nominatim would; keeps what it was asked."""
    asked = []

    class Answers(BaseHTTPRequestHandler):
        def _say(self, held):
            body = json.dumps(held).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self):
            held = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append(held)
            found = {"latitude": 55.553, "longitude": -1.278, "quality": 1}
            self._say(
                {"result": [{"query": c, "result": {"postcode": c, **found}}
                            for c in held["postcodes"]]}
            )  # fmt: skip

        def do_GET(self):
            query = urllib.parse.parse_qs(urllib.parse.urlparse(self.path).query)
            asked.append(query["q"][0])
            box = ["55.5529", "55.5531", "-1.2781", "-1.2779"]
            self._say([{"lat": "55.553", "lon": "-1.278", "category": "amenity",
                        "display_name": "x", "boundingbox": box}])  # fmt: skip

        def log_message(self, *_):
            pass

    made = HTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{made.server_port}", asked
    made.shutdown()
    made.server_close()


@pytest.mark.parametrize("name", ["list.csv", "list.xlsx"])
def test_a_plain_spreadsheet_is_geocoded_beside_itself(spreadsheet, example_files, name, capsys):
    postcodes = str(example_files / "onspd.csv")
    assert main(["geocode", str(spreadsheet / name), "--postcodes", postcodes]) == 0
    said = capsys.readouterr().out
    assert "3 rows: failed 2, postcode 1" in said
    made = spreadsheet / name.replace("list", "list-geocoded")
    table = (
        pd.read_csv(made)
        if name.endswith("csv")
        else pd.read_excel(made, "Places", engine="openpyxl")
    )
    assert table["Contact person"].tolist() == ["Ms Example", "Mr Example", "Dr Example"]
    assert table["precision"].tolist() == ["postcode", "failed", "failed"]
    assert table["error_radius"].iloc[0] == 220
    beside = spreadsheet / "list-geocoded-unmatched.csv"
    lost = pd.read_csv(beside) if name.endswith("csv") else (
        pd.read_excel(made, "Unmatched", engine="openpyxl")
    )  # fmt: skip
    assert lost["row"].tolist() == [3, 4]
    assert lost["position_note"].tolist() == [
        "'bad one' is not a postcode", "it has neither coordinates nor a postcode",
    ]  # fmt: skip


def test_columns_can_be_named_and_a_wrong_one_is_one_line(spreadsheet, example_files, capsys):
    args = ["geocode", str(spreadsheet / "list.csv"), "-o", str(spreadsheet / "o.csv")]
    args += ["--postcodes", str(example_files / "onspd.csv")]
    assert main([*args, "--column", "postcode=Post Code"]) == 0
    assert main([*args, "--column", "postcode=Postcode"]) == 2
    assert "did you mean 'Post Code'" in capsys.readouterr().err
    assert main([*args, "--column", "postcode"]) == 2
    assert "write FIELD=COLUMN" in capsys.readouterr().err


def test_online_asks_for_postcodes_and_names_only_and_each_once(spreadsheet, server, capsys):
    address, asked = server
    args = ["geocode", str(spreadsheet / "list.csv"), "--online", address]
    assert main([*args, "--names", f"{address}/search", "--town", "Aldermere"]) == 0
    assert "1 of 1 places that no file could place" in capsys.readouterr().out
    table = pd.read_csv(spreadsheet / "list-geocoded.csv")
    assert table["precision"].tolist() == ["postcode", "failed", "building"]
    assert asked[0] == "Choir, Aldermere"
    assert len(asked) == 2
    assert len(asked[1]["postcodes"]) == 1
    assert "Example" not in json.dumps(asked)
    assert main([*args, "--names", f"{address}/search", "--town", "Aldermere"]) == 0
    assert len(asked) == 2


def test_a_study_is_started_from_the_lists_there_are(spreadsheet, capsys):
    folder = spreadsheet / "study"
    lists = ["--places", str(spreadsheet / "list.xlsx"), "--places", str(spreadsheet / "list.csv")]
    assert main(["new", str(folder), *lists]) == 0
    study = read_study(folder / "study.toml", files_must_exist=False)
    assert [asked.file.name for asked in study.places] == ["list.xlsx", "list.csv"]
    for asked in study.places:
        assert dict(asked.columns) == {"name": "Organisation", "postcode": "Post Code"}
        places = read_places(asked.file, columns=dict(asked.columns))
        assert places["name"].tolist() == ["Wool group", "Town library", "Choir"]
    text = (folder / "study.toml").read_text(encoding="utf-8")
    assert "# Not used: What they do, Contact person." in text
    assert "# No column was taken for kind" in text
    assert max(map(len, text.splitlines())) <= 100
    capsys.readouterr()


def test_a_list_that_tells_no_place_is_refused_before_anything_is_written(tmp_path, capsys):
    (tmp_path / "x.csv").write_text("Group,Phone\nChoir,1\n")
    assert main(["new", str(tmp_path / "study"), "--places", str(tmp_path / "x.csv")]) == 2
    assert "no column tells where the places are" in capsys.readouterr().err
    assert not (tmp_path / "study").exists()
    hostile = 'a"] = "b",Post code\nx,ZZ1 1AA\n'
    (tmp_path / "x.csv").write_text(hostile)
    assert main(["new", str(tmp_path / "study"), "--places", str(tmp_path / "x.csv")]) == 0
    read_study(tmp_path / "study" / "study.toml", files_must_exist=False)


def test_kinds_nobody_knows_are_named_for_the_taxonomy(tmp_path, capsys):
    (tmp_path / "x.csv").write_text("Name,Category,Postcode\nA,Zorbing,ZZ1 1AA\nB,Library,\n")
    assert main(["new", str(tmp_path / "s"), "--places", str(tmp_path / "x.csv")]) == 0
    text = (tmp_path / "s" / "study.toml").read_text(encoding="utf-8")
    assert "# No kind is known for: Zorbing. Name them in lines of [taxonomy]." in text
    capsys.readouterr()
