"""Restore: the published chapters become a site again; nothing is trained or executed.

A chapter of the table of contents that is not published is left out with a word. One that has
changed since is shown as it was. What is published of a chapter that the book no longer has is left
aside. A page that was made on another version of SynAU than the generator makes says so at its top.

Command line::

    python -m dsin_lib.reporting.site.restore
"""

import html
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import nbformat
import typer

from dsin_lib.config import results_root
from dsin_lib.reporting.page.provenance import CORPORA
from dsin_lib.reporting.site import versions
from dsin_lib.reporting.site.build import (
    NOT_PUBLISHED,
    ROOT,
    SiteError,
    below_title,
    build_site,
    how_to_open,
    listed,
    notebooks,
)
from dsin_lib.reporting.site.pictures import put_back
from dsin_lib.reporting.site.publish import PUBLISHED
from dsin_lib.reporting.site.publishable import sources
from dsin_lib.reporting.site.record import Page, ShownRun, read
from dsin_lib.reporting.site.references import quoted, with_included


@dataclass(frozen=True)
class Restored:
    """What became of the chapters that are in the book or published, by their names.

    Attributes:
        changed: Published, but the book has them otherwise by now; shown as they were.
        absent: In the book, but not published.
        aside: Published, but no longer in the book.
        boxes: Chapters that were made on another version of SynAU, and what says so.
    """

    changed: tuple[str, ...]
    absent: tuple[str, ...]
    aside: tuple[str, ...]
    boxes: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        """One line for each kind that there is; empty if everything is as it should be."""
        lines = {
            "Changed since they were published, shown as they were": self.changed,
            "Not published, left out with a word": self.absent,
            "Published, but no longer in the book, left aside": self.aside,
            "Made on another version of SynAU, and say so": tuple(self.boxes),
        }
        return "\n".join(f"{what}: {', '.join(names)}" for what, names in lines.items() if names)


def restore(
    published: Path, folder: Path, pages: Path = ROOT, today: str = versions.TODAY
) -> Restored:
    """Write the published chapters as executed notebooks, pictures and all, run named on each.

    Args:
        published: What :func:`dsin_lib.reporting.site.publish.publish` wrote.
        folder: Where the notebooks go; it must exist.
        pages: Folder with ``_toc.yml`` and ``book/``.
        today: The version of SynAU that the generator makes.

    Raises:
        FileNotFoundError: Nothing is published, or a file of a published chapter is missing.
        RecordError: The record of what is published is damaged.
    """
    record, book = read(published), notebooks(pages)
    changed, boxes = [], {}
    for name in (name for name in book if name in record.chapters):
        path = published / "book" / f"{name}.ipynb"
        if not path.is_file():
            raise FileNotFoundError(f"{path}: expected a published chapter, found none")
        page = nbformat.read(path, 4)
        written = nbformat.read(pages / "book" / f"{name}.ipynb", 4)
        if sources(page) != sources(with_included(written, pages / "book")):
            changed.append(name)
        put_back(page, path.parent)
        own, run = record.chapters[name], record.runs[record.chapters[name].run]
        made_on = versions.made_on(page, own, run)
        if box := versions.box(made_on, today):
            boxes[name] = box
        opening = page.cells[0].source
        page.cells[0].source = below_title(opening, erratum(own.erratum), box)
        line = which_run(own, run, made_on, changed=name in changed)
        page.cells.append(nbformat.v4.new_markdown_cell(line, id="published"))
        nbformat.write(page, folder / f"{name}.ipynb")
    absent = (name for name in book if name not in record.chapters)
    aside = (name for name in record.chapters if name not in book)
    return Restored(tuple(changed), tuple(absent), tuple(aside), boxes)


def erratum(found: str) -> str:
    """The box that says what was found wrong with a page since; nothing where nothing was."""
    return found and f":::{{admonition}} Erratum\n:class: warning\n{found}\n:::"


def which_run(
    page: Page, run: ShownRun, made_on: Mapping[str, str], *, changed: bool = False
) -> str:
    """The line at the end of a published chapter that says which run it shows.

    Args:
        page: What it shows.
        run: The run that it belongs to.
        made_on: Versions of the open corpora that it was made on, by name.
        changed: Whether the book has the chapter otherwise by now.
    """
    first = " of the first corpus" if len(page.corpora) > 1 else ""
    devices = dict.fromkeys(machine["device"] for machine in page.machines)
    trained = (
        f"{page.frames:,} frames of {page.subjects} subjects{first}",
        f"{page.n_trainings} {'training' if page.n_trainings == 1 else 'trainings'} "
        f"of {page.seconds:,.0f} s in all on {' and '.join(devices)}",
    )
    parts = (
        f"this page shows the published run of profile {run.profile}",
        *([" and ".join(CORPORA.get(name, name) for name in page.corpora)] if page.corpora else ()),
        *([versions.in_words(made_on)] if made_on else ()),
        *(trained if page.n_trainings else ()),
        f"page made by code {page.code}",
        f"published {page.published[:10]}",
        *(("the chapter has changed since",) if changed else ()),
    )
    return f'<p class="provenance">{" · ".join(map(html.escape, parts))}</p>'


def restore_site(
    published: Path, out: Path, pages: Path = ROOT, today: str = versions.TODAY
) -> tuple[Path, Restored]:
    """Build the site of what is published, complete or not at all.

    Args:
        published: What :func:`dsin_lib.reporting.site.publish.publish` wrote.
        out: Where the site goes.
        pages: Folder with ``_config.yml``, ``_toc.yml`` and ``book/``.
        today: The version of SynAU that the generator makes.

    Returns:
        The site's front page, and what became of the chapters.

    Raises:
        FileNotFoundError, RecordError: As of :func:`restore`.
        SiteError: Jupyter Book failed or warned.
    """
    with tempfile.TemporaryDirectory(prefix="published-") as folder:
        found = restore(published, Path(folder), pages, today)
        absent = dict.fromkeys(found.absent, NOT_PUBLISHED)
        index = build_site(
            pages,
            Path(folder),
            out,
            absent=absent,
            older=found.changed,
            boxes=on_prose(found, pages),
        )
    return index, found


def on_prose(found: Restored, pages: Path = ROOT) -> dict[str, str]:
    """Pages of prose that show something of a page with a box, and the box."""
    shows = quoted(pages / "book", listed(pages))
    of = {name: sorted(chapters & set(found.boxes)) for name, chapters in shows.items()}
    return {name: found.boxes[chapters[0]] for name, chapters in of.items() if chapters}


def main(
    published: Annotated[Path, typer.Option(help="Folder of published results.")] = PUBLISHED,
    out: Annotated[Path | None, typer.Option(help="Where the site goes.")] = None,
) -> None:
    """Build the site of the published results and say how to open it."""
    try:
        index, found = restore_site(published, out or results_root() / "published-site")
    except (ValueError, OSError, SiteError) as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(1) from None
    if str(found):
        typer.echo(str(found))
    typer.echo(how_to_open(index))


if __name__ == "__main__":
    typer.run(main)
