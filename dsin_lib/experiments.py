"""The rows of the paper's tables as data: each is a small change to a config.

A row names the steps of Algorithm 1 that it trains, the rows whose weights it starts from, and the
parameters that it changes. Rows that share a beginning share its weights: the five DSIN rows of
Table 3 start from the same fused network, and that from the same six patch networks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from dsin_lib.config import Config, changed
from dsin_lib.shapes import PATCHES

NO_CHANGE: Mapping[str, object] = MappingProxyType({})

SECTIONS = {
    1: ("patch_prediction",),
    2: ("patch_prediction", "fusion"),
    3: ("patch_prediction", "fusion"),
    4: ("patch_prediction", "fusion", "structure_inference"),
    5: ("patch_prediction", "fusion", "structure_inference"),
}
"""Which sections of a config a step of Algorithm 1 depends on, beside the data and ``training``."""


@dataclass(frozen=True)
class Row:
    """One row of Table 3.

    Attributes:
        id: Name of its folder and of its Snakemake jobs.
        label: As printed in the paper.
        shown: As shown in the book (MyST).
        steps: Steps of Algorithm 1 that it trains; none for a row that only re-reads predictions.
        patches: Patches that it sees.
        starts_from: Ids of the rows whose weights (or predictions) it takes.
        change: Dotted config parameters and their values.
        thresholds: ``"fixed"``: tau of the config; ``"tuned"``: one tau an Action Unit, chosen on
            the held-out training subjects.
    """

    id: str
    label: str
    shown: str
    steps: tuple[int, ...] = ()
    patches: tuple[str, ...] = PATCHES
    starts_from: tuple[str, ...] = ()
    change: Mapping[str, object] = field(default_factory=lambda: NO_CHANGE)
    thresholds: str = "fixed"


PATCH_LABELS = {
    "right_eye": "right eye",
    "between_eyes": "between eye",
    "mouth": "mouth",
    "right_cheek": "right cheek",
    "nose": "nose",
    "face": "face",
}

TABLE_3 = (
    Row(
        "pp_face_ncb", "PP(face)^ncb", "PP(face)<sup>ncb</sup>", (1,), ("face",),
        change={"patch_prediction.class_balancing": False},
    ),
    *(
        Row(f"pp_{patch}", f"PP({name})", f"PP({name})", (1,), (patch,))
        for patch, name in PATCH_LABELS.items()
    ),
    Row("pp_f", "PP+F", "PP+F", (2, 3), starts_from=tuple(f"pp_{patch}" for patch in PATCHES)),
    Row(
        "dsin_2_ncf", "DSIN_2^ncf", "DSIN<sub>2</sub><sup>ncf</sup>", (4, 5), starts_from=("pp_f",),
        change={
            "structure_inference.n_iter": 2, "structure_inference.correction_factors": False,
        },
    ),
    Row(
        "dsin_2", "DSIN_2", "DSIN<sub>2</sub>", (4, 5), starts_from=("pp_f",),
        change={"structure_inference.n_iter": 2},
    ),
    Row(
        "dsin_5", "DSIN_5", "DSIN<sub>5</sub>", (4, 5), starts_from=("pp_f",),
        change={"structure_inference.n_iter": 5},
    ),
    Row(
        "dsin_10", "DSIN_10", "DSIN<sub>10</sub>", (4, 5), starts_from=("pp_f",),
        change={"structure_inference.n_iter": 10},
    ),
    Row(
        "dsin_10_tt", "DSIN_10^ft", "DSIN<sub>10</sub><sup>tt</sup>", starts_from=("dsin_10",),
        thresholds="tuned",
    ),
)  # fmt: skip

ROWS = {row.id: row for row in TABLE_3}
TRAINED = tuple(row.id for row in TABLE_3 if row.steps)
PATCH_ROWS = tuple(f"pp_{patch}" for patch in PATCH_LABELS)


def row_named(row_id: str) -> Row:
    """The row of an id.

    Raises:
        ValueError: No such row; names those that there are.
    """
    if row_id not in ROWS:
        raise ValueError(f"row: expected one of {sorted(ROWS)}, got {row_id!r}")
    return ROWS[row_id]


def row_config(config: Config, row: Row) -> Config:
    """The config that a row trains with: the profile's, changed along the chain of its starts."""
    for start in row.starts_from:
        config = changed(config, ROWS[start].change)
    return changed(config, row.change)


def run_spec(config: Config, row: Row, fold: int, seed: int) -> dict:
    """Everything that the numbers of a run depend on, and nothing else.

    Two runs with equal specs are the same run; a changed spec makes a run stale.
    """
    own = row_config(config, row)
    sections = sorted({name for step in row.steps for name in SECTIONS[step]})
    return {
        "row": row.id,
        "steps": list(row.steps),
        "patches": list(row.patches),
        "fold": fold,
        "seed": seed,
        "fold_lists": config.evaluation.fold_lists,
        **own.model_dump(mode="json", include={"corpus", "preprocessing", "training", *sections}),
        "starts_from": [run_spec(config, ROWS[start], fold, seed) for start in row.starts_from],
    }
