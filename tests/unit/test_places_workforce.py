"""Claims about link workers: absence is not zero, nobody counts twice, time follows patients."""

from __future__ import annotations

import zipfile

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slgeo.errors import SourceError, TableError
from slgeo.places.delivery import hosted_on, read_delivery_model
from slgeo.places.flows import bypass, holding, patients_deprivation, registered_catchments
from slgeo.places.practice_staff import combine_employers, read_practice_link_workers
from slgeo.places.provision import (
    link_worker_areas,
    network_patients,
    network_provision,
    provision_of,
)
from slgeo.places.registrations import Registrations, read_registrations
from slgeo.places.workforce import read_link_workers

PEOPLE = (
    "Data_source,CENSUS_YEAR,CENSUS_MONTH,PCN_CODE,PCN_NAME,SUB_ICB_CODE,STAFF_ROLE,"
    "DETAILED_STAFF_ROLE,FTE,UNIQUE_IDENTIFIER\n"
    "N,2026,6,U1,ONE,X1,Direct,Social Prescribing Link Worker (Mental Health),0.5,p1\n"
    "N,2026,6,U1,ONE,X1,Direct,SOCIAL PRESCRIBING LINK WORKER,1,p2\n"
    "N,2026,6,U1,ONE,X1,Direct,Social Prescribing Link Worker (Mental Health),0.5,p1\n"
    "N,2026,6,U2,TWO,X1,Direct,Pharmacist,1,p3\n"
    "N,2026,3,U1,ONE,X1,Direct,Social Prescribing Link Worker,1,p2\n"
)


def write(path, text):
    path.write_text(text)
    return path


def test_a_network_with_other_staff_has_none_and_a_silent_one_is_absent(tmp_path):
    made = read_link_workers(write(tmp_path / "w.csv", PEOPLE)).set_index(["quarter", "network"])
    assert made["fte"].to_dict() == {
        ("2026-03", "U1"): 1.0,
        ("2026-06", "U1"): 1.5,
        ("2026-06", "U2"): 0.0,
    }
    assert made.loc[("2026-06", "U1"), "people"] == 2


def test_a_summed_table_says_that_absence_is_unknown(tmp_path):
    text = "year,month,pcn_code,pcn_name,splw_fte,splw_records\n2022,9,U1,ONE,2.5,3\n"
    made = read_link_workers(write(tmp_path / "w.csv", text))
    assert made[["quarter", "fte", "records"]].to_numpy().tolist() == [["2022-09", 2.5, 3.0]]
    assert not made.attrs["complete"]
    assert any("cannot tell which" in note for note in made.attrs["notes"])
    with pytest.raises(TableError, match="U1 occurs twice in 2022-09"):
        read_link_workers(write(tmp_path / "x.csv", text + text.splitlines()[1] + "\n"))
    with pytest.raises(SourceError, match="not a table of PCN staff"):
        read_link_workers(write(tmp_path / "y.csv", "a,b\n1,2\n"))


def test_time_on_both_payrolls_is_taken_once_where_it_is_the_same(tmp_path):
    text = (
        "PRAC_CODE,STAFF_GROUP,DETAILED_STAFF_ROLE,MEASURE,VALUE\n"
        "A1,D,Social Prescribing Link Worker,FTE,0.4\n"
        "A1,D,Social Prescribing Link Worker,Headcount,1\n"
        "A2,D,Social Prescribing Link Worker,FTE,1.0\n"
    )
    members = pd.DataFrame({"pcn": ["U1", "U2"]}, index=["A1", "A2"])
    practice = read_practice_link_workers(
        write(tmp_path / "p.csv", text), members, quarter="2026-06"
    )
    network = pd.DataFrame({"quarter": ["2026-06"] * 2, "network": ["U1", "U2"], "fte": [1.0, 1.0]})
    made = combine_employers(network, practice)
    assert made["fte"].tolist() == [1.4, 1.0]
    assert made["overlap"].tolist() == [False, True]


def test_time_on_the_payroll_of_a_practice_in_no_network_is_told(tmp_path):
    text = (
        "PRAC_CODE,DETAILED_STAFF_ROLE,MEASURE,VALUE\nA9,Social Prescribing Link Worker,FTE,0.6\n"
    )
    members = pd.DataFrame({"pcn": ["U1"]}, index=["A1"])
    practice = read_practice_link_workers(
        write(tmp_path / "p.csv", text), members, quarter="2026-06"
    )
    network = pd.DataFrame({"quarter": ["2026-06"], "network": ["U1"], "fte": [1.0]})
    made = combine_employers(network, practice)
    assert made["fte"].tolist() == [1.0]
    assert any("no network: their 0.6 full-time" in note for note in made.attrs["notes"])


