"""
What pandana and routingkit-cch make of the same roads and questions; started by ``routing.py``.

Runs in an environment of its own that has both, and knows nothing of slgeo: FILE ENGINE GIGABYTES.
Prints a line of JSON an answer: what, CPU seconds, and whether the answer is the same. Memory
beyond the gigabytes given is refused, so that a large network does not fill the machine.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time

import numpy as np
import pandas as pd

os.environ["OMP_NUM_THREADS"] = "1"  # read when pandana is imported, below

LATITUDE = 111_320.0  # metres in a degree of latitude: only the ratio of sides matters to an order


def say(what: str, seconds: float, note: str) -> None:
    print(json.dumps({"what": what, "seconds": seconds, "note": note}), flush=True)


def pandana(asked: dict[str, np.ndarray]) -> None:
    import contextlib
    import io

    with contextlib.redirect_stdout(io.StringIO()):
        import pandana as engine

        start = time.process_time()
        index = pd.RangeIndex(len(asked["x"]))
        network = engine.Network(
            pd.Series(asked["x"], index),
            pd.Series(asked["y"], index),
            pd.Series(asked["tail"]),
            pd.Series(asked["head"]),
            pd.DataFrame({"seconds": (asked["cost"] + 0.25) / 1000}),  # it cuts off what is over
            twoway=False,
        )
        farthest = 1800.0  # seconds: pandana keeps three decimals, so milliseconds are exact
        prepared = time.process_time() - start
        sites = asked["sites"]
        network.set_pois("site", farthest, 5, asked["x"][sites], asked["y"][sites])
        start = time.process_time()
        one = network.nearest_pois(farthest, "site", num_pois=1)[1].to_numpy() * 1000
        nearest = time.process_time() - start
        start = time.process_time()
        five = network.nearest_pois(farthest, "site", num_pois=5).to_numpy() * 1000
        five_seconds = time.process_time() - start
    say("prepare", prepared, "")
    within = asked["nearest"] < 1000 * farthest
    same = np.mean(np.abs(one - asked["nearest"])[within] <= 1)
    say("nearest", nearest, f"{same:.2%} of nodes the same to 1 ms")
    ours = np.where(asked["five"] < 0, 1000 * farthest, asked["five"])
    same = np.mean(np.abs(np.minimum(five, 1000 * farthest) - ours) <= 1)
    say("five", five_seconds, f"{same:.2%} the same to 1 ms")


def routingkit(asked: dict[str, np.ndarray]) -> None:
    import routingkit_cch as engine

    tail, head = asked["tail"].tolist(), asked["head"].tolist()
    x, y = (asked[name] / LATITUDE for name in ("x", "y"))
    weights = asked["cost"].tolist()
    start = time.process_time()
    order = engine.compute_order_inertial(len(x), tail, head, y.tolist(), x.tolist())
    metric = engine.CCHMetric(engine.CCH(order, tail, head, filter_always_inf_arcs=False), weights)
    say("prepare", time.process_time() - start, "")
    targets, sources = asked["targets"].tolist(), asked["sources"].tolist()
    start = time.process_time()
    sweep = engine.CCHOneToMany(metric, targets)
    table = [sweep.distances_from(source) for source in sources]
    seconds = time.process_time() - start
    same = np.array_equal(np.array(table), asked["full"])
    say("full", seconds, "the same" if same else "NOT the same")


if __name__ == "__main__":
    file, engine, gigabytes = sys.argv[1:4]
    most = int(float(gigabytes) * 2**30)
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    ask = {"pandana": pandana, "routingkit-cch": routingkit}[engine]
    ask(dict(np.load(file)))
