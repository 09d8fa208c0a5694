"""A built site and a real browser for the book's tests.

The site is the one that ``DSIN_SITE`` names, or else one built here from the committed pages and
two small notebooks that stand in for the chapters.
"""

import os
import shutil
from pathlib import Path

import nbformat
import papermill
import pytest

from dsin_lib.reporting import site as book

BROWSERS = ("chromium", "chromium-browser", "google-chrome")

FIGURE = """\
import matplotlib.pyplot as plt
figure, axes = plt.subplots(figsize=(4, 2))
axes.plot([0, 1, 2], [0, 1, 4])
axes.set_xlabel("epoch")"""

TABLE = """\
import pandas as pd
from IPython.display import HTML
aus = [f"AU{number:02d}" for number in range(1, 31)]
cell = f'{columns:.1f}<br><span class="paper">{columns:.1f}</span>'
table = pd.DataFrame([[cell] * 30], index=["Always positive"], columns=aus)
HTML(f'<div class="table-scroll">{table.style.to_html()}</div>')"""

PROVENANCE = """\
from IPython.display import HTML
HTML('<p class="provenance">profile test · fold 1 · seed 0</p>')"""


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a built site."""
    if "DSIN_SITE" in os.environ:
        return Path(os.environ["DSIN_SITE"]).resolve()
    folder = tmp_path_factory.mktemp("book")
    executed = folder / "executed"
    executed.mkdir()
    stand_ins = [
        _executed(folder, "figure", FIGURE),
        _executed(folder, "table", TABLE, PROVENANCE),
    ]
    for number, name in enumerate(book.notebooks(book.ROOT)):
        shutil.copy(stand_ins[number % 2], executed / f"{name}.ipynb")
    book.build_site(book.ROOT, executed, folder / "site")
    return folder / "site"


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium; without one the tests are skipped, in CI they fail."""
    found = os.environ.get("DSIN_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        message = "no Chromium found: `apt-get install chromium`, or name one in DSIN_CHROMIUM"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(message)
    return found


def _executed(folder: Path, name: str, *code: str) -> Path:
    """A chapter in small: the banner, an equation, a cell or two, run by papermill."""
    words = {"mystnb": {"image": {"alt": "A parabola"}}}
    cells = [
        nbformat.v4.new_markdown_cell(
            f"# A chapter with a {name}\n\n```{{include}} _synthetic.md\n```\n\n"
            "The update of {eq}`eq:7`, with $\\chi_j^t$; see [the symbols](notation.md).\n\n"
            "$$\\hat y = \\sigma(x)$$"
        ),
        nbformat.v4.new_code_cell("columns = 1.0", metadata={"tags": ["parameters"]}),
        *(nbformat.v4.new_code_cell(source, metadata=words) for source in code),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    source, target = folder / f"{name}_source.ipynb", folder / f"{name}.ipynb"
    nbformat.write(notebook, source)
    papermill.execute_notebook(source, target, parameters={"columns": 48.05}, progress_bar=False)
    return target
