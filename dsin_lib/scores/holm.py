"""Holm's procedure: many tests, and a bound on the chance that any of them is wrong.

The surest test of k is held to the level over k, the next to the level over k - 1, and so on; at
the first that fails all others fail as well (Holm 1979). Tests may depend on each other in any way.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

ALPHA = 0.05
"""How often a family may have any wrong word, if only chance speaks."""


def holm(p: Sequence[float], alpha: float = ALPHA) -> Float[np.ndarray, " test"]:
    """The level that each test of a family is held to; it passes if its p is no higher.

    >>> holm([0.01, 0.04, 0.005, 0.03]).round(4).tolist()
    [0.0167, 0.025, 0.0125, 0.025]
    """
    order = np.argsort(p, kind="stable")
    steps = alpha / np.arange(len(p), 0, -1)
    failed = np.flatnonzero(np.asarray(p)[order] > steps)
    if len(failed):
        steps[failed[0] :] = steps[failed[0]]
    levels = np.empty(len(p))
    levels[order] = steps
    return levels


def adjusted(p: Float[np.ndarray, " test"]) -> Float[np.ndarray, " test"]:
    """Holm's p: the least level of a family at which each test passes.

    >>> adjusted(np.array([0.01, 0.04, 0.005, 0.03])).round(3).tolist()
    [0.03, 0.06, 0.02, 0.06]
    """
    order = np.argsort(p, kind="stable")
    found = np.empty(len(p))
    found[order] = np.minimum(np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)), 1)
    return found
