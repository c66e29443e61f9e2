"""The fields of ``run.json``, declared once: the check and ``docs/run-json.md`` follow them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from slgeo.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FORMAT: Final = 1
"""Version of the record's own layout; raised when a field changes its meaning or goes."""


@dataclass(frozen=True, slots=True)
class Field:
    """
    One field of the record.

    Parameters
    ----------
    path
        Where it stands: ``a.b`` is field b of object a, ``[]`` each item of a list, ``*`` any name.
    holds
        ``text``, ``number``, ``flag`` or ``any``; several separated by `` or ``.
    meaning
        What it says.
    """

    path: str
    holds: str
    meaning: str


FIELDS: Final = (
    Field("format", "number", "Version of this layout"),
    Field("slgeo", "text", "Version of slgeo"),
    Field("python", "text", "Version of Python"),
    Field("libraries.*", "text", "Versions of the libraries that can change a figure"),
    Field("study.title", "text", "Title of the study"),
    Field("study.place", "text", "The place, as used in sentences"),
    Field("study.date", "text or missing", "Date the study describes"),
    Field("study.invented", "flag", "Whether the place is made up"),
    Field("study.sha256", "text", "Hash of study.toml"),
    Field("inputs[].file", "text", "File, from the study's folder"),
    Field("inputs[].layer", "text", "What it was used for"),
    Field("inputs[].publisher", "text", "Who publishes it"),
    Field("inputs[].licence", "text", "Licence it is under"),
    Field("inputs[].statement", "text", "Words the publisher asks to be shown"),
    Field("inputs[].url", "text or missing", "Where it comes from"),
    Field("inputs[].date", "text or missing", "Date or edition of the data"),
    Field("inputs[].fetched", "text or missing", "Day and address slgeo fetched it from"),
    Field("inputs[].sha256", "text", "Hash of its bytes"),
    Field("inputs[].bytes", "number", "Size in bytes"),
    Field("vintages.*", "text", "Vintage of each thing that has one, such as the area codes"),
    Field("parameters[].name", "text", "Key of study.toml"),
    Field("parameters[].value", "any", "Its value; missing where nothing was asked for"),
    Field("parameters[].own", "flag", "True: the study's own choice. False: the default"),
    Field("people[].stage", "text", "Stage of the run"),
    Field("people[].people_in", "number", "People who entered it"),
    Field("people[].people_out", "number", "People who left it"),
    Field("people[].lost.*", "number", "People lost in it, by reason: in = out + lost"),
    Field("warnings[]", "text", "What a reader must know before using the figures"),
    Field("notes[]", "text", "What was guessed, found or passed over on the way"),
    Field("outputs[].file", "text", "File written, from the output folder"),
    Field("outputs[].sha256", "text", "Hash of its bytes"),
    Field("outputs[].bytes", "number", "Size in bytes"),
    Field("this_run.made", "text", "When the run was made (UTC): the time stamp"),
    Field("this_run.seconds.*", "number", "Seconds each stage took; none with SOURCE_DATE_EPOCH"),
    Field("this_run.from_cache[]", "text", "Stages taken from the cache of an earlier run"),
)
"""Every field, in the order it is written."""


def checked_record(said: dict[str, Any]) -> dict[str, Any]:
    """
    Check a record against :data:`FIELDS`, and return it as it came.

    Parameters
    ----------
    said
        The record as JSON holds it.

    Returns
    -------
    dict
        The same object.

    Raises
    ------
    TableError
        Naming every fault: fields nobody declared, fields that are absent, values of another kind.
    """
    faults = []
    seen = set()
    for path, value in _leaves(said, ""):
        declared = next((one for one in FIELDS if _covers(one.path, path)), None)
        if declared is None:
            faults.append(f"{path} is not declared")
        else:
            seen.add(declared.path)
            if not any(_HOLDS[kind](value) for kind in declared.holds.split(" or ")):
                faults.append(f"{path} is {value!r}, not {declared.holds}")
    for one in FIELDS:
        needed = "[" not in one.path and "*" not in one.path
        if needed and one.path not in seen:
            faults.append(f"{one.path} is absent")
    if faults:
        raise TableError("run.json: " + "; ".join(faults))
    return said


_HOLDS: Final[dict[str, Callable[[object], bool]]] = {
    "text": lambda value: isinstance(value, str),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "flag": lambda value: isinstance(value, bool),
    "missing": lambda value: value is None,
    "any": lambda _: True,
}


def _covers(declared: str, path: str) -> bool:
    if declared.endswith(".*"):
        return path.startswith(declared[:-1])
    return path == declared


def _leaves(value: object, path: str) -> Iterator[tuple[str, object]]:
    """Yield the path and value of everything that is not an object or list of declared parts."""
    whole = any(one.path == path and one.holds == "any" for one in FIELDS)
    if isinstance(value, dict) and not whole:
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and not whole:
        for inner in value:
            yield from _leaves(inner, f"{path}[]")
    else:
        yield path, value


INTRODUCTION: Final = """\
# run.json, every field

<!-- Made by `python -m slgeo.report.documents docs`: change the code, not this. -->

The record a run leaves beside its page: same inputs, same bytes, but for `this_run`, which holds when it was made and how long
that took. With `SOURCE_DATE_EPOCH` set that part is fixed too. In a path `a.b` is field b of object a, `[]` stands for each
item of a list and `*` for any name.

| field | holds | meaning |
|---|---|---|
"""  # noqa: E501  (prose of a page, at the width pages have)


def record_page() -> str:
    """Write ``docs/run-json.md``: every field of ``run.json``."""
    rows = (f"| `{one.path}` | {one.holds} | {one.meaning} |\n" for one in FIELDS)
    return INTRODUCTION + "".join(rows)
