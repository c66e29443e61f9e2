"""
Postcodes of the made-up district: well formed, and in areas that do not exist.

Every one begins with Z and a second letter that no real postcode area has (the only real Z is
Shetland's ZE), or with BT0, which Northern Ireland does not have: none can be mistaken for, or
looked up as, somebody's address.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from slgeo.examples.land import rounded
from slgeo.examples.streets import MAIN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from slgeo.examples.nations import Nation
    from slgeo.examples.streets import Streets

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

UNIT_LETTERS: Final = "ABDEFGHJLNPQRSTUWXYZ"
"""The twenty letters of the inward part (Royal Mail never uses C, I, K, M, O and V there)."""


def address(
    nation: Nation, output_areas: pd.DataFrame, streets: Streets, rng: np.random.Generator
) -> pd.DataFrame:
    """
    Give every output area its postcodes, on streets near its homes.

    Parameters
    ----------
    nation
        Whose postcode areas are used.
    output_areas
        Columns area (a position), x, y and people.
    streets
        Where they stand.

    Returns
    -------
    pd.DataFrame
        One row a row of the postcode file: postcode, begun, ended (empty while live), x, y,
        quality (`gridind`), output_area and area (positions), placed. About one in 25 is
        terminated; three in a thousand (at least three) have no location, two are PO boxes at the
        mean of their sector, and two rows repeat another.
    """
    count = np.maximum(3, np.round(output_areas["people"].to_numpy() / 42)).astype(int)
    dead = (rng.random(len(count)) < 0.28).astype(int)
    owner = np.repeat(np.arange(len(count)), count + dead)
    turn = np.arange(len(owner)) - np.repeat(np.cumsum(count + dead) - count - dead, count + dead)
    ended = turn >= count[owner]
    x, y = _doors(output_areas, owner, turn, streets, rng)
    area = output_areas["area"].to_numpy()[owner]
    code = _codes(nation, area, rng)
    begun = 198001 + rng.integers(0, 30, len(owner)) * 100 + rng.integers(0, 12, len(owner))
    gone = 201001 + rng.integers(0, 14, len(owner)) * 100 + rng.integers(0, 12, len(owner))
    frame = pd.DataFrame(
        {
            "postcode": code,
            "begun": begun.astype(str),
            "ended": np.where(ended, gone.astype(str), ""),
            "x": x,
            "y": y,
            "quality": np.where(rng.random(len(owner)) < 0.97, 1, 3),
            "output_area": owner,
            "area": area,
            "placed": True,
        }
    ).sort_values(["postcode"], kind="stable", ignore_index=True)
    return _spoil(frame, rng)


def beyond(nation: Nation) -> str:
    """Give the one postcode that lies outside the district."""
    return f"{nation.postcodes[-1]}{nation.districts[1]} 9ZZ"


def _doors(
    output_areas: pd.DataFrame,
    owner: Ints,
    turn: Ints,
    streets: Streets,
    rng: np.random.Generator,
) -> tuple[Floats, Floats]:
    """Put each postcode by one of the road nodes nearest to its output area's middle."""
    usable = np.zeros(len(streets.x), dtype=bool)
    usable[streets.nodes[streets.kind[streets.way] <= MAIN]] = True
    nodes = np.column_stack([streets.x[usable], streets.y[usable]])
    middle = output_areas[["x", "y"]].to_numpy()
    k = min(24, len(nodes))
    _, near = cKDTree(nodes).query(middle, k=k)
    near = near.reshape(len(middle), k)
    at = nodes[near[owner, (turn * 2 + owner) % k]]
    off = rng.uniform(-14, 14, (2, len(owner)))
    return rounded(np.round(at[:, 0] + off[0])), rounded(np.round(at[:, 1] + off[1]))


def _codes(nation: Nation, area: Ints, rng: np.random.Generator) -> NDArray[np.object_]:
    """Make up postcodes within sectors of a few areas: each used once, in a scattered order."""
    sector = area // nation.sector_areas
    order = np.argsort(sector, kind="stable")
    begin = np.searchsorted(sector[order], sector[order])
    turn = np.empty(len(area), dtype=np.int64)
    turn[order] = np.arange(len(area)) - begin
    unit = (turn * 7 + sector * 3 + rng.integers(0, 400)) % 400
    letters = np.array(list(UNIT_LETTERS))
    district, digit = np.divmod(sector, 10)
    first, last = nation.districts
    which, district = np.divmod(district, last - first + 1)
    places = np.array(nation.postcodes)[which]
    parts = (
        places.astype(object)
        + (district + first).astype(str).astype(object)
        + " "
        + digit.astype(str).astype(object)
        + letters[unit // 20].astype(object)
        + letters[unit % 20].astype(object)
    )
    codes: NDArray[np.object_] = parts
    return codes


def _spoil(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Add what real files have: lost locations, sector means for PO boxes, repeated rows."""
    live = np.flatnonzero(frame["ended"].to_numpy() == "")
    chosen = rng.choice(live, size=max(3, round(len(frame) * 0.003)) + 2, replace=False)
    lost, boxes = chosen[:-2], chosen[-2:]
    frame.loc[lost, "placed"] = False
    frame.loc[lost, "quality"] = 9
    sector = frame["postcode"].str[:-2]
    for k in boxes.tolist():
        same = (sector == sector[k]) & frame["placed"]
        frame.loc[k, ["x", "y"]] = frame.loc[same, ["x", "y"]].mean().round().to_numpy()
        frame.loc[k, "quality"] = 6
    again = frame.iloc[sorted(rng.choice(live, size=2, replace=False).tolist())]
    return pd.concat([frame, again], ignore_index=True)
