"""Claims about sending JSON to a service: what is sent, when it is tried again, what is refused."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from slgeo.errors import SourceError
from slgeo.sources.fetch import Manners
from slgeo.sources.post import post_json

QUICK = Manners(tries=3, sleep=lambda _: None)


@pytest.fixture
def server():
    """Answers as the path says, and keeps what it was sent."""
    asked = []

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self):
            held = self.rfile.read(int(self.headers["Content-Length"]))
            asked.append((self.path, self.headers["User-Agent"], held))
            busy = self.path == "/busy" and len(asked) < 3
            code = {"/gone": 404, "/moved": 307}.get(self.path, 503 if busy else 200)
            body = b"<html>" if self.path == "/html" else json.dumps({"ok": len(asked)}).encode()
            self.send_response(code)
            self.send_header("Content-Length", str(len(body)))
            if code == 307:
                self.send_header("Location", "/other")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    made = HTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{made.server_port}", asked
    made.shutdown()
    made.server_close()


def test_what_is_sent_is_what_was_handed_over_and_who_asks_is_said(server):
    address, asked = server
    assert post_json(f"{address}/x", {"postcodes": ["ZZ1 1AA"]}, manners=QUICK) == {"ok": 1}
    path, agent, held = asked[0]
    assert (path, json.loads(held)) == ("/x", {"postcodes": ["ZZ1 1AA"]})
    assert agent.startswith("slgeo")


def test_a_busy_service_is_asked_again_and_a_refusal_is_not(server):
    address, asked = server
    assert post_json(f"{address}/busy", {}, manners=QUICK) == {"ok": 3}
    with pytest.raises(SourceError, match="answered 404"):
        post_json(f"{address}/gone", {}, manners=QUICK)
    assert len(asked) == 4


def test_nothing_is_carried_on_to_another_address(server):
    address, asked = server
    with pytest.raises(SourceError, match="answered 307"):
        post_json(f"{address}/moved", {"secret": 1}, manners=QUICK)
    assert [path for path, _, _ in asked] == ["/moved"]


def test_what_is_no_json_no_web_address_or_nobody_is_one_line(server):
    address, _ = server
    with pytest.raises(SourceError, match="no JSON"):
        post_json(f"{address}/html", {}, manners=QUICK)
    with pytest.raises(SourceError, match="only http and https"):
        post_json("file:///etc/passwd", {}, manners=QUICK)
    with pytest.raises(SourceError, match="3 attempts"):
        post_json("http://127.0.0.1:9", {}, manners=QUICK)
