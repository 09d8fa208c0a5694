"""What a run predicted, and the thresholds that its row decides with."""

import numpy as np

from dsin_lib.config import Config
from dsin_lib.scores.thresholds import best_taus
from dsin_lib.runs.rows import Row
from dsin_lib.training.runs import PARTS
from dsin_lib.runs.files import Run


def labels_and(run_: Run, part: str, aus: list[str], suffix: str = "") -> tuple[np.ndarray, ...]:
    """Labels and probabilities (frame au) of a run's ``valid`` or ``test`` frames.

    Both are nan for Action Units that the run does not predict.

    Args:
        run_: A complete run.
        part: ``"valid"`` or ``"test"``.
        aus: Column names, in the order wanted.
        suffix: ``"_fused"`` for f of a run that went on to y_hat, ``"_chi"`` for its mean chi.
    """
    frames = run_.predictions[run_.predictions["split"] == part]
    labels = frames.reindex(columns=[f"{au}_label" for au in aus])
    probabilities = frames.reindex(columns=[f"{au}{suffix}" for au in aus])
    return labels.to_numpy(np.float64), probabilities.to_numpy(np.float64)


def subjects_of(run_: Run, part: str) -> np.ndarray:
    """Whose each frame of a part is, in the order of the predictions."""
    frames = run_.predictions
    return frames.loc[frames["split"] == part, "subject"].to_numpy(str)


def moved(run_: Run, aus: list[str], tau: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What messages change in a run's test frames: put right, spoiled, coded at all (frame au).

    A label is put right where f at tau was wrong and y_hat at tau is right, spoiled the other way
    round; one that is not coded is neither.
    """
    y, y_hat = labels_and(run_, "test", aus)
    _, f = labels_and(run_, "test", aus, "_fused")
    coded, was, now = ~np.isnan(y), (f >= tau) == y, (y_hat >= tau) == y
    return coded & ~was & now, coded & was & ~now, coded


def row_taus(config: Config, row: Row, run_: Run) -> np.ndarray:
    """The decision threshold of each Action Unit (au): the config's, or those the row tunes."""
    if row.thresholds == "fixed":
        return np.full(len(config.corpus.aus), config.evaluation.tau)
    part = PARTS[config.evaluation.thresholds_from]
    labels, probabilities = labels_and(run_, part, config.corpus.aus)
    return best_taus(probabilities, labels)
