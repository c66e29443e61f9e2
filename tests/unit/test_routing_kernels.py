"""Kernels can be read: short, explained, and the longer ones with the paper they come from."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import slgeo.routing

HOME = Path(slgeo.routing.__file__).parent
LONGEST = 80
LONG = 30


def kernels() -> Iterator[tuple[str, str, ast.FunctionDef]]:
    for file in sorted(HOME.glob("*.py")):
        module = ast.parse(file.read_text("utf-8"))
        for node in module.body:
            if isinstance(node, ast.FunctionDef) and any(
                ast.unparse(each) == "kernel" for each in node.decorator_list
            ):
                yield file.name, ast.get_docstring(module) or "", node


def test_there_are_kernels_to_look_at():
    assert len(list(kernels())) > 25


@pytest.mark.parametrize(
    ("about", "kernel"),
    [(about, kernel) for _, about, kernel in kernels()],
    ids=[f"{file}:{kernel.name}" for file, _, kernel in kernels()],
)
def test_a_kernel_is_short_says_what_it_does_and_where_it_is_from(
    about: str, kernel: ast.FunctionDef
):
    length = kernel.end_lineno - kernel.lineno + 1
    said = ast.get_docstring(kernel) or ""

    assert length < LONGEST
    assert len(said.split()) > 4
    if length > LONG:
        assert re.search(r"\b(19|20)\d\d\b", about), "its module cites no paper"
