"""Which trainings each chapter shows, as data: what a profile's book has to train.

A study whose chapters a profile leaves out is not trained.
"""

from dsin_lib.config import Config
from dsin_lib.experiments import PATCH_ROWS, TRAINED

Shows = tuple[tuple[str, ...], tuple[str, ...]]
"""Rows of Table 3, and studies."""

CHAPTERS: dict[str, Shows] = {
    "data": ((), ()),
    "label_statistics": ((), ()),
    "faces_and_facs": ((), ()),
    "preprocessing": ((), ()),
    "patch_prediction": (("pp_face_ncb", *PATCH_ROWS), ()),
    "fusion": (("pp_mouth", "pp_face", "pp_f"), ()),
    "structure_inference": (("pp_f", "dsin_2", "dsin_10"), ()),
    "regularisation": ((), ("chi",)),
    "structure_seen": (("pp_mouth", "pp_f", "dsin_10"), ()),
    "bp4d_ablation": (TRAINED, ("seeds",)),
    "disfa_ablation": (PATCH_ROWS, ("table_4", "activity")),
    "protocols": (("pp_face", "pp_f", "dsin_10"), ("habit",)),
    "silences": (("pp_mouth", "dsin_10"), ("patch_readings", "readings", "habit", "activity")),
    "ledger": (TRAINED, ("table_4", "chi", "seeds")),
    "audit": ((), ()),
}
OF_TWO_CORPORA = ("disfa_ablation",)


def without_corpus(config: Config) -> list[str]:
    """Chapters that a profile cannot fill, since it has one corpus."""
    return [] if config.second_corpus else list(OF_TWO_CORPORA)


def chapters(config: Config) -> dict[str, Shows]:
    """The chapters that a profile runs, and what each of them shows."""
    absent = {*without_corpus(config), *config.reporting.leave_out}
    return {name: shows for name, shows in CHAPTERS.items() if name not in absent}


def studies(config: Config) -> list[str]:
    """The studies that a profile trains, each once."""
    return list(dict.fromkeys(name for _, of in chapters(config).values() for name in of))
