"""A small sort for kernels: numba's own takes seconds to compile for each type it meets."""

from __future__ import annotations

from slgeo.routing.compiled import Array, Scalar, kernel

GAPS = (301_909, 101_000, 34_000, 11_400, 3_905, 1_750, 701, 301, 132, 57, 23, 10, 4, 1)
"""M. Ciura, *Best increments for the average case of Shellsort*, FCT 2001, and threefold above."""


@kernel
def sort(values: Array) -> Scalar:
    """Sort numbers in place (Shell's sort)."""
    for gap in GAPS:
        for i in range(gap, len(values)):
            value = values[i]
            j = i - gap
            while j >= 0 and values[j] > value:
                values[j + gap] = values[j]
                j -= gap
            values[j + gap] = value


@kernel
def sort_with(values: Array, companion: Array) -> Scalar:
    """Sort numbers in place, and their companions with them; equal ones by companion."""
    for gap in GAPS:
        for i in range(gap, len(values)):
            value, other = values[i], companion[i]
            j = i - gap
            while j >= 0 and (values[j] > value or (values[j] == value and companion[j] > other)):
                values[j + gap], companion[j + gap] = values[j], companion[j]
                j -= gap
            values[j + gap], companion[j + gap] = value, other
