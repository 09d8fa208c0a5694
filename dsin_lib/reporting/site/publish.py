"""Publish: what a profile's book shows, small enough to be committed as ``results/published``.

==========================  ==========================================================
file                        content
==========================  ==========================================================
book/NAME.ipynb             executed chapters, without times and paths of the machine
book/images/NAME-1.png      their pictures
tables/RUN/*.csv            tables of the profile that a run is of
published.json              which run each chapter shows (:mod:`dsin_lib.reporting.site.record`)
runs/*.zip                  archives of `make keep`, which stay as they are
==========================  ==========================================================

Chapters are published one by one or all together, and those that are not named stay as they are,
so what is published may come from several profiles and commits. Whatever nothing refers to any more
goes: a run that no chapter shows, with its tables, and a chapter that the book no longer has.

The runs that a published chapter shows are pinned: they stay as they are, whatever becomes of the
code, so that the chapter can be made again from them.

The folder is complete or absent. Only an open corpus is published. The guard of ``privacy.py``
draws a licensed subject as landmarks unless the user lists the subject, but it guards the moment of
drawing: pages executed before a subject left the list still show the face, and a list that allows a
figure in print does not allow a copy for everybody. So there is no published licensed corpus.

Command line::

    python -m dsin_lib.reporting.site.publish --config laptop
    python -m dsin_lib.reporting.site.publish --config laptop --only fusion --only ledger
"""

import datetime
import shutil
import tempfile
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import nbformat
import typer

from dsin_lib.config import PROJECT, Config, load_config
from dsin_lib.config.places import config_dir
from dsin_lib.reporting.site.build import ROOT, notebooks, swap_in
from dsin_lib.reporting.site.pictures import referred, take_out
from dsin_lib.reporting.site.publishable import PublishError, chapter, check, made_by
from dsin_lib.reporting.site.record import (
    RECORD,
    Record,
    read,
    run_key,
    shown_page,
    shown_run,
)
from dsin_lib.runs.chapters import runs, without_corpus
from dsin_lib.runs.pins import pin
from dsin_lib.runs.run import MissingRunError, distinct
from dsin_lib.version import code_version

PUBLISHED = PROJECT / "results" / "published"
"""In git, so beside the code even where DSIN_RESULTS names another folder for results."""
ARCHIVES = "runs"
"""Predictions and records of runs, packed by :mod:`dsin_lib.travel.pack`."""


@dataclass(frozen=True)
class Published:
    """What a publishing did, by names of chapters: new or anew, left as it was, taken out."""

    now: tuple[str, ...]
    kept: tuple[str, ...]
    gone: tuple[str, ...]


def publish(
    config: Config, out: Path = PUBLISHED, pages: Path = ROOT, only: Collection[str] = ()
) -> Published:
    """Write what a config's book shows to ``out``, complete or not at all.

    Args:
        config: A profile of ``configs/``, the chapters of which have been made.
        out: Where it goes. What is already there is replaced once the new one is whole.
        pages: Folder with ``_toc.yml`` and ``book/``.
        only: Chapters to publish; none for all that the profile fills.

    Raises:
        PublishError: A licensed corpus; a chapter that there is not, or that the profile does not
            fill; a chapter, table or training that is missing; a chapter executed otherwise; a
            file that is too large or names a path of this machine.
        RecordError: The record of what is already there cannot be read.
    """
    for place, corpus in config.corpora:
        if corpus is not None and corpus.source.licensed:
            raise PublishError(f"corpora.{place}.name: expected an open corpus, got {corpus.name}")
    now = wanted(config, notebooks(pages), only)
    tables = sorted((config_dir(config) / "tables").glob("*.csv"))
    if not tables and not only:
        where = config_dir(config) / "tables"
        raise PublishError(f"{where}: expected tables, found none{made_by(config)}")
    old = read(out) if (out / RECORD).is_file() else Record()
    kept = [name for name in old.chapters if name in notebooks(pages) and name not in now]
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".publishing-", dir=out.parent) as scratch:
        fresh = Path(scratch, "published")
        (fresh / "book" / "images").mkdir(parents=True)
        copy_kept(old.only(kept), out, fresh)
        new = record(config, now, tables, whole=not only)
        for key in new.runs:
            (fresh / "tables" / key).mkdir(parents=True, exist_ok=True)
            for table in tables:
                shutil.copy(table, fresh / "tables" / key)
        for name in now:
            page = chapter(config, name, pages)
            take_out(page, name, fresh / "book")
            nbformat.write(page, fresh / "book" / f"{name}.ipynb")
        whole = joined(old.only(kept), new, notebooks(pages))
        (fresh / RECORD).write_text(whole.to_json(), encoding="utf-8")
        check(fresh)
        if (out / ARCHIVES).is_dir():
            shutil.copytree(out / ARCHIVES, fresh / ARCHIVES)
        swap_in(fresh, out, Path(scratch, "previous"))
    for run in distinct(run for name in now for run in runs(name, config)):
        pin(run.folder, f"published, profile {config.name}")
    gone = set(old.chapters) - set(whole.chapters)
    return Published(tuple(now), tuple(kept), tuple(sorted(gone)))


