"""Build the book: committed pages and executed notebooks become a site that needs no network.

The pages are assembled in a temporary folder, built there from scratch with every Sphinx warning
an error, and moved into place in one step, so the site is complete or absent. MathJax comes from
the PyPI wheel ``sphinx-mathjax-offline``; nothing in the site calls another host.

Command line::

    python -m dsin_lib.reporting.site.build --executed results/quick/book --out results/quick/site
"""

import importlib.util
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Collection, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

import nbformat
import typer
import yaml

from dsin_lib.reporting.site.references import mend

ROOT = Path(__file__).resolve().parents[3]
"""The folder that holds ``_config.yml``, ``_toc.yml`` and ``book/``."""

MATHJAX = ("tex-svg.js", "input/tex/extensions")
"""What the pages load of MathJax 3.2.2 (Apache-2.0): one file, and extensions on demand."""

ONE_CORPUS, LEFT_OUT, NOT_PUBLISHED = "_absent.md", "_left_out.md", "_not_published.md"
"""What a chapter says that the run cannot fill, one that its profile leaves out, and one that is in
the book but not published. In its place, ``CHAPTER`` becomes the chapter's name."""

NOTHING: Mapping[str, str] = MappingProxyType({})

NOTES = {False: "_synthetic.md", True: "_licensed.md"}
"""What every chapter says at its top about whose faces it shows, by whether they are licensed."""

FONT_PRELOAD = re.compile(r"<link rel=\"preload\" as=\"font\"[^>]*>\s*")


class SiteError(RuntimeError):
    """The book could not be built; the message holds Sphinx's own words."""


def build_site(
    pages: Path,
    executed: Path,
    out: Path,
    *,
    licensed: bool = False,
    absent: Mapping[str, str] = NOTHING,
    older: Collection[str] = (),
    boxes: Mapping[str, str] = NOTHING,
) -> Path:
    """Build the site from scratch and put it at ``out``, complete or not at all.

    Args:
        pages: Folder with ``_config.yml``, ``_toc.yml`` and ``book/``; usually :data:`ROOT`.
        executed: Folder with the executed notebooks, one for each notebook of ``_toc.yml``.
        out: Where the site goes. A site already there is replaced once the new one is whole.
        licensed: Whether the notebooks were executed on a licensed corpus.
        absent: Chapters without an executed notebook, and the page of ``book/`` that says why.
        older: Chapters whose executed notebook is of an older state of the book.
        boxes: Pages of prose, and what goes below their titles.

    Returns:
        The site's front page, ``out/index.html``.

    Raises:
        FileNotFoundError: A notebook of the table of contents has no executed copy.
        SiteError: Jupyter Book failed or warned.
    """
    pages, executed, out = pages.resolve(), executed.resolve(), out.resolve()
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".site-", dir=out.parent) as scratch:
        source, built = Path(scratch, "source"), Path(scratch, "built")
        how = {"licensed": licensed, "absent": absent, "older": older, "boxes": boxes}
        assemble(pages, executed, source, **how)
        run_jupyter_book(source, built)
        html = built / "_build" / "html"
        copy_mathjax(html / "_static" / "mathjax")
        drop_font_preloads(html)
        swap_in(html, out, Path(scratch, "previous"))
    return out / "index.html"


def swap_in(fresh: Path, out: Path, aside: Path) -> None:
    """Put a whole folder in another's place; if that fails, the other is where it was."""
    try:
        if out.exists():
            out.rename(aside)
        fresh.rename(out)
    except BaseException:
        if aside.exists() and not out.exists():
            aside.rename(out)
        raise


def assemble(
    pages: Path,
    executed: Path,
    source: Path,
    *,
    licensed: bool = False,
    absent: Mapping[str, str] = NOTHING,
    older: Collection[str] = (),
    boxes: Mapping[str, str] = NOTHING,
) -> None:
    """Write the source tree: pages as committed, notebooks as executed.

    Args:
        pages: Folder with ``_config.yml``, ``_toc.yml`` and ``book/``.
        executed: Folder with the executed notebooks.
        source: Where the tree goes; it must not exist.
        licensed: Whether the notebooks were executed on a licensed corpus.
        absent: Chapters without an executed notebook, and the page that says why.
        older: Chapters whose executed notebook is of an older state of the book. What they refer to
            in vain, or others refer to on them or on absent ones, is put into words.
        boxes: Pages of prose, and what goes below their titles.

    Raises:
        FileNotFoundError: A notebook of the table of contents has no executed copy.
    """
    filled = [name for name in notebooks(pages) if name not in absent]
    missing = [name for name in filled if not (executed / f"{name}.ipynb").is_file()]
    if missing:
        raise FileNotFoundError(
            f"no executed copy in {executed} of: {', '.join(missing)}. "
            "Run papermill on them first (`make book` does)."
        )
    shutil.copytree(
        pages / "book",
        source / "book",
        ignore=shutil.ignore_patterns("*.ipynb", ".ipynb_checkpoints", "__pycache__", "_build"),
    )
    shutil.copy(pages / "book" / NOTES[licensed], source / "book" / NOTES[False])
    for name in ("_config.yml", "_toc.yml"):
        shutil.copy(pages / name, source / name)
    for name, box in boxes.items():
        page = source / "book" / f"{name}.md"
        page.write_text(below_title(page.read_text(encoding="utf-8"), box), encoding="utf-8")
    for name in filled:
        shutil.copy(executed / f"{name}.ipynb", source / "book")
    for name, why in absent.items():
        short = title_only(pages / "book" / f"{name}.ipynb", why)
        nbformat.write(short, source / "book" / f"{name}.ipynb")
    if otherwise := {*absent, *older}:
        mend(source / "book", pages / "book", listed(pages), otherwise)


