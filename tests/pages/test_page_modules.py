"""The browser's modules, run by node's own runner, against what Python says."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from slgeo.maps import csv_out, tally, text
from slgeo.maps.classify import change_class, class_of, need_class, share_class
from slgeo.maps.encode import decode, encode, pack
from slgeo.maps.payload import payload

SUITE = Path(__file__).parent.parent / "js"


def vectors(spec) -> dict[str, object]:
    """What Python says of a spec, for the browser's code to repeat."""
    facts = spec.facts
    out: dict[str, list[object]] = {"tallies": [], "findings": [], "mostly": []}
    for measure in spec.measures:
        which = {"kind": measure.kind, "mode": measure.mode, "scenario": measure.scenario}
        for minutes in range(0, measure.limit + 1, 3):
            where = which | {"minutes": minutes}
            for fifth in range(6):
                mask = facts.fifth == fifth if fifth else np.ones(len(facts.codes), dtype=bool)
                found = tally.tally(measure, facts, minutes, mask)
                counts = {
                    "people": found.people,
                    "beyond": found.beyond,
                    "withheld": found.withheld,
                }
                without = [[reason, n] for reason, n in found.without.items()]
                out["tallies"].append(where | counts | {"fifth": fifth, "without": without})
            out["findings"].append(where | {"said": str(text.finding(spec, measure, minutes))})
            far = tally.mostly_beyond(measure, minutes) & facts.in_study
            out["mostly"].append(where | {"areas": np.flatnonzero(far).tolist()})
    values = [0, 1, 9, 10, 14, 15, 99, 247, 999, 1000, 1004, 1005, 41059, 1_234_567]
    shares = [None, 0.0, 0.004, 0.005, 0.145, 0.155, 0.5, 0.994, 0.995, 0.9999, 1.0]
    tenths = [-1, 0, 99, 100, 101, 150, 151, 300, 301, 5000]
    pairs = [(0, 10), (1, 10), (25, 100), (26, 100), (50, 100), (99, 100), (100, 100), (0, 0)]
    before, _, after = (m for m in spec.measures if (m.kind, m.mode) == ("gp", "walk"))
    needs = [(third, *pair) for third in range(4) for pair in pairs]
    wanted = need_class(*np.array(needs).T)
    moved = change_class(before.tenths, after.tenths)
    drawn = encode(spec.shapes).geometry
    return out | {
        "geometry": drawn,
        "boxes": [one.bounds for one in decode(drawn)],
        "needs": [[*row, int(found)] for row, found in zip(needs, wanted, strict=True)],
        "moved": [[i, int(c)] for i, c in enumerate(moved) if facts.in_study[i]],
        "packed": pack(payload(spec)),
        "about": [[n, text.about(n)] for n in values],
        "number": [[n, text.number(n)] for n in values],
        "percent": [[s, text.percent(s)] for s in shares],
        "classes": [[t, int(class_of(np.array([t]), spec.thresholds)[0])] for t in tenths],
        "shares": [[b, p, int(share_class(np.array([b]), np.array([p]))[0])] for b, p in pairs],
        "csv": csv_out.values(spec).decode("utf-8"),
    }


def test_the_browser_counts_and_speaks_as_python_does(layered, tmp_path):
    node = shutil.which("node")
    if node is None:
        reason = "node is not installed: the browser modules' own tests need it"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    file = tmp_path / "vectors.json"
    file.write_text(json.dumps(vectors(layered.spec)), encoding="utf-8")
    ran = subprocess.run(
        [node, "--test", *map(str, sorted(SUITE.glob("*.test.mjs")))],
        env=os.environ | {"SLGEO_VECTORS": str(file)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout[-4000:]
    assert "tests 19" in ran.stdout
