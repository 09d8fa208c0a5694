"""The build refuses what is missing or wrong, in words, and leaves no half-made site."""

import shutil
from pathlib import Path

import nbformat
import pytest

from dsin_lib.reporting.site import build as book


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """A copy of the book's pages, to spoil."""
    shutil.copytree(book.ROOT / "book", tmp_path / "pages" / "book")
    for name in ("_config.yml", "_toc.yml"):
        shutil.copy(book.ROOT / name, tmp_path / "pages")
    return tmp_path / "pages"


@pytest.fixture
def executed(tmp_path: Path) -> Path:
    """A folder with an empty notebook for each chapter."""
    folder = tmp_path / "executed"
    folder.mkdir()
    for name in book.notebooks(book.ROOT):
        cells = [nbformat.v4.new_markdown_cell(f"# {name}")]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / f"{name}.ipynb")
    return folder


def test_missing_notebook_is_named(pages: Path, executed: Path, tmp_path: Path) -> None:
    (executed / "fusion.ipynb").unlink()
    with pytest.raises(FileNotFoundError, match=r"of: fusion\. .*papermill"):
        book.build_site(pages, executed, tmp_path / "site")


def test_warning_is_an_error_and_the_old_site_stays(
    pages: Path, executed: Path, tmp_path: Path
) -> None:
    old = tmp_path / "site" / "index.html"
    old.parent.mkdir()
    old.write_text("the old site")
    with (pages / "book" / "notation.md").open("a", encoding="utf-8") as notation:
        notation.write("\n{eq}`eq:11`\n")
    with pytest.raises(book.SiteError, match=r"book/notation\.md:\d+: WARNING: .*eq:11"):
        book.build_site(pages, executed, old.parent)
    assert old.read_text() == "the old site"
    assert {path.name for path in tmp_path.iterdir()} == {"pages", "executed", "site"}


@pytest.mark.parametrize(
    ("licensed", "faces"), [(False, "rendered faces"), (True, "a licensed corpus")]
)
def test_the_note_at_the_top_says_whose_faces_these_are(
    pages: Path, executed: Path, tmp_path: Path, licensed: bool, faces: str
) -> None:
    book.assemble(pages, executed, tmp_path / "source", licensed=licensed)
    first = (tmp_path / "source/book/_synthetic.md").read_text().splitlines()[0]
    assert first == f":::{{admonition}} Measured on {faces}"


def test_a_chapter_that_a_run_cannot_fill_says_so_under_its_own_title(
    pages: Path, executed: Path, tmp_path: Path
) -> None:
    (executed / "fusion.ipynb").unlink()
    (executed / "protocols.ipynb").unlink()
    absent = {"fusion": book.ONE_CORPUS, "protocols": book.LEFT_OUT}
    book.assemble(pages, executed, tmp_path / "source", absent=absent)
    (cell,) = nbformat.read(tmp_path / "source/book/protocols.ipynb", as_version=4).cells
    assert cell.source.startswith("# Two protocols") and "make site" in cell.source
    (cell,) = nbformat.read(tmp_path / "source/book/fusion.ipynb", as_version=4).cells
    title = nbformat.read(pages / "book/fusion.ipynb", as_version=4).cells[0].source.splitlines()[0]
    assert cell.source.startswith(f"{title}\n") and "table_4: {name: synau_d" in cell.source
