"""What places can offer enters a per-head figure only where every one of them says so."""

from __future__ import annotations

import numpy as np

from slgeo.config import read_study
from slgeo.pipeline import run


def write_groups(folder, capacities):
    rows = ["name,kind,postcode,places"]
    postcodes = [
        line.split(",")[2].strip('"')
        for line in (folder / "onspd.csv").read_text(encoding="utf-8-sig").splitlines()[5:]
    ]
    rows += [
        f"Group {at},arts_culture,{postcodes[40 * at]},{capacity}"
        for at, capacity in enumerate(capacities)
    ]
    (folder / "groups.csv").write_text("\n".join(rows) + "\n")
    study = (folder / "study.toml").read_text()
    places = study[study.index("[[places]]") : study.index("[practices]")]
    study = study.replace(places, '[[places]]\nfile = "groups.csv"\ncapacity = "places"\n\n')
    (folder / "study.toml").write_text(study)


def test_capacity_handed_out_is_the_capacity_there_is(example_copy):
    write_groups(example_copy, [30, 20, 50])
    found = run(read_study(example_copy / "study.toml")).found
    drive = found.by_area.xs(("arts_culture", "drive"), level=("kind", "mode"))

    handed_out = (drive["capacity_per_10000"] * drive["people"]).sum() / 10_000
    reached = found.places.sites.loc[found.site_reasons["drive"].isna(), "capacity"].sum()

    np.testing.assert_allclose(handed_out, reached, rtol=1e-6)


def test_one_missing_capacity_and_there_is_no_such_figure(example_copy):
    write_groups(example_copy, [30, "", 50])
    found = run(read_study(example_copy / "study.toml")).found

    assert "capacity_per_10000" not in found.by_area
    assert found.by_area["per_10000"].notna().any()
