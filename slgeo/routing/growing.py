"""
Arrays that grow, for kernels.

Element by element: assigning to a slice makes numba compile its error messages too, seconds of it.
"""

from __future__ import annotations

import numpy as np

from slgeo.routing.compiled import Array, Scalar, kernel


@kernel
def grown(array: Array, size: Scalar, least: Scalar) -> Scalar:
    """Copy the first ``size`` elements to an array of twice the length, and at least ``least``."""
    longer = np.empty(max(2 * len(array), least), array.dtype)
    for i in range(size):
        longer[i] = array[i]
    return longer


@kernel
def grown_rows(table: Array, size: Scalar, least: Scalar) -> Scalar:
    """Copy the first ``size`` rows of three columns to a table of twice the length or ``least``."""
    longer = np.empty((max(2 * len(table), least), 3), table.dtype)
    for i in range(size):
        longer[i, 0] = table[i, 0]
        longer[i, 1] = table[i, 1]
        longer[i, 2] = table[i, 2]
    return longer
