"""Link workers in a run: time follows patients, silence is not nought, every rate says its base."""

from __future__ import annotations

import csv
import json
from collections import defaultdict

import pandas as pd
import pytest

from slgeo.config import read_study
from slgeo.errors import StudyError
from slgeo.pipeline.link_workers import link_workers
from slgeo.pipeline.parts import Context
from slgeo.pipeline.registered import read_registered
from slgeo.sources.cache import Cache

QUARTER = ("2025", "6")
ROLE = "social prescribing link worker"


def rows(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def by_hand(example_run):
    """What each area has, by plain loops over the files as they are published."""
    folder, _ = example_run
    network = {}
    for spell in rows(folder / "core_partners.csv"):
        if not spell["Practice to PCN Relationship End Date"]:
            network[spell["Partner Organisation Code"]] = spell["PCN Code"]
    fte, returned, seen = defaultdict(float), set(), set()
    for row in rows(folder / "workforce.csv"):
        if (row["CENSUS_YEAR"], row["CENSUS_MONTH"]) == QUARTER:
            returned.add(row["PCN_CODE"])
            post = (row["PCN_CODE"], row["UNIQUE_IDENTIFIER"], row["DETAILED_STAFF_ROLE"])
            if ROLE in row["DETAILED_STAFF_ROLE"].lower() and (*post, row["FTE"]) not in seen:
                fte[row["PCN_CODE"]] += float(row["FTE"])
            seen.add((*post, row["FTE"]))
    whole, here = defaultdict(int), defaultdict(lambda: defaultdict(int))
    for row in rows(folder / "registrations.csv"):
        count = int(row["NUMBER_OF_PATIENTS"])
        whole[network.get(row["PRACTICE_CODE"])] += count
        if row["LSOA_CODE"] != "EMPTY":
            here[row["LSOA_CODE"]][network.get(row["PRACTICE_CODE"])] += count
    made = {}
    for area, patients in here.items():
        known = {n: c for n, c in patients.items() if n in returned}
        time = sum(fte[n] * c / whole[n] for n, c in known.items())
        made[area] = (sum(patients.values()), sum(known.values()), time)
    return made


def test_the_time_of_every_area_is_what_plain_loops_over_the_files_give(example_run, by_hand):
    table = example_run[1].tables["link_workers_by_area"]

    assert set(table.index) == set(by_hand)
    for area, (patients, known, time) in by_hand.items():
        row = table.loc[area]
        assert row["patients"] == patients
        assert row["patients"] - row["patients_unknown"] == known
        assert row["fte"] == pytest.approx(time)
        assert row["fte_per_10000"] == pytest.approx(time / known * 10_000)
        assert row["caseload_per_1000"] == pytest.approx(time * 225 / known * 1000)


def test_no_time_is_made_or_lost_between_networks_practices_and_areas(example_run):
    tables = example_run[1].tables
    networks = tables["link_workers"].xs("2025-06", level="quarter")
    practices = tables["link_workers_by_practice"]
    quarter = tables["link_workers_by_quarter"].loc["2025-06"]

    assert practices["fte"].sum() == pytest.approx(networks["fte"].sum())
    placed = (networks["fte"] * networks["coverage"]).sum()
    assert tables["link_workers_by_area"]["fte"].sum() == pytest.approx(placed)
    assert quarter["fte"] == pytest.approx(placed)
    assert quarter["patients"] == tables["link_workers_by_area"]["patients"].sum()


def test_every_rate_says_per_what_of_whom_and_when(example_run):
    for name in ("", "_by_practice", "_by_area", "_by_quarter"):
        table = example_run[1].tables[f"link_workers{name}"]
        assert (table["per"] == 10_000).all()
        assert table["denominator"].str.contains("registered patients").all()
        assert (table["denominator_date"] == "2025-07-01").all()
        coverage = table["coverage"] if "coverage" in table else pd.Series([1.0])
        assert coverage.between(0, 1).all()


def test_a_network_with_other_staff_only_has_none_and_its_practices_are_listed(example_run):
    tables = example_run[1].tables
    none = tables["link_workers"].xs("2025-06", level="quarter").query("state == 'none'")
    listed = tables["link_workers_by_practice"].query("state == 'none'")

    assert len(none) == 1
    assert (none["fte"] == 0).all()
    assert set(listed["network"]) == set(none.index)
    assert listed["patients_study"].sum() == none["patients_study"].sum()
    assert "networks that returned staff and no link worker" in example_run[1].text


def test_hosted_staff_are_a_column_of_their_own_and_the_print_says_so(example_run):
    networks = example_run[1].tables["link_workers"].xs("2025-06", level="quarter")
    said = " ".join(example_run[1].text.split())

    assert networks["fte_hosted"].sum() == pytest.approx(0.8)
    with_them = (networks["fte"] + networks["fte_hosted"]) / networks["patients"] * 10_000
    assert networks["fte_with_hosted_per_10000"].to_list() == pytest.approx(with_them.to_list())
    assert "from the delivery model) are in none of these rates" in said
    assert "This is a capacity, not a count of people seen." in said


def test_the_means_by_deprivation_count_each_registered_person_once(example_run):
    found, tables = example_run[1].found, example_run[1].tables
    area, table = tables["link_workers_by_area"], tables["link_workers_by_deprivation"]
    fifth = (found.areas["deprivation_decile"].astype(int) + 1) // 2
    by = next(name for name in table.index.get_level_values("by") if name.endswith("fifth"))

    assert by == "deprivation_fifth"
    for group in ("1", "5"):
        mine = area[(fifth == int(group)).reindex(area.index)]
        known = (mine["patients"] - mine["patients_unknown"]).sum()
        mean = table.loc[("mean", by, group), "value"]
        assert mean == pytest.approx(mine["fte"].sum() / known * 10_000)
    low, high = (table.loc[("mean", by, group), "value"] for group in ("1", "5"))
    word = "less" if low < high else "more"
    assert f"{word} where deprivation is greater" in " ".join(example_run[1].text.split())


def test_the_changed_name_of_the_role_is_noted_with_its_quarters(example_run):
    notes = json.loads((example_run[0] / "run.json").read_text(encoding="utf-8"))["notes"]

    said = next(note for note in notes if "link workers are the roles" in note)
    assert "'Social Prescribing Link Workers' (2023-09 to 2024-12)" in said
    assert "Non-Mental Health practitioners)' (2025-03 to 2025-06)" in said


PRACTICE_STAFF = """PRAC_CODE,STAFF_GROUP,DETAILED_STAFF_ROLE,MEASURE,VALUE
{first},D,Social Prescribing Link Workers,FTE,0.5
{first},D,Social Prescribing Link Workers,Headcount,1
{first},D,Care Coordinators,FTE,1.0
"""


@pytest.fixture(scope="module")
def other_choices(example_run, tmp_path_factory):
    """Another quarter, practices' own staff, list sizes twice as long, a caseload of 200."""
    import shutil

    folder = tmp_path_factory.mktemp("choices") / "study"
    shutil.copytree(example_run[0], folder)
    listed = example_run[1].tables["link_workers_by_practice"]
    sizes = "CODE,SEX,AGE,NUMBER_OF_PATIENTS\n" + "".join(
        f"{code},ALL,ALL,{2 * int(row['patients'])}\n" for code, row in listed.iterrows()
    )
    (folder / "sizes.csv").write_text(sizes)
    employer = listed.index[listed["state"] == "has time"][0]
    (folder / "staff.csv").write_text(PRACTICE_STAFF.format(first=employer))
    path = folder / "study.toml"
    text = path.read_text(encoding="utf-8")
    text = text.replace('file = "workforce.csv"\n', 'file = "workforce.csv"\nquarter = "2024-12"\n'
                        'practice_staff = "staff.csv"\ncaseload = 200\n')  # fmt: skip
    text = text.replace(
        'file = "registrations.csv"\n', 'file = "registrations.csv"\nlist_sizes = "sizes.csv"\n'
    )
    path.write_text(text, encoding="utf-8")
    return part_again(path, example_run[1].found)


def part_again(path, found):
    """The part alone, on travel times that are there already."""
    study = read_study(path)
    registered = read_registered(study, found.areas, found.site_reasons)
    made = link_workers(Context(study, found, {}, {}, registered, Cache(path.parent)))
    assert made is not None
    return made


def test_practices_own_staff_are_added_once_and_in_the_quarter_shown_only(
    example_run, other_choices
):
    before = example_run[1].tables["link_workers"]
    after = other_choices.tables["link_workers"]
    shown = after.xs("2024-12", level="quarter")

    assert shown["fte"].sum() == pytest.approx(
        before.xs("2024-12", level="quarter")["fte"].sum() + 0.5
    )
    assert shown["fte_practices"].sum() == 0.5
    assert after.xs("2024-09", level="quarter")["fte_practices"].isna().all()
    trend = other_choices.tables["link_workers_by_quarter"]
    assert trend.loc["2024-12", "change"] == pytest.approx(0)
    assert other_choices.lines[0].startswith("In December 2024 people of")


def test_time_of_lists_twice_as_long_is_half_as_much_here(example_run, other_choices):
    """The other half of every list lives elsewhere, and has the other half of the time."""
    before = example_run[1].tables["link_workers_by_quarter"].loc["2024-12"]
    after = other_choices.tables["link_workers_by_quarter"].loc["2024-12"]
    networks = other_choices.tables["link_workers"].xs("2024-12", level="quarter")

    assert after["patients"] == before["patients"]
    assert after["fte"] == pytest.approx(before["fte"] / 2)
    assert (networks["coverage"] < 0.51).all()
    assert (networks["caseload"] == networks["fte"] * 200).all()


def test_a_quarter_that_is_not_in_the_file_is_refused_with_those_that_are(
    example_run, example_copy
):
    path = example_copy / "study.toml"
    text = path.read_text(encoding="utf-8")
    asked = 'file = "workforce.csv"\nquarter = "2019-03"'
    path.write_text(text.replace('file = "workforce.csv"', asked), encoding="utf-8")

    with pytest.raises(StudyError, match=r"2019-03 is not in workforce.csv, which has 2023-09, "):
        part_again(path, example_run[1].found)


def test_without_registrations_there_are_returns_and_no_rates(example_run, example_copy):
    path = example_copy / "study.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace('[registrations]\nfile = "registrations.csv"\n', ""), encoding="utf-8"
    )

    made = part_again(path, example_run[1].found)
    table = made.tables["link_workers"]

    assert list(made.tables) == ["link_workers"]
    whole = example_run[1].tables["link_workers"]
    assert table["fte"].sum() == pytest.approx(whole["fte"].sum())
    unknown = ["patients", "patients_study", "fte_per_10000", "fte_with_hosted_per_10000"]
    assert table[unknown].isna().all(axis=None)
    assert "have no rates" in made.lines[0]


