"""Publish: what one profile's book shows, small enough to be committed as ``results/published``.

==========================  ==========================================================
file                        content
==========================  ==========================================================
book/NAME.ipynb             executed chapters, without times and paths of the machine
book/images/NAME-1.png      their pictures
tables/*.csv                the profile's tables
published.json              profile, its whole config, code version, every training's seconds
==========================  ==========================================================

The folder is complete or absent. Only an open corpus is published. The guard of ``privacy.py``
draws a licensed subject as landmarks unless the user lists the subject, but it guards the moment of
drawing: pages executed before a subject left the list still show the face, and a list that allows a
figure in print does not allow a copy for everybody. So there is no published licensed corpus.

Command line::

    python -m dsin_lib.reporting.site.publish --config laptop
"""

import datetime
import json
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import nbformat
import typer
from nbformat import NotebookNode

from dsin_lib.config import PROJECT, Config, load_config, results_root
from dsin_lib.config.places import config_dir
from dsin_lib.reporting import cost
from dsin_lib.reporting.site.build import ROOT, notebooks, swap_in
from dsin_lib.reporting.site.pictures import LIMIT, take_out
from dsin_lib.runs.chapters import book
from dsin_lib.version import code_version

PUBLISHED = PROJECT / "results" / "published"
"""In git, so beside the code even where DSIN_RESULTS names another folder for results."""

RECORD = "published.json"
OF_A_MACHINE = re.compile(r"/(?:home|root|Users|work|tmp)/\w[^\s\"'<>]*")
EXECUTION = ("papermill", "execution")
"""Metadata that says when and where a cell was executed, and nothing that a page shows."""


class PublishError(RuntimeError):
    """Results that cannot be published; the message names the file and what was expected."""


def publish(config: Config, out: Path = PUBLISHED, pages: Path = ROOT) -> Path:
    """Write what a config's book shows to ``out``, complete or not at all.

    Args:
        config: A profile of ``configs/`` whose book has been made.
        out: Where it goes. What is already there is replaced once the new one is whole.
        pages: Folder with ``_toc.yml`` and ``book/``.

    Returns:
        ``out/published.json``.

    Raises:
        PublishError: A licensed corpus, or no second one; a chapter, table or training that is
            missing; a chapter executed otherwise; a file that is too large or names a path of this
            machine.
    """
    for place, corpus in config.corpora:
        if corpus is None:
            raise PublishError(f"corpora.{place}: expected a profile that fills every chapter")
        if corpus.source.licensed:
            raise PublishError(f"corpora.{place}.name: expected an open corpus, got {corpus.name}")
    home = config_dir(config)
    tables = sorted((home / "tables").glob("*.csv"))
    if not tables:
        raise PublishError(f"{home / 'tables'}: expected tables, found none{_make(config)}")
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".publishing-", dir=out.parent) as scratch:
        fresh = Path(scratch, "published")
        (fresh / "book" / "images").mkdir(parents=True)
        (fresh / "tables").mkdir()
        (fresh / RECORD).write_text(json.dumps(record(config), indent=1) + "\n", encoding="utf-8")
        for table in tables:
            shutil.copy(table, fresh / "tables")
        for name in notebooks(pages):
            page = chapter(config, name, pages)
            take_out(page, name, fresh / "book")
            nbformat.write(page, fresh / "book" / f"{name}.ipynb")
        check(fresh)
        swap_in(fresh, out, Path(scratch, "previous"))
    return out / RECORD


def record(config: Config) -> dict:
    """Which run this is: the config as resolved, the code, the data, each training's seconds."""
    try:
        parts = book(config)
        found, seen = cost.trainings(parts), parts["Table 3"][0].provenance
    except FileNotFoundError as error:  # says itself how it is made
        raise PublishError(str(error)) from None
    frames, subjects = seen["frames"], seen["subjects"]
    return {
        "profile": config.name,
        "config": config.model_dump(mode="json"),
        "corpora": [corpus.name for corpus in config.corpora.named()],
        "code": code_version(),
        "published": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "frames": sum(frames.values()),
        "subjects": len({name for part in subjects.values() for name in part}),
        "machine": seen["machine"],
        "n_trainings": len(found),
        "seconds": round(float(found["seconds"].sum()), 1),
        "cpu_seconds": round(float(found["cpu_seconds"].sum()), 1),
        "trainings": json.loads(found.round(1).to_json(orient="records")),
    }


def chapter(config: Config, name: str, pages: Path = ROOT) -> NotebookNode:
    """An executed chapter of a config's book, without what says when and where it was executed.

    Raises:
        PublishError: It is missing, failed, was executed with other parameters than the DAG's, or
            the chapter has changed since.
    """
    path = config_dir(config) / "book" / f"{name}.ipynb"
    if not path.is_file():
        raise PublishError(f"{path}: expected an executed chapter, found none{_make(config)}")
    page = nbformat.read(path, 4)
    how = page.metadata.get("papermill", {})
    if how.get("exception") or how.get("parameters") != {"config": config.name}:
        wanted = f"a chapter executed without error with config {config.name!r} and nothing else"
        got = f"{how.get('parameters')}, exception {how.get('exception')}"
        raise PublishError(f"{path}: expected {wanted}, got {got}{_make(config)}")
    if sources(page) != sources(nbformat.read(pages / "book" / f"{name}.ipynb", 4)):
        raise PublishError(f"{path}: book/{name}.ipynb has changed since{_make(config)}")
    for node in (page, *page.cells):
        for key in EXECUTION:
            node.metadata.pop(key, None)
    return page


def sources(notebook: NotebookNode) -> list[str]:
    """What is written in a notebook's cells, but for the parameters that papermill put in."""
    cells = notebook.cells
    return [c.source for c in cells if "injected-parameters" not in c.metadata.get("tags", ())]


def check(folder: Path, limit: int = LIMIT) -> None:
    """Refuse a file that is too large, and a path of the machine that made it.

    Raises:
        PublishError: Names the file.
    """
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name, data = path.relative_to(folder), path.read_bytes()
        if len(data) > limit:
            raise PublishError(f"{name}: expected at most {limit:,} bytes, got {len(data):,}")
        if found := machine_paths(data.decode("latin-1")):
            raise PublishError(f"{name}: expected no path of a machine, found {found[0]}")


def machine_paths(text: str) -> list[str]:
    """Absolute paths in a text that mean something on one machine only."""
    own = {f"{path}/" for path in (PROJECT, Path.home(), results_root(), sys.prefix)} - {"//"}
    return OF_A_MACHINE.findall(text) + [path for path in sorted(own) if path in text]


def _make(config: Config) -> str:
    return f"; `make book CONFIG={config.name}` makes it"


def main(
    config: Annotated[str, typer.Option(help="The profile whose book is published.")],
    out: Annotated[Path, typer.Option(help="Where it goes.")] = PUBLISHED,
) -> None:
    """Publish a profile's book and say how large it is."""
    try:
        written = publish(load_config(config), out)
    except (ValueError, OSError, PublishError) as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(1) from None
    sizes = [path.stat().st_size for path in written.parent.rglob("*") if path.is_file()]
    size = f"{len(sizes)} files, {sum(sizes) / 1e6:.1f} MB, the largest {max(sizes) / 1e6:.2f} MB"
    typer.echo(f"Published {config} in {written.parent}: {size}")


if __name__ == "__main__":
    typer.run(main)
