"""A run reports by larger areas: everyone is in one of them, and sums are those of the areas."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from slgeo.config import read_study
from slgeo.config.sections import AreasSection, ReportingSection
from slgeo.errors import StudyError
from slgeo.pipeline.communal import communal
from slgeo.pipeline.deprivation import deprivation
from slgeo.pipeline.findings import groups_of
from slgeo.pipeline.parts import Context
from slgeo.pipeline.people_groups import groups_in, people_groups
from slgeo.pipeline.registered import Registered
from slgeo.pipeline.reporting import reporting, reporting_of
from slgeo.sources.cache import Cache


@pytest.fixture(scope="module")
def context(example_run, tmp_path_factory):
    """The example as a part sees it."""
    folder, result = example_run
    study = read_study(folder / "study.toml")
    modes = dict.fromkeys(one.mode for one in result.found.reached)
    cache = Cache(tmp_path_factory.mktemp("cache"))
    return Context(study, result.found, {}, modes, None, cache)


def asking(context, *sections, registered=None):
    study = dataclasses.replace(context.study, reporting=sections)
    return dataclasses.replace(context, study=study, registered=registered)


@pytest.fixture(scope="module")
def wards(context, tmp_path_factory):
    """Three wards, two of one name; the last two areas are in none; one column of patches."""
    codes = list(context.found.areas.index)
    lines = ["LSOA21CD,WD24CD,WD24NM,Patch"]
    for at, code in enumerate(codes):
        ward = (
            f"E0500000{at % 3},{['Abbey', 'Abbey', 'Castle'][at % 3]}"
            if at < len(codes) - 2
            else ","
        )
        lines.append(f"{code},{ward},{'North' if at else 'South'}")
    path = tmp_path_factory.mktemp("wards") / "wards.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_everyone_is_in_one_larger_area_of_each_geography(context, wards):
    part = reporting(
        asking(context, ReportingSection(wards, "ward"), ReportingSection(wards, "Patch"))
    )

    table = part.tables["by_reporting_area"]
    inside = context.found.areas["in_study"]
    everyone = context.found.areas.loc[inside, "population"].sum()
    sums = table.groupby(level=["geography", "kind", "mode"])[["people", "areas"]].sum()
    assert sums["people"].to_numpy() == pytest.approx(everyone)
    assert set(sums["areas"]) == {float(inside.sum())}
    names = table.xs("ward", level="geography")["name"].unique()
    assert sorted(names) == [
        "Abbey (E05000000)",
        "Abbey (E05000001)",
        "Castle",
        "No ward known",
    ]
    assert any("2 areas have no ward" in note for note in part.notes)
    assert len(part.lines) == 2


def test_a_larger_areas_counts_are_the_plain_sums_of_its_areas(context, wards):
    table = reporting(asking(context, ReportingSection(wards, "ward"))).tables["by_reporting_area"]
    by_area = context.found.by_area.reset_index()
    lookup = pd.read_csv(wards, dtype=str).set_index("LSOA21CD")["WD24CD"].fillna("none")
    by_area["part"] = by_area["area"].map(lookup)
    plain = by_area[by_area["in_study"]].groupby(["part", "kind", "mode"])
    counts = [c for c in table if c.startswith(("people_within", "people_beyond"))]

    mine = table.droplevel("geography")
    for name in ["people", "people_without_time", "people_edge_unsafe", *counts]:
        expected = plain[name].sum().reindex(mine.index)
        np.testing.assert_allclose(mine[name], expected, atol=1e-6)


def test_the_minutes_of_one_area_alone_are_its_own(context, wards):
    """The patch called South holds the first area and nothing else."""
    table = reporting(asking(context, ReportingSection(wards, "Patch"))).tables["by_reporting_area"]
    first = context.found.areas.index[0]

    south = table.xs("South", level="part").droplevel("geography")
    alone = context.found.by_area.xs(first, level="area").reindex(south.index)
    np.testing.assert_allclose(south["minutes"], alone["minutes"], equal_nan=True)
    # A group's median is in whole minutes, the first within which half its people are.
    known = south["minutes_median"].notna() & alone["minutes_median"].notna()
    median = alone.loc[known, "minutes_median"]
    np.testing.assert_allclose(south.loc[known, "minutes_median"], np.ceil(median))


def test_people_of_the_most_deprived_fifth_are_those_of_deciles_one_and_two(context, wards):
    table = reporting(asking(context, ReportingSection(wards, "Patch"))).tables["by_reporting_area"]
    areas = context.found.areas
    plain = areas.loc[areas["in_study"] & (areas["deprivation_decile"] <= 2), "population"].sum()

    one = table.xs(("gp", "walk"), level=("kind", "mode"))
    assert one["people_most_deprived"].sum() == pytest.approx(plain)
    assert plain > 0


def test_networks_come_from_registrations_and_say_how_far_that_holds(context, tmp_path):
    areas = context.found.areas
    codes = list(areas.index[areas["in_study"]])
    patients = pd.Series(
        {(p, code): n for code in codes for p, n in (("A", 70.0), ("B", 20.0), ("C", 10.0))}
    ).rename_axis(["practice", "area"])
    patients[("A", codes[0])] = 5.0
    registered = Registered(patients, frozenset(), ())
    head = "Partner Organisation Code,Partner Name,PCN Code,PCN Name,"
    head += "Practice to PCN Relationship Start Date,Practice to PCN Relationship End Date"
    rows = [
        "A,a,U1,HILL PCN,20190701,",
        "B,b,U2,VALE PCN,20190701,",
        "A,a,U9,OLD,20180101,20190630",
    ]
    path = tmp_path / "core_partners.csv"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    asked = asking(context, ReportingSection(path, "pcn"), registered=registered)

    names = reporting_of(asked)
    part = reporting(asked)

    assert set(names.index) == set(codes)
    assert names[codes[0]] == "VALE PCN"
    assert set(names.drop(codes[0])) == {"HILL PCN"}
    assert any(f"57% in {codes[0]}" in note for note in part.notes)
    assert part.tables["by_reporting_area"]["people"].groupby(
        level=["kind", "mode"]
    ).sum().to_numpy() == pytest.approx(areas.loc[codes, "population"].sum())
    with pytest.raises(StudyError, match="needs \\[registrations\\]"):
        reporting(asking(context, ReportingSection(path, "pcn")))


def test_networks_are_those_of_the_day_on_which_patients_were_counted(context, tmp_path):
    """Practice A was in another network in 2019 than now; so were its patients."""
    areas = context.found.areas
    codes = list(areas.index[areas["in_study"]])
    patients = pd.Series({("A", code): 1.0 for code in codes}).rename_axis(["practice", "area"])
    path = tmp_path / "core_partners.csv"
    path.write_text(
        "Partner Organisation Code,Partner Name,PCN Code,PCN Name,"
        "Practice to PCN Relationship Start Date,Practice to PCN Relationship End Date\n"
        "A,a,U1,NEW,20190701,\nA,a,U9,OLD,20180101,20190630\n",
        encoding="utf-8",
    )

    def names(counted: str, study_date: str | None) -> set[str]:
        registered = Registered(patients, frozenset(), (), SimpleNamespace(date=counted))
        asked = asking(context, ReportingSection(path, "pcn"), registered=registered)
        study = dataclasses.replace(asked.study, date=study_date)
        return set(reporting_of(dataclasses.replace(asked, study=study)))

    assert names("2019-03", None) == {"OLD"}
    assert names("2022-07", "2019-03-01") == {"NEW"}
    assert names("", "2019-03") == {"OLD"}
    assert names("", None) == {"NEW"}


def test_without_a_section_there_is_nothing_to_report(context, wards):
    assert reporting(context) is None
    assert reporting_of(context) is None
    twice = asking(context, ReportingSection(wards, "ward"), ReportingSection(wards, "ward"))
    with pytest.raises(StudyError, match="'ward' more than once"):
        reporting(twice)


def test_parts_named_for_a_pack_cover_the_study(context, wards):
    names = reporting_of(asking(context, ReportingSection(wards, "ward")))

    assert set(names.index) == set(context.found.areas.index[context.found.areas["in_study"]])
    assert names.notna().all()


def with_index(context, label, nations):
    """The example with another name to its deprivation, in so many nations."""
    areas = context.found.areas.copy()
    areas["deprivation_index"] = label
    areas["nation"] = [nations[at % len(nations)] for at in range(len(areas))]
    return dataclasses.replace(context, found=dataclasses.replace(context.found, areas=areas))


@pytest.mark.parametrize(
    ("label", "nations", "group", "says"),
    [
        (
            "IMD 2019 on LSOA 2021, carried",
            "E",
            "England's most deprived tenth of areas (carried)",
            "nothing was averaged",
        ),
        (
            "deciles, each within its own nation (IMD 2025, WIMD 2025)",
            "EW",
            "their own nation's most deprived tenth of areas",
            "deciles of two nations say nothing about each other",
        ),
        ("IMD 2025", "E", "England's most deprived tenth of areas", None),
    ],
)
def test_deprivation_that_is_not_plain_says_so_in_groups_and_on_the_page(
    context, label, nations, group, says
):
    other = with_index(context, label, nations)

    groups = groups_of(other.found.areas)["deprivation_decile"]
    part = deprivation(other)

    assert groups.loc["1", "label"] == group
    assert (part is None) == (says is None)
    if says:
        assert says in part.lines[0]
        assert part.leaves_out == part.lines


def test_two_nations_are_not_grouped_unasked(context):
    other = with_index(context, "IMD 2025", "EW")

    assert "deprivation_decile" not in groups_of(other.found.areas)


def communal_context(context, share, *, how="with"):
    """The example with so large a share of each area's residents in communal establishments."""
    areas = context.found.areas.copy()
    areas["communal_residents"] = (areas["population"] * share).round()
    if how == "apart":
        areas["population"] -= areas["communal_residents"]
    found = dataclasses.replace(context.found, areas=areas)
    section = dataclasses.replace(AreasSection(context.study.areas.file), communal=how)
    study = dataclasses.replace(context.study, areas=section)
    return dataclasses.replace(context, found=found, study=study)


