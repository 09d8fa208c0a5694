"""Restore: the published results become the whole book again; nothing is trained or executed.

Command line::

    python -m dsin_lib.reporting.site.restore
"""

import html
import json
import tempfile
from pathlib import Path
from typing import Annotated

import nbformat
import typer

from dsin_lib.config import results_root
from dsin_lib.reporting.page.provenance import CORPORA
from dsin_lib.reporting.site.build import ROOT, SiteError, build_site, how_to_open, notebooks
from dsin_lib.reporting.site.pictures import put_back
from dsin_lib.reporting.site.publish import PUBLISHED, RECORD, sources


def restore(published: Path, folder: Path, pages: Path = ROOT) -> list[str]:
    """Write the published chapters as executed notebooks, pictures and all, run named on each.

    Args:
        published: What :func:`dsin_lib.reporting.site.publish.publish` wrote.
        folder: Where the notebooks go; it must exist.
        pages: Folder with ``_toc.yml`` and ``book/``.

    Returns:
        The chapters that have changed since they were published; they are shown as they were.

    Raises:
        FileNotFoundError: Nothing is published, or the table of contents has a newer chapter.
    """
    if not (published / RECORD).is_file():
        raise FileNotFoundError(f"{published / RECORD}: expected published results, found none")
    record = json.loads((published / RECORD).read_text(encoding="utf-8"))
    names, book = notebooks(pages), published / "book"
    missing = [name for name in names if not (book / f"{name}.ipynb").is_file()]
    if missing:
        again = " && ".join(
            f"make {what} CONFIG={record['profile']}" for what in ("book", "publish")
        )
        raise FileNotFoundError(
            f"no page in {book} of: {', '.join(missing)}. What is published is older than that. "
            f"Publish again (`{again}`), or render your own results (`make site CONFIG=quick`)."
        )
    changed = []
    for name in names:
        page = nbformat.read(book / f"{name}.ipynb", 4)
        if sources(page) != sources(nbformat.read(pages / "book" / f"{name}.ipynb", 4)):
            changed.append(name)
        put_back(page, book)
        page.cells.append(nbformat.v4.new_markdown_cell(which_run(record), id="published"))
        nbformat.write(page, folder / f"{name}.ipynb")
    return changed


def which_run(record: dict) -> str:
    """The line at the end of every published chapter that says which run it shows."""
    parts = (
        f"this book shows the published run of profile {record['profile']}",
        " and ".join(CORPORA[name] for name in record["corpora"]),
        f"{record['frames']:,} frames of {record['subjects']} subjects of the first",
        f"{record['n_trainings']} trainings of {record['seconds']:,.0f} s in all",
        f"pages made by code {record['code']}",
        f"published {record['published'][:10]}",
    )
    return f'<p class="provenance">{" · ".join(map(html.escape, parts))}</p>'


def main(
    published: Annotated[Path, typer.Option(help="Folder of published results.")] = PUBLISHED,
    out: Annotated[Path | None, typer.Option(help="Where the site goes.")] = None,
) -> None:
    """Build the site of the published results and say how to open it."""
    target = out or results_root() / "published-site"
    try:
        with tempfile.TemporaryDirectory(prefix="published-") as folder:
            changed = restore(published, Path(folder))
            index = build_site(ROOT, Path(folder), target)
    except (ValueError, OSError, SiteError) as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(1) from None
    if changed:
        typer.echo(f"Changed since they were published, shown as they were: {', '.join(changed)}")
    typer.echo(how_to_open(index))


if __name__ == "__main__":
    typer.run(main)
