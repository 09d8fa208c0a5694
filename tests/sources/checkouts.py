"""Another checkout of this project, and chapters of two cells."""

import shutil
from pathlib import Path

import nbformat

ROOT = Path(__file__).parents[2]


def copy_checkout(folder, *, chapters=False):
    """Code and configs in a path with a space, as old as they are here.

    Its one chapter only opens its config, unless the book's are asked for.
    """
    other = folder / "my checkout"
    for name in ("dsin_lib", "data_prep", "configs"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, other / name, ignore=ignored)
    for name in ("Snakefile", "_toc.yml", "_config.yml"):
        shutil.copy2(ROOT / name, other)
    if chapters:
        shutil.copytree(ROOT / "book", other / "book")
    else:
        write_chapter(other / "book" / "audit.ipynb")
    return other


def write_chapter(path):
    """The two cells that every chapter begins with."""
    kernel = {"name": "dsin-book", "display_name": "", "language": "python"}
    page = nbformat.v4.new_notebook(metadata={"kernelspec": kernel})
    given, opened = (
        nbformat.v4.new_code_cell(source)
        for source in (
            'config = "quick"\noverrides = {}',
            "from dsin_lib.config import load_config\nload_config(config, overrides).name",
        )
    )
    given.metadata["tags"] = ["parameters"]
    page.cells = [given, opened]
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(page, path)
    return path


def shown(path):
    """What the last cell of an executed notebook says."""
    return nbformat.read(path, 4).cells[-1].outputs[0]["data"]["text/plain"]