def test_a_network_whose_lists_are_cut_off_is_not_known_rather_than_too_well_off(
    example_run, example_copy
):
    """Of one practice only 300 patients are in the file: its network's others live elsewhere."""
    path = example_copy / "registrations.csv"
    frame = pd.read_csv(path)
    some = example_run[1].tables["link_workers_by_practice"].query("state == 'has time'").iloc[0]
    short = frame["PRACTICE_CODE"].eq(some.name)
    frame.loc[short, "NUMBER_OF_PATIENTS"] = 0
    frame.loc[short.idxmax(), "NUMBER_OF_PATIENTS"] = 300
    frame.to_csv(path, index=False)

    made = part_again(example_copy / "study.toml", example_run[1].found)
    network = made.tables["link_workers"].loc[(some["network"], "2025-06")]

    assert network["fte"] > 0
    assert pd.isna(network["patients"])
    assert pd.isna(network["fte_per_10000"])
    assert any("whole lists are not known" in note for note in made.notes)
    listed = made.tables["link_workers_by_practice"]
    assert (listed.loc[listed["network"] == some["network"], "state"] == "not known").all()


ONE_YEAR = """[practices]
networks = "core_partners.csv"
[link_workers]
file = "workforce.csv"
quarter = "2025"
"""


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ('[link_workers]\nfile = "workforce.csv"', r"needs networks in \[practices\]"),
        ('[link_workers]\ndelivery_model = "delivery_model.csv"', r"\[link_workers\] has no file"),
        (
            ONE_YEAR,
            "quarter is a year and month",
        ),
    ],
)
def test_link_workers_without_what_they_need_are_refused(example_copy, keys, said):
    path = example_copy / "study.toml"
    text = path.read_text(encoding="utf-8")
    start = text.index("[practices]")
    end = text.index("[travel]")
    path.write_text(text[:start] + keys + "\n" + text[end:], encoding="utf-8")

    with pytest.raises(StudyError, match=said):
        read_study(path)
