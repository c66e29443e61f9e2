"""The figures of ``routing.py``: printed as they come, and as tables at the end."""

from __future__ import annotations

import platform
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

PRINTED = "{:<42} {:>11} {:>26} {:>8}  {}"
GIGABYTE = 2**30


@dataclass
class Size:
    """One network: what it is, and every figure measured on it."""

    nodes: int
    arcs: int
    arcs_a_node: float
    lines: list[tuple[str, float, str, float, str]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    memory: dict[str, float] = field(default_factory=dict)

    def ours(self, what: str) -> float:
        return next(ours for name, ours, *_ in self.lines if name == what)


class Figures:
    """What has been measured, a network after another."""

    def __init__(self, *, quiet: bool = False) -> None:
        self.sizes: list[Size] = []
        self.quiet = quiet

    def begin(self, nodes: int, arcs: int, arcs_a_node: float) -> None:
        """Begin another network."""
        self.sizes.append(Size(nodes, arcs, arcs_a_node))
        self._print(f"\n{nodes:,} nodes, {arcs:,} arcs; {arcs_a_node:.2f} arcs a node prepared")

    def line(
        self, what: str, ours: float, other: str = "", theirs: float = 0.0, note: str = ""
    ) -> None:
        """Take down a figure, in seconds, beside another's."""
        self.sizes[-1].lines.append((what, ours, other, theirs, note))
        beside = f"{other} {_time(theirs)}" if other else ""
        self._print(PRINTED.format(what, _time(ours), beside, _ratio(theirs, ours), note))

    def missing(self, who: str, why: str) -> None:
        """Take down that an engine could not be measured."""
        self.sizes[-1].missing.append(f"{who}: {why}")
        self._print(f"{who} could not be measured: {why}")

    def memory(self, found: dict[str, float]) -> None:
        """Take down what preparing and holding took."""
        self.sizes[-1].memory = found
        shares = ", ".join(f"{name} {value / GIGABYTE:.2f} GB" for name, value in found.items())
        self._print(f"memory: {shares}")

    def markdown(self) -> str:
        """Write everything as the tables of ``docs/routing.md``."""
        today = datetime.now(UTC).strftime("%d %B %Y").lstrip("0")
        head = " | ".join(f"{_millions(size.nodes)} nodes" for size in self.sizes)
        rule = "---|" * len(self.sizes)
        out = [f"Measured on {today}, {machine()}.", "", f"| | {head} |", f"|---|{rule}"]
        for what in dict.fromkeys(name for size in self.sizes for name, *_ in size.lines):
            cells = " | ".join(_cell(size, what) for size in self.sizes)
            out.append(f"| {what} | {cells} |")
        out += ["", f"| cost against size | {head} |", f"|---|{rule}"]
        for name, value in CURVE.items():
            out.append(f"| {name} | " + " | ".join(value(size) for size in self.sizes) + " |")
        out += [
            "",
            *(
                f"At {_millions(size.nodes)} nodes {each}."
                for size in self.sizes
                for each in size.missing
            ),
        ]
        return "\n".join(out)

    def _print(self, text: str) -> None:
        if not self.quiet:
            print(text, flush=True)


def _cell(size: Size, what: str) -> str:
    """One figure, and every other engine's beside it."""
    found = [line for line in size.lines if line[0] == what]
    if not found:
        return ""
    others = [
        f"{who} {_time(theirs)} ({_ratio(theirs, ours)})"
        for _, ours, who, theirs, _ in found
        if who
    ]
    return "; ".join([f"**{_time(found[0][1])}**", *others])


def _multiple(size: Size) -> str:
    return f"{size.ours('nearest of every node') / size.ours('one read of the arcs'):.1f}"


CURVE = {
    "prepare, microseconds a node": lambda s: f"{s.ours('prepare') / s.nodes * 1e6:.1f}",
    "other speeds, microseconds a node": lambda s: (
        f"{s.ours('other speeds, same order') / s.nodes * 1e6:.2f}"
    ),
    "nearest, nanoseconds a node": lambda s: (
        f"{s.ours('nearest of every node') / s.nodes * 1e9:.0f}"
    ),
    "the same as a multiple of one read of the arcs": _multiple,
    "five nearest, nanoseconds a node": lambda s: (
        f"{s.ours('five nearest of every node, 30 min') / s.nodes * 1e9:.0f}"
    ),
    "arcs a node, shortcuts included": lambda s: f"{s.arcs_a_node:.2f}",
    "memory at most while preparing, GB": lambda s: f"{s.memory['peak'] / GIGABYTE:.2f}",
    "memory held after, GB": lambda s: f"{s.memory['held'] / GIGABYTE:.2f}",
    "of it arrays of network, graph and hierarchy, GB": lambda s: (
        f"{s.memory['arrays'] / GIGABYTE:.2f}"
    ),
}


def machine() -> str:
    """Say what this machine is, as far as it says so itself."""
    model, cores = platform.machine(), 0
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                model, cores = line.partition(":")[2].strip(), cores + 1
    except OSError:
        pass  # not Linux: the architecture must do
    return f"{model}, {cores or 'unknown number of'} cores, Python {platform.python_version()}"


def _time(seconds: float) -> str:
    if seconds >= 1.995:
        return f"{seconds:,.1f} s"
    return f"{seconds * 1e3:,.0f} ms" if seconds > 0.0995 else f"{seconds * 1e3:.3g} ms"


def _ratio(theirs: float, ours: float) -> str:
    if not theirs:
        return ""
    ratio = theirs / ours
    return f"{ratio:,.0f} x" if ratio >= 10 else f"{ratio:.1f} x"


def _millions(nodes: int) -> str:
    return f"{nodes / 1e6:.2f} million"
