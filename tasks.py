"""
Set slgeo up in a virtual environment of its own, and do one thing with it.

::

    python3 tasks.py example [FOLDER]   the made-up district, to a page you can open
    python3 tasks.py test [ARGUMENTS]   every check: format, lint, layers, types, tests
    python3 tasks.py install            the environment only, in .venv

Needs Python 3.11 or later and its standard library, nothing else; the first run installs the
packages into ``.venv`` beside this file, at the versions in ``constraints.txt``.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
BIN = ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
EXTRAS = ".[statistics,hours]"  # what a run of the example makes use of
MADE_FROM = ("pyproject.toml", "constraints.txt")


def run(*command: str | Path) -> None:
    """Run a command from the project's root, and stop with its exit code where it fails."""
    print("$", *command, flush=True)
    code = subprocess.run([str(part) for part in command], cwd=ROOT, check=False).returncode
    if code:
        sys.exit(code)


def install(*, tools: bool) -> None:
    """Make the environment, unless it was made from these very files before."""
    if sys.version_info < (3, 11):  # noqa: UP036 - the one file an older Python may meet
        sys.exit(f"slgeo needs Python 3.11 or later; this is {sys.version.split()[0]}")
    stamp = ENVIRONMENT / ("installed-test" if tools else "installed")
    wanted = hashlib.sha256(b"".join((ROOT / name).read_bytes() for name in MADE_FROM)).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    if not PYTHON.exists():
        venv.create(ENVIRONMENT, with_pip=True)
    quiet = ("-qq", "--disable-pip-version-check")
    # Dependency groups came with pip 25.1; the pip that makes the environment may be older.
    run(PYTHON, "-m", "pip", "install", *quiet, "--upgrade", "pip>=25.1")
    groups = ("--group", "test") if tools else ()
    run(PYTHON, "-m", "pip", "install", *quiet, "-c", "constraints.txt", "-e", EXTRAS, *groups)
    stamp.write_text(wanted)


def install_browser() -> None:
    """Install Debian's Chromium for the page tests, where that is possible without asking."""
    if any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")):
        return
    if sys.platform != "linux" or not shutil.which("apt-get") or os.geteuid() != 0:
        print("No Chromium here: the tests that open the page in a browser will be skipped.")
        return
    run("apt-get", "-qq", "update")
    run("apt-get", "-qq", "install", "-y", "--no-install-recommends", "chromium")


def example(*arguments: str) -> None:
    """Run the made-up district to a page."""
    install(tools=False)
    run(BIN / "slgeo", "example", *arguments)


def test(*arguments: str) -> None:
    """Run every check, quickest first."""
    install(tools=True)
    install_browser()
    run(BIN / "ruff", "format", "--check", "--quiet", ".")
    run(BIN / "ruff", "check", "--quiet", ".")
    run(BIN / "lint-imports", "--no-cache")
    run(BIN / "mypy")
    run(
        PYTHON,
        "-m",
        "pytest",
        "-n",
        "3",  # of two cores' work one part waits for the browser
        "--dist",
        "loadfile",  # what a file of tests shares is made once
        "-m",
        "not network and not slow",
        *arguments,
    )


def main() -> None:
    """Do what the command line asks for."""
    tasks = {"example": example, "test": test, "install": lambda: install(tools=True)}
    if len(sys.argv) < 2 or sys.argv[1] not in tasks:
        sys.exit(__doc__)
    tasks[sys.argv[1]](*sys.argv[2:])


if __name__ == "__main__":
    main()
