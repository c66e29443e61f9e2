"""
The same place in two sources: found, explained, and merged so that it can be undone.

Nothing is deleted. A merged place keeps its row with ``same_as`` and does not count; the table of
twins says why, its verdicts can be edited, and :func:`unmerge` gives back what was there before.

The rules, tried in order (distances our choice, tested on the labelled pairs of
``tests/unit/test_places_merge.py`` and on real ones, see ``docs/places.md``):

``venue``       two activities of one directory at the same location: one venue of their kind
``uprn``        the same property reference number, and the same kind
``name``        the same kind, names that agree once words such as "library" are taken away, and
                no farther apart than their error radii allow
``one_of_kind`` the same kind, of which two are hardly ever in one building (libraries, hospitals),
                within 30 m, whatever they are called
``unnamed``     the same kind within 30 m, one of them without a name
``near``        the same kind and postcode within 60 m under different names: *possible*, for a
                person to decide; never merged by itself
"""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Any, Final

from slgeo.errors import TableError
from slgeo.places.taxonomy import LABELS
from slgeo.tables import SITES, checked

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    import geopandas as gpd
    import pandas as pd

AGREE: Final = 88.0
"""Least name score, of 100, that counts as the same name."""
KEPT_APART: Final = "study.toml keeps them apart"
_GIVEN: Final = 75.0
"""Metres two exact points of one place may be apart: a door and the middle of its building."""
_FARTHEST: Final = 300.0
"""Metres at which two places are never the same, however badly they are known."""
_TOUCHING: Final = 30.0
_NEAR: Final = 60.0
_ONE_OF_KIND: Final = frozenset({"library", "hospital"})
_ORDER: Final = ("venue", "uprn", "name", "one_of_kind", "unnamed", "near")

_GENERIC: Final = re.compile(
    r"\b(the|and|of|at|in|ltd|limited|llp|plc|co|"
    r"library|libraries|pharmacy|pharmacies|chemists?|dental|dentists?|surgery|surgeries|"
    r"medical|health|practice|practices|centre|center|clinic|hospital|"
    r"church|chapel|parish|saint|st|community|village|hall|social|club|park|gardens?)\b"
)
"""Words that say what a place is, not which: taken away before names are compared."""


def find_twins(
    sites: gpd.GeoDataFrame,
    *,
    agree: float = AGREE,
    keep_apart: Collection[tuple[str, str]] = (),
    same: Collection[tuple[str, str]] = (),
) -> pd.DataFrame:
    """
    Find rows that are the same place.

    Parameters
    ----------
    sites
        A sites table of one or several sources. Activities of a directory have ``location_id``, and
        ``location``, the name of the venue, which is compared as well as their own.
    agree
        Least name score, of 100, that counts as the same name.
    keep_apart
        Pairs that a person has found to be different places, in either order.
    same
        Pairs that a person has found to be one place, whatever the rules say.

    Returns
    -------
    pd.DataFrame
        One row a pair: ``site`` (the one to keep), ``twin``, ``kind``, ``distance`` (metres),
        ``name_score`` (0 to 100), ``rule``, ``verdict`` (``same``, ``possible`` or, for those kept
        apart, ``different``) and ``why`` in words. Of two sources each place has at most one twin:
        the best by rule, then distance.

    Raises
    ------
    TableError
        If ``sites`` is not a sites table, or a pair names what is not in it.
    """
    import pandas as pd

    checked(sites, SITES)
    apart, one = _asked(sites, keep_apart, "kept apart"), _asked(sites, same, "said to be one")
    columns = ["site", "twin", "kind", "distance", "name_score", "rule", "verdict", "why"]
    pairs = [row for row in (_Pair(*two, agree) for two in _close(sites)) if row.rule]
    pairs.sort(key=lambda pair: (_ORDER.index(pair.rule), pair.distance, pair.site, pair.twin))
    taken: set[tuple[str, str]] = set()
    rows = []
    for pair in pairs:
        key = frozenset((pair.site, pair.twin))
        if key in one:
            continue
        if key in apart:
            rows.append({**pair.row(), "verdict": "different", "why": KEPT_APART})
            continue
        # One source lists a place once, so a place of it has one twin in each other source.
        slots = {(pair.site, pair.twin_source), (pair.twin, pair.site_source)}
        if pair.site_source != pair.twin_source:
            if slots & taken:
                continue
            if pair.rule != "near":
                taken |= slots
        rows.append(pair.row())
    rows.extend(_by_hand(sites, one))
    return pd.DataFrame(rows, columns=columns)


