"""The page inside other documents: a notebook that is executed, and a Quarto document."""

from __future__ import annotations

import contextlib
import io
import re
import shutil
import subprocess
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """The notebook, run from top to bottom in a kernel of its own."""
    nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed")
    pytest.importorskip("ipykernel", reason="ipykernel is not installed")
    import nbformat

    notebook = nbformat.read(DOCS / "notebook.ipynb", as_version=4)
    folder = tmp_path_factory.mktemp("notebook")
    where = {"metadata": {"path": str(folder)}}
    return nbclient.NotebookClient(
        notebook, timeout=240, kernel_name="python3", resources=where
    ).execute()


def shown_last(notebook) -> str:
    (output,) = [o for o in notebook.cells[-1].outputs if o.output_type == "execute_result"]
    return output.data["text/html"]


def test_the_notebook_is_kept_without_outputs():
    """Outputs would be a second copy of the page, and go stale."""
    import nbformat

    notebook = nbformat.read(DOCS / "notebook.ipynb", as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert code
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)


def test_the_notebook_runs_and_says_nothing_on_the_side(executed):
    trouble = [
        output
        for cell in executed.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "error" or output.get("name") == "stderr"
    ]
    assert trouble == []


def test_the_page_works_where_the_notebook_shows_it(executed, visit, tmp_path):
    outer = tmp_path / "notebook.html"
    outer.write_text(
        f"<!doctype html><title>t</title><body>{shown_last(executed)}</body>", encoding="utf-8"
    )
    seen = visit(outer)
    frame = seen.page.frame_locator("iframe")
    frame.locator("html[data-ready=yes]").wait_for(state="attached", timeout=20_000)

    assert "Aldermere" in frame.locator("#finding").inner_text()
    assert seen.trouble == []
    assert seen.outside == []


def test_the_notebook_s_numbers_are_the_page_s(executed, visit, tmp_path):
    printed = "".join(
        output.data.get("text/plain", "")
        for cell in executed.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "execute_result"
    )
    further, people = re.search(
        r"([\d,]+) of ([\d,]+) people are further than 20", printed
    ).groups()
    share = int(further.replace(",", "")) / int(people.replace(",", ""))
    outer = tmp_path / "notebook.html"
    outer.write_text(f"<!doctype html><body>{shown_last(executed)}</body>", encoding="utf-8")
    frame = visit(outer).page.frame_locator("iframe")
    frame.locator("html[data-ready=yes]").wait_for(state="attached", timeout=20_000)
    said = frame.locator("#finding").inner_text()
    minutes = int(re.search(r"more than (\d+) minutes", said).group(1))
    assert minutes == 20, "the threshold printed is the one the page opens with"
    assert f"{share:.0%}" in said


def chunks() -> list[str]:
    document = (DOCS / "report.qmd").read_text(encoding="utf-8")
    return re.findall(r"^```\{python\}\n(.*?)^```", document, flags=re.MULTILINE | re.DOTALL)


def test_the_quarto_document_s_code_prints_the_page_as_a_fragment(tmp_path, monkeypatch, visit):
    monkeypatch.chdir(tmp_path)
    printed: list[str] = []
    names: dict[str, object] = {}
    for chunk in chunks():
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(chunk, "report.qmd", "exec"), names)  # noqa: S102 - our own document
        printed.append(out.getvalue())

    _, fragment, figure = printed
    assert fragment.startswith("<iframe ")
    assert 'sandbox="allow-scripts' in fragment
    assert "\n\n" not in fragment.rstrip("\n"), "a blank line would end the HTML block in Markdown"
    assert re.fullmatch(r"!\[Map of [^\]\n]+\]\(map\.png\)\n", figure)
    outer = tmp_path / "report.html"
    outer.write_text(f"<!doctype html><title>t</title><body>{fragment}</body>", encoding="utf-8")
    seen = visit(outer)
    frame = seen.page.frame_locator("iframe")
    frame.locator("html[data-ready=yes]").wait_for(state="attached", timeout=20_000)
    assert seen.trouble == []


@pytest.mark.skipif(shutil.which("quarto") is None, reason="quarto is not installed")
def test_quarto_renders_the_document(tmp_path):
    shutil.copy(DOCS / "report.qmd", tmp_path)
    subprocess.run(["quarto", "render", "report.qmd"], cwd=tmp_path, check=True, timeout=240)
    assert "srcdoc" in (tmp_path / "report.html").read_text(encoding="utf-8")
