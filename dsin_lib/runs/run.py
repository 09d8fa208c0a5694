"""The run: a row fitted on a fold, from a seed, under a change of the profile.

Tables, curves, sweeps and maps are made of runs and of nothing else. A run is named by all that its
numbers depend on, code included, so whoever asks for the same numbers, in whatever profile, finds
the same folder, and a mended equation makes another.
"""

import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from dsin_lib.config import Config, Corpus, changed, digest, origin, results_root
from dsin_lib.config.places import store_dir, store_name
from dsin_lib.runs.code import computing_code, together
from dsin_lib.runs.files import PROVENANCE, Files, is_complete, read
from dsin_lib.runs.pins import is_pinned, pinned_code
from dsin_lib.runs.rows import NO_CHANGE, ROWS, Row, row_named
from dsin_lib.runs.spec import spec_of

FOLDS = (1, 2, 3)


class MissingRunError(FileNotFoundError):
    """A run that is not there; the message says how it is made."""


@dataclass(frozen=True, eq=False)
class Run:
    """A row trained on a fold from a seed.

    A row that only reads predictions again, with thresholds of its own, has those of the run that
    it starts from: the same folder, another operating point.

    Attributes:
        profile: The profile, unchanged.
        row: The row.
        fold: Of the three.
        seed: Of the initial weights, the held-out subjects and the order of the frames.
        change: Dotted config parameters and their values: what a sweep varies.
    """

    profile: Config
    row: Row
    fold: int
    seed: int
    change: Mapping[str, object] = field(default_factory=lambda: NO_CHANGE)

    def __post_init__(self) -> None:
        if self.fold not in FOLDS:
            raise ValueError(f"fold: expected 1, 2 or 3, got {self.fold}")
        if self.seed < 0:
            raise ValueError(f"seed: expected 0 or more, got {self.seed}")

    def __str__(self) -> str:
        how = "".join(f", {name} = {value}" for name, value in self.change.items())
        return f"{self.row.id}, fold {self.fold}, seed {self.seed}{how}"

    @cached_property
    def config(self) -> Config:
        """What it trains with: the profile under its change, its starts' changes and its row's."""
        config = changed(self.profile, self.change)
        for start in self.row.starts_from:
            config = changed(config, ROWS[start].change)
        return changed(config, self.row.change)

    @property
    def corpus(self) -> Corpus:
        """The corpus that it is trained and measured on."""
        return self.config.corpus(self.row.corpus)

    @property
    def aus(self) -> list[str]:
        """Column names of the Action Units that it predicts, of those that its corpus has."""
        return [au for au in self.corpus.aus if au in self.row.aus or not self.row.aus]

    @property
    def store(self) -> Path:
        """The folder of the patches that it sees."""
        return store_dir(self.corpus, self.config.preprocessing)

    def of(self, row: str) -> "Run":
        """Another row under the same change, on the same fold, from the same seed."""
        return replace(self, row=row_named(row))

    @cached_property
    def trained(self) -> "Run":
        """Itself, or the run whose predictions its row reads again."""
        return self if self.row.fits else self.starts[0]

    @cached_property
    def starts(self) -> tuple["Run", ...]:
        """Runs whose weights it starts from."""
        return tuple(map(self.of, self.row.starts_from))

    @cached_property
    def filters(self) -> tuple["Run", ...]:
        """Runs whose convolutional filters it takes, and nothing else of them."""
        return tuple(map(self.of, self.row.filters_from))

    def chain(self) -> Iterator["Run"]:
        """All that must be trained before it, the first one first, and itself; some twice."""
        for before in (*self.filters, *self.starts):
            yield from before.chain()
        if self.row.fits:
            yield self

    @cached_property
    def spec(self) -> dict[str, Any]:
        """Everything that its numbers depend on but the code, and nothing else.

        Two runs with equal specs are the same run.
        """
        return {
            **spec_of(self.row, self.config),
            "aus": self.aus,
            "fold": self.fold,
            "seed": self.seed,
            "corpus": self.corpus.model_dump(mode="json", exclude={"accept"}),
            "starts_from": [start.spec for start in self.starts],
            "filters_from": [of.spec for of in self.filters],
        }

    @cached_property
    def folder(self) -> Path:
        """Where its files are."""
        if self.trained is not self:
            return self.trained.folder
        return self._parent / f"{self._name}-{self.code}"

    @cached_property
    def code(self) -> str:
        """The code that makes it, or has made it if it is pinned; that of its starts included."""
        return pinned_code(self._parent, self._name) or self.code_today

    @property
    def code_today(self) -> str:
        """The code that would make it now."""
        own = computing_code(self.row.system)
        return together([own, *(one.code for one in (*self.starts, *self.filters))])

    @property
    def _parent(self) -> Path:
        return results_root() / "runs" / self.row.id

    @cached_property
    def _name(self) -> str:
        """Of its folder, without the code.

        The names of the stores are part of it, since a variable of the environment may say where a
        licensed corpus lies without the config knowing.
        """
        read = dict.fromkeys(one.corpus for one in (*self.chain(), self))
        stores = sorted(store_name(corpus, self.config.preprocessing) for corpus in read)
        return f"fold{self.fold}_seed{self.seed}_{digest([self.spec, *stores])}"

    @property
    def command(self) -> str:
        """What trains it by hand, whatever was overridden of a profile of ``configs/``."""
        profile, overrides = origin(self.profile)
        changes = [
            f" --change {shlex.quote(f'{name}={_in_yaml(value)}')}"
            for name, value in (overrides | dict(self.change)).items()
        ]
        return (
            f"python -m dsin_lib run {self.trained.row.id} --config {profile} "
            f"--fold {self.fold} --seed {self.seed}{''.join(changes)}"
        )

    def is_there(self) -> bool:
        """Whether all its files are there, of exactly this spec.

        Raises:
            ValueError: They are damaged, or the run is pinned and some are missing; names the
                folder.
        """
        there = is_complete(self.folder, self.trained.spec)
        if not there and is_pinned(self.folder):
            raise ValueError(
                f"{self.folder}: expected all files of a pinned run, found some missing or of "
                f"another spec; put them back, or remove the folder to have it made anew"
            )
        return there

    def before(self) -> Path | None:
        """The newest folder of the same run by other code; none if there is none."""
        made = (path.parent for path in self._parent.glob(f"{self._name}-*/{PROVENANCE}"))
        others = [path for path in made if path != self.folder and is_complete(path, self.spec)]
        return max(others, key=lambda path: (path / PROVENANCE).stat().st_mtime_ns, default=None)

    @property
    def files(self) -> Files:
        """What it has left on disk, read once however many ask; trains nothing.

        Raises:
            MissingRunError: It is not there; names it and the command that makes it.
            ValueError: A file is damaged; names the folder.
        """
        if not self.is_there():
            name = self.profile.name
            book = "" if "+" in name else f"`make book CONFIG={name}`, or alone by "
            raise MissingRunError(
                f"{self.folder}: expected the run of {self}, found none. It is made by "
                f"{book}`{self.command}`"
            )
        return read(self.folder)

    @property
    def history(self) -> pd.DataFrame:
        """One line an epoch, as of :class:`dsin_lib.runs.files.Files`."""
        return self.files.history

    @property
    def health(self) -> pd.DataFrame:
        """One line a step, network and Action Unit, as of :class:`dsin_lib.runs.files.Files`."""
        return self.files.health

    @property
    def predictions(self) -> pd.DataFrame:
        """One line a held-out or test frame, as of :class:`dsin_lib.runs.files.Files`."""
        return self.files.predictions

    @property
    def provenance(self) -> dict[str, Any]:
        """Code version, data hash, libraries, machine, seconds."""
        return self.files.provenance