def _asked(
    sites: gpd.GeoDataFrame, pairs: Collection[tuple[str, str]], what: str
) -> set[frozenset[str]]:
    """Check the pairs a person names."""
    absent = sorted({site for pair in pairs for site in pair if site not in sites.index})
    if absent:
        near = difflib.get_close_matches(absent[0], list(map(str, sites.index)), n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise TableError(
            f"twins: {absent[0]!r} is {what} and is not among the places{hint} (places.csv and "
            "places_left_out.csv list them)"
        )
    return {frozenset(pair) for pair in pairs}


def _by_hand(
    sites: gpd.GeoDataFrame, pairs: Collection[frozenset[str]]
) -> Iterator[dict[str, Any]]:
    """Yield the pairs a person says are one place, the one to keep first."""
    order = {site: number for number, site in enumerate(sites.index)}
    for pair in sorted(sorted(pair, key=lambda site: order[site]) for pair in pairs):
        keep, twin = sorted(pair, key=lambda site: (not sites.loc[site, "counts"], order[site]))
        points: Any = sites.geometry.loc[[keep, twin]]
        known = bool(points.notna().all())
        yield {
            "site": keep,
            "twin": twin,
            "kind": sites.loc[keep, "kind"],
            "distance": round(float(points.iloc[0].distance(points.iloc[1])), 1)
            if known
            else float("nan"),
            "name_score": round(
                name_score(str(sites.loc[keep, "name"]), str(sites.loc[twin, "name"])), 1
            ),
            "rule": "by_hand",
            "verdict": "same",
            "why": "study.toml says they are one place",
        }


def merge_twins(sites: gpd.GeoDataFrame, twins: pd.DataFrame) -> gpd.GeoDataFrame:
    """
    Let each place count once.

    Parameters
    ----------
    sites
        The table the twins were found in.
    twins
        From :func:`find_twins`; a verdict may have been edited to ``same`` or ``different``.

    Returns
    -------
    gpd.GeoDataFrame
        Every row, with ``same_as`` (the place that counts in its stead; missing for those that
        stand for themselves), ``also_in`` (ids of its twins), and for those merged ``counts`` False
        and ``why_not`` saying why. ``counts_alone`` and ``why_not_alone`` keep what was there.

    Raises
    ------
    TableError
        If a twin is not among the sites, or a verdict is unknown.
    """
    unknown = set(twins["verdict"]) - {"same", "possible", "different"}
    if unknown:
        raise TableError(f"twins: verdict {min(unknown)!r} is not same, possible, different")
    absent = (set(twins["site"]) | set(twins["twin"])) - set(sites.index)
    if absent:
        raise TableError(f"twins: {len(absent)} are not among the sites (first: {min(absent)!r})")
    made = unmerge(sites)
    same = twins[twins["verdict"] == "same"]
    leader = _leaders(made, same)
    why = dict(zip(same["twin"], same["why"], strict=True))
    made["counts_alone"], made["why_not_alone"] = made["counts"], made["why_not"]
    made["same_as"] = [leader.get(site) for site in made.index]
    followers: dict[str, list[str]] = {}
    for site in made.index:
        if leader.get(site) is not None:
            followers.setdefault(str(leader[site]), []).append(site)
    made["also_in"] = [", ".join(followers.get(site, [])) or None for site in made.index]
    merged = made["same_as"].notna()
    made.loc[merged, "counts"] = False
    made.loc[merged, "why_not"] = [
        f"the same place as {made.loc[lead, 'name']} ({lead}): {why.get(site, 'through another')}"
        for site, lead in zip(made.index[merged], made.loc[merged, "same_as"], strict=True)
    ]
    # Where only a twin counted, the place that stands for both does.
    for lead, others in followers.items():
        if not made.loc[lead, "counts"] and made.loc[others, "counts_alone"].any():
            made.loc[lead, "counts"] = True
            made.loc[lead, "why_not"] = None
    made.attrs = {**sites.attrs, "notes": list(sites.attrs.get("notes", []))}
    if merged.any():
        count = int(merged.sum())
        note = "1 place was" if count == 1 else f"{count:,} places were"
        made.attrs["notes"].append(f"{note} merged with one they repeat")
    return made


def unmerge(sites: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """
    Undo a merge: every row counts again as it did by itself.

    Returns
    -------
    gpd.GeoDataFrame
        The rows as they were before :func:`merge_twins`; unchanged where they were never merged.
    """
    made = sites.copy()
    if "counts_alone" in made.columns:
        made["counts"], made["why_not"] = made["counts_alone"], made["why_not_alone"]
        made = made.drop(columns=["counts_alone", "why_not_alone", "same_as", "also_in"])
    return made


def name_score(first: str, second: str) -> float:
    """
    Score how well two names agree, generic words taken away.

    Returns
    -------
    float
        0 to 100; 0 where nothing is left of one of them.

    Examples
    --------
    >>> name_score("OAKHAM MEDICAL PRACTICE", "Oakham Medical Practice")
    100.0
    >>> name_score("Pill Pharmacy", "Bellevue Pharmacy") < 60
    True
    >>> name_score("DENTAL SURGERY", "Dental Surgery")
    0.0
    """
    from rapidfuzz import fuzz

    one, two = _bare(first), _bare(second)
    if not one or not two:
        return 0.0
    # Scores of sets forgive words that one name has more; those of joined words, split ones.
    return max(
        float(fuzz.token_set_ratio(one, two)),
        float(fuzz.ratio(one.replace(" ", ""), two.replace(" ", ""))),
    )


def _bare(name: str) -> str:
    plain = re.sub(r"[^\w\s]", " ", name.casefold().replace("'", ""))
    return " ".join(_GENERIC.sub(" ", plain).split())


def _close(sites: gpd.GeoDataFrame) -> Iterator[tuple[Any, Any]]:
    """Pair places of one kind that are near each other, the one to keep first."""
    import numpy as np
    import shapely

    placed = sites[sites.geometry.notna() & sites["kind"].ne("other")]
    points = placed.geometry.to_numpy()
    tree = shapely.STRtree(points)
    left, right = tree.query(points, predicate="dwithin", distance=_FARTHEST)
    kinds, sources = placed["kind"].to_numpy(), placed["source"].astype(str).to_numpy()
    pairs = (left < right) & (kinds[left] == kinds[right])
    # Most pairs are of one source, where only the same name or venue can be a repetition.
    names = np.array([" ".join(str(name).casefold().split()) for name in placed["name"]], object)
    venue = np.array(
        [_text(value) or "" for value in placed.get("location_id", [None] * len(placed))], object
    )
    again = (names[left] == names[right]) | ((venue[left] == venue[right]) & (venue[left] != ""))
    pairs &= (sources[left] != sources[right]) | again
    left, right = left[pairs], right[pairs]
    # Keep what counts, then what is best known, then what comes first.
    known = placed["error_radius"].to_numpy(float)
    counts = placed["counts"].to_numpy(bool)
    better = (counts[right] & ~counts[left]) | (
        (counts[right] == counts[left]) & (known[right] < known[left])
    )
    keep, other = np.where(better, right, left), np.where(better, left, right)
    rows = list(placed.reset_index().itertuples(index=False))
    for one, two in zip(keep, other, strict=True):
        yield rows[one], rows[two]


class _Pair:
    """Two places, and the rule by which they are one."""

    def __init__(self, keep: Any, other: Any, agree: float) -> None:  # noqa: ANN401 - named tuples of a frame
        self.site, self.twin = str(keep.site), str(other.site)
        self.kind = str(keep.kind)
        self.site_source, self.twin_source = str(keep.source), str(other.source)
        self.names = str(keep.name), str(other.name)
        self.distance = float(keep.geometry.distance(other.geometry))
        named = bool(getattr(keep, "named", True)), bool(getattr(other, "named", True))
        self.score = _best_score(keep, other) if all(named) else 0.0
        self.agree = agree
        venues = (
            _text(getattr(keep, "location_id", None)),
            _text(getattr(other, "location_id", None)),
        )
        self.same_venue = venues[0] is not None and venues[0] == venues[1]
        self.allowed = min(
            _FARTHEST, max(_GIVEN, float(keep.error_radius), float(other.error_radius))
        )
        uprns = _text(getattr(keep, "uprn", None)), _text(getattr(other, "uprn", None))
        self.same_uprn = uprns[0] is not None and uprns[0] == uprns[1]
        codes = _text(keep.postcode), _text(other.postcode)
        self.same_postcode = codes[0] is not None and codes[0] == codes[1]
        self.all_named = all(named)
        self.rule = self._rule()

    def _rule(self) -> str:
        if self.site_source == self.twin_source:
            if self.same_venue and self.distance <= 1:
                return "venue"
            # Inside one source only the very same name next door is a repetition.
            names = {" ".join(name.casefold().split()) for name in self.names}
            again = self.all_named and len(names) == 1 and self.distance <= _GIVEN
            return "name" if again else ""
        rules = {
            "uprn": self.same_uprn,
            "name": self.score >= self.agree and self.distance <= self.allowed,
            "one_of_kind": self.kind in _ONE_OF_KIND and self.distance <= _TOUCHING,
            "unnamed": not self.all_named and self.distance <= _TOUCHING,
            "near": self.same_postcode and self.distance <= _NEAR,
        }
        return next((rule for rule, holds in rules.items() if holds), "")

    def row(self) -> dict[str, Any]:
        label = LABELS[self.kind].one if self.kind in LABELS else self.kind
        said = {
            "venue": "two activities at one location of the directory",
            "uprn": "the same property reference number",
            "name": f"names agree ({self.score:.0f} of 100)",
            "one_of_kind": f"hardly any building holds two of the kind {label}",
            "unnamed": "one of them has no name",
            "near": "the same kind and postcode under different names",
        }[self.rule]
        return {
            "site": self.site,
            "twin": self.twin,
            "kind": self.kind,
            "distance": round(self.distance, 1),
            "name_score": round(self.score, 1),
            "rule": self.rule,
            "verdict": "possible" if self.rule == "near" else "same",
            "why": f"{said}, {self.distance:.0f} m apart",
        }


def _best_score(keep: Any, other: Any) -> float:  # noqa: ANN401 - named tuples of a frame
    """Compare names, and the names of the venues where they have any: the best of all counts."""
    both = [
        [name for name in (str(one.name), _text(getattr(one, "location", None))) if name]
        for one in (keep, other)
    ]
    return max(name_score(one, two) for one in both[0] for two in both[1])


def _leaders(sites: gpd.GeoDataFrame, same: pd.DataFrame) -> dict[str, str | None]:
    """Follow chains of twins to the one place that stands for each group."""
    parent: dict[str, str] = {}

    def top(site: str) -> str:
        while parent.get(site, site) != site:
            site = parent[site]
        return site

    order = {site: number for number, site in enumerate(sites.index)}
    rank = {
        site: (not counts, radius, order[site])
        for site, counts, radius in zip(
            sites.index, sites["counts"], sites["error_radius"], strict=True
        )
    }
    for site, twin in zip(same["site"], same["twin"], strict=True):
        one, two = top(site), top(twin)
        if one != two:
            keep, other = sorted((one, two), key=lambda s: rank[s])
            parent[other] = keep
    return {site: (top(site) if top(site) != site else None) for site in sites.index}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
