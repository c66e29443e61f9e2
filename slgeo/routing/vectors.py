"""
Sixteen times added and compared in one instruction each.

Left to itself the compiler takes the lanes one by one, three times slower (it cannot prove that two
rows do not overlap), so these two loops are spelled out for it as vectors. Rows are those of arrays
of int32 with sixteen columns; nothing is checked.
"""

# ruff: noqa: ANN401 - the compiler's own objects have no published types
from __future__ import annotations

from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]  # publishes no types
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

LANES = 16
"""Seeds swept together: sixteen times of four bytes fill one line of the processor's cache."""

_NUMBER = ir.IntType(32)
_ROW = ir.VectorType(_NUMBER, LANES)


def _row(context: Any, builder: Any, kind: Any, array: Any, index: Any) -> Any:
    """Point at a row of an array, as a vector; the types are the compiler's own."""
    data = context.make_array(kind)(context, builder, value=array).data
    place = builder.mul(index, index.type(LANES))
    return builder.bitcast(builder.gep(data, [place]), _ROW.as_pointer())


def _relax(_context: Any, into: Any, _i: Any, source: Any, _j: Any, _cost: Any) -> Any:
    """Make each time of row ``i`` the smaller of itself and that of row ``j``, ``cost`` later."""
    signature = types.void(into, types.int64, source, types.int64, types.int32)

    def generate(context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        there = _row(context, builder, into, values[0], values[1])
        here = _row(context, builder, source, values[2], values[3])
        blank = ir.Constant(_ROW, ir.Undefined)
        cost = builder.insert_element(blank, values[4], _NUMBER(0))
        cost = builder.shuffle_vector(cost, blank, ir.Constant(_ROW, [0] * LANES))
        later = builder.add(builder.load(here, align=4), cost)
        own = builder.load(there, align=4)
        sooner = builder.select(builder.icmp_signed("<", later, own), later, own)
        builder.store(sooner, there, align=4)
        return context.get_dummy_value()

    return signature, generate


def _soonest(_context: Any, source: Any, _i: Any) -> Any:
    """Take the smallest time of row ``i``."""
    signature = types.int32(source, types.int64)

    def generate(context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        least = cgutils.get_or_insert_function(  # type: ignore[no-untyped-call]  # publishes no types
            builder.module,
            ir.FunctionType(_NUMBER, [_ROW]),
            f"llvm.vector.reduce.smin.v{LANES}i32",
        )
        row = builder.load(_row(context, builder, source, values[0], values[1]), align=4)
        return builder.call(least, [row])

    return signature, generate


relax: Any = intrinsic(_relax)
"""``relax(into, i, source, j, cost)``: row i of `into` becomes the smaller of itself and row j of
`source`, `cost` later."""

soonest: Any = intrinsic(_soonest)
"""``soonest(source, i)``: the smallest time of a row."""