def _in_yaml(value: object) -> str:
    """A value on one line, such as the command line reads it."""
    return yaml.safe_dump(value, default_flow_style=True, width=10**6).split("\n")[0]


def runs_of(
    config: Config,
    rows: Iterable[str],
    change: Mapping[str, object] = NO_CHANGE,
    folds: Iterable[int] | None = None,
    seeds: Iterable[int] | None = None,
) -> list[Run]:
    """Rows on every fold from every seed of a profile, row by row.

    Args:
        config: The profile.
        rows: Their ids.
        change: Dotted config parameters and their values.
        folds: None for those of the profile.
        seeds: None for those of the profile.
    """
    folds = config.evaluation.folds if folds is None else folds
    seeds = config.evaluation.seeds if seeds is None else seeds
    return [
        Run(config, row_named(row), fold, seed, change)
        for row, fold, seed in product(rows, folds, seeds)
    ]


def by_row(
    config: Config, rows: Iterable[str], change: Mapping[str, object] = NO_CHANGE
) -> dict[str, list[Run]]:
    """The same, the runs of each row by its id."""
    return {row: runs_of(config, [row], change) for row in rows}


def distinct(runs: Iterable[Run]) -> list[Run]:
    """Every training behind some runs once, each after what it starts from."""
    found: dict[Path, Run] = {}
    for one in runs:
        for before in one.chain():
            found.setdefault(before.folder, before)
    return list(found.values())
