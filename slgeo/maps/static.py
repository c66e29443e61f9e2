"""
The figure for print and for readers without script: matplotlib, from the same spec.

Bytes repeat: the SVG hash salt is fixed and dates are left out of the metadata.
"""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from slgeo import reasons
from slgeo.errors import PageError
from slgeo.maps import attribution, palette, tally, text
from slgeo.maps.classify import class_labels, class_of
from slgeo.maps.encode import crs_of

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.legend import Legend
    from matplotlib.text import Text

    from slgeo.maps.spec import MapSpec, Measure

HATCHES: Final = ("..", "////", "xxxx", "----", "\\\\\\\\", "oo", "++++")
"""One for each reason, in the order of ``reasons.ALL``."""

STYLE: Final[Any] = {
    "font.family": "sans-serif",
    "font.sans-serif": ["Arial", "Liberation Sans", "Helvetica", "DejaVu Sans"],
    "svg.hashsalt": "slgeo",
    "svg.fonttype": "none",
    "hatch.linewidth": 0.6,
    "pdf.fonttype": 42,
    "text.parse_math": False,  # a dollar in a name is a dollar
}


LONGEST: Final = 600
"""Letters of a statement that a figure has room for."""

SIZES: Final = (9.5, 9.0, 8.5, 8.0, 7.5, 7.0, 6.5, 6.0)
"""Points of the words beside the map: the first at which they stay above the legend."""


def draw(spec: MapSpec, measure: Measure, minutes: int) -> Figure:
    """
    Draw the map of one measure at one threshold.

    Returns
    -------
    matplotlib.figure.Figure
        A4 landscape, not shown and not registered with pyplot.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(11.0, 7.6), layout=None)
        axes = figure.add_axes((0.01, 0.10, 0.66, 0.78))
        _areas(axes, spec, measure, minutes)
        _scale_bar(axes)
        legend = _legend(figure, spec, measure, minutes)
        _words(figure, spec, measure, minutes, above=_top(figure, legend) + 0.015)
        _sources(figure, spec)
    return figure


def save(spec: MapSpec, measure: Measure, minutes: int, path: Path) -> list[Path]:
    """
    Write the figure and its alt text.

    Raises
    ------
    PageError
        Where the file name ends in none of ``.png``, ``.svg``, ``.pdf``.
    """
    kind = path.suffix.lower().lstrip(".")
    if kind not in {"png", "svg", "pdf"}:
        raise PageError(f"{path.name}: a figure is written as .png, .svg or .pdf")
    path.write_bytes(_bytes(draw(spec, measure, minutes), kind))
    alt = path.with_suffix(".alt.txt")
    alt.write_text(text.alt_text(spec, measure, minutes) + "\n", encoding="utf-8", newline="\n")
    return [path, alt]


def data_uri(spec: MapSpec, measure: Measure, minutes: int) -> str:
    """Give the figure as an address that needs no network."""
    found = base64.b64encode(png(spec, measure, minutes)).decode("ascii")
    return f"data:image/png;base64,{found}"


def png(spec: MapSpec, measure: Measure, minutes: int) -> bytes:
    """Give the figure as a small picture, to be put into a page or a document."""
    return _few_colours(_bytes(draw(spec, measure, minutes), "png", 110))


def _bytes(figure: Figure, kind: str, dpi: int = 150) -> bytes:
    import matplotlib as mpl

    out = io.BytesIO()
    metadata: dict[str, Any] = {
        "svg": {"Date": None, "Creator": None},
        "png": {"Software": None},
        "pdf": {"CreationDate": None, "ModDate": None, "Producer": None, "Creator": None},
    }[kind]
    with mpl.rc_context(STYLE):
        figure.savefig(out, format=kind, dpi=dpi, metadata=metadata)
    return out.getvalue()


def _few_colours(png: bytes) -> bytes:
    """Write a picture with the map's own colours and their mixtures: a fifth of the bytes."""
    from PIL import Image

    out = io.BytesIO()
    table = Image.new("P", (1, 1))
    table.putpalette(_colour_table())
    with Image.open(io.BytesIO(png)) as picture:
        few = picture.convert("RGB").quantize(palette=table, dither=Image.Dither.NONE)
        few.save(out, format="PNG", optimize=True)
    return out.getvalue()


