"""Claims about link workers: absence is not zero, nobody counts twice, time follows patients."""

from __future__ import annotations

import pandas as pd
import pytest

from slgeo.errors import SourceError, TableError
from slgeo.places.delivery import read_delivery_model
from slgeo.places.flows import bypass, patients_deprivation, registered_catchments
from slgeo.places.practice_staff import combine_employers, read_practice_link_workers
from slgeo.places.provision import link_worker_areas
from slgeo.places.registrations import read_registrations
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
