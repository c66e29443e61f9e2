"""Laws of areas: order and spelling change nothing, and people are kept however they are spread."""

from __future__ import annotations

from itertools import pairwise

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point, box

from slgeo.areas.crosswalk import carry_counts
from slgeo.areas.origins import origins
from slgeo.areas.points import normal_postcode
from slgeo.areas.population import scaled_groups, whole_ages
from slgeo.areas.vintage import detect


def areas_of(people):
    codes = [f"X01{i:06d}" for i in range(len(people))]
    return gpd.GeoDataFrame(
        {"population": people, "in_study": True, "nation": "X", "vintage": "example21"},
        geometry=[box(i, 0, i + 1, 1) for i in range(len(people))],
        index=pd.Index(codes, name="area"),
        crs="EPSG:27700",
    )


@settings(max_examples=30, deadline=None)
@given(
    people=st.lists(st.integers(0, 5000).map(float), min_size=1, max_size=6),
    points=st.lists(
        st.tuples(st.floats(0.01, 6.9), st.floats(0.01, 0.99), st.integers(0, 300)), max_size=30
    ),
)
def test_people_in_are_people_out_wherever_points_fall(people, points):
    areas = areas_of(people)
    given_points = gpd.GeoDataFrame(
        {
            "oa21cd": [f"X00{i:06d}" for i in range(len(points))],
            "people": [float(n) for *_, n in points],
        },
        geometry=[Point(x, y) for x, y, _ in points],
        crs="EPSG:27700",
    )

    made = origins(areas, output_areas=given_points) if points else origins(areas)

    sums = made.groupby("area")["people"].sum().reindex(areas.index).fillna(0.0)
    assert sums.to_numpy() == pytest.approx(areas["population"].to_numpy(), abs=1e-6)
    assert made["people"].sum() == pytest.approx(sum(people), abs=1e-6)
    assert set(made["area"]) == set(areas.index)


@settings(max_examples=30, deadline=None)
@given(
    pairs=st.lists(
        st.tuples(st.sampled_from("ABCDE"), st.sampled_from("PQRST")), unique=True, max_size=12
    ),
    counts=st.lists(
        st.tuples(st.sampled_from(["g1", "g2"]), st.sampled_from("ABCDEF"), st.integers(0, 10**6)),
        max_size=20,
    ),
)
def test_carrying_counts_loses_nobody_and_the_ledger_says_who_was_not_placed(pairs, counts):
    lookup = pd.DataFrame(pairs, columns=["from_area", "to_area"]).assign(change="split")
    table = pd.DataFrame(counts, columns=["org", "area", "patients"])

    carried, ledger = carry_counts(table, lookup)

    lost = ledger.loc["not placed", "patients"]
    assert carried["patients"].sum() + lost == pytest.approx(table["patients"].sum())
    assert ledger["patients"].sum() == table["patients"].sum()
    by_org = carried.groupby("org")["patients"].sum()
    known = set(lookup["from_area"])
    for org, mine in table[table["area"].isin(known)].groupby("org"):
        assert by_org.get(org, 0.0) == pytest.approx(mine["patients"].sum())


@settings(max_examples=30, deadline=None)
@given(
    codes=st.lists(st.integers(1, 35_762).map(lambda i: f"E01{i:06d}"), min_size=1, max_size=40),
    seed=st.randoms(use_true_random=False),
)
def test_the_vintage_does_not_depend_on_order_or_repeats(codes, seed):
    mixed = codes + codes[: len(codes) // 2]
    seed.shuffle(mixed)

    assert detect(mixed, header="LSOA21CD") == detect(codes, header="LSOA21CD")


@settings(max_examples=30, deadline=None)
@given(
    cuts=st.lists(st.integers(1, 89), unique=True, min_size=1, max_size=8),
    people=st.integers(1, 9000),
    seed=st.randoms(use_true_random=False),
)
def test_age_bands_in_any_order_cover_everyone_once_and_add_up_after_scaling(cuts, people, seed):
    edges = [0, *sorted(cuts)]
    names = [f"age_{a}_{b - 1}" for a, b in pairwise(edges)]
    names.append(f"age_{edges[-1]}_plus")
    mixed = [*names, "age_0_89", "age_90_95"]
    seed.shuffle(mixed)

    whole = whole_ages(mixed)

    assert whole == names
    counts = {name: [float(seed.randint(1, 50))] for name in names}
    frame = pd.DataFrame({"population": [float(people)], **counts})
    assert scaled_groups(frame, [])[names].sum(axis=1)[0] == pytest.approx(people)


@settings(max_examples=30, deadline=None)
@given(
    area=st.from_regex(r"[A-Z]{1,2}[0-9]{1,2}[A-Z]?", fullmatch=True),
    unit=st.from_regex(r"[0-9][A-Z]{2}", fullmatch=True),
    gap=st.sampled_from(["", " ", "  ", "\t"]),
)
def test_a_postcode_has_one_form_however_it_is_spaced_or_cased(area, unit, gap):
    expected = f"{area} {unit}"

    assert normal_postcode(f" {area}{gap}{unit} ") == expected
    assert normal_postcode(expected.lower()) == expected
    assert normal_postcode(normal_postcode(expected)) == expected
