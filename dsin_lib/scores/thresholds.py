"""One decision threshold an Action Unit. Paper: Sec. 4.2.1, "Threshold tuning", Fig. 7."""

import numpy as np
from jaxtyping import Float

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
    probabilities: Float[np.ndarray, "frame au"], labels: Float[np.ndarray, "frame au"]
) -> Float[np.ndarray, " au"]:
    """The tau of the highest F1 of each Action Unit on these frames.

    Reading: threshold-set. Give it held-out training subjects; on test frames it measures what
    test-fold selection is worth. Ties as of :func:`highest`.
    """
    return highest(f1_curves(probabilities, labels))


def highest(curves: Float[np.ndarray, "*batch tau au"]) -> Float[np.ndarray, "*batch au"]:
    """The tau at which each curve is highest; of several, the one nearest to 0.5."""
    near = np.argsort(np.abs(TAUS - 0.5), kind="stable")
    return TAUS[near][curves[..., near, :].argmax(-2)]
