"""The record of what is published: which run each page shows, and what stands in its files.

A *page* is an executed chapter, with the code that made it and the trainings that it shows. A *run*
is what several pages of a profile share: its config, its trainings and its tables. So a published
book may hold pages of several profiles and commits, and each says its own.
"""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import BaseModel, ConfigDict, ValidationError

from dsin_lib.config import Config, digest
from dsin_lib.reporting import cost
from dsin_lib.runs.chapters import book, runs
from dsin_lib.runs.run import Run, distinct

RECORD = "published.json"


class RecordError(ValueError):
    """A record that cannot be read; the message names the file and what was expected."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ShownRun(_Part):
    """What pages of a profile share.

    Attributes:
        profile: Its name.
        config: All its parameters, in the words of the code that ran it.
        trainings: Those of its book that were there, as of
            :func:`dsin_lib.reporting.cost.trainings`.
    """

    profile: str
    config: dict[str, Any]
    trainings: tuple[dict[str, Any], ...]


class Page(_Part):
    """What one published chapter shows.

    Attributes:
        run: Key of its run.
        code: Version of the code that made the page.
        published: When, in UTC, to the second.
        corpora: Their names, in the order of the paper's tables.
        frames: Of the first corpus that it shows trainings on; 0 if it shows none.
        subjects: Of the same corpus.
        machines: Those that trained what it shows, each once.
        n_trainings: Distinct trainings that it shows, with all that they start from.
        seconds: Of these trainings together, by the clock.
        cpu_seconds: The same, of the processor; none where not measured.
        erratum: What was found wrong with it since, in a sentence (MyST); written by hand, and gone
            when the chapter is published anew.
    """

    run: str
    code: str
    published: str
    corpora: tuple[str, ...]
    frames: int
    subjects: int
    machines: tuple[dict[str, str], ...]
    n_trainings: int
    seconds: float
    cpu_seconds: float | None
    erratum: str = ""


class Record(_Part):
    """All that is published: runs by their keys, pages by the names of their chapters."""

    runs: dict[str, ShownRun] = {}
    chapters: dict[str, Page] = {}

    def only(self, chapters: Iterable[str]) -> "Record":
        """Some chapters of it, and the runs that they refer to."""
        kept = {name: page for name, page in self.chapters.items() if name in set(chapters)}
        used = {page.run for page in kept.values()}
        return Record(runs={k: v for k, v in self.runs.items() if k in used}, chapters=kept)

    def to_json(self) -> str:
        """As it is written to a file."""
        return json.dumps(self.model_dump(mode="json"), indent=1) + "\n"


def read(published: Path) -> Record:
    """The record of a folder of published results.

    Raises:
        FileNotFoundError: There is none.
        RecordError: It is damaged, or of an older form, or a page in it names no run.
    """
    path = published / RECORD
    if not path.is_file():
        raise FileNotFoundError(f"{path}: expected published results, found none")
    try:
        found = Record.model_validate_json(path.read_text(encoding="utf-8"))
    except (ValidationError, UnicodeDecodeError) as error:
        first = error.errors()[0] if isinstance(error, ValidationError) else {}
        where = ".".join(map(str, first.get("loc", ())))
        why = f"{where}: {first.get('msg', error)}" if where else first.get("msg", error)
        raise RecordError(f"{path}: expected the keys 'runs' and 'chapters'; {why}") from None
    for name, page in found.chapters.items():
        if page.run not in found.runs:
            raise RecordError(
                f"{path}: chapters.{name}.run: expected one of {list(found.runs)}, got {page.run!r}"
            )
    return found


def shown_run(config: Config, whole: bool) -> ShownRun:
    """What the pages of a profile share.

    Args:
        config: The profile.
        whole: Whether all its trainings must be there, or those that are there will do.

    Raises:
        MissingRunError: One is not there.
    """
    parts = book(config)
    if not whole:
        parts = {name: _there(asked) for name, asked in parts.items()}
    lines = cost.trainings(parts).round(1).to_json(orient="records")
    return ShownRun(
        profile=config.name, config=config.model_dump(mode="json"), trainings=json.loads(lines)
    )


def shown_page(config: Config, name: str, key: str, code: str, published: str) -> Page:
    """What a chapter of a profile shows.

    Args:
        config: The profile.
        name: The chapter.
        key: Of the run that it belongs to.
        code: Version of the code that made the page.
        published: When.

    Raises:
        MissingRunError: A training that it shows is not there.
    """
    asked = distinct(runs(name, config))
    lines = cost.trainings({name: asked})
    return Page(
        run=key,
        code=code,
        published=published,
        corpora=_corpora(config, asked),
        **_size(asked),
        machines=_machines(asked),
        n_trainings=len(lines),
        seconds=_sum(lines, "seconds") or 0.0,
        cpu_seconds=_sum(lines, "cpu_seconds"),
    )


def run_key(run: ShownRun, tables: Sequence[Path]) -> str:
    """A name that changes with everything that the pages of a run share, tables included."""
    content = {path.name: path.read_text(encoding="utf-8") for path in tables}
    return f"{run.profile}-{digest([run.model_dump(mode='json'), content])}"


def _there(asked: Iterable[Run]) -> list[Run]:
    """The runs that are there with all that they start from."""
    return [run for run in asked if all(one.is_there() for one in run.chain())]


def _corpora(config: Config, asked: Sequence[Run]) -> tuple[str, ...]:
    """Names of the corpora of some trainings, in the order of the paper's tables."""
    used = {run.corpus.name for run in asked}
    named = dict.fromkeys(corpus.name for corpus in config.corpora.named())
    return tuple(name for name in named if name in used)


def _size(asked: Sequence[Run]) -> dict[str, int]:
    """Frames and subjects of the first corpus that some trainings are of."""
    places = sorted(asked, key=lambda run: run.row.corpus)
    seen = places[0].provenance if places else {"frames": {}, "subjects": {}}
    subjects = {name for part in seen["subjects"].values() for name in part}
    return {"frames": sum(seen["frames"].values()), "subjects": len(subjects)}


def _machines(asked: Sequence[Run]) -> tuple[dict[str, str], ...]:
    found = [run.provenance["machine"] for run in asked]
    return tuple(one for n, one in enumerate(found) if one not in found[:n])


def _sum(lines: pd.DataFrame, column: str) -> float | None:
    """Rounded to a tenth; none if a part was not measured."""
    if lines.empty:
        return 0.0
    total = lines[column].sum(skipna=False)
    return None if pd.isna(total) else round(float(total), 1)
