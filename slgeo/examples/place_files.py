"""Practices, networks, registrations, workforce and assets, in the layouts real ones come in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from slgeo.examples.venues import GROUPS, LIBRARIES, SERVICES
from slgeo.places.taxonomy import LABELS

if TYPE_CHECKING:
    from collections.abc import Hashable

    from slgeo.examples.model import District

SUB_ICB: Final = "X0A"
ICB: Final = "XQA"
"""Codes of the commissioners: real ones have other letters."""

_SUB_ICB_NAME: Final = "NHS ALDERMERE AND THE HOLMS ICB - X0A"

REFERRALS: Final = 7
"""Sets the chance in referrals apart from that in everything else."""

VIRTUAL, INACTIVE, LATITUDE_100, SCRIPT, FORMULA = range(5)
"""Services of the directory that are made to be difficult, by their order in the file."""


def epraccur(made: District) -> pd.DataFrame:
    """Lay practices out as the legacy epraccur: 27 columns without a header, every field quoted."""
    rows = made.care.practices
    columns: dict[int, Any] = dict.fromkeys(range(27), "")
    columns |= {
        0: rows.index,
        1: rows["name"].str.upper(),
        2: "X99",
        3: ICB,
        4: rows["building"].str.upper(),
        7: rows["town"].str.upper(),
        9: rows["postcode"],
        10: rows["opened"],
        11: rows["closed"],
        12: rows["status"],
        13: "B",
        14: SUB_ICB,
        15: "20200401",
        17: [f"01632 {960000 + k}" for k in range(len(rows))],  # Ofcom's numbers for drama
        21: "0",
        23: SUB_ICB,
        25: rows["setting"],
    }
    return pd.DataFrame(columns, index=rows.index)


def practices(made: District) -> pd.DataFrame:
    """List open practices as Scotland and Northern Ireland do: epraccur does not have them."""
    rows = made.care.practices
    rows = rows[(rows["status"] == "A") & (rows["setting"] == "4")]
    return pd.DataFrame(
        {
            "Code": rows.index,
            "Practice": rows["name"],
            "Address": rows["building"] + ", " + rows["town"],
            "Postcode": rows["postcode"],
            "Patients": rows["patients"],
        }
    )


def core_partners(made: District) -> pd.DataFrame:
    """Spells of practices in networks: one that moved, one repeated row."""
    care = made.care
    rows = care.practices[care.practices["network"] != ""]
    frame = pd.DataFrame(
        {
            "Partner Organisation Code": rows.index,
            "Partner Name": rows["name"].str.upper().to_numpy(),
            "Practice Parent Sub ICB Loc Code": SUB_ICB,
            "Practice Parent Sub ICB Loc Name": _SUB_ICB_NAME,
            "PCN Code": rows["network"].to_numpy(),
            "PCN Name": care.networks["name"].loc[rows["network"]].str.upper().to_numpy(),
            "PCN Parent Sub ICB Loc Code": SUB_ICB,
            "PCN Parent Sub ICB Loc Name": _SUB_ICB_NAME,
            "Practice to PCN Relationship Start Date": "20200401",
            "Practice to PCN Relationship End Date": "",
            "Practice Sub ICB Loc and PCN Sub ICB Loc Match": "True",
        }
    )
    other = care.networks.index[-1]
    moved = frame.iloc[[0]].assign(
        **{
            "PCN Code": other,
            "PCN Name": str(care.networks["name"][other]).upper(),
            "Practice to PCN Relationship Start Date": "20190701",
            "Practice to PCN Relationship End Date": "20200331",
        }
    )
    return pd.concat([moved, frame, frame.iloc[[1]]], ignore_index=True)


def registrations(made: District) -> pd.DataFrame:
    """Lay registrations out as gp-reg-pat-prac-lsoa-all."""
    rows = made.care.registrations
    names = made.care.practices["name"].str.upper()
    return pd.DataFrame(
        {
            "PUBLICATION": "GP_PRAC_PAT_LIST",
            "EXTRACT_DATE": "01JUL2025",
            "PRACTICE_CODE": rows["practice"],
            "PRACTICE_NAME": rows["practice"].map(names),
            "LSOA_CODE": rows["area"],
            "SEX": "ALL",
            "NUMBER_OF_PATIENTS": rows["patients"],
        }
    )


def referrals(made: District) -> pd.DataFrame:
    """
    Count a year's referrals to social prescribing by area, as a service's own record might.

    About 60 for every 10,000 residents, made up; the last area made no return.
    """
    generator = np.random.default_rng([made.seed, REFERRALS])
    people = made.areas["population"].to_numpy(dtype=float)
    counts = generator.poisson(0.006 * people)
    frame = pd.DataFrame({"LSOA21CD": made.areas.index, "REFERRALS": counts})
    return frame.iloc[:-1]


def workforce(made: District) -> pd.DataFrame:
    """Lay network staff out as the individual-level PCN workforce file, all quarters together."""
    rows = made.care.workforce
    return pd.DataFrame(
        {
            "Data_source": "NWRS Staff",
            "CENSUS_YEAR": rows["year"],
            "CENSUS_MONTH": rows["month"],
            "PCN_CODE": rows["network"],
            "PCN_NAME": rows["network"].map(made.care.networks["name"].str.upper()),
            "SUB_ICB_CODE": SUB_ICB,
            "SUB_ICB_NAME": _SUB_ICB_NAME,
            "ICB_CODE": ICB,
            "ICB_NAME": "NHS ALDERMERE AND THE HOLMS ICB",
            "COMM_REGION_CODE": "X99",
            "COMM_REGION_NAME": "NORTH SEA",
            "STAFF_GROUP": rows["group"],
            "STAFF_ROLE": rows["role"],
            "DETAILED_STAFF_ROLE": rows["role"],
            "FTE": rows["fte"],
            "UNIQUE_IDENTIFIER": rows["person"],
        }
    )


def delivery_model(made: District) -> pd.DataFrame:
    """List two schemes: one employed by a network, one by a voluntary organisation beside it."""
    networks = made.care.networks.index
    return pd.DataFrame(
        {
            "scheme_id": ["S1", "S2"],
            "pcn_code": [networks[0], networks[min(1, len(networks) - 1)]],
            "employer": ["PCN/GP", "VCSE"],
            "fte": [1.0, 0.8],
            "headcount": [1, 1],
            "caseload_per_fte": ["", "200"],
            "contact_mode": ["face to face at practice;phone", "home;face to face in community"],
            "sessions_min": [1, 6],
            "sessions_max": [6, 12],
            "referral_routes": ["GP;other primary care", "GP;self"],
            "start_date": ["2023-04-01", "2024-04-01"],
            "end_date": ["", ""],
        }
    )


def groups(made: District) -> pd.DataFrame:
    """Lay groups out as somebody keeps them in a spreadsheet: half of them by postcode only."""
    listed = [GROUPS] if made.nation.letter == "X" else [GROUPS, LIBRARIES]
    rows = made.venues[made.venues["source"].isin(listed) & ~made.venues["closed"]]
    lon, lat = made.nation.degrees(rows["x"], rows["y"])
    by_postcode = np.arange(len(rows)) % 2 == 0
    return pd.DataFrame(
        {
            "Group": rows["name"],
            "Category": [_words(kind) for kind in rows["kind"]],
            "Village or town": rows["settlement"],
            "Post Code": rows["postcode"].where(
                np.arange(len(rows)) % 5 != 0, rows["postcode"].str.replace(" ", "").str.lower()
            ),
            "Latitude": np.where(by_postcode, "", lat.round(6).astype(str)),
            "Longitude": np.where(by_postcode, "", lon.round(6).astype(str)),
            "Last checked": rows["checked"],
        }
    )


def libraries(made: District) -> pd.DataFrame:
    """Lay libraries out as Arts Council England's basic dataset, with one mobile and one closed."""
    rows = made.venues[made.venues["source"] == LIBRARIES]
    lon, lat = made.nation.degrees(rows["x"], rows["y"])
    closed = np.where(rows["closed"], "2019", "")
    frame = pd.DataFrame(
        {
            "Reporting service": f"{made.name} District Council",
            "Reporting service code": "X06000001",
            "Name": rows["name"].str.removesuffix(" Library").to_numpy(),
            "Type": "Static Library",
            "Address 1": "Library Lane",
            "Address 2": rows["settlement"].to_numpy(),
            "Address 3": "",
            "Postcode": rows["postcode"].to_numpy(),
            "Unique property reference number": "",
            "Easting": rows["x"].round().astype(int).to_numpy(),
            "Northing": rows["y"].round().astype(int).to_numpy(),
            "Longitude": lon.round(6),
            "Latitude": lat.round(6),
            "Upper tier local authority": made.name,
            "Statutory in 2023": "Yes",
            "Year opened": "",
            "Year closed": closed,
            "Hours open per week": np.where(rows["closed"], "", "32"),
        }
    )
    mobile = frame.iloc[[0]].assign(Name="Mobile A", Type="Mobile Library", **{"Year closed": ""})
    return pd.concat([frame, mobile], ignore_index=True)


