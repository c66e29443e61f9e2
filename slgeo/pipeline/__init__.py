"""
The stages of a study in order, each one call: ``areas, places, roads, times, results, page``.

A stage's result comes from the cache when nothing it depends on has changed.
"""

from __future__ import annotations

from slgeo.pipeline.study_run import STAGES, Run, run

__all__ = ["STAGES", "Run", "run"]
