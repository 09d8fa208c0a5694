"""Runs beside the tables, as data: what a figure varies, what the paper leaves open.

A sweep is a list of runs on a fold from a seed, most of them rows of the tables under a change. One
job makes a sweep on one fold from one seed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from dsin_lib.config import Config, digest
from dsin_lib.config.places import config_dir
from dsin_lib.paper.claims import claims, measured_on, rows_of
from dsin_lib.paper.readings import Choice, readings
from dsin_lib.runs.rows import NO_CHANGE, PATCH_ROWS, ROWS, TABLE_4_TRAINED, TRAINED
from dsin_lib.runs.run import Run, runs_of

CHI_PENALTIES = (0.0, 5e-3, 1e-2, 5e-2, 1e-1)
"""Values of r in Fig. 6."""
ACTIVE_FROM = (2, 3, 4)
"""Lowest active intensities: the field's, the author's code's, the paper's. Reading:
disfa-activity."""
ROWS_OF_THRESHOLD = ("t4_pp_face", "t4_pp_f", "t4_dsin_10")
ROWS_OF_TEST_FOLD = ("pp_face", "pp_f", "dsin_10")
ROWS_OF_SEEDS = ("pp_face", "pp_f", "omega", "dsin_10")
MAIN = (*PATCH_ROWS, "pp_f", "dsin_10")
"""The rows that the paper's conclusions rest on, in either table."""

Made = tuple[str, Mapping[str, object]]
"""A row and its change."""


@dataclass(frozen=True)
class Sweep:
    """What one job makes.

    Attributes:
        made: From a profile to rows and changes.
        after: Rows of Table 3, and sweeps, that are made before it, as far as a profile makes them
            on the same fold from the same seed: it starts from their runs, or shares some.
        every_fold: Whether it runs on all folds of a profile, or on the first one only since it
            trains patch networks again.
        seeds_of: The parameter of ``evaluation`` that names its seeds; where it is not the tables'
            own, theirs are left out.
    """

    made: Callable[[Config], tuple[Made, ...]]
    after: tuple[str, ...] = ()
    every_fold: bool = True
    seeds_of: str = "seeds"

    def folds(self, config: Config) -> tuple[int, ...]:
        """The folds that it runs on."""
        return config.evaluation.folds[: None if self.every_fold else 1]

    def seeds(self, config: Config) -> tuple[int, ...]:
        """The seeds of the training that it runs from."""
        of_tables = config.evaluation.seeds
        if self.seeds_of == "seeds":
            return of_tables
        return tuple(s for s in getattr(config.evaluation, self.seeds_of) if s not in of_tables)

    def at(self, config: Config, fold: int, seed: int) -> list[Run]:
        """Its runs on one fold from one seed."""
        return [Run(config, ROWS[row], fold, seed, change) for row, change in self.made(config)]

    def runs(self, config: Config) -> list[Run]:
        """All its runs, row by row."""
        folds, seeds = self.folds(config), self.seeds(config)
        return [
            one
            for row, change in self.made(config)
            for one in runs_of(config, [row], change, folds, seeds)
        ]


def record_of(config: Config, name: str, fold: int, seed: int) -> Path:
    """The file that says which runs a job has made; there once all of them are."""
    return config_dir(config) / "sweeps" / f"{name}_fold{fold}_seed{seed}.json"


def sweep_key(config: Config, name: str, fold: int = 0, seed: int = 0) -> str:
    """Eight hex digits that change with what the runs of a sweep depend on, code included."""
    return digest([run.folder.name for run in SWEEPS[name].at(config, fold, seed)])


def chi_penalty(r: float) -> Mapping[str, object]:
    """The change of Fig. 6: of the penalty on the correction factors."""
    return {"structure_inference.chi_penalty": r}


def active_from(level: int) -> Mapping[str, object]:
    """The change of the lowest intensity that counts as active in Table 4."""
    return {"corpora.table_4.active_from": level}


