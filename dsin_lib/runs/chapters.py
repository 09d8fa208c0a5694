"""Which runs each chapter shows, as data: the one list that everybody reads.

The DAG makes them before the chapter, the chapter's first cell asks for them, its footer names
them, and what a book costs is their sum. A sweep whose chapters a profile leaves out is not made.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from dsin_lib.config import Config
from dsin_lib.runs.rows import PATCH_ROWS, TRAINED
from dsin_lib.runs.run import Run, distinct, runs_of
from dsin_lib.runs.sweeps import ROWS_OF_TEST_FOLD, SWEEPS


@dataclass(frozen=True)
class Shows:
    """What a chapter shows.

    Attributes:
        rows: Ids of rows, on every fold from every seed of a profile.
        sweeps: Keys of :data:`dsin_lib.runs.sweeps.SWEEPS`.
        two_corpora: Whether it is about both corpora, so that a profile of one cannot fill it.
        files: What else of the repository it reads, beside the code: patterns from its root.
    """

    rows: tuple[str, ...] = ()
    sweeps: tuple[str, ...] = ()
    two_corpora: bool = False
    files: tuple[str, ...] = ()


CHAPTERS = {
    "data": Shows(),
    "label_statistics": Shows(),
    "faces_and_facs": Shows(files=("benchmarks/faces/[0-9]*/*.csv",)),
    "preprocessing": Shows(),
    "patch_prediction": Shows(("pp_face_ncb", *PATCH_ROWS)),
    "fusion": Shows(("pp_mouth", "pp_face", "pp_f")),
    "structure_inference": Shows(("pp_f", "dsin_2", "dsin_10")),
    "regularisation": Shows((), ("chi",)),
    "structure_seen": Shows(("pp_mouth", "pp_f", "dsin_10")),
    "bp4d_ablation": Shows(TRAINED, ("seeds",)),
    "disfa_ablation": Shows(
        (*PATCH_ROWS, "pp_f", "dsin_10"), ("table_4", "activity"), two_corpora=True
    ),
    "protocols": Shows(ROWS_OF_TEST_FOLD, ("test_fold",)),
    "silences": Shows(
        ("pp_mouth", "dsin_10"), ("patch_readings", "readings", "test_fold", "activity")
    ),
    "ledger": Shows((*TRAINED, "omega"), ("table_4", "chi", "seeds")),
    "audit": Shows(),
}


def without_corpus(config: Config) -> list[str]:
    """Chapters that a profile cannot fill, since it has no corpus for Table 4."""
    alone = config.corpora.table_4 is None
    return [name for name, shows in CHAPTERS.items() if alone and shows.two_corpora]


def chapters(config: Config) -> dict[str, Shows]:
    """The chapters that a profile runs, and what each of them shows."""
    absent = {*without_corpus(config), *config.reporting.leave_out}
    return {name: shows for name, shows in CHAPTERS.items() if name not in absent}


def sweeps(config: Config) -> list[str]:
    """The sweeps that a profile makes, each once: those that a chapter shows, and its seeds."""
    wanted = {name for shows in chapters(config).values() for name in shows.sweeps}
    wanted |= {name for name, of in SWEEPS.items() if of.seeds_of != "seeds" and of.seeds(config)}
    return [name for name in SWEEPS if name in wanted]


def runs(
    chapter: str, config: Config, fold: int | None = None, seed: int | None = None
) -> list[Run]:
    """The runs that a chapter shows, on every fold from every seed of a profile.

    Args:
        chapter: Name of its notebook.
        config: The profile.
        fold: One of which it shows more; it need not be the profile's.
        seed: One of which it shows more; it need not be the profile's.
    """
    shows = CHAPTERS[chapter]
    swept = [one for name in shows.sweeps for one in SWEEPS[name].runs(config)]
    near = [] if fold is None or seed is None else at(config, shows.rows, fold, seed)
    return runs_of(config, shows.rows) + swept + near


def at(config: Config, rows: Iterable[str], fold: int, seed: int) -> list[Run]:
    """Rows on one fold from one seed."""
    return runs_of(config, rows, folds=[fold], seeds=[seed])


def book(config: Config) -> dict[str, list[Run]]:
    """Everything that a profile's book asks for, by what asks first: a table, or a sweep."""
    parts = {"Table 3": runs_of(config, TRAINED)}
    for name in sweeps(config):
        parts["Table 4" if name == "table_4" else f"sweep {name}"] = SWEEPS[name].runs(config)
    return parts


def trainings(config: Config) -> list[Run]:
    """Every training of a profile's book, each once, each after what it starts from."""
    return distinct(one for part in book(config).values() for one in part)
