"""
The HTML file: the only place in slgeo that makes HTML.

A page is fixed markup filled through an escaping template, data in packed blocks that are not
script, and scripts and style whose SHA-256 the page's own Content-Security-Policy names. It asks
nothing of the network. Text from data never becomes markup or script: branca's usual route, which
compiles text as a template, is not taken.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from branca.element import Element, Figure
from jinja2 import Environment, StrictUndefined

import slgeo
from slgeo.errors import PageError
from slgeo.maps import attribution, encode, static, tally, text
from slgeo.maps.payload import payload

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slgeo.maps.spec import MapSpec, Measure

ASSETS: Final = files("slgeo.maps") / "assets"

MODULES: Final = (
    "dom",
    "unpack",
    "words",
    "model",
    "geometry",
    "paint",
    "look",
    "tiles",
    "labels",
    "places",
    "shapes",
    "outline",
    "layers",
    "pane",
    "legend",
    "chart",
    "strip",
    "controls",
    "sitecard",
    "card",
    "search",
    "tools",
    "csv",
    "table",
    "print",
    "address",
    "main",
)
"""Modules of our own script, in the order they are joined: each uses only those before it."""

_IMPORT: Final = re.compile(r'^import (\{[^}]*\}) from "\./(\w+)\.mjs";$', re.MULTILINE)
_EXPORT: Final = re.compile(r"^export (?:async )?(?:function|const) (\w+)", re.MULTILINE)

WORST: Final = 20
"""Areas listed where there is no script."""


class Page(Figure):
    """
    The root of an :class:`~slgeo.maps.AccessMap`: renders the whole file.

    Parameters
    ----------
    spec
        What the page shows; made anew for each rendering.
    """

    def __init__(self) -> None:
        super().__init__(height="800px")
        self._name = "Page"
        self.header = Element()
        self.header._parent = self  # noqa: SLF001 - as branca's own Figure does

    def render(self, **kwargs: Any) -> str:  # noqa: ANN401 - branca's signature
        """Render the file."""
        (child,) = self._children.values()
        spec: MapSpec = child.spec  # type: ignore[attr-defined]  # the one child is our map
        _name_in_order(child)
        child.render(**kwargs)
        _refuse_links(self.header)
        return page(spec, script="\n".join(_sources(self.script)), box=child.get_name())


def page(spec: MapSpec, *, script: str, box: str, plain_json: bool = False) -> str:
    """
    Write the file.

    Parameters
    ----------
    spec
        What it shows.
    script
        Script that makes the map in ``box`` and adds any Folium layers.
    box
        Id of the map's element.
    plain_json
        Leave the data uncompressed, for browsers older than 2023.

    Returns
    -------
    str
        The HTML.

    Raises
    ------
    PageError
        Where a layer has no credit, there is nothing to show, or a vendored file was changed.
    """
    if not spec.measures:
        raise PageError(
            "the page has no measure: add one with .measure(minutes, kind=..., mode=...)"
        )
    attribution.require(spec)
    shapes = encode.encode(spec.shapes)
    style = vendored("leaflet.css") + "\n" + _read("slgeo.css")
    scripts = [
        'document.documentElement.classList.add("js");',
        vendored("leaflet.js"),
        bundle(),
        script,
    ]
    write = _json if plain_json else encode.pack
    measure = spec.measures[0]
    minutes = opening_threshold(spec, measure)
    return _TEMPLATE.render(
        spec=spec,
        box=box,
        policy=policy(scripts, [style], "" if spec.online is None else spec.online.host),
        style=style,
        scripts=scripts,
        blocks={"slgeo-geometry": write(shapes.geometry), "slgeo-values": write(payload(spec))},
        version=slgeo.__version__,
        finding=text.finding(spec, measure, minutes),
        figure=static.data_uri(spec, measure, minutes),
        alt=text.alt_text(spec, measure, minutes),
        rows=_worst(spec, measure, minutes),
        measure=measure,
        minutes=minutes,
        credits=[
            (credit, attribution.safe_url(credit.url)) for credit in attribution.ordered(spec)
        ],
        folded=attribution.folded(spec),
        error=max(1, round(shapes.error)),
        no_car=text.no_car(spec),
    )


def opening_threshold(spec: MapSpec, measure: Measure) -> int:
    """Choose the threshold a page opens at: the one asked for, else the middle one offered."""
    if spec.opening is not None and spec.opening < measure.limit:
        return spec.opening
    within = [t for t in spec.thresholds if t < measure.limit] or [measure.limit]
    return within[(len(within) - 1) // 2]


def policy(scripts: Sequence[str], styles: Sequence[str], host: str = "") -> str:
    """
    Write the Content-Security-Policy that lets only these scripts and styles run.

    Parameters
    ----------
    scripts, styles
        What may run.
    host
        A host images may come from, where tiles are offered.

    Examples
    --------
    >>> policy([], [])[:30]
    "default-src 'none'; img-src da"
    """
    images = f"img-src data: blob:{f' https://{host}' if host else ''}"
    parts = ["default-src 'none'", images, "base-uri 'none'", "form-action 'none'"]
    for name, texts in (("script-src", scripts), ("style-src", styles)):
        if texts:
            parts.append(f"{name} {' '.join(_hash(one) for one in texts)}")
    return "; ".join(parts)


@cache
def bundle() -> str:
    """Join our own modules into one script: each keeps its own names, and gives what it exports."""
    parts = [_module(name, _read(f"src/{name}.mjs")) for name in MODULES]
    return _inert(
        'var slgeo = (function () {\n"use strict";\nconst modules = {};\n'
        + "\n".join(parts)
        + "\nreturn {map: modules.main.map};\n})();"
    )


def _module(name: str, source: str) -> str:
    """Turn an ES module into a function that is called once, as no build tool is needed to."""
    exported = _EXPORT.findall(source)
    source = _IMPORT.sub(r"const \1 = modules.\2;", source)
    source = re.sub(r"^export ", "", source, flags=re.MULTILINE)
    # Comments and indentation stay in the source: a page need not carry them.
    source = re.sub(r"^\s*//.*\n|^[ \t]+|^\n", "", source, flags=re.MULTILINE)
    return f"modules.{name} = (function () {{\n{source}return {{{', '.join(exported)}}};\n}})();"


@cache
def vendored(name: str) -> str:
    """
    Read a vendored file, checked against the manifest.

    Raises
    ------
    PageError
        Where the file is not the one the manifest describes.
    """
    entry = json.loads(_read("manifest.json"))["files"][name]
    found = (ASSETS / "vendor" / name).read_bytes()
    if hashlib.sha256(found).hexdigest() != entry["sha256"]:
        raise PageError(
            f"assets/vendor/{name} is not the file of {entry['package']} {entry['version']} that "
            "the manifest describes: reinstall slgeo, or restore the file"
        )
    source = found.decode("utf-8")
    source = re.sub(r"/[/*]# sourceMappingURL=.*", "", source)
    # The images in Leaflet's style are for controls the page does not use.
    source = re.sub(r"url\((?!data:)[^)]*\)", "none", source)
    return _inert(source)


def _inert(source: str) -> str:
    """Keep a script from closing its own element."""
    # A browser reads any line end as one feed, and hashes what it reads.
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    return source.replace("</script", "<\\/script").replace("<!--", "<\\!--").strip()


def _hash(source: str) -> str:
    digest = hashlib.sha256(source.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def _json(value: object) -> str:
    """Write JSON that cannot be taken for markup."""
    found = json.dumps(value, allow_nan=False, ensure_ascii=True, separators=(",", ":"))
    return found.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _read(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")


def _name_in_order(child: Element) -> None:
    """Name the elements by number, not at random as branca does, so that two builds are equal."""
    waiting, count = [child], 0
    while waiting:
        element = waiting.pop(0)
        element._id = f"{count:08d}"  # noqa: SLF001 - branca has no other way to set a name
        count += 1
        waiting.extend(element._children.values())  # noqa: SLF001 - nor to walk the tree


def _sources(script: Element) -> list[str]:
    """Take the scripts of Folium layers as text, without compiling them as templates again."""
    return [
        element._template_str or ""  # noqa: SLF001 - the text before branca compiles it
        for element in script._children.values()  # noqa: SLF001
    ]


def _refuse_links(header: Element) -> None:
    """Refuse layers that would fetch code from elsewhere."""
    links = [
        url
        for element in header._children.values()  # noqa: SLF001
        if (url := getattr(element, "url", ""))
    ]
    if links:
        raise PageError(
            f"a Folium layer needs code that is not in the page: {', '.join(links)}. The page must "
            "open without a network: leave the layer out"
        )


def _worst(spec: MapSpec, measure: Measure, minutes: int) -> list[dict[str, str]]:
    """List the areas with most people further, for readers without script."""
    people, beyond = tally.people(measure), tally.beyond(measure, minutes)
    inside = [i for i in range(len(people)) if spec.facts.in_study[i] and not measure.withheld[i]]
    worst = sorted(inside, key=lambda i: (-int(beyond[i]), spec.facts.codes[i]))[:WORST]
    return [
        {
            "name": spec.facts.names[i],
            "code": spec.facts.codes[i],
            "people": text.number(int(people[i])),
            "beyond": text.number(int(beyond[i])),
            "minutes": text.minutes_text(measure, i),
        }
        for i in worst
    ]


_TEMPLATE: Final = Environment(
    autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
).from_string((ASSETS / "page.html").read_text(encoding="utf-8"))
