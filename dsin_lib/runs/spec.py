"""What a row's numbers depend on, of the row itself and of a config, and nothing else."""

from typing import Any

from dsin_lib.config import Config
from dsin_lib.runs.rows import ALGORITHM_1, Row

SECTIONS = {
    1: ("patch_prediction",),
    2: ("patch_prediction", "fusion"),
    3: ("patch_prediction", "fusion"),
    4: ("patch_prediction", "fusion", "structure_inference"),
    5: ("patch_prediction", "fusion", "structure_inference"),
}
"""Which sections of a config a step of Algorithm 1 depends on, beside the data and ``training``."""
NO_MATTER = {"name", "corpora", "evaluation", "reporting"}
"""What of a config no other system's numbers depend on: a corpus and fold lists are told apart."""


def spec_of(row: Row, config: Config) -> dict[str, Any]:
    """The part of a run's spec that its row and config decide.

    Args:
        row: The row.
        config: What it trains with.
    """
    how = config.model_dump(mode="json", exclude=NO_MATTER)
    if row.system == ALGORITHM_1:
        sections = {name for step in row.steps for name in SECTIONS[step]}
        sections |= {"vgg"} if row.network == "vgg" else set()
        how = {name: how[name] for name in ("preprocessing", "training", *sorted(sections))}
    return {
        "row": row.id,
        "system": row.system,
        "steps": list(row.steps),
        "network": row.network,
        "fixed_filters": row.fixed_filters,
        "patches": list(row.patches),
        "fold_lists": config.evaluation.fold_lists,
        **how,
    }
