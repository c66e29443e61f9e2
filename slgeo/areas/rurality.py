"""Rurality: the class of an official scheme under its own label, and whether it counts as urban."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slgeo.areas.layers import read_layer
from slgeo.areas.registry import registry
from slgeo.errors import TableError

if TYPE_CHECKING:
    import os
    from collections.abc import Collection

    import pandas as pd

    from slgeo.areas.registry import Layer


def read_rurality(
    path: str | os.PathLike[str], *, layer: str | None = None, prefer: Collection[str] = ()
) -> pd.DataFrame:
    """
    Read a rural-urban classification.

    Parameters
    ----------
    path
        The published lookup or a tidied copy; classes are read by code, for labels are worded
        differently between editions.
    layer
        Name in the registry, where the content does not settle it.
    prefer
        Geographies to choose where a file has tables on several.

    Returns
    -------
    pd.DataFrame
        Index ``area``: ``rurality`` (official label), ``rurality_scheme``, ``urban``. Classes of
        two editions are different things and are never mapped to each other. ``attrs`` as
        :func:`slgeo.areas.layers.read_layer`.

    Raises
    ------
    TableError
        If a code is not of the scheme.
    """
    table = read_layer(path, "rurality", layer=layer, prefer=prefer)
    chosen = registry().layer(table.attrs["layers"][0])
    made = classed(table["rurality_code"], chosen, table.attrs["source"])
    made.attrs = table.attrs
    return made


def classed(codes: pd.Series[str], layer: Layer, source: str) -> pd.DataFrame:
    """
    Put codes of a scheme under their official labels.

    Raises
    ------
    TableError
        Naming codes the scheme does not have.
    """
    import pandas as pd

    other = sorted(set(codes.dropna()) - set(layer.classes))
    if other:
        raise TableError(
            f"{source}: {', '.join(map(repr, other[:4]))} not among the classes of {layer.label} "
            f"({', '.join(layer.classes)})"
        )
    known = codes.notna() & ~codes.isin(layer.neither)
    urban = codes.isin(layer.urban).astype(object).where(known, None)
    return pd.DataFrame(
        {
            "rurality": codes.map(dict(layer.classes)),
            "rurality_scheme": pd.Series(layer.label, index=codes.index).where(codes.notna()),
            "urban": urban.astype(bool) if known.all() else urban,
        }
    )


def class_order(scheme: str) -> tuple[str, ...]:
    """
    List a scheme's labels from most urban to most rural.

    Parameters
    ----------
    scheme
        A value of ``rurality_scheme``.

    Returns
    -------
    tuple of str
        Empty for a scheme the registry does not know.

    Examples
    --------
    >>> class_order("RUC 2021")[0]
    'Urban: Nearer to a major town or city'
    """
    for layer in registry().of("rurality"):
        if layer.label == scheme:
            return tuple(dict.fromkeys(layer.classes.values()))
    return ()
