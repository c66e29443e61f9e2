"""Whether like values lie near like: Moran's I and its local form, through ``esda``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, cast

import numpy as np
import pandas as pd

from slgeo.equity.tidy import prepare, tidy
from slgeo.errors import AccessError, MissingExtraError

if TYPE_CHECKING:
    import geopandas as gpd

    from slgeo.equity.tidy import Floats

Islands = Literal["refuse", "nearest", "leave out"]

Contiguity = Literal["queen", "rook"]

QUADRANTS: Final = {1: "high-high", 2: "low-high", 3: "low-low", 4: "high-low"}
"""Kinds of local pattern: the area's value, then its neighbours'."""


def morans_i(
    values: pd.Series[Any],
    shapes: gpd.GeoSeries,
    *,
    contiguity: Contiguity = "queen",
    row_standardised: bool = True,
    islands: Islands = "refuse",
    permutations: int = 999,
    seed: int = 0,
) -> pd.DataFrame:
    """
    Moran's I of a measure over areas that touch.

    Parameters
    ----------
    values
        The measure by area.
    shapes
        Polygons of the areas that count.
    contiguity
        Neighbours share a border or a corner (``queen``), or a border (``rook``).
    row_standardised
        Whether each area's neighbours weigh one together, or one each.
    islands
        What to do with areas that touch no other: refuse, join them to their ``nearest`` area, or
        leave them out.
    permutations
        Random relabellings for ``p``.
    seed
        Of the relabellings: the same seed gives the same p.

    Returns
    -------
    pd.DataFrame
        Tidy, row ``morans_i``; ``attrs`` hold ``expected``, ``p`` (permutations, one tail), ``z``
        under randomisation and under normality, and what the weights are. Missing, with the reason,
        where values are missing or all equal.

    Raises
    ------
    AccessError
        If an area touches no other and nothing was said of islands.
    MissingExtraError
        If ``esda`` is not installed.
    """
    moran, _ = _esda()
    found = prepare(values, pd.Series(1.0, index=shapes.index))
    style = "row-standardised" if row_standardised else "binary"
    if not found.usable or len(found.value) < 3 or np.ptp(found.value) == 0:
        reason = "Not given: all values are equal." if found.usable else ""
        return tidy([found.row("morans_i", float("nan"), reason, by="contiguity")])
    y, weights = _weighted(found.value, _some(shapes, found.index), contiguity, islands)
    state = np.random.get_state()  # noqa: NPY002 - esda draws from numpy's shared generator
    try:
        np.random.seed(seed)  # noqa: NPY002 - and is put back as it was below
        made = moran.Moran(
            y, weights, transformation="r" if row_standardised else "b", permutations=permutations
        )
    finally:
        np.random.set_state(state)  # noqa: NPY002 - see above
    said = (
        f"Moran's I {made.I:.3f} ({style} {contiguity} contiguity; by chance {made.EI:.3f}): "
        f"{'like values lie near like' if made.I > made.EI else 'like values lie apart'}."
    )
    frame = tidy([found.row("morans_i", float(made.I), said, by="contiguity")])
    frame.attrs |= {
        "expected": float(made.EI),
        "p": float(made.p_sim) if permutations else float("nan"),
        "z_randomisation": float(made.z_rand),
        "z_normality": float(made.z_norm),
        "weights": f"{style} {contiguity} contiguity",
        "permutations": permutations,
        "seed": seed,
    }
    return frame


def local_moran(
    values: pd.Series[Any],
    shapes: gpd.GeoSeries,
    *,
    contiguity: Contiguity = "queen",
    islands: Islands = "refuse",
    permutations: int = 9999,
    seed: int = 0,
    false_discovery: float = 0.05,
) -> pd.DataFrame:
    """
    Local Moran (LISA): where high values lie among high, or low among low, beyond chance.

    Parameters
    ----------
    values, shapes, contiguity, islands, seed
        As in :func:`morans_i`; weights are row-standardised.
    permutations
        Conditional relabellings for each area.
    false_discovery
        Share of the areas named that may be there by chance (Benjamini and Hochberg).

    Returns
    -------
    pd.DataFrame
        By area of ``shapes``: ``local_i``, ``p`` (two-sided) and ``pattern`` (``high-high``,
        ``low-low``, ``high-low``, ``low-high``, ``no pattern``, or why there is none).
        ``attrs["cut"]`` is the largest p that counts.

    Raises
    ------
    AccessError
        If an area touches no other and nothing was said of islands.
    MissingExtraError
        If ``esda`` is not installed.
    """
    moran, fdr = _esda()
    found = prepare(values, pd.Series(1.0, index=shapes.index), unreached="leave out")
    out = pd.DataFrame({"local_i": np.nan, "p": np.nan, "pattern": "no value"}, index=shapes.index)
    out.attrs = {"cut": float("nan"), "permutations": permutations, "seed": seed}
    if len(found.value) < 3 or np.ptp(found.value) == 0:
        out.loc[found.index, "pattern"] = "all values are equal"
        return out
    kept = _some(shapes, found.index)
    y, weights = _weighted(found.value, kept, contiguity, islands)
    made = moran.Moran_Local(y, weights, permutations=0)
    p = _relabelled(y, weights, permutations, seed)
    places = kept.index if islands != "leave out" else kept.index[_joined(kept, contiguity)]
    cut = float(fdr(p, false_discovery))
    named = np.array([QUADRANTS[int(quadrant)] for quadrant in made.q], dtype=object)
    named[p > cut] = "no pattern"
    out.loc[found.index, "pattern"] = "touches no other area"
    out.loc[places, "local_i"], out.loc[places, "p"] = made.Is, p
    out.loc[places, "pattern"] = named
    out.attrs["cut"] = cut
    return out


def _esda() -> tuple[Any, Any]:
    try:
        from esda import fdr, moran
    except ImportError as error:
        raise MissingExtraError(
            "Moran's I needs esda; install it with: pip install 'slgeo[statistics]'"
        ) from error
    return moran, fdr


def _relabelled(z: Floats, weights: Any, permutations: int, seed: int) -> Floats:  # noqa: ANN401 - esda has no types
    """
    Work out two-sided p of each area's neighbourhood mean, its own value held.

    The areas' own values stay and the others are dealt out anew, by the same deals for every area.
    Written here since esda compiles its own afresh in every process, for half a minute, and gives
    one-sided p, which its next release will double.
    """
    generator = np.random.default_rng(seed)
    links = weights.sparse
    size = np.diff(links.indptr)
    deals = np.array([generator.permutation(len(z) - 1)[: size.max()] for _ in range(permutations)])
    p = np.empty(len(z))
    for at in range(len(z)):
        rest = np.delete(z, at)
        near = z[links.indices[links.indptr[at] : links.indptr[at + 1]]].mean()
        drawn = rest[deals[:, : size[at]]].mean(axis=1)
        # a tie, up to rounding, counts against the pattern on both sides
        above, below = (drawn >= near - 1e-12).sum(), (drawn <= near + 1e-12).sum()
        p[at] = min(1.0, 2 * (1 + min(above, below)) / (permutations + 1))
    return p


def _weighted(
    value: Any,  # noqa: ANN401 - esda has no types
    shapes: gpd.GeoSeries,
    contiguity: Contiguity,
    islands: Islands,
) -> tuple[Any, Any]:
    """Make queen weights, and settle what to do with areas that touch no other."""
    from libpysal.graph import Graph

    joined = _joined(shapes, contiguity)
    if not joined.all() and islands == "refuse":
        first = shapes.index[~joined][0]
        raise AccessError(
            f"{int((~joined).sum())} areas touch no other (first: {first!r}); give islands="
            "'nearest' to join each to its nearest area, or 'leave out'"
        )
    if islands == "leave out":
        shapes, value = _some(shapes, shapes.index[joined]), value[joined]
    graph = Graph.build_contiguity(shapes.reset_index(drop=True), rook=contiguity == "rook")
    if islands == "nearest" and not joined.all():
        points = shapes.reset_index(drop=True).centroid
        nearest = Graph.build_knn(points, k=1)
        table = graph.adjacency.drop(index=np.flatnonzero(~joined), level="focal")
        extra = nearest.adjacency.loc[np.flatnonzero(~joined)]
        both = pd.concat(
            [table[table > 0], extra, extra.swaplevel().rename_axis(extra.index.names)]
        )
        graph = Graph(both[~both.index.duplicated()].astype(float).sort_index())
    return value, graph.to_W()


def _some(shapes: gpd.GeoSeries, index: pd.Index[Any]) -> gpd.GeoSeries:
    return cast("gpd.GeoSeries", shapes.loc[index])


def _joined(shapes: gpd.GeoSeries, contiguity: Contiguity) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Tell which areas have a neighbour."""
    import shapely

    outlines = np.asarray(shapes.array)
    left, right = shapely.STRtree(outlines).query(outlines, predicate="intersects")
    apart = left != right
    left, right = left[apart], right[apart]
    if contiguity == "rook":
        left = left[shapely.length(shapely.intersection(outlines[left], outlines[right])) > 0]
    joined = np.zeros(len(outlines), dtype=bool)
    joined[left] = True
    return joined