@pytest.fixture
def registrations(tmp_path):
    text = (
        "org_code,name,lsoa21_code,patients\n"
        "A1,N,E01000001,60\nA1,N,E01000002,20\nA1,N,EMPTY,20\n"
        "A2,S,E01000002,60\nA9,X,E01000002,20\n"
    )
    return read_registrations(write(tmp_path / "r.csv", text))


def test_time_is_shared_by_patients_and_every_hour_is_accounted_for(registrations):
    members = pd.DataFrame({"pcn": ["U1", "U2"]}, index=["A1", "A2"])
    workers = pd.DataFrame({"quarter": "q", "network": ["U1", "U3"], "fte": [1.0, 2.0]})
    made = link_worker_areas(workers, registrations, members)
    # U1 has 100 patients: 60 in area 1, 20 in area 2, 20 nowhere; U2 did not report; A9 has no PCN
    assert made["fte"].round(6).to_dict() == {"E01000001": 0.6, "E01000002": 0.2}
    assert made["patients_unknown"].to_dict() == {"E01000001": 0, "E01000002": 80}
    assert made["fte_per_10000"].round(6).tolist() == [100.0, 100.0]
    assert made["caseload_per_1000"].round(6).tolist() == [2250.0, 2250.0]
    assert made["fte"].sum() + made.attrs["unshared"] == pytest.approx(3.0)
    with pytest.raises(TableError, match="several quarters"):
        link_worker_areas(workers.assign(quarter=["q", "r"]), registrations, members)


def test_catchments_bypass_and_deprivation_follow_registration(registrations):
    made = registered_catchments(registrations, least=0.25)
    assert made.index.tolist() == [("A1", "E01000001"), ("A2", "E01000002")]
    assert made.attrs["outside"] == 40
    groups = pd.Series({"A1": "U1", "A2": "U1"})
    network = registered_catchments(registrations, least=0.25, groups=groups)
    assert network.loc[("U1", "E01000002"), "share"] == 0.8
    away = bypass(registrations, pd.Series({"E01000002": "A2", "E01000003": "A1"}))
    assert away.loc["E01000002"].tolist() == [100.0, 40.0, 0.4]
    scores = pd.Series({"E01000001": 10.0, "E01000002": 30.0})
    assert patients_deprivation(registrations, scores)["score"].to_dict() == {
        "A1": 15.0,
        "A2": 30.0,
        "A9": 30.0,
    }
    with pytest.raises(TableError, match=r"37\.5%"):
        patients_deprivation(registrations, scores.iloc[:1])


def test_a_delivery_model_is_read_or_every_fault_is_named(tmp_path):
    header = "scheme_id,pcn_code,employer,fte,sessions_min,sessions_max,start_date,end_date\n"
    good = header + "s1,U1,vcse,2,1,6,2024-01-01,2024-12-31\ns1,U1,PCN/GP,1,1,6,2025-01-01,\n"
    made = read_delivery_model(write(tmp_path / "d.csv", good))
    assert made["employer"].tolist() == ["VCSE", "PCN/GP"]
    assert made["in_workforce_files"].tolist() == [False, True]
    bad = header + "s1,U1,church,-2,9,6,2024-01-01,\ns1,U1,VCSE,1,1,6,2025-01-01,\n"
    with pytest.raises(TableError) as caught:
        read_delivery_model(write(tmp_path / "e.csv", bad))
    for said in ("'church' is none of", "must be 0 or more", "above sessions_max", "overlaps"):
        assert said in str(caught.value)


EARLIER = (
    "Data_source,CENSUS_YEAR,CENSUS_MONTH,PCN_CODE,DETAILED_STAFF_ROLE,FTE,UNIQUE_IDENTIFIER\n"
    "NWRS Staff,2025,3,U1,Social Prescribing Link Workers,1,a\n"
    "NWRS contracted services,2025,3,U1,Social Prescribing Link Workers,0.4,b\n"
    "NWRS Staff,2025,3,U2,Pharmacists,1,c\n"
)
LATER = EARLIER.replace("2025,3", "2025,6").replace(
    "Link Workers", "Link Workers (Non-Mental Health practitioners)"
)


