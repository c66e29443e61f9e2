"""
Draw docs/routing.svg: a small town, its separators, and a trip that goes up and down.

Run with ``python benchmarks/routing_picture.py``. The town is made up (``routing_network``), the
separators and the arcs are the engine's own.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from routing_network import made_roads

from slgeo.routing.hierarchy import Hierarchy

SIDE = 460  # of a panel, in pixels
COLOURS = ("#7a1f5c", "#c8553d", "#e09f3e", "#4d908e", "#9db4c0")
TEXT = 'font-family="system-ui, sans-serif" font-size="15" fill="#222"'


def levels(parent: np.ndarray) -> np.ndarray:
    """Number the separators each node lies below: a chain without a real fork is one separator."""
    n = len(parent)
    size = np.ones(n, int)
    for v in range(n):
        if parent[v] >= 0:
            size[parent[v]] += size[v]
    forks = np.zeros(n, int)
    for v in range(n):
        if parent[v] >= 0 and size[v] > n // 24:
            forks[parent[v]] += 1
    level = np.zeros(n, int)
    for v in range(n - 1, -1, -1):
        if parent[v] >= 0:
            same = forks[parent[v]] == 1 and size[v] > n // 24
            level[v] = level[parent[v]] + (not same)
    return np.minimum(level, len(COLOURS) - 1)


def climb(hierarchy: Hierarchy, start: int) -> list[int]:
    """Walk from a node to the top, parent by parent."""
    path = [start]
    while hierarchy.first[path[-1]] < hierarchy.first[path[-1] + 1]:
        path.append(int(hierarchy.head[hierarchy.first[path[-1]]]))
    return path


def main() -> None:
    made = made_roads(18, seed=4, one_way=0.0)
    hierarchy = Hierarchy.prepare(made.graph())
    n = len(hierarchy.rank)
    last = hierarchy.first[1:] > hierarchy.first[:-1]
    parent = np.where(
        last, hierarchy.head[np.minimum(hierarchy.first[:-1], len(hierarchy.head) - 1)], -1
    )
    level = levels(parent)
    at = np.empty(n, int)
    at[hierarchy.rank] = np.arange(n)  # node of each rank
    span = max(np.ptp(made.x), np.ptp(made.y))
    px = 20 + (made.x - made.x.min()) / span * (SIDE - 40)
    py = 50 + (made.y.max() - made.y) / span * (SIDE - 40)
    depth = np.zeros(n, int)
    for v in range(n - 1, -1, -1):
        if parent[v] >= 0:
            depth[v] = depth[parent[v]] + 1
    middle = (hierarchy.lowest + np.arange(n)) / 2  # a node stands over what is below it
    hx = SIDE + 60 + middle / n * (SIDE - 20)
    hy = 60 + depth / depth.max() * (SIDE - 70)
    left, right = n // 7, n - n // 4
    ways = [climb(hierarchy, left), climb(hierarchy, right)]
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {2 * SIDE + 70} {SIDE + 70}">',
        "<title>A town cut in halves, and the same town as a hierarchy</title>",
        "<desc>Left: a map of streets; the crossings that part the town are the darkest.",
        "Right: the same crossings, the darkest on top; home and site are joined over it.</desc>",
        f'<rect width="{2 * SIDE + 70}" height="{SIDE + 70}" fill="#fff"/>',
        f'<text x="20" y="26" {TEXT}>A town: few crossings part it (dark), then its halves</text>',
        f'<text x="{SIDE + 60}" y="26" {TEXT}>Its hierarchy: those crossings on top</text>',
        '<g stroke="#bbb" stroke-width="1.2">',
    ]
    out += [
        f'<path d="M{px[a]:.1f} {py[a]:.1f}L{px[b]:.1f} {py[b]:.1f}"/>'
        for a, b in zip(made.tail, made.head, strict=True)
    ]
    out.append('</g><g stroke="#ccc" stroke-width="0.5" fill="none">')
    for v in range(n):
        for arc in range(hierarchy.first[v], hierarchy.first[v + 1]):
            w = hierarchy.head[arc]
            out.append(f'<path d="M{hx[v]:.1f} {hy[v]:.1f}L{hx[w]:.1f} {hy[w]:.1f}"/>')
    out.append('</g><g stroke="#0b3c5d" stroke-width="2.4" fill="none">')
    for way in ways:
        line = "L".join(f"{hx[v]:.1f} {hy[v]:.1f}" for v in way)
        out.append(f'<path d="M{line}"/>')
    out.append("</g>")
    for v in np.argsort(-level):
        radius = (6, 5, 4, 3, 1.8)[level[v]]
        for x, y in ((px[at[v]], py[at[v]]), (hx[v], hy[v])):
            out.append(
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{COLOURS[level[v]]}"/>'
            )
    for name, v in (("home", left), ("site", right)):
        for x, y in ((px[at[v]], py[at[v]]), (hx[v], hy[v])):
            out.append(
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6" fill="#fff" stroke="#0b3c5d" '
                'stroke-width="2.4"/>'
                f'<text x="{x + 9:.1f}" y="{y + 5:.1f}" {TEXT} font-weight="600">{name}</text>'
            )
    out.append("</svg>")
    path = Path(__file__).parents[1] / "docs" / "routing.svg"
    path.write_text("\n".join(out) + "\n", encoding="utf-8")
    print(path, f"{path.stat().st_size / 1024:.0f} KB, {n} crossings")


if __name__ == "__main__":
    main()
