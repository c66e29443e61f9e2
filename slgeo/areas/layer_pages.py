"""What the registry says, for people: a list, a page for each layer, and ``docs/layers``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from slgeo.areas.registry import attribution, registry

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from slgeo.areas.registry import Layer, Layout

_NATIONS: Final = {
    "E": "England",
    "W": "Wales",
    "S": "Scotland",
    "N": "Northern Ireland",
    "X": "the made-up district",
}


def layers(subject: str = "") -> pd.DataFrame:
    """
    List the layers of the registry.

    Parameters
    ----------
    subject
        Only layers about this: ``boundaries``, ``deprivation``, ``rurality``, ``population`` ...

    Returns
    -------
    pd.DataFrame
        Index ``layer``: ``subject``, ``title``, ``nations``, ``geography``, ``year``, ``rows`` (0
        where not known) and ``fetch``: how it is fetched (``service``, ``in parts`` around a study,
        ``file``, ``by hand``).

    Examples
    --------
    >>> layers("deprivation").loc["imd2025", "geography"]
    'LSOA 2021'
    """
    import pandas as pd

    book = registry()
    rows = [
        {
            "layer": layer.name,
            "subject": layer.subject,
            "title": layer.title,
            "nations": ", ".join(_NATIONS[n] for n in layer.nations),
            "geography": _geography(layer),
            "year": layer.year,
            "rows": layer.rows,
            "fetch": _fetch(layer),
        }
        for layer in book.layers.values()
        if subject in {"", layer.subject}
    ]
    columns = ["layer", "subject", "title", "nations", "geography", "year", "rows", "fetch"]
    return pd.DataFrame(rows, columns=columns).set_index("layer")


def layer_page(name: str) -> str:
    """
    Write the page of one layer, as Markdown that also reads well on a terminal.

    Raises
    ------
    StudyError
        If there is no such layer, naming the nearest.
    """
    layer = registry().layer(name)
    (credit,) = attribution([name])
    lines = [f"# {layer.title}", "", f"`{layer.name}`, about {layer.subject}", ""]
    facts = {
        "Publisher": layer.publisher,
        "Nations": ", ".join(_NATIONS[n] for n in layer.nations),
        "Areas": _geography(layer),
        "Year": str(layer.year) if layer.year else "",
        "Rows": f"{layer.rows:,}" if layer.rows else "",
        "Called": layer.label,
        "Licence": credit.licence + (f" ({credit.licence_url})" if credit.licence_url else ""),
        "To be said": credit.statement,
        "Page": layer.url,
        "Feature service": layer.service,
        "File": layer.download,
        "File names": ", ".join(f"`{one}`" for one in layer.files),
        "Fetched": _fetch(layer),
    }
    lines += [f"* **{key}**: {value}" for key, value in facts.items() if value]
    if layer.classes:
        lines += ["", "## Classes, from most urban to most rural", "", "| code | class | urban |"]
        lines.append("|---|---|---|")
        lines += [f"| {c} | {label} | {_urban(layer, c)} |" for c, label in layer.classes.items()]
    if layer.decile_ends:
        ends = ", ".join(f"{end:,}" for end in layer.decile_ends)
        lines += ["", f"Deciles are counted from ranks; the last rank of each: {ends}."]
    if layer.slivers:
        pairs = ", ".join(f"{a} to {b}" for a, b in layer.slivers)
        lines += ["", f"Overlaps left out, because hardly anybody lives in them: {pairs}."]
    for layout in layer.layouts:
        lines += ["", *_layout(layout)]
    return "\n".join(lines) + "\n"


def write_layer_pages(folder: Path) -> list[Path]:
    """
    Write a page for each layer, and a list of them, into a folder; remove pages of layers gone.

    Returns
    -------
    list of Path
        The files written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pages = {f"{name}.md": layer_page(name) for name in registry().layers}
    pages["README.md"] = _index()
    for old in folder.glob("*.md"):
        if old.name not in pages:
            old.unlink()
    made = []
    for name, text in pages.items():
        path = folder / name
        path.write_text(text, encoding="utf-8", newline="\n")
        made.append(path)
    return made


def _index() -> str:
    table = layers()
    lines = [
        "# Layers",
        "",
        "Every published table, boundary and file slgeo knows. From `boundaries/registry.toml`",
        "by `slgeo.areas.layer_pages.write_layer_pages`; do not edit here.",
    ]
    for subject, rows in table.groupby("subject", sort=False):
        lines += ["", f"## {str(subject).capitalize()}", ""]
        lines += ["| layer | what | nations | areas | year | rows | fetched |"]
        lines += ["|---|---|---|---|---|---|---|"]
        for name, row in rows.iterrows():
            count = f"{row['rows']:,}" if row["rows"] else ""
            cells = [f"[{name}]({name}.md)", row["title"], row["nations"], row["geography"]]
            cells += [str(row["year"] or ""), count, row["fetch"]]
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _geography(layer: Layer) -> str:
    book = registry().geographies
    return "any" if layer.own else ", ".join(book[name].short for name in layer.geographies)


def _fetch(layer: Layer) -> str:
    if layer.service:
        return "in parts" if layer.in_parts else "service"
    if layer.download or layer.index:
        return "file"
    return "" if layer.licence in {"invented", "own"} else "by hand"


def _urban(layer: Layer, code: str) -> str:
    if code in layer.neither:
        return "neither"
    return "yes" if code in layer.urban else "no"


def _layout(layout: Layout) -> list[str]:
    """Say how a layout is recognised."""
    needed = ", ".join(f"`{name}`" for name in layout.need)
    lines = [f"## Layout: {layout.name}", ""]
    if layout.sheet:
        lines.append(f"* Sheet: `{layout.sheet}`" + (", the newest year" if layout.latest else ""))
    lines.append(f"* Codes: `{layout.key or 'any key slgeo knows'}`; needed: {needed}")
    rows = [(ours, f"`{_cell(pattern)}`") for ours, pattern in layout.columns.items()]
    rows += [
        (f"domain_{stem}_{kind}", f"`{_cell(template.replace('{domain}', pattern))}`")
        for stem, pattern in layout.domains.items()
        for kind, template in layout.domain_columns.items()
    ]
    rows += [
        (ours, " + ".join(f"`{_cell(pattern)}`" for pattern in patterns))
        for ours, patterns in layout.sums.items()
    ]
    rows += [(f"{group}_*", "any spelling slgeo knows") for group in layout.families]
    if layout.single_years:
        rows.append(("age_*, sex_*", f"sums of `{_cell(layout.single_years)}`"))
    if rows:
        lines += ["", "| our column | theirs |", "|---|---|"]
        lines += [f"| {ours} | {theirs} |" for ours, theirs in rows]
    return lines


def _cell(pattern: str) -> str:
    """Write a pattern so that a table cell survives it."""
    return pattern.replace("|", "\\|")
