"""What may be published: a chapter executed as it should be, and files that name no machine."""

import re
import sys
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from dsin_lib.config import PROJECT, Config, results_root
from dsin_lib.config.places import config_dir
from dsin_lib.reporting.site.build import ROOT
from dsin_lib.reporting.site.pictures import LIMIT
from dsin_lib.reporting.site.references import with_included

OF_A_MACHINE = re.compile(r"/(?:home|root|Users|work|tmp)/\w[^\s\"'<>]*")
EXECUTION = ("papermill", "execution")
"""Metadata that says when and where a cell was executed, and nothing that a page shows."""


class PublishError(RuntimeError):
    """Results that cannot be published; the message names the file and what was expected."""


def chapter(config: Config, name: str, pages: Path = ROOT) -> NotebookNode:
    """An executed chapter of a config's book, without what says when and where it was executed.

    The small pages that it includes are written out in it, so that it stays as it was executed.

    Raises:
        PublishError: It is missing, failed, was executed with other parameters than the DAG's, or
            the chapter has changed since.
    """
    path = config_dir(config) / "book" / f"{name}.ipynb"
    if not path.is_file():
        raise PublishError(f"{path}: expected an executed chapter, found none{made_by(config)}")
    page = nbformat.read(path, 4)
    how = page.metadata.get("papermill", {})
    if how.get("exception") or how.get("parameters") != {"config": config.name}:
        wanted = f"a chapter executed without error with config {config.name!r} and nothing else"
        got = f"{how.get('parameters')}, exception {how.get('exception')}"
        raise PublishError(f"{path}: expected {wanted}, got {got}{made_by(config)}")
    if sources(page) != sources(nbformat.read(pages / "book" / f"{name}.ipynb", 4)):
        raise PublishError(f"{path}: book/{name}.ipynb has changed since{made_by(config)}")
    for node in (page, *page.cells):
        for key in EXECUTION:
            node.metadata.pop(key, None)
    return with_included(page, pages / "book")


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


def made_by(config: Config) -> str:
    """The end of a message about something that is not there: the command that makes it."""
    return f"; `make book CONFIG={config.name}` makes it"
