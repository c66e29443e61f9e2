"""
The registry of layers, read from ``boundaries/registry.toml`` through one door.

In a checkout the file stands at the root of the repository, where people look for it; a wheel
carries the same file inside the package.
"""

from __future__ import annotations

import functools
import re
import tomllib
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from slgeo.errors import StudyError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Geography:
    """
    One edition of one kind of small area.

    Parameters
    ----------
    name
        Key in the registry, for example ``lsoa21``: the vintage of a code.
    title, short
        What it is called in full, and in messages.
    family
        Kind of area: editions of one family look alike.
    code
        Pattern of its codes.
    range
        First and last code of each prefix.
    new_from
        Codes from these on exist in no earlier edition.
    share_new
        Share of its codes that are new in it.
    rows
        Number of areas by nation, 0 where not known.
    """

    name: str
    title: str
    short: str
    family: str
    code: str
    range: tuple[tuple[str, str], ...]
    new_from: tuple[str, ...] = ()
    share_new: float = 0.0
    rows: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Layout:
    """
    One way a layer's file is laid out: patterns that find its columns.

    ``columns`` maps our names to patterns; ``need`` lists those without which the layout is not
    this one; ``domains`` and ``domain_columns`` together make the domain columns; ``families``
    names groups of columns recognised by the registry's general patterns; ``sums`` maps our names
    to patterns of columns that are added up; ``single_years`` finds columns of people by sex and
    single year of age; ``bands`` finds a column that says which age band a row is about, where a
    file has a row for each; ``rows`` keeps rows by the value of a column, ``newest`` those of its
    last year. Without a ``key`` the general patterns of keys are used.
    """

    name: str
    need: tuple[str, ...]
    key: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    domains: Mapping[str, str] = field(default_factory=dict)
    domain_columns: Mapping[str, str] = field(default_factory=dict)
    families: tuple[str, ...] = ()
    sums: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sheet: str = ""
    latest: bool = False
    single_years: str = ""
    bands: str = ""
    rows: Mapping[str, str] = field(default_factory=dict)
    newest: str = ""


@dataclass(frozen=True, slots=True)
class Layer:
    """
    One published layer: what it is, whose it is, and how its files look.

    ``in_parts`` marks a service with so many rows that only the part around a study is asked for.
    """

    name: str
    subject: str
    title: str
    label: str
    publisher: str
    nations: tuple[str, ...]
    geography: str
    year: int
    licence: str
    attribution: tuple[str, ...]
    url: str
    rows: int = 0
    service: str = ""
    in_parts: bool = False
    files: tuple[str, ...] = ()
    urban: tuple[str, ...] = ()
    classes: Mapping[str, str] = field(default_factory=dict)
    layouts: tuple[Layout, ...] = ()
    also: tuple[str, ...] = ()
    download: str = ""
    index: str = ""
    decile_ends: tuple[int, ...] = ()
    groups: tuple[tuple[int, str], ...] = ()
    neither: tuple[str, ...] = ()
    older: str = ""
    slivers: tuple[tuple[str, str], ...] = ()

    @property
    def own(self) -> bool:
        """Whether it stands for a table of the user's own, on any geography."""
        return self.also == ("any",)

    @property
    def geographies(self) -> tuple[str, ...]:
        """Every geography its files come on, the usual one first."""
        return tuple(registry().geographies) if self.own else (self.geography, *self.also)


@dataclass(frozen=True, slots=True)
class Credit:
    """What must be said where a layer is used: on the page, in the workbook and in ``run.json``."""

    layer: str
    title: str
    publisher: str
    year: int
    licence: str
    licence_url: str
    statement: str
    url: str


@dataclass(frozen=True, slots=True)
class Registry:
    """Everything the registry file says."""

    geographies: Mapping[str, Geography]
    layers: Mapping[str, Layer]
    columns: Mapping[str, tuple[str, ...]]
    families: Mapping[str, tuple[str, ...]]
    points: Mapping[str, tuple[str, ...]]
    domains: Mapping[str, str]
    licences: Mapping[str, Mapping[str, str]]
    attributions: Mapping[str, str]

    def layer(self, name: str) -> Layer:
        """
        Find a layer.

        Raises
        ------
        StudyError
            Naming the nearest known ones.
        """
        if name in self.layers:
            return self.layers[name]
        import difflib

        near = difflib.get_close_matches(name, self.layers, n=3, cutoff=0.4)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        raise StudyError(f"no layer called {name!r}{hint} `slgeo layers` lists them")

    def of(self, subject: str) -> list[Layer]:
        """List the layers of a subject, in the registry's order."""
        return [layer for layer in self.layers.values() if layer.subject == subject]


