"""
Which nation a made-up district is dressed as: its grid, its codes, its classes, where it lies.

The default is no nation (``X``), in layouts as England and Wales publish. Scotland (``S``) and
Northern Ireland (``N``) have their own codes, classes and, across the sea, another grid; each is
put on open water off its coast, under codes of its nation's form that its registers never gave out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from slgeo.errors import TableError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_FROM_GRID: Final = (
    "+proj=pipeline +step +inv +proj=tmerc {grid} +step +proj=push +v_3 +step +proj=cart"
    " {ellipsoid} +step +proj=helmert {shift} +convention=position_vector +step +inv +proj=cart"
    " +ellps=WGS84 +step +proj=pop +v_3 +step +proj=unitconvert +xy_in=rad +xy_out=deg"
)

BRITISH: Final = _FROM_GRID.format(
    grid="+lat_0=49 +lon_0=-2 +k=0.9996012717 +x_0=400000 +y_0=-100000 +ellps=airy",
    ellipsoid="+ellps=airy",
    shift="+x=446.448 +y=-125.157 +z=542.06 +rx=0.15 +ry=0.247 +rz=0.842 +s=-20.489",
)
"""EPSG:27700 to EPSG:4326 by EPSG:1314 (the seven parameters of Ordnance Survey's "A guide to
coordinate systems in Great Britain", section 6.6), written out so that the bytes do not depend on
whether a machine has the OSTN15 grid, which has no values this far out at sea."""

IRISH: Final = _FROM_GRID.format(
    grid="+lat_0=53.5 +lon_0=-8 +k=1.000035 +x_0=200000 +y_0=250000 +a=6377340.189 +rf=299.3249646",
    ellipsoid="+a=6377340.189 +rf=299.3249646",
    shift="+x=482.5 +y=-130.6 +z=564.6 +rx=-1.042 +ry=-0.214 +rz=-0.631 +s=8.15",
)
"""EPSG:29903 to EPSG:4326 by EPSG:1954, which every PROJ has."""


@dataclass(frozen=True, slots=True)
class Nation:
    """
    What depends on the nation a district is dressed as.

    Parameters
    ----------
    letter
        ``X``, ``S`` or ``N``: the nation of its codes.
    crs
        Grid of its coordinates.
    to_degrees
        That grid to longitude and latitude, as a PROJ pipeline.
    west, south
        Metres: where the land begins.
    most
        Areas of the largest district there is room for.
    name, island
        The first town, which gives the district its name; the island.
    first, last
        Pieces that names of settlements are put together from.
    authority, vintage
        Code of the local authority; census geography of the areas' codes.
    postcodes
        Postcode areas, none of which exists.
    districts
        First and last postcode district of each.
    sector_areas
        Small areas that share a postcode sector.
    classes
        Rural-urban classes, code -> label.
    urban
        Codes of the urban ones.
    class_of
        Class near a market town and far from it, of a market town, a small town, a large village,
        a village and the island.
    """

    letter: str
    crs: str
    to_degrees: str
    west: float
    south: float
    most: int
    name: str
    island: str
    first: tuple[str, ...]
    last: tuple[str, ...]
    authority: str
    vintage: str
    postcodes: tuple[str, ...]
    districts: tuple[int, int]
    sector_areas: int
    classes: dict[str, str]
    urban: tuple[str, ...]
    class_of: tuple[tuple[str, str], ...]

    def area_codes(self, count: int) -> list[str]:
        """Codes of small areas."""
        if self.letter == "N":
            return [f"95XQ{k // 9 + 1:02d}S{k % 9 + 1}" for k in range(count)]
        form = {"X": "X01{:06d}", "S": "S019{:05d}"}[self.letter]
        return [form.format(k) for k in range(1, count + 1)]

    def output_codes(self, count: int) -> list[str]:
        """Codes of output areas (small areas in Northern Ireland)."""
        form = {"X": "X00{:06d}", "S": "S009{:05d}", "N": "N009{:05d}"}[self.letter]
        return [form.format(k) for k in range(1, count + 1)]

    def degrees(self, x: Any, y: Any) -> tuple[Floats, Floats]:  # noqa: ANN401 - what numpy takes
        """Turn metres into longitude and latitude, to the ten-millionth of a degree OSM keeps."""
        from pyproj import Transformer

        turn = Transformer.from_pipeline(self.to_degrees)
        lon, lat = turn.transform(np.asarray(x, float), np.asarray(y, float))
        return np.round(lon, 7), np.round(lat, 7)


def nation_of(letter: str) -> Nation:
    """
    Look a nation up.

    Raises
    ------
    TableError
        If there is none of that letter.
    """
    if letter not in NATIONS:
        raise TableError(f"a district is of nation {', '.join(NATIONS)}, not {letter!r}")
    return NATIONS[letter]


_ENGLISH_FIRST: Final = (
    "Aller", "Ambel", "Ash", "Bar", "Beck", "Birch", "Bram", "Bren", "Cald", "Carl", "Cat", "Clay",
    "Cold", "Crox", "Dal", "Dun", "Elm", "Ever", "Fal", "Fen", "Fox", "Gar", "Gold", "Grim", "Had",
    "Hather", "Haw", "Hel", "Hin", "Holm", "Hor", "Ivel", "Kel", "Ket", "Lang", "Lark", "Lin",
    "Lox", "Mar", "Meri", "Mor", "Nes", "Nor", "Oak", "Orm", "Pen", "Quar", "Rav", "Red", "Ros",
    "Sax", "Scar", "Sed", "Shel", "Skel", "Stan", "Sut", "Swin", "Tarn", "Thorn", "Thur", "Ul",
    "Wal", "War", "Wen", "Whit", "Wick", "Wil", "Wood", "Wyn", "Yar", "Yel",
)  # fmt: skip
_ENGLISH_LAST: Final = (
    "barrow", "beck", "borough", "bourne", "bridge", "bury", "by", "combe", "cote", "dale", "den",
    "field", "fold", "ford", "gate", "ham", "hope", "hurst", "ley", "mere", "minster", "more",
    "ness", "over", "rigg", "sett", "stead", "stoke", "stow", "thorpe", "thwaite", "ton", "wade",
    "wick", "with", "worth",
)  # fmt: skip
_SCOTTISH_FIRST: Final = (
    "Auchter", "Bal", "Craig", "Dal", "Drum", "Dun", "Fetter", "Fin", "Gart", "Inver", "Kil", "Kin",
    "Len", "Loch", "Mel", "Mon", "Pit", "Strath", "Tilly", "Tor", "Tulli", "Ury",
)  # fmt: skip
_SCOTTISH_LAST: Final = (
    "aldie", "bervan", "cairnie", "corrie", "derran", "esk", "feddar", "garvie", "kellan", "lochan",
    "mallie", "morran", "nettar", "ochty", "quharn", "rannan", "skene", "tarvit", "urie", "wharral",
)  # fmt: skip
_IRISH_FIRST: Final = (
    "Agha", "Ardna", "Bally", "Carna", "Cloon", "Cool", "Derry", "Drum", "Glen", "Gorta", "Kil",
    "Knock", "Lisna", "Magher", "Moy", "Mully", "Port", "Rath", "Slieve", "Taghna", "Tully", "Ura",
)  # fmt: skip
_IRISH_LAST: Final = (
    "barnagh", "bracken", "clamper", "dorrin", "feighan", "gannock", "hassin", "kerran", "lagheen",
    "mornagh", "nabrack", "quillan", "rusken", "scullan", "tamlin", "vennan", "wherry", "yallagh",
)  # fmt: skip

NATIONS: Final = {
    "X": Nation(
        letter="X",
        crs="EPSG:27700",
        to_degrees=BRITISH,
        west=440_000.0,  # the Farne Islands, 16 km to the west, are the nearest land
        south=625_000.0,
        most=40_000,
        name="Aldermere",
        island="Gannet Holm",
        first=_ENGLISH_FIRST,
        last=_ENGLISH_LAST,
        authority="X06000001",
        vintage="example21",
        postcodes=tuple(f"Z{letter}" for letter in "XYWVUTSRQPONMLKHGFDCBA"),
        districts=(1, 99),
        sector_areas=3,
        classes={
            "UN1": "Urban: Nearer to a major town or city",
            "UF1": "Urban: Further from a major town or city",
            "RLN1": "Larger rural: Nearer to a major town or city",
            "RLF1": "Larger rural: Further from a major town or city",
            "RSN1": "Smaller rural: Nearer to a major town or city",
            "RSF1": "Smaller rural: Further from a major town or city",
        },
        urban=("UN1", "UF1"),
        class_of=(
            ("UN1", "UN1"),
            ("UN1", "UF1"),
            ("RLN1", "RLF1"),
            ("RSN1", "RSF1"),
            ("RSN1", "RSF1"),
        ),
    ),
    "S": Nation(
        letter="S",
        crs="EPSG:27700",
        to_degrees=BRITISH,
        west=440_000.0,  # Peterhead lies 27 km to the west
        south=880_000.0,
        most=1_000,
        name="Invermorran",
        island="Gannet Skerry",
        first=_SCOTTISH_FIRST,
        last=_SCOTTISH_LAST,
        authority="S12999001",
        vintage="example_dz",
        postcodes=tuple(f"Z{letter}" for letter in "SRTU"),
        districts=(1, 99),
        sector_areas=3,
        classes={
            "1": "Large urban areas",
            "2": "Other urban areas",
            "3": "Accessible small towns",
            "4": "Remote small towns",
            "5": "Very remote small towns",
            "6": "Accessible rural areas",
            "7": "Remote rural areas",
            "8": "Very remote rural areas",
        },
        urban=("1", "2", "3", "4", "5"),
        class_of=(("2", "2"), ("3", "4"), ("6", "7"), ("6", "7"), ("8", "8")),
    ),
    "N": Nation(
        letter="N",
        crs="EPSG:29903",
        to_degrees=IRISH,
        west=266_000.0,  # on the Irish Grid: Portrush lies 9 km to the south
        south=449_500.0,
        most=72,
        name="Ballymornagh",
        island="Gannet Isle",
        first=_IRISH_FIRST,
        last=_IRISH_LAST,
        authority="N09999001",
        vintage="example_soa",
        # Northern Ireland's postcodes all begin with BT, by which they are told; BT0 is not one.
        postcodes=("BT",),
        districts=(0, 0),
        sector_areas=8,
        classes={
            "A": "Belfast City",
            "B": "Derry City",
            "C": "Large town",
            "D": "Medium town",
            "E": "Small town",
            "F": "Intermediate settlement",
            "G": "Village",
            "H": "Open countryside and small villages",
        },
        urban=("A", "B", "C", "D", "E"),
        class_of=(("C", "C"), ("E", "E"), ("F", "F"), ("G", "H"), ("H", "H")),
    ),
}
"""The labels of the classes are those of the 2021 Rural Urban Classification of England and Wales,
the Scottish Government's eight-fold Urban Rural Classification, and NISRA's settlement bands."""