def wanted(config: Config, book: Iterable[str], only: Collection[str] = ()) -> list[str]:
    """The chapters to publish, in reading order.

    Raises:
        PublishError: One that was asked for is not in the book, or the profile does not fill it.
    """
    book = list(book)
    why = dict.fromkeys(without_corpus(config), "it has no corpus for Table 4")
    why |= dict.fromkeys(config.reporting.leave_out, "its reporting.leave_out names the chapter")
    for name in only:
        if name not in book:
            raise PublishError(f"{name}: expected a chapter of _toc.yml, one of {', '.join(book)}")
        if name in why:
            expected = f"a chapter that profile {config.name} fills"
            raise PublishError(f"{name}: expected {expected}, but {why[name]}")
    return [name for name in book if (name in only if only else name not in why)]


def copy_kept(kept: Record, old: Path, fresh: Path) -> None:
    """Copy published chapters with their pictures, and their runs' tables, as they are.

    Raises:
        FileNotFoundError: A file of a published chapter is not there; names it.
    """
    for name in kept.chapters:
        page = old / "book" / f"{name}.ipynb"
        shutil.copy(page, fresh / "book")
        for reference in referred(nbformat.read(page, 4)):
            shutil.copy(old / "book" / reference, fresh / "book" / "images")
    for key in kept.runs:
        if (old / "tables" / key).is_dir():
            shutil.copytree(old / "tables" / key, fresh / "tables" / key)


def record(config: Config, names: Iterable[str], tables: list[Path], *, whole: bool) -> Record:
    """Which run some chapters of a profile show, by what code and when.

    Args:
        config: The profile.
        names: Its chapters.
        tables: Its tables.
        whole: Whether all trainings of its book must be there, or those of the chapters will do.

    Raises:
        PublishError: A training is not there; says how it is made.
    """
    code = code_version()
    when = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    try:
        run = shown_run(config, whole)
        key = run_key(run, tables)
        chapters = {name: shown_page(config, name, key, code, when) for name in names}
    except MissingRunError as error:  # says itself how it is made
        raise PublishError(str(error)) from None
    return Record(runs={key: run}, chapters=chapters)


def joined(kept: Record, new: Record, book: Iterable[str]) -> Record:
    """Both, their chapters in reading order."""
    chapters = kept.chapters | new.chapters
    in_order = {name: chapters[name] for name in book if name in chapters}
    return Record(runs=kept.runs | new.runs, chapters=in_order)


def main(
    config: Annotated[str, typer.Option(help="The profile whose book is published.")],
    only: Annotated[list[str] | None, typer.Option(help="A chapter; none for all.")] = None,
    out: Annotated[Path, typer.Option(help="Where it goes.")] = PUBLISHED,
) -> None:
    """Publish a profile's chapters and say which, and how large all that is published is."""
    try:
        done = publish(load_config(config), out, only=only or ())
    except (ValueError, OSError, PublishError) as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(1) from None
    sizes = [path.stat().st_size for path in out.rglob("*") if path.is_file()]
    size = f"{len(sizes)} files, {sum(sizes) / 1e6:.1f} MB, the largest {max(sizes) / 1e6:.2f} MB"
    typer.echo(f"Published {config} in {out}: {', '.join(done.now)}")
    if done.kept:
        typer.echo(f"As they were: {', '.join(done.kept)}")
    if done.gone:
        typer.echo(f"No longer in the book, so taken out: {', '.join(done.gone)}")
    typer.echo(f"All that is published: {size}")


if __name__ == "__main__":
    typer.run(main)