def test_residents_of_communal_establishments_are_told_area_by_area(context):
    areas = context.found.areas
    share = pd.Series(0.0, index=areas.index)
    share.iloc[0] = 0.6

    part = communal(communal_context(context, share))

    table = part.tables["communal"]
    assert table.index[0] == areas.index[0]
    assert table["residents"].sum() == areas.loc[areas["in_study"], "population"].sum()
    assert table["counted"].all()
    assert areas["name"].iloc[0] in part.lines[1]
    assert "Of people in households alone" in part.lines[2]
    assert communal(context) is None


def test_apart_means_apart_everywhere_and_the_published_number_is_kept(context):
    share = pd.Series(0.25, index=context.found.areas.index)

    part = communal(communal_context(context, share, how="apart"))

    areas = context.found.areas
    table = part.tables["communal"]
    assert table["residents"].sum() == areas.loc[areas["in_study"], "population"].sum()
    assert not table["counted"].any()
    assert "left out of every other figure" in part.lines[0]
    assert "are not counted" in part.leaves_out[0]


def test_groups_of_people_are_shared_as_their_areas_people_are(context):
    """Each group's within and beyond against a plain loop over areas; all ages are everyone."""
    part = people_groups(context)

    table = part.tables["by_people"]
    areas = context.found.areas
    inside = list(areas.index[areas["in_study"]])
    one = context.found.by_area.xs(("gp", "walk"), level=("kind", "mode"))
    for group in ("age_65_plus", "ethnic_asian", "households_no_car"):
        plain = sum(
            areas.loc[code, group] * one.loc[code, "people_beyond_20"] / one.loc[code, "people"]
            for code in inside
            if one.loc[code, "people"] > 0
        )
        row = table.loc[(group, "gp", "walk")]
        assert row["people_beyond_20"] == pytest.approx(plain)
        assert row["people"] == pytest.approx(areas.loc[inside, group].sum())
    ages = table[[str(name[0]).startswith("age_") for name in table.index]]
    sums = ages.groupby(level=["kind", "mode"])["people_within_20"].sum()
    everyone = context.found.by_area.loc[inside].groupby(level=["kind", "mode"])["people_within_20"]
    np.testing.assert_allclose(sums, everyone.sum().reindex(sums.index))
    assert "households" in set(table["counted"])
    assert "evenly spread inside each area" in part.lines[0]


def test_a_study_without_groups_has_no_table_of_them(context):
    areas = context.found.areas
    bare = areas.drop(columns=list(groups_in(list(map(str, areas.columns)))))

    assert (
        people_groups(
            dataclasses.replace(context, found=dataclasses.replace(context.found, areas=bare))
        )
        is None
    )