def services(made: District) -> dict[str, Any]:
    """
    Lay the services directory out as one page of Open Referral UK 3.0.

    The first five are difficult on purpose: one is online only, one is inactive, one has the
    latitude 100 of the standard's own example, one has script in its name, one a spreadsheet
    formula in its description.
    """
    rows = made.venues[made.venues["source"] == SERVICES]
    lon, lat = made.nation.degrees(rows["x"], rows["y"])
    contents = [
        _service(k, row, (float(lon[k]), float(lat[k])))
        for k, row in enumerate(rows.to_dict("records"))
    ]
    return {
        "total_items": len(contents),
        "total_pages": 1,
        "page_number": 1,
        "size": len(contents),
        "first_page": True,
        "last_page": True,
        "empty": not contents,
        "contents": contents,
    }


def _words(kind: str) -> str:
    return LABELS[kind].many.capitalize()


def _service(number: int, row: dict[Hashable, Any], where: tuple[float, float]) -> dict[str, Any]:
    key = f"{number + 1:08x}-0000-4000-8000-000000000000"
    name, about = row["name"], f"Open to everyone in {row['settlement']}."
    if number == SCRIPT:
        name += " <script>alert('name')</script>"
    if number == FORMULA:
        about = '=HYPERLINK("http://example.invalid","click here")'
    location: dict[str, Any] = {
        "id": f"{key[:-1]}1",
        "location_type": "virtual" if number == VIRTUAL else "physical",
        "name": f"{row['settlement']} Hall",
    }
    if number != VIRTUAL:
        location["addresses"] = [
            {
                "id": f"{key[:-1]}2",
                "address_1": "Market Place",
                "city": row["settlement"],
                "state_province": row["settlement"],
                "postal_code": row["postcode"],
                "country": "GB",
                "address_type": "physical",
            }
        ]
        if number % 3 or number == LATITUDE_100:
            location["longitude"] = round(where[0], 6)
            location["latitude"] = 100.0 if number == LATITUDE_100 else round(where[1], 6)
    return {
        "id": key,
        "name": name,
        "description": about,
        "status": "inactive" if number == INACTIVE else "active",
        "assured_date": row["checked"],
        "organization": {
            "id": f"{key[:-1]}3",
            "name": f"{row['settlement']} Community Trust",
            "description": "A charity that does not exist.",
        },
        "service_at_locations": [
            {
                "id": f"{key[:-1]}4",
                "service_id": key,
                "location_id": location["id"],
                "location": location,
            }
        ],
        "schedules": [
            {
                "id": f"{key[:-1]}5",
                "freq": "WEEKLY",
                "byday": "TU",
                "opens_at": "10:00",
                "closes_at": "12:00",
            }
        ],
        "cost_options": [{"id": f"{key[:-1]}6", "option": "Free", "amount": 0, "currency": "GBP"}],
        "attributes": [
            {
                "id": f"{key[:-1]}7",
                "link_entity": "service",
                "taxonomy_term": {"id": row["kind"], "name": _words(row["kind"])},
            }
        ],
    }