def zipped(path, files):
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def test_a_zip_of_quarters_is_read_whole_and_says_when_the_role_changed_its_name(tmp_path):
    files = {"March.csv": EARLIER, "June.csv": LATER, "Notes.csv": "a,b\n1,2\n", "read me.txt": "x"}
    made = read_link_workers(zipped(tmp_path / "PCNWF.zip", files))
    fte = made.set_index(["quarter", "network"])["fte"]
    assert fte.to_dict() == {
        ("2025-03", "U1"): 1.4,
        ("2025-03", "U2"): 0.0,
        ("2025-06", "U1"): 1.4,
        ("2025-06", "U2"): 0.0,
    }
    assert made["fte_contracted"].tolist() == [0.4, 0.0, 0.4, 0.0]
    assert made.attrs["complete"]
    assert made.attrs["roles"] == {
        "Social Prescribing Link Workers": ("2025-03", "2025-03"),
        "Social Prescribing Link Workers (Non-Mental Health practitioners)": ("2025-06", "2025-06"),
    }
    assert sum("link workers are the roles" in note for note in made.attrs["notes"]) == 1


def test_a_quarter_in_two_files_of_a_zip_is_refused_and_so_is_a_zip_of_other_things(tmp_path):
    twice = zipped(tmp_path / "t.zip", {"a.csv": EARLIER, "b.csv": EARLIER})
    with pytest.raises(TableError, match="U1 occurs in two files for 2025-03"):
        read_link_workers(twice)
    with pytest.raises(SourceError, match="no file in it is a table of PCN staff"):
        read_link_workers(zipped(tmp_path / "o.zip", {"a.csv": "a,b\n1,2\n"}))


def test_a_quarter_of_a_zip_that_is_not_understood_is_named(tmp_path):
    """With a column renamed the last quarter would be another one, without a word."""
    files = {"a.csv": EARLIER, "b.csv": EARLIER.replace("FTE", "HOURS", 1)}
    made = read_link_workers(zipped(tmp_path / "PCNWF.zip", files))

    assert made.attrs["notes"].count("PCNWF.zip: not tables of PCN staff, so left out: b.csv") == 1


def test_link_workers_whose_row_names_no_network_are_counted(tmp_path):
    path = tmp_path / "PCNWF.csv"
    path.write_text(EARLIER, encoding="utf-8")
    whole = read_link_workers(path)
    network = whole.loc[whole["fte"] > 0, "network"].iloc[0]
    path.write_text(EARLIER.replace(network, ""), encoding="utf-8")
    made = read_link_workers(path)

    lost = whole["fte"].sum() - made["fte"].sum()
    assert lost > 0
    assert any(
        f"name no network, so their time ({lost:.1f} full-time equivalents" in note
        for note in made.attrs["notes"]
    )


def test_rows_without_a_year_and_month_are_named(tmp_path):
    text = "year,month,pcn_code,splw_fte\n2022,9,U1,1\n2022,13,U2,1\n,9,U3,1\n"
    with pytest.raises(TableError, match=r"no year and month in 2 rows \(3, 4\)"):
        read_link_workers(write(tmp_path / "w.csv", text))


def test_hosted_staff_count_while_their_spell_lasts_and_never_pcn_staff(tmp_path):
    text = (
        "scheme_id,pcn_code,employer,fte,headcount,start_date,end_date\n"
        "s1,U1,VCSE,2,3,2024-01-01,2024-12-31\n"
        "s2,U1,local authority,0.5,,2024-06-01,\n"
        "s3,U1,PCN/GP,1,1,2024-01-01,\n"
    )
    model = read_delivery_model(write(tmp_path / "d.csv", text))
    assert hosted_on(model, "2024-03-31").loc["U1"].tolist() == [2.0, 3.0, "VCSE"]
    both = hosted_on(model, "2024-12-31").loc["U1"]
    assert both.tolist() == [2.5, 3.0, "VCSE, local authority"]
    assert hosted_on(model, "2025-03-31")["fte"].to_dict() == {"U1": 0.5}
    assert hosted_on(model, "2023-03-31").empty
    with pytest.raises(TableError, match=r"'01/04/2024' is no date such as 2024-04-01"):
        read_delivery_model(write(tmp_path / "e.csv", text.replace("2024-06-01", "01/04/2024")))