def below_title(text: str, *boxes: str) -> str:
    """A page, or its first cell, with boxes below its title; empty ones leave no trace."""
    title, _, rest = text.partition("\n")
    shown = "".join(f"\n{box}\n" for box in boxes if box)
    return f"{title}\n{shown}{rest}" if shown else text


def title_only(notebook: Path, why: str) -> nbformat.NotebookNode:
    """A chapter's title, and the page beside it that says why in place of the rest."""
    whole = nbformat.read(notebook, as_version=4)
    title = whole.cells[0].source.splitlines()[0]
    note = (notebook.parent / why).read_text(encoding="utf-8").replace("CHAPTER", notebook.stem)
    whole.cells = [nbformat.v4.new_markdown_cell(f"{title}\n\n{note}")]
    return whole


def notebooks(pages: Path) -> list[str]:
    """The pages of ``_toc.yml`` that are not Markdown, in reading order, without their suffix."""
    book = pages / "book"
    return [name for name in listed(pages) if not (book / f"{name}.md").is_file()]


def listed(pages: Path) -> list[str]:
    """The pages of ``_toc.yml``, in reading order, without their folder and suffix."""
    toc = yaml.safe_load((pages / "_toc.yml").read_text(encoding="utf-8"))
    files = [chapter["file"] for part in toc["parts"] for chapter in part["chapters"]]
    return [Path(file).name for file in [toc["root"], *files]]


def run_jupyter_book(source: Path, built: Path) -> None:
    """Run ``jupyter-book build`` with warnings as errors.

    Raises:
        SiteError: It failed; the message holds the lines that say why.
    """
    run = "from jupyter_book.cli.main import main; main()"  # the package cannot be run with -m
    command = [sys.executable, "-c", run, "build", str(source)]
    command += ["--path-output", str(built), "--all", "-W", "--keep-going"]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = f"{done.stdout}\n{done.stderr}".splitlines()
        why = [line for line in lines if any(w in line for w in ("WARNING", "ERROR", "Error:"))]
        text = "\n".join(why or lines[-30:]).replace(f"{source}/", "")
        raise SiteError(f"jupyter-book refused the book:\n{text}")


def copy_mathjax(target: Path) -> None:
    """Copy MathJax from its wheel into the site.

    Raises:
        SiteError: The wheel is not installed.
    """
    spec = importlib.util.find_spec("sphinx-mathjax-offline")
    if spec is None or spec.origin is None:
        raise SiteError("MathJax is missing: install sphinx-mathjax-offline (it is in the pins)")
    wheel = Path(spec.origin).parent / "static" / "mathjax"
    for name in MATHJAX:
        copy = shutil.copytree if (wheel / name).is_dir() else shutil.copy
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        copy(wheel / name, target / name)
    shutil.copy(ROOT / "LICENSE", target)  # MathJax's licence is the code's: Apache-2.0


def drop_font_preloads(html: Path) -> None:
    """Take the theme's font preloads out of every page: from disk, browsers refuse them aloud.

    The style sheet loads the same fonts a moment later, from disk and from a server alike.
    """
    for page in html.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        page.write_text(FONT_PRELOAD.sub("", text), encoding="utf-8")


def how_to_open(index: Path) -> str:
    """Where a built site is, and two ways to read it."""
    folder = shlex.quote(str(index.parent))
    return (
        f"The book is at {index}\n"
        f"Open it with a browser: {index.as_uri()}\n"
        f"Or serve it:            python -m http.server --directory {folder} 8000"
    )


def main(
    executed: Annotated[Path, typer.Option(help="Folder of executed notebooks.")],
    out: Annotated[Path, typer.Option(help="Where the site goes.")],
    pages: Annotated[Path, typer.Option(help="Folder with _config.yml and book/.")] = ROOT,
    licensed: Annotated[bool, typer.Option(help="The faces are a licensed corpus'.")] = False,
    absent: Annotated[list[str] | None, typer.Option(help="A chapter it cannot fill.")] = None,
    left_out: Annotated[list[str] | None, typer.Option(help="One it does not run.")] = None,
) -> None:
    """Build the book's site and say how to open it."""
    why = dict.fromkeys(absent or (), ONE_CORPUS) | dict.fromkeys(left_out or (), LEFT_OUT)
    try:
        index = build_site(pages, executed, out, licensed=licensed, absent=why)
    except (OSError, SiteError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    typer.echo(how_to_open(index))


if __name__ == "__main__":
    typer.run(main)
