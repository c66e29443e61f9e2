"""Publishers on this machine: a server that speaks their protocols, and feature services on it."""

from __future__ import annotations

import http.server
import json
import re
import threading
import urllib.parse

from slgeo.sources.fetch import Manners


class Town:
    """A server on this machine: each path has a function, told how often it was asked."""

    def __init__(self):
        self.routes, self.asked, self.waited = {}, [], []
        town = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                path = urllib.parse.urlsplit(self.path).path
                town.asked.append((path, dict(self.headers)))
                self.close_connection = True
                town.routes[path](self, sum(p == path for p, _ in town.asked))

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()
        self.root = f"http://127.0.0.1:{self.server.server_address[1]}"

    @property
    def manners(self):
        """Waits nobody has to sit through, written down; patience for a machine with much to do."""
        return Manners(timeout=20.0, tries=4, wait=1.0, pause=0.0, sleep=self.waited.append)

    @property
    def hasty(self):
        """The same, for whom a second without a byte is a stall."""
        return Manners(timeout=1.0, tries=4, wait=1.0, pause=0.0, sleep=self.waited.append)

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def send(handler, body=b"", status=200, **headers):
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    if "Content_Length" not in headers:
        handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def serving(body):
    return lambda handler, _: send(handler, body)


class Service:
    """A feature service of squares, answering as ArcGIS does, with whatever fault is set."""

    def __init__(self, town, rows, path="/S/FeatureServer/0", *, shapes=None, largest=2):
        self.rows, self.fault, self.largest = rows, "", largest
        self.shapes, self.queries = shapes or {}, []
        names = [{"name": name} for name in (rows[0] if rows else {})]
        about = {"objectIdField": "FID", "maxRecordCount": largest, "fields": names}
        town.routes[path] = lambda h, _: self.say(h, about)
        town.routes[f"{path}/query"] = self.query

    @staticmethod
    def say(handler, body):
        send(handler, json.dumps(body).encode())

    def query(self, handler, times):
        asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(handler.path).query))
        self.queries.append(asked)
        rows = self.chosen(asked)
        if asked.get("returnExtentOnly"):
            return self.say(handler, {"count": len(rows), "extent": self.extent(rows)})
        if asked.get("returnCountOnly"):
            count = len(rows) + (1 if self.fault == "count" else 0)
            return self.say(handler, {"count": count})
        if self.fault == "error" or (self.fault == "busy" and times % 2 == 0):
            code = 504 if self.fault == "busy" else 400
            return self.say(handler, {"error": {"code": code, "message": "Cannot\nperform query"}})
        last = re.search(r"FID>(\d+)", asked["where"])
        after = int(last[1]) if last and self.fault != "overlap" else 0
        left = [row for row in rows if row["FID"] > after]
        page = left[: self.largest]
        if self.fault == "nothing":
            page = []
        more = len(left) > len(page)
        if asked["f"] == "json":
            body = {"features": [{"attributes": row} for row in page]}
            return self.say(handler, body | ({"exceededTransferLimit": True} if more else {}))
        features = [
            {
                "type": "Feature",
                "id": row["FID"],
                "properties": row,
                "geometry": self.shapes.get(row["FID"])
                or {"type": "Point", "coordinates": [row["FID"], 50]},
            }
            for row in page
        ]
        body = {"type": "FeatureCollection", "features": features}
        return self.say(
            handler, body | ({"properties": {"exceededTransferLimit": True}} if more else {})
        )

    def chosen(self, asked):
        """Rows whose column has one of the values asked for, and whose shape touches the box."""
        rows = self.rows
        wanted = re.search(r"(\w+) IN \(([^)]*)\)", asked.get("where", ""))
        if wanted:
            values = re.findall(r"'([^']*)'", wanted[2])
            rows = [row for row in rows if str(row[wanted[1]]) in values]
        if "geometry" in asked and self.shapes:
            box = [float(edge) for edge in asked["geometry"].split(",")]
            rows = [row for row in rows if touches(self.shapes[row["FID"]], box)]
        return rows

    def extent(self, rows):
        west, south, east, north = bounds([self.shapes[row["FID"]] for row in rows])
        return {"xmin": west, "ymin": south, "xmax": east, "ymax": north}


def bounds(shapes):
    """West, south, east and north of GeoJSON shapes."""
    import shapely.geometry

    return shapely.union_all([shapely.geometry.shape(shape) for shape in shapes]).bounds


def touches(shape, box):
    west, south, east, north = bounds([shape])
    return west <= box[2] and east >= box[0] and south <= box[3] and north >= box[1]