def test_hosted_time_counts_only_beyond_contracted_time():
    """The contractor of a return may be the very organisation of the delivery model."""
    members = pd.DataFrame(
        {"pcn": ["U1", "U2", "U3"], "pcn_name": ["ONE", "TWO", "THREE"]}, index=["A", "B", "C"]
    )
    lists = pd.Series({"A": 10_000.0, "B": 20_000.0, "C": 5_000.0})
    workers = pd.DataFrame(
        {"quarter": "q", "network": ["U1", "U2"], "fte": [1.0, 0.0], "fte_contracted": [0.4, 0.0],
         "records": [2.0, 0.0], "people": [2.0, 0.0]}
    )  # fmt: skip
    hosted = pd.DataFrame({"fte": [1.0, 0.5]}, index=["U1", "U2"])
    made = network_provision(workers, lists, members, hosted=hosted)
    assert made["state"].to_dict() == {"U1": "has time", "U2": "none", "U3": "not known"}
    assert made["fte_hosted"].round(6).to_dict() == {"U1": 0.6, "U2": 0.5, "U3": 0.0}
    assert made["fte_per_10000"].fillna(-1).tolist() == [1.0, 0.0, -1.0]
    assert made["fte_with_hosted_per_10000"].fillna(-1).round(6).tolist() == [1.6, 0.25, -1.0]
    alone = network_provision(workers, lists, members)
    assert alone["fte_with_hosted_per_10000"].isna().all()


def test_a_place_has_its_share_of_each_network_and_silence_is_no_nought(registrations):
    members = pd.DataFrame({"pcn": ["U1", "U2"]}, index=["A1", "A2"])
    workers = pd.DataFrame({"quarter": "q", "network": ["U1"], "fte": [1.0]})
    patients = pd.Series({"A1": 30.0, "A2": 60.0, "A9": 10.0})
    made = provision_of(workers, patients, registrations.by_practice(), members)
    # U1: 30 of its 100 patients; U2 is in no return; A9 is in no network
    assert made == {
        "networks": 2.0,
        "networks_reporting": 1.0,
        "patients": 100.0,
        "patients_known": 30.0,
        "patients_none": 0.0,
        "fte": pytest.approx(0.3),
        "fte_per_10000": pytest.approx(100.0),
    }


def test_the_areas_that_hold_a_share_are_taken_from_the_largest_on(registrations):
    made = holding(registrations, share=0.75)
    assert made.index.tolist() == [
        ("A1", "E01000001"),
        ("A2", "E01000002"),
        ("A9", "E01000002"),
    ]
    assert made["cumulative"].tolist() == [0.75, 1.0, 1.0]
    assert made.loc[("A9", "E01000002"), "share_of_area"] == 0.2
    assert len(holding(registrations, share=0.76)) == 4
    with pytest.raises(TableError, match="a share is above 0 to 1"):
        holding(registrations, share=0)


AREAS = [f"E0100000{number}" for number in range(6)]


@given(
    st.dictionaries(
        st.tuples(st.sampled_from(["P1", "P2", "P3"]), st.sampled_from(AREAS)),
        st.integers(1, 500),
        min_size=1,
    ),
    st.dictionaries(st.sampled_from(["U1", "U2"]), st.floats(0, 5), min_size=1),
)
@settings(deadline=None, max_examples=30)
def test_no_time_is_made_or_lost_in_sharing(patients, fte):
    """Areas and what is unshared add up to all time; an area's rate lies between its networks'."""
    index = pd.MultiIndex.from_tuples(list(patients), names=["practice", "area"])
    pairs = pd.Series(list(patients.values()), index=index, dtype=float).sort_index()
    nowhere = pd.MultiIndex.from_arrays([[], []], names=["practice", "code"])
    elsewhere = pd.Series([], index=nowhere, dtype=float)
    held = Registrations(pairs, elsewhere, pd.Series(dtype=object), "", "", "t")
    members = pd.DataFrame({"pcn": ["U1", "U1", "U2"]}, index=["P1", "P2", "P3"])
    workers = pd.DataFrame({"quarter": "q", "network": list(fte), "fte": list(fte.values())})
    made = link_worker_areas(workers, held, members)
    assert made["fte"].sum() + made.attrs["unshared"] == pytest.approx(sum(fte.values()))
    whole = network_patients(held.by_practice(), members)
    rates = [fte[u] / whole[u] * 10_000 for u in fte if u in whole.index]
    shown = made["fte_per_10000"].dropna()
    assert shown.between(min(rates, default=0) - 1e-6, max(rates, default=0) + 1e-6).all()