def stopped_on(subjects: str) -> Mapping[str, object]:
    """The change of the subjects that end a training."""
    return {"training.stop_on": subjects}


def _has_table_4(config: Config) -> bool:
    return config.corpora.table_4 is not None


def _table_4(config: Config) -> tuple[Made, ...]:
    return tuple((row, NO_CHANGE) for row in TABLE_4_TRAINED if _has_table_4(config))


def _activity(config: Config) -> tuple[Made, ...]:
    return tuple(
        (row, active_from(level))
        for level in ACTIVE_FROM
        for row in ROWS_OF_THRESHOLD
        if _has_table_4(config)
    )


def _chi(config: Config) -> tuple[Made, ...]:
    return tuple(("omega", chi_penalty(r)) for r in CHI_PENALTIES)


def _test_fold(config: Config) -> tuple[Made, ...]:
    return tuple((row, stopped_on("test")) for row in ROWS_OF_TEST_FOLD)


def _seeds(config: Config) -> tuple[Made, ...]:
    return tuple((row, NO_CHANGE) for row in ROWS_OF_SEEDS)


def alternatives(config: Config, row: str) -> dict[tuple[str, object], Made]:
    """Each reading that the profile does not take of the choices that are measured on a row.

    Returns:
        (id of the choice, reading) to what is trained: that one changed, all else kept.
    """
    if ROWS[row].corpus == "table_4" and not _has_table_4(config):
        return {}
    found: dict[tuple[str, object], Made] = {}
    for choice in (one for one in readings().values() if one.measured_on == row):
        for reading in choice.readings:
            if reading != taken(config, choice):
                change = {} if choice.parameter is None else {choice.parameter: reading}
                found[choice.id, reading] = choice.compared or row, change
    return found


def taken(config: Config, choice: Choice) -> object:
    """The reading that a profile takes: its parameter's value, or the register's default."""
    value: object = config
    for name in (choice.parameter or "").split("."):
        value = getattr(value, name, None)
    return choice.default if value is None else value


def _main(config: Config) -> tuple[Made, ...]:
    of_4 = [row for row in TABLE_4_TRAINED if row.removeprefix("t4_") in MAIN]
    return tuple((row, NO_CHANGE) for row in (*MAIN, *(of_4 if _has_table_4(config) else ())))


def _claimed(config: Config) -> tuple[Made, ...]:
    """Rows of Tables 3 and 4 that a claim names, as far as the profile has their corpus."""
    named = {(measured_on(of), label) for claim in claims().values() for of in claim.tables
             for label in (*rows_of(claim), *(claim.ours or ()))}  # fmt: skip
    rows = (ROWS[row] for row in (*TRAINED, *TABLE_4_TRAINED))
    return tuple(
        (row.id, NO_CHANGE)
        for row in rows
        if (row.corpus, row.label) in named and (row.corpus == "table_3" or _has_table_4(config))
    )


def _readings_of(*rows: str) -> Callable[[Config], tuple[Made, ...]]:
    def made(config: Config) -> tuple[Made, ...]:
        own = tuple((row, NO_CHANGE) for row in rows)
        return own + tuple(one for row in rows for one in alternatives(config, row).values())

    return made


SWEEPS = {
    "seeds": Sweep(_seeds, every_fold=False, seeds_of="more_seeds"),
    "test_fold": Sweep(_test_fold, every_fold=False),
    "patch_readings": Sweep(_readings_of("pp_mouth"), ("pp_mouth",), every_fold=False),
    "table_4": Sweep(_table_4, PATCH_ROWS),
    "activity": Sweep(_activity, (*PATCH_ROWS, "table_4")),
    "chi": Sweep(_chi, ("pp_f",)),
    "readings": Sweep(_readings_of("phi", "omega"), ("pp_f", "chi")),
    "main_rows": Sweep(_main, ("seeds",), seeds_of="main_seeds"),
    "claimed_rows": Sweep(_claimed, ("seeds", "main_rows"), seeds_of="claim_seeds"),
}