def _colour_table() -> list[int]:
    """Give every colour of a figure exactly, its mixtures with white and ink, and greys."""
    own = (*palette.MINUTES, palette.OUTSIDE, palette.SECONDARY, "#6f777b")
    rows = [[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in own]
    mixed = [
        [round(channel + (towards - channel) * part) for channel in row]
        for row in rows
        for towards in (255, 11)
        for part in (0.0, 0.2, 0.4, 0.6, 0.8)
    ]
    greys = [[level] * 3 for level in range(0, 256, 5)]
    table = [channel for row in (*mixed, *greys) for channel in row]
    return table + [255] * (768 - len(table))


def _areas(axes: Axes, spec: MapSpec, measure: Measure, minutes: int) -> None:
    """Fill the areas by class, hatch those without a time, outline those mostly further."""
    facts = spec.facts
    colours = palette.MINUTES[-len(spec.thresholds) - 1 :]
    classes = class_of(measure.tenths, spec.thresholds)
    inside = facts.in_study
    _fill(axes, spec, ~inside, face=palette.OUTSIDE, edge="#ffffff")
    for value, colour in enumerate(colours):
        _fill(axes, spec, inside & (classes == value), face=colour, edge="#ffffff")
    for position in np.unique(measure.reason[inside & (measure.reason >= 0)]):
        face, edge = _ground(position)
        mine = inside & (measure.reason == position)
        _fill(axes, spec, mine, face=face, edge=edge, hatch=HATCHES[position])
    _fill(axes, spec, measure.withheld, face=palette.NO_TIME, edge=palette.SECONDARY, hatch=".....")
    _roads(axes, spec)
    far = inside & tally.mostly_beyond(measure, minutes)
    if far.any():
        outline = _outline(spec, far)
        _lines(axes, outline, "#ffffff", 4.0)
        _lines(axes, outline, palette.INK, 1.8)
    open_now = (s for s in spec.sites if not s.opened)
    points = [(s.lon, s.lat) for s in open_now if s.kind == measure.kind and s.lon is not None]
    shown = spec.shapes[inside] if inside.any() else spec.shapes
    west, south, east, north = np.asarray(shown.total_bounds)
    if points:
        import geopandas as gpd

        longitude, latitude = zip(*points, strict=True)
        placed = gpd.GeoSeries.from_xy(longitude, latitude, crs=4326).to_crs(crs_of(spec.shapes))
        axes.scatter(placed.x, placed.y, s=18, c=palette.INK, edgecolors="#ffffff", zorder=5)
    room = 0.03 * max(east - west, north - south)
    axes.set_xlim(west - room, east + room)
    axes.set_ylim(south - room, north + room)
    axes.set_aspect("equal")
    axes.set_axis_off()


def _outline(spec: MapSpec, mask: np.ndarray) -> Any:  # noqa: ANN401 - shapely
    """Draw one line around areas; quick where they are a clean coverage."""
    import shapely

    shapes = np.asarray(spec.shapes[mask].array)
    if shapely.coverage_is_valid(shapes):
        return shapely.boundary(shapely.coverage_union_all(shapes))
    return shapely.boundary(shapely.union_all(shapes))


def _ground(position: int) -> tuple[str, str]:
    """Give the ground and the lines of a reason: further than the search is known to be far."""
    if reasons.ALL[position] == reasons.BEYOND_LIMIT:
        return palette.MINUTES[-1], "#ffffff"
    return palette.NO_TIME, palette.SECONDARY


def _fill(
    axes: Axes, spec: MapSpec, mask: np.ndarray, *, face: str, edge: str, hatch: str | None = None
) -> None:
    from matplotlib.collections import PathCollection
    from matplotlib.path import Path as Outline

    outlines = []
    for shape in spec.shapes[mask]:
        parts = getattr(shape, "geoms", [shape])
        rings = [
            Outline(np.asarray(ring.coords)[:, :2], closed=True)
            for part in parts
            for ring in (part.exterior, *part.interiors)
        ]
        if rings:
            outlines.append(Outline.make_compound_path(*rings))
    if outlines:
        axes.add_collection(
            PathCollection(
                outlines, facecolor=face, edgecolor=edge, linewidth=0.5, hatch=hatch, zorder=2
            )
        )


def _lines(axes: Axes, outline: Any, colour: str, width: float) -> None:  # noqa: ANN401 - shapely
    for line in getattr(outline, "geoms", [outline]):
        x, y = np.asarray(line.coords)[:, :2].T
        axes.plot(x, y, color=colour, linewidth=width, solid_joinstyle="round", zorder=4)


def _roads(axes: Axes, spec: MapSpec) -> None:
    """Draw the main roads, thin and grey, so that a reader can tell where they are."""
    import shapely
    from matplotlib.collections import LineCollection

    if spec.basemap is None or spec.basemap.roads is None or spec.basemap.roads.empty:
        return
    roads = spec.basemap.roads
    main = shapely.get_parts(np.asarray(roads.loc[roads["rank"] <= 2, "geometry"].array))
    lines = [np.asarray(line.coords)[:, :2] for line in main if line.geom_type == "LineString"]
    for colour, width in (("#ffffff", 1.8), ("#6f777b", 0.9)):
        axes.add_collection(LineCollection(lines, colors=colour, linewidths=width, zorder=3))


def _scale_bar(axes: Axes) -> None:
    """Draw a scale bar of a round length, about a fifth of the map."""
    west, east = axes.get_xlim()
    south, north = axes.get_ylim()
    want = (east - west) / 5
    unit = 10 ** np.floor(np.log10(want))
    length = max(step for step in (1, 2, 5) if step * unit <= want) * unit
    x, y = west + (east - west) * 0.02, south + (north - south) * 0.02
    axes.plot([x, x + length], [y, y], color=palette.INK, linewidth=2.5, zorder=6)
    shown = f"{length / 1000:g} km" if length >= 1000 else f"{length:g} m"
    axes.text(x + length * 1.04, y, shown, va="center", fontsize=9, color=palette.INK, zorder=6)
    axes.annotate(
        "N",
        xy=(east - (east - west) * 0.03, north - (north - south) * 0.02),
        xytext=(east - (east - west) * 0.03, north - (north - south) * 0.09),
        ha="center",
        fontsize=10,
        arrowprops={"arrowstyle": "-|>", "color": palette.INK},
    )


def _words(figure: Figure, spec: MapSpec, measure: Measure, minutes: int, *, above: float) -> None:
    """Write title and finding, as small as they must be to stay above the legend."""
    found = text.finding(spec, measure, minutes)
    figure.text(0.02, 0.955, _cut(spec.title), fontsize=17, fontweight="bold", color=palette.INK)
    where = ", ".join(part for part in (spec.place, spec.date) if part)
    if spec.invented:
        where += " (an invented place)"
    figure.text(0.02, 0.915, _cut(where), fontsize=11, color=palette.SECONDARY)
    lines = [found.headline, found.detail, found.fairness, *found.asides]
    if spec.leaves_out:
        lines.append("Left out: " + " ".join(spec.leaves_out))
    for size in SIZES:
        written = _column(figure, [line for line in lines if line], size)
        if _bottom(figure, written[-1]) >= above or size == SIZES[-1]:
            return
        for one in written:
            one.remove()


def _column(figure: Figure, lines: list[str], size: float) -> list[Text]:
    """Write the finding large and the rest below it, each under the one before."""
    top, written = 0.86, []
    for i, line in enumerate(lines):
        points = 13.0 if i == 0 else size
        one = figure.text(
            0.69,
            top,
            "",
            fontsize=points,
            fontweight="bold" if i == 0 else "normal",
            va="top",
            color=palette.INK,
            linespacing=1.25,
        )
        # how many letters go into a line depends on the font a machine has
        for letters in range(int(465 / points), 10, -1):
            one.set_text(_wrap(line, letters))
            if one.get_window_extent().x1 <= 0.985 * figure.bbox.width:
                break
        written.append(one)
        top = _bottom(figure, one) - 0.014
    return written


def _sources(figure: Figure, spec: MapSpec) -> None:
    """Write every notice that the data ask for below the map, as small as they must be."""
    statements = ". ".join(
        dict.fromkeys(_cut(c.statement.rstrip(".")) for c in attribution.ordered(spec))
    )
    for points in (6.5, 6.0, 5.5, 5.0, 4.5):
        written = figure.text(
            0.02,
            0.012,
            _wrap(statements, int(1390 / points), longest=len(statements)),
            fontsize=points,
            color=palette.SECONDARY,
            va="bottom",
        )
        if _top(figure, written) <= 0.098:
            return
        written.remove()
    # Thousands of letters: what there is room for, from the first publisher on.
    cut = _wrap(statements, 300, longest=2_000)
    figure.text(0.02, 0.012, cut, fontsize=4.5, color=palette.SECONDARY, va="bottom")


def _top(figure: Figure, drawn: Artist) -> float:
    return _extent(figure, drawn)[1]


def _bottom(figure: Figure, drawn: Artist) -> float:
    return _extent(figure, drawn)[0]


def _extent(figure: Figure, drawn: Artist) -> tuple[float, float]:
    """Measure from where to where something goes, as parts of the figure's height."""
    box = drawn.get_window_extent()
    return box.y0 / figure.bbox.height, box.y1 / figure.bbox.height


def _legend(figure: Figure, spec: MapSpec, measure: Measure, minutes: int) -> Legend:
    """Explain every colour and hatch that occurs."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    facts = spec.facts
    colours = palette.MINUTES[-len(spec.thresholds) - 1 :]
    edge = palette.SECONDARY
    handles: list[Any] = [
        Patch(facecolor=colour, edgecolor=edge, linewidth=0.6, label=f"{label} minutes")
        for colour, label in zip(colours, class_labels(spec.thresholds), strict=True)
    ]
    for position in np.unique(measure.reason[facts.in_study & (measure.reason >= 0)]):
        reason = reasons.ALL[position]
        words = f"No time: {reasons.SENTENCES[reason]}"
        if reason == reasons.BEYOND_LIMIT:
            words = f"over {measure.limit} minutes: none within"
        face, line = _ground(position)
        handles.append(Patch(fc=face, ec=line, hatch=HATCHES[position], label=words))
    if measure.withheld.any():
        handles.append(Patch(facecolor="#ffffff", edgecolor=edge, hatch=".....", label="Withheld"))
    if (~facts.in_study).any():
        handles.append(Patch(facecolor=palette.OUTSIDE, edgecolor=edge, label="Outside the study"))
    if tally.mostly_beyond(measure, minutes)[facts.in_study].any():
        handles.append(
            Line2D(
                [],
                [],
                color=palette.INK,
                lw=1.8,
                label=f"Most people further than {minutes} minutes",
            )
        )
    handles.append(
        Line2D(
            [],
            [],
            marker="o",
            ls="",
            mfc=palette.INK,
            mec="#ffffff",
            ms=6,
            label=_cut(measure.label),
        )
    )
    mode = text.MODE_WORDS[measure.mode][2]
    return figure.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0.685, 0.10),
        frameon=False,
        fontsize=9,
        title=_wrap(f"Minutes' {mode} to the nearest {text.bare(measure.noun)}", 44),
        title_fontproperties={"size": 10, "weight": "bold"},
        alignment="left",
        handlelength=2.2,
        handleheight=1.3,
    )


def _wrap(line: str, width: int, longest: int = LONGEST) -> str:
    """Break a line, and cut what no figure has room for; page and alt text have it whole."""
    import textwrap

    return textwrap.fill(_cut(line, longest), width, break_long_words=True)


def _cut(line: str, longest: int = LONGEST) -> str:
    return line if len(line) <= longest else f"{line[: longest - 1]}…"
