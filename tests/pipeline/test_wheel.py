"""A wheel carries everything it reads at run time: built, installed apart, and run."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_example_runs_from_an_installed_wheel(tmp_path):
    """The packages slgeo needs are lent by this environment; slgeo itself is only in the wheel."""
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation",
         "--wheel-dir", str(tmp_path), str(ROOT)],
        check=True,
    )  # fmt: skip
    (wheel,) = tmp_path.glob("slgeo-*.whl")
    home = tmp_path / "environment"
    venv.create(home, with_pip=False)
    python = home / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    site = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])"],
        check=True, capture_output=True, text=True,
    ).stdout.strip()  # fmt: skip
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--target",
            site,
            str(wheel),
        ],
        check=True,
    )
    # A folder named in a .pth is searched, but .pth files in it (the editable slgeo) are not read.
    (Path(site) / "lent.pth").write_text(sysconfig.get_paths()["purelib"])
    alone = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    where = subprocess.run(
        [python, "-c", "import slgeo; print(slgeo.__file__)"],
        check=True, capture_output=True, text=True, cwd=tmp_path, env=alone,
    ).stdout.strip()  # fmt: skip

    assert Path(where).is_relative_to(site)

    done = subprocess.run(
        [python, "-m", "slgeo.cli", "example", "town", "--areas", "20"],
        check=False, capture_output=True, text=True, cwd=tmp_path, env=alone,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "town" / "page.html").stat().st_size > 100_000
