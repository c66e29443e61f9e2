"""What the deprivation of a study is, said wherever it is not what a reader would take it for."""

from __future__ import annotations

from slgeo.pipeline.parts import Context, Part


def deprivation(context: Context) -> Part | None:
    """Say that an index was carried to other areas, or that deciles hold within a nation only."""
    from slgeo.areas.deprivation import basis

    said = basis(context.found.areas)
    if not said:
        return None
    return Part(heading="Deprivation", lines=(said,), leaves_out=(said,), about=(said,))
