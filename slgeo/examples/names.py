"""
Names that sound British and belong to nobody.

Names of settlements are put together from old English and Norse pieces, and any that would spell
a well-known real place is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from slgeo.examples.nations import Nation

_PREFIX: Final = ("", "Great ", "Little ", "Upper ", "Nether ", "Long ", "Market ", "Kirk ")
_SUFFIX: Final = (
    "",
    " Abbas",
    " Green",
    " Parva",
    " Regis",
    " St Wilfrid",
    " under Edge",
    " Cross",
)
_REAL: Final = frozenset(
    {
        "Ashbourne", "Ashby", "Ashford", "Ashley", "Ashton", "Barnet", "Barrow", "Barton",
        "Beckham", "Birchwood", "Bramhope", "Bramley", "Brenthurst", "Carlby", "Carlton",
        "Catford", "Catterick", "Claydon", "Coldstream", "Croxden", "Croxton", "Dalton", "Dunham",
        "Dunstead", "Elmbridge", "Elmstead", "Everton", "Fenton", "Fenwick", "Foxton", "Garton",
        "Goldthorpe", "Grimsby", "Grimston", "Haddon", "Haddenham", "Hadleigh", "Hadley",
        "Hadfield", "Hawthorpe", "Hawworth", "Helmore", "Hinton", "Hinckley", "Holmfield",
        "Hornby", "Horton", "Horsham", "Horley", "Kelham", "Kelby", "Kelfield", "Ketton",
        "Kettering", "Langdale", "Langford", "Langham", "Langley", "Langton", "Larkfield",
        "Linton", "Linden", "Linford", "Loxley", "Loxton", "Marley", "Marston", "Marton", "Marham",
        "Marden", "Morley", "Morden", "Morton", "Norton", "Norbury", "Norham", "Norwood", "Oakham",
        "Oakley", "Ormsby", "Ormskirk", "Penrith", "Penwith", "Quarley", "Redbridge", "Redcar",
        "Redditch", "Rosley", "Rosedale", "Roston", "Saxby", "Saxham", "Saxmundham", "Scarborough",
        "Scarcroft", "Sedbury", "Sedgeley", "Shelby", "Shelford", "Shelley", "Shelton", "Skelton",
        "Stanford", "Stanley", "Stanstead", "Stanton", "Stanbury", "Sutton", "Swinford", "Swinton",
        "Swindon", "Swinden", "Thornbury", "Thornby", "Thornham", "Thornhope", "Thornley",
        "Thornton", "Thorndon", "Thurcote", "Thurlby", "Thurston", "Ulverston", "Ulley", "Walden",
        "Walford", "Walham", "Walton", "Warden", "Warley", "Warwick", "Warton", "Warham",
        "Wendover", "Wenham", "Wenlock", "Whitby", "Whitley", "Whitfield", "Whitford",
        "Whitstable", "Whitton", "Whitwick", "Wickham", "Wicken", "Wilton", "Wilden", "Wilford",
        "Wilsford", "Woodbridge", "Woodbury", "Woodford", "Woodham", "Woodley", "Woodton",
        "Wynford", "Yarborough", "Yarley", "Yarm", "Yarmouth", "Yelden", "Yarwick",
    }
)  # fmt: skip

QUARTERS: Final = (
    "Market Place", "Castlegate", "Priory", "Northgate", "Southgate", "Eastgate", "Westgate",
    "Mill Quay", "Abbeyfields", "Station", "Maltings", "Minster Yard", "Fairfield", "Park Lane",
    "Spital Hill", "Hilltop", "Rookery", "Meadows", "Brickfields", "Highfield", "Waterside",
    "Kingsway", "Beechwood", "Manor Farm", "Windmill", "Tannery", "Grange", "Orchard",
    "Race Ground", "Almond Way", "Queensway", "Elm Bank", "Churchfields", "Warren", "Sandpits",
    "Common",
)  # fmt: skip
"""Quarters of a town, the first ones nearest its middle."""

ESTATE: Final = "Moorland Estate"
"""The outer estate of each market town."""

STREETS: Final = (
    "Abbey", "Alma", "Back", "Baker", "Bell", "Bridge", "Castle", "Cattle", "Chandler", "Chapel",
    "Cherry", "Church", "Cooper", "Corn", "Cross", "Dyer", "Ferry", "Fish", "Forge", "Friar",
    "George", "Glebe", "Hawthorn", "Hazel", "High", "Ivy", "Jubilee", "King", "Ladywell", "Laurel",
    "Lime", "Maple", "Market", "Mill", "New", "North", "Oak", "Palmer", "Pinfold", "Poplar",
    "Pound", "Priory", "Quarry", "Queen", "Rectory", "Regent", "Ropery", "Rose", "Rowan",
    "Saddler", "School", "Sheep", "Silver", "Smithy", "South", "Spring", "Stable", "Station",
    "Sycamore", "Tanner", "Temple", "Tithe", "Tower", "Union", "Vicarage", "Victoria", "Water",
    "Weaver", "Well", "West", "Willow", "Wool", "Wren", "York",
)  # fmt: skip
_WAYS: Final = (
    "Street",
    "Road",
    "Lane",
    "Avenue",
    "Close",
    "Drive",
    "Way",
    "Terrace",
    "Row",
    "Walk",
)


def settlements(nation: Nation, count: int, order: list[int]) -> list[str]:
    """
    Give names to settlements, each used once.

    Parameters
    ----------
    nation
        Whose pieces names are put together from.
    count
        How many are wanted.
    order
        A shuffled ``range`` over the nation's simple names, which decides what is used first.

    Returns
    -------
    list of str
        Simple names first, then ones with a prefix, then with a suffix, then with both; after
        that a number is added.
    """
    plain = simple(nation)
    names: list[str] = []
    step = 0
    pairs = [(p, s) for s in _SUFFIX for p in _PREFIX]
    while len(names) < count:
        prefix, suffix = pairs[step % len(pairs)]
        mark = "" if step < len(pairs) else f" {step // len(pairs) + 1}"
        names.extend(f"{prefix}{plain[i]}{suffix}{mark}" for i in order[: count - len(names)])
        step += 1
    return names


def simple(nation: Nation) -> list[str]:
    """Put every simple name together."""
    made = []
    for first in nation.first:
        for last in nation.last:
            if first[-1] == last[0] and last not in {"ness", "ley"}:
                continue
            name = first + last
            if name not in _REAL and name != nation.name:
                made.append(name)
    return made


STREET_NAMES: Final = len(STREETS) * len(_WAYS)
"""How many names of streets there are."""


def street(number: int) -> str:
    """Give a street its name: the same number always has the same one."""
    return f"{STREETS[number % len(STREETS)]} {_WAYS[number // len(STREETS) % len(_WAYS)]}"
