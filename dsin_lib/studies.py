"""Runs beside the tables, as data: what a figure sweeps, what a silence could also have meant.

A study is a list of trials, and a trial is a row of :mod:`dsin_lib.experiments` under a changed
config. One job runs all trials of a study on one fold.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from dsin_lib.config import Config, changed
from dsin_lib.experiments import (
    NO_CHANGE,
    PATCH_ROWS,
    ROWS,
    TABLE_4_TRAINED,
    run_spec,
)
from dsin_lib.paper.readings import readings
from dsin_lib.sections import digest

CHI_PENALTIES = (0.0, 5e-3, 1e-2, 5e-2, 1e-1)
"""Values of r in Fig. 6."""
ACTIVE_FROM = (2, 3, 4)
"""Lowest active intensities: the field's, the author's code's, the paper's. Reading:
disfa-activity."""
ROWS_OF_THRESHOLD = ("t4_pp_face", "t4_pp_f", "t4_dsin_10")
ROWS_OF_HABIT = ("pp_face", "pp_f", "dsin_10")
ROWS_OF_SEEDS = ("pp_face", "pp_f", "omega", "dsin_10")


@dataclass(frozen=True)
class Trial:
    """One run of a study.

    Attributes:
        row: Id of the row.
        change: Dotted config parameters and their values.
        second: Whether the row is one of the second corpus.
    """

    row: str
    change: Mapping[str, object] = field(default_factory=lambda: NO_CHANGE)
    second: bool = False

    def of(self, config: Config) -> Config:
        """The config that the row runs with."""
        config = changed(config, self.change)
        return config.on_second_corpus() if self.second else config


@dataclass(frozen=True)
class Study:
    """What one job runs.

    Attributes:
        trials: From a profile to what is run.
        starts: Rows of Table 3 that must be there first.
        after: A study that shares trials with this one.
        every_fold: Whether it runs on all folds of a profile, or on the first one only since its
            trials train patch networks again.
        other_seeds: Whether it runs from seeds that no table is trained from.
    """

    trials: Callable[[Config], tuple[Trial, ...]]
    starts: tuple[str, ...] = ()
    after: str | None = None
    every_fold: bool = True
    other_seeds: bool = False

    def folds(self, config: Config) -> tuple[int, ...]:
        """The folds that it runs on."""
        return config.evaluation.folds[: None if self.every_fold else 1]

    def seeds(self, config: Config) -> tuple[int, ...]:
        """The seeds of the training that it runs from."""
        of_tables, more = config.evaluation.seeds, config.evaluation.more_seeds
        return tuple(s for s in more if s not in of_tables) if self.other_seeds else of_tables


def chi_trial(r: float) -> Trial:
    """A training of Fig. 6: step 4 alone, with a penalty on the correction factors."""
    return Trial("omega", {"structure_inference.chi_penalty": r})


def _table_4(config: Config) -> tuple[Trial, ...]:
    if config.second_corpus is None:
        return ()
    return tuple(Trial(row, second=True) for row in TABLE_4_TRAINED)


def _activity(config: Config) -> tuple[Trial, ...]:
    if config.second_corpus is None:
        return ()
    return tuple(
        Trial(row, {"second_corpus.active_from": level}, second=True)
        for level in ACTIVE_FROM
        for row in ROWS_OF_THRESHOLD
    )


def _chi(config: Config) -> tuple[Trial, ...]:
    return tuple(chi_trial(r) for r in CHI_PENALTIES)


def _habit(config: Config) -> tuple[Trial, ...]:
    return tuple(Trial(row, {"training.stop_on": "test"}) for row in ROWS_OF_HABIT)


def _seeds(config: Config) -> tuple[Trial, ...]:
    return tuple(map(Trial, ROWS_OF_SEEDS))


def alternatives(config: Config, row: str) -> dict[tuple[str, object], Trial]:
    """Each reading that the profile does not take of the silences that are measured on a row.

    Returns:
        (id of the silence, reading) to the trial: that one choice changed, everything else kept.
    """
    second = row in TABLE_4_TRAINED
    if second and config.second_corpus is None:
        return {}
    found = {}
    for silence in (one for one in readings().values() if one.measured_on == row):
        parameter = f"second_{silence.parameter}" if second else silence.parameter
        for reading in silence.readings:
            if reading != taken(config, parameter, silence.default):
                change = {} if parameter is None else {parameter: reading}
                found[silence.id, reading] = Trial(silence.compared or row, change, second)
    return found


def taken(config: Config, parameter: str | None, default: object) -> object:
    """The value of a dotted parameter, or the register's default where there is none."""
    if parameter is None:
        return default
    section, name = parameter.split(".")
    return getattr(getattr(config, section), name)


def _readings_of(*rows: str) -> Callable[[Config], tuple[Trial, ...]]:
    def trials(config: Config) -> tuple[Trial, ...]:
        own = tuple(Trial(row) for row in rows)
        return own + tuple(t for row in rows for t in alternatives(config, row).values())

    return trials


STUDIES = {
    "seeds": Study(_seeds, every_fold=False, other_seeds=True),
    "habit": Study(_habit, every_fold=False),
    "patch_readings": Study(_readings_of("pp_mouth"), starts=("pp_mouth",), every_fold=False),
    "table_4": Study(_table_4, starts=PATCH_ROWS),
    "activity": Study(_activity, starts=PATCH_ROWS, after="table_4"),
    "chi": Study(_chi, starts=("pp_f",)),
    "readings": Study(_readings_of("phi", "omega"), starts=("pp_f",), after="chi"),
}


def study_key(config: Config, name: str, fold: int, seed: int) -> str:
    """Eight hex digits that change with what the trials of a study depend on."""
    trials = STUDIES[name].trials(config)
    return digest([run_spec(trial.of(config), ROWS[trial.row], fold, seed) for trial in trials])
