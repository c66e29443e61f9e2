"""Routes are as long as the times say, and run the way people travel."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from slgeo import reasons
from slgeo.errors import NetworkError, TableError
from slgeo.network import Network
from slgeo.routing.routes import routes
from slgeo.routing.travel import prepare, travel_times


def points(name: str, **where: tuple[float, float]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"area": ["A"] * len(where), "people": [1.0] * len(where)},
        geometry=gpd.points_from_xy(*zip(*where.values(), strict=True)),
        index=pd.Index(list(where), name=name),
        crs="EPSG:27700",
    )


def block(*, private: bool = False) -> Network:
    """A square block of 80 m sides, a minute each, one-way: 0 -> 1 -> 2 -> 3 -> 0."""
    return Network.from_edges(
        [0, 80, 80, 0],
        [0, 0, 80, 80],
        [0, 1, 2, 3],
        [1, 2, 3, 0],
        forward=[60_000] * 4,
        backward=[-1] * 4,
        ends_only=[False, private, False, False],
    )


def pair(origin: str, site: str) -> pd.DataFrame:
    return pd.DataFrame({"origin": [origin], "site": [site]})


prepared_or_not = pytest.mark.parametrize("prepared", [False, True])


@prepared_or_not
def test_a_route_goes_round_the_one_way_block(*, prepared: bool):
    home, gp = points("origin", h=(60, -8)), points("site", gp=(20, -4))
    hierarchy = prepare(block()) if prepared else None

    made = routes(block(), home, gp, pair("h", "gp"), hierarchy=hierarchy)

    assert made["minutes"].iloc[0] == pytest.approx(3.5 + 0.15)
    assert list(made.geometry.iloc[0].coords) == [
        (60, -8),
        (60, 0),
        (80, 0),
        (80, 80),
        (0, 80),
        (0, 0),
        (20, 0),
        (20, -4),
    ]


@prepared_or_not
def test_the_way_back_is_drawn_in_its_own_direction(*, prepared: bool):
    home, gp = points("origin", h=(60, -8), i=(80, 40)), points("site", gp=(20, -4))
    hierarchy = prepare(block()) if prepared else None
    asked = pd.DataFrame({"origin": ["h", "i"], "site": ["gp", "gp"]})

    made = routes(block(), home, gp, asked, direction="from", hierarchy=hierarchy)

    assert made["minutes"].to_numpy() == pytest.approx([0.5 + 0.15, 0.75 + 0.5 + 0.05])
    assert list(made.geometry.iloc[0].coords) == [(20, -4), (20, 0), (60, 0), (60, -8)]
    assert list(made.geometry.iloc[1].coords) == [(20, -4), (20, 0), (80, 0), (80, 40)]


@prepared_or_not
def test_no_way_is_a_row_without_a_line(*, prepared: bool):
    hierarchy = prepare(block()) if prepared else None
    home, gp = points("origin", h=(60, 0)), points("site", gp=(20, 0)).assign(reason=None)
    gp.loc["online"] = {**gp.iloc[0], "reason": reasons.VIRTUAL_ONLY}
    asked = pd.DataFrame({"origin": ["h", "h"], "site": ["gp", "online"]})

    made = routes(block(), home, gp, asked, limit=3, hierarchy=hierarchy)

    assert made["minutes"].isna().all()
    assert made.geometry.isna().all()
    assert made.index.tolist() == [("h", "gp"), ("h", "online")]


def test_strangers_are_refused():
    home, gp = points("origin", h=(60, 0)), points("site", gp=(20, 0))

    with pytest.raises(TableError, match="'nobody'"):
        routes(block(), home, gp, pair("nobody", "gp"))


@prepared_or_not
@pytest.mark.parametrize("direction", ["to", "from"])
def test_routes_take_the_times_of_the_table_over_its_roads(direction: str, *, prepared: bool):
    """On foot at 80 m a minute, the line is as long as its minutes say."""
    side, draw = 9, np.random.default_rng(5)
    i = np.arange(side * side)
    east, north = i[i % side < side - 1], i[: side * (side - 1)]
    network = Network.from_edges(
        i % side * 100.0 + draw.uniform(0, 40, len(i)),
        i // side * 100.0 + draw.uniform(0, 40, len(i)),
        np.concatenate([east, north]),
        np.concatenate([east + 1, north + side]),
    )
    where = {f"p{k}": tuple(draw.uniform(0, 800, 2)) for k in range(12)}
    home, gp = points("origin", **where), points("site", a=(50, 90), b=(700, 333))
    table = travel_times(network, home, gp, direction=direction).to_frame()

    hierarchy = prepare(network) if prepared else None
    made = routes(network, home, gp, table, direction=direction, hierarchy=hierarchy)

    assert made["minutes"].to_numpy() == pytest.approx(table["minutes"].to_numpy())
    assert made.length.to_numpy() / 80 == pytest.approx(table["minutes"].to_numpy(), abs=0.001)


def test_a_hierarchy_of_other_roads_is_refused():
    home, gp = points("origin", h=(60, -8)), points("site", gp=(20, -4))
    other = Network.from_edges([0, 80], [0, 0], [0], [1])

    with pytest.raises(NetworkError, match="prepare one for these"):
        routes(block(), home, gp, pair("h", "gp"), hierarchy=prepare(other))


@prepared_or_not
def test_the_way_to_large_grounds_leads_to_their_nearest_entrance(*, prepared: bool):
    street = Network.from_edges([0, 800], [0, 0], [0], [1])
    home, park = points("origin", h=(300, 0), i=(700, 0)), points("site", park=(400, 90))
    park["entrances"] = "MULTIPOINT (0 0, 800 0)"
    asked = pd.DataFrame({"origin": ["h", "i"], "site": ["park", "park"]})

    made = routes(street, home, park, asked, hierarchy=prepare(street) if prepared else None)

    assert [list(line.coords) for line in made.geometry] == [
        [(300, 0), (0, 0)],
        [(700, 0), (800, 0)],
    ]
    times = travel_times(street, home, park).to_frame()
    assert made["minutes"].tolist() == times["minutes"].tolist() == [3.75, 1.25]
