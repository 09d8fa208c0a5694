"""The columns of a run's predictions, by the names that stand nowhere else.

One line a held-out or test frame. Of each Action Unit: its score under the unit's own name, and
beside it what has a suffix here.
"""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
from jaxtyping import Float

from dsin_lib.runs.run import Run

PROBABILITY = 0.5
"""The operating point of scores that are probabilities; that of margins is 0."""
KEYS = ["subject", "sequence", "frame"]
"""Columns that name a frame."""
SCORE, LABEL, FUSED, CHI = "", "_label", "_fused", "_chi"
"""What a unit has: the score of the whole system; its label, 0, 1 or missing; with structure
inference, f before the messages; the mean over the steps of its correction factor."""
PARTS = {"held_out": "valid", "test": "test"}
"""The part of a split that ends a training and chooses thresholds, by the name of its subjects.

Reading: early-stopping, threshold-set.
"""


def table(
    frames: pd.DataFrame, aus: Iterable[str], values: Mapping[str, np.ndarray]
) -> pd.DataFrame:
    """The predictions of one part, to be written.

    Args:
        frames: Subject, sequence and frame of each line.
        aus: Column names of the Action Units.
        values: (frame au) of each suffix.
    """
    names = list(aus)
    columns = [
        pd.DataFrame(of, columns=[f"{au}{suffix}" for au in names]) for suffix, of in values.items()
    ]
    return pd.concat([frames[KEYS].reset_index(drop=True), *columns], axis=1)


def frames_of(run: Run, part: str) -> pd.DataFrame:
    """The lines of a run's ``valid`` or ``test`` frames."""
    return run.predictions[run.predictions["split"] == part]


def values_of(run: Run, part: str, suffix: str = SCORE) -> Float[np.ndarray, "frame au"]:
    """What a run says of each frame and Action Unit of its corpus; nan for one it does not predict.

    Args:
        run: It must be there.
        part: ``"valid"`` or ``"test"``.
        suffix: Of the columns: :data:`SCORE`, :data:`LABEL`, :data:`FUSED` or :data:`CHI`.
    """
    columns = [f"{au}{suffix}" for au in run.corpus.aus]
    return frames_of(run, part).reindex(columns=columns).to_numpy(np.float64)


def subjects_of(run: Run, part: str) -> np.ndarray:
    """The subject of each frame of a part (frame), in the order of the predictions."""
    return frames_of(run, part)["subject"].to_numpy(str)