_CHECKOUT: Final = Path(__file__).parents[2] / "boundaries" / "registry.toml"


def registry_text() -> str:
    """Read the registry file, from the wheel if it is there, else from the checkout."""
    packed = resources.files("slgeo.areas").joinpath("registry.toml")
    if packed.is_file():
        return packed.read_text(encoding="utf-8")
    return _CHECKOUT.read_text(encoding="utf-8")


@functools.cache
def registry() -> Registry:
    """
    Load the registry, once.

    Returns
    -------
    Registry
        Frozen; patterns are checked to compile.

    Examples
    --------
    >>> registry().layers["imd2025"].rows
    33755
    """
    return parse(tomllib.loads(registry_text()))


def parse(data: Mapping[str, Any]) -> Registry:
    """
    Make a registry of parsed TOML, filling in what ``like`` and ``classes_like`` refer to.

    Raises
    ------
    ValueError
        If a pattern does not compile or a reference leads nowhere: a fault of the registry.
    """
    geographies = {
        name: Geography(name=name, **_frozen(entry)) for name, entry in data["geographies"].items()
    }
    layers: dict[str, Layer] = {}
    for name, entry in data["layers"].items():
        plain = {k: v for k, v in entry.items() if k not in {"layouts", "classes_like"}}
        if "classes_like" in entry:
            plain["classes"] = data["layers"][entry["classes_like"]]["classes"]
        layouts = tuple(_layout(one, data["layers"]) for one in entry.get("layouts", []))
        layers[name] = Layer(name=name, layouts=layouts, **_frozen(plain))
    made = Registry(
        geographies=geographies,
        layers=layers,
        columns=_frozen(data["columns"]),
        families=_frozen(data["families"]),
        points=_frozen(data["points"]),
        domains=data["domains"],
        licences=data["licences"],
        attributions=data["attributions"],
    )
    _check(made)
    return made


def attribution(layers: Iterable[str]) -> list[Credit]:
    """
    Say what must be said of layers that were used.

    Parameters
    ----------
    layers
        Names of layers; repeated ones count once.

    Returns
    -------
    list of Credit
        In the registry's order.

    Raises
    ------
    StudyError
        If a layer is not in the registry.

    Examples
    --------
    >>> attribution(["lsoa21"])[0].licence
    'Open Government Licence v3.0'
    """
    book = registry()
    wanted = {book.layer(name).name for name in layers}
    credits_ = []
    for layer in book.layers.values():
        if layer.name in wanted:
            licence = book.licences[layer.licence]
            statement = "; ".join(
                book.attributions[key].format(year=layer.year) for key in layer.attribution
            )
            credits_.append(
                Credit(
                    layer=layer.name,
                    title=layer.title,
                    publisher=layer.publisher,
                    year=layer.year,
                    licence=licence["title"],
                    licence_url=licence["url"],
                    statement=statement,
                    url=layer.url,
                )
            )
    return credits_


def _layout(entry: Mapping[str, Any], layers: Mapping[str, Any]) -> Layout:
    """Make a layout; ``like`` takes another layer's first one, and the entry's own keys win."""
    if "like" in entry:
        base = layers[entry["like"]]["layouts"][0]
        entry = {**base, **{k: v for k, v in entry.items() if k != "like"}}
    return Layout(**_frozen(entry))


def _frozen(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Turn lists into tuples, however deep."""

    def freeze(value: Any) -> Any:  # noqa: ANN401 - TOML values are of every type
        if isinstance(value, dict):
            return {key: freeze(v) for key, v in value.items()}
        return tuple(freeze(v) for v in value) if isinstance(value, list) else value

    return {key: freeze(value) for key, value in entry.items()}


def _check(book: Registry) -> None:
    """Compile every pattern and follow every reference."""
    for geography in book.geographies.values():
        re.compile(geography.code)
    for patterns in (*book.columns.values(), *book.families.values(), *book.points.values()):
        for pattern in patterns:
            re.compile(pattern)
    for layer in book.layers.values():
        named = {layer.geography, *layer.also} - {"any"}
        if not named <= set(book.geographies) or layer.licence not in book.licences:
            raise ValueError(f"registry: layer {layer.name} names an unknown geography or licence")
        for key in layer.attribution:
            if key not in book.attributions:
                raise ValueError(f"registry: layer {layer.name} names no attribution {key!r}")
        for layout in layer.layouts:
            added = (pattern for patterns in layout.sums.values() for pattern in patterns)
            for pattern in (layout.key, layout.sheet, *layout.columns.values(), *added):
                re.compile(pattern)
