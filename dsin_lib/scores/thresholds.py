"""One decision threshold an Action Unit. Paper: Sec. 4.2.1, "Threshold tuning", Fig. 7."""

import numpy as np
from jaxtyping import Float

from dsin_lib.runs.predictions import PROBABILITY
from dsin_lib.scores.f1 import per_au_f1

ENDS = np.geomspace(1e-4, 0.04, 16)
TAUS = np.concatenate([[0], ENDS, np.linspace(0.05, 0.95, 91), 1 - ENDS[::-1]])
"""The thresholds tried: in steps of 0.01, finer towards both ends, and 0, which calls all active.

A unit that is rarely active can have all its probabilities below the lowest step; without the ends
no threshold could tell its frames apart, or fall back on calling them all active.
"""


def f1_curves(
    probabilities: Float[np.ndarray, "frame au"], labels: Float[np.ndarray, "frame au"]
) -> Float[np.ndarray, "tau au"]:
    """F1 of each Action Unit at each of :data:`TAUS`: Fig. 7."""
    return np.stack([per_au_f1(probabilities, labels, tau) for tau in TAUS])


def best_taus(
    scores: Float[np.ndarray, "frame au"],
    labels: Float[np.ndarray, "frame au"],
    point: float = PROBABILITY,
) -> Float[np.ndarray, " au"]:
    """The tau of the highest F1 of each Action Unit on these frames.

    Reading: threshold-set. Give it held-out training subjects; on test frames it measures what
    test-fold selection is worth. Ties as of :func:`highest`.

    Args:
        scores: Probabilities, or margins.
        labels: 0, 1 or nan.
        point: The operating point of the scores.
    """
    tried = candidates(scores, point)
    curves = np.stack([per_au_f1(scores, labels, taus) for taus in tried])
    return highest(curves, tried, point)


def highest(
    curves: Float[np.ndarray, "*batch tau au"],
    tried: Float[np.ndarray, "tau _"] = TAUS[:, None],
    point: float = PROBABILITY,
) -> Float[np.ndarray, "*batch au"]:
    """The threshold at which each curve is highest; of several, the one nearest to ``point``.

    Args:
        curves: F1.
        tried: The thresholds that they are over, those of each unit or the same for all.
        point: The operating point of the scores.
    """
    tried = np.broadcast_to(tried, curves.shape[-2:])
    near = np.argsort(np.abs(tried - point), axis=0, kind="stable")
    best = np.take_along_axis(curves, np.broadcast_to(near, curves.shape), -2).argmax(-2)
    return np.take_along_axis(tried, near, 0)[best, np.arange(tried.shape[1])]


def candidates(scores: Float[np.ndarray, "frame au"], point: float) -> Float[np.ndarray, "tau au"]:
    """Thresholds that are tried: :data:`TAUS` for probabilities.

    Margins have no range: for them, each unit's own quantiles at :data:`TAUS`, finer towards both
    ends as these are, and the operating point.
    """
    if point == PROBABILITY:
        return np.repeat(TAUS[:, None], scores.shape[1], 1)
    quantiles = np.quantile(scores, TAUS, axis=0)
    return np.concatenate([quantiles, np.full_like(quantiles[:1], point)])
