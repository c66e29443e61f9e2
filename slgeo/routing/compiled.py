"""
How kernels are compiled, and where the compiled code is kept.

Numba keeps compiled kernels in ``NUMBA_CACHE_DIR``, else beside the module, else, where that folder
cannot be written (an install by an administrator), in a folder of the user's. Where none of the
three can be written it refuses; slgeo then compiles anew in each run, which costs seconds and never
fails.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

import numba
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Callable

    Function = TypeVar("Function", bound=Callable[..., Any])

Array: TypeAlias = NDArray[Any]
"""An array in a kernel: numba infers its type."""

Arrays: TypeAlias = tuple[Any, ...]
"""Arrays that belong together, as a kernel takes them."""

Scalar: TypeAlias = Any
"""A number in a kernel, or whatever a kernel returns."""

NEVER: Final = np.int32(2**30 - 1)
"""Milliseconds of what cannot be reached; twice as much still fits in 32 bits."""

LONGEST_MINUTES: Final = 17_000.0
"""Longest limit that can be searched: twelve days, safely below :data:`NEVER`."""


def kernel(function: Function) -> Function:
    """
    Compile a function on first use, keep the result on disk where possible, and release the GIL.

    Parameters
    ----------
    function
        Written in numba's Python. Its arrays are not bounds-checked: callers validate them, and
        ``NUMBA_BOUNDSCHECK=1`` turns the checks on for a test run.

    Returns
    -------
    Callable
        The compiled dispatcher.
    """
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
    try:
        compiled: Function = numba.njit(cache=True, **options)(function)
    except RuntimeError:  # "no locator available": no folder can be written
        compiled = numba.njit(**options)(function)
    return compiled
