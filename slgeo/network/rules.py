"""The rules of a mode, settled once for every combination of tags that occurs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from slgeo.network.coverage import ENDS_BY_NATURE
from slgeo.network.modes import passage
from slgeo.network.times import minutes_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from slgeo.network.roads import Pieces, Roads
    from slgeo.network.speeds import Speeds

FERRY: Final = "ferry"
"""Name of the road class of ferries."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rules:
    """The rules of a mode, one value a combination of tags."""

    open: NDArray[np.bool_]
    forward: NDArray[np.bool_]
    backward: NDArray[np.bool_]
    ends_only: NDArray[np.bool_]
    snappable: NDArray[np.bool_]
    kmh: NDArray[np.float64]
    assumed: NDArray[np.bool_]
    ferry: NDArray[np.bool_]
    goes_on: NDArray[np.bool_]
    crossing: NDArray[np.float64]  # minutes of a ferry that states them, else NaN
    boarding: float
    delay_factor: float
    road_class: NDArray[np.uint8]
    classes: tuple[str, ...]
    why_not: tuple[str, ...]


def settle(roads: Roads, mode: str, speeds: Speeds) -> Rules:
    """Settle permission and speed for every combination of tags."""
    passages = []
    for tags in roads.kinds:
        way = passage(tags, mode)
        name = _class_of(tags)
        left_out = way.allowed and name in speeds.excluded
        passages.append((way, f"{name}: left out by {speeds.name}" if left_out else way.why_not))
    ferry = np.array([_class_of(tags) == FERRY for tags in roads.kinds], bool)
    settled = [speeds.settled(tags) for tags in roads.kinds]
    kmh = np.array([speed for speed, _ in settled], float)
    kmh[np.array([way.pushed for way, _ in passages], bool)] = speeds.walking_kmh
    kmh[ferry] = speeds.ferry_kmh
    is_open = np.array([way.allowed and not why for way, why in passages], bool)
    names = sorted({_class_of(tags) for tags, use in zip(roads.kinds, is_open, strict=True) if use})
    number = {name: at for at, name in enumerate(names)}
    return Rules(
        open=is_open,
        forward=np.array([way.forward for way, _ in passages], bool),
        backward=np.array([way.backward for way, _ in passages], bool),
        ends_only=np.array([way.ends_only for way, _ in passages], bool),
        snappable=np.array([way.snappable for way, _ in passages], bool),
        kmh=kmh,
        assumed=np.array([assumed for _, assumed in settled], bool) & ~ferry,
        ferry=ferry,
        goes_on=np.array([_class_of(tags) not in ENDS_BY_NATURE for tags in roads.kinds], bool),
        crossing=np.array(
            [minutes_of(tags.get("duration", "")) or np.nan for tags in roads.kinds], float
        ),
        boarding=speeds.boarding_minutes,
        delay_factor=speeds.delay_factor,
        road_class=np.array([number.get(_class_of(tags), 0) for tags in roads.kinds], np.uint8),
        classes=tuple(names),
        why_not=tuple(why for _, why in passages),
    )


def _class_of(tags: Mapping[str, str]) -> str:
    return tags.get("highway") or FERRY


def left_out(rules: Rules, roads: Roads, pieces: Pieces) -> dict[str, float]:
    """Kilometres that are not in the network, by reason."""
    metres = np.nan_to_num(pieces.length)
    by_kind = np.bincount(roads.kind[pieces.way], metres, minlength=len(rules.why_not)) / 1000
    total: dict[str, float] = {}
    for why, km in zip(rules.why_not, by_kind, strict=True):
        if why and km > 0:
            total[why] = total.get(why, 0.0) + float(km)
    return {why: round(km, 3) for why, km in sorted(total.items())}
